// Iterators over a dict, in both directions. Each entry goes to one caller: the position is moved on by compare-and-swap.
#include "object/iterator.h"
#include "object/list.h"
#include "types/views.h"

namespace oro {

namespace {

Result<Ref<>> item_of(Thread& t, DictPart part, Maybe<> key, Maybe<> value) {
    switch (part) {
        case DictPart::keys: return std::move(key).take();
        case DictPart::values: return std::move(value).take();
        case DictPart::items: break;
    }
    return make_tuple_of(t, std::move(key).take(), std::move(value).take());
}

template <bool Backwards> Next next_entry(Thread& t, DictIterator& it, DictPart part) {
    for (;;) {
        std::int64_t from = it.position.load(std::memory_order_relaxed);
        if (from < 0) return raise(t, exc::RuntimeError, "dictionary changed size during iteration");  // said before
        if (from == kIteratorEnded || !it.dict) return Next::end();
        Dict& dict = *it.dict.get();
        if (dict.size() != it.size_at_start) {
            it.position.store(-1, std::memory_order_relaxed);
            return raise(t, exc::RuntimeError, "dictionary changed size during iteration");
        }
        auto position = std::size_t(from);
        Maybe<> key, value;
        Maybe<>* wanted_key = part == DictPart::values ? nullptr : &key;
        Maybe<>* wanted_value = part == DictPart::keys ? nullptr : &value;
        bool found = Backwards ? dict_previous(t, dict, &position, wanted_key, wanted_value)
                               : dict_next(t, dict, &position, wanted_key, wanted_value);
        if (!found) {
            end_iteration(t, it.position, it.dict);
            return Next::end();
        }
        if (t.alone) {
            it.position.store(std::int64_t(position), std::memory_order_relaxed);
        } else if (!it.position.compare_exchange_strong(from, std::int64_t(position), std::memory_order_acq_rel)) {
            continue;
        }
        // Counted down by whoever has got an entry, so never more often than there were entries at the start, if they are the same ones.
        std::int64_t left = it.left.load(std::memory_order_relaxed);
        if (t.alone) it.left.store(left - 1, std::memory_order_relaxed);
        else left = it.left.fetch_sub(1, std::memory_order_relaxed);
        if (left <= 0) {
            end_iteration(t, it.position, it.dict);
            return raise(t, exc::RuntimeError, "dictionary keys changed during iteration");
        }
        return Next(item_of(t, part, std::move(key), std::move(value)));
    }
}

template <DictPart P, bool B> Next next_of(Thread& t, Borrowed<DictIteratorOf<P, B>> self) { return next_entry<B>(t, *self, P); }
template <DictPart P, bool B> Result<Ref<>> iter_self(Thread&, Borrowed<DictIteratorOf<P, B>> self) { return self.share(); }

template <DictPart P, bool B> std::int64_t hint(Thread&, Borrowed<DictIteratorOf<P, B>> self) {
    if (!self->dict || self->position.load() == kIteratorEnded || self->dict->size() != self->size_at_start) return 0;
    std::int64_t left = self->left.load(std::memory_order_relaxed);
    return left < 0 ? 0 : left;
}

// (iter, ([what is left],)): from a copy of the iterator.
template <DictPart P, bool B> Result<Ref<Tuple>> reduce(Python& py, Borrowed<DictIteratorOf<P, B>> self) {
    Ref<> function = TRY(builtin_named(py, "iter"));
    Ref<List> rest = TRY(make_list(py));
    if (self->dict && self->position.load() != kIteratorEnded) {
        auto copy = TRY((make<DictIteratorOf<P, B>>(py, DictIteratorOf<P, B>::type(), self->dict.share(), self->position.load())));
        copy->size_at_start = self->size_at_start;
        copy->left.store(self->left.load());
        CHECK(list_extend(py, rest, copy));
    }
    return reduce_iteration(py, std::move(function), std::move(rest), {});
}

template <DictPart P, bool B> inline constexpr MethodDef iterator_methods[] = {
    def<hint<P, B>>("__length_hint__", "", "Estimate how many items are left."),
    def<reduce<P, B>>("__reduce__", "", "Give what pickle needs."),
};
template <DictPart P, bool B> inline constexpr SlotDef iterator_slots[] = {
    slot<Dunder::iter, iter_self<P, B>>,
    slot<Dunder::next, next_of<P, B>>,
};
template <DictPart P, bool B> consteval TypeDef iterator_def(char const* name) {
    return {
        .name = name, .size = sizeof(DictIterator), .flags = type_flag::disallow_new, .hooks = hooks_of<DictIterator>(),
        .methods = iterator_methods<P, B>, .slots = iterator_slots<P, B>,
    };
}

constexpr TypeDef keys_def = iterator_def<DictPart::keys, false>("dict_keyiterator");
constexpr TypeDef values_def = iterator_def<DictPart::values, false>("dict_valueiterator");
constexpr TypeDef items_def = iterator_def<DictPart::items, false>("dict_itemiterator");
constexpr TypeDef reverse_keys_def = iterator_def<DictPart::keys, true>("dict_reversekeyiterator");
constexpr TypeDef reverse_values_def = iterator_def<DictPart::values, true>("dict_reversevalueiterator");
constexpr TypeDef reverse_items_def = iterator_def<DictPart::items, true>("dict_reverseitemiterator");

}  // namespace

ORO_TYPE(dict_keyiterator_type, keys_def);
ORO_TYPE(dict_valueiterator_type, values_def);
ORO_TYPE(dict_itemiterator_type, items_def);
ORO_TYPE(dict_reversekeyiterator_type, reverse_keys_def);
ORO_TYPE(dict_reversevalueiterator_type, reverse_values_def);
ORO_TYPE(dict_reverseitemiterator_type, reverse_items_def);

template <> Type& DictIteratorOf<DictPart::keys, false>::type() { return dict_keyiterator_type; }
template <> Type& DictIteratorOf<DictPart::values, false>::type() { return dict_valueiterator_type; }
template <> Type& DictIteratorOf<DictPart::items, false>::type() { return dict_itemiterator_type; }
template <> Type& DictIteratorOf<DictPart::keys, true>::type() { return dict_reversekeyiterator_type; }
template <> Type& DictIteratorOf<DictPart::values, true>::type() { return dict_reversevalueiterator_type; }
template <> Type& DictIteratorOf<DictPart::items, true>::type() { return dict_reverseitemiterator_type; }

Next dict_iterator_next(Thread& t, DictIterator& it, DictPart part) { return next_entry<false>(t, it, part); }

Result<Ref<>> make_dict_iterator(Thread& t, Borrowed<Dict> dict, DictPart part) {
    Type& type = part == DictPart::keys ? dict_keyiterator_type
                 : part == DictPart::values ? dict_valueiterator_type : dict_itemiterator_type;
    return make<DictIterator>(t, type, dict.share(), 0);
}

}  // namespace oro
