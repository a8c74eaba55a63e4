#include "base/double_bits.h"

namespace oro {

Rounding compose_double(bool negative, std::uint64_t mantissa, std::int64_t exponent, bool sticky,
                        double& out) {
    std::uint64_t sign = std::uint64_t{negative} << 63;
    if (mantissa == 0) {
        out = double_from_bits(sign);
        return Rounding::done;
    }
    int width = static_cast<int>(std::bit_width(mantissa));
    // The value lies in [2**(top-1), 2**top).
    std::int64_t top = exponent + width;
    if (top > kDoubleMaxExponent) return Rounding::overflow;
    // The last bit that the result can hold is worth 2**unit.
    std::int64_t unit = top - (kDoubleMantissaBits + 1);
    if (unit < kDoubleMinExponent) unit = kDoubleMinExponent;
    std::int64_t drop = unit - exponent;
    std::uint64_t kept;
    if (drop <= 0) {
        kept = mantissa << -drop;
    } else if (drop > 64) {
        kept = 0;
    } else {
        kept = drop == 64 ? 0 : mantissa >> drop;
        std::uint64_t half = std::uint64_t{1} << (drop - 1);
        std::uint64_t rest = drop == 64 ? mantissa : mantissa & ((half << 1) - 1);
        if (rest > half || (rest == half && (sticky || (kept & 1)))) ++kept;
    }
    // A carry out of the 53 bits, or out of the subnormals, is right as it stands: adding the fraction to the
    // exponent field of the number below carries into that field.
    if (kept >> (kDoubleMantissaBits + 1)) {
        kept >>= 1;
        ++unit;
    }
    if (kept >> kDoubleMantissaBits == 0) {
        out = double_from_bits(sign | kept);  // zero or subnormal, unit is the smallest
        return Rounding::done;
    }
    std::int64_t biased = unit + kDoubleMantissaBits + kDoubleExponentBias;
    if (biased >= 0x7FF) return Rounding::overflow;
    std::uint64_t fraction = kept & ((std::uint64_t{1} << kDoubleMantissaBits) - 1);
    out = double_from_bits(sign | static_cast<std::uint64_t>(biased) << kDoubleMantissaBits | fraction);
    return Rounding::done;
}

}  // namespace oro
