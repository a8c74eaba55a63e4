// resource: limits and use of the system's resources.
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>

#include "object/call.h"
#include "object/structseq.h"

namespace oro::resource {

extern Type rusage_type;

namespace {

constexpr StructField kFields[] = {
    {"ru_utime", "user time used"}, {"ru_stime", "system time used"}, {"ru_maxrss", "max. resident set size"}, {"ru_ixrss", "shared memory size"},
    {"ru_idrss", "unshared data size"}, {"ru_isrss", "unshared stack size"}, {"ru_minflt", "page faults not requiring I/O"},
    {"ru_majflt", "page faults requiring I/O"}, {"ru_nswap", "number of swap outs"}, {"ru_inblock", "block input operations"},
    {"ru_oublock", "block output operations"}, {"ru_msgsnd", "IPC messages sent"}, {"ru_msgrcv", "IPC messages received"},
    {"ru_nsignals", "signals received"}, {"ru_nvcsw", "voluntary context switches"}, {"ru_nivcsw", "involuntary context switches"}};
constexpr StructTypeDef kRusage = struct_type_def<kFields>("resource.struct_rusage", "What getrusage() gives: the resources that were used.", 16);

double seconds(timeval t) { return double(t.tv_sec) + double(t.tv_usec) * 1e-6; }

Result<Ref<>> getrusage(Python& py, int who) {
    rusage u{};
    if (::getrusage(__rusage_who_t(who), &u) < 0) {
        if (errno == EINVAL) return raise(py, exc::ValueError, "invalid who parameter");
        return raise_errno(py, errno);
    }
    Ref<Tuple> s = TRY(make_struct(py, rusage_type));
    struct_set(*s, 0, TRY(make_float(py, seconds(u.ru_utime))));
    struct_set(*s, 1, TRY(make_float(py, seconds(u.ru_stime))));
    std::size_t i = 2;
    for (long n : {u.ru_maxrss, u.ru_ixrss, u.ru_idrss, u.ru_isrss, u.ru_minflt, u.ru_majflt, u.ru_nswap, u.ru_inblock, u.ru_oublock, u.ru_msgsnd,
                   u.ru_msgrcv, u.ru_nsignals, u.ru_nvcsw, u.ru_nivcsw}) {
        struct_set(*s, i++, TRY(make_int(py, n)));
    }
    return s;
}

// Without a limit is -1.
Result<rlim_t> limit_from(Python& py, Borrowed<> v) {
    Ref<> n = TRY(to_index(py, v));
    if (n.value() == Value::of_int(-1)) return RLIM_INFINITY;
    if (int_is_negative(n.value())) return raise(py, exc::ValueError, "Cannot convert negative int");
    auto wide = to_c_unsigned_long(py, n);
    if (wide.raised()) {
        clear_raised(py);
        return raise(py, exc::OverflowError, "Python int too large to convert to C rlim_t");
    }
    return rlim_t(std::move(wide).take());
}
Result<Ref<>> limit_to(Python& py, rlim_t v) { return v == RLIM_INFINITY ? make_int(py, -1) : make_int_unsigned(py, v); }

Result<rlimit> limits_from(Python& py, Borrowed<> limits) {
    Ref<Tuple> pair = TRY(tuple_from(py, limits));
    if (pair->size != 2) return raise(py, exc::ValueError, "expected a tuple of 2 integers");
    rlimit r;
    r.rlim_cur = TRY(limit_from(py, pair->at(0)));
    r.rlim_max = TRY(limit_from(py, pair->at(1)));
    return r;
}
Result<Ref<>> pair_of(Python& py, rlimit const& r) {
    Ref<> soft = TRY(limit_to(py, r.rlim_cur));
    Ref<> hard = TRY(limit_to(py, r.rlim_max));
    return make_tuple_of(py, std::move(soft), std::move(hard));
}
Result<void> check_resource(Python& py, int which) {
    if (which < 0 || which >= int(RLIM_NLIMITS)) return raise(py, exc::ValueError, "invalid resource specified");
    return {};
}

Result<Ref<>> getrlimit(Python& py, int which) {
    CHECK(check_resource(py, which));
    rlimit r;
    if (::getrlimit(__rlimit_resource_t(which), &r) < 0) return raise_errno(py, errno);
    return pair_of(py, r);
}
Raised raise_limit(Python& py, int error) {
    if (error == EINVAL) return raise(py, exc::ValueError, "current limit exceeds maximum limit");
    if (error == EPERM) return raise(py, exc::ValueError, "not allowed to raise maximum limit");
    return raise_errno(py, error);
}
Result<void> setrlimit(Python& py, int which, Borrowed<> limits) {
    CHECK(check_resource(py, which));
    rlimit r = TRY(limits_from(py, limits));
    if (::setrlimit(__rlimit_resource_t(which), &r) < 0) return raise_limit(py, errno);
    return {};
}
Result<Ref<>> prlimit(Python& py, int pid, int which, Borrowed<> limits) {
    CHECK(check_resource(py, which));
    rlimit wanted, old;
    bool set = !limits.is(kNone);
    if (set) wanted = TRY(limits_from(py, limits));
    if (::prlimit(pid, static_cast<enum __rlimit_resource>(which), set ? &wanted : nullptr, &old) < 0) {
        if (errno == EINVAL) return raise(py, exc::ValueError, "current limit exceeds maximum limit");
        return raise_errno(py, errno);
    }
    return pair_of(py, old);
}
std::int64_t getpagesize(Thread&) { return ::sysconf(_SC_PAGESIZE); }

constexpr MethodDef kFunctions[] = {
    function<getrusage>("getrusage", "who, /", "The resources that this process, its children or this thread used."),
    function<getrlimit>("getrlimit", "resource, /", "The soft and hard limit of a resource; -1 is none."),
    function<setrlimit>("setrlimit", "resource, limits, /", "Set the soft and hard limit of a resource."),
    function<prlimit>("prlimit", "pid, resource, limits=None, /", "The limits of a process; set if limits are given."),
    function<getpagesize>("getpagesize", "", "The size of a page of memory."),
};

struct Constant {
    char const* name;
    std::int64_t value;
};
#define C(name) {#name, std::int64_t(name)}
constexpr Constant kConstants[] = {
    C(RLIMIT_AS), C(RLIMIT_CORE), C(RLIMIT_CPU), C(RLIMIT_DATA), C(RLIMIT_FSIZE), C(RLIMIT_MEMLOCK),
    C(RLIMIT_MSGQUEUE), C(RLIMIT_NICE), C(RLIMIT_NOFILE), C(RLIMIT_NPROC), C(RLIMIT_OFILE), C(RLIMIT_RSS),
    C(RLIMIT_RTPRIO), C(RLIMIT_RTTIME), C(RLIMIT_SIGPENDING), C(RLIMIT_STACK), C(RLIM_INFINITY), C(RUSAGE_CHILDREN),
    C(RUSAGE_SELF), C(RUSAGE_THREAD),
};
#undef C

Result<void> setup(Python& py, Module& m) {
    for (Constant const& c : kConstants) CHECK(add_to_module(py, m, c.name, Ref<>::immediate(Value::of_int(c.value))));
    CHECK(add_to_module(py, m, "error", share(Value::of(&exc::OSError))));
    return add_struct_type(py, m, rusage_type);
}

}  // namespace

ORO_TYPE(rusage_type, kRusage);

ORO_MODULE(resource_module, .name = "resource", .doc = "Limits and use of the system's resources.", .functions = kFunctions, .setup = setup);

}  // namespace oro::resource
