// Integers of any size: a sign and little-endian 64-bit limbs of the magnitude, computed on GMP's mpn layer.
//
// IntView is the argument type: it borrows limbs from wherever they live (an int object, a BigInt, a machine
// word). BigInt is the result type: it owns its limbs, a few of them inline. Both are always normalised: the
// top limb is not zero, and zero has no limbs and no sign. All functions are pure and safe from any thread.
//
// A result that is too large, or for which there is no memory, is a BigInt that failed(); it reads as zero,
// and whoever turns it into an object raises MemoryError. Views never fail. Only GMP's own scratch space
// aborts when memory ends.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace oro {

using Limb = std::uint64_t;
constexpr int kLimbBits = 64;

// The most limbs of a result: what GMP's mpz layer can express.
constexpr std::size_t kMaxLimbs = 0x7FFFFFFF;

struct IntView {
    const Limb* limbs = nullptr;
    std::size_t size = 0;
    bool negative = false;

    bool is_zero() const { return size == 0; }
    bool is_odd() const { return size != 0 && (limbs[0] & 1); }
    int sign() const { return size == 0 ? 0 : negative ? -1 : 1; }
};

// The view of a machine word; valid as long as the WordInt lives.
class WordInt {
public:
    constexpr WordInt(std::int64_t value)
        : limb_(value < 0 ? 0 - static_cast<Limb>(value) : static_cast<Limb>(value)), negative_(value < 0) {}
    constexpr operator IntView() const { return {&limb_, limb_ != 0, negative_}; }

private:
    Limb limb_;
    bool negative_;
};

// Room for limbs, inline for small counts. Its memory is not cleared.
class LimbBuffer {
public:
    static constexpr std::size_t kInline = 8;

    LimbBuffer() = default;
    explicit LimbBuffer(std::size_t count) { reserve(count); }
    LimbBuffer(LimbBuffer&& other) noexcept { take(other); }
    LimbBuffer& operator=(LimbBuffer&& other) noexcept {
        if (this != &other) {
            release();
            take(other);
        }
        return *this;
    }
    ~LimbBuffer() { release(); }

    // False when there is no memory. What the buffer held is lost.
    [[nodiscard]] bool allocate(std::size_t count) {
        release();
        reserve(count);
        return data_ != nullptr;
    }
    bool ok() const { return data_ != nullptr; }
    Limb* data() { return data_; }
    const Limb* data() const { return data_; }
    Limb& operator[](std::size_t i) { return data_[i]; }

private:
    void reserve(std::size_t count);
    void release();
    void take(LimbBuffer& other);

    Limb* data_ = inline_;
    Limb inline_[kInline];
};

class BigInt {
public:
    BigInt() = default;
    explicit BigInt(std::int64_t value);
    explicit BigInt(IntView value);
    static BigInt from_unsigned(std::uint64_t value);
    static BigInt from_wide(__int128 value);  // such as the product of two words
    static BigInt failure();

    operator IntView() const { return {limbs_.data(), size_, negative_}; }
    IntView view() const { return *this; }
    bool failed() const { return failed_; }
    bool is_zero() const { return size_ == 0; }

    // For the arithmetic itself: prepare() gives room for `count` limbs, or null and a failed BigInt;
    // finish() then states how many are in use, leading zeros still allowed.
    Limb* prepare(std::size_t count);
    void finish(std::size_t count, bool negative);
    void flip_sign() { negative_ = size_ != 0 && !negative_; }

private:
    LimbBuffer limbs_;
    std::size_t size_ = 0;
    bool negative_ = false;
    bool failed_ = false;
};

// True, and the value in `out`, when the integer fits.
[[nodiscard]] bool to_int64(IntView a, std::int64_t& out);
[[nodiscard]] bool to_uint64(IntView a, std::uint64_t& out);
// The value modulo 2**64, two's complement.
std::uint64_t low_word(IntView a);

