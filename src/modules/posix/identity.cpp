// Ids of the process, its users, groups and sessions; priorities.
#include <grp.h>
#include <limits.h>
#include <sys/resource.h>
#include <unistd.h>

#include "modules/posix/posix.h"
#include "object/call.h"
#include "object/list.h"

namespace oro::posix {

namespace {

Result<void> done(Python& py, int result) {
    if (result < 0) return raise_errno(py, errno);
    return {};
}
Result<std::int64_t> id_or_error(Python& py, std::int64_t result) {
    if (result < 0) return raise_errno(py, errno);
    return result;
}

std::int64_t getpid(Thread&) { return ::getpid(); }
std::int64_t getppid(Thread&) { return ::getppid(); }
std::int64_t getuid(Thread&) { return ::getuid(); }
std::int64_t geteuid(Thread&) { return ::geteuid(); }
std::int64_t getgid(Thread&) { return ::getgid(); }
std::int64_t getegid(Thread&) { return ::getegid(); }
std::int64_t getpgrp(Thread&) { return ::getpgrp(); }
Result<std::int64_t> getpgid(Python& py, CInt pid) { return id_or_error(py, ::getpgid(pid)); }
Result<std::int64_t> getsid(Python& py, CInt pid) { return id_or_error(py, ::getsid(pid)); }
Result<void> setpgid(Python& py, CInt pid, CInt pgrp) { return done(py, ::setpgid(pid, pgrp)); }
Result<void> setpgrp(Python& py) { return done(py, ::setpgrp()); }
Result<void> setsid(Python& py) { return done(py, ::setsid() < 0 ? -1 : 0); }

Result<void> setuid(Python& py, UserId uid) { return done(py, ::setuid(uid)); }
Result<void> seteuid(Python& py, UserId euid) { return done(py, ::seteuid(euid)); }
Result<void> setgid(Python& py, GroupId gid) { return done(py, ::setgid(gid)); }
Result<void> setegid(Python& py, GroupId egid) { return done(py, ::setegid(egid)); }
Result<void> setreuid(Python& py, UserId ruid, UserId euid) { return done(py, ::setreuid(ruid, euid)); }
Result<void> setregid(Python& py, GroupId rgid, GroupId egid) { return done(py, ::setregid(rgid, egid)); }
Result<void> setresuid(Python& py, UserId ruid, UserId euid, UserId suid) { return done(py, ::setresuid(ruid, euid, suid)); }
Result<void> setresgid(Python& py, GroupId rgid, GroupId egid, GroupId sgid) { return done(py, ::setresgid(rgid, egid, sgid)); }
Result<Ref<>> getresuid(Python& py) {
    uid_t r, e, s;
    CHECK(done(py, ::getresuid(&r, &e, &s)));
    return make_tuple_of(py, number(r), number(e), number(s));
}
Result<Ref<>> getresgid(Python& py) {
    gid_t r, e, s;
    CHECK(done(py, ::getresgid(&r, &e, &s)));
    return make_tuple_of(py, number(r), number(e), number(s));
}

Result<Ref<>> list_of_groups(Python& py, std::span<gid_t const> groups) {
    Ref<List> list = TRY(make_list(py, groups.size()));
    for (gid_t g : groups) CHECK(list_append(py, list, number(g)));
    return list;
}
Result<Ref<>> getgroups(Python& py) {
    for (;;) {
        int n = ::getgroups(0, nullptr);
        if (n < 0) return raise_errno(py, errno);
        std::vector<gid_t> groups(std::size_t(n) + 1);
        n = ::getgroups(int(groups.size()), groups.data());
        if (n < 0 && errno == EINVAL) continue;  // there are more by now
        if (n < 0) return raise_errno(py, errno);
        return list_of_groups(py, std::span(groups).first(std::size_t(n)));
    }
}
Result<void> setgroups(Python& py, Borrowed<> groups) {
    bool sequence = groups.value().is_pointer() && type_of(groups).slot(Dunder::getitem) && type_of(groups).slot(Dunder::len);
    if (!sequence || type_of(groups).has(type_flag::dict)) return raise(py, exc::TypeError, "setgroups argument must be a sequence");
    Ref<Tuple> items = TRY(tuple_from(py, groups));
    if (items->size > NGROUPS_MAX) return raise(py, exc::ValueError, "too many groups");
    std::vector<gid_t> ids;
    for (std::size_t i = 0; i < items->size; ++i) {
        if (!is_any_int(items->slots[i])) return raise(py, exc::TypeError, "groups must be integers");
        ids.push_back(TRY(id_from(py, items->at(i), "gid")));
    }
    return done(py, ::setgroups(ids.size(), ids.data()));
}
Result<Ref<>> getgrouplist(Python& py, Borrowed<Str> user, GroupId group) {
    Ref<Bytes> name = TRY(fs_encode(py, user));
    std::vector<gid_t> groups(64);
    for (;;) {
        int n = int(groups.size());
        Outcome o = detached_call(py, [&] { return ::getgrouplist(name->data, group, groups.data(), &n); });
        if (o.value >= 0) return list_of_groups(py, std::span(groups).first(std::size_t(n)));
        groups.resize(groups.size() * 2);
        if (groups.size() > std::size_t(1) << 24) return raise_no_memory(py);
    }
}
Result<void> initgroups(Python& py, FsText const& username, GroupId gid) {
    return checked_call(py, [&] { return ::initgroups(username.text(), gid); });
}

Result<std::int64_t> getpriority(Python& py, CInt which, CInt who) {
    errno = 0;
    int n = ::getpriority(__priority_which_t(int(which)), id_t(int(who)));
    if (n == -1 && errno) return raise_errno(py, errno);
    return n;
}
Result<void> setpriority(Python& py, CInt which, CInt who, CInt priority) {
    return done(py, ::setpriority(__priority_which_t(int(which)), id_t(int(who)), priority));
}
Result<std::int64_t> nice(Python& py, CInt increment) {
    errno = 0;
    int n = ::nice(increment);
    if (n == -1 && errno) return raise_errno(py, errno);
    return n;
}

Result<Ref<>> getlogin(Python& py) {
    char name[LOGIN_NAME_MAX + 1];
    int error = ::getlogin_r(name, sizeof name);
    // The C library may also give a negated number.
    if (error) return raise_errno(py, error);
    return fs_decode(py, name);
}

constexpr MethodDef kFunctions[] = {
    function<getpid>("getpid", "", "The id of this process."),
    function<getppid>("getppid", "", "The id of the parent process."),
    function<getuid>("getuid", "", "The real user id."),
    function<geteuid>("geteuid", "", "The effective user id."),
    function<getgid>("getgid", "", "The real group id."),
    function<getegid>("getegid", "", "The effective group id."),
    function<getpgrp>("getpgrp", "", "The id of the process group."),
    function<getpgid>("getpgid", "pid", "The id of a process's group."),
    function<getsid>("getsid", "pid, /", "The id of a process's session."),
    function<setpgid>("setpgid", "pid, pgrp, /", "Put a process into a group."),
    function<setpgrp>("setpgrp", "", "Make this process the leader of its group."),
    function<setsid>("setsid", "", "Make a new session."),
    function<setuid>("setuid", "uid, /", "Set the user id."),
    function<seteuid>("seteuid", "euid, /", "Set the effective user id."),
    function<setgid>("setgid", "gid, /", "Set the group id."),
    function<setegid>("setegid", "egid, /", "Set the effective group id."),
    function<setreuid>("setreuid", "ruid, euid, /", "Set the real and effective user ids."),
    function<setregid>("setregid", "rgid, egid, /", "Set the real and effective group ids."),
    function<setresuid>("setresuid", "ruid, euid, suid, /", "Set the real, effective and saved user ids."),
    function<setresgid>("setresgid", "rgid, egid, sgid, /", "Set the real, effective and saved group ids."),
    function<getresuid>("getresuid", "", "The real, effective and saved user ids."),
    function<getresgid>("getresgid", "", "The real, effective and saved group ids."),
    function<getgroups>("getgroups", "", "The ids of the supplemental groups."),
    function<setgroups>("setgroups", "groups, /", "Set the supplemental groups."),
    function<getgrouplist>("getgrouplist", "user, group, /", "The groups that a user belongs to."),
    function<initgroups>("initgroups", "username, gid, /", "Set the supplemental groups to those of a user, and gid."),
    function<getpriority>("getpriority", "which, who", "The priority of a process, group or user."),
    function<setpriority>("setpriority", "which, who, priority", "Set the priority of a process, group or user."),
    function<nice>("nice", "increment, /", "Change the priority of this process; gives the new one."),
    function<getlogin>("getlogin", "", "The name of the user who is logged in."),
};

}  // namespace

std::span<MethodDef const> identity_functions() { return kFunctions; }

}  // namespace oro::posix
