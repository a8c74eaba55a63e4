// _posixsubprocess: fork_exec, which subprocess starts programs with.
#include <limits.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "modules/_posixsubprocess/child.h"
#include "object/bytes.h"
#include "object/call.h"
#include "object/define.h"
#include "object/detached.h"
#include "object/interpreter.h"
#include "object/list.h"
#include "runtime/file_names.h"
#include "runtime/fork.h"

namespace oro::posixsubprocess {

namespace {

enum Argument {
    kArgs, kExecutables, kCloseFds, kPassFds, kCwd, kEnv, kP2cRead, kP2cWrite, kC2pRead, kC2pWrite, kErrRead, kErrWrite, kErrPipeRead,
    kErrPipeWrite, kRestoreSignals, kSetsid, kPgid, kGid, kGroups, kUid, kUmask, kPreexec, kCount
};

struct Texts {
    std::vector<Ref<Bytes>> texts;
    std::vector<char*> pointers;
    void finish() {
        for (auto& t : texts) pointers.push_back(t->data);
        pointers.push_back(nullptr);
    }
};
Result<Texts> texts_from(Python& py, Borrowed<> sequence) {
    Ref<Tuple> items = TRY(tuple_from(py, sequence));
    Texts out;
    for (std::size_t i = 0; i < items->size; ++i) out.texts.push_back(TRY(fs_encode(py, items->at(i))));
    out.finish();
    return out;
}

Result<int> small(Python& py, Value v) {
    std::int64_t n = TRY(to_int64(py, Borrowed<>(v), &exc::OverflowError));
    if (n != int(n)) return raise(py, exc::OverflowError, "Python int too large to convert to C int");
    return int(n);
}
Result<std::uint32_t> id_from(Python& py, Borrowed<> v, char const* what) {
    if (!is_any_int(v.value())) return raise(py, exc::TypeError, "{} should be integer, not {}", what, TypeName{v.value()});
    std::int64_t n;
    bool fits = to_int64(PlainInt(int_number(v.value())), n);
    if (fits && n == -1) return std::uint32_t(-1);
    if (int_is_negative(int_number(v.value()))) return raise(py, exc::OverflowError, "{} is less than minimum", what);
    if (!fits || n >= 0xFFFFFFFF) return raise(py, exc::OverflowError, "{} is greater than maximum", what);
    return std::uint32_t(n);
}

Result<std::vector<int>> kept_from(Python& py, Value v) {
    if (!is<Tuple>(v)) return raise(py, exc::TypeError, "fork_exec() argument 4 must be tuple, not {}", TypeName{v});
    std::vector<int> kept;
    for (Value item : as<Tuple>(v)->items()) {
        // Ascending numbers, so that the gaps between them can be closed.
        std::int64_t n;
        bool good = is_any_int(item) && to_int64(PlainInt(int_number(item)), n) && n >= 0 && n <= INT_MAX && (kept.empty() || n > kept.back());
        if (!good) return raise(py, exc::ValueError, "bad value(s) in fds_to_keep");
        kept.push_back(int(n));
    }
    return kept;
}

struct Preexec {
    Python& py;
    Borrowed<> function;
};
bool call_preexec(void* p) {
    auto& preexec = *static_cast<Preexec*>(p);
    return !call(preexec.py, preexec.function, {}).raised();
}

// Returns in the parent only.
[[gnu::noinline]] pid_t start_child(ChildPlan const& plan, bool shared_memory) {
    pid_t pid = shared_memory ? vfork() : fork();
    if (pid == 0) run_child(plan);
    return pid;
}

Result<Ref<>> run(Python& py, Value const* a) {
    bool has_preexec = a[kPreexec] != kNone;
    if (has_preexec && py.interpreter->finalizing) return raise(py, exc::PythonFinalizationError, "preexec_fn not supported at interpreter shutdown");
    ChildPlan plan{};
    plan.close_fds = TRY(truth(py, Borrowed<>(a[kCloseFds])));
    std::vector<int> kept = TRY(kept_from(py, a[kPassFds]));
    plan.keep = kept;
    struct Number { Argument which; int* to; };
    int pgid;
    for (Number n : {Number{kP2cRead, &plan.p2cread}, {kP2cWrite, &plan.p2cwrite}, {kC2pRead, &plan.c2pread}, {kC2pWrite, &plan.c2pwrite},
                     {kErrRead, &plan.errread}, {kErrWrite, &plan.errwrite}, {kErrPipeRead, &plan.errpipe_read},
                     {kErrPipeWrite, &plan.errpipe_write}, {kPgid, &pgid}, {kUmask, &plan.umask}}) {
        *n.to = TRY(small(py, a[n.which]));
    }
    plan.pgid_to_set = pgid;
    plan.restore_signals = TRY(truth(py, Borrowed<>(a[kRestoreSignals])));
    plan.call_setsid = TRY(truth(py, Borrowed<>(a[kSetsid])));
    if (plan.close_fds && plan.errpipe_write < 3) return raise(py, exc::ValueError, "errpipe_write must be >= 3");

    Texts programs = TRY(texts_from(py, Borrowed<>(a[kExecutables])));
    plan.programs = programs.pointers.data();
    Texts arguments;
    if (a[kArgs] != kNone) {
        arguments = TRY(texts_from(py, Borrowed<>(a[kArgs])));
        plan.argv = arguments.pointers.data();
    }
    Texts environment;
    if (a[kEnv] != kNone) {
        environment = TRY(texts_from(py, Borrowed<>(a[kEnv])));
        plan.environment = environment.pointers.data();
    }
    Maybe<Bytes> cwd;
    if (a[kCwd] != kNone) {
        cwd = TRY(fs_encode(py, Borrowed<>(a[kCwd])));
        plan.cwd = cwd->data;
    }
    std::vector<gid_t> groups;
    if (a[kGroups] != kNone) {
        if (!is<List>(a[kGroups])) return raise(py, exc::TypeError, "setgroups argument must be a list");
        Ref<Tuple> items = TRY(tuple_from(py, Borrowed<>(a[kGroups])));
        if (items->size > NGROUPS_MAX) return raise(py, exc::ValueError, "too many extra_groups");
        for (std::size_t i = 0; i < items->size; ++i) {
            if (!is_any_int(items->slots[i])) return raise(py, exc::TypeError, "extra_groups must be integers");
            auto id = id_from(py, items->at(i), "gid");
            if (id.raised()) {
                clear_raised(py);
                return raise(py, exc::ValueError, "invalid group id");
            }
            groups.push_back(std::move(id).take());
        }
        plan.set_groups = true;
        plan.groups = groups;
    }
    if (a[kGid] != kNone) {
        plan.gid = TRY(id_from(py, Borrowed<>(a[kGid]), "gid"));
        plan.set_gid = true;
    }
    if (a[kUid] != kNone) {
        plan.uid = TRY(id_from(py, Borrowed<>(a[kUid]), "uid"));
        plan.set_uid = true;
    }

    if (has_preexec) {
        Preexec preexec{py, Borrowed<>(a[kPreexec])};
        plan.preexec = call_preexec;
        plan.preexec_argument = &preexec;
        pid_t pid = TRY(fork_process(py, "fork_exec", [](void*) { return ::fork(); }, nullptr));
        if (pid == 0) run_child(plan);
        return Ref<>::immediate(Value::of_int(pid));
    }
    // No signal may reach a handler while the child shares this process's memory.
    sigset_t all, old;
    sigfillset(&all);
    pid_t pid;
    int error;
    {
        Detached detached(py);
        pthread_sigmask(SIG_BLOCK, &all, &old);
        plan.mask = &old;
        bool shared_memory = !plan.set_uid && !plan.set_gid && !plan.set_groups;
        pid = start_child(plan, shared_memory);
        error = errno;
        pthread_sigmask(SIG_SETMASK, &old, nullptr);
    }
    if (pid < 0) return raise_errno(py, error);
    return Ref<>::immediate(Value::of_int(pid));
}

Value fork_exec(Python& py, Native&, Value, Value const* args, std::size_t n, Tuple* names) {
    if (names && names->size) {
        (void)raise(py, exc::TypeError, "_posixsubprocess.fork_exec() takes no keyword arguments");
        return {};
    }
    if (n != kCount) {
        (void)raise(py, exc::TypeError, "fork_exec expected {} arguments, got {}", int(kCount), n);
        return {};
    }
    return run(py, args).release();
}

constexpr MethodDef kFunctions[] = {
    raw_def("fork_exec",
            "args, executable_list, close_fds, pass_fds, cwd, env, p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite, errpipe_read, "
            "errpipe_write, restore_signals, call_setsid, pgid_to_set, gid, extra_groups, uid, child_umask, preexec_fn, /",
            "Make a child process and start a program in it; what goes wrong there is written to errpipe_write.", fork_exec,
            MethodKind::static_),
};

}  // namespace

ORO_MODULE(subprocess_module, .name = "_posixsubprocess", .doc = "Starting programs; programs use it through subprocess.", .functions = kFunctions);

}  // namespace oro::posixsubprocess
