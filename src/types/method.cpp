// method: a callable with its first argument. Attributes it doesn't have itself are those of the function.
#include "object/method.h"

#include "object/builtins.h"
#include "object/define.h"
#include "object/identity.h"
#include "object/slot_wrapper.h"

namespace oro {

namespace {

BoundMethod& at(Value v) { return *static_cast<BoundMethod*>(v.pointer()); }

Value call_method_object(Python& py, Value callable, Value const* args, std::size_t n, Tuple* names) {
    auto& m = at(callable);
    std::size_t all = n + (names ? names->size : 0);
    constexpr std::size_t kFew = 8;
    Value few[kFew];
    std::vector<Value> many;
    Value* words = few;
    if (all + 1 > kFew) {
        many.resize(all + 1);
        words = many.data();
    }
    words[0] = m.self.value();
    for (std::size_t i = 0; i < all; ++i) words[i + 1] = args[i];
    return call(py, *m.function, std::span<Value const>(words, all + 1), names).release();
}

Value make_new(Python& py, Type&, Value const* args, std::size_t n, Tuple* names) {
    if (names && names->size) return (void)raise(py, exc::TypeError, "method() takes no keyword arguments"), Value{};
    if (n != 2) return (void)raise(py, exc::TypeError, "method expected 2 arguments, got {}", n), Value{};
    if (!is_callable(Borrowed<>(args[0]))) return (void)raise(py, exc::TypeError, "first argument must be callable"), Value{};
    if (args[1] == kNone) return (void)raise(py, exc::TypeError, "instance must not be None"), Value{};
    return make_bound_method(py, Borrowed<>(args[0]), Borrowed<>(args[1])).release();
}

// Binding a method again changes nothing.
Ref<> get_bound(Thread&, Borrowed<BoundMethod> self, Optional<>, Optional<>) { return self.share(); }

Result<Ref<>> repr_bound(Python& py, Borrowed<BoundMethod> self) {
    Maybe<> name = TRY(find_attribute(py, *self->function, name::dunder_qualname()));
    if (!name) name = TRY(find_attribute(py, *self->function, name::dunder_name()));
    Ref<Str> object = TRY(repr(py, *self->self));
    if (!name || !is<Str>(name.value())) return format_message(py, "<bound method ? of {}>", {object});
    return format_message(py, "<bound method {} of {}>", {as<Str>(*name), object});
}

Result<std::int64_t> hash_bound(Python& py, Borrowed<BoundMethod> self) {
    std::int64_t h = TRY(hash_value(py, *self->function));
    return mix_hashes(identity_hash(self->self.value()), h);
}

Result<Ref<>> compare_bound(Python& py, Borrowed<BoundMethod> self, Borrowed<> other, Compare op) {
    if ((op != Compare::eq && op != Compare::ne) || !is<BoundMethod>(other)) return Ref<>::adopt(kNotImplemented);
    auto& o = at(other.value());
    bool same = self->self.value() == o.self.value() && TRY(equal(py, *self->function, *o.function));
    return Ref<>::adopt(Value::of_bool(same == (op == Compare::eq)));
}

// Attributes of `method` itself, then those of the function.
Result<Ref<>> get_attribute_of(Python& py, Borrowed<BoundMethod> self, Borrowed<> name) {
    if (is<Str>(name)) {
        Ref<Str> key = intern(py, as<Str>(name).share());
        Maybe<> own = type_lookup(py, type_of(self.value()), key);
        if (!own) return get_attribute(py, *self->function, key);
    }
    return Result<Ref<>>::of_word(generic_getattribute(py, self.value(), name.value(), Value{}));
}

Result<Ref<>> reduce_bound(Python& py, Borrowed<BoundMethod> self) {
    Ref<> name = TRY(get_attribute(py, *self->function, name::dunder_name()));
    Ref<> getattr = TRY(builtin(py, Borrowed<Str>(TRY(make_interned(py, "getattr")))));
    Ref<Tuple> args = TRY(make_tuple_of(py, self->self.share(), std::move(name)));
    return make_tuple_of(py, std::move(getattr), std::move(args));
}

constexpr MethodDef methods[] = {def<reduce_bound>("__reduce__", "", "")};
constexpr SlotDef slots[] = {
    slot<Dunder::repr, repr_bound>, slot<Dunder::hash, hash_bound>, ORO_COMPARE_SLOTS(compare_bound),
    slot<Dunder::get, get_bound>,   slot<Dunder::getattribute, get_attribute_of>,
};
constexpr GetSetDef getsets[] = {
    {"__func__", [](Python&, Value self) { return at(self).function.share().release(); }, nullptr,
     "the function (or other callable) implementing a method"},
    {"__self__", [](Python&, Value self) { return at(self).self.share().release(); }, nullptr,
     "the instance to which a method is bound"},
    {"__doc__", [](Python& py, Value self) { return get_attribute(py, *at(self).function, name::dunder_doc()).release(); }, nullptr},
};
constexpr TypeDef method_def{
    .name = "method", .doc = "Create a bound instance method object.", .signature = "function, instance, /",
    .size = sizeof(BoundMethod), .flags = type_flag::lasting | type_flag::has_weakrefs, .hooks = hooks_of<BoundMethod>(), .new_ = make_new,
    .call = call_method_object, .methods = methods, .slots = slots, .getsets = getsets};

}  // namespace

ORO_TYPE(method_type, method_def);
Type& BoundMethod::type() { return method_type; }

Result<Ref<BoundMethod>> make_bound_method(Thread& t, Borrowed<> function, Borrowed<> self) {
    return make<BoundMethod>(t, method_type, function.share(), self.share());
}

}  // namespace oro
