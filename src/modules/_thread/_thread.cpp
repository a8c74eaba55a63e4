// The module _thread: threads as 3.14's threading wants them.
#include <algorithm>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include <cmath>

#include "memory/world.h"
#include "types/lock.h"
#include "object/bytes.h"
#include "object/call.h"
#include "object/context.h"
#include "object/define.h"
#include "object/dict.h"
#include "object/interpreter.h"
#include "object/exception.h"
#include "object/structseq.h"
#include "runtime/fork.h"
#include "runtime/print_exception.h"
#include "runtime/signals.h"
#include "runtime/sys_info.h"
#include "runtime/thread_life.h"

namespace oro::thread {

extern Type local_type;

// What a handle and its thread share. `done` is locked from the start to the end of the thread; joiners wait for it, and the first
// of them for the system's thread, so that nothing of it is left once join() returns.
struct Shared {
    std::atomic<int> references{1};
    std::atomic<int> state{0};         // 0 not started, 1 starting, 2 running, 3 done
    std::atomic<std::uint64_t> ident{0};
    LockByte done{0};
    LockByte joining{0};               // held while the system's thread is waited for
    std::atomic<pid_t> process{0};     // that has the system's thread to be joined or detached; 0: there is none
    pthread_t system{};                // set before `process`

    void release() {
        if (references.fetch_sub(1) != 1) return;
        if (take_system()) pthread_detach(system);
        delete this;
    }
    // Whether the caller is the one to join or detach the system's thread. After a fork it isn't the child's.
    bool take_system() {
        pid_t owner = process.exchange(0, std::memory_order_acq_rel);
        return owner != 0 && owner == getpid();
    }
};

struct Handle : Object {
    Shared* shared;
    explicit Handle(Shared* s) : shared(s) {}
    ~Handle() { shared->release(); }
    static Type& type();
};

namespace {

std::atomic<std::int64_t> running{0};
thread_local bool counted = false;     // whether this thread is one of them
// The threads that have a handle and may not have ended, for _shutdown() and fork. Guarded by its lock byte; each holds a reference.
// Who looks next takes off those that have ended: they can't do it themselves, being off this list only after their very end.
struct Started {
    Shared* shared;
    bool daemon;
};
LockByte started_lock{0};
std::vector<Started>& started() {
    static auto* v = new std::vector<Started>;
    return *v;
}

// Enters a thread into the list.
void enter(Thread& t, Shared* s, bool daemon) {
    s->references.fetch_add(1);
    lock(t, started_lock);
    std::erase_if(started(), [](Started& e) {
        if (e.shared->state.load(std::memory_order_acquire) != 3) return false;
        e.shared->release();
        return true;
    });
    started().push_back({s, daemon});
    unlock(started_lock);
}
// Takes a thread off the list and gives its reference back.
void strike(Thread& t, Shared* s) {
    lock(t, started_lock);
    bool found = std::erase_if(started(), [&](Started& e) { return e.shared == s; });
    unlock(started_lock);
    if (found) s->release();
}

void finish(Shared* s) {
    s->state.store(3, std::memory_order_release);
    unlock(s->done);
}

// After the end of the thread, as `done` has told.
void wait_for_system(Python& py, Shared* s) {
    if (s->process.load(std::memory_order_acquire) == 0) return;
    lock(py, s->joining);
    if (s->take_system()) {
        Detached detached(py);
        pthread_join(s->system, nullptr);
    }
    unlock(s->joining);
}

// Everything a new thread needs; owned by it.
struct Bootstrap {
    Thread* thread;
    Shared* shared;                    // null: start_new_thread
    Value function, args, keywords, context;
};

void report(Python& py, Borrowed<> function) {
    if (raised_is(py, exc::SystemExit)) {
        clear_raised(py);
        return;
    }
    write_unraisable(py, "Exception ignored in thread started by ", Optional<>(function));
}

void* run(void* p) {
    auto* b = static_cast<Bootstrap*>(p);
    Thread* t = b->thread;
    enter_thread(*t);
    auto& py = static_cast<Python&>(*t);
    ++running;
    counted = true;
    {
        Ref<> function = Ref<>::adopt(b->function), args = Ref<>::adopt(b->args);
        Maybe<> keywords = Maybe<>::adopt(b->keywords);
        t->context = b->context;
        if (b->shared) {
            b->shared->ident.store(t->ident);
            b->shared->state.store(2, std::memory_order_release);
        }
        auto r = call_tuple(py, function, as<Tuple>(args.value()), keywords ? Optional<Dict>(keywords.value()) : Optional<Dict>());
        if (r.raised()) report(py, function);
    }
    --running;
    Shared* shared = b->shared;
    delete b;
    // The thread's objects go before joiners are told.
    if (!t->dict.is_null()) detail::decref(std::exchange(t->dict, Value{}));
    if (shared) {
        // What others had left for this thread to destroy is gone as well before they are told.
        leave_thread(t);
        finish(shared);
        shared->release();
    } else {
        leave_thread(t);
    }
    return nullptr;
}

Result<std::uint64_t> start(Python& py, Shared* shared, Borrowed<> function, Borrowed<> args, Optional<> keywords) {
    if (py.interpreter->finalizing) return raise(py, exc::PythonFinalizationError, "can't create new thread at interpreter shutdown");
    Thread* t = make_thread(*py.interpreter);
    if (!t) return raise(py, exc::RuntimeError, "can't start new thread");
    auto* b = new Bootstrap{t, shared, function.share().release(), args.share().release(), keywords ? (*keywords).share().release() : Value{}, Value{}};
    if (py.interpreter->config.thread_inherit_context) {
        auto copy = copy_context(py);
        if (!copy.raised()) b->context = Ref<>(std::move(copy).take()).release(); else clear_raised(py);
    }
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, shared ? PTHREAD_CREATE_JOINABLE : PTHREAD_CREATE_DETACHED);
    std::size_t size = thread_stack_size();
    // Less than what natives need at the limit would leave no room at all.
    constexpr std::size_t kUsual = std::size_t(8) << 20, kLeast = std::size_t(1) << 20;
    pthread_attr_setstacksize(&attributes, size ? std::max(size, kLeast) : kUsual);
    if (shared) shared->references.fetch_add(1);
    pthread_t id;
    int error = pthread_create(&id, &attributes, run, b);
    pthread_attr_destroy(&attributes);
    if (error) {
        if (shared) shared->release();
        for (Value v : {b->function, b->args, b->keywords, b->context}) detail::decref(v);
        delete b;
        abandon_thread(t);
        return raise(py, exc::RuntimeError, "can't start new thread");
    }
    if (shared) {
        shared->system = id;
        shared->process.store(getpid(), std::memory_order_release);
    }
    return std::uint64_t(id);
}

Result<void> check_callable(Python& py, Borrowed<> f) {
    if (!is_callable(f)) return raise(py, exc::TypeError, "first arg must be callable");
    return {};
}

Result<std::uint64_t> start_new_thread(Python& py, Borrowed<> function, Borrowed<> args, Optional<> kwargs) {
    CHECK(check_callable(py, function));
    if (!is<Tuple>(args)) return raise(py, exc::TypeError, "2nd arg must be a tuple");
    if (kwargs && !is<Dict>(*kwargs)) return raise(py, exc::TypeError, "optional 3rd arg must be a dictionary");
    return start(py, nullptr, function, args, kwargs);
}

Value start_joinable_thread(Python& py, Native&, Value, Value const* args, std::size_t n, Tuple* names) {
    static constexpr char const* kNames[] = {"function", "handle", "daemon"};
    Value out[3];
    if (parse_arguments(py, "start_joinable_thread", kNames, 0, 1, 1, args, n, names, out).raised()) return {};
    auto build = [&]() -> Result<Ref<>> {
        if (!is_callable(Borrowed<>(out[0]))) return raise(py, exc::TypeError, "thread function must be callable");
        Ref<Handle> handle = out[1] && out[1] != kNone && is<Handle>(out[1]) ? as<Handle>(out[1]).share() : TRY(make<Handle>(py, Handle::type(), new Shared));
        if (out[1] && out[1] != kNone && !is<Handle>(out[1])) return raise(py, exc::TypeError, "'handle' must be a _ThreadHandle");
        bool daemon = !out[2] || TRY(truth(py, Borrowed<>(out[2])));
        Shared* s = handle->shared;
        int expected = 0;
        if (!s->state.compare_exchange_strong(expected, 1)) return raise(py, exc::RuntimeError, "thread already started");
        lock(py, s->done);
        Ref<Tuple> empty = empty_tuple();
        enter(py, s, daemon);
        auto ident = start(py, s, Borrowed<>(out[0]), empty, {});
        if (ident.raised()) {
            s->state.store(0);
            unlock(s->done);
            strike(py, s);
            return Raised{};
        }
        std::uint64_t zero = 0;
        s->ident.compare_exchange_strong(zero, std::move(ident).take());
        return handle;
    };
    return build().release();
}

// ---- handles

Result<void> join(Python& py, Borrowed<Handle> self, Borrowed<> timeout) {
    Shared* s = self->shared;
    if (s->state.load(std::memory_order_acquire) == 0) return raise(py, exc::RuntimeError, "thread not started");
    if (s->ident.load() == py.ident && s->state.load() != 3) return raise(py, exc::RuntimeError, "Cannot join current thread");
    std::int64_t ns = -1;
    if (!timeout.is(kNone)) {
        double seconds = TRY(to_double(py, timeout));
        if (seconds >= 0) {
            if (seconds > kTimeoutMax) return raise(py, exc::OverflowError, "timeout value is too large");
            ns = std::int64_t(std::ceil(seconds * 1e9));
        }
    }
    if (py.interpreter->finalizing && s->state.load() != 3) return raise(py, exc::PythonFinalizationError, "cannot join thread at interpreter shutdown");
    s->references.fetch_add(1);
    auto taken = acquire(py, s->done, ns);
    if (!taken.raised() && std::move(taken).take()) {
        unlock(s->done);
        wait_for_system(py, s);
    }
    s->release();
    if (has_raised(py)) return Raised{};
    // What the thread has dropped of ours goes now, not when this thread happens to look.
    return poll(py);
}
bool is_done(Python&, Borrowed<Handle> self) { return self->shared->state.load(std::memory_order_acquire) == 3; }
Result<void> set_done(Python& py, Borrowed<Handle> self) {
    // A thread that is gone after a fork.
    if (self->shared->state.load(std::memory_order_acquire) == 0) return raise(py, exc::RuntimeError, "thread not started");
    if (self->shared->state.exchange(3) != 3) unlock(self->shared->done);
    return {};
}
Value handle_ident(Python& py, Value self) { return Result<Ref<>>(make_int_unsigned(py, as<Handle>(self)->shared->ident.load())).release(); }
Result<Ref<>> handle_repr(Python& py, Borrowed<Handle> self) {
    return TRY(format_message(py, "<_ThreadHandle object: ident={}>", {std::int64_t(self->shared->ident.load())}));
}
Value handle_new(Python& py, Type& type, Value const*, std::size_t, Tuple*) { return Result<Ref<>>(make<Handle>(py, type, new Shared)).release(); }

constexpr MethodDef handle_methods[] = {
    def<join>("join", "timeout=None", "Wait for the thread to end."),
    def<is_done>("is_done", "", "Whether the thread has ended."),
    def<set_done>("_set_done", "", "Regard the thread as ended."),
};
constexpr GetSetDef handle_getsets[] = {{"ident", handle_ident, nullptr, "The thread's ident."}};
constexpr SlotDef handle_slots[] = {slot<Dunder::repr, handle_repr>};
constexpr TypeDef handle_def{.name = "_thread._ThreadHandle", .doc = "A thread that can be joined.", .size = sizeof(Handle), .hooks = hooks_of<Handle>(),
                             .new_ = handle_new, .methods = handle_methods, .slots = handle_slots, .getsets = handle_getsets};

// ---- functions

std::uint64_t get_ident(Python& py) { return py.ident; }
std::uint64_t get_native_id(Python& py) { return py.native_ident; }
std::int64_t count(Python&) { return running.load(); }
Result<Ref<>> allocate_lock(Python& py) { return make<Lock>(py, Lock::type()); }
Result<void> exit_thread(Python& py) { return raise_object(py, TRY(call(py, Borrowed<>(Value::of(&exc::SystemExit)), {}))); }
Result<void> interrupt_main(Python& py, int signum) {
    if (signum < 1 || signum > 64) return raise(py, exc::ValueError, "signal number out of range");
    if (signal_handled(signum)) note_signal(signum);
    return poll(py);  // in the main thread it takes effect at once
}
Result<std::int64_t> stack_size(Python& py, std::int64_t size) {
    std::int64_t old = std::int64_t(thread_stack_size());
    if (size < 0) return raise(py, exc::ValueError, "size must be 0 or a positive value");
    if (size != 0 && size < 32768) return raise(py, exc::ValueError, "size not valid: {} bytes", size);
    set_thread_stack_size(std::size_t(size));
    return old;
}
bool daemon_threads_allowed(Python&) { return true; }
bool is_main_interpreter(Python&) { return true; }
std::uint64_t main_thread_ident(Python&) { return main_thread()->ident; }
// Octets that Linux keeps of a thread's name.
constexpr std::size_t kLongestName = 15;

Result<void> set_name(Python& py, Borrowed<Str> name) {
    // Lone surrogates have no place there.
    Ref<> octets = TRY(call_method_with(py, name, TRY(make_interned(py, "encode")), TRY(make_str(py, "utf-8")), TRY(make_str(py, "replace"))));
    if (!is<Bytes>(octets.value())) return {};
    std::string text(as<Bytes>(octets.value())->view());
    // It ends at a null, and wherever there is no more room, be it within a code point.
    text.resize(std::min({text.size(), text.find('\0'), kLongestName}));
    pthread_setname_np(pthread_self(), text.c_str());
    return {};
}
Result<Ref<Str>> get_name(Python& py) {
    char text[kLongestName + 1] = {};
    if (int error = pthread_getname_np(pthread_self(), text, sizeof text)) return raise_errno(py, error);
    return decode_argument(py, text);
}

// In the child of a fork the other threads have ended, whatever they were about; nobody waits for them any more.
void forget_others(Python& py) {
    running.store(counted, std::memory_order_relaxed);
    started_lock.store(0);
    std::erase_if(started(), [&](Started& e) {
        if (e.shared->ident.load() == py.ident) return false;
        e.shared->process.store(0);
        e.shared->done.store(0);
        e.shared->joining.store(0);
        e.shared->state.store(3);
        e.shared->release();
        return true;
    });
}

Result<void> shutdown(Python& py) {
    for (;;) {
        Shared* s = nullptr;
        {
            lock(py, started_lock);
            for (Started& e : started())
                if (!e.daemon && e.shared->ident.load() != py.ident) {
                    s = e.shared;
                    s->references.fetch_add(1);
                    break;
                }
            unlock(started_lock);
        }
        if (!s) return {};
        auto taken = acquire(py, s->done, -1);
        if (!taken.raised()) {
            unlock(s->done);
            wait_for_system(py, s);
        }
        if (!has_raised(py)) strike(py, s);
        s->release();
        if (has_raised(py)) return Raised{};
        CHECK(poll(py));
    }
}

Result<Ref<>> make_thread_handle(Python& py, std::int64_t ident) {
    auto* s = new Shared;
    s->ident = std::uint64_t(ident);
    s->state = 2;
    try_lock(s->done);
    return make<Handle>(py, Handle::type(), s);
}

constexpr StructField kHookFields[] = {{"exc_type", "Exception type"}, {"exc_value", "Exception value"}, {"exc_traceback", "Exception traceback"}, {"thread", "Thread"}};
constexpr StructTypeDef kHookArgs = struct_type_def<kHookFields>("_thread._ExceptHookArgs", "Arguments of threading.excepthook.", 4);

// The default threading.excepthook.
Result<void> excepthook(Python& py, Borrowed<> args) {
    auto field = [&](std::string_view name) -> Result<Ref<>> { return get_attribute(py, args, TRY(make_interned(py, name))); };
    Ref<> type = TRY(field("exc_type"));
    if (type.value() == Value::of(&exc::SystemExit)) return {};
    Ref<> value = TRY(field("exc_value")), traceback = TRY(field("exc_traceback")), thread = TRY(field("thread"));
    Maybe<> err = sys_get(py, name::stderr_());
    bool lost = !err || err.value() == kNone;
    if (lost) {
        // The file that was sys.stderr when the thread was made.
        if (thread.value() == kNone) return {};
        err = TRY(find_attribute(py, thread, TRY(make_interned(py, "_stderr"))));
        if (!err || err.value() == kNone) return {};
    }
    Ref<Str> who = empty_str();
    if (thread.value() != kNone) who = TRY(str(py, TRY(get_attribute(py, thread, name::name()))));
    else who = TRY(str(py, Borrowed<>(Value::of_int(std::int64_t(py.ident)))));
    Ref<Str> line = TRY(format_message(py, "Exception in thread {}:\n", {who}));
    CHECK(call_method_with(py, *err, name::write(), line));
    if (!lost) CHECK(print_exception(py, value, traceback));
    else if (is_exception(value)) CHECK(call_method_with(py, *err, name::write(), TRY(make_str(py, exception_text(py, value)))));
    CHECK(call_method_with(py, *err, name::flush()));
    return {};
}

constexpr MethodDef functions[] = {
    function<start_new_thread>("start_new_thread", "function, args, kwargs=<unrepresentable>, /", "Run function(*args, **kwargs) in a new thread; its ident."),
    function<start_new_thread>("start_new", "function, args, kwargs=<unrepresentable>, /", "The old name of start_new_thread()."),
    raw_def("start_joinable_thread", "function, handle=None, daemon=True", "Run function() in a new thread; its handle.", start_joinable_thread, MethodKind::static_),
    function<allocate_lock>("allocate_lock", "", "A new lock."),
    function<allocate_lock>("allocate", "", "A new lock."),
    function<exit_thread>("exit", "", "Raise SystemExit."),
    function<exit_thread>("exit_thread", "", "Raise SystemExit."),
    function<interrupt_main>("interrupt_main", "signum=2, /", "As if the signal had arrived for the main thread."),
    function<get_ident>("get_ident", "", "A number that identifies this thread."),
    function<get_native_id>("get_native_id", "", "The kernel's number of this thread."),
    function<count>("_count", "", "How many threads run that were started here."),
    function<stack_size>("stack_size", "size=0, /", "Bytes of stack for new threads; the old number."),
    function<daemon_threads_allowed>("daemon_threads_allowed", "", "Whether daemon threads may be started."),
    function<is_main_interpreter>("_is_main_interpreter", "", "Whether this is the main interpreter."),
    function<main_thread_ident>("_get_main_thread_ident", "", "The ident of the main thread."),
    function<set_name>("set_name", "name", "Name this thread for the kernel."),
    function<get_name>("_get_name", "", "The name that the kernel knows of this thread."),
    function<shutdown>("_shutdown", "", "Wait for all threads that are not daemons."),
    function<make_thread_handle>("_make_thread_handle", "ident, /", "A handle for a thread that runs already."),
    function<excepthook>("_excepthook", "args, /", "Print an exception that ended a thread."),
};

Result<void> setup(Python& py, Module& m);

}  // namespace

ORO_TYPE(handle_type, handle_def);
ORO_TYPE(except_hook_args_type, kHookArgs);
Type& Handle::type() { return handle_type; }

namespace {
Result<void> setup(Python& py, Module& m) {
    call_in_fork_child(forget_others);
    CHECK(add_type_to_module(py, m, handle_type));
    CHECK(add_struct_type(py, m, except_hook_args_type));
    CHECK(add_type_to_module(py, m, lock_type));
    CHECK(add_to_module(py, m, "LockType", share(Value::of(&lock_type))));
    CHECK(add_type_to_module(py, m, rlock_type));
    CHECK(add_type_to_module(py, m, local_type));
    CHECK(add_to_module(py, m, "error", share(Value::of(&exc::RuntimeError))));
    CHECK(add_to_module(py, m, "_NAME_MAXLEN", Ref<>::immediate(Value::of_int(kLongestName))));
    return add_to_module(py, m, "TIMEOUT_MAX", TRY(make_float(py, kTimeoutMax)));
}
}  // namespace

ORO_MODULE(thread_module, .name = "_thread", .doc = "Threads and locks.", .functions = functions, .setup = setup);

}  // namespace oro::thread
