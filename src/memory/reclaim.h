// Grace periods (quiescent-state based reclamation): memory that lock-free readers may still look at is retired, and
// freed once every attached thread has passed a safepoint. Detached threads read nothing and don't hold anything up.
//
// An epoch counter only grows. A thread announces the epoch it has seen at safepoints and on attaching. What is retired
// waits for the epoch after the current one, which begins when somebody moves the counter on: once for many retired
// things, because the counter is one word that all threads share. It is freed when no attached thread has announced an
// earlier epoch. A thread that runs alone frees at once.
#pragma once
#include "memory/mutator.h"

namespace oro {

// Frees p by free(p) after a grace period. The calling thread is attached. `free` must not touch Python objects. `bytes`
// is about how much that gives back: when much waits, the other threads are asked to pass a safepoint soon.
void retire(void* p, void (*free)(void*), std::size_t bytes = 64);

// Announces that this thread holds no pointer it read without a count, and frees what has become free. Safepoints only.
void quiesce(Mutator& m);

// As the thread goes on- and offline; world.h calls them.
void go_online(Mutator& m);
void go_offline(Mutator& m);

// Hands a leaving thread's retired memory to whoever reclaims next.
void abandon_retired(Mutator& m);

}  // namespace oro
