// Checks a code unit against the contract of ops.def: what the interpreter takes for granted.
//
// Bounds of registers, constants, sites and jumps; pairs of words; the exception table; and along every path
// the discipline of temporaries: a temporary is read only where it holds something, and none still holds
// something where it is written as if it were empty, or where the function's straight lines meet with
// different ideas of it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bytecode/code_unit.h"

namespace oro {

// What is looked at, wherever it lies.
struct CodeView {
    std::span<Instruction const> code;
    std::span<ExceptionEntry const> exceptions;
    std::span<Site const> sites;
    std::span<std::uint8_t const> local_kinds;      // one a local
    std::span<Constant::Kind const> constants;
    std::uint32_t registers;
    std::string_view name;                          // for messages
};

// Empty if all is well, else what is wrong with the first instruction that breaks a rule.
std::string verify(CodeView const& code);

// The same, nested units included.
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
// For each instruction of well-formed code, its temporaries before it, from register local_kinds.size() on; an empty row for
// instructions that no path reaches.
std::vector<std::vector<Temp>> temporaries(CodeView const& code);

}  // namespace oro
