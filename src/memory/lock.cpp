#include "memory/lock.h"

#include <immintrin.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <climits>
#include <mutex>
#include <new>

#include "memory/world.h"

namespace oro {

namespace {

// One waiting thread, on its own stack.
struct Waiter {
    LockByte* address;
    Mutator* mutator;
    Waiter* next = nullptr;
    std::atomic<std::uint32_t> signal{0};  // 0 parked, 1 woken, 2 woken with the lock in hand
};

struct alignas(64) Bucket {
    std::mutex mutex;  // guards the queue
    Waiter* first = nullptr;
    Waiter* last = nullptr;
};

constexpr std::size_t kBuckets = 509;
alignas(64) char bucket_storage[sizeof(Bucket) * kBuckets];
Bucket* buckets() {
    static Bucket* b = [] {
        auto* all = reinterpret_cast<Bucket*>(bucket_storage);
        for (std::size_t i = 0; i < kBuckets; ++i) new (all + i) Bucket;
        return all;
    }();
    return b;
}

Bucket& bucket_of(LockByte const* lock) { return buckets()[(std::uintptr_t(lock) >> 4) % kBuckets]; }

std::int64_t now_ns() {
    timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return std::int64_t(t.tv_sec) * 1'000'000'000 + t.tv_nsec;
}

// Waits until the word differs from `value`, a wake-up, a signal or the time-out (negative: none).
void futex_wait(std::atomic<std::uint32_t>& word, std::uint32_t value, std::int64_t ns) {
    timespec t{ns / 1'000'000'000, ns % 1'000'000'000};
    syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(&word), FUTEX_WAIT_PRIVATE, value, ns < 0 ? nullptr : &t, nullptr, 0);
}

void futex_wake(std::atomic<std::uint32_t>& word) {
    syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(&word), FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
}

constexpr std::int64_t kStarveAfter = 1'000'000;  // ns
constexpr std::int64_t kHeirNap = 50'000;         // ns a woken waiter sleeps between tries

LockResult wait_for(Mutator& m, LockByte& lock, std::int64_t timeout, bool interruptible) {
    std::int64_t begin = now_ns();
    Bucket& bucket = bucket_of(&lock);
    bool heir = false;  // this thread holds the `woken` bit
    auto interrupted = [&] {
        return interruptible && (m.breaker.load(std::memory_order_acquire) & (breaker::signal | breaker::async_exc));
    };
    for (;;) {
        // Try for a while; an heir naps between tries so that the owner keeps its cache line.
        for (int spin = 0; spin < 40; ++spin) {
            std::uint8_t v = lock.load(std::memory_order_relaxed);
            if (!(v & lock_bit::locked)) {
                std::uint8_t next = std::uint8_t(v | lock_bit::locked);
                if (heir) next &= std::uint8_t(~(lock_bit::woken | lock_bit::starving));
                if (lock.compare_exchange_weak(v, next, std::memory_order_acquire, std::memory_order_relaxed)) {
                    return LockResult::acquired;
                }
            }
            _mm_pause();
        }
        std::int64_t waited = now_ns() - begin;
        bool expired = timeout >= 0 && waited >= timeout;
        if (expired || interrupted()) {
            if (heir) {
                lock.fetch_and(std::uint8_t(~(lock_bit::woken | lock_bit::starving)), std::memory_order_relaxed);
                // The wake-up that made us the heir belongs to the next waiter, if the lock is free already.
                if (lock.load(std::memory_order_acquire) == lock_bit::parked) {
                    if (try_lock(lock)) unlock_slow(lock);
                }
            }
            return expired ? LockResult::timed_out : LockResult::interrupted;
        }
        if (heir && waited < kStarveAfter) {
            std::atomic<std::uint32_t> nap{0};
            futex_wait(nap, 0, kHeirNap);
            continue;
        }
        Waiter self{&lock, &m};
        {
            std::lock_guard guard(bucket.mutex);
            std::uint8_t v = lock.load(std::memory_order_relaxed), next;
            bool queue = true;
            do {
                if (!(v & lock_bit::locked)) {
                    queue = false;
                    break;
                }
                next = std::uint8_t(v | lock_bit::parked);
                if (heir) next = std::uint8_t((next & ~lock_bit::woken) | lock_bit::starving);
            } while (!lock.compare_exchange_weak(v, next, std::memory_order_relaxed, std::memory_order_relaxed));
            if (!queue) continue;
            if (heir) {  // a starving heir goes to the front
                self.next = bucket.first;
                bucket.first = &self;
                if (!bucket.last) bucket.last = &self;
            } else {
                if (bucket.last) bucket.last->next = &self; else bucket.first = &self;
                bucket.last = &self;
            }
        }
        while (self.signal.load(std::memory_order_acquire) == 0) {
            std::int64_t left = timeout < 0 ? -1 : timeout - (now_ns() - begin);
            if ((timeout >= 0 && left <= 0) || interrupted()) break;
            futex_wait(self.signal, 0, left);
        }
        if (self.signal.load(std::memory_order_acquire) == 0) {
            std::lock_guard guard(bucket.mutex);
            if (self.signal.load(std::memory_order_acquire) == 0) {
                Waiter* before = nullptr;
                Waiter* w = bucket.first;
                while (w != &self) before = w, w = w->next;
                (before ? before->next : bucket.first) = self.next;
                if (bucket.last == &self) bucket.last = before;
                if (interrupted()) return LockResult::interrupted;
                return LockResult::timed_out;
            }
        }
        if (self.signal.load(std::memory_order_acquire) == 2) return LockResult::acquired;
        heir = true;
    }
}

}  // namespace

