// tuple: immutable, so that its items need no protocol: whoever holds the tuple may borrow them.
#pragma once
#include <span>

#include "object/allocate.h"

namespace oro {

struct Tuple : Object {
    std::atomic<std::int64_t> cached_hash{-1};    // -1: not computed; a benign race
    std::size_t size = 0;
    Value slots[];                                // owned

    static Type& type();
    ~Tuple() { clear(); }
    void trace(Visitor& v) { for (std::size_t i = 0; i < size; ++i) v(slots[i]); }
    void clear() { for (std::size_t i = 0; i < size; ++i) detail::decref(std::exchange(slots[i], Value{})); }

    std::size_t extent() const { return sizeof(Tuple) + size * sizeof(Value); }
    std::span<Value const> items() const { return {slots, size}; }
    Borrowed<> at(std::size_t i) const { return Borrowed<>(slots[i]); }
};

// A tuple of `size` items, all null; the caller sets each once (owned) before anybody else sees it.
Result<Ref<Tuple>> make_tuple_uninitialized(Thread& t, std::size_t size);
Result<Ref<Tuple>> make_tuple(Thread& t, std::span<Value const> borrowed);
Ref<Tuple> empty_tuple();
Result<Ref<Tuple>> tuple_slice(Thread& t, Borrowed<Tuple> tuple, std::size_t begin, std::size_t end);
Result<std::int64_t> hash_tuple(Python& py, Borrowed<Tuple> tuple);
template <class... R> Result<Ref<Tuple>> make_tuple_of(Thread& t, R&&... refs) {
    Ref<Tuple> tuple = TRY(make_tuple_uninitialized(t, sizeof...(R)));
    std::size_t i = 0;
    ((tuple->slots[i++] = Ref<>(std::forward<R>(refs)).release()), ...);
    return tuple;
}

}  // namespace oro
