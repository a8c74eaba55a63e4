#include "memory/counts.h"

#include <algorithm>
#include <cstdlib>

#include "memory/contended.h"
#include "memory/owner.h"
#include "memory/spread.h"

namespace oro::detail {

namespace {

using std::memory_order_acq_rel, std::memory_order_acquire, std::memory_order_relaxed, std::memory_order_release;

constexpr std::int32_t count_of(std::uint32_t shared) { return std::int32_t(shared) >> 2; }

// Folds the local count into the shared one; the caller is the owner, or holds the dead owner's slot. Returns the total.
std::int32_t merge(Header* o) {
    auto local = std::int32_t(o->local.load(memory_order_relaxed));
    std::uint32_t old = o->shared.load(memory_order_relaxed), next;
    do {
        next = std::uint32_t(std::min(count_of(old) + local, kPinned) * 4) | kMerged;
    } while (!o->shared.compare_exchange_weak(old, next, memory_order_acq_rel, memory_order_relaxed));
    o->local.store(0, memory_order_relaxed);
    o->owner.store(kNobody, memory_order_release);
    return count_of(next);
}

// Asks the owner to merge `o`, or merges at once if the owner's thread has ended.
void queue_for_merge(Header* o) {
    for (;;) {
        OwnerId id = o->owner.load(memory_order_acquire);
        if (id == kNobody) return;  // made immortal meanwhile; a queued object is merged by no other way
        OwnerSlot& slot = owner_slot(id);
        std::int32_t total;
        {
            std::lock_guard guard(slot.mutex);
            if (o->owner.load(memory_order_relaxed) != id) continue;
            if (slot.live) {
                if (slot.queued == slot.capacity) {
                    std::size_t capacity = slot.capacity ? slot.capacity * 2 : 64;
                    auto* grown = static_cast<Header**>(std::realloc(slot.queue, capacity * sizeof(Header*)));
                    if (!grown) return;  // out of memory: the object leaks, nothing worse
                    slot.queue = grown;
                    slot.capacity = capacity;
                }
                slot.queue[slot.queued++] = o;
                slot.live->breaker.fetch_or(breaker::merge, memory_order_release);
                return;
            }
            total = merge(o);
        }
        if (total == 0) hook::destroy(o);
        return;
    }
}

}  // namespace

// The owner only: `local` has no room for another count.
void make_immortal(Header* o) {
    o->owner.store(kNobody, memory_order_relaxed);
    o->local.store(kImmortalCount, memory_order_release);
}

void incref_slow(Header* o) {
    if (o->is_immortal()) return;
    if (o->has(flag::deferred) && count_spread(o, 1)) return;
    std::uint32_t old = o->shared.fetch_add(kOne, memory_order_relaxed);
    if (count_of(old) >= kPinned) [[unlikely]] o->shared.fetch_sub(kOne, memory_order_relaxed);
    if (current_mutator) counted_foreign(*current_mutator, o);
}

namespace {

// Give back one count. True if the object is dead by that; nobody else can take or give a count of it then.
bool last_shared_count(Header* o) {
    if (o->is_immortal()) return false;
    if (o->has(flag::deferred) && count_spread(o, -1)) return false;
    std::uint32_t old = o->shared.load(memory_order_relaxed), next;
    bool queue;
    do {
        if (count_of(old) >= kPinned) [[unlikely]] return false;
        // Below zero in the default or concurrent state: the count this thread gives back was the owner's.
        queue = (old & kStateMask) <= kConcurrent && count_of(old) == 0;
        next = queue ? ((old - kOne) & ~kStateMask) | kQueued : old - kOne;
    } while (!o->shared.compare_exchange_weak(old, next, memory_order_acq_rel, memory_order_relaxed));
    if (queue) {
        queue_for_merge(o);
        return false;
    }
    return next == kMerged && !o->has(flag::deferred);
}

// The same for the owner, whose `local` is 0 now.
bool dead_without_local(Header* o) {
    std::uint32_t shared = o->shared.load(memory_order_acquire);
    if (shared == 0 || (shared == kConcurrent &&
                        o->shared.compare_exchange_strong(shared, kMerged, memory_order_acq_rel))) {
        // Nobody else has a count, and from here try_incref refuses: state default with count 0, or merged.
        o->owner.store(kNobody, memory_order_relaxed);
        return true;
    }
    if ((o->shared.load(memory_order_acquire) & kStateMask) == kQueued) {
        // merge_queued finds it. Until then it is owned, and the owner's next reference to go, which another thread may have counted in
        // `shared`, must find a local count to take it from: one less than none would be an immortal object's.
        o->shared.fetch_sub(kOne, memory_order_relaxed);
        o->local.store(1, memory_order_relaxed);
        return false;
    }
    return merge(o) == 0;
}

}  // namespace

void decref_slow(Header* o) {
    if (last_shared_count(o)) hook::destroy(o);
}

void local_dropped_to_zero(Header* o) {
    if (dead_without_local(o)) hook::destroy(o);
}

bool decref_after_finalizer(Header* o) {
    if (o->owner.load(memory_order_relaxed) != current_owner) return last_shared_count(o);
    std::uint32_t local = o->local.load(memory_order_relaxed) - 1;
    o->local.store(local, memory_order_relaxed);
    return local == 0 && dead_without_local(o);
}

bool try_incref_slow(Header* o) {
    if (o->is_immortal()) return true;
    if (o->has(flag::deferred) && count_spread(o, 1)) return true;
    std::uint32_t old = o->shared.load(memory_order_relaxed);
    do {
        if (old == 0 || old == kMerged) return false;
    } while (!o->shared.compare_exchange_weak(old, old + kOne, memory_order_acquire, memory_order_relaxed));
    if (current_mutator) counted_foreign(*current_mutator, o);
    return true;
}

void allow_concurrent(Header* o) {
    if (o->is_immortal()) return;
    std::uint32_t old = o->shared.load(memory_order_relaxed);
    while ((old & kStateMask) == 0 &&
           !o->shared.compare_exchange_weak(old, old | kConcurrent, memory_order_relaxed, memory_order_relaxed)) {
    }
}

void decref_without_destroying(Header* o) {
    if (o->is_immortal()) return;
    if (o->owner.load(memory_order_relaxed) == current_owner) o->local.fetch_sub(1, memory_order_relaxed);
    else o->shared.fetch_sub(kOne, memory_order_relaxed);
}

void merge_queued(Mutator& m) {
    m.breaker.fetch_and(~breaker::merge, memory_order_relaxed);
    for (;;) {
        Header** batch;
        std::size_t n;
        {
            std::lock_guard guard(m.slot->mutex);
            batch = m.slot->queue;
            n = m.slot->queued;
            m.slot->queue = nullptr;
            m.slot->queued = m.slot->capacity = 0;
        }
        if (n == 0) {
            std::free(batch);
            return;
        }
        for (std::size_t i = 0; i < n; ++i) {
            if (merge(batch[i]) == 0 && !batch[i]->has(flag::deferred)) hook::destroy(batch[i]);
        }
        std::free(batch);
    }
}

}  // namespace oro::detail
