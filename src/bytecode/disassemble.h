// The text form of a code unit, for tests and for people.
//
// One instruction a line: index, name, operands by their kind, and what they stand for. Registers are written
// r0, r1, ..., or by name where they are locals; a trailing `!` says that the use is the last and moves the
// value.
#pragma once

#include <string>

#include "bytecode/code_unit.h"

namespace oro {

struct DisassembleOptions {
    bool positions = false;  // line:column-line:column in front of each instruction
    bool nested = true;      // the code units among the constants too
};

std::string disassemble(CodeUnit const& code, DisassembleOptions const& options = {});

// The operands of instruction `index` as disassemble() writes them, such as "x, r0!, 'text'".
std::string operands_text(CodeUnit const& code, std::size_t index);

// A constant as Python would write it, shortened to `limit` characters.
std::string constant_text(Constant const& value, std::size_t limit = 60);

}  // namespace oro
