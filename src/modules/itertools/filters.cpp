// What passes some of the items on: compress, dropwhile, takewhile, filterfalse; and starmap, pairwise.
#include "modules/itertools/itertools.h"

namespace oro::itertools {

namespace {

// A function and an iterator, and a mark of what has happened.
struct Filtered : Object {
    Fixed<> function, iterator;
    std::atomic<bool> done{false};
    Filtered(Ref<> f, Ref<> it) : function(std::move(f)), iterator(std::move(it)) {}
    static constexpr auto fields = std::tuple{&Filtered::function, &Filtered::iterator};
};
struct DropWhile : Filtered {
    using Filtered::Filtered;
    static Type& type() { return dropwhile_type; }
};
struct TakeWhile : Filtered {
    using Filtered::Filtered;
    static Type& type() { return takewhile_type; }
};
struct FilterFalse : Filtered {
    using Filtered::Filtered;
    static Type& type() { return filterfalse_type; }
};
struct StarMap : Filtered {
    using Filtered::Filtered;
    static Type& type() { return starmap_type; }
};
struct Compress : Filtered {             // data and selectors
    using Filtered::Filtered;
    static Type& type() { return compress_type; }
};

template <class T> Result<Ref<>> construct(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    char const* name = T::type().def->name + sizeof("itertools.") - 1;
    if (!takes(py, name, type, T::type(), n, names, 2, 2)) return Raised{};
    Ref<> iterator = TRY(get_iterator(py, Borrowed<>(args[1])));
    return make<T>(py, type, share(args[0]), std::move(iterator));
}

Result<bool> holds(Python& py, Borrowed<> predicate, Borrowed<> item) { return truth(py, TRY(call_with(py, predicate, item))); }

Next next_dropwhile(Python& py, Borrowed<DropWhile> self) {
    for (;;) {
        Next item = next(py, *self->iterator);
        if (item.raised() || item.ended() || self->done.load(std::memory_order_relaxed)) return item;
        Ref<> value = std::move(item).take();
        if (!TRY(holds(py, *self->function, value))) {
            self->done.store(true, std::memory_order_relaxed);
            return Next(std::move(value));
        }
        CHECK(poll(py));
    }
}

Next next_takewhile(Python& py, Borrowed<TakeWhile> self) {
    if (self->done.load(std::memory_order_relaxed)) return Next::end();
    Next item = next(py, *self->iterator);
    if (item.raised() || item.ended()) return item;
    Ref<> value = std::move(item).take();
    if (TRY(holds(py, *self->function, value))) return Next(std::move(value));
    self->done.store(true, std::memory_order_relaxed);
    return Next::end();
}

Next next_filterfalse(Python& py, Borrowed<FilterFalse> self) {
    Value f = self->function.value();
    bool by_truth = f == kNone || f == Value::of(&bool_type);
    for (;;) {
        Next item = next(py, *self->iterator);
        if (item.raised() || item.ended()) return item;
        Ref<> value = std::move(item).take();
        bool held = by_truth ? TRY(truth(py, value)) : TRY(holds(py, Borrowed<>(f), value));
        if (!held) return Next(std::move(value));
        CHECK(poll(py));
    }
}

Next next_starmap(Python& py, Borrowed<StarMap> self) {
    Next item = next(py, *self->iterator);
    if (item.raised() || item.ended()) return item;
    Ref<Tuple> args = TRY(tuple_from(py, std::move(item).take()));
    return Next(call(py, *self->function, args->items()));
}

Result<Ref<>> construct_compress(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    static constexpr char const* kNames[] = {"data", "selectors"};
    Value words[2] = {};
    CHECK(parse_arguments(py, "compress", kNames, 0, 2, 2, args, n, names, words));
    Ref<> data = TRY(get_iterator(py, Borrowed<>(words[0])));
    Ref<> selectors = TRY(get_iterator(py, Borrowed<>(words[1])));
    return make<Compress>(py, type, std::move(data), std::move(selectors));
}

Next next_compress(Python& py, Borrowed<Compress> self) {
    for (;;) {
        Next item = next(py, *self->function);
        if (item.raised() || item.ended()) return item;
        Next selector = next(py, *self->iterator);
        if (selector.raised() || selector.ended()) return selector;
        if (TRY(truth(py, std::move(selector).take()))) return item;
        CHECK(poll(py));
    }
}

// ---- pairwise

struct Pairwise : Object {
    Member<> iterator, previous;         // null iterator: ended
    explicit Pairwise(Ref<> it) : iterator(std::move(it)) {}
    static constexpr auto fields = std::tuple{&Pairwise::iterator, &Pairwise::previous};
    static Type& type() { return pairwise_type; }
};

Result<Ref<>> construct_pairwise(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    if (!takes(py, "pairwise", type, pairwise_type, n, names, 1, 1)) return Raised{};
    return make<Pairwise>(py, type, TRY(get_iterator(py, Borrowed<>(args[0]))));
}

Next next_pair(Python& py, Borrowed<Pairwise> self) {
    Maybe<> iterator = self->iterator.load(self.get());
    if (!iterator) return Next::end();
    auto stop = [&](Next result) {
        self->iterator.store(self.get(), {});
        self->previous.store(self.get(), {});
        return result;
    };
    Maybe<> first = self->previous.load(self.get());
    if (!first) {
        Next item = next(py, *iterator);
        if (item.raised() || item.ended()) return stop(std::move(item));
        first = std::move(item).take();
        // Reading may have run the iterator again; what it read is the newer item then.
        self->previous.store(self.get(), Maybe<>(share(first.value())));
        iterator = self->iterator.load(self.get());
        if (!iterator) return stop(Next::end());
    }
    Next item = next(py, *iterator);
    if (item.raised() || item.ended()) return stop(std::move(item));
    Ref<> second = std::move(item).take();
    self->previous.store(self.get(), Maybe<>(second.share()));
    return Next(TRY(make_tuple_of(py, std::move(first).take(), std::move(second))));
}

constexpr TypeDef dropwhile_def = iterator_def<DropWhile>(
    "itertools.dropwhile", "predicate, iterable, /",
    "Leave out items as long as predicate(item) is true.\n\nFrom the first for which it is false on, gives every item.",
    new_of<construct<DropWhile>>, iterator_slots<DropWhile, next_dropwhile>);
constexpr TypeDef takewhile_def = iterator_def<TakeWhile>("itertools.takewhile", "predicate, iterable, /",
                                                          "Give items as long as predicate(item) is true.",
                                                          new_of<construct<TakeWhile>>, iterator_slots<TakeWhile, next_takewhile>);
constexpr TypeDef filterfalse_def = iterator_def<FilterFalse>(
    "itertools.filterfalse", "function, iterable, /",
    "Give the items for which function(item) is false.\n\nIf function is None, the items that are false.",
    new_of<construct<FilterFalse>>, iterator_slots<FilterFalse, next_filterfalse>);
constexpr TypeDef starmap_def = iterator_def<StarMap>("itertools.starmap", "function, iterable, /",
                                                      "Give what the function returns for arguments that are tuples already.",
                                                      new_of<construct<StarMap>>, iterator_slots<StarMap, next_starmap>);
constexpr TypeDef compress_def = iterator_def<Compress>("itertools.compress", "data, selectors",
                                                        "Give the data items whose selectors are true.\n\n"
                                                        "Ends with the shorter of the two.",
                                                        new_of<construct_compress>, iterator_slots<Compress, next_compress>);
constexpr TypeDef pairwise_def = iterator_def<Pairwise>("itertools.pairwise", "iterable, /",
                                                        "Give pairs of neighbouring items: s -> (s0, s1), (s1, s2), ...",
                                                        new_of<construct_pairwise>, iterator_slots<Pairwise, next_pair>);

}  // namespace

ORO_TYPE(dropwhile_type, dropwhile_def);
ORO_TYPE(takewhile_type, takewhile_def);
ORO_TYPE(filterfalse_type, filterfalse_def);
ORO_TYPE(starmap_type, starmap_def);
ORO_TYPE(compress_type, compress_def);
ORO_TYPE(pairwise_type, pairwise_def);

}  // namespace oro::itertools
