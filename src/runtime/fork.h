// Forking: os.fork, os.forkpty and subprocess's child with a preexec_fn.
//
// While the process forks the world is stopped, so that no other thread is inside a lock of ours; in the child only the calling
// thread goes on, and is the main thread.
#pragma once
#include <sys/types.h>

#include "object/thread.h"

namespace oro {

enum class ForkHook { before, after_in_parent, after_in_child };
// os.register_at_fork: for all following forks.
Result<void> register_fork_hook(Python& py, ForkHook when, Borrowed<> function);

// The same for modules written in C++: called in the child before Python's functions. Once per module, from its setup.
void call_in_fork_child(void (*function)(Python&));

// Calls the `before` functions, the last registered first, then stops the world.
void prepare_fork(Python& py);
// After the call in the parent (or when it failed), and in the child: everything goes on; the functions are called.
void finish_fork_parent(Python& py);
void finish_fork_child(Python& py);

// All of it around `fork`, which gives a process id, 0 in the child, or -1 and errno. Raises before it forks at shutdown, and
// OSError; in a parent with several threads warns that the child may deadlock. `name`: of the function, for that warning.
Result<pid_t> fork_process(Python& py, char const* name, pid_t (*fork)(void* argument), void* argument);

}  // namespace oro
