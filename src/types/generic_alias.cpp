// types.GenericAlias: a class with type arguments. Attributes are those of the class but for a few of the alias's own.
#include "types/generic_alias.h"

#include <algorithm>

#include "object/define.h"
#include "object/iterator.h"
#include "object/list.h"
#include "types/union.h"

namespace oro {
namespace {

GenericAlias& alias_of(Value v) { return *static_cast<GenericAlias*>(v.pointer()); }

// What an alias answers itself; everything else is asked of the class.
constexpr std::string_view kOwn[] = {"__class__", "__origin__", "__args__", "__unpacked__", "__parameters__",
                                     "__typing_unpacked_tuple_args__", "__mro_entries__", "__reduce_ex__", "__reduce__"};
constexpr std::string_view kHidden[] = {"__bases__", "__copy__", "__deepcopy__"};

Result<Ref<>> make_alias(Thread& t, Type& type, Borrowed<> origin, Borrowed<> item, bool starred) {
    Ref<Tuple> args = is<Tuple>(item) ? as<Tuple>(item).share() : TRY(make_tuple_of(t, item.share()));
    return Ref<>(TRY(make<GenericAlias>(t, type, origin.share(), std::move(args), starred)));
}

Value new_alias(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    if (names && names->size) (void)raise(py, exc::TypeError, "GenericAlias() takes no keyword arguments");
    else if (n != 2) (void)raise(py, exc::TypeError, "GenericAlias expected 2 arguments, got {}", n);
    else return make_alias(py, type, Borrowed<>(args[0]), Borrowed<>(args[1]), false).release();
    return {};
}

Result<Ref<>> call_origin(Python& py, GenericAlias& self, Value const* args, std::size_t n, Tuple* names) {
    Ref<> made = TRY(call(py, *self.origin, std::span<Value const>(args, n + (names ? names->size : 0)), names));
    // The object is told, if it lets itself be told.
    if (set_attribute(py, made, name::dunder_orig_class(), Borrowed<>(Value::of(&self))).raised()) {
        if (!raised_is(py, exc::AttributeError) && !raised_is(py, exc::TypeError)) return Raised{};
        clear_raised(py);
    }
    return made;
}
Value call_alias(Python& py, Value callable, Value const* args, std::size_t n, Tuple* names) {
    return call_origin(py, alias_of(callable), args, n, names).release();
}

Result<Ref<Str>> show(Python& py, Borrowed<GenericAlias> self) {
    CHECK(check_native_stack(py));
    StrBuilder out(py);
    if (self->starred) out.add(U'*');
    CHECK(add_type_repr(py, out, *self->origin));
    out.add(U'[');
    bool first = true;
    for (Value a : self->args->items()) {
        if (!first) out.add(", ");
        first = false;
        if (is_exact<List>(a)) {
            out.add(U'[');
            Ref<Tuple> inner = TRY(list_to_tuple(py, as<List>(a)));
            for (std::size_t i = 0; i < inner->size; ++i) {
                if (i) out.add(", ");
                CHECK(add_type_repr(py, out, inner->at(i)));
            }
            out.add(U']');
        } else {
            CHECK(add_type_repr(py, out, Borrowed<>(a)));
        }
    }
    if (first) out.add("()");
    out.add(U']');
    return out.finish();
}

Result<std::int64_t> hash(Python& py, Borrowed<GenericAlias> self) {
    std::int64_t a = TRY(hash_value(py, *self->origin)), b = TRY(hash_value(py, *self->args));
    return (a ^ b) == -1 ? -2 : a ^ b;
}

Result<Ref<>> equality(Python& py, Borrowed<> a, Borrowed<> b, Compare op) {
    if (!is<GenericAlias>(a) || !is<GenericAlias>(b)) return Ref<>::immediate(kNotImplemented);
    GenericAlias &x = alias_of(a.value()), &y = alias_of(b.value());
    bool same = x.starred == y.starred && TRY(equal(py, *x.origin, *y.origin)) && TRY(equal(py, *x.args, *y.args));
    return Ref<>::immediate(Value::of_bool(same == (op == Compare::eq)));
}
Result<Ref<>> eq(Python& py, Borrowed<> a, Borrowed<> b) { return equality(py, a, b, Compare::eq); }
Result<Ref<>> ne(Python& py, Borrowed<> a, Borrowed<> b) { return equality(py, a, b, Compare::ne); }

Result<Ref<Tuple>> parameters_of(Python& py, GenericAlias& self) {
    if (Maybe<Tuple> known = self.parameters.load(&self)) return std::move(known).take();
    Ref<Tuple> found = TRY(generic_parameters(py, *self.args));
    self.parameters.store(&self, found.share());
    return found;
}

Result<Ref<>> getitem(Python& py, Borrowed<GenericAlias> self, Borrowed<> item) {
    Ref<Tuple> parameters = TRY(parameters_of(py, *self));
    Ref<Tuple> args = TRY(substitute_parameters(py, self, *self->args, parameters, item));
    return make_alias(py, GenericAlias::type(), *self->origin, args, self->starred);
}

// object.__getattribute__ for the alias itself.
Result<Ref<>> own_attribute(Python& py, Borrowed<> self, Borrowed<> name) {
    SlotFn plain = object_type.slot(Dunder::getattribute);
    return Result<Ref<>>::of_word(plain(py, self.value(), name.value(), Value{}));
}

Result<Ref<>> getattribute(Python& py, Borrowed<GenericAlias> self, Borrowed<> name) {
    if (is<Str>(name)) {
        Str const& text = *as<Str>(name).get();
        auto named = [&](std::string_view s) { return equal(text, s); };
        if (!std::ranges::any_of(kOwn, named) && !std::ranges::any_of(kHidden, named)) {
            return get_attribute(py, *self->origin, as<Str>(name));
        }
    }
    return own_attribute(py, self, name);
}

Result<Ref<>> mro_entries(Thread& t, Borrowed<GenericAlias> self, Borrowed<>) {
    return Ref<>(TRY(make_tuple_of(t, self->origin.share())));
}
Result<bool> instancecheck(Thread& t, Borrowed<GenericAlias>, Borrowed<>) {
    return raise(t, exc::TypeError, "isinstance() argument 2 cannot be a parameterized generic");
}
Result<bool> subclasscheck(Thread& t, Borrowed<GenericAlias>, Borrowed<>) {
    return raise(t, exc::TypeError, "issubclass() argument 2 cannot be a parameterized generic");
}

Result<Ref<>> iterate(Thread& t, Borrowed<GenericAlias> self);

Result<Ref<>> reduce(Python& py, Borrowed<GenericAlias> self) {
    Ref<> type = share(Value::of(&GenericAlias::type()));
    if (self->starred) {
        Ref<> plain = TRY(make_alias(py, GenericAlias::type(), *self->origin, *self->args, false));
        Ref<> iterator = TRY(iterate(py, as<GenericAlias>(plain)));
        Ref<Tuple> only = TRY(make_tuple_of(py, std::move(iterator)));
        return Ref<>(TRY(make_tuple_of(py, TRY(builtin_named(py, "next")), std::move(only))));
    }
    Ref<Tuple> parts = TRY(make_tuple_of(py, self->origin.share(), self->args.share()));
    return Ref<>(TRY(make_tuple_of(py, std::move(type), std::move(parts))));
}

Result<Ref<>> dir(Python& py, Borrowed<GenericAlias> self) {
    Ref<> names = TRY(call_method(py, *self->origin, name::dunder_dir(), {}));
    Ref<List> list = TRY(list_from(py, names));
    for (std::string_view own : kOwn) {
        Ref<Str> name = TRY(make_str(py, own));
        if (!TRY(contains(py, list, name))) CHECK(list_append(py, list, std::move(name)));
    }
    return Ref<>(std::move(list));
}

Value get_origin(Python&, Value self) { return alias_of(self).origin.share().release(); }
Value get_args(Python&, Value self) { return alias_of(self).args.share().release(); }
Value get_unpacked(Python&, Value self) { return Value::of_bool(alias_of(self).starred); }
Value get_parameters(Python& py, Value self) { return parameters_of(py, alias_of(self)).release(); }
Value get_unpacked_args(Python&, Value self) {
    GenericAlias& a = alias_of(self);
    if (!a.starred || a.origin.value() != Value::of(&Tuple::type())) return kNone;
    return a.args.share().release();
}

// ---- iter(tuple[int]) gives *tuple[int], once

struct AliasIterator : Object {
    Fixed<GenericAlias> alias;
    std::atomic<bool> done{false};
    explicit AliasIterator(Ref<GenericAlias> a) : alias(std::move(a)) {}
    static constexpr auto fields = std::tuple{&AliasIterator::alias};
    static Type& type();
};

Result<Ref<>> iterate(Thread& t, Borrowed<GenericAlias> self) { return Ref<>(TRY(make<AliasIterator>(t, AliasIterator::type(), self.share()))); }

Next iterator_next(Thread& t, Borrowed<AliasIterator> self) {
    if (self->done.exchange(true)) return Next::end();
    GenericAlias& a = *self->alias.get();
    return make_alias(t, type_of(&a), *a.origin, *a.args, true);
}
Ref<> iterator_self(Thread&, Borrowed<AliasIterator> self) { return self.share(); }
Result<Ref<>> iterator_reduce(Python& py, Borrowed<AliasIterator> self) {
    Ref<> iter = TRY(builtin_named(py, "iter"));
    Ref<> what = self->done.load() ? Ref<>(empty_tuple()) : Ref<>(self->alias.share());
    Ref<Tuple> only = TRY(make_tuple_of(py, std::move(what)));
    return Ref<>(TRY(make_tuple_of(py, std::move(iter), std::move(only))));
}

constexpr MethodDef iterator_methods[] = {def<iterator_reduce>("__reduce__", "", "")};
constexpr SlotDef iterator_slots[] = {slot<Dunder::iter, iterator_self>, slot<Dunder::next, iterator_next>};
constexpr TypeDef iterator_def{.name = "generic_alias_iterator", .size = sizeof(AliasIterator), .flags = type_flag::disallow_new,
                               .hooks = hooks_of<AliasIterator>(), .methods = iterator_methods, .slots = iterator_slots};

constexpr MethodDef methods[] = {
    def<mro_entries>("__mro_entries__", "bases, /", ""),   def<instancecheck>("__instancecheck__", "instance, /", ""),
    def<subclasscheck>("__subclasscheck__", "cls, /", ""), def<reduce>("__reduce__", "", ""),
    def<dir>("__dir__", "", ""),
};
constexpr SlotDef slots[] = {
    slot<Dunder::repr, show>,       slot<Dunder::hash, hash>,    slot<Dunder::eq, eq>,
    slot<Dunder::ne, ne>,           slot<Dunder::getitem, getitem>, slot<Dunder::getattribute, getattribute>,
    slot<Dunder::iter, iterate>,    number_slot<Dunder::or_, type_or>,
};
constexpr GetSetDef getsets[] = {
    {"__origin__", get_origin, nullptr, "The class."},
    {"__args__", get_args, nullptr, "The arguments."},
    {"__unpacked__", get_unpacked, nullptr, "Whether it is unpacked by a star."},
    {"__parameters__", get_parameters, nullptr, "The type variables in the arguments."},
    {"__typing_unpacked_tuple_args__", get_unpacked_args, nullptr, ""},
};
constexpr TypeDef alias_def{.name = "types.GenericAlias", .doc = "A class with type arguments, such as list[int].",
                            .signature = "origin, args, /", .size = sizeof(GenericAlias),
                            .flags = type_flag::subclassable | type_flag::has_weakrefs, .hooks = hooks_of<GenericAlias>(),
                            .new_ = new_alias, .call = call_alias, .methods = methods, .slots = slots, .getsets = getsets};

}  // namespace

ORO_TYPE(alias_iterator_type, iterator_def);
ORO_TYPE(generic_alias_type, alias_def);
Type& GenericAlias::type() { return generic_alias_type; }
namespace { Type& AliasIterator::type() { return alias_iterator_type; } }

Result<Ref<>> make_generic_alias(Thread& t, Borrowed<> origin, Borrowed<> arguments) {
    return make_alias(t, generic_alias_type, origin, arguments, false);
}

}  // namespace oro
