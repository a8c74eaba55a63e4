// weakref.ReferenceType. The table behind it is object/weak.cpp.
#include "object/weak.h"

#include <cstdio>

#include "object/define.h"
#include "types/generic_alias.h"

namespace oro {
namespace {

WeakRef& ref_of(Value v) { return *static_cast<WeakRef*>(v.pointer()); }

Result<Ref<>> make_ref(Python& py, Type& type, Value const* args, std::size_t n) {
    if (n < 1 || n > 2) {
        return raise(py, exc::TypeError, n < 1 ? "__new__ expected at least 1 argument, got {}" : "__new__ expected at most 2 arguments, got {}", n);
    }
    Maybe<> callback;
    if (n == 2) callback = share(args[1]);
    return Ref<>(TRY(make_weakref(py, type, Borrowed<>(args[0]), std::move(callback))));
}
Value new_ref(Python& py, Type& type, Value const* args, std::size_t n, Tuple*) { return make_ref(py, type, args, n).release(); }

// The arguments were __new__'s; a second call changes nothing.
Value init_ref(Python& py, Value, Value const*, std::size_t n, Tuple* names) {
    if (names && names->size) (void)raise(py, exc::TypeError, "ref() takes no keyword arguments");
    else if (n < 1 || n > 2) {
        (void)raise(py, exc::TypeError, n < 1 ? "__init__ expected at least 1 argument, got {}" : "__init__ expected at most 2 arguments, got {}", n);
    } else return kNone;
    return {};
}

Value call_ref(Python& py, Value callable, Value const*, std::size_t n, Tuple* names) {
    if (names && names->size) (void)raise(py, exc::TypeError, "weakref() takes no keyword arguments");
    else if (n) (void)raise(py, exc::TypeError, "weakref expected 0 arguments, got {}", n);
    else {
        Maybe<> referent = ref_of(callable).get();
        return referent ? referent.release() : kNone;
    }
    return {};
}

Result<std::int64_t> hash(Python& py, Borrowed<WeakRef> self) {
    std::int64_t h = self->cached_hash.load(std::memory_order_relaxed);
    if (h != -1) return h;
    Maybe<> referent = self->get();
    if (!referent) return raise(py, exc::TypeError, "weak object has gone away");
    h = TRY(hash_value(py, *referent));
    self->cached_hash.store(h, std::memory_order_relaxed);
    return h;
}

Result<Ref<>> equality(Python& py, Borrowed<> a, Borrowed<> b, Compare op) {
    if (!is<WeakRef>(a) || !is<WeakRef>(b)) return Ref<>::immediate(kNotImplemented);
    Maybe<> x = ref_of(a.value()).get(), y = ref_of(b.value()).get();
    if (!x || !y) return Ref<>::immediate(Value::of_bool(a.is(b.value()) == (op == Compare::eq)));
    return compare(py, *x, *y, op);
}
Result<Ref<>> eq(Python& py, Borrowed<> a, Borrowed<> b) { return equality(py, a, b, Compare::eq); }
Result<Ref<>> ne(Python& py, Borrowed<> a, Borrowed<> b) { return equality(py, a, b, Compare::ne); }

Result<Ref<Str>> show(Python& py, Borrowed<WeakRef> self) {
    char at[32], to[32];
    std::snprintf(at, sizeof at, "%p", static_cast<void*>(self.get()));
    Maybe<> referent = self->get();
    if (!referent) return format_message(py, "<weakref at {}; dead>", {at});
    std::snprintf(to, sizeof to, "%p", static_cast<void*>(referent.value().pointer()));
    Maybe<> name = TRY(find_attribute(py, *referent, name::dunder_name()));
    if (name && is<Str>(*name)) {
        return format_message(py, "<weakref at {}; to '{}' at {} ({})>", {at, TypeName{referent.value()}, to, *name});
    }
    return format_message(py, "<weakref at {}; to '{}' at {}>", {at, TypeName{referent.value()}, to});
}

Value get_callback(Python&, Value self) {
    if (!ref_of(self).target.peek()) return kNone;
    Maybe<> callback = ref_of(self).callback.load(&ref_of(self));
    return callback ? callback.release() : kNone;
}

Result<Ref<>> class_getitem(Python& py, Borrowed<> cls, Borrowed<> item) { return make_generic_alias(py, cls, item); }

constexpr MethodDef methods[] = {
    class_def<class_getitem>("__class_getitem__", "object, /", "Weak references are generic over their referent."),
};
constexpr SlotDef slots[] = {slot<Dunder::hash, hash>, slot<Dunder::eq, eq>, slot<Dunder::ne, ne>, slot<Dunder::repr, show>};
constexpr GetSetDef getsets[] = {{"__callback__", get_callback, nullptr, "What is called when the referent goes, or None."}};
constexpr TypeDef ref_def{.name = "weakref.ReferenceType", .size = sizeof(WeakRef), .flags = type_flag::subclassable,
                          .hooks = hooks_of<WeakRef>(), .new_ = new_ref, .init = init_ref, .call = call_ref,
                          .methods = methods, .slots = slots, .getsets = getsets};

}  // namespace

ORO_TYPE(weakref_type, ref_def);
Type& WeakRef::type() { return weakref_type; }

}  // namespace oro
