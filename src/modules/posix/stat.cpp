// The stat family of posix, and stat_result.
#include <sys/stat.h>

#include "modules/posix/posix.h"
#include "object/structseq.h"

namespace oro::posix {

extern Type stat_result_type;

namespace {

constexpr StructField kFields[] = {
    {"st_mode", "protection bits"},
    {"st_ino", "inode"},
    {"st_dev", "device"},
    {"st_nlink", "number of hard links"},
    {"st_uid", "user ID of owner"},
    {"st_gid", "group ID of owner"},
    {"st_size", "total size, in bytes"},
    {nullptr},
    {nullptr},
    {nullptr},
    {"st_atime", "time of last access"},
    {"st_mtime", "time of last modification"},
    {"st_ctime", "time of last change"},
    {"st_atime_ns", "time of last access in nanoseconds"},
    {"st_mtime_ns", "time of last modification in nanoseconds"},
    {"st_ctime_ns", "time of last change in nanoseconds"},
    {"st_blksize", "blocksize for filesystem I/O"},
    {"st_blocks", "number of blocks allocated"},
    {"st_rdev", "device type (if inode device)"},
};

// Times that were not given as floats are taken from the whole seconds.
Value new_stat_result(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    Value made = binding::struct_new(py, type, args, n, names);
    if (made.is_null()) return made;
    auto& s = *static_cast<Tuple*>(made.pointer());
    for (std::size_t i = 7; i < 10; ++i) {
        if (s.slots[i + 3] == kNone) struct_set(s, i + 3, share(s.slots[i]));
    }
    return made;
}

consteval StructTypeDef stat_result_table() {
    StructTypeDef d = struct_type_def<kFields>("os.stat_result",
                                               "What the stat functions give: a tuple of mode, ino, dev, nlink, uid, gid, size, and the\n"
                                               "times of access, modification and change in whole seconds; more by attribute.", 10);
    d.new_ = new_stat_result;
    return d;
}
constexpr StructTypeDef kStatResult = stat_result_table();

}  // namespace

ORO_TYPE(stat_result_type, kStatResult);

Result<Ref<>> make_stat_result(Python& py, struct stat const& st) {
    Ref<Tuple> s = TRY(make_struct(py, stat_result_type));
    std::size_t at = 0;
    for (std::uint64_t n : {std::uint64_t(st.st_mode), std::uint64_t(st.st_ino), std::uint64_t(st.st_dev), std::uint64_t(st.st_nlink),
                            std::uint64_t(st.st_uid), std::uint64_t(st.st_gid)}) {
        struct_set(*s, at++, TRY(make_int_unsigned(py, n)));
    }
    struct_set(*s, at++, TRY(make_int(py, st.st_size)));
    timespec const times[] = {st.st_atim, st.st_mtim, st.st_ctim};
    for (std::size_t i = 0; i < 3; ++i) {
        timespec const& time = times[i];
        struct_set(*s, 7 + i, TRY(make_int(py, time.tv_sec)));
        struct_set(*s, 10 + i, TRY(make_float(py, double(time.tv_sec) + 1e-9 * double(time.tv_nsec))));
        std::int64_t ns;
        if (__builtin_mul_overflow(std::int64_t(time.tv_sec), 1000000000, &ns) || __builtin_add_overflow(ns, time.tv_nsec, &ns)) {
            Ref<> seconds = TRY(make_int(py, time.tv_sec));
            Ref<> scaled = TRY(int_mul(py, seconds.value(), Value::of_int(1000000000)));
            struct_set(*s, 13 + i, TRY(int_add(py, scaled.value(), Value::of_int(time.tv_nsec))));
        } else {
            struct_set(*s, 13 + i, TRY(make_int(py, ns)));
        }
    }
    struct_set(*s, 16, number(st.st_blksize));
    struct_set(*s, 17, TRY(make_int(py, st.st_blocks)));
    struct_set(*s, 18, TRY(make_int_unsigned(py, st.st_rdev)));
    return s;
}

namespace {

Result<Ref<>> do_stat(Python& py, char const* function, Path const& path, int dir_fd, bool follow) {
    if (path.is_fd && dir_fd != AT_FDCWD) return raise(py, exc::ValueError, "{}: can't specify dir_fd without matching path", function);
    if (path.is_fd && !follow) return raise(py, exc::ValueError, "{}: cannot use fd and follow_symlinks together", function);
    struct stat st;
    Outcome o = detached_call(py, [&] {
        return path.is_fd ? ::fstat(path.fd, &st) : ::fstatat(dir_fd, path.text, &st, follow ? 0 : AT_SYMLINK_NOFOLLOW);
    });
    if (o.value < 0) return raise_errno(py, o.error, path.name());
    return make_stat_result(py, st);
}

Result<Ref<>> stat(Python& py, FileOrFd path, DirFd dir_fd, bool follow) { return do_stat(py, "stat", path, dir_fd, follow); }
Result<Ref<>> lstat(Python& py, FilePath path, DirFd dir_fd) { return do_stat(py, "lstat", path, dir_fd, false); }
Result<Ref<>> fstat(Python& py, CInt fd) {
    struct stat st;
    CHECK(checked_call(py, [&] { return ::fstat(fd, &st); }));
    return make_stat_result(py, st);
}

constexpr MethodDef kFunctions[] = {
    function<stat>("stat", "path, *, dir_fd=None, follow_symlinks=True", "What the system knows about a file."),
    function<lstat>("lstat", "path, *, dir_fd=None", "What the system knows about a file; links are not followed."),
    function<fstat>("fstat", "fd", "What the system knows about an open file."),
};

}  // namespace

std::span<MethodDef const> stat_functions() { return kFunctions; }
Result<void> add_stat_types(Python& py, Module& m) { return add_struct_type(py, m, stat_result_type); }

}  // namespace oro::posix
