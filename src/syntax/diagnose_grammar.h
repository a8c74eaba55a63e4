// The grammar that the matcher works by, compiled from the texts in diagnose_grammar.cpp.
//
// Compiling takes a fraction of a millisecond and is done for each syntax error, so that no mutable global is
// needed.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "syntax/token.h"

namespace oro::syntax {

extern const std::string_view kGrammarStatements;
extern const std::string_view kGrammarExpressions;
extern const std::string_view kGrammarMistakes;

struct GrammarItem {
    enum class Op : std::uint8_t {
        token,         // `token`; also sorts of token
        not_equal,     // `!=` or `<>`, whichever holds
        soft_keyword,  // a name with this `text`; any soft keyword when the text is empty
        rule,          // rule number `index`
        group,         // one of the alternatives [index, index + count)
        optional,      // the next three take the item at `index`
        star,
        plus,
        separated,     // at least one item at `index`, with `token` between them
        ahead,         // looks ahead for the item at `index`
        not_ahead,
        forced,        // `token`, or an error
        cut,
    };
    Op op{};
    Tok token{};
    char capture = 0;  // 'a' or 'b'
    std::uint16_t index = 0;
    std::uint16_t count = 0;
    std::string_view text;
};

// What to report when an alternative has matched.
struct GrammarAction {
    std::string_view name;  // empty: nothing
    char first = 0, second = 0;
    std::string_view message;
};

struct GrammarAlternative {
    std::uint16_t items = 0;  // first of them, of `count`
    std::uint16_t count = 0;
    GrammarAction action;
};

struct GrammarRule {
    std::string_view name;
    int memo = -1;             // its place among the rules marked * in the text, or -1
    bool mistake = false;      // called invalid_...
    std::uint16_t alternatives = 0;
    std::uint16_t count = 0;
};

struct Grammar {
    std::vector<GrammarRule> rules;
    std::vector<GrammarAlternative> alternatives;
    std::vector<GrammarItem> items;
    std::size_t memo_count = 0;

    Grammar();
    // The rule of this name, or -1 when there is none.
    int find(std::string_view name) const;
};

}  // namespace oro::syntax
