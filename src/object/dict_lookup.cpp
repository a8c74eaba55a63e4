// Lookups of keys of any type. A search first decides by identity, hash and the few comparisons that run no Python; only
// when a stored key has the same hash and is of another kind is its __eq__ called: without the lock, and what was found is
// checked against the table afterwards.
//
// While Python runs, a table may be freed and another one made at its address; a table's `id`, given once and never again,
// tells them apart.
#include "object/dict_lookup.h"

#include "object/bytes.h"
#include "object/call.h"
#include "object/float.h"
#include "object/int.h"
#include "object/tuple.h"

namespace oro {

using namespace dict_table;

namespace {

std::atomic<std::uint64_t> next_table_id{1};

}  // namespace

std::uint64_t dict_table::id_of(DictKeys& k) {
    std::uint64_t id = k.id.load(std::memory_order_acquire);
    if (id != 0) return id;
    std::uint64_t fresh = next_table_id.fetch_add(1, std::memory_order_relaxed);
    return k.id.compare_exchange_strong(id, fresh, std::memory_order_acq_rel) ? fresh : id;
}

// The keys pointer is looked into only if it is the dict's current one.
bool dict_table::still_valid(Dict& dict, Found const& f) {
    DictKeys* k = dict.keys();
    if (k != f.keys || k->id.load(std::memory_order_acquire) != f.id) return false;
    if (f.ix == kAbsent) return k->entry_count.load(std::memory_order_acquire) == f.entries;
    return k->entries()[f.ix].key.peek() == f.key;
}

namespace {

// The next entry that may be the key: a sure one, or one to be compared, with a count of its key.
struct Candidate {
    std::size_t ix;        // kAbsent: the search is over; kRetry
    bool sure = false;
    Value key{};           // counted if not sure
};

template <Shared S> Candidate next_candidate(DictKeys& k, Probe& p, Value key, std::int64_t hash) {
    return with_indexes(k, [&](auto* index) -> Candidate {
        using I = decltype(index->load());
        for (;;) {
            I ix = index[p.i].load(std::memory_order_acquire);
            if (ix == kEmptyIndex<I>) return {kAbsent};
            p.advance();
            if (ix == kDeletedIndex<I>) continue;
            DictEntry& e = k.entries()[ix];
            Value stored = e.key.peek();
            if (stored == key) return {ix, true, stored};
            if (e.hash.load(std::memory_order_relaxed) != hash) continue;
            if constexpr (S == Shared::yes) {
                bool retry = false;
                stored = e.key.try_share(&retry);
                if (retry || stored.is_null()) return {kRetry};
            } else {
                stored = share_concurrent(stored);
            }
            return {ix, false, stored};
        }
    });
}

}  // namespace

Result<Found> dict_table::search_slow(Python& py, Dict& dict, Value key, std::int64_t hash) {
    for (;;) {
        DictKeys* k = dict.keys();
        if (is_shared_empty(k)) return Found{k, 0, kAbsent, {}, 0};
        Found found{k, id_of(*k), kAbsent, {}, k->entry_count.load(std::memory_order_acquire)};
        Probe p(hash, mask_of(*k));
        // Before each step the table must be the current one, so that it may be looked into: comparing ran Python, and
        // dropping a key may have.
        while (dict.keys() == k && k->id.load(std::memory_order_acquire) == found.id) {
            Probe before = p;
            Candidate c = next_candidate<Shared::yes>(*k, p, key, hash);
            if (c.ix == kRetry) {
                Section section(py, &dict);
                if (dict.keys() != k || k->id.load(std::memory_order_relaxed) != found.id) break;
                p = before;
                c = next_candidate<Shared::no>(*k, p, key, hash);
            }
            found.ix = c.ix;
            found.key = c.key;
            if (c.ix == kAbsent || c.sure) return found;
            Ref<> stored = Ref<>::adopt(c.key);
            bool same = TRY(equal(py, stored, Borrowed<>(key)));
            if (same && still_valid(dict, found)) return found;  // checked again by the caller: `stored` is dropped now
            if (same) break;
        }
        CHECK(poll(py));
    }
}

namespace {

[[gnu::noinline]] Result<Maybe<>> get_slow(Python& py, Dict& dict, Value key, std::int64_t hash) {
    Value v{};
    CHECK(with_place(py, dict, key, hash, [&](std::size_t ix) {
        if (ix != kAbsent) v = share_concurrent(dict.keys()->entries()[ix].value.peek_relaxed());
    }));
    return Maybe<>::adopt(v);
}

// A key that needs __eq__: the value is read without the lock if that works.
[[gnu::noinline]] Result<Maybe<>> get_comparing(Python& py, Dict& dict, Value key, std::int64_t hash) {
    Found found = TRY(search_slow(py, dict, key, hash));
    if (still_valid(dict, found)) {
        if (found.ix == kAbsent) return Maybe<>();
        bool retry = false;
        Value v = read_value(dict, found.keys, found.ix, &retry);
        if (!retry) return Maybe<>::adopt(v);
    }
    return get_slow(py, dict, key, hash);
}

bool same_limbs(BigIntObject const& a, BigIntObject const& b) {
    return a.signed_size == b.signed_size && std::memcmp(a.limbs, b.limbs, a.magnitude().size_bytes()) == 0;
}

}  // namespace

namespace dict_table {

Match quick_match(Value stored, Value key, int depth) {
    if (stored == key) return Match::yes;
    if (!stored.is_pointer() || !key.is_pointer()) {
        if (Value::both_int(stored, key)) return Match::no;
        Value pointer = stored.is_pointer() ? stored : key;
        return pointer.is_pointer() && is_exact_str(pointer) ? Match::no : Match::unsure;
    }
    Type& type = type_of(stored);
    if (&type != &type_of(key)) return Match::unsure;
    auto verdict = [](bool same) { return same ? Match::yes : Match::no; };
    if (&type == &Str::type()) return verdict(equal(*static_cast<Str*>(stored.pointer()), *static_cast<Str*>(key.pointer())));
    if (&type == &Tuple::type()) {
        auto &a = *static_cast<Tuple*>(stored.pointer()), &b = *static_cast<Tuple*>(key.pointer());
        if (a.size != b.size) return Match::no;
        if (depth == 0) return Match::unsure;
        for (std::size_t i = 0; i < a.size; ++i) {
            Match m = quick_match(a.slots[i], b.slots[i], depth - 1);
            if (m != Match::yes) return m;
        }
        return Match::yes;
    }
    if (&type == &int_type) return verdict(same_limbs(*static_cast<BigIntObject*>(stored.pointer()), *static_cast<BigIntObject*>(key.pointer())));
    if (&type == &Bytes::type()) {
        return verdict(static_cast<Bytes*>(stored.pointer())->view() == static_cast<Bytes*>(key.pointer())->view());
    }
    if (&type == &float_type) return verdict(float_number(stored) == float_number(key));
    return Match::unsure;
}

}  // namespace dict_table

Result<std::int64_t> hash_key(Python& py, Borrowed<> key, char const* use) {
    Value v = key.value();
    if (is_exact_str(v)) [[likely]] return hash_of(*static_cast<Str*>(v.pointer()));
    if (v.is_int()) return hash_of_int(v.as_int());
    Result<std::int64_t> hash = hash_value(py, key);
    if (!hash.raised()) [[likely]] return hash;
    if (&type_of(py.raised) != &exc::TypeError) return Raised{};
    Maybe<> error = take_raised(py);
    Ref<Str> text = TRY(str(py, *error));
    return raise(py, exc::TypeError, "cannot use '{}' as {} ({})", TypeName{v}, use, text);
}

Result<std::int64_t> dict_hash(Python& py, Borrowed<> key) { return hash_key(py, key, "a dict key"); }

Result<Maybe<>> dict_get_item_hashed(Python& py, Borrowed<Dict> dict, Borrowed<> key, std::int64_t hash) {
    Value wanted = key.value();
    DictKeys* k = dict->keys();
    std::size_t ix = find_any<Shared::yes>(*k, wanted, hash);
    if (ix < kUnsure) [[likely]] {
        bool retry = false;
        Value v = read_value(*dict, k, ix, &retry);
        destroy_dropped(py);
        if (!retry) [[likely]] return Maybe<>::adopt(v);
    } else {
        destroy_dropped(py);
        if (ix == kAbsent) return Maybe<>();
        if (ix == kUnsure) return get_comparing(py, *dict, wanted, hash);
    }
    return get_slow(py, *dict, wanted, hash);
}

Result<Maybe<>> dict_get_item(Python& py, Borrowed<Dict> dict, Borrowed<> key) {
    return dict_get_item_hashed(py, dict, key, TRY(dict_hash(py, key)));
}

Result<bool> dict_contains(Python& py, Borrowed<Dict> dict, Borrowed<> key) {
    std::int64_t hash = TRY(dict_hash(py, key));
    std::size_t ix = find_any<Shared::yes>(*dict->keys(), key.value(), hash);
    destroy_dropped(py);
    if (ix == kAbsent) return false;
    if (ix != kUnsure && ix != kRetry) [[likely]] return true;
    bool found = false;
    CHECK(with_place(py, *dict, key.value(), hash, [&](std::size_t at) { found = at != kAbsent; }));
    return found;
}

Result<void> dict_set_item_hashed(Python& py, Borrowed<Dict> dict, Borrowed<> key, std::int64_t hash, Ref<> value) {
    Value wanted = key.value(), old{};
    bool failed = false;
    CHECK(with_place(py, *dict, wanted, hash, [&](std::size_t ix) {
        if (ix != kAbsent) {
            Slot& slot = dict->guarded.keys.load(std::memory_order_relaxed)->entries()[ix].value;
            old = slot.peek_relaxed();
            slot.store(value.release());
        } else if (append_entry(*dict, wanted, hash, value.value(), is_exact_str(wanted))) {
            detail::incref(wanted);
            (void)value.release();
        } else {
            failed = true;
        }
    }));
    if (failed) [[unlikely]] return raise_no_memory(py);
    detail::decref(old);
    return {};
}

Result<void> dict_set_item(Python& py, Borrowed<Dict> dict, Borrowed<> key, Ref<> value) {
    std::int64_t hash = TRY(dict_hash(py, key));
    return dict_set_item_hashed(py, dict, key, hash, std::move(value));
}

Result<Ref<>> dict_set_default_hashed(Python& py, Borrowed<Dict> dict, Borrowed<> key, std::int64_t hash, Borrowed<> value,
                                      bool* added) {
    Value wanted = key.value(), result{};
    bool fresh = false;
    CHECK(with_place(py, *dict, wanted, hash, [&](std::size_t ix) {
        if (ix != kAbsent) {
            result = share_concurrent(dict->keys()->entries()[ix].value.peek_relaxed());
        } else if (append_entry(*dict, wanted, hash, value.value(), is_exact_str(wanted))) {
            detail::incref(wanted);
            detail::incref(value.value());
            result = oro::share(value.value()).release();
            fresh = true;
        }
    }));
    if (result.is_null()) [[unlikely]] return raise_no_memory(py);
    if (added) *added = fresh;
    return Ref<>::adopt(result);
}

Result<Ref<>> dict_set_default(Python& py, Borrowed<Dict> dict, Borrowed<> key, Borrowed<> value, bool* added) {
    return dict_set_default_hashed(py, dict, key, TRY(dict_hash(py, key)), value, added);
}

Result<Maybe<>> dict_pop_item_hashed(Python& py, Borrowed<Dict> dict, Borrowed<> key, std::int64_t hash) {
    Pair pair;
    CHECK(with_place(py, *dict, key.value(), hash, [&](std::size_t ix) {
        if (ix != kAbsent) pair = remove_entry(*dict, ix);
    }));
    detail::decref(pair.key);
    return Maybe<>::adopt(pair.value);
}

Result<Maybe<>> dict_pop_item(Python& py, Borrowed<Dict> dict, Borrowed<> key) {
    return dict_pop_item_hashed(py, dict, key, TRY(dict_hash(py, key)));
}

}  // namespace oro
