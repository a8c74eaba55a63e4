// zip and map. Each next() takes one item of every iterator; threads that share a zip may mix rounds, as with any iterator that
// reads several others.
#include "object/define.h"
#include "object/iterator.h"
#include "types/arguments.h"

namespace oro {

namespace {

// What both have: the iterators, and strict=.
struct Parallel : Object {
    Fixed<Tuple> iterators;
    Fixed<> function;                    // of map
    std::atomic<bool> strict;
    Parallel(Ref<Tuple> its, Maybe<> f, bool s) : iterators(std::move(its)), function(std::move(f)), strict(s) {}
    static constexpr auto fields = std::tuple{&Parallel::iterators, &Parallel::function};
};
struct Zip : Parallel {
    using Parallel::Parallel;
    static Type& type();
};
struct Map : Parallel {
    using Parallel::Parallel;
    static Type& type();
};

// The keyword strict=; others are TypeErrors.
Result<bool> strict_keyword(Python& py, char const* function, Value const* values, Tuple* names) {
    bool strict = false;
    for (std::size_t i = 0; names && i < names->size; ++i) {
        Str& name = *static_cast<Str*>(names->slots[i].pointer());
        if (!equal(name, "strict"))
            return raise(py, exc::TypeError, "{}() got an unexpected keyword argument '{}'", function, Borrowed<Str>(name));
        strict = TRY(truth(py, Borrowed<>(values[i])));
    }
    return strict;
}

Result<Ref<Tuple>> iterators_of(Python& py, Value const* iterables, std::size_t n) {
    Ref<Tuple> iterators = TRY(make_tuple_uninitialized(py, n));
    for (std::size_t i = 0; i < n; ++i) iterators->slots[i] = Ref<>(TRY(get_iterator(py, Borrowed<>(iterables[i])))).release();
    return iterators;
}

// Iterator `i` has ended first. If all must be of one length, the others must have ended as well.
Next end_of(Python& py, Parallel& self, char const* function, std::size_t i) {
    if (!self.strict.load(std::memory_order_relaxed)) return Next::end();
    if (i > 0) {
        return raise(py, exc::ValueError, "{}() argument {} is shorter than argument{}{}", function, i + 1, i == 1 ? " " : "s 1-", i);
    }
    for (std::size_t j = 1; j < self.iterators->size; ++j) {
        Next item = next(py, self.iterators->at(j));
        if (item.raised()) return item;
        if (item.ended()) continue;
        return raise(py, exc::ValueError, "{}() argument {} is longer than argument{}{}", function, j + 1, j == 1 ? " " : "s 1-", j);
    }
    return Next::end();
}

Result<Ref<>> construct_zip(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    bool strict = TRY(strict_keyword(py, "zip", args + n, names));
    return make<Zip>(py, type, TRY(iterators_of(py, args, n)), Maybe<>(), strict);
}
Value new_zip(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    return construct_zip(py, type, args, n, names).release();
}

Next next_zip(Python& py, Borrowed<Zip> self) {
    std::size_t n = self->iterators->size;
    if (n == 0) return Next::end();
    Ref<Tuple> round = TRY(make_tuple_uninitialized(py, n));
    for (std::size_t i = 0; i < n; ++i) {
        Next item = next(py, self->iterators->at(i));
        if (item.raised()) return item;
        if (item.ended()) return end_of(py, *self, "zip", i);
        round->slots[i] = std::move(item).release();
    }
    return Next(std::move(round));
}

Result<Ref<>> construct_map(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    bool strict = TRY(strict_keyword(py, "map", args + n, names));
    if (n < 2) return raise(py, exc::TypeError, "map() must have at least two arguments.");
    return make<Map>(py, type, TRY(iterators_of(py, args + 1, n - 1)), Maybe<>(share(args[0])), strict);
}
Value new_map(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    return construct_map(py, type, args, n, names).release();
}

Next next_map(Python& py, Borrowed<Map> self) {
    std::size_t n = self->iterators->size;
    if (n == 1) {
        Next item = next(py, self->iterators->at(0));
        if (item.raised() || item.ended()) return item;
        return Next(call_with(py, *self->function, std::move(item).take()));
    }
    Ref<Tuple> round = TRY(make_tuple_uninitialized(py, n));
    for (std::size_t i = 0; i < n; ++i) {
        Next item = next(py, self->iterators->at(i));
        if (item.raised()) return item;
        if (item.ended()) return end_of(py, *self, "map", i);
        round->slots[i] = std::move(item).release();
    }
    return Next(call(py, *self->function, round->items()));
}

template <class T> Result<Ref<>> self_iter(Thread&, Borrowed<T> self) { return self.share(); }

// (type, (function, iterators...)), and True if strict
template <class T> Result<Ref<Tuple>> reduce(Thread& t, Borrowed<T> self) {
    std::size_t first = self->function ? 1 : 0;
    Ref<Tuple> args = TRY(make_tuple_uninitialized(t, first + self->iterators->size));
    if (first) args->slots[0] = self->function.share().release();
    for (std::size_t i = 0; i < self->iterators->size; ++i) args->slots[first + i] = self->iterators->at(i).share().release();
    Ref<> type = share(Value::of(&type_of(Borrowed<>(self))));
    if (!self->strict.load()) return make_tuple_of(t, std::move(type), std::move(args));
    return make_tuple_of(t, std::move(type), std::move(args), Ref<>::immediate(kTrue));
}
template <class T> Result<void> setstate(Python& py, Borrowed<T> self, Borrowed<> state) {
    self->strict.store(TRY(truth(py, state)));
    return {};
}

template <class T> inline constexpr MethodDef parallel_methods[] = {
    def<reduce<T>>("__reduce__", "", "Give what pickle needs."),
    def<setstate<T>>("__setstate__", "object, /", "Set whether all iterables must be of one length."),
};
constexpr SlotDef zip_slots[] = {slot<Dunder::iter, self_iter<Zip>>, slot<Dunder::next, next_zip>};
constexpr SlotDef map_slots[] = {slot<Dunder::iter, self_iter<Map>>, slot<Dunder::next, next_map>};
constexpr TypeDef zip_def{
    .name = "zip",
    .doc = "Iterate over tuples of the first items of all iterables, then of the second ones, and so on.\n\n"
           "Ends with the shortest iterable; with strict true, iterables of different lengths are a ValueError.\n\n"
           "   >>> list(zip('abc', range(3)))\n   [('a', 0), ('b', 1), ('c', 2)]",
    .signature = "*iterables, strict=False",
    .size = sizeof(Zip),
    .flags = type_flag::subclassable,
    .hooks = hooks_of<Zip>(),
    .new_ = new_zip,
    .methods = parallel_methods<Zip>,
    .slots = zip_slots,
};
constexpr TypeDef map_def{
    .name = "map",
    .doc = "Iterate over what the function gives for the items of the iterables, one of each for a call.\n\n"
           "Ends with the shortest iterable; with strict true, iterables of different lengths are a ValueError.",
    .signature = "function, iterable, /, *iterables, strict=False",
    .size = sizeof(Map),
    .flags = type_flag::subclassable,
    .hooks = hooks_of<Map>(),
    .new_ = new_map,
    .methods = parallel_methods<Map>,
    .slots = map_slots,
};
ORO_TYPE(zip_type, zip_def);
ORO_TYPE(map_type, map_def);
Type& Zip::type() { return zip_type; }
Type& Map::type() { return map_type; }

}  // namespace

}  // namespace oro
