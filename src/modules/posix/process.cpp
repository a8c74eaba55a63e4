// Waiting for child processes, signals to processes, ending this one, and running a shell.
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "modules/posix/posix.h"
#include "object/call.h"
#include "object/import.h"
#include "object/structseq.h"
#include "runtime/signals.h"

namespace oro::posix {

extern Type waitid_result_type;

namespace {

Result<Ref<>> pid_and_status(Python& py, std::int64_t pid, int status) { return make_tuple_of(py, number(pid), number(status)); }

Result<Ref<>> wait(Python& py) {
    int status = 0;
    std::int64_t pid = TRY(system_call(py, [&] { return ::wait(&status); }));
    return pid_and_status(py, pid, status);
}
Result<Ref<>> waitpid(Python& py, CInt pid, CInt options) {
    int status = 0;
    std::int64_t ended = TRY(system_call(py, [&] { return ::waitpid(pid, &status, options); }));
    return pid_and_status(py, ended, status);
}

// (pid, status, resource.struct_rusage)
Result<Ref<>> with_usage(Python& py, std::int64_t pid, int status, rusage const& u) {
    Ref<> type = TRY(import_attribute(py, "resource", "struct_rusage"));
    auto seconds = [](timeval t) { return double(t.tv_sec) + double(t.tv_usec) * 1e-6; };
    Ref<> user = TRY(make_float(py, seconds(u.ru_utime)));
    Ref<> system = TRY(make_float(py, seconds(u.ru_stime)));
    Ref<Tuple> fields = TRY(make_tuple_of(py, std::move(user), std::move(system), number(u.ru_maxrss), number(u.ru_ixrss), number(u.ru_idrss),
                                          number(u.ru_isrss), number(u.ru_minflt), number(u.ru_majflt), number(u.ru_nswap), number(u.ru_inblock),
                                          number(u.ru_oublock), number(u.ru_msgsnd), number(u.ru_msgrcv), number(u.ru_nsignals),
                                          number(u.ru_nvcsw), number(u.ru_nivcsw)));
    Ref<> usage = TRY(call_with(py, type, fields));
    return make_tuple_of(py, number(pid), number(status), std::move(usage));
}
Result<Ref<>> wait3(Python& py, CInt options) {
    int status = 0;
    rusage usage{};
    std::int64_t pid = TRY(system_call(py, [&] { return ::wait3(&status, options, &usage); }));
    return with_usage(py, pid, status, usage);
}
Result<Ref<>> wait4(Python& py, CInt pid, CInt options) {
    int status = 0;
    rusage usage{};
    std::int64_t ended = TRY(system_call(py, [&] { return ::wait4(pid, &status, options, &usage); }));
    return with_usage(py, ended, status, usage);
}

constexpr StructField kWaitidFields[] = {{"si_pid"}, {"si_uid"}, {"si_signo"}, {"si_status"}, {"si_code"}};
constexpr StructTypeDef kWaitidResult = struct_type_def<kWaitidFields>("posix.waitid_result", "What waitid() gives.", 5);

Result<Maybe<>> waitid(Python& py, CInt idtype, CInt id, CInt options) {
    siginfo_t info{};
    CHECK(checked_call(py, [&] { return ::waitid(idtype_t(int(idtype)), id_t(int(id)), &info, options); }));
    if (info.si_pid == 0) return Maybe<>();
    Ref<Tuple> s = TRY(make_struct(py, waitid_result_type));
    std::size_t i = 0;
    for (std::int64_t n : {std::int64_t(info.si_pid), std::int64_t(info.si_uid), std::int64_t(info.si_signo), std::int64_t(info.si_status),
                           std::int64_t(info.si_code)}) {
        struct_set(*s, i++, number(n));
    }
    return Maybe<>(std::move(s));
}

// ---- statuses

bool wcoredump(Thread&, CInt status) { return WCOREDUMP(int(status)); }
bool wifcontinued(Thread&, CInt status) { return WIFCONTINUED(int(status)); }
bool wifstopped(Thread&, CInt status) { return WIFSTOPPED(int(status)); }
bool wifsignaled(Thread&, CInt status) { return WIFSIGNALED(int(status)); }
bool wifexited(Thread&, CInt status) { return WIFEXITED(int(status)); }
std::int64_t wexitstatus(Thread&, CInt status) { return WEXITSTATUS(int(status)); }
std::int64_t wtermsig(Thread&, CInt status) { return WTERMSIG(int(status)); }
std::int64_t wstopsig(Thread&, CInt status) { return WSTOPSIG(int(status)); }
Result<std::int64_t> exit_code(Python& py, CInt status) {
    int s = status;
    if (WIFEXITED(s)) {
        int code = WEXITSTATUS(s);
        if (code < 0) return raise(py, exc::ValueError, "invalid WEXITSTATUS: {}", code);
        return code;
    }
    if (WIFSIGNALED(s)) {
        int signal = WTERMSIG(s);
        if (signal <= 0) return raise(py, exc::ValueError, "invalid WTERMSIG: {}", signal);
        return -signal;
    }
    if (WIFSTOPPED(s)) return raise(py, exc::ValueError, "process stopped by delivery of signal {}", WSTOPSIG(s));
    return raise(py, exc::ValueError, "invalid wait status: {}", s);
}

// ---- signals, the end

// A signal to this process itself is handled before the call returns.
Result<void> kill(Python& py, CInt pid, CInt signal) {
    if (::kill(pid, signal) < 0) return raise_errno(py, errno);
    return poll(py);
}
Result<void> killpg(Python& py, CInt pgid, CInt signal) {
    if (::killpg(pgid, signal) < 0) return raise_errno(py, errno);
    return poll(py);
}
void exit_now(Thread&, CInt status) { ::_exit(status); }
void abort_now(Thread&) { ::abort(); }

Result<std::int64_t> system(Python& py, FsText const& command) {
    Detached detached(py);
    return std::int64_t(::system(command.text()));
}

constexpr MethodDef kFunctions[] = {
    function<wait>("wait", "", "Wait for a child process to end; gives (pid, status)."),
    function<waitpid>("waitpid", "pid, options, /", "Wait for a child process; gives (pid, status)."),
    function<wait3>("wait3", "options", "Wait for a child process; gives (pid, status, resource usage)."),
    function<wait4>("wait4", "pid, options", "Wait for a child process; gives (pid, status, resource usage)."),
    function<waitid>("waitid", "idtype, id, options, /", "Wait for child processes; gives a waitid_result, or None."),
    function<wcoredump>("WCOREDUMP", "status, /", "Whether the process dumped core."),
    function<wifcontinued>("WIFCONTINUED", "status", "Whether the process went on after a stop."),
    function<wifstopped>("WIFSTOPPED", "status", "Whether the process was stopped."),
    function<wifsignaled>("WIFSIGNALED", "status", "Whether a signal ended the process."),
    function<wifexited>("WIFEXITED", "status", "Whether the process ended by itself."),
    function<wexitstatus>("WEXITSTATUS", "status", "The exit code of a process that ended by itself."),
    function<wtermsig>("WTERMSIG", "status", "The signal that ended the process."),
    function<wstopsig>("WSTOPSIG", "status", "The signal that stopped the process."),
    function<exit_code>("waitstatus_to_exitcode", "status", "The exit code that a status of wait() tells; negative for a signal."),
    function<kill>("kill", "pid, signal, /", "Send a signal to a process."),
    function<killpg>("killpg", "pgid, signal, /", "Send a signal to a process group."),
    function<exit_now>("_exit", "status", "End the process at once, without any cleaning up."),
    function<abort_now>("abort", "", "End the process as by a fatal error."),
    function<system>("system", "command", "Run a command in a shell; gives its status as wait() does."),
};

}  // namespace

ORO_TYPE(waitid_result_type, kWaitidResult);

std::span<MethodDef const> process_functions() { return kFunctions; }
Result<void> add_process_types(Python& py, Module& m) { return add_struct_type(py, m, waitid_result_type); }

}  // namespace oro::posix
