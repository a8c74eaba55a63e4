// Makes objects deferred that several threads keep counting (memory/contended.h), one by one, as they show.
//
// A deferred object dies by the collector. Only what may wait for it is made so: data and code, whose end nobody notices, but no file,
// no generator, nothing with a finaliser or a weak reference. And frames don't count deferred objects: their registers' counts are
// taken off. Counts that C++ holds stay; a suspended generator's registers keep theirs, so that what they hold lives on with it, and
// longer.
#include "object/defer_contended.h"

#include <time.h>

#include <algorithm>
#include <vector>

#include "memory/contended.h"
#include "memory/counts.h"
#include "memory/spread.h"
#include "memory/world.h"
#include "object/collect.h"
#include "object/type.h"

namespace oro {

namespace {

struct Candidate {
    Header* object;
    std::int64_t in_registers;
};

FrameWalker& frame_walker() {
    static FrameWalker walker = nullptr;
    return walker;
}

bool may_wait(Header* h) {
    Type& type = type_of(static_cast<Object*>(h));
    constexpr std::uint8_t kNot = flag::deferred | flag::weakly_referenced | flag::finalized | flag::condemned;
    if (h->is_immortal() || h->has(kNot) || (!type.has(type_flag::str) && h->has(flag::dying))) return false;
    return (type.has(type_flag::lasting) || &type == &object_type) && !type.has(type_flag::has_del);
}

}  // namespace

void set_frame_walker(FrameWalker walker) { frame_walker() = walker; }

void defer_contended(Python& py) {
    py.breaker.fetch_and(~breaker::contention, std::memory_order_relaxed);
    if (!py.contention || py.contention->wanted.empty()) return;  // another thread has served this one
    std::vector<Header*> wanted;
    stop_world(py);
    for_each_mutator([&](Mutator& m) {
        if (!m.contention) return;
        wanted.insert(wanted.end(), m.contention->wanted.begin(), m.contention->wanted.end());
        m.contention->wanted.clear();
    });
    std::vector<Candidate> candidates;
    // Without a collector nothing would ever destroy them.
    if (collector().enabled.load(std::memory_order_relaxed)) {
        for (Header* h : wanted)
            if (may_wait(h) && (h->shared.load(std::memory_order_relaxed) & detail::kStateMask) != detail::kQueued) candidates.push_back({h, 0});
    }
    std::sort(candidates.begin(), candidates.end(), [](Candidate const& a, Candidate const& b) { return a.object < b.object; });
    candidates.erase(std::unique(candidates.begin(), candidates.end(), [](Candidate const& a, Candidate const& b) { return a.object == b.object; }), candidates.end());
    if (!candidates.empty()) {
        auto count = [](void* arg, Header* h) {
            auto& all = *static_cast<std::vector<Candidate>*>(arg);
            auto at = std::lower_bound(all.begin(), all.end(), h, [](Candidate const& c, Header* x) { return c.object < x; });
            if (at != all.end() && at->object == h) ++at->in_registers;
        };
        for_each_mutator([&](Mutator& m) { frame_walker()(static_cast<Thread&>(m), count, &candidates); });
    }
    for (Candidate const& c : candidates) make_deferred_late(*c.object, detail::total_count(c.object) - c.in_registers);
    resume_world(py);
    for (Header* h : wanted) detail::decref(h);
}

}  // namespace oro
