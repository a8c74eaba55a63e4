#include "base/format_spec.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/bigint.h"
#include "base/utf8.h"

namespace oro {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

// The text with V: in front, or the message with E:.
std::string outcome(const FormatResult& result, const std::string& text) {
    return result.ok() ? "V:" + text : "E:" + result.message;
}

std::string formatted(std::int64_t value, std::string_view text, const NumericLocale& locale = {}) {
    FormatSpec spec;
    IntPlan plan;
    std::string out;
    FormatResult result = parse_format_spec(text, FormatKind::integer, "int", spec);
    if (result.ok()) result = plan_int(spec, "int", plan);
    if (!result.ok()) return outcome(result, out);
    switch (plan.form) {
        case IntForm::digits:
            result = format_int(spec, value < 0, to_text(absolute(WordInt(value)), plan.base), locale, out);
            break;
        case IntForm::character: result = format_character(spec, static_cast<char32_t>(value), out); break;
        case IntForm::floating:
            result = format_float(spec, static_cast<double>(value), "int", locale, out);
            break;
    }
    return outcome(result, out);
}

std::string formatted(double value, std::string_view text, const NumericLocale& locale = {}) {
    FormatSpec spec;
    std::string out;
    FormatResult result = parse_format_spec(text, FormatKind::floating, "float", spec);
    if (result.ok()) result = format_float(spec, value, "float", locale, out);
    return outcome(result, out);
}

std::string formatted(double real, double imaginary, std::string_view text) {
    FormatSpec spec;
    std::string out;
    FormatResult result = parse_format_spec(text, FormatKind::complex, "complex", spec);
    if (result.ok()) result = format_complex(spec, real, imaginary, "complex", {}, out);
    return outcome(result, out);
}

std::string formatted(std::string_view value, std::string_view text) {
    FormatSpec spec;
    StringLayout layout{};
    FormatResult result = parse_format_spec(text, FormatKind::string, "str", spec);
    if (result.ok()) result = format_string(spec, value.size(), "str", layout);
    std::string out;
    for (std::size_t i = 0; i < layout.left; ++i) append_utf8(out, spec.fill);
    out += value.substr(0, layout.length);
    for (std::size_t i = 0; i < layout.right; ++i) append_utf8(out, spec.fill);
    return outcome(result, out);
}

// The expected texts in this file are CPython's.
TEST(FormatSpec, Ints) {
    struct {
        std::int64_t value;
        const char *spec, *expected;
    } cases[] = {
        {1234567, "", "V:1234567"},
        {1234567, ",", "V:1,234,567"},
        {1234567, "_x", "V:12_d687"},
        {1234567, "#_X", "V:0X12_D687"},
        {1234567, "#010x", "V:0x0012d687"},
        {1234567, "0=+10", "V:+001234567"},
        {1234567, "015,", "V:000,001,234,567"},
        {1234567, "016_x", "V:0_0000_0012_d687"},
        {1234567, "x<020,", "V:1,234,567xxxxxxxxxxx"},
        {1234567, "#b", "V:0b100101101011010000111"},
        {1234567, "+#o", "V:+0o4553207"},
        {1234567, "020_b", "V:1_0010_1101_0110_1000_0111"},
        {1234567, ",.2f", "V:1,234,567.00"},
        {1234567, ".2_f", "V:1234567.00"},
        {1234567, ".,f", "V:1234567.000,000"},
        {1234567, "%", "V:123456700.000000%"},
        {1234567, "^11", "V:  1234567  "},
        {1234567, "\303\251>9", "V:\303\251\303\2511234567"},
        {1234567, ".2", "E:Precision not allowed in integer format specifier"},
        {1234567, ",c", "E:Cannot specify ',' with 'c'."},
        {1234567, "+c", "E:Sign not allowed with integer format specifier 'c'"},
        {1234567, "#c", "E:Alternate form (#) not allowed with integer format specifier 'c'"},
        {1234567, "z", "E:Negative zero coercion (z) not allowed in integer format specifier"},
        {1234567, ",x", "E:Cannot specify ',' with 'x'."},
        {1234567, "q", "E:Unknown format code 'q' for object of type 'int'"},
        {1234567, "\342\202\254", "E:Unknown format code '\\x20ac' for object of type 'int'"},
        {1234567, ".2,,f", "E:Invalid format specifier '.2,,f' for object of type 'int'"},
        {1234567, ".2_,f", "E:Cannot specify both ',' and '_'."},
        {1234567, ",_", "E:Cannot specify both ',' and '_'."},
        {1234567, "d ", "E:Invalid format specifier 'd ' for object of type 'int'"},
        {1234567, ".f", "E:Format specifier missing precision"},
        {-5, "05", "V:-0005"},
        {-5, "#x", "V:-0x5"},
        {-5, "=8", "V:-      5"},
        {-5, "<8", "V:-5      "},
        {-5, "^8", "V:   -5   "},
        {-5, " ", "V:-5"},
        {-5, "=+6", "V:-    5"},
        {65, "c", "V:A"},
        {65, "5c", "V:    A"},
        {65, "<5c", "V:A    "},
        {65, "05c", "V:0000A"},
        {65, "\360\237\220\215^5c", "V:\360\237\220\215\360\237\220\215A\360\237\220\215\360\237\220\215"},
    };
    for (auto& c : cases) EXPECT_EQ(formatted(c.value, c.spec), c.expected) << c.spec;
}

TEST(FormatSpec, Floats) {
    struct {
        double value;
        const char *spec, *expected;
    } cases[] = {
        {3141590.25, "", "V:3141590.25"},
        {3141590.25, ".3", "V:3.14e+06"},
        {3141590.25, ".10,f", "V:3141590.250,000,000,0"},
        {3141590.25, ".6_f", "V:3141590.250_000"},
        {3141590.25, ",.6_f", "V:3,141,590.250_000"},
        {3141590.25, "_.6,f", "V:3_141_590.250,000"},
        {3141590.25, "020,.3f", "V:0,000,003,141,590.250"},
        {3141590.25, "020_.3,f", "V:0_000_003_141_590.250"},
        {3141590.25, ".10,e", "V:3.141,590,250,0e+06"},
        {3141590.25, "=+20", "V:+         3141590.25"},
        {3141590.25, "\303\251=+20",
         "V:+\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\2513141590.25"},
        {3141590.25, "10.3%", "V:314159025.000%"},
        {3141590.25, ",.2%", "V:314,159,025.00%"},
        {3141590.25, "x", "E:Unknown format code 'x' for object of type 'float'"},
        {3141590.25, "r", "E:Unknown format code 'r' for object of type 'float'"},
        {3141590.25, ",n", "E:Cannot specify ',' with 'n'."},
        {3141590.25, ".3,n", "E:Cannot specify ',' with 'n'."},
        {3141590.25, "n", "V:3.14159e+06"},
        {3141590.25, ".2147483648f", "E:precision too big"},
        {3141590.25, "+,", "V:+3,141,590.25"},
        {3141590.25, "020,", "V:0,000,003,141,590.25"},
        {3141590.25, "#.0f", "V:3141590."},
        {3141590.25, "G", "V:3.14159E+06"},
        {kInf, "010", "V:0000000inf"},
        {kInf, "010,", "V:0000000inf"},
        {kInf, "x>010", "V:xxxxxxxinf"},
        {kInf, "+", "V:+inf"},
        {kInf, "F", "V:INF"},
        {kInf, "%", "V:inf%"},
        {-0.04, "z.1f", "V:0.0"},
        {-0.0, "", "V:-0.0"},
        {0.0, "z", "V:0.0"},
        {1e+16, "", "V:1e+16"},
        {1e+16, ",", "V:1e+16"},
        {1.0, ".1", "V:1e+00"},
    };
    for (auto& c : cases) EXPECT_EQ(formatted(c.value, c.spec), c.expected) << c.spec;
}

TEST(FormatSpec, Complex) {
    struct {
        double real, imaginary;
        const char *spec, *expected;
    } cases[] = {
        {3, 4, "", "V:(3+4j)"},
        {3, 4, "<20", "V:(3+4j)              "},
        {3, 4, ".2f", "V:3.00+4.00j"},
        {3, 4, ",.2f", "V:3.00+4.00j"},
        {3, 4, "+", "V:(+3+4j)"},
        {3, 4, "#", "V:(3.+4.j)"},
        {3, 4, "^20.1f", "V:      3.0+4.0j      "},
        {3, 4, "n", "V:3+4j"},
        {3, 4, "\303\251>12", "V:\303\251\303\251\303\251\303\251\303\251\303\251(3+4j)"},
        {3, 4, "010", "E:Zero padding is not allowed in complex format specifier"},
        {3, 4, "=10", "E:'=' alignment flag is not allowed in complex format specifier"},
        {3, 4, "%", "E:Unknown format code '%' for object of type 'complex'"},
        {3, 4, "d", "E:Unknown format code 'd' for object of type 'complex'"},
        {3, 4, ".3", "V:(3+4j)"},
        {0.0, 1, "", "V:1j"},
        {-0.0, 1, "", "V:(-0+1j)"},
        {1, -kInf, "+.1e", "V:+1.0e+00-infj"},
        {100000.0, -1000000.0, ",.1f", "V:100,000.0-1,000,000.0j"},
        {0.0, -2, "+", "V:-2j"},
    };
    for (auto& c : cases) EXPECT_EQ(formatted(c.real, c.imaginary, c.spec), c.expected) << c.spec;
}

TEST(FormatSpec, Strings) {
    struct {
        const char *value, *spec, *expected;
    } cases[] = {
        {"hello", "", "V:hello"},
        {"hello", "10", "V:hello     "},
        {"hello", ">10", "V:     hello"},
        {"hello", "^9", "V:  hello  "},
        {"hello", ".2", "V:he"},
        {"hello", "*^9.3", "V:***hel***"},
        {"hello", "010", "V:hello00000"},
        {"hello", "\303\251<8", "V:hello\303\251\303\251\303\251"},
        {"hello", "+", "E:Sign not allowed in string format specifier"},
        {"hello", " ", "E:Space not allowed in string format specifier"},
        {"hello", "z", "E:Negative zero coercion (z) not allowed in string format specifier"},
        {"hello", "#", "E:Alternate form (#) not allowed in string format specifier"},
        {"hello", "=10", "E:'=' alignment not allowed in string format specifier"},
        {"hello", ",", "E:Cannot specify ',' with 's'."},
        {"hello", "d", "E:Unknown format code 'd' for object of type 'str'"},
        {"hello", ".", "E:Format specifier missing precision"},
        {"hello", "\001", "E:Unknown format code '\\x1' for object of type 'str'"},
        {"hello", "99999999999999999999", "E:Too many decimal digits in format string"},
        {"hello", "s5", "E:Invalid format specifier 's5' for object of type 'str'"},
        {"hello", ".2,", "V:he"},
        {"hello", "0<7", "V:hello00"},
    };
    for (auto& c : cases) EXPECT_EQ(formatted(std::string_view(c.value), c.spec), c.expected) << c.spec;
}

TEST(FormatSpec, Locale) {
    const NumericLocale indian{".", ",", "\3\2"};
    EXPECT_EQ(formatted(std::int64_t{123456789}, "n", indian), "V:12,34,56,789");
    const NumericLocale german{",", ".", "\3"};
    EXPECT_EQ(formatted(1234567.5, ".9n", german), "V:1.234.567,5");
    EXPECT_EQ(formatted(1234567.5, "013.9n", german), "V:001.234.567,5");
    const NumericLocale once{".", "'", "\3\177"};
    EXPECT_EQ(formatted(std::int64_t{123456789}, "n", once), "V:123456'789");
    const NumericLocale narrow_space{",", "\xE2\x80\xAF", "\3"};
    EXPECT_EQ(formatted(std::int64_t{1234}, "06n", narrow_space),
              "V:01\xE2\x80\xAF"
              "234");
}

TEST(FormatSpec, RefusesToFillMemory) {
    FormatSpec spec;
    std::string out;
    ASSERT_TRUE(parse_format_spec("9999999999999", FormatKind::floating, "float", spec).ok());
    EXPECT_EQ(format_float(spec, 1.0, "float", {}, out).status, FormatStatus::no_memory);
}

}  // namespace
}  // namespace oro
