#include "vm/monitoring.h"

#include <algorithm>

#include "memory/world.h"
#include "object/call.h"
#include "object/exception.h"
#include "object/tuple.h"
#include "vm/instrument.h"
#include "vm/registers.h"
#include "vm/trace.h"

namespace oro::monitor {

namespace {
State* the_state;
constexpr std::string_view kNames[kEvents] = {
    "PY_START", "PY_RESUME", "PY_RETURN", "PY_YIELD", "CALL", "LINE", "INSTRUCTION", "JUMP", "BRANCH_LEFT", "BRANCH_RIGHT",
    "STOP_ITERATION", "RAISE", "EXCEPTION_HANDLED", "PY_UNWIND", "PY_THROW", "RERAISE", "C_RETURN", "C_RAISE", "BRANCH",
};
}  // namespace

State& state() { return *the_state; }
void set_state(State* s) { the_state = s; }
std::string_view event_name(Event e) { return kNames[unsigned(e)]; }

bool State::any_everywhere() const {
    return std::any_of(wanted, wanted + kLocalEvents, [](auto& tools) { return tools.load(std::memory_order_relaxed) != 0; });
}

EventSet State::global_events(unsigned tool) const {
    EventSet out = 0;
    for (unsigned e = 0; e < kEvents; ++e)
        if (wanted[e].load(std::memory_order_relaxed) >> tool & 1) out |= EventSet(1) << e;
    return out;
}

void State::trace(Visitor& v) {
    v(disable);
    v(missing);
    for (auto& name : names) v(name);
    for (auto& of_tool : callbacks)
        for (auto& callback : of_tool) v(callback);
}

void State::clear() {
    for (auto& of_tool : callbacks)
        for (auto& callback : of_tool) callback.reset();
}

Tracing& tracing_of(Thread& t) {
    if (!t.trace) t.trace = new Tracing;
    return *static_cast<Tracing*>(t.trace);
}

void free_tracing(Thread& t) {
    auto* tracing = static_cast<Tracing*>(std::exchange(t.trace, nullptr));
    if (!tracing) return;
    detail::decref(std::exchange(tracing->trace_function, Value{}));
    detail::decref(std::exchange(tracing->profile_function, Value{}));
    delete tracing;
}

void join(Thread& t) {
    if (!the_state) return;
    std::lock_guard guard(the_state->mutex);
    if (the_state->any_everywhere()) t.breaker.fetch_or(kMonitorBit, std::memory_order_release);
}

// ---- configuration

namespace {
// The state has changed; the mutex is held. Other threads learn of it at their next safepoint, this one when it catches up.
void publish_change(State& s) {
    s.version.fetch_add(1, std::memory_order_acq_rel);
    bool any = s.any_everywhere();
    for_each_mutator([&](Mutator& m) {
        if (any) m.breaker.fetch_or(kMonitorBit, std::memory_order_release);
        else m.breaker.fetch_and(~kMonitorBit, std::memory_order_release);
    });
}

// Sets one tool's bits; true if anything changed.
bool assign(State& s, unsigned tool, EventSet events) {
    if (s.global_events(tool) == events) return false;
    for (unsigned e = 0; e < kEvents; ++e) {
        Tools one = Tools(1u << tool);
        if (events >> e & 1) s.wanted[e].fetch_or(one, std::memory_order_relaxed);
        else s.wanted[e].fetch_and(Tools(~one), std::memory_order_relaxed);
    }
    return true;
}
}  // namespace

void set_global_events(Python& py, unsigned tool, EventSet events, std::atomic<int> const* users) {
    State& s = state();
    {
        std::lock_guard guard(s.mutex);
        // Looked at here: of several threads that come and go the last one sees how many are left.
        if (users && users->load(std::memory_order_relaxed) <= 0) events = 0;
        if (!assign(s, tool, events)) return;
        publish_change(s);
    }
    catch_up(py);
}

Result<void> set_local_events(Python& py, unsigned tool, Code& code, EventSet events) {
    CHECK(unfold(py, code));
    State& s = state();
    std::lock_guard guard(s.mutex);
    want_locally(s, code, tool, events);
    return {};
}

EventSet local_events(Code& code, unsigned tool) {
    State& s = state();
    std::lock_guard guard(s.mutex);
    return wanted_locally(s, code, tool);
}

void restart_events(Python& py) {
    State& s = state();
    {
        std::lock_guard guard(s.mutex);
        s.restarts.fetch_add(1, std::memory_order_relaxed);
        publish_change(s);
        rewrite_local(s);
    }
    catch_up(py);
}

void clear_tool(Python& py, unsigned tool) {
    State& s = state();
    for (unsigned e = 0; e < kEvents; ++e) s.callbacks[tool][e].store(s.owner, Maybe<>());
    {
        std::lock_guard guard(s.mutex);
        assign(s, tool, 0);
        ++s.tool_versions[tool];
        publish_change(s);
        rewrite_local(s);
    }
    catch_up(py);
}

// ---- firing

void catch_up(Thread& t) {
    State& s = state();
    Tracing& tracing = tracing_of(t);
    std::uint32_t version = s.version.load(std::memory_order_acquire);
    if (tracing.version == version) {
        if (t.frame) rewrite_if_stale(s, *t.frame->code.get());
        return;
    }
    for (Frame* f = t.frame; f; f = f->previous.is_null() ? nullptr : f->previous.get()) rewrite_if_stale(s, *f->code.get());
    tracing.version = version;
}

bool fire(Python& py, Event e, Tools tools, Value const* args, std::size_t n, Tools* disabled) {
    State& s = state();
    Tracing& tracing = tracing_of(py);
    if (tracing.inside > 0) return true;
    struct Jumping {
        Tracing& tracing;
        Frame* outer;
        ~Jumping() { tracing.jumping = outer; }
    } jumping{tracing, std::exchange(tracing.jumping, py.frame)};
    while (tools) {
        unsigned tool = 7 - unsigned(__builtin_clz(tools) - 24);
        tools = Tools(tools & ~(1u << tool));
        if (tool >= kUserTools) {
            Legacy answer = tool == kTraceTool ? trace_event(py, tracing, e, args, n) : profile_event(py, tracing, e, args, n);
            if (answer == Legacy::raised) return false;
            if (answer == Legacy::disable) *disabled = Tools(*disabled | 1u << tool);
            continue;
        }
        Maybe<> callback = s.callbacks[tool][unsigned(e)].load(s.owner);
        if (!callback) continue;
        Event outer = std::exchange(tracing.event, e);
        ++tracing.inside;
        auto answer = call(py, *callback, std::span<Value const>(args, n));
        --tracing.inside;
        tracing.event = outer;
        if (answer.raised()) return false;
        if (std::move(answer).take().value() != s.disable.value()) continue;
        if (unsigned(e) < kLocalEvents) {
            *disabled = Tools(*disabled | 1u << tool);
            continue;
        }
        s.callbacks[tool][unsigned(e)].store(s.owner, Maybe<>());
        (void)raise(py, exc::ValueError, "Cannot disable {} events. Callback removed.", event_name(e));
        return false;
    }
    return true;
}

bool fire_exception(Python& py, Event e, Value about) {
    if (!py.frame || tracing_of(py).inside > 0) return true;
    bool pending = about.is_null();
    Ref<> exception = pending ? take_raised(py).take() : share(about);
    Frame& frame = *py.frame;
    Code& code = *frame.code.get();
    Value args[] = {Value::of(&code), Value::of_int(std::int64_t(code.index_of(frame.pc.get())) * 2), exception.value()};
    Tools disabled = 0;
    if (!fire(py, e, wanted(e), args, 3, &disabled)) return false;
    if (pending) restore_raised(py, std::move(exception));
    return true;
}

}  // namespace oro::monitor
