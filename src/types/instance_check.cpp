// isinstance and issubclass: tuples and unions of classes, the hooks __instancecheck__ and __subclasscheck__, proxies that claim a
// class by `__class__`, and what only looks like a class by its `__bases__`.
#include "object/instance_check.h"

#include "object/define.h"
#include "types/union.h"

namespace oro {

namespace {

// __bases__ of anything if it is a tuple; null otherwise.
Result<Maybe<Tuple>> bases_of(Python& py, Borrowed<> v) {
    Maybe<> bases = TRY(find_attribute(py, v, name::dunder_bases()));
    if (!bases || !is<Tuple>(bases.value())) return Maybe<Tuple>();
    return Maybe<Tuple>(as<Tuple>(std::move(bases).take()));
}

Result<void> need_class(Python& py, Borrowed<> v, char const* message) {
    if (is<Type>(v)) return {};
    if (TRY(bases_of(py, v))) return {};
    return raise(py, exc::TypeError, "{}", message);
}

// Along __bases__ of things that look like classes.
Result<bool> derives(Python& py, Borrowed<> derived, Borrowed<> cls) {
    CHECK(check_native_stack(py, " in __issubclass__"));
    Ref<> at = derived.share();
    for (;;) {
        if (at.value() == cls.value()) return true;
        Maybe<Tuple> bases = TRY(bases_of(py, at));
        if (!bases || bases->size == 0) return false;
        if (bases->size > 1) {
            for (Value base : bases->items())
                if (TRY(derives(py, Borrowed<>(base), cls))) return true;
            return false;
        }
        at = share(bases->slots[0]);
        CHECK(poll(py));
    }
}

constexpr char const* kInstanceArgument = "isinstance() arg 2 must be a type, a tuple of types, or a union";
constexpr char const* kSubclassArgument = "issubclass() arg 2 must be a class, a tuple of classes, or a union";

// The answer of a hook of the class's metaclass.
Result<bool> ask(Python& py, Borrowed<> hook, Borrowed<> argument) {
    Ref<> answer = TRY(call_with(py, hook, argument));
    return truth(py, answer);
}

}  // namespace

Result<bool> plain_is_instance(Python& py, Borrowed<> v, Borrowed<> cls) {
    if (is<Type>(cls)) {
        Type& wanted = *static_cast<Type*>(cls.value().pointer());
        Type& own = type_of(v);
        if (is_subtype(own, wanted)) return true;
        Maybe<> claimed = TRY(find_attribute(py, v, name::dunder_class()));
        if (!claimed || claimed.value() == Value::of(&own) || !is<Type>(claimed.value())) return false;
        return is_subtype(*as<Type>(*claimed).get(), wanted);
    }
    CHECK(need_class(py, cls, kInstanceArgument));
    Maybe<> claimed = TRY(find_attribute(py, v, name::dunder_class()));
    if (!claimed) return false;
    return derives(py, *claimed, cls);
}

Result<bool> plain_is_subclass(Python& py, Borrowed<> derived, Borrowed<> cls) {
    if (is<Type>(derived) && is<Type>(cls))
        return is_subtype(*static_cast<Type*>(derived.value().pointer()), *static_cast<Type*>(cls.value().pointer()));
    CHECK(need_class(py, derived, "issubclass() arg 1 must be a class"));
    if (!is_union(cls)) CHECK(need_class(py, cls, kSubclassArgument));
    return derives(py, derived, cls);
}

Result<bool> is_instance(Python& py, Borrowed<> v, Borrowed<> cls) {
    if (Value::of(&type_of(v)) == cls.value()) return true;
    if (is_exact<Type>(cls)) return plain_is_instance(py, v, cls);
    CHECK(check_native_stack(py, " in __instancecheck__"));
    if (is<Tuple>(cls) || is_union(cls)) {
        Borrowed<Tuple> members = is<Tuple>(cls) ? as<Tuple>(cls) : union_members(cls);
        for (Value member : members->items())
            if (TRY(is_instance(py, v, Borrowed<>(member)))) return true;
        return false;
    }
    Maybe<> hook = TRY(find_special(py, cls, name::dunder_instancecheck()));
    if (hook) return ask(py, *hook, v);
    return plain_is_instance(py, v, cls);
}

Result<bool> is_subclass(Python& py, Borrowed<> derived, Borrowed<> cls) {
    if (is_exact<Type>(cls)) {
        if (derived.value() == cls.value()) return true;
        return plain_is_subclass(py, derived, cls);
    }
    CHECK(check_native_stack(py, " in __subclasscheck__"));
    if (is<Tuple>(cls) || is_union(cls)) {
        Borrowed<Tuple> members = is<Tuple>(cls) ? as<Tuple>(cls) : union_members(cls);
        for (Value member : members->items())
            if (TRY(is_subclass(py, derived, Borrowed<>(member)))) return true;
        return false;
    }
    Maybe<> hook = TRY(find_special(py, cls, name::dunder_subclasscheck()));
    if (hook) return ask(py, *hook, derived);
    return plain_is_subclass(py, derived, cls);
}

}  // namespace oro
