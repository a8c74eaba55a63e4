// list: a growing array. Reading an item takes no lock; everything that changes the list holds its lock.
//
// Protocol: `items` points to an array that knows its capacity; slots beyond the size are null. A reader loads the array
// (acquire) and the slot, takes a count if it can, and looks again that both are the same; else it reads under the lock.
// A writer that moves items to another array publishes the new one and retires the old one (reclaim.h). Slots are
// exchanged, never torn. A list that is being sorted has its array taken away: it looks empty meanwhile.
#pragma once
#include "object/locked.h"
#include "object/allocate.h"

namespace oro {

struct ItemArray {
    std::size_t capacity;
    Slot slots[];
};

struct List : Object {
    struct Guarded {
        std::atomic<ItemArray*> items{nullptr};   // null when empty
        std::atomic<std::size_t> size{0};
    } guarded;

    static Type& type();
    ~List();
    void trace(Visitor& v);
    void clear();
    // A snapshot; other threads may change it at any time.
    std::size_t size() const { return guarded.size.load(std::memory_order_acquire); }
};

extern Type list_type;    // what List::type() gives; for tables of derived types
Result<Ref<List>> make_list(Thread& t, std::size_t capacity = 0);
Result<Ref<List>> make_list_of(Thread& t, std::span<Value const> borrowed);

namespace detail {
Maybe<> list_get_locked(Thread& t, List& list, std::size_t index);
}

// The item, or null if the index is beyond the end. No section may be held.
inline Maybe<> list_get(Thread& t, List& list, std::size_t index) {
    if (index >= list.size()) return {};
    ItemArray* items = list.guarded.items.load(std::memory_order_acquire);
    if (items && index < items->capacity) [[likely]] {
        bool retry = false;
        Value v = items->slots[index].try_share(&retry);
        if (!retry && v) [[likely]] {
            if (list.guarded.items.load(std::memory_order_acquire) == items) [[likely]] return Maybe<>::adopt(v);
            detail::decref(v);
        }
    }
    return detail::list_get_locked(t, list, index);
}
Result<void> list_append(Thread& t, Locked<List>& list, Ref<> item);
inline Result<void> list_append(Thread& t, Borrowed<List> list, Ref<> item) {
    Locked<List> locked(t, list);
    return list_append(t, locked, std::move(item));
}
Result<void> list_insert(Thread& t, Locked<List>& list, std::size_t index, Ref<> item);
// Appends to a list that nothing but the caller's register knows (detail::is_exclusive): nobody else reads or writes it, so
// that its array moves without a grace period.
Result<void> list_append_own(Thread& t, List& list, Ref<> item);

// Room for `capacity` items in all; fails without memory.
Result<void> list_reserve(Thread& t, Locked<List>& list, std::size_t capacity);
// Takes the item out; null if the index is beyond the end.
Maybe<> list_take(Thread& t, Locked<List>& list, std::size_t index);
void list_clear(Thread& t, Borrowed<List> list);
// Replaces an item; false if the index is beyond the end.
bool list_set(Thread& t, List& list, std::size_t index, Ref<> item);
// Takes over what the caller counted.
Result<Ref<List>> make_list_adopting(Thread& t, std::span<Value const> counted);
// Replaces items [begin, end) by `borrowed` (begin <= end <= size, clamped to the size at that moment).
Result<void> list_splice(Thread& t, Borrowed<List> list, std::size_t begin, std::size_t end, std::span<Value const> borrowed);
// Appends what iterating gives.
Result<void> list_extend(Python& py, Borrowed<List> list, Borrowed<> iterable);
// A consistent copy of the items.
Result<Ref<Tuple>> list_to_tuple(Thread& t, Borrowed<List> list);
Result<Ref<List>> list_copy(Thread& t, Borrowed<List> list, std::size_t begin, std::size_t end);
Result<void> list_sort(Python& py, Borrowed<List> list, Optional<> key, bool reverse);

}  // namespace oro
