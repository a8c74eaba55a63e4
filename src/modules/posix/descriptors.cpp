// Opening, closing, copying and inspecting file descriptors. New ones are not inheritable (PEP 446).
#include <sys/ioctl.h>
#include <unistd.h>

#include "modules/posix/posix.h"

namespace oro::posix {

namespace {

Result<std::int64_t> open(Python& py, FilePath path, CInt flags, CInt mode, DirFd dir_fd) {
    return system_call(py, [&] { return ::openat(dir_fd, path.text, flags | O_CLOEXEC, mode_t(mode)); }, path.name());
}
// Not tried again after EINTR: the descriptor is free already.
Result<void> close(Python& py, CInt fd) {
    Outcome o = detached_call(py, [&] { return ::close(fd); });
    if (o.value < 0 && o.error != EINTR) return raise_errno(py, o.error);
    return poll(py);
}
void closerange(Python& py, CInt low, CInt high) {
    Detached detached(py);
    if (high <= low) return;
    int first = low < 0 ? 0 : int(low);
    if (high > first) ::close_range(unsigned(first), unsigned(high - 1), 0);
}
Result<std::int64_t> dup(Python& py, CInt fd) {
    return system_call(py, [&] { return ::fcntl(fd, F_DUPFD_CLOEXEC, 0); });
}
Result<std::int64_t> dup2(Python& py, CInt fd, CInt fd2, bool inheritable) {
    if (fd < 0 || fd2 < 0) return raise_errno(py, EBADF);
    return system_call(py, [&] {
        // dup3 refuses equal descriptors.
        if (fd == fd2) return ::dup2(fd, fd2);
        return ::dup3(fd, fd2, inheritable ? 0 : O_CLOEXEC);
    });
}
Result<Ref<>> pair_of(Python& py, int (&fds)[2]) { return make_tuple_of(py, number(fds[0]), number(fds[1])); }
Result<Ref<>> pipe(Python& py) {
    int fds[2];
    CHECK(checked_call(py, [&] { return ::pipe2(fds, O_CLOEXEC); }));
    return pair_of(py, fds);
}
Result<Ref<>> pipe2(Python& py, CInt flags) {
    int fds[2];
    CHECK(checked_call(py, [&] { return ::pipe2(fds, flags); }));
    return pair_of(py, fds);
}
Result<std::int64_t> lseek(Python& py, CInt fd, std::int64_t position, CInt whence) {
    return system_call(py, [&] { return ::lseek(fd, position, whence); });
}
bool isatty(Python& py, CInt fd) {
    Detached detached(py);
    return ::isatty(fd) == 1;
}
Result<void> fsync(Python& py, Fd fd) { return checked_call(py, [&] { return ::fsync(fd); }); }
Result<void> fdatasync(Python& py, Fd fd) { return checked_call(py, [&] { return ::fdatasync(fd); }); }
Result<void> lockf(Python& py, CInt fd, CInt command, std::int64_t length) {
    return checked_call(py, [&] { return ::lockf(fd, command, length); });
}

// Calls that give their error instead of -1.
template <class F> Result<void> error_call(Python& py, F&& f) {
    for (;;) {
        Outcome o = detached_call(py, f);
        if (o.value == 0) return {};
        if (o.value != EINTR) return raise_errno(py, int(o.value));
        CHECK(poll(py));
    }
}
Result<void> posix_fallocate(Python& py, CInt fd, std::int64_t offset, std::int64_t length) {
    return error_call(py, [&] { return ::posix_fallocate(fd, offset, length); });
}
Result<void> posix_fadvise(Python& py, CInt fd, std::int64_t offset, std::int64_t length, CInt advice) {
    return error_call(py, [&] { return ::posix_fadvise(fd, offset, length, advice); });
}

Result<bool> get_inheritable(Python& py, CInt fd) {
    std::int64_t flags = TRY(system_call(py, [&] { return ::fcntl(fd, F_GETFD); }));
    return !(flags & FD_CLOEXEC);
}
Result<void> set_inheritable(Python& py, CInt fd, CInt inheritable) {
    return checked_call(py, [&] {
        int flags = ::fcntl(fd, F_GETFD);
        if (flags < 0) return flags;
        int wanted = inheritable ? flags & ~FD_CLOEXEC : flags | FD_CLOEXEC;
        return wanted == flags ? 0 : ::fcntl(fd, F_SETFD, wanted);
    });
}
Result<bool> get_blocking(Python& py, CInt fd) {
    std::int64_t flags = TRY(system_call(py, [&] { return ::fcntl(fd, F_GETFL); }));
    return !(flags & O_NONBLOCK);
}
Result<void> set_blocking(Python& py, CInt fd, bool blocking) {
    return checked_call(py, [&] {
        int flags = ::fcntl(fd, F_GETFL);
        if (flags < 0) return flags;
        return ::fcntl(fd, F_SETFL, blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK);
    });
}

constexpr MethodDef kFunctions[] = {
    function<open>("open", "path, flags, mode=511, *, dir_fd=None", "Open a file; gives its descriptor."),
    function<close>("close", "fd", "Close a file descriptor."),
    function<closerange>("closerange", "fd_low, fd_high, /", "Close all descriptors in [fd_low, fd_high), ignoring errors."),
    function<dup>("dup", "fd, /", "A copy of a file descriptor."),
    function<dup2>("dup2", "fd, fd2, inheritable=True", "Copy a file descriptor to another."),
    function<pipe>("pipe", "", "Make a pipe; gives its reading and its writing end."),
    function<pipe2>("pipe2", "flags, /", "Make a pipe with flags set; gives its reading and its writing end."),
    function<lseek>("lseek", "fd, position, whence, /", "Set the position of a descriptor; gives the new one."),
    function<isatty>("isatty", "fd, /", "Whether the descriptor is connected to a terminal."),
    function<fsync>("fsync", "fd", "Have a file's data and metadata written to disk."),
    function<fdatasync>("fdatasync", "fd", "Have a file's data written to disk."),
    function<lockf>("lockf", "fd, command, length, /", "Apply, test or remove a lock on an open file."),
    function<posix_fallocate>("posix_fallocate", "fd, offset, length, /", "Make sure that a part of a file has room on disk."),
    function<posix_fadvise>("posix_fadvise", "fd, offset, length, advice, /", "Announce how a part of a file will be used."),
    function<get_inheritable>("get_inheritable", "fd, /", "Whether programs that are started inherit the descriptor."),
    function<set_inheritable>("set_inheritable", "fd, inheritable, /", "Set whether programs that are started inherit the descriptor."),
    function<get_blocking>("get_blocking", "fd, /", "Whether the descriptor blocks."),
    function<set_blocking>("set_blocking", "fd, blocking, /", "Set whether the descriptor blocks."),
};

}  // namespace

std::span<MethodDef const> descriptor_functions() { return kFunctions; }

}  // namespace oro::posix
