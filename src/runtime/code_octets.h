// Code objects to octets and back, for the modules marshal and _imp: the blocks of bytecode/code_image.h.
#pragma once
#include <string>
#include <string_view>

#include "object/call.h"

namespace oro {

bool is_code(Value v);
// With the constants that replace(co_consts=...) has put in. Empty if one of them is no constant that a program could have.
Result<std::string> code_octets(Python& py, Borrowed<> code);
// Null if the octets are no code of this build, complete and sound. Code that importlib loads is made to stay.
Result<Maybe<>> code_from_octets(Python& py, std::string_view octets);
// _imp._fix_co_filename: the file name of code that was compiled where its file then was.
Result<void> fix_code_filename(Python& py, Borrowed<> code, Borrowed<Str> filename);

}  // namespace oro
