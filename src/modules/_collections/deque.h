// collections.deque: a ring buffer. Everything but its length is read and written under its lock.
#pragma once
#include "object/define.h"

namespace oro::collections {

struct Deque : Object {
    struct Guarded {
        Value* items = nullptr;          // `capacity` words, a power of two; owned ones from `head` on, around the end
        std::size_t capacity = 0, head = 0;
        std::atomic<std::size_t> size{0};
        std::uint64_t state = 0;         // changes with the items' places: iterators compare it
        std::int64_t maxlen = -1;        // -1: none
        Value& at(std::size_t i) { return items[(head + i) & (capacity - 1)]; }
    } guarded;
    static Type& type();
    ~Deque() { clear(); buffer_free(guarded.items); }
    void trace(Visitor& v);
    void clear();
    std::size_t size() const { return guarded.size.load(std::memory_order_acquire); }
};

struct DequeIterator : Object {
    struct Guarded {
        std::int64_t index;              // items handed out
        std::uint64_t state;
        std::int64_t left;
    } guarded;
    Fixed<Deque> deque;
    DequeIterator(Ref<Deque> d, std::int64_t i, std::uint64_t s, std::int64_t n) : guarded{i, s, n}, deque(std::move(d)) {}
    static constexpr auto fields = std::tuple{&DequeIterator::deque};
    static Type& type();
};
extern Type deque_reverse_iterator_type;
Result<Ref<>> make_deque_iterator(Thread& t, Borrowed<Deque> deque, bool backwards);

Type& defaultdict();
Type& tuplegetter();
Type& ordered_dict();

}  // namespace oro::collections
