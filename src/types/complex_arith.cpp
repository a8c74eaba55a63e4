// The operators of complex. Since 3.14 a real operand stays real in +, -, * and /: it isn't given an imaginary part of 0.0 that
// would turn infinities and signed zeros into something else.
#include <cmath>

#include "base/double_bits.h"
#include "types/complex_ops.h"

namespace oro {

namespace {

// Part of an infinite number: 1 where it is infinite, else 0, with its sign.
double infinite_part(double x) { return std::copysign(is_infinity(x) ? 1.0 : 0.0, x); }
double zero_for_nan(double x) { return is_nan(x) ? std::copysign(0.0, x) : x; }
bool is_infinite(ComplexNumber a) { return is_infinity(a.real) || is_infinity(a.imag); }
bool both_nan(ComplexNumber a) { return is_nan(a.real) && is_nan(a.imag); }
bool both_finite(ComplexNumber a) { return is_finite(a.real) && is_finite(a.imag); }
constexpr double kInfinity = __builtin_inf();

}  // namespace

// As annex G of the C standard asks for: what came out as two NaNs is computed again as an infinity where a factor or a
// product was infinite.
ComplexNumber complex_multiply(ComplexNumber a, ComplexNumber b) {
    double rr = a.real * b.real, ii = a.imag * b.imag, ri = a.real * b.imag, ir = a.imag * b.real;
    ComplexNumber result{rr - ii, ri + ir};
    if (!both_nan(result)) [[likely]] return result;
    bool again = false;
    if (is_infinite(a)) {
        a = {infinite_part(a.real), infinite_part(a.imag)};
        b = {zero_for_nan(b.real), zero_for_nan(b.imag)};
        again = true;
    }
    if (is_infinite(b)) {
        b = {infinite_part(b.real), infinite_part(b.imag)};
        a = {zero_for_nan(a.real), zero_for_nan(a.imag)};
        again = true;
    }
    if (!again && (is_infinity(rr) || is_infinity(ii) || is_infinity(ri) || is_infinity(ir))) {
        a = {zero_for_nan(a.real), zero_for_nan(a.imag)};
        b = {zero_for_nan(b.real), zero_for_nan(b.imag)};
        again = true;
    }
    if (!again) return result;
    return {kInfinity * (a.real * b.real - a.imag * b.imag), kInfinity * (a.real * b.imag + a.imag * b.real)};
}

// Smith's method: the larger part of the divisor is divided out first, against overflow.
bool complex_divide(ComplexNumber a, ComplexNumber b, ComplexNumber& out) {
    double real = std::fabs(b.real), imag = std::fabs(b.imag);
    if (real >= imag) {
        if (real == 0) return false;
        double ratio = b.imag / b.real, divisor = b.real + b.imag * ratio;
        out = {(a.real + a.imag * ratio) / divisor, (a.imag - a.real * ratio) / divisor};
    } else if (imag >= real) {
        double ratio = b.real / b.imag, divisor = b.real * ratio + b.imag;
        out = {(a.real * ratio + a.imag) / divisor, (a.imag * ratio - a.real) / divisor};
    } else {
        out = {__builtin_nan(""), __builtin_nan("")};
    }
    if (both_nan(out)) {
        if (is_infinite(a) && both_finite(b)) {
            double x = infinite_part(a.real), y = infinite_part(a.imag);
            out = {kInfinity * (x * b.real + y * b.imag), kInfinity * (y * b.real - x * b.imag)};
        } else if (is_infinite(b) && both_finite(a)) {
            double x = infinite_part(b.real), y = infinite_part(b.imag);
            out = {0.0 * (a.real * x + a.imag * y), 0.0 * (a.imag * x - a.real * y)};
        }
    }
    return true;
}

namespace {

bool divide_real(double a, ComplexNumber b, ComplexNumber& out) {
    double real = std::fabs(b.real), imag = std::fabs(b.imag);
    if (real >= imag) {
        if (real == 0) return false;
        double ratio = b.imag / b.real, divisor = b.real + b.imag * ratio;
        out = {a / divisor, -a * ratio / divisor};
    } else if (imag >= real) {
        double ratio = b.real / b.imag, divisor = b.real * ratio + b.imag;
        out = {a * ratio / divisor, -a / divisor};
    } else {
        out = {__builtin_nan(""), __builtin_nan("")};
    }
    if (both_nan(out) && is_finite(a) && is_infinite(b)) {
        double x = infinite_part(b.real), y = infinite_part(b.imag);
        out = {0.0 * (a * x), 0.0 * (-a * y)};
    }
    return true;
}

// What an operand is. The number of a real one is in `real`.
enum class Kind : std::uint8_t { foreign, real, complex };
struct Operand {
    Kind kind = Kind::foreign;
    ComplexNumber number{};
};

Result<Operand> take(Thread& t, Value v) {
    Operand o;
    if (is<Complex>(v)) {
        auto* c = static_cast<Complex*>(v.pointer());
        o.kind = Kind::complex;
        o.number = {c->real, c->imag};
        return o;
    }
    bool known = TRY(take_double(t, v, o.number.real));
    if (known) o.kind = Kind::real;
    return o;
}

// Takes the operands apart, and leaves foreign ones alone.
template <class F> Result<Ref<>> with_operands(Python& py, Borrowed<> a, Borrowed<> b, F&& f) {
    Operand x = TRY(take(py, a.value()));
    if (x.kind == Kind::foreign) return not_implemented();
    Operand y = TRY(take(py, b.value()));
    if (y.kind == Kind::foreign) return not_implemented();
    return f(x, y);
}

}  // namespace

Result<Ref<>> complex_add(Python& py, Borrowed<> a, Borrowed<> b) {
    return with_operands(py, a, b, [&](Operand x, Operand y) -> Result<Ref<>> {
        double real = x.number.real + y.number.real;
        if (y.kind == Kind::real) return make_complex(py, real, x.number.imag);
        if (x.kind == Kind::real) return make_complex(py, real, y.number.imag);
        return make_complex(py, real, x.number.imag + y.number.imag);
    });
}

Result<Ref<>> complex_sub(Python& py, Borrowed<> a, Borrowed<> b) {
    return with_operands(py, a, b, [&](Operand x, Operand y) -> Result<Ref<>> {
        double real = x.number.real - y.number.real;
        if (y.kind == Kind::real) return make_complex(py, real, x.number.imag);
        if (x.kind == Kind::real) return make_complex(py, real, -y.number.imag);
        return make_complex(py, real, x.number.imag - y.number.imag);
    });
}

Result<Ref<>> complex_mul(Python& py, Borrowed<> a, Borrowed<> b) {
    return with_operands(py, a, b, [&](Operand x, Operand y) -> Result<Ref<>> {
        ComplexNumber p = x.number, q = y.number;
        if (y.kind == Kind::real) return make_complex(py, p.real * q.real, p.imag * q.real);
        if (x.kind == Kind::real) return make_complex(py, p.real * q.real, p.real * q.imag);
        ComplexNumber r = complex_multiply(p, q);
        return make_complex(py, r.real, r.imag);
    });
}

Result<Ref<>> complex_truediv(Python& py, Borrowed<> a, Borrowed<> b) {
    return with_operands(py, a, b, [&](Operand x, Operand y) -> Result<Ref<>> {
        ComplexNumber r{};
        bool defined = true;
        if (y.kind == Kind::real) {
            defined = y.number.real != 0;
            r = {x.number.real / y.number.real, x.number.imag / y.number.real};
        } else if (x.kind == Kind::real) {
            defined = divide_real(x.number.real, y.number, r);
        } else {
            defined = complex_divide(x.number, y.number, r);
        }
        if (!defined) return raise(py, exc::ZeroDivisionError, "division by zero");
        return make_complex(py, r.real, r.imag);
    });
}

namespace {

ComplexNumber natural_power(ComplexNumber base, unsigned exponent) {
    ComplexNumber result{1, 0};
    for (;; exponent >>= 1, base = complex_multiply(base, base)) {
        if (exponent & 1) result = complex_multiply(result, base);
        if (exponent <= 1) return result;
    }
}

// False where zero is raised to a power that has none.
bool general_power(ComplexNumber base, ComplexNumber exponent, ComplexNumber& out) {
    if (exponent.real == 0 && exponent.imag == 0) return out = {1, 0}, true;
    if (base.real == 0 && base.imag == 0) {
        out = {0, 0};
        return exponent.imag == 0 && exponent.real >= 0;
    }
    double size = std::hypot(base.real, base.imag), angle = std::atan2(base.imag, base.real);
    double length = std::pow(size, exponent.real), phase = angle * exponent.real;
    if (exponent.imag != 0) {
        length *= std::exp(-angle * exponent.imag);
        phase += exponent.imag * std::log(size);
    }
    out = {length * std::cos(phase), length * std::sin(phase)};
    return true;
}

}  // namespace

Result<Ref<>> complex_power(Python& py, ComplexNumber base, ComplexNumber exponent) {
    ComplexNumber r{};
    bool defined;
    // Small whole exponents by multiplying: faster, and more exact.
    if (exponent.imag == 0 && std::floor(exponent.real) == exponent.real && std::fabs(exponent.real) <= 100) {
        r = natural_power(base, unsigned(std::fabs(exponent.real)));
        defined = exponent.real > 0 || (exponent.real == 0) || complex_divide({1, 0}, r, r);
    } else {
        defined = general_power(base, exponent, r);
    }
    if (!defined) return raise(py, exc::ZeroDivisionError, "zero to a negative or complex power");
    if (is_infinity(r.real) || is_infinity(r.imag)) return raise(py, exc::OverflowError, "complex exponentiation");
    return make_complex(py, r.real, r.imag);
}

Result<Ref<>> complex_pow(Python& py, Borrowed<> a, Borrowed<> b, Optional<> modulus) {
    return with_operands(py, a, b, [&](Operand x, Operand y) -> Result<Ref<>> {
        if (modulus && modulus.value() != kNone) return raise(py, exc::ValueError, "complex modulo");
        return complex_power(py, x.number, y.number);
    });
}

}  // namespace oro
