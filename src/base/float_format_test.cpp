#include "base/float_format.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace oro {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

TEST(FloatFormat, Repr) {
    struct {
        double x;
        const char* text;
    } cases[] = {
        {0.0, "0.0"},
        {-0.0, "-0.0"},
        {1.0, "1.0"},
        {0.1, "0.1"},
        {1e15, "1000000000000000.0"},
        {1e16, "1e+16"},
        {9999999999999998.0, "9999999999999998.0"},
        {1.5e16, "1.5e+16"},
        {0.0001, "0.0001"},
        {0.00001, "1e-05"},
        {123456789012345680.0, "1.2345678901234568e+17"},
        {5e-324, "5e-324"},
        {1e22, "1e+22"},
        {1e100, "1e+100"},
        {1.7976931348623157e308, "1.7976931348623157e+308"},
        {-kInf, "-inf"},
        {-std::nan(""), "nan"},
        {0.00012345678901234567, "0.00012345678901234567"},
        {-2.2250738585072014e-308, "-2.2250738585072014e-308"},
    };
    for (auto& c : cases) {
        EXPECT_EQ(repr_double(c.x), c.text);
        EXPECT_EQ(format_double(c.x, {.code = 'r', .add_dot_zero = true}), c.text);
    }
}

TEST(FloatFormat, PrintfCodes) {
    struct {
        FloatStyle style;
        double x;
        const char* text;
    } cases[] = {
        {{.code = 'f', .precision = 0}, 0.5, "0"},
        {{.code = 'f', .precision = 0}, 1.5, "2"},
        {{.code = 'f', .precision = 2}, 0.125, "0.12"},
        {{.code = 'f', .precision = 0, .alternate = true}, 1e5, "100000."},
        {{.code = 'f', .precision = 30}, 0.1, "0.100000000000000005551115123126"},
        {{.code = 'f', .precision = 1}, 1e22, "10000000000000000000000.0"},
        {{.code = 'F', .precision = 1}, kInf, "INF"},
        {{.code = 'e'}, 0.0, "0.000000e+00"},
        {{.code = 'e', .precision = 0, .alternate = true}, 123456789.0, "1.e+08"},
        {{.code = 'E', .precision = 3}, 1e100, "1.000E+100"},
        {{.code = 'g'}, 1e5, "100000"},
        {{.code = 'g'}, 1e6, "1e+06"},
        {{.code = 'g', .alternate = true}, 1e5, "100000."},
        {{.code = 'g', .alternate = true}, 0.0001, "0.000100000"},
        {{.code = 'g', .precision = 3, .alternate = true}, 0.0, "0.00"},
        {{.code = 'g', .precision = 0}, 0.00001, "1e-05"},
        {{.code = 'g', .precision = 20}, 0.0001, "0.00010000000000000000479"},
        {{.code = 'g', .precision = 3, .add_dot_zero = true}, 1.0, "1.0"},
        {{.code = 'g', .precision = 1, .add_dot_zero = true}, 1.0, "1e+00"},
        {{.code = 'r', .alternate = true, .add_dot_zero = true}, 1e16, "1.e+16"},
        {{.code = '%'}, 0.0123, "1.230000%"},
        {{.code = '%', .precision = 0}, kInf, "inf%"},
        {{.code = 'f', .precision = 1, .no_negative_zero = true}, -0.04, "0.0"},
        {{.code = 'e', .precision = 0, .no_negative_zero = true}, -1e-10, "-1e-10"},
        {{.code = 'e', .precision = 0, .no_negative_zero = true}, -0.0, "0e+00"},
        {{.code = 'f', .precision = 1, .positive_sign = '+'}, std::nan(""), "+nan"},
        {{.code = 'f', .precision = 1, .positive_sign = ' '}, 1.0, " 1.0"},
    };
    for (auto& c : cases) EXPECT_EQ(format_double(c.x, c.style), c.text) << c.style.code << c.style.precision;
}

TEST(FloatFormat, PrecisionBeyondTheDigits) {
    std::string fixed = format_double(5e-324, {.code = 'f', .precision = 2000});
    EXPECT_EQ(fixed.size(), 2002u);
    EXPECT_EQ(fixed.substr(1070, 10), "2656250000");
    std::string scientific = format_double(5e-324, {.code = 'e', .precision = 2000});
    EXPECT_EQ(scientific.size(), 2007u);
    EXPECT_EQ(scientific.substr(0, 20), "4.940656458412465441");
    EXPECT_EQ(scientific.substr(745, 9), "726562500");
    EXPECT_EQ(scientific.substr(2000), "00e-324");
}

TEST(FloatFormat, Hex) {
    for (double x : {0.0, -0.0, 1.0, -1.5, 5e-324, 1e-310, 1e308, kInf}) {
        double back = 1;
        EXPECT_EQ(parse_hex_double(hex_double(x), back), FloatParse::done);
        EXPECT_EQ(double_to_bits(back), double_to_bits(x));
    }
    EXPECT_EQ(hex_double(1e308), "0x1.1ccf385ebc8a0p+1023");
    EXPECT_EQ(hex_double(-0.0), "-0x0.0p+0");
    EXPECT_EQ(hex_double(1e-310), "0x0.012688b70e62bp-1022");
}

