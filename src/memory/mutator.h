// A thread as the memory layer sees it: an owner id, a heap of cells, its place in the grace-period protocol, and the
// breaker word that asks it to stop at the next safepoint. The object layer's Thread derives from it.
//
// Fields without another word belong to the thread itself. `breaker` may be or-ed by anyone; `state` is governed by the
// protocol of world.h; `seen_epoch` is written by the thread and read by those who reclaim.
#pragma once
#include <atomic>
#include <cstdint>

#include "memory/header.h"

namespace oro {

class Heap;
struct OwnerSlot;

// Bits of the breaker word.
namespace breaker {
inline constexpr std::uint32_t stop = 1;        // stop the world
inline constexpr std::uint32_t merge = 2;       // other threads queued objects of ours to merge
inline constexpr std::uint32_t signal = 4;      // signal handlers to run (main thread)
inline constexpr std::uint32_t async_exc = 8;   // PyThreadState_SetAsyncExc
inline constexpr std::uint32_t gil_drop = 16;   // another thread waits for the GIL
inline constexpr std::uint32_t collect = 32;    // run the collector
inline constexpr std::uint32_t reclaim = 64;    // retired memory waits for its grace period
inline constexpr std::uint32_t pending = 128;   // deferred work queued on the thread
inline constexpr std::uint32_t contention = 256; // objects to make deferred (contended.h)
}  // namespace breaker

enum class MutatorState : std::uint32_t { detached, attached, suspended };

struct Mutator {
    std::atomic<std::uint32_t> breaker{0};
    OwnerId id = kNobody;
    bool alone = true;                   // no other thread exists: locks need no atomic operation; changed only while stopped
    std::uint16_t sections = 0;          // object locks held by this thread (see object/locked.h)
    std::uint16_t destroy_depth = 0;     // nesting of destructors, bounded by queueing
    std::atomic<std::uint64_t> seen_epoch{0};  // 0: offline (detached)
    std::atomic<MutatorState> state{MutatorState::detached};
    Heap* heap = nullptr;
    OwnerSlot* slot = nullptr;
    struct DoomedList* doomed = nullptr; // objects to destroy once no section is held; null: none
    struct RetireList* retired = nullptr;
    std::uint32_t until_note = 64;       // references to other threads' objects until one of them is noted
    struct ContentionNotes* contention = nullptr;  // null: none yet
    Mutator* next = nullptr;             // registry, under the world's lock
    std::int64_t allocated_since_gc = 0; // objects created minus destroyed here since the last collection
};

// The calling thread's mutator and owner id; null and kNobody on a thread that isn't attached.
inline constinit thread_local Mutator* current_mutator = nullptr;
inline constinit thread_local OwnerId current_owner = kNobody;

}  // namespace oro