namespace {

// Sleeps until the lock has been released, or was free all the time. True: it was handed over, and is the caller's.
bool wait_until_free(Mutator& m, LockByte& lock) {
    Bucket& bucket = bucket_of(&lock);
    Waiter self{&lock, &m};
    {
        std::lock_guard guard(bucket.mutex);
        std::uint8_t v = lock.load(std::memory_order_relaxed);
        do {
            if (!(v & lock_bit::locked)) return false;
        } while (!lock.compare_exchange_weak(v, std::uint8_t(v | lock_bit::parked), std::memory_order_relaxed, std::memory_order_relaxed));
        if (bucket.last) bucket.last->next = &self; else bucket.first = &self;
        bucket.last = &self;
    }
    while (self.signal.load(std::memory_order_acquire) == 0) futex_wait(self.signal, 0, -1);
    if (self.signal.load(std::memory_order_acquire) == 2) return true;
    // Whoever has the lock by now wakes the next one again; if it is free, this thread tries for it, and does.
    lock.fetch_and(std::uint8_t(~lock_bit::woken), std::memory_order_relaxed);
    return false;
}

}  // namespace

// The lock is taken by attached threads only: a thread that a stop of the world keeps from attaching, or that a child of fork no
// longer has, holds none.
void lock_slow(Mutator& m, LockByte& lock) {
    for (;;) {
        for (int spin = 0; spin < 40; ++spin) {
            if (try_lock(lock)) return;
            _mm_pause();
        }
        Detached detached(m);
        if (wait_until_free(m, lock)) return;
    }
}

LockResult lock_timed(Mutator& m, LockByte& lock, std::int64_t nanoseconds, bool interruptible) {
    if (try_lock(lock)) return LockResult::acquired;
    if (nanoseconds == 0) return LockResult::timed_out;
    Detached detached(m);
    return wait_for(m, lock, nanoseconds, interruptible);
}

void unlock_slow(LockByte& lock) {
    std::uint8_t v = lock.load(std::memory_order_relaxed);
    for (;;) {
        if ((v & lock_bit::starving) && (v & lock_bit::parked)) break;  // hand over below, the lock stays taken
        bool wake = (v & lock_bit::parked) && !(v & lock_bit::woken);
        std::uint8_t next = std::uint8_t(v & ~lock_bit::locked);
        if (wake) next |= lock_bit::woken;
        if (lock.compare_exchange_weak(v, next, std::memory_order_release, std::memory_order_relaxed)) {
            if (!wake) return;
            break;
        }
    }
    bool hand_over = v & lock_bit::starving;
    Bucket& bucket = bucket_of(&lock);
    std::lock_guard guard(bucket.mutex);
    Waiter* before = nullptr;
    Waiter* w = bucket.first;
    while (w && w->address != &lock) before = w, w = w->next;
    if (!w) {
        // Everybody timed out meanwhile.
        std::uint8_t off = lock_bit::parked | lock_bit::starving | (hand_over ? lock_bit::locked : lock_bit::woken);
        lock.fetch_and(std::uint8_t(~off), std::memory_order_release);
        return;
    }
    (before ? before->next : bucket.first) = w->next;
    if (bucket.last == w) bucket.last = before;
    bool more = false;
    for (Waiter* o = bucket.first; o && !more; o = o->next) more = o->address == &lock;
    std::uint8_t off = 0;
    if (!more) off |= lock_bit::parked;
    if (hand_over) off |= lock_bit::starving;
    if (off) lock.fetch_and(std::uint8_t(~off), std::memory_order_release);
    w->signal.store(hand_over ? 2 : 1, std::memory_order_release);
    futex_wake(w->signal);  // the waiter's frame may be gone by now; a wake-up of an unused address is harmless
}

void reset_parking_after_fork() {
    for (std::size_t i = 0; i < kBuckets; ++i) new (buckets() + i) Bucket;
}

}  // namespace oro
