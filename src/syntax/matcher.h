// Matches tokens against the grammar, as CPython's parser would try them, to find out which error it would
// report.
//
// Two passes: the first without mistakes, to see how far the tokens make sense; the second with them. The
// matcher makes no tree. Where a message needs one, the parser reads the tokens in question again.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "syntax/ast.h"
#include "syntax/diagnose_grammar.h"
#include "syntax/errors.h"
#include "syntax/parser.h"
#include "syntax/source_text.h"
#include "syntax/token.h"
#include "syntax/tokenizer.h"

namespace oro::syntax {

// Where an error is, before it is put in characters: columns count bytes from 1; 0 and -1 pass through.
struct ErrorRange {
    int lineno = 0;
    int col = 0;
    int end_lineno = 0;
    int end_col = 0;
};

class Matcher {
public:
    Matcher(Arena& arena, const SourceText& source, std::span<const Token> tokens, const Tokenizer& tokenizer,
            Parser& parser, const ParseOptions& options);

    // One pass over the tokens from `start` on. True when they match; otherwise error() may tell why.
    bool run(std::string_view rule, std::size_t start, bool mistakes);

    const SyntaxError* error() const { return error_; }
    bool error_from_tokenizer() const { return error_from_tokenizer_; }
    bool gave_up() const { return gave_up_; }
    // The last token looked at, in all passes so far.
    std::size_t furthest() const { return furthest_; }
    // Behind the last token of the match.
    std::size_t end() const { return end_; }

    // Error records, with positions as CPython computes them.
    const SyntaxError* make_error(ErrorKind kind, const ErrorRange& where, std::string_view message);
    const SyntaxError* error_at_token(ErrorKind kind, const Token& token, std::string_view message);
    // As above for errors "here": tokens without columns count to where reading stopped.
    const SyntaxError* error_here(ErrorKind kind, const Token& token, std::string_view message);
    const SyntaxError* unclosed_bracket();
    const SyntaxError* tokenizer_error();

private:
    static constexpr int kNoMatch = -1;
    static constexpr int kUnknown = -2;

    struct Capture {
        int start = -1;
        int end = -1;
        const GrammarItem* item = nullptr;
    };
    struct Captures {
        Capture a, b;
        const Capture& operator[](char c) const { return c == 'b' ? b : a; }
    };

    int match_rule(int rule, int at);
    bool is_mistake(const GrammarAlternative& alternative) const;
    int match_alternatives(std::uint16_t first, std::uint16_t count, int at);
    int match_item(const GrammarItem& item, int at);
    const Token& look(int at);
    bool follows_closely(int at, Tok type);
    int reading_column(const Token& token) const;

    // diagnose_actions.cpp
    bool act(const GrammarAction& action, const Captures& captures, int at);
    ErrorRange range_of(const Capture& capture);
    Expr* expression_of(const Capture& capture);
    std::string expand(std::string_view message, const Captures& captures, int at);
    void raise(ErrorKind kind, const ErrorRange& where, std::string_view message);
    void raise_invalid_target(const Capture& capture, int sort, std::string_view verb);
    bool is_legacy_statement(const Expr* e) const;

    Arena& arena_;
    const SourceText& source_;
    std::span<const Token> tokens_;
    const Tokenizer& tokenizer_;
    Parser& parser_;
    const ParseOptions& options_;
    Grammar grammar_;

    bool mistakes_ = false;
    bool stopped_ = false;  // an error was found, nothing more may match
    bool gave_up_ = false;
    bool read_to_end_ = false;  // all tokens have been read, to look for faults
    bool error_from_tokenizer_ = false;
    std::size_t furthest_ = 0;
    std::size_t end_ = 0;
    const SyntaxError* error_ = nullptr;
    std::uintptr_t stack_limit_;
    // Per token, for each rule that keeps its results, where a match ends. Blocks are made on demand.
    std::vector<int*> memo_;
    std::size_t memo_base_ = 0;
};

// What Python calls this sort of expression in messages.
std::string_view expression_name(const Expr& e);

}  // namespace oro::syntax
