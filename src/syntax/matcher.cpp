#include "syntax/matcher.h"

#include <algorithm>

#include "base/utf8.h"
#include "syntax/messages.h"

namespace oro::syntax {

using Op = GrammarItem::Op;

Matcher::Matcher(Arena& arena, const SourceText& source, std::span<const Token> tokens,
                 const Tokenizer& tokenizer, Parser& parser, const ParseOptions& options)
    : arena_(arena),
      source_(source),
      tokens_(tokens),
      tokenizer_(tokenizer),
      parser_(parser),
      options_(options) {
    // Matching needs more stack than parsing does; it comes on top of what parsing may use.
    auto stack = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    std::size_t budget = options.stack_budget * 3;
    stack_limit_ = stack > budget ? stack - budget : 0;
}

bool Matcher::run(std::string_view rule, std::size_t start, bool mistakes) {
    mistakes_ = mistakes;
    memo_.assign(tokens_.size() - start, nullptr);
    memo_base_ = start;
    furthest_ = std::max(furthest_, start);
    int end = match_rule(grammar_.find(rule), static_cast<int>(start));
    end_ = end < 0 ? start : static_cast<std::size_t>(end);
    return end >= 0 && !stopped_;
}

// The token there. Looking at a faulty one ends everything.
const Token& Matcher::look(int at) {
    auto index = static_cast<std::size_t>(at);
    const Token& t = tokens_[index];
    if (index > furthest_) furthest_ = index;
    if (t.type == Tok::Error && !stopped_) {
        stopped_ = true;
        error_from_tokenizer_ = true;
        error_ = tokenizer_error();
    }
    return t;
}

// Whether the token there is of this type, with nothing between it and the one before.
bool Matcher::follows_closely(int at, Tok type) {
    return look(at).type == type && tokens_[static_cast<std::size_t>(at)].start ==
                                        tokens_[static_cast<std::size_t>(at - 1)].end;
}

int Matcher::match_rule(int index, int at) {
    const GrammarRule& rule = grammar_.rules[static_cast<std::size_t>(index)];
    if (stopped_) return kNoMatch;
    if (reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)) < stack_limit_) {
        stopped_ = gave_up_ = true;
        return kNoMatch;
    }
    int* known = nullptr;
    if (rule.memo >= 0) {
        int*& block = memo_[static_cast<std::size_t>(at) - memo_base_];
        if (!block) {
            auto fresh = arena_.make_array<int>(grammar_.memo_count);
            std::fill(fresh.begin(), fresh.end(), kUnknown);
            block = fresh.data();
        }
        known = &block[rule.memo];
        if (*known != kUnknown) return *known;
    }

    // Inside of what may follow an expression, mistakes are of no interest.
    bool mistakes = mistakes_;
    if (rule.name == "expression_without_invalid") mistakes_ = false;
    int end = match_alternatives(rule.alternatives, rule.count, at);
    mistakes_ = mistakes;
    if (end >= 0 && rule.name == "strings") {
        // A faulty literal is reported as soon as it is read.
        parser_.expression_at(static_cast<std::size_t>(at), &Parser::strings);
        if (parser_.error()) {
            error_ = parser_.error();
            stopped_ = true;
            return kNoMatch;
        }
    }
    if (!stopped_ && known) *known = end;
    return end;
}

// CPython leaves alone for the second pass only those alternatives that are nothing but a mistake; that is
// why it finds some errors in dict displays on the first.
bool Matcher::is_mistake(const GrammarAlternative& alternative) const {
    if (alternative.count != 1) return false;
    const GrammarItem& item = grammar_.items[alternative.items];
    return item.op == Op::rule && grammar_.rules[item.index].mistake;
}

int Matcher::match_alternatives(std::uint16_t first, std::uint16_t count, int start) {
    for (std::uint16_t i = 0; i < count && !stopped_; ++i) {
        const GrammarAlternative& alternative = grammar_.alternatives[first + i];
        if (!mistakes_ && is_mistake(alternative)) continue;
        Captures captures;
        bool cut = false;
        int at = start;
        for (std::uint16_t k = 0; k < alternative.count && at >= 0; ++k) {
            const GrammarItem& item = grammar_.items[alternative.items + k];
            if (item.op == Op::cut) {
                cut = true;
                continue;
            }
            int end = match_item(item, at);
            if (item.capture && end >= 0) (item.capture == 'b' ? captures.b : captures.a) = {at, end, &item};
            at = end;
        }
        if (stopped_) return kNoMatch;
        if (at >= 0) {
            if (alternative.action.name.empty()) return at;
            if (act(alternative.action, captures, at)) return kNoMatch;
        }
        if (cut) return kNoMatch;
    }
    return kNoMatch;
}

