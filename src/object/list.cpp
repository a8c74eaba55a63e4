// The array of a list: growing, reading and writing it. Sorting: list_sort.cpp.
#include "object/list.h"

#include "memory/reclaim.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/snapshot.h"
#include "object/tuple.h"

namespace oro {

namespace {

// Longer lists grow by a third instead of an eighth: each growth copies and clears memory that no cache holds.
constexpr std::size_t kLong = 4096;
constexpr std::size_t kMaxItems = (SIZE_MAX / 2 - sizeof(ItemArray)) / sizeof(Slot);

// Null without memory.
ItemArray* allocate_items(std::size_t capacity) {
    if (capacity > kMaxItems) return nullptr;
    std::size_t bytes = (sizeof(ItemArray) + capacity * sizeof(Slot) + 15) & ~std::size_t(15);
    auto* items = static_cast<ItemArray*>(buffer_allocate(bytes));
    if (!items) return nullptr;
    items->capacity = (bytes - sizeof(ItemArray)) / sizeof(Slot);
    return items;
}

void null_from(ItemArray* items, std::size_t begin) {
    if (begin < items->capacity) std::memset(static_cast<void*>(items->slots + begin), 0, (items->capacity - begin) * sizeof(Slot));
}

void copy_slots(Slot* to, Slot const* from, std::size_t n) {
    std::memcpy(static_cast<void*>(to), static_cast<void const*>(from), n * sizeof(Slot));
}

enum class Readers { none, perhaps };

// Makes room for `wanted` items, moving what is there to another array. False without memory.
bool resize_to(Thread& t, List& list, std::size_t wanted, Readers readers = Readers::perhaps) {
    ItemArray* old = list.guarded.items.load(std::memory_order_relaxed);
    std::size_t size = list.guarded.size.load(std::memory_order_relaxed);
    if (wanted > kMaxItems) return false;
    if (old && (t.alone || readers == Readers::none)) {
        std::size_t bytes = (sizeof(ItemArray) + wanted * sizeof(Slot) + 15) & ~std::size_t(15);
        auto* items = static_cast<ItemArray*>(buffer_reallocate(old, bytes));
        if (!items) return false;
        items->capacity = (bytes - sizeof(ItemArray)) / sizeof(Slot);
        null_from(items, size);
        list.guarded.items.store(items, std::memory_order_release);
        return true;
    }
    ItemArray* items = allocate_items(wanted);
    if (!items) return false;
    if (old) copy_slots(items->slots, old->slots, size);
    null_from(items, size);
    list.guarded.items.store(items, std::memory_order_release);
    if (old) buffer_retire(old);
    return true;
}

// Room for `size` items, with some more to spare so that appending stays cheap.
[[gnu::noinline]] bool grow(Thread& t, List& list, std::size_t size, Readers readers = Readers::perhaps) {
    return resize_to(t, list, size + size / (size < kLong ? 8 : 3) + (size < 9 ? 3 : 6), readers);
}

bool ensure(Thread& t, List& list, std::size_t size) {
    ItemArray* items = list.guarded.items.load(std::memory_order_relaxed);
    if (items && size <= items->capacity) [[likely]] return true;
    return grow(t, list, size);
}

// Gives memory back when a list has become much smaller than its array.
void trim(Thread& t, List& list) {
    ItemArray* items = list.guarded.items.load(std::memory_order_relaxed);
    std::size_t size = list.guarded.size.load(std::memory_order_relaxed);
    if (!items || items->capacity < 16 || size >= items->capacity / 2) return;
    if (size == 0) {
        list.guarded.items.store(nullptr, std::memory_order_release);
        buffer_retire(items);
        return;
    }
    (void)resize_to(t, list, size + size / 8 + 3);
}

// Moves `n` slots one by one, so that a reader sees whole words; the places may overlap.
void move_slots(Slot* slots, std::size_t to, std::size_t from, std::size_t n) {
    if (to < from) {
        for (std::size_t i = 0; i < n; ++i) slots[to + i].store(slots[from + i].peek_relaxed());
    } else {
        for (std::size_t i = n; i-- > 0;) slots[to + i].store(slots[from + i].peek_relaxed());
    }
}

Value share_concurrent(Value v) {
    if (v.is_pointer()) {
        detail::incref(v.pointer());
        detail::allow_concurrent(v.pointer());
    }
    return v;
}

}  // namespace

List::~List() {
    // Nobody reads a list that has died.
    ItemArray* items = guarded.items.load(std::memory_order_relaxed);
    if (!items) return;
    for (std::size_t i = guarded.size.load(std::memory_order_relaxed); i-- > 0;) detail::decref(items->slots[i].peek_relaxed());
    buffer_free(items);
}

void List::clear() {
    ItemArray* items = guarded.items.exchange(nullptr, std::memory_order_acq_rel);
    std::size_t n = guarded.size.exchange(0, std::memory_order_acq_rel);
    if (!items) return;
    while (n > 0) detail::decref(items->slots[--n].peek_relaxed());
    buffer_retire(items);
}

void List::trace(Visitor& v) {
    ItemArray* items = guarded.items.load(std::memory_order_relaxed);
    for (std::size_t i = 0, n = guarded.size.load(std::memory_order_relaxed); i < n; ++i) v(items->slots[i].peek_relaxed());
}

Result<Ref<List>> make_list(Thread& t, std::size_t capacity) {
    Ref<List> list = TRY(make<List>(t, List::type()));
    if (capacity > 0) {
        ItemArray* items = allocate_items(capacity);
        if (!items) return raise_no_memory(t);
        null_from(items, 0);
        list->guarded.items.store(items, std::memory_order_relaxed);
    }
    return list;
}

Result<Ref<List>> make_list_adopting(Thread& t, std::span<Value const> counted) {
    auto give_up = [&] {
        for (Value v : counted) detail::decref(v);
    };
    Result<Ref<List>> made = make_list(t, counted.size());
    if (made.raised()) [[unlikely]] {
        give_up();
        return Raised{};
    }
    Ref<List> list = std::move(made).take();
    if (!counted.empty()) {
        ItemArray* items = list->guarded.items.load(std::memory_order_relaxed);
        std::memcpy(static_cast<void*>(items->slots), counted.data(), counted.size_bytes());
        list->guarded.size.store(counted.size(), std::memory_order_release);
    }
    return list;
}

Result<Ref<List>> make_list_of(Thread& t, std::span<Value const> borrowed) {
    for (Value v : borrowed) detail::incref(v);
    return make_list_adopting(t, borrowed);
}

Maybe<> detail::list_get_locked(Thread& t, List& list, std::size_t index) {
    Section section(t, &list);
    if (index >= list.guarded.size.load(std::memory_order_relaxed)) return {};
    ItemArray* items = list.guarded.items.load(std::memory_order_relaxed);
    return Maybe<>::adopt(share_concurrent(items->slots[index].peek_relaxed()));
}

Result<void> list_append(Thread& t, Locked<List>& list, Ref<> item) {
    std::size_t size = list->size.load(std::memory_order_relaxed);
    if (!ensure(t, *list.object(), size + 1)) [[unlikely]] return raise_no_memory(t);
    list->items.load(std::memory_order_relaxed)->slots[size].store(item.release());
    list->size.store(size + 1, std::memory_order_release);
    return {};
}

Result<void> list_append_own(Thread& t, List& list, Ref<> item) {
    std::size_t size = list.guarded.size.load(std::memory_order_relaxed);
    ItemArray* items = list.guarded.items.load(std::memory_order_relaxed);
    if (!items || size >= items->capacity) {
        if (!grow(t, list, size + 1, Readers::none)) return raise_no_memory(t);
        items = list.guarded.items.load(std::memory_order_relaxed);
    }
    items->slots[size].store(item.release());
    list.guarded.size.store(size + 1, std::memory_order_release);
    return {};
}

Result<void> list_reserve(Thread& t, Locked<List>& list, std::size_t capacity) {
    ItemArray* items = list->items.load(std::memory_order_relaxed);
    if (items && items->capacity >= capacity) return {};
    if (!resize_to(t, *list.object(), capacity)) return raise_no_memory(t);
    return {};
}

Result<void> list_insert(Thread& t, Locked<List>& list, std::size_t index, Ref<> item) {
    std::size_t size = list->size.load(std::memory_order_relaxed);
    if (index > size) index = size;
    if (!ensure(t, *list.object(), size + 1)) return raise_no_memory(t);
    Slot* slots = list->items.load(std::memory_order_relaxed)->slots;
    move_slots(slots, index + 1, index, size - index);
    slots[index].store(item.release());
    list->size.store(size + 1, std::memory_order_release);
    return {};
}

Maybe<> list_take(Thread& t, Locked<List>& list, std::size_t index) {
    std::size_t size = list->size.load(std::memory_order_relaxed);
    if (index >= size) return {};
    Slot* slots = list->items.load(std::memory_order_relaxed)->slots;
    Value taken = slots[index].peek_relaxed();
    move_slots(slots, index, index + 1, size - index - 1);
    list->size.store(size - 1, std::memory_order_release);
    slots[size - 1].store(Value{});
    trim(t, *list.object());
    return Maybe<>::adopt(taken);
}

void list_clear(Thread& t, Borrowed<List> list) {
    ItemArray* items;
    std::size_t n;
    {
        Locked<List> locked(t, list);
        items = locked->items.exchange(nullptr, std::memory_order_acq_rel);
        n = locked->size.exchange(0, std::memory_order_acq_rel);
    }
    if (!items) return;
    while (n > 0) detail::decref(items->slots[--n].peek_relaxed());
    buffer_retire(items);
}

bool list_set(Thread& t, List& list, std::size_t index, Ref<> item) {
    Value old;
    {
        Section section(t, &list);
        if (index >= list.guarded.size.load(std::memory_order_relaxed)) return false;
        Slot& slot = list.guarded.items.load(std::memory_order_relaxed)->slots[index];
        old = slot.peek_relaxed();
        slot.store(item.release());
    }
    detail::decref(old);
    return true;
}

Result<void> list_splice(Thread& t, Borrowed<List> list, std::size_t begin, std::size_t end, std::span<Value const> borrowed) {
    std::vector<Value> dropped;   // destroyed once the lock is given back
    for (Value v : borrowed) detail::incref(v);
    bool failed = false;
    {
        Locked<List> locked(t, list);
        std::size_t size = locked->size.load(std::memory_order_relaxed);
        if (end > size) end = size;
        if (begin > end) begin = end;
        std::size_t removed = end - begin, added = borrowed.size(), size_after = size - removed + added;
        if (size_after > 0 && !ensure(t, *list, size_after)) {
            failed = true;
        } else if (removed > 0 || added > 0) {
            Slot* slots = locked->items.load(std::memory_order_relaxed)->slots;
            if (removed > 0) dropped.assign(reinterpret_cast<Value*>(slots + begin), reinterpret_cast<Value*>(slots + end));
            // Shrinking makes the size known before the slots at the end become null, growing after they are set.
            if (added != removed) move_slots(slots, begin + added, end, size - end);
            for (std::size_t i = 0; i < added; ++i) slots[begin + i].store(borrowed[i]);
            locked->size.store(size_after, std::memory_order_release);
            for (std::size_t i = size_after; i < size; ++i) slots[i].store(Value{});
            if (size_after < size) trim(t, *list);
        }
    }
    if (failed) {
        for (Value v : borrowed) detail::decref(v);
        return raise_no_memory(t);
    }
    for (Value v : dropped) detail::decref(v);
    return {};
}

namespace {

// Appends the items of a list or tuple, all at once.
Result<void> extend_from_list(Thread& t, Borrowed<List> list, Borrowed<List> other) {
    bool failed = false;
    {
        Section2 section(t, list.get(), other.get());
        std::size_t n = other->guarded.size.load(std::memory_order_relaxed);
        std::size_t size = list->guarded.size.load(std::memory_order_relaxed);
        if (n == 0) return {};
        failed = !ensure(t, *list, size + n);
        if (!failed) {
            Slot* to = list->guarded.items.load(std::memory_order_relaxed)->slots + size;
            Slot* from = other->guarded.items.load(std::memory_order_relaxed)->slots;
            for (std::size_t i = 0; i < n; ++i) {
                Value v = from[i].peek_relaxed();
                detail::incref(v);
                to[i].store(v);
            }
            list->guarded.size.store(size + n, std::memory_order_release);
        }
    }
    if (failed) return raise_no_memory(t);
    return {};
}

}  // namespace

Result<void> list_extend(Python& py, Borrowed<List> list, Borrowed<> iterable) {
    if (is_exact<List>(iterable)) return extend_from_list(py, list, as<List>(iterable));
    if (is_exact<Tuple>(iterable)) return list_splice(py, list, SIZE_MAX, SIZE_MAX, as<Tuple>(iterable)->items());
    if (std::vector<Value> items; TRY(snapshot(py, iterable, items))) {
        auto r = list_splice(py, list, SIZE_MAX, SIZE_MAX, items);
        for (Value v : items) detail::decref(v);
        return r;
    }
    Ref<> iterator = TRY(get_iterator(py, iterable));
    std::int64_t hint = TRY(length_hint(py, iterable, 8));
    {
        // As much room as the hint says, if it is believable.
        std::size_t size = list->size();
        if (hint > 0 && std::size_t(hint) <= kMaxItems - size) {
            Locked<List> locked(py, list);
            size = locked->size.load(std::memory_order_relaxed);
            CHECK(list_reserve(py, locked, size + std::size_t(hint)));
        }
    }
    for (;;) {
        Next item = next(py, iterator);
        if (item.raised()) return Raised{};
        if (item.ended()) break;
        CHECK(list_append(py, list, std::move(item).take()));
        CHECK(poll(py));
    }
    Locked<List> locked(py, list);
    trim(py, *list);
    return {};
}

Result<Ref<Tuple>> list_to_tuple(Thread& t, Borrowed<List> list) {
    for (;;) {
        std::size_t n = list->size();
        Ref<Tuple> tuple = TRY(make_tuple_uninitialized(t, n));
        if (n == 0) return tuple;
        Locked<List> locked(t, list);
        if (locked->size.load(std::memory_order_relaxed) != n) continue;
        Slot* slots = locked->items.load(std::memory_order_relaxed)->slots;
        for (std::size_t i = 0; i < n; ++i) {
            Value v = slots[i].peek_relaxed();
            detail::incref(v);
            tuple->slots[i] = v;
        }
        return tuple;
    }
}

Result<Ref<List>> list_copy(Thread& t, Borrowed<List> list, std::size_t begin, std::size_t end) {
    std::size_t size = list->size();
    std::size_t wanted = end < size ? end : size;
    Ref<List> copy = TRY(make<List>(t, List::type()));
    if (wanted > begin) {
        // What isn't filled below is nulled after it: each word is written once.
        ItemArray* items = allocate_items(wanted - begin);
        if (!items) return raise_no_memory(t);
        copy->guarded.items.store(items, std::memory_order_relaxed);
    }
    std::size_t n = 0;
    bool failed = false;
    {
        Locked<List> locked(t, list);
        size = locked->size.load(std::memory_order_relaxed);
        if (end > size) end = size;
        if (end > begin) n = end - begin;
        if (n > 0) failed = !ensure(t, *copy, n);  // it grew meanwhile
        if (failed) n = 0;
        if (n > 0) {
            Slot* from = locked->items.load(std::memory_order_relaxed)->slots + begin;
            Slot* to = copy->guarded.items.load(std::memory_order_relaxed)->slots;
            for (std::size_t i = 0; i < n; ++i) {
                Value v = from[i].peek_relaxed();
                detail::incref(v);
                to[i].store(v);
            }
        }
    }
    if (ItemArray* items = copy->guarded.items.load(std::memory_order_relaxed)) null_from(items, n);
    copy->guarded.size.store(n, std::memory_order_release);
    if (failed) return raise_no_memory(t);
    return copy;
}

Result<Ref<List>> list_from(Python& py, Borrowed<> iterable) {
    if (is_exact<List>(iterable)) return list_copy(py, as<List>(iterable), 0, SIZE_MAX);
    if (is_exact<Tuple>(iterable)) return make_list_of(py, as<Tuple>(iterable)->items());
    Ref<List> list = TRY(make_list(py));
    CHECK(list_extend(py, list, iterable));
    return list;
}

Result<Ref<Tuple>> tuple_from(Python& py, Borrowed<> iterable) {
    if (is_exact<Tuple>(iterable)) return as<Tuple>(iterable).share();
    if (is_exact<List>(iterable)) return list_to_tuple(py, as<List>(iterable));
    Ref<List> list = TRY(list_from(py, iterable));
    return list_to_tuple(py, list);
}

}  // namespace oro
