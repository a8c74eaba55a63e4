#include "object/snapshot.h"

#include "object/set.h"
#include "object/tuple.h"

namespace oro {

extern Type dict_keys_type, dict_values_type, dict_items_type;

namespace {

// Keys, values, or both in turns.
void take_entries(Thread& t, Borrowed<Dict> dict, DictPart part, std::vector<Value>& out) {
    for (;;) {
        std::size_t room = dict->size() * (part == DictPart::items ? 2 : 1);
        out.reserve(room);
        Locked<Dict> locked(t, dict);
        std::size_t used = locked->used.load(std::memory_order_relaxed);
        if (used * (part == DictPart::items ? 2 : 1) > out.capacity()) continue;  // allocating is not for sections
        DictKeys* k = locked->keys.load(std::memory_order_relaxed);
        for (std::size_t i = 0, end = k->entry_count.load(std::memory_order_relaxed); i < end; ++i) {
            DictEntry& e = k->entries()[i];
            Value key = e.key.peek_relaxed();
            if (key.is_null()) continue;
            if (part != DictPart::values) out.push_back(oro::share(key).release());
            if (part != DictPart::keys) out.push_back(oro::share(e.value.peek_relaxed()).release());
        }
        return;
    }
}

void take_set(Thread& t, Borrowed<Set> set, std::vector<Value>& out) {
    for (;;) {
        out.reserve(set->size());
        Locked<Set> locked(t, set);
        if (locked->used.load(std::memory_order_relaxed) > out.capacity()) continue;
        SetTable* k = locked->table.load(std::memory_order_relaxed);
        for (std::size_t i = 0; i <= k->mask; ++i) {
            Value item = k->entries()[i].item.peek_relaxed();
            if (!item.is_null() && item != kDummy) out.push_back(oro::share(item).release());
        }
        return;
    }
}

// Makes tuples of the pairs that stand one after the other.
Result<void> pair_up(Thread& t, std::vector<Value>& out) {
    std::size_t n = out.size() / 2, made = 0;
    bool failed = false;
    for (std::size_t i = 0; i < n; ++i) {
        Ref<> key = Ref<>::adopt(out[2 * i]), value = Ref<>::adopt(out[2 * i + 1]);
        if (failed) continue;
        auto pair = make_tuple_of(t, std::move(key), std::move(value));
        failed = pair.raised();
        if (!failed) out[made++] = Ref<>(std::move(pair).take()).release();
    }
    out.resize(made);
    if (!failed) return {};
    for (Value v : out) detail::decref(v);
    out.clear();
    return Raised{};
}

}  // namespace

Result<bool> snapshot(Thread& t, Borrowed<> iterable, std::vector<Value>& out) {
    if (t.alone || !iterable.value().is_pointer()) return false;
    Type& type = type_of(iterable);
    // OrderedDict and its views, and other native subclasses, keep to the order of the dict's table.
    auto kind_of = [&](Type& base) { return &type == &base || (type.base == &base && !type.has(type_flag::heap)); };
    auto dict_of = [&] { return *static_cast<DictView*>(iterable.value().pointer())->dict; };
    if (kind_of(dict_type)) take_entries(t, as<Dict>(iterable), DictPart::keys, out);
    else if (kind_of(dict_keys_type)) take_entries(t, dict_of(), DictPart::keys, out);
    else if (kind_of(dict_values_type)) take_entries(t, dict_of(), DictPart::values, out);
    else if (kind_of(dict_items_type)) take_entries(t, dict_of(), DictPart::items, out);
    else if (&type == &set_type || &type == &frozenset_type) take_set(t, as_any_set(iterable.value()), out);
    else return false;
    if (kind_of(dict_items_type)) CHECK(pair_up(t, out));
    return true;
}

}  // namespace oro
