// sys.settrace and sys.setprofile: the two internal tools of vm/monitoring.h. Their functions belong to a thread; their events are wanted
// of all code as long as any thread has a function.
#pragma once
#include "vm/monitoring.h"

namespace oro::monitor {

enum class Legacy : std::uint8_t { go_on, disable, raised };
// One event for this thread's function, called on behalf of the tool; go_on if it has none.
Legacy trace_event(Python& py, Tracing& tracing, Event e, Value const* args, std::size_t n);
Legacy profile_event(Python& py, Tracing& tracing, Event e, Value const* args, std::size_t n);

enum class LegacyKind : std::uint8_t { trace, profile };
// Null: none. The old function is dropped.
void set_function(Python& py, LegacyKind kind, Maybe<> f);
void set_function_everywhere(Python& py, LegacyKind kind, Maybe<> f);
Maybe<> function_of(Python& py, LegacyKind kind);
// The thread ends.
void drop_functions(Thread& t);
// In the child after fork: the other threads are gone, with their functions.
void forget_other_threads(Python& py);
// frame.f_trace_opcodes: 'opcode' events in this code.
Result<void> want_opcodes(Python& py, Code& code, bool on);

}  // namespace oro::monitor
