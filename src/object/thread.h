// The thread, and the two capabilities that stand in parameters:
//
//   Thread&  may allocate and raise; never runs Python code, never blocks, never passes a safepoint.
//   Python&  may do everything: call Python, block, pass safepoints. Derived from Thread, so it converts.
//
// A method that holds its object's lock gets Thread&, so that it cannot run Python meanwhile: it would not compile.
// All fields belong to the thread itself unless said otherwise.
#pragma once
#include <vector>

#include "memory/mutator.h"
#include "object/result.h"

namespace oro {

struct Frame;
struct Interpreter;
struct Dict;
struct Type;
struct BaseException;

// The exception being handled, one for the thread and one for each running generator: a chain as sys.exc_info sees it.
struct HandledException {
    Value exception;              // owned; null: none here
    HandledException* outer = nullptr;
};

// Entries of the thread's method cache: an attribute of a type as found through its MRO, valid while the type's version
// is the same.
struct MethodCacheEntry {
    std::uint32_t version = 0;
    Header* name = nullptr;
    Value value;                  // borrowed from the type's dictionaries; null: the type has no such attribute
};
inline constexpr std::size_t kMethodCacheSize = 1024;

struct Thread : Mutator {
    Value raised;                             // owned; the exception that is on its way, null if none
    HandledException base_handled;
    HandledException* handled = &base_handled;
    Frame* frame = nullptr;                   // innermost Python frame
    Value result;                             // counted; what interpret() is about to return
    Value dropped;                            // as in a register; passes from one operation of the interpreter to the next
    std::uint32_t misses = 0;                 // of inline caches; paces relearning
    bool yielded = false;                     // that is a yielded value, not a returned one
    Value* stack_begin = nullptr;             // the VM stack
    Value* stack_end = nullptr;
    char const* native_limit = nullptr;       // the C stack may not go below this address
    int recursion_left = 1000;                // Python frames that may still be entered
    int recursion_limit = 1000;
    Interpreter* interpreter = nullptr;
    Value context;                            // owned; contextvars.Context or null
    Value async_gen_firstiter, async_gen_finalizer;  // owned; sys.set_asyncgen_hooks
    int coroutine_origin_depth = 0;           // sys.set_coroutine_origin_tracking_depth
    Value async_exception;                    // owned; under the registry lock (PyThreadState_SetAsyncExc)
    Value dict;                               // owned; thread-state dictionary (threading.local and natives)
    std::uint64_t ident = 0;                  // threading.get_ident()
    std::uint64_t native_ident = 0;
    bool is_main = false;
    bool finalizing = false;
    void* trace = nullptr;                    // reserved for sys.settrace / sys.monitoring state
    std::uint64_t unique = 0;
    std::vector<Value> representing;          // borrowed; objects whose repr() is under way
    MethodCacheEntry method_cache[kMethodCacheSize];
};

struct Python : Thread {};

// The calling thread; it must be attached.
inline Python& current_python() { return *static_cast<Python*>(static_cast<Thread*>(current_mutator)); }
inline Thread& current_thread() { return *static_cast<Thread*>(current_mutator); }

// Does what the breaker word asks for; fails if a signal handler or an asynchronous exception raises. Defined by runtime.
Result<void> safepoint(Python& py);
inline Result<void> poll(Python& py) {
    if (py.breaker.load(std::memory_order_relaxed) != 0) [[unlikely]] return safepoint(py);
    return {};
}

// Fails with RecursionError when the C stack is nearly used up. Every native that may recurse through Python objects
// calls it (call(), repr, compare, ...). Costs a compare.
Raised raise_stack_overflow(Thread& t, char const* where);
// Bytes of the C stack that are left above the limit.
inline std::size_t native_stack_left(Thread const& t) {
    auto* here = static_cast<char const*>(__builtin_frame_address(0));
    return here > t.native_limit ? std::size_t(here - t.native_limit) : 0;
}
inline Result<void> check_native_stack(Thread& t, char const* where = "") {
    if (static_cast<char const*>(__builtin_frame_address(0)) < t.native_limit) [[unlikely]] return raise_stack_overflow(t, where);
    return {};
}

}  // namespace oro
