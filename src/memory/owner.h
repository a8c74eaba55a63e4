// Owner slots: what stands behind an owner id. An id outlives its thread: the slot keeps the heap and the queue of
// objects to merge, and the next thread that takes the id takes both. While no thread lives in a slot, whoever holds its
// lock acts as the owner.
#pragma once
#include <atomic>
#include <mutex>

#include "memory/mutator.h"

namespace oro {

class Heap;

struct OwnerSlot {
    std::mutex mutex;                    // guards `live`, `queue`
    Mutator* live = nullptr;             // the thread that has the id now
    Header** queue = nullptr;            // objects whose shared count fell below zero
    std::size_t queued = 0, capacity = 0;
    Heap* heap = nullptr;                // made with the slot, never freed
    std::int32_t* spread = nullptr;      // counts of deferred objects by number (spread.h): the slot's thread only, or the world stopped
    std::uint32_t spread_capacity = 0;
    OwnerId id = kNobody;
};

inline constexpr std::size_t kMaxOwners = 65535;

// The slot of an id in use or used before.
OwnerSlot& owner_slot(OwnerId id);

Heap* heap_of_owner(OwnerId id);

// Takes a free id (a dead thread's before a new one) for a thread that starts; null if all are taken.
OwnerSlot* take_owner_slot(Mutator& m);
// Gives the id back; merges what is queued. The thread is still attached and destroys what falls to zero.
void leave_owner_slot(Mutator& m);

// Calls f(slot) for each slot that was ever used; the world is stopped.
void for_each_owner(void (*f)(void*, OwnerSlot&), void* arg);

}  // namespace oro
