// Decimal numbers as the General Decimal Arithmetic specification has them, without anything of Python: what is computed on.
//
// A coefficient is a GMP integer that is not negative; the sign stands aside. Operands are Views, which own nothing; results are
// Numbers. An operation gets the context's settings in a Work, and leaves in it which conditions arose.
// Pure functions, safe from any thread.
#pragma once
#include <gmp.h>

#include <cstdint>
#include <utility>

namespace oro::decimal {

using Exponent = std::int64_t;

inline constexpr std::int64_t kMaxPrec = 999999999999999999, kMaxEmax = 999999999999999999, kMinEmin = -999999999999999999;
inline constexpr std::int64_t kMinEtiny = kMinEmin - (kMaxPrec - 1);
// More digits than this are not made, though a precision may ask for them: the operation runs out of memory.
inline constexpr std::int64_t kMostDigits = 400000000;

enum class Rounding : std::uint8_t { up, down, ceiling, floor, half_up, half_down, half_even, zero_five_up };

// Conditions, as bits.
namespace condition {
inline constexpr std::uint32_t clamped = 1, conversion_syntax = 2, division_by_zero = 4, division_impossible = 8, division_undefined = 0x10,
                               inexact = 0x40, invalid_context = 0x80, invalid_operation = 0x100, out_of_memory = 0x200,
                               float_operation = 0x400, overflow = 0x800, rounded = 0x1000, subnormal = 0x2000, underflow = 0x4000;
// All that the signal InvalidOperation stands for.
inline constexpr std::uint32_t invalid = conversion_syntax | division_impossible | division_undefined | invalid_context | invalid_operation;
}  // namespace condition

struct Work {
    std::int64_t prec = 28, emax = 999999, emin = -999999;
    Rounding rounding = Rounding::half_even;
    bool clamp = false;
    std::uint32_t status = 0;
    Exponent etiny() const { return emin - (prec - 1); }
    Exponent etop() const { return emax - (prec - 1); }
    void raise(std::uint32_t conditions) { status |= conditions; }
};
// The settings under which every number that can be is exact.
inline Work widest() { return {kMaxPrec, kMaxEmax, kMinEmin, Rounding::half_even, false, 0}; }

// GMP has these as macros, which want pointers.
inline int sign_of(mpz_srcptr v) { return mpz_sgn(v); }
inline bool is_odd_integer(mpz_srcptr v) { return mpz_odd_p(v); }
inline int compare_with(mpz_srcptr v, std::uint64_t n) { return mpz_cmp_ui(v, n); }

class Mpz {
public:
    Mpz() { mpz_init(v_); }
    explicit Mpz(mpz_srcptr v) { mpz_init_set(v_, v); }
    explicit Mpz(std::uint64_t n) { mpz_init_set_ui(v_, n); }
    Mpz(Mpz&& o) noexcept : Mpz() { mpz_swap(v_, o.v_); }
    Mpz& operator=(Mpz&& o) noexcept { mpz_swap(v_, o.v_); return *this; }
    Mpz(Mpz const&) = delete;
    ~Mpz() { mpz_clear(v_); }
    operator mpz_ptr() { return v_; }
    operator mpz_srcptr() const { return v_; }

private:
    mpz_t v_;
};

enum class Kind : std::uint8_t { finite, infinite, quiet, signaling };

// What all numbers have. `digits` of a zero is 1; of an infinity and a NaN without payload 0.
struct View {
    mpz_srcptr coefficient = nullptr;    // of a NaN: its payload
    Exponent exponent = 0;
    std::int64_t digits = 0;
    Kind kind = Kind::finite;
    bool negative = false;
    bool is_nan() const { return kind >= Kind::quiet; }
    bool is_infinite() const { return kind == Kind::infinite; }
    bool is_finite() const { return kind == Kind::finite; }
    bool is_zero() const { return kind == Kind::finite && sign_of(coefficient) == 0; }
    // Of a finite number: the exponent of its first digit.
    Exponent adjusted() const { return exponent + digits - 1; }
    View with_sign(bool sign) const { View v = *this; v.negative = sign; return v; }
};

std::int64_t count_digits(mpz_srcptr v);

struct Number {
    Mpz coefficient;
    Exponent exponent = 0;
    Kind kind = Kind::finite;
    bool negative = false;

