// exp, ln and log10, correctly rounded to the nearest even; powers, correctly rounded as the context has it.
//
// MPFR encloses the result between two numbers; where both have the same digits so does the result, and otherwise more bits are
// taken (Ziv's strategy). That ends where the result is no decimal fraction of few digits, which is always so for exp, ln and log10
// but for the cases that are handled first; a power is compared with the one candidate.
#include <mpfr.h>

#include <algorithm>
#include <cmath>

#include "modules/_decimal/number.h"

namespace oro::decimal {

namespace {

// A macro that wants a pointer.
int real_sign(mpfr_srcptr v) { return mpfr_sgn(v); }

class Real {
public:
    explicit Real(mpfr_prec_t bits) { mpfr_init2(v_, bits); }
    ~Real() { mpfr_clear(v_); }
    Real(Real const&) = delete;
    operator mpfr_ptr() { return v_; }
    operator mpfr_srcptr() const { return v_; }

private:
    mpfr_t v_;
};

// A result between low and high, times a power of ten that stands apart: MPFR's exponents are smaller than ours.
struct Interval {
    Real low, high;
    explicit Interval(mpfr_prec_t bits) : low(bits), high(bits) {}
};

// An error of `ulps` in either direction more.
void widen(Interval& i, unsigned ulps = 1) {
    for (unsigned k = 0; k < ulps; ++k) {
        mpfr_nextbelow(i.low);
        mpfr_nextabove(i.high);
    }
}

// c * 10**e for a moderate e, which encloses it.
void set_scaled(Interval& out, mpz_srcptr c, Exponent e) {
    mpfr_prec_t bits = mpfr_get_prec(out.low);
    Real power_low(bits), power_high(bits);
    Mpz power;
    power_of_ten(power, std::uint64_t(e < 0 ? -e : e));
    if (e >= 0) {
        mpz_mul(power, power, c);
        mpfr_set_z(out.low, power, MPFR_RNDD);
        mpfr_set_z(out.high, power, MPFR_RNDU);
        return;
    }
    mpq_t q;
    mpq_init(q);
    mpz_set(mpq_numref(q), c);
    mpz_set(mpq_denref(q), power);
    mpfr_set_q(out.low, q, MPFR_RNDD);
    mpfr_set_q(out.high, q, MPFR_RNDU);
    mpq_clear(q);
}

// log10(a) or ln(a) for a finite a > 0 that isn't 1. Near 1 by way of log1p, so that no digits cancel.
void log_of(Interval& out, View const& a, bool decimal) {
    mpfr_prec_t bits = mpfr_get_prec(out.low);
    Exponent adjusted = a.adjusted();
    if (adjusted == 0 || adjusted == -1) {
        // a - 1, exact as coefficient and exponent
        Mpz one, difference;
        power_of_ten(one, std::uint64_t(-a.exponent > 0 ? -a.exponent : 0));
        mpz_sub(difference, a.coefficient, one);
        Interval x(bits);
        set_scaled(x, difference, std::min<Exponent>(a.exponent, 0));
        if (mpfr_cmp_d(x.low, -0.5) > 0 && mpfr_cmp_d(x.high, 1.0) < 0) {
            mpfr_log1p(out.low, x.low, MPFR_RNDD);
            mpfr_log1p(out.high, x.high, MPFR_RNDU);
            if (decimal) {
                Real ten(bits);
                mpfr_set_ui(ten, 10, MPFR_RNDN);
                mpfr_log(ten, ten, MPFR_RNDN);
                mpfr_div(out.low, out.low, ten, MPFR_RNDN);
                mpfr_div(out.high, out.high, ten, MPFR_RNDN);
                widen(out, 4);
            }
            return;
        }
    }
    // In front of the point a single digit; the rest of the exponent is a multiple of ln(10).
    Interval x(bits);
    set_scaled(x, a.coefficient, -(a.digits - 1));
    if (decimal) {
        mpfr_log10(out.low, x.low, MPFR_RNDD);
        mpfr_log10(out.high, x.high, MPFR_RNDU);
        mpfr_add_si(out.low, out.low, adjusted, MPFR_RNDD);
        mpfr_add_si(out.high, out.high, adjusted, MPFR_RNDU);
        return;
    }
    mpfr_log(out.low, x.low, MPFR_RNDD);
    mpfr_log(out.high, x.high, MPFR_RNDU);
    Real ten(bits), part(bits);
    mpfr_set_ui(ten, 10, MPFR_RNDN);
    mpfr_log(ten, ten, adjusted < 0 ? MPFR_RNDU : MPFR_RNDD);
    mpfr_mul_si(part, ten, adjusted, MPFR_RNDD);
    mpfr_add(out.low, out.low, part, MPFR_RNDD);
    mpfr_set_ui(ten, 10, MPFR_RNDN);
    mpfr_log(ten, ten, adjusted < 0 ? MPFR_RNDD : MPFR_RNDU);
    mpfr_mul_si(part, ten, adjusted, MPFR_RNDU);
    mpfr_add(out.high, out.high, part, MPFR_RNDU);
}

// 10**t, as a number between 1 and 10 (about) and an exponent: t = *exponent + the logarithm of `out`.
void power_of_ten_of(Interval& out, Interval& t, Exponent* exponent) {
    Real whole(64);
    mpfr_floor(whole, t.low);
    *exponent = mpfr_get_si(whole, MPFR_RNDD);
    mpfr_sub_si(t.low, t.low, *exponent, MPFR_RNDD);
    mpfr_sub_si(t.high, t.high, *exponent, MPFR_RNDU);
    mpfr_exp10(out.low, t.low, MPFR_RNDD);
    mpfr_exp10(out.high, t.high, MPFR_RNDU);
}

// floor(x * 10**scale) for x > 0.
void scaled_floor(Mpz& out, mpfr_ptr x, std::int64_t scale) {
    // x is exact as a binary fraction; so is what this computes.
    Exponent binary = mpfr_get_z_2exp(out, x);
    Mpz power;
    power_of_ten(power, std::uint64_t(scale < 0 ? -scale : scale));
    if (scale >= 0) mpz_mul(out, out, power);
    if (binary >= 0) mpz_mul_2exp(out, out, mp_bitcnt_t(binary));
    else if (scale >= 0) mpz_fdiv_q_2exp(out, out, mp_bitcnt_t(-binary));
    if (scale < 0) {
        if (binary < 0) {
            mpz_mul_2exp(power, power, mp_bitcnt_t(-binary));
        }
        mpz_fdiv_q(out, out, power);
    }
}

// The digits that both ends have in common: so many that they decide any rounding to `prec` digits. False if there aren't.
// The result is coefficient * 10**-scale plus less than one unit.
bool common_digits(Mpz& coefficient, std::int64_t* scale, Interval& i, std::int64_t prec) {
    if (real_sign(i.low) <= 0) return false;
    // About how many digits stand in front of the point.
    double front = double(mpfr_get_exp(static_cast<mpfr_ptr>(i.high))) * 0.30102999566398119521;
    *scale = prec + 3 - std::int64_t(std::floor(front));
    Mpz high;
    scaled_floor(coefficient, i.low, *scale);
    scaled_floor(high, i.high, *scale);
    return mpz_cmp(coefficient, high) == 0;
}

class Exponents {
public:
    Exponents() : low_(mpfr_get_emin()), high_(mpfr_get_emax()) {
        mpfr_set_emin(mpfr_get_emin_min());
        mpfr_set_emax(mpfr_get_emax_max());
    }
    ~Exponents() {
        mpfr_set_emin(low_);
        mpfr_set_emax(high_);
    }

private:
    mpfr_exp_t low_, high_;
};

// Calls enclose(interval, &exponent) with ever more bits until its digits are known. `candidate`: whether a number of few digits
// may be the result itself; asked with it when the ends keep apart.
template <class F, class C> Number correctly_rounded(Work const& w, std::int64_t operand_bits, F&& enclose, C&& candidate) {
    Exponents widest_exponents;
    std::int64_t bits = std::int64_t(double(w.prec + 4) * 3.3219280948873626) + 80 + operand_bits;
    for (int round = 0;; ++round) {
        Interval i(bits);
        Exponent exponent = 0;
        enclose(i, &exponent);
        Number out;
        std::int64_t scale;
        if (common_digits(out.coefficient, &scale, i, w.prec)) {
            // What follows is not nothing: one more digit says so.
            mpz_mul_ui(out.coefficient, out.coefficient, 10);
            mpz_add_ui(out.coefficient, out.coefficient, 1);
            out.exponent = exponent - scale - 1;
            return out;
        }
        if (round > 0 && real_sign(i.low) > 0) {
            // Between the ends lies one number with these digits and no more.
            scaled_floor(out.coefficient, i.high, scale);
            out.exponent = exponent - scale;
            if (candidate(out)) return out;
        }
        bits += bits / 2;
    }
}
bool never(Number&) { return false; }

Number finish_even(Number n, Work& w) {
    Rounding rounding = std::exchange(w.rounding, Rounding::half_even);
    finish(n, w);
    w.rounding = rounding;
    return n;
}

// Whether a is a power of ten.
bool is_power_of_ten(View const& a) {
    if (!a.is_finite() || a.negative || a.is_zero()) return false;
    Mpz c(a.coefficient);
    return strip_zeros(c, a.digits) == a.digits - 1 && compare_with(c, 1) == 0;
}
bool is_one(View const& a) { return a.is_finite() && !a.negative && a.adjusted() == 0 && is_power_of_ten(a); }

// 1 and so little more or less that it can't be seen, but for the conditions.
Number near_one(bool less, Work& w) {
    if (w.prec > kMostDigits / 8) return no_memory(w);
    Number out(false, 0, -(w.prec + 1));
    power_of_ten(out.coefficient, std::uint64_t(w.prec + 1));
    if (less) mpz_sub_ui(out.coefficient, out.coefficient, 1);
    else mpz_add_ui(out.coefficient, out.coefficient, 1);
    return out;
}

}  // namespace

Number exp(View const& a, Work& w) {
    Number out;
    if (nan_of(out, a, w)) return out;
    if (a.is_infinite()) return a.negative ? Number(false, 0, 0) : infinity(false);
    if (a.is_zero()) return Number(false, 1, 0);
    Exponent adjusted = a.adjusted();
    // Beyond all exponents.
    if (adjusted >= 19) return finish_even(a.negative ? Number(false, 1, w.etiny() - 1) : Number(false, 1, w.emax + 1), w);
    if (w.prec > kMostDigits / 8) return no_memory(w);
    if (adjusted < -w.prec - 2) return finish_even(near_one(a.negative, w), w);
    auto enclose = [&](Interval& i, Exponent* exponent) {
        mpfr_prec_t bits = mpfr_get_prec(i.low);
        // x / ln(10)
        Interval t(bits);
        set_scaled(t, a.coefficient, a.exponent);
        Real ten(bits);
        mpfr_set_ui(ten, 10, MPFR_RNDN);
        mpfr_log(ten, ten, MPFR_RNDN);
        mpfr_div(t.low, t.low, ten, MPFR_RNDN);
        mpfr_div(t.high, t.high, ten, MPFR_RNDN);
        widen(t, 4);
        if (a.negative) {
            mpfr_neg(t.low, t.low, MPFR_RNDN);
            mpfr_neg(t.high, t.high, MPFR_RNDN);
            mpfr_swap(t.low, t.high);
        }
        power_of_ten_of(i, t, exponent);
    };
    return finish_even(correctly_rounded(w, 70, enclose, never), w);
}

namespace {

Number logarithm(View const& a, bool decimal, Work& w) {
    Number out;
    if (nan_of(out, a, w)) return out;
    if (a.is_zero()) return infinity(true);
    if (a.negative) return invalid(w);
    if (a.is_infinite()) return infinity(false);
    if (decimal && is_power_of_ten(a)) {
        Exponent e = a.adjusted();
        return finish_even(Number(e < 0, std::uint64_t(e < 0 ? -e : e), 0), w);
    }
    if (is_one(a)) return Number(false, 0, 0);
    if (w.prec > kMostDigits / 8) return no_memory(w);
    // log of a < 1 is negative: its size is what is enclosed.
    bool negative = a.adjusted() < 0;
    auto enclose = [&](Interval& i, Exponent*) {
        log_of(i, a, decimal);
        if (negative) {
            mpfr_neg(i.low, i.low, MPFR_RNDN);
            mpfr_neg(i.high, i.high, MPFR_RNDN);
            mpfr_swap(i.low, i.high);
        }
    };
    out = correctly_rounded(w, 70, enclose, never);
    out.negative = negative;
    return finish_even(std::move(out), w);
}

}  // namespace

Number ln(View const& a, Work& w) { return logarithm(a, false, w); }
Number log10(View const& a, Work& w) { return logarithm(a, true, w); }

// ---- powers

namespace {

// a**b for a finite a > 0 other than 1 and a finite b that isn't 0, by way of logarithms. `candidate` as above.
template <class C> Number power_by_logarithm(View const& a, View const& b, Work& w, C&& candidate) {
    auto enclose = [&](Interval& i, Exponent* exponent) {
        mpfr_prec_t bits = mpfr_get_prec(i.low);
        Interval t(bits), factor(bits);
        log_of(t, a, true);
        set_scaled(factor, b.coefficient, b.exponent);
        // The product's size is between those of the ends, whatever the signs.
        bool negative = (real_sign(t.low) < 0) != b.negative;
        if (real_sign(t.low) < 0) {
            mpfr_neg(t.low, t.low, MPFR_RNDN);
            mpfr_neg(t.high, t.high, MPFR_RNDN);
            mpfr_swap(t.low, t.high);
        }
        mpfr_mul(t.low, t.low, factor.low, MPFR_RNDD);
        mpfr_mul(t.high, t.high, factor.high, MPFR_RNDU);
        if (negative) {
            mpfr_neg(t.low, t.low, MPFR_RNDN);
            mpfr_neg(t.high, t.high, MPFR_RNDN);
            mpfr_swap(t.low, t.high);
        }
        power_of_ten_of(i, t, exponent);
    };
    return correctly_rounded(w, 140, enclose, candidate);
}

// log10(a) * b as a sign and the decimal logarithm of its size, roughly.
struct Estimate {
    bool negative;
    double magnitude;
};
Estimate estimate(View const& a, View const& b) {
    Exponents widest_exponents;
    Interval l(64);
    log_of(l, a, true);
    long binary;
    double d = mpfr_get_d_2exp(&binary, l.low, MPFR_RNDN);
    Mpz head(b.coefficient);
    std::int64_t drop = std::max<std::int64_t>(b.digits - 20, 0);
    shift_right(head, drop, Rounding::down, false);
    double magnitude = std::log10(std::fabs(d)) + double(binary) * 0.30102999566398119521 + std::log10(mpz_get_d(head)) +
                       double(b.exponent + drop);
    return {(d < 0) != b.negative, magnitude};
}

// a**n exactly, for n > 0; the coefficient of `a` has no zeros at its end but `zeros`, which are put back as far as there is room.
Number exact_power(View const& a, std::int64_t n, Work& w) {
    Number out;
    Mpz c(a.coefficient);
    std::int64_t zeros = strip_zeros(c, a.digits);
    mpz_pow_ui(out.coefficient, c, std::uint64_t(n));
    auto exponent = __int128(a.exponent) * n, all_zeros = __int128(zeros) * n;
    std::int64_t digits = count_digits(out.coefficient);
    auto put_back = std::min<__int128>(all_zeros, std::max<std::int64_t>(w.prec - digits, 0));
    if (put_back < all_zeros) w.raise(condition::rounded);
    exponent += all_zeros - put_back;
    constexpr __int128 limit = 4 * __int128(kMaxEmax);
    out.exponent = Exponent(std::clamp(exponent, -limit, limit));
    if (!shift_left(out.coefficient, digits, std::int64_t(put_back))) return no_memory(w);
    return out;
}

// Whether a**b == v for a b that is no integer: with b = p / q in lowest terms, a**p == v**q.
bool is_exact_root(View const& a, View const& b, Number& v) {
    // Without zeros at the end, coefficients and exponents have to agree separately.
    Mpz c(a.coefficient), d(static_cast<mpz_srcptr>(v.coefficient));
    Exponent e = a.exponent + strip_zeros(c, a.digits), f = v.exponent + strip_zeros(d, count_digits(v.coefficient));
    if (-b.exponent > 100000) return false;   // q is more than the coefficient has bits
    Mpz p(b.coefficient), q, g;
    power_of_ten(q, std::uint64_t(-b.exponent));
    mpz_gcd(g, p, q);
    mpz_divexact(p, p, g);
    mpz_divexact(q, q, g);
    Mpz left, right;
    mpz_set_si(left, e);
    mpz_mul(left, left, p);
    mpz_set_si(right, f);
    mpz_mul(right, right, q);
    if (b.negative) mpz_neg(left, left);
    if (compare_with(c, 1) == 0 && compare_with(d, 1) == 0) return mpz_cmp(left, right) == 0;
    if (mpz_sizeinbase(q, 2) > 32 || mpz_sizeinbase(p, 2) > 32) return false;
    std::uint64_t pn = mpz_get_ui(p), qn = mpz_get_ui(q);
    if (mpz_sizeinbase(c, 2) * pn > 64000000 || mpz_sizeinbase(d, 2) * qn > 64000000) return false;
    Mpz x, y, ten(10);
    mpz_pow_ui(x, c, pn);
    mpz_pow_ui(y, d, qn);
    if (b.negative) {
        // c**-p * 10**left == d**q * 10**right: the product of both sides' coefficients is a power of ten.
        mpz_mul(x, x, y);
        mpz_sub(left, left, right);
        if (sign_of(left) < 0 || !mpz_fits_ulong_p(left)) return false;
        auto tens = mpz_remove(x, x, ten);
        return compare_with(x, 1) == 0 && tens == mpz_get_ui(left);
    }
    return mpz_cmp(left, right) == 0 && mpz_cmp(x, y) == 0;
}

// The result of a power that is 1 or has a base of 1.
Number power_of_one(View const& a, View const& b, Work& w) {
    Number out(false, 1, 0);
    Exponent exponent;
    if (is_integer(b)) {
        std::int64_t n = 0;
        if (!b.negative) {
            // min(b, prec)
            if (b.adjusted() >= 19) n = w.prec;
            else {
                Number number(b);
                (void)rescale(number, 0, Rounding::down);
                n = compare_with(number.coefficient, std::uint64_t(w.prec)) > 0 ? w.prec : std::int64_t(mpz_get_ui(number.coefficient));
            }
        }
        auto wide = __int128(a.exponent) * n;
        exponent = wide < 1 - w.prec ? 1 - w.prec : Exponent(wide);
        if (wide < 1 - w.prec) w.raise(condition::rounded);
    } else {
        exponent = 1 - w.prec;
        w.raise(condition::inexact | condition::rounded);
    }
    if (exponent < 0) {
        if (!shift_left(out.coefficient, 1, -exponent)) return no_memory(w);
        out.exponent = exponent;
    }
    return out;
}

Number power_of_positive(View const& a, View const& b, Work& w) {
    if (is_one(a)) return power_of_one(a, b, w);
    Estimate size = estimate(a, b);
    // Far beyond the exponents there are.
    if (size.magnitude > 18.6) return size.negative ? Number(false, 1, w.etiny() - 1) : Number(false, 1, w.emax + 1);
    if (size.magnitude < -double(w.prec) - 4) return near_one(size.negative, w);
    if (w.prec > kMostDigits / 8 && !is_integer(b)) return no_memory(w);
    if (is_integer(b)) {
        Number n(b);
        View base = a;
        Number inverse;
        if (rescale(n, 0, Rounding::down) && mpz_sizeinbase(n.coefficient, 2) <= 62) {
            auto times = std::int64_t(mpz_get_ui(n.coefficient));
            Mpz stripped(a.coefficient);
            strip_zeros(stripped, a.digits);
            double digits = double(mpz_sizeinbase(stripped, 2)) * 0.30103 * double(times);
            bool one = compare_with(stripped, 1) == 0;
            double limit = double(std::min<std::int64_t>(w.prec, kMostDigits)) * 2 + 4000;
            if (one || digits < limit) {
                if (!b.negative) return exact_power(base, times, w);
                Number unit(false, 1, 0);
                if (divide_exactly(inverse, unit.view(), base)) return exact_power(inverse.view(), times, w);
                // 1 / a**n, of which all digits are computed that count.
                Work exact = w;
                exact.prec = kMaxPrec;
                Number whole = exact_power(base, times, exact);
                std::int64_t shift = count_digits(whole.coefficient) + w.prec + 2;
                if (shift > kMostDigits) return no_memory(w);
                Number out;
                power_of_ten(out.coefficient, std::uint64_t(shift));
                mpz_tdiv_q(out.coefficient, out.coefficient, whole.coefficient);
                mpz_mul_ui(out.coefficient, out.coefficient, 10);
                mpz_add_ui(out.coefficient, out.coefficient, 1);
                out.exponent = -shift - 1 - whole.exponent;
                return out;
            }
        }
        if (w.prec > kMostDigits / 8) return no_memory(w);
        return power_by_logarithm(a, b, w, never);
    }
    bool exact = false;
    // The candidate has some digits more than are kept: they are dropped, as if the result had been rounded.
    Number out = power_by_logarithm(a, b, w, [&](Number& v) { return exact = is_exact_root(a, b, v); });
    if (exact) w.raise(condition::inexact | condition::rounded);
    return out;
}

}  // namespace

Number power(View const& a, View const& b, Work& w) {
    Number out;
    if (nan_of(out, a, b, w)) return out;
    if (b.is_zero()) {
        if (a.is_zero()) return invalid(w);
        return Number(false, 1, 0);
    }
    bool whole = is_integer(b), negative = a.negative && whole && is_odd(b);
    if (a.negative && !whole && !(b.is_infinite()) && !a.is_zero()) return invalid(w);
    if (a.negative && b.is_infinite() && !a.is_zero()) return invalid(w);
    View base = a.with_sign(false);
    if (a.is_zero()) return b.negative ? infinity(negative) : Number(negative, 0, 0);
    if (a.is_infinite()) return b.negative ? Number(negative, 0, 0) : infinity(negative);
    if (b.is_infinite()) {
        Number one(false, 1, 0);
        int order = compare(base, one.view());
        if (order == 0) {
            out = power_of_one(base, b, w);
            return finished(std::move(out), w);
        }
        return (order > 0) != b.negative ? infinity(false) : Number(false, 0, 0);
    }
    out = power_of_positive(base, b, w);
    if (out.kind != Kind::finite) return out;
    out.negative = negative;
    return finished(std::move(out), w);
}

Number power_modulo(View const& a, View const& b, View const& m, Work& w) {
    Number out;
    if (a.is_nan() || b.is_nan() || m.is_nan()) {
        for (Kind kind : {Kind::signaling, Kind::quiet}) {
            for (View const* v : {&a, &b, &m}) {
                if (v->kind == kind) return nan_of(out, *v, w), std::move(out);
            }
        }
    }
    if (!is_integer(a) || !is_integer(b) || !is_integer(m)) return invalid(w);
    if ((b.negative && !b.is_zero()) || m.is_zero() || m.adjusted() >= w.prec || (a.is_zero() && b.is_zero())) return invalid(w);
    Number modulus(m);
    if (!rescale(modulus, 0, Rounding::down)) return no_memory(w);
    // A factor 10**e of base or exponent is reduced apart: it may have any number of digits.
    auto residue = [&](View const& v, mpz_srcptr mod) {
        Number n(v);
        if (v.exponent < 0) (void)rescale(n, 0, Rounding::down);
        else if (v.exponent > 0 && !v.is_zero()) {
            Mpz ten(10), e(std::uint64_t(v.exponent));
            mpz_powm(ten, ten, e, mod);
            mpz_mul(n.coefficient, n.coefficient, ten);
        }
        mpz_mod(n.coefficient, n.coefficient, mod);
        return n;
    };
    Number base = residue(a, modulus.coefficient);
    // base ** (c * 10**e): e times to the tenth.
    Number exponent(b);
    Exponent tens = std::max<Exponent>(b.exponent, 0);
    if (b.exponent < 0) (void)rescale(exponent, 0, Rounding::down);
    for (Exponent i = 0; i < tens && !b.is_zero(); ++i) {
        if (compare_with(base.coefficient, 1) <= 0) break;
        mpz_powm_ui(base.coefficient, base.coefficient, 10, modulus.coefficient);
    }
    mpz_powm(out.coefficient, base.coefficient, exponent.coefficient, modulus.coefficient);
    out.negative = a.negative && is_odd(b);
    return out;
}

}  // namespace oro::decimal
