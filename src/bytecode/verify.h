// Checks a code unit against the contract of ops.def: what the interpreter takes for granted.
//
// Bounds of registers, constants, sites and jumps; pairs of words; the exception table; and along every path
// the discipline of temporaries: a temporary is read only where it holds something, and none still holds
// something where it is written as if it were empty, or where the function's straight lines meet with
// different ideas of it.
#pragma once

#include <string>
#include <vector>

#include "bytecode/code_unit.h"

namespace oro {

// Empty if all is well, else what is wrong with the first instruction that breaks a rule. Nested units
// included.
std::string verify(CodeUnit const& code);

// What a temporary holds at an instruction, as far as all paths there agree.
enum class Temp : std::uint8_t {
    empty,
    mixed,      // depends on the path: nobody reads it
    value,
    iterator,   // of a for loop
    exception,  // caught
    handled,    // the exception that was being handled before (push_exc)
};
// For each instruction of well-formed code, its temporaries before it, from register local_names.size() on; an empty row for
// instructions that no path reaches.
std::vector<std::vector<Temp>> temporaries(CodeUnit const& code);

}  // namespace oro
