// Tables of sets: searching, adding, removing, walking.
#include "object/set.h"

#include "memory/reclaim.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/dict_lookup.h"
#include "object/list.h"
#include "object/tuple.h"

namespace oro {

namespace {

using dict_table::Match, dict_table::Probe, dict_table::Shared, dict_table::is_exact_str, dict_table::quick_match;
using dict_table::drop_quietly, dict_table::destroy_dropped, dict_table::share_concurrent;

constexpr std::size_t kAbsent = ~std::size_t(0), kRetry = kAbsent - 1, kUnsure = kAbsent - 2;

struct EmptyTable {
    SetTable table{0};
    SetEntry entry;                // one place, empty
};
static_assert(offsetof(EmptyTable, entry) == sizeof(SetTable));
constinit EmptyTable const shared_empty_table;
SetTable* empty_table() { return const_cast<SetTable*>(&shared_empty_table.table); }
bool is_shared_empty(SetTable const* t) { return t->mask == 0; }

std::atomic<std::uint64_t> next_table_id{1};

std::uint64_t id_of(SetTable& k) {
    std::uint64_t id = k.id.load(std::memory_order_acquire);
    if (id != 0) return id;
    std::uint64_t fresh = next_table_id.fetch_add(1, std::memory_order_relaxed);
    return k.id.compare_exchange_strong(id, fresh, std::memory_order_acq_rel) ? fresh : id;
}

// A table of at least 8 places that `items` fill to three fifths at most; null without memory.
SetTable* make_table(std::size_t items) {
    if (items > (std::size_t(1) << 48)) return nullptr;
    std::size_t places = 8;
    while (places * 3 < items * 5) places *= 2;
    std::size_t bytes = sizeof(SetTable) + places * sizeof(SetEntry);
    void* memory = buffer_allocate(bytes);
    if (!memory) return nullptr;
    std::memset(memory, 0, bytes);
    return new (memory) SetTable{places - 1};
}

bool live(Value item) { return !item.is_null() && item != kDummy; }

// Puts an item into the first free place; it is known not to be there.
void enter(SetTable& k, Value item, std::int64_t hash) {
    Probe p(hash, k.mask);
    while (live(k.entries()[p.i].item.peek_relaxed())) p.advance();
    SetEntry& e = k.entries()[p.i];
    if (e.item.peek_relaxed().is_null()) ++k.fill;
    e.hash.store(hash, std::memory_order_relaxed);
    e.item.store(item);
    k.inserts.store(k.inserts.load(std::memory_order_relaxed) + 1, std::memory_order_release);
}

// Publishes a table with room for at least `items`. False without memory.
bool rebuild(Set& set, std::size_t items) {
    SetTable* old = set.guarded.table.load(std::memory_order_relaxed);
    SetTable* k = make_table(items);
    if (!k) return false;
    for (std::size_t i = 0; i <= old->mask; ++i) {
        SetEntry& e = old->entries()[i];
        Value item = e.item.peek_relaxed();
        if (live(item)) enter(*k, item, e.hash.load(std::memory_order_relaxed));
    }
    set.guarded.table.store(k, std::memory_order_release);
    if (!is_shared_empty(old)) buffer_retire(old);
    return true;
}

// Adds an item that is not in the set; takes over its count if it succeeds. The lock is held.
bool append(Set& set, Value item, std::int64_t hash) {
    SetTable* k = set.guarded.table.load(std::memory_order_relaxed);
    std::size_t used = set.guarded.used.load(std::memory_order_relaxed);
    if ((k->fill + 1) * 5 > (k->mask + 1) * 3 || is_shared_empty(k)) {
        if (!rebuild(set, used < 4 ? 4 : used < 50000 ? used * 2 + 2 : used + used / 2)) return false;
        k = set.guarded.table.load(std::memory_order_relaxed);
    }
    enter(*k, item, hash);
    set.guarded.used.store(used + 1, std::memory_order_release);
    return true;
}

Value take_out(Set& set, std::size_t place) {
    SetTable& k = *set.guarded.table.load(std::memory_order_relaxed);
    Slot& slot = k.entries()[place].item;
    Value item = slot.peek_relaxed();
    slot.store(kDummy);
    set.guarded.used.store(set.guarded.used.load(std::memory_order_relaxed) - 1, std::memory_order_release);
    return item;
}

template <Shared S> std::size_t find(SetTable const& k, Value wanted, std::int64_t hash) {
    for (Probe p(hash, k.mask);; p.advance()) {
        SetEntry const& e = k.entries()[p.i];
        Value item = e.item.peek();
        if (item == wanted) [[likely]] return p.i;
        if (item.is_null()) return kAbsent;
        if (item == kDummy || e.hash.load(std::memory_order_relaxed) != hash) continue;
        Match m;
        if constexpr (S == Shared::yes) {
            bool retry = false;
            item = e.item.try_share(&retry);
            if (retry) return kRetry;
            if (!live(item)) continue;
            m = quick_match(item, wanted);
            drop_quietly(item);
        } else {
            m = quick_match(item, wanted);
        }
        if (m == Match::yes) return p.i;
        if (m == Match::unsure) return kUnsure;
    }
}

struct Found {
    SetTable* table;
    std::uint64_t id;
    std::size_t place;             // kAbsent
    Value item;                    // only compared
    std::size_t inserts;
};

bool same_table(Set& set, Found const& f) {
    SetTable* k = set.table();
    return k == f.table && k->id.load(std::memory_order_acquire) == f.id;
}
bool still_valid(Set& set, Found const& f) {
    if (!same_table(set, f)) return false;
    if (f.place == kAbsent) return f.table->inserts.load(std::memory_order_acquire) == f.inserts;
    return f.table->entries()[f.place].item.peek() == f.item;
}

// A search that calls __eq__ where it must. The result is to be checked with still_valid before it is used.
Result<Found> search_slow(Python& py, Set& set, Value wanted, std::int64_t hash) {
    for (;;) {
        SetTable* k = set.table();
        if (is_shared_empty(k)) return Found{k, 0, kAbsent, {}, 0};
        Found f{k, id_of(*k), kAbsent, {}, k->inserts.load(std::memory_order_acquire)};
        Probe p(hash, k->mask);
        // Comparing or dropping an item may run Python: the table is looked into only while it is the set's.
        while (same_table(set, f)) {
            SetEntry& e = k->entries()[p.i];
            Value item = e.item.peek();
            if (item.is_null()) {
                f.place = kAbsent;
                return f;
            }
            f.place = p.i;
            f.item = item;
            if (item == wanted) return f;
            if (item == kDummy || e.hash.load(std::memory_order_relaxed) != hash) {
                p.advance();
                continue;
            }
            bool retry = false;
            Value counted = e.item.try_share(&retry);
            if (retry) {
                Section section(py, &set);
                if (!same_table(set, f)) break;
                counted = share_concurrent(e.item.peek_relaxed());
            }
            if (!live(counted)) continue;  // taken out just now: look at the place again
            f.item = counted;
            Ref<> stored = Ref<>::adopt(counted);
            p.advance();
            bool same = TRY(equal(py, stored, Borrowed<>(wanted)));
            if (same && still_valid(set, f)) return f;
            if (same) break;
        }
        CHECK(poll(py));
    }
}

// Calls f(place) with the lock held, kAbsent if the item isn't there.
template <class F> Result<void> with_place(Python& py, Set& set, Value item, std::int64_t hash, F&& f) {
    {
        Section section(py, &set);
        std::size_t place = find<Shared::no>(*set.guarded.table.load(std::memory_order_relaxed), item, hash);
        if (place != kUnsure) [[likely]] {
            f(place);
            return {};
        }
    }
    for (;;) {
        Found found = TRY(search_slow(py, set, item, hash));
        Section section(py, &set);
        if (still_valid(set, found)) {
            f(found.place);
            return {};
        }
    }
}

void drop_references(SetTable* k) {
    for (std::size_t i = 0; i <= k->mask; ++i) {
        Value item = k->entries()[i].item.peek_relaxed();
        if (live(item)) detail::decref(item);
    }
}
void drop_table(SetTable* k) {
    if (is_shared_empty(k)) return;
    drop_references(k);
    buffer_retire(k);
}

}  // namespace

Set::Set() { guarded.table.store(empty_table(), std::memory_order_relaxed); }

Set::~Set() {
    SetTable* k = guarded.table.load(std::memory_order_relaxed);
    if (is_shared_empty(k)) return;
    drop_references(k);
    buffer_free(k);
}

void Set::trace(Visitor& v) {
    SetTable* k = table();
    for (std::size_t i = 0; i <= k->mask; ++i) v(k->entries()[i].item.peek_relaxed());
}

void Set::clear() {
    SetTable* k = guarded.table.exchange(empty_table(), std::memory_order_acq_rel);
    guarded.used.store(0, std::memory_order_relaxed);
    drop_table(k);
}

Result<Ref<Set>> make_set(Thread& t, Type& type) { return make<Set>(t, type); }

Result<std::int64_t> set_hash(Python& py, Borrowed<> item) { return hash_key(py, item, "a set element"); }

Result<bool> set_add_hashed(Python& py, Borrowed<Set> set, Borrowed<> item, std::int64_t hash) {
    bool added = false, failed = false;
    CHECK(with_place(py, *set, item.value(), hash, [&](std::size_t place) {
        if (place != kAbsent) return;
        failed = !append(*set, item.value(), hash);
        if (failed) return;
        detail::incref(item.value());
        added = true;
    }));
    if (failed) return raise_no_memory(py);
    return added;
}
Result<bool> set_add(Python& py, Borrowed<Set> set, Borrowed<> item) {
    return set_add_hashed(py, set, item, TRY(set_hash(py, item)));
}

Result<bool> set_contains_hashed(Python& py, Borrowed<Set> set, Borrowed<> item, std::int64_t hash) {
    std::size_t place = find<Shared::yes>(*set->table(), item.value(), hash);
    destroy_dropped(py);
    if (place == kAbsent) return false;
    if (place < kUnsure) [[likely]] return true;
    bool found = false;
    CHECK(with_place(py, *set, item.value(), hash, [&](std::size_t at) { found = at != kAbsent; }));
    return found;
}
Result<bool> set_contains(Python& py, Borrowed<Set> set, Borrowed<> item) {
    return set_contains_hashed(py, set, item, TRY(set_hash(py, item)));
}

Result<bool> set_discard_hashed(Python& py, Borrowed<Set> set, Borrowed<> item, std::int64_t hash) {
    Value taken{};
    CHECK(with_place(py, *set, item.value(), hash, [&](std::size_t place) {
        if (place != kAbsent) taken = take_out(*set, place);
    }));
    detail::decref(taken);
    return !taken.is_null();
}
Result<bool> set_discard(Python& py, Borrowed<Set> set, Borrowed<> item) {
    return set_discard_hashed(py, set, item, TRY(set_hash(py, item)));
}

bool set_next(Thread& t, Set& set, std::size_t* position, Maybe<>* item, std::int64_t* hash) {
    for (;;) {
        SetTable* k = set.table();
        std::size_t i = *position;
        while (i <= k->mask && !live(k->entries()[i].item.peek())) ++i;
        if (i > k->mask) {
            *position = i;
            return false;
        }
        SetEntry& e = k->entries()[i];
        bool retry = false;
        Value found = e.item.try_share(&retry);
        std::int64_t found_hash = e.hash.load(std::memory_order_relaxed);
        // The hash is the item's only if the place still holds it.
        bool whole = !retry && set.table() == k && e.item.peek() == found;
        if (whole && live(found)) [[likely]] {
            *position = i + 1;
            if (hash) *hash = found_hash;
            *item = Maybe<>::adopt(found);
            return true;
        }
        if (!retry) drop_quietly(found);
        destroy_dropped(t);
        Value shared{};
        {
            Section section(t, &set);
            k = set.table();
            i = *position;
            while (i <= k->mask && !live(k->entries()[i].item.peek_relaxed())) ++i;
            *position = i > k->mask ? i : i + 1;
            if (i > k->mask) return false;
            if (hash) *hash = k->entries()[i].hash.load(std::memory_order_relaxed);
            shared = share_concurrent(k->entries()[i].item.peek_relaxed());
        }
        *item = Maybe<>::adopt(shared);
        return true;
    }
}

Maybe<> set_pop(Thread& t, Set& set) {
    Section section(t, &set);
    if (set.guarded.used.load(std::memory_order_relaxed) == 0) return {};
    SetTable& k = *set.guarded.table.load(std::memory_order_relaxed);
    // A place to start from that moves on, so that emptying a set this way doesn't walk over the same places again.
    std::size_t start = std::size_t(set.cached_hash.load(std::memory_order_relaxed) + 1) & k.mask, i = start;
    while (!live(k.entries()[i].item.peek_relaxed())) i = (i + 1) & k.mask;
    set.cached_hash.store(std::int64_t(i), std::memory_order_relaxed);
    return Maybe<>::adopt(take_out(set, i));
}

void set_clear(Thread& t, Set& set) {
    SetTable* old;
    {
        Section section(t, &set);
        old = set.guarded.table.exchange(empty_table(), std::memory_order_acq_rel);
        set.guarded.used.store(0, std::memory_order_release);
    }
    drop_table(old);
}

Result<Ref<Set>> set_copy(Thread& t, Borrowed<Set> set, Type& type) {
    Ref<Set> copy = TRY(make_set(t, type));
    bool failed = false;
    {
        Locked<Set> locked(t, set);
        SetTable* from = locked->table.load(std::memory_order_relaxed);
        std::size_t used = locked->used.load(std::memory_order_relaxed);
        if (used == 0) return copy;
        SetTable* k = make_table(used);
        failed = k == nullptr;
        if (k) {
            for (std::size_t i = 0; i <= from->mask; ++i) {
                SetEntry& e = from->entries()[i];
                Value item = e.item.peek_relaxed();
                if (!live(item)) continue;
                detail::incref(item);
                enter(*k, item, e.hash.load(std::memory_order_relaxed));
            }
            copy->guarded.table.store(k, std::memory_order_release);
            copy->guarded.used.store(used, std::memory_order_release);
        }
    }
    if (failed) return raise_no_memory(t);
    return copy;
}

namespace {

// Gives an empty set the items of one that nobody else knows. False if it isn't empty (any more).
bool fill_empty(Thread& t, Set& set, Set& from) {
    SetTable* old;
    {
        Section section(t, &set);
        if (set.guarded.used.load(std::memory_order_relaxed) != 0) return false;
        old = set.guarded.table.exchange(from.guarded.table.exchange(empty_table(), std::memory_order_relaxed),
                                         std::memory_order_acq_rel);
        set.guarded.used.store(from.guarded.used.exchange(0, std::memory_order_relaxed), std::memory_order_release);
    }
    drop_table(old);
    return true;
}

}  // namespace

void set_take_table(Thread& t, Borrowed<Set> set, Borrowed<Set> from) {
    SetTable* old;
    {
        Section section(t, set.get());
        old = set->guarded.table.exchange(from->guarded.table.exchange(empty_table(), std::memory_order_relaxed),
                                          std::memory_order_acq_rel);
        set->guarded.used.store(from->guarded.used.exchange(0, std::memory_order_relaxed), std::memory_order_release);
    }
    drop_table(old);
}

Result<void> set_update(Python& py, Borrowed<Set> set, Borrowed<> iterable) {
    Value source = iterable.value();
    if (is_any_set(source)) {
        if (source == Value::of(set.get())) return {};
        // From a copy: adding may run Python that changes the other set.
        Ref<Set> other = TRY(set_copy(py, as_any_set(source), Set::type()));
        if (fill_empty(py, *set, *other)) return {};
        std::size_t position = 0;
        Maybe<> item;
        std::int64_t hash;
        while (set_next(py, *other, &position, &item, &hash)) {
            (void)TRY(set_add_hashed(py, set, *item, hash));
            CHECK(poll(py));
        }
        return {};
    }
    if (is_exact<Dict>(iterable)) {
        Borrowed<Dict> dict = as<Dict>(iterable);
        std::size_t position = 0;
        Maybe<> key;
        std::int64_t hash;
        while (dict_next(py, *dict, &position, &key, nullptr, &hash)) {
            (void)TRY(set_add_hashed(py, set, *key, hash));
            CHECK(poll(py));
        }
        return {};
    }
    return for_each(py, iterable, [&](Ref<> item) -> Result<void> {
        (void)TRY(set_add(py, set, item));
        return {};
    });
}

}  // namespace oro
