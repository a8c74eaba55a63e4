#include "modules/_sre/chars.h"

#include <cctype>

namespace oro::sre {

Char locale_tolower(Char c) { return c < 256 ? static_cast<Char>(std::tolower(static_cast<int>(c))) : c; }

Char locale_toupper(Char c) { return c < 256 ? static_cast<Char>(std::toupper(static_cast<int>(c))) : c; }

bool locale_is_word(Char c) { return c < 256 && (std::isalnum(static_cast<int>(c)) || c == '_'); }

Char unicode_tolower(Char c) {
    if (c < 128) return ascii_tolower(c);
    return c - 0xC0 < 0x1F && c != 0xD7 ? c + 32 : c;
}

// Where a character's full upper case is longer than one character, `re` takes the first of it: 'S' for the
// sharp s.
Char unicode_toupper(Char c) {
    if (c < 128) return c - 'a' < 26 ? c - 32 : c;
    if (c == 0xB5) return 0x39C;
    if (c == 0xDF) return 'S';
    if (c == 0xFF) return 0x178;
    return c - 0xE0 < 0x1F && c != 0xF7 ? c - 32 : c;
}

bool unicode_is_word(Char c) {
    if (c < 128) return ascii_is_word(c);
    if (c >= 0xC0) return c < 256 && c != 0xD7 && c != 0xF7;
    switch (c) {
    case 0xAA: case 0xB2: case 0xB3: case 0xB5: case 0xB9: case 0xBA: case 0xBC: case 0xBD: case 0xBE:
        return true;
    default: return false;
    }
}

bool unicode_is_space(Char c) { return ascii_is_space(c) || c - 0x1C < 4 || c == 0x85 || c == 0xA0; }

bool unicode_is_digit(Char c) { return ascii_is_digit(c); }

bool unicode_is_linebreak(Char c) { return c - 0xA < 4 || c - 0x1C < 3 || c == 0x85; }

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
