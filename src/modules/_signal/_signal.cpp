// _signal: handlers, sending and waiting for signals. How signals reach the main thread is told in runtime/signals.h.
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>
#include <fcntl.h>

#include <cerrno>
#include <cmath>

#include "object/call.h"
#include "object/detached.h"
#include "object/exception.h"
#include "object/interpreter.h"
#include "object/list.h"
#include "object/set.h"
#include "object/structseq.h"
#include "runtime/signals.h"

namespace oro::signal_module {

extern Type itimer_error_type, siginfo_type;

namespace {

constexpr int kSignals = 65;
constexpr Value kDefault = Value::of_int(0), kIgnore = Value::of_int(1);

// The handler of each signal, one table for the process: made by the first import, as safe for threads as any list.
std::atomic<List*> handlers{nullptr};

Maybe<> handler_of(Thread& t, int number) {
    List* list = handlers.load(std::memory_order_acquire);
    return list ? list_get(t, *list, std::size_t(number)) : Maybe<>();
}

bool is_builtin_action(Value v) { return v == kDefault || v == kIgnore || v == kNone || v.is_null(); }

// The innermost Python frame, as handlers get it.
Ref<> current_frame(Python& py) {
    if (Maybe<> getframe = sys_get(py, "_getframe")) {
        auto frame = call(py, *getframe, {});
        if (!frame.raised()) return std::move(frame).take();
        clear_raised(py);
    }
    return none.share();
}

// Called in the main thread for a signal that has arrived.
Result<void> run_handler(Python& py, int number) {
    Maybe<> handler = handler_of(py, number);
    if (is_builtin_action(handler.value())) {
        // Changed since the signal arrived.
        (void)raise(py, exc::OSError, "Signal {} ignored due to race condition", number);
        write_unraisable(py, "Exception ignored in", Optional<>(none));
        return {};
    }
    Ref<> frame = current_frame(py);
    CHECK(call_with(py, *handler, Borrowed<>(Value::of_int(number)), frame));
    return {};
}

Result<int> number_from(Python& py, std::int64_t number) {
    if (number < 1 || number >= kSignals) return raise(py, exc::ValueError, "signal number out of range");
    return int(number);
}
Result<void> narrow(Python& py, std::int64_t n) {
    if (n != int(n)) return raise(py, exc::OverflowError, "Python int too large to convert to C int");
    return {};
}

int install(int number, void (*action)(int)) {
    struct sigaction a{};
    a.sa_handler = action;
    // Not restarted: a blocking call ends with EINTR, and Python's handler runs before it goes on.
    a.sa_flags = SA_ONSTACK;
    sigemptyset(&a.sa_mask);
    return sigaction(number, &a, nullptr);
}

Result<Ref<>> signal(Python& py, std::int64_t signalnum, Borrowed<> handler) {
    if (!py.is_main) return raise(py, exc::ValueError, "signal only works in main thread of the main interpreter");
    int number = TRY(number_from(py, signalnum));
    void (*action)(int) = note_signal;
    Ref<> kept = handler.share();
    if (is_any_int(handler.value()) && TRY(equal(py, handler, Borrowed<>(kIgnore)))) {
        action = SIG_IGN;
        kept = Ref<>::immediate(kIgnore);
    } else if (is_any_int(handler.value()) && TRY(equal(py, handler, Borrowed<>(kDefault)))) {
        action = SIG_DFL;
        kept = Ref<>::immediate(kDefault);
    } else if (!is_callable(handler)) {
        return raise(py, exc::TypeError, "signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object");
    }
    // Those that have arrived already are for the old handler.
    CHECK(poll(py));
    if (install(number, action) < 0) return raise_errno(py, errno);
    set_signal_handled(number, action == note_signal);
    Maybe<> old = handler_of(py, number);
    list_set(py, *handlers.load(), std::size_t(number), std::move(kept));
    if (!old) return none.share();
    return std::move(old).take();
}

Result<Ref<>> getsignal(Python& py, std::int64_t signalnum) {
    int number = TRY(number_from(py, signalnum));
    Maybe<> handler = handler_of(py, number);
    if (!handler) return none.share();
    return std::move(handler).take();
}

Value default_int_handler(Python& py, Native&, Value, Value const*, std::size_t n, Tuple* names) {
    if (n != 2 || (names && names->size)) {
        (void)raise(py, exc::TypeError, "default_int_handler expected 2 arguments, got {}", n);
    } else {
        auto e = make_exception(py, exc::KeyboardInterrupt, empty_tuple());
        if (!e.raised()) (void)raise_object(py, std::move(e).take());
    }
    return {};
}

// ---- sending

Result<void> sent(Python& py, int result) {
    if (result < 0) return raise_errno(py, errno);
    // One to this thread is handled before the call returns.
    return poll(py);
}
Result<void> raise_signal(Python& py, std::int64_t signalnum) {
    CHECK(narrow(py, signalnum));
    int result;
    {
        Detached detached(py);
        result = ::raise(int(signalnum));
    }
    return sent(py, result);
}
Result<void> pthread_kill(Python& py, std::int64_t thread_id, std::int64_t signalnum) {
    CHECK(narrow(py, signalnum));
    if (int error = ::pthread_kill(pthread_t(thread_id), int(signalnum)); error != 0) return raise_errno(py, error);
    return poll(py);
}
Result<void> pidfd_send_signal(Python& py, std::int64_t pidfd, std::int64_t signalnum, Borrowed<> siginfo, std::int64_t flags) {
    if (!siginfo.is(kNone)) return raise(py, exc::TypeError, "siginfo must be None");
    return sent(py, int(syscall(SYS_pidfd_send_signal, int(pidfd), int(signalnum), nullptr, int(flags))));
}

// ---- timers

std::int64_t alarm(Thread&, std::int64_t seconds) { return std::int64_t(::alarm(unsigned(seconds))); }

Result<void> pause(Python& py) {
    {
        Detached detached(py);
        ::pause();
    }
    return poll(py);
}

double seconds_of(timeval t) { return double(t.tv_sec) + double(t.tv_usec) * 1e-6; }

Result<std::int64_t> duration_from(Python& py, Borrowed<> v, std::int64_t unit, bool up) {
    if (is_any_float(v.value())) {
        double d = float_number(v.value());
        if (std::isnan(d)) return raise(py, exc::ValueError, "Invalid value NaN (not a number)");
        d *= double(unit);
        d = up ? std::ceil(d) : std::floor(d);
        if (!(d > -9.2e18 && d < 9.2e18)) return raise(py, exc::OverflowError, "timestamp out of range for platform time_t");
        return std::int64_t(d);
    }
    if (!is_any_int(v.value()) && !(v.value().is_pointer() && type_of(v).slot(Dunder::index))) {
        return raise(py, exc::TypeError, "'{}' object cannot be interpreted as an integer or float", TypeName{v.value()});
    }
    std::int64_t n = TRY(to_int64(py, v, &exc::OverflowError));
    if (__builtin_mul_overflow(n, unit, &n)) return raise(py, exc::OverflowError, "timestamp out of range for platform time_t");
    return n;
}
Result<timeval> timeval_from(Python& py, Borrowed<> v) {
    std::int64_t us = TRY(duration_from(py, v, 1000000, true));
    timeval t{time_t(us / 1000000), suseconds_t(us % 1000000)};
    if (t.tv_usec < 0) t.tv_usec += 1000000, t.tv_sec -= 1;
    return t;
}
Raised raise_itimer(Thread& t) {
    int error = errno;
    Ref<Str> text = TRY(error_text(t, error));
    Ref<Tuple> args = TRY(make_tuple_of(t, Ref<>::immediate(Value::of_int(error)), std::move(text)));
    return raise_object(t, TRY(make_exception(t, itimer_error_type, std::move(args))));
}
Result<Ref<>> itimer_result(Python& py, itimerval const& v) {
    Ref<> value = TRY(make_float(py, seconds_of(v.it_value)));
    Ref<> interval = TRY(make_float(py, seconds_of(v.it_interval)));
    return make_tuple_of(py, std::move(value), std::move(interval));
}
Result<Ref<>> setitimer(Python& py, std::int64_t which, Borrowed<> seconds, Borrowed<> interval) {
    itimerval wanted{}, old{};
    wanted.it_value = TRY(timeval_from(py, seconds));
    wanted.it_interval = TRY(timeval_from(py, interval));
    if (::setitimer(__itimer_which_t(which), &wanted, &old) < 0) return raise_itimer(py);
    return itimer_result(py, old);
}
Result<Ref<>> getitimer(Python& py, std::int64_t which) {
    itimerval now{};
    if (::getitimer(__itimer_which_t(which), &now) < 0) return raise_itimer(py);
    return itimer_result(py, now);
}

// ---- masks and waiting

Result<Ref<>> set_of(Python& py, sigset_t const& signals) {
    Ref<Set> set = TRY(make_set(py, Set::type()));
    for (int i = 1; i < kSignals; ++i) {
        if (sigismember(&signals, i) == 1) CHECK(set_add(py, set, Borrowed<>(Value::of_int(i))));
    }
    return set;
}
Result<Ref<>> pthread_sigmask(Python& py, std::int64_t how, Borrowed<> mask) {
    CHECK(narrow(py, how));
    sigset_t wanted, old;
    CHECK(signal_set_from(py, mask, wanted));
    if (int error = ::pthread_sigmask(int(how), &wanted, &old); error != 0) return raise_errno(py, error);
    // What was held back until now is handled before the call returns.
    CHECK(poll(py));
    return set_of(py, old);
}
Result<Ref<>> sigpending(Python& py) {
    sigset_t pending;
    if (::sigpending(&pending) < 0) return raise_errno(py, errno);
    return set_of(py, pending);
}
Result<std::int64_t> sigwait(Python& py, Borrowed<> sigset) {
    sigset_t wanted;
    CHECK(signal_set_from(py, sigset, wanted));
    int number = 0, error;
    {
        Detached detached(py);
        error = ::sigwait(&wanted, &number);
    }
    if (error) return raise_errno(py, error);
    return number;
}

constexpr StructField kInfoFields[] = {{"si_signo", "signal number"}, {"si_code", "signal code"}, {"si_errno", "errno associated with this signal"},
                                       {"si_pid", "sending process ID"}, {"si_uid", "real user ID of sending process"},
                                       {"si_status", "exit value or signal"}, {"si_band", "band event for SIGPOLL"}};
constexpr StructTypeDef kInfo = struct_type_def<kInfoFields>("signal.struct_siginfo", "What sigwaitinfo() and sigtimedwait() give.", 7);

Result<Ref<>> info_result(Python& py, siginfo_t const& info) {
    Ref<Tuple> s = TRY(make_struct(py, siginfo_type));
    std::size_t i = 0;
    for (std::int64_t n : {std::int64_t(info.si_signo), std::int64_t(info.si_code), std::int64_t(info.si_errno), std::int64_t(info.si_pid),
                           std::int64_t(info.si_uid), std::int64_t(info.si_status)}) {
        struct_set(*s, i++, Ref<>::immediate(Value::of_int(n)));
    }
    struct_set(*s, i, TRY(make_int(py, info.si_band)));
    return s;
}

std::int64_t now_ns() {
    timespec t{};
    clock_gettime(CLOCK_MONOTONIC, &t);
    return std::int64_t(t.tv_sec) * 1000000000 + t.tv_nsec;
}

Result<Ref<>> sigwaitinfo(Python& py, Borrowed<> sigset) {
    sigset_t wanted;
    CHECK(signal_set_from(py, sigset, wanted));
    for (;;) {
        siginfo_t info{};
        int number, error;
        {
            Detached detached(py);
            number = ::sigwaitinfo(&wanted, &info);
            error = errno;
        }
        if (number >= 0) return info_result(py, info);
        if (error != EINTR) return raise_errno(py, error);
        CHECK(poll(py));
    }
}
Result<Ref<>> sigtimedwait(Python& py, Borrowed<> sigset, Borrowed<> timeout) {
    std::int64_t ns = TRY(duration_from(py, timeout, 1000000000, true));
    if (ns < 0) return raise(py, exc::ValueError, "timeout must be non-negative");
    sigset_t wanted;
    CHECK(signal_set_from(py, sigset, wanted));
    std::int64_t end;
    if (__builtin_add_overflow(now_ns(), ns, &end)) end = INT64_MAX;
    for (;;) {
        siginfo_t info{};
        timespec rest{time_t(ns / 1000000000), long(ns % 1000000000)};
        int number, error;
        {
            Detached detached(py);
            number = ::sigtimedwait(&wanted, &info, &rest);
            error = errno;
        }
        if (number >= 0) return info_result(py, info);
        if (error == EAGAIN) return none.share();
        if (error != EINTR) return raise_errno(py, error);
        CHECK(poll(py));
        ns = end - now_ns();
        if (ns < 0) return none.share();
    }
}

// ---- others

Value set_wakeup_fd(Python& py, Native&, Value, Value const* args, std::size_t n, Tuple* names) {
    auto run = [&]() -> Result<Ref<>> {
        static constexpr char const* kNames[] = {"", "warn_on_full_buffer"};
        Value out[2];
        CHECK(parse_arguments(py, "set_wakeup_fd", kNames, 1, 1, 1, args, n, names, out));
        std::int64_t fd = TRY(to_int64(py, Borrowed<>(out[0]), &exc::OverflowError));
        bool warn = out[1].is_null() || TRY(truth(py, Borrowed<>(out[1])));
        CHECK(narrow(py, fd));
        if (!py.is_main) return raise(py, exc::ValueError, "set_wakeup_fd only works in main thread of the main interpreter");
        if (fd != -1) {
            struct stat st;
            if (::fstat(int(fd), &st) < 0) return raise_errno(py, errno);
            int flags = ::fcntl(int(fd), F_GETFL);
            if (flags < 0) return raise_errno(py, errno);
            if (!(flags & O_NONBLOCK)) return raise(py, exc::ValueError, "the fd {} must be in non-blocking mode", fd);
        }
        return Ref<>::immediate(Value::of_int(set_wakeup_descriptor(int(fd), warn)));
    };
    return run().release();
}

Result<void> siginterrupt(Python& py, std::int64_t signalnum, bool flag) {
    int number = TRY(number_from(py, signalnum));
    struct sigaction a{};
    if (sigaction(number, nullptr, &a) < 0) return raise_errno(py, errno);
    if (flag) a.sa_flags &= ~SA_RESTART;
    else a.sa_flags |= SA_RESTART;
    if (sigaction(number, &a, nullptr) < 0) return raise_errno(py, errno);
    return {};
}

Result<Maybe<Str>> strsignal(Python& py, std::int64_t signalnum) {
    int number = TRY(number_from(py, signalnum));
    char const* text = ::strsignal(number);
    if (!text || std::string_view(text).starts_with("Unknown signal")) return Maybe<Str>();
    return Maybe<Str>(TRY(make_str(py, std::string_view(text))));
}

Result<Ref<>> valid_signals(Python& py) {
    sigset_t all;
    sigfillset(&all);
    return set_of(py, all);
}

constexpr MethodDef kFunctions[] = {
    function<signal>("signal", "signalnum, handler, /", "Set what a signal does: SIG_DFL, SIG_IGN, or a function of its number and the current frame."),
    function<getsignal>("getsignal", "signalnum, /", "What a signal does; None if that was not set by Python."),
    raw_def("default_int_handler", "signalnum, frame, /", "Raises KeyboardInterrupt: what SIGINT does.", default_int_handler, MethodKind::static_),
    function<raise_signal>("raise_signal", "signalnum, /", "Send a signal to this process."),
    function<pthread_kill>("pthread_kill", "thread_id, signalnum, /", "Send a signal to a thread."),
    function<pidfd_send_signal>("pidfd_send_signal", "pidfd, signalnum, siginfo=None, flags=0, /", "Send a signal to a process by its descriptor."),
    function<alarm>("alarm", "seconds, /", "Have SIGALRM sent after so many seconds; gives what was left of the last alarm."),
    function<pause>("pause", "", "Wait for a signal."),
    function<setitimer>("setitimer", "which, seconds, interval=0.0, /", "Set a timer; gives its old (seconds, interval)."),
    function<getitimer>("getitimer", "which, /", "(seconds, interval) of a timer."),
    function<pthread_sigmask>("pthread_sigmask", "how, mask, /", "Change the signals that this thread holds back; gives the old ones."),
    function<sigpending>("sigpending", "", "The signals that are held back."),
    function<sigwait>("sigwait", "sigset, /", "Wait for one of the signals; gives its number."),
    function<sigwaitinfo>("sigwaitinfo", "sigset, /", "Wait for one of the signals; gives a struct_siginfo."),
    function<sigtimedwait>("sigtimedwait", "sigset, timeout, /", "Wait for one of the signals for so many seconds; None if there is none in time."),
    raw_def("set_wakeup_fd", "fd, /, *, warn_on_full_buffer=True", "Have the number of each signal written to a descriptor; gives the old one, or -1.",
            set_wakeup_fd, MethodKind::static_),
    function<siginterrupt>("siginterrupt", "signalnum, flag, /", "Set whether a signal interrupts system calls."),
    function<strsignal>("strsignal", "signalnum, /", "What a signal means; None if unknown."),
    function<valid_signals>("valid_signals", "", "The numbers of the signals of this system."),
};

constexpr TypeDef itimer_error_def{.name = "signal.ItimerError", .base = &exc::OSError, .size = sizeof(OSError),
                                   .flags = type_flag::subclassable | type_flag::has_dict | type_flag::exception | type_flag::has_weakrefs,
                                   .hooks = hooks_of<OSError>()};

struct Constant {
    char const* name;
    int value;
};
#define C(name) {#name, name}
constexpr Constant kConstants[] = {
    C(SIGABRT), C(SIGALRM), C(SIGBUS), C(SIGCHLD), C(SIGCONT), C(SIGFPE), C(SIGHUP), C(SIGILL), C(SIGINT), C(SIGIO), C(SIGIOT),
    C(SIGKILL), C(SIGPIPE), C(SIGPOLL), C(SIGPROF), C(SIGPWR), C(SIGQUIT), C(SIGSEGV), C(SIGSTKFLT), C(SIGSTOP), C(SIGSYS), C(SIGTERM),
    C(SIGTRAP), C(SIGTSTP), C(SIGTTIN), C(SIGTTOU), C(SIGURG), C(SIGUSR1), C(SIGUSR2), C(SIGVTALRM), C(SIGWINCH), C(SIGXCPU), C(SIGXFSZ),
    {"SIGCLD", SIGCHLD}, C(SIG_BLOCK), C(SIG_UNBLOCK), C(SIG_SETMASK), {"SIG_DFL", 0}, {"SIG_IGN", 1}, {"NSIG", kSignals},
    {"ITIMER_REAL", ITIMER_REAL}, {"ITIMER_VIRTUAL", ITIMER_VIRTUAL}, {"ITIMER_PROF", ITIMER_PROF},
};
#undef C

// At the first import: what each signal does now, and SIGINT's own handler unless the signal is ignored.
Result<void> install_handlers(Python& py, Module& m) {
    if (handlers.load()) return {};
    ::signal(SIGPIPE, SIG_IGN);
    ::signal(SIGXFSZ, SIG_IGN);
    Ref<List> table = TRY(make_list(py, kSignals));
    bool interrupts = false;
    for (int i = 0; i < kSignals; ++i) {
        struct sigaction a{};
        Value v = kNone;
        if (i > 0 && sigaction(i, nullptr, &a) == 0) {
            if (a.sa_handler == SIG_DFL) v = kDefault;
            else if (a.sa_handler == SIG_IGN) v = kIgnore;
        } else if (i > 0) {
            v = i == 32 || i == 33 ? kNone : kDefault;
        }
        if (i == SIGINT && v == kDefault) interrupts = true;
        CHECK(list_append(py, table, Ref<>::immediate(v)));
    }
    if (interrupts) {
        Maybe<> handler = dict_get(py, **m.dict, intern_immortal(py, "default_int_handler"));
        if (handler) list_set(py, *table, SIGINT, std::move(handler).take());
    }
    handlers.store(static_cast<List*>(table.release().pointer()), std::memory_order_release);
    set_signal_runner(run_handler);
    if (!interrupts) return {};
    if (install(SIGINT, note_signal) < 0) return raise_errno(py, errno);
    set_signal_handled(SIGINT, true);
    return {};
}

Result<void> setup(Python& py, Module& m) {
    auto add = [&](char const* name, std::int64_t n) { return add_to_module(py, m, name, Ref<>::immediate(Value::of_int(n))); };
    for (Constant const& c : kConstants) CHECK(add(c.name, c.value));
    CHECK(add("SIGRTMIN", SIGRTMIN));
    CHECK(add("SIGRTMAX", SIGRTMAX));
    CHECK(add_struct_type(py, m, siginfo_type));
    CHECK(add_type_to_module(py, m, itimer_error_type));
    return install_handlers(py, m);
}

}  // namespace

ORO_TYPE(itimer_error_type, itimer_error_def);
ORO_TYPE(siginfo_type, kInfo);

ORO_MODULE(signal_module, .name = "_signal", .doc = "What signals do; programs use it through the module signal.", .functions = kFunctions, .setup = setup);

}  // namespace oro::signal_module
