// TypeAliasType, and what the type parameters need besides: NoDefault, evaluators of constants, Generic.
#include "object/define.h"
#include "object/iterator.h"
#include "types/generic_alias.h"
#include "types/typevar.h"
#include "types/union.h"

namespace oro {
namespace {

struct TypeAlias : Object {
    Fixed<Str> name;
    Fixed<Tuple> type_params;            // null: not generic
    Fixed<> compute;                     // null if the value was given
    Fixed<> module;                      // or null
    Member<> value;                      // null: not computed yet
    TypeAlias(Ref<Str> n, Maybe<Tuple> p, Maybe<> c, Maybe<> m)
        : name(std::move(n)), type_params(std::move(p)), compute(std::move(c)), module(std::move(m)) {}
    static constexpr auto fields =
        std::tuple{&TypeAlias::name, &TypeAlias::type_params, &TypeAlias::compute, &TypeAlias::module, &TypeAlias::value};
    static Type& type() { return type_alias_type; }
};
TypeAlias& alias_of(Value v) { return *static_cast<TypeAlias*>(v.pointer()); }

Result<void> check_type_params(Python& py, Borrowed<Tuple> params) {
    bool defaults = false;
    for (Value v : params->items()) {
        Borrowed<> p(v);
        if (!is_type_parameter(p)) {
            Ref<Str> shown = TRY(repr(py, p));
            return raise(py, exc::TypeError, "Expected a type param, got {}", shown);
        }
        if (type_parameter_has_default(p)) defaults = true;
        else if (defaults) {
            Ref<Str> shown = TRY(repr(py, p));
            return raise(py, exc::TypeError, "non-default type parameter '{}' follows default type parameter", shown);
        }
    }
    return {};
}

Result<Ref<>> construct(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    static constexpr char const* const kNames[] = {"name", "value", "type_params"};
    Value w[3] = {};
    if (n > 2) return raise(py, exc::TypeError, "typealias() takes exactly 2 positional arguments ({} given)", n);
    CHECK(parse_arguments(py, "typealias", kNames, 0, 2, 2, args, n, names, w));
    if (!is<Str>(w[0])) return raise(py, exc::TypeError, "typealias() argument 'name' must be str, not {}", TypeName{w[0]});
    Maybe<Tuple> params;
    if (w[2]) {
        if (!is<Tuple>(w[2])) return raise(py, exc::TypeError, "type_params must be a tuple");
        CHECK(check_type_params(py, as<Tuple>(w[2])));
        if (as<Tuple>(w[2])->size) params = as<Tuple>(w[2]).share();
    }
    Ref<> module = TRY(calling_module(py));
    Ref<TypeAlias> alias = TRY(make<TypeAlias>(py, type, as<Str>(w[0]).share(), std::move(params), Maybe<>(), std::move(module)));
    alias->value.set(share(w[1]));
    return Ref<>(std::move(alias));
}
Value new_alias(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    return construct(py, type, args, n, names).release();
}

Result<Ref<>> value_of(Python& py, TypeAlias& self) {
    if (Maybe<> v = self.value.load(&self)) return std::move(v).take();
    Ref<> computed = TRY(call_with(py, *self.compute, Borrowed<>(Value::of_int(1))));
    Section section(py, &self);
    if (self.value.peek()) return (*self.value.peek()).share();
    self.value.set(computed.share());
    return computed;
}

Value get_value(Python& py, Value self) { return value_of(py, alias_of(self)).release(); }
Value get_name(Python&, Value self) { return alias_of(self).name.share().release(); }
Value get_type_params(Python&, Value self) {
    TypeAlias& a = alias_of(self);
    return (a.type_params ? a.type_params.share() : empty_tuple()).release();
}
Value get_parameters(Python& py, Value self) {
    TypeAlias& a = alias_of(self);
    if (!a.type_params) return empty_tuple().release();
    return unpack_type_var_tuples(py, *a.type_params).release();
}
Value get_module(Python& py, Value self) {
    TypeAlias& a = alias_of(self);
    if (a.module) return a.module.share().release();
    if (!a.compute) return kNone;
    return get_attribute(py, *a.compute, name::dunder_module()).release();
}
Value get_evaluate(Python& py, Value self) {
    TypeAlias& a = alias_of(self);
    if (a.compute) return a.compute.share().release();
    Maybe<> v = a.value.load(&a);
    return make_const_evaluator(py, *v).release();
}

Ref<Str> show(Thread&, Borrowed<TypeAlias> self) { return self->name.share(); }
Ref<> reduce(Thread&, Borrowed<TypeAlias> self) { return self->name.share(); }
Result<Ref<>> getitem(Python& py, Borrowed<TypeAlias> self, Borrowed<> item) {
    if (!self->type_params) return raise(py, exc::TypeError, "Only generic type aliases are subscriptable");
    return make_generic_alias(py, self, item);
}
Result<Ref<>> iterate(Python& py, Borrowed<TypeAlias> self) { return iterate_unpacked(py, self); }

constexpr MethodDef methods[] = {def<reduce>("__reduce__", "", "")};
constexpr SlotDef slots[] = {slot<Dunder::repr, show>, slot<Dunder::getitem, getitem>, slot<Dunder::iter, iterate>,
                             number_slot<Dunder::or_, type_or>};
constexpr GetSetDef getsets[] = {
    {"__name__", get_name, nullptr, "The name."},
    {"__value__", get_value, nullptr, "What it stands for."},
    {"__type_params__", get_type_params, nullptr, "The type parameters."},
    {"__parameters__", get_parameters, nullptr, "The same, with TypeVarTuples unpacked."},
    {"__module__", get_module, nullptr, "The module."},
    {"evaluate_value", get_evaluate, nullptr, "Computes the value."},
};
constexpr TypeDef alias_def{.name = "typing.TypeAliasType", .doc = "A type alias.", .signature = "name, value, *, type_params=()",
                            .size = sizeof(TypeAlias), .hooks = hooks_of<TypeAlias>(), .new_ = new_alias, .methods = methods,
                            .slots = slots, .getsets = getsets};

// ---- NoDefault: one object, immortal

constinit Object no_default_object{};

Value new_no_default(Python& py, Type&, Value const*, std::size_t n, Tuple* names) {
    if (n || (names && names->size)) {
        (void)raise(py, exc::TypeError, "NoDefaultType takes no arguments");
        return {};
    }
    return no_default().release();
}
Result<Ref<Str>> show_no_default(Thread& t, Borrowed<>) { return make_str(t, std::string_view("typing.NoDefault")); }
Result<Ref<Str>> reduce_no_default(Thread& t, Borrowed<>) { return make_str(t, std::string_view("NoDefault")); }
constexpr MethodDef no_default_methods[] = {def<reduce_no_default>("__reduce__", "", "")};
constexpr SlotDef no_default_slots[] = {slot<Dunder::repr, show_no_default>};
constexpr TypeDef no_default_def{.name = "NoDefaultType", .doc = "The type of NoDefault.", .size = sizeof(Object),
                                 .new_ = new_no_default, .methods = no_default_methods, .slots = no_default_slots};

// ---- evaluators of constants

struct ConstEvaluator : Object {
    Fixed<> value;
    explicit ConstEvaluator(Ref<> v) : value(std::move(v)) {}
    static constexpr auto fields = std::tuple{&ConstEvaluator::value};
};
constexpr std::int64_t kFormatString = 4;

Result<Ref<>> evaluate(Python& py, ConstEvaluator& self, Value const* args, std::size_t n, Tuple* names) {
    static constexpr char const* const kNames[] = {"format"};
    Value w{};
    CHECK(parse_arguments(py, "constevaluator", kNames, 1, 1, 1, args, n, names, &w));
    if (TRY(to_int64(py, Borrowed<>(w), &exc::OverflowError)) != kFormatString) return self.value.share();
    StrBuilder out(py);
    if (is_exact<Tuple>(*self.value)) {
        out.add(U'(');
        Borrowed<Tuple> items = as<Tuple>(*self.value);
        for (std::size_t i = 0; i < items->size; ++i) {
            if (i) out.add(", ");
            CHECK(add_type_repr(py, out, items->at(i)));
        }
        out.add(U')');
    } else {
        CHECK(add_type_repr(py, out, *self.value));
    }
    return Ref<>(TRY(out.finish()));
}
Value call_evaluator(Python& py, Value callable, Value const* args, std::size_t n, Tuple* names) {
    return evaluate(py, *static_cast<ConstEvaluator*>(callable.pointer()), args, n, names).release();
}
Result<Ref<Str>> show_evaluator(Python& py, Borrowed<> self) {
    Ref<Str> value = TRY(repr(py, *static_cast<ConstEvaluator*>(self.value().pointer())->value));
    return format_message(py, "<constevaluator {}>", {MessageArg(value)});
}
constexpr SlotDef evaluator_slots[] = {slot<Dunder::repr, show_evaluator>};
constexpr TypeDef evaluator_def{.name = "_typing._ConstEvaluator", .size = sizeof(ConstEvaluator), .flags = type_flag::disallow_new,
                                .hooks = hooks_of<ConstEvaluator>(), .call = call_evaluator, .slots = evaluator_slots};

// ---- Generic

Result<Ref<>> generic_class_getitem(Python& py, Borrowed<> cls, Borrowed<> params) {
    return call_typing(py, "_generic_class_getitem", {cls.value(), params.value()});
}
Value generic_init_subclass(Python& py, Native&, Value self, Value const* args, std::size_t n, Tuple* names) {
    auto run = [&]() -> Result<Ref<>> {
        Ref<> import = TRY(builtin_named(py, "__import__"));
        Ref<Str> module_name = TRY(make_str(py, std::string_view("typing")));
        Ref<> module = TRY(call_with(py, import, module_name));
        Ref<Str> name = intern(py, TRY(make_str(py, std::string_view("_generic_init_subclass"))));
        Ref<> f = TRY(get_attribute(py, module, name));
        std::size_t keywords = names ? names->size : 0;
        std::vector<Value> all(1 + n + keywords);
        all[0] = self;
        for (std::size_t i = 0; i < n + keywords; ++i) all[1 + i] = args[i];
        return call(py, f, std::span<Value const>(all), names);
    };
    return run().release();
}
constexpr MethodDef generic_methods[] = {
    class_def<generic_class_getitem>("__class_getitem__", "params, /", "Give type parameters or arguments to a generic class."),
    raw_def("__init_subclass__", "*args, **kwargs", "", generic_init_subclass, MethodKind::class_),
};
constexpr TypeDef generic_def{.name = "typing.Generic", .doc = "Base of generic classes.", .size = sizeof(Object),
                              .flags = type_flag::subclassable, .methods = generic_methods};

}  // namespace

ORO_TYPE(type_alias_type, alias_def);
ORO_TYPE(no_default_type, no_default_def);
ORO_TYPE(const_evaluator_type, evaluator_def);
ORO_TYPE(generic_type, generic_def);

bool is_type_alias(Borrowed<> v) { return &type_of(v) == &type_alias_type; }

Result<Ref<>> make_type_alias(Thread& t, Borrowed<Str> name, Maybe<> type_params, Borrowed<> compute, Maybe<> module) {
    Maybe<Tuple> params;
    if (type_params && is<Tuple>(*type_params) && as<Tuple>(*type_params)->size) params = as<Tuple>(*type_params).share();
    return Ref<>(TRY(make<TypeAlias>(t, type_alias_type, name.share(), std::move(params), Maybe<>(compute.share()), std::move(module))));
}

Ref<> no_default() {
    // The header is the same whoever writes it first.
    no_default_object.local.store(kImmortalCount, std::memory_order_relaxed);
    publish(&no_default_object, no_default_type.root_shape);
    return Ref<>::adopt(Value::of(&no_default_object));
}

Result<Ref<>> make_const_evaluator(Thread& t, Borrowed<> value) {
    return Ref<>(TRY(make<ConstEvaluator>(t, const_evaluator_type, value.share())));
}

Result<Ref<>> call_typing(Python& py, std::string_view function, std::initializer_list<Value> args) {
    Ref<> import = TRY(builtin_named(py, "__import__"));
    Ref<Str> module_name = TRY(make_str(py, std::string_view("typing")));
    Ref<> module = TRY(call_with(py, import, module_name));
    Ref<Str> name = intern(py, TRY(make_str(py, function)));
    Ref<> f = TRY(get_attribute(py, module, name));
    return call(py, f, std::span<Value const>(args.begin(), args.size()));
}

Result<Ref<>> calling_module(Python& py) {
    Ref<> import = TRY(builtin_named(py, "__import__"));
    Ref<> sys = TRY(call_with(py, import, name::sys()));
    Maybe<> f = TRY(find_named(py, sys, "_getframemodulename"));
    if (!f) return Ref<>::immediate(kNone);
    return call_with(py, *f, Borrowed<>(Value::of_int(0)));
}

Result<Ref<>> iterate_unpacked(Python& py, Borrowed<> v) {
    Ref<> import = TRY(builtin_named(py, "__import__"));
    Ref<Str> module_name = TRY(make_str(py, std::string_view("typing")));
    Ref<> module = TRY(call_with(py, import, module_name));
    Ref<> unpack = TRY(get_attribute(py, module, intern(py, TRY(make_str(py, std::string_view("Unpack"))))));
    Ref<Tuple> one = TRY(make_tuple_of(py, TRY(get_item(py, unpack, v))));
    return get_iterator(py, one);
}

Result<Ref<Tuple>> unpack_type_var_tuples(Python& py, Borrowed<Tuple> params) {
    bool any = false;
    for (Value v : params->items()) any = any || &type_of(v) == &type_var_tuple_type;
    if (!any) return params.share();
    std::vector<Ref<>> out;
    for (Value v : params->items()) {
        if (&type_of(v) != &type_var_tuple_type) {
            out.push_back(share(v));
            continue;
        }
        Ref<> iterator = TRY(iterate_unpacked(py, Borrowed<>(v)));
        Next item = next(py, iterator);
        if (item.raised()) return Raised{};
        out.push_back(std::move(item).take());
    }
    Ref<Tuple> tuple = TRY(make_tuple_uninitialized(py, out.size()));
    for (std::size_t i = 0; i < out.size(); ++i) tuple->slots[i] = out[i].release();
    return tuple;
}

Result<Ref<>> subscript_generic(Python& py, Borrowed<Tuple> params) {
    Ref<Tuple> unpacked = TRY(unpack_type_var_tuples(py, params));
    return call_typing(py, "_GenericAlias", {Value::of(&generic_type), unpacked.value()});
}

}  // namespace oro