int Matcher::match_item(const GrammarItem& item, int at) {
    if (stopped_) return kNoMatch;
    switch (item.op) {
    case Op::token: return look(at).type == item.token ? at + 1 : kNoMatch;
    case Op::not_equal: {
        const Token& t = look(at);
        if (!parser_.flufl()) return t.type == Tok::NotEqual ? at + 1 : kNoMatch;
        if (t.type == Tok::NotEqual && !stopped_) {
            error_ =
                error_at_token(ErrorKind::syntax_error, t, "with Barry as BDFL, use '<>' instead of '!='");
            stopped_ = true;
        }
        return t.type == Tok::Less && follows_closely(at + 1, Tok::Greater) ? at + 2 : kNoMatch;
    }
    case Op::soft_keyword: {
        const Token& t = look(at);
        if (t.type != Tok::Name) return kNoMatch;
        std::string_view text = source_.slice(t.start, t.end);
        bool fits = item.text.empty() ? text == "match" || text == "case" || text == "type" || text == "_"
                                      : text == item.text;
        return fits ? at + 1 : kNoMatch;
    }
    case Op::rule: return match_rule(item.index, at);
    case Op::group: return match_alternatives(item.index, item.count, at);
    case Op::optional: {
        int end = match_item(grammar_.items[item.index], at);
        return stopped_ ? kNoMatch : end < 0 ? at : end;
    }
    case Op::star:
    case Op::plus: {
        int end = at;
        bool any = false;
        for (;;) {
            int next = match_item(grammar_.items[item.index], end);
            if (stopped_) return kNoMatch;
            // An empty match would repeat forever.
            if (next < 0 || next == end) break;
            any = true;
            end = next;
        }
        return any || item.op == Op::star ? end : kNoMatch;
    }
    case Op::separated: {
        int end = match_item(grammar_.items[item.index], at);
        while (end >= 0 && !stopped_) {
            if (look(end).type != item.token) break;
            int next = match_item(grammar_.items[item.index], end + 1);
            if (next < 0) break;
            end = next;
        }
        return stopped_ ? kNoMatch : end;
    }
    case Op::ahead: return match_item(grammar_.items[item.index], at) >= 0 ? at : kNoMatch;
    case Op::not_ahead: {
        int end = match_item(grammar_.items[item.index], at);
        return stopped_ || end >= 0 ? kNoMatch : at;
    }
    case Op::forced: {
        const Token& t = look(at);
        if (stopped_) return kNoMatch;
        if (t.type == item.token) return at + 1;
        error_ = error_at_token(ErrorKind::syntax_error, t,
                                message(arena_, "expected '", exact_text(item.token), "'"));
        stopped_ = true;
        return kNoMatch;
    }
    case Op::cut: break;
    }
    return at;
}

const SyntaxError* Matcher::make_error(ErrorKind kind, const ErrorRange& where, std::string_view text) {
    auto* e = arena_.make<SyntaxError>();
    e->kind = kind;
    e->message = text;
    std::string_view line = source_.line(where.lineno);
    // The newline is part of the text only where reading has not gone on to another line.
    if (read_to_end_ ? tokenizer_.lineno() > where.lineno : tokens_[furthest_].end_lineno > where.lineno)
        if (line.ends_with('\n')) line.remove_suffix(1);
    // An unfinished string is shown with all its lines.
    if (kind == ErrorKind::incomplete_input && tokenizer_.stop() == TokenizerStop::reported)
        line = source_.text().substr(static_cast<std::size_t>(line.data() - source_.text().data()));
    e->lineno = where.lineno;
    e->offset = char_column(line, where.col);
    e->end_lineno = where.end_lineno;
    e->end_offset = char_column(line, where.end_col);
    e->text = arena_.copy(line);
    return e;
}

const SyntaxError* Matcher::error_at_token(ErrorKind kind, const Token& t, std::string_view text) {
    return make_error(kind, {t.lineno, t.col + 1, t.end_lineno, t.end_col + 1}, text);
}

const SyntaxError* Matcher::error_here(ErrorKind kind, const Token& t, std::string_view text) {
    if (t.col >= 0) return error_at_token(kind, t, text);
    return make_error(kind, {t.lineno, reading_column(t), t.end_lineno, -1}, text);
}

// Tokens without columns stand where reading stopped, in the line that was read last.
int Matcher::reading_column(const Token& t) const {
    std::string_view before = source_.text().substr(0, t.end);
    std::size_t line_start = 0;
    for (int i = 1; i < t.end_lineno; ++i) line_start = before.find('\n', line_start) + 1;
    return static_cast<int>(t.end - line_start);
}

const SyntaxError* Matcher::unclosed_bracket() {
    read_to_end_ = true;
    const Tokenizer::Bracket& b = tokenizer_.innermost_bracket();
    return make_error(ErrorKind::syntax_error, {b.lineno, b.col + 1, b.lineno, 0},
                      message(arena_, "'", b.open, "' was never closed"));
}

// The error of the faulty token at the end.
const SyntaxError* Matcher::tokenizer_error() {
    const Token& t = tokens_.back();
    int line = tokenizer_.lineno();
    switch (tokenizer_.stop()) {
    case TokenizerStop::reported: return arena_.make<SyntaxError>(tokenizer_.error());
    case TokenizerStop::end_of_text:
        if (tokenizer_.open_brackets()) return unclosed_bracket();
        return error_here(ErrorKind::syntax_error, t, "unexpected EOF while parsing");
    case TokenizerStop::bad_dedent:
        return error_here(ErrorKind::indentation_error, t,
                          "unindent does not match any outer indentation level");
    case TokenizerStop::tabs_and_spaces:
        return make_error(ErrorKind::tab_error, {line, 1, line, 0},
                          "inconsistent use of tabs and spaces in indentation");
    case TokenizerStop::too_deep:
        return make_error(ErrorKind::indentation_error, {line, 1, line, 0}, "too many levels of indentation");
    case TokenizerStop::line_continuation: {
        int col = static_cast<int>(tokenizer_.position() - tokenizer_.joined_lines_start());
        return make_error(ErrorKind::syntax_error, {line, col, line, 0},
                          "unexpected character after line continuation character");
    }
    case TokenizerStop::end: break;
    }
    return error_at_token(ErrorKind::syntax_error, t, "invalid syntax");
}

}  // namespace oro::syntax
