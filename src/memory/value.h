// The universal word: 64 bits that tag themselves. Registers, object slots, list items and handles all hold it.
//
//   ...000  pointer to an object (16-byte aligned); the word 0 is 'nothing' (unbound, missing, or an error result)
//   ....10  int of 62 bits, value in the upper bits
//   ...001, ...100, ...101  float: the double's bits rotated left by 4, plus 1. That covers 0.0, |x| < 2**-767 and
//           2**-255 <= |x| < 2**257; other floats (inf and nan too) are boxed
//   ...111  constants without storage: None, False, True, NotImplemented, Ellipsis and internal marks
//   ...011  reserved
//
// A Value is plain data and owns nothing: ownership stands in the types of object/ref.h.
#pragma once
#include <bit>
#include <cstdint>

namespace oro {

struct Header;

struct Value {
    std::uint64_t bits = 0;

    constexpr bool operator==(Value const&) const = default;

    constexpr bool is_null() const { return bits == 0; }
    explicit constexpr operator bool() const { return bits != 0; }

    // ---- pointers
    // True also for the null word.
    constexpr bool is_pointer_or_null() const { return (bits & 7) == 0; }
    constexpr bool is_pointer() const { return (bits & 7) == 0 && bits != 0; }
    Header* pointer() const { return reinterpret_cast<Header*>(bits); }
    static Value of(Header const* p) { return {reinterpret_cast<std::uint64_t>(p)}; }

    // ---- ints
    static constexpr std::int64_t kMaxInt = (std::int64_t(1) << 61) - 1;
    static constexpr std::int64_t kMinInt = -(std::int64_t(1) << 61);
    static constexpr bool fits_int(std::int64_t v) { return v >= kMinInt && v <= kMaxInt; }
    // Requires fits_int(v).
    static constexpr Value of_int(std::int64_t v) { return {std::uint64_t(v) << 2 | 2}; }
    constexpr bool is_int() const { return (bits & 3) == 2; }
    constexpr std::int64_t as_int() const { return std::int64_t(bits) >> 2; }
    static constexpr bool both_int(Value a, Value b) { return (((a.bits ^ 2) | (b.bits ^ 2)) & 3) == 0; }

    // ---- floats
    constexpr bool is_float() const { return (0x32u >> (bits & 7)) & 1; }
    constexpr double as_float() const { return std::bit_cast<double>(std::rotr(bits - 1, 4)); }
    static constexpr bool fits_float(double d) {
        return (0x32u >> ((std::rotl(std::bit_cast<std::uint64_t>(d), 4) + 1) & 7)) & 1;
    }
    // Requires fits_float(d).
    static constexpr Value of_float(double d) { return {std::rotl(std::bit_cast<std::uint64_t>(d), 4) + 1}; }
    // The encoding of any double; the caller checks is_float() and boxes otherwise.
    static constexpr Value try_float(double d) { return {std::rotl(std::bit_cast<std::uint64_t>(d), 4) + 1}; }

    // ---- constants
    constexpr bool is_constant() const { return (bits & 7) == 7; }
    static constexpr Value constant(unsigned id) { return {std::uint64_t(id) << 3 | 7}; }
    static constexpr Value of_bool(bool b) { return {15 + 8 * std::uint64_t(b)}; }
    constexpr bool is_bool() const { return bits == 15 || bits == 23; }
};
static_assert(sizeof(Value) == 8);

inline constexpr Value kNone = Value::constant(0);
inline constexpr Value kFalse = Value::constant(1);
inline constexpr Value kTrue = Value::constant(2);
inline constexpr Value kNotImplemented = Value::constant(3);
inline constexpr Value kEllipsis = Value::constant(4);
// Internal: never seen by Python code.
inline constexpr Value kEnd = Value::constant(5);      // an iterator is exhausted
inline constexpr Value kDummy = Value::constant(6);    // a deleted entry
static_assert(kFalse == Value::of_bool(false) && kTrue == Value::of_bool(true));
static_assert(Value::of_float(0.0).is_float() && Value::of_float(1.5).as_float() == 1.5 && Value::of_float(-0.0).is_float());
static_assert(!Value::fits_float(__builtin_inf()) && !Value::fits_float(1e300) && !Value::of_float(3.0).is_int());
static_assert(Value::of_int(-5).as_int() == -5 && !Value::of_int(-1).is_float() && Value::of_int(Value::kMinInt).as_int() == Value::kMinInt);

}  // namespace oro
