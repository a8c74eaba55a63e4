#include "types/lock.h"

#include <time.h>

#include <cmath>

#include "object/call.h"
#include "object/define.h"

namespace oro::thread {

namespace {
std::int64_t now_ns() {
    timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return std::int64_t(t.tv_sec) * 1'000'000'000 + t.tv_nsec;
}
}  // namespace

Result<std::int64_t> acquire_timeout(Python& py, bool blocking, Borrowed<> timeout) {
    double seconds = TRY(to_double(py, timeout));
    if (std::isnan(seconds)) return raise(py, exc::ValueError, "Invalid value NaN (not a number)");
    if (!blocking) {
        if (seconds != -1) return raise(py, exc::ValueError, "can't specify a timeout for a non-blocking call");
        return std::int64_t(0);
    }
    if (seconds == -1) return std::int64_t(-1);
    if (seconds < 0) return raise(py, exc::ValueError, "timeout value must be a non-negative number");
    if (seconds > kTimeoutMax) return raise(py, exc::OverflowError, "timeout value is too large");
    return std::int64_t(std::ceil(seconds * 1e9));
}

Result<bool> acquire(Python& py, LockByte& byte, std::int64_t nanoseconds) {
    std::int64_t deadline = 0;
    if (nanoseconds > 0 && __builtin_add_overflow(now_ns(), nanoseconds, &deadline)) deadline = INT64_MAX;
    for (;;) {
        switch (lock_timed(py, byte, nanoseconds, true)) {
            case LockResult::acquired: return true;
            case LockResult::timed_out: return false;
            case LockResult::interrupted: break;
        }
        CHECK(safepoint(py));
        if (nanoseconds > 0) {
            nanoseconds = deadline - now_ns();
            if (nanoseconds <= 0) return try_lock(byte);
        }
    }
}

namespace {

// ---- Lock

Result<bool> lock_acquire(Python& py, Borrowed<Lock> self, bool blocking, Borrowed<> timeout) {
    if (blocking && timeout.is(Value::of_int(-1))) {
        if (try_lock(self->byte)) return true;
        return acquire(py, self->byte, -1);
    }
    std::int64_t ns = TRY(acquire_timeout(py, blocking, timeout));
    return acquire(py, self->byte, ns);
}

Result<void> lock_release(Python& py, Borrowed<Lock> self) {
    if (!self->is_locked()) return raise(py, exc::RuntimeError, "release unlocked lock");
    unlock(self->byte);
    return {};
}

Result<bool> lock_enter(Python& py, Borrowed<Lock> self) {
    if (try_lock(self->byte)) return true;
    return acquire(py, self->byte, -1);
}

Result<void> lock_exit(Python& py, Borrowed<Lock> self, Args) { return lock_release(py, self); }
bool lock_locked(Python&, Borrowed<Lock> self) { return self->is_locked(); }
void lock_at_fork(Python&, Borrowed<Lock> self) { self->byte.store(0); }

Result<Ref<>> lock_repr(Python& py, Borrowed<Lock> self) {
    char address[32];
    std::snprintf(address, sizeof address, "%p", static_cast<void*>(self.get()));
    return TRY(format_message(py, "<{} _thread.lock object at {}>", {self->is_locked() ? "locked" : "unlocked", address}));
}

Value lock_new(Python& py, Type& type, Value const*, std::size_t n, Tuple* names) {
    if (n || names) {
        (void)raise(py, exc::TypeError, "lock() takes no arguments");
        return {};
    }
    return Result<Ref<>>(make<Lock>(py, type)).release();
}

constexpr MethodDef lock_methods[] = {
    def<lock_acquire>("acquire", "blocking=True, timeout=-1", "Lock the lock, waiting for it if asked to; whether it was taken."),
    def<lock_acquire>("acquire_lock", "blocking=True, timeout=-1", "The old name of acquire()."),
    def<lock_release>("release", "", "Unlock the lock; any thread may do so."),
    def<lock_release>("release_lock", "", "The old name of release()."),
    def<lock_locked>("locked", "", "Whether the lock is locked."),
    def<lock_locked>("locked_lock", "", "The old name of locked()."),
    def<lock_enter>("__enter__", "", "Lock the lock."),
    def<lock_exit>("__exit__", "*exc_info", "Unlock the lock."),
    def<lock_at_fork>("_at_fork_reinit", "", "Unlocked again, in the child after fork."),
};
constexpr MethodDef const* find_exit() {
    for (MethodDef const& m : lock_methods)
        if (std::string_view(m.name) == "__exit__") return &m;
    return nullptr;
}
static_assert(find_exit() != nullptr);
constexpr SlotDef lock_slots[] = {slot<Dunder::repr, lock_repr>};
constexpr TypeDef lock_def{.name = "_thread.lock", .doc = "A lock that any thread may release.", .signature = "", .size = sizeof(Lock),
                           .flags = type_flag::lasting | type_flag::has_weakrefs, .hooks = hooks_of<Lock>(), .new_ = lock_new, .methods = lock_methods, .slots = lock_slots};

// ---- RLock

Result<bool> rlock_take(Python& py, RLock& self, std::int64_t ns) {
    if (self.owner.load(std::memory_order_relaxed) == py.ident) {
        self.depth.fetch_add(1, std::memory_order_relaxed);
        return true;
    }
    if (!try_lock(self.byte) && !TRY(acquire(py, self.byte, ns))) return false;
    self.owner.store(py.ident, std::memory_order_relaxed);
    self.depth.store(1, std::memory_order_relaxed);
    return true;
}

Result<bool> rlock_acquire(Python& py, Borrowed<RLock> self, bool blocking, Borrowed<> timeout) {
    return rlock_take(py, *self, TRY(acquire_timeout(py, blocking, timeout)));
}
Result<bool> rlock_enter(Python& py, Borrowed<RLock> self) { return rlock_take(py, *self, -1); }

Result<void> rlock_release(Python& py, Borrowed<RLock> self) {
    if (self->owner.load(std::memory_order_relaxed) != py.ident) return raise(py, exc::RuntimeError, "cannot release un-acquired lock");
    if (self->depth.fetch_sub(1, std::memory_order_relaxed) == 1) {
        self->owner.store(0, std::memory_order_relaxed);
        unlock(self->byte);
    }
    return {};
}
Result<void> rlock_exit(Python& py, Borrowed<RLock> self, Args) { return rlock_release(py, self); }
bool rlock_locked(Python&, Borrowed<RLock> self) { return self->owner.load(std::memory_order_relaxed) != 0; }
bool rlock_is_owned(Python& py, Borrowed<RLock> self) { return self->owner.load(std::memory_order_relaxed) == py.ident; }
std::uint64_t rlock_recursion_count(Python& py, Borrowed<RLock> self) {
    return self->owner.load(std::memory_order_relaxed) == py.ident ? self->depth.load(std::memory_order_relaxed) : 0;
}
// Condition.wait() gives the lock up whatever its depth, and takes it back later.
Result<Ref<>> rlock_release_save(Python& py, Borrowed<RLock> self) {
    if (self->owner.load(std::memory_order_relaxed) != py.ident) return raise(py, exc::RuntimeError, "cannot release un-acquired lock");
    std::uint64_t depth = self->depth.exchange(0);
    std::uint64_t owner = self->owner.exchange(0);
    unlock(self->byte);
    return TRY(make_tuple_of(py, TRY(make_int_unsigned(py, depth)), TRY(make_int_unsigned(py, owner))));
}
Result<void> rlock_acquire_restore(Python& py, Borrowed<RLock> self, Borrowed<Tuple> state) {
    if (state->size != 2) return raise(py, exc::TypeError, "invalid state");
    std::int64_t depth = TRY(to_int64(py, state->at(0), &exc::OverflowError));
    // Not interrupted by signals: the lock has to be held afterwards.
    lock(py, self->byte);
    self->owner.store(py.ident, std::memory_order_relaxed);
    self->depth.store(std::uint64_t(depth), std::memory_order_relaxed);
    return {};
}
void rlock_at_fork(Python&, Borrowed<RLock> self) {
    self->byte.store(0);
    self->owner.store(0);
    self->depth.store(0);
}

Result<Ref<>> rlock_repr(Python& py, Borrowed<RLock> self) {
    char address[32];
    std::snprintf(address, sizeof address, "%p", static_cast<void*>(self.get()));
    std::uint64_t owner = self->owner.load(), depth = self->depth.load();
    return TRY(format_message(py, "<{} {} object owner={} count={} at {}>", {owner ? "locked" : "unlocked", "_thread.RLock", std::int64_t(owner), std::int64_t(depth), address}));
}

Value rlock_new(Python& py, Type& type, Value const*, std::size_t, Tuple*) { return Result<Ref<>>(make<RLock>(py, type)).release(); }

constexpr MethodDef rlock_methods[] = {
    def<rlock_acquire>("acquire", "blocking=True, timeout=-1", "Lock the lock; the owner may do so again."),
    def<rlock_release>("release", "", "Undo one acquire()."),
    def<rlock_locked>("locked", "", "Whether some thread holds the lock."),
    def<rlock_is_owned>("_is_owned", "", "Whether this thread holds the lock."),
    def<rlock_recursion_count>("_recursion_count", "", "How often this thread holds the lock."),
    def<rlock_release_save>("_release_save", "", "Give the lock up entirely; the state for _acquire_restore()."),
    def<rlock_acquire_restore>("_acquire_restore", "state, /", "Take the lock back."),
    def<rlock_enter>("__enter__", "", "Lock the lock."),
    def<rlock_exit>("__exit__", "*exc_info", "Undo one acquire()."),
    def<rlock_at_fork>("_at_fork_reinit", "", "Unlocked again, in the child after fork."),
};
constexpr SlotDef rlock_slots[] = {slot<Dunder::repr, rlock_repr>};
constexpr TypeDef rlock_def{.name = "_thread.RLock", .doc = "A lock that its owner may take again.", .signature = "", .size = sizeof(RLock),
                            .flags = type_flag::lasting | type_flag::has_weakrefs | type_flag::subclassable, .hooks = hooks_of<RLock>(), .new_ = rlock_new, .methods = rlock_methods, .slots = rlock_slots};

}  // namespace

constinit MethodDef const* const lock_exit_def = find_exit();
ORO_TYPE(lock_type, lock_def);
ORO_TYPE(rlock_type, rlock_def);
Type& Lock::type() { return lock_type; }
Type& RLock::type() { return rlock_type; }

}  // namespace oro::thread
