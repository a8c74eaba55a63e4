#include "base/bigint.h"

#include <bit>
#include <cstdlib>
#include <cstring>

#include "base/bigint_mpz.h"
#include "base/bits.h"

namespace oro {

using bigint_detail::BorrowedMpz;
using bigint_detail::OwnedMpz;

void LimbBuffer::reserve(std::size_t count) {
    if (count <= kInline) {
        data_ = inline_;
    } else if (count > kMaxLimbs) {
        data_ = nullptr;
    } else {
        data_ = static_cast<Limb*>(std::malloc(count * sizeof(Limb)));
    }
}

void LimbBuffer::release() {
    if (data_ != inline_) std::free(data_);
    data_ = inline_;
}

void LimbBuffer::take(LimbBuffer& other) {
    if (other.data_ == other.inline_) {
        data_ = inline_;
        std::memcpy(inline_, other.inline_, sizeof inline_);
    } else {
        data_ = std::exchange(other.data_, other.inline_);
    }
}

BigInt::BigInt(std::int64_t value) : size_(value != 0), negative_(value < 0) { limbs_[0] = magnitude(value); }

BigInt::BigInt(IntView value) {
    Limb* to = prepare(value.size);
    if (!to) return;
    if (value.size) std::memcpy(to, value.limbs, value.size * sizeof(Limb));
    size_ = value.size;
    negative_ = value.negative;
}

BigInt BigInt::from_unsigned(std::uint64_t value) {
    BigInt result;
    result.limbs_[0] = value;
    result.size_ = value != 0;
    return result;
}

BigInt BigInt::from_wide(__int128 value) {
    BigInt result;
    auto bits = static_cast<unsigned __int128>(value);
    if (value < 0) bits = 0 - bits;
    result.limbs_[0] = static_cast<Limb>(bits);
    result.limbs_[1] = static_cast<Limb>(bits >> 64);
    result.finish(2, value < 0);
    return result;
}

BigInt BigInt::failure() {
    BigInt result;
    result.failed_ = true;
    return result;
}

Limb* BigInt::prepare(std::size_t count) {
    size_ = 0;
    negative_ = false;
    if (count > LimbBuffer::kInline && !limbs_.allocate(count)) {
        limbs_ = LimbBuffer();
        failed_ = true;
        return nullptr;
    }
    return limbs_.data();
}

void BigInt::finish(std::size_t count, bool negative) {
    while (count && limbs_[count - 1] == 0) --count;
    size_ = count;
    negative_ = count != 0 && negative;
}

bool to_int64(IntView a, std::int64_t& out) {
    if (a.size == 0) {
        out = 0;
        return true;
    }
    constexpr Limb limit = Limb{1} << 63;
    if (a.size > 1 || a.limbs[0] > limit || (a.limbs[0] == limit && !a.negative)) return false;
    out = static_cast<std::int64_t>(low_word(a));
    return true;
}

bool to_uint64(IntView a, std::uint64_t& out) {
    if (a.size > 1 || a.negative) return false;
    out = a.size ? a.limbs[0] : 0;
    return true;
}

std::uint64_t low_word(IntView a) {
    Limb low = a.size ? a.limbs[0] : 0;
    return a.negative ? 0 - low : low;
}

namespace {

int compare_magnitudes(IntView a, IntView b) {
    if (a.size != b.size) return a.size < b.size ? -1 : 1;
    return a.size ? mpn_cmp(a.limbs, b.limbs, static_cast<mp_size_t>(a.size)) : 0;
}

mp_size_t gmp_size(std::size_t size) { return static_cast<mp_size_t>(size); }

BigInt add_magnitudes(IntView a, IntView b, bool negative) {
    if (a.size < b.size) std::swap(a, b);
    BigInt result;
    Limb* to = result.prepare(a.size + 1);
    if (!to) return result;
    if (a.size) to[a.size] = mpn_add(to, a.limbs, gmp_size(a.size), b.limbs, gmp_size(b.size));
    result.finish(a.size ? a.size + 1 : 0, negative);
    return result;
}

// `negative` is the sign of the result when the magnitude of a is the larger one.
BigInt subtract_magnitudes(IntView a, IntView b, bool negative) {
    int order = compare_magnitudes(a, b);
    if (order == 0) return BigInt();
    if (order < 0) {
        std::swap(a, b);
        negative = !negative;
    }
    BigInt result;
    Limb* to = result.prepare(a.size);
    if (!to) return result;
    mpn_sub(to, a.limbs, gmp_size(a.size), b.limbs, gmp_size(b.size));
    result.finish(a.size, negative);
    return result;
}

BigInt add_signed(IntView a, IntView b, bool b_negative) {
    return a.negative == b_negative ? add_magnitudes(a, b, a.negative)
                                    : subtract_magnitudes(a, b, a.negative);
}

// Adds one to the magnitude, in place of `size` limbs with room for one more. Returns the new size.
std::size_t increment(Limb* limbs, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
        if (++limbs[i]) return size;
    }
    limbs[size] = 1;
    return size + 1;
}

// Quotient and remainder of the magnitudes. Either may be left out by passing null. The quotient gets room
// for one limb more than it needs, so that it can be incremented.
bool divide_magnitudes(IntView a, IntView b, BigInt* quotient, BigInt* remainder) {
    if (a.size < b.size) {
        if (quotient) quotient->prepare(1);
        if (remainder) *remainder = BigInt(IntView{a.limbs, a.size, false});
        return !remainder || !remainder->failed();
    }
    std::size_t quotient_size = a.size - b.size + 1;
    BigInt spare_quotient, spare_remainder;
    if (!quotient) quotient = &spare_quotient;
    if (!remainder) remainder = &spare_remainder;
    Limb* q = quotient->prepare(quotient_size + 1);
    Limb* r = remainder->prepare(b.size);
    if (!q || !r) return false;
    if (b.size == 1) {
        r[0] = mpn_divrem_1(q, 0, a.limbs, gmp_size(a.size), b.limbs[0]);
    } else {
        mpn_tdiv_qr(q, r, 0, a.limbs, gmp_size(a.size), b.limbs, gmp_size(b.size));
    }
    quotient->finish(quotient_size, false);
    remainder->finish(b.size, false);
    return true;
}

// What the floor adds to a truncated division: one more in the quotient's magnitude.
void step_quotient(BigInt& quotient) {
    IntView view = quotient;
    bool negative = view.negative;
    // divide_magnitudes left room for the carry.
    quotient.finish(increment(const_cast<Limb*>(view.limbs), view.size), negative);
}

}  // namespace

