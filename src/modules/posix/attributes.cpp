// Modes, owners, times and extended attributes of files; access; statvfs.
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cmath>

#include "modules/posix/posix.h"
#include "object/list.h"
#include "object/structseq.h"

namespace oro::posix {

extern Type statvfs_result_type;

namespace {

Result<bool> access(Python& py, FilePath path, CInt mode, DirFd dir_fd, bool effective_ids, bool follow) {
    Detached detached(py);
    int flags = (effective_ids ? AT_EACCESS : 0) | (follow ? 0 : AT_SYMLINK_NOFOLLOW);
    return ::faccessat(dir_fd, path.text, mode, flags) == 0;
}

Result<void> chmod(Python& py, FileOrFd path, CInt mode, DirFd dir_fd, bool follow) {
    Outcome o = detached_call(py, [&] {
        return path.is_fd ? ::fchmod(path.fd, mode_t(mode)) : ::fchmodat(dir_fd, path.text, mode_t(mode), follow ? 0 : AT_SYMLINK_NOFOLLOW);
    });
    if (o.value == 0) return {};
    if (o.error == EOPNOTSUPP && !follow) return raise(py, exc::NotImplementedError, "chmod: follow_symlinks unavailable on this platform");
    return raise_errno(py, o.error, path.name());
}
Result<void> fchmod(Python& py, CInt fd, CInt mode) { return checked_call(py, [&] { return ::fchmod(fd, mode_t(mode)); }); }

Result<void> chown(Python& py, FileOrFd path, UserId uid, GroupId gid, DirFd dir_fd, bool follow) {
    if (path.is_fd && dir_fd.given()) return raise(py, exc::ValueError, "chown: can't specify both dir_fd and fd");
    if (path.is_fd && !follow) return raise(py, exc::ValueError, "chown: cannot use fd and follow_symlinks together");
    return checked_call(py, [&] {
        return path.is_fd ? ::fchown(path.fd, uid, gid) : ::fchownat(dir_fd, path.text, uid, gid, follow ? 0 : AT_SYMLINK_NOFOLLOW);
    }, path.name());
}
Result<void> fchown(Python& py, CInt fd, UserId uid, GroupId gid) { return checked_call(py, [&] { return ::fchown(fd, uid, gid); }); }
Result<void> lchown(Python& py, FilePath path, UserId uid, GroupId gid) {
    return checked_call(py, [&] { return ::lchown(path.text, uid, gid); }, path.name());
}

// ---- times

Result<timespec> from_seconds(Python& py, Borrowed<> v) {
    if (is_any_float(v.value())) {
        double d = float_number(v.value());
        if (std::isnan(d)) return raise(py, exc::ValueError, "Invalid value NaN (not a number)");
        double whole = std::floor(d);
        long nanoseconds = long(std::floor((d - whole) * 1e9));
        if (nanoseconds >= 1000000000) nanoseconds -= 1000000000, whole += 1;
        if (!(whole >= -9223372036854775808.0 && whole < 9223372036854775808.0)) {
            return raise(py, exc::OverflowError, "timestamp out of range for platform time_t");
        }
        return timespec{time_t(whole), nanoseconds};
    }
    if (!is_any_int(v.value()) && !(v.value().is_pointer() && type_of(v).slot(Dunder::index))) {
        return raise(py, exc::TypeError, "argument must be int or float, not {}", TypeName{v.value()});
    }
    Ref<> n = TRY(to_index(py, v));
    std::int64_t seconds;
    if (!to_int64(PlainInt(n.value()), seconds)) return raise(py, exc::OverflowError, "timestamp out of range for platform time_t");
    return timespec{time_t(seconds), 0};
}
Result<timespec> from_nanoseconds(Python& py, Borrowed<> v) {
    Ref<> n = TRY(to_index(py, v));
    Value billion = Value::of_int(1000000000);
    Ref<> seconds = TRY(int_floordiv(py, n.value(), billion));
    Ref<> rest = TRY(int_mod(py, n.value(), billion));
    std::int64_t whole;
    if (!to_int64(PlainInt(seconds.value()), whole)) return raise(py, exc::OverflowError, "timestamp out of range for platform time_t");
    return timespec{time_t(whole), long(rest.value().as_int())};
}

Result<void> utime(Python& py, FileOrFd path, Borrowed<> times, Optional<> ns, DirFd dir_fd, bool follow) {
    timespec moments[2];
    bool now = false;
    if (!times.is(kNone) && ns) return raise(py, exc::ValueError, "utime: you may specify either 'times' or 'ns' but not both");
    auto fill = [&](Borrowed<> pair, auto convert, char const* message) -> Result<void> {
        if (!is<Tuple>(pair) || as<Tuple>(pair)->size != 2) return raise(py, exc::TypeError, message);
        for (std::size_t i = 0; i < 2; ++i) moments[i] = TRY(convert(py, as<Tuple>(pair)->at(i)));
        return {};
    };
    if (!times.is(kNone)) CHECK(fill(times, from_seconds, "utime: 'times' must be either a tuple of two ints or None"));
    else if (ns) CHECK(fill(*ns, from_nanoseconds, "utime: 'ns' must be a tuple of two ints"));
    else now = true;
    if (path.is_fd && dir_fd.given()) return raise(py, exc::ValueError, "utime: can't specify dir_fd without matching path");
    if (path.is_fd && !follow) return raise(py, exc::ValueError, "utime: cannot use fd and follow_symlinks together");
    Outcome o = detached_call(py, [&] {
        timespec const* to = now ? nullptr : moments;
        return path.is_fd ? ::futimens(path.fd, to) : ::utimensat(dir_fd, path.text, to, follow ? 0 : AT_SYMLINK_NOFOLLOW);
    });
    if (o.value < 0) return raise_errno(py, o.error, path.name());
    return {};
}

// ---- extended attributes

Result<void> check_xattr(Python& py, char const* function, Path const& path, bool follow) {
    if (path.is_fd && !follow) return raise(py, exc::ValueError, "{}: cannot use fd and follow_symlinks together", function);
    return {};
}

// What a call gives that tells the needed size when asked with none; what changes meanwhile is asked for again.
template <class F> Result<std::string> sized_call(Python& py, Optional<> name, F&& f) {
    std::string buffer(256, '\0');
    for (;;) {
        Outcome o = detached_call(py, [&] { return f(buffer.data(), buffer.size()); });
        if (o.value >= 0) {
            buffer.resize(std::size_t(o.value));
            return buffer;
        }
        if (o.error != ERANGE) return raise_errno(py, o.error, name);
        if (buffer.size() >= 65536) return raise_errno(py, o.error, name);
        buffer.resize(65536);
    }
}

Result<Ref<>> getxattr(Python& py, FileOrFd path, FilePath attribute, bool follow) {
    CHECK(check_xattr(py, "getxattr", path, follow));
    std::string value = TRY(sized_call(py, path.name(), [&](char* to, std::size_t n) {
        if (path.is_fd) return ::fgetxattr(path.fd, attribute.text, to, n);
        return follow ? ::getxattr(path.text, attribute.text, to, n) : ::lgetxattr(path.text, attribute.text, to, n);
    }));
    return make_bytes(py, value);
}
Result<void> setxattr(Python& py, FileOrFd path, FilePath attribute, BytesLike const& value, CInt flags, bool follow) {
    CHECK(check_xattr(py, "setxattr", path, follow));
    char const* data = value.buffer.data;
    std::size_t size = value.buffer.size;
    Outcome o = detached_call(py, [&] {
        if (path.is_fd) return ::fsetxattr(path.fd, attribute.text, data, size, flags);
        return follow ? ::setxattr(path.text, attribute.text, data, size, flags) : ::lsetxattr(path.text, attribute.text, data, size, flags);
    });
    if (o.value < 0) return raise_errno(py, o.error, path.name());
    return {};
}
Result<void> removexattr(Python& py, FileOrFd path, FilePath attribute, bool follow) {
    CHECK(check_xattr(py, "removexattr", path, follow));
    Outcome o = detached_call(py, [&] {
        if (path.is_fd) return ::fremovexattr(path.fd, attribute.text);
        return follow ? ::removexattr(path.text, attribute.text) : ::lremovexattr(path.text, attribute.text);
    });
    if (o.value < 0) return raise_errno(py, o.error, path.name());
    return {};
}
Result<Ref<>> listxattr(Python& py, MaybeFile path, bool follow) {
    CHECK(check_xattr(py, "listxattr", path, follow));
    std::string names = TRY(sized_call(py, path.name(), [&](char* to, std::size_t n) {
        if (path.is_fd) return ::flistxattr(path.fd, to, n);
        return follow ? ::listxattr(path.text, to, n) : ::llistxattr(path.text, to, n);
    }));
    Ref<List> list = TRY(make_list(py));
    for (std::size_t begin = 0; begin < names.size();) {
        std::size_t end = std::min(names.find('\0', begin), names.size());
        CHECK(list_append(py, list, TRY(fs_decode(py, std::string_view(names).substr(begin, end - begin)))));
        begin = end + 1;
    }
    return list;
}

// ---- file systems

constexpr StructField kStatvfsFields[] = {{"f_bsize"}, {"f_frsize"}, {"f_blocks"}, {"f_bfree"}, {"f_bavail"}, {"f_files"},
                                          {"f_ffree"}, {"f_favail"}, {"f_flag"}, {"f_namemax"}, {"f_fsid"}};
constexpr StructTypeDef kStatvfsResult = struct_type_def<kStatvfsFields>("os.statvfs_result", "What statvfs() and fstatvfs() give.", 10);

Result<Ref<>> statvfs_result(Python& py, struct statvfs const& st) {
    Ref<Tuple> s = TRY(make_struct(py, statvfs_result_type));
    std::uint64_t const numbers[] = {st.f_bsize, st.f_frsize, st.f_blocks, st.f_bfree, st.f_bavail, st.f_files,
                                     st.f_ffree, st.f_favail, st.f_flag, st.f_namemax, st.f_fsid};
    std::size_t i = 0;
    for (std::uint64_t n : numbers) struct_set(*s, i++, TRY(make_int_unsigned(py, n)));
    return s;
}
Result<Ref<>> statvfs(Python& py, FileOrFd path) {
    struct statvfs st;
    CHECK(checked_call(py, [&] { return path.is_fd ? ::fstatvfs(path.fd, &st) : ::statvfs(path.text, &st); }, path.name()));
    return statvfs_result(py, st);
}
Result<Ref<>> fstatvfs(Python& py, CInt fd) {
    struct statvfs st;
    CHECK(checked_call(py, [&] { return ::fstatvfs(fd, &st); }));
    return statvfs_result(py, st);
}

constexpr MethodDef kFunctions[] = {
    function<access>("access", "path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True", "Whether the user may use the file so."),
    function<chmod>("chmod", "path, mode, *, dir_fd=None, follow_symlinks=True", "Change the access permissions of a file."),
    function<fchmod>("fchmod", "fd, mode", "Change the access permissions of an open file."),
    function<chown>("chown", "path, uid, gid, *, dir_fd=None, follow_symlinks=True", "Change the owner and group of a file; -1 leaves one as it is."),
    function<fchown>("fchown", "fd, uid, gid", "Change the owner and group of an open file."),
    function<lchown>("lchown", "path, uid, gid", "Change the owner and group of a file; links are not followed."),
    function<utime>("utime", "path, times=None, *, ns=<unrepresentable>, dir_fd=None, follow_symlinks=True",
                    "Set the times of access and modification: seconds in times, or nanoseconds in ns; now by default."),
    function<getxattr>("getxattr", "path, attribute, *, follow_symlinks=True", "The value of an extended attribute."),
    function<setxattr>("setxattr", "path, attribute, value, flags=0, *, follow_symlinks=True", "Set an extended attribute."),
    function<removexattr>("removexattr", "path, attribute, *, follow_symlinks=True", "Remove an extended attribute."),
    function<listxattr>("listxattr", "path=None, *, follow_symlinks=True", "The names of a file's extended attributes."),
    function<statvfs>("statvfs", "path", "What is known about the file system of a file."),
    function<fstatvfs>("fstatvfs", "fd, /", "What is known about the file system of an open file."),
};

}  // namespace

ORO_TYPE(statvfs_result_type, kStatvfsResult);

std::span<MethodDef const> attribute_functions() { return kFunctions; }
Result<void> add_attribute_types(Python& py, Module& m) { return add_struct_type(py, m, statvfs_result_type); }

}  // namespace oro::posix
