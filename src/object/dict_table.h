// The table of a dict: reading and writing its indexes, walking its probe sequence. For dict*.cpp and what specialises on it.
//
// Readers may be without the dict's lock: then a key may only be looked into after a count of it was taken (Shared::yes).
// Everything that writes holds the lock.
#pragma once
#include "object/dict.h"
#include "object/str.h"

namespace oro::dict_table {

inline constexpr std::size_t kAbsent = ~std::size_t(0);
inline constexpr std::size_t kRetry = kAbsent - 1;     // a key could not be counted or is on the move: look again under the lock
inline constexpr std::uint8_t kSmallest = 3;           // log2 of the smallest table that can hold anything

// Index words: the largest number is 'empty', the one below 'deleted'.
template <class I> inline constexpr I kEmptyIndex = I(~I(0));
template <class I> inline constexpr I kDeletedIndex = I(~I(0) - 1);

inline std::size_t mask_of(DictKeys const& k) { return (std::size_t(1) << k.log2_size) - 1; }

template <class I> std::atomic<I>* indexes(DictKeys const& k) {
    return reinterpret_cast<std::atomic<I>*>(const_cast<DictEntry*>(k.entries() + k.capacity()));
}

// Calls f with the index words, of the width that this table has.
template <class F> [[gnu::always_inline]] inline decltype(auto) with_indexes(DictKeys const& k, F&& f) {
    switch (k.index_width) {
        case 1: return f(indexes<std::uint8_t>(k));
        case 2: return f(indexes<std::uint16_t>(k));
        case 4: return f(indexes<std::uint32_t>(k));
        default: return f(indexes<std::uint64_t>(k));
    }
}

// The order in which the places of a hash are looked at.
struct Probe {
    std::size_t i, mask;
    std::uint64_t rest;
    Probe(std::int64_t hash, std::size_t m) : i(std::size_t(hash) & m), mask(m), rest(std::uint64_t(hash)) {}
    void advance() {
        rest >>= 5;
        i = (i * 5 + rest + 1) & mask;
    }
};

inline bool is_exact_str(Value v) { return v.is_pointer() && &type_of(v) == &Str::type(); }

// The hash of an immediate int, as hash(int) defines it: modulo 2**61 - 1, keeping the sign, never -1.
inline std::int64_t hash_of_int(std::int64_t n) {
    constexpr std::int64_t kModulus = (std::int64_t(1) << 61) - 1;
    if (n >= kModulus || n <= -kModulus) [[unlikely]] n %= kModulus;
    return n == -1 ? -2 : n;
}

enum class Shared : bool { no, yes };

// The entry of a str key. Tables may hold keys of other types: instances of str subclasses are compared by their text,
// others never match.
template <Shared S, class I>
std::size_t find_str_in(DictKeys const& k, std::atomic<I>* index, Str const& name, std::int64_t hash) {
    DictEntry const* entries = k.entries();
    for (Probe p(hash, mask_of(k));; p.advance()) {
        I ix = index[p.i].load(std::memory_order_acquire);
        if (ix < kDeletedIndex<I>) [[likely]] {
            DictEntry const& e = entries[ix];
            Value key = e.key.peek();
            if (key == Value::of(&name)) [[likely]] return ix;
            if (e.hash.load(std::memory_order_relaxed) != hash) continue;
            if (key.is_pointer()) {
                if constexpr (S == Shared::yes) {
                    bool retry = false;
                    Value counted = e.key.try_share(&retry);
                    if (retry) return kRetry;
                    if (counted.is_null()) return kRetry;  // deleted or moved just now
                    // Dropping the last count of anything but a plain str may run Python, and then `k` may be gone.
                    bool plain = is_exact_str(counted);
                    bool same = plain && equal(*static_cast<Str*>(counted.pointer()), name);
                    detail::decref(counted);
                    if (!plain) return kRetry;
                    if (same) return ix;
                } else {
                    if (type_of(key).has(type_flag::str) && equal(*static_cast<Str*>(key.pointer()), name)) return ix;
                }
            } else if (S == Shared::yes && key.is_null()) {
                return kRetry;
            }
        } else if (ix == kEmptyIndex<I>) {
            return kAbsent;
        }
    }
}

template <Shared S> [[gnu::always_inline]] inline std::size_t find_str(DictKeys const& k, Str const& name, std::int64_t hash) {
    return with_indexes(k, [&](auto* index) { return find_str_in<S>(k, index, name, hash); });
}

// ---- writing; the lock is held (or nobody else knows the table)

DictKeys* empty_table();
inline bool is_shared_empty(DictKeys const* k) { return k->log2_size == 0; }

// A table for at least `entries`; null without memory.
DictKeys* make_table(std::size_t entries);

// Enters entry number `ix` under its hash.
inline void enter_index(DictKeys& k, std::int64_t hash, std::size_t ix) {
    with_indexes(k, [&](auto* index) {
        using I = decltype(index->load());
        Probe p(hash, mask_of(k));
        while (index[p.i].load(std::memory_order_relaxed) < kDeletedIndex<I>) p.advance();
        index[p.i].store(I(ix), std::memory_order_release);
    });
}

// Fills entry `n` of a table that nobody else knows yet.
inline void append_fresh(DictKeys& k, std::size_t n, Value key, std::int64_t hash, Value value) {
    DictEntry& e = k.entries()[n];
    e.hash.store(hash, std::memory_order_relaxed);
    e.key.store(key);
    e.value.store(value);
    enter_index(k, hash, n);
}
inline void set_count(DictKeys& k, std::size_t n) {
    k.entry_count.store(n, std::memory_order_relaxed);
    k.tail = n;
}

// A table with room for one more entry at least, holding the live entries of the current one: published, the old one
// retired. Null without memory.
DictKeys* grow(Dict& dict);

// Appends a pair that isn't in the dict; takes over both counts if it succeeds. False without memory.
inline bool append_entry(Dict& dict, Value key, std::int64_t hash, Value value, bool exact_str) {
    DictKeys* k = dict.guarded.keys.load(std::memory_order_relaxed);
    std::size_t n = k->entry_count.load(std::memory_order_relaxed);
    if (n == k->capacity()) [[unlikely]] {
        k = grow(dict);
        if (!k) return false;
        n = k->entry_count.load(std::memory_order_relaxed);
    }
    k->version.store(0, std::memory_order_release);
    if (!exact_str) k->simple.store(false, std::memory_order_release);
    DictEntry& e = k->entries()[n];
    e.hash.store(hash, std::memory_order_relaxed);
    e.value.store(value);
    e.key.store(key);
    enter_index(*k, hash, n);
    k->entry_count.store(n + 1, std::memory_order_release);
    k->tail = n + 1;
    dict.guarded.used.store(dict.guarded.used.load(std::memory_order_relaxed) + 1, std::memory_order_release);
    return true;
}

// Takes an entry out; the counts of key and value go to the caller.
struct Pair {
    Value key, value;
};
Pair remove_entry(Dict& dict, std::size_t ix);

// The last live entry; kAbsent if there is none.
std::size_t last_entry(DictKeys& k);

// Drops the references of a table that is no longer published, and frees it after a grace period.
void drop_table(DictKeys* k);

// What the lock protected is looked at after the lock: a value of an entry found without the lock. Null and *retry set if it
// has to be read under the lock, because it was deleted or moved just now, or the table is no longer the dict's.
inline Value read_value(Dict const& dict, DictKeys const* k, std::size_t ix, bool* retry) {
    Value v = k->entries()[ix].value.try_share(retry);
    if (!*retry && (v.is_null() || dict.guarded.keys.load(std::memory_order_acquire) != k)) [[unlikely]] {
        detail::decref(v);
        v = Value{};
        *retry = true;
    }
    return v;
}

// A count that other threads can take without the lock from now on.
inline Value share_concurrent(Value v) {
    if (v.is_pointer()) {
        detail::incref(v.pointer());
        detail::allow_concurrent(v.pointer());
    }
    return v;
}

}  // namespace oro::dict_table
