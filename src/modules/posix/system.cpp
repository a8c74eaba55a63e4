// What the system tells about itself: uname, times, load, random octets, error texts.
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "modules/posix/posix.h"
#include "object/exception.h"
#include "object/structseq.h"

namespace oro::posix {

extern Type uname_result_type, times_result_type;

namespace {

constexpr StructField kUnameFields[] = {{"sysname", "operating system name"}, {"nodename", "name of machine on network (implementation-defined)"},
                                        {"release", "operating system release"}, {"version", "operating system version"},
                                        {"machine", "hardware identifier"}};
constexpr StructTypeDef kUnameResult = struct_type_def<kUnameFields>("posix.uname_result", "What uname() gives.", 5);
constexpr StructField kTimesFields[] = {{"user", "user time"}, {"system", "system time"}, {"children_user", "user time of children"},
                                        {"children_system", "system time of children"}, {"elapsed", "elapsed time since an arbitrary point in the past"}};
constexpr StructTypeDef kTimesResult = struct_type_def<kTimesFields>("posix.times_result", "What times() gives.", 5);

Result<Ref<>> uname(Python& py) {
    utsname u;
    if (::uname(&u) < 0) return raise_errno(py, errno);
    Ref<Tuple> s = TRY(make_struct(py, uname_result_type));
    std::size_t i = 0;
    for (char const* text : {u.sysname, u.nodename, u.release, u.version, u.machine}) struct_set(*s, i++, TRY(fs_decode(py, text)));
    return s;
}

Result<Ref<>> times(Python& py) {
    tms t;
    errno = 0;
    clock_t elapsed = ::times(&t);
    if (elapsed == clock_t(-1) && errno) return raise_errno(py, errno);
    double ticks = double(::sysconf(_SC_CLK_TCK));
    Ref<Tuple> s = TRY(make_struct(py, times_result_type));
    std::size_t i = 0;
    for (clock_t c : {t.tms_utime, t.tms_stime, t.tms_cutime, t.tms_cstime, elapsed}) struct_set(*s, i++, TRY(make_float(py, double(c) / ticks)));
    return s;
}

Result<Ref<>> getloadavg(Python& py) {
    double load[3];
    if (::getloadavg(load, 3) != 3) return raise(py, exc::OSError, "Load averages are unobtainable");
    Ref<> a = TRY(make_float(py, load[0]));
    Ref<> b = TRY(make_float(py, load[1]));
    Ref<> c = TRY(make_float(py, load[2]));
    return make_tuple_of(py, std::move(a), std::move(b), std::move(c));
}

Ref<> cpu_count(Thread&) {
    long n = ::sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? number(n) : none.share();
}

Result<Ref<>> urandom(Python& py, Index size) {
    if (size < 0) return raise(py, exc::ValueError, "negative argument not allowed");
    Ref<Bytes> bytes = TRY(make_bytes_uninitialized(py, std::size_t(std::int64_t(size))));
    char* data = bytes->data;
    std::size_t done = 0, wanted = std::size_t(std::int64_t(size));
    while (done < wanted) {
        std::size_t part = std::min(wanted - done, std::size_t(1) << 25);
        done += std::size_t(TRY(system_call(py, [&] { return ::getrandom(data + done, part, 0); })));
    }
    return bytes;
}
Result<Ref<>> getrandom(Python& py, Index size, CInt flags) {
    if (size < 0) return raise_errno(py, EINVAL);
    Ref<Bytes> bytes = TRY(make_bytes_uninitialized(py, std::size_t(std::int64_t(size))));
    char* data = bytes->data;
    std::int64_t n = TRY(system_call(py, [&] { return ::getrandom(data, std::size_t(std::int64_t(size)), unsigned(flags)); }));
    if (n == size) return bytes;
    return make_bytes(py, {bytes->data, std::size_t(n)});
}

Result<Ref<>> strerror(Python& py, CInt code) { return error_text(py, code); }

// The hook that waits for input in interactive sessions of other toolkits: there is none.
std::int64_t inputhook(Thread&) { return 0; }
bool is_inputhook_installed(Thread&) { return false; }

constexpr MethodDef kFunctions[] = {
    function<uname>("uname", "", "What system and machine this is."),
    function<times>("times", "", "Processor times of this process and its children."),
    function<getloadavg>("getloadavg", "", "How many processes were running, averaged over 1, 5 and 15 minutes."),
    function<cpu_count>("cpu_count", "", "The number of processors; None if it is unknown."),
    function<urandom>("urandom", "size, /", "Random octets, good enough for cryptography."),
    function<getrandom>("getrandom", "size, flags=0", "Random octets of the kernel."),
    function<strerror>("strerror", "code, /", "The text of an error number."),
    function<inputhook>("_inputhook", "", "Call the input hook, if there is one."),
    function<is_inputhook_installed>("_is_inputhook_installed", "", "Whether there is an input hook."),
};

}  // namespace

ORO_TYPE(uname_result_type, kUnameResult);
ORO_TYPE(times_result_type, kTimesResult);

std::span<MethodDef const> system_functions() { return kFunctions; }
Result<void> add_system_types(Python& py, Module& m) {
    CHECK(add_struct_type(py, m, uname_result_type));
    return add_struct_type(py, m, times_result_type);
}

}  // namespace oro::posix
