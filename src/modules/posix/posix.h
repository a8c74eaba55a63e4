// What the files of the module posix share: parameters that are paths, descriptors and ids, and system calls.
//
// A system call that may block runs detached and touches no object; after EINTR signal handlers run, and it is tried again unless
// one of them raises (PEP 475).
#pragma once
#include <fcntl.h>

#include <cerrno>
#include <string>
#include <vector>

#include <sys/stat.h>

#include "object/buffer.h"
#include "object/bytes.h"
#include "object/define.h"
#include "object/detached.h"
#include "runtime/file_names.h"

namespace oro::posix {

// A str or bytes in the kind that the caller used.
Result<Ref<>> fs_result(Python& py, std::string_view octets, bool as_bytes);

// ---- parameters
struct Path {
    Maybe<> object;                // as error messages name it; null: not given or None
    Maybe<Bytes> encoded;          // keeps `text` unless `object` does
    char const* text = nullptr;
    int fd = -1;
    bool is_fd = false, is_bytes = false;
    Optional<> name() const { return Optional<>(object.value()); }
};
template <bool WithFd, bool WithNone> struct PathParameter : Path {};
using FilePath = PathParameter<false, false> const&;
using FileOrFd = PathParameter<true, false> const&;
using MaybeFile = PathParameter<true, true> const&;       // an fd, or None

struct CInt { int value; operator int() const { return value; } };
struct DirFd { int value; bool given() const { return value != AT_FDCWD; } operator int() const { return value; } };
struct Fd { int value; operator int() const { return value; } };                 // an int or an object with fileno()
struct UserId { uid_t value; operator uid_t() const { return value; } };
struct GroupId { gid_t value; operator gid_t() const { return value; } };
struct FsText { Ref<Bytes> bytes; char const* text() const { return bytes->data; } };

Result<Path> path_from(Python& py, char const* function, std::string_view parameter, Value v, bool with_fd, bool with_none);
Result<int> c_int_from(Python& py, Borrowed<> v);
Result<int> dir_fd_from(Python& py, Value v);
Result<int> fd_from(Python& py, Borrowed<> v);
Result<std::uint32_t> id_from(Python& py, Borrowed<> v, char const* what);

// ---- calls
struct Outcome {
    std::int64_t value;
    int error;
};
template <class F> Outcome detached_call(Python& py, F&& f) {
    Detached detached(py);
    errno = 0;
    std::int64_t value = std::int64_t(f());
    return {value, errno};
}
// f() gives a negative number and errno for failure.
template <class F> Result<std::int64_t> system_call(Python& py, F&& f, Optional<> file = {}, Optional<> file2 = {}) {
    for (;;) {
        Outcome o = detached_call(py, f);
        if (o.value >= 0) return o.value;
        if (o.error != EINTR) return raise_errno(py, o.error, file, file2);
        CHECK(poll(py));
    }
}
template <class F> Result<void> checked_call(Python& py, F&& f, Optional<> file = {}, Optional<> file2 = {}) {
    CHECK(system_call(py, f, file, file2));
    return {};
}

// ---- arguments of exec and spawn: texts and the array that points to them.
struct TextArray {
    std::vector<Ref<Bytes>> texts;
    std::vector<char*> pointers;
    void finish() {
        for (auto& t : texts) pointers.push_back(t->data);
        pointers.push_back(nullptr);
    }
};
Result<TextArray> argument_array(Python& py, char const* function, bool spawn, Borrowed<> argv);
Result<TextArray> environment_array(Python& py, Borrowed<> environment);

Result<int> sched_priority_of(Python& py, Borrowed<> param);

// ---- results
Result<Ref<>> make_stat_result(Python& py, struct stat const& st);
inline Ref<> number(std::int64_t n) { return Ref<>::immediate(Value::of_int(n)); }

// ---- the parts of the module: their functions, and what they add besides.
std::span<MethodDef const> stat_functions();
std::span<MethodDef const> directory_functions();
std::span<MethodDef const> file_functions();
std::span<MethodDef const> attribute_functions();
std::span<MethodDef const> descriptor_functions();
std::span<MethodDef const> transfer_functions();
std::span<MethodDef const> environment_functions();
std::span<MethodDef const> path_functions();
std::span<MethodDef const> process_functions();
std::span<MethodDef const> fork_functions();
std::span<MethodDef const> spawn_functions();
std::span<MethodDef const> identity_functions();
std::span<MethodDef const> schedule_functions();
std::span<MethodDef const> system_functions();
std::span<MethodDef const> configuration_functions();
std::span<MethodDef const> terminal_functions();
std::span<MethodDef const> special_functions();
Result<void> add_constants(Python& py, Module& m);
Result<void> add_configuration_names(Python& py, Module& m);
Result<void> add_stat_types(Python& py, Module& m);
Result<void> add_directory_types(Python& py, Module& m);
Result<void> add_attribute_types(Python& py, Module& m);
Result<void> add_process_types(Python& py, Module& m);
Result<void> add_schedule_types(Python& py, Module& m);
Result<void> add_system_types(Python& py, Module& m);
Result<void> add_terminal_types(Python& py, Module& m);
Result<void> add_environment(Python& py, Module& m);

}  // namespace oro::posix

namespace oro::binding {

inline std::string_view parameter_name(Context& c) {
    Param const& p = c.callee.def->params[c.index];
    return {c.callee.def->signature + p.offset, p.length};
}
template <bool WithFd, bool WithNone> struct FromPython<posix::PathParameter<WithFd, WithNone> const&> {
    using P = posix::PathParameter<WithFd, WithNone>;
    static Result<P> get(Context& c, Value v) {
        P p;
        static_cast<posix::Path&>(p) = TRY(posix::path_from(c.py, c.callee.def->name, parameter_name(c), v, WithFd, WithNone));
        return p;
    }
};
template <> struct FromPython<posix::CInt> {
    static Result<posix::CInt> get(Context& c, Value v) { return posix::CInt{TRY(posix::c_int_from(c.py, Borrowed<>(v)))}; }
};
template <> struct FromPython<posix::DirFd> {
    static Result<posix::DirFd> get(Context& c, Value v) { return posix::DirFd{TRY(posix::dir_fd_from(c.py, v))}; }
};
template <> struct FromPython<posix::Fd> {
    static Result<posix::Fd> get(Context& c, Value v) { return posix::Fd{TRY(posix::fd_from(c.py, Borrowed<>(v)))}; }
};
template <> struct FromPython<posix::UserId> {
    static Result<posix::UserId> get(Context& c, Value v) { return posix::UserId{TRY(posix::id_from(c.py, Borrowed<>(v), "uid"))}; }
};
template <> struct FromPython<posix::GroupId> {
    static Result<posix::GroupId> get(Context& c, Value v) { return posix::GroupId{TRY(posix::id_from(c.py, Borrowed<>(v), "gid"))}; }
};
template <> struct FromPython<posix::FsText const&> {
    static Result<posix::FsText> get(Context& c, Value v) { return posix::FsText{TRY(fs_encode(c.py, Borrowed<>(v)))}; }
};

}  // namespace oro::binding
