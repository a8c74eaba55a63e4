// The front door of the parser: source text in, syntax tree or error record out.
//
// Thread-safe in the sense that matters: there are no globals, so any number of threads may parse at once,
// each with its own arena. Everything in a result lives in the arena.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/arena.h"
#include "base/sanitizers.h"
#include "syntax/ast.h"
#include "syntax/errors.h"

namespace oro::syntax {

enum class ParseMode : std::uint8_t {
    exec,       // a file: Module
    single,     // one interactive statement: Interactive
    eval,       // an expression: Expression
    func_type,  // a signature type comment, such as "(int) -> str": FunctionType
};

struct ParseOptions {
    ParseMode mode = ParseMode::exec;
    // `from __future__ import barry_as_FLUFL` holds already: `<>` is the operator and `!=` is not.
    bool barry_as_flufl = false;
    // PyCF_ALLOW_INCOMPLETE_INPUT: input that ends too early is reported as ErrorKind::incomplete_input.
    bool allow_incomplete_input = false;
    // PyCF_DONT_IMPLY_DEDENT: in single mode, the end of the text does not close open blocks.
    bool dont_imply_dedent = false;
    // sys.set_int_max_str_digits(): longer decimal literals are errors; 0 for no limit.
    int max_int_digits = 4300;
    // Bytes of C stack that parsing may use before it reports ErrorKind::memory_error. Looking for the cause of a mistake may use
    // three times as much on top.
    std::size_t stack_budget = std::size_t{1} << 20;
    // The budget of a caller that has so many bytes left.
    void fit_stack(std::size_t left) { stack_budget = left / 4 < kFrameFactor << 20 ? left / 4 : kFrameFactor << 20; }
};

// Larger texts are refused: positions have 32 bits.
constexpr std::size_t kMaxSourceSize = 0x7FFF0000;

struct ParseResult {
    Mod* tree = nullptr;               // null exactly when `error` is set
    const SyntaxError* error = nullptr;
    std::span<const SyntaxWarning> warnings;  // in source order; also valid when there is an error
    Interner* names = nullptr;         // the tree's identifiers, for whoever adds nodes to it

    explicit operator bool() const { return tree != nullptr; }
};

// Parses decoded source: UTF-8 text (see source.h for the way from bytes to there). The text need not outlive
// the call.
ParseResult parse(Arena& arena, std::string_view source, const ParseOptions& options = {});

}  // namespace oro::syntax
