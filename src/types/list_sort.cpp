// list.sort. While it runs the list looks empty: its items stand in an array that only the sorting thread knows, so that
// comparing may run any Python. What others put into the list meanwhile is dropped, with a ValueError.
#include "memory/reclaim.h"
#include "object/call.h"
#include "object/float.h"
#include "object/list.h"
#include "object/str.h"
#include "types/merge_sort.h"

namespace oro {

namespace {

struct Keyed {
    Value key, item;
};
Value key_of(Value v) { return v; }
Value key_of(Keyed const& k) { return k.key; }

// ---- orders. The special ones hold for keys of one kind; they run no Python.

struct Order {
    Python& py;
    // Between merges: signals and stops of the world have to wait no longer.
    template <class S> void pause(S& sort) {
        if (poll(py).raised()) sort.stop();
    }
};
struct IntOrder : Order {
    template <class E> int operator()(E const& a, E const& b) const {
        return std::int64_t(key_of(a).bits) < std::int64_t(key_of(b).bits);   // the tag is the same
    }
};
struct FloatOrder : Order {
    template <class E> int operator()(E const& a, E const& b) const { return float_number(key_of(a)) < float_number(key_of(b)); }
};
struct StrOrder : Order {
    template <class E> int operator()(E const& a, E const& b) const {
        return compare(*static_cast<Str*>(key_of(a).pointer()), *static_cast<Str*>(key_of(b).pointer())) < 0;
    }
};
struct AnyOrder : Order {
    unsigned asked = 0;
    template <class E> int operator()(E const& a, E const& b) {
        if ((++asked & 63) == 0 && poll(py).raised()) return -1;
        auto r = compare_truth(py, Borrowed<>(key_of(a)), Borrowed<>(key_of(b)), Compare::lt);
        if (r.raised()) return -1;
        return std::move(r).take();
    }
};

enum class Kind { ints, floats, strs, any };

Kind kind_of(Value v) {
    if (v.is_int()) return Kind::ints;
    if (v.is_float()) return Kind::floats;
    if (!v.is_pointer()) return Kind::any;
    if (&type_of(v) == &Str::type()) return Kind::strs;
    return &type_of(v) == &float_type ? Kind::floats : Kind::any;
}

template <class O, class E> Sorted sort_by(Python& py, E* items, std::size_t n) {
    O order{{py}};
    return MergeSort<E, O>(items, n, order).run();
}

template <class E> Sorted sort_items(Python& py, E* items, std::size_t n) {
    Kind kind = kind_of(key_of(items[0]));
    for (std::size_t i = 1; i < n && kind != Kind::any; ++i)
        if (kind_of(key_of(items[i])) != kind) kind = Kind::any;
    switch (kind) {
        case Kind::ints: return sort_by<IntOrder>(py, items, n);
        case Kind::floats: return sort_by<FloatOrder>(py, items, n);
        case Kind::strs: return sort_by<StrOrder>(py, items, n);
        case Kind::any: break;
    }
    return sort_by<AnyOrder>(py, items, n);
}

template <class E> void reverse_items(E* items, std::size_t n) {
    for (std::size_t i = 0; i + 1 < n - i; ++i) std::swap(items[i], items[n - 1 - i]);
}

// Sorts `items`, which own a count each, by their keys.
Sorted sort_keyed(Python& py, Value* items, std::size_t n, Borrowed<> key, bool reverse) {
    auto* keyed = static_cast<Keyed*>(buffer_allocate(n * sizeof(Keyed)));
    if (!keyed) return Sorted::no_memory;
    Sorted result = Sorted::done;
    std::size_t made = 0;
    for (; made < n; ++made) {
        Result<Ref<>> k = call_with(py, key, Borrowed<>(items[made]));
        if (k.raised() || poll(py).raised()) {
            result = Sorted::raised;
            break;
        }
        keyed[made] = {std::move(k).take().release(), items[made]};
    }
    if (result == Sorted::done) {
        if (reverse) reverse_items(keyed, n);
        result = sort_items(py, keyed, n);
        if (reverse) reverse_items(keyed, n);
        for (std::size_t i = 0; i < n; ++i) items[i] = keyed[i].item;
    }
    for (std::size_t i = 0; i < made; ++i) (void)Ref<>::adopt(keyed[i].key);
    buffer_free(keyed);
    return result;
}

}  // namespace

Result<void> list_sort(Python& py, Borrowed<List> list, Optional<> key, bool reverse) {
    ItemArray* array;
    std::size_t n;
    {
        Locked<List> locked(py, list);
        array = locked->items.load(std::memory_order_relaxed);
        n = locked->size.load(std::memory_order_relaxed);
        if (n < 2 && !(n == 1 && key)) return {};
        locked->items.store(nullptr, std::memory_order_release);
        locked->size.store(0, std::memory_order_release);
    }
    // The array itself stays as it is until all is done: readers may still look at it.
    auto* items = static_cast<Value*>(buffer_allocate(n * sizeof(Value)));
    Sorted result = Sorted::no_memory;
    if (items) {
        for (std::size_t i = 0; i < n; ++i) items[i] = array->slots[i].peek_relaxed();
        if (key) {
            result = sort_keyed(py, items, n, *key, reverse);
        } else {
            // Reversed twice, so that equal items keep their order.
            if (reverse) reverse_items(items, n);
            result = sort_items(py, items, n);
            if (reverse) reverse_items(items, n);
        }
        for (std::size_t i = 0; i < n; ++i) array->slots[i].store(items[i]);
        buffer_free(items);
    }
    ItemArray* intruding;
    std::size_t intruders;
    {
        Locked<List> locked(py, list);
        intruding = locked->items.exchange(array, std::memory_order_acq_rel);
        intruders = locked->size.exchange(n, std::memory_order_acq_rel);
    }
    if (intruding) {
        for (std::size_t i = 0; i < intruders; ++i) (void)Ref<>::adopt(intruding->slots[i].peek_relaxed());
        buffer_retire(intruding);
    }
    if (result == Sorted::raised) return Raised{};
    if (result == Sorted::no_memory) return raise_no_memory(py);
    if (intruding) return raise(py, exc::ValueError, "list modified during sort");
    return {};
}

}  // namespace oro
