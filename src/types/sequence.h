// What list, tuple and deque have in common.
#pragma once
#include "object/call.h"
#include "object/list.h"
#include "object/raise.h"
#include "object/tuple.h"

namespace oro {

// The items of an iterable at one moment; `message` is the TypeError if it isn't iterable.
inline Result<Ref<Tuple>> items_of(Python& py, Borrowed<> iterable, char const* message) {
    if (is_exact<Tuple>(iterable) || is_exact<List>(iterable)) return tuple_from(py, iterable);
    auto iterator = get_iterator(py, iterable);
    if (iterator.raised()) {
        if (!raised_is(py, exc::TypeError)) return Raised{};
        clear_raised(py);
        return raise(py, exc::TypeError, "{}", message);
    }
    Ref<> it = std::move(iterator).take();
    return tuple_from(py, it);
}

inline bool compare_sizes(std::size_t a, std::size_t b, Compare op) {
    switch (op) {
        case Compare::lt: return a < b;
        case Compare::le: return a <= b;
        case Compare::eq: return a == b;
        case Compare::ne: return a != b;
        case Compare::gt: return a > b;
        default: return a >= b;
    }
}

// Leaves the repr of a container when the scope ends.
struct ReprGuard {
    Thread& t;
    Borrowed<> object;
    ~ReprGuard() { repr_leave(t, object); }
};

// Appends to a list that nobody else has seen yet and that has room; takes no lock, so that it works inside a section.
inline void append_private(List& list, Ref<> item) {
    std::size_t n = list.guarded.size.load(std::memory_order_relaxed);
    list.guarded.items.load(std::memory_order_relaxed)->slots[n].store(item.release());
    list.guarded.size.store(n + 1, std::memory_order_release);
}

}  // namespace oro
