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
    overflow_error,    // too large for the parser's positions
    recursion_error,   // nested too deeply to compile
};

struct SyntaxError {
    ErrorKind kind = ErrorKind::syntax_error;
    std::string_view message;
    // Lines and columns count from 1, columns in characters; ends are 0 or -1 where CPython knows none.
    int lineno = 0;
    int offset = 0;
    int end_lineno = 0;
    int end_offset = 0;
    // The offending line, as CPython shows it. No text, and no position at all, when data() is null.
    std::string_view text;
};

// A SyntaxWarning to be issued by the runtime. Where warnings are errors, a SyntaxError with error_message
// and the position takes its place.
struct SyntaxWarning {
    std::string_view message;
    std::string_view error_message;
    int lineno = 0;
    int offset = 0;
    int end_lineno = 0;
    int end_offset = 0;
    std::string_view text;
};

}  // namespace oro::syntax
