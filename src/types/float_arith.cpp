// The operators of float.
#include <cmath>
#include <cstring>

#include "base/double_bits.h"
#include "types/float_ops.h"

namespace oro {

namespace {

struct Operands {
    double a, b;
    bool known;  // false: one of them is of a foreign type
};

Result<Operands> take_operands(Thread& t, Borrowed<> a, Borrowed<> b) {
    Operands r{};
    bool first = TRY(take_double(t, a.value(), r.a));
    if (!first) return r;
    r.known = TRY(take_double(t, b.value(), r.b));
    return r;
}

Raised raise_zero_division(Thread& t) { return raise(t, exc::ZeroDivisionError, "division by zero"); }

// The remainder with the divisor's sign, and the floored quotient that goes with it. The quotient is computed from the
// remainder, so that both fit together although each is rounded.
struct FloatDivMod {
    double quotient, remainder;
};
double floored_remainder(double a, double b) {
    double r = std::fmod(a, b);
    if (r == 0) return std::copysign(0.0, b);
    return (r < 0) != (b < 0) ? r + b : r;
}
FloatDivMod floored_division(double a, double b) {
    double r = std::fmod(a, b);
    double whole = (a - r) / b;
    if (r != 0 && (r < 0) != (b < 0)) {
        r += b;
        whole -= 1;
    } else if (r == 0) {
        r = std::copysign(0.0, b);
    }
    if (whole == 0) return {std::copysign(0.0, a / b), r};
    double quotient = std::floor(whole);
    if (whole - quotient > 0.5) quotient += 1;
    return {quotient, r};
}

// OverflowError(34, 'Numerical result out of range'), as from errno.
Raised raise_range_error(Python& py) {
    Ref<Str> text = TRY(make_str(py, std::string_view("Numerical result out of range")));
    Ref<> exception = TRY(call_with(py, Borrowed<>(Value::of(&exc::OverflowError)), Borrowed<>(Value::of_int(ERANGE)), text));
    return raise_object(py, std::move(exception));
}

}  // namespace

Result<Ref<>> float_add(Python& py, Borrowed<> a, Borrowed<> b) {
    if (a.value().is_float() && b.value().is_float()) [[likely]] return make_float(py, a.value().as_float() + b.value().as_float());
    Operands o = TRY(take_operands(py, a, b));
    if (!o.known) return not_implemented();
    return make_float(py, o.a + o.b);
}

Result<Ref<>> float_sub(Python& py, Borrowed<> a, Borrowed<> b) {
    if (a.value().is_float() && b.value().is_float()) [[likely]] return make_float(py, a.value().as_float() - b.value().as_float());
    Operands o = TRY(take_operands(py, a, b));
    if (!o.known) return not_implemented();
    return make_float(py, o.a - o.b);
}

Result<Ref<>> float_mul(Python& py, Borrowed<> a, Borrowed<> b) {
    if (a.value().is_float() && b.value().is_float()) [[likely]] return make_float(py, a.value().as_float() * b.value().as_float());
    Operands o = TRY(take_operands(py, a, b));
    if (!o.known) return not_implemented();
    return make_float(py, o.a * o.b);
}

Result<Ref<>> float_truediv(Python& py, Borrowed<> a, Borrowed<> b) {
    Operands o = TRY(take_operands(py, a, b));
    if (!o.known) return not_implemented();
    if (o.b == 0) return raise_zero_division(py);
    return make_float(py, o.a / o.b);
}

Result<Ref<>> float_floordiv(Python& py, Borrowed<> a, Borrowed<> b) {
    Operands o = TRY(take_operands(py, a, b));
    if (!o.known) return not_implemented();
    if (o.b == 0) return raise_zero_division(py);
    return make_float(py, floored_division(o.a, o.b).quotient);
}

Result<Ref<>> float_mod(Python& py, Borrowed<> a, Borrowed<> b) {
    Operands o = TRY(take_operands(py, a, b));
    if (!o.known) return not_implemented();
    if (o.b == 0) return raise_zero_division(py);
    return make_float(py, floored_remainder(o.a, o.b));
}

Result<Ref<>> float_divmod(Python& py, Borrowed<> a, Borrowed<> b) {
    Operands o = TRY(take_operands(py, a, b));
    if (!o.known) return not_implemented();
    if (o.b == 0) return raise_zero_division(py);
    FloatDivMod r = floored_division(o.a, o.b);
    Ref<> quotient = TRY(make_float(py, r.quotient));
    Ref<> remainder = TRY(make_float(py, r.remainder));
    return make_tuple_of(py, std::move(quotient), std::move(remainder));
}

Result<Ref<>> float_power(Python& py, double base, double exponent) {
    // IEEE's pow gives Python's results for infinities, NaNs and zeros, but for the two that Python refuses or extends.
    if (base == 0 && exponent < 0 && is_finite(exponent)) {
        return raise(py, exc::ZeroDivisionError, "zero to a negative power");
    }
    if (base < 0 && is_finite(base) && is_finite(exponent) && std::floor(exponent) != exponent) {
        return complex_power(py, {base, 0}, {exponent, 0});
    }
    double result = std::pow(base, exponent);
    if (is_infinity(result) && is_finite(base) && is_finite(exponent)) return raise_range_error(py);
    return make_float(py, result);
}

Result<Ref<>> float_pow(Python& py, Borrowed<> a, Borrowed<> b, Optional<> modulus) {
    if (modulus && modulus.value() != kNone) {
        return raise(py, exc::TypeError, "pow() 3rd argument not allowed unless all arguments are integers");
    }
    Operands o = TRY(take_operands(py, a, b));
    if (!o.known) return not_implemented();
    return float_power(py, o.a, o.b);
}

}  // namespace oro
