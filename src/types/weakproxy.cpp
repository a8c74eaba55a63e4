// weakref.ProxyType and CallableProxyType. A proxy is a WeakRef of another type; each operation takes a count of the
// referent, or raises ReferenceError.
#include "types/weakproxy.h"

#include <cstdio>

#include "object/define.h"
#include "object/weak.h"

namespace oro {
namespace {

bool is_proxy(Value v) {
    if (!v.is_pointer()) return false;
    Type* type = &type_of(v);
    return type == &weak_proxy_type || type == &weak_callable_proxy_type;
}

// What an operand stands for: itself unless it is a proxy.
Result<Ref<>> unwrap(Thread& t, Value v) {
    if (!is_proxy(v)) return share(v);
    Maybe<> referent = static_cast<WeakRef*>(v.pointer())->get();
    if (referent) return std::move(referent).take();
    return raise(t, exc::ReferenceError, "weakly-referenced object no longer exists");
}

// Calls f with the referents of all given words (up to three; null words stay null) and gives its result as a word.
template <class F> Value with(Python& py, Value a, Value b, Value c, F&& f) {
    Maybe<> held[3];
    Value words[] = {a, b, c};
    for (int i = 0; i < 3; ++i) {
        if (!words[i]) continue;
        Result<Ref<>> r = unwrap(py, words[i]);
        if (r.raised()) return {};
        held[i] = std::move(r).take();
    }
    return binding::finish(py, f(Optional<>(held[0].value()), Optional<>(held[1].value()), Optional<>(held[2].value())));
}

template <Dunder D> Value two(Python& py, Value a, Value b, Value) {
    return with(py, a, b, {}, [&](auto x, auto y, auto) { return binary(py, D, *x, *y); });
}
template <Dunder D> Value two_reflected(Python& py, Value a, Value b, Value) { return two<D>(py, b, a, {}); }
template <Dunder D, Dunder InPlace> Value in_place(Python& py, Value a, Value b, Value) {
    return with(py, a, b, {}, [&](auto x, auto y, auto) { return binary_inplace(py, D, *x, *y); });
}
template <Dunder D> Value one(Python& py, Value a, Value, Value) {
    return with(py, a, {}, {}, [&](auto x, auto, auto) { return unary(py, D, *x); });
}
Value to_power(Python& py, Value a, Value b, Value m) {
    return with(py, a, b, m, [&](auto x, auto y, auto z) { return power(py, *x, *y, z.value_or(none)); });
}
Value to_power_reflected(Python& py, Value a, Value b, Value m) { return to_power(py, b, a, m); }
template <Compare Op> Value comparison(Python& py, Value a, Value b, Value) {
    return with(py, a, b, {}, [&](auto x, auto y, auto) { return compare(py, *x, *y, Op); });
}
template <auto& T> Value as_type(Python& py, Value a, Value, Value) {
    return with(py, a, {}, {}, [&](auto x, auto, auto) { return call_with(py, Borrowed<>(Value::of(&T)), *x); });
}

Value index_of(Python& py, Value a, Value, Value) {
    return with(py, a, {}, {}, [&](auto x, auto, auto) { return to_index(py, *x); });
}
Value truth_of(Python& py, Value a, Value, Value) {
    return with(py, a, {}, {}, [&](auto x, auto, auto) { return truth(py, *x); });
}
Value text_of(Python& py, Value a, Value, Value) {
    return with(py, a, {}, {}, [&](auto x, auto, auto) { return str(py, *x); });
}
Value length_of(Python& py, Value a, Value, Value) {
    return with(py, a, {}, {}, [&](auto x, auto, auto) { return length(py, *x); });
}
Value item_of(Python& py, Value a, Value k, Value) {
    return with(py, a, k, {}, [&](auto x, auto key, auto) { return get_item(py, *x, *key); });
}
// What is stored stays what it is, proxies too; and so do keys, but for reading.
Value store_item(Python& py, Value a, Value k, Value v) {
    return with(py, a, {}, {}, [&](auto x, auto, auto) { return set_item(py, *x, Borrowed<>(k), Borrowed<>(v)); });
}
Value remove_item(Python& py, Value a, Value k, Value) {
    return with(py, a, {}, {}, [&](auto x, auto, auto) { return delete_item(py, *x, Borrowed<>(k)); });
}
Value has_item(Python& py, Value a, Value k, Value) {
    return with(py, a, {}, {}, [&](auto x, auto, auto) { return contains(py, *x, Borrowed<>(k)); });
}
Value iterator_of(Python& py, Value a, Value, Value) {
    return with(py, a, {}, {}, [&](auto x, auto, auto) { return get_iterator(py, *x); });
}
Value next_of(Python& py, Value a, Value, Value) {
    return with(py, a, {}, {}, [&](auto x, auto, auto) -> Next {
        if (!type_of(*x).slot(Dunder::next)) {
            return raise(py, exc::TypeError, "Weakref proxy referenced a non-iterator '{}' object", TypeName{x.value()});
        }
        return next(py, *x);
    });
}

Value no_hash(Python& py, Value self, Value, Value) {
    (void)raise(py, exc::TypeError, "unhashable type: '{}'", TypeName{self});
    return {};
}
bool check_name(Python& py, Value name) {
    if (is<Str>(name)) return true;
    (void)raise(py, exc::TypeError, "attribute name must be string, not '{}'", TypeName{name});
    return false;
}
Value attribute(Python& py, Value a, Value name, Value) {
    if (!check_name(py, name)) return {};
    return with(py, a, {}, {}, [&](auto x, auto, auto) { return get_attribute(py, *x, as<Str>(name)); });
}
Value store_attribute(Python& py, Value a, Value name, Value v) {
    if (!check_name(py, name)) return {};
    return with(py, a, {}, {}, [&](auto x, auto, auto) { return set_attribute(py, *x, as<Str>(name), Borrowed<>(v)); });
}
Value remove_attribute(Python& py, Value a, Value name, Value) {
    if (!check_name(py, name)) return {};
    return with(py, a, {}, {}, [&](auto x, auto, auto) { return delete_attribute(py, *x, as<Str>(name)); });
}

Result<Ref<Str>> show(Python& py, Borrowed<> self) {
    char at[32], to[32];
    std::snprintf(at, sizeof at, "%p", static_cast<void*>(self.value().pointer()));
    Maybe<> referent = static_cast<WeakRef*>(self.value().pointer())->get();
    if (!referent) return format_message(py, "<weakproxy at {}; dead>", {at});
    std::snprintf(to, sizeof to, "%p", static_cast<void*>(referent.value().pointer()));
    return format_message(py, "<weakproxy at {}; to '{}' at {}>", {at, TypeName{referent.value()}, to});
}

Value call_proxy(Python& py, Value callable, Value const* args, std::size_t n, Tuple* names) {
    Result<Ref<>> referent = unwrap(py, callable);
    if (referent.raised()) return {};
    Ref<> f = std::move(referent).take();
    return call(py, f, std::span<Value const>(args, n + (names ? names->size : 0)), names).release();
}

Result<Ref<>> call_named(Python& py, Borrowed<> self, std::string_view method) {
    Ref<> referent = TRY(unwrap(py, self.value()));
    return call_method(py, referent, intern(py, TRY(make_str(py, method))), {});
}
Result<Ref<>> to_bytes(Python& py, Borrowed<> self) { return call_named(py, self, "__bytes__"); }
Result<Ref<>> reversed(Python& py, Borrowed<> self) { return call_named(py, self, "__reversed__"); }

#define BINARY(op) SlotDef{Dunder::op, two<Dunder::op>, two_reflected<Dunder::op>}
#define IN_PLACE(op, iop) SlotDef{Dunder::iop, in_place<Dunder::op, Dunder::iop>}
constexpr SlotDef slots[] = {
    slot<Dunder::repr, show>,
    {Dunder::str, text_of},
    {Dunder::hash, no_hash},
    {Dunder::bool_, truth_of},
    {Dunder::len, length_of},
    {Dunder::getattribute, attribute},
    {Dunder::setattr, store_attribute},
    {Dunder::delattr, remove_attribute},
    {Dunder::iter, iterator_of},
    {Dunder::getitem, item_of},
    {Dunder::setitem, store_item},
    {Dunder::delitem, remove_item},
    {Dunder::contains, has_item},
    {Dunder::lt, comparison<Compare::lt>},
    {Dunder::le, comparison<Compare::le>},
    {Dunder::eq, comparison<Compare::eq>},
    {Dunder::ne, comparison<Compare::ne>},
    {Dunder::gt, comparison<Compare::gt>},
    {Dunder::ge, comparison<Compare::ge>},
    {Dunder::neg, one<Dunder::neg>},
    {Dunder::pos, one<Dunder::pos>},
    {Dunder::abs, one<Dunder::abs>},
    {Dunder::invert, one<Dunder::invert>},
    {Dunder::int_, as_type<int_type>},
    {Dunder::float_, as_type<float_type>},
    {Dunder::index, index_of},
    BINARY(add), BINARY(sub), BINARY(mul), BINARY(matmul), BINARY(truediv), BINARY(floordiv), BINARY(mod), BINARY(divmod),
    BINARY(lshift), BINARY(rshift), BINARY(and_), BINARY(or_), BINARY(xor_),
    {Dunder::pow, to_power, to_power_reflected},
    IN_PLACE(add, iadd), IN_PLACE(sub, isub), IN_PLACE(mul, imul), IN_PLACE(matmul, imatmul), IN_PLACE(truediv, itruediv),
    IN_PLACE(floordiv, ifloordiv), IN_PLACE(mod, imod), IN_PLACE(pow, ipow), IN_PLACE(lshift, ilshift),
    IN_PLACE(rshift, irshift), IN_PLACE(and_, iand_), IN_PLACE(or_, ior_), IN_PLACE(xor_, ixor_),
    {Dunder::next, next_of},
};
constexpr MethodDef methods[] = {def<to_bytes>("__bytes__", "", ""), def<reversed>("__reversed__", "", "")};

constexpr TypeDef proxy_def{.name = "weakref.ProxyType", .size = sizeof(WeakRef), .flags = type_flag::disallow_new,
                            .hooks = hooks_of<WeakRef>(), .methods = methods, .slots = slots};
constexpr TypeDef callable_proxy_def{.name = "weakref.CallableProxyType", .size = sizeof(WeakRef),
                                     .flags = type_flag::disallow_new, .hooks = hooks_of<WeakRef>(), .call = call_proxy,
                                     .methods = methods, .slots = slots};

}  // namespace

ORO_TYPE(weak_proxy_type, proxy_def);
ORO_TYPE(weak_callable_proxy_type, callable_proxy_def);

}  // namespace oro
