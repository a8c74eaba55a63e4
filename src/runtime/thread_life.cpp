#include "runtime/thread_life.h"

#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "memory/contended.h"
#include "memory/heap.h"
#include "memory/owner.h"
#include "memory/reclaim.h"
#include "memory/world.h"
#include "object/locked.h"
#include "vm/function.h"
#include "vm/trace.h"

namespace oro {

namespace {
// Address space only: pages are taken as frames reach them.
constexpr std::size_t kVmStackBytes = std::size_t(256) << 20;
// What natives may still use below the limit: the deepest leaf calls, printing a traceback.
constexpr std::size_t kNativeReserve = 192 * 1024;
std::atomic<std::size_t> stack_size{0};
}  // namespace

std::size_t thread_stack_size() { return stack_size; }
void set_thread_stack_size(std::size_t bytes) { stack_size = bytes; }

Thread* make_thread(Interpreter& interpreter) {
    Thread* t = new (std::nothrow) Thread;
    if (!t) return nullptr;
    if (!make_vm_stack(*t, kVmStackBytes)) {
        delete t;
        return nullptr;
    }
    if (!take_owner_slot(*t)) {
        free_vm_stack(*t);
        delete t;
        return nullptr;
    }
    t->interpreter = &interpreter;
    t->recursion_limit = t->recursion_left = interpreter.recursion_limit;
    t->unique = interpreter.next_thread_number++;
    register_mutator(*t);
    monitor::join(*t);
    return t;
}

void enter_thread(Thread& t) {
    t.ident = std::uint64_t(pthread_self());
    t.native_ident = std::uint64_t(syscall(SYS_gettid));
    pthread_attr_t attributes;
    void* base = nullptr;
    std::size_t size = 0;
    if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
        pthread_attr_getstack(&attributes, &base, &size);
        pthread_attr_destroy(&attributes);
    }
    // The main thread's stack may grow to the limit that the shell set; more than 64 MiB is not relied on.
    char* here = static_cast<char*>(__builtin_frame_address(0));
    if (!base || size > (std::size_t(64) << 20)) {
        t.native_limit = here - (std::size_t(7) << 20);
    } else {
        t.native_limit = static_cast<char*>(base) + kNativeReserve;
    }
    attach(t);
}

void abandon_thread(Thread* t) {
    // Never attached: the owner id goes back as if it had been, by an attached stranger.
    OwnerSlot* slot = t->slot;
    {
        std::lock_guard guard(slot->mutex);
        slot->live = nullptr;
    }
    unregister_mutator(*t);
    free_vm_stack(*t);
    delete t;
}

void leave_thread(Thread* t) {
    auto drop = [](Value& v) { detail::decref(std::exchange(v, Value{})); };
    monitor::drop_functions(*t);
    drop(t->raised);
    drop(t->base_handled.exception);
    drop(t->context);
    drop(t->async_gen_firstiter);
    drop(t->async_gen_finalizer);
    drop(t->async_exception);
    drop(t->dict);
    destroy_doomed(*t);
    monitor::free_tracing(*t);
    drop_contention_notes(*t);
    leave_owner_slot(*t);
    abandon_retired(*t);
    detach(*t);
    unregister_mutator(*t);
    free_vm_stack(*t);
    delete t;
}

}  // namespace oro
