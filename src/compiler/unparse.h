// An expression as source text again: what annotations become under `from __future__ import annotations`.
#pragma once

#include <string>

#include "bytecode/code_unit.h"
#include "syntax/ast.h"

namespace oro::compiler {

std::string unparse(syntax::Expr const& e);

// repr() of a constant.
std::string repr_of(Constant const& value);

}  // namespace oro::compiler
