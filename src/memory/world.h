// The registry of threads, attaching and detaching, stopping the world, and the GIL mode.
//
// A thread that touches objects is attached. Around anything that may block it detaches; then others may stop the world
// without it. Attached threads pass safepoints often and park there when asked. With the GIL mode on, being attached
// means holding the GIL; there is no other difference.
//
// Order of locks: the stop lock, then the registry lock. Neither is taken while an object lock is held.
#pragma once
#include <functional>

#include "memory/mutator.h"

namespace oro {

// Registers a thread (detached). Unregistering needs it detached again.
void register_mutator(Mutator& m);
void unregister_mutator(Mutator& m);

// attach: waits while the world is stopped (and for the GIL in that mode). The thread becomes current.
void attach(Mutator& m);
void detach(Mutator& m);

// Does what the breaker asks of the memory layer: stop, merge, reclaim, gil_drop. The thread is attached and holds no
// object lock. Returns the bits that are left for the layers above.
std::uint32_t memory_safepoint(Mutator& m);

// Stops every other thread at a safepoint or detached; they stay so until resume_world. The caller is attached, may be
// parked meanwhile while another thread stops the world, and holds no object lock.
void stop_world(Mutator& m);
void resume_world(Mutator& m);

// The end of the interpreter: other threads, those that start from now on too, stop for ever where they next touch an object. The
// caller goes on alone.
void seal_world(Mutator& m);

// Calls f for each registered thread, under the registry lock.
void for_each_mutator(std::function<void(Mutator&)> const& f);
std::size_t mutator_count();

// The GIL mode. enable_gil stops the world to switch over.
bool gil_enabled();
void enable_gil(Mutator& m);
void set_gil_before_start();
// How long a thread keeps the GIL while others wait, in microseconds (sys.setswitchinterval).
void set_switch_interval(std::uint32_t microseconds);
std::uint32_t switch_interval();

// In the child after fork: only the calling thread is left. before_fork/after_fork bracket the call in the parent.
void before_fork(Mutator& m);
void after_fork_parent(Mutator& m);
void after_fork_child(Mutator& m);

// Detaches for a scope: around blocking calls.
class Detached {
public:
    explicit Detached(Mutator& m) : m_(m) { detach(m_); }
    ~Detached() { attach(m_); }
    Detached(Detached const&) = delete;

private:
    Mutator& m_;
};

}  // namespace oro
