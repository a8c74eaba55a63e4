// The constants of posix, by the names that C gives them.
#include <dlfcn.h>
#include <limits.h>
#include <linux/memfd.h>
#include <sched.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <sysexits.h>
#include <unistd.h>

#include "modules/posix/posix.h"
#include "object/list.h"

namespace oro::posix {

namespace {

struct Constant {
    char const* name;
    std::int64_t value;
};

#define C(name) {#name, name}
constexpr Constant kConstants[] = {
    C(CLD_CONTINUED), C(CLD_DUMPED), C(CLD_EXITED), C(CLD_KILLED), C(CLD_STOPPED), C(CLD_TRAPPED),
    C(CLONE_FILES), C(CLONE_FS), C(CLONE_NEWCGROUP), C(CLONE_NEWIPC), C(CLONE_NEWNET), C(CLONE_NEWNS),
    C(CLONE_NEWPID), C(CLONE_NEWUSER), C(CLONE_NEWUTS), C(CLONE_SIGHAND), C(CLONE_SYSVSEM),
    C(CLONE_THREAD), C(CLONE_VM), C(EFD_CLOEXEC), C(EFD_NONBLOCK), C(EFD_SEMAPHORE), C(EX_CANTCREAT),
    C(EX_CONFIG), C(EX_DATAERR), C(EX_IOERR), C(EX_NOHOST), C(EX_NOINPUT), C(EX_NOPERM), C(EX_NOUSER),
    C(EX_OSERR), C(EX_OSFILE), C(EX_PROTOCOL), C(EX_SOFTWARE), C(EX_TEMPFAIL), C(EX_UNAVAILABLE),
    C(EX_USAGE), C(F_LOCK), C(F_OK), C(F_TEST), C(F_TLOCK), C(F_ULOCK), C(GRND_NONBLOCK), C(GRND_RANDOM),
    C(MFD_ALLOW_SEALING), C(MFD_CLOEXEC), C(MFD_HUGETLB), C(MFD_HUGE_16GB), C(MFD_HUGE_16MB),
    C(MFD_HUGE_1GB), C(MFD_HUGE_1MB), C(MFD_HUGE_256MB), C(MFD_HUGE_2GB), C(MFD_HUGE_2MB),
    C(MFD_HUGE_32MB), C(MFD_HUGE_512KB), C(MFD_HUGE_512MB), C(MFD_HUGE_64KB), C(MFD_HUGE_8MB),
    C(MFD_HUGE_MASK), C(MFD_HUGE_SHIFT), C(NGROUPS_MAX), C(O_ACCMODE), C(O_APPEND), C(O_ASYNC),
    C(O_CLOEXEC), C(O_CREAT), C(O_DIRECT), C(O_DIRECTORY), C(O_DSYNC), C(O_EXCL), C(O_FSYNC),
    C(O_LARGEFILE), C(O_NDELAY), C(O_NOATIME), C(O_NOCTTY), C(O_NOFOLLOW), C(O_NONBLOCK), C(O_PATH),
    C(O_RDONLY), C(O_RDWR), C(O_RSYNC), C(O_SYNC), C(O_TMPFILE), C(O_TRUNC), C(O_WRONLY),
    C(POSIX_FADV_DONTNEED), C(POSIX_FADV_NOREUSE), C(POSIX_FADV_NORMAL), C(POSIX_FADV_RANDOM),
    C(POSIX_FADV_SEQUENTIAL), C(POSIX_FADV_WILLNEED), C(PRIO_PGRP), C(PRIO_PROCESS), C(PRIO_USER),
    C(P_ALL), C(P_PGID), C(P_PID), C(RTLD_DEEPBIND), C(RTLD_GLOBAL), C(RTLD_LAZY), C(RTLD_LOCAL),
    C(RTLD_NODELETE), C(RTLD_NOLOAD), C(RTLD_NOW), C(RWF_APPEND), C(RWF_DSYNC), C(RWF_HIPRI),
    C(RWF_NOWAIT), C(RWF_SYNC), C(R_OK), C(SCHED_BATCH), C(SCHED_FIFO), C(SCHED_IDLE), C(SCHED_OTHER),
    C(SCHED_RR), C(SEEK_DATA), C(SEEK_HOLE), C(SPLICE_F_MORE), C(SPLICE_F_MOVE), C(SPLICE_F_NONBLOCK),
    C(ST_NOSUID), C(ST_RDONLY), C(TFD_CLOEXEC), C(TFD_NONBLOCK), C(TFD_TIMER_ABSTIME),
    C(TFD_TIMER_CANCEL_ON_SET), C(TMP_MAX), C(WCONTINUED), C(WEXITED), C(WNOHANG), C(WNOWAIT),
    C(WSTOPPED), C(WUNTRACED), C(W_OK), C(XATTR_CREATE), C(XATTR_REPLACE), C(X_OK),
    // Those that not every version of the C headers has, by number.
    {"CLONE_NEWTIME", 0x80}, {"EX_OK", 0}, {"PIDFD_NONBLOCK", 0x800}, {"POSIX_SPAWN_CLOSE", 1},
    {"POSIX_SPAWN_CLOSEFROM", 3}, {"POSIX_SPAWN_DUP2", 2}, {"POSIX_SPAWN_OPEN", 0}, {"P_PIDFD", 3},
    {"SCHED_DEADLINE", 6}, {"SCHED_NORMAL", 0}, {"SCHED_RESET_ON_FORK", 0x40000000},
    {"ST_APPEND", 0x100}, {"ST_MANDLOCK", 0x40}, {"ST_NOATIME", 0x400}, {"ST_NODEV", 4},
    {"ST_NODIRATIME", 0x800}, {"ST_NOEXEC", 8}, {"ST_RELATIME", 0x1000}, {"ST_SYNCHRONOUS", 0x10},
    {"ST_WRITE", 0x80}, {"XATTR_SIZE_MAX", 0x10000},
};
#undef C

// What the system's library offers, as os.py asks for supports_dir_fd and the like.
constexpr char const* kHave[] = {
    "HAVE_EVENTFD", "HAVE_TIMERFD_CREATE", "HAVE_FACCESSAT", "HAVE_FCHDIR", "HAVE_FCHMOD",
    "HAVE_FCHMODAT", "HAVE_FCHOWN", "HAVE_FCHOWNAT", "HAVE_FEXECVE", "HAVE_FDOPENDIR", "HAVE_FPATHCONF",
    "HAVE_FSTATAT", "HAVE_FSTATVFS", "HAVE_FTRUNCATE", "HAVE_FUTIMENS", "HAVE_FUTIMES", "HAVE_FUTIMESAT",
    "HAVE_LINKAT", "HAVE_LCHOWN", "HAVE_LSTAT", "HAVE_LUTIMES", "HAVE_MEMFD_CREATE", "HAVE_MKDIRAT",
    "HAVE_MKFIFOAT", "HAVE_MKNODAT", "HAVE_OPENAT", "HAVE_READLINKAT", "HAVE_RENAMEAT", "HAVE_SYMLINKAT",
    "HAVE_UNLINKAT", "HAVE_UTIMENSAT", "HAVE_PTSNAME_R",
};

}  // namespace

Result<void> add_constants(Python& py, Module& m) {
    for (Constant const& c : kConstants) {
        Ref<> value = TRY(make_int(py, c.value));
        CHECK(add_to_module(py, m, c.name, std::move(value)));
    }
    Ref<List> have = TRY(make_list(py, std::size(kHave)));
    for (char const* name : kHave) CHECK(list_append(py, have, TRY(make_str(py, std::string_view(name)))));
    CHECK(add_to_module(py, m, "_have_functions", std::move(have)));
    return add_to_module(py, m, "error", share(Value::of(&exc::OSError)));
}

}  // namespace oro::posix
