// The object protocols: what operators, calls and builtin functions do to any value. Each may run Python.
#pragma once
#include <span>
#include <string_view>

#include "object/type.h"

namespace oro {

struct List;

// ---- calling
// `args`: positional arguments, then the values of the keyword arguments that `keyword_names` lists.
Result<Ref<>> call(Python& py, Borrowed<> callable, std::span<Value const> args, Tuple* keyword_names = nullptr);
template <class... A> Result<Ref<>> call_with(Python& py, Borrowed<> callable, A const&... args) {
    Value words[] = {Borrowed<>(args).value()..., Value{}};
    return call(py, callable, std::span<Value const>(words, sizeof...(A)));
}
// f(*tuple, **dict)
Result<Ref<>> call_tuple(Python& py, Borrowed<> callable, Borrowed<Tuple> args, Optional<Dict> keywords = {});
// object.name(args...) without making a bound method.
Result<Ref<>> call_method(Python& py, Borrowed<> object, Borrowed<Str> name, std::span<Value const> args);
template <class... A> Result<Ref<>> call_method_with(Python& py, Borrowed<> object, Borrowed<Str> name, A const&... args) {
    Value words[] = {Borrowed<>(args).value()..., Value{}};
    return call_method(py, object, name, std::span<Value const>(words, sizeof...(A)));
}
// type(object).name(object, args...): special methods; null if the type has none.
Result<Maybe<>> call_special(Python& py, Borrowed<> object, Borrowed<Str> name, std::span<Value const> args);
bool is_callable(Borrowed<> v);

// ---- attributes
Result<Ref<>> get_attribute(Python& py, Borrowed<> object, Borrowed<Str> name);
// Missing is null, not an AttributeError.
Result<Maybe<>> find_attribute(Python& py, Borrowed<> object, Borrowed<Str> name);
Result<void> set_attribute(Python& py, Borrowed<> object, Borrowed<Str> name, Borrowed<> value);
Result<void> delete_attribute(Python& py, Borrowed<> object, Borrowed<Str> name);
// A special method as bound to the object (type lookup with descriptors); null if there is none.
Result<Maybe<>> find_special(Python& py, Borrowed<> object, Borrowed<Str> name);

// ---- items
Result<Ref<>> get_item(Python& py, Borrowed<> object, Borrowed<> key);
Result<void> set_item(Python& py, Borrowed<> object, Borrowed<> key, Borrowed<> value);
Result<void> delete_item(Python& py, Borrowed<> object, Borrowed<> key);
Result<bool> contains(Python& py, Borrowed<> container, Borrowed<> item);
Result<std::int64_t> length(Python& py, Borrowed<> object);
Result<std::int64_t> length_hint(Python& py, Borrowed<> object, std::int64_t otherwise);

// ---- iteration
Result<Ref<>> get_iterator(Python& py, Borrowed<> object);
Next next(Python& py, Borrowed<> iterator);
// Calls f(Ref<>) -> Result<void> for each item.
template <class F> Result<void> for_each(Python& py, Borrowed<> iterable, F&& f) {
    Ref<> iterator = TRY(get_iterator(py, iterable));
    for (;;) {
        Next item = next(py, iterator);
        if (item.raised()) return Raised{};
        if (item.ended()) return {};
        CHECK(f(std::move(item).take()));
        CHECK(poll(py));
    }
}
Result<Ref<List>> list_from(Python& py, Borrowed<> iterable);
Result<Ref<Tuple>> tuple_from(Python& py, Borrowed<> iterable);

// The iterator that calls object[0], object[1], ... until IndexError.
Result<Ref<>> make_sequence_iterator(Thread& t, Borrowed<> object);
// types.GenericAlias(origin, args).
Result<Ref<>> make_generic_alias(Thread& t, Borrowed<> origin, Borrowed<> args);

// ---- comparing, hashing, truth, text
enum class Compare : std::uint8_t { lt, le, eq, ne, gt, ge };
Result<Ref<>> compare(Python& py, Borrowed<> a, Borrowed<> b, Compare op);
Result<bool> compare_truth(Python& py, Borrowed<> a, Borrowed<> b, Compare op);   // identity short-cut for eq, ne
inline Result<bool> equal(Python& py, Borrowed<> a, Borrowed<> b) { return compare_truth(py, a, b, Compare::eq); }
Result<std::int64_t> hash_value(Python& py, Borrowed<> v);
Result<bool> truth(Python& py, Borrowed<> v);
Result<Ref<Str>> repr(Python& py, Borrowed<> v);
Result<Ref<Str>> str(Python& py, Borrowed<> v);
Result<Ref<Str>> ascii(Python& py, Borrowed<> v);
Result<Ref<Str>> format(Python& py, Borrowed<> v, Borrowed<Str> spec);

// ---- operators: `op` is one of add ... xor_ (also divmod). pow with a third argument: power().
Result<Ref<>> binary(Python& py, Dunder op, Borrowed<> a, Borrowed<> b);
Result<Ref<>> binary_inplace(Python& py, Dunder op, Borrowed<> a, Borrowed<> b);
Result<Ref<>> power(Python& py, Borrowed<> a, Borrowed<> b, Borrowed<> modulus);
Result<Ref<>> unary(Python& py, Dunder op, Borrowed<> a);   // neg pos invert abs

// ---- classes
Result<bool> is_instance(Python& py, Borrowed<> v, Borrowed<> class_or_tuple);
Result<bool> is_subclass(Python& py, Borrowed<> c, Borrowed<> class_or_tuple);

// Guards a recursion through a container's repr: false if `object` is being represented by this thread already.
Result<bool> repr_enter(Thread& t, Borrowed<> object);
void repr_leave(Thread& t, Borrowed<> object);

}  // namespace oro
