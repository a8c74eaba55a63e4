// Views of an OrderedDict and the iterators over them. An iterator takes its item under its own lock, so that each item goes to one
// thread, and sees by the dict's state whether anything changed the order since it was made. The dict's lock it takes only if
// reading without it fails: threads that walk over one dict don't wait for each other.
#include "modules/_collections/ordered_dict.h"

#include "object/dict_table.h"
#include "object/iterator.h"
#include "types/iterators.h"
#include "types/views.h"

namespace oro::collections {

namespace {

struct OrderedIterator : Object {
    struct Guarded {
        DictState state;
        std::size_t position;            // of the entry that comes next, or of an empty one before it; backwards, one more
        std::size_t left;
    } guarded;
    Fixed<OrderedDict> dict;             // null: ended while the thread was alone
    DictPart const part;
    End const from;
    OrderedIterator(Ref<OrderedDict> d, Guarded const& g, DictPart p, End f) : guarded(g), dict(std::move(d)), part(p), from(f) {}
    static constexpr auto fields = std::tuple{&OrderedIterator::dict};
    static Type& type();
};
using Self = Borrowed<OrderedIterator>;

struct Item {
    Maybe<> key, value;                  // one or both, as the iterator's part says
    bool found() const { return key || value; }
};

// The next live entry from the iterator's position on; null if there is none. The position is left behind it.
DictEntry* next_entry(DictKeys& k, OrderedIterator::Guarded const& it, End from, std::size_t* position) {
    for (*position = it.position; from == End::front ? *position < it.state.entries : *position > 0;) {
        DictEntry& e = k.entries()[from == End::front ? (*position)++ : --*position];
        if (!e.key.peek().is_null()) return &e;
    }
    return nullptr;
}

// Without the dict's lock, holding the iterator's. Nothing found: look under the dict's.
Item take_unlocked(OrderedIterator& self) {
    OrderedDict& dict = *self.dict.get();
    OrderedIterator::Guarded& it = self.guarded;
    DictKeys* k = dict.keys();
    if (k->id.load(std::memory_order_acquire) != it.state.table) return {};
    std::size_t position;
    DictEntry* e = next_entry(*k, it, self.from, &position);
    if (!e) return {};
    bool retry = false;
    Item item;
    if (self.part != DictPart::values) item.key = Maybe<>::adopt(e->key.try_share(&retry));
    if (self.part != DictPart::keys && !retry) item.value = Maybe<>::adopt(e->value.try_share(&retry));
    bool whole = (self.part == DictPart::values || item.key) && (self.part == DictPart::keys || item.value);
    if (!whole || !still_in_state(dict, dict.ends, k, it.state)) return {};
    it.position = position;
    --it.left;
    return item;
}

// Holding both locks.
Item take_locked(Thread& t, OrderedIterator& self, bool* mutated) {
    OrderedDict& dict = *self.dict.get();
    OrderedIterator::Guarded& it = self.guarded;
    if (it.left == 0) return {};
    *mutated = state_of(dict, dict.ends) != it.state;
    it.left = *mutated ? 0 : it.left - 1;
    if (*mutated) return {};
    DictEntry& e = *next_entry(*dict.guarded.keys.load(std::memory_order_relaxed), it, self.from, &it.position);
    // Other threads, if there are any, can do without the lock the next time.
    auto counted = [&](Slot const& slot) {
        Value v = slot.peek_relaxed();
        return Maybe<>::adopt(t.alone ? share(v).release() : dict_table::share_concurrent(v));
    };
    Item item;
    if (self.part != DictPart::values) item.key = counted(e.key);
    if (self.part != DictPart::keys) item.value = counted(e.value);
    return item;
}

Next next_item(Thread& t, Self self) {
    if (!self->dict) return Next::end();
    Item item;
    bool mutated = false;
    if (!t.alone) {
        Section section(t, self.get());
        if (self->guarded.left == 0) return Next::end();
        item = take_unlocked(*self);
    }
    if (!item.found()) {
        Section2 section(t, self.get(), self->dict.get());
        item = take_locked(t, *self, &mutated);
    }
    if (item.key && item.value) return Next(TRY(make_tuple_of(t, std::move(item.key).take(), std::move(item.value).take())));
    if (item.found()) return Next(std::move(item.key ? item.key : item.value).take());
    if (t.alone) self->dict.reset();  // so that it can die before its iterator
    if (mutated) return raise_mutated(t);
    return Next::end();
}

Result<Ref<>> iter_self(Thread&, Self self) { return self.share(); }

// (iter, ([what is left],)): from a copy of the iterator.
Result<Ref<Tuple>> reduce(Python& py, Self self) {
    Ref<> function = TRY(builtin_named(py, "iter"));
    Ref<List> rest = TRY(make_list(py));
    if (self->dict) {
        OrderedIterator::Guarded at;
        {
            Section section(py, self.get());
            at = self->guarded;
        }
        CHECK(list_extend(py, rest, TRY(make<OrderedIterator>(py, OrderedIterator::type(), self->dict.share(), at, self->part, self->from))));
    }
    return reduce_iteration(py, std::move(function), std::move(rest), {});
}

constexpr MethodDef iterator_methods[] = {def<reduce>("__reduce__", "", "Give what pickle needs.")};
constexpr SlotDef iterator_slots[] = {slot<Dunder::iter, iter_self>, slot<Dunder::next, next_item>};
constexpr TypeDef iterator_def{
    .name = "odict_iterator", .size = sizeof(OrderedIterator), .flags = type_flag::disallow_new,
    .hooks = hooks_of<OrderedIterator>(), .methods = iterator_methods, .slots = iterator_slots,
};
ORO_TYPE(iterator_type, iterator_def);
Type& OrderedIterator::type() { return iterator_type; }

// ---- views: those of dict but for their order of iteration

template <DictPart P> struct OrderedView : DictViewOf<P> {
    using DictViewOf<P>::DictViewOf;
    static Type& type();
};

template <DictPart P, End From> Result<Ref<>> iterate(Thread& t, Borrowed<OrderedView<P>> self) {
    return make_ordered_iterator(t, as<OrderedDict>(Borrowed<>(*self->dict)), P, From);
}

template <DictPart P> inline constexpr MethodDef view_methods[] = {
    def<iterate<P, End::back>>("__reversed__", "", "Return an iterator from the last to the first."),
};
template <DictPart P> inline constexpr SlotDef view_slots[] = {slot<Dunder::iter, iterate<P, End::front>>};
template <DictPart P> consteval TypeDef view_def(char const* name, Type* base) {
    return {
        .name = name, .base = base, .size = sizeof(DictView), .flags = type_flag::disallow_new, .hooks = hooks_of<DictView>(),
        .methods = view_methods<P>, .slots = view_slots<P>,
    };
}
constexpr TypeDef keys_def = view_def<DictPart::keys>("odict_keys", &dict_keys_type);
constexpr TypeDef values_def = view_def<DictPart::values>("odict_values", &dict_values_type);
constexpr TypeDef items_def = view_def<DictPart::items>("odict_items", &dict_items_type);
ORO_TYPE(keys_type, keys_def);
ORO_TYPE(values_type, values_def);
ORO_TYPE(items_type, items_def);
template <> Type& OrderedView<DictPart::keys>::type() { return keys_type; }
template <> Type& OrderedView<DictPart::values>::type() { return values_type; }
template <> Type& OrderedView<DictPart::items>::type() { return items_type; }

}  // namespace

Result<Ref<>> make_ordered_iterator(Thread& t, Borrowed<OrderedDict> dict, DictPart part, End from) {
    OrderedIterator::Guarded at;
    {
        Section section(t, dict.get());
        at.state = state_of(*dict, dict->ends);
        at.left = at.state.used;
        std::size_t i = entry_at(*dict, dict->ends, from);
        at.position = from == End::front ? i : i + 1;
    }
    return make<OrderedIterator>(t, iterator_type, dict.share(), at, part, from);
}

Result<Ref<>> make_ordered_view(Thread& t, Borrowed<OrderedDict> dict, DictPart part) {
    Type& type = part == DictPart::keys ? keys_type : part == DictPart::values ? values_type : items_type;
    return make<DictView>(t, type, dict.share());
}

}  // namespace oro::collections
