// The intern table: one str object for equal text. Strings in it are not counted by it; they leave it when they die.
//
// Threads: the table is sharded by hash. Looking up a string that is there takes no lock: read the slot, take a count if the
// string still lives, look again. Changes happen under the shard's mutex, within which nothing is destroyed. A dying
// string takes itself out under that mutex before its memory is freed, so that the holder of the mutex may look at the
// text of every string in the shard, dead or alive.
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <new>

#include "memory/reclaim.h"
#include "object/chars.h"

namespace oro {

namespace {

struct InternTable {
    std::size_t mask;
    struct Entry {
        Slot str;                             // not owned; null: never used; kDummy: left by a dead string
        std::atomic<std::uint64_t> hash{0};
    };
    Entry* entries() { return reinterpret_cast<Entry*>(this + 1); }
};

struct alignas(64) Shard {
    std::mutex mutex;
    std::atomic<InternTable*> table{nullptr};
    std::size_t used = 0;                     // slots that are not null
    std::size_t live = 0;
};

constexpr std::size_t kShards = 64;

struct Shards {
    Shard shard[kShards];
    Shard& of(std::uint64_t hash) { return shard[hash % kShards]; }
};

Shards& shards() {
    static auto* s = new Shards;
    return *s;
}

std::size_t first_index(std::uint64_t hash, std::size_t mask) { return std::size_t(hash >> 6) & mask; }

InternTable* make_intern_table(std::size_t size) {
    void* memory = buffer_allocate(sizeof(InternTable) + size * sizeof(InternTable::Entry));
    if (!memory) return nullptr;
    auto* table = new (memory) InternTable{size - 1};
    for (std::size_t i = 0; i < size; ++i) new (&table->entries()[i]) InternTable::Entry;
    return table;
}

// Without the mutex. Null also when it cannot tell.
Maybe<Str> find(Shard& shard, Str const& s, std::uint64_t hash) {
    InternTable* table = shard.table.load(std::memory_order_acquire);
    if (!table) return {};
    for (std::size_t i = first_index(hash, table->mask);; i = (i + 1) & table->mask) {
        InternTable::Entry& entry = table->entries()[i];
        Value v = entry.str.peek();
        if (v.is_null()) return {};
        if (!v.is_pointer() || entry.hash.load(std::memory_order_relaxed) != hash) continue;
        bool retry = false;
        v = entry.str.try_share(&retry);
        if (retry || !v.is_pointer()) return {};
        auto found = Ref<Str>::adopt(v);
        if (equal(*found, s)) return found;
    }
}

// The mutex is held. Gives the table that was replaced, to be retired once the mutex is free.
InternTable* make_room(Shard& shard) {
    InternTable* table = shard.table.load(std::memory_order_relaxed);
    if (table && (shard.used + 1) * 3 <= (table->mask + 1) * 2) return nullptr;
    std::size_t size = 16;
    while (size < (shard.live + 1) * 3) size *= 2;
    InternTable* bigger = make_intern_table(size);
    if (!bigger) {
        if (table && shard.used < table->mask) return nullptr;  // one slot has to stay null
        std::fputs("Fatal Python error: no memory for interned strings\n", stderr);
        std::abort();
    }
    if (table) {
        for (std::size_t i = 0; i <= table->mask; ++i) {
            Value v = table->entries()[i].str.peek();
            if (!v.is_pointer()) continue;
            std::uint64_t hash = table->entries()[i].hash.load(std::memory_order_relaxed);
            std::size_t k = first_index(hash, bigger->mask);
            while (!bigger->entries()[k].str.peek().is_null()) k = (k + 1) & bigger->mask;
            bigger->entries()[k].hash.store(hash, std::memory_order_relaxed);
            bigger->entries()[k].str.store(v);
        }
    }
    shard.used = shard.live;
    shard.table.store(bigger, std::memory_order_release);
    return table;
}

void enter(InternTable::Entry& entry, Str* s, std::uint64_t hash) {
    s->set(flag::interned);
    detail::allow_concurrent(s);
    entry.hash.store(hash, std::memory_order_relaxed);
    entry.str.store(Value::of(s));
}

}  // namespace

Ref<Str> intern(Thread& t, Ref<Str> s) {
    if (s->is_interned()) return s;
    if (!is_exact<Str>(s.value())) [[unlikely]] {
        // Of a subclass's instance, the text alone is interned.
        Result<Ref<Str>> plain = substring(t, s, 0, s->length());
        if (!plain.raised()) return intern(t, std::move(plain).take());
        clear_raised(t);
        return s;
    }
    auto hash = std::uint64_t(hash_of(*s));
    Shard& shard = shards().of(hash);
    if (Maybe<Str> found = find(shard, *s, hash)) return std::move(found).take();

    InternTable* old;
    Maybe<Str> found;
    {
        std::lock_guard guard(shard.mutex);
        old = make_room(shard);
        InternTable* table = shard.table.load(std::memory_order_relaxed);
        InternTable::Entry* dummy = nullptr;
        std::size_t i = first_index(hash, table->mask);
        for (;; i = (i + 1) & table->mask) {
            InternTable::Entry& entry = table->entries()[i];
            Value v = entry.str.peek();
            if (v.is_null()) {
                if (!dummy) ++shard.used;
                enter(dummy ? *dummy : entry, s.get(), hash);
                ++shard.live;
                break;
            }
            if (!v.is_pointer()) {
                if (!dummy) dummy = &entry;
                continue;
            }
            if (entry.hash.load(std::memory_order_relaxed) != hash || !equal(*static_cast<Str*>(v.pointer()), *s)) continue;
            bool retry = false;
            v = entry.str.try_share(&retry);
            if (retry) enter(entry, s.get(), hash);  // the equal one is dying: this one takes its place
            else found = Maybe<Str>::adopt(v);
            break;
        }
    }
    if (old) buffer_retire(old);
    if (found) return std::move(found).take();
    return s;
}

void detail::forget_interned(Str* s) {
    auto hash = std::uint64_t(hash_of(*s));
    Shard& shard = shards().of(hash);
    std::lock_guard guard(shard.mutex);
    InternTable* table = shard.table.load(std::memory_order_relaxed);
    for (std::size_t i = first_index(hash, table->mask);; i = (i + 1) & table->mask) {
        Value v = table->entries()[i].str.peek();
        if (v.is_null()) return;  // an equal string took the place
        if (v == Value::of(s)) {
            table->entries()[i].str.store(kDummy);
            --shard.live;
            return;
        }
    }
}

Ref<Str> intern_immortal(Thread& t, std::string_view utf8) {
    Result<Ref<Str>> made = make_str(t, utf8);
    if (made.raised()) {
        std::fputs("Fatal Python error: no memory for interned strings\n", stderr);
        std::abort();
    }
    Ref<Str> s = intern(t, std::move(made).take());
    if (s->is_immortal()) return s;
    if (s->owner.load(std::memory_order_relaxed) == t.id) detail::make_immortal(s.get());
    else (void)s.share().release();  // another thread owns it: a count that nobody gives back does the same
    return s;
}

void init_interning(Thread& t) {
    std::size_t i = 0;
#define NAME(identifier, text) name_table[i++] = intern_immortal(t, text).get();
#include "object/names.def"
#undef NAME
    for (char32_t c = 0; c < 256; ++c) {
        Result<Ref<Str>> s = make_str_of(t, c);
        (void)intern(t, std::move(s).take());
    }
    (void)intern(t, empty_str());
}

}  // namespace oro
