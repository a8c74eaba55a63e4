// What the tokenizer and the parser have to say about a source text, as plain records in an arena.
//
// The runtime makes exceptions and warnings of them. Messages and positions are those of CPython 3.14.
#pragma once

#include <cstdint>
#include <string_view>

namespace oro::syntax {

enum class ErrorKind : std::uint8_t {
    syntax_error,
    indentation_error,
    tab_error,
    incomplete_input,  // _IncompleteInputError
    memory_error,      // nested too deeply to parse
    overflow_error,    // too large for the parser's 32-bit positions
    recursion_error,   // nested too deeply to compile
};

struct SyntaxError {
    ErrorKind kind = ErrorKind::syntax_error;
    std::string_view message;
    // Lines and columns count from 1; columns count characters. 0 or -1 where CPython says so too.
    int lineno = 0;
    int offset = 0;
    int end_lineno = 0;
    int end_offset = 0;
    // The offending line, with its newline when it has one. No text when data() is null.
    std::string_view text;
};

enum class WarningKind : std::uint8_t { syntax_warning };

struct SyntaxWarning {
    WarningKind kind = WarningKind::syntax_warning;
    std::string_view message;
    int lineno = 0;
    // When warnings are errors, the SyntaxError raised instead stands here.
    int offset = 0;
    int end_lineno = 0;
    int end_offset = 0;
    std::string_view text;
};

}  // namespace oro::syntax