std::strong_ordering compare(IntView a, IntView b) {
    if (a.negative != b.negative)
        return a.negative ? std::strong_ordering::less : std::strong_ordering::greater;
    int order = compare_magnitudes(a, b);
    if (a.negative) order = -order;
    return order <=> 0;
}

bool equal(IntView a, IntView b) {
    if (a.size != b.size || a.negative != b.negative) return false;
    return a.size == 0 || std::memcmp(a.limbs, b.limbs, a.size * sizeof(Limb)) == 0;
}

std::uint64_t bit_length(IntView a) {
    if (a.size == 0) return 0;
    return (a.size - 1) * std::uint64_t{kLimbBits} +
           static_cast<std::uint64_t>(bit_width(a.limbs[a.size - 1]));
}

std::uint64_t bit_count(IntView a) { return a.size ? mpn_popcount(a.limbs, gmp_size(a.size)) : 0; }

std::uint64_t trailing_zeros(IntView a) { return a.size ? mpn_scan1(a.limbs, 0) : 0; }

BigInt negate(IntView a) {
    a.negative = a.size != 0 && !a.negative;
    return BigInt(a);
}

BigInt absolute(IntView a) {
    a.negative = false;
    return BigInt(a);
}

BigInt add(IntView a, IntView b) { return add_signed(a, b, b.negative); }

BigInt subtract(IntView a, IntView b) {
    if (b.size == 0) return BigInt(a);
    return add_signed(a, b, !b.negative);
}

