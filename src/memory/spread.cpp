#include "memory/spread.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <utility>

#include "memory/counts.h"
#include "memory/owner.h"

namespace oro {

namespace {

struct Entry {
    Header* object;        // null: the number is free
    std::int64_t far = 0;  // what threads counted that had no room for it; of a free number, the next free one
};
// Which object has which number. Guarded by `mutex`, or by the world being stopped.
struct Numbers {
    std::mutex mutex;
    Entry* entries = nullptr;
    std::uint32_t used = 1, capacity = 0, free = 0;
};
Numbers& numbers() {
    static auto* n = new Numbers;
    return *n;
}

// Beyond this many the objects share their word as others do.
constexpr std::uint32_t kMostNumbers = 1 << 24;
// A count that has gone so far (one thread takes references all the time that another gives back) moves to the entry.
constexpr std::int32_t kFar = 1 << 30;

std::uint32_t take_number(Header* o) {
    Numbers& n = numbers();
    std::lock_guard guard(n.mutex);
    std::uint32_t number = n.free;
    if (number) {
        n.free = std::uint32_t(n.entries[number].far);
    } else {
        if (n.used >= n.capacity) {
            std::uint32_t capacity = n.capacity ? n.capacity * 2 : 4096;
            if (capacity > kMostNumbers) return 0;
            auto* grown = static_cast<Entry*>(std::realloc(n.entries, capacity * sizeof(Entry)));
            if (!grown) return 0;
            n.entries = grown;
            n.capacity = capacity;
        }
        number = n.used++;
    }
    n.entries[number] = {o, 0};
    return number;
}

bool grow(OwnerSlot& slot, std::uint32_t number) {
    std::uint32_t capacity = slot.spread_capacity ? slot.spread_capacity : 1024;
    while (capacity <= number) capacity *= 2;
    auto* grown = static_cast<std::int32_t*>(std::realloc(slot.spread, capacity * sizeof(std::int32_t)));
    if (!grown) return false;
    std::memset(grown + slot.spread_capacity, 0, (capacity - slot.spread_capacity) * sizeof(std::int32_t));
    slot.spread = grown;
    slot.spread_capacity = capacity;
    return true;
}

}  // namespace

void make_deferred(Header& h) {
    h.set(flag::deferred);
    h.owner.store(kNobody, std::memory_order_relaxed);
    h.local.store(take_number(&h), std::memory_order_relaxed);
    h.shared.store(detail::kOne | detail::kMerged, std::memory_order_release);
}

void make_deferred_late(Header& h, std::int64_t count) {
    std::uint32_t number = take_number(&h);
    if (number == 0) return;
    h.set(flag::deferred);
    h.owner.store(kNobody, std::memory_order_relaxed);
    h.local.store(number, std::memory_order_relaxed);
    h.shared.store(std::uint32_t(std::min<std::int64_t>(count, detail::kPinned)) * detail::kOne | detail::kMerged, std::memory_order_relaxed);
}

bool count_spread(Header* o, std::int32_t by) {
    std::uint32_t number = o->local.load(std::memory_order_relaxed);
    if (number == 0 || !current_mutator || !current_mutator->slot) return false;
    OwnerSlot& slot = *current_mutator->slot;
    if (number >= slot.spread_capacity && !grow(slot, number)) [[unlikely]] return false;
    std::int32_t count = slot.spread[number] + by;
    if (count > kFar || count < -kFar) [[unlikely]] {
        Numbers& n = numbers();
        std::lock_guard guard(n.mutex);
        n.entries[number].far += count;
        count = 0;
    }
    slot.spread[number] = count;
    return true;
}

std::int64_t spread_count_here(Header const* o) {
    std::uint32_t number = o->local.load(std::memory_order_relaxed);
    OwnerSlot& slot = *current_mutator->slot;
    return number < slot.spread_capacity ? slot.spread[number] : 0;
}

void fold_spread_counts() {
    Numbers& n = numbers();
    std::lock_guard guard(n.mutex);
    for_each_owner(
        [](void* entries, OwnerSlot& slot) {
            for (std::uint32_t i = 1; i < slot.spread_capacity; ++i) {
                if (slot.spread[i] != 0) static_cast<Entry*>(entries)[i].far += std::exchange(slot.spread[i], 0);
            }
        },
        n.entries);
    for (std::uint32_t i = 1; i < n.used; ++i) {
        Entry& e = n.entries[i];
        if (!e.object || e.far == 0) continue;
        std::int64_t total = (std::int32_t(e.object->shared.load(std::memory_order_relaxed)) >> 2) + std::exchange(e.far, 0);
        if (total > detail::kPinned) total = detail::kPinned;
        e.object->shared.store(std::uint32_t(total) * detail::kOne | detail::kMerged, std::memory_order_relaxed);
    }
}

void release_spread_number(Header* o) {
    Numbers& n = numbers();
    std::uint32_t number = o->local.load(std::memory_order_relaxed);
    o->local.store(0, std::memory_order_relaxed);
    if (number == 0) return;
    std::lock_guard guard(n.mutex);
    n.entries[number] = {nullptr, std::int64_t(n.free)};
    n.free = number;
}

}  // namespace oro
