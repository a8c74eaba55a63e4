// Integers against doubles, and the hash that both share.
#include <cmath>

#include "base/bigint.h"
#include "base/bigint_mpz.h"
#include "base/double_bits.h"

namespace oro {

namespace {

// The top 64 bits of the magnitude (fewer only when there are no more), what they are worth, and whether any
// bit below them is set.
struct TopBits {
    Limb mantissa;
    std::int64_t exponent;
    bool sticky;
};

TopBits top_bits(IntView a) {
    if (a.size == 0) return {0, 0, false};
    Limb top = a.limbs[a.size - 1];
    if (a.size == 1) return {top, 0, false};
    Limb next = a.limbs[a.size - 2];
    int zeros = std::countl_zero(top);
    std::int64_t exponent = static_cast<std::int64_t>(a.size - 1) * kLimbBits - zeros;
    Limb lost = next << zeros;
    if (zeros) top = top << zeros | next >> (kLimbBits - zeros);
    bool sticky = lost != 0;
    for (std::size_t i = a.size - 2; i > 0 && !sticky; --i) sticky = a.limbs[i - 1] != 0;
    return {top, exponent, sticky};
}

}  // namespace

bool to_double(IntView a, double& out) {
    TopBits top = top_bits(a);
    return compose_double(a.negative, top.mantissa, top.exponent, top.sticky, out) == Rounding::done;
}

double to_double_scaled(IntView a, std::int64_t& exponent) {
    exponent = 0;
    if (a.size == 0) return 0;
    TopBits top = top_bits(a);
    double scaled = 0;
    int width = static_cast<int>(std::bit_width(top.mantissa));
    if (compose_double(a.negative, top.mantissa, -width, top.sticky, scaled) != Rounding::done) return 0;
    exponent = top.exponent + width;
    if (std::fabs(scaled) == 1) {  // rounded up to the next power of two
        scaled /= 2;
        ++exponent;
    }
    return scaled;
}

BigInt from_double(double finite) {
    DoubleParts parts = double_parts(finite);
    if (parts.exponent <= -64) return BigInt();
    BigInt result;
    if (parts.exponent <= 0) {
        result = BigInt::from_unsigned(parts.mantissa >> -parts.exponent);
    } else {
        Limb mantissa = parts.mantissa;
        result =
            shift_left(IntView{&mantissa, mantissa != 0, false}, static_cast<std::uint64_t>(parts.exponent));
    }
    if (parts.negative) result.flip_sign();
    return result;
}

IntRatio integer_ratio(double finite) {
    DoubleParts parts = double_parts(finite);
    IntRatio ratio;
    if (parts.mantissa == 0) {
        ratio.denominator = BigInt(1);
        return ratio;
    }
    int zeros = std::countr_zero(parts.mantissa);
    int exponent = parts.exponent + zeros;
    Limb mantissa = parts.mantissa >> zeros;
    IntView odd{&mantissa, 1, parts.negative};
    ratio.numerator = shift_left(odd, exponent > 0 ? static_cast<std::uint64_t>(exponent) : 0);
    ratio.denominator = shift_left(WordInt(1), exponent < 0 ? static_cast<std::uint64_t>(-exponent) : 0);
    return ratio;
}

std::strong_ordering compare(IntView a, double b) {
    if (is_infinity(b)) return b > 0 ? std::strong_ordering::less : std::strong_ordering::greater;
    // A different sign or magnitude settles most cases without building an integer.
    int sign_b = b > 0 ? 1 : b < 0 ? -1 : 0;
    if (a.sign() != sign_b) return a.sign() <=> sign_b;
    if (sign_b == 0) return std::strong_ordering::equal;
    double whole = std::trunc(b);
    std::strong_ordering order = compare(a, from_double(whole).view());
    if (order != 0) return order;
    if (b == whole) return order;
    return b > whole ? std::strong_ordering::less : std::strong_ordering::greater;
}

bool true_divide(IntView a, IntView b, double& out) {
    bool negative = a.negative != b.negative;
    if (a.size == 0) {
        out = negative ? -0.0 : 0.0;
        return true;
    }
    auto difference = static_cast<std::int64_t>(bit_length(a)) - static_cast<std::int64_t>(bit_length(b));
    // |a/b| lies between 2**(difference-1) and 2**(difference+1).
    if (difference > kDoubleMaxExponent) return false;
    if (difference < kDoubleMinExponent - 2) {
        out = negative ? -0.0 : 0.0;
        return true;
    }
    // Scaled so that the quotient has 63 or 64 bits; the remainder says whether bits below it follow.
    std::int64_t shift = kLimbBits - 1 - difference;
    a.negative = b.negative = false;
    DivMod parts;
    if (shift >= 0) {
        parts = divmod_floor(shift_left(a, static_cast<std::uint64_t>(shift)), b);
    } else {
        parts = divmod_floor(a, shift_left(b, static_cast<std::uint64_t>(-shift)));
    }
    IntView quotient = parts.quotient;
    Limb mantissa = quotient.size ? quotient.limbs[0] : 0;
    return compose_double(negative, mantissa, -shift, !parts.remainder.is_zero(), out) == Rounding::done;
}

std::int64_t hash_int(IntView a) {
    constexpr Limb modulus = (Limb{1} << 61) - 1;
    Limb hash = 0;
    for (std::size_t i = a.size; i-- > 0;) {
        // 2**64 is 8 modulo 2**61-1, and 8*hash is a rotation within 61 bits.
        hash = (hash << 3 & modulus) | hash >> 58;
        Limb limb = a.limbs[i];
        hash += (limb & modulus) + (limb >> 61);
        hash = (hash & modulus) + (hash >> 61);
        if (hash >= modulus) hash -= modulus;
    }
    auto result = static_cast<std::int64_t>(hash);
    if (a.negative) result = -result;
    return result == -1 ? -2 : result;
}

}  // namespace oro
