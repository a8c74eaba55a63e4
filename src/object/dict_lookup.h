// Searching a table for a key of any type as far as that runs no Python.
#pragma once
#include "object/dict_table.h"

namespace oro {

// hash(key); a TypeError becomes "cannot use 'list' as a dict key (unhashable type: 'list')", `use` being "a dict key".
Result<std::int64_t> hash_key(Python& py, Borrowed<> key, char const* use);

namespace dict_table {

inline constexpr std::size_t kUnsure = kRetry - 1;   // a stored key has to be compared by its __eq__

enum class Match : std::uint8_t { no, yes, unsure };

// Compares two keys of the same hash without running Python; both are counted by somebody.
Match quick_match(Value stored, Value key, int depth = 2);

// Drops a count; if it was the last one, the object is destroyed later (the caller of find_any sees to it by
// destroy_dropped): destroying may run Python, and then a table that is no longer published is gone.
inline void drop_quietly(Value v) {
    if (!v.is_pointer()) return;
    Mutator& m = *current_mutator;
    ++m.sections;
    detail::decref(v.pointer());
    --m.sections;
}
inline void destroy_dropped(Thread& t) {
    if (t.doomed) [[unlikely]] destroy_doomed(t);
}

// Shared::yes: call destroy_dropped once the result has been used.
template <Shared S, class I>
std::size_t find_any_in(DictKeys const& k, std::atomic<I>* index, Value key, std::int64_t hash) {
    DictEntry const* entries = k.entries();
    for (Probe p(hash, mask_of(k));; p.advance()) {
        I ix = index[p.i].load(std::memory_order_acquire);
        if (ix < kDeletedIndex<I>) [[likely]] {
            DictEntry const& e = entries[ix];
            Value stored = e.key.peek();
            if (stored == key) [[likely]] return ix;
            if (e.hash.load(std::memory_order_relaxed) != hash) continue;
            Match m;
            if constexpr (S == Shared::yes) {
                bool retry = false;
                stored = e.key.try_share(&retry);
                if (retry || stored.is_null()) return kRetry;
                m = quick_match(stored, key);
                drop_quietly(stored);
            } else {
                m = quick_match(stored, key);
            }
            if (m == Match::yes) return ix;
            if (m == Match::unsure) return kUnsure;
        } else if (ix == kEmptyIndex<I>) {
            return kAbsent;
        }
    }
}

template <Shared S> [[gnu::always_inline]] inline std::size_t find_any(DictKeys const& k, Value key, std::int64_t hash) {
    return with_indexes(k, [&](auto* index) { return find_any_in<S>(k, index, key, hash); });
}

// A number that this table alone ever has; given under the lock or without it, and never to the shared empty table.
std::uint64_t id_of(DictKeys& k);

// A place found while Python ran, to be checked before it is used.
struct Found {
    DictKeys* keys;
    std::uint64_t id;
    std::size_t ix;        // kAbsent: no such key
    Value key;             // of the entry, for comparing only
    std::size_t entries;   // entries at the time
};
Result<Found> search_slow(Python& py, Dict& dict, Value key, std::int64_t hash);
// Whether the place still is what it was.
bool still_valid(Dict& dict, Found const& f);

// Calls f(ix) with the lock held, ix being the key's entry or kAbsent.
template <class F> Result<void> with_place(Python& py, Dict& dict, Value key, std::int64_t hash, F&& f) {
    {
        Section section(py, &dict);
        std::size_t ix = find_any<Shared::no>(*dict.guarded.keys.load(std::memory_order_relaxed), key, hash);
        if (ix != kUnsure) [[likely]] {
            f(ix);
            return {};
        }
    }
    for (;;) {
        Found found = TRY(search_slow(py, dict, key, hash));
        Section section(py, &dict);
        if (still_valid(dict, found)) {
            f(found.ix);
            return {};
        }
    }
}

}  // namespace dict_table

}  // namespace oro
