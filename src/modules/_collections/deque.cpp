#include "modules/_collections/deque.h"

#include <vector>

#include "object/generic_alias.h"
#include "object/list.h"
#include "object/slice.h"
#include "types/arguments.h"
#include "types/sequence.h"

namespace oro::collections {

namespace {

using Self = Borrowed<Deque>;

// ---- the ring; the lock is held

bool reserve(Deque::Guarded& g, std::size_t wanted) {
    if (wanted <= g.capacity) return true;
    std::size_t capacity = g.capacity ? g.capacity : 8;
    while (capacity < wanted) {
        if (capacity > (SIZE_MAX >> 5)) return false;
        capacity *= 2;
    }
    auto* items = static_cast<Value*>(buffer_allocate(capacity * sizeof(Value)));
    if (!items) return false;
    std::size_t n = g.size.load(std::memory_order_relaxed);
    for (std::size_t i = 0; i < n; ++i) items[i] = g.at(i);
    buffer_free(g.items);
    g.items = items;
    g.capacity = capacity;
    g.head = 0;
    return true;
}

std::size_t size_of(Deque::Guarded& g) { return g.size.load(std::memory_order_relaxed); }
void set_size(Deque::Guarded& g, std::size_t n) {
    g.size.store(n, std::memory_order_release);
    ++g.state;
}

void put_back(Deque::Guarded& g, Value v) {
    std::size_t n = size_of(g);
    set_size(g, n + 1);
    g.at(n) = v;
}
void put_front(Deque::Guarded& g, Value v) {
    g.head = (g.head - 1) & (g.capacity - 1);
    set_size(g, size_of(g) + 1);
    g.at(0) = v;
}
Value take_back(Deque::Guarded& g) {
    std::size_t n = size_of(g) - 1;
    Value v = g.at(n);
    set_size(g, n);
    return v;
}
Value take_front(Deque::Guarded& g) {
    Value v = g.at(0);
    g.head = (g.head + 1) & (g.capacity - 1);
    set_size(g, size_of(g) - 1);
    return v;
}
// Moves the ring's beginning by n items, 0 <= n < size.
void rotate_left(Deque::Guarded& g, std::size_t n) {
    std::size_t size = size_of(g);
    if (size == g.capacity) {
        g.head = (g.head + n) & (g.capacity - 1);
    } else if (n <= size / 2) {
        for (; n > 0; --n) put_back(g, take_front(g));
    } else {
        for (n = size - n; n > 0; --n) put_front(g, take_back(g));
    }
    ++g.state;
}

enum class End { front, back };

// Adds an item at one end; what no longer fits falls off the other.
Result<void> add(Thread& t, Self self, Borrowed<> item, End end) {
    Maybe<> dropped;
    bool failed = false;
    {
        Locked<Deque> g(t, self);
        if (g->maxlen == 0) return {};
        if (!reserve(*g.operator->(), size_of(*g.operator->()) + 1)) {
            failed = true;
        } else {
            Deque::Guarded& ring = self->guarded;
            (end == End::back ? put_back : put_front)(ring, item.share().release());
            if (ring.maxlen >= 0 && std::int64_t(size_of(ring)) > ring.maxlen)
                dropped = Maybe<>::adopt((end == End::back ? take_front : take_back)(ring));
        }
    }
    if (failed) return raise_no_memory(t);
    return {};
}

// All items as they stand at one moment.
Result<Ref<Tuple>> snapshot(Thread& t, Self self) {
    for (;;) {
        std::size_t n = self->size();
        Ref<Tuple> tuple = TRY(make_tuple_uninitialized(t, n));
        Locked<Deque> g(t, self);
        if (size_of(self->guarded) != n) continue;
        for (std::size_t i = 0; i < n; ++i) tuple->slots[i] = share(self->guarded.at(i)).release();
        return tuple;
    }
}

void empty(Thread& t, Self self) {
    std::vector<Value> dropped;
    {
        Locked<Deque> g(t, self);
        std::size_t n = size_of(self->guarded);
        dropped.reserve(n);
        for (std::size_t i = 0; i < n; ++i) dropped.push_back(self->guarded.at(i));
        set_size(self->guarded, 0);
    }
    for (Value v : dropped) (void)Ref<>::adopt(v);
}

Result<void> extend_end(Python& py, Self self, Borrowed<> iterable, End end) {
    if (iterable.is(self.value())) {
        Ref<Tuple> items = TRY(snapshot(py, self));
        for (Value v : items->items()) CHECK(add(py, self, Borrowed<>(v), end));
        return {};
    }
    return for_each(py, iterable, [&](Ref<> item) { return add(py, self, item, end); });
}

std::int64_t maxlen_of(Thread& t, Self self) {
    Locked<Deque> g(t, self);
    return g->maxlen;
}
Result<Ref<>> maxlen_value(Thread& t, Self self) {
    std::int64_t n = maxlen_of(t, self);
    return n < 0 ? none.share() : make_int(t, n).take();
}

// ---- constructing

Value new_deque(Python& py, Type& type, Value const*, std::size_t, Tuple*) { return binding::finish(py, make<Deque>(py, type)); }

Result<void> init(Python& py, Self self, Value const* args, std::size_t n, Tuple* names) {
    std::size_t keywords = names ? names->size : 0;
    if (n + keywords > 2) return raise(py, exc::TypeError, "deque() takes at most 2 arguments ({} given)", n + keywords);
    static constexpr char const* kNames[] = {"iterable", "maxlen"};
    Value words[2] = {};
    CHECK(parse_arguments(py, "deque", kNames, 0, 2, 0, args, n, names, words));
    std::int64_t maxlen = -1;
    if (words[1] && words[1] != kNone) {
        if (!is_any_int(words[1])) return raise(py, exc::TypeError, "an integer is required");
        maxlen = TRY(to_int64(py, Borrowed<>(words[1]), &exc::OverflowError));
        if (maxlen < 0) return raise(py, exc::ValueError, "maxlen must be non-negative");
    }
    {
        Locked<Deque> g(py, self);
        g->maxlen = maxlen;
    }
    if (self->size() > 0) empty(py, self);
    if (words[0]) return extend_end(py, self, Borrowed<>(words[0]), End::back);
    return {};
}
Value init_deque(Python& py, Value self, Value const* args, std::size_t n, Tuple* names) {
    return binding::finish(py, init(py, as<Deque>(self), args, n, names));
}

// A deque of the exact type with the items and the limit of this one.
Result<Ref<Deque>> plain_copy(Python& py, Self self) {
    Ref<Deque> copy = TRY(make<Deque>(py, Deque::type()));
    copy->guarded.maxlen = maxlen_of(py, self);
    Ref<Tuple> items = TRY(snapshot(py, self));
    for (Value v : items->items()) CHECK(add(py, copy, Borrowed<>(v), End::back));
    return copy;
}

Result<Ref<>> copy(Python& py, Self self) {
    if (is_exact<Deque>(Borrowed<>(self))) return plain_copy(py, self);
    Borrowed<Type> type(type_of(Borrowed<>(self)));
    std::int64_t maxlen = maxlen_of(py, self);
    if (maxlen < 0) return call_with(py, type, self);
    return call_with(py, type, self, TRY(make_int(py, maxlen)));
}

// ---- methods

Result<void> append(Thread& t, Self self, Borrowed<> item) { return add(t, self, item, End::back); }
Result<void> appendleft(Thread& t, Self self, Borrowed<> item) { return add(t, self, item, End::front); }
Result<void> extend(Python& py, Self self, Borrowed<> iterable) { return extend_end(py, self, iterable, End::back); }
Result<void> extendleft(Python& py, Self self, Borrowed<> iterable) { return extend_end(py, self, iterable, End::front); }
void clear(Thread& t, Self self) { empty(t, self); }

template <End E> Result<Ref<>> pop(Thread& t, Self self) {
    Value v{};
    {
        Locked<Deque> g(t, self);
        if (size_of(self->guarded) > 0) v = (E == End::back ? take_back : take_front)(self->guarded);
    }
    if (v.is_null()) return raise(t, exc::IndexError, "pop from an empty deque");
    return Ref<>::adopt(v);
}

void rotate(Thread& t, Self self, std::int64_t n) {
    Locked<Deque> g(t, self);
    auto size = std::int64_t(size_of(self->guarded));
    if (size < 2) return;
    std::int64_t left = (-(n % size) + size) % size;
    if (left > 0) rotate_left(self->guarded, std::size_t(left));
}

void reverse(Thread& t, Self self) {
    Locked<Deque> g(t, self);
    std::size_t n = size_of(self->guarded);
    for (std::size_t i = 0; i + 1 < n - i; ++i) std::swap(self->guarded.at(i), self->guarded.at(n - 1 - i));
    ++self->guarded.state;
}

// The item, null beyond the end; *state is the deque's at that moment.
Maybe<> peek(Thread& t, Self self, std::size_t i, std::uint64_t* state) {
    Locked<Deque> g(t, self);
    *state = g->state;
    if (i >= size_of(self->guarded)) return {};
    return Maybe<>(share(self->guarded.at(i)));
}
std::uint64_t state_of(Thread& t, Self self) {
    Locked<Deque> g(t, self);
    return g->state;
}

// Calls f(index, is_equal) -> bool (go on) for the items from `begin` to `end`; fails if the deque changes meanwhile.
template <class F> Result<void> compare_each(Python& py, Self self, Borrowed<> value, std::size_t begin, std::size_t end, Type& error, F&& f) {
    std::uint64_t state = state_of(py, self), now = state;
    for (std::size_t i = begin; i < end; ++i) {
        Maybe<> item = peek(py, self, i, &now);
        if (now == state) {
            if (!item) return {};
            bool same = TRY(equal(py, *item, value));
            now = state_of(py, self);
            if (now == state) {
                if (!f(i, same)) return {};
                CHECK(poll(py));
                continue;
            }
        }
        return raise(py, error, "deque mutated during iteration");
    }
    return {};
}

Result<std::int64_t> count(Python& py, Self self, Borrowed<> value) {
    std::int64_t n = 0;
    CHECK(compare_each(py, self, value, 0, SIZE_MAX, exc::RuntimeError, [&](std::size_t, bool same) { return n += same, true; }));
    return n;
}

Result<std::int64_t> find(Python& py, Self self, Borrowed<> value, std::size_t begin, std::size_t end, Type& error) {
    std::int64_t found = -1;
    CHECK(compare_each(py, self, value, begin, end, error, [&](std::size_t i, bool same) {
        if (same) found = std::int64_t(i);
        return !same;
    }));
    return found;
}

Result<bool> contains_item(Python& py, Self self, Borrowed<> value) {
    return TRY(find(py, self, value, 0, SIZE_MAX, exc::RuntimeError)) >= 0;
}

Result<std::int64_t> index(Python& py, Self self, Borrowed<> value, Optional<> start, Optional<> stop) {
    std::int64_t from = start ? TRY(search_bound(py, *start)) : 0, to = stop ? TRY(search_bound(py, *stop)) : INT64_MAX;
    std::size_t size = self->size();
    std::int64_t i = TRY(find(py, self, value, clip_bound(from, size), clip_bound(to, size), exc::RuntimeError));
    if (i < 0) return raise(py, exc::ValueError, "deque.index(x): x not in deque");
    return i;
}

// Takes the item at the index out; null if it is beyond the end.
Value take_at(Deque::Guarded& g, std::size_t i) {
    std::size_t n = size_of(g);
    if (i >= n) return {};
    Value v = g.at(i);
    if (i < n / 2) {
        for (; i > 0; --i) g.at(i) = g.at(i - 1);
        g.head = (g.head + 1) & (g.capacity - 1);
    } else {
        for (; i + 1 < n; ++i) g.at(i) = g.at(i + 1);
    }
    set_size(g, n - 1);
    return v;
}

Result<void> remove(Python& py, Self self, Borrowed<> value) {
    std::int64_t i = TRY(find(py, self, value, 0, SIZE_MAX, exc::IndexError));
    if (i < 0) return raise(py, exc::ValueError, "deque.remove(x): x not in deque");
    Maybe<> taken;
    Locked<Deque> g(py, self);
    taken = Maybe<>::adopt(take_at(self->guarded, std::size_t(i)));
    return {};
}

Result<void> insert(Thread& t, Self self, std::int64_t index, Borrowed<> value) {
    enum { done, full, no_memory } result = done;
    {
        Locked<Deque> g(t, self);
        Deque::Guarded& ring = self->guarded;
        std::size_t n = size_of(ring);
        if (ring.maxlen >= 0 && std::int64_t(n) >= ring.maxlen) {
            result = full;
        } else if (!reserve(ring, n + 1)) {
            result = no_memory;
        } else {
            std::size_t i = clip_bound(index, n);
            Value v = value.share().release();
            if (i < n / 2) {
                put_front(ring, v);
                for (std::size_t k = 0; k < i; ++k) ring.at(k) = ring.at(k + 1);
            } else {
                put_back(ring, v);
                for (std::size_t k = n; k > i; --k) ring.at(k) = ring.at(k - 1);
            }
            ring.at(i) = v;
        }
    }
    if (result == full) return raise(t, exc::IndexError, "deque already at its maximum size");
    if (result == no_memory) return raise_no_memory(t);
    return {};
}

// ---- items and operators

Result<std::int64_t> item_index(Python& py, Borrowed<> key) {
    Value k = key.value();
    if (!is_any_int(k) && !type_of(k).slot(Dunder::index))
        return raise(py, exc::TypeError, "sequence index must be integer, not '{}'", TypeName{k});
    return to_int64(py, key, &exc::IndexError);
}

Result<Ref<>> getitem(Python& py, Self self, Borrowed<> key) {
    std::int64_t n = TRY(item_index(py, key));
    {
        Locked<Deque> g(py, self);
        std::int64_t i = position_of(n, size_of(self->guarded));
        if (i >= 0) return share(self->guarded.at(std::size_t(i)));
    }
    return raise(py, exc::IndexError, "deque index out of range");
}

Result<void> setitem(Python& py, Self self, Borrowed<> key, Borrowed<> value) {
    std::int64_t n = TRY(item_index(py, key));
    Maybe<> old;
    {
        Locked<Deque> g(py, self);
        std::int64_t i = position_of(n, size_of(self->guarded));
        if (i >= 0) old = Maybe<>::adopt(std::exchange(self->guarded.at(std::size_t(i)), value.share().release()));
    }
    if (!old) return raise(py, exc::IndexError, "deque index out of range");
    return {};
}

Result<void> delitem(Python& py, Self self, Borrowed<> key) {
    std::int64_t n = TRY(item_index(py, key));
    Maybe<> old;
    {
        Locked<Deque> g(py, self);
        std::int64_t i = position_of(n, size_of(self->guarded));
        if (i >= 0) old = Maybe<>::adopt(take_at(self->guarded, std::size_t(i)));
    }
    if (!old) return raise(py, exc::IndexError, "deque index out of range");
    return {};
}

std::int64_t len(Thread&, Self self) { return std::int64_t(self->size()); }
std::int64_t memory_size(Thread& t, Self self) {
    Locked<Deque> g(t, self);
    return fixed_size(self) + std::int64_t(g->capacity * sizeof(Value));
}

Result<Ref<>> concat(Python& py, Self self, Borrowed<> other) {
    if (!is<Deque>(other)) return raise(py, exc::TypeError, "can only concatenate deque (not \"{}\") to deque", TypeName{other.value()});
    Ref<> result = TRY(copy(py, self));
    if (is<Deque>(result.value())) CHECK(extend_end(py, as<Deque>(result.value()), other, End::back));
    return result;
}

Result<Ref<>> iconcat(Python& py, Self self, Borrowed<> other) {
    CHECK(extend_end(py, self, other, End::back));
    return self.share();
}

Result<Ref<>> irepeat(Python& py, Self self, Borrowed<> times) {
    std::size_t n = TRY(repeat_count(py, times));
    if (n == 0) {
        empty(py, self);
        return self.share();
    }
    Ref<Tuple> items = TRY(snapshot(py, self));
    if (items->size == 0) return self.share();
    std::int64_t maxlen = maxlen_of(py, self);
    if (maxlen >= 0) {
        // No more rounds than the last `maxlen` items need.
        std::size_t rounds = std::size_t(maxlen) / items->size + 2;
        if (n > rounds) n = rounds;
    } else if (n > std::size_t(PTRDIFF_MAX) / sizeof(Value) / items->size) {
        return raise_no_memory(py);
    }
    for (std::size_t k = 1; k < n; ++k) {
        for (Value v : items->items()) CHECK(add(py, self, Borrowed<>(v), End::back));
        CHECK(poll(py));
    }
    return self.share();
}
Result<Ref<>> repeat(Python& py, Self self, Borrowed<> times) {
    Ref<Deque> result = TRY(plain_copy(py, self));
    return irepeat(py, result, times);
}

Result<Ref<>> compare_deques(Python& py, Self self, Borrowed<> other, Compare op) {
    if (!is<Deque>(other)) return Ref<>::immediate(kNotImplemented);
    if ((op == Compare::eq || op == Compare::ne) && self->size() != as<Deque>(other)->size())
        return Ref<>::immediate(Value::of_bool(op == Compare::ne));
    if (other.is(self.value())) return Ref<>::immediate(Value::of_bool(op == Compare::eq || op == Compare::le || op == Compare::ge));
    Ref<Tuple> a = TRY(snapshot(py, self)), b = TRY(snapshot(py, as<Deque>(other)));
    return compare(py, a, b, op);
}

Result<Ref<Str>> repr_deque(Python& py, Self self) {
    if (!TRY(repr_enter(py, self))) return make_str(py, "[...]");
    ReprGuard guard{py, self};
    Ref<Tuple> items = TRY(snapshot(py, self));
    Ref<List> list = TRY(make_list_of(py, items->items()));
    Type& type = type_of(Borrowed<>(self));
    StrBuilder text(py);
    text.add(*type.name.load(&type).operator->());
    text.add(U'(');
    text.add(*TRY(repr(py, list)));
    if (std::int64_t maxlen = maxlen_of(py, self); maxlen >= 0) {
        text.add(", maxlen=");
        text.add(*TRY(str(py, TRY(make_int(py, maxlen)))));
    }
    text.add(U')');
    return text.finish();
}

Result<Ref<Tuple>> reduce(Python& py, Self self) {
    Ref<> state = TRY(call_method(py, self, name::dunder_getstate(), {}));
    Ref<> iterator = TRY(get_iterator(py, self));
    Ref<Tuple> args = empty_tuple();
    if (maxlen_of(py, self) >= 0) args = TRY(make_tuple_of(py, empty_tuple(), TRY(maxlen_value(py, self))));
    return make_tuple_of(py, share(Value::of(&type_of(Borrowed<>(self)))), std::move(args), std::move(state), std::move(iterator));
}

Result<Ref<>> iter(Thread& t, Self self) { return make_deque_iterator(t, self, false); }
Result<Ref<>> reversed(Thread& t, Self self) { return make_deque_iterator(t, self, true); }

constexpr MethodDef methods[] = {
    def<append>("append", "item, /", "Put an item at the right end."),
    def<appendleft>("appendleft", "item, /", "Put an item at the left end."),
    def<clear>("clear", "", "Take all items out."),
    def<copy>("__copy__", "", "Return a shallow copy of the deque."),
    def<copy>("copy", "", "Return a shallow copy of the deque."),
    def<count>("count", "value, /", "Return how many items are equal to value."),
    def<extend>("extend", "iterable, /", "Put the iterable's elements at the right end."),
    def<extendleft>("extendleft", "iterable, /", "Put the iterable's elements at the left end, one after the other."),
    def<index>("index", "value, start=<unrepresentable>, stop=<unrepresentable>, /",
               "Return the index of the first item equal to value.\n\nRaises ValueError if there is none."),
    def<insert>("insert", "index, value, /", "Put a value in front of the item at the index."),
    def<pop<End::back>>("pop", "", "Take out the rightmost item and return it."),
    def<pop<End::front>>("popleft", "", "Take out the leftmost item and return it."),
    def<reduce>("__reduce__", "", "Give what pickle needs."),
    def<remove>("remove", "value, /", "Take out the first item equal to value."),
    def<reversed>("__reversed__", "", "Return an iterator from the right end to the left."),
    def<reverse>("reverse", "", "Reverse the order of the items *IN PLACE*."),
    def<rotate>("rotate", "n=1, /", "Move all items n steps to the right; to the left if n is negative."),
    def<memory_size>("__sizeof__", "", "Return the size of the deque in memory, in bytes."),
    class_def<class_getitem>("__class_getitem__", "object, /", kClassGetitemDoc),
};
constexpr GetSetDef getsets[] = {
    {"maxlen", [](Python& py, Value self) { return binding::finish(py, maxlen_value(py, as<Deque>(self))); }, nullptr,
     "the most items that the deque holds, or None"},
};
constexpr SlotDef slots[] = {
    slot<Dunder::repr, repr_deque>,  slot<Dunder::len, len>,         slot<Dunder::iter, iter>,
    slot<Dunder::getitem, getitem>,  slot<Dunder::setitem, setitem>, slot<Dunder::delitem, delitem>,
    slot<Dunder::contains, contains_item>, slot<Dunder::concat, concat>, slot<Dunder::iconcat, iconcat>,
    slot<Dunder::repeat, repeat>,    slot<Dunder::irepeat, irepeat>, ORO_COMPARE_SLOTS(compare_deques),
};
constexpr TypeDef deque_def{
    .name = "collections.deque",
    .doc = "A sequence like a list that is fast at both ends.",
    .signature = "[iterable[, maxlen]]",
    .size = sizeof(Deque),
    .flags = type_flag::lasting | type_flag::subclassable | type_flag::sequence | type_flag::has_weakrefs,
    .hooks = hooks_of<Deque>(),
    .new_ = new_deque,
    .init = init_deque,
    .methods = methods,
    .slots = slots,
    .getsets = getsets,
};
ORO_TYPE(deque_type, deque_def);

}  // namespace

Type& Deque::type() { return deque_type; }

void Deque::trace(Visitor& v) {
    for (std::size_t i = 0, n = size(); i < n; ++i) v(guarded.at(i));
}

void Deque::clear() {
    while (size() > 0) (void)Ref<>::adopt(take_back(guarded));
}

}  // namespace oro::collections
