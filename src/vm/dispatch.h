// How operations are written and chained.
//
// With clang, each operation is a function that ends in a tail call to the next one (`musttail`), and the machine state stays in the
// argument registers of the preserve_none convention: pc, registers, thread, constants. Elsewhere the same bodies are labels of one
// function with computed gotos.
//
// Inside OP(name) { ... }: pc, regs, t, k, word. Macros: NEXT(n) goes on n words further; ERROR() unwinds (an exception is set);
// SAVE() makes the frame's pc visible before anything that may raise, run Python or reach a safepoint; FINISH(v) writes R[a] and goes
// on; SLOWLY(name) leaves the operation to slow::name. What needs a C++ call is left to another function by a tail call, so that
// the fast form needs no stack frame.
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
// A part of operations that has no opcode: the second, wider form of one, reached by GOTO_OP.
#define INNER_OP(name) [[gnu::noinline]] __attribute__((preserve_none)) static void op_##name(ORO_OP_PARAMETERS)
#define DECLARE_INNER_OP(name) __attribute__((preserve_none)) static void op_##name(ORO_OP_PARAMETERS)
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
#define INNER_OP(name) op_##name:
#define DECLARE_INNER_OP(name) static_assert(true)
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

#ifdef ORO_TAIL_CALLS
// The slow form as an operation of its own.
template <SlowFn* Slow> [[gnu::noinline]] __attribute__((preserve_none)) static void slow_step(ORO_OP_PARAMETERS);

// Gives up what t->dropped holds (as a register, or as a counted reference), then goes on n words further.
enum class Held { in_register, counted };
template <int n, Held held> [[gnu::noinline, gnu::cold]] __attribute__((preserve_none)) static void destroy_step(ORO_OP_PARAMETERS) {
    SAVE();
    Value v = std::exchange(t->dropped, Value{});
    if constexpr (held == Held::in_register) reg::release(v);
    else detail::decref(v);
    NEXT(n);
}
template <int n, Held held> [[gnu::noinline]] __attribute__((preserve_none)) static void release_step(ORO_OP_PARAMETERS) {
    Header* h = t->dropped.pointer();
    if (h->owner.load(std::memory_order_relaxed) == current_owner) [[likely]] {
        std::uint32_t count = h->local.load(std::memory_order_relaxed) - 1;
        if (count != 0) [[likely]] {
            h->local.store(count, std::memory_order_relaxed);
            NEXT(n);
        }
    }
    [[clang::musttail]] return destroy_step<n, held>(pc, regs, t, k, word);
}
#define SLOWLY(name) [[clang::musttail]] return slow_step<slow::name>(pc, regs, t, k, word)
// Goes on n words further after giving up a pointer that a register held, or (DECREF_NEXT) a counted reference. What it destroys may
// run Python, so all registers are written before.
#define GIVE_UP_NEXT(v, n, held)                                                      \
    do {                                                                              \
        t->dropped = (v);                                                             \
        [[clang::musttail]] return release_step<n, held>(pc, regs, t, k, word);       \
    } while (0)
#define RELEASE_NEXT(v, n) GIVE_UP_NEXT(v, n, Held::in_register)
#define DECREF_NEXT(v, n) GIVE_UP_NEXT(v, n, Held::counted)
#else
#define SLOWLY(name)                                                        \
    do {                                                                    \
        SAVE();                                                             \
        if (!slow::name(t, regs, pc, k, word)) [[unlikely]] ERROR();        \
        NEXT(1);                                                            \
    } while (0)
#define RELEASE_NEXT(v, n)                                                  \
    do {                                                                    \
        SAVE();                                                             \
        reg::release(v);                                                    \
        NEXT(n);                                                            \
    } while (0)
#define DECREF_NEXT(v, n)                                                   \
    do {                                                                    \
        SAVE();                                                             \
        detail::decref(v);                                                  \
        NEXT(n);                                                            \
    } while (0)
#endif

// Writes R[r] and goes on n words further; `v` is as in a register.
#define PUT_NEXT(r, v, n)                                                   \
    do {                                                                    \
        Value* into_ = &regs[r];                                            \
        Value old_ = *into_;                                                \
        *into_ = (v);                                                       \
        if (old_.is_pointer()) [[unlikely]] RELEASE_NEXT(old_, n);          \
        NEXT(n);                                                            \
    } while (0)
#define FINISH(v) PUT_NEXT(a_of(word), v, 1)

// Replaces the opcode of an instruction by an equivalent one. What is instrumented stays so.
inline void specialize(Instruction const* pc, Opcode op) {
    auto* byte = reinterpret_cast<std::uint8_t*>(const_cast<Instruction*>(pc));
    std::uint8_t now = __atomic_load_n(byte, __ATOMIC_RELAXED);
    while (now != std::uint8_t(Opcode::instrumented) && !__atomic_compare_exchange_n(byte, &now, std::uint8_t(op), true, __ATOMIC_RELEASE, __ATOMIC_RELAXED)) {}
}

// An operation done entirely by slow::name.
#define SLOW_OP(name) OP(name) { SLOWLY(name); }

}  // namespace oro::vm
