// The order of a dict's entries, for a dict that lets its pairs move: OrderedDict. A pair that moves takes a new place behind all
// others or before them; a place is never used twice, so that readers without the lock see one pair there or none (dict.h).
// What changes the order is called with the dict's lock held, or by the only thread that knows the dict; whether it changed can be
// asked without.
//
// Places before the others: a table that is rebuilt for a move to the front leaves some free there. How many still are, and
// where the first live entry is, stands beside the dict, since no other dict needs to know. It's true for the table whose id is
// `table` only; another one, which the dict's own functions made, has no room in front.
//
// Costs: a table is rebuilt only after a number of moves that is in proportion to its live entries, and emptied entries at either end
// are passed once; so taking from both ends and moving to them is O(1), seen over many calls.
#pragma once
#include "object/dict.h"

namespace oro {

enum class End : std::uint8_t { front, back };

struct DictEnds {
    std::uint64_t table = 0;             // id of the table that the rest is about; 0: the shared empty table
    std::atomic<std::size_t> room{0};    // entries before this one were never used
    std::size_t first = 0;               // entries before this one are empty
    void reset(std::uint64_t id, std::size_t n) {
        table = id;
        room.store(n, std::memory_order_release);
        first = n;
    }
};

// Changes whenever a pair is added, removed or moved, and not when a value is replaced. As long as the table is the same, the room
// only shrinks and the entries only grow.
struct DictState {
    std::uint64_t table;
    std::size_t room, entries, used;
    bool operator==(DictState const&) const = default;
};

// Under the lock.
DictState state_of(Dict& dict, DictEnds& ends);
// Whether the state is still this one, asked without the lock: what the caller read before then belongs to it. `k` is the table
// that was read. False may mean that it can't be told.
bool still_in_state(Dict& dict, DictEnds& ends, DictKeys* k, DictState const& state);
// The first or the last live entry; kAbsent if there is none.
std::size_t entry_at(Dict& dict, DictEnds& ends, End end);
// Makes entry `ix`, a live one, the first or the last. False without memory.
bool move_entry(Dict& dict, DictEnds& ends, std::size_t ix, End end);

}  // namespace oro
