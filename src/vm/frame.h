// Frames: a header of words in front of the registers, on the thread's VM stack, or inside a generator.
//
// Every word below the top of a VM stack is a valid Value or a tagged raw pointer (pointer + 7, which looks like a constant), and
// everything above the live frames holds no pointers to objects: so the stack can be scanned at any safepoint, and a callee's
// registers need clearing only where they are locals.
//
// A frame belongs to the thread that runs it, or, suspended in a generator, to whoever resumes the generator (one at a time). Other
// threads look at it only with the world stopped.
#pragma once
#include "bytecode/instruction.h"
#include "object/dict.h"
#include "vm/code.h"

namespace oro {

struct Function;
struct Generator;

// A raw pointer in a word that must look like a value.
template <class T> class RawWord {
public:
    T* get() const { return reinterpret_cast<T*>(bits_ - 7); }
    void set(T const* p) { bits_ = reinterpret_cast<std::uint64_t>(p) + 7; }
    bool is_null() const { return bits_ == 7 || bits_ == 0; }

private:
    std::uint64_t bits_;
};

namespace frame_flag {
inline constexpr std::uint64_t entry = 4;        // returning leaves interpret()
inline constexpr std::uint64_t constructor = 8;  // __init__ called by a class call: returns `result` instead
inline constexpr std::uint64_t getter = 16;      // called by a load_attr, which is one word and names the result's register itself
}  // namespace frame_flag

struct Frame {
    RawWord<Frame> previous;          // the frame that called this one; null at the bottom
    RawWord<Instruction const> pc;    // the instruction that runs now, or has called
    RawWord<Code> code;
    Value function;                   // as in a register (deferred ones uncounted)
    Value locals;                     // the mapping of a class body, module or exec; owned, or null
    Value object;                     // the frame object, once somebody asked for it; owned, or null
    RawWord<Generator> generator;     // null: on the VM stack
    std::uint64_t flags;              // frame_flag | 2, an immediate int
    Value result;                     // constructor: the new object; as in a register
    Value spare;

    Value* registers() { return reinterpret_cast<Value*>(this + 1); }
    static Frame* of(Value* registers) { return reinterpret_cast<Frame*>(registers) - 1; }
    Function* fn() const { return reinterpret_cast<Function*>(function.bits); }
};
static_assert(sizeof(Frame) == kCallHeader * sizeof(Value));

// The line that a frame is at.
int line_of(Code const& code, Instruction const* pc);

}  // namespace oro
