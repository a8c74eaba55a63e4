// Biased reference counts. The owner changes `local` with plain stores; everyone else changes `shared` atomically.
//
// States in the low two bits of `shared`:
//   0  default: the object was never shared, or only through plain increfs
//   1  concurrent: lock-free readers may try_incref it even if the shared count is 0
//   2  queued: the shared count fell below zero and the owner was asked to merge; `local` stays above 0 until it has
//   3  merged: `local` is 0, owner is nobody, and `shared` alone counts
// An object dies when the owner drops its last local count and the shared word is 0 or concurrent with count 0, or when
// a merged count falls to 0. Immortal objects have owner nobody and local kImmortalCount; counting leaves them alone.
// A count that would overflow makes its object immortal. Deferred objects are merged from birth, and counted in spread.h.
//
// Only object/ref.h and the interpreter use these functions directly.
#pragma once
#include <cstdint>

#include "memory/mutator.h"

namespace oro::detail {

inline constexpr std::uint32_t kStateMask = 3, kConcurrent = 1, kQueued = 2, kMerged = 3, kOne = 4;
// A shared count that has reached this never falls again: its object lives for ever.
inline constexpr std::int32_t kPinned = 1 << 28;

void incref_slow(Header* o);
void decref_slow(Header* o);
void local_dropped_to_zero(Header* o);
void make_immortal(Header* o);
bool try_incref_slow(Header* o);

inline void incref(Header* o) {
    if (o->owner.load(std::memory_order_relaxed) == current_owner) [[likely]] {
        std::uint32_t n = o->local.load(std::memory_order_relaxed) + 1;
        o->local.store(n, std::memory_order_relaxed);
        if (std::int32_t(n) < 0) [[unlikely]] make_immortal(o);
        return;
    }
    incref_slow(o);
}

inline void decref(Header* o) {
    if (o->owner.load(std::memory_order_relaxed) == current_owner) [[likely]] {
        std::uint32_t n = o->local.load(std::memory_order_relaxed) - 1;
        o->local.store(n, std::memory_order_relaxed);
        if (n == 0) [[unlikely]] local_dropped_to_zero(o);
        return;
    }
    decref_slow(o);
}

// Whether the one reference that the caller looks at is the only one, so that no other thread can know the object: the owner's count is
// 1 and nobody has another (any more: what they did with the object happened before). Lock-free readers that still see an old place
// of it are refused by the shared word 0.
inline bool is_exclusive(Header const* o) {
    return o->local.load(std::memory_order_relaxed) == 1 && o->shared.load(std::memory_order_acquire) == 0 &&
           o->owner.load(std::memory_order_relaxed) == current_owner;
}

// For a pointer read from a place that others may change meanwhile: takes a count unless the object is dead or was
// never shared. The caller then looks whether the place still holds the pointer.
inline bool try_incref(Header* o) {
    if (o->owner.load(std::memory_order_relaxed) == current_owner) [[likely]] {
        incref(o);
        return true;
    }
    return try_incref_slow(o);
}

// Marks an object so that try_incref works on it from every thread. The caller owns a count.
void allow_concurrent(Header* o);

inline void incref(Value v) { if (v.is_pointer()) incref(v.pointer()); }
inline void decref(Value v) { if (v.is_pointer()) decref(v.pointer()); }

// Merges what other threads queued for this owner; at safepoints, with the thread attached.
void merge_queued(Mutator& m);

// Gives back the count under which a finaliser ran. True if it was the last one: the object is the caller's to destroy, and
// try_incref refuses it. False: the object lives on, and must not be touched any more.
bool decref_after_finalizer(Header* o);

// Gives a count back without destroying at zero; the world is stopped (the collector).
void decref_without_destroying(Header* o);

// Total count as the collector sees it; the world is stopped, and spread counts are folded.
inline std::int64_t total_count(Header const* o) {
    if (o->is_immortal()) return INT64_MAX / 2;
    std::int64_t local = o->has(flag::deferred) ? 0 : o->local.load(std::memory_order_relaxed);
    return local + (std::int32_t(o->shared.load(std::memory_order_relaxed)) >> 2);
}

}  // namespace oro::detail

namespace oro::hook {
// Destroys an object whose last count is gone: runs finalisers, weak reference callbacks and frees it. Defined by the
// object layer (object/destroy.cpp).
void destroy(Header* o);
}  // namespace oro::hook
