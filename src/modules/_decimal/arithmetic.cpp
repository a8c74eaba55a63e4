// The four operations, remainders and the square root.
#include <algorithm>

#include "modules/_decimal/number.h"

namespace oro::decimal {

namespace {

// The first digit of a sum of two numbers can't be changed by what stands further right than this, but for rounding.
// Where the smaller one is so small, a single digit behind the last that counts takes its place.
View replace_tiny(View const& larger, View const& smaller, Work const& w, Mpz& one) {
    Exponent edge = larger.exponent + std::min<std::int64_t>(-1, larger.digits - w.prec - 2);
    if (smaller.is_zero() || smaller.adjusted() >= edge) return smaller;
    mpz_set_ui(one, 1);
    return {one, edge, 1, Kind::finite, smaller.negative};
}

// The exact sum of finite numbers, as far as the context tells it from others.
Number sum(View a, View b, Work& w) {
    Number out;
    Exponent exponent = std::min(a.exponent, b.exponent);
    if (a.is_zero() || b.is_zero()) {
        if (a.is_zero() && b.is_zero()) {
            out.exponent = exponent;
            out.negative = a.negative == b.negative ? a.negative : w.rounding == Rounding::floor;
            return out;
        }
        View const& v = a.is_zero() ? b : a;
        out = Number(v);
        // The zero's exponent counts as far as there is room for digits.
        Exponent least = std::max(exponent, v.exponent + v.digits - w.prec - 1);
        if (least < v.exponent) {
            if (!shift_left(out.coefficient, v.digits, v.exponent - least)) return no_memory(w);
            out.exponent = least;
        }
        return out;
    }
    Mpz one;
    // Which is the larger one decides the exponent, not the value: it is the one with the larger exponent that is padded.
    if (a.exponent > b.exponent) b = replace_tiny(a, b, w, one);
    else if (b.exponent > a.exponent) a = replace_tiny(b, a, w, one);
    exponent = std::min(a.exponent, b.exponent);
    Mpz x(a.coefficient), y(b.coefficient);
    if (!shift_left(x, a.digits, a.exponent - exponent) || !shift_left(y, b.digits, b.exponent - exponent)) return no_memory(w);
    out.exponent = exponent;
    if (a.negative == b.negative) {
        mpz_add(out.coefficient, x, y);
        out.negative = a.negative;
        return out;
    }
    mpz_sub(out.coefficient, x, y);
    int sign = sign_of(out.coefficient);
    out.negative = sign == 0 ? w.rounding == Rounding::floor : (sign < 0) != a.negative;
    mpz_abs(out.coefficient, out.coefficient);
    return out;
}

Number product(View const& a, View const& b) {
    Number out;
    mpz_mul(out.coefficient, a.coefficient, b.coefficient);
    out.exponent = a.exponent + b.exponent;
    out.negative = a.negative != b.negative;
    return out;
}

Number infinite_sum(View const& a, View const& b, Work& w) {
    if (a.is_infinite() && b.is_infinite() && a.negative != b.negative) return invalid(w);
    return infinity(a.is_infinite() ? a.negative : b.negative);
}

}  // namespace

Number add(View const& a, View const& b, Work& w) {
    Number out;
    if (nan_of(out, a, b, w)) return out;
    if (a.is_infinite() || b.is_infinite()) return infinite_sum(a, b, w);
    return finished(sum(a, b, w), w);
}
Number subtract(View const& a, View const& b, Work& w) {
    Number out;
    if (nan_of(out, a, b, w)) return out;
    return add(a, b.with_sign(!b.negative), w);
}

Number multiply(View const& a, View const& b, Work& w) {
    Number out;
    if (nan_of(out, a, b, w)) return out;
    if (a.is_infinite() || b.is_infinite()) {
        if (a.is_zero() || b.is_zero()) return invalid(w);
        return infinity(a.negative != b.negative);
    }
    return finished(product(a, b), w);
}

Number fma(View const& a, View const& b, View const& c, Work& w) {
    Number out;
    // A signaling NaN comes before the invalid product, a quiet third operand after it.
    if (a.kind == Kind::signaling || b.kind == Kind::signaling || a.is_nan() || b.is_nan()) {
        if (a.kind == Kind::signaling || b.kind == Kind::signaling) return nan_of(out, a, b, w), std::move(out);
        if (c.kind == Kind::signaling) return nan_of(out, c, w), std::move(out);
        return nan_of(out, a, b, w), std::move(out);
    }
    if (a.is_infinite() || b.is_infinite()) {
        if (a.is_zero() || b.is_zero()) {
            return invalid(w);
        }
        if (nan_of(out, c, w)) return out;
        return infinite_sum(infinity(a.negative != b.negative).view(), c, w);
    }
    if (nan_of(out, c, w)) return out;
    Number exact = product(a, b);
    return add(exact.view(), c, w);
}

Number plus(View const& a, Work& w) {
    Number out;
    if (nan_of(out, a, w)) return out;
    out = Number(a);
    // Zero is 0 + a.
    if (a.is_zero()) out.negative = a.negative && w.rounding == Rounding::floor;
    return finished(std::move(out), w);
}
Number minus(View const& a, Work& w) {
    if (a.is_nan()) return plus(a, w);
    Number out(a.with_sign(!a.negative));
    // 0 - a
    if (a.is_zero()) out.negative = !a.negative && w.rounding == Rounding::floor;
    return finished(std::move(out), w);
}
Number absolute(View const& a, Work& w) {
    if (a.is_nan() || !a.negative) return plus(a, w);
    return minus(a, w);
}

// ---- division

bool divide_exactly(Number& out, View const& a, View const& b) {
    Mpz divisor, x, common, five(5);
    mpz_gcd(common, a.coefficient, b.coefficient);
    mpz_divexact(x, a.coefficient, common);
    mpz_divexact(divisor, b.coefficient, common);
    auto twos = mpz_scan1(divisor, 0);
    mpz_tdiv_q_2exp(divisor, divisor, twos);
    auto fives = mpz_remove(divisor, divisor, five);
    if (compare_with(divisor, 1) != 0) return false;
    auto places = std::max(twos, fives);
    if (std::int64_t(places) > kMostDigits / 4) return false;
    mpz_mul_2exp(x, x, places - twos);
    mpz_ui_pow_ui(five, 5, places - fives);
    mpz_mul(out.coefficient, x, five);
    out.exponent = a.exponent - b.exponent - Exponent(places);
    return true;
}

Number divide(View const& a, View const& b, Work& w) {
    Number out;
    if (nan_of(out, a, b, w)) return out;
    bool negative = a.negative != b.negative;
    if (a.is_infinite()) return b.is_infinite() ? invalid(w) : infinity(negative);
    if (b.is_infinite()) {
        w.raise(condition::clamped);
        return Number(negative, 0, w.etiny());
    }
    if (b.is_zero()) {
        if (a.is_zero()) return invalid(w, condition::division_undefined);
        w.raise(condition::division_by_zero);
        return infinity(negative);
    }
    out.negative = negative;
    Exponent ideal = a.exponent - b.exponent;
    if (a.is_zero()) {
        out.exponent = ideal;
        return finished(std::move(out), w);
    }
    // One digit more than is kept.
    std::int64_t shift = b.digits - a.digits + w.prec + 1;
    if (shift > kMostDigits) {
        if (!divide_exactly(out, a, b)) return no_memory(w);
        return finished(std::move(out), w);
    }
    Mpz x(a.coefficient), y(b.coefficient), rest;
    if (!shift_left(x, a.digits, shift) || !shift_left(y, b.digits, -shift)) return no_memory(w);
    mpz_tdiv_qr(out.coefficient, rest, x, y);
    out.exponent = ideal - shift;
    if (sign_of(rest) != 0) {
        // What is left shows in the last digit, which is neither 0 nor 5 then.
        if (mpz_divisible_ui_p(out.coefficient, 5)) mpz_add_ui(out.coefficient, out.coefficient, 1);
    } else if (out.exponent < ideal) {
        out.exponent += strip_zeros(out.coefficient, ideal - out.exponent);
    }
    return finished(std::move(out), w);
}

namespace {

// The whole quotient and the rest of finite numbers, b not zero. False, with the condition raised, if the quotient has more
// digits than the precision. The signs are a's and that of the quotient.
bool whole_division(Number& quotient, Number& rest, View const& a, View const& b, Work& w) {
    quotient = Number(a.negative != b.negative, 0, 0);
    Exponent ideal = b.is_infinite() ? a.exponent : std::min(a.exponent, b.exponent);
    if (a.is_zero() || b.is_infinite() || a.adjusted() - b.adjusted() <= -2) {
        rest = Number(a);
        if (!rescale(rest, ideal, w.rounding)) return w.raise(condition::out_of_memory), false;
        return true;
    }
    if (a.adjusted() - b.adjusted() > w.prec) return w.raise(condition::division_impossible), false;
    Mpz x(a.coefficient), y(b.coefficient);
    if (!shift_left(x, a.digits, a.exponent - ideal) || !shift_left(y, b.digits, b.exponent - ideal)) {
        return w.raise(condition::out_of_memory), false;
    }
    rest = Number(a.negative, 0, ideal);
    mpz_tdiv_qr(quotient.coefficient, rest.coefficient, x, y);
    if (count_digits(quotient.coefficient) > w.prec) return w.raise(condition::division_impossible), false;
    return true;
}

}  // namespace

Number divide_integer(View const& a, View const& b, Work& w) {
    Number out, rest;
    if (nan_of(out, a, b, w)) return out;
    bool negative = a.negative != b.negative;
    if (a.is_infinite()) return b.is_infinite() ? invalid(w) : infinity(negative);
    if (b.is_zero()) {
        if (a.is_zero()) return invalid(w, condition::division_undefined);
        w.raise(condition::division_by_zero);
        return infinity(negative);
    }
    if (b.is_infinite()) return Number(negative, 0, 0);
    if (!whole_division(out, rest, a, b, w)) return not_a_number();
    return finished(std::move(out), w);
}
Number remainder(View const& a, View const& b, Work& w) {
    Number quotient, out;
    if (nan_of(out, a, b, w)) return out;
    if (a.is_infinite()) return invalid(w);
    if (b.is_zero()) return invalid(w, a.is_zero() ? condition::division_undefined : condition::invalid_operation);
    if (!whole_division(quotient, out, a, b, w)) return not_a_number();
    return finished(std::move(out), w);
}
void divmod(Number& quotient, Number& rest, View const& a, View const& b, Work& w) {
    if (nan_of(quotient, a, b, w)) {
        rest = Number(quotient.view());
        return;
    }
    rest = not_a_number();
    bool negative = a.negative != b.negative;
    if (a.is_infinite()) {
        w.raise(condition::invalid_operation);
        quotient = b.is_infinite() ? not_a_number() : infinity(negative);
    } else if (b.is_zero()) {
        quotient = a.is_zero() ? invalid(w, condition::division_undefined) : infinity(negative);
        if (!a.is_zero()) w.raise(condition::division_by_zero | condition::invalid_operation);
    } else if (!whole_division(quotient, rest, a, b, w)) {
        quotient = not_a_number();
        rest = not_a_number();
    } else {
        finish(quotient, w);
        finish(rest, w);
    }
}

Number remainder_near(View const& a, View const& b, Work& w) {
    Number out;
    if (nan_of(out, a, b, w)) return out;
    if (a.is_infinite()) return invalid(w);
    if (b.is_zero()) return invalid(w, a.is_zero() ? condition::division_undefined : condition::invalid_operation);
    if (b.is_infinite()) return finished(Number(a), w);
    Exponent ideal = std::min(a.exponent, b.exponent);
    if (a.is_zero()) return finished(Number(a.negative, 0, ideal), w);
    Exponent apart = a.adjusted() - b.adjusted();
    if (apart >= w.prec + 1) return invalid(w, condition::division_impossible);
    if (apart <= -2) {
        out = Number(a);
        if (!rescale(out, ideal, w.rounding)) return no_memory(w);
        return finished(std::move(out), w);
    }
    Mpz x(a.coefficient), y(b.coefficient), quotient, doubled;
    if (!shift_left(x, a.digits, a.exponent - ideal) || !shift_left(y, b.digits, b.exponent - ideal)) return no_memory(w);
    out = Number(a.negative, 0, ideal);
    mpz_tdiv_qr(quotient, out.coefficient, x, y);
    mpz_mul_2exp(doubled, out.coefficient, 1);
    int order = mpz_cmp(doubled, y);
    if (order > 0 || (order == 0 && is_odd_integer(quotient))) {
        mpz_sub(out.coefficient, y, out.coefficient);
        mpz_add_ui(quotient, quotient, 1);
        out.negative = !out.negative;
    }
    if (count_digits(quotient) > w.prec) return invalid(w, condition::division_impossible);
    return finished(std::move(out), w);
}

Number square_root(View const& a, Work& w) {
    Number out;
    if (nan_of(out, a, w)) return out;
    if (a.is_infinite() && !a.negative) return infinity(false);
    if (a.is_zero()) return finished(Number(a.negative, 0, a.exponent >> 1), w);
    if (a.negative) return invalid(w);
    Mpz c(a.coefficient);
    std::int64_t digits = a.digits;
    if (a.exponent & 1) {
        mpz_mul_ui(c, c, 10);
        ++digits;
    }
    Exponent exponent = a.exponent >> 1;
    // So many pairs of digits are added or dropped that the root has one digit more than is kept.
    std::int64_t shift = w.prec + 1 - ((digits + 1) >> 1);
    bool exact = true;
    if (shift > kMostDigits / 2) {
        if (!mpz_perfect_square_p(c)) return no_memory(w);
        shift = 0;
    }
    if (shift >= 0) {
        if (!shift_left(c, digits, 2 * shift)) return no_memory(w);
    } else {
        exact = !shift_right(c, -2 * shift, Rounding::down, false);
    }
    Mpz rest;
    mpz_sqrtrem(out.coefficient, rest, c);
    exact = exact && sign_of(rest) == 0;
    out.exponent = exponent - shift;
    if (exact) {
        // Back to the ideal exponent.
        if (shift > 0) out.exponent += strip_zeros(out.coefficient, shift);
        else if (shift < 0 && shift_left(out.coefficient, w.prec + 1, -shift)) out.exponent += shift;
    } else if (mpz_divisible_ui_p(out.coefficient, 5)) {
        mpz_add_ui(out.coefficient, out.coefficient, 1);
    }
    Rounding rounding = std::exchange(w.rounding, Rounding::half_even);
    finish(out, w);
    w.rounding = rounding;
    return out;
}

}  // namespace oro::decimal