BigInt multiply(IntView a, IntView b) {
    if (a.size < b.size) std::swap(a, b);
    BigInt result;
    if (b.size == 0) return result;
    std::size_t size = a.size + b.size;
    Limb* to = result.prepare(size);
    if (!to) return result;
    if (b.size == 1) {
        to[a.size] = mpn_mul_1(to, a.limbs, gmp_size(a.size), b.limbs[0]);
    } else if (a.limbs == b.limbs && a.size == b.size) {
        mpn_sqr(to, a.limbs, gmp_size(a.size));
    } else {
        mpn_mul(to, a.limbs, gmp_size(a.size), b.limbs, gmp_size(b.size));
    }
    result.finish(size, a.negative != b.negative);
    return result;
}

DivMod divmod_floor(IntView a, IntView b) {
    DivMod result;
    if (!divide_magnitudes(a, b, &result.quotient, &result.remainder)) {
        return {BigInt::failure(), BigInt::failure()};
    }
    bool signs_differ = a.negative != b.negative;
    if (signs_differ && !result.remainder.is_zero()) {
        step_quotient(result.quotient);
        result.remainder = subtract_magnitudes(b, result.remainder, b.negative);
    } else if (b.negative) {
        result.remainder.flip_sign();
    }
    if (signs_differ) result.quotient.flip_sign();
    return result;
}

BigInt divide_floor(IntView a, IntView b) {
    BigInt quotient, remainder;
    if (!divide_magnitudes(a, b, &quotient, &remainder)) return BigInt::failure();
    if (a.negative != b.negative) {
        if (!remainder.is_zero()) step_quotient(quotient);
        quotient.flip_sign();
    }
    return quotient;
}

BigInt modulo_floor(IntView a, IntView b) {
    BigInt remainder;
    if (!divide_magnitudes(a, b, nullptr, &remainder)) return BigInt::failure();
    if (remainder.is_zero()) return remainder;
    if (a.negative != b.negative) return subtract_magnitudes(b, remainder, b.negative);
    if (b.negative) remainder.flip_sign();
    return remainder;
}

DivMod divmod_nearest(IntView a, IntView b) {
    DivMod result = divmod_floor(a, b);
    if (result.quotient.failed()) return result;
    // The remainder has b's sign, so that |2r| against |b| decides.
    BigInt twice = shift_left(result.remainder, 1);
    int order = compare_magnitudes(twice, b);
    if (order > 0 || (order == 0 && result.quotient.view().is_odd())) {
        result.quotient = add(result.quotient, WordInt(1));
        result.remainder = subtract(result.remainder, b);
    }
    return result;
}

BigInt shift_left(IntView a, std::uint64_t count) {
    BigInt result;
    if (a.size == 0) return result;
    std::uint64_t words = count / kLimbBits;
    unsigned bits = static_cast<unsigned>(count % kLimbBits);
    if (words > kMaxLimbs) return BigInt::failure();
    std::size_t size = a.size + words + 1;
    Limb* to = result.prepare(size);
    if (!to) return result;
    std::memset(to, 0, words * sizeof(Limb));
    if (bits) {
        to[size - 1] = mpn_lshift(to + words, a.limbs, gmp_size(a.size), bits);
    } else {
        std::memcpy(to + words, a.limbs, a.size * sizeof(Limb));
        to[size - 1] = 0;
    }
    result.finish(size, a.negative);
    return result;
}

BigInt shift_right(IntView a, std::uint64_t count) {
    BigInt result;
    std::uint64_t words = count / kLimbBits;
    unsigned bits = static_cast<unsigned>(count % kLimbBits);
    if (words >= a.size) return BigInt(a.negative ? -1 : 0);
    std::size_t size = a.size - words;
    Limb* to = result.prepare(size + 1);
    if (!to) return result;
    Limb lost = 0;
    if (bits) {
        lost = mpn_rshift(to, a.limbs + words, gmp_size(size), bits);
    } else {
        std::memcpy(to, a.limbs + words, size * sizeof(Limb));
    }
    if (a.negative) {
        for (std::size_t i = 0; i < words && !lost; ++i) lost = a.limbs[i];
        if (lost) size = increment(to, size);
    }
    result.finish(size, a.negative);
    return result;
}

namespace {

// Turns limbs of a magnitude into those of its two's complement and back, from the lowest limb up.
struct Complement {
    bool active;
    Limb carry = 1;

