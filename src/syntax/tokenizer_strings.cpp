// String tokens, and the two faces of f-strings and t-strings: text, and replacement fields within it.
#include "syntax/char_class.h"
#include "syntax/messages.h"
#include "syntax/tokenizer.h"

namespace oro::syntax {

// The cursor stands on the prefix or, when there is none, on the quote.
void Tokenizer::scan_string(Token& token) {
    const char* start = cursor_;
    const char* first_line = line_start_;
    int first_lineno = lineno_;
    while (*cursor_ != '"' && *cursor_ != '\'') ++cursor_;
    char quote = *cursor_;
    int size = cursor_[1] == quote && cursor_[2] == quote ? 3 : 1;
    cursor_ += size;

    bool escaped_quote = false;
    for (int quotes = 0; quotes != size;) {
        char c = *cursor_;
        if (cursor_ == end_ || (c == '\n' && size == 1)) {
            bool at_end = cursor_ == end_;
            // The error stands where the string starts.
            cursor_ = start + 1;
            line_start_ = first_line;
            int detected = lineno_;
            lineno_ = first_lineno;
            if (in_fstring() && fstrings_.back().quote == quote && fstrings_.back().quote_size == size) {
                // More likely the quote that ends the f-string than one that starts a string.
                report(message(arena_, fstrings_.back().letter, "-string: expecting '}'"));
                return fault(token);
            }
            if (size == 3)
                report(message(arena_, "unterminated triple-quoted string literal (detected at line ",
                               detected, ")"));
            else
                report(message(arena_, "unterminated string literal (detected at line ", detected,
                               escaped_quote ? "); perhaps you escaped the end quote?" : ")"));
            ended_in_string_ = at_end;
            return fault(token);
        }
        ++cursor_;
        if (c == quote) {
            ++quotes;
            continue;
        }
        quotes = 0;
        if (c == '\\' && cursor_ != end_) {
            c = *cursor_++;
            if (c == quote) escaped_quote = true;
        }
        if (c == '\n') next_line();
    }
    finish(token, Tok::String, start, cursor_);
    if (lineno_ != first_lineno && !joined_lines_) joined_lines_ = first_line;
    // Two quotes might have become three.
    if (size == 1 && cursor_ == end_ && cursor_[-2] == quote && cursor_ - 1 > start) token.at_end = true;
    token.lineno = first_lineno;
    token.col = static_cast<int>(start - first_line);
}

// The cursor stands on the quote behind the prefix, where the token starts.
void Tokenizer::begin_fstring(Token& token, const StringPrefix& prefix) {
    const char* start = begin_ + token.start;
    char quote = *cursor_;
    int size = cursor_[1] == quote && cursor_[2] == quote ? 3 : 1;
    cursor_ += size;
    if (fstrings_.size() + 1 >= kMaxFStrings) {
        report("too many nested f-strings or t-strings");
        return fault(token);
    }
    FString f{};
    f.quote = quote;
    f.quote_size = static_cast<std::uint8_t>(size);
    f.letter = prefix.format ? 'f' : 't';
    f.raw = prefix.raw;
    f.in_text = true;
    f.start = start;
    f.line_start = line_start_;
    f.lineno = lineno_;
    f.expression_depth = -1;
    fstrings_.push_back(f);
    finish(token, prefix.format ? Tok::FstringStart : Tok::TstringStart, start, cursor_);
}

// Text between the braces of an f-string, or its end, or, at a brace, whatever starts the replacement field.
void Tokenizer::scan_text(Token& token) {
    FString& f = fstrings_.back();
    Tok middle = f.letter == 'f' ? Tok::FstringMiddle : Tok::TstringMiddle;
    const char* start = cursor_;
    const char* first_line = line_start_;
    int first_lineno = lineno_;
    auto finish_middle = [&](const char* end) {
        finish(token, middle, start, end);
        token.lineno = first_lineno;
        token.col = static_cast<int>(start - first_line);
    };
    auto enter_field = [&] {
        ++f.expression_depth;
        if (f.expression_depth >= kMaxFStringExpressions) {
            ++cursor_;
            return report(message(arena_, f.letter, "-string: expressions nested too deeply"));
        }
        f.in_text = false;
        return true;
    };

    if (*cursor_ == '{' && cursor_[1] != '{') {
        if (!enter_field()) {
            --cursor_;
            error_.offset = error_.end_offset = char_column(cursor_);
            return fault(token);
        }
        return scan(token);
    }

    int matched = 0;
    while (matched < f.quote_size && cursor_[matched] == f.quote) ++matched;
    if (matched == f.quote_size) {
        cursor_ += f.quote_size;
        Tok type = f.letter == 'f' ? Tok::FstringEnd : Tok::TstringEnd;
        fstrings_.pop_back();
        return finish(token, type, start, cursor_);
    }

    bool named_escape = false;  // behind \N{
    for (int quotes = 0; quotes != f.quote_size;) {
        char c = *cursor_;
        bool in_spec = f.in_format_spec && f.expression_depth >= 0;
        if (cursor_ == end_ || (c == '\n' && f.quote_size == 1)) {
            bool at_end = cursor_ == end_;
            if (in_spec && !at_end) {
                ++cursor_;
                report(message(arena_, f.letter,
                               "-string: newlines are not allowed in format specifiers for single quoted ",
                               f.letter, "-strings"));
                return fault(token);
            }
            cursor_ = f.start + 1;
            line_start_ = f.line_start;
            int detected = lineno_;
            lineno_ = f.lineno;
            report(message(arena_, f.quote_size == 3 ? "unterminated triple-quoted " : "unterminated ",
                           f.letter, "-string literal (detected at line ", detected, ")"));
            ended_in_string_ = at_end && f.quote_size == 3;
            return fault(token);
        }
        ++cursor_;
        if (c == f.quote) {
            ++quotes;
            continue;
        }
        quotes = 0;
        if (c == '\n') {
            next_line();
        } else if (c == '{') {
            if (*cursor_ == '{' && !in_spec) {
                // A doubled brace stands for one: the token ends with the first, the second is skipped,
                // though its column counts.
                finish_middle(cursor_);
                if (!options_.extra_tokens) ++token.end_col;
                ++cursor_;
                return;
            }
            --cursor_;
            if (!enter_field()) {
                --cursor_;
                error_.offset = error_.end_offset = char_column(cursor_);
                return fault(token);
            }
            return finish_middle(cursor_);
        } else if (c == '}') {
            if (named_escape) return finish_middle(cursor_);
            if (*cursor_ == '}' && !in_spec && f.bracket_depth == 0) {
                finish_middle(cursor_);
                if (!options_.extra_tokens) ++token.end_col;
                ++cursor_;
                return;
            }
            --cursor_;
            f.in_text = false;
            return finish_middle(cursor_);
        } else if (c == '\\' && cursor_ != end_) {
            char escaped = *cursor_;
            if (escaped == '{' || escaped == '}') {
                if (!f.raw) warn_escape(escaped);
                continue;
            }
            ++cursor_;
            if (escaped == '\n') next_line();
            if (!f.raw && escaped == 'N' && *cursor_ == '{') {
                ++cursor_;
                named_escape = true;
            }
        }
    }
    cursor_ -= f.quote_size;
    finish_middle(cursor_);
}

bool Tokenizer::scan_field_punctuation(Token& token, char c) {
    FString& f = fstrings_.back();
    if (c != ':' || f.expression_depth < 0 || f.bracket_depth - 1 != f.expression_depth) return false;
    // The colon of a field starts its format spec, which is text again.
    f.in_text = true;
    f.in_format_spec = true;
    ++cursor_;
    finish(token, Tok::Colon, cursor_ - 1, cursor_);
    return true;
}

void Tokenizer::warn_escape(char c) {
    const char* backslash = cursor_ - 1;
    SyntaxWarning w;
    w.message = message(arena_, "\"\\", c,
                        "\" is an invalid escape sequence. Such sequences will not work in the "
                        "future. Did you mean \"\\\\",
                        c, "\"? A raw string is also an option.");
    w.error_message = message(arena_, "\"\\", c, "\" is an invalid escape sequence. Did you mean \"\\\\", c,
                              "\"? A raw string is also an option.");
    w.lineno = w.end_lineno = lineno_;
    w.offset = w.end_offset = char_column(backslash) + 1;
    w.text = line_text();
    warnings_.push_back(w);
}

void Tokenizer::warn(std::string_view text) {
    SyntaxWarning w;
    w.message = w.error_message = text;
    w.lineno = w.end_lineno = lineno_;
    w.offset = w.end_offset = char_column(cursor_);
    w.text = line_text();
    warnings_.push_back(w);
}

}  // namespace oro::syntax
