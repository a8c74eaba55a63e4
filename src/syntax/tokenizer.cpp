// Lines, indentation, names, operators and brackets. Numbers and strings have files of their own.
#include "syntax/tokenizer.h"

#include "base/unicode_ident.h"
#include "base/utf8.h"
#include "syntax/char_class.h"
#include "syntax/messages.h"

namespace oro::syntax {

Tokenizer::Tokenizer(Arena& arena, std::string_view text, const TokenizerOptions& options)
    : arena_(arena),
      begin_(text.data()),
      end_(text.data() + text.size()),
      cursor_(begin_),
      line_start_(begin_),
      lineno_(text.empty() ? 0 : 1),
      options_(options) {}

Token Tokenizer::next() {
    Token token;
    if (stop_ != TokenizerStop::end) {
        fault(token);
        return token;
    }
    if (in_fstring() && fstrings_.back().in_text)
        scan_text(token);
    else
        scan(token);

    if (token.type == Tok::EndMarker && options_.interactive && statement_started_) {
        // The end of interactive input ends the statement, as if a line were left empty.
        statement_started_ = false;
        token.type = Tok::Newline;
        if (indent_ && options_.imply_dedent) {
            pending_ = -indent_;
            indent_ = 0;
        }
    } else {
        statement_started_ = true;
    }
    return token;
}

void Tokenizer::finish(Token& token, Tok type, const char* start, const char* end) {
    token.type = type;
    token.level = static_cast<std::uint8_t>(level_);
    // Telling where a token ends takes a look at the character behind it, unless it ends with a quote or
    // can't go on.
    bool closed = type == Tok::Newline || type == Tok::String || type == Tok::FstringEnd ||
                  type == Tok::TstringEnd || (end - start == 3 && type > Tok::LeftParen && type < Tok::Op);
    token.at_end = saw_end_ || (cursor_ == end_ && !closed);
    token.start = static_cast<std::uint32_t>(start - begin_);
    token.end = static_cast<std::uint32_t>(end - begin_);
    token.lineno = token.end_lineno = lineno_;
    token.col = static_cast<int>(start - line_start_);
    token.end_col = static_cast<int>(end - line_start_);
}

void Tokenizer::finish_without_columns(Token& token, Tok type) {
    finish(token, type, cursor_, cursor_);
    token.col = token.end_col = -1;
}

void Tokenizer::fault(Token& token) {
    finish_without_columns(token, Tok::Error);
    token.at_end = stop_ == TokenizerStop::end_of_text || ended_in_string_;
}

bool Tokenizer::stop_with(TokenizerStop why) {
    stop_ = why;
    if (why != TokenizerStop::line_continuation && why != TokenizerStop::end_of_text) {
        // The rest of the line is given up, newline included.
        while (cursor_ != end_ && *cursor_ != '\n') ++cursor_;
        if (cursor_ != end_) ++cursor_;
    }
    return false;
}

int Tokenizer::char_column(const char* at) const {
    return static_cast<int>(count_code_points({line_start_, static_cast<std::size_t>(at - line_start_)}));
}

std::string_view Tokenizer::line_text() const {
    const char* stop = line_start_;
    while (stop != end_ && *stop != '\n') ++stop;
    return arena_.copy(std::string_view(line_start_, static_cast<std::size_t>(stop - line_start_)));
}

bool Tokenizer::report(std::string_view message) {
    int col = char_column(cursor_);
    return report_at(message, col, col);
}

bool Tokenizer::report_at(std::string_view message, int col, int end_col) {
    stop_ = TokenizerStop::reported;
    error_ = {ErrorKind::syntax_error, arena_.copy(message), lineno_, col, lineno_, end_col, line_text()};
    return false;
}

void Tokenizer::next_line() {
    // The line count stays with the last line when the text ends here.
    if (cursor_ == end_) return;
    ++lineno_;
    line_start_ = cursor_;
}

// Reads the white space that a logical line starts with, and works out the blocks that it opens or closes.
// False when it is faulty.
bool Tokenizer::read_indentation() {
    int col = 0, narrow = 0, continued_col = 0;
    for (;;) {
        char c = *cursor_;
        if (c == ' ') {
            ++col, ++narrow;
        } else if (c == '\t') {
            col = (col / 8 + 1) * 8, ++narrow;
        } else if (c == '\f') {
            col = narrow = 0;
        } else if (c == '\\') {
            // Indentation can't be split over lines: what counts is the part before the first backslash.
            if (!continued_col) continued_col = col;
            ++cursor_;
            if (!continue_line()) return false;
            continue;
        } else {
            break;
        }
        ++cursor_;
    }
    if (*cursor_ == '#' || *cursor_ == '\n') {
        blank_line_ = true;
        return true;
    }
    if (level_) return true;
    if (continued_col) col = narrow = continued_col;

    if (col == columns_[indent_]) {
        if (narrow != narrow_columns_[indent_]) return stop_with(TokenizerStop::tabs_and_spaces);
    } else if (col > columns_[indent_]) {
        if (indent_ + 1 >= kMaxIndents) return stop_with(TokenizerStop::too_deep);
        if (narrow <= narrow_columns_[indent_]) return stop_with(TokenizerStop::tabs_and_spaces);
        ++pending_;
        ++indent_;
        columns_[indent_] = col;
        narrow_columns_[indent_] = narrow;
    } else {
        while (indent_ > 0 && col < columns_[indent_]) {
            --pending_;
            --indent_;
        }
        if (col != columns_[indent_]) return stop_with(TokenizerStop::bad_dedent);
        if (narrow != narrow_columns_[indent_]) return stop_with(TokenizerStop::tabs_and_spaces);
    }
    return true;
}

// Behind a backslash: goes to the next line. False when there is none.
bool Tokenizer::continue_line() {
    if (cursor_ == end_) {
        return stop_with(TokenizerStop::line_continuation);
    }
    if (*cursor_ != '\n') {
        ++cursor_;
        return stop_with(TokenizerStop::line_continuation);
    }
    ++cursor_;
    if (cursor_ == end_) return stop_with(TokenizerStop::end_of_text);
    if (!joined_lines_) joined_lines_ = line_start_;
    next_line();
    return true;
}

void Tokenizer::scan(Token& token) {
    for (;;) {
        if (at_line_start_) {
            at_line_start_ = blank_line_ = false;
            if (!read_indentation()) return fault(token);
        }
        if (pending_) {
            if (cursor_ == end_) saw_end_ = true;
            bool indents = pending_ > 0;
            pending_ += indents ? -1 : 1;
            if (!options_.extra_tokens)
                return finish_without_columns(token, indents ? Tok::Indent : Tok::Dedent);
            return finish(token, indents ? Tok::Indent : Tok::Dedent, indents ? line_start_ : cursor_,
                          cursor_);
        }

        const char* comment = nullptr;
        for (;;) {
            while (*cursor_ == ' ' || *cursor_ == '\t' || *cursor_ == '\f') ++cursor_;
            const char* start = cursor_;
            char c = *cursor_;
            if (c == '#') {
                while (cursor_ != end_ && *cursor_ != '\n') ++cursor_;
                if (options_.extra_tokens) return finish(token, Tok::Comment, start, cursor_);
                comment = start;
                continue;
            }
            if (starts_name(c)) return scan_name(token);
            if (c == '\n') break;
            if (cursor_ == end_) {
                saw_end_ = true;
                if (level_) {
                    stop_ = TokenizerStop::end_of_text;
                    return fault(token);
                }
                return finish_without_columns(token, Tok::EndMarker);
            }
            if (is_digit(c) || (c == '.' && is_digit(cursor_[1]))) return scan_number(token);
            if (c == '"' || c == '\'') return scan_string(token);
            if (c == '\\') {
                ++cursor_;
                if (!continue_line()) return fault(token);
                continue;
            }
            return scan_operator(token);
        }

        // The newline's token takes in the comment before it.
        const char* start = comment ? comment : cursor_;
        ++cursor_;
        joined_lines_ = nullptr;
        at_line_start_ = true;
        bool matters = !blank_line_ && level_ == 0;
        if (matters || options_.extra_tokens) finish(token, matters ? Tok::Newline : Tok::Nl, start, cursor_);
        next_line();
        if (matters || options_.extra_tokens) return;
    }
}

void Tokenizer::scan_name(Token& token) {
    const char* start = cursor_;
    StringPrefix prefix;
    // A name of few letters in front of a quote is a prefix. Letters that can't stand together are let
    // through here, so that check_prefix can say so.
    for (const char* p = cursor_;; ++p) {
        char c = static_cast<char>(*p | 0x20);
        if (c == 'b' && !prefix.bytes) {
            prefix.bytes = true;
        } else if (c == 'u' && !prefix.unicode) {
            prefix.unicode = true;
        } else if (c == 'r' && !prefix.raw) {
            prefix.raw = true;
        } else if (c == 'f' && !prefix.format) {
            prefix.format = true;
        } else if (c == 't' && !prefix.temp) {
            prefix.temp = true;
        } else {
            if ((*p == '"' || *p == '\'') && p != start) {
                cursor_ = p;
                if (!check_prefix(prefix)) return fault(token);
                cursor_ = start;
                if (prefix.format || prefix.temp) {
                    cursor_ = p;
                    finish(token, Tok::String, start, p);
                    return begin_fstring(token, prefix);
                }
                return scan_string(token);
            }
            break;
        }
    }

    bool ascii = true;
    const char* p = start;
    for (; continues_name(*p); ++p) ascii &= !(*p & 0x80);
    cursor_ = p;
    std::string_view name(start, static_cast<std::size_t>(p - start));
    if (!ascii && !check_identifier(name)) return fault(token);
    finish(token, ascii ? keyword_or_name(name) : Tok::Name, start, p);
}

// Whether the prefix letters before the quote at the cursor may stand together.
bool Tokenizer::check_prefix(const StringPrefix& p) {
    auto clash = [&](char a, char b) {
        const char* start = cursor_;
        while (start != line_start_ && continues_name(start[-1])) --start;
        report_at(message(arena_, "'", a, "' and '", b, "' prefixes are incompatible"),
                  char_column(start) + 1, char_column(cursor_) + 1);
        return false;
    };
    if (p.unicode && p.bytes) return clash('u', 'b');
    if (p.unicode && p.raw) return clash('u', 'r');
    if (p.unicode && p.format) return clash('u', 'f');
    if (p.unicode && p.temp) return clash('u', 't');
    if (p.bytes && p.format) return clash('b', 'f');
    if (p.bytes && p.temp) return clash('b', 't');
    if (p.format && p.temp) return clash('f', 't');
    return true;
}

bool Tokenizer::check_identifier(std::string_view name) {
    const char* p = name.data();
    const char* stop = p + name.size();
    bool first = true;
    while (p != stop) {
        char32_t c = next_code_point(p);
        bool fits = first ? is_xid_start(c) : is_xid_continue(c);
        first = false;
        if (fits) continue;
        cursor_ = p;
        if (!is_printable(c))
            return report(message(arena_, "invalid non-printable character U+", std::string_view(hex4(c))));
        std::string shown;
        append_utf8(shown, c);
        return report(message(arena_, "invalid character '", std::string_view(shown), "' (U+",
                              std::string_view(hex4(c)), ")"));
    }
    return true;
}

namespace {

// The operator that starts at `p`, and its length; Tok::Op and 1 when there is none.
struct Operator {
    Tok type;
    int length;
};

Operator read_operator(const char* p) {
    auto either = [&](Tok one, Tok with_equal) {
        return p[1] == '=' ? Operator{with_equal, 2} : Operator{one, 1};
    };
    // For operators that may be doubled, and then followed by '='.
    auto doubled = [&](Tok one, Tok equal, Tok two, Tok two_equal) {
        if (p[1] == p[0]) return p[2] == '=' ? Operator{two_equal, 3} : Operator{two, 2};
        return p[1] == '=' ? Operator{equal, 2} : Operator{one, 1};
    };
    switch (*p) {
    case '(': return {Tok::LeftParen, 1};
    case ')': return {Tok::RightParen, 1};
    case '[': return {Tok::LeftSquare, 1};
    case ']': return {Tok::RightSquare, 1};
    case '{': return {Tok::LeftBrace, 1};
    case '}': return {Tok::RightBrace, 1};
    case ',': return {Tok::Comma, 1};
    case ';': return {Tok::Semi, 1};
    case '~': return {Tok::Tilde, 1};
    case ':': return either(Tok::Colon, Tok::ColonEqual);
    case '=': return either(Tok::Equal, Tok::EqEqual);
    case '!': return either(Tok::Exclamation, Tok::NotEqual);
    case '+': return either(Tok::Plus, Tok::PlusEqual);
    case '-': return p[1] == '>' ? Operator{Tok::Arrow, 2} : either(Tok::Minus, Tok::MinusEqual);
    case '*': return doubled(Tok::Star, Tok::StarEqual, Tok::DoubleStar, Tok::DoubleStarEqual);
    case '/': return doubled(Tok::Slash, Tok::SlashEqual, Tok::DoubleSlash, Tok::DoubleSlashEqual);
    case '%': return either(Tok::Percent, Tok::PercentEqual);
    case '&': return either(Tok::Amper, Tok::AmperEqual);
    case '|': return either(Tok::Bar, Tok::BarEqual);
    case '^': return either(Tok::Circumflex, Tok::CircumflexEqual);
    case '@': return either(Tok::At, Tok::AtEqual);
    case '<': return doubled(Tok::Less, Tok::LessEqual, Tok::LeftShift, Tok::LeftShiftEqual);
    case '>': return doubled(Tok::Greater, Tok::GreaterEqual, Tok::RightShift, Tok::RightShiftEqual);
    case '.': return p[1] == '.' && p[2] == '.' ? Operator{Tok::Ellipsis, 3} : Operator{Tok::Dot, 1};
    default: return {Tok::Op, 1};
    }
}

}  // namespace

void Tokenizer::scan_operator(Token& token) {
    const char* start = cursor_;
    char c = *start;
    if (in_fstring() && scan_field_punctuation(token, c)) return;
    Operator op = read_operator(start);
    cursor_ = start + op.length;
    switch (op.type) {
    case Tok::LeftParen:
    case Tok::LeftSquare:
    case Tok::LeftBrace:
        if (!open_bracket(c)) return fault(token);
        break;
    case Tok::RightParen:
    case Tok::RightSquare:
    case Tok::RightBrace:
        if (!close_bracket(c)) return fault(token);
        break;
    case Tok::Op:
        if (!is_printable(static_cast<unsigned char>(c))) {
            report(message(arena_, "invalid non-printable character U+",
                           std::string_view(hex4(static_cast<unsigned char>(c)))));
            return fault(token);
        }
        break;
    default: break;
    }
    finish(token, op.type, start, cursor_);
}

bool Tokenizer::open_bracket(char c) {
    if (level_ >= kMaxBrackets) return report("too many nested parentheses");
    brackets_[level_++] = {c, lineno_, static_cast<int>(cursor_ - 1 - line_start_)};
    if (in_fstring()) ++fstrings_.back().bracket_depth;
    return true;
}

bool Tokenizer::close_bracket(char c) {
    FString* f = in_fstring() ? &fstrings_.back() : nullptr;
    if (f && !f->bracket_depth && c == '}')
        return report(message(arena_, f->letter, "-string: single '}' is not allowed"));
    if (!options_.extra_tokens && !level_) return report(message(arena_, "unmatched '", c, "'"));
    if (level_ > 0) {
        const Bracket& open = brackets_[--level_];
        bool matches = (open.open == '(' && c == ')') || (open.open == '[' && c == ']') ||
                       (open.open == '{' && c == '}');
        if (!matches && !options_.extra_tokens) {
            // A brace that opened a replacement field is no bracket to its reader.
            if (f && open.open == '{' && f->bracket_depth - 1 == f->expression_depth)
                return report(message(arena_, f->letter, "-string: unmatched '", c, "'"));
            std::string_view what = message(arena_, "closing parenthesis '", c,
                                            "' does not match opening parenthesis '", open.open, "'");
            if (open.lineno != lineno_) what = message(arena_, what, " on line ", open.lineno);
            return report(what);
        }
    }
    if (f) {
        if (--f->bracket_depth < 0) return report(message(arena_, f->letter, "-string: unmatched '", c, "'"));
        if (c == '}' && f->bracket_depth == f->expression_depth) {
            --f->expression_depth;
            f->in_text = true;
            f->in_format_spec = false;
        }
    }
    return true;
}

}  // namespace oro::syntax
