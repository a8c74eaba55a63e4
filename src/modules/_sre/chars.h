// What the regular expression engine asks about characters: case mappings and categories in the three
// flavours of the `re` module (ASCII, the C library's locale, Unicode), and the helpers that
// `re/_compiler.py` imports.
//
// Thread-safety: pure functions, except that those of the locale read the process's C locale.
#pragma once

#include <cstdint>

#include "modules/_sre/opcodes.h"

namespace oro::sre {

using Char = std::uint32_t;

constexpr Char ascii_tolower(Char c) { return c - 'A' < 26 ? c + 32 : c; }
constexpr bool ascii_is_alpha(Char c) { return (c | 32) - 'a' < 26; }
constexpr bool ascii_is_digit(Char c) { return c - '0' < 10; }
constexpr bool ascii_is_word(Char c) {
    return c < 128 && (ascii_is_alpha(c) || ascii_is_digit(c) || c == '_');
}
constexpr bool ascii_is_space(Char c) { return c - 9 < 5 || c == ' '; }
constexpr bool ascii_iscased(Char c) { return c < 128 && ascii_is_alpha(c); }

Char locale_tolower(Char c);
Char locale_toupper(Char c);
bool locale_is_word(Char c);

Char unicode_tolower(Char c);
Char unicode_toupper(Char c);
bool unicode_is_word(Char c);
bool unicode_is_space(Char c);
bool unicode_is_digit(Char c);
bool unicode_is_linebreak(Char c);
bool unicode_iscased(Char c);

bool in_category(Category category, Char c);

}  // namespace oro::sre
