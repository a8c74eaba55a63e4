// Linux's own descriptors (eventfd, timerfd, memfd, pidfd) and namespaces.
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <cmath>

#include "modules/posix/posix.h"

namespace oro::posix {

namespace {

// ---- eventfd

Result<std::int64_t> eventfd(Python& py, Borrowed<> initval, Optional<> flags) {
    Ref<> n = TRY(to_index(py, initval));
    if (int_is_negative(n.value())) return raise(py, exc::ValueError, "Cannot convert negative int");
    std::int64_t wide;
    if (!to_int64(PlainInt(n.value()), wide) || wide > 0xFFFFFFFF) {
        return raise(py, exc::OverflowError, "Python int too large for C unsigned int");
    }
    int bits = flags ? TRY(c_int_from(py, *flags)) : EFD_CLOEXEC;
    return system_call(py, [&] { return ::eventfd(unsigned(wide), bits); });
}
Result<std::uint64_t> eventfd_read(Python& py, Fd fd) {
    eventfd_t value = 0;
    CHECK(checked_call(py, [&] { return ::eventfd_read(fd, &value); }));
    return std::uint64_t(value);
}
Result<void> eventfd_write(Python& py, Fd fd, Borrowed<> value) {
    Ref<> n = TRY(to_index(py, value));
    if (int_is_negative(n.value())) return raise(py, exc::ValueError, "Cannot convert negative int");
    auto converted = to_c_unsigned_long(py, n);
    if (converted.raised()) {
        clear_raised(py);
        return raise(py, exc::OverflowError, "Python int too large for C unsigned long long");
    }
    std::uint64_t number = std::move(converted).take();
    return checked_call(py, [&] { return ::eventfd_write(fd, number); });
}

// ---- timerfd

Result<std::int64_t> timerfd_create(Python& py, CInt clockid, Optional<> flags) {
    int bits = flags ? TRY(c_int_from(py, *flags)) : 0;
    return system_call(py, [&] { return ::timerfd_create(clockid, bits | TFD_CLOEXEC); });
}

timespec of_nanoseconds(std::int64_t ns) {
    timespec t{time_t(ns / 1000000000), long(ns % 1000000000)};
    if (t.tv_nsec < 0) t.tv_nsec += 1000000000, t.tv_sec -= 1;
    return t;
}
Result<std::int64_t> nanoseconds_from(Python& py, Borrowed<> seconds) {
    double d = TRY(to_double(py, seconds));
    double ns = std::floor(d * 1e9);
    if (!(ns >= -9223372036854775808.0 && ns < 9223372036854775808.0)) {
        return raise(py, exc::OverflowError, "timestamp out of range for C PyTime_t");
    }
    return std::int64_t(ns);
}
Result<Ref<>> timer_result(Python& py, itimerspec const& t, bool nanoseconds) {
    auto one = [&](timespec const& v) -> Result<Ref<>> {
        if (nanoseconds) return make_int(py, std::int64_t(v.tv_sec) * 1000000000 + v.tv_nsec);
        return make_float(py, double(v.tv_sec) + double(v.tv_nsec) * 1e-9);
    };
    Ref<> value = TRY(one(t.it_value));
    Ref<> interval = TRY(one(t.it_interval));
    return make_tuple_of(py, std::move(value), std::move(interval));
}
Result<Ref<>> settime(Python& py, Fd fd, CInt flags, std::int64_t initial, std::int64_t interval, bool nanoseconds) {
    itimerspec wanted{of_nanoseconds(interval), of_nanoseconds(initial)}, old{};
    CHECK(checked_call(py, [&] { return ::timerfd_settime(fd, flags, &wanted, &old); }));
    return timer_result(py, old, nanoseconds);
}
Result<Ref<>> timerfd_settime(Python& py, Fd fd, CInt flags, Borrowed<> initial, Borrowed<> interval) {
    std::int64_t first = TRY(nanoseconds_from(py, initial));
    std::int64_t then = TRY(nanoseconds_from(py, interval));
    return settime(py, fd, flags, first, then, false);
}
Result<Ref<>> timerfd_settime_ns(Python& py, Fd fd, CInt flags, std::int64_t initial, std::int64_t interval) {
    return settime(py, fd, flags, initial, interval, true);
}
Result<Ref<>> gettime(Python& py, int fd, bool nanoseconds) {
    itimerspec t{};
    CHECK(checked_call(py, [&] { return ::timerfd_gettime(fd, &t); }));
    return timer_result(py, t, nanoseconds);
}
Result<Ref<>> timerfd_gettime(Python& py, Fd fd) { return gettime(py, fd, false); }
Result<Ref<>> timerfd_gettime_ns(Python& py, Fd fd) { return gettime(py, fd, true); }

// ---- others

Result<std::int64_t> memfd_create(Python& py, FsText const& name, Optional<> flags) {
    int bits = MFD_CLOEXEC;
    if (flags) {
        std::int64_t n = TRY(to_int64(py, *flags, &exc::OverflowError));
        bits = int(unsigned(n));
    }
    return system_call(py, [&] { return ::memfd_create(name.text(), unsigned(bits)); });
}
Result<std::int64_t> pidfd_open(Python& py, CInt pid, CInt flags) {
    return system_call(py, [&] { return ::syscall(SYS_pidfd_open, int(pid), unsigned(flags)); });
}
Result<void> setns(Python& py, Fd fd, CInt nstype) { return checked_call(py, [&] { return ::setns(fd, nstype); }); }
Result<void> unshare(Python& py, CInt flags) { return checked_call(py, [&] { return ::unshare(flags); }); }

constexpr MethodDef kFunctions[] = {
    function<eventfd>("eventfd", "initval, flags=EFD_CLOEXEC", "Make a descriptor that counts events."),
    function<eventfd_read>("eventfd_read", "fd", "Take the count of an event descriptor."),
    function<eventfd_write>("eventfd_write", "fd, value", "Add to the count of an event descriptor."),
    function<timerfd_create>("timerfd_create", "clockid, /, *, flags=TFD_CLOEXEC", "Make a descriptor that tells when a timer expires."),
    function<timerfd_settime>("timerfd_settime", "fd, /, *, flags=0, initial=0.0, interval=0.0", "Set a timer in seconds; gives its old times."),
    function<timerfd_settime_ns>("timerfd_settime_ns", "fd, /, *, flags=0, initial=0, interval=0", "Set a timer in nanoseconds; gives its old times."),
    function<timerfd_gettime>("timerfd_gettime", "fd, /", "(seconds until a timer expires, its interval)."),
    function<timerfd_gettime_ns>("timerfd_gettime_ns", "fd, /", "(nanoseconds until a timer expires, its interval)."),
    function<memfd_create>("memfd_create", "name, flags=MFD_CLOEXEC", "Make a file that lives in memory only."),
    function<pidfd_open>("pidfd_open", "pid, flags=0", "A descriptor that stands for a process."),
    function<setns>("setns", "fd, nstype=0", "Move this thread into a namespace."),
    function<unshare>("unshare", "flags", "Give this thread namespaces of its own."),
};

}  // namespace

std::span<MethodDef const> special_functions() { return kFunctions; }

}  // namespace oro::posix
