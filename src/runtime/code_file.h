// Compiled code as octets and back: what __pycache__ holds of it, and what the module marshal writes for a code object.
//
// The form is Orochi's own and stands for one build's bytecode: it carries a fingerprint of the operation table and a
// checksum of everything behind it, so that another version's or a damaged file is refused, not run. Reading checks all
// bounds, and the bytecode by the verifier, besides. Pure functions, safe from any thread.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "object/call.h"

namespace oro {

struct CodeUnit;

std::string write_code(CodeUnit const& unit);
// Null if the octets are no code of this version.
std::shared_ptr<CodeUnit> read_code(std::string_view octets);

// ---- code objects
bool is_code(Value v);
// As octets, with the constants that replace(co_consts=...) has put in. Empty if one of them is no constant that a program
// could have.
std::string code_octets(Thread& t, Borrowed<> code);
// Null if read_code refuses. Code that importlib loads is made to stay: see make_code.
Result<Maybe<>> code_from_octets(Python& py, std::string_view octets);

}  // namespace oro
