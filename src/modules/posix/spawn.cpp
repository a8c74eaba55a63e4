// posix_spawn and posix_spawnp.
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <unistd.h>

#include "modules/posix/posix.h"
#include "object/call.h"
#include "object/list.h"
#include "runtime/signals.h"

namespace oro::posix {

bool is_mapping(Borrowed<> v);

namespace {

enum Action : int { kOpen, kClose, kDup2, kCloseFrom };

struct Actions {
    posix_spawn_file_actions_t actions;
    std::vector<Ref<Bytes>> paths;
    Actions() { posix_spawn_file_actions_init(&actions); }
    ~Actions() { posix_spawn_file_actions_destroy(&actions); }
};
struct Attributes {
    posix_spawnattr_t attributes;
    Attributes() { posix_spawnattr_init(&attributes); }
    ~Attributes() { posix_spawnattr_destroy(&attributes); }
};

Result<int> item(Python& py, Borrowed<Tuple> action, std::size_t i) { return c_int_from(py, action->at(i)); }

Result<void> add_action(Python& py, Actions& a, Borrowed<Tuple> action) {
    static constexpr struct { char const* name; std::size_t size; } kKinds[] = {
        {"A open file_action tuple must have 5 elements", 5}, {"A close file_action tuple must have 2 elements", 2},
        {"A dup2 file_action tuple must have 3 elements", 3}, {"A closefrom file_action tuple must have 2 elements", 2}};
    std::int64_t kind = TRY(to_c_long(py, action->at(0)));
    if (kind < 0 || kind > 3) return raise(py, exc::TypeError, "Unknown file_actions identifier");
    if (action->size != kKinds[kind].size) return raise(py, exc::TypeError, kKinds[kind].name);
    int fd = TRY(item(py, action, 1)), error = 0;
    switch (kind) {
        case kOpen: {
            a.paths.push_back(TRY(fs_encode(py, action->at(2))));
            int flags = TRY(item(py, action, 3));
            std::int64_t mode = TRY(to_c_long(py, action->at(4)));
            error = posix_spawn_file_actions_addopen(&a.actions, fd, a.paths.back()->data, flags, mode_t(mode));
            break;
        }
        case kClose: error = posix_spawn_file_actions_addclose(&a.actions, fd); break;
        case kDup2: {
            int to = TRY(item(py, action, 2));
            error = posix_spawn_file_actions_adddup2(&a.actions, fd, to);
            break;
        }
        default: error = posix_spawn_file_actions_addclosefrom_np(&a.actions, fd);
    }
    if (error) return raise_errno(py, error);
    return {};
}

Result<void> add_actions(Python& py, Actions& a, Optional<> file_actions) {
    if (!file_actions || file_actions.value() == kNone) return {};
    auto& type = type_of(file_actions.value());
    if (!file_actions.value().is_pointer() || !type.slot(Dunder::getitem) || type.has(type_flag::dict)) {
        return raise(py, exc::TypeError, "file_actions must be a sequence or None");
    }
    Ref<Tuple> items = TRY(tuple_from(py, *file_actions));
    for (std::size_t i = 0; i < items->size; ++i) {
        Borrowed<> action = items->at(i);
        if (!is<Tuple>(action) || as<Tuple>(action)->size == 0) {
            return raise(py, exc::TypeError, "Each file_actions element must be a non-empty tuple");
        }
        CHECK(add_action(py, a, as<Tuple>(action)));
    }
    return {};
}

struct Wishes {
    Optional<> file_actions, setpgroup;
    bool resetids, setsid;
    Optional<> setsigmask, setsigdef, scheduler;
};

Result<void> set_attributes(Python& py, char const* function, Attributes& a, Wishes const& w) {
    int flags = 0;
    auto set = [&](int error) -> Result<void> {
        if (error) return raise_errno(py, error);
        return {};
    };
    auto given = [](Optional<> v) { return v && v.value() != kNone; };
    if (given(w.setpgroup)) {
        int group = TRY(c_int_from(py, *w.setpgroup));
        CHECK(set(posix_spawnattr_setpgroup(&a.attributes, group)));
        flags |= POSIX_SPAWN_SETPGROUP;
    }
    if (w.resetids) flags |= POSIX_SPAWN_RESETIDS;
    if (w.setsid) flags |= POSIX_SPAWN_SETSID;
    sigset_t signals;
    if (w.setsigmask) {
        CHECK(signal_set_from(py, *w.setsigmask, signals));
        CHECK(set(posix_spawnattr_setsigmask(&a.attributes, &signals)));
        flags |= POSIX_SPAWN_SETSIGMASK;
    }
    if (w.setsigdef) {
        CHECK(signal_set_from(py, *w.setsigdef, signals));
        CHECK(set(posix_spawnattr_setsigdefault(&a.attributes, &signals)));
        flags |= POSIX_SPAWN_SETSIGDEF;
    }
    if (given(w.scheduler)) {
        if (!is<Tuple>(*w.scheduler)) return raise(py, exc::TypeError, "{}: scheduler must be a tuple or None", function);
        Borrowed<Tuple> pair = as<Tuple>(*w.scheduler);
        if (pair->size != 2) return raise(py, exc::TypeError, "A scheduler tuple must have two elements");
        if (!pair->at(0).is(kNone)) {
            int policy = TRY(item(py, pair, 0));
            CHECK(set(posix_spawnattr_setschedpolicy(&a.attributes, policy)));
            flags |= POSIX_SPAWN_SETSCHEDULER;
        }
        struct sched_param p{};
        p.sched_priority = TRY(sched_priority_of(py, pair->at(1)));
        CHECK(set(posix_spawnattr_setschedparam(&a.attributes, &p)));
        flags |= POSIX_SPAWN_SETSCHEDPARAM;
    }
    return set(posix_spawnattr_setflags(&a.attributes, short(flags)));
}

Result<std::int64_t> spawn(Python& py, char const* function, bool search, Path const& path, Borrowed<> argv, Borrowed<> env, Wishes const& w) {
    TextArray arguments = TRY(argument_array(py, function, false, argv));
    TextArray environment;
    if (!env.is(kNone)) {
        if (!is_mapping(env)) return raise(py, exc::TypeError, "{}: environment must be a mapping object or None", function);
        environment = TRY(environment_array(py, env));
    }
    char** variables = env.is(kNone) ? environ : environment.pointers.data();
    Actions actions;
    CHECK(add_actions(py, actions, w.file_actions));
    Attributes attributes;
    CHECK(set_attributes(py, function, attributes, w));
    pid_t pid = 0;
    int error;
    {
        Detached detached(py);
        error = (search ? posix_spawnp : posix_spawn)(&pid, path.text, &actions.actions, &attributes.attributes, arguments.pointers.data(), variables);
    }
    if (error) return raise_errno(py, error, path.name());
    return pid;
}

Result<std::int64_t> spawn_path(Python& py, FilePath path, Borrowed<> argv, Borrowed<> env, Optional<> file_actions, Optional<> setpgroup,
                                bool resetids, bool setsid, Optional<> setsigmask, Optional<> setsigdef, Optional<> scheduler) {
    return spawn(py, "posix_spawn", false, path, argv, env, {file_actions, setpgroup, resetids, setsid, setsigmask, setsigdef, scheduler});
}
Result<std::int64_t> spawn_search(Python& py, FilePath path, Borrowed<> argv, Borrowed<> env, Optional<> file_actions, Optional<> setpgroup,
                                  bool resetids, bool setsid, Optional<> setsigmask, Optional<> setsigdef, Optional<> scheduler) {
    return spawn(py, "posix_spawnp", true, path, argv, env, {file_actions, setpgroup, resetids, setsid, setsigmask, setsigdef, scheduler});
}

#define SPAWN_SIGNATURE                                                                                                        \
    "path, argv, env, /, *, file_actions=(), setpgroup=None, resetids=False, setsid=False, setsigmask=(), setsigdef=(), scheduler=None"

constexpr MethodDef kFunctions[] = {
    function<spawn_path>("posix_spawn", SPAWN_SIGNATURE, "Start a program in a new process; gives its id."),
    function<spawn_search>("posix_spawnp", SPAWN_SIGNATURE, "Start a program, looked for in PATH, in a new process; gives its id."),
};

}  // namespace

std::span<MethodDef const> spawn_functions() { return kFunctions; }

}  // namespace oro::posix
