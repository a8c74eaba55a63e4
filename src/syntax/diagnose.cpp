#include "syntax/diagnose.h"

#include <algorithm>

#include "syntax/matcher.h"
#include "syntax/messages.h"

namespace oro::syntax {
namespace {

std::string_view start_rule(ParseMode mode) {
    switch (mode) {
    case ParseMode::exec: return "file";
    case ParseMode::single: return "interactive";
    case ParseMode::eval: return "eval";
    case ParseMode::func_type: return "func_type";
    }
    return "file";
}

class Diagnosis {
public:
    Diagnosis(Arena& arena, const SourceText& source, std::span<const Token> tokens,
              const Tokenizer& tokenizer, Parser& parser, const ParseOptions& options)
        : arena_(arena),
          tokens_(tokens),
          tokenizer_(tokenizer),
          parser_(parser),
          options_(options),
          matcher_(arena, source, tokens, tokenizer, parser, options) {}

    std::size_t last_token() const {
        return read_all_ ? tokens_.size() - 1 : std::max(matcher_.furthest(), parser_stop_);
    }

    const SyntaxError* find() {
        parser_stop_ = std::min(parser_.failed_at(), tokens_.size() - 1);
        if (parser_.too_deep()) return too_deep();
        if (parser_.error() && parser_.error_is_final()) return parser_.error();
        const SyntaxError* value_error = parser_.error();
        std::string_view rule = start_rule(options_.mode);
        // What comes before can't be at fault, except for the last statement, which may explain an `elif`.
        std::size_t start = parser_.previous_statement();

        bool matched = !value_error && matcher_.run(rule, start, false);
        if (options_.allow_incomplete_input && !matched) {
            std::size_t last = value_error ? parser_.error_token() : matcher_.furthest();
            if (tokens_[last].at_end)
                return matcher_.error_here(ErrorKind::incomplete_input, tokens_[last], "incomplete input");
        }
        if (value_error) return prefer_tokenizer_error(value_error, tokens_[parser_stop_].lineno);
        if (matcher_.gave_up()) return generic(parser_stop_);
        if (matcher_.error()) return found();
        // The parser is stricter than the grammar: what it could not read is the fault.
        if (matched) return generic(parser_stop_);

        std::size_t last = matcher_.furthest();
        matcher_.run(rule, start, true);
        if (matcher_.error() && !matcher_.gave_up()) return found();
        return generic(last);
    }

private:
    const SyntaxError* too_deep() {
        auto* e = arena_.make<SyntaxError>();
        e->kind = ErrorKind::memory_error;
        e->message = "Parser stack overflowed - Python source too complex to parse";
        return e;
    }

    const SyntaxError* found() {
        if (matcher_.error_from_tokenizer()) return matcher_.error();
        const Token& last = tokens_[matcher_.furthest()];
        // Where the end has been seen already, there is no rest to look into.
        return last.at_end ? matcher_.error() : prefer_tokenizer_error(matcher_.error(), last.lineno);
    }

    // Faults in the rest of the text explain a syntax error better than it does itself.
    const SyntaxError* prefer_tokenizer_error(const SyntaxError* error, int last_line) {
        read_all_ = true;
        // Within an f-string, what follows the fault is of little worth.
        if (tokens_.back().type != Tok::Error || tokenizer_.in_format_string()) return error;
        if (tokenizer_.stop() == TokenizerStop::reported) return matcher_.tokenizer_error();
        if (tokenizer_.open_brackets() && last_line > tokenizer_.innermost_bracket().lineno)
            return matcher_.unclosed_bracket();
        return error;
    }

    const SyntaxError* generic(std::size_t last) {
        const Token& t = tokens_[last];
        if (t.type == Tok::Error) return matcher_.tokenizer_error();
        const Token& furthest = tokens_[matcher_.furthest()];
        if (t.type == Tok::Indent)
            return matcher_.error_here(ErrorKind::indentation_error, furthest, "unexpected indent");
        if (t.type == Tok::Dedent)
            return matcher_.error_here(ErrorKind::indentation_error, furthest, "unexpected unindent");
        return prefer_tokenizer_error(matcher_.error_at_token(ErrorKind::syntax_error, t, "invalid syntax"),
                                      furthest.lineno);
    }

    Arena& arena_;
    std::span<const Token> tokens_;
    const Tokenizer& tokenizer_;
    Parser& parser_;
    const ParseOptions& options_;
    Matcher matcher_;
    std::size_t parser_stop_ = 0;
    bool read_all_ = false;
};

}  // namespace

DiagnosedError diagnose(Arena& arena, const SourceText& source, std::span<const Token> tokens,
                        const Tokenizer& tokenizer, Parser& parser, const ParseOptions& options) {
    Diagnosis d(arena, source, tokens, tokenizer, parser, options);
    const SyntaxError* error = d.find();
    return {error, d.last_token()};
}

}  // namespace oro::syntax
