// The operation `instrumented`: fires what is due at an instruction, then has the instruction itself run.
#pragma once
#include "vm/frame.h"

namespace oro::vm {

// The word to run at the same pc, or one of these: the exception on the thread is to be raised; the frame on top is to be entered at
// its pc, which stands after the operation or where a trace function has put it.
inline constexpr std::uint64_t kMonitorRaised = 0xFF, kMonitorMoved = 0xFE;
static_assert(kOpcodeCount <= 0xFE);
std::uint64_t monitored(Thread* t, Value* regs, Instruction const* pc, Value* k, std::uint64_t word);

}  // namespace oro::vm
