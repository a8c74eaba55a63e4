#include "base/double_bits.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace oro {
namespace {

double compose(std::uint64_t mantissa, std::int64_t exponent, bool sticky = false) {
    double out = -1;
    return compose_double(false, mantissa, exponent, sticky, out) == Rounding::done ? out : HUGE_VAL;
}

TEST(DoubleBits, PartsRecompose) {
    for (double x : {0.0, 1.0, 0.1, 5e-324, 2.2250738585072009e-308, 2.2250738585072014e-308,
                     std::numeric_limits<double>::max(), 123456789.125}) {
        DoubleParts parts = double_parts(x);
        EXPECT_EQ(compose(parts.mantissa, parts.exponent), x);
        EXPECT_EQ(std::ldexp(static_cast<double>(parts.mantissa), parts.exponent), x);
    }
    EXPECT_TRUE(double_parts(-0.0).negative);
}

TEST(DoubleBits, RoundsHalvesToEven) {
    std::uint64_t one = std::uint64_t{1} << 60;
    std::uint64_t half_unit = std::uint64_t{1} << 7;
    EXPECT_EQ(compose(one + half_unit, -60), 1.0);
    EXPECT_EQ(compose(one + half_unit, -60, true), std::nextafter(1.0, 2.0));
    EXPECT_EQ(compose(one + 3 * half_unit, -60), std::nextafter(std::nextafter(1.0, 2.0), 2.0));
    EXPECT_EQ(compose(~std::uint64_t{0}, 0), 18446744073709551616.0);
}

TEST(DoubleBits, UnderflowsGraduallyAndReportsOverflow) {
    EXPECT_EQ(compose(1, -1074), 5e-324);
    EXPECT_EQ(compose(1, -1075), 0.0);
    EXPECT_EQ(compose(1, -1075, true), 5e-324);
    EXPECT_EQ(compose(3, -1075), 2 * 5e-324);
    EXPECT_EQ(compose(~std::uint64_t{0}, -1074 - 64), 5e-324);
    EXPECT_EQ(compose(~std::uint64_t{0}, -1074 - 65), 0.0);
    EXPECT_EQ(compose(~std::uint64_t{0}, -1074 - 1000), 0.0);
    EXPECT_EQ(compose((std::uint64_t{1} << 53) - 1, -1075), 2.2250738585072014e-308);
    EXPECT_EQ(compose(1, 1024), HUGE_VAL);
    EXPECT_EQ(compose((std::uint64_t{1} << 53) - 1, 971), std::numeric_limits<double>::max());
    EXPECT_EQ(compose((std::uint64_t{1} << 54) - 1, 970), HUGE_VAL);
}

TEST(DoubleBits, Classes) {
    EXPECT_TRUE(is_infinity(-HUGE_VAL));
    EXPECT_FALSE(is_infinity(std::nan("")));
    EXPECT_TRUE(is_nan(std::nan("")));
    EXPECT_FALSE(is_finite(HUGE_VAL));
    EXPECT_TRUE(is_negative(-0.0));
}

}  // namespace
}  // namespace oro
