// sys.monitoring: what Python sees of vm/monitoring.h.
#include "object/call.h"
#include "object/define.h"
#include "object/dict.h"
#include "object/namespace.h"
#include "runtime/monitoring_module.h"
#include "vm/monitoring.h"

namespace oro {

namespace {

using namespace monitor;

constexpr EventSet kAll = bit(Event::c_return) - 1, kLocal = (EventSet(1) << kLocalEvents) - 1;
constexpr EventSet kCalled = bit(Event::c_return) | bit(Event::c_raise);

Result<unsigned> checked_tool(Python& py, std::int64_t tool) {
    if (tool < 0 || tool >= std::int64_t(kUserTools)) return raise(py, exc::ValueError, "invalid tool {} (must be between 0 and 5)", tool);
    return unsigned(tool);
}
Result<unsigned> used_tool(Python& py, State& s, std::int64_t tool) {
    unsigned id = TRY(checked_tool(py, tool));
    if (!s.names[id].load(s.owner)) return raise(py, exc::ValueError, "tool {} is not in use", tool);
    return id;
}

// The events that a set as given stands for.
Result<EventSet> checked_events(Python& py, int given, EventSet allowed, char const* what) {
    auto events = EventSet(given);
    if (events & bit(Event::branch)) events = (events & ~bit(Event::branch)) | bit(Event::branch_left) | bit(Event::branch_right);
    EventSet called = events & kCalled;
    if (!(events & ~(kAll | kCalled)) && called) {
        if ((events & (kCalled | bit(Event::call))) != (kCalled | bit(Event::call)))
            return raise(py, exc::ValueError, "cannot set C_RETURN or C_RAISE events independently");
        events &= ~kCalled;
    }
    if (events & ~allowed) {
        char text[16];
        std::snprintf(text, sizeof text, "0x%x", events);
        return raise(py, exc::ValueError, "invalid {} 0x{}", what, text + 2);
    }
    return events;
}

Result<void> use_tool_id(Python& py, State& s, int tool_id, Borrowed<> name) {
    unsigned tool = TRY(checked_tool(py, tool_id));
    if (!is<Str>(name)) return raise(py, exc::ValueError, "tool name must be a str");
    Section section(py, s.owner);
    if (s.names[tool].peek()) return raise(py, exc::ValueError, "tool {} is already in use", tool);
    (void)s.names[tool].swap(Maybe<>(name.share()));
    return {};
}

Result<void> clear_tool_id(Python& py, State& s, int tool_id) {
    unsigned tool = TRY(checked_tool(py, tool_id));
    if (s.names[tool].load(s.owner)) clear_tool(py, tool);
    return {};
}

Result<void> free_tool_id(Python& py, State& s, int tool_id) {
    unsigned tool = TRY(checked_tool(py, tool_id));
    if (!s.names[tool].load(s.owner)) return {};
    clear_tool(py, tool);
    s.names[tool].store(s.owner, Maybe<>());
    return {};
}

Result<Maybe<>> get_tool(Python& py, State& s, int tool_id) { return s.names[TRY(checked_tool(py, tool_id))].load(s.owner); }

Result<Maybe<>> register_callback(Python& py, State& s, int tool_id, int event, Borrowed<> func) {
    unsigned tool = TRY(checked_tool(py, tool_id));
    auto events = EventSet(event);
    if (events == 0 || (events & (events - 1))) return raise(py, exc::ValueError, "The callback can only be set for one event at a time");
    auto e = unsigned(__builtin_ctz(events));
    if (e >= kEvents) return raise(py, exc::ValueError, "invalid event {}", event);
    auto callback = [&] { return func.is(kNone) ? Maybe<>() : Maybe<>(func.share()); };
    if (e == unsigned(Event::branch)) {
        for (unsigned side = 0; side < 2; ++side) {
            s.old_branch[tool][side] = true;
            (void)s.callbacks[tool][unsigned(Event::branch_left) + side].exchange(s.owner, callback());
        }
    } else if (e == unsigned(Event::branch_left) || e == unsigned(Event::branch_right)) {
        s.old_branch[tool][e - unsigned(Event::branch_left)] = false;
    }
    return s.callbacks[tool][e].exchange(s.owner, callback());
}

Result<std::int64_t> get_events(Python& py, State& s, int tool_id) { return std::int64_t(s.global_events(TRY(checked_tool(py, tool_id)))); }

Result<void> set_events(Python& py, State& s, int tool_id, int event_set) {
    unsigned tool = TRY(checked_tool(py, tool_id));
    EventSet events = TRY(checked_events(py, event_set, kAll, "event set"));
    (void)TRY(used_tool(py, s, tool));
    set_global_events(py, tool, events);
    return {};
}

Result<Code*> checked_code(Python& py, Borrowed<> code) {
    if (!is<Code>(code)) return raise(py, exc::TypeError, "code must be a code object");
    return as<Code>(code).get();
}

Result<std::int64_t> get_local_events(Python& py, int tool_id, Borrowed<> code) {
    Code* c = TRY(checked_code(py, code));
    return std::int64_t(local_events(*c, TRY(checked_tool(py, tool_id))));
}

Result<void> set_local_events_(Python& py, State& s, int tool_id, Borrowed<> code, int event_set) {
    Code* c = TRY(checked_code(py, code));
    unsigned tool = TRY(checked_tool(py, tool_id));
    EventSet events = TRY(checked_events(py, event_set, kLocal, "local event set"));
    (void)TRY(used_tool(py, s, tool));
    return set_local_events(py, tool, *c, events);
}

Result<void> restart_events_(Python& py) {
    restart_events(py);
    return {};
}

// {name of event: tools that want it, a bit each}
Result<Ref<>> all_events(Python& py, State& s) {
    Ref<Dict> out = TRY(make_dict(py));
    for (unsigned e = 0; e < kEvents; ++e)
        if (Tools tools = s.wanted[e].load(std::memory_order_relaxed))
            CHECK(dict_set(py, *out, TRY(make_interned(py, event_name(Event(e)))), Ref<>::adopt(Value::of_int(tools))));
    return out;
}

constexpr MethodDef functions[] = {
    function<use_tool_id>("use_tool_id", "tool_id, name, /", "Claim a tool number under a name."),
    function<clear_tool_id>("clear_tool_id", "tool_id, /", "Take a tool's callbacks and events away."),
    function<free_tool_id>("free_tool_id", "tool_id, /", "Give a tool number back, with its callbacks and events."),
    function<get_tool>("get_tool", "tool_id, /", "The name of a tool, or None."),
    function<register_callback>("register_callback", "tool_id, event, func, /", "Set the function for one event (None: none); gives the old one."),
    function<get_events>("get_events", "tool_id, /", "The events that a tool wants of all code."),
    function<set_events>("set_events", "tool_id, event_set, /", "Say which events a tool wants of all code."),
    function<get_local_events>("get_local_events", "tool_id, code, /", "The events that a tool wants of one code object."),
    function<set_local_events_>("set_local_events", "tool_id, code, event_set, /", "Say which events a tool wants of one code object."),
    function<restart_events_>("restart_events", "", "Fire again where DISABLE was answered."),
    function<all_events>("_all_events", "", "The tools that want each event of all code."),
};

constexpr ModuleDef monitoring_def{.name = "sys.monitoring", .functions = functions, .state_size = sizeof(State), .make_state = state_maker<State>};

}  // namespace

Result<Ref<Module>> make_monitoring(Python& py) {
    Ref<Module> module = TRY(make_module(py, TRY(make_interned(py, "sys.monitoring")), &monitoring_def));
    auto& s = *static_cast<State*>(module->state);
    s.owner = module.get();
    auto plain = [&] { return call(py, Borrowed<>(Value::of(&object_type)), {}); };
    s.disable.init(Maybe<>(TRY(plain())));
    s.missing.init(Maybe<>(TRY(plain())));
    CHECK(add_to_module(py, *module, "DISABLE", s.disable.share()));
    CHECK(add_to_module(py, *module, "MISSING", s.missing.share()));
    Ref<Dict> events = TRY(make_dict(py));
    for (unsigned e = 0; e < kEvents; ++e)
        CHECK(dict_set(py, *events, TRY(make_interned(py, event_name(Event(e)))), Ref<>::adopt(Value::of_int(std::int64_t(1) << e))));
    CHECK(dict_set(py, *events, TRY(make_interned(py, "NO_EVENTS")), Ref<>::adopt(Value::of_int(0))));
    CHECK(add_to_module(py, *module, "events", TRY(make_namespace(py, *events))));
    constexpr std::pair<char const*, int> ids[] = {{"DEBUGGER_ID", 0}, {"COVERAGE_ID", 1}, {"PROFILER_ID", 2}, {"OPTIMIZER_ID", 5}};
    for (auto [name, id] : ids) CHECK(add_to_module(py, *module, name, Ref<>::adopt(Value::of_int(id))));
    // The machine keeps the state: the module stays whatever the program does to sys.
    set_state(&s);
    (void)module.share().release();
    return module;
}

}  // namespace oro
