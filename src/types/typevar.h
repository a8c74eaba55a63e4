// Type parameters: TypeVar, ParamSpec, TypeVarTuple and type aliases, for the interpreter (def f[T](), type A = ...) and
// the module _typing.
#pragma once
#include "object/allocate.h"
#include "object/str.h"
#include "object/tuple.h"

namespace oro {

// One struct for the three kinds: they differ by their type. Bound, constraints and default are computed when asked for,
// if functions for that (`evaluate_...`) were given.
struct TypeParameter : Object {
    Fixed<Str> name;
    Member<> bound, constraints, default_value;               // computed; null: not yet, or none
    Fixed<> evaluate_bound, evaluate_constraints;             // callables or null
    Member<> evaluate_default;
    bool covariant = false, contravariant = false, infer_variance = false;
    explicit TypeParameter(Ref<Str> n) : name(std::move(n)) {}
    static constexpr auto fields =
        std::tuple{&TypeParameter::name, &TypeParameter::bound, &TypeParameter::constraints, &TypeParameter::default_value,
                   &TypeParameter::evaluate_bound, &TypeParameter::evaluate_constraints, &TypeParameter::evaluate_default};
};
extern Type param_spec_args_type, param_spec_kwargs_type, type_var_type, param_spec_type, type_var_tuple_type, type_alias_type, no_default_type, generic_type;

bool is_type_parameter(Borrowed<> v);
bool is_type_alias(Borrowed<> v);
// Requires is_type_parameter(v).
bool type_parameter_has_default(Borrowed<> v);

// The type parameters of PEP 695: `evaluate_*` are functions of one argument, the format, or null.
Result<Ref<>> make_type_var(Thread& t, Borrowed<Str> name, Maybe<> evaluate_bound, Maybe<> evaluate_constraints);
Result<Ref<>> make_param_spec(Thread& t, Borrowed<Str> name);
Result<Ref<>> make_type_var_tuple(Thread& t, Borrowed<Str> name);
// The default of a parameter: sets its evaluate function (before anybody else sees it).
Result<void> set_type_parameter_default(Thread& t, Borrowed<> parameter, Borrowed<> evaluate);
// `type name[type_params] = ...`: `compute` is a function of one argument, the format.
Result<Ref<>> make_type_alias(Thread& t, Borrowed<Str> name, Maybe<> type_params, Borrowed<> compute, Maybe<> module);
// Generic[params] as a base for class C[params].
Result<Ref<>> subscript_generic(Python& py, Borrowed<Tuple> params);

Ref<> no_default();

// ---- shared by the files of the type parameters

// typing.<function>(args...)
Result<Ref<>> call_typing(Python& py, std::string_view function, std::initializer_list<Value> args);
// An object that gives `value` for every format when it is called (and its text for the format STRING).
Result<Ref<>> make_const_evaluator(Thread& t, Borrowed<> value);
// The name of the module whose code runs now, or None.
Result<Ref<>> calling_module(Python& py);
// (typing.Unpack[v],) as an iterator.
Result<Ref<>> iterate_unpacked(Python& py, Borrowed<> v);
// Type parameters with the TypeVarTuples unpacked.
Result<Ref<Tuple>> unpack_type_var_tuples(Python& py, Borrowed<Tuple> params);

}  // namespace oro
