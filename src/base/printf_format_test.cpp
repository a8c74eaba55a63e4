#include "base/printf_format.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "base/bigint.h"

namespace oro {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

struct Parsed {
    PrintfFault fault;
    PrintfSpec spec;
    std::size_t at = 1;
};

// Parses a format that starts with a %.
Parsed parse(std::string_view format, PrintfTarget target = PrintfTarget::str) {
    Parsed parsed{};
    parsed.fault = parse_printf(reinterpret_cast<const Char1*>(format.data()), format.size(), parsed.at,
                                target, parsed.spec);
    return parsed;
}

std::string failure(std::string_view format, PrintfTarget target = PrintfTarget::str) {
    Parsed parsed = parse(format, target);
    auto c = static_cast<unsigned char>(format[parsed.at - 1]);
    return printf_failure(parsed.fault, target, c, parsed.at - 1).message;
}

// The expected texts in this file are CPython's.
TEST(PrintfFormat, Integers) {
    struct {
        int value;
        const char *format, *expected;
    } cases[] = {
        {5, "%05d", "00005"},
        {-5, "%05d", "-0005"},
        {0, "%05d", "00000"},
        {48879, "%05d", "48879"},
        {5, "%-05d", "5    "},
        {-5, "%-05d", "-5   "},
        {0, "%-05d", "0    "},
        {48879, "%-05d", "48879"},
        {5, "%+5d", "   +5"},
        {-5, "%+5d", "   -5"},
        {0, "%+5d", "   +0"},
        {48879, "%+5d", "+48879"},
        {5, "% d", " 5"},
        {-5, "% d", "-5"},
        {0, "% d", " 0"},
        {48879, "% d", " 48879"},
        {5, "%+ d", "+5"},
        {-5, "%+ d", "-5"},
        {0, "%+ d", "+0"},
        {48879, "%+ d", "+48879"},
        {5, "%#x", "0x5"},
        {-5, "%#x", "-0x5"},
        {0, "%#x", "0x0"},
        {48879, "%#x", "0xbeef"},
        {5, "%#08x", "0x000005"},
        {-5, "%#08x", "-0x00005"},
        {0, "%#08x", "0x000000"},
        {48879, "%#08x", "0x00beef"},
        {5, "%-#8x", "0x5     "},
        {-5, "%-#8x", "-0x5    "},
        {0, "%-#8x", "0x0     "},
        {48879, "%-#8x", "0xbeef  "},
        {5, "%#o", "0o5"},
        {-5, "%#o", "-0o5"},
        {0, "%#o", "0o0"},
        {48879, "%#o", "0o137357"},
        {5, "%#X", "0X5"},
        {-5, "%#X", "-0X5"},
        {0, "%#X", "0X0"},
        {48879, "%#X", "0XBEEF"},
        {5, "%.5d", "00005"},
        {-5, "%.5d", "-00005"},
        {0, "%.5d", "00000"},
        {48879, "%.5d", "48879"},
        {5, "%8.5d", "   00005"},
        {-5, "%8.5d", "  -00005"},
        {0, "%8.5d", "   00000"},
        {48879, "%8.5d", "   48879"},
        {5, "%08.5d", "00000005"},
        {-5, "%08.5d", "-0000005"},
        {0, "%08.5d", "00000000"},
        {48879, "%08.5d", "00048879"},
        {5, "%#.5x", "0x00005"},
        {-5, "%#.5x", "-0x00005"},
        {0, "%#.5x", "0x00000"},
        {48879, "%#.5x", "0x0beef"},
        {5, "%#10.5x", "   0x00005"},
        {-5, "%#10.5x", "  -0x00005"},
        {0, "%#10.5x", "   0x00000"},
        {48879, "%#10.5x", "   0x0beef"},
        {5, "%#010.5x", "0x00000005"},
        {-5, "%#010.5x", "-0x0000005"},
        {0, "%#010.5x", "0x00000000"},
        {48879, "%#010.5x", "0x0000beef"},
        {5, "%#d", "5"},
        {-5, "%#d", "-5"},
        {0, "%#d", "0"},
        {48879, "%#d", "48879"},
        {5, "%.0d", "5"},
        {-5, "%.0d", "-5"},
        {0, "%.0d", "0"},
        {48879, "%.0d", "48879"},
        {5, "% 05d", " 0005"},
        {-5, "% 05d", "-0005"},
        {0, "% 05d", " 0000"},
        {48879, "% 05d", " 48879"},
        {5, "%ld", "5"},
        {-5, "%ld", "-5"},
        {0, "%ld", "0"},
        {48879, "%ld", "48879"},
        {5, "%i", "5"},
        {-5, "%i", "-5"},
        {0, "%i", "0"},
        {48879, "%i", "48879"},
        {5, "%u", "5"},
        {-5, "%u", "-5"},
        {0, "%u", "0"},
        {48879, "%u", "48879"},
    };
    for (auto& c : cases) {
        PrintfSpec spec = parse(c.format).spec;
        ASSERT_TRUE(spec.is_integer());
        std::string out;
        EXPECT_TRUE(
            printf_integer(spec, c.value < 0, to_text(absolute(WordInt(c.value)), spec.base()), out).ok());
        EXPECT_EQ(out, c.expected) << c.format;
    }
}

TEST(PrintfFormat, Floats) {
    struct {
        double value;
        const char *format, *expected;
    } cases[] = {
        {5.0, "%+.0f", "+5"},
        {-0.25, "%+.0f", "-0"},
        {kInf, "%+.0f", "+inf"},
        {5.0, "%05f", "5.000000"},
        {-0.25, "%05f", "-0.250000"},
        {kInf, "%05f", "00inf"},
        {5.0, "%#g", "5.00000"},
        {-0.25, "%#g", "-0.250000"},
        {kInf, "%#g", "inf"},
        {5.0, "%+05.1f", "+05.0"},
        {-0.25, "%+05.1f", "-00.2"},
        {kInf, "%+05.1f", "+0inf"},
        {5.0, "%E", "5.000000E+00"},
        {-0.25, "%E", "-2.500000E-01"},
        {kInf, "%E", "INF"},
        {5.0, "%-10.2f", "5.00      "},
        {-0.25, "%-10.2f", "-0.25     "},
        {kInf, "%-10.2f", "inf       "},
        {5.0, "% g", " 5"},
        {-0.25, "% g", "-0.25"},
        {kInf, "% g", " inf"},
        {5.0, "%010.3e", "05.000e+00"},
        {-0.25, "%010.3e", "-2.500e-01"},
        {kInf, "%010.3e", "0000000inf"},
        {5.0, "%G", "5"},
        {-0.25, "%G", "-0.25"},
        {kInf, "%G", "INF"},
        {5.0, "%#.0f", "5."},
        {-0.25, "%#.0f", "-0."},
        {kInf, "%#.0f", "inf"},
    };
    for (auto& c : cases) {
        PrintfSpec spec = parse(c.format).spec;
        ASSERT_TRUE(spec.is_float());
        std::string out;
        EXPECT_TRUE(printf_float(spec, c.value, out).ok());
        EXPECT_EQ(out, c.expected) << c.format;
    }
}

TEST(PrintfFormat, Texts) {
    auto layout = [](std::string_view format, std::size_t length) {
        return printf_text(parse(format).spec, length);
    };
    StringLayout cut = layout("%-7.2s", 5);
    EXPECT_TRUE(cut.length == 2 && cut.left == 0 && cut.right == 5);
    StringLayout right = layout("%05r", 3);
    EXPECT_TRUE(right.length == 3 && right.left == 2 && right.right == 0);
    EXPECT_EQ(layout("%.0c", 1).length, 1u);
}

TEST(PrintfFormat, Parses) {
    Parsed parsed = parse("%(a(b)c)-+ #012.34ld rest");
    EXPECT_EQ(parsed.fault, PrintfFault::none);
    EXPECT_EQ(parsed.at, 20u);
    const PrintfSpec& spec = parsed.spec;
    EXPECT_TRUE(spec.has_key && spec.key_start == 2 && spec.key_end == 7);
    EXPECT_TRUE(spec.left && spec.plus && spec.blank && spec.alternate && spec.zeros);
    EXPECT_TRUE(spec.width == 12 && spec.precision == 34 && spec.type == 'd');
    PrintfSpec stars = parse("%*.*f").spec;
    EXPECT_TRUE(stars.width_from_argument && stars.precision_from_argument && stars.is_float());
    stars.set_width(-5);
    stars.set_precision(-1);
    EXPECT_TRUE(stars.left && stars.width == 5 && stars.precision == 0);
    EXPECT_EQ(parse("%.s").spec.precision, 0);
    EXPECT_EQ(parse("%%").spec.type, '%');
    EXPECT_EQ(parse("%b").fault, PrintfFault::unsupported);
    EXPECT_EQ(parse("%b", PrintfTarget::bytes).fault, PrintfFault::none);
    Parsed unfinished = parse("%*");
    EXPECT_TRUE(unfinished.fault == PrintfFault::incomplete && unfinished.spec.width_from_argument);
}

TEST(PrintfFormat, Failures) {
    EXPECT_EQ(failure("%"), "incomplete format");
    EXPECT_EQ(failure("%5.2"), "incomplete format");
    EXPECT_EQ(failure("%(a"), "incomplete format key");
    EXPECT_EQ(failure("%(a)%"), "unsupported format character '%' (0x25) at index 4");
    EXPECT_EQ(failure("%hhd"), "unsupported format character 'h' (0x68) at index 2");
    EXPECT_EQ(failure("%5\xE9"), "unsupported format character '?' (0xe9) at index 2");
    EXPECT_EQ(failure("%99999999999999999999d"), "width too big");
    EXPECT_EQ(failure("%.2147483648d"), "precision too big");
    EXPECT_EQ(failure("%.2147483648d", PrintfTarget::bytes), "prec too big");
    EXPECT_EQ(failure("%\xE9", PrintfTarget::bytes), "character argument not in range(0x110000)");
    PrintfSpec wide = parse("%99999999999999d").spec;
    std::string out;
    EXPECT_EQ(printf_integer(wide, false, "1", out).status, FormatStatus::no_memory);
}

}  // namespace
}  // namespace oro
