// dict: compact and insertion-ordered. Lookups of strings, ints, floats and other immediates, and of keys by identity, take
// no lock; everything that changes the dict holds its lock; a lookup that has to call __eq__ runs without the lock and
// starts again if the table changed meanwhile.
//
// Protocol: `keys` points to a table of hash indexes and entries. Entries are appended, never reused; a deleted entry keeps a
// null value. A reader loads the table (acquire), finds an entry, takes a count of its value if it can, and looks again
// that the table and the value are the same. A writer that rebuilds or clears publishes another table and retires the
// old one. A pair that moves (dict_order.h) is entered at its new place before it leaves the old one, and its index is changed
// in between: so a reader that sees an entry emptied under its hands looks again with the lock held, and never takes a moving
// key for a missing one. `version` of a table: a number that is unique to this set of keys (0: none given yet); adding or deleting a key
// takes it away, replacing a value does not.
#pragma once
#include "object/locked.h"
#include "object/allocate.h"

namespace oro {

struct DictEntry {
    Slot key;                            // null: deleted
    Slot value;
    std::atomic<std::int64_t> hash{0};
};

struct DictKeys {
    std::atomic<std::uint32_t> version{0};
    std::uint8_t log2_size;              // of the index table
    std::uint8_t index_width;            // bytes an index: 1, 2, 4 or 8
    std::atomic<bool> simple{true};      // keys are exact str only (their __eq__ runs no Python)
    std::atomic<std::uint64_t> id{0};    // unique; given when a search has to run Python meanwhile
    std::atomic<std::size_t> entry_count{0};  // entries used, deleted ones too
    std::size_t tail = 0;                // entries from here on are deleted (writer)
    // Entries that fit: two thirds of the index table; none in the shared empty table.
    std::size_t capacity() const { return (std::size_t(2) << log2_size) / 3; }
    DictEntry* entries() { return reinterpret_cast<DictEntry*>(this + 1); }
    DictEntry const* entries() const { return reinterpret_cast<DictEntry const*>(this + 1); }
    // The index table stands behind the entries.
};
static_assert(sizeof(DictKeys) == 32);

struct Dict : Object {
    struct Guarded {
        std::atomic<DictKeys*> keys{nullptr};   // never null after construction
        std::atomic<std::size_t> used{0};
    } guarded;
    Dict();
    ~Dict();
    static Type& type();
    void trace(Visitor& v);
    void clear();
    std::size_t size() const { return guarded.used.load(std::memory_order_acquire); }
    DictKeys* keys() const { return guarded.keys.load(std::memory_order_acquire); }
};

extern Type dict_type;   // what Dict::type() gives; for tables of derived types

Result<Ref<Dict>> make_dict(Thread& t, std::size_t expected = 0);

// ---- keys that are exact str: these run no Python. `name` need not be interned, but lookups are fastest if it is.
Maybe<> dict_get(Thread& t, Dict const& dict, Borrowed<Str> name);
Result<void> dict_set(Thread& t, Dict& dict, Borrowed<Str> name, Ref<> value);
// The value that was there (null: none).
Maybe<> dict_pop(Thread& t, Dict& dict, Borrowed<Str> name);
// Where a str key stands now: entry index and table; false if absent. For inline caches.
bool dict_find_entry(Dict const& dict, Str const& name, DictKeys** keys, std::uint32_t* index);
// The version of the table for caching, given now if there is none (under the lock); 0 if versions have run out.
std::uint32_t dict_version(Thread& t, Dict& dict);

// ---- any keys: hashing and comparing may run Python. A missing key is a null Maybe, not an error.
Result<Maybe<>> dict_get_item(Python& py, Borrowed<Dict> dict, Borrowed<> key);
Result<void> dict_set_item(Python& py, Borrowed<Dict> dict, Borrowed<> key, Ref<> value);
// dict.setdefault: the value that is in the dict afterwards; `added` tells whether it is the given one.
// hash(key) for a dict: "cannot use 'list' as a dict key (unhashable type: 'list')".
Result<std::int64_t> dict_hash(Python& py, Borrowed<> key);
Result<Ref<>> dict_set_default(Python& py, Borrowed<Dict> dict, Borrowed<> key, Borrowed<> value, bool* added = nullptr);
// Removes a key; the old value, null if it was missing.
Result<Maybe<>> dict_pop_item(Python& py, Borrowed<Dict> dict, Borrowed<> key);
Result<bool> dict_contains(Python& py, Borrowed<Dict> dict, Borrowed<> key);
// With the key's hash known (hash_value).
Result<Maybe<>> dict_get_item_hashed(Python& py, Borrowed<Dict> dict, Borrowed<> key, std::int64_t hash);
Result<void> dict_set_item_hashed(Python& py, Borrowed<Dict> dict, Borrowed<> key, std::int64_t hash, Ref<> value);
Result<Ref<>> dict_set_default_hashed(Python& py, Borrowed<Dict> dict, Borrowed<> key, std::int64_t hash, Borrowed<> value,
                                      bool* added = nullptr);
Result<Maybe<>> dict_pop_item_hashed(Python& py, Borrowed<Dict> dict, Borrowed<> key, std::int64_t hash);

// ---- walking: `position` starts at 0; false at the end. Entries added or removed meanwhile may or may not be seen, but each
// pair is one that was in the dict, and no crash.
bool dict_next(Thread& t, Dict& dict, std::size_t* position, Maybe<>* key, Maybe<>* value, std::int64_t* hash = nullptr);
// The same backwards: `position` starts at SIZE_MAX, and the end is 0.
bool dict_previous(Thread& t, Dict& dict, std::size_t* position, Maybe<>* key, Maybe<>* value);
// Removes and gives the last pair; false if empty.
bool dict_pop_last(Thread& t, Dict& dict, Maybe<>* key, Maybe<>* value);
void dict_clear(Thread& t, Dict& dict);
Result<Ref<Dict>> dict_copy(Thread& t, Borrowed<Dict> dict);
// Into a dict that is empty and that nobody else knows yet.
Result<void> dict_copy_into(Thread& t, Dict& copy, Borrowed<Dict> dict);
// Merges another dict or mapping (keys() and __getitem__); `override` false keeps existing values.
// From an iterable of pairs.
Result<void> dict_merge_pairs(Python& py, Borrowed<Dict> dict, Borrowed<> pairs, bool override = true);
// dict.update(argument, **keywords): a mapping if it has keys(), else pairs.
Result<void> dict_update(Python& py, Borrowed<Dict> dict, Borrowed<> argument);
Result<void> dict_merge(Python& py, Borrowed<Dict> dict, Borrowed<> other, bool override = true);

}  // namespace oro
