// A syntax tree as text, exactly as Python's ast.dump(tree, include_attributes=...) prints it. For tests and
// tools.
#pragma once

#include <string>

#include "syntax/ast.h"

namespace oro::syntax {

std::string dump(const Node& tree, bool include_attributes);

// Python's repr of a constant.
std::string repr(const ConstantValue& value);

}  // namespace oro::syntax
