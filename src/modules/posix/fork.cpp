// fork, forkpty, exec and the functions to be called around forks.
#include <pty.h>
#include <unistd.h>

#include "modules/posix/posix.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/list.h"
#include "runtime/fork.h"

namespace oro::posix {

Result<TextArray> argument_array(Python& py, char const* function, bool numbered, Borrowed<> argv) {
    // execv() calls its parameter by number.
    auto fail = [&](Type& type, char const* by_number, char const* by_name) -> Raised {
        return numbered ? raise(py, type, "{}() arg 2 {}", function, by_number) : raise(py, type, "{}: argv {}", function, by_name);
    };
    if (!is<Tuple>(argv) && !is<List>(argv)) return fail(exc::TypeError, "must be a tuple or list", "must be a tuple or list");
    Ref<Tuple> items = TRY(tuple_from(py, argv));
    if (items->size == 0) return fail(exc::ValueError, "must not be empty", "must not be empty");
    TextArray out;
    for (std::size_t i = 0; i < items->size; ++i) {
        out.texts.push_back(TRY(fs_encode(py, items->at(i))));
        if (i == 0 && out.texts[0]->size == 0) return fail(exc::ValueError, "first element cannot be empty", "first element cannot be empty");
    }
    out.finish();
    return out;
}

Result<TextArray> environment_array(Python& py, Borrowed<> environment) {
    auto pairs_of = [&](Borrowed<Str> method) -> Result<Ref<Tuple>> {
        Ref<> items = TRY(call_method_with(py, environment, method));
        return tuple_from(py, items);
    };
    Ref<Tuple> keys = TRY(pairs_of(name::keys()));
    Ref<Tuple> values = TRY(pairs_of(name::values()));
    if (keys->size != values->size) return raise(py, exc::RuntimeError, "environment changed size during iteration");
    TextArray out;
    for (std::size_t i = 0; i < keys->size; ++i) {
        Ref<Bytes> key = TRY(fs_encode(py, keys->at(i)));
        Ref<Bytes> value = TRY(fs_encode(py, values->at(i)));
        if (key->size == 0 || key->view().find('=') != std::string_view::npos) {
            return raise(py, exc::ValueError, "illegal environment variable name");
        }
        std::string entry(key->view());
        entry += '=';
        entry += value->view();
        out.texts.push_back(TRY(make_bytes(py, entry)));
    }
    out.finish();
    return out;
}

bool is_mapping(Borrowed<> v) {
    return v.value().is_pointer() && type_of(v).slot(Dunder::getitem) && !type_of(v).has(type_flag::list | type_flag::tuple | type_flag::str | type_flag::bytes);
}

namespace {

Result<std::int64_t> fork(Python& py) {
    pid_t pid = TRY(fork_process(py, "fork", [](void*) { return ::fork(); }, nullptr));
    return std::int64_t(pid);
}
Result<Ref<>> forkpty(Python& py) {
    int master = -1;
    pid_t pid = TRY(fork_process(py, "forkpty", [](void* fd) { return ::forkpty(static_cast<int*>(fd), nullptr, nullptr, nullptr); }, &master));
    if (master >= 0) (void)::fcntl(master, F_SETFD, FD_CLOEXEC);
    return make_tuple_of(py, number(pid), number(master));
}

Result<void> register_at_fork(Python& py, Optional<> before, Optional<> after_in_child, Optional<> after_in_parent) {
    struct Row {
        Optional<> function;
        char const* name;
        ForkHook when;
    };
    Row const rows[] = {{before, "before", ForkHook::before},
                        {after_in_child, "after_in_child", ForkHook::after_in_child},
                        {after_in_parent, "after_in_parent", ForkHook::after_in_parent}};
    if (!before && !after_in_child && !after_in_parent) return raise(py, exc::TypeError, "At least one argument is required.");
    for (Row const& r : rows) {
        if (r.function && !is_callable(*r.function)) {
            return raise(py, exc::TypeError, "'{}' must be callable, not {}", r.name, TypeName{r.function.value()});
        }
    }
    for (Row const& r : rows) {
        if (r.function) CHECK(register_fork_hook(py, r.when, *r.function));
    }
    return {};
}

Result<void> execv(Python& py, FilePath path, Borrowed<> argv) {
    TextArray arguments = TRY(argument_array(py, "execv", true, argv));
    ::execv(path.text, arguments.pointers.data());
    return raise_errno(py, errno);
}
Result<void> execve(Python& py, FileOrFd path, Borrowed<> argv, Borrowed<> env) {
    TextArray arguments = TRY(argument_array(py, "execve", false, argv));
    if (!is_mapping(env)) return raise(py, exc::TypeError, "execve: environment must be a mapping object");
    TextArray environment = TRY(environment_array(py, env));
    if (path.is_fd) ::fexecve(path.fd, arguments.pointers.data(), environment.pointers.data());
    else ::execve(path.text, arguments.pointers.data(), environment.pointers.data());
    return raise_errno(py, errno, path.name());
}

constexpr MethodDef kFunctions[] = {
    function<fork>("fork", "", "Make a child process; gives 0 in the child and the child's id in the parent."),
    function<forkpty>("forkpty", "", "fork() with a new pseudo-terminal as the child's terminal; gives (pid, descriptor of the master end)."),
    function<register_at_fork>("register_at_fork", "*, before=<unrepresentable>, after_in_child=<unrepresentable>, after_in_parent=<unrepresentable>",
                               "Have functions called before forks, and after them in the child and in the parent."),
    function<execv>("execv", "path, argv, /", "Replace this process by a program."),
    function<execve>("execve", "path, argv, env", "Replace this process by a program with the given environment."),
};

}  // namespace

std::span<MethodDef const> fork_functions() { return kFunctions; }

}  // namespace oro::posix