    Limb operator()(Limb limb) {
        if (!active) return limb;
        limb = ~limb + carry;
        carry &= limb == 0;
        return limb;
    }
};

template <class Op>
BigInt bitwise(IntView a, IntView b, Op op) {
    std::size_t size = (a.size > b.size ? a.size : b.size) + 1;
    BigInt result;
    Limb* to = result.prepare(size);
    if (!to) return result;
    bool negative = op(Limb{a.negative}, Limb{b.negative}) & 1;
    Complement from_a{a.negative}, from_b{b.negative}, back{negative};
    for (std::size_t i = 0; i < size; ++i) {
        Limb x = from_a(i < a.size ? a.limbs[i] : 0);
        Limb y = from_b(i < b.size ? b.limbs[i] : 0);
        to[i] = back(op(x, y));
    }
    result.finish(size, negative);
    return result;
}

}  // namespace

BigInt bit_and(IntView a, IntView b) {
    // With no negative operand the shorter one bounds the result: masks of huge numbers stay cheap.
    if (!a.negative && a.size < b.size) b.size = a.size;
    if (!b.negative && b.size < a.size && !a.negative) a.size = b.size;
    return bitwise(a, b, [](Limb x, Limb y) { return x & y; });
}

BigInt bit_or(IntView a, IntView b) {
    return bitwise(a, b, [](Limb x, Limb y) { return x | y; });
}

BigInt bit_xor(IntView a, IntView b) {
    return bitwise(a, b, [](Limb x, Limb y) { return x ^ y; });
}

BigInt bit_not(IntView a) {
    BigInt result = add(a, WordInt(1));
    result.flip_sign();
    return result;
}

BigInt power(IntView base, std::uint64_t exponent) {
    if (exponent == 0) return BigInt(1);
    if (base.size == 0 || exponent == 1) return BigInt(base);
    bool negative = base.negative && (exponent & 1);
    std::uint64_t zeros = trailing_zeros(base);
    std::uint64_t bits = bit_length(base);
    if (zeros == bits - 1) {  // a power of two
        unsigned __int128 count = static_cast<unsigned __int128>(zeros) * exponent;
        if (count >> 64) return BigInt::failure();
        BigInt result = shift_left(WordInt(1), static_cast<std::uint64_t>(count));
        if (negative) result.flip_sign();
        return result;
    }
    unsigned __int128 limbs = static_cast<unsigned __int128>(bits) * exponent / kLimbBits + 1;
    if (limbs > kMaxLimbs) return BigInt::failure();
    // GMP aborts when memory ends; asking for the result's room first finds most such cases.
    if (LimbBuffer room(static_cast<std::size_t>(limbs)); !room.ok()) return BigInt::failure();
    OwnedMpz result;
    mpz_pow_ui(result, BorrowedMpz(base), exponent);
    return result.take();
}

BigInt power_modulo(IntView base, IntView exponent, IntView modulus) {
    OwnedMpz result;
    mpz_powm(result, BorrowedMpz(base), BorrowedMpz(exponent), BorrowedMpz(modulus));
    BigInt value = result.take();
    if (modulus.negative && !value.is_zero()) return add(value, modulus);
    return value;
}

bool invert_modulo(IntView a, IntView modulus, BigInt& out) {
    // Everything is its own inverse modulo one; GMP sees that differently.
    if (modulus.size == 1 && modulus.limbs[0] == 1) {
        out = BigInt();
        return true;
    }
    OwnedMpz result;
    if (!mpz_invert(result, BorrowedMpz(a), BorrowedMpz(modulus))) return false;
    out = result.take();
    if (modulus.negative && !out.is_zero()) out = add(out, modulus);
    return true;
}

BigInt greatest_common_divisor(IntView a, IntView b) {
    OwnedMpz result;
    mpz_gcd(result, BorrowedMpz(a), BorrowedMpz(b));
    return result.take();
}

BigInt integer_sqrt(IntView a) {
    BigInt result;
    if (a.size == 0) return result;
    std::size_t size = (a.size + 1) / 2;
    Limb* root = result.prepare(size);
    LimbBuffer rest(a.size);
    if (!root || !rest.ok()) return BigInt::failure();
    mpn_sqrtrem(root, rest.data(), a.limbs, gmp_size(a.size));
    result.finish(size, false);
    return result;
}

}  // namespace oro
