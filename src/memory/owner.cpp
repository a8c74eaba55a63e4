#include "memory/owner.h"

#include <cstdlib>
#include <memory>
#include <vector>

#include "memory/counts.h"
#include "memory/heap.h"

namespace oro {

namespace {
// Slots are made once and never freed; the table is a flat array of pointers so that looking one up takes no lock.
std::atomic<OwnerSlot*> slots[kMaxOwners + 1];
std::mutex free_mutex;               // guards the two below
std::vector<OwnerId>& free_ids() {
    static auto* ids = new std::vector<OwnerId>;
    return *ids;
}
std::uint32_t used_ids = 0;
}  // namespace

OwnerSlot& owner_slot(OwnerId id) { return *slots[id].load(std::memory_order_acquire); }

Heap* heap_of_owner(OwnerId id) { return owner_slot(id).heap; }

OwnerSlot* take_owner_slot(Mutator& m) {
    OwnerSlot* slot;
    {
        std::lock_guard guard(free_mutex);
        auto& ids = free_ids();
        if (!ids.empty()) {
            slot = slots[ids.back()].load(std::memory_order_relaxed);
            ids.pop_back();
        } else {
            if (used_ids == kMaxOwners) return nullptr;
            slot = new OwnerSlot;
            slot->id = OwnerId(++used_ids);
            slot->heap = new Heap(slot->id);
            slots[slot->id].store(slot, std::memory_order_release);
        }
    }
    std::lock_guard guard(slot->mutex);
    slot->live = &m;
    m.slot = slot;
    m.id = slot->id;
    m.heap = slot->heap;
    return slot;
}

void leave_owner_slot(Mutator& m) {
    OwnerSlot* slot = m.slot;
    for (;;) {
        detail::merge_queued(m);
        std::lock_guard guard(slot->mutex);
        if (slot->queued != 0) continue;
        slot->live = nullptr;
        break;
    }
    m.slot = nullptr;
    m.heap = nullptr;
    m.id = kNobody;
    std::lock_guard guard(free_mutex);
    free_ids().push_back(slot->id);
}

void for_each_owner(void (*f)(void*, OwnerSlot&), void* arg) {
    std::uint32_t n;
    {
        std::lock_guard guard(free_mutex);
        n = used_ids;
    }
    for (std::uint32_t i = 1; i <= n; ++i) f(arg, *slots[i].load(std::memory_order_acquire));
}

}  // namespace oro
