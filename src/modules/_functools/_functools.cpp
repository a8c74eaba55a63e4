// _functools: reduce, cmp_to_key, and the module. partial.cpp and lru_cache.cpp hold the rest.
#include "modules/_functools/functools.h"

namespace oro::functools {

namespace {

Result<Ref<>> reduce(Python& py, Borrowed<> function, Borrowed<> iterable, Optional<> initial) {
    auto made = get_iterator(py, iterable);
    if (made.raised()) {
        if (!raised_is(py, exc::TypeError)) return Raised{};
        clear_raised(py);
        return raise(py, exc::TypeError, "reduce() arg 2 must support iteration");
    }
    Ref<> iterator = std::move(made).take();
    Maybe<> result = initial ? Maybe<>((*initial).share()) : Maybe<>();
    for (;;) {
        Next item = next(py, iterator);
        if (item.raised()) return Raised{};
        if (item.ended()) break;
        Ref<> value = std::move(item).take();
        if (result) result = TRY(call_with(py, function, *result, value));
        else result = std::move(value);
        CHECK(poll(py));
    }
    if (result) return std::move(result).take();
    return raise(py, exc::TypeError, "reduce() of empty iterable with no initial value");
}

// ---- cmp_to_key: K makes keys that compare by the function

struct Key : Object {
    Fixed<> compare_function;
    Member<> object;                     // null in K itself
    Key(Ref<> f, Maybe<> o) : compare_function(std::move(f)) { object.set(std::move(o)); }
    static constexpr auto fields = std::tuple{&Key::compare_function, &Key::object};
    static Type& type() { return key_type; }
};

Result<Ref<>> cmp_to_key(Thread& t, Borrowed<> mycmp) { return make<Key>(t, key_type, mycmp.share(), Maybe<>()); }

Result<Ref<>> make_key(Python& py, Borrowed<Key> self, Value const* args, std::size_t n, Tuple* names) {
    static constexpr char const* kNames[] = {"obj"};
    std::size_t given = n + (names ? names->size : 0);
    if (given > 1) return raise(py, exc::TypeError, "K() takes at most 1 argument ({} given)", given);
    Value object[1] = {};
    CHECK(parse_arguments(py, "K", kNames, 0, 1, 1, args, n, names, object));
    return make<Key>(py, key_type, self->compare_function.share(), Maybe<>(share(object[0])));
}
Value call_key(Python& py, Value self, Value const* args, std::size_t n, Tuple* names) {
    return make_key(py, as<Key>(self), args, n, names).release();
}

Result<Ref<>> compare_keys(Python& py, Borrowed<Key> self, Borrowed<> other, Compare op) {
    if (!is<Key>(other)) return raise(py, exc::TypeError, "other argument must be K instance");
    Maybe<> a = self->object.load(self.get()), b = as<Key>(other)->object.load(as<Key>(other).get());
    if (!a || !b) return raise(py, exc::AttributeError, "object");
    Ref<> order = TRY(call_with(py, *self->compare_function, *a, *b));
    return compare(py, order, Ref<>::immediate(Value::of_int(0)), op);
}

Value get_object(Python&, Value self) {
    Borrowed<Key> k = as<Key>(self);
    Maybe<> object = k->object.load(k.get());
    return object ? object.release() : kNone;
}
Value set_object(Python&, Value self, Value value) {
    Borrowed<Key> k = as<Key>(self);
    k->object.store(k.get(), value ? Maybe<>(share(value)) : Maybe<>());
    return kNone;
}

// K is called as a function of one argument is, though it is an instance.
Value get_signature(Python& py, Value) { return Result<Ref<>>(make_str(py, "(obj)")).release(); }

constexpr GetSetDef key_getsets[] = {
    {"obj", get_object, set_object, "the value that stands behind the key"},
    {"__text_signature__", get_signature, nullptr},
};
constexpr SlotDef key_slots[] = {ORO_COMPARE_SLOTS(compare_keys)};
constexpr TypeDef key_def{
    .name = "functools.KeyWrapper", .size = sizeof(Key), .flags = type_flag::disallow_new, .hooks = hooks_of<Key>(), .call = call_key,
    .slots = key_slots, .getsets = key_getsets,
};

constexpr MethodDef functions[] = {
    function<reduce>("reduce", "function, iterable, /, initial=<unrepresentable>",
                     "Apply a function of two arguments to the items one after the other, from the left, down to a single value.\n\n"
                     "reduce(lambda x, y: x+y, [1, 2, 3, 4, 5]) computes ((((1+2)+3)+4)+5). The initial value, if there is one, stands\n"
                     "in front of the items, and is the result if there are none."),
    function<cmp_to_key>("cmp_to_key", "mycmp", "Make a key function out of a function that compares two values."),
};

Result<void> setup(Python& py, Module& m) {
    CHECK(add_type_to_module(py, m, partial_type));
    CHECK(add_type_to_module(py, m, lru_cache_type));
    CHECK(add_type_to_module(py, m, placeholder_type));
    return add_to_module(py, m, "Placeholder", placeholder());
}

ORO_MODULE(functools_module, .name = "_functools", .doc = "Tools that operate on functions.", .functions = functions, .setup = setup);

}  // namespace

ORO_TYPE(key_type, key_def);

}  // namespace oro::functools
