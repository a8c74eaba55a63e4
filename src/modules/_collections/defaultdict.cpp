// collections.defaultdict: a dict whose __missing__ makes the value.
#include "modules/_collections/deque.h"
#include "object/dict.h"
#include "object/generic_alias.h"
#include "types/iterators.h"
#include "types/sequence.h"

namespace oro::collections {

namespace {

struct DefaultDict : Dict {
    Member<> factory;                    // null or None: none
    void trace(Visitor& v) { Dict::trace(v); v(factory); }
    void clear() { Dict::clear(); factory.reset(); }
    static Type& type() { return defaultdict(); }
};
using Self = Borrowed<DefaultDict>;

Ref<> factory_of(Self self) {
    Maybe<> f = self->factory.load(self.get());
    return f ? std::move(f).take() : none.share();
}

Value new_defaultdict(Python& py, Type& type, Value const*, std::size_t, Tuple*) {
    return binding::finish(py, make<DefaultDict>(py, type));
}

Result<void> init(Python& py, Self self, Value const* args, std::size_t n, Tuple* names) {
    if (n > 0 && args[0] != kNone && !is_callable(Borrowed<>(args[0])))
        return raise(py, exc::TypeError, "first argument must be callable or None");
    self->factory.store(self.get(), n > 0 ? Maybe<>(share(args[0])) : Maybe<>());
    std::size_t skip = n > 0 ? 1 : 0;
    Value done = Dict::type().init.load(std::memory_order_relaxed)(py, self.value(), args + skip, n - skip, names);
    if (done.is_null()) return Raised{};
    return {};
}
Value init_defaultdict(Python& py, Value self, Value const* args, std::size_t n, Tuple* names) {
    return binding::finish(py, init(py, as<DefaultDict>(self), args, n, names));
}

Result<Ref<>> missing(Python& py, Self self, Borrowed<> key) {
    Ref<> factory = factory_of(self);
    if (factory.is(kNone)) return raise_value(py, exc::KeyError, key);
    Ref<> value = TRY(call(py, factory, {}));
    // What another thread has put in meanwhile stays.
    return dict_set_default(py, self, key, value);
}

Result<Ref<>> copy(Python& py, Self self) {
    return call_with(py, Borrowed<Type>(type_of(Borrowed<>(self))), factory_of(self), self);
}

Result<Ref<Tuple>> reduce(Python& py, Self self) {
    Ref<> factory = factory_of(self);
    Ref<Tuple> args = factory.is(kNone) ? empty_tuple() : TRY(make_tuple_of(py, std::move(factory)));
    Ref<> items = TRY(call_method(py, self, name::items(), {}));
    Ref<> iterator = TRY(get_iterator(py, items));
    return make_tuple_of(py, share(Value::of(&type_of(Borrowed<>(self)))), std::move(args), none.share(), none.share(),
                         std::move(iterator));
}

Result<Ref<Str>> repr_defaultdict(Python& py, Self self) {
    Ref<> factory = factory_of(self);
    Value base = Dict::type().slot(Dunder::repr)(py, self.value(), Value{}, Value{});
    if (base.is_null()) return Raised{};
    Ref<> items = Ref<>::adopt(base);
    Type& type = type_of(Borrowed<>(self));
    StrBuilder text(py);
    text.add(*type.name.load(&type).operator->());
    text.add(U'(');
    if (TRY(repr_enter(py, factory))) {
        ReprGuard guard{py, factory};
        text.add(*TRY(repr(py, factory)));
    } else {
        text.add("...");
    }
    text.add(", ");
    text.add(*as<Str>(Borrowed<>(items)));
    text.add(U')');
    return text.finish();
}

Result<Ref<>> union_of(Python& py, Borrowed<> a, Borrowed<> b) {
    if (!is<Dict>(a) || !is<Dict>(b)) return Ref<>::immediate(kNotImplemented);
    bool left = is<DefaultDict>(a);
    Borrowed<DefaultDict> like = as<DefaultDict>(left ? a : b);
    Ref<> result = TRY(call_with(py, Borrowed<Type>(type_of(Borrowed<>(like))), factory_of(like), a));
    if (!is<Dict>(result.value())) return Ref<>::immediate(kNotImplemented);
    CHECK(dict_update(py, as<Dict>(result.value()), b));
    return result;
}

Value get_factory(Python&, Value self) { return factory_of(as<DefaultDict>(self)).release(); }
Value set_factory(Python&, Value self, Value value) {
    Self d = as<DefaultDict>(self);
    d->factory.store(d.get(), value ? Maybe<>(share(value)) : Maybe<>());
    return kNone;
}

constexpr MethodDef methods[] = {
    def<missing>("__missing__", "object, /",
                 "Called by __getitem__ for a missing key: puts default_factory() in under the key and returns it.\n\n"
                 "Without a factory, raises KeyError."),
    def<copy>("copy", "", "Return a shallow copy of the dict."),
    def<copy>("__copy__", "", "Return a shallow copy of the dict."),
    def<reduce>("__reduce__", "", "Give what pickle needs."),
    class_def<class_getitem>("__class_getitem__", "object, /", kClassGetitemDoc),
};
constexpr GetSetDef getsets[] = {{"default_factory", get_factory, set_factory, "makes the value of a missing key, or None"}};
constexpr SlotDef slots[] = {
    slot<Dunder::repr, repr_defaultdict>,
    number_slot<Dunder::or_, union_of>,
};
constexpr TypeDef defaultdict_def{
    .name = "collections.defaultdict",
    .doc = "defaultdict(default_factory=None, /, [...]) -> dict with a factory of values\n\n"
           "A missing key gets the value that default_factory() returns. The other arguments are those of dict().",
    .base = &dict_type,
    .size = sizeof(DefaultDict),
    .flags = type_flag::lasting | type_flag::subclassable,
    .hooks = hooks_of<DefaultDict>(),
    .new_ = new_defaultdict,
    .init = init_defaultdict,
    .methods = methods,
    .slots = slots,
    .getsets = getsets,
};

}  // namespace

ORO_TYPE(defaultdict_type, defaultdict_def);
Type& defaultdict() { return defaultdict_type; }

}  // namespace oro::collections
