// Tokens: types, keywords and positions. Plain data; the text of a token lies in the source it was read from.
#pragma once

#include <cstdint>
#include <string_view>

namespace oro::syntax {

// Numbered as in Python's `token` module; keywords, which Python calls NAME, come behind.
enum class Tok : std::uint8_t {
#define TOKEN(Name, python, text) Name,
#define KEYWORD(Name, text) Name,
#include "syntax/tokens.def"
};

constexpr Tok kFirstKeyword = Tok::KwFalse;
constexpr bool is_keyword(Tok t) { return t >= kFirstKeyword; }

struct Token {
    Tok type = Tok::EndMarker;
    std::uint8_t level = 0;  // of open brackets behind this token
    bool at_end = false;     // made after the end of the text was seen
    std::uint32_t start = 0;  // byte offsets in the text
    std::uint32_t end = 0;
    // Lines from 1, columns in bytes from 0. Indents, dedents and the end marker have no columns: -1.
    int lineno = 0;
    int col = 0;
    int end_lineno = 0;
    int end_col = 0;
};

// "LPAR", "NAME", ... for Python's number of the type; keywords give "NAME".
std::string_view python_name(Tok t);
// The exact text of an operator or a keyword; empty for types whose text varies.
std::string_view exact_text(Tok t);
// The keyword that the name is, or Tok::Name.
Tok keyword_or_name(std::string_view name);

}  // namespace oro::syntax
