// Code that is watched: which instructions carry the opcode `instrumented`, and what is to be fired at each.
//
// Only opcode bytes change, each by an atomic store, so that no thread needs to be stopped: whether a thread reads the old byte or the
// new one, it runs the same operation, with or without events. What the operation really is stands in the code unit, which never
// changes. `instrumented` (vm/monitored.cpp) fires the events and runs it. A comparison that is FUSED with the jump behind it is
// instrumented with the jump, and then leaves the jump to itself.
//
// A nop only shows a line to traces. Jumps of running code pass over nops; a jump that is instrumented goes where the code unit says.
//
// A code object gets its table of points when it is first rewritten, and keeps it; the table is read at any time and changed under the
// state's mutex.
#pragma once
#include "vm/monitoring.h"

namespace oro::monitor {

// Whether an instruction begins a line, as LINE events see it: a line event is due where the instruction before, as executed, was on
// another line. Where that can be told from the code alone it is.
enum class LineStart : std::uint8_t { no, yes, depends };
// One an instruction. `watch` gets the instructions at which the current line has to be noted, if any depends on it.
std::vector<LineStart> line_starts(Code const& code, std::vector<bool>& watch);

// What hangs on an instruction. The events of the last three slots differ by operation: see events_of.
struct Point {
    enum Slot : std::uint8_t { line, instruction, first, second, third, kSlots };
    std::atomic<Tools> active[kSlots] = {};      // who is to be called
    Tools disabled[kSlots] = {};                 // who has answered DISABLE
    LineStart start = LineStart::no;
    bool watch = false;
    bool idle() const;
};
struct PointEvents {
    static constexpr std::uint8_t kNone = 0xFF;
    std::uint8_t of[3] = {kNone, kNone, kNone};  // events of the slots first, second, third
};
PointEvents events_of(ImageUnit const& unit, std::uint32_t index);

// The first instruction from `index` on that does something.
std::uint32_t past_nops(ImageUnit const& unit, std::uint32_t index);

struct Points {
    std::atomic<std::uint32_t> version{0};       // of the state that the bytes correspond to
    std::uint32_t restarts = 0;
    std::uint32_t tool_versions[kTools] = {};
    EventSet local[kTools] = {};
    Tools wanted[kLocalEvents] = {};             // as of the last rewriting
    bool listed = false;                         // in State::local_codes
    std::uint32_t count;
    Point* points;
    explicit Points(std::uint32_t n) : count(n), points(new Point[n]) {}
    ~Points() { delete[] points; }
};

// ---- rewriting; `..._locally` with the mutex held.
void rewrite_if_stale(State& s, Code& code);
void want_locally(State& s, Code& code, unsigned tool, EventSet events);
EventSet wanted_locally(State& s, Code& code, unsigned tool);
// All code with local events: no breaker would tell it of a change.
void rewrite_local(State& s);
// The table of a code object that dies.
void free_points(Code& code);
// Tools that answered DISABLE at this instruction.
void disable_at(State& s, Code& code, std::uint32_t index, Point::Slot slot, Tools tools);

inline bool is_instrumented(Instruction const* pc) {
    return __atomic_load_n(reinterpret_cast<std::uint8_t const*>(pc), __ATOMIC_RELAXED) == std::uint8_t(Opcode::instrumented);
}

}  // namespace oro::monitor

namespace oro {
// The operation at an instruction, seen through specialisation and instrumentation.
inline Opcode operation_at(Code const& code, Instruction const* pc) { return code.unit->words()[code.index_of(pc)].op(); }
}  // namespace oro
