#include "base/bigint.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace oro {
namespace {

BigInt big(std::string_view text) {
    IntText scanned = scan_int(text, 0);
    EXPECT_TRUE(scanned.valid) << text;
    BigInt value = from_digits(scanned.digits, scanned.base);
    if (scanned.negative) value.flip_sign();
    return value;
}

// Operands around limb boundaries, of both signs.
std::vector<BigInt> samples() {
    std::vector<BigInt> all;
    for (const char* text :
         {"0", "1", "2", "7", "0x7fffffffffffffff", "0x8000000000000000", "0xffffffffffffffff",
          "0x10000000000000000", "0x10000000000000001", "0xffffffffffffffffffffffffffffffff",
          "0x100000000000000000000000000000000", "0x80000000000000000000000000000001",
          "123456789012345678901234567890123456789012345678901234567890",
          "0x8000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
          "00000000000000000000000000000000000000000000000000000000000000000000000000000000001"}) {
        all.push_back(big(text));
        if (!all.back().is_zero()) all.push_back(negate(big(text)));
    }
    return all;
}

std::string text_of(IntView a) { return to_text(a); }

TEST(BigInt, WordsConvert) {
    std::int64_t out = 0;
    for (std::int64_t value : {std::int64_t{0}, std::int64_t{-1}, std::numeric_limits<std::int64_t>::min(),
                               std::numeric_limits<std::int64_t>::max()}) {
        EXPECT_TRUE(to_int64(BigInt(value), out));
        EXPECT_EQ(out, value);
        EXPECT_EQ(text_of(WordInt(value)), std::to_string(value));
        EXPECT_EQ(low_word(WordInt(value)), static_cast<std::uint64_t>(value));
    }
    EXPECT_FALSE(to_int64(big("0x8000000000000000"), out));
    EXPECT_FALSE(to_int64(big("-0x8000000000000001"), out));
    std::uint64_t word = 0;
    EXPECT_TRUE(to_uint64(big("0xffffffffffffffff"), word));
    EXPECT_FALSE(to_uint64(big("-1"), word));
    EXPECT_EQ(text_of(BigInt::from_wide(static_cast<__int128>(1) << 100)), "1267650600228229401496703205376");
    EXPECT_EQ(text_of(BigInt::from_wide(-(static_cast<__int128>(1) << 64))), "-18446744073709551616");
}

TEST(BigInt, ArithmeticLaws) {
    std::vector<BigInt> all = samples();
    for (const BigInt& a : all) {
        EXPECT_TRUE(equal(bit_not(bit_not(a)), a));
        EXPECT_TRUE(equal(subtract(a, a), BigInt()));
        for (const BigInt& b : all) {
            EXPECT_TRUE(equal(subtract(add(a, b), b), a));
            EXPECT_TRUE(equal(add(a, negate(b)), subtract(a, b)));
            EXPECT_TRUE(equal(multiply(a, b), multiply(b, a)));
            // a + b == (a ^ b) + 2*(a & b) and a | b == (a ^ b) + (a & b), on two's complement.
            BigInt both = bit_and(a, b), either = bit_xor(a, b);
            EXPECT_TRUE(equal(add(a, b), add(either, shift_left(both, 1))));
            EXPECT_TRUE(equal(bit_or(a, b), add(either, both)));
            EXPECT_TRUE(compare(a, b) == (subtract(a, b).view().sign() <=> 0));
            if (b.is_zero()) continue;
            DivMod parts = divmod_floor(a, b);
            EXPECT_TRUE(equal(add(multiply(parts.quotient, b), parts.remainder), a));
            EXPECT_TRUE(parts.remainder.is_zero() || parts.remainder.view().sign() == b.view().sign());
            EXPECT_TRUE(compare(absolute(parts.remainder), absolute(b)) < 0);
            EXPECT_TRUE(equal(parts.quotient, divide_floor(a, b)));
            EXPECT_TRUE(equal(parts.remainder, modulo_floor(a, b)));
        }
    }
}

TEST(BigInt, ShiftsFloor) {
    for (const BigInt& a : samples()) {
        for (std::uint64_t count : {0, 1, 63, 64, 65, 128, 200}) {
            BigInt left = shift_left(a, count);
            EXPECT_TRUE(equal(left, multiply(a, power(WordInt(2), count))));
            EXPECT_TRUE(equal(shift_right(left, count), a));
            EXPECT_TRUE(equal(shift_right(a, count), divide_floor(a, power(WordInt(2), count))));
        }
    }
    EXPECT_EQ(text_of(shift_right(WordInt(-5), 1)), "-3");
    EXPECT_EQ(text_of(shift_right(big("-0xffffffffffffffff"), 1)), "-9223372036854775808");
    EXPECT_TRUE(shift_left(WordInt(1), std::uint64_t{1} << 62).failed());
    EXPECT_TRUE(shift_left(WordInt(0), std::uint64_t{1} << 62).is_zero());
}

TEST(BigInt, NearestDivision) {
    struct {
        int a, b;
        const char *quotient, *remainder;
    } cases[] = {
        {7, 2, "4", "-1"},  {5, 2, "2", "1"},    {-5, 2, "-2", "-1"},
        {-7, 2, "-4", "1"}, {7, -2, "-4", "-1"}, {8, 3, "3", "-1"},
    };
    for (auto& c : cases) {
        DivMod parts = divmod_nearest(WordInt(c.a), WordInt(c.b));
        EXPECT_EQ(text_of(parts.quotient), c.quotient);
        EXPECT_EQ(text_of(parts.remainder), c.remainder);
    }
}

TEST(BigInt, Powers) {
    EXPECT_EQ(text_of(power(WordInt(3), 100)), "515377520732011331036461129765621272702107522001");
    EXPECT_EQ(text_of(power(WordInt(-3), 3)), "-27");
    EXPECT_EQ(text_of(power(WordInt(-2), 65)), "-36893488147419103232");
    EXPECT_EQ(text_of(power(WordInt(0), 0)), "1");
    EXPECT_EQ(text_of(power(WordInt(-1), ~std::uint64_t{0})), "-1");
    EXPECT_TRUE(power(WordInt(3), std::uint64_t{1} << 60).failed());
    EXPECT_EQ(text_of(power_modulo(WordInt(3), big("1000000000000000000000"), WordInt(1000007))), "720733");
    EXPECT_EQ(text_of(power_modulo(WordInt(3), WordInt(5), WordInt(-7))), "-2");
    EXPECT_EQ(text_of(power_modulo(WordInt(3), WordInt(0), WordInt(1))), "0");
    BigInt inverse;
    EXPECT_TRUE(invert_modulo(WordInt(38), WordInt(97), inverse));
    EXPECT_EQ(text_of(inverse), "23");
    EXPECT_FALSE(invert_modulo(WordInt(2), WordInt(4), inverse));
    EXPECT_TRUE(invert_modulo(WordInt(5), WordInt(1), inverse));
    EXPECT_EQ(text_of(integer_sqrt(big("1000000000000000000000000000000000000000000"))),
              "1000000000000000000000");
    EXPECT_EQ(text_of(integer_sqrt(big("0xffffffffffffffff"))), "4294967295");
    EXPECT_EQ(text_of(greatest_common_divisor(WordInt(-12), WordInt(18))), "6");
    EXPECT_EQ(text_of(greatest_common_divisor(WordInt(0), WordInt(-18))), "18");
}

TEST(BigInt, Bits) {
    EXPECT_EQ(bit_length(WordInt(0)), 0u);
    EXPECT_EQ(bit_length(big("0x10000000000000000")), 65u);
    EXPECT_EQ(bit_count(big("-0x10000000000000007")), 4u);
    EXPECT_EQ(trailing_zeros(big("0x10000000000000000")), 64u);
}

TEST(BigInt, Doubles) {
    double out = 0;
    EXPECT_TRUE(to_double(big("9007199254740993"), out));
    EXPECT_EQ(out, 9007199254740992.0);
    EXPECT_TRUE(to_double(big("9007199254740995"), out));
    EXPECT_EQ(out, 9007199254740996.0);
    EXPECT_TRUE(to_double(add(shift_left(WordInt(1), 200), shift_left(WordInt(1), 147)), out));
    EXPECT_EQ(out, std::ldexp(1.0, 200));
    EXPECT_TRUE(
        to_double(add(add(shift_left(WordInt(1), 200), shift_left(WordInt(1), 147)), WordInt(1)), out));
    EXPECT_EQ(out, std::nextafter(std::ldexp(1.0, 200), HUGE_VAL));
    EXPECT_FALSE(to_double(shift_left(WordInt(1), 1024), out));
    EXPECT_FALSE(to_double(subtract(shift_left(WordInt(1), 1024), WordInt(1)), out));
    std::int64_t exponent = 0;
    EXPECT_EQ(to_double_scaled(subtract(shift_left(WordInt(1), 5000), WordInt(1)), exponent), 0.5);
    EXPECT_EQ(exponent, 5001);
    EXPECT_EQ(to_double_scaled(WordInt(-3), exponent), -0.75);
    EXPECT_EQ(exponent, 2);
    EXPECT_EQ(text_of(from_double(-1e23)), "-99999999999999991611392");
    EXPECT_EQ(text_of(from_double(-0.99)), "0");
    EXPECT_EQ(text_of(from_double(12.99)), "12");
    EXPECT_TRUE(compare(big("9007199254740993"), 9007199254740994.0) < 0);
    EXPECT_TRUE(compare(big("9007199254740993"), 9007199254740992.0) > 0);
    EXPECT_TRUE(compare(big("9007199254740992"), 9007199254740992.0) == 0);
    EXPECT_TRUE(compare(WordInt(-2), -1.5) < 0);
    EXPECT_TRUE(compare(WordInt(-1), -1.5) > 0);
    EXPECT_TRUE(compare(power(WordInt(10), 400), HUGE_VAL) < 0);
    EXPECT_TRUE(compare(WordInt(1), 1e-300) > 0);
}

TEST(BigInt, RatioOfDouble) {
    struct {
        double x;
        const char *numerator, *denominator;
    } cases[] = {
        {0.0, "0", "1"},
        {-0.75, "-3", "4"},
        {12.0, "12", "1"},
        {0.1, "3602879701896397", "36028797018963968"},
        {1e23, "99999999999999991611392", "1"},
    };
    for (auto& c : cases) {
        IntRatio ratio = integer_ratio(c.x);
        EXPECT_EQ(text_of(ratio.numerator), c.numerator);
        EXPECT_EQ(text_of(ratio.denominator), c.denominator);
    }
}

TEST(BigInt, TrueDivision) {
    double out = 0;
    EXPECT_TRUE(true_divide(WordInt(1), WordInt(3), out));
    EXPECT_EQ(out, 1.0 / 3.0);
    EXPECT_TRUE(true_divide(WordInt(0), WordInt(-3), out));
    EXPECT_TRUE(out == 0 && std::signbit(out));
    EXPECT_TRUE(true_divide(power(WordInt(10), 400), power(WordInt(-10), 399), out));
    EXPECT_EQ(out, -10.0);
    EXPECT_TRUE(true_divide(WordInt(1), power(WordInt(2), 1074), out));
    EXPECT_EQ(out, 5e-324);
    EXPECT_TRUE(true_divide(WordInt(1), power(WordInt(2), 1075), out));
    EXPECT_EQ(out, 0.0);
    EXPECT_TRUE(true_divide(WordInt(3), power(WordInt(2), 1076), out));
    EXPECT_EQ(out, 5e-324);
    EXPECT_FALSE(true_divide(power(WordInt(2), 2000), power(WordInt(2), 976), out));
    EXPECT_TRUE(true_divide(big("9007199254740993"), WordInt(1), out));
    EXPECT_EQ(out, 9007199254740992.0);
}

TEST(BigInt, HashIsThatOfPython) {
    EXPECT_EQ(hash_int(WordInt(0)), 0);
    EXPECT_EQ(hash_int(WordInt(-1)), -2);
    EXPECT_EQ(hash_int(WordInt(2305843009213693951)), 0);
    EXPECT_EQ(hash_int(WordInt(std::numeric_limits<std::int64_t>::min())), -4);
    EXPECT_EQ(hash_int(power(WordInt(10), 100)), 910685213754167845);
    EXPECT_EQ(hash_int(negate(power(WordInt(7), 333))), -877382956981109980);
}

TEST(BigInt, Text) {
    for (const BigInt& a : samples()) {
        for (int base = 2; base <= 36; ++base) {
            std::string text = to_text(a, base);
            IntText scanned = scan_int(text, base);
            ASSERT_TRUE(scanned.valid);
            BigInt back = from_digits(scanned.digits, base);
            if (scanned.negative) back.flip_sign();
            EXPECT_TRUE(equal(back, a)) << text;
        }
    }
    EXPECT_EQ(to_text(big("-0xdeadbeefdeadbeefdeadbeef"), 16), "-deadbeefdeadbeefdeadbeef");
    EXPECT_EQ(text_of(from_digits("00000000000000000000000000000000_1", 10)), "1");
}

TEST(BigInt, ScanFollowsPython) {
    struct {
        const char* text;
        int base;
        bool valid;
        int found;
        const char* digits;
    } cases[] = {
        {"12", 10, true, 10, "12"},   {"-1_000", 0, true, 10, "1_000"}, {"0x_f", 0, true, 16, "_f"},
        {"0xf", 16, true, 16, "f"},   {"0b1", 16, true, 16, "0b1"},     {"0b1", 2, true, 2, "1"},
        {"0o17", 8, true, 8, "17"},   {"00", 0, true, 10, "00"},        {"01", 0, false, 10, "01"},
        {"01", 10, true, 10, "01"},   {"0x", 0, false, 16, ""},         {"1__0", 10, false, 10, "1__0"},
        {"_1", 10, false, 10, "_1"},  {"1_", 10, false, 10, "1_"},      {"", 10, false, 10, ""},
        {"+-1", 10, false, 10, "-1"}, {"zZ", 36, true, 36, "zZ"},       {"2", 2, false, 2, "2"},
        {"0_0", 0, true, 10, "0_0"},  {"0x__f", 0, false, 16, "__f"},   {"0x_", 0, false, 16, "_"},
    };
    for (auto& c : cases) {
        IntText scanned = scan_int(c.text, c.base);
        EXPECT_EQ(scanned.valid, c.valid) << c.text;
        EXPECT_EQ(scanned.base, c.found) << c.text;
        EXPECT_EQ(scanned.digits, c.digits);
    }
}

TEST(BigInt, Bytes) {
    for (const BigInt& a : samples()) {
        for (Endian endian : {Endian::little, Endian::big}) {
            std::vector<std::uint8_t> out(100);
            ASSERT_EQ(to_bytes(a, out, endian, Signedness::is_signed), ToBytes::done);
            EXPECT_TRUE(equal(from_bytes(out, endian, Signedness::is_signed), a));
        }
    }
    std::uint8_t one[1];
    EXPECT_EQ(to_bytes(WordInt(-128), one, Endian::big, Signedness::is_signed), ToBytes::done);
    EXPECT_EQ(one[0], 0x80);
    EXPECT_EQ(to_bytes(WordInt(128), one, Endian::big, Signedness::is_signed), ToBytes::too_big);
    EXPECT_EQ(to_bytes(WordInt(-129), one, Endian::big, Signedness::is_signed), ToBytes::too_big);
    EXPECT_EQ(to_bytes(WordInt(255), one, Endian::big, Signedness::is_unsigned), ToBytes::done);
    EXPECT_EQ(to_bytes(WordInt(-1), one, Endian::big, Signedness::is_unsigned),
              ToBytes::negative_to_unsigned);
    EXPECT_EQ(to_bytes(WordInt(0), {}, Endian::big, Signedness::is_signed), ToBytes::done);
    const std::uint8_t bytes[] = {0xFF, 0, 0, 0, 0, 0, 0, 0, 0};
    EXPECT_EQ(to_text(from_bytes(bytes, Endian::big, Signedness::is_signed)), "-18446744073709551616");
    EXPECT_EQ(to_text(from_bytes(bytes, Endian::big, Signedness::is_unsigned)), "4703919738795935662080");
    EXPECT_EQ(to_text(from_bytes(bytes, Endian::little, Signedness::is_unsigned)), "255");
}

TEST(BigInt, HeapAndInlineValuesMove) {
    BigInt large = power(WordInt(10), 1000);
    std::string text = to_text(large);
    BigInt moved = std::move(large);
    EXPECT_EQ(to_text(moved), text);
    BigInt small(5);
    moved = std::move(small);
    EXPECT_EQ(to_text(moved), "5");
}

}  // namespace
}  // namespace oro
