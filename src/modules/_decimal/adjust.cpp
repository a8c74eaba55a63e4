// Operations that change a number's exponent or digits without computing: quantize, rounding to integers, neighbours, shifts,
// logical operations, maxima.
#include <algorithm>
#include <string>

#include "modules/_decimal/number.h"

namespace oro::decimal {

bool rescale(Number& n, Exponent exponent, Rounding rounding, bool* changed) {
    bool lost = false;
    if (sign_of(n.coefficient) != 0) {
        if (n.exponent >= exponent) {
            if (!shift_left(n.coefficient, count_digits(n.coefficient), n.exponent - exponent)) return false;
        } else {
            lost = shift_right(n.coefficient, exponent - n.exponent, rounding, n.negative);
        }
    }
    n.exponent = exponent;
    if (changed) *changed = lost;
    return true;
}

Number quantize(View const& a, View const& b, Work& w) {
    Number out;
    if (nan_of(out, a, b, w)) return out;
    if (a.is_infinite() || b.is_infinite()) return a.is_infinite() && b.is_infinite() ? Number(a) : invalid(w);
    Exponent exponent = b.exponent;
    if (exponent < w.etiny() || exponent > w.emax) return invalid(w);
    out = Number(a);
    if (a.is_zero()) {
        out.exponent = exponent;
        return finished(std::move(out), w);
    }
    if (a.adjusted() > w.emax || a.adjusted() - exponent + 1 > w.prec) return invalid(w);
    bool changed;
    if (!rescale(out, exponent, w.rounding, &changed)) return no_memory(w);
    View v = out.view();
    if (v.adjusted() > w.emax || v.digits > w.prec) return invalid(w);
    if (!v.is_zero() && v.adjusted() < w.emin) w.raise(condition::subnormal);
    if (exponent > a.exponent) w.raise(changed ? condition::inexact | condition::rounded : condition::rounded);
    return finished(std::move(out), w);
}

Number to_integral(View const& a, Exactness exactness, Work& w) {
    Number out;
    if (nan_of(out, a, w)) return out;
    out = Number(a);
    if (!a.is_finite() || a.exponent >= 0) return out;
    bool changed;
    if (!rescale(out, 0, w.rounding, &changed)) return no_memory(w);
    if (exactness == Exactness::signaled && !a.is_zero()) w.raise(changed ? condition::inexact | condition::rounded : condition::rounded);
    return out;
}

Number normalize(View const& a, Work& w) {
    Number out;
    if (nan_of(out, a, w)) return out;
    out = finished(Number(a), w);
    if (out.kind != Kind::finite) return out;
    if (out.is_zero()) {
        out.exponent = 0;
        return out;
    }
    out.exponent += strip_zeros(out.coefficient, std::max<Exponent>((w.clamp ? w.etop() : w.emax) - out.exponent, 0));
    return out;
}

// ---- neighbours

namespace {

// The largest number with the sign.
Number largest(bool negative, Work& w) {
    if (w.prec > kMostDigits) return no_memory(w);
    Number out(negative, 0, w.etop());
    power_of_ten(out.coefficient, std::uint64_t(w.prec));
    mpz_sub_ui(out.coefficient, out.coefficient, 1);
    return out;
}

// The next number towards negative (or positive) infinity. Raises nothing but for signaling NaNs.
Number neighbour(View const& a, bool down, Work& w) {
    Number out;
    if (nan_of(out, a, w)) return out;
    if (a.is_infinite()) {
        if (a.negative == down) return Number(a);
        return largest(a.negative, w);
    }
    Work own = w;
    own.rounding = down ? Rounding::floor : Rounding::ceiling;
    own.status = 0;
    Number rounded = finished(Number(a), own);
    if (rounded.kind == Kind::infinite || compare(rounded.view(), a) != 0) return rounded;
    // Less than the smallest distance away.
    Number tiny(down, 1, w.etiny() - 1);
    out = add(a, tiny.view(), own);
    w.raise(own.status & condition::out_of_memory);
    return out;
}

}  // namespace

Number next_minus(View const& a, Work& w) { return neighbour(a, true, w); }
Number next_plus(View const& a, Work& w) { return neighbour(a, false, w); }
Number next_toward(View const& a, View const& b, Work& w) {
    Number out;
    if (nan_of(out, a, b, w)) return out;
    int order = compare(a, b);
    if (order == 0) return Number(a.with_sign(b.negative));
    out = neighbour(a, order > 0, w);
    View v = out.view();
    if (v.is_infinite()) {
        w.raise(condition::overflow | condition::inexact | condition::rounded);
    } else if (v.is_finite() && v.adjusted() < w.emin) {
        w.raise(condition::underflow | condition::subnormal | condition::inexact | condition::rounded);
        if (v.is_zero()) w.raise(condition::clamped);
    }
    return out;
}

// ---- exponents

Number logb(View const& a, Work& w) {
    Number out;
    if (nan_of(out, a, w)) return out;
    if (a.is_infinite()) return infinity(false);
    if (a.is_zero()) {
        w.raise(condition::division_by_zero);
        return infinity(true);
    }
    Exponent e = a.adjusted();
    return finished(Number(e < 0, std::uint64_t(e < 0 ? -e : e), 0), w);
}

namespace {

// The number of a finite integer with exponent 0 if its size is at most `limit`.
bool small_integer(View const& b, std::int64_t limit, std::int64_t* n) {
    if (!b.is_finite() || b.exponent != 0 || mpz_sizeinbase(b.coefficient, 2) > 62) return false;
    *n = std::int64_t(mpz_get_ui(b.coefficient));
    if (*n > limit) return false;
    if (b.negative) *n = -*n;
    return true;
}

}  // namespace

Number scaleb(View const& a, View const& b, Work& w) {
    Number out;
    if (nan_of(out, a, b, w)) return out;
    std::int64_t n, limit = 2 * (w.emax + w.prec);
    if (!small_integer(b, limit, &n)) return invalid(w);
    if (a.is_infinite()) return Number(a);
    out = Number(a);
    out.exponent += n;
    return finished(std::move(out), w);
}

Number shift(View const& a, View const& b, Work& w) {
    Number out;
    if (nan_of(out, a, b, w)) return out;
    std::int64_t n;
    if (!small_integer(b, w.prec, &n)) return invalid(w);
    if (a.is_infinite()) return Number(a);
    out = Number(a);
    // Digits beyond the precision fall off on the left.
    std::int64_t digits = a.digits, room = w.prec - std::max<std::int64_t>(n, 0);
    if (digits > room) {
        Mpz power;
        power_of_ten(power, std::uint64_t(room));
        mpz_tdiv_r(out.coefficient, out.coefficient, power);
        digits = count_digits(out.coefficient);
    }
    if (n < 0) {
        shift_right(out.coefficient, -n, Rounding::down, false);
        return out;
    }
    if (!shift_left(out.coefficient, digits, n)) return no_memory(w);
    return out;
}

Number rotate(View const& a, View const& b, Work& w) {
    Number out;
    if (nan_of(out, a, b, w)) return out;
    std::int64_t n;
    if (!small_integer(b, w.prec, &n)) return invalid(w);
    if (a.is_infinite()) return Number(a);
    if (w.prec > kMostDigits) return no_memory(w);
    out = Number(a);
    Mpz power, high;
    if (a.digits > w.prec) {
        power_of_ten(power, std::uint64_t(w.prec));
        mpz_tdiv_r(out.coefficient, out.coefficient, power);
    }
    if (n < 0) n += w.prec;
    if (n == 0 || n == w.prec) return out;
    // The first n of prec digits go behind the others.
    power_of_ten(power, std::uint64_t(w.prec - n));
    mpz_tdiv_qr(high, out.coefficient, out.coefficient, power);
    power_of_ten(power, std::uint64_t(n));
    mpz_mul(out.coefficient, out.coefficient, power);
    mpz_add(out.coefficient, out.coefficient, high);
    return out;
}

// ---- digits as truth values

namespace {

// The digits of a logical operand, the last one first; false if it isn't one.
bool logical_digits(View const& a, std::string& digits) {
    if (!a.is_finite() || a.negative || a.exponent != 0) return false;
    digits.assign(std::size_t(a.digits) + 2, '\0');
    mpz_get_str(digits.data(), 10, a.coefficient);
    digits.resize(std::size_t(a.digits));
    std::reverse(digits.begin(), digits.end());
    return digits.find_first_not_of("01") == digits.npos;
}

template <class F> Number logical(View const& a, View const& b, Work& w, F&& f) {
    std::string x, y;
    if (!logical_digits(a, x) || !logical_digits(b, y)) return invalid(w);
    std::size_t n = std::min<std::size_t>(std::max(x.size(), y.size()), std::size_t(w.prec));
    x.resize(n, '0');
    y.resize(n, '0');
    std::string result(n, '0');
    for (std::size_t i = 0; i < n; ++i) result[n - 1 - i] = f(x[i] == '1', y[i] == '1') ? '1' : '0';
    Number out;
    mpz_set_str(out.coefficient, result.c_str(), 10);
    return out;
}

}  // namespace

Number logical_and(View const& a, View const& b, Work& w) { return logical(a, b, w, [](bool x, bool y) { return x && y; }); }
Number logical_or(View const& a, View const& b, Work& w) { return logical(a, b, w, [](bool x, bool y) { return x || y; }); }
Number logical_xor(View const& a, View const& b, Work& w) { return logical(a, b, w, [](bool x, bool y) { return x != y; }); }
Number logical_invert(View const& a, Work& w) {
    std::string x;
    if (!logical_digits(a, x)) return invalid(w);
    if (w.prec > kMostDigits) return no_memory(w);
    Number ones;
    mpz_set_str(ones.coefficient, std::string(std::size_t(w.prec), '1').c_str(), 10);
    return logical_xor(a, ones.view(), w);
}

// ---- the larger and the smaller one

namespace {

template <class Order> Number choose(View const& a, View const& b, bool larger, Work& w, Order&& order) {
    Number out;
    if (a.is_nan() || b.is_nan()) {
        // A number is preferred to a quiet NaN.
        if (a.kind == Kind::quiet && !b.is_nan()) return finished(Number(b), w);
        if (b.kind == Kind::quiet && !a.is_nan()) return finished(Number(a), w);
        nan_of(out, a, b, w);
        return out;
    }
    int c = order(a, b);
    if (c == 0) c = compare_total(a, b);
    return finished(Number((c < 0) == larger ? b : a), w);
}

}  // namespace

Number max(View const& a, View const& b, Work& w) { return choose(a, b, true, w, compare); }
Number min(View const& a, View const& b, Work& w) { return choose(a, b, false, w, compare); }
Number max_magnitude(View const& a, View const& b, Work& w) { return choose(a, b, true, w, compare_magnitude); }
Number min_magnitude(View const& a, View const& b, Work& w) { return choose(a, b, false, w, compare_magnitude); }

Number compare_number(View const& a, View const& b, Work& w) {
    Number out;
    if (nan_of(out, a, b, w)) return out;
    int order = compare(a, b);
    return Number(order < 0, order != 0, 0);
}
Number compare_signal(View const& a, View const& b, Work& w) {
    Number out;
    if (nan_of(out, a, b, w)) {
        w.raise(condition::invalid_operation);
        return out;
    }
    return compare_number(a, b, w);
}

char const* number_class(View const& a, Work const& w) {
    switch (a.kind) {
        case Kind::signaling: return "sNaN";
        case Kind::quiet: return "NaN";
        case Kind::infinite: return a.negative ? "-Infinity" : "+Infinity";
        default: break;
    }
    if (a.is_zero()) return a.negative ? "-Zero" : "+Zero";
    if (a.adjusted() < w.emin) return a.negative ? "-Subnormal" : "+Subnormal";
    return a.negative ? "-Normal" : "+Normal";
}

}  // namespace oro::decimal
