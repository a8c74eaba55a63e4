// cmath: the functions of C's complex library, with Python's errors where a value is undefined or too large.
#include <cmath>
#include <complex>

#include "base/double_bits.h"
#include "object/define.h"

namespace oro::cmath {

namespace {

using Number = std::complex<double>;

Raised raise_domain(Thread& t) { return raise(t, exc::ValueError, "math domain error"); }
Raised raise_range(Thread& t) { return raise(t, exc::OverflowError, "math range error"); }
bool finite(Number z) { return is_finite(z.real()) && is_finite(z.imag()); }
bool infinite(Number z) { return is_infinity(z.real()) || is_infinity(z.imag()); }
// i*z and z/i, without arithmetic that would spoil zeros and infinities.
Number turned(Number z) { return {-z.imag(), z.real()}; }
Number turned_back(Number z) { return {z.imag(), -z.real()}; }

Result<Number> checked(Thread& t, Number z, Number result) {
    if (infinite(result) && finite(z)) return raise_range(t);
    return result;
}

// ---- to and from Python

Result<Number> to_number(Python& py, Borrowed<> v) {
    if (!is_any_float(v.value()) && !is_any_int(v.value()) && !is<Complex>(v)) {
        // __complex__, as complex.from_number asks for it; else a real number.
        Maybe<> special = TRY(call_special(py, v, name::dunder_complex(), {}));
        if (special) {
            if (!is<Complex>(*special)) {
                return raise(py, exc::TypeError, "__complex__ returned non-complex (type {})", TypeName{special.value()});
            }
            auto c = as<Complex>(*special);
            return Number(c->real, c->imag);
        }
    }
    if (is<Complex>(v)) return Number(as<Complex>(v)->real, as<Complex>(v)->imag);
    double real = TRY(to_double(py, v));
    return Number(real, 0);
}

Result<Ref<>> from_number(Thread& t, Number z) { return make<Complex>(t, Complex::type(), z.real(), z.imag()); }

// ---- the functions on numbers

Result<Number> acos(Thread&, Number z) { return std::acos(z); }
Result<Number> acosh(Thread&, Number z) { return std::acosh(z); }
Result<Number> asin(Thread&, Number z) { return std::asin(z); }
Result<Number> asinh(Thread&, Number z) { return std::asinh(z); }
Result<Number> sqrt(Thread&, Number z) { return std::sqrt(z); }

Result<Number> atanh(Thread& t, Number z) {
    if (z.imag() == 0 && std::fabs(z.real()) == 1) return raise_domain(t);
    return std::atanh(z);
}
Result<Number> atan(Thread& t, Number z) {
    Number r = TRY(atanh(t, turned(z)));
    return turned_back(r);
}

Result<Number> exp(Thread& t, Number z) {
    if (is_infinity(z.imag()) && !is_nan(z.real()) && !(is_infinity(z.real()) && z.real() < 0)) return raise_domain(t);
    return checked(t, z, std::exp(z));
}
Result<Number> cosh(Thread& t, Number z) {
    if (is_infinity(z.imag()) && !is_nan(z.real())) return raise_domain(t);
    return checked(t, z, std::cosh(z));
}
Result<Number> sinh(Thread& t, Number z) {
    if (is_infinity(z.imag()) && !is_nan(z.real())) return raise_domain(t);
    return checked(t, z, std::sinh(z));
}
Result<Number> tanh(Thread& t, Number z) {
    if (is_infinity(z.imag()) && is_finite(z.real())) return raise_domain(t);
    return std::tanh(z);
}
Result<Number> cos(Thread& t, Number z) { return cosh(t, turned(z)); }
Result<Number> sin(Thread& t, Number z) {
    Number r = TRY(sinh(t, turned(z)));
    return turned_back(r);
}
Result<Number> tan(Thread& t, Number z) {
    Number r = TRY(tanh(t, turned(z)));
    return turned_back(r);
}

Result<Number> log(Thread& t, Number z) {
    if (z.real() == 0 && z.imag() == 0) return raise_domain(t);
    return std::log(z);
}
Result<Number> log10(Thread& t, Number z) {
    Number r = TRY(log(t, z));
    return Number(r.real() / M_LN10, r.imag() / M_LN10);
}

// ---- the same for Python

template <Result<Number> (*F)(Thread&, Number)> Result<Ref<>> apply(Python& py, Borrowed<> z) {
    Number number = TRY(to_number(py, z));
    Number result = TRY(F(py, number));
    return from_number(py, result);
}

Result<Ref<>> log_to_base(Python& py, Borrowed<> z, Optional<> base) {
    Number number = TRY(to_number(py, z));
    if (!base) {
        Number result = TRY(log(py, number));
        return from_number(py, result);
    }
    Number other = TRY(to_number(py, *base));
    Number denominator = TRY(log(py, other));
    Number numerator = std::log(number);
    if (denominator == Number(0, 0)) return raise_domain(py);
    // Through the complex type, whose division knows the special cases.
    Ref<> a = TRY(from_number(py, numerator));
    Ref<> b = TRY(from_number(py, denominator));
    return binary(py, Dunder::truediv, a, b);
}

Result<double> phase(Python& py, Borrowed<> z) {
    Number number = TRY(to_number(py, z));
    return std::atan2(number.imag(), number.real());
}

Result<Ref<>> polar(Python& py, Borrowed<> z) {
    Number number = TRY(to_number(py, z));
    double size = std::hypot(number.real(), number.imag());
    if (is_infinity(size) && finite(number)) return raise_range(py);
    Ref<> r = TRY(make_float(py, size));
    Ref<> phi = TRY(make_float(py, std::atan2(number.imag(), number.real())));
    return make_tuple_of(py, std::move(r), std::move(phi));
}

Result<Ref<>> rect(Python& py, double r, double phi) {
    if (is_infinity(phi) && r != 0 && !is_nan(r)) return raise_domain(py);
    Number z;
    if (is_finite(r) && is_finite(phi)) {
        // No rounding of the sine for the angle 0, and its sign is kept.
        z = phi == 0 ? Number(r, phi * r) : Number(r * std::cos(phi), r * std::sin(phi));
    } else if (r == 0) {
        z = Number(0, 0);
    } else if (is_infinity(r) && is_finite(phi)) {
        double real = std::copysign(__builtin_inf(), r * std::cos(phi)), imag = std::copysign(__builtin_inf(), r * std::sin(phi));
        z = phi == 0 ? Number(r, phi * std::copysign(1.0, r)) : Number(real, imag);
    } else if (is_infinity(r)) {
        z = Number(__builtin_inf(), __builtin_nan(""));
    } else {
        z = phi == 0 ? Number(r, phi) : Number(__builtin_nan(""), __builtin_nan(""));
    }
    return from_number(py, z);
}

Result<bool> isfinite(Python& py, Borrowed<> z) {
    Number number = TRY(to_number(py, z));
    return finite(number);
}
Result<bool> isinf(Python& py, Borrowed<> z) {
    Number number = TRY(to_number(py, z));
    return infinite(number);
}
Result<bool> isnan(Python& py, Borrowed<> z) {
    Number number = TRY(to_number(py, z));
    return is_nan(number.real()) || is_nan(number.imag());
}

Result<bool> isclose(Python& py, Borrowed<> a, Borrowed<> b, Optional<> rel_tol, Optional<> abs_tol) {
    Number x = TRY(to_number(py, a)), y = TRY(to_number(py, b));
    double relative = rel_tol ? TRY(to_double(py, *rel_tol)) : 1e-09;
    double absolute = abs_tol ? TRY(to_double(py, *abs_tol)) : 0.0;
    if (relative < 0 || absolute < 0) return raise(py, exc::ValueError, "tolerances must be non-negative");
    if (x == y) return true;
    if (infinite(x) || infinite(y)) return false;
    double difference = std::abs(x - y);
    return difference <= relative * std::abs(y) || difference <= relative * std::abs(x) || difference <= absolute;
}

Result<void> setup(Python& py, Module& m) {
    auto add = [&](char const* name, double d) -> Result<void> {
        Ref<> number = TRY(make_float(py, d));
        return add_to_module(py, m, name, std::move(number));
    };
    CHECK(add("pi", M_PI));
    CHECK(add("e", M_E));
    CHECK(add("tau", 2 * M_PI));
    CHECK(add("inf", __builtin_inf()));
    CHECK(add("nan", __builtin_nan("")));
    Ref<> infj = TRY(from_number(py, Number(0, __builtin_inf())));
    CHECK(add_to_module(py, m, "infj", std::move(infj)));
    Ref<> nanj = TRY(from_number(py, Number(0, __builtin_nan(""))));
    return add_to_module(py, m, "nanj", std::move(nanj));
}

constexpr MethodDef kFunctions[] = {
    function<apply<acos>>("acos", "z, /", "The arc cosine."),
    function<apply<acosh>>("acosh", "z, /", "The inverse hyperbolic cosine."),
    function<apply<asin>>("asin", "z, /", "The arc sine."),
    function<apply<asinh>>("asinh", "z, /", "The inverse hyperbolic sine."),
    function<apply<atan>>("atan", "z, /", "The arc tangent."),
    function<apply<atanh>>("atanh", "z, /", "The inverse hyperbolic tangent."),
    function<apply<cos>>("cos", "z, /", "The cosine."),
    function<apply<cosh>>("cosh", "z, /", "The hyperbolic cosine."),
    function<apply<exp>>("exp", "z, /", "e to the power of z."),
    function<isclose>("isclose", "a, b, *, rel_tol=1e-09, abs_tol=0.0", "Whether two numbers differ by no more than a tolerance."),
    function<isfinite>("isfinite", "z, /", "Whether both parts are finite."),
    function<isinf>("isinf", "z, /", "Whether a part is infinite."),
    function<isnan>("isnan", "z, /", "Whether a part is a NaN."),
    function<log_to_base>("log", "z, base=<unrepresentable>, /", "The logarithm to the given base, the natural one by default."),
    function<apply<log10>>("log10", "z, /", "The logarithm to base 10."),
    function<phase>("phase", "z, /", "The angle, from -pi to pi."),
    function<polar>("polar", "z, /", "Size and angle."),
    function<rect>("rect", "r, phi, /", "The number of the given size and angle."),
    function<apply<sin>>("sin", "z, /", "The sine."),
    function<apply<sinh>>("sinh", "z, /", "The hyperbolic sine."),
    function<apply<sqrt>>("sqrt", "z, /", "The square root."),
    function<apply<tan>>("tan", "z, /", "The tangent."),
    function<apply<tanh>>("tanh", "z, /", "The hyperbolic tangent."),
};

}  // namespace

ORO_MODULE(cmath_module, .name = "cmath", .doc = "Mathematical functions of complex numbers.", .functions = kFunctions,
           .setup = setup);

}  // namespace oro::cmath
