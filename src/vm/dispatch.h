// How operations are written and chained.
//
// With clang, each operation is a function that ends in a tail call to the next one (`musttail`), and the machine state stays in the
// argument registers of the preserve_none convention: pc, registers, thread, constants. Elsewhere the same bodies are labels of one
// function with computed gotos.
//
// Inside OP(name) { ... }: pc, regs, t, k, word. Macros: NEXT(n) goes on n words further; ERROR() unwinds (an exception is set);
// SAVE() makes the frame's pc visible before anything that may raise, run Python or reach a safepoint.
#pragma once
#include "vm/frame.h"
#include "vm/registers.h"

namespace oro::vm {

// Operations that aren't hot: false if an exception was raised.
using SlowFn = bool(Thread* t, Value* regs, Instruction const* pc, Value* k, std::uint64_t word);
namespace slow {
#define SPEC(name, generic)
#undef OP
#define OP(name, a, b, c, effect) SlowFn name;
#include "bytecode/ops.def"
#undef OP
#undef SPEC
}

#define ORO_OP_PARAMETERS Instruction const *pc, Value *regs, Thread *t, Value *k, std::uint64_t word

#if defined(__clang__) && !defined(ORO_COMPUTED_GOTO)
#define ORO_TAIL_CALLS 1
typedef void (*Handler)(ORO_OP_PARAMETERS) __attribute__((preserve_none));
extern Handler const handlers[256];
#define OP(name) [[gnu::hot]] __attribute__((preserve_none)) static void op_##name(ORO_OP_PARAMETERS)
#define DISPATCH()                                                                  \
    do {                                                                            \
        word = fetch(pc);                                                           \
        [[clang::musttail]] return handlers[word & 0xFF](pc, regs, t, k, word);     \
    } while (0)
// Runs the operation that `word` names at the pc.
#define RUN_WORD() [[clang::musttail]] return handlers[word & 0xFF](pc, regs, t, k, word)
#define GOTO_OP(name) [[clang::musttail]] return op_##name(pc, regs, t, k, word)
#define LEAVE() return
#else
#define OP(name) op_##name:
#define DISPATCH()                          \
    do {                                    \
        word = fetch(pc);                   \
        goto* labels[word & 0xFF];          \
    } while (0)
#define RUN_WORD() goto* labels[word & 0xFF]
#define GOTO_OP(name) goto op_##name
#define LEAVE() return
#endif

#define NEXT(n)      \
    do {             \
        pc += (n);   \
        DISPATCH();  \
    } while (0)
#define ERROR() GOTO_OP(unwind_)
#define SAVE() (Frame::of(regs)->pc.set(pc))

inline std::uint64_t fetch(Instruction const* pc) { return __atomic_load_n(&pc->word, __ATOMIC_RELAXED); }

// ---- decoding
inline unsigned a_of(std::uint64_t w) { return std::uint16_t(w >> 16); }
inline unsigned b_of(std::uint64_t w) { return std::uint16_t(w >> 32); }
inline unsigned c_of(std::uint64_t w) { return std::uint16_t(w >> 48); }
inline std::int32_t jump_of(std::uint64_t w) { return std::int32_t(w >> 32); }
inline bool flag_of(std::uint64_t w, std::uint8_t f) { return w & (std::uint64_t(f) << 8); }

// Writes a register, releasing what it held; `v` is as in a register.
inline void put(Value* regs, unsigned r, Value v) {
    Value old = regs[r];
    regs[r] = v;
    if (old.is_pointer()) [[unlikely]] reg::release(old);
}

// Consumes a source operand if its last-use flag says so; the register keeps no pointer.
inline void consume(Value* regs, unsigned r) {
    Value v = regs[r];
    if (v.is_pointer()) {
        regs[r] = Value{};
        reg::release(v);
    }
}

// Replaces the opcode of an instruction by an equivalent one. What is instrumented stays so.
inline void specialize(Instruction const* pc, Opcode op) {
    auto* byte = reinterpret_cast<std::uint8_t*>(const_cast<Instruction*>(pc));
    std::uint8_t now = __atomic_load_n(byte, __ATOMIC_RELAXED);
    while (now != std::uint8_t(Opcode::instrumented) && !__atomic_compare_exchange_n(byte, &now, std::uint8_t(op), true, __ATOMIC_RELEASE, __ATOMIC_RELAXED)) {}
}

// An operation done entirely by slow::name.
#define SLOW_OP(name)                                                       \
    OP(name) {                                                              \
        SAVE();                                                             \
        if (!slow::name(t, regs, pc, k, word)) [[unlikely]] ERROR();        \
        NEXT(1);                                                            \
    }

}  // namespace oro::vm
