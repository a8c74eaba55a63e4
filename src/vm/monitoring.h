// Which tools want which events: the state behind sys.monitoring, sys.settrace and sys.setprofile.
//
// Eight tools at most. Six are the program's (sys.monitoring); two are internal and serve sys.setprofile and sys.settrace
// (vm/trace.h): they are asked like the others, but each thread has its own function, or none. Events are wanted of all code
// (global) or of one code object (local).
//
// How code that isn't watched pays nothing: events hang on instructions whose opcode byte is replaced by `instrumented`
// (vm/instrument.h). A change of the global events gives the state a new version and sets the monitor bit of every thread's
// breaker; the bit stays as long as any such event is wanted globally. With it, a frame that passes `resume` or a back edge compares
// the version that its code was rewritten for. Otherwise the bit is clear, and code that is still rewritten heals at the first
// instrumented instruction that it meets. No thread is stopped for any of this: see vm/instrument.h.
//
// Configuration changes under `mutex`, which is never held while Python runs; events are fired without it.
#pragma once
#include <mutex>
#include <vector>

#include "object/native.h"
#include "vm/frame.h"

namespace oro::monitor {

enum class Event : std::uint8_t {
    py_start, py_resume, py_return, py_yield, call, line, instruction, jump, branch_left, branch_right, stop_iteration,
    raise, exception_handled, py_unwind, py_throw, reraise, c_return, c_raise, branch,
};
inline constexpr unsigned kEvents = 19;
inline constexpr unsigned kLocalEvents = 11;     // those that hang on instructions come first
inline constexpr unsigned kTools = 8, kUserTools = 6, kProfileTool = 6, kTraceTool = 7;
using Tools = std::uint8_t;                      // a bit a tool
using EventSet = std::uint32_t;                  // a bit an event
constexpr EventSet bit(Event e) { return EventSet(1) << unsigned(e); }
inline constexpr std::uint32_t kMonitorBit = breaker::pending;
std::string_view event_name(Event e);

struct State : ModuleState {
    Object* owner = nullptr;                     // the module sys.monitoring: its lock guards the members; it stays for good
    Fixed<> disable, missing;                    // sys.monitoring.DISABLE and MISSING
    Member<> names[kUserTools];                  // null: not in use
    Member<> callbacks[kUserTools][kEvents];
    std::atomic<bool> old_branch[kUserTools][2] = {};  // the callback of branch_left, branch_right was given for BRANCH
    std::atomic<Tools> wanted[kEvents] = {};     // by whom, of all code
    std::atomic<std::uint32_t> version{1};       // grows with each change of what is wanted globally
    std::atomic<std::uint32_t> restarts{0};      // calls of restart_events
    std::atomic<int> users[2] = {};              // threads with a trace function, with a profile function
    std::mutex mutex;                            // all changes of the above, and all rewriting of code
    std::vector<Code*> local_codes;              // those with local events of some tool; they leave it when they die
    std::uint32_t tool_versions[kTools] = {};    // a tool's local events are void when it was freed since

    bool any_everywhere() const;                 // any event that hangs on instructions is wanted of all code
    EventSet global_events(unsigned tool) const;
    void trace(Visitor& v) override;
    void clear() override;
};
State& state();
void set_state(State* s);
// Whether any tool wants the event of all code. For events that hang on no instruction.
inline Tools wanted(Event e) { return state().wanted[unsigned(e)].load(std::memory_order_relaxed); }

// What a thread knows of its tracing: Thread::trace, made when first needed. The functions may be set from another thread while the
// world is stopped.
struct Tracing {
    Value trace_function, profile_function;      // owned; null: none
    int inside = 0;                              // callbacks under way: no events meanwhile
    std::uint32_t version = 0;                   // of the state when its frames' code was rewritten last
    Event event = Event::py_start;               // that the innermost callback is about
    Frame* jumping = nullptr;                    // whose f_lineno the running trace function may set
};
Tracing& tracing_of(Thread& t);
void free_tracing(Thread& t);
// A new thread, registered: events that are wanted already concern it too.
void join(Thread& t);

// ---- configuration. `tool` is valid.
// If `users` is given, the tool wants the events as long as that isn't zero.
void set_global_events(Python& py, unsigned tool, EventSet events, std::atomic<int> const* users = nullptr);
Result<void> set_local_events(Python& py, unsigned tool, Code& code, EventSet events);
EventSet local_events(Code& code, unsigned tool);
void restart_events(Python& py);
// Callbacks and events of a tool go.
void clear_tool(Python& py, unsigned tool);

// ---- firing
// The breaker's monitor bit is set: brings the code of this thread's frames up to date.
void catch_up(Thread& t);
// Calls the tools' callbacks, the highest number first. Those that answered DISABLE are in *disabled. False: one has raised.
bool fire(Python& py, Event e, Tools tools, Value const* args, std::size_t n, Tools* disabled);
// An event of all code about the frame on top and the exception on the thread, or about `exception` if given (with none on the
// thread).
// If a callback raises, that exception is on the thread afterwards: false.
bool fire_exception(Python& py, Event e, Value exception = {});
// The same where nobody may want it.
inline bool about_exception(Thread& t, Event e) { return !wanted(e) || fire_exception(static_cast<Python&>(t), e); }

}  // namespace oro::monitor
