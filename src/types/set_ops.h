// What the methods and operators of set and frozenset compute. Arguments called `other` are any iterable.
#pragma once
#include "object/set.h"
#include "object/call.h"
#include "object/dict.h"

namespace oro {

// A set or frozenset of the base class of `like`: the type of results.
Type& base_set_type(Borrowed<Set> like);
// Any set as it is, other iterables gathered into a new set.
Result<Ref<Set>> as_set(Python& py, Borrowed<> other);

Result<void> set_subtract(Python& py, Borrowed<Set> set, Borrowed<> other);
Result<void> set_toggle(Python& py, Borrowed<Set> set, Borrowed<> other);     // symmetric difference
// The items of `other` that are in `set`, as a new set of `type`.
Result<Ref<Set>> set_common(Python& py, Borrowed<Set> set, Borrowed<> other, Type& type);
Result<Ref<Set>> set_without(Python& py, Borrowed<Set> set, Borrowed<> other, Type& type);
Result<bool> set_is_subset(Python& py, Borrowed<Set> a, Borrowed<Set> b);
Result<bool> set_is_disjoint(Python& py, Borrowed<Set> set, Borrowed<> other);
// Looking up an item; a set stands for the frozenset of its items.
Result<bool> set_contains_any(Python& py, Borrowed<Set> set, Borrowed<> item);
Result<bool> set_discard_any(Python& py, Borrowed<Set> set, Borrowed<> item);
Result<std::int64_t> hash_frozenset(Python& py, Borrowed<Set> set);

// Calls f(Ref<> item, hash) -> Result<bool>, false to stop, for the items of any iterable, with the hashes that are known.
template <class F> Result<void> each_hashed(Python& py, Borrowed<> other, F&& f) {
    if (is_any_set(other.value())) {
        std::size_t position = 0;
        Maybe<> item;
        std::int64_t hash;
        Set& set = *as_any_set(other.value());
        while (set_next(py, set, &position, &item, &hash)) {
            if (!TRY(f(std::move(item).take(), hash))) return {};
            CHECK(poll(py));
        }
        return {};
    }
    if (is_exact<Dict>(other)) {
        std::size_t position = 0;
        Maybe<> key;
        std::int64_t hash;
        while (dict_next(py, *as<Dict>(other), &position, &key, nullptr, &hash)) {
            if (!TRY(f(std::move(key).take(), hash))) return {};
            CHECK(poll(py));
        }
        return {};
    }
    Ref<> iterator = TRY(get_iterator(py, other));
    for (;;) {
        Next next_item = next(py, iterator);
        if (next_item.raised()) return Raised{};
        if (next_item.ended()) return {};
        Ref<> item = std::move(next_item).take();
        std::int64_t hash = TRY(set_hash(py, item));
        if (!TRY(f(std::move(item), hash))) return {};
        CHECK(poll(py));
    }
}

}  // namespace oro
