// Threads of the interpreter: made, attached, ended.
//
// A Thread object belongs to one OS thread. start_thread() in _thread makes it in the parent, so that the interpreter never believes that
// it is alone while another thread is about to run.
#pragma once
#include <functional>

#include "object/interpreter.h"
#include "object/thread.h"

namespace oro {

// A Thread with its VM stack and owner id, registered and detached; null if there is no memory or no id left.
Thread* make_thread(Interpreter& interpreter);
// On the thread itself: native stack limits, ident; then attached.
void enter_thread(Thread& t);
// On the thread itself, attached: drops what it holds, gives its owner id back, and frees the Thread.
void leave_thread(Thread* t);

// A thread that was made but could not be started.
void abandon_thread(Thread* t);

// Default size of the C stack of new threads (threading.stack_size), 0: the platform's.
std::size_t thread_stack_size();
void set_thread_stack_size(std::size_t bytes);

}  // namespace oro
