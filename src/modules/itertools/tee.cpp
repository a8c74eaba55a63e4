// tee: several iterators over one source. The items that some of them have not had yet stand in a chain of cells; each iterator points
// to the cell that it reads next. The last cell is always empty: whoever comes to it reads the source and fills it.
//
// Only one thread reads the source at a time, and not from within itself: the others get a RuntimeError, as the documentation has it. Items
// that have been read may be had by any number of threads.
#include "modules/itertools/itertools.h"

namespace oro::itertools {

namespace {

struct TeeCell : Object {
    Member<> item;                       // null: not read yet
    Member<TeeCell> next;                // set before `item`
    static constexpr auto fields = std::tuple{&TeeCell::item, &TeeCell::next};
    static Type& type() { return tee_data_type; }
};

struct TeeSource : Object {
    Fixed<> iterator;
    Member<TeeCell> last;
    std::atomic<bool> being_read{false};   // taken by an exchange; whoever has it may read the source
    TeeSource(Ref<> it, Ref<TeeCell> cell) : iterator(std::move(it)), last(std::move(cell)) {}
    static constexpr auto fields = std::tuple{&TeeSource::iterator, &TeeSource::last};
    static Type& type();
};

struct Tee : Object {
    Fixed<TeeSource> source;
    Member<TeeCell> cell;
    Tee(Ref<TeeSource> s, Ref<TeeCell> c) : source(std::move(s)), cell(std::move(c)) {}
    static constexpr auto fields = std::tuple{&Tee::source, &Tee::cell};
    static Type& type() { return tee_type; }
};
using Self = Borrowed<Tee>;

constexpr TypeDef source_def{
    .name = "itertools._tee_source", .size = sizeof(TeeSource), .flags = type_flag::disallow_new, .hooks = hooks_of<TeeSource>(),
};
ORO_TYPE(source_type, source_def);
Type& TeeSource::type() { return source_type; }

Result<Ref<Tee>> copy(Thread& t, Self self) {
    Maybe<TeeCell> cell = self->cell.load(self.get());
    return make<Tee>(t, tee_type, self->source.share(), std::move(cell).take());
}

// An iterator of its own over a new source, or a copy of what is a tee already.
Result<Ref<Tee>> make_tee(Python& py, Borrowed<> iterable) {
    Ref<> iterator = TRY(get_iterator(py, iterable));
    if (is<Tee>(iterator.value())) return copy(py, as<Tee>(iterator.value()));
    Ref<TeeCell> cell = TRY(make<TeeCell>(py, tee_data_type));
    Ref<TeeSource> source = TRY(make<TeeSource>(py, source_type, std::move(iterator), cell.share()));
    return make<Tee>(py, tee_type, std::move(source), std::move(cell));
}

// Reads the source; false at its end.
Result<bool> read_source(Python& py, Borrowed<TeeSource> source) {
    if (source->being_read.exchange(true, std::memory_order_acquire)) return raise(py, exc::RuntimeError, "cannot re-enter the tee iterator");
    Next item = next(py, *source->iterator);
    source->being_read.store(false, std::memory_order_release);
    if (item.raised()) return Raised{};
    if (item.ended()) return false;
    Ref<TeeCell> empty = TRY(make<TeeCell>(py, tee_data_type));
    Maybe<TeeCell> filled;
    Section section(py, source.get());
    filled = source->last.swap(Maybe<TeeCell>(empty.share()));
    // Nobody else writes to the cell, and nobody looks at `next` before `item` is there.
    Maybe<TeeCell> nothing = filled->next.swap(std::move(empty));
    Maybe<> none_yet = filled->item.swap(std::move(item).take());
    return true;
}

Next next_item(Python& py, Self self) {
    for (;;) {
        Maybe<TeeCell> cell = self->cell.load(self.get());
        Maybe<> item = cell->item.load(cell.operator->());
        if (!item) {
            bool more = TRY(read_source(py, *self->source));
            if (!more) {
                item = cell->item.load(cell.operator->());
                if (!item) return Next::end();
            }
            continue;
        }
        Maybe<TeeCell> following = cell->next.load(cell.operator->()), old;
        Section section(py, self.get());
        if (self->cell.peek().value() != cell.value()) continue;  // another thread had this item
        old = self->cell.swap(std::move(following));
        return Next(std::move(item).take());
    }
}

Result<Ref<>> construct(Python& py, Type&, Value const* args, std::size_t n, Tuple* names) {
    if (!check_positional(py, "_tee", n, names, 1, 1)) return Raised{};
    return make_tee(py, Borrowed<>(args[0]));
}

constexpr MethodDef methods[] = {def<copy>("__copy__", "", "Return an independent iterator that stands at the same place.")};
constexpr TypeDef tee_def = [] {
    TypeDef d = iterator_def<Tee>("itertools._tee", "iterable, /", "An iterator that tee() makes; it can be copied.", new_of<construct>,
                                  iterator_slots<Tee, next_item>, methods);
    d.flags = type_flag::has_weakrefs;
    return d;
}();
constexpr TypeDef data_def{
    .name = "itertools._tee_dataobject", .doc = "A place for an item that some iterators of a tee() have not had yet.",
    .size = sizeof(TeeCell), .flags = type_flag::disallow_new, .hooks = hooks_of<TeeCell>(),
};

}  // namespace

ORO_TYPE(tee_type, tee_def);
ORO_TYPE(tee_data_type, data_def);

Result<Ref<Tuple>> tee(Python& py, Borrowed<> iterable, std::int64_t n) {
    if (n < 0) return raise(py, exc::ValueError, "n must be >= 0");
    Ref<Tuple> result = TRY(make_tuple_uninitialized(py, std::size_t(n)));
    if (n == 0) return result;
    Ref<> iterator = TRY(get_iterator(py, iterable));
    Ref<Str> copy_name = TRY(make_str(py, "__copy__"));
    Maybe<> copier = TRY(find_attribute(py, iterator, copy_name));
    if (!copier || is<Tee>(iterator.value())) {
        iterator = TRY(make_tee(py, iterator));
        copier = TRY(get_attribute(py, iterator, copy_name));
    }
    for (std::int64_t i = 1; i < n; ++i) result->slots[i] = TRY(call(py, *copier, {})).release();
    result->slots[0] = iterator.release();
    return result;
}

}  // namespace oro::itertools
