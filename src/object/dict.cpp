// Tables, str keys, walking, copying. Keys of any type: dict_lookup.cpp.
#include "object/dict.h"

#include "memory/reclaim.h"
#include "object/dict_table.h"

namespace oro {

using namespace dict_table;

namespace {

// Version 1 is the empty table's, which is never written to; others come from a counter that stops at its end.
constexpr std::uint32_t kEmptyVersion = 1;
std::atomic<std::uint32_t> next_version{kEmptyVersion + 1};

struct EmptyTable {
    DictKeys keys{kEmptyVersion, 0, 1};
    std::uint8_t index = kEmptyIndex<std::uint8_t>;
};
static_assert(offsetof(EmptyTable, index) == sizeof(DictKeys));
constinit EmptyTable const shared_empty_table;

std::uint8_t log2_for(std::size_t entries) {
    std::uint8_t n = kSmallest;
    while ((std::size_t(2) << n) / 3 < entries) ++n;
    return n;
}

}  // namespace

namespace dict_table {

DictKeys* empty_table() { return const_cast<DictKeys*>(&shared_empty_table.keys); }

DictKeys* make_table(std::size_t entries) {
    if (entries > (std::size_t(1) << 48)) return nullptr;
    std::uint8_t log2 = log2_for(entries);
    std::uint8_t width = log2 <= 8 ? 1 : log2 <= 16 ? 2 : log2 <= 32 ? 4 : 8;
    std::size_t capacity = (std::size_t(2) << log2) / 3;
    std::size_t index_bytes = std::size_t(width) << log2;
    void* memory = buffer_allocate(sizeof(DictKeys) + capacity * sizeof(DictEntry) + index_bytes);
    if (!memory) return nullptr;
    auto* k = new (memory) DictKeys{0, log2, width};
    // Entries are written before an index leads to them, but for the walkers and the collector unused ones must be null.
    std::memset(static_cast<void*>(k->entries()), 0, capacity * sizeof(DictEntry));
    std::memset(static_cast<void*>(k->entries() + capacity), 0xFF, index_bytes);
    return k;
}

DictKeys* grow(Dict& dict) {
    DictKeys* old = dict.guarded.keys.load(std::memory_order_relaxed);
    std::size_t used = dict.guarded.used.load(std::memory_order_relaxed);
    // Three times the live entries in index places: doubles a full table, and shrinks one with many deleted entries.
    std::size_t want = used > 0 ? used * 2 : 1;
    DictKeys* k = make_table(want);
    if (!k) return nullptr;
    k->simple.store(old->simple.load(std::memory_order_relaxed), std::memory_order_relaxed);
    std::size_t n = 0, end = old->entry_count.load(std::memory_order_relaxed);
    for (std::size_t i = 0; i < end; ++i) {
        DictEntry& e = old->entries()[i];
        Value key = e.key.peek_relaxed();
        if (key.is_null()) continue;
        append_fresh(*k, n++, key, e.hash.load(std::memory_order_relaxed), e.value.peek_relaxed());
    }
    set_count(*k, n);
    dict.guarded.keys.store(k, std::memory_order_release);
    if (!is_shared_empty(old)) buffer_retire(old);
    return k;
}

Pair remove_entry(Dict& dict, std::size_t ix) {
    DictKeys& k = *dict.guarded.keys.load(std::memory_order_relaxed);
    DictEntry& e = k.entries()[ix];
    k.version.store(0, std::memory_order_release);
    with_indexes(k, [&](auto* index) {
        using I = decltype(index->load());
        Probe p(e.hash.load(std::memory_order_relaxed), mask_of(k));
        while (index[p.i].load(std::memory_order_relaxed) != I(ix)) p.advance();
        index[p.i].store(kDeletedIndex<I>, std::memory_order_release);
    });
    Pair pair;
    pair.value = e.value.peek_relaxed();
    e.value.store(Value{});
    pair.key = e.key.peek_relaxed();
    e.key.store(Value{});
    if (ix + 1 == k.tail) k.tail = ix;
    dict.guarded.used.store(dict.guarded.used.load(std::memory_order_relaxed) - 1, std::memory_order_release);
    return pair;
}

std::size_t last_entry(DictKeys& k) {
    if (is_shared_empty(&k)) return kAbsent;
    std::size_t i = k.tail;
    while (i > 0 && k.entries()[i - 1].key.peek_relaxed().is_null()) --i;
    k.tail = i;
    return i > 0 ? i - 1 : kAbsent;
}

namespace {
void drop_references(DictKeys* k) {
    for (std::size_t i = 0, end = k->entry_count.load(std::memory_order_relaxed); i < end; ++i) {
        DictEntry& e = k->entries()[i];
        detail::decref(e.key.peek_relaxed());
        detail::decref(e.value.peek_relaxed());
    }
}
}  // namespace

void drop_table(DictKeys* k) {
    if (is_shared_empty(k)) return;
    drop_references(k);
    buffer_retire(k);
}

}  // namespace dict_table

Dict::Dict() { guarded.keys.store(empty_table(), std::memory_order_relaxed); }

// Nobody reads a dict that has died, so its table need not wait.
Dict::~Dict() {
    DictKeys* k = guarded.keys.load(std::memory_order_relaxed);
    if (is_shared_empty(k)) return;
    drop_references(k);
    buffer_free(k);
}

void Dict::trace(Visitor& v) {
    DictKeys* k = keys();
    for (std::size_t i = 0, end = k->entry_count.load(std::memory_order_relaxed); i < end; ++i) {
        v(k->entries()[i].key.peek_relaxed());
        v(k->entries()[i].value.peek_relaxed());
    }
}

void Dict::clear() {
    DictKeys* k = guarded.keys.exchange(empty_table(), std::memory_order_acq_rel);
    guarded.used.store(0, std::memory_order_relaxed);
    drop_table(k);
}

Result<Ref<Dict>> make_dict(Thread& t, std::size_t expected) {
    Ref<Dict> dict = TRY(make<Dict>(t, Dict::type()));
    if (expected > 0) {
        DictKeys* k = make_table(expected);
        if (!k) return raise_no_memory(t);
        dict->guarded.keys.store(k, std::memory_order_relaxed);
    }
    return dict;
}

// ---- str keys

namespace {

[[gnu::noinline]] Maybe<> get_locked(Thread& t, Dict const& dict, Str const& name, std::int64_t hash) {
    Section section(t, const_cast<Dict*>(&dict));
    DictKeys* k = dict.keys();
    std::size_t ix = find_str<Shared::no>(*k, name, hash);
    if (ix == kAbsent) return {};
    return Maybe<>::adopt(share_concurrent(k->entries()[ix].value.peek_relaxed()));
}

}  // namespace

Maybe<> dict_get(Thread& t, Dict const& dict, Borrowed<Str> name) {
    std::int64_t hash = hash_of(*name);
    DictKeys* k = dict.keys();
    std::size_t ix = find_str<Shared::yes>(*k, *name, hash);
    if (ix == kAbsent) {
        // Absent from this table; if it was replaced meanwhile the key was absent all the same, or added just now.
        return {};
    }
    if (ix != kRetry) [[likely]] {
        bool retry = false;
        Value v = read_value(dict, k, ix, &retry);
        if (!retry) [[likely]] return Maybe<>::adopt(v);
    }
    return get_locked(t, dict, *name, hash);
}

Result<void> dict_set(Thread& t, Dict& dict, Borrowed<Str> name, Ref<> value) {
    std::int64_t hash = hash_of(*name);
    Value key = name.value(), old{}, fresh = value.release();
    bool failed = false;
    {
        Section section(t, &dict);
        DictKeys* k = dict.guarded.keys.load(std::memory_order_relaxed);
        std::size_t ix = find_str<Shared::no>(*k, *name, hash);
        if (ix != kAbsent) {
            Slot& slot = k->entries()[ix].value;
            old = slot.peek_relaxed();
            slot.store(fresh);
        } else if (append_entry(dict, key, hash, fresh, is_exact_str(key))) {
            detail::incref(key);
        } else {
            failed = true;
        }
    }
    if (failed) [[unlikely]] {
        detail::decref(fresh);
        return raise_no_memory(t);
    }
    detail::decref(old);
    return {};
}

Maybe<> dict_pop(Thread& t, Dict& dict, Borrowed<Str> name) {
    std::int64_t hash = hash_of(*name);
    Pair pair;
    {
        Section section(t, &dict);
        std::size_t ix = find_str<Shared::no>(*dict.guarded.keys.load(std::memory_order_relaxed), *name, hash);
        if (ix == kAbsent) return {};
        pair = remove_entry(dict, ix);
    }
    detail::decref(pair.key);
    return Maybe<>::adopt(pair.value);
}

bool dict_find_entry(Dict const& dict, Str const& name, DictKeys** keys, std::uint32_t* index) {
    std::int64_t hash = hash_of(name);
    DictKeys* k = dict.keys();
    std::size_t ix = find_str<Shared::yes>(*k, name, hash);
    if (ix == kRetry) {
        Section section(current_thread(), const_cast<Dict*>(&dict));
        k = dict.keys();
        ix = find_str<Shared::no>(*k, name, hash);
    }
    if (ix == kAbsent || ix > UINT32_MAX) return false;
    *keys = k;
    *index = std::uint32_t(ix);
    return true;
}

std::uint32_t dict_version(Thread& t, Dict& dict) {
    std::uint32_t version = dict.keys()->version.load(std::memory_order_acquire);
    if (version != 0) return version;
    Section section(t, &dict);
    DictKeys& k = *dict.guarded.keys.load(std::memory_order_relaxed);
    version = k.version.load(std::memory_order_relaxed);
    if (version != 0) return version;
    version = next_version.load(std::memory_order_relaxed);
    do {
        if (version == 0) return 0;  // run out
    } while (!next_version.compare_exchange_weak(version, version + 1, std::memory_order_relaxed));
    k.version.store(version, std::memory_order_release);
    return version;
}

// ---- walking

namespace {

// Under the lock, so that the next reader can count the pair without it.
[[gnu::noinline]] bool next_locked(Thread& t, Dict& dict, std::size_t* position, Maybe<>* key, Maybe<>* value, std::int64_t* hash) {
    Value found_key{}, found_value{};
    {
        Section section(t, &dict);
        DictKeys* k = dict.keys();
        std::size_t i = *position, end = k->entry_count.load(std::memory_order_relaxed);
        while (i < end && k->entries()[i].key.peek_relaxed().is_null()) ++i;
        *position = i < end ? i + 1 : end;
        if (i >= end) return false;
        DictEntry& e = k->entries()[i];
        if (hash) *hash = e.hash.load(std::memory_order_relaxed);
        if (key) found_key = share_concurrent(e.key.peek_relaxed());
        if (value) found_value = share_concurrent(e.value.peek_relaxed());
    }
    if (key) *key = Maybe<>::adopt(found_key);
    if (value) *value = Maybe<>::adopt(found_value);
    return true;
}

}  // namespace

bool dict_next(Thread& t, Dict& dict, std::size_t* position, Maybe<>* key, Maybe<>* value, std::int64_t* hash) {
    for (;;) {
        DictKeys* k = dict.keys();
        std::size_t i = *position, end = k->entry_count.load(std::memory_order_acquire);
        while (i < end && k->entries()[i].key.peek().is_null()) ++i;
        if (i >= end) {
            *position = end;
            return false;
        }
        DictEntry& e = k->entries()[i];
        bool retry = false;
        std::int64_t found_hash = e.hash.load(std::memory_order_relaxed);
        Maybe<> found_key, found_value;
        if (key) found_key = Maybe<>::adopt(e.key.try_share(&retry));
        if (value && !retry) found_value = Maybe<>::adopt(e.value.try_share(&retry));
        if (retry || dict.keys() != k) return next_locked(t, dict, position, key, value, hash);
        if ((key && !found_key) || (value && !found_value)) continue;  // deleted just now
        if (hash) *hash = found_hash;
        *position = i + 1;
        if (key) *key = std::move(found_key);
        if (value) *value = std::move(found_value);
        return true;
    }
}

bool dict_previous(Thread& t, Dict& dict, std::size_t* position, Maybe<>* key, Maybe<>* value) {
    Value found_key{}, found_value{};
    {
        Section section(t, &dict);
        DictKeys* k = dict.keys();
        std::size_t i = *position, end = k->entry_count.load(std::memory_order_relaxed);
        if (i == SIZE_MAX) i = end;
        if (i > end) {  // other entries stand there by now
            *position = 0;
            return false;
        }
        while (i > 0 && k->entries()[i - 1].key.peek_relaxed().is_null()) --i;
        *position = i > 0 ? i - 1 : 0;
        if (i == 0) return false;
        found_key = share_concurrent(k->entries()[i - 1].key.peek_relaxed());
        found_value = share_concurrent(k->entries()[i - 1].value.peek_relaxed());
    }
    Maybe<> old_key = Maybe<>::adopt(found_key), old_value = Maybe<>::adopt(found_value);
    if (key) *key = std::move(old_key);
    if (value) *value = std::move(old_value);
    return true;
}

bool dict_pop_last(Thread& t, Dict& dict, Maybe<>* key, Maybe<>* value) {
    Pair pair;
    {
        Section section(t, &dict);
        std::size_t i = last_entry(*dict.guarded.keys.load(std::memory_order_relaxed));
        if (i == kAbsent) return false;
        pair = remove_entry(dict, i);
    }
    *key = Maybe<>::adopt(pair.key);
    *value = Maybe<>::adopt(pair.value);
    return true;
}

void dict_clear(Thread& t, Dict& dict) {
    DictKeys* old;
    {
        Section section(t, &dict);
        old = dict.guarded.keys.load(std::memory_order_relaxed);
        if (is_shared_empty(old)) return;
        dict.guarded.keys.store(empty_table(), std::memory_order_release);
        dict.guarded.used.store(0, std::memory_order_release);
    }
    drop_table(old);
}

Result<Ref<Dict>> dict_copy(Thread& t, Borrowed<Dict> dict) {
    Ref<Dict> copy = TRY(make<Dict>(t, Dict::type()));
    CHECK(dict_copy_into(t, *copy, dict));
    return copy;
}

Result<void> dict_copy_into(Thread& t, Dict& copy, Borrowed<Dict> dict) {
    if (dict->size() == 0) return {};
    bool failed = false;
    {
        Locked<Dict> locked(t, dict);
        DictKeys* from = locked->keys.load(std::memory_order_relaxed);
        std::size_t used = locked->used.load(std::memory_order_relaxed);
        std::size_t end = from->entry_count.load(std::memory_order_relaxed);
        DictKeys* k = used > 0 ? make_table(used) : empty_table();
        failed = k == nullptr;
        if (k && used > 0) {
            k->simple.store(from->simple.load(std::memory_order_relaxed), std::memory_order_relaxed);
            bool same_form = end == used && k->log2_size == from->log2_size;
            std::size_t n = 0;
            for (std::size_t i = 0; i < end; ++i) {
                DictEntry& e = from->entries()[i];
                Value key = e.key.peek_relaxed(), value = e.value.peek_relaxed();
                if (key.is_null()) continue;
                detail::incref(key);
                detail::incref(value);
                if (same_form) {
                    DictEntry& to = k->entries()[n++];
                    to.hash.store(e.hash.load(std::memory_order_relaxed), std::memory_order_relaxed);
                    to.key.store(key);
                    to.value.store(value);
                } else {
                    append_fresh(*k, n++, key, e.hash.load(std::memory_order_relaxed), value);
                }
            }
            if (same_form) {
                std::memcpy(static_cast<void*>(k->entries() + k->capacity()), from->entries() + from->capacity(),
                            std::size_t(k->index_width) << k->log2_size);
            }
            set_count(*k, n);
            copy.guarded.keys.store(k, std::memory_order_release);
            copy.guarded.used.store(n, std::memory_order_release);
        }
    }
    if (failed) return raise_no_memory(t);
    return {};
}

}  // namespace oro
