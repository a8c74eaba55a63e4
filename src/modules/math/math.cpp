// math: the functions of C's libm with Python's errors, and more.
#include <cmath>

#include "base/double_bits.h"
#include "base/float_format.h"
#include "modules/math/functions.h"

namespace oro::math {

namespace {

using Function = double (*)(double);

// "expected a positive input, got -1.0"
[[gnu::cold, gnu::noinline]] Raised raise_expected(Thread& t, char const* what, double got) {
    return raise(t, exc::ValueError, "{}, got {}", what, std::string_view(repr_double(got)));
}
Raised raise_domain(Thread& t) { return raise(t, exc::ValueError, "math domain error"); }
Raised raise_range(Thread& t) { return raise(t, exc::OverflowError, "math range error"); }

// A function that is defined everywhere and doesn't overflow.
template <Function F> double total(Thread&, double x) { return F(x); }
// A function that may overflow.
template <Function F> Result<double> growing(Thread& t, double x) {
    double r = F(x);
    if (is_infinity(r) && is_finite(x)) return raise_range(t);
    return r;
}
struct Text {
    char s[64] = {};
    template <std::size_t N> consteval Text(char const (&from)[N]) {
        for (std::size_t i = 0; i < N; ++i) s[i] = from[i];
    }
};
// A function that is not defined everywhere: its NaNs and its poles are errors.
template <Function F, Text Expected> Result<double> partial(Thread& t, double x) {
    double r = F(x);
    if (is_nan(r) && !is_nan(x)) return raise_expected(t, Expected.s, x);
    if (is_infinity(r) && is_finite(x)) return raise_expected(t, Expected.s, x);
    return r;
}

double atan2(Thread&, double y, double x) { return std::atan2(y, x); }
double copysign(Thread&, double x, double y) { return std::copysign(x, y); }
double degrees(Thread&, double x) { return x * (180.0 / M_PI); }
double radians(Thread&, double x) { return x * (M_PI / 180.0); }
bool isfinite(Thread&, double x) { return is_finite(x); }
bool isinf(Thread&, double x) { return is_infinity(x); }
bool isnan(Thread&, double x) { return is_nan(x); }

Result<double> gamma(Thread& t, double x) {
    if (x == 0 || (x < 0 && std::floor(x) == x)) return raise_expected(t, "expected a noninteger or positive integer", x);
    double r = std::tgamma(x);
    if (is_infinity(r) && is_finite(x)) return raise_range(t);
    return r;
}

Result<double> lgamma(Thread& t, double x) {
    if (is_finite(x) && x <= 0 && std::floor(x) == x) return raise_expected(t, "expected a noninteger or positive integer", x);
    if (x == 1 || x == 2) return 0.0;
    int sign;
    double r = ::lgamma_r(x, &sign);
    if (is_infinity(r) && is_finite(x)) return raise_range(t);
    return r;
}

Result<double> fmod(Thread& t, double x, double y) {
    double r = std::fmod(x, y);
    if (is_nan(r) && !is_nan(x) && !is_nan(y)) return raise_domain(t);
    return r;
}

Result<double> remainder(Thread& t, double x, double y) {
    double r = std::remainder(x, y);
    if (is_nan(r) && !is_nan(x) && !is_nan(y)) return raise_domain(t);
    return r;
}

Result<double> pow(Thread& t, double x, double y) {
    double r = std::pow(x, y);
    if (is_nan(r) && !is_nan(x) && !is_nan(y)) return raise_domain(t);
    if (is_infinity(r) && is_finite(x) && is_finite(y)) return x == 0 ? raise_domain(t) : raise_range(t);
    return r;
}

Result<double> fma(Thread& t, double x, double y, double z) {
    double r = std::fma(x, y, z);
    if (is_nan(r) && !is_nan(x) && !is_nan(y) && !is_nan(z)) return raise(t, exc::ValueError, "invalid operation in fma");
    if (is_infinity(r) && is_finite(x) && is_finite(y) && is_finite(z)) return raise(t, exc::OverflowError, "overflow in fma");
    return r;
}

Result<Ref<>> pair(Thread& t, double a, Ref<> second) {
    Ref<> first = TRY(make_float(t, a));
    return make_tuple_of(t, std::move(first), std::move(second));
}

Result<Ref<>> frexp(Thread& t, double x) {
    if (!is_finite(x)) return pair(t, x, Ref<>::immediate(Value::of_int(0)));
    int exponent;
    double mantissa = std::frexp(x, &exponent);
    return pair(t, mantissa, Ref<>::immediate(Value::of_int(exponent)));
}

Result<Ref<>> modf(Thread& t, double x) {
    double whole;
    double fraction = std::modf(x, &whole);
    Ref<> second = TRY(make_float(t, whole));
    return pair(t, fraction, std::move(second));
}

Result<double> ldexp(Python& py, double x, Borrowed<> i) {
    if (!is_any_int(i.value())) return raise(py, exc::TypeError, "Expected an int as second argument to ldexp.");
    if (x == 0 || !is_finite(x)) return x;
    std::int64_t exponent = TRY(to_int64(py, i, nullptr));
    double r = std::ldexp(x, exponent > 10000 ? 10000 : exponent < -10000 ? -10000 : int(exponent));
    if (is_infinity(r)) return raise_range(py);
    return r;
}

double next_after(double x, double y, std::uint64_t steps) {
    if (is_nan(x)) return x;
    if (is_nan(y)) return y;
    if (steps == 0) return x;
    if (x == y) return y;
    // The floats in order are the magnitudes' bits, the negative ones mirrored.
    constexpr std::uint64_t kSign = std::uint64_t(1) << 63;
    std::uint64_t a = double_to_bits(x), b = double_to_bits(y);
    std::uint64_t size_a = a & ~kSign, size_b = b & ~kSign;
    if ((a ^ b) & kSign) {
        // Through zero.
        if (steps > size_a + size_b || steps == size_a + size_b) return y;
        if (steps < size_a) return double_from_bits((size_a - steps) | (a & kSign));
        if (steps == size_a) return std::copysign(0.0, x);
        return double_from_bits((steps - size_a) | (b & kSign));
    }
    if (size_a > size_b) return size_a - size_b >= steps ? double_from_bits(a - steps) : y;
    return size_b - size_a >= steps ? double_from_bits(a + steps) : y;
}

Result<double> nextafter(Python& py, double x, double y, Borrowed<> steps) {
    if (steps.is(kNone)) return std::nextafter(x, y);
    Ref<> count = TRY(to_index(py, steps));
    if (int_is_negative(count.value())) return raise(py, exc::ValueError, "steps must be a non-negative integer");
    std::uint64_t n;
    if (!to_uint64(PlainInt(count.value()), n)) n = UINT64_MAX;
    return next_after(x, y, n);
}

double ulp(Thread&, double x) {
    if (is_nan(x)) return x;
    x = std::fabs(x);
    if (is_infinity(x)) return x;
    double above = std::nextafter(x, __builtin_inf());
    return is_infinity(above) ? x - std::nextafter(x, 0.0) : above - x;
}

Result<bool> isclose(Python& py, double a, double b, Optional<> rel_tol, Optional<> abs_tol) {
    double relative = rel_tol ? TRY(to_double(py, *rel_tol)) : 1e-09;
    double absolute = abs_tol ? TRY(to_double(py, *abs_tol)) : 0.0;
    if (relative < 0 || absolute < 0) return raise(py, exc::ValueError, "tolerances must be non-negative");
    if (a == b) return true;
    if (is_infinity(a) || is_infinity(b)) return false;
    double difference = std::fabs(b - a);
    return difference <= std::fabs(relative * b) || difference <= std::fabs(relative * a) || difference <= absolute;
}

// ---- logarithms: ints of any size have one

Result<double> logarithm(Python& py, Borrowed<> x, Function f) {
    Value v = x.value();
    if (is_any_int(v)) {
        Value n = int_number(v);
        if (int_is_negative(n) || int_is_zero(n)) return raise(py, exc::ValueError, "expected a positive input");
        double d;
        if (to_double(PlainInt(n), d)) return f(d);
        std::int64_t exponent;
        d = to_double_scaled(PlainInt(n), exponent);
        return std::fma(f(2.0), double(exponent), f(d));
    }
    double d = TRY(to_double(py, x));
    if (d <= 0) return raise_expected(py, "expected a positive input", d);
    return f(d);
}

Result<double> log(Python& py, Args args) {
    if (args.size() == 0) return raise(py, exc::TypeError, "log expected at least 1 argument, got 0");
    if (args.size() > 2) return raise(py, exc::TypeError, "log expected at most 2 arguments, got {}", args.size());
    double numerator = TRY(logarithm(py, args[0], [](double x) { return std::log(x); }));
    if (args.size() == 1) return numerator;
    double denominator = TRY(logarithm(py, args[1], [](double x) { return std::log(x); }));
    if (denominator == 0) return raise(py, exc::ZeroDivisionError, "division by zero");
    return numerator / denominator;
}
Result<double> log2(Python& py, Borrowed<> x) { return logarithm(py, x, [](double d) { return std::log2(d); }); }
Result<double> log10(Python& py, Borrowed<> x) { return logarithm(py, x, [](double d) { return std::log10(d); }); }

// ---- rounding: the type's own method, or the float

template <Function F> Result<Ref<>> round_by(Python& py, Borrowed<> x, Borrowed<Str> method) {
    if (&type_of(x) != &float_type) {
        if (x.value().is_int()) return x.share();
        Maybe<> own = TRY(call_special(py, x, method, {}));
        if (own) return std::move(own).take();
    }
    double d = TRY(to_double(py, x));
    return int_from_double(py, F(d));
}
Result<Ref<>> floor(Python& py, Borrowed<> x) {
    return round_by<[](double d) { return std::floor(d); }>(py, x, name::dunder_floor());
}
Result<Ref<>> ceil(Python& py, Borrowed<> x) {
    return round_by<[](double d) { return std::ceil(d); }>(py, x, name::dunder_ceil());
}
Result<Ref<>> trunc(Python& py, Borrowed<> x) {
    if (&type_of(x) == &float_type) return int_from_double(py, float_number(x.value()));
    Maybe<> own = TRY(call_special(py, x, name::dunder_trunc(), {}));
    if (!own) return raise(py, exc::TypeError, "type {} doesn't define __trunc__ method", TypeName{x.value()});
    return std::move(own).take();
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
    return add("nan", __builtin_nan(""));
}

constexpr Text kUnitRange = "expected a number in range from -1 up to 1";
constexpr Text kFinite = "expected a finite input";

constexpr MethodDef kFunctions[] = {
    function<partial<[](double x) { return std::acos(x); }, kUnitRange>>("acos", "x, /", "The arc cosine, in radians from 0 to pi."),
    function<partial<[](double x) { return std::acosh(x); }, "expected argument value not less than 1">>("acosh", "x, /", "The inverse hyperbolic cosine."),
    function<partial<[](double x) { return std::asin(x); }, kUnitRange>>("asin", "x, /", "The arc sine, in radians from -pi/2 to pi/2."),
    function<total<[](double x) { return std::asinh(x); }>>("asinh", "x, /", "The inverse hyperbolic sine."),
    function<total<[](double x) { return std::atan(x); }>>("atan", "x, /", "The arc tangent, in radians from -pi/2 to pi/2."),
    function<atan2>("atan2", "y, x, /", "The angle of the point (x, y), in radians from -pi to pi."),
    function<partial<[](double x) { return std::atanh(x); }, "expected a number between -1 and 1">>("atanh", "x, /", "The inverse hyperbolic tangent."),
    function<total<[](double x) { return std::cbrt(x); }>>("cbrt", "x, /", "The cube root."),
    function<ceil>("ceil", "x, /", "The smallest int that isn't below x."),
    function<comb>("comb", "n, k, /", "How many ways there are to choose k of n items, in no order."),
    function<copysign>("copysign", "x, y, /", "The magnitude of x with the sign of y."),
    function<partial<[](double x) { return std::cos(x); }, kFinite>>("cos", "x, /", "The cosine of x radians."),
    function<growing<[](double x) { return std::cosh(x); }>>("cosh", "x, /", "The hyperbolic cosine."),
    function<degrees>("degrees", "x, /", "Radians to degrees."),
    function<dist>("dist", "p, q, /", "The distance between two points, given as iterables of coordinates."),
    function<total<[](double x) { return std::erf(x); }>>("erf", "x, /", "The error function."),
    function<total<[](double x) { return std::erfc(x); }>>("erfc", "x, /", "The complementary error function."),
    function<growing<[](double x) { return std::exp(x); }>>("exp", "x, /", "e to the power of x."),
    function<growing<[](double x) { return std::exp2(x); }>>("exp2", "x, /", "2 to the power of x."),
    function<growing<[](double x) { return std::expm1(x); }>>("expm1", "x, /", "exp(x) - 1, exact for small x."),
    function<total<[](double x) { return std::fabs(x); }>>("fabs", "x, /", "The absolute value, as a float."),
    function<factorial>("factorial", "n, /", "The product of the ints from 1 to n."),
    function<floor>("floor", "x, /", "The largest int that isn't above x."),
    function<fma>("fma", "x, y, z, /", "x*y + z, rounded once."),
    function<fmod>("fmod", "x, y, /", "The remainder of x/y as C has it, with the sign of x."),
    function<frexp>("frexp", "x, /", "The mantissa m, 0.5 <= abs(m) < 1, and the exponent e of x == m * 2**e."),
    function<fsum>("fsum", "seq, /", "The sum of the floats, rounded once."),
    function<gamma>("gamma", "x, /", "The gamma function."),
    function<gcd>("gcd", "*integers", "The greatest common divisor."),
    function<hypot>("hypot", "*coordinates", "The distance of a point from the origin."),
    function<isclose>("isclose", "a, b, *, rel_tol=1e-09, abs_tol=0.0", "Whether two floats differ by no more than a tolerance.\n\n"
                      "rel_tol is relative to the larger magnitude, abs_tol absolute; meeting one suffices."),
    function<isfinite>("isfinite", "x, /", "Whether x is neither an infinity nor a NaN."),
    function<isinf>("isinf", "x, /", "Whether x is an infinity."),
    function<isnan>("isnan", "x, /", "Whether x is a NaN."),
    function<isqrt>("isqrt", "n, /", "The square root rounded down, exact for ints of any size."),
    function<lcm>("lcm", "*integers", "The least common multiple."),
    function<ldexp>("ldexp", "x, i, /", "x * 2**i."),
    function<lgamma>("lgamma", "x, /", "The natural logarithm of the gamma function's absolute value."),
    function<log>("log", "*args", "log(x, [base=math.e])\nThe logarithm of x to the given base, the natural one by default."),
    function<partial<[](double x) { return std::log1p(x); }, "expected argument value > -1">>("log1p", "x, /", "log(1 + x), exact for small x."),
    function<log10>("log10", "x, /", "The logarithm to base 10."),
    function<log2>("log2", "x, /", "The logarithm to base 2."),
    function<modf>("modf", "x, /", "The fraction and the whole part of x, both floats with its sign."),
    function<nextafter>("nextafter", "x, y, /, *, steps=None", "The float that is so many steps from x towards y, one by default."),
    function<perm>("perm", "n, k=None, /", "How many ways there are to choose k of n items, in order; n! without k."),
    function<pow>("pow", "x, y, /", "x to the power of y, as floats."),
    function<prod>("prod", "iterable, /, *, start=1", "The product of start and all items."),
    function<radians>("radians", "x, /", "Degrees to radians."),
    function<remainder>("remainder", "x, y, /", "x minus the multiple of y that is nearest to it."),
    function<partial<[](double x) { return std::sin(x); }, kFinite>>("sin", "x, /", "The sine of x radians."),
    function<growing<[](double x) { return std::sinh(x); }>>("sinh", "x, /", "The hyperbolic sine."),
    function<partial<[](double x) { return std::sqrt(x); }, "expected a nonnegative input">>("sqrt", "x, /", "The square root."),
    function<sumprod>("sumprod", "p, q, /", "The sum of the products of items in the same place; floats lose no precision on the way."),
    function<partial<[](double x) { return std::tan(x); }, kFinite>>("tan", "x, /", "The tangent of x radians."),
    function<total<[](double x) { return std::tanh(x); }>>("tanh", "x, /", "The hyperbolic tangent."),
    function<trunc>("trunc", "x, /", "x without its fraction: what x.__trunc__() gives."),
    function<ulp>("ulp", "x, /", "The value of the last binary digit of x."),
};

}  // namespace

ORO_MODULE(math_module, .name = "math", .doc = "Mathematical functions, as the C standard has them and beyond.",
           .functions = kFunctions, .setup = setup);

}  // namespace oro::math
