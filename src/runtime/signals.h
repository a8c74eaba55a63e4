// Signals: the C handler only notes the signal and sets the main thread's breaker; Python handlers run at the main thread's next
// safepoint. Blocking calls end with EINTR there.
#pragma once
#include <signal.h>

#include "object/thread.h"

namespace oro {

// Runs the Python handlers of signals that have arrived; main thread only.
Result<void> run_signal_handlers(Python& py);

// How the module _signal takes part: it gives the function that calls the handler of one signal.
using SignalRunner = Result<void> (*)(Python& py, int number);
void set_signal_runner(SignalRunner runner);

// The C handler: safe in a signal context. Notes the signal, writes to the wake-up descriptor, wakes the main thread.
void note_signal(int number);
// Whether a signal has a handler in Python; _signal says so. What interrupt_main() sends is ignored unless it has.
void set_signal_handled(int number, bool by_python);
bool signal_handled(int number);
// signal.set_wakeup_fd: -1 for none. Returns the old one.
int set_wakeup_descriptor(int fd, bool warn_on_full);
// The thread whose breaker note_signal sets.
void set_main_thread(Thread* t);
Thread* main_thread();
// Whether a signal has arrived whose handler has not run yet; blocking calls ask after EINTR.
bool signal_pending();
// In the child after fork: what arrived is the parent's.
void forget_signals();

// The set of an iterable of signal numbers; ValueError "signal number 99 out of range [1; 64]".
Result<void> signal_set_from(Python& py, Borrowed<> numbers, sigset_t& set);

}  // namespace oro
