// The instruction word and the enums of the operation table. Plain data, immutable once a code object is published;
// only the opcode byte of a word may be overwritten later (atomically, by specialisation with an equivalent form).
#pragma once
#include <cstdint>

namespace oro {

enum class Opcode : std::uint8_t {
#define OP(name, a, b, c, effect) name,
#define SPEC(name, generic) name,
#include "bytecode/ops.def"
#undef OP
#undef SPEC
};

inline constexpr int kOpcodeCount = 0
#define OP(name, a, b, c, effect) +1
#define SPEC(name, generic) +1
#include "bytecode/ops.def"
#undef OP
#undef SPEC
    ;
static_assert(kOpcodeCount <= 256);

enum class Effect : std::uint8_t { pure, raises, runs, flow };
enum class OperandKind : std::uint8_t { _, D, S, T, B, K, X, U, I, J, W, I32 };

// Flag bits of an instruction. The low three move (rather than copy) the source register of that operand.
inline constexpr std::uint8_t LAST_A = 1, LAST_B = 2, LAST_C = 4;
inline constexpr std::uint8_t FUSED = 8;     // a comparison takes the conditional jump that follows it
inline constexpr std::uint8_t FUSED_TRUE = 32;  // of a FUSED comparison in running code: that jump is jump_if_true
inline constexpr std::uint8_t INPLACE = 16;  // an operator is the augmented form
inline constexpr std::uint8_t SUPER_ALONE = 64;  // load_super_attr, load_super_method: super() was called without arguments
// make_function: which attributes stand in the registers from c on.
inline constexpr std::uint8_t FN_DEFAULTS = 1, FN_KWDEFAULTS = 2, FN_ANNOTATE = 4, FN_CLOSURE = 8;

// Registers that a call block keeps free for the callee's frame header.
inline constexpr int kCallHeader = 10;
inline constexpr std::uint16_t kNoKeywords = 0xFFFF;

// One instruction; little-endian word: op in the lowest byte.
struct Instruction {
    std::uint64_t word = 0;

    static constexpr Instruction abc(Opcode op, std::uint8_t flags, unsigned a, unsigned b, unsigned c) {
        return {std::uint64_t(op) | std::uint64_t(flags) << 8 | std::uint64_t(std::uint16_t(a)) << 16 |
                std::uint64_t(std::uint16_t(b)) << 32 | std::uint64_t(std::uint16_t(c)) << 48};
    }
    static constexpr Instruction wide(Opcode op, std::uint8_t flags, unsigned a, std::uint32_t bc) {
        return {std::uint64_t(op) | std::uint64_t(flags) << 8 | std::uint64_t(std::uint16_t(a)) << 16 |
                std::uint64_t(bc) << 32};
    }
    constexpr Opcode op() const { return Opcode(word & 0xFF); }
    constexpr std::uint8_t flags() const { return std::uint8_t(word >> 8); }
    constexpr unsigned a() const { return std::uint16_t(word >> 16); }
    constexpr unsigned b() const { return std::uint16_t(word >> 32); }
    constexpr unsigned c() const { return std::uint16_t(word >> 48); }
    constexpr std::int16_t ci() const { return std::int16_t(word >> 48); }
    constexpr std::uint32_t bc() const { return std::uint32_t(word >> 32); }
    constexpr std::int32_t jump() const { return std::int32_t(word >> 32); }
};
static_assert(sizeof(Instruction) == 8);

struct OpInfo {
    char const* name;
    OperandKind a, b, c;
    Effect effect;
    Opcode generic;  // itself, or the operation that this one specialises
};
extern const OpInfo op_info[kOpcodeCount];

// Special methods that load_special looks up on the type, with the error text of the statement that needs them.
enum class Special : std::uint8_t { enter, exit, aenter, aexit };

// Values that load_builtin brings: indexes of a table in the runtime, in this order.
enum class Builtin : std::uint8_t { AssertionError, NotImplementedError, tuple_type, all, any, list_type, set_type };

enum class Intrinsic1 : std::uint8_t {
    print_expr,              // the REPL's display hook
    stopiteration_error,     // StopIteration raised in a generator becomes RuntimeError; other exceptions pass: returns what to raise
    async_gen_wrap,          // wraps a value yielded by an async generator
    unary_positive_unused,
    typevar,                 // TypeVar(name)
    paramspec,
    typevartuple,
    subscript_generic,       // Generic[*params]
    typealias,               // (name, type params or None, compute function)
    list_to_tuple_unused,
    stopiteration_value,     // an exception thrown into a delegate: the value of a StopIteration; another is raised again
};
enum class Intrinsic2 : std::uint8_t {
    prep_reraise_star,       // (original group, list of exceptions) -> what to raise or None
    typevar_with_bound,      // (name, evaluate function)
    typevar_with_constraints,
    set_function_type_params,  // (function, tuple) -> function
    set_typeparam_default,   // (type param, evaluate function) -> type param
    getattr_,                // (object, name): where a code has too many sites
    setattr_unused,
};

}  // namespace oro
