// The parts of an IEEE 754 double as integers, and exact ways to put one together.
// Pure functions, safe from any thread.
#pragma once

#include <bit>
#include <cstdint>

namespace oro {

constexpr int kDoubleMantissaBits = 52;  // stored bits, without the implicit leading one
constexpr int kDoubleExponentBias = 1023;
constexpr int kDoubleMaxExponent = 1024;   // every finite double is < 2**1024
constexpr int kDoubleMinExponent = -1074;  // the smallest positive double is 2**-1074

// A finite double as mantissa * 2**exponent, with the mantissa below 2**53.
struct DoubleParts {
    bool negative;
    std::uint64_t mantissa;
    int exponent;
};

constexpr std::uint64_t double_to_bits(double x) { return std::bit_cast<std::uint64_t>(x); }
constexpr double double_from_bits(std::uint64_t bits) { return std::bit_cast<double>(bits); }

constexpr bool is_negative(double x) { return double_to_bits(x) >> 63; }
constexpr bool is_finite(double x) { return (double_to_bits(x) >> 52 & 0x7FF) != 0x7FF; }
constexpr bool is_infinity(double x) { return (double_to_bits(x) << 1) == 0xFFE0000000000000; }
constexpr bool is_nan(double x) { return x != x; }

// x must be finite.
constexpr DoubleParts double_parts(double x) {
    std::uint64_t bits = double_to_bits(x);
    std::uint64_t fraction = bits & ((std::uint64_t{1} << kDoubleMantissaBits) - 1);
    int biased = static_cast<int>(bits >> 52 & 0x7FF);
    if (biased == 0) return {bits >> 63 != 0, fraction, kDoubleMinExponent};
    return {bits >> 63 != 0, fraction | std::uint64_t{1} << kDoubleMantissaBits,
            biased - kDoubleExponentBias - kDoubleMantissaBits};
}

// The outcome of rounding an exact quantity to a double.
enum class Rounding : std::uint8_t { done, overflow };

// Rounds mantissa * 2**exponent, plus something positive below one unit of the mantissa when `sticky` is set,
// to the nearest double, halves to even, gradual underflow included. A sticky remainder needs a mantissa of
// at least 55 bits to be decided correctly. Overflow leaves `out` untouched.
Rounding compose_double(bool negative, std::uint64_t mantissa, std::int64_t exponent, bool sticky,
                        double& out);

}  // namespace oro
