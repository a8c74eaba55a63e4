#include "object/tuple.h"

namespace oro {

namespace {

// The one empty tuple, immortal and never destroyed. Completed at first use; every thread would write the same.
alignas(16) constinit char the_empty_tuple[sizeof(Tuple)] = {};

}  // namespace

Ref<Tuple> empty_tuple() {
    Tuple& empty = *reinterpret_cast<Tuple*>(the_empty_tuple);
    if (empty.shape.load(std::memory_order_acquire) == 0) [[unlikely]] {
        empty.owner.store(kNobody, std::memory_order_relaxed);
        empty.local.store(kImmortalCount, std::memory_order_relaxed);
        empty.cached_hash.store(-1, std::memory_order_relaxed);
        publish(&empty, Tuple::type().root_shape);
    }
    return Ref<Tuple>::adopt(&empty);
}

Result<Ref<Tuple>> make_tuple_uninitialized(Thread& t, std::size_t size) {
    if (size == 0) return empty_tuple();
    if (size > (SIZE_MAX / 2 - sizeof(Tuple)) / sizeof(Value)) return raise_no_memory(t);
    Ref<Tuple> tuple = TRY(make_sized<Tuple>(t, Tuple::type(), sizeof(Tuple) + size * sizeof(Value)));
    std::memset(static_cast<void*>(tuple->slots), 0, size * sizeof(Value));
    tuple->size = size;
    return tuple;
}

Result<Ref<Tuple>> make_tuple(Thread& t, std::span<Value const> borrowed) {
    Ref<Tuple> tuple = TRY(make_tuple_uninitialized(t, borrowed.size()));
    for (std::size_t i = 0; i < borrowed.size(); ++i) {
        detail::incref(borrowed[i]);
        tuple->slots[i] = borrowed[i];
    }
    return tuple;
}

Result<Ref<Tuple>> tuple_slice(Thread& t, Borrowed<Tuple> tuple, std::size_t begin, std::size_t end) {
    if (begin == 0 && end == tuple->size && is_exact<Tuple>(Borrowed<>(tuple))) return tuple.share();
    return make_tuple(t, tuple->items().subspan(begin, end - begin));
}

}  // namespace oro
