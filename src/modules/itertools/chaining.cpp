// chain, cycle, accumulate, batched, zip_longest.
#include "modules/itertools/itertools.h"
#include "object/generic_alias.h"
#include "object/list.h"

namespace oro::itertools {

namespace {

// ---- chain

struct Chain : Object {
    Member<> sources, active;            // iterators; null sources: there are no more
    Member<> waiting;                    // a list of iterators that threads have found besides `active`, or null
    explicit Chain(Ref<> s) : sources(std::move(s)) {}
    static constexpr auto fields = std::tuple{&Chain::sources, &Chain::active, &Chain::waiting};
    static Type& type() { return chain_type; }
};

Result<Ref<>> construct_chain(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    if (!takes(py, "chain", type, chain_type, n, names, 0, n)) return Raised{};
    Ref<Tuple> iterables = TRY(make_tuple(py, {args, n}));
    return make<Chain>(py, type, TRY(get_iterator(py, iterables)));
}

Result<Ref<>> from_iterable(Python& py, Borrowed<> cls, Borrowed<> iterable) {
    Ref<> iterator = TRY(get_iterator(py, iterable));
    return make<Chain>(py, *static_cast<Type*>(cls.value().pointer()), std::move(iterator));
}

// An iterator that is to be gone through: now, or, if another thread has gone to the next source at the same time, later.
Result<void> install(Python& py, Chain& chain, Value iterator) {
    {
        Section section(py, &chain);
        if (!chain.active.peek()) {
            (void)chain.active.swap(Maybe<>(share(iterator)));
            return {};
        }
    }
    Maybe<> waiting = chain.waiting.load(&chain);
    if (!waiting) {
        Ref<List> fresh = TRY(make_list(py));
        Section section(py, &chain);
        if (chain.waiting.peek()) waiting = Maybe<>(share(chain.waiting.peek().value()));
        else (void)chain.waiting.swap(Maybe<>(share((waiting = Maybe<>(std::move(fresh))).value())));
    }
    return list_append(py, as<List>(waiting.value()), share(iterator));
}
Maybe<> take_waiting(Python& py, Chain& chain) {
    Maybe<> waiting = chain.waiting.load(&chain);
    if (!waiting) return {};
    Locked<List> list(py, as<List>(waiting.value()));
    return list_take(py, list, 0);
}

Next next_chain(Python& py, Borrowed<Chain> self) {
    for (;;) {
        Maybe<> active = self->active.load(self.get());
        if (!active) {
            active = take_waiting(py, *self);
            if (!active) {
                Maybe<> sources = self->sources.load(self.get());
                if (!sources) return Next::end();
                Next source = next(py, *sources);
                if (source.raised() || source.ended()) {
                    self->sources.store(self.get(), {});
                    if (source.raised()) return source;
                    continue;   // another thread may have found a source meanwhile
                }
                auto iterator = get_iterator(py, std::move(source).take());
                if (iterator.raised()) {
                    self->sources.store(self.get(), {});
                    return Raised{};
                }
                active = std::move(iterator).take();
            }
            CHECK(install(py, *self, active.value()));
        }
        Next item = next(py, *active);
        if (item.raised()) return item;
        if (!item.ended()) return item;
        // The next source, unless another thread has gone there already.
        Maybe<> ended;
        {
            Section section(py, self.get());
            if (self->active.peek().value() == active.value()) ended = self->active.swap({});
        }
        CHECK(poll(py));
    }
}

constexpr MethodDef chain_methods[] = {
    class_def<from_iterable>("from_iterable", "iterable, /", "Chain the iterables that one iterable gives."),
    class_def<class_getitem>("__class_getitem__", "object, /", kClassGetitemDoc),
};
constexpr TypeDef chain_def = iterator_def<Chain>("itertools.chain", "*iterables",
                                                  "Give the items of the first iterable, then of the second, and so on.",
                                                  new_of<construct_chain>, iterator_slots<Chain, next_chain>, chain_methods);

// ---- cycle

struct Cycle : Object {
    Member<> iterator;                   // null once it has ended
    Fixed<List> saved;
    std::atomic<std::int64_t> index{0};  // into `saved`, in the rounds after the first
    Cycle(Ref<> it, Ref<List> s) : iterator(std::move(it)), saved(std::move(s)) {}
    static constexpr auto fields = std::tuple{&Cycle::iterator, &Cycle::saved};
    static Type& type() { return cycle_type; }
};

Result<Ref<>> construct_cycle(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    if (!takes(py, "cycle", type, cycle_type, n, names, 1, 1)) return Raised{};
    Ref<> iterator = TRY(get_iterator(py, Borrowed<>(args[0])));
    return make<Cycle>(py, type, std::move(iterator), TRY(make_list(py)));
}

Next next_cycle(Python& py, Borrowed<Cycle> self) {
    Maybe<> iterator = self->iterator.load(self.get());
    if (iterator) {
        Next item = next(py, *iterator);
        if (item.raised()) return item;
        if (!item.ended()) {
            Ref<> value = std::move(item).take();
            CHECK(list_append(py, *self->saved, value.share()));
            return Next(std::move(value));
        }
        self->iterator.store(self.get(), {});
    }
    std::size_t n = self->saved->size();
    if (n == 0) return Next::end();
    std::int64_t i = self->index.load(std::memory_order_relaxed), following;
    do {
        following = std::size_t(i) + 1 >= n ? 0 : i + 1;
    } while (!self->index.compare_exchange_weak(i, following, std::memory_order_relaxed));
    Maybe<> item = list_get(py, *self->saved.get(), std::size_t(i));
    return item ? Next(std::move(item).take()) : Next::end();
}

constexpr TypeDef cycle_def = iterator_def<Cycle>("itertools.cycle", "iterable, /",
                                                  "Give the items of the iterable, then over and over again.",
                                                  new_of<construct_cycle>, iterator_slots<Cycle, next_cycle>);

// ---- accumulate

struct Accumulate : Object {
    Fixed<> iterator, function;          // no function: addition
    Member<> initial, total;
    Accumulate(Ref<> it, Maybe<> f, Maybe<> start) : iterator(std::move(it)), function(std::move(f)) { initial.set(std::move(start)); }
    static constexpr auto fields = std::tuple{&Accumulate::iterator, &Accumulate::function, &Accumulate::initial, &Accumulate::total};
    static Type& type() { return accumulate_type; }
};

Maybe<> unless_none(Value v) { return v && v != kNone ? Maybe<>(share(v)) : Maybe<>(); }

Result<Ref<>> construct_accumulate(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    static constexpr char const* kNames[] = {"iterable", "func", "initial"};
    Value words[3] = {};
    CHECK(parse_arguments(py, "accumulate", kNames, 0, 2, 1, args, n, names, words));
    Ref<> iterator = TRY(get_iterator(py, Borrowed<>(words[0])));
    return make<Accumulate>(py, type, std::move(iterator), unless_none(words[1]), unless_none(words[2]));
}

Next next_accumulate(Python& py, Borrowed<Accumulate> self) {
    Maybe<> initial = self->initial.exchange(self.get(), {});
    if (initial) {
        self->total.store(self.get(), Maybe<>(share(initial.value())));
        return Next(std::move(initial).take());
    }
    Next item = next(py, *self->iterator);
    if (item.raised() || item.ended()) return item;
    Ref<> value = std::move(item).take();
    Maybe<> total = self->total.load(self.get());
    if (total) {
        value = self->function ? TRY(call_with(py, *self->function, *total, value)) : TRY(binary(py, Dunder::add, *total, value));
    }
    self->total.store(self.get(), Maybe<>(value.share()));
    return Next(std::move(value));
}

constexpr TypeDef accumulate_def = iterator_def<Accumulate>("itertools.accumulate", "iterable, func=None, *, initial=None",
                                                            "Give running sums, or what another function of two arguments makes.",
                                                            new_of<construct_accumulate>, iterator_slots<Accumulate, next_accumulate>);

// ---- batched

struct Batched : Object {
    Member<> iterator;                   // null: ended
    std::int64_t size;
    bool strict;
    Batched(Ref<> it, std::int64_t n, bool s) : iterator(std::move(it)), size(n), strict(s) {}
    static constexpr auto fields = std::tuple{&Batched::iterator};
    static Type& type() { return batched_type; }
};

Result<Ref<>> construct_batched(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    static constexpr char const* kNames[] = {"iterable", "n", "strict"};
    Value words[3] = {};
    CHECK(parse_arguments(py, "batched", kNames, 0, 2, 2, args, n, names, words));
    std::int64_t size = TRY(to_int64(py, Borrowed<>(words[1]), &exc::OverflowError));
    bool strict = words[2] && TRY(truth(py, Borrowed<>(words[2])));
    if (size < 1) return raise(py, exc::ValueError, "n must be at least one");
    return make<Batched>(py, type, TRY(get_iterator(py, Borrowed<>(words[0]))), size, strict);
}

Next next_batch(Python& py, Borrowed<Batched> self) {
    Maybe<> iterator = self->iterator.load(self.get());
    if (!iterator) return Next::end();
    Ref<List> batch = TRY(make_list(py));
    while (std::int64_t(batch->size()) < self->size) {
        Next item = next(py, *iterator);
        if (item.raised()) {
            self->iterator.store(self.get(), {});
            return item;
        }
        if (item.ended()) {
            self->iterator.store(self.get(), {});
            break;
        }
        CHECK(list_append(py, batch, std::move(item).take()));
        CHECK(poll(py));
    }
    if (batch->size() == 0) return Next::end();
    if (self->strict && std::int64_t(batch->size()) < self->size) return raise(py, exc::ValueError, "batched(): incomplete batch");
    return Next(TRY(list_to_tuple(py, batch)));
}

constexpr TypeDef batched_def = iterator_def<Batched>(
    "itertools.batched", "iterable, n, *, strict=False",
    "Give tuples of n items each; the last one may be shorter, which with strict true is a ValueError.\n\n"
    "    >>> list(batched('roads', 2))\n    [('r', 'o'), ('a', 'd'), ('s',)]",
    new_of<construct_batched>, iterator_slots<Batched, next_batch>);

// ---- zip_longest

struct ZipLongest : Object {
    Fixed<List> iterators;               // None in the place of one that has ended
    Fixed<> fill;
    std::atomic<std::int64_t> active;
    ZipLongest(Ref<List> its, Ref<> f, std::int64_t n) : iterators(std::move(its)), fill(std::move(f)), active(n) {}
    static constexpr auto fields = std::tuple{&ZipLongest::iterators, &ZipLongest::fill};
    static Type& type() { return zip_longest_type; }
};

Result<Ref<>> construct_zip_longest(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    Ref<> fill = none.share();
    for (std::size_t i = 0; names && i < names->size; ++i) {
        if (!equal(*static_cast<Str*>(names->slots[i].pointer()), "fillvalue"))
            return raise(py, exc::TypeError, "zip_longest() got an unexpected keyword argument");
        fill = share(args[n + i]);
    }
    Ref<List> iterators = TRY(make_list(py, n));
    for (std::size_t i = 0; i < n; ++i) CHECK(list_append(py, iterators, TRY(get_iterator(py, Borrowed<>(args[i])))));
    return make<ZipLongest>(py, type, std::move(iterators), std::move(fill), std::int64_t(n));
}

Next next_zip_longest(Python& py, Borrowed<ZipLongest> self) {
    List& iterators = *self->iterators.get();
    std::size_t n = iterators.size();
    if (n == 0 || self->active.load(std::memory_order_acquire) <= 0) return Next::end();
    Ref<Tuple> round = TRY(make_tuple_uninitialized(py, n));
    for (std::size_t i = 0; i < n; ++i) {
        Maybe<> iterator = list_get(py, iterators, i);
        if (!iterator || iterator.value() == kNone) {
            round->slots[i] = self->fill.share().release();
            continue;
        }
        Next item = next(py, *iterator);
        if (item.raised()) {
            self->active.store(0, std::memory_order_release);
            return item;
        }
        if (!item.ended()) {
            round->slots[i] = std::move(item).release();
            continue;
        }
        list_set(py, iterators, i, none.share());
        if (self->active.fetch_sub(1, std::memory_order_acq_rel) <= 1) return Next::end();
        round->slots[i] = self->fill.share().release();
    }
    return Next(std::move(round));
}

constexpr TypeDef zip_longest_def = iterator_def<ZipLongest>(
    "itertools.zip_longest", "*iterables, fillvalue=None",
    "Like zip, but goes on to the end of the longest iterable, with the fill value for what the others lack.",
    new_of<construct_zip_longest>, iterator_slots<ZipLongest, next_zip_longest>);

}  // namespace

ORO_TYPE(chain_type, chain_def);
ORO_TYPE(cycle_type, cycle_def);
ORO_TYPE(accumulate_type, accumulate_def);
ORO_TYPE(batched_type, batched_def);
ORO_TYPE(zip_longest_type, zip_longest_def);

}  // namespace oro::itertools
