#include "memory/world.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <new>

#include "memory/counts.h"
#include "memory/owner.h"
#include "memory/reclaim.h"

namespace oro {

namespace {

struct World {
    std::mutex registry;                 // guards first, count, stopping, the stop handshake
    std::condition_variable parked;      // a thread has parked or detached while a stop is asked
    std::condition_variable resumed;
    Mutator* first = nullptr;
    std::size_t count = 0;
    std::atomic<bool> stopping{false};
    Mutator* stopper = nullptr;
    bool sealed = false;                 // stopped for good; the stopper never holds the lock below again, nor does anybody else
    std::mutex stop;                     // held by the thread that has the world stopped

    std::mutex gil_mutex;                // guards gil_holder, gil_waiting
    std::condition_variable gil_free;
    Mutator* gil_holder = nullptr;
    int gil_waiting = 0;
    std::atomic<bool> gil{false};
    std::atomic<std::uint32_t> interval{5000};
};

// Never destroyed: daemon threads may outlive main. Rebuilt in the child after fork.
alignas(World) char world_storage[sizeof(World)];
World& world() {
    static World* w = new (world_storage) World;
    return *w;
}

void take_gil(World& w, Mutator& m) {
    std::unique_lock lock(w.gil_mutex);
    ++w.gil_waiting;
    while (w.gil_holder && w.gil_holder != &m) {
        Mutator* holder = w.gil_holder;
        if (w.gil_free.wait_for(lock, std::chrono::microseconds(w.interval.load())) == std::cv_status::timeout &&
            w.gil_holder == holder) {
            holder->breaker.fetch_or(breaker::gil_drop, std::memory_order_relaxed);
        }
    }
    --w.gil_waiting;
    w.gil_holder = &m;
}

void drop_gil(World& w, Mutator& m) {
    std::lock_guard lock(w.gil_mutex);
    if (w.gil_holder == &m) {
        w.gil_holder = nullptr;
        w.gil_free.notify_one();
    }
}

// Waits until the stop is over; the thread is suspended in the stopper's eyes. Called with the registry locked.
void park(World& w, std::unique_lock<std::mutex>& lock, Mutator& m) {
    m.state.store(MutatorState::suspended, std::memory_order_release);
    w.parked.notify_all();
    w.resumed.wait(lock, [&] { return !w.stopping.load(std::memory_order_relaxed) || w.stopper == &m; });
}

void update_alone(World& w) {
    // Written only where it changes: a running thread reads its own at any time.
    if (w.sealed) return;
    bool alone = w.count == 1;
    for (Mutator* m = w.first; m; m = m->next)
        if (m->alone != alone) m->alone = alone;
}

// Asks every thread but `self` to stop, and waits until each has. Waiting lets go of the registry: threads may come and go
// meanwhile, so that all are looked at again afterwards.
void wait_until_stopped(World& w, std::unique_lock<std::mutex>& lock, Mutator* self) {
    w.stopper = self;
    w.stopping.store(true, std::memory_order_seq_cst);
    for (;;) {
        bool running = false;
        for (Mutator* o = w.first; o; o = o->next) {
            if (o == self) continue;
            o->breaker.fetch_or(breaker::stop, std::memory_order_release);
            auto expected = MutatorState::detached;
            if (!o->state.compare_exchange_strong(expected, MutatorState::suspended) && expected != MutatorState::suspended) running = true;
        }
        if (!running) return;
        w.parked.wait(lock);
    }
}

// Enters a thread into the list. If the world is stopped, or about to be, the thread may not attach before it goes on.
void link(World& w, Mutator& m) {
    if (w.stopping && w.stopper != &m) m.state.store(MutatorState::suspended, std::memory_order_release);
    m.next = w.first;
    w.first = &m;
    ++w.count;
    update_alone(w);
}

}  // namespace

void register_mutator(Mutator& m) {
    World& w = world();
    std::unique_lock lock(w.registry);
    // `alone` of the thread that is already there may change only while it is stopped or is the caller.
    bool stop_the_one = !w.sealed && w.count == 1 && w.first != current_mutator;
    if (stop_the_one) {
        lock.unlock();
        std::lock_guard stop(w.stop);
        lock.lock();
        wait_until_stopped(w, lock, &m);
        link(w, m);
        for (Mutator* o = m.next; o; o = o->next) o->state.store(MutatorState::detached, std::memory_order_release);
        w.stopping = false;
        w.stopper = nullptr;
        w.resumed.notify_all();
        return;
    }
    link(w, m);
}

void unregister_mutator(Mutator& m) {
    World& w = world();
    std::lock_guard lock(w.registry);
    Mutator** link = &w.first;
    while (*link != &m) link = &(*link)->next;
    *link = m.next;
    --w.count;
    // The last thread left becomes alone again at its own next safepoint (see memory_safepoint).
    if (w.count == 1 && w.first) w.first->breaker.fetch_or(breaker::reclaim, std::memory_order_relaxed);
}

void attach(Mutator& m) {
    World& w = world();
    for (;;) {
        if (w.gil.load(std::memory_order_relaxed)) take_gil(w, m);
        auto expected = MutatorState::detached;
        if (m.state.compare_exchange_strong(expected, MutatorState::attached, std::memory_order_acq_rel)) break;
        if (w.gil.load(std::memory_order_relaxed)) drop_gil(w, m);
        std::unique_lock lock(w.registry);
        w.resumed.wait(lock, [&] { return m.state.load() != MutatorState::suspended; });
    }
    current_mutator = &m;
    current_owner = m.id;
    go_online(m);
}

void detach(Mutator& m) {
    World& w = world();
    go_offline(m);
    current_mutator = nullptr;
    current_owner = kNobody;
    m.state.store(MutatorState::detached, std::memory_order_seq_cst);
    if (w.stopping.load(std::memory_order_seq_cst)) {
        std::lock_guard lock(w.registry);
        w.parked.notify_all();
    }
    if (w.gil.load(std::memory_order_relaxed)) drop_gil(w, m);
}

std::uint32_t memory_safepoint(Mutator& m) {
    World& w = world();
    std::uint32_t bits = m.breaker.load(std::memory_order_acquire);
    if (bits & breaker::stop) {
        std::unique_lock lock(w.registry);
        m.breaker.fetch_and(~breaker::stop, std::memory_order_relaxed);
        if (w.stopping && w.stopper != &m) {
            go_offline(m);
            park(w, lock, m);
            lock.unlock();
            current_mutator = nullptr;
            current_owner = kNobody;
            if (w.gil.load(std::memory_order_relaxed)) drop_gil(w, m);
            attach(m);
        }
    }
    if (bits & breaker::gil_drop) {
        m.breaker.fetch_and(~breaker::gil_drop, std::memory_order_relaxed);
        if (w.gil.load(std::memory_order_relaxed)) {
            detach(m);
            attach(m);
        }
    }
    if (bits & breaker::merge) detail::merge_queued(m);
    if (bits & breaker::reclaim) {
        if (!m.alone) {
            std::lock_guard lock(w.registry);
            if (w.count == 1) m.alone = true;
        }
        quiesce(m);
    }
    return m.breaker.load(std::memory_order_relaxed) &
           ~(breaker::stop | breaker::merge | breaker::reclaim | breaker::gil_drop);
}

void stop_world(Mutator& m) {
    World& w = world();
    if (w.sealed) return;  // written by the only thread that can come here
    if (!w.stop.try_lock()) {
        detach(m);
        w.stop.lock();
        // Nobody else can stop the world now, so attaching cannot be refused; the GIL is taken in the usual way.
        attach(m);
    }
    std::unique_lock lock(w.registry);
    wait_until_stopped(w, lock, &m);
}

void resume_world(Mutator& m) {
    World& w = world();
    if (w.sealed) return;
    {
        std::lock_guard lock(w.registry);
        for (Mutator* o = w.first; o; o = o->next) {
            if (o != &m) o->state.store(MutatorState::detached, std::memory_order_release);
            o->breaker.fetch_and(~breaker::stop, std::memory_order_relaxed);
        }
        w.stopping = false;
        w.stopper = nullptr;
        w.resumed.notify_all();
    }
    w.stop.unlock();
}

void seal_world(Mutator& m) {
    World& w = world();
    stop_world(m);
    std::lock_guard lock(w.registry);
    w.sealed = true;
    m.alone = true;
}

void for_each_mutator(std::function<void(Mutator&)> const& f) {
    World& w = world();
    std::lock_guard lock(w.registry);
    for (Mutator* m = w.first; m; m = m->next) f(*m);
}

std::size_t mutator_count() {
    World& w = world();
    std::lock_guard lock(w.registry);
    return w.count;
}

bool gil_enabled() { return world().gil.load(std::memory_order_relaxed); }

void set_gil_before_start() { world().gil = true; }

void enable_gil(Mutator& m) {
    World& w = world();
    stop_world(m);
    if (!w.gil) {
        std::lock_guard lock(w.gil_mutex);
        w.gil_holder = &m;
        w.gil = true;
    }
    resume_world(m);
}

void set_switch_interval(std::uint32_t microseconds) { world().interval = microseconds; }
std::uint32_t switch_interval() { return world().interval; }

void before_fork(Mutator& m) {
    // Stopped, no other thread is inside the allocator's or the registry's locks of ours.
    stop_world(m);
    world().registry.lock();
    world().gil_mutex.lock();
}

void after_fork_parent(Mutator& m) {
    world().gil_mutex.unlock();
    world().registry.unlock();
    resume_world(m);
}

void after_fork_child(Mutator& m) {
    World& old = world();
    bool gil = old.gil;
    std::uint32_t interval = old.interval;
    // The other threads are gone; their owner ids get no new thread here, and their objects are merged by whoever drops
    // the counts.
    for (Mutator* o = old.first; o; o = o->next) {
        if (o == &m || !o->slot) continue;
        new (&o->slot->mutex) std::mutex;
        o->slot->live = nullptr;
    }
    auto* w = new (world_storage) World;
    w->gil = gil;
    w->interval = interval;
    if (gil) w->gil_holder = &m;
    m.next = nullptr;
    m.alone = true;
    m.breaker.fetch_and(~breaker::stop, std::memory_order_relaxed);
    w->first = &m;
    w->count = 1;
}

}  // namespace oro
