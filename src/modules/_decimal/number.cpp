// What all operations stand on: digits, rounding, the context's limits, comparing.
#include "modules/_decimal/number.h"

#include <algorithm>
#include <cmath>

namespace oro::decimal {

namespace {

constexpr std::uint64_t kPowers[] = {1u,
                                     10u,
                                     100u,
                                     1000u,
                                     10000u,
                                     100000u,
                                     1000000u,
                                     10000000u,
                                     100000000u,
                                     1000000000u,
                                     10000000000u,
                                     100000000000u,
                                     1000000000000u,
                                     10000000000000u,
                                     100000000000000u,
                                     1000000000000000u,
                                     10000000000000000u,
                                     100000000000000000u,
                                     1000000000000000000u,
                                     10000000000000000000u};

}  // namespace

void power_of_ten(Mpz& out, std::uint64_t n) {
    if (n < 20) mpz_set_ui(out, kPowers[n]);
    else mpz_ui_pow_ui(out, 10, n);
}

std::int64_t count_digits(mpz_srcptr v) {
    if (mpz_size(v) <= 1) {
        std::uint64_t n = mpz_get_ui(v);
        // log10(2) is a little over 1233 / 4096.
        int guess = (64 - __builtin_clzll(n | 1)) * 1233 >> 12;
        return guess + (n >= kPowers[guess]) + (n == 0);
    }
    // The length in bits decides unless a power of ten has that very length.
    auto bits = mpz_sizeinbase(v, 2);
    constexpr long double kLog = 0.301029995663981195213738894724493026768L;
    auto low = std::int64_t(std::floor((long double)(bits - 1) * kLog - 1e-9L)),
         high = std::int64_t(std::floor((long double)bits * kLog + 1e-9L));
    for (; high > low; --high) {
        Mpz power;
        power_of_ten(power, std::uint64_t(high));
        if (mpz_cmp(v, power) >= 0) break;
    }
    return high + 1;
}

bool shift_left(Mpz& c, std::int64_t digits, std::int64_t n) {
    if (n <= 0 || sign_of(c) == 0) return true;
    if (n > kMostDigits || digits + n > kMostDigits) return false;
    if (n < 20) {
        mpz_mul_ui(c, c, kPowers[n]);
        return true;
    }
    Mpz power;
    power_of_ten(power, std::uint64_t(n));
    mpz_mul(c, c, power);
    return true;
}

bool goes_up(Rounding rounding, bool negative, int rest, mpz_srcptr kept) {
    if (rest == 0) return false;
    switch (rounding) {
        case Rounding::up: return true;
        case Rounding::down: return false;
        case Rounding::ceiling: return !negative;
        case Rounding::floor: return negative;
        case Rounding::half_up: return rest >= 2;
        case Rounding::half_down: return rest > 2;
        case Rounding::half_even: return rest > 2 || (rest == 2 && is_odd_integer(kept));
        case Rounding::zero_five_up: return mpz_divisible_ui_p(kept, 5);
    }
    return false;
}

bool shift_right(Mpz& c, std::int64_t n, Rounding rounding, bool negative) {
    if (n <= 0 || sign_of(c) == 0) return false;
    int rest;
    if (n > count_digits(c)) {
        // All digits go, and the first of what is dropped is a zero.
        mpz_set_ui(c, 0);
        rest = 1;
    } else if (n < 20) {
        std::uint64_t r = mpz_tdiv_q_ui(c, c, kPowers[n]), half = kPowers[n] / 2;
        rest = r == 0 ? 0 : r < half ? 1 : r == half ? 2 : 3;
    } else {
        Mpz power, r;
        power_of_ten(power, std::uint64_t(n));
        mpz_tdiv_qr(c, r, c, power);
        rest = 0;
        if (sign_of(r) != 0) {
            mpz_tdiv_q_2exp(power, power, 1);
            int order = mpz_cmp(r, power);
            rest = order < 0 ? 1 : order == 0 ? 2 : 3;
        }
    }
    if (goes_up(rounding, negative, rest, c)) mpz_add_ui(c, c, 1);
    return rest != 0;
}

std::int64_t strip_zeros(Mpz& c, std::int64_t most) {
    if (sign_of(c) == 0) return 0;
    std::int64_t stripped = 0;
    // By halves of ever smaller powers where there are many zeros; at most as many as there are factors of two.
    std::int64_t twos = std::int64_t(mpz_scan1(c, 0));
    most = std::min(most, twos);
    for (int step : {16, 8, 4, 2, 1}) {
        while (most - stripped >= step && mpz_divisible_ui_p(c, kPowers[step])) {
            mpz_divexact_ui(c, c, kPowers[step]);
            stripped += step;
        }
    }
    return stripped;
}

namespace {

// More than the context can hold: infinity or the largest number, as the rounding has it.
void overflow(Number& n, Work& w) {
    w.raise(condition::overflow | condition::inexact | condition::rounded);
    bool infinite = w.rounding == Rounding::ceiling ? !n.negative : w.rounding == Rounding::floor ? n.negative
                    : w.rounding != Rounding::down && w.rounding != Rounding::zero_five_up;
    if (infinite) {
        n = infinity(n.negative);
        return;
    }
    if (w.prec > kMostDigits) {
        n = no_memory(w);
        return;
    }
    power_of_ten(n.coefficient, std::uint64_t(w.prec));
    mpz_sub_ui(n.coefficient, n.coefficient, 1);
    n.exponent = w.etop();
}

void cut_payload(Number& n, Work const& w) {
    std::int64_t most = w.prec - w.clamp;
    if (sign_of(n.coefficient) == 0 || count_digits(n.coefficient) <= most) return;
    Mpz power;
    power_of_ten(power, std::uint64_t(std::max<std::int64_t>(most, 0)));
    mpz_tdiv_r(n.coefficient, n.coefficient, power);
}

}  // namespace

void finish(Number& n, Work& w) {
    if (n.kind != Kind::finite) {
        if (n.kind != Kind::infinite) cut_payload(n, w);
        return;
    }
    Exponent etiny = w.etiny(), etop = w.etop();
    if (sign_of(n.coefficient) == 0) {
        Exponent e = std::clamp(n.exponent, etiny, w.clamp ? etop : w.emax);
        if (e != n.exponent) w.raise(condition::clamped);
        n.exponent = e;
        return;
    }
    std::int64_t digits = count_digits(n.coefficient);
    Exponent least = n.exponent + digits - w.prec;  // the exponent with which all of the precision is used
    if (least > etop) return overflow(n, w);
    bool subnormal = least < etiny;
    if (subnormal) least = etiny;
    if (n.exponent < least) {
        bool changed = shift_right(n.coefficient, least - n.exponent, w.rounding, n.negative);
        n.exponent = least;
        // Rounding up 99...9 makes one digit more, and the last is a zero.
        if (changed && count_digits(n.coefficient) > w.prec) {
            mpz_divexact_ui(n.coefficient, n.coefficient, 10);
            ++n.exponent;
        }
        if (n.exponent > etop) return overflow(n, w);
        w.raise(condition::rounded);
        if (changed) w.raise(condition::inexact);
        if (subnormal) w.raise(changed ? condition::subnormal | condition::underflow : condition::subnormal);
        if (sign_of(n.coefficient) == 0) w.raise(condition::clamped);
        return;
    }
    if (subnormal) w.raise(condition::subnormal);
    if (w.clamp && n.exponent > etop) {
        w.raise(condition::clamped);
        if (!shift_left(n.coefficient, digits, n.exponent - etop)) {
            n = no_memory(w);
            return;
        }
        n.exponent = etop;
    }
}

bool nan_of(Number& out, View const& a, Work& w) {
    if (!a.is_nan()) return false;
    if (a.kind == Kind::signaling) w.raise(condition::invalid_operation);
    out = Number(a);
    out.kind = Kind::quiet;
    cut_payload(out, w);
    return true;
}
bool nan_of(Number& out, View const& a, View const& b, Work& w) {
    if (!a.is_nan() && !b.is_nan()) return false;
    if (a.kind == Kind::signaling) return nan_of(out, a, w);
    if (b.kind == Kind::signaling) return nan_of(out, b, w);
    return nan_of(out, a.is_nan() ? a : b, w);
}

// ---- comparing

int compare_magnitude(View const& a, View const& b) {
    if (a.is_infinite() || b.is_infinite()) return int(a.is_infinite()) - int(b.is_infinite());
    if (a.is_zero() || b.is_zero()) return int(b.is_zero()) - int(a.is_zero());
    Exponent x = a.adjusted(), y = b.adjusted();
    if (x != y) return x < y ? -1 : 1;
    if (a.exponent == b.exponent) {
        int order = mpz_cmp(a.coefficient, b.coefficient);
        return order < 0 ? -1 : order > 0;
    }
    // The same first digit: the exponents differ by less than the longer one's digits.
    bool a_longer = a.exponent < b.exponent;
    Mpz aligned(a_longer ? b.coefficient : a.coefficient), power;
    power_of_ten(power, std::uint64_t(a_longer ? b.exponent - a.exponent : a.exponent - b.exponent));
    mpz_mul(aligned, aligned, power);
    int order = a_longer ? mpz_cmp(a.coefficient, aligned) : mpz_cmp(aligned, b.coefficient);
    return order < 0 ? -1 : order > 0;
}

int compare(View const& a, View const& b) {
    if (a.is_zero() && b.is_zero()) return 0;
    if (a.is_zero()) return b.negative ? 1 : -1;
    if (b.is_zero()) return a.negative ? -1 : 1;
    if (a.negative != b.negative) return a.negative ? -1 : 1;
    int order = compare_magnitude(a, b);
    return a.negative ? -order : order;
}

int compare_total_magnitude(View const& a, View const& b) {
    if (a.is_nan() || b.is_nan()) {
        // Numbers, then signaling NaNs, then quiet ones; the payload decides among equals.
        auto rank = [](View const& v) { return v.kind == Kind::signaling ? 1 : v.kind == Kind::quiet ? 2 : 0; };
        if (rank(a) != rank(b)) return rank(a) < rank(b) ? -1 : 1;
        int order = mpz_cmp(a.coefficient, b.coefficient);
        return order < 0 ? -1 : order > 0;
    }
    if (int order = compare_magnitude(a, b)) return order;
    if (a.is_infinite()) return 0;
    return a.exponent < b.exponent ? -1 : a.exponent > b.exponent;
}
int compare_total(View const& a, View const& b) {
    if (a.negative != b.negative) return a.negative ? -1 : 1;
    int order = compare_total_magnitude(a, b);
    return a.negative ? -order : order;
}

bool is_integer(View const& a) {
    if (!a.is_finite()) return false;
    if (a.exponent >= 0 || a.is_zero()) return true;
    if (-a.exponent >= a.digits) return false;
    Mpz rest(a.coefficient);
    return strip_zeros(rest, -a.exponent) == -a.exponent;
}
bool is_odd(View const& a) {
    if (a.exponent > 0 || a.is_zero()) return false;
    if (a.exponent == 0) return is_odd_integer(a.coefficient);
    Mpz whole(a.coefficient);
    strip_zeros(whole, -a.exponent);
    return is_odd_integer(whole);
}

}  // namespace oro::decimal
