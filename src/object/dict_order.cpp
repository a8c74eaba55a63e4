#include "object/dict_order.h"

#include "memory/heap.h"
#include "object/dict_lookup.h"

namespace oro {

using namespace dict_table;

namespace {

// The current table; `ends` is about it afterwards.
DictKeys& settle(Dict& dict, DictEnds& ends) {
    DictKeys& k = *dict.guarded.keys.load(std::memory_order_relaxed);
    std::uint64_t id = is_shared_empty(&k) ? 0 : id_of(k);
    if (ends.table != id) ends.reset(id, 0);
    return k;
}

void add_fresh(DictKeys& to, std::size_t n, DictEntry& e) {
    append_fresh(to, n, e.key.peek_relaxed(), e.hash.load(std::memory_order_relaxed), e.value.peek_relaxed());
}

// A new table in which the entry stands at its end. Half of the entries that it leaves free are in front if that is where pairs
// go: there are as many free ones as live ones at least.
bool rebuild(Dict& dict, DictEnds& ends, std::size_t moved, End end) {
    DictKeys& old = *dict.guarded.keys.load(std::memory_order_relaxed);
    std::size_t used = dict.guarded.used.load(std::memory_order_relaxed);
    DictKeys* k = make_table(used * 2);
    if (!k) return false;
    k->simple.store(old.simple.load(std::memory_order_relaxed), std::memory_order_relaxed);
    std::size_t room = end == End::front ? (k->capacity() - used) / 2 : 0, n = room;
    if (end == End::front) add_fresh(*k, n++, old.entries()[moved]);
    for (std::size_t i = 0, count = old.entry_count.load(std::memory_order_relaxed); i < count; ++i) {
        if (i != moved && !old.entries()[i].key.peek_relaxed().is_null()) add_fresh(*k, n++, old.entries()[i]);
    }
    if (end == End::back) add_fresh(*k, n++, old.entries()[moved]);
    set_count(*k, n);
    ends.reset(id_of(*k), room);
    dict.guarded.keys.store(k, std::memory_order_release);
    buffer_retire(&old);
    return true;
}

}  // namespace

DictState state_of(Dict& dict, DictEnds& ends) {
    DictKeys& k = settle(dict, ends);
    return {ends.table, ends.room.load(std::memory_order_relaxed), k.entry_count.load(std::memory_order_relaxed), dict.guarded.used.load(std::memory_order_relaxed)};
}

bool still_in_state(Dict& dict, DictEnds& ends, DictKeys* k, DictState const& state) {
    // In this order: as long as there are no more entries than before, pairs were taken out at most, so that their number was right
    // at every moment until it was read.
    return k->id.load(std::memory_order_acquire) == state.table && dict.size() == state.used &&
           k->entry_count.load(std::memory_order_acquire) == state.entries && ends.room.load(std::memory_order_acquire) == state.room &&
           dict.keys() == k;
}

std::size_t entry_at(Dict& dict, DictEnds& ends, End end) {
    DictKeys& k = settle(dict, ends);
    if (end == End::back) return last_entry(k);
    std::size_t i = ends.first, count = k.entry_count.load(std::memory_order_relaxed);
    while (i < count && k.entries()[i].key.peek_relaxed().is_null()) ++i;
    ends.first = i;
    return i < count ? i : kAbsent;
}

bool move_entry(Dict& dict, DictEnds& ends, std::size_t ix, End end) {
    if (entry_at(dict, ends, end) == ix) return true;
    DictKeys& k = *dict.guarded.keys.load(std::memory_order_relaxed);
    std::size_t count = k.entry_count.load(std::memory_order_relaxed), room = ends.room.load(std::memory_order_relaxed);
    if (end == End::back ? count == k.capacity() : room == 0) return rebuild(dict, ends, ix, end);
    std::size_t to = end == End::back ? count : room - 1;
    DictEntry &from = k.entries()[ix], &e = k.entries()[to];
    // Who has remembered the version would look for the value at the old place.
    k.version.store(0, std::memory_order_release);
    Value key = from.key.peek_relaxed();
    std::int64_t hash = from.hash.load(std::memory_order_relaxed);
    e.hash.store(hash, std::memory_order_relaxed);
    e.value.store(from.value.peek_relaxed());
    e.key.store(key);
    with_indexes(k, [&](auto* index) {
        using I = decltype(index->load());
        Probe p(hash, mask_of(k));
        while (index[p.i].load(std::memory_order_relaxed) != I(ix)) p.advance();
        index[p.i].store(I(to), std::memory_order_release);
    });
    // The state changes before the old place is empty: an iterator that finds it empty sees why.
    if (end == End::back) {
        k.entry_count.store(count + 1, std::memory_order_release);
        k.tail = count + 1;
    } else {
        ends.room.store(to, std::memory_order_release);
        ends.first = to;
    }
    from.value.store(Value{});
    from.key.store(Value{});
    return true;
}

}  // namespace oro