TEST(FloatFormat, FromHex) {
    struct {
        const char* text;
        FloatParse outcome;
        double value;
    } cases[] = {
        {"0x1p3", FloatParse::done, 8},
        {"1p3", FloatParse::done, 8},
        {"0x.8", FloatParse::done, .5},
        {"0x", FloatParse::invalid, 0},
        {"-0x1.8p-1074", FloatParse::done, -1e-323},
        {".", FloatParse::invalid, 0},
        {"0x1p1024", FloatParse::overflow, 0},
        {"0x1.fffffffffffff8p1023", FloatParse::overflow, 0},
        {"0x1.fffffffffffff7p1023", FloatParse::done, std::numeric_limits<double>::max()},
        {"0x1.8p", FloatParse::invalid, 0},
        {"0x1.8p+", FloatParse::invalid, 0},
        {"inf", FloatParse::done, kInf},
        {"0x1p-1075", FloatParse::done, 0},
        {"0x1.0000001p-1075", FloatParse::done, 5e-324},
        {"0x1p99999999999999999999", FloatParse::overflow, 0},
        {"0x0p99999999999999999999", FloatParse::done, 0},
        {"0x1p-99999999999999999999", FloatParse::done, 0},
        {"0x1_0", FloatParse::invalid, 0},
        {"ab.cd", FloatParse::done, 171.80078125},
        {"1.p1", FloatParse::done, 2},
        {"0xp1", FloatParse::invalid, 0},
        {"0x1.000000000000081", FloatParse::done, 1.0000000000000002},
        {"1.2.3", FloatParse::invalid, 0},
        {"0x1p9999!", FloatParse::overflow, 0},
        {"0x1p99!", FloatParse::invalid, 0},
    };
    for (auto& c : cases) {
        double value = 0;
        EXPECT_EQ(parse_hex_double(c.text, value), c.outcome) << c.text;
        EXPECT_EQ(value, c.value) << c.text;
    }
    std::string long_text = "0x1" + std::string(400, '0') + "p-1600";
    double value = 0;
    EXPECT_EQ(parse_hex_double(long_text, value), FloatParse::done);
    EXPECT_EQ(value, 1.0);
}

TEST(FloatFormat, ParseFollowsPython) {
    struct {
        const char* text;
        bool valid;
        double value;
    } cases[] = {
        {"1_0.0_1", true, 10.01},
        {"1_.0", false, 0},
        {"1._0", false, 0},
        {"_1", false, 0},
        {"1__0", false, 0},
        {"1e_5", false, 0},
        {"1_e5", false, 0},
        {"1e5_0", true, 1e50},
        {".5", true, .5},
        {"5.", true, 5},
        {".", false, 0},
        {"e5", false, 0},
        {"1e", false, 0},
        {"1e+", false, 0},
        {"infinity", true, kInf},
        {"-Inf", true, -kInf},
        {"0x1p3", false, 0},
        {"1e400", true, kInf},
        {"1e-400", true, 0},
        {"-1e400", true, -kInf},
        {"in_f", false, 0},
        {"infinityx", false, 0},
        {"0_1", true, 1},
        {"1.e5", true, 1e5},
        {".e5", false, 0},
        {"", false, 0},
        {"+", false, 0},
        {"--1", false, 0},
        {"+1.5", true, 1.5},
        {"nan(1)", false, 0},
        {"1 ", false, 0},
        {"5e-324", true, 5e-324},
        {"2.4703282292062327e-324", true, 0},
        {"2.4703282292062328e-324", true, 5e-324},
        {"1.7976931348623158e308", true, 1.7976931348623157e308},
        {"1.7976931348623159e308", true, kInf},
        {"0e99999999999999999999", true, 0},
        {"1e99999999999999999999", true, kInf},
        {"1e-99999999999999999999", true, 0},
        {"9007199254740993", true, 9007199254740992.0},
        {"9007199254740993.00000000000000000001", true, 9007199254740994.0},
    };
    for (auto& c : cases) {
        double value = 0;
        EXPECT_EQ(parse_double(c.text, value) == FloatParse::done, c.valid) << c.text;
        EXPECT_EQ(value, c.value) << c.text;
    }
    double value = 0;
    EXPECT_EQ(parse_double("-NaN", value), FloatParse::done);
    EXPECT_TRUE(is_nan(value));
    EXPECT_EQ(parse_double("1" + std::string(500, '0') + "e-500", value), FloatParse::done);
    EXPECT_EQ(value, 1.0);
    EXPECT_EQ(parse_double("0." + std::string(500, '0') + "1e501", value), FloatParse::done);
    EXPECT_EQ(value, 1.0);
}

TEST(FloatFormat, Round) {
    struct {
        double x;
        int digits;
        double value;
    } cases[] = {
        {2.5, 0, 2},          {3.5, 0, 4},     {0.15, 1, 0.1},   {25, -1, 20},
        {35, -1, 40},         {5, -1, 0},      {15, -1, 20},     {-6, -1, -10},
        {5e307, -308, 1e308}, {1e22, -400, 0}, {2.675, 2, 2.67}, {1.005, 2, 1.0},
        {0.95, 1, 0.9},       {9.96, 1, 10.0}, {5e-324, 323, 0}, {5e-324, 324, 5e-324},
        {0.5, 0, 0},          {0.6, 0, 1},     {0.06, 0, 0},     {999.9, -3, 1000},
    };
    for (auto& c : cases) {
        double value = -1;
        EXPECT_EQ(round_double(c.x, c.digits, value), Rounding::done);
        EXPECT_EQ(value, c.value) << c.x;
    }
    double value = 0;
    EXPECT_EQ(round_double(1.7e308, -308, value), Rounding::overflow);
    EXPECT_EQ(round_double(-4, -1, value), Rounding::done);
    EXPECT_TRUE(value == 0 && std::signbit(value));
}

}  // namespace
}  // namespace oro
