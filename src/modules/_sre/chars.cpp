#include "modules/_sre/chars.h"

#include <cctype>

#include "base/unicode.h"

namespace oro::sre {

Char locale_tolower(Char c) { return c < 256 ? static_cast<Char>(std::tolower(static_cast<int>(c))) : c; }

Char locale_toupper(Char c) { return c < 256 ? static_cast<Char>(std::toupper(static_cast<int>(c))) : c; }

bool locale_is_word(Char c) { return c < 256 && (std::isalnum(static_cast<int>(c)) || c == '_'); }

// Where a character's full mapping is longer than one character, `re` takes the first of it: 'S' for the upper case of
// the sharp s.
Char unicode_tolower(Char c) {
    if (c < 128) return ascii_tolower(c);
    char32_t full[3];
    unicode::to_lower_full(c, full);
    return full[0];
}

Char unicode_toupper(Char c) {
    if (c < 128) return c - 'a' < 26 ? c - 32 : c;
    char32_t full[3];
    unicode::to_upper_full(c, full);
    return full[0];
}

bool unicode_is_word(Char c) { return c < 128 ? ascii_is_word(c) : unicode::is_alnum(c); }

bool unicode_is_space(Char c) { return unicode::is_space(c); }

bool unicode_is_digit(Char c) { return c < 128 ? ascii_is_digit(c) : unicode::is_decimal(c); }

bool unicode_is_linebreak(Char c) { return unicode::is_line_break(c); }

bool unicode_iscased(Char c) {
    const Char lower = unicode_tolower(c);
    return c != lower || c != unicode_toupper(c);
}

bool in_category(Category category, Char c) {
    bool in = false;
    switch (static_cast<Category>(static_cast<Word>(category) & ~1u)) {
    case Category::digit: in = ascii_is_digit(c); break;
    case Category::space: in = ascii_is_space(c); break;
    case Category::word: in = ascii_is_word(c); break;
    case Category::linebreak: in = c == '\n'; break;
    case Category::loc_word: in = locale_is_word(c); break;
    case Category::uni_digit: in = unicode_is_digit(c); break;
    case Category::uni_space: in = unicode_is_space(c); break;
    case Category::uni_word: in = unicode_is_word(c); break;
    case Category::uni_linebreak: in = unicode_is_linebreak(c); break;
    default: return false;
    }
    return in != ((static_cast<Word>(category) & 1) != 0);
}

}  // namespace oro::sre
