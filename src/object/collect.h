// The cycle collector: stops the world, finds what only cycles keep alive, runs finalisers, and drops the rest. It sees all
// threads' heaps.
//
// References that C++ code or frames hold show as counts that no traced edge explains; such objects are roots. Frames don't
// count deferred objects, so frames are traced as well. Everything not reachable from a root is garbage.
//
// Collections run at safepoints, or when asked for. Pauses are recorded.
#pragma once
#include <atomic>
#include <cstdint>

#include "object/allocate.h"

namespace oro {

// Objects that a thread makes before it asks for a collection.
inline constexpr std::int64_t kCollectAfter = 2000;

// Adds the thread's count to the common one, and sets the breaker's `collect` bit when a collection is due.
void ask_for_collection(Thread& t);
// Collects at a safepoint if one is still due.
Result<void> collect_if_due(Python& py);

struct CollectResult {
    std::int64_t collected = 0, uncollectable = 0;
};
// Collects now. Callbacks of gc.callbacks and finalisers run in this thread after the world runs again.
Result<CollectResult> collect(Python& py);

struct CollectorState {
    std::atomic<bool> enabled{true};
    std::atomic<std::int64_t> thresholds[3] = {2000, 10, 0};
    std::atomic<std::int64_t> young{0};          // objects made since the last collection, all threads
    std::atomic<std::int64_t> live{0};           // traced objects that survived the last collection
    std::atomic<std::int64_t> collections{0}, collected{0}, uncollectable{0};
    std::atomic<std::uint32_t> debug{0};
    // Pauses: number, sum and longest in nanoseconds, and a histogram by powers of two of microseconds.
    std::atomic<std::int64_t> pauses{0}, pause_total{0}, pause_longest{0};
    std::atomic<std::int64_t> pause_histogram[24] = {};
    std::atomic<bool> running{false};
};
CollectorState& collector();

// Calls f for every traced object with the world stopped (gc.get_objects, gc.get_referrers).
void with_all_objects(Python& py, void (*f)(void*, Object*), void* arg);

// What each layer with roots of its own provides: calls v for the references that no object's trace shows. Set at start-up.
using RootTracer = void (*)(Visitor&);
void add_root_tracer(RootTracer tracer);

}  // namespace oro
