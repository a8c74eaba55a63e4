#include <gtest/gtest.h>

#include "modules/_decimal/decimal.h"

namespace oro::decimal {
namespace {

Number number(std::string_view text) {
    Number n;
    EXPECT_TRUE(parse(n, text)) << text;
    return n;
}
std::string text(Number const& n) { return to_text(n.view(), true); }
Work with_precision(std::int64_t prec, Rounding rounding = Rounding::half_even) {
    Work w;
    w.prec = prec;
    w.rounding = rounding;
    return w;
}

TEST(DecimalNumber, CountsDigits) {
    EXPECT_EQ(count_digits(Mpz(std::uint64_t(0))), 1);
    for (std::uint64_t n = 1; n < 200; ++n) {
        Mpz power;
        power_of_ten(power, n);
        EXPECT_EQ(count_digits(power), std::int64_t(n + 1));
        mpz_sub_ui(power, power, 1);
        EXPECT_EQ(count_digits(power), std::int64_t(n));
    }
}

TEST(DecimalNumber, ReadsWhatItWrites) {
    for (char const* s : {"0", "-0", "1.50", "0.000001", "1E-7", "-1.2E+20", "Infinity", "-Infinity", "NaN", "sNaN12", "0E-10", "0E+3"}) {
        EXPECT_EQ(text(number(s)), s);
    }
    for (char const* s : {"", ".", "e5", "1e", "1e+", "infin", "nanx", "--1", "1 2", "s"}) {
        Number n;
        EXPECT_FALSE(parse(n, s)) << s;
    }
}

TEST(DecimalNumber, RoundsInAllModes) {
    struct Case {
        Rounding rounding;
        char const* up;
        char const* down;
    };
    for (Case c : {Case{Rounding::up, "1.3", "-1.3"}, Case{Rounding::down, "1.2", "-1.2"}, Case{Rounding::ceiling, "1.3", "-1.2"},
                   Case{Rounding::floor, "1.2", "-1.3"}, Case{Rounding::half_up, "1.3", "-1.3"}, Case{Rounding::half_down, "1.2", "-1.2"},
                   Case{Rounding::half_even, "1.2", "-1.2"}, Case{Rounding::zero_five_up, "1.2", "-1.2"}}) {
        Work w = with_precision(2, c.rounding);
        EXPECT_EQ(text(finished(number("1.25"), w)), c.up);
        EXPECT_EQ(text(finished(number("-1.25"), w)), c.down);
        EXPECT_EQ(w.status, condition::inexact | condition::rounded);
    }
}

TEST(DecimalNumber, KeepsWithinItsLimits) {
    Work w = with_precision(3);
    w.emax = 9;
    w.emin = -9;
    EXPECT_EQ(text(finished(number("9.999E9"), w)), "Infinity");
    EXPECT_EQ(w.status, condition::overflow | condition::inexact | condition::rounded);
    w.status = 0;
    EXPECT_EQ(text(finished(number("1.26E-10"), w)), "1.3E-10");
    EXPECT_EQ(w.status, condition::subnormal | condition::underflow | condition::inexact | condition::rounded);
}

TEST(DecimalNumber, FarApartOperandsAreNotPadded) {
    Work w = with_precision(5);
    w.emax = kMaxEmax;
    w.emin = kMinEmin;
    EXPECT_EQ(text(add(number("1E+999999999999").view(), number("-1E-999999999999").view(), w)), "1.0000E+999999999999");
    EXPECT_EQ(compare(number("1E+999999999999").view(), number("1E-999999999999").view()), 1);
}

TEST(DecimalNumber, ElementaryFunctionsAreCorrectlyRounded) {
    Work w = with_precision(50);
    EXPECT_EQ(text(exp(number("1").view(), w)), "2.7182818284590452353602874713526624977572470937000");
    EXPECT_EQ(text(ln(number("2").view(), w)), "0.69314718055994530941723212145817656807550013436026");
    EXPECT_EQ(text(log10(number("1E-1000").view(), w)), "-1000");
    // A logarithm where all but a few digits cancel.
    EXPECT_EQ(text(ln(number("1.0000000000000000000000000000000000000001").view(), w)),
              "9.9999999999999999999999999999999999999995000000000E-41");
    w = with_precision(9);
    EXPECT_EQ(text(power(number("8").view(), number("0.333333333333333333333").view(), w)), "2.00000000");
    EXPECT_EQ(text(power(number("0.0625").view(), number("-0.25").view(), w)), "2.00000000");
    EXPECT_EQ(text(power(number("3").view(), number("1000").view(), w)), "1.32207082E+477");
    EXPECT_EQ(text(power(number("7").view(), number("-3").view(), w)), "0.00291545190");
}

}  // namespace
}  // namespace oro::decimal
