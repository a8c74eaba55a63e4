// The tables that make up the module builtins, one a file.
#pragma once
#include <span>

#include "object/native.h"

namespace oro::builtins {

extern const std::span<MethodDef const> object_functions, sequence_functions, text_functions, code_functions;

}  // namespace oro::builtins
