// The one-byte lock: in every object's header, and in threading.Lock. Waiters park in a table aside.
//
// Bits of the byte:
//   1  locked
//   2  somebody is parked (or about to be) and has to be woken
//   4  a waiter has been woken and tries: unlock wakes nobody else
//   8  a waiter has waited for over a millisecond: unlock hands the lock over to it
// Unlock releases first, wakes at most one, and takes the table's lock only if bit 2 is set and bit 4 is not. The owner
// may take the lock again before the woken one does, but only until bit 8.
//
// A thread that has to wait detaches meanwhile, so it never holds up a stop of the world.
#pragma once
#include <atomic>
#include <cstdint>

#include "memory/mutator.h"

namespace oro {

using LockByte = HeaderWord<std::uint8_t>;

namespace lock_bit {
inline constexpr std::uint8_t locked = 1, parked = 2, woken = 4, starving = 8;
}

inline bool try_lock(LockByte& lock) {
    std::uint8_t v = lock.load(std::memory_order_relaxed);
    while (!(v & lock_bit::locked)) {
        if (lock.compare_exchange_weak(v, v | lock_bit::locked, std::memory_order_acquire, std::memory_order_relaxed)) return true;
    }
    return false;
}

enum class LockResult { acquired, timed_out, interrupted };

// Waits without limit; not interrupted by signals.
void lock_slow(Mutator& m, LockByte& lock);
void unlock_slow(LockByte& lock);

inline void lock(Mutator& m, LockByte& lock) {
    std::uint8_t expected = 0;
    if (!lock.compare_exchange_strong(expected, lock_bit::locked, std::memory_order_acquire, std::memory_order_relaxed))
        lock_slow(m, lock);
}

inline void unlock(LockByte& lock) {
    std::uint8_t expected = lock_bit::locked;
    if (!lock.compare_exchange_strong(expected, 0, std::memory_order_release, std::memory_order_relaxed)) unlock_slow(lock);
}

// Waits for at most `nanoseconds` (negative: without limit). `interruptible`: returns `interrupted` when the thread's
// breaker asks for signal handlers or an asynchronous exception (a signal to the waiting thread ends its nap).
LockResult lock_timed(Mutator& m, LockByte& lock, std::int64_t nanoseconds, bool interruptible);

// In the child after fork nobody is parked.
void reset_parking_after_fork();

}  // namespace oro
