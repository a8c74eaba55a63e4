// From a list of instructions with labels to a finished code unit: drops what cannot be reached and checks
// that cannot fail, threads jumps, numbers the registers and lays out the exception table.
#pragma once

#include "bytecode/code_unit.h"
#include "compiler/emitter.h"

namespace oro::compiler {

// Fills code.code, .positions, .exceptions, .constants, .sites, .registers. Null, or why the code is too
// large.
char const* assemble(Emitter& in, CodeUnit& code);

}  // namespace oro::compiler
