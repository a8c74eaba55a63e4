// Arithmetic on constants at compile time, within the limits that keep a small source from becoming a huge
// constant. Where an operation would raise, or its result is too large or hard to get exactly right here,
// nothing is folded.
#pragma once

#include <optional>

#include "bytecode/code_unit.h"
#include "syntax/ast.h"

namespace oro::compiler {

Constant to_constant(syntax::ConstantValue const& value);
std::optional<Constant> fold_binary(syntax::BinaryOperator op, Constant const& left, Constant const& right);
std::optional<Constant> fold_unary(syntax::UnaryOperator op, Constant const& operand);
std::optional<Constant> fold_subscript(Constant const& object, Constant const& index);
bool truth_of(Constant const& value);

}  // namespace oro::compiler
