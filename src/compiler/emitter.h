// The instructions of one code unit while it is being compiled, before layout: labels instead of distances,
// virtual registers, and each instruction tagged with the handler that guards it. flow.h turns this into a
// CodeUnit.
//
// Registers are virtual: locals count from 0, temporaries from kTempBase, and constants kept in a register of
// their own from kConstBase. Temporaries are a stack: the one that is released is always the newest.
//
// Not thread-safe: an emitter belongs to one compilation.
#pragma once

#include <cassert>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "bytecode/code_unit.h"
#include "bytecode/instruction.h"

namespace oro::compiler {

using Reg = std::uint32_t;
inline constexpr Reg kTempBase = 1u << 30;
inline constexpr Reg kConstBase = 1u << 31;
inline constexpr Reg kAnyReg = 0xFFFFFFFFu;  // as a wanted register: any, which makes a new temporary

constexpr bool is_temp(Reg r) { return r >= kTempBase && r < kConstBase; }

using Label = int;
inline constexpr Label kNoLabel = -1;
inline constexpr int kNoHandler = -1;
inline constexpr std::uint32_t kNoName = 0xFFFFFFFFu;

struct Ins {
    Opcode op;
    std::uint8_t flags = 0;
    int handler = kNoHandler;
    Label label = kNoLabel;  // of an operand of kind J
    std::uint32_t a = 0, b = 0, c = 0;
    Position pos;
};

// Where control goes on an exception; temporaries from `exc` on are released, and `exc` gets the exception.
struct Handler {
    Label label;
    Reg exc;
};

// A value in a register: a temporary, which its use consumes, or a local or kept constant read in place.
struct Val {
    Reg reg;
    bool temp;
};

class Emitter {
public:
    // ---- instructions
    Ins& emit(Position pos, Opcode op, std::uint32_t a = 0, std::uint32_t b = 0, std::uint32_t c = 0,
              std::uint8_t flags = 0) {
        code.push_back({op, flags, handler, kNoLabel, a, b, c, pos});
        return code.back();
    }
    // Instructions that read values: the last-use flags follow from them.
    Ins& emit_a(Position pos, Opcode op, Val a, std::uint32_t b = 0, std::uint32_t c = 0) {
        return emit(pos, op, a.reg, b, c, a.temp ? LAST_A : 0);
    }
    Ins& emit_b(Position pos, Opcode op, std::uint32_t a, Val b, std::uint32_t c = 0) {
        return emit(pos, op, a, b.reg, c, b.temp ? LAST_B : 0);
    }
    Ins& emit_ab(Position pos, Opcode op, Val a, Val b, std::uint32_t c = 0) {
        return emit(pos, op, a.reg, b.reg, c, std::uint8_t((a.temp ? LAST_A : 0) | (b.temp ? LAST_B : 0)));
    }
    Ins& emit_bc(Position pos, Opcode op, std::uint32_t a, Val b, Val c) {
        return emit(pos, op, a, b.reg, c.reg, std::uint8_t((b.temp ? LAST_B : 0) | (c.temp ? LAST_C : 0)));
    }
    Ins& emit_abc(Position pos, Opcode op, Val a, Val b, Val c) {
        return emit(pos, op, a.reg, b.reg, c.reg,
                    std::uint8_t((a.temp ? LAST_A : 0) | (b.temp ? LAST_B : 0) | (c.temp ? LAST_C : 0)));
    }
    void jump(Position pos, Opcode op, Label target) { emit(pos, op).label = target; }
    void jump_on(Position pos, Opcode op, Val test, Label target) { emit_a(pos, op, test).label = target; }

    // ---- labels
    Label new_label() {
        labels.push_back(-1);
        return Label(labels.size() - 1);
    }
    void bind(Label label) {
        assert(labels[label] < 0);
        labels[label] = int(code.size());
    }
    Label here() {
        Label label = new_label();
        bind(label);
        return label;
    }

    // ---- handlers
    int new_handler(Label label, Reg exc) {
        handlers.push_back({label, exc});
        return int(handlers.size() - 1);
    }

    // ---- temporaries
    Reg push() {
        Reg reg = kTempBase + top++;
        if (top > max_top) max_top = top;
        return reg;
    }
    Reg push(unsigned count) {  // `count` consecutive ones; the first
        Reg reg = kTempBase + top;
        top += count;
        if (top > max_top) max_top = top;
        return reg;
    }
    Reg next() const { return kTempBase + top; }  // what push() would give
    void pop(Val v) {
        if (!v.temp) return;
        assert(broken || v.reg == kTempBase + top - 1);
        if (top) --top;
    }
    void pop(unsigned count = 1) {
        assert(broken || top >= count);
        top -= count < top ? count : top;
    }

    // ---- tables
    std::uint32_t constant(Constant const& value);
    std::uint32_t name(std::string_view text);
    // A feedback site of the operation; `narrow` ones must have an index of 16 bits.
    std::uint32_t site(Opcode op, std::string_view text, bool narrow = true) {
        return add_site(op, name(text), narrow);
    }
    std::uint32_t call_site(Opcode op) { return add_site(op, kNoName, true); }

    std::vector<Ins> code;
    std::vector<int> labels;  // instruction index, or -1 as long as it is not bound
    std::vector<Handler> handlers;
    std::vector<Constant> constants;
    std::vector<Site> sites;
    std::uint32_t narrow_sites = 0;
    int handler = kNoHandler;  // that guards what is emitted now
    unsigned top = 0, max_top = 0;
    bool broken = false;  // an error was found: the code is not used, and the temporaries may be out of step
    std::size_t prologue_end = 0;  // where the loads of kept constants go

    // Constants kept in registers, in the order of their registers from kConstBase.
    std::vector<std::uint32_t> kept_constants;

private:
    std::uint32_t add_site(Opcode op, std::uint32_t name, bool narrow);

    std::unordered_map<std::string, std::uint32_t> constant_index_;
    std::unordered_map<std::string, std::uint32_t> name_index_;
    std::unordered_map<std::uint64_t, std::uint32_t> shared_sites_;  // when there are too many
};

// ---- building constants
Constant none_constant();
Constant int_constant(std::int64_t v);
Constant str_constant(std::string_view text);
Constant tuple_constant(std::vector<Constant> items);

// Bytes that are equal for constants of the same type and value, floats by their bits.
void append_key(std::string& out, Constant const& value);

}  // namespace oro::compiler
