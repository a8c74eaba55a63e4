// From source text to tokens, with CPython's errors and warnings.
//
// The whole text is tokenized before parsing starts; a faulty text ends in one Error token. The parser
// decides whether that fault or one of its own comes first. One tokenizer serves one thread; it has no state
// outside itself.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "syntax/errors.h"
#include "syntax/token.h"

namespace oro::syntax {

// Why tokenizing stopped. Faults other than `reported` are words for the parser to turn into an error,
// because it knows better where it stands.
enum class TokenizerStop : std::uint8_t {
    end,                // all tokens were made
    reported,           // a complete error record was made
    end_of_text,        // the text ended inside brackets or behind a backslash
    bad_dedent,         // a dedent to a column that no block starts at
    tabs_and_spaces,    // an indentation whose meaning depends on the width of tabs
    too_deep,           // more than a hundred indentation levels
    line_continuation,  // something stands behind a backslash
};

struct TokenizerOptions {
    // As the `tokenize` module wants it: comments, blank lines, brackets that need not match.
    bool extra_tokens = false;
    // In single mode the end of the text also ends the statement and, unless told otherwise, its blocks.
    bool interactive = false;
    bool imply_dedent = true;
};

class Tokenizer {
public:
    static constexpr int kMaxBrackets = 200;
    static constexpr int kMaxIndents = 100;
    static constexpr int kMaxFStrings = 150;
    static constexpr int kMaxFStringExpressions = 3;

    struct Bracket {
        char open;
        int lineno;
        int col;
    };

    // The text must be valid UTF-8 without null bytes and with newlines only of the form '\n', and must be
    // followed by a null byte.
    Tokenizer(Arena& arena, std::string_view text, const TokenizerOptions& options);

    // The next token. At the end it gives EndMarker, again and again; after a fault, Error.
    Token next();

    TokenizerStop stop() const { return stop_; }
    const SyntaxError& error() const { return error_; }  // when stop() is `reported`
    bool in_format_string() const { return in_fstring(); }
    // The brackets open at the point reached, outermost first.
    int open_brackets() const { return level_; }
    const Bracket& innermost_bracket() const { return brackets_[level_ - 1]; }
    // The point reached: line, its start, and the byte behind the last one read.
    int lineno() const { return lineno_; }
    std::uint32_t line_start() const { return static_cast<std::uint32_t>(line_start_ - begin_); }
    // Where the first of the lines joined by backslashes starts, that of the point reached being the last.
    std::uint32_t joined_lines_start() const {
        return static_cast<std::uint32_t>((joined_lines_ ? joined_lines_ : line_start_) - begin_);
    }
    std::uint32_t position() const { return static_cast<std::uint32_t>(cursor_ - begin_); }
    // In the order of the tokens; each belongs to the last token made before it.
    const std::vector<SyntaxWarning>& warnings() const { return warnings_; }

private:
    // An f-string or t-string that is open. Inside its braces the tokenizer works as usual, outside it looks
    // for them.
    struct FString {
        char quote;
        std::uint8_t quote_size;
        char letter;  // 'f' or 't', for messages and token types
        bool raw;
        bool in_text = true;         // outside braces, or in a format spec
        bool in_format_spec = false;
        const char* start;
        const char* line_start;
        int lineno;
        int bracket_depth = 0;       // brackets opened since the string began
        int expression_depth = -1;   // replacement fields open, less one
    };

    struct StringPrefix {
        bool bytes = false, raw = false, unicode = false, format = false, temp = false;
    };

    void scan(Token& token);
    void scan_text(Token& token);
    void scan_name(Token& token);
    void scan_number(Token& token);
    void scan_string(Token& token);
    void scan_operator(Token& token);
    bool read_indentation();
    bool continue_line();
    bool open_bracket(char c);
    bool close_bracket(char c);
    // True when the character was dealt with as part of a replacement field.
    bool scan_field_punctuation(Token& token, char c);
    void begin_fstring(Token& token, const StringPrefix& prefix);
    bool check_prefix(const StringPrefix& prefix);
    bool check_identifier(std::string_view name);

    bool decimal_tail();
    bool radix_number(int radix, std::string_view kind);
    bool check_number_end(std::string_view kind);

    void finish(Token& token, Tok type, const char* start, const char* end);
    void finish_without_columns(Token& token, Tok type);
    void fault(Token& token);
    bool stop_with(TokenizerStop why);
    // Records an error at the character before the cursor, or at the columns (characters from 1) given.
    // False.
    bool report(std::string_view message);
    bool report_at(std::string_view message, int col, int end_col);
    void warn_escape(char c);
    void warn(std::string_view message);
    void next_line();
    int char_column(const char* at) const;
    std::string_view line_text() const;
    bool in_fstring() const { return !fstrings_.empty(); }

    Arena& arena_;
    const char* begin_;
    const char* end_;
    const char* cursor_;
    const char* line_start_;
    int lineno_;
    const char* joined_lines_ = nullptr;

    TokenizerOptions options_;
    TokenizerStop stop_ = TokenizerStop::end;
    bool at_line_start_ = true;
    bool blank_line_ = false;  // nothing but white space and comments
    bool saw_end_ = false;
    bool statement_started_ = false;
    bool ended_in_string_ = false;
    int pending_ = 0;  // indents (> 0) or dedents (< 0) to give out
    int indent_ = 0;
    int level_ = 0;
    // Columns of the open blocks, counting tabs to multiples of 8 and counting them as 1.
    int columns_[kMaxIndents] = {0};
    int narrow_columns_[kMaxIndents] = {0};
    Bracket brackets_[kMaxBrackets];
    std::vector<FString> fstrings_;
    std::vector<SyntaxWarning> warnings_;
    SyntaxError error_;
};

}  // namespace oro::syntax
