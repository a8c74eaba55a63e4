// Where lines begin, found from the code alone as far as possible.
#include "vm/instrument.h"

namespace oro::monitor {

namespace {

// Calls f(successor) for each instruction that may run next, exceptions aside.
template <class F> void each_successor(ImageUnit const& unit, std::uint32_t i, F&& f) {
    Instruction ins = unit.words()[i];
    auto n = std::uint32_t(unit.word_count);
    auto go = [&](std::int64_t to) {
        if (to >= 0 && to < std::int64_t(n)) f(std::uint32_t(to));
    };
    switch (ins.op()) {
        case Opcode::jump:
        case Opcode::jump_back: return go(std::int64_t(i) + 1 + ins.jump());
        case Opcode::jump_if_true:
        case Opcode::jump_if_false:
        case Opcode::jump_if_none:
        case Opcode::jump_if_not_none:
            go(i + 1);
            return go(std::int64_t(i) + 1 + ins.jump());
        case Opcode::for_iter:
        case Opcode::send:
            go(i + 1);
            return go(i + 2);
        case Opcode::call:
        case Opcode::call_ex: return go(i + 2);
        case Opcode::return_value:
        case Opcode::raise_:
        case Opcode::reraise: return;
        default: return go(i + 1);
    }
}

bool transparent(Opcode op) { return op == Opcode::resume || op == Opcode::call_ext; }

}  // namespace

std::vector<LineStart> line_starts(Code const& code, std::vector<bool>& watch) {
    ImageUnit const& unit = *code.unit;
    std::vector<Position> const& positions = positions_of(code);
    auto n = std::uint32_t(unit.word_count);
    std::vector<LineStart> out(n, LineStart::no);
    watch.assign(n, false);
    auto line = [&](std::uint32_t i) { return positions[i].line; };
    std::uint32_t begin = 0;
    while (begin < n && unit.words()[begin].op() != Opcode::resume) ++begin;
    if (begin == n) begin = 0;
    // Candidates: first of a line in the order of the code, and where control arrives from elsewhere.
    std::vector<bool> same(n, false), other(n, false), candidate(n, false);
    int current = -1;
    for (std::uint32_t i = begin; i < n; ++i) {
        Opcode op = unit.words()[i].op();
        if (transparent(op)) continue;
        if (line(i) != current) candidate[i] = true;
        current = line(i);
    }
    for (std::uint32_t i = begin; i < n; ++i)
        each_successor(unit, i, [&](std::uint32_t to) {
            // Where a loop ends is no start by itself.
            bool exit = i > begin && unit.words()[i].op() == Opcode::jump && unit.words()[i - 1].op() == Opcode::for_iter;
            if (to != i + 1 && to != i + 2 && !exit) candidate[to] = true;
            if (to == i + 2 && (unit.words()[i].op() == Opcode::for_iter || unit.words()[i].op() == Opcode::send)) candidate[to] = true;
            // A line after a resumption shows whatever line that stands on.
            (line(i) == line(to) && unit.words()[i].op() != Opcode::resume ? same : other)[to] = true;
        });
    for (std::uint32_t x = 0; x < unit.exception_count; ++x) {
        ExceptionEntry const& e = unit.exceptions()[x];
        candidate[e.handler] = true;
        for (std::uint32_t i = e.start; i < e.end && i < n; ++i) (line(i) == line(e.handler) && unit.words()[i].op() != Opcode::resume ? same : other)[e.handler] = true;
    }
    bool depends = false;
    for (std::uint32_t i = begin; i < n; ++i) {
        if (!candidate[i] || transparent(unit.words()[i].op()) || line(i) <= 0) continue;
        if (!other[i]) continue;
        out[i] = same[i] ? LineStart::depends : LineStart::yes;
        depends |= same[i];
    }
    if (!depends) return out;
    for (std::uint32_t i = begin; i < n; ++i)
        watch[i] = candidate[i] && !transparent(unit.words()[i].op()) && (out[i] != LineStart::no || line(i) <= 0);
    return out;
}

}  // namespace oro::monitor