    Number() = default;
    Number(bool sign, std::uint64_t c, Exponent e) : coefficient(c), exponent(e), negative(sign) {}
    explicit Number(View const& v) : coefficient(v.coefficient), exponent(v.exponent), kind(v.kind), negative(v.negative) {}
    View view() const {
        return {coefficient, exponent,
                kind == Kind::infinite || (kind != Kind::finite && sign_of(coefficient) == 0) ? 0 : count_digits(coefficient), kind,
                negative};
    }
    bool is_zero() const { return kind == Kind::finite && sign_of(coefficient) == 0; }
};

inline Number infinity(bool negative) { Number n; n.kind = Kind::infinite; n.negative = negative; return n; }
inline Number not_a_number() { Number n; n.kind = Kind::quiet; return n; }
// A NaN, because of these conditions.
inline Number invalid(Work& w, std::uint32_t conditions = condition::invalid_operation) { w.raise(conditions); return not_a_number(); }
inline Number no_memory(Work& w) { return invalid(w, condition::out_of_memory); }

// ---- digits
void power_of_ten(Mpz& out, std::uint64_t n);
// c *= 10**n; false if that would be too many digits.
[[nodiscard]] bool shift_left(Mpz& c, std::int64_t digits, std::int64_t n);
// Drops n digits, rounding; true if something was lost.
bool shift_right(Mpz& c, std::int64_t n, Rounding rounding, bool negative);
// Takes out up to `most` zeros at the end; gives how many.
std::int64_t strip_zeros(Mpz& c, std::int64_t most);
// Whether rounding goes away from zero. `rest` says what is dropped: 0 nothing, 1 less than a half, 2 a half, 3 more.
bool goes_up(Rounding rounding, bool negative, int rest, mpz_srcptr kept);

// ---- the end of every operation: the result as the context can hold it.
void finish(Number& n, Work& w);
inline Number finished(Number n, Work& w) { finish(n, w); return n; }
// If an operand is a NaN: what the operation gives then.
bool nan_of(Number& out, View const& a, Work& w);
bool nan_of(Number& out, View const& a, View const& b, Work& w);

// ---- comparing. Neither is a NaN.
int compare(View const& a, View const& b);
int compare_magnitude(View const& a, View const& b);
// The total order of the specification: NaNs and exponents count.
int compare_total(View const& a, View const& b);
int compare_total_magnitude(View const& a, View const& b);
bool is_integer(View const& a);
bool is_odd(View const& integer);

// ---- arithmetic
Number add(View const& a, View const& b, Work& w);
Number subtract(View const& a, View const& b, Work& w);
Number multiply(View const& a, View const& b, Work& w);
Number fma(View const& a, View const& b, View const& c, Work& w);
Number divide(View const& a, View const& b, Work& w);
// The quotient of finite numbers that aren't zero if it has an end; false otherwise, or if that is very far.
bool divide_exactly(Number& out, View const& a, View const& b);
Number divide_integer(View const& a, View const& b, Work& w);
Number remainder(View const& a, View const& b, Work& w);
void divmod(Number& quotient, Number& rest, View const& a, View const& b, Work& w);
Number remainder_near(View const& a, View const& b, Work& w);
Number square_root(View const& a, Work& w);
Number plus(View const& a, Work& w);
Number minus(View const& a, Work& w);
Number absolute(View const& a, Work& w);

// ---- in elementary.cpp
Number exp(View const& a, Work& w);
Number ln(View const& a, Work& w);
Number log10(View const& a, Work& w);
Number power(View const& a, View const& b, Work& w);
Number power_modulo(View const& a, View const& b, View const& m, Work& w);

// ---- in adjust.cpp
// The number with that exponent; false if it would have too many digits. `changed`: whether something was lost.
[[nodiscard]] bool rescale(Number& n, Exponent exponent, Rounding rounding, bool* changed = nullptr);
Number quantize(View const& a, View const& b, Work& w);
enum class Exactness : bool { ignored, signaled };
Number to_integral(View const& a, Exactness exactness, Work& w);
Number normalize(View const& a, Work& w);
Number next_minus(View const& a, Work& w);
Number next_plus(View const& a, Work& w);
Number next_toward(View const& a, View const& b, Work& w);
Number logb(View const& a, Work& w);
Number scaleb(View const& a, View const& b, Work& w);
Number shift(View const& a, View const& b, Work& w);
Number rotate(View const& a, View const& b, Work& w);
Number logical_and(View const& a, View const& b, Work& w);
Number logical_or(View const& a, View const& b, Work& w);
Number logical_xor(View const& a, View const& b, Work& w);
Number logical_invert(View const& a, Work& w);
Number max(View const& a, View const& b, Work& w);
Number min(View const& a, View const& b, Work& w);
Number max_magnitude(View const& a, View const& b, Work& w);
Number min_magnitude(View const& a, View const& b, Work& w);
// -1, 0 or 1, or a NaN; the second signals for quiet NaNs too.
Number compare_number(View const& a, View const& b, Work& w);
Number compare_signal(View const& a, View const& b, Work& w);
// "+Normal", "-Zero", "sNaN", ...
char const* number_class(View const& a, Work const& w);

}  // namespace oro::decimal
