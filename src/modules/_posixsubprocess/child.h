// The child's side of fork_exec: plain data, prepared before the fork, and what runs until the program is replaced.
//
// After vfork the child shares the parent's memory, and after fork the locks of other threads are as they were: nothing here
// allocates or takes a lock, but for preexec_fn, which needs the interpreter's own fork.
#pragma once
#include <signal.h>
#include <sys/types.h>

#include <span>

namespace oro::posixsubprocess {

struct ChildPlan {
    char* const* programs;               // to be tried in turn; null at the end
    char* const* argv;
    char* const* environment;            // null: as it is
    char const* cwd;                     // null: as it is
    int p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite, errpipe_read, errpipe_write;
    bool close_fds, restore_signals, call_setsid;
    std::span<int const> keep;           // sorted
    pid_t pgid_to_set;                   // negative: none
    bool set_gid, set_groups, set_uid;
    gid_t gid;
    uid_t uid;
    std::span<gid_t const> groups;
    int umask;                           // negative: as it is
    sigset_t const* mask;                // to be set before the program starts; null: as it is
    bool (*preexec)(void*);              // false: it raised. Null: none
    void* preexec_argument;
};

[[noreturn]] void run_child(ChildPlan const& plan);

}  // namespace oro::posixsubprocess
