// The interpreter's dispatch table and its operations, which are in vm/ops/*.h.
#include "object/exception.h"
#include "object/method.h"
#include "object/slot_wrapper.h"
#include "object/super.h"
#include "types/lock.h"
#include "types/str_iterator.h"
#include "vm/monitored.h"
#include "vm/vm.h"

namespace oro::vm {

#ifdef ORO_TAIL_CALLS

#define SPEC(name, generic)
#undef OP
#define OP(name, a, b, c, effect) __attribute__((preserve_none)) static void op_##name(ORO_OP_PARAMETERS);
#include "bytecode/ops.def"
#undef OP
#undef SPEC
#define OP(name) [[gnu::hot]] __attribute__((preserve_none)) static void op_##name(ORO_OP_PARAMETERS)

// An exception is set: to its handler, or out.
[[gnu::cold]] __attribute__((preserve_none)) static void op_unwind_(ORO_OP_PARAMETERS) {
    if (unwind(t, false) == Unwound::interpreter) return;
    regs = t->frame->registers();
    pc = t->frame->pc.get();
    k = t->frame->code.get()->k;
    DISPATCH();
}

[[gnu::cold]] __attribute__((preserve_none)) static void op_unwind_again_(ORO_OP_PARAMETERS) {
    if (unwind(t, true) == Unwound::interpreter) return;
    regs = t->frame->registers();
    pc = t->frame->pc.get();
    k = t->frame->code.get()->k;
    DISPATCH();
}

template <SlowFn* Slow> __attribute__((preserve_none)) static void slow_step(ORO_OP_PARAMETERS) {
    SAVE();
    if (!Slow(t, regs, pc, k, word)) [[unlikely]] ERROR();
    NEXT(1);
}

#include "vm/ops/frames.h"
#include "vm/ops/moves.h"
#include "vm/ops/names.h"
#include "vm/ops/attributes.h"
#include "vm/ops/items.h"
#include "vm/ops/arith.h"
#include "vm/ops/jumps.h"
#include "vm/ops/calls.h"
#include "vm/ops/locks.h"
#include "vm/ops/iterate.h"
#include "vm/ops/exceptions.h"


#undef OP
#define SPEC(name, generic) op_##generic,
#define OP(name, a, b, c, effect) op_##name,
Handler const handlers[256] = {
#include "bytecode/ops.def"
};
#undef OP
#undef SPEC

static void run(Thread& t, bool raise) {
    Frame* f = t.frame;
    if (raise) op_unwind_(f->pc.get(), f->registers(), &t, f->code.get()->k, 0);
    else handlers[fetch(f->pc.get()) & 0xFF](f->pc.get(), f->registers(), &t, f->code.get()->k, fetch(f->pc.get()));
}

#else

static void run(Thread& thread, bool raise) {
    Thread* t = &thread;
    Instruction const* pc = t->frame->pc.get();
    Value* regs = t->frame->registers();
    Value* k = t->frame->code.get()->k;
    std::uint64_t word = 0;
#define SPEC(name, generic) &&op_##generic,
#undef OP
#define OP(name, a, b, c, effect) &&op_##name,
    static void* const labels[256] = {
#include "bytecode/ops.def"
    };
#undef OP
#undef SPEC
#define OP(name) op_##name:
    if (raise) goto op_unwind_;
    DISPATCH();
op_unwind_:
    if (unwind(t, false) == Unwound::interpreter) return;
    regs = t->frame->registers();
    pc = t->frame->pc.get();
    k = t->frame->code.get()->k;
    DISPATCH();
op_unwind_again_:
    if (unwind(t, true) == Unwound::interpreter) return;
    regs = t->frame->registers();
    pc = t->frame->pc.get();
    k = t->frame->code.get()->k;
    DISPATCH();
#include "vm/ops/frames.h"
#include "vm/ops/moves.h"
#include "vm/ops/names.h"
#include "vm/ops/attributes.h"
#include "vm/ops/items.h"
#include "vm/ops/arith.h"
#include "vm/ops/jumps.h"
#include "vm/ops/calls.h"
#include "vm/ops/locks.h"
#include "vm/ops/iterate.h"
#include "vm/ops/exceptions.h"
}

#endif

Value interpret(Thread& t, bool raise) {
    run(t, raise);
    return std::exchange(t.result, Value{});
}

}  // namespace oro::vm
