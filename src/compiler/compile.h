// The front door of the compiler: a syntax tree in, a code unit (or an error record) out.
//
// Thread-safe in the sense that matters: there are no globals, so any number of threads may compile at once,
// each with its own arena. Errors and warnings live in the arena; the code unit owns what it holds.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "base/sanitizers.h"
#include "bytecode/code_unit.h"
#include "syntax/ast.h"
#include "syntax/errors.h"

namespace oro::compiler {

// What stands in CompileOptions::flags besides CO_FUTURE_... bits of CodeFlags.
inline constexpr std::uint32_t PyCF_ALLOW_TOP_LEVEL_AWAIT = 0x2000;

struct CompileOptions {
    std::string_view filename = "<string>";
    std::uint32_t flags = 0;  // future features in force already, and PyCF_ALLOW_TOP_LEVEL_AWAIT
    int optimize = 0;         // 1: no assert, __debug__ is False; 2: no docstrings either
    // Bytes of C stack that compiling may use before it reports ErrorKind::recursion_error.
    std::size_t stack_budget = std::size_t{1} << 20;
    // The budget of a caller that has so many bytes left.
    void fit_stack(std::size_t left) { stack_budget = left / 4 * 3 < kFrameFactor << 20 ? left / 4 * 3 : kFrameFactor << 20; }
};

struct CompileResult {
    std::shared_ptr<CodeUnit> code;              // null exactly when `error` is set
    syntax::SyntaxError const* error = nullptr;  // `text` is absent: whoever raises it knows the file
    std::vector<syntax::SyntaxWarning> warnings;  // also valid when there is an error

    explicit operator bool() const { return code != nullptr; }
};

// The mode follows from the tree: Module, Interactive (expression statements go to the display hook) or
// Expression.
CompileResult compile(Arena& arena, syntax::Mod const& tree, CompileOptions const& options = {});

// Future features that the tree imports (CO_FUTURE_... bits); an error record for those that don't exist.
struct FutureFeatures {
    std::uint32_t flags = 0;
    int last_line = -1, last_column = -1;  // of the last such import
    syntax::SyntaxError const* error = nullptr;
};
FutureFeatures future_features(Arena& arena, syntax::Mod const& tree);

}  // namespace oro::compiler
