#include "modules/_posixsubprocess/child.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace oro::posixsubprocess {

namespace {

// What the parent reads: "kind:hex errno:message".
[[noreturn]] void fail(int pipe, char const* kind, int error, char const* message) {
    auto put = [&](char const* text, std::size_t n) { (void)!write(pipe, text, n); };
    put(kind, std::strlen(kind));
    put(":", 1);
    char digits[8];
    std::size_t at = sizeof digits;
    unsigned rest = unsigned(error);
    do digits[--at] = "0123456789abcdef"[rest & 15]; while ((rest >>= 4) != 0);
    put(digits + at, sizeof digits - at);
    put(":", 1);
    put(message, std::strlen(message));
    _exit(255);
}

bool make_inheritable(int fd) {
    int flags = fcntl(fd, F_GETFD);
    return flags >= 0 && (!(flags & FD_CLOEXEC) || fcntl(fd, F_SETFD, flags & ~FD_CLOEXEC) == 0);
}

// Puts a descriptor into its standard place, inheritable.
bool place(int fd, int where) {
    if (fd == where) return make_inheritable(fd);
    return fd < 0 || dup2(fd, where) >= 0;
}

bool connect_standard(ChildPlan const& plan) {
    for (int fd : {plan.p2cwrite, plan.c2pread, plan.errread, plan.errpipe_read}) {
        if (fd >= 0 && close(fd) < 0 && errno != EINTR) return false;
    }
    int out = plan.c2pwrite, err = plan.errwrite;
    // Out of the way of what is put into the lower places first.
    if (out == 0 && (out = dup(out)) < 0) return false;
    while (err == 0 || err == 1) {
        if ((err = dup(err)) < 0) return false;
    }
    return place(plan.p2cread, 0) && place(out, 1) && place(err, 2);
}

// With vfork the handlers would run in the parent's memory.
void drop_handlers() {
    struct sigaction plain{}, now{};
    plain.sa_handler = SIG_DFL;
    for (int i = 1; i < 65; ++i) {
        if (sigaction(i, nullptr, &now) == 0 && now.sa_handler != SIG_IGN && now.sa_handler != SIG_DFL) sigaction(i, &plain, nullptr);
    }
}

bool take_identity(ChildPlan const& plan) {
    if (plan.call_setsid && setsid() < 0) return false;
    if (plan.pgid_to_set >= 0 && setpgid(0, plan.pgid_to_set) < 0) return false;
    // The system calls themselves: the C library's functions would do the same in the parent's other threads.
    if (plan.set_groups && syscall(SYS_setgroups, plan.groups.size(), plan.groups.data()) < 0) return false;
    if (plan.set_gid && syscall(SYS_setregid, plan.gid, plan.gid) < 0) return false;
    return !plan.set_uid || syscall(SYS_setreuid, plan.uid, plan.uid) >= 0;
}

void close_others(ChildPlan const& plan) {
    unsigned from = 3;
    for (int fd : plan.keep) {
        if (unsigned(fd) < from) continue;
        if (unsigned(fd) > from) syscall(SYS_close_range, from, unsigned(fd) - 1, 0);
        from = unsigned(fd) + 1;
    }
    syscall(SYS_close_range, from, ~0u, 0);
}

}  // namespace

void run_child(ChildPlan const& plan) {
    int pipe = plan.errpipe_write;
    for (int fd : plan.keep) {
        if (fd != pipe && !make_inheritable(fd)) fail(pipe, "OSError", errno, "noexec");
    }
    if (!connect_standard(plan)) fail(pipe, "OSError", errno, "noexec");
    if (plan.cwd && chdir(plan.cwd) < 0) fail(pipe, "OSError", errno, "noexec:chdir");
    if (plan.umask >= 0) umask(mode_t(plan.umask));
    if (plan.restore_signals) {
        signal(SIGPIPE, SIG_DFL);
        signal(SIGXFSZ, SIG_DFL);
    }
    if (plan.mask) {
        drop_handlers();
        sigprocmask(SIG_SETMASK, plan.mask, nullptr);
    }
    if (!take_identity(plan)) fail(pipe, "OSError", errno, "noexec");
    if (plan.preexec && !plan.preexec(plan.preexec_argument)) fail(pipe, "SubprocessError", 0, "Exception occurred in preexec_fn.");
    if (plan.close_fds) close_others(plan);
    int first_error = 0;
    for (char* const* program = plan.programs; *program; ++program) {
        if (plan.environment) execve(*program, plan.argv, plan.environment);
        else execv(*program, plan.argv);
        if (errno != ENOENT && errno != ENOTDIR && first_error == 0) first_error = errno;
    }
    fail(pipe, "OSError", first_error ? first_error : errno, "");
}

}  // namespace oro::posixsubprocess
