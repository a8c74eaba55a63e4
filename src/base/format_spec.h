// The format specification mini-language of PEP 3101, as of Python 3.14:
//
//     [[fill]align][sign][z][#][0][width][grouping][.[precision][grouping]][type]
//
// parse_format_spec takes a spec apart; the format_ functions apply it. Specs and results are UTF-8, in which
// a fill may be a surrogate (three bytes). Failures carry the words of CPython's exceptions. Pure functions,
// safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace oro {

enum class FormatStatus : std::uint8_t { done, value_error, overflow_error, no_memory };

struct [[nodiscard]] FormatResult {
    FormatStatus status = FormatStatus::done;
    std::string message;

    bool ok() const { return status == FormatStatus::done; }
};

enum class FormatKind : std::uint8_t { string, integer, floating, complex };

struct FormatSpec {
    char32_t fill = ' ';
    char align = '>';  // < > = ^
    bool align_given = false;
    char sign = 0;                  // + - or space when given
    bool no_negative_zero = false;  // z
    bool alternate = false;         // #
    std::int64_t width = -1;        // -1 when not given
    char grouping = 0;              // , or _ when given
    std::int64_t precision = -1;
    char fraction_grouping = 0;
    char32_t type = 0;  // the default when not given: s for strings, d for ints, 0 for the others
};

// What type n takes from the C locale. The grouping is that of localeconv: sizes from the right, the last one
// repeating, CHAR_MAX for no further grouping.
struct NumericLocale {
    std::string_view decimal_point = ".";
    std::string_view thousands_separator = "";
    std::string_view grouping = "";
};

// type_name is that of the value, for messages.
FormatResult parse_format_spec(std::string_view spec, FormatKind kind, std::string_view type_name,
                               FormatSpec& out);

// How to lay a string out: its first `length` code points, with fill before and after.
struct StringLayout {
    std::size_t length;
    std::size_t left, right;
};
FormatResult format_string(const FormatSpec& spec, std::size_t length, std::string_view type_name,
                           StringLayout& out);

// What an int's spec asks for.
enum class IntForm : std::uint8_t { digits, character, floating };
struct IntPlan {
    IntForm form;
    int base;
};
// Also finds everything that is wrong with the spec for ints. With IntForm::floating the value is to be
// converted and given to format_float.
FormatResult plan_int(const FormatSpec& spec, std::string_view type_name, IntPlan& out);
// The digits are lower-case, in the plan's base, without sign.
FormatResult format_int(const FormatSpec& spec, bool negative, std::string_view digits,
                        const NumericLocale& locale, std::string& out);
FormatResult format_character(const FormatSpec& spec, char32_t c, std::string& out);

FormatResult format_float(const FormatSpec& spec, double value, std::string_view type_name,
                          const NumericLocale& locale, std::string& out);
FormatResult format_complex(const FormatSpec& spec, double real, double imaginary, std::string_view type_name,
                            const NumericLocale& locale, std::string& out);

}  // namespace oro
