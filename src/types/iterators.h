// The iterators that the interpreter runs inline. Shared between threads, each item goes to one of them: an index is taken by
// an atomic addition, or plainly while the thread is alone.
#pragma once
#include "object/dict.h"
#include "object/list.h"
#include "object/locked.h"
#include "object/snapshot.h"
#include "object/tuple.h"

namespace oro {

// An index beyond which nothing comes back: an iterator that has ended stays so.
inline constexpr std::int64_t kIteratorEnded = std::int64_t(1) << 62;

// Takes the next index.
inline std::int64_t take_index(Thread& t, std::atomic<std::int64_t>& index) {
    if (t.alone) [[likely]] {
        std::int64_t i = index.load(std::memory_order_relaxed);
        index.store(i + 1, std::memory_order_relaxed);
        return i;
    }
    return index.fetch_add(1, std::memory_order_relaxed);
}

// What an iterator walks over. Given up at the end, so that it can die before its iterator; while other threads may be
// looking at it, only when the iterator dies.
template <class T> void end_iteration(Thread& t, std::atomic<std::int64_t>& index, Fixed<T>& source) {
    index.store(kIteratorEnded, std::memory_order_relaxed);
    if (t.alone) source.reset();
}

template <class S> struct SequenceWalk : Object {
    Fixed<S> source;
    std::atomic<std::int64_t> index;
    SequenceWalk(Ref<S> s, std::int64_t i) : source(std::move(s)), index(i) {}
    static constexpr auto fields = std::tuple{&SequenceWalk::source};
    bool ended() const { return index.load(std::memory_order_relaxed) >= kIteratorEnded || !source; }
};

struct ListIterator : SequenceWalk<List> {
    using SequenceWalk::SequenceWalk;
    static Type& type();
};
struct ListReverseIterator : SequenceWalk<List> {   // index counts down; -1 and below: ended
    using SequenceWalk::SequenceWalk;
    static Type& type();
};
struct TupleIterator : SequenceWalk<Tuple> {
    using SequenceWalk::SequenceWalk;
    static Type& type();
};

inline Next list_iterator_next(Thread& t, ListIterator& it) {
    if (it.ended()) return Next::end();
    std::int64_t i = take_index(t, it.index);
    Maybe<> item = i < kIteratorEnded ? list_get(t, *it.source.get(), std::size_t(i)) : Maybe<>();
    if (item) [[likely]] return Next::of_word(item.release());
    end_iteration(t, it.index, it.source);
    return Next::end();
}
inline Next tuple_iterator_next(Thread& t, TupleIterator& it) {
    if (it.ended()) return Next::end();
    std::int64_t i = take_index(t, it.index);
    if (i < std::int64_t(it.source->size)) [[likely]] return Next(it.source->at(std::size_t(i)).share());
    end_iteration(t, it.index, it.source);
    return Next::end();
}

extern Type list_iterator_type, range_iterator_type;

// Over ints that all fit an immediate, the length too: item i is start + i * step.
struct RangeIterator : Object {
    std::int64_t start, step, length;
    std::atomic<std::int64_t> index{0};
    RangeIterator(std::int64_t a, std::int64_t s, std::int64_t n) : start(a), step(s), length(n) {}
    static Type& type();
};
inline Next range_iterator_next(Thread& t, RangeIterator& it) {
    std::int64_t i = it.index.load(std::memory_order_relaxed);
    if (i >= it.length) return Next::end();
    i = take_index(t, it.index);
    if (i >= it.length) return Next::end();
    return Next::of_word(Value::of_int(it.start + i * it.step));
}

// Over a dict: `position` is the next entry's; a change of size is an error.
struct DictIterator : Object {
    Fixed<Dict> dict;
    std::atomic<std::int64_t> position;    // of the next entry (or, backwards, one more than it); kIteratorEnded
    std::atomic<std::int64_t> left;        // for the length hint
    std::size_t size_at_start;
    DictIterator(Ref<Dict> d, std::int64_t p) : dict(std::move(d)), position(p), left(std::int64_t(dict->size())), size_at_start(dict->size()) {}
    static constexpr auto fields = std::tuple{&DictIterator::dict};
};
extern Type dict_keyiterator_type, dict_valueiterator_type, dict_itemiterator_type;
extern Type dict_reversekeyiterator_type, dict_reversevalueiterator_type, dict_reverseitemiterator_type;
Next dict_iterator_next(Thread& t, DictIterator& it, DictPart part);

Result<Ref<>> make_list_iterator(Thread& t, Borrowed<List> list);
Result<Ref<>> make_tuple_iterator(Thread& t, Borrowed<Tuple> tuple);
Result<Ref<>> make_dict_iterator(Thread& t, Borrowed<Dict> dict, DictPart part);

// (iter, (sequence,), index) as __reduce__ gives it. `function` is builtins.iter or reversed, which the caller has looked up before it
// looked at the iterator: a name in builtins may run Python when it is compared.
Result<Ref<Tuple>> reduce_iteration(Thread& t, Ref<> function, Ref<> source, Maybe<> state);

}  // namespace oro
