#include "object/finalizer.h"
#include "object/collect.h"

#include <time.h>

#include <algorithm>
#include <cassert>
#include <vector>

#include "memory/counts.h"
#include "memory/owner.h"
#include "memory/spread.h"
#include "memory/world.h"
#include "object/instance.h"
#include "object/weak.h"

namespace oro {

namespace {

CollectorState state;
std::vector<RootTracer>& tracers() {
    static auto* v = new std::vector<RootTracer>;
    return *v;
}

std::int64_t now() {
    timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return std::int64_t(t.tv_sec) * 1'000'000'000 + t.tv_nsec;
}

void record_pause(std::int64_t ns) {
    ++state.pauses;
    state.pause_total += ns;
    std::int64_t longest = state.pause_longest.load();
    while (ns > longest && !state.pause_longest.compare_exchange_weak(longest, ns)) {}
    int bucket = 0;
    for (std::int64_t us = ns / 1000; us > 0 && bucket < 23; us >>= 1) ++bucket;
    ++state.pause_histogram[bucket];
}

bool is_traced(Object* o) {
    Type& type = type_of(o);
    return type.hooks.trace || type.has(type_flag::heap | type_flag::has_dict);
}

// All edges of an object.
void trace_object(Object* o, Visitor& v) {
    Type& type = type_of(o);
    if (type.hooks.trace) type.hooks.trace(o, v);
    if (type.has(type_flag::heap | type_flag::has_dict)) instance_trace(o, v);
}

void clear_object(Object* o) {
    Type& type = type_of(o);
    if (type.hooks.clear) type.hooks.clear(o);
    if (type.has(type_flag::heap | type_flag::has_dict)) instance_clear(o);
}

// The scratch word of an object: its count less the references that other objects hold, saturated. Immortal objects are roots.
constexpr std::uint32_t kManyRefs = 0x7FFFFFFF;

struct Census {
    std::vector<Object*> objects;      // traced ones
    std::vector<Object*> leaves;       // deferred ones that refer to nothing
};

struct Mark : Visitor {
    std::vector<Object*> pending;
    static void on(Visitor& v, Header* h) {
        if (h->has(flag::marked)) return;
        h->set(flag::marked);
        static_cast<Mark&>(v).pending.push_back(static_cast<Object*>(h));
    }
    Mark() : Visitor{on, on} {}
    void drain() {
        while (!pending.empty()) {
            Object* o = pending.back();
            pending.pop_back();
            if (is_traced(o)) trace_object(o, *this);
            else uncounted(&type_of(o));
        }
    }
};

// Static objects (native types) have no scratch word; they are immortal, and reached as roots.
bool in_heap(Header* h) { return !h->is_immortal(); }

struct SubtractHeap : Visitor {
    static void on(Visitor&, Header* h) {
        if (!in_heap(h)) return;
        std::uint32_t& refs = scratch_of(h);
        assert(refs > 0 && "an object holds a reference that isn't counted");
        if (refs != kManyRefs && refs > 0) --refs;
    }
    SubtractHeap() : Visitor{on, nullptr} {}
};

// Merges everything that is queued for any owner: the collector acts as all of them while the world is stopped.
void merge_all_queues(std::vector<Header*>& dead) {
    for_each_owner(
        [](void* arg, OwnerSlot& slot) {
            std::lock_guard guard(slot.mutex);
            for (std::size_t i = 0; i < slot.queued; ++i) {
                Header* o = slot.queue[i];
                std::int64_t total = detail::total_count(o);
                o->shared.store(std::uint32_t(total) * detail::kOne | detail::kMerged, std::memory_order_relaxed);
                o->local.store(0, std::memory_order_relaxed);
                o->owner.store(kNobody, std::memory_order_relaxed);
                // Traced ones turn up as garbage below.
                if (total == 0 && !o->has(flag::deferred) && !is_traced(static_cast<Object*>(o))) static_cast<std::vector<Header*>*>(arg)->push_back(o);
            }
            slot.queued = 0;
        },
        &dead);
}

// With the world stopped: the traced objects that nothing outside the heap's own cycles refers to.
void find_garbage(std::vector<Object*>& out) {
    Census census;
    fold_spread_counts();
    for_each_object([](void* arg, Header* h) {
        auto* o = static_cast<Object*>(h);
        h->unset(flag::marked);
        if (!in_heap(h)) return;
        std::int64_t count = detail::total_count(h);
        scratch_of(h) = count >= kManyRefs ? kManyRefs : std::uint32_t(count < 0 ? 0 : count);
        auto& found = *static_cast<Census*>(arg);
        if (!is_traced(o)) {
            if (h->has(flag::deferred)) found.leaves.push_back(o);
        } else if (!h->has(flag::dying)) {
            found.objects.push_back(o);
        }
    }, &census);
    SubtractHeap subtract;
    // Immortal objects outside the heap (native types) hold counted references as well; what they hold stays alive as they do: their
    // references are not subtracted.
    for (Object* o : census.objects) trace_object(o, subtract);
    Mark mark;
    for_each_object([](void* arg, Header* h) {
        auto& m = *static_cast<Mark*>(arg);
        if (!in_heap(h) || scratch_of(h) > 0) Mark::on(m, h);
    }, &mark);
    for (RootTracer tracer : tracers()) tracer(mark);
    mark.drain();
    for (Object* o : census.objects)
        if (!o->Header::has(flag::marked)) out.push_back(o);
    for (Object* o : census.leaves)
        if (!o->Header::has(flag::marked)) out.push_back(o);
    state.live.store(std::int64_t(census.objects.size() + census.leaves.size() - out.size()), std::memory_order_relaxed);
}

constexpr int kMostRounds = 4;

// Destroys the deferred objects among `held` on which nobody else has a count, and takes them off it: what they have is known only
// while the world is stopped, and from then on try_incref refuses. Classes go last, since their instances need them until then. False
// if there is none.
bool destroy_deferred(Python& py, std::vector<Ref<>>& held) {
    std::vector<Header*> dead;
    std::vector<Ref<>> alive;
    std::int64_t begin = now();
    stop_world(py);
    fold_spread_counts();
    for (Ref<>& r : held) {
        Header* h = r.value().pointer();
        if (h->shared.load(std::memory_order_relaxed) != (detail::kOne | detail::kMerged)) {
            alive.push_back(std::move(r));
            continue;
        }
        (void)r.release();
        release_spread_number(h);
        h->shared.store(detail::kMerged, std::memory_order_relaxed);
        h->unset(flag::deferred);
        dead.push_back(h);
    }
    resume_world(py);
    record_pause(now() - begin);
    held.swap(alive);
    auto is_class = [](Header* h) { return type_of(static_cast<Object*>(h)).has(type_flag::type); };
    auto classes = std::partition(dead.begin(), dead.end(), [&](Header* h) { return !is_class(h); });
    std::for_each(dead.begin(), classes, hook::destroy);
    std::for_each(classes, dead.end(), hook::destroy);
    return !dead.empty();
}

}  // namespace

CollectorState& collector() { return state; }

void add_root_tracer(RootTracer tracer) { tracers().push_back(tracer); }

void ask_for_collection(Thread& t) {
    std::int64_t mine = std::exchange(t.allocated_since_gc, 0);
    std::int64_t young = state.young.fetch_add(mine, std::memory_order_relaxed) + mine;
    if (!state.enabled.load(std::memory_order_relaxed)) return;
    std::int64_t threshold = state.thresholds[0].load(std::memory_order_relaxed);
    std::int64_t quarter = state.live.load(std::memory_order_relaxed) / 4;
    if (threshold > 0 && young > threshold && young > quarter) t.breaker.fetch_or(breaker::collect, std::memory_order_relaxed);
}

Result<void> collect_if_due(Python& py) {
    py.breaker.fetch_and(~breaker::collect, std::memory_order_relaxed);
    std::int64_t young = state.young.load(std::memory_order_relaxed);
    if (!state.enabled || young <= state.thresholds[0].load() || young <= state.live.load() / 4) return {};
    CHECK(collect(py));
    return {};
}

Result<CollectResult> collect(Python& py) {
    bool expected = false;
    if (!state.running.compare_exchange_strong(expected, true)) return CollectResult{};
    std::vector<Object*> garbage;
    std::vector<Header*> dead;
    std::vector<Ref<>> held;
    std::vector<Ref<>> callbacks;
    std::int64_t begin = now();
    stop_world(py);
    state.young.store(0, std::memory_order_relaxed);
    merge_all_queues(dead);
    if (begin_scratch()) {
        find_garbage(garbage);
        end_scratch();
    }
    // Counts of what is condemned keep it in place; weak references to it are cleared before any finaliser can follow one.
    for (Object* o : garbage) {
        held.push_back(share(Value::of(o)));
        o->set(flag::condemned);
    }
    for (Object* o : garbage)
        if (o->Header::has(flag::weakly_referenced)) clear_weakrefs_quietly(o, callbacks);
    resume_world(py);
    record_pause(now() - begin);
    for (Header* o : dead) hook::destroy(o);

    for (Ref<>& callback : callbacks) {
        auto* ref = static_cast<WeakRef*>(callback.value().pointer());
        if (!ref->Header::has(flag::condemned)) call_weakref_callback(py, Borrowed<WeakRef>(*ref));
    }
    callbacks.clear();
    // PEP 442: all finalisers first; what they revive is found by looking again.
    bool finalized = false;
    for (Object* o : garbage) {
        if (!type_of(o).has(type_flag::has_del) || o->Header::has(flag::finalized)) continue;
        o->set(flag::finalized);
        finalized = true;
        if (SlotFn del = type_of(o).slot(Dunder::del)) {
            Value r = del(py, Value::of(o), Value{}, Value{});
            if (r.is_null()) write_failed_finalizer(py, type_of(o));
            detail::decref(r);
        }
    }
    CollectResult result;
    if (finalized) {
        // Something may refer to the garbage again. Whatever is still unreachable but for our own counts goes.
        begin = now();
        stop_world(py);
        for (Ref<>& r : held) detail::decref_without_destroying(r.value().pointer());
        std::vector<Object*> still;
        if (begin_scratch()) {
            find_garbage(still);
            end_scratch();
        }
        for (Ref<>& r : held) detail::incref(r.value().pointer());
        for (Object* o : garbage) o->unset(flag::condemned);
        for (Object* o : still) o->set(flag::condemned);
        std::vector<Object*> both;
        for (Object* o : garbage)
            if (o->Header::has(flag::condemned)) both.push_back(o);
        for (Object* o : still) o->unset(flag::condemned);
        garbage.swap(both);
        resume_world(py);
        record_pause(now() - begin);
    } else {
        for (Object* o : garbage) o->unset(flag::condemned);
    }
    result.collected = std::int64_t(garbage.size());
    for (Object* o : garbage)
        if (type_of(o).has(type_flag::type)) detach_type(*static_cast<Type*>(o));
    for (Object* o : garbage) clear_object(o);
    // Ordinary objects die by giving their counts back.
    std::vector<Ref<>> deferred;
    for (Ref<>& r : held) {
        if (r.value().pointer()->has(flag::deferred)) deferred.push_back(std::move(r));
        else detail::decref(r.release());
    }
    held.clear();
    // What a round destroys may have held the others.
    for (int rounds = 0; !deferred.empty() && rounds < kMostRounds && destroy_deferred(py, deferred); ++rounds) {}
    ++state.collections;
    state.collected += result.collected;
    state.running = false;
    return result;
}

void with_all_objects(Python& py, void (*f)(void*, Object*), void* arg) {
    stop_world(py);
    struct Call { void (*f)(void*, Object*); void* arg; } call{f, arg};
    for_each_object([](void* p, Header* h) {
        auto* o = static_cast<Object*>(h);
        // What is being destroyed may be half gone, and has no count that could grow.
        if (is_traced(o) && !h->has(flag::dying)) static_cast<Call*>(p)->f(static_cast<Call*>(p)->arg, o);
    }, &call);
    resume_world(py);
}

}  // namespace oro
