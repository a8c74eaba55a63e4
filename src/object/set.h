// set and frozenset: open addressing, not ordered. Looking for strings, numbers and items by identity takes no lock; everything
// that changes a set holds its lock; what has to call __eq__ runs without the lock and starts again if the table changed.
//
// Protocol: `table` points to places of an item and its hash. An empty place ends a search; a deleted one holds kDummy and may be
// used again. A reader counts an item before it looks into it. A writer that rebuilds publishes another table and retires
// the old one. A frozenset never changes once it is published: its items may be borrowed while it is held.
#pragma once
#include "object/allocate.h"
#include "object/locked.h"

namespace oro {

struct SetEntry {
    Slot item;                           // null: never used; kDummy: deleted
    std::atomic<std::int64_t> hash{0};
};

struct SetTable {
    std::size_t mask;
    std::size_t fill = 0;                // places used, deleted ones too (writer)
    std::atomic<std::size_t> inserts{0}; // items ever put in
    std::atomic<std::uint64_t> id{0};    // unique; given when a search has to run Python meanwhile
    SetEntry* entries() { return reinterpret_cast<SetEntry*>(this + 1); }
    SetEntry const* entries() const { return reinterpret_cast<SetEntry const*>(this + 1); }
};

struct Set : Object {
    struct Guarded {
        std::atomic<SetTable*> table{nullptr};   // never null after construction
        std::atomic<std::size_t> used{0};
    } guarded;
    std::atomic<std::int64_t> cached_hash{-1};   // of a frozenset; a benign race
    Set();
    ~Set();
    static Type& type();
    void trace(Visitor& v);
    void clear();
    std::size_t size() const { return guarded.used.load(std::memory_order_acquire); }
    SetTable* table() const { return guarded.table.load(std::memory_order_acquire); }
};
struct FrozenSet : Set {
    static Type& type();
};

extern Type set_type, frozenset_type;    // what type() gives; for tables of derived types

// set, frozenset or an instance of a subclass of either; all have the struct Set.
inline bool is_any_set(Value v) { return v.is_pointer() && type_of(v).has(type_flag::set); }
inline Borrowed<Set> as_any_set(Value v) { return Borrowed<Set>(*static_cast<Set*>(v.pointer())); }

// An empty set of `type`: Set::type(), FrozenSet::type() or a subclass. A new frozenset may be filled by its maker.
Result<Ref<Set>> make_set(Thread& t, Type& type);

// hash(item): "cannot use 'list' as a set element (unhashable type: 'list')".
Result<std::int64_t> set_hash(Python& py, Borrowed<> item);
// True if the item was not in the set.
Result<bool> set_add(Python& py, Borrowed<Set> set, Borrowed<> item);
Result<bool> set_add_hashed(Python& py, Borrowed<Set> set, Borrowed<> item, std::int64_t hash);
Result<bool> set_contains(Python& py, Borrowed<Set> set, Borrowed<> item);
Result<bool> set_contains_hashed(Python& py, Borrowed<Set> set, Borrowed<> item, std::int64_t hash);
// True if the item was in the set.
Result<bool> set_discard(Python& py, Borrowed<Set> set, Borrowed<> item);
Result<bool> set_discard_hashed(Python& py, Borrowed<Set> set, Borrowed<> item, std::int64_t hash);
// Puts in what iterating gives.
Result<void> set_update(Python& py, Borrowed<Set> set, Borrowed<> iterable);
// Walking, as dict_next.
bool set_next(Thread& t, Set& set, std::size_t* position, Maybe<>* item, std::int64_t* hash = nullptr);
// Some item; null if the set is empty.
Maybe<> set_pop(Thread& t, Set& set);
void set_clear(Thread& t, Set& set);
Result<Ref<Set>> set_copy(Thread& t, Borrowed<Set> set, Type& type);
// Exchanges the items of two sets that nobody else fills; for in-place operations.
void set_take_table(Thread& t, Borrowed<Set> set, Borrowed<Set> from);

}  // namespace oro