std::strong_ordering compare(IntView a, IntView b);
bool equal(IntView a, IntView b);
std::uint64_t bit_length(IntView a);      // of the magnitude
std::uint64_t bit_count(IntView a);       // ones in the magnitude
std::uint64_t trailing_zeros(IntView a);  // 0 for zero

BigInt negate(IntView a);
BigInt absolute(IntView a);
BigInt add(IntView a, IntView b);
BigInt subtract(IntView a, IntView b);
BigInt multiply(IntView a, IntView b);

struct DivMod {
    BigInt quotient, remainder;
};

// Rounds to minus infinity; the remainder has the divisor's sign. The divisor must not be zero.
DivMod divmod_floor(IntView a, IntView b);
BigInt divide_floor(IntView a, IntView b);
BigInt modulo_floor(IntView a, IntView b);
// The quotient rounded to nearest, halves to even, and what remains.
DivMod divmod_nearest(IntView a, IntView b);

BigInt shift_left(IntView a, std::uint64_t count);
BigInt shift_right(IntView a, std::uint64_t count);  // floors

// As if on two's complement of unlimited width.
BigInt bit_and(IntView a, IntView b);
BigInt bit_or(IntView a, IntView b);
BigInt bit_xor(IntView a, IntView b);
BigInt bit_not(IntView a);

BigInt power(IntView base, std::uint64_t exponent);
// base**exponent modulo `modulus` (not zero), with the sign of the modulus; the exponent must not be
// negative.
BigInt power_modulo(IntView base, IntView exponent, IntView modulus);
// The inverse of a modulo `modulus` (not zero), with the sign of the modulus. False when there is none.
[[nodiscard]] bool invert_modulo(IntView a, IntView modulus, BigInt& out);

BigInt greatest_common_divisor(IntView a, IntView b);  // never negative
BigInt integer_sqrt(IntView a);                        // floor; a must not be negative

// --- bigint_float.cpp ---

// False on overflow. Rounds to nearest, halves to even.
[[nodiscard]] bool to_double(IntView a, double& out);
// A number in [0.5, 1) and an exponent of two, rounded as above: a == result * 2**exponent. 0 for zero.
double to_double_scaled(IntView a, std::int64_t& exponent);
BigInt from_double(double finite);  // truncates

struct IntRatio {
    BigInt numerator, denominator;
};
// The exact value in lowest terms, the denominator positive.
IntRatio integer_ratio(double finite);
// A double and an exact integer compared exactly. The double must not be a NaN.
std::strong_ordering compare(IntView a, double b);
// a/b as Python's int/int: the correctly rounded quotient. b must not be zero; false on overflow.
[[nodiscard]] bool true_divide(IntView a, IntView b, double& out);
// Python's hash: the value modulo 2**61-1 with its sign, and -2 in place of -1.
std::int64_t hash_int(IntView a);

// --- bigint_text.cpp ---

// Lower-case digits with a sign, in base 2 to 36, no prefix.
std::string to_text(IntView a, int base = 10);

// What stands in a text that int(text, base) takes, surrounding white space already gone.
struct IntText {
    bool valid = false;
    bool negative = false;
    int base = 10;            // the base found when base 0 was asked for
    std::string_view digits;  // with underscores, without sign and prefix
    std::size_t count = 0;    // the digits without underscores, for the limit on conversions
};

// base is 0 or 2 to 36. The text must be ASCII.
IntText scan_int(std::string_view text, int base);
// The value of digits as scan_int accepts them, or as the tokenizer has checked them.
BigInt from_digits(std::string_view digits, int base);

enum class Endian : bool { little, big };
enum class Signedness : bool { is_unsigned, is_signed };
enum class ToBytes : std::uint8_t { done, negative_to_unsigned, too_big };

// int.to_bytes. `out` is written only when it can hold the value.
ToBytes to_bytes(IntView a, std::span<std::uint8_t> out, Endian endian, Signedness signedness);
BigInt from_bytes(std::span<const std::uint8_t> bytes, Endian endian, Signedness signedness);

}  // namespace oro
