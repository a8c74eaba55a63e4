// Which objects do several threads keep counting? Every so many references that a thread takes to other threads' objects it notes one,
// so that what is counted most is noted most. An object that was noted often enough is asked for: the object layer makes it deferred
// (object/defer_contended.cpp), and the threads no longer wait for each other's counts.
//
// The notes belong to one thread. What it asks for is read by the thread that stops the world.
#pragma once
#include <cstdint>
#include <vector>

#include "memory/mutator.h"

namespace oro {

struct ContentionNotes {
    static constexpr std::size_t kPlaces = 1024;
    struct Note {
        Header* object = nullptr;  // not counted, only compared
        std::uint32_t times = 0;
    };
    Note notes[kPlaces];
    std::vector<Header*> wanted;   // counted
    std::uint32_t made = 0;        // notes
};

// The caller has just taken a count of `o`.
void note_contention(Mutator& m, Header* o);
inline void counted_foreign(Mutator& m, Header* o) {
    if (--m.until_note == 0) [[unlikely]] note_contention(m, o);
}

// The thread ends: gives back what it asked for.
void drop_contention_notes(Mutator& m);

}  // namespace oro
