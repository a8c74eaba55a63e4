// Iterators over list and tuple, over anything with __getitem__, and over a callable with a sentinel.
#include "object/define.h"
#include "object/iterator.h"
#include "object/slice.h"
#include "types/iterators.h"

namespace oro {

Result<Ref<Tuple>> reduce_iteration(Thread& t, Ref<> function, Ref<> source, Maybe<> state) {
    Ref<Tuple> args = TRY(make_tuple_of(t, std::move(source)));
    if (!state) return make_tuple_of(t, std::move(function), std::move(args));
    return make_tuple_of(t, std::move(function), std::move(args), std::move(state).take());
}

namespace {

template <class It> Result<Ref<>> self_iter(Thread&, Borrowed<It> self) { return self.share(); }

template <class S> std::int64_t length_of(S const& s) {
    if constexpr (std::is_same_v<S, List>) return std::int64_t(s.size());
    else return std::int64_t(s.size);
}

// ---- forwards: list_iterator, tuple_iterator

template <class It> std::int64_t length_hint(Thread&, Borrowed<It> self) {
    if (self->ended()) return 0;
    std::int64_t left = length_of(*self->source.get()) - self->index.load(std::memory_order_relaxed);
    return left < 0 ? 0 : left;
}

template <class It> Result<void> setstate(Python& py, Borrowed<It> self, Borrowed<> state) {
    std::int64_t i = TRY(to_int64(py, state, &exc::OverflowError));
    if (self->ended()) return {};
    std::int64_t size = length_of(*self->source.get());
    self->index.store(i < 0 ? 0 : i > size ? size : i, std::memory_order_relaxed);
    return {};
}

Result<Ref<Tuple>> reduce_list(Python& py, Borrowed<ListIterator> self) {
    Ref<> function = TRY(builtin_named(py, "iter"));
    if (self->ended()) return reduce_iteration(py, std::move(function), TRY(make_list(py)), {});
    return reduce_iteration(py, std::move(function), self->source.share(), Ref<>::immediate(Value::of_int(self->index.load())));
}
Result<Ref<Tuple>> reduce_tuple(Python& py, Borrowed<TupleIterator> self) {
    Ref<> function = TRY(builtin_named(py, "iter"));
    if (self->ended()) return reduce_iteration(py, std::move(function), empty_tuple(), {});
    return reduce_iteration(py, std::move(function), self->source.share(), Ref<>::immediate(Value::of_int(self->index.load())));
}
Next next_list(Thread& t, Borrowed<ListIterator> self) { return list_iterator_next(t, *self); }
Next next_tuple(Thread& t, Borrowed<TupleIterator> self) { return tuple_iterator_next(t, *self); }

constexpr char const* kHintDoc = "Estimate how many items are left.";
constexpr char const* kReduceDoc = "Give what pickle needs.";
constexpr char const* kSetstateDoc = "Set where the iteration goes on.";

constexpr MethodDef list_iterator_methods[] = {
    def<length_hint<ListIterator>>("__length_hint__", "", kHintDoc),
    def<reduce_list>("__reduce__", "", kReduceDoc),
    def<setstate<ListIterator>>("__setstate__", "object, /", kSetstateDoc),
};
constexpr SlotDef list_iterator_slots[] = {
    slot<Dunder::iter, self_iter<ListIterator>>,
    slot<Dunder::next, next_list>,
};
constexpr TypeDef list_iterator_def{
    .name = "list_iterator", .size = sizeof(ListIterator), .flags = type_flag::disallow_new, .hooks = hooks_of<ListIterator>(),
    .methods = list_iterator_methods, .slots = list_iterator_slots,
};
}  // namespace
ORO_TYPE(list_iterator_type, list_iterator_def);
namespace {

constexpr MethodDef tuple_iterator_methods[] = {
    def<length_hint<TupleIterator>>("__length_hint__", "", kHintDoc),
    def<reduce_tuple>("__reduce__", "", kReduceDoc),
    def<setstate<TupleIterator>>("__setstate__", "object, /", kSetstateDoc),
};
constexpr SlotDef tuple_iterator_slots[] = {
    slot<Dunder::iter, self_iter<TupleIterator>>,
    slot<Dunder::next, next_tuple>,
};
constexpr TypeDef tuple_iterator_def{
    .name = "tuple_iterator", .size = sizeof(TupleIterator), .flags = type_flag::disallow_new, .hooks = hooks_of<TupleIterator>(),
    .methods = tuple_iterator_methods, .slots = tuple_iterator_slots,
};
ORO_TYPE(tuple_iterator_type, tuple_iterator_def);

// ---- backwards: list_reverseiterator

bool reverse_ended(ListReverseIterator& it) { return !it.source || it.index.load(std::memory_order_relaxed) < 0; }

Next next_reversed(Thread& t, Borrowed<ListReverseIterator> self) {
    if (reverse_ended(*self)) return Next::end();
    std::int64_t i;
    if (t.alone) {
        i = self->index.load(std::memory_order_relaxed);
        self->index.store(i - 1, std::memory_order_relaxed);
    } else {
        i = self->index.fetch_sub(1, std::memory_order_relaxed);
    }
    Maybe<> item = i >= 0 ? list_get(t, *self->source.get(), std::size_t(i)) : Maybe<>();
    if (item) return Next(std::move(item).take());
    self->index.store(-1, std::memory_order_relaxed);
    if (t.alone) self->source.reset();
    return Next::end();
}

std::int64_t reverse_hint(Thread&, Borrowed<ListReverseIterator> self) {
    if (reverse_ended(*self)) return 0;
    std::int64_t left = self->index.load(std::memory_order_relaxed) + 1;
    return left > std::int64_t(self->source->size()) ? 0 : left;
}

Result<Ref<Tuple>> reduce_reversed(Python& py, Borrowed<ListReverseIterator> self) {
    Ref<> function = TRY(builtin_named(py, "reversed"));
    if (reverse_ended(*self)) return reduce_iteration(py, std::move(function), TRY(make_list(py)), {});
    return reduce_iteration(py, std::move(function), self->source.share(), Ref<>::immediate(Value::of_int(self->index.load())));
}

Result<void> setstate_reversed(Python& py, Borrowed<ListReverseIterator> self, Borrowed<> state) {
    std::int64_t i = TRY(to_int64(py, state, &exc::OverflowError));
    if (!self->source) return {};
    std::int64_t last = std::int64_t(self->source->size()) - 1;
    self->index.store(i < -1 ? -1 : i > last ? last : i, std::memory_order_relaxed);
    return {};
}

constexpr MethodDef list_reverse_methods[] = {
    def<reverse_hint>("__length_hint__", "", kHintDoc),
    def<reduce_reversed>("__reduce__", "", kReduceDoc),
    def<setstate_reversed>("__setstate__", "object, /", kSetstateDoc),
};
constexpr SlotDef list_reverse_slots[] = {
    slot<Dunder::iter, self_iter<ListReverseIterator>>,
    slot<Dunder::next, next_reversed>,
};
constexpr TypeDef list_reverse_def{
    .name = "list_reverseiterator", .size = sizeof(ListReverseIterator), .flags = type_flag::disallow_new,
    .hooks = hooks_of<ListReverseIterator>(), .methods = list_reverse_methods, .slots = list_reverse_slots,
};
ORO_TYPE(list_reverse_type, list_reverse_def);

// ---- iterator: by __getitem__. Here Python runs between taking an index and looking at the source.

struct SequenceIterator : Object {
    Member<> source;                     // null: ended
    std::atomic<std::int64_t> index{0};
    SequenceIterator(Ref<> s) : source(std::move(s)) {}
    static constexpr auto fields = std::tuple{&SequenceIterator::source};
    static Type& type();
};

Next next_item(Python& py, Borrowed<SequenceIterator> self) {
    Maybe<> source = self->source.load(self.get());
    if (!source) return Next::end();
    std::int64_t i = take_index(py, self->index);
    if (i < 0 || i == INT64_MAX) return raise(py, exc::OverflowError, "iter index too large");
    auto item = get_item(py, *source, TRY(make_int(py, i)));
    if (!item.raised()) return Next(std::move(item));
    if (!raised_is(py, exc::IndexError) && !raised_is(py, exc::StopIteration)) return Raised{};
    clear_raised(py);
    self->source.store(self.get(), {});
    return Next::end();
}

Result<Ref<>> sequence_hint(Python& py, Borrowed<SequenceIterator> self) {
    Maybe<> source = self->source.load(self.get());
    if (!source) return Ref<>::immediate(Value::of_int(0));
    if (!type_of(source.value()).slot(Dunder::len)) return Ref<>::immediate(kNotImplemented);
    std::int64_t left = TRY(length(py, *source)) - self->index.load(std::memory_order_relaxed);
    return make_int(py, left < 0 ? 0 : left);
}

Result<Ref<Tuple>> reduce_sequence(Python& py, Borrowed<SequenceIterator> self) {
    Ref<> function = TRY(builtin_named(py, "iter"));
    Maybe<> source = self->source.load(self.get());
    if (!source) return reduce_iteration(py, std::move(function), empty_tuple(), {});
    return reduce_iteration(py, std::move(function), std::move(source).take(), TRY(make_int(py, self->index.load())));
}

Result<void> setstate_sequence(Python& py, Borrowed<SequenceIterator> self, Borrowed<> state) {
    std::int64_t i = TRY(to_int64(py, state, &exc::OverflowError));
    self->index.store(i < 0 ? 0 : i, std::memory_order_relaxed);
    return {};
}

constexpr MethodDef sequence_iterator_methods[] = {
    def<sequence_hint>("__length_hint__", "", kHintDoc),
    def<reduce_sequence>("__reduce__", "", kReduceDoc),
    def<setstate_sequence>("__setstate__", "object, /", kSetstateDoc),
};
constexpr SlotDef sequence_iterator_slots[] = {
    slot<Dunder::iter, self_iter<SequenceIterator>>,
    slot<Dunder::next, next_item>,
};
constexpr TypeDef sequence_iterator_def{
    .name = "iterator", .size = sizeof(SequenceIterator), .flags = type_flag::disallow_new, .hooks = hooks_of<SequenceIterator>(),
    .methods = sequence_iterator_methods, .slots = sequence_iterator_slots,
};
ORO_TYPE(sequence_iterator_type, sequence_iterator_def);
Type& SequenceIterator::type() { return sequence_iterator_type; }

// ---- callable_iterator

struct CallableIterator : Object {
    Member<> callable, sentinel;         // null: ended
    CallableIterator(Ref<> c, Ref<> s) : callable(std::move(c)), sentinel(std::move(s)) {}
    static constexpr auto fields = std::tuple{&CallableIterator::callable, &CallableIterator::sentinel};
    static Type& type();
};

void end_calls(Borrowed<CallableIterator> self) {
    self->callable.store(self.get(), {});
    self->sentinel.store(self.get(), {});
}

Next next_call(Python& py, Borrowed<CallableIterator> self) {
    Maybe<> callable = self->callable.load(self.get()), sentinel = self->sentinel.load(self.get());
    if (!callable || !sentinel) return Next::end();
    auto result = call(py, *callable, {});
    if (result.raised()) {
        if (!raised_is(py, exc::StopIteration)) return Raised{};
        clear_raised(py);
        end_calls(self);
        return Next::end();
    }
    Ref<> value = std::move(result).take();
    // A call that ended the iteration meanwhile ends this one too.
    Maybe<> again = self->sentinel.load(self.get());
    if (!again) return Next::end();
    if (!TRY(equal(py, value, *sentinel))) return Next(std::move(value));
    end_calls(self);
    return Next::end();
}

Result<Ref<Tuple>> reduce_callable(Python& py, Borrowed<CallableIterator> self) {
    Ref<> function = TRY(builtin_named(py, "iter"));
    Maybe<> callable = self->callable.load(self.get()), sentinel = self->sentinel.load(self.get());
    if (!callable || !sentinel) return reduce_iteration(py, std::move(function), empty_tuple(), {});
    Ref<Tuple> args = TRY(make_tuple_of(py, std::move(callable).take(), std::move(sentinel).take()));
    return make_tuple_of(py, std::move(function), std::move(args));
}

constexpr MethodDef callable_iterator_methods[] = {
    def<reduce_callable>("__reduce__", "", kReduceDoc),
};
constexpr SlotDef callable_iterator_slots[] = {
    slot<Dunder::iter, self_iter<CallableIterator>>,
    slot<Dunder::next, next_call>,
};
constexpr TypeDef callable_iterator_def{
    .name = "callable_iterator", .size = sizeof(CallableIterator), .flags = type_flag::disallow_new,
    .hooks = hooks_of<CallableIterator>(), .methods = callable_iterator_methods, .slots = callable_iterator_slots,
};
ORO_TYPE(callable_iterator_type, callable_iterator_def);
Type& CallableIterator::type() { return callable_iterator_type; }

}  // namespace

Type& ListIterator::type() { return list_iterator_type; }
Type& ListReverseIterator::type() { return list_reverse_type; }
Type& TupleIterator::type() { return tuple_iterator_type; }

Result<Ref<>> make_list_iterator(Thread& t, Borrowed<List> list) {
    return make<ListIterator>(t, list_iterator_type, list.share(), 0);
}
Result<Ref<>> make_tuple_iterator(Thread& t, Borrowed<Tuple> tuple) {
    return make<TupleIterator>(t, tuple_iterator_type, tuple.share(), 0);
}
Result<Ref<>> make_sequence_iterator(Thread& t, Borrowed<> sequence) {
    return make<SequenceIterator>(t, sequence_iterator_type, sequence.share());
}
Result<Ref<>> make_callable_iterator(Thread& t, Borrowed<> callable, Borrowed<> sentinel) {
    return make<CallableIterator>(t, callable_iterator_type, callable.share(), sentinel.share());
}

}  // namespace oro
