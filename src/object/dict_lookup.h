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
            if (e.hash.load(std::memory_order_relaxed) != hash || stored.is_null()) continue;
            Match m;
            if constexpr (S == Shared::yes) {
                bool retry = false;
                stored = e.key.try_share(&retry);
                if (retry) return kRetry;
                if (stored.is_null()) continue;
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

}  // namespace dict_table

}  // namespace oro
