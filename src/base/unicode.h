// Properties and case mappings of code points, Unicode 16, as Python's str methods and unicodedata have them.
// Normal forms are in unicode_normalize.h, names in unicode_names.h. Pure functions over constant tables,
// safe from any thread. Any char32_t may be asked about; those beyond U+10FFFF are unassigned.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/unicode_tables.h"

namespace oro::unicode {

using unicode_tables::has;
using unicode_tables::record;
using unicode_tables::UnicodeFlag;

constexpr std::string_view kVersion = "16.0.0";

// The str predicates. is_digit covers superscripts and the like, is_numeric also fractions.
inline bool is_alpha(char32_t c) { return has(c, UnicodeFlag::alpha); }
inline bool is_decimal(char32_t c) { return has(c, UnicodeFlag::decimal); }
inline bool is_digit(char32_t c) { return has(c, UnicodeFlag::digit); }
inline bool is_numeric(char32_t c) { return has(c, UnicodeFlag::numeric); }
inline bool is_lower(char32_t c) { return has(c, UnicodeFlag::lower); }
inline bool is_upper(char32_t c) { return has(c, UnicodeFlag::upper); }
inline bool is_title(char32_t c) { return has(c, UnicodeFlag::title); }
inline bool is_space(char32_t c) { return has(c, UnicodeFlag::space); }
inline bool is_printable(char32_t c) { return has(c, UnicodeFlag::printable); }
// Where splitlines() splits.
inline bool is_line_break(char32_t c) { return has(c, UnicodeFlag::line_break); }
inline bool is_xid_start(char32_t c) { return has(c, UnicodeFlag::xid_start); }
inline bool is_xid_continue(char32_t c) { return has(c, UnicodeFlag::xid_continue); }
inline bool is_cased(char32_t c) { return has(c, UnicodeFlag::cased); }
inline bool is_case_ignorable(char32_t c) { return has(c, UnicodeFlag::case_ignorable); }
inline bool is_mirrored(char32_t c) { return has(c, UnicodeFlag::mirrored); }
inline bool is_alnum(char32_t c) {
    constexpr int mask = static_cast<int>(UnicodeFlag::alpha) | static_cast<int>(UnicodeFlag::numeric) |
                         static_cast<int>(UnicodeFlag::digit) | static_cast<int>(UnicodeFlag::decimal);
    return record(c).flags & mask;
}

// -1 for code points without such a value.
inline int decimal_value(char32_t c) { return record(c).decimal; }
inline int digit_value(char32_t c) { return record(c).digit; }
// Ask is_numeric first.
inline double numeric_value(char32_t c) { return unicode_tables::kNumericValues[record(c).numeric]; }

// As unicodedata spells them.
inline std::string_view category(char32_t c) { return unicode_tables::kCategoryNames[record(c).category]; }
inline std::string_view bidirectional(char32_t c) { return unicode_tables::kBidiNames[record(c).bidi]; }
inline std::string_view east_asian_width(char32_t c) { return unicode_tables::kWidthNames[record(c).width]; }
inline int combining(char32_t c) { return record(c).combining; }

// Simple mappings, one code point to one.
inline char32_t to_upper(char32_t c) { return c + static_cast<char32_t>(record(c).upper); }
inline char32_t to_lower(char32_t c) { return c + static_cast<char32_t>(record(c).lower); }
inline char32_t to_title(char32_t c) { return c + static_cast<char32_t>(record(c).title); }

// Full mappings write up to kMaxCaseExpansion code points and return how many.
constexpr std::size_t kMaxCaseExpansion = 3;
std::size_t to_upper_full(char32_t c, char32_t* out);
std::size_t to_lower_full(char32_t c, char32_t* out);
std::size_t to_title_full(char32_t c, char32_t* out);
std::size_t to_casefold(char32_t c, char32_t* out);

constexpr char32_t kCapitalSigma = 0x3A3;
constexpr char32_t kSmallSigma = 0x3C3;
constexpr char32_t kFinalSigma = 0x3C2;

// What the capital sigma at `index` becomes in lower case: the final form at the end of a word. T is any kind
// of code unit.
template <class T>
char32_t lower_sigma(const T* text, std::size_t length, std::size_t index) {
    std::size_t before = index;
    while (before > 0 && is_case_ignorable(text[before - 1])) --before;
    if (before == 0 || !is_cased(text[before - 1])) return kSmallSigma;
    std::size_t after = index + 1;
    while (after < length && is_case_ignorable(text[after])) ++after;
    return after < length && is_cased(text[after]) ? kSmallSigma : kFinalSigma;
}

}  // namespace oro::unicode
