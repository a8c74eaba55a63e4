#include "vm/instrument.h"

namespace oro::monitor {

bool Point::idle() const {
    for (auto& tools : active)
        if (tools.load(std::memory_order_relaxed)) return false;
    return true;
}

std::uint32_t past_nops(ImageUnit const& unit, std::uint32_t index) {
    while (index + 1 < unit.word_count && unit.words()[index].op() == Opcode::nop) ++index;
    return index;
}

namespace {

bool follows_iteration(ImageUnit const& unit, std::uint32_t index) {
    if (index == 0) return false;
    Opcode before = unit.words()[index - 1].op();
    return before == Opcode::for_iter || before == Opcode::send;
}

bool is_handler(ImageUnit const& unit, std::uint32_t index) {
    for (std::uint32_t i = 0; i < unit.exception_count; ++i)
        if (unit.exceptions()[i].handler == index) return true;
    return false;
}

// Instructions before the first `resume` set the frame up and are nobody's business.
std::uint32_t first_traceable(ImageUnit const& unit) {
    for (std::uint32_t i = 0; i < unit.word_count; ++i)
        if (unit.words()[i].op() == Opcode::resume) return i;
    return 0;
}

void write_opcode(Code& code, std::uint32_t index, Opcode op) {
    __atomic_store_n(reinterpret_cast<std::uint8_t*>(code.code.load(std::memory_order_acquire) + index), std::uint8_t(op), __ATOMIC_RELEASE);
}

// Whether an instruction has to be watched: for its own events, for those of the jump that a comparison is fused with, or for those of
// nops that it jumps over otherwise.
bool needed(Points const& points, ImageUnit const& unit, std::uint32_t index) {
    Point const& point = points.points[index];
    if (!point.idle() || (point.watch && points.wanted[unsigned(Event::line)])) return true;
    Instruction ins = unit.words()[index];
    if (ins.op() == Opcode::call_ext || ins.op() == Opcode::make_function) return false;
    if ((ins.flags() & FUSED) && index + 1 < points.count && needed(points, unit, index + 1)) return true;
    if (op_info[int(ins.op())].b != OperandKind::J) return false;
    auto target = std::uint32_t(std::int64_t(index) + 1 + ins.jump());
    for (std::uint32_t end = past_nops(unit, target); target < end; ++target)
        if (!points.points[target].idle()) return true;
    return false;
}

void refresh(Code& code, Points const& points, std::uint32_t index) {
    Opcode plain = code.unit->words()[index].op();
    if (plain != Opcode::call_ext) write_opcode(code, index, needed(points, *code.unit, index) ? Opcode::instrumented : plain);
}

Points& points_of(Code& code) {
    Points* points = code.points.load(std::memory_order_acquire);
    if (points) return *points;
    points = new Points(code.code_count);
    std::vector<bool> watch;
    std::vector<LineStart> starts = line_starts(code, watch);
    for (std::uint32_t i = 0; i < code.code_count; ++i) {
        points->points[i].start = starts[i];
        points->points[i].watch = watch[i];
    }
    code.points.store(points, std::memory_order_release);
    return *points;
}

// The tools' local events, without those of tools that were freed since.
EventSet& local_of(State& s, Points& points, unsigned tool) {
    if (points.tool_versions[tool] != s.tool_versions[tool]) {
        points.tool_versions[tool] = s.tool_versions[tool];
        points.local[tool] = 0;
    }
    return points.local[tool];
}

void rewrite(State& s, Code& code) {
    // Folded code hasn't begun to run.
    if (code.is_folded()) return;
    Points& points = points_of(code);
    ImageUnit const& unit = *code.unit;
    std::uint32_t version = s.version.load(std::memory_order_acquire);
    bool restarted = points.restarts != s.restarts.load(std::memory_order_relaxed);
    Tools wanted[kLocalEvents], added[kLocalEvents];
    for (unsigned e = 0; e < kLocalEvents; ++e) {
        wanted[e] = s.wanted[e].load(std::memory_order_relaxed);
        for (unsigned tool = 0; tool < kTools; ++tool)
            if (local_of(s, points, tool) >> e & 1) wanted[e] = Tools(wanted[e] | 1u << tool);
        added[e] = restarted ? Tools(0xFF) : Tools(wanted[e] & ~points.wanted[e]);
        points.wanted[e] = wanted[e];
    }
    points.restarts = s.restarts.load(std::memory_order_relaxed);
    std::uint32_t begin = first_traceable(unit);
    for (std::uint32_t i = begin; i < code.code_count; ++i) {
        if (unit.words()[i].op() == Opcode::call_ext) continue;
        Point& point = points.points[i];
        auto set = [&](Point::Slot slot, unsigned e, bool here) {
            point.disabled[slot] = Tools(point.disabled[slot] & ~added[e]);
            Tools tools = here ? Tools(wanted[e] & ~point.disabled[slot]) : Tools(0);
            point.active[slot].store(tools, std::memory_order_release);
        };
        set(Point::line, unsigned(Event::line), point.start != LineStart::no);
        set(Point::instruction, unsigned(Event::instruction), unit.words()[i].op() != Opcode::resume);
        PointEvents events = events_of(unit, i);
        for (unsigned n = 0; n < 3; ++n)
            if (events.of[n] != PointEvents::kNone) set(Point::Slot(Point::first + n), events.of[n], true);
    }
    for (std::uint32_t i = begin; i < code.code_count; ++i) refresh(code, points, i);
    points.version.store(version, std::memory_order_release);
}

}  // namespace

PointEvents events_of(ImageUnit const& unit, std::uint32_t index) {
    auto made = [](Event a) { return PointEvents{{std::uint8_t(a), PointEvents::kNone, PointEvents::kNone}}; };
    auto branch = [] { return PointEvents{{std::uint8_t(Event::branch_left), std::uint8_t(Event::branch_right), PointEvents::kNone}}; };
    Instruction ins = unit.words()[index];
    switch (ins.op()) {
        case Opcode::resume: return made(ins.b() == 0 ? Event::py_start : Event::py_resume);
        case Opcode::return_value: return made(Event::py_return);
        case Opcode::yield_value: return made(Event::py_yield);
        case Opcode::call:
        case Opcode::call_ex:
        case Opcode::load_super_attr:
        case Opcode::load_super_method: return made(Event::call);
        case Opcode::jump_back:
            // The loop of a delegation is none of the program's.
            return index >= 4 && unit.words()[index - 4].op() == Opcode::send ? PointEvents{} : made(Event::jump);
        case Opcode::jump:
            // Where an iteration ends the jump belongs to it; over a handler it is a matter of where that stands.
            return follows_iteration(unit, index) || is_handler(unit, index + 1) ? PointEvents{} : made(Event::jump);
        case Opcode::jump_if_true:
        case Opcode::jump_if_false:
        case Opcode::jump_if_none:
        case Opcode::jump_if_not_none: return branch();
        case Opcode::for_iter: {
            PointEvents events = branch();
            events.of[2] = std::uint8_t(Event::stop_iteration);
            return events;
        }
        case Opcode::send: return PointEvents{{PointEvents::kNone, PointEvents::kNone, std::uint8_t(Event::stop_iteration)}};
        default: return {};
    }
}

void rewrite_if_stale(State& s, Code& code) {
    Points* points = code.points.load(std::memory_order_acquire);
    std::uint32_t version = s.version.load(std::memory_order_acquire);
    if (points && points->version.load(std::memory_order_acquire) == version) return;
    std::lock_guard guard(s.mutex);
    points = code.points.load(std::memory_order_acquire);
    if (!points && !s.any_everywhere()) return;
    if (points && points->version.load(std::memory_order_relaxed) == s.version.load(std::memory_order_relaxed)) return;
    rewrite(s, code);
}

void want_locally(State& s, Code& code, unsigned tool, EventSet events) {
    Points& points = points_of(code);
    EventSet& local = local_of(s, points, tool);
    if (local == events && points.version.load(std::memory_order_relaxed) == s.version.load(std::memory_order_relaxed)) return;
    local = events;
    if (events && !points.listed) {
        s.local_codes.push_back(&code);
        points.listed = true;
    }
    rewrite(s, code);
}

void rewrite_local(State& s) {
    for (Code* code : s.local_codes) rewrite(s, *code);
}

void free_points(Code& code) {
    Points* points = code.points.exchange(nullptr, std::memory_order_acq_rel);
    if (!points) return;
    if (points->listed) {
        State& s = state();
        std::lock_guard guard(s.mutex);
        std::erase(s.local_codes, &code);
    }
    delete points;
}

EventSet wanted_locally(State& s, Code& code, unsigned tool) {
    Points* points = code.points.load(std::memory_order_acquire);
    return points ? local_of(s, *points, tool) : 0;
}

void disable_at(State& s, Code& code, std::uint32_t index, Point::Slot slot, Tools tools) {
    std::lock_guard guard(s.mutex);
    Points& points = *code.points.load(std::memory_order_acquire);
    Point& point = points.points[index];
    point.disabled[slot] = Tools(point.disabled[slot] | tools);
    point.active[slot].fetch_and(Tools(~tools), std::memory_order_relaxed);
    refresh(code, points, index);
    if (index > 0) refresh(code, points, index - 1);
    if (code.unit->words()[index].op() != Opcode::nop) return;
    for (std::uint32_t i = first_traceable(*code.unit); i < code.code_count; ++i)
        if (op_info[int(code.unit->words()[i].op())].b == OperandKind::J) refresh(code, points, i);
}

}  // namespace oro::monitor
