// The order of a dict's entries, for a dict that lets its pairs move: OrderedDict. A pair that moves takes a new place behind all
// others or before them; a place is never used twice, so that readers without the lock see one pair there or none (dict.h).
// Everything here is called with the dict's lock held, or by the only thread that knows the dict.
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
    std::size_t room = 0;                // entries before this one were never used
    std::size_t first = 0;               // entries before this one are empty
};

// Changes whenever a pair is added, removed or moved, and not when a value is replaced: each of the numbers only goes one way as
// long as the table is the same.
struct DictState {
    std::uint64_t table;
    std::size_t room, entries, used;
    bool operator==(DictState const&) const = default;
};

DictState state_of(Dict& dict, DictEnds& ends);
// The first or the last live entry; kAbsent if there is none.
std::size_t entry_at(Dict& dict, DictEnds& ends, End end);
// Makes entry `ix`, a live one, the first or the last. False without memory.
bool move_entry(Dict& dict, DictEnds& ends, std::size_t ix, End end);

}  // namespace oro
