// dict.update and what else takes pairs from another mapping.
#include "object/call.h"
#include "object/dict_pairs.h"
#include "object/dict_table.h"
#include "object/list.h"
#include "object/tuple.h"

namespace oro {

using namespace dict_table;

DictPairs::DictPairs(Thread& t, Borrowed<Dict> dict) {
    entries.reserve(dict->size());
    Locked<Dict> locked(t, dict);
    DictKeys* k = locked->keys.load(std::memory_order_relaxed);
    for (std::size_t i = 0, end = k->entry_count.load(std::memory_order_relaxed); i < end; ++i) {
        DictEntry& e = k->entries()[i];
        Value key = e.key.peek_relaxed(), value = e.value.peek_relaxed();
        if (key.is_null()) continue;
        detail::incref(key);
        detail::incref(value);
        entries.push_back({key, value, e.hash.load(std::memory_order_relaxed)});
    }
}

DictPairs::~DictPairs() {
    for (; done < entries.size(); ++done) {
        detail::decref(entries[done].key);
        detail::decref(entries[done].value);
    }
}

namespace {

// An empty dict takes the table of a copy.
bool adopt_copy(Thread& t, Borrowed<Dict> dict, Ref<Dict>& copy) {
    DictKeys* old;
    {
        Section section(t, dict.get());
        if (dict->guarded.used.load(std::memory_order_relaxed) != 0) return false;
        DictKeys* k = copy->guarded.keys.exchange(empty_table(), std::memory_order_relaxed);
        dict->guarded.used.store(copy->guarded.used.exchange(0, std::memory_order_relaxed), std::memory_order_release);
        old = dict->guarded.keys.exchange(k, std::memory_order_acq_rel);
    }
    drop_table(old);
    return true;
}

Result<void> merge_dict(Python& py, Borrowed<Dict> dict, Borrowed<Dict> other, bool override) {
    if (dict.get() == other.get() || other->size() == 0) return {};
    if (dict->size() == 0) {
        Ref<Dict> copy = TRY(dict_copy(py, other));
        if (adopt_copy(py, dict, copy)) return {};
    }
    DictPairs pairs(py, other);
    while (pairs.done < pairs.entries.size()) {
        DictPairs::Entry e = pairs.entries[pairs.done++];
        Ref<> key = Ref<>::adopt(e.key), value = Ref<>::adopt(e.value);
        bool plain = dict->keys()->simple.load(std::memory_order_acquire) && is_exact_str(e.key);
        if (override) CHECK(dict_set_item_hashed(py, dict, key, e.hash, std::move(value)));
        else (void)TRY(dict_set_default_hashed(py, dict, key, e.hash, value));
        // Comparing keys may have run Python that changes the other dict; what other threads do to it is no concern here.
        if (!plain && other->size() != pairs.entries.size() && py.alone)
            return raise(py, exc::RuntimeError, "dict mutated during update");
    }
    return {};
}

// Whether a dict is asked for what its table holds. A subclass with an __iter__ of its own decides itself what its keys are. Native
// ones (OrderedDict) keep to the table, and so does a class derived from them if it changes nothing that would be called.
bool gives_its_table(Thread& t, Borrowed<> other) {
    Type& type = type_of(other);
    if (!type.has(type_flag::heap) || type.slot(Dunder::iter) == dict_type.slot(Dunder::iter)) return true;
    Type* native = type.base;
    while (native->has(type_flag::heap)) native = native->base;
    if (type.slot(Dunder::iter) != native->slot(Dunder::iter) || type.slot(Dunder::getitem) != native->slot(Dunder::getitem)) return false;
    return type_lookup(t, type, name::keys()).value() == type_lookup(t, *native, name::keys()).value();
}

}  // namespace

Result<void> dict_merge(Python& py, Borrowed<Dict> dict, Borrowed<> other, bool override) {
    if (is<Dict>(other) && gives_its_table(py, other)) return merge_dict(py, dict, as<Dict>(other), override);
    Ref<> keys = TRY(call_method_with(py, other, name::keys()));
    return for_each(py, keys, [&](Ref<> key) -> Result<void> {
        std::int64_t hash = TRY(dict_hash(py, key));
        if (!override) {
            Maybe<> there = TRY(dict_get_item_hashed(py, dict, key, hash));
            if (there) return {};
        }
        Ref<> value = TRY(get_item(py, other, key));
        return dict_set_item_hashed(py, dict, key, hash, std::move(value));
    });
}

namespace {

// The exception on its way says which element it is about.
void note_element(Python& py, std::size_t i) {
    Maybe<> error = take_raised(py);
    auto note = format_message(py, "Cannot convert dictionary update sequence element #{} to a sequence", {MessageArg(i)});
    if (!note.raised()) {
        Ref<Str> text = std::move(note).take();
        auto add_note = make_interned(py, "add_note");
        if (!add_note.raised()) {
            auto r = call_method_with(py, *error, std::move(add_note).take(), text);
            if (r.raised()) clear_raised(py);
        }
    }
    if (has_raised(py)) clear_raised(py);
    restore_raised(py, std::move(error).take());
}

}  // namespace

Result<void> dict_merge_pairs(Python& py, Borrowed<Dict> dict, Borrowed<> pairs, bool override) {
    std::size_t i = 0;
    return for_each(py, pairs, [&](Ref<> element) -> Result<void> {
        Ref<Tuple> pair = empty_tuple();
        if (is_exact<Tuple>(element.value())) {
            pair = as<Tuple>(std::move(element));
        } else {
            auto items = is_exact<List>(element.value()) ? tuple_from(py, element) : [&]() -> Result<Ref<Tuple>> {
                auto iterator = get_iterator(py, element);
                if (iterator.raised()) {
                    if (!raised_is(py, exc::TypeError)) return Raised{};
                    clear_raised(py);
                    (void)raise(py, exc::TypeError, "object is not iterable");
                    return Raised{};
                }
                Ref<> it = std::move(iterator).take();
                return tuple_from(py, it);
            }();
            if (items.raised()) {
                if (raised_is(py, exc::TypeError)) note_element(py, i);
                return Raised{};
            }
            pair = std::move(items).take();
        }
        if (pair->size != 2) {
            return raise(py, exc::ValueError, "dictionary update sequence element #{} has length {}; 2 is required", i, pair->size);
        }
        ++i;
        if (override) return dict_set_item(py, dict, pair->at(0), pair->at(1).share());
        (void)TRY(dict_set_default(py, dict, pair->at(0), pair->at(1)));
        return {};
    });
}

Result<void> dict_update(Python& py, Borrowed<Dict> dict, Borrowed<> argument) {
    if (is_exact<Dict>(argument)) return dict_merge(py, dict, argument);
    Maybe<> keys = TRY(find_attribute(py, argument, name::keys()));
    return keys ? dict_merge(py, dict, argument) : dict_merge_pairs(py, dict, argument);
}

}  // namespace oro
