// fcntl: control of file descriptors.
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "object/buffer.h"
#include "object/bytes.h"
#include "object/detached.h"
#include "object/define.h"
#include "runtime/file_names.h"

namespace oro::fcntl_module {

namespace {

constexpr std::size_t kRoom = 1024;

// An int that must fit C's.
Result<int> c_int(Python& py, Borrowed<> v) {
    std::int64_t n = TRY(to_c_long(py, v));
    if (n != int(n)) return raise(py, exc::OverflowError, "Python int too large to convert to C int");
    return int(n);
}

template <class F> Result<std::int64_t> retry(Python& py, F&& f) {
    for (;;) {
        std::int64_t result;
        int error;
        {
            Detached detached(py);
            result = f();
            error = errno;
        }
        if (result >= 0) return result;
        if (error != EINTR) return raise_errno(py, error);
        CHECK(poll(py));
    }
}

bool is_number(Value v) { return is_any_int(v) || (v.is_pointer() && type_of(v).slot(Dunder::index)); }

// The argument's octets in a buffer of our own, which the kernel may change.
struct Copied {
    char data[kRoom + 8];
    std::size_t size = 0;
};
Result<bool> copy_argument(Python& py, char const* function, Borrowed<> arg, Copied& out) {
    auto take = [&](std::string_view octets) -> Result<bool> {
        if (octets.size() > kRoom) return raise(py, exc::ValueError, "{} argument 3 is too long", function);
        std::memcpy(out.data, octets.data(), octets.size());
        std::memset(out.data + octets.size(), 0, 8);
        out.size = octets.size();
        return true;
    };
    if (is<Str>(arg)) return take(TRY(utf8_of(py, as<Str>(arg))));
    if (!has_buffer(py, arg)) {
        return raise(py, exc::TypeError, "{}() argument 3 must be an integer, a bytes-like object, or a string, not {}", function,
                     TypeName{arg.value()});
    }
    Buffer buffer = TRY(get_buffer(py, arg));
    return take(buffer.bytes());
}

Result<Ref<>> fcntl(Python& py, Borrowed<> fd, Borrowed<> cmd, Borrowed<> arg) {
    int descriptor = TRY(descriptor_from(py, fd));
    int code = TRY(c_int(py, cmd));
    if (is_number(arg.value())) {
        Ref<> n = TRY(to_index(py, arg));
        // As C's unsigned int: only the low bits count.
        std::int64_t wide;
        if (!to_int64(PlainInt(n.value()), wide)) wide = int_is_negative(n.value()) ? INT64_MIN : INT64_MAX;
        std::int64_t result = TRY(retry(py, [&] { return ::fcntl(descriptor, code, int(wide)); }));
        return make_int(py, result);
    }
    Copied copy;
    CHECK(copy_argument(py, "fcntl", arg, copy));
    CHECK(retry(py, [&] { return ::fcntl(descriptor, code, copy.data); }));
    return make_bytes(py, {copy.data, copy.size});
}

Result<unsigned long> request_from(Python& py, Borrowed<> v) {
    Ref<> n = TRY(to_index(py, v));
    if (int_is_negative(n.value())) return static_cast<unsigned long>(TRY(to_c_long(py, n)));
    return static_cast<unsigned long>(TRY(to_c_unsigned_long(py, n)));
}

Result<Ref<>> ioctl(Python& py, Borrowed<> fd, Borrowed<> request, Borrowed<> arg, bool mutate_flag) {
    int descriptor = TRY(descriptor_from(py, fd));
    unsigned long code = TRY(request_from(py, request));
    if (is_number(arg.value())) {
        Ref<> n = TRY(to_index(py, arg));
        std::int64_t wide;
        if (!to_int64(PlainInt(n.value()), wide)) wide = 0;
        return make_int(py, TRY(retry(py, [&] { return ::ioctl(descriptor, code, long(wide)); })));
    }
    if (mutate_flag && !is<Str>(arg) && !is<Bytes>(arg) && has_buffer(py, arg)) {
        auto got = get_buffer(py, arg, buffer_flag::writable);
        if (!got.raised()) {
            // Small ones by way of a buffer of ours, so that a request that writes more than was given does no harm.
            Buffer buffer = std::move(got).take();
            Copied copy;
            bool small = buffer.size <= kRoom;
            if (small) {
                std::memcpy(copy.data, buffer.data, buffer.size);
                std::memset(copy.data + buffer.size, 0, 8);
            }
            char* data = small ? copy.data : buffer.data;
            std::int64_t result = TRY(retry(py, [&] { return ::ioctl(descriptor, code, data); }));
            if (small) std::memcpy(buffer.data, copy.data, buffer.size);
            return make_int(py, result);
        }
        clear_raised(py);
    }
    Copied copy;
    CHECK(copy_argument(py, "ioctl", arg, copy));
    CHECK(retry(py, [&] { return ::ioctl(descriptor, code, copy.data); }));
    return make_bytes(py, {copy.data, copy.size});
}

Result<void> flock(Python& py, Borrowed<> fd, Borrowed<> operation) {
    int descriptor = TRY(descriptor_from(py, fd));
    int code = TRY(c_int(py, operation));
    CHECK(retry(py, [&] { return ::flock(descriptor, code); }));
    return {};
}

Result<Ref<>> lockf(Python& py, Borrowed<> fd, Borrowed<> cmd, Borrowed<> len, Borrowed<> start, Borrowed<> whence) {
    int descriptor = TRY(descriptor_from(py, fd));
    int code = TRY(c_int(py, cmd));
    struct ::flock l{};
    if (code == LOCK_UN) l.l_type = F_UNLCK;
    else if (code & LOCK_SH) l.l_type = F_RDLCK;
    else if (code & LOCK_EX) l.l_type = F_WRLCK;
    else return raise(py, exc::ValueError, "unrecognized lockf argument");
    l.l_start = TRY(to_int64(py, start, &exc::OverflowError));
    l.l_len = TRY(to_int64(py, len, &exc::OverflowError));
    l.l_whence = short(TRY(c_int(py, whence)));
    CHECK(retry(py, [&] { return ::fcntl(descriptor, code & LOCK_NB ? F_SETLK : F_SETLKW, &l); }));
    return none.share();
}

constexpr MethodDef kFunctions[] = {
    function<fcntl>("fcntl", "fd, cmd, arg=0, /", "Do the operation cmd on a descriptor; arg is a number, or octets that the kernel may change."),
    function<ioctl>("ioctl", "fd, request, arg=0, mutate_flag=True, /", "Do a device's operation; a writable buffer is changed in place if mutate_flag is true."),
    function<flock>("flock", "fd, operation, /", "Lock or unlock a file."),
    function<lockf>("lockf", "fd, cmd, len=0, start=0, whence=0, /", "Lock or unlock a part of a file."),
};

struct Constant {
    char const* name;
    std::int64_t value;
};
#define C(name) {#name, std::int64_t(name)}
constexpr Constant kConstants[] = {
    {"DN_ACCESS", 1}, C(DN_ATTRIB), C(DN_CREATE), C(DN_DELETE), C(DN_MODIFY), C(DN_MULTISHOT), C(DN_RENAME),
    C(FASYNC), C(FD_CLOEXEC), C(FICLONE), C(FICLONERANGE), C(F_ADD_SEALS), C(F_DUPFD), C(F_DUPFD_CLOEXEC),
    {"F_DUPFD_QUERY", 1027}, C(F_EXLCK), C(F_GETFD), C(F_GETFL), C(F_GETLEASE), C(F_GETLK), {"F_GETLK64", 5},
    C(F_GETOWN), C(F_GETOWN_EX), C(F_GETPIPE_SZ), C(F_GETSIG), C(F_GET_FILE_RW_HINT), C(F_GET_RW_HINT),
    C(F_GET_SEALS), C(F_NOTIFY), C(F_OFD_GETLK), C(F_OFD_SETLK), C(F_OFD_SETLKW), C(F_OWNER_PGRP), C(F_OWNER_PID),
    C(F_OWNER_TID), C(F_RDLCK), {"F_SEAL_FUTURE_WRITE", 16}, C(F_SEAL_GROW), C(F_SEAL_SEAL), C(F_SEAL_SHRINK),
    C(F_SEAL_WRITE), C(F_SETFD), C(F_SETFL), C(F_SETLEASE), C(F_SETLK), {"F_SETLK64", 6}, C(F_SETLKW),
    {"F_SETLKW64", 7}, C(F_SETOWN), C(F_SETOWN_EX), C(F_SETPIPE_SZ), C(F_SETSIG), C(F_SET_FILE_RW_HINT),
    C(F_SET_RW_HINT), C(F_SHLCK), C(F_UNLCK), C(F_WRLCK), C(LOCK_EX), C(LOCK_MAND), C(LOCK_NB), C(LOCK_READ),
    C(LOCK_RW), C(LOCK_SH), C(LOCK_UN), C(LOCK_WRITE), C(RWH_WRITE_LIFE_EXTREME), C(RWH_WRITE_LIFE_LONG),
    C(RWH_WRITE_LIFE_MEDIUM), C(RWH_WRITE_LIFE_NONE), C(RWH_WRITE_LIFE_NOT_SET), C(RWH_WRITE_LIFE_SHORT),
};
#undef C

Result<void> setup(Python& py, Module& m) {
    for (Constant const& c : kConstants) CHECK(add_to_module(py, m, c.name, Ref<>::immediate(Value::of_int(c.value))));
    return {};
}

}  // namespace

ORO_MODULE(fcntl_module, .name = "fcntl", .doc = "Control of file descriptors.", .functions = kFunctions, .setup = setup);

}  // namespace oro::fcntl_module
