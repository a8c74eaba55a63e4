// time: clocks, sleeping, and calendar time.
#include <atomic>
#include <cerrno>
#include <ctime>

#include <pthread.h>

#include "object/detached.h"
#include "modules/time/calendar.h"
#include "modules/time/clock.h"
#include "object/import.h"

namespace oro::time {

namespace {

// The module whose timezone, altzone, daylight and tzname tzset() renews. Set at setup and never changed; the module owns
// this state.
struct TimeState : ModuleState {
    Module* module = nullptr;
};

std::int64_t read_clock(clockid_t clock) {
    timespec ts{};
    clock_gettime(clock, &ts);
    return nanoseconds(ts);
}

template <clockid_t Clock> double clock_seconds(Thread&) { return seconds_of(read_clock(Clock)); }
template <clockid_t Clock> std::int64_t clock_nanoseconds(Thread&) { return read_clock(Clock); }

Result<clockid_t> clock_id(Python& py, Borrowed<> v) {
    std::int64_t n;
    if (!is_any_int(v.value()) || !to_int64(PlainInt(int_number(v.value())), n) || n != int(n)) {
        return raise(py, exc::TypeError, "clk_id should be integer, not {}", TypeName{v.value()});
    }
    return clockid_t(n);
}

Result<std::int64_t> read_clock_of(Python& py, Borrowed<> clk_id) {
    clockid_t clock = TRY(clock_id(py, clk_id));
    timespec ts{};
    if (clock_gettime(clock, &ts) != 0) return raise_errno(py, errno);
    return nanoseconds(ts);
}
Result<double> gettime(Python& py, Borrowed<> clk_id) {
    std::int64_t ns = TRY(read_clock_of(py, clk_id));
    return seconds_of(ns);
}

Result<void> set_clock(Python& py, Borrowed<> clk_id, std::int64_t ns) {
    clockid_t clock = TRY(clock_id(py, clk_id));
    timespec ts = to_timespec(ns);
    if (clock_settime(clock, &ts) != 0) return raise_errno(py, errno);
    return {};
}
Result<void> settime(Python& py, Borrowed<> clk_id, Borrowed<> seconds) {
    std::int64_t ns = TRY(nanoseconds_of(py, seconds));
    return set_clock(py, clk_id, ns);
}
Result<void> settime_ns(Python& py, Borrowed<> clk_id, std::int64_t ns) { return set_clock(py, clk_id, ns); }

Result<double> getres(Python& py, Borrowed<> clk_id) {
    clockid_t clock = TRY(clock_id(py, clk_id));
    timespec ts{};
    if (clock_getres(clock, &ts) != 0) return raise_errno(py, errno);
    return double(ts.tv_sec) + double(ts.tv_nsec) * 1e-9;
}

Result<std::int64_t> thread_clock(Python& py, std::int64_t thread_id) {
    clockid_t clock;
    if (int error = pthread_getcpuclockid(pthread_t(thread_id), &clock); error != 0) return raise_errno(py, error);
    return std::int64_t(clock);
}

// Sleeps until a moment, so that a signal whose handler returns doesn't make the nap longer.
Result<void> sleep(Python& py, Borrowed<> seconds) {
    std::int64_t ns = TRY(nanoseconds_of(py, seconds));
    if (ns < 0) return raise(py, exc::ValueError, "sleep length must be non-negative");
    std::int64_t end;
    if (__builtin_add_overflow(read_clock(CLOCK_MONOTONIC), ns, &end)) end = INT64_MAX;
    timespec until = to_timespec(end);
    for (;;) {
        int error;
        {
            Detached detached(py);
            error = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
        }
        if (error != 0 && error != EINTR) return raise_errno(py, error);
        CHECK(poll(py));
        if (error == 0) return {};
    }
}

struct ClockInfo {
    char const* name;
    char const* implementation;
    clockid_t clock;
    bool monotonic, adjustable;
};
constexpr ClockInfo kClocks[] = {
    {"time", "clock_gettime(CLOCK_REALTIME)", CLOCK_REALTIME, false, true},
    {"monotonic", "clock_gettime(CLOCK_MONOTONIC)", CLOCK_MONOTONIC, true, false},
    {"perf_counter", "clock_gettime(CLOCK_MONOTONIC)", CLOCK_MONOTONIC, true, false},
    {"process_time", "clock_gettime(CLOCK_PROCESS_CPUTIME_ID)", CLOCK_PROCESS_CPUTIME_ID, true, false},
    {"thread_time", "clock_gettime(CLOCK_THREAD_CPUTIME_ID)", CLOCK_THREAD_CPUTIME_ID, true, false},
};

Result<Ref<>> get_clock_info(Python& py, Borrowed<Str> name) {
    for (ClockInfo const& info : kClocks) {
        if (!equal(*name, info.name)) continue;
        timespec resolution{};
        clock_getres(info.clock, &resolution);
        Ref<> types = TRY(import_module(py, "types"));
        Ref<Str> class_name = TRY(make_str(py, std::string_view("SimpleNamespace")));
        Ref<> namespace_class = TRY(get_attribute(py, types, class_name));
        Ref<> result = TRY(call(py, namespace_class, {}));
        auto set = [&](char const* key, Ref<> value) -> Result<void> {
            Ref<Str> text = TRY(make_str(py, std::string_view(key)));
            return set_attribute(py, result, text, value);
        };
        Ref<Str> implementation = TRY(make_str(py, std::string_view(info.implementation)));
        CHECK(set("implementation", std::move(implementation)));
        CHECK(set("monotonic", Ref<>::immediate(Value::of_bool(info.monotonic))));
        CHECK(set("adjustable", Ref<>::immediate(Value::of_bool(info.adjustable))));
        Ref<> seconds = TRY(make_float(py, double(resolution.tv_sec) + double(resolution.tv_nsec) * 1e-9));
        CHECK(set("resolution", std::move(seconds)));
        return result;
    }
    return raise(py, exc::ValueError, "unknown clock");
}

// What winter and summer of this year say about the zone.
Result<void> set_zone(Python& py, Module& m) {
    constexpr std::time_t kYear = (365 * 24 + 6) * 3600;
    std::time_t january = std::time(nullptr) / kYear * kYear, july = january + kYear / 2;
    std::tm winter{}, summer{};
    localtime_r(&january, &winter);
    localtime_r(&july, &summer);
    bool southern = winter.tm_gmtoff > summer.tm_gmtoff;
    std::tm& standard = southern ? summer : winter;
    std::tm& other = southern ? winter : summer;
    auto add = [&](char const* name, std::int64_t n) { return add_to_module(py, m, name, Ref<>::immediate(Value::of_int(n))); };
    CHECK(add("timezone", -standard.tm_gmtoff));
    CHECK(add("altzone", -other.tm_gmtoff));
    CHECK(add("daylight", winter.tm_gmtoff != summer.tm_gmtoff));
    Ref<Str> standard_name = TRY(text_from_locale(py, standard.tm_zone));
    Ref<Str> other_name = TRY(text_from_locale(py, other.tm_zone));
    Ref<Tuple> names = TRY(make_tuple_of(py, std::move(standard_name), std::move(other_name)));
    return add_to_module(py, m, "tzname", std::move(names));
}

Result<void> tzset(Python& py, TimeState& state) {
    ::tzset();
    return set_zone(py, *state.module);
}

Result<void> setup(Python& py, Module& m) {
    static_cast<TimeState*>(m.state)->module = &m;
    ::tzset();
    CHECK(set_zone(py, m));
    CHECK(add_struct_type(py, m, struct_time_type));
    struct Constant {
        char const* name;
        int value;
    };
    for (Constant c : {Constant{"_STRUCT_TM_ITEMS", 11}, Constant{"CLOCK_REALTIME", CLOCK_REALTIME},
                       Constant{"CLOCK_MONOTONIC", CLOCK_MONOTONIC}, Constant{"CLOCK_MONOTONIC_RAW", CLOCK_MONOTONIC_RAW},
                       Constant{"CLOCK_PROCESS_CPUTIME_ID", CLOCK_PROCESS_CPUTIME_ID},
                       Constant{"CLOCK_THREAD_CPUTIME_ID", CLOCK_THREAD_CPUTIME_ID}, Constant{"CLOCK_BOOTTIME", CLOCK_BOOTTIME},
                       Constant{"CLOCK_TAI", CLOCK_TAI}}) {
        CHECK(add_to_module(py, m, c.name, Ref<>::immediate(Value::of_int(c.value))));
    }
    return {};
}

constexpr MethodDef kFunctions[] = {
    function<clock_seconds<CLOCK_REALTIME>>("time", "", "Seconds since the epoch."),
    function<clock_nanoseconds<CLOCK_REALTIME>>("time_ns", "", "Nanoseconds since the epoch."),
    function<gettime>("clock_gettime", "clk_id, /", "Seconds of the clock CLOCK_*."),
    function<read_clock_of>("clock_gettime_ns", "clk_id, /", "Nanoseconds of the clock CLOCK_*."),
    function<settime>("clock_settime", "clk_id, time, /", "Set the clock CLOCK_* to so many seconds."),
    function<settime_ns>("clock_settime_ns", "clk_id, time, /", "Set the clock CLOCK_* to so many nanoseconds."),
    function<getres>("clock_getres", "clk_id, /", "The smallest step of the clock CLOCK_*, in seconds."),
    function<thread_clock>("pthread_getcpuclockid", "thread_id, /", "The clock of the time that a thread has used."),
    function<sleep>("sleep", "object, /", "Do nothing for so many seconds."),
    function<gmtime>("gmtime", "seconds=None, /", "The moment in UTC as a struct_time; now by default."),
    function<localtime>("localtime", "seconds=None, /", "The moment in local time as a struct_time; now by default."),
    function<asctime>("asctime", "time_tuple=<unrepresentable>, /", "Text such as 'Sat Jun 06 16:26:11 1998'; now by default."),
    function<ctime>("ctime", "seconds=None, /", "asctime() of local time."),
    function<mktime>("mktime", "object, /", "Seconds since the epoch of a time tuple in local time."),
    function<strftime>("strftime", "format, time_tuple=<unrepresentable>, /", "Text in the given format; now by default."),
    function<strptime>("strptime", "*args", "strptime(string, format) -> struct_time\nThe moment that a text of the given format tells."),
    function<tzset>("tzset", "", "Read the environment variable TZ again."),
    function<clock_seconds<CLOCK_MONOTONIC>>("monotonic", "", "Seconds of a clock that never goes back."),
    function<clock_nanoseconds<CLOCK_MONOTONIC>>("monotonic_ns", "", "Nanoseconds of a clock that never goes back."),
    function<clock_seconds<CLOCK_PROCESS_CPUTIME_ID>>("process_time", "", "Seconds of processor time that the process has used."),
    function<clock_nanoseconds<CLOCK_PROCESS_CPUTIME_ID>>("process_time_ns", "", "Nanoseconds of processor time that the process has used."),
    function<clock_seconds<CLOCK_THREAD_CPUTIME_ID>>("thread_time", "", "Seconds of processor time that the thread has used."),
    function<clock_nanoseconds<CLOCK_THREAD_CPUTIME_ID>>("thread_time_ns", "", "Nanoseconds of processor time that the thread has used."),
    function<clock_seconds<CLOCK_MONOTONIC>>("perf_counter", "", "Seconds of the clock that is best for measuring."),
    function<clock_nanoseconds<CLOCK_MONOTONIC>>("perf_counter_ns", "", "Nanoseconds of the clock that is best for measuring."),
    function<get_clock_info>("get_clock_info", "name, /", "What stands behind the clock of that name."),
};

}  // namespace

ORO_MODULE(time_module, .name = "time", .doc = "Clocks, and the conversion of times.", .functions = kFunctions, .setup = setup,
           .state_size = sizeof(TimeState), .make_state = state_maker<TimeState>);

}  // namespace oro::time
