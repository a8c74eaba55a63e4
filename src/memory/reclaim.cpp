#include "memory/reclaim.h"

#include <mutex>
#include <vector>

#include "memory/world.h"

namespace oro {

struct Retired {
    void* p;
    void (*free)(void*);
    std::uint64_t epoch;
};

struct RetireList {
    std::vector<Retired> items;   // in order of epoch
    std::size_t unasked = 0;      // bytes retired since the other threads were last asked to announce
};

namespace {

std::atomic<std::uint64_t> global_epoch{1};
std::mutex orphan_mutex;
// Retired by threads that have ended; guarded by orphan_mutex.
std::vector<Retired>& orphans() {
    static auto* v = new std::vector<Retired>;
    return *v;
}

constexpr std::size_t kAskAfter = 1 << 16;  // bytes that wait before the other threads are asked to announce

std::uint64_t oldest_seen(Mutator& self) {
    std::atomic_thread_fence(std::memory_order_seq_cst);  // pairs with go_online
    std::uint64_t oldest = global_epoch.load(std::memory_order_acquire);
    for_each_mutator([&](Mutator& m) {
        if (&m == &self) return;
        std::uint64_t seen = m.seen_epoch.load(std::memory_order_acquire);
        if (seen != 0 && seen < oldest) oldest = seen;
    });
    return oldest;
}

void free_until(std::vector<Retired>& items, std::uint64_t oldest) {
    std::size_t n = 0;
    while (n < items.size() && items[n].epoch <= oldest) {
        items[n].free(items[n].p);
        ++n;
    }
    items.erase(items.begin(), items.begin() + std::ptrdiff_t(n));
}

}  // namespace

void retire(void* p, void (*free)(void*), std::size_t bytes) {
    Mutator* m = current_mutator;
    if (m->alone) {
        free(p);
        return;
    }
    if (!m->retired) m->retired = new RetireList;
    RetireList& list = *m->retired;
    // A reader may have looked before the memory was unlinked if it announced the current epoch, not if it announces the
    // next: the fence keeps the caller's unlinking before the reading of the counter.
    std::atomic_thread_fence(std::memory_order_seq_cst);
    list.items.push_back({p, free, global_epoch.load(std::memory_order_acquire) + 1});
    list.unasked += bytes;
    if (list.unasked >= kAskAfter) {
        list.unasked = 0;
        global_epoch.fetch_add(1, std::memory_order_acq_rel);
        for_each_mutator([](Mutator& each) { each.breaker.fetch_or(breaker::reclaim, std::memory_order_relaxed); });
    }
}

void quiesce(Mutator& m) {
    m.breaker.fetch_and(~breaker::reclaim, std::memory_order_relaxed);
    if (m.retired && !m.retired->items.empty()) {
        // The last of what waits needs the next epoch; begun here if nobody has yet.
        std::uint64_t now = global_epoch.load(std::memory_order_acquire);
        if (m.retired->items.back().epoch > now) global_epoch.compare_exchange_strong(now, now + 1, std::memory_order_acq_rel);
    }
    m.seen_epoch.store(global_epoch.load(std::memory_order_acquire), std::memory_order_seq_cst);
    if (m.retired && !m.retired->items.empty()) {
        std::uint64_t oldest = oldest_seen(m);
        free_until(m.retired->items, oldest);
    }
    std::unique_lock guard(orphan_mutex, std::try_to_lock);
    if (guard && !orphans().empty()) free_until(orphans(), oldest_seen(m));
}

void go_online(Mutator& m) {
    m.seen_epoch.store(global_epoch.load(std::memory_order_acquire), std::memory_order_seq_cst);
    std::atomic_thread_fence(std::memory_order_seq_cst);
}

void go_offline(Mutator& m) { m.seen_epoch.store(0, std::memory_order_release); }

void abandon_retired(Mutator& m) {
    if (!m.retired) return;
    std::lock_guard guard(orphan_mutex);
    auto& all = orphans();
    // Kept in order of epoch so that free_until may stop at the first that has to wait.
    std::vector<Retired> merged;
    merged.reserve(all.size() + m.retired->items.size());
    std::size_t i = 0, j = 0;
    auto& own = m.retired->items;
    while (i < all.size() || j < own.size()) {
        bool first = j == own.size() || (i < all.size() && all[i].epoch <= own[j].epoch);
        merged.push_back(first ? all[i++] : own[j++]);
    }
    all.swap(merged);
    delete m.retired;
    m.retired = nullptr;
}

}  // namespace oro
