// Making, removing, renaming and linking files and directories; the current directory.
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "modules/posix/posix.h"


namespace oro::posix {

namespace {

Result<void> mkdir(Python& py, FilePath path, CInt mode, DirFd dir_fd) {
    return checked_call(py, [&] { return ::mkdirat(dir_fd, path.text, mode_t(mode)); }, path.name());
}
Result<void> rmdir(Python& py, FilePath path, DirFd dir_fd) {
    return checked_call(py, [&] { return ::unlinkat(dir_fd, path.text, AT_REMOVEDIR); }, path.name());
}
Result<void> unlink(Python& py, FilePath path, DirFd dir_fd) {
    return checked_call(py, [&] { return ::unlinkat(dir_fd, path.text, 0); }, path.name());
}
Result<void> rename(Python& py, FilePath src, FilePath dst, DirFd src_dir_fd, DirFd dst_dir_fd) {
    return checked_call(py, [&] { return ::renameat(src_dir_fd, src.text, dst_dir_fd, dst.text); }, src.name(), dst.name());
}
Result<void> link(Python& py, FilePath src, FilePath dst, DirFd src_dir_fd, DirFd dst_dir_fd, bool follow) {
    return checked_call(py, [&] { return ::linkat(src_dir_fd, src.text, dst_dir_fd, dst.text, follow ? AT_SYMLINK_FOLLOW : 0); },
                        src.name(), dst.name());
}
Result<void> symlink(Python& py, FilePath src, FilePath dst, bool, DirFd dir_fd) {
    return checked_call(py, [&] { return ::symlinkat(src.text, dir_fd, dst.text); }, src.name(), dst.name());
}
Result<Ref<>> readlink(Python& py, FilePath path, DirFd dir_fd) {
    std::string buffer(PATH_MAX, '\0');
    std::int64_t n = TRY(system_call(py, [&] { return ::readlinkat(dir_fd, path.text, buffer.data(), buffer.size()); }, path.name()));
    return fs_result(py, std::string_view(buffer).substr(0, std::size_t(n)), path.is_bytes);
}
Result<void> mkfifo(Python& py, FilePath path, CInt mode, DirFd dir_fd) {
    return checked_call(py, [&] { return ::mkfifoat(dir_fd, path.text, mode_t(mode)); }, path.name());
}

// A device number: -1 stands for none.
Result<dev_t> device_from(Python& py, Borrowed<> v) {
    Ref<> n = TRY(to_index(py, v));
    if (n.value() == Value::of_int(-1)) return dev_t(-1);
    return dev_t(TRY(to_c_unsigned_long(py, n)));
}
Result<Ref<>> device_result(Python& py, std::uint64_t n) { return n == std::uint64_t(-1) ? make_int(py, -1) : make_int_unsigned(py, n); }
Result<void> mknod(Python& py, FilePath path, CInt mode, Borrowed<> device, DirFd dir_fd) {
    dev_t number = TRY(device_from(py, device));
    return checked_call(py, [&] { return ::mknodat(dir_fd, path.text, mode_t(mode), number); }, path.name());
}
Result<Ref<>> major_of(Python& py, Borrowed<> device) {
    dev_t number = TRY(device_from(py, device));
    unsigned part = gnu_dev_major(number);
    return part == unsigned(-1) ? make_int(py, -1) : make_int(py, part);
}
Result<Ref<>> minor_of(Python& py, Borrowed<> device) {
    dev_t number = TRY(device_from(py, device));
    unsigned part = gnu_dev_minor(number);
    return part == unsigned(-1) ? make_int(py, -1) : make_int(py, part);
}
// Each part is an unsigned int of C; -1 stands for none.
Result<unsigned> part_from(Python& py, Borrowed<> v) {
    dev_t n = TRY(device_from(py, v));
    if (n != dev_t(-1) && n != unsigned(n)) return raise(py, exc::OverflowError, "Python int too large to convert to C unsigned int");
    return unsigned(n);
}
Result<Ref<>> makedev_of(Python& py, Borrowed<> major, Borrowed<> minor) {
    unsigned high = TRY(part_from(py, major));
    unsigned low = TRY(part_from(py, minor));
    return device_result(py, gnu_dev_makedev(high, low));
}

Result<void> truncate(Python& py, FileOrFd path, std::int64_t length) {
    return checked_call(py, [&] { return path.is_fd ? ::ftruncate(path.fd, length) : ::truncate(path.text, length); }, path.name());
}
Result<void> ftruncate(Python& py, CInt fd, std::int64_t length) {
    return checked_call(py, [&] { return ::ftruncate(fd, length); });
}

// ---- the current directory

Result<Ref<>> current_directory(Python& py, bool as_bytes) {
    char* text = nullptr;
    Outcome o = detached_call(py, [&] {
        text = ::getcwd(nullptr, 0);
        return text ? 0 : -1;
    });
    if (o.value < 0) return raise_errno(py, o.error);
    auto result = fs_result(py, text, as_bytes);
    std::free(text);
    return result;
}
Result<Ref<>> getcwd(Python& py) { return current_directory(py, false); }
Result<Ref<>> getcwdb(Python& py) { return current_directory(py, true); }
Result<void> chdir(Python& py, FileOrFd path) {
    return checked_call(py, [&] { return path.is_fd ? ::fchdir(path.fd) : ::chdir(path.text); }, path.name());
}
Result<void> fchdir(Python& py, Fd fd) { return checked_call(py, [&] { return ::fchdir(fd); }); }
Result<void> chroot(Python& py, FilePath path) { return checked_call(py, [&] { return ::chroot(path.text); }, path.name()); }
std::int64_t umask(Thread&, CInt mask) { return std::int64_t(::umask(mode_t(mask))); }
void sync(Python& py) {
    Detached detached(py);
    ::sync();
}

constexpr MethodDef kFunctions[] = {
    function<mkdir>("mkdir", "path, mode=511, *, dir_fd=None", "Make a directory."),
    function<rmdir>("rmdir", "path, *, dir_fd=None", "Remove an empty directory."),
    function<unlink>("unlink", "path, *, dir_fd=None", "Remove a file (same as remove())."),
    function<unlink>("remove", "path, *, dir_fd=None", "Remove a file (same as unlink())."),
    function<rename>("rename", "src, dst, *, src_dir_fd=None, dst_dir_fd=None", "Rename a file or directory."),
    function<rename>("replace", "src, dst, *, src_dir_fd=None, dst_dir_fd=None", "Rename a file or directory, overwriting the destination."),
    function<link>("link", "src, dst, *, src_dir_fd=None, dst_dir_fd=None, follow_symlinks=True", "Make a hard link to a file."),
    function<symlink>("symlink", "src, dst, target_is_directory=False, *, dir_fd=None", "Make a symbolic link named dst that points to src."),
    function<readlink>("readlink", "path, *, dir_fd=None", "Where a symbolic link points to."),
    function<mkfifo>("mkfifo", "path, mode=438, *, dir_fd=None", "Make a named pipe."),
    function<mknod>("mknod", "path, mode=384, device=0, *, dir_fd=None", "Make a node of the file system."),
    function<major_of>("major", "device, /", "The major part of a device number."),
    function<minor_of>("minor", "device, /", "The minor part of a device number."),
    function<makedev_of>("makedev", "major, minor, /", "A device number of its parts."),
    function<truncate>("truncate", "path, length", "Cut a file, given by path or descriptor, to a length."),
    function<ftruncate>("ftruncate", "fd, length, /", "Cut an open file to a length."),
    function<getcwd>("getcwd", "", "The current directory."),
    function<getcwdb>("getcwdb", "", "The current directory as bytes."),
    function<chdir>("chdir", "path", "Change the current directory."),
    function<fchdir>("fchdir", "fd", "Change the current directory to an open one."),
    function<chroot>("chroot", "path", "Change the root directory."),
    function<umask>("umask", "mask, /", "Set the mask of new files' modes; gives the old one."),
    function<sync>("sync", "", "Have everything written to disk."),
};

}  // namespace

std::span<MethodDef const> file_functions() { return kFunctions; }

}  // namespace oro::posix
