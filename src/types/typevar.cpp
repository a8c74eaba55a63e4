// TypeVar, ParamSpec and TypeVarTuple.
//
// Substitution is typing's: these types call its functions by name, as the standard library expects.
#include "types/typevar.h"

#include "object/define.h"
#include "object/instance.h"
#include "object/iterator.h"
#include "types/generic_alias.h"
#include "types/union.h"

namespace oro {
namespace {

constexpr Value kFormatValue = Value::of_int(1);

TypeParameter& parameter_of(Value v) { return *static_cast<TypeParameter*>(v.pointer()); }

Result<Ref<>> set_module(Python& py, Ref<TypeParameter> p) {
    Ref<> module = TRY(calling_module(py));
    if (!module.is(kNone)) CHECK(instance_set(py, p.get(), name::dunder_module(), std::move(module)));
    return Ref<>(std::move(p));
}

Result<void> take_variance(Python& py, TypeParameter& p, Value covariant, Value contravariant, Value infer) {
    auto flag = [&](Value v) -> Result<bool> {
        if (!v) return false;
        return truth(py, Borrowed<>(v));
    };
    p.covariant = TRY(flag(covariant));
    p.contravariant = TRY(flag(contravariant));
    p.infer_variance = TRY(flag(infer));
    if (p.covariant && p.contravariant) return raise(py, exc::ValueError, "Bivariant types are not supported.");
    if (p.infer_variance && (p.covariant || p.contravariant)) {
        return raise(py, exc::ValueError, "Variance cannot be specified with infer_variance.");
    }
    return {};
}

Result<Ref<TypeParameter>> begin(Python& py, Type& type, char const* function, Value name) {
    if (!is<Str>(name)) return raise(py, exc::TypeError, "{}() argument 'name' must be str, not {}", function, TypeName{name});
    return make<TypeParameter>(py, type, as<Str>(name).share());
}

Result<Ref<>> make_typevar(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    static constexpr char const* const kNames[] = {"name", "bound", "default", "covariant", "contravariant", "infer_variance"};
    Value w[6] = {};
    // What follows the name are constraints. Keyword values stand behind all positional arguments.
    Value all[1 + 8] = {};
    std::size_t keywords = names ? names->size : 0;
    if (keywords > 8) return raise(py, exc::TypeError, "typevar() takes at most 6 keyword arguments");
    std::size_t given = n ? 1 : 0;
    if (n) all[0] = args[0];
    for (std::size_t i = 0; i < keywords; ++i) all[given + i] = args[n + i];
    CHECK(parse_arguments(py, "typevar", kNames, 0, 1, 1, all, given, names, w));
    Ref<TypeParameter> p = TRY(begin(py, type, "typevar", w[0]));
    CHECK(take_variance(py, *p, w[3], w[4], w[5]));
    if (w[1] && w[1] != kNone) {
        Ref<Str> message = TRY(make_str(py, std::string_view("Bound must be a type.")));
        p->bound.set(TRY(call_typing(py, "_type_check", {w[1], message.value()})));
    }
    if (n == 2) return raise(py, exc::TypeError, "A single constraint is not allowed");
    if (n > 2) {
        if (p->bound.peek()) return raise(py, exc::TypeError, "Constraints cannot be combined with bound=...");
        p->constraints.set(TRY(oro::make_tuple(py, std::span<Value const>(args + 1, n - 1))));
    }
    p->default_value.set(w[2] ? share(w[2]) : no_default());
    return set_module(py, std::move(p));
}

Result<Ref<>> make_paramspec(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    static constexpr char const* const kNames[] = {"name", "bound", "default", "covariant", "contravariant", "infer_variance"};
    Value w[6] = {};
    if (n > 1) return raise(py, exc::TypeError, "paramspec() takes exactly 1 positional argument ({} given)", n);
    CHECK(parse_arguments(py, "paramspec", kNames, 0, 1, 1, args, n, names, w));
    Ref<TypeParameter> p = TRY(begin(py, type, "paramspec", w[0]));
    CHECK(take_variance(py, *p, w[3], w[4], w[5]));
    if (w[1] && w[1] != kNone) p->bound.set(share(w[1]));
    p->default_value.set(w[2] ? share(w[2]) : no_default());
    return set_module(py, std::move(p));
}

Result<Ref<>> make_typevartuple(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    static constexpr char const* const kNames[] = {"name", "default"};
    Value w[2] = {};
    if (n > 1) return raise(py, exc::TypeError, "typevartuple() takes exactly 1 positional argument ({} given)", n);
    CHECK(parse_arguments(py, "typevartuple", kNames, 0, 1, 1, args, n, names, w));
    Ref<TypeParameter> p = TRY(begin(py, type, "typevartuple", w[0]));
    p->default_value.set(w[1] ? share(w[1]) : no_default());
    return set_module(py, std::move(p));
}

template <auto F> Value construct(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    return F(py, type, args, n, names).release();
}

Result<Ref<Str>> show(Python& py, Borrowed<> self) {
    if (parameter_of(self.value()).infer_variance || &type_of(self) == &type_var_tuple_type) return parameter_of(self.value()).name.share();
    return format_message(py, parameter_of(self.value()).covariant ? "+{}" : parameter_of(self.value()).contravariant ? "-{}" : "~{}", {MessageArg(*parameter_of(self.value()).name)});
}

// ---- what is computed when asked for

// The value, or what `evaluate` gives, kept for later; null if there is neither. Two threads may both compute it: the
// first result stays.
Result<Maybe<>> lazily(Python& py, TypeParameter& p, Member<>& value, Maybe<> evaluate) {
    if (Maybe<> v = value.load(&p)) return v;
    if (!evaluate) return Maybe<>();
    Ref<> computed = TRY(call_with(py, *evaluate, Borrowed<>(kFormatValue)));
    {
        Section section(py, &p);
        if (!value.peek()) value.set(computed.share());
    }
    return value.load(&p);
}

Value or_none(Result<Maybe<>> r) {
    if (r.raised()) return {};
    Maybe<> v = std::move(r).take();
    return v ? v.release() : kNone;
}

Value get_bound(Python& py, Value self) {
    TypeParameter& p = parameter_of(self);
    return or_none(lazily(py, p, p.bound, p.evaluate_bound ? Maybe<>(p.evaluate_bound.share()) : Maybe<>()));
}
Value get_constraints(Python& py, Value self) {
    TypeParameter& p = parameter_of(self);
    Value v = or_none(lazily(py, p, p.constraints, p.evaluate_constraints ? Maybe<>(p.evaluate_constraints.share()) : Maybe<>()));
    return v == kNone ? empty_tuple().release() : v;
}
Value get_default(Python& py, Value self) {
    TypeParameter& p = parameter_of(self);
    Result<Maybe<>> r = lazily(py, p, p.default_value, p.evaluate_default.load(&p));
    if (r.raised()) return {};
    Maybe<> v = std::move(r).take();
    return v ? v.release() : no_default().release();
}

// The function that was given, one that gives the value, or None.
Value evaluator(Python& py, Maybe<> function, Maybe<> value) {
    if (function) return function.release();
    if (!value) return kNone;
    return make_const_evaluator(py, *value).release();
}
Value get_evaluate_bound(Python& py, Value self) {
    TypeParameter& p = parameter_of(self);
    return evaluator(py, p.evaluate_bound ? Maybe<>(p.evaluate_bound.share()) : Maybe<>(), p.bound.load(&p));
}
Value get_evaluate_constraints(Python& py, Value self) {
    TypeParameter& p = parameter_of(self);
    return evaluator(py, p.evaluate_constraints ? Maybe<>(p.evaluate_constraints.share()) : Maybe<>(), p.constraints.load(&p));
}
Value get_evaluate_default(Python& py, Value self) {
    TypeParameter& p = parameter_of(self);
    return evaluator(py, p.evaluate_default.load(&p), p.default_value.load(&p));
}

bool defaulted(TypeParameter& p) {
    if (p.evaluate_default.load(&p)) return true;
    Maybe<> v = p.default_value.load(&p);
    return v && v.value() != no_default().value();
}
bool has_default(Thread&, Borrowed<> self) { return defaulted(parameter_of(self.value())); }

Value get_name(Python&, Value self) { return parameter_of(self).name.share().release(); }
template <auto Flag> Value get_flag(Python&, Value self) { return Value::of_bool(parameter_of(self).*Flag); }

// ---- substitution

Result<Ref<>> typevar_subst(Python& py, Borrowed<> self, Borrowed<> arg) {
    return call_typing(py, "_typevar_subst", {self.value(), arg.value()});
}
Result<Ref<>> paramspec_subst(Python& py, Borrowed<> self, Borrowed<> arg) {
    return call_typing(py, "_paramspec_subst", {self.value(), arg.value()});
}
Result<Ref<>> typevartuple_subst(Python& py, Borrowed<>, Borrowed<>) {
    return raise(py, exc::TypeError, "Substitution of bare TypeVarTuple is not supported");
}

Result<Ref<>> typevar_prepare(Python& py, Borrowed<> self, Borrowed<> alias, Borrowed<> args) {
    if (!is<Tuple>(args)) return raise(py, exc::TypeError, "expected a tuple of arguments");
    Ref<> found = TRY(get_attribute(py, alias, name::dunder_parameters()));
    Ref<Tuple> params = TRY(tuple_from(py, found));
    Borrowed<Tuple> given = as<Tuple>(args);
    std::size_t index = 0;
    while (index < params->size && params->slots[index] != self.value()) ++index;
    if (index < given->size) return args.share();
    if (index == given->size) {
        Ref<> value = TRY(Result<Ref<>>::of_word(get_default(py, self.value())));
        if (!value.is(no_default().value())) {
            Ref<Tuple> longer = TRY(make_tuple_uninitialized(py, given->size + 1));
            for (std::size_t i = 0; i < given->size; ++i) longer->slots[i] = given->at(i).share().release();
            longer->slots[given->size] = value.release();
            return Ref<>(std::move(longer));
        }
    }
    Ref<Str> shown = TRY(str(py, alias));
    return raise(py, exc::TypeError, "Too few arguments for {}; actual {}, expected at least {}", shown, given->size, index + 1);
}
Result<Ref<>> paramspec_prepare(Python& py, Borrowed<> self, Borrowed<> alias, Borrowed<> args) {
    return call_typing(py, "_paramspec_prepare_subst", {self.value(), alias.value(), args.value()});
}
Result<Ref<>> typevartuple_prepare(Python& py, Borrowed<> self, Borrowed<> alias, Borrowed<> args) {
    return call_typing(py, "_typevartuple_prepare_subst", {self.value(), alias.value(), args.value()});
}

Raised cannot_subclass(Thread& t, Borrowed<> self) {
    Type& type = type_of(self);
    Maybe<Str> name = type.name.load(&type);
    return raise(t, exc::TypeError, "Cannot subclass an instance of {}", *name);
}
Result<Ref<>> mro_entries(Thread& t, Borrowed<> self, Borrowed<>) { return cannot_subclass(t, self); }
Ref<> reduce(Thread&, Borrowed<> self) { return parameter_of(self.value()).name.share(); }

Result<Ref<>> either(Python& py, Borrowed<> a, Borrowed<> b) {
    Ref<Tuple> both = TRY(make_tuple_of(py, a.share(), b.share()));
    return make_union(py, both);
}

// ---- P.args and P.kwargs

struct ParamSpecPart : Object {
    Fixed<> origin;
    explicit ParamSpecPart(Ref<> o) : origin(std::move(o)) {}
    static constexpr auto fields = std::tuple{&ParamSpecPart::origin};
};
ParamSpecPart& part_of(Value v) { return *static_cast<ParamSpecPart*>(v.pointer()); }
}  // namespace
extern Type param_spec_args_type, param_spec_kwargs_type;
namespace {

Value new_part(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    static constexpr char const* const kNames[] = {"origin"};
    Value w{};
    bool is_args = is_subtype(type, param_spec_args_type);
    if (parse_arguments(py, is_args ? "paramspecargs" : "paramspeckwargs", kNames, 0, 1, 1, args, n, names, &w).raised()) return {};
    Result<Ref<ParamSpecPart>> r = make<ParamSpecPart>(py, type, share(w));
    return std::move(r).release();
}
template <auto& T> Value get_part(Python& py, Value self) { return make<ParamSpecPart>(py, T, share(self)).release(); }

Result<Ref<Str>> show_part(Python& py, Borrowed<> self) {
    std::string_view suffix = &type_of(self) == &param_spec_args_type ? ".args" : ".kwargs";
    Borrowed<> origin = *part_of(self.value()).origin;
    if (&type_of(origin) == &param_spec_type) return format_message(py, "{}{}", {MessageArg(*parameter_of(origin.value()).name), suffix});
    Ref<Str> shown = TRY(repr(py, origin));
    return format_message(py, "{}{}", {MessageArg(shown), suffix});
}
Result<Ref<>> part_equality(Python& py, Borrowed<> a, Borrowed<> b, Compare op) {
    if (&type_of(a) != &type_of(b)) return Ref<>::immediate(kNotImplemented);
    return compare(py, *part_of(a.value()).origin, *part_of(b.value()).origin, op);
}
Result<Ref<>> part_eq(Python& py, Borrowed<> a, Borrowed<> b) { return part_equality(py, a, b, Compare::eq); }
Result<Ref<>> part_ne(Python& py, Borrowed<> a, Borrowed<> b) { return part_equality(py, a, b, Compare::ne); }
Result<std::int64_t> part_hash(Thread& t, Borrowed<> self) {
    return raise(t, exc::TypeError, "unhashable type: '{}'", TypeName{self.value()});
}
Value get_part_origin(Python&, Value self) { return part_of(self).origin.share().release(); }
Result<Ref<>> part_mro_entries(Thread& t, Borrowed<> self, Borrowed<>) {
    return raise(t, exc::TypeError, "Cannot subclass an instance of {}",
                 &type_of(self) == &param_spec_args_type ? "ParamSpecArgs" : "ParamSpecKwargs");
}

constexpr MethodDef part_methods[] = {def<part_mro_entries>("__mro_entries__", "bases, /", "")};
constexpr SlotDef part_slots[] = {slot<Dunder::repr, show_part>, slot<Dunder::eq, part_eq>, slot<Dunder::ne, part_ne>,
                                  slot<Dunder::hash, part_hash>};
constexpr GetSetDef part_getsets[] = {{"__origin__", get_part_origin, nullptr, "The ParamSpec."}};
constexpr TypeDef args_def{.name = "typing.ParamSpecArgs", .doc = "The positional arguments of a ParamSpec.", .signature = "origin",
                           .size = sizeof(ParamSpecPart), .flags = type_flag::has_weakrefs, .hooks = hooks_of<ParamSpecPart>(),
                           .new_ = new_part, .methods = part_methods, .slots = part_slots, .getsets = part_getsets};
constexpr TypeDef kwargs_def{.name = "typing.ParamSpecKwargs", .doc = "The keyword arguments of a ParamSpec.",
                             .signature = "origin", .size = sizeof(ParamSpecPart), .flags = type_flag::has_weakrefs,
                             .hooks = hooks_of<ParamSpecPart>(), .new_ = new_part, .methods = part_methods,
                             .slots = part_slots, .getsets = part_getsets};

// ---- tables

constexpr MethodDef typevar_methods[] = {
    def<typevar_subst>("__typing_subst__", "arg, /", ""), def<typevar_prepare>("__typing_prepare_subst__", "alias, args, /", ""),
    def<mro_entries>("__mro_entries__", "bases, /", ""),  def<reduce>("__reduce__", "", ""),
    def<has_default>("has_default", "", "Whether there is a default."),
};
constexpr MethodDef paramspec_methods[] = {
    def<paramspec_subst>("__typing_subst__", "arg, /", ""), def<paramspec_prepare>("__typing_prepare_subst__", "alias, args, /", ""),
    def<mro_entries>("__mro_entries__", "bases, /", ""),    def<reduce>("__reduce__", "", ""),
    def<has_default>("has_default", "", "Whether there is a default."),
};
constexpr MethodDef typevartuple_methods[] = {
    def<typevartuple_subst>("__typing_subst__", "arg, /", ""),
    def<typevartuple_prepare>("__typing_prepare_subst__", "alias, args, /", ""),
    def<mro_entries>("__mro_entries__", "bases, /", ""),
    def<reduce>("__reduce__", "", ""),
    def<has_default>("has_default", "", "Whether there is a default."),
};
Result<Ref<>> iterate(Python& py, Borrowed<> self) { return iterate_unpacked(py, self); }
constexpr SlotDef variable_slots[] = {slot<Dunder::repr, show>, number_slot<Dunder::or_, either>};
constexpr SlotDef tuple_slots[] = {slot<Dunder::repr, show>, slot<Dunder::iter, iterate>};
constexpr GetSetDef typevar_getsets[] = {
    {"__name__", get_name, nullptr, "The name."},
    {"__bound__", get_bound, nullptr, "The upper bound, or None."},
    {"__constraints__", get_constraints, nullptr, "The constraints."},
    {"__default__", get_default, nullptr, "The default, or NoDefault."},
    {"__covariant__", get_flag<&TypeParameter::covariant>, nullptr, ""},
    {"__contravariant__", get_flag<&TypeParameter::contravariant>, nullptr, ""},
    {"__infer_variance__", get_flag<&TypeParameter::infer_variance>, nullptr, ""},
    {"evaluate_bound", get_evaluate_bound, nullptr, "Computes the bound."},
    {"evaluate_constraints", get_evaluate_constraints, nullptr, "Computes the constraints."},
    {"evaluate_default", get_evaluate_default, nullptr, "Computes the default."},
};
constexpr GetSetDef paramspec_getsets[] = {
    {"__name__", get_name, nullptr, "The name."},
    {"__bound__", get_bound, nullptr, "The upper bound, or None."},
    {"__default__", get_default, nullptr, "The default, or NoDefault."},
    {"__covariant__", get_flag<&TypeParameter::covariant>, nullptr, ""},
    {"__contravariant__", get_flag<&TypeParameter::contravariant>, nullptr, ""},
    {"__infer_variance__", get_flag<&TypeParameter::infer_variance>, nullptr, ""},
    {"evaluate_default", get_evaluate_default, nullptr, "Computes the default."},
    {"args", get_part<param_spec_args_type>, nullptr, "Stands for the positional arguments."},
    {"kwargs", get_part<param_spec_kwargs_type>, nullptr, "Stands for the keyword arguments."},
};
constexpr GetSetDef typevartuple_getsets[] = {
    {"__name__", get_name, nullptr, "The name."},
    {"__default__", get_default, nullptr, "The default, or NoDefault."},
    {"evaluate_default", get_evaluate_default, nullptr, "Computes the default."},
};
constexpr std::uint32_t kFlags = type_flag::has_dict | type_flag::has_weakrefs;
constexpr TypeDef typevar_def{.name = "typing.TypeVar", .doc = "A type variable.", .size = sizeof(TypeParameter), .flags = kFlags,
                              .hooks = hooks_of<TypeParameter>(), .new_ = construct<make_typevar>, .methods = typevar_methods,
                              .slots = variable_slots, .getsets = typevar_getsets};
constexpr TypeDef paramspec_def{.name = "typing.ParamSpec", .doc = "A variable for the parameters of a callable.",
                                .size = sizeof(TypeParameter), .flags = kFlags, .hooks = hooks_of<TypeParameter>(),
                                .new_ = construct<make_paramspec>, .methods = paramspec_methods, .slots = variable_slots,
                                .getsets = paramspec_getsets};
constexpr TypeDef typevartuple_def{.name = "typing.TypeVarTuple", .doc = "A variable for any number of types.",
                                   .size = sizeof(TypeParameter), .flags = kFlags, .hooks = hooks_of<TypeParameter>(),
                                   .new_ = construct<make_typevartuple>, .methods = typevartuple_methods, .slots = tuple_slots,
                                   .getsets = typevartuple_getsets};

}  // namespace

ORO_TYPE(type_var_type, typevar_def);
ORO_TYPE(param_spec_type, paramspec_def);
ORO_TYPE(type_var_tuple_type, typevartuple_def);
ORO_TYPE(param_spec_args_type, args_def);
ORO_TYPE(param_spec_kwargs_type, kwargs_def);

bool is_type_parameter(Borrowed<> v) {
    Type* type = &type_of(v);
    return type == &type_var_type || type == &param_spec_type || type == &type_var_tuple_type;
}

bool type_parameter_has_default(Borrowed<> v) { return defaulted(parameter_of(v.value())); }

namespace {
Result<Ref<TypeParameter>> make_declared(Thread& t, Type& type, Borrowed<Str> name) {
    return make<TypeParameter>(t, type, name.share());
}
}  // namespace

Result<Ref<>> make_type_var(Thread& t, Borrowed<Str> name, Maybe<> evaluate_bound, Maybe<> evaluate_constraints) {
    Ref<TypeParameter> p = TRY(make_declared(t, type_var_type, name));
    p->infer_variance = true;
    p->evaluate_bound.init(std::move(evaluate_bound));
    p->evaluate_constraints.init(std::move(evaluate_constraints));
    return Ref<>(std::move(p));
}
Result<Ref<>> make_param_spec(Thread& t, Borrowed<Str> name) {
    Ref<TypeParameter> p = TRY(make_declared(t, param_spec_type, name));
    p->infer_variance = true;
    return Ref<>(std::move(p));
}
Result<Ref<>> make_type_var_tuple(Thread& t, Borrowed<Str> name) { return Ref<>(TRY(make_declared(t, type_var_tuple_type, name))); }

Result<void> set_type_parameter_default(Thread& t, Borrowed<> parameter, Borrowed<> evaluate) {
    if (!is_type_parameter(parameter)) {
        return raise(t, exc::TypeError, "expected a TypeVar, ParamSpec, or TypeVarTuple, not '{}'", TypeName{parameter.value()});
    }
    TypeParameter& p = parameter_of(parameter.value());
    p.evaluate_default.store(&p, evaluate.share());
    return {};
}

}  // namespace oro
