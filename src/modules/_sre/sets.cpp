#include "modules/_sre/sets.h"

#include <cstring>

namespace oro::sre {

namespace {

bool bit(const Word* words, Char index) { return words[index >> 5] >> (index & 31) & 1; }

// A complement is of the characters that match in neither case, so it is taken last.
bool set_contains_either_case(const Word* set, Char c) {
    const bool complement = op_of(*set) == Op::negate;
    if (complement) ++set;
    const Char lower = locale_tolower(c), upper = locale_toupper(c);
    const bool found = set_contains(set, lower) || (upper != lower && set_contains(set, upper));
    return found != complement;
}

bool same_in_locale(Char c, Word literal) {
    return c == literal || locale_tolower(c) == literal || locale_toupper(c) == literal;
}

}  // namespace

bool set_contains(const Word* set, Char c) {
    bool found = true;   // what finding the character means: negate flips it
    for (;;) {
        switch (op_of(*set++)) {
        case Op::failure:
            return !found;
        case Op::negate:
            found = !found;
            break;
        case Op::literal:
            if (c == set[0]) return found;
            set += 1;
            break;
        case Op::category:
            if (in_category(static_cast<Category>(set[0]), c)) return found;
            set += 1;
            break;
        case Op::range:
            if (set[0] <= c && c <= set[1]) return found;
            set += 2;
            break;
        case Op::range_uni_ignore: {
            if (set[0] <= c && c <= set[1]) return found;
            const Char upper = unicode_toupper(c);
            if (set[0] <= upper && upper <= set[1]) return found;
            set += 2;
            break;
        }
        case Op::charset:
            if (c < 256 && bit(set, c)) return found;
            set += 8;
            break;
        case Op::bigcharset: {
            // The number of blocks, 256 bytes that say which block holds each page of 256 characters, the
            // blocks.
            const Word blocks = *set++;
            if (c < 0x10000) {
                unsigned char block;
                std::memcpy(&block, reinterpret_cast<const unsigned char*>(set) + (c >> 8), 1);
                if (bit(set + 64 + block * 8, c & 255)) return found;
            }
            set += 64 + blocks * 8;
            break;
        }
        default:
            return false;   // unreachable in validated code
        }
    }
}

bool unit_matches(const Word* unit, Char c) {
    switch (op_of(*unit)) {
    case Op::any: return c != '\n';
    case Op::any_all: return true;
    case Op::literal: return c == unit[1];
    case Op::not_literal: return c != unit[1];
    case Op::category: return in_category(static_cast<Category>(unit[1]), c);
    case Op::in: return set_contains(unit + 2, c);
    case Op::in_ignore: return set_contains(unit + 2, ascii_tolower(c));
    case Op::in_uni_ignore: return set_contains(unit + 2, unicode_tolower(c));
    case Op::in_loc_ignore: return set_contains_either_case(unit + 2, c);
    case Op::literal_ignore: return ascii_tolower(c) == unit[1];
    case Op::literal_uni_ignore: return unicode_tolower(c) == unit[1];
    case Op::literal_loc_ignore: return same_in_locale(c, unit[1]);
    case Op::not_literal_ignore: return ascii_tolower(c) != unit[1];
    case Op::not_literal_uni_ignore: return unicode_tolower(c) != unit[1];
    case Op::not_literal_loc_ignore: return !same_in_locale(c, unit[1]);
    default: return false;
    }
}

bool unit_uses_locale(const Word* unit) {
    const auto of_locale = [](Word category) {
        return (category & ~1u) == static_cast<Word>(Category::loc_word);
    };
    switch (op_of(*unit)) {
    case Op::in_loc_ignore: case Op::literal_loc_ignore: case Op::not_literal_loc_ignore: return true;
    case Op::category: return of_locale(unit[1]);
    case Op::in: case Op::in_ignore: case Op::in_uni_ignore: break;
    default: return false;
    }
    for (const Word* set = unit + 2;;) {
        switch (op_of(*set++)) {
        case Op::negate: break;
        case Op::literal: set += 1; break;
        case Op::category:
            if (of_locale(*set)) return true;
            set += 1;
            break;
        case Op::range: case Op::range_uni_ignore: set += 2; break;
        case Op::charset: set += 8; break;
        case Op::bigcharset: set += 65 + *set * 8; break;
        default: return false;
        }
    }
}

}  // namespace oro::sre
