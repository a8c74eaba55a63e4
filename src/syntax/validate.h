// Checks a syntax tree that a program has built or changed: what the parser always does right and the compiler relies on.
//
// Thread-safe: reads the tree only. Every field that must not be null is set already (whoever makes the tree sees to that);
// items of sequences may be null.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "syntax/ast.h"

namespace oro::syntax {

struct TreeError {
    enum class Kind : std::uint8_t { value, type, recursion } kind;
    std::string message;
};

// The first thing that is wrong with the tree; messages are CPython's.
std::optional<TreeError> validate(Mod const& tree, std::size_t stack_budget = std::size_t{1} << 20);

}  // namespace oro::syntax
