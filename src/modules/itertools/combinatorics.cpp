// product, permutations, combinations, combinations_with_replacement. The positions stand behind the iterator's lock; making the next
// tuple runs no Python.
#include <vector>

#include "modules/itertools/itertools.h"

namespace oro::itertools {

namespace {

// What the four have in common: pools (one, or one for each position), positions, and where they stand.
struct Positions : Object {
    struct Guarded {
        std::vector<std::size_t> indices, cycles;
        bool started = false, stopped = false;
    } guarded;
    Fixed<Tuple> pool;                   // of items; of tuples for product
    std::size_t r;
    Positions(Ref<Tuple> p, std::size_t k) : pool(std::move(p)), r(k) {}
    static constexpr auto fields = std::tuple{&Positions::pool};
};
struct Product : Positions {
    using Positions::Positions;
    static Type& type() { return product_type; }
    Borrowed<> item(std::size_t place, std::size_t i) { return static_cast<Tuple*>(pool->slots[place].pointer())->at(i); }
    // The next positions; false at the end.
    static bool advance(Guarded& g, Product& self) {
        for (std::size_t place = self.r; place-- > 0;) {
            std::size_t size = static_cast<Tuple*>(self.pool->slots[place].pointer())->size;
            if (++g.indices[place] < size) return true;
            g.indices[place] = 0;
        }
        return false;
    }
};
struct Combinations : Positions {
    using Positions::Positions;
    static Type& type() { return combinations_type; }
    Borrowed<> item(std::size_t, std::size_t i) { return pool->at(i); }
    static bool advance(Guarded& g, Combinations& self) {
        std::size_t n = self.pool->size, place = self.r;
        while (place > 0 && g.indices[place - 1] == place - 1 + n - self.r) --place;
        if (place == 0) return false;
        std::size_t i = ++g.indices[place - 1];
        for (; place < self.r; ++place) g.indices[place] = ++i;
        return true;
    }
};
struct Replacement : Positions {
    using Positions::Positions;
    static Type& type() { return combinations_with_replacement_type; }
    Borrowed<> item(std::size_t, std::size_t i) { return pool->at(i); }
    static bool advance(Guarded& g, Replacement& self) {
        std::size_t place = self.r;
        while (place > 0 && g.indices[place - 1] + 1 == self.pool->size) --place;
        if (place == 0) return false;
        std::size_t i = g.indices[place - 1] + 1;
        for (--place; place < self.r; ++place) g.indices[place] = i;
        return true;
    }
};
struct Permutations : Positions {
    using Positions::Positions;
    static Type& type() { return permutations_type; }
    Borrowed<> item(std::size_t, std::size_t i) { return pool->at(i); }
    static bool advance(Guarded& g, Permutations& self) {
        std::size_t n = self.pool->size;
        for (std::size_t place = self.r; place-- > 0;) {
            if (--g.cycles[place] == 0) {
                // All choices for this place were made: its index goes to the end.
                std::size_t first = g.indices[place];
                for (std::size_t k = place; k + 1 < n; ++k) g.indices[k] = g.indices[k + 1];
                g.indices[n - 1] = first;
                g.cycles[place] = n - place;
            } else {
                std::swap(g.indices[place], g.indices[n - g.cycles[place]]);
                return true;
            }
        }
        return false;
    }
};

template <class T> Next next_tuple(Thread& t, Borrowed<T> self) {
    Ref<Tuple> result = TRY(make_tuple_uninitialized(t, self->r));
    Locked<T> g(t, self);
    if (g->stopped) return Next::end();
    if (g->started && !T::advance(self->guarded, *self)) {
        g->stopped = true;
        return Next::end();
    }
    g->started = true;
    for (std::size_t i = 0; i < self->r; ++i) result->slots[i] = self->item(i, g->indices[i]).share().release();
    return Next(std::move(result));
}

template <class T> std::int64_t memory_size(Thread& t, Borrowed<T> self) {
    Locked<T> g(t, self);
    return fixed_size(self) + std::int64_t((g->indices.capacity() + g->cycles.capacity()) * sizeof(std::size_t));
}

constexpr std::size_t kMaxPositions = std::size_t(1) << 32;

// ---- constructing

Result<Ref<>> construct_product(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    std::int64_t repeat = 1;
    for (std::size_t i = 0; names && i < names->size; ++i) {
        Str& name = *static_cast<Str*>(names->slots[i].pointer());
        if (!equal(name, "repeat"))
            return raise(py, exc::TypeError, "product() got an unexpected keyword argument '{}'", Borrowed<Str>(name));
        repeat = TRY(to_int64(py, Borrowed<>(args[n + i]), &exc::OverflowError));
        if (repeat < 0) return raise(py, exc::ValueError, "repeat argument cannot be negative");
    }
    std::size_t r;
    if (__builtin_mul_overflow(n, std::size_t(repeat), &r) || r > kMaxPositions)
        return raise(py, exc::OverflowError, "repeat argument too large");
    Ref<Tuple> pools = TRY(make_tuple_uninitialized(py, r));
    bool none_empty = true;
    if (repeat > 0) {
        for (std::size_t i = 0; i < n; ++i) {
            Ref<Tuple> pool = TRY(tuple_from(py, Borrowed<>(args[i])));
            none_empty &= pool->size > 0;
            for (std::size_t k = i; k < r; k += n) pools->slots[k] = Ref<>(pool.share()).release();
        }
    }
    Ref<Product> product = TRY(make<Product>(py, type, std::move(pools), r));
    product->guarded.indices.resize(r);
    product->guarded.stopped = !none_empty;
    return product;
}

// The pool and r of the others; `optional`: r may be missing, then it is the pool's size.
template <class T> Result<Ref<>> construct(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    constexpr bool optional = std::is_same_v<T, Permutations>;
    static constexpr char const* kNames[] = {"iterable", "r"};
    char const* name = T::type().def->name + sizeof("itertools.") - 1;
    Value words[2] = {};
    CHECK(parse_arguments(py, name, kNames, 0, 2, optional ? 1 : 2, args, n, names, words));
    std::int64_t r = -1;
    bool given = words[1] && !(optional && words[1] == kNone);
    if (given && optional && !is_any_int(words[1])) return raise(py, exc::TypeError, "Expected int as r");
    if (given && !optional) {
        // The number is asked for before the iterable.
        r = TRY(to_int64(py, Borrowed<>(words[1]), &exc::OverflowError));
    }
    Ref<Tuple> pool = TRY(tuple_from(py, Borrowed<>(words[0])));
    std::size_t size = pool->size;
    if (given && optional) r = TRY(to_int64(py, Borrowed<>(words[1]), &exc::OverflowError));
    if (!given) r = std::int64_t(size);
    if (r < 0) return raise(py, exc::ValueError, "r must be non-negative");
    constexpr bool replacement = std::is_same_v<T, Replacement>;
    bool stopped = replacement ? size == 0 && r > 0 : std::size_t(r) > size;
    if (!stopped && std::size_t(r) > kMaxPositions) return raise_no_memory(py);
    Ref<T> result = TRY(make<T>(py, type, std::move(pool), stopped ? 0 : std::size_t(r)));
    auto& g = result->guarded;
    g.stopped = stopped;
    if (stopped) return result;
    if constexpr (optional) {
        for (std::size_t i = 0; i < size; ++i) g.indices.push_back(i);
        for (std::size_t i = 0; i < std::size_t(r); ++i) g.cycles.push_back(size - i);
    } else {
        for (std::size_t i = 0; i < std::size_t(r); ++i) g.indices.push_back(replacement ? 0 : i);
    }
    return result;
}

template <class T> inline constexpr MethodDef methods[] = {
    def<memory_size<T>>("__sizeof__", "", "Return the size of the object in memory, in bytes."),
};

constexpr TypeDef product_def = iterator_def<Product>(
    "itertools.product", "*iterables, repeat=1",
    "Give the cartesian product of the iterables, the rightmost changing fastest; like nested for-loops.\n\n"
    "repeat=n takes the iterables n times over.",
    new_of<construct_product>, iterator_slots<Product, next_tuple<Product>>, methods<Product>);
constexpr TypeDef combinations_def = iterator_def<Combinations>(
    "itertools.combinations", "iterable, r", "Give all choices of r items in the order of the iterable, each item once.",
    new_of<construct<Combinations>>, iterator_slots<Combinations, next_tuple<Combinations>>, methods<Combinations>);
constexpr TypeDef replacement_def = iterator_def<Replacement>(
    "itertools.combinations_with_replacement", "iterable, r",
    "Give all choices of r items in the order of the iterable, items any number of times.",
    new_of<construct<Replacement>>, iterator_slots<Replacement, next_tuple<Replacement>>, methods<Replacement>);
constexpr TypeDef permutations_def = iterator_def<Permutations>(
    "itertools.permutations", "iterable, r=None", "Give all arrangements of r items (of all items, by default).",
    new_of<construct<Permutations>>, iterator_slots<Permutations, next_tuple<Permutations>>, methods<Permutations>);

}  // namespace

ORO_TYPE(product_type, product_def);
ORO_TYPE(combinations_type, combinations_def);
ORO_TYPE(combinations_with_replacement_type, replacement_def);
ORO_TYPE(permutations_type, permutations_def);

}  // namespace oro::itertools
