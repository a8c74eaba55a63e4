// threading.Lock and RLock: the runtime's one-byte lock with parked waiters (memory/lock.h).
#pragma once
#include "memory/lock.h"
#include "object/native.h"

namespace oro::thread {

// Any thread may release it.
struct Lock : Object {
    LockByte byte{0};
    static Type& type();
    bool is_locked() const { return byte.load(std::memory_order_relaxed) & lock_bit::locked; }
};

// The owner may take it again. `owner` is the ident of the owning thread, 0 if free; `depth` belongs to the owner.
struct RLock : Object {
    LockByte byte{0};
    std::atomic<std::uint64_t> owner{0};
    std::atomic<std::uint64_t> depth{0};
    static Type& type();
};

extern Type lock_type, rlock_type;
// The row of Lock.__exit__, by which the interpreter knows the method: it takes a free Lock and gives it back in `with` statements by
// itself (vm/ops/locks.h).
extern MethodDef const* const lock_exit_def;

// Arguments of acquire(blocking=True, timeout=-1) as nanoseconds (negative: without limit); errors as CPython's.
Result<std::int64_t> acquire_timeout(Python& py, bool blocking, Borrowed<> timeout);
// Waits with signal handlers run in between; false if the time is over.
Result<bool> acquire(Python& py, LockByte& byte, std::int64_t nanoseconds);

inline constexpr double kTimeoutMax = 9223372036.0;

}  // namespace oro::thread
