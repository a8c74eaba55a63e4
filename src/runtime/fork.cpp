#include "runtime/fork.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "memory/lock.h"
#include "memory/world.h"
#include "object/call.h"
#include "object/collect.h"
#include "object/interpreter.h"
#include "object/list.h"
#include "object/tuple.h"
#include "object/warn.h"
#include "runtime/signals.h"
#include "vm/trace.h"

namespace oro {

namespace {

// The functions of each kind, oldest first; a list is made by the first that registers, lasts as long as the process, and is
// as safe for threads as any.
std::atomic<List*> hooks[3];
std::atomic<void (*)(Python&)> native_hooks[8];

void call_all(Python& py, ForkHook when, bool backwards) {
    List* list = hooks[int(when)].load(std::memory_order_acquire);
    if (!list) return;
    Result<Ref<Tuple>> copy = list_to_tuple(py, Borrowed<List>(*list));
    if (copy.raised()) return write_unraisable(py, "Exception ignored in fork callback");
    Ref<Tuple> functions = std::move(copy).take();
    for (std::size_t i = 0; i < functions->size; ++i) {
        Borrowed<> f = functions->at(backwards ? functions->size - 1 - i : i);
        if (call(py, f, {}).raised()) write_unraisable(py, "Exception ignored in atfork callback ", Optional<>(f));
    }
}

}  // namespace

Result<void> register_fork_hook(Python& py, ForkHook when, Borrowed<> function) {
    std::atomic<List*>& place = hooks[int(when)];
    if (!place.load(std::memory_order_acquire)) {
        Ref<List> made = TRY(make_list(py));
        List* expected = nullptr;
        if (place.compare_exchange_strong(expected, made.get(), std::memory_order_acq_rel)) (void)made.release();
    }
    return list_append(py, Borrowed<List>(*place.load(std::memory_order_acquire)), function.share());
}

void call_in_fork_child(void (*function)(Python&)) {
    for (auto& place : native_hooks) {
        void (*expected)(Python&) = nullptr;
        if (place.compare_exchange_strong(expected, function) || expected == function) return;
    }
    std::abort();  // more modules than places
}

void prepare_fork(Python& py) {
    call_all(py, ForkHook::before, true);
    lock_types(py);
    before_fork(py);
}

void finish_fork_parent(Python& py) {
    after_fork_parent(py);
    unlock_types();
    call_all(py, ForkHook::after_in_parent, false);
}

void finish_fork_child(Python& py) {
    after_fork_child(py);
    reset_parking_after_fork();
    unlock_types();
    collector().running = false;  // by a thread that this process doesn't have
    py.native_ident = std::uint64_t(syscall(SYS_gettid));
    py.is_main = true;
    set_main_thread(&py);
    forget_signals();
    monitor::forget_other_threads(py);
    for (auto& hook : native_hooks)
        if (auto* f = hook.load()) f(py);
    call_all(py, ForkHook::after_in_child, false);
}

Result<pid_t> fork_process(Python& py, char const* name, pid_t (*fork)(void* argument), void* argument) {
    if (py.interpreter->finalizing) return raise(py, exc::PythonFinalizationError, "can't fork at interpreter shutdown");
    std::size_t threads = mutator_count();
    prepare_fork(py);
    pid_t pid = fork(argument);
    int error = errno;
    if (pid == 0) {
        finish_fork_child(py);
        return pid;
    }
    finish_fork_parent(py);
    if (pid < 0) return raise_errno(py, error);
    if (threads > 1) {
        CHECK(warn(py, exc::DeprecationWarning, "This process (pid={}) is multi-threaded, use of {}() may lead to deadlocks in the child.",
                   std::int64_t(getpid()), name));
    }
    return pid;
}

}  // namespace oro
