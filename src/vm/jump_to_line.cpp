// Sending a frame to another line.
//
// A jump is possible if each temporary that the code at the line counts on is there already and holds the same kind of thing. What the
// frame holds besides is dropped: iterators of loops that are left, exits of `with` blocks, and exceptions being handled, which also
// cease to be.
#include "vm/jump_to_line.h"

#include "bytecode/verify.h"
#include "object/int.h"
#include "object/warn.h"
#include "vm/code_names.h"
#include "vm/frame_object.h"
#include "vm/op.h"

namespace oro {

namespace monitor {

namespace {
constexpr std::uint64_t kArrival = std::uint64_t(1) << 63;
}

void mark_arrival(Frame& frame, std::uint32_t index) { frame.flags = (frame.flags & 0xFFFFFFFF) | kArrival | std::uint64_t(index + 1) << 32; }

bool take_arrival(Frame& frame, std::uint32_t index) {
    if (!(frame.flags & kArrival)) return false;
    auto marked = std::uint32_t((frame.flags & ~kArrival) >> 32);
    frame.flags &= 0xFFFFFFFF;
    return marked == index + 1;
}

}  // namespace monitor

namespace {

using monitor::Event;

// Why the frame can't be sent elsewhere now; null if it can.
char const* refusal(Python& py, FrameObject& o) {
    auto* tracing = static_cast<monitor::Tracing*>(py.trace);
    if (!tracing || tracing->inside == 0) return "f_lineno can only be set in a trace function";
    constexpr char const* kLineOnly = "can only jump from a 'line' trace event";
    if (!tracing->jumping || tracing->jumping != o.frame.load(std::memory_order_acquire)) return kLineOnly;
    switch (tracing->event) {
        case Event::line:
        case Event::jump:
        case Event::branch_left:
        case Event::branch_right:
        case Event::instruction:
        case Event::py_resume:
        case Event::py_yield: return nullptr;
        case Event::py_start: return "can't jump from the 'call' trace event of a new frame";
        case Event::call:
        case Event::c_return: return "can't jump during a call";
        default: return kLineOnly;
    }
}

char const* missing(Temp kind) {
    switch (kind) {
        case Temp::iterator: return "can't jump into the body of a for loop";
        case Temp::exception:
        case Temp::handled: return "can't jump into an 'except' block as there's no exception";
        default: return "incompatible stacks";
    }
}

// Why a frame with temporaries `from` can't go on where `to` is expected; null if it can. The innermost thing counts.
char const* difference(std::vector<Temp> const& from, std::vector<Temp> const& to) {
    for (std::size_t i = to.size(); i-- > 0;)
        if (to[i] >= Temp::value && from[i] != to[i]) return missing(to[i]);
    return nullptr;
}

std::size_t depth(std::vector<Temp> const& state) {
    std::size_t n = 0;
    for (Temp t : state) n += t >= Temp::value;
    return n;
}

// The instruction to go to for a line, or why there is none.
struct Target {
    std::uint32_t index = 0;
    char const* problem = nullptr;
};

Target find_target(ImageUnit const& unit, std::vector<Position> const& positions, std::vector<std::vector<Temp>> const& states, std::uint32_t here,
                   std::int32_t line) {
    Target best;
    bool found = false;
    std::size_t best_depth = 0;
    std::uint32_t first = 0;
    while (first < unit.word_count && unit.words()[first].op() != Opcode::resume) ++first;
    for (std::uint32_t i = first + 1; i < unit.word_count; ++i) {
        // Where the line begins, in the order of the code.
        if (positions[i].line != line || positions[i - 1].line == line) continue;
        if (unit.words()[i].op() == Opcode::call_ext || unit.words()[i].op() == Opcode::resume || states[i].empty()) continue;
        if (char const* problem = difference(states[here], states[i])) {
            if (!found) best.problem = problem;
            continue;
        }
        std::size_t d = depth(states[i]);
        if (!found || d > best_depth) {
            best = {i, nullptr};
            best_depth = d;
        }
        found = true;
    }
    if (!found && !best.problem) best.problem = "can't jump to unreachable code";
    return best;
}

// Locals that are not bound become None: the code there may count on them.
Result<void> bind_locals(Python& py, Frame& frame) {
    Code& code = *frame.code.get();
    std::vector<std::uint32_t> unbound;
    for (std::uint32_t r = 0; r < code.local_count; ++r)
        if (frame.registers()[r].is_null() && !is_cell_register(code, r)) unbound.push_back(r);
    if (unbound.empty()) return {};
    CHECK(warn(py, exc::RuntimeWarning, "assigning None to {} unbound local{}", unbound.size(), unbound.size() == 1 ? "" : "s"));
    for (std::uint32_t r : unbound)
        if (frame.registers()[r].is_null()) frame.registers()[r] = kNone;
    return {};
}

}  // namespace

Result<void> jump_to_line(Python& py, FrameObject& o, Borrowed<> value) {
    if (!is_any_int(value.value())) return raise(py, exc::ValueError, "lineno must be an integer");
    if (char const* why = refusal(py, o)) return raise(py, exc::ValueError, why);
    std::int64_t wanted = TRY(to_int64(py, value, &exc::OverflowError));
    if (wanted != std::int32_t(wanted)) return raise(py, exc::ValueError, "lineno out of range");
    auto line = std::int32_t(wanted);
    Frame& frame = *o.frame.load(std::memory_order_acquire);
    Code& code = *frame.code.get();
    ImageUnit const& unit = *code.unit;
    if (line < std::int32_t(unit.first_line)) return raise(py, exc::ValueError, "line {} comes before the current code block", line);
    // A line without code stands for the next one that has some.
    std::int32_t next = INT32_MAX;
    for (Position const& p : positions_of(code))
        if (p.line >= line && p.line < next) next = p.line;
    if (next == INT32_MAX) return raise(py, exc::ValueError, "line {} comes after the current code block", line);
    std::uint32_t here = code.index_of(frame.pc.get());
    CodeView view{{unit.words(), unit.word_count}, {unit.exceptions(), unit.exception_count}, {}, {unit.local_kinds(), unit.local_count}, {}, unit.registers, {}};
    std::vector<std::vector<Temp>> states = temporaries(view);
    if (states[here].empty()) return raise(py, exc::ValueError, "can't jump from unreachable code");
    Target target = find_target(unit, positions_of(code), states, here, next);
    if (target.problem) return raise(py, exc::ValueError, target.problem);
    CHECK(bind_locals(py, frame));
    std::vector<Temp> const &from = states[here], &to = states[target.index];
    Value* regs = frame.registers();
    for (std::uint32_t r = code.registers; r-- > code.local_count;) {
        std::size_t i = r - code.local_count;
        if (to[i] >= Temp::value) continue;
        Value old = std::exchange(regs[r], Value{});
        if (from[i] == Temp::handled) {
            Value now = std::exchange(py.handled->exception, old == kNone ? Value{} : reg::publish(old));
            detail::decref(now);
        } else {
            reg::release(old);
        }
    }
    frame.pc.set(code.code.load(std::memory_order_relaxed) + target.index);
    monitor::mark_arrival(frame, target.index);
    return {};
}

}  // namespace oro
