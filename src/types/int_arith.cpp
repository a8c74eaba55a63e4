// The operators of int beyond those of object/int.h.
#include "types/int_ops.h"

namespace oro {

Result<Ref<>> int_and(Thread& t, Value a, Value b) {
    if (Value::both_int(a, b)) [[likely]] return Ref<>::immediate(Value::of_int(a.as_int() & b.as_int()));
    return make_int(t, bit_and(PlainInt(a), PlainInt(b)));
}

Result<Ref<>> int_or(Thread& t, Value a, Value b) {
    if (Value::both_int(a, b)) [[likely]] return Ref<>::immediate(Value::of_int(a.as_int() | b.as_int()));
    return make_int(t, bit_or(PlainInt(a), PlainInt(b)));
}

Result<Ref<>> int_xor(Thread& t, Value a, Value b) {
    if (Value::both_int(a, b)) [[likely]] return Ref<>::immediate(Value::of_int(a.as_int() ^ b.as_int()));
    return make_int(t, bit_xor(PlainInt(a), PlainInt(b)));
}

Result<Ref<>> int_invert(Thread& t, Value a) {
    if (a.is_int()) [[likely]] return Ref<>::immediate(Value::of_int(~a.as_int()));
    return make_int(t, bit_not(PlainInt(a)));
}

Result<Ref<>> int_divmod(Thread& t, Value a, Value b) {
    if (int_is_zero(b)) return raise(t, exc::ZeroDivisionError, "division by zero");
    if (Value::both_int(a, b)) [[likely]] {
        Ref<> quotient = TRY(int_floordiv(t, a, b));
        Ref<> remainder = TRY(int_mod(t, a, b));
        return make_tuple_of(t, std::move(quotient), std::move(remainder));
    }
    DivMod r = divmod_floor(PlainInt(a), PlainInt(b));
    Ref<> quotient = TRY(make_int(t, r.quotient));
    Ref<> remainder = TRY(make_int(t, r.remainder));
    return make_tuple_of(t, std::move(quotient), std::move(remainder));
}

Result<Ref<>> int_true_divide(Thread& t, Value a, Value b) {
    if (int_is_zero(b)) return raise(t, exc::ZeroDivisionError, "division by zero");
    if (Value::both_int(a, b)) [[likely]] {
        // Both exact as doubles: the hardware's quotient is the correctly rounded one.
        constexpr std::int64_t kExact = std::int64_t(1) << 53;
        std::int64_t x = a.as_int(), y = b.as_int();
        if (x >= -kExact && x <= kExact && y >= -kExact && y <= kExact) return make_float(t, double(x) / double(y));
    }
    double quotient;
    if (!true_divide(PlainInt(a), PlainInt(b), quotient)) {
        return raise(t, exc::OverflowError, "integer division result too large for a float");
    }
    return make_float(t, quotient);
}

namespace {

// A power of immediates by squaring, as long as it fits 64 bits.
bool small_power(std::int64_t base, std::int64_t exponent, std::int64_t& out) {
    std::int64_t result = 1;
    for (;;) {
        if (exponent & 1) {
            if (__builtin_mul_overflow(result, base, &result)) return false;
        }
        exponent >>= 1;
        if (exponent == 0) return out = result, true;
        if (__builtin_mul_overflow(base, base, &base)) return false;
    }
}

Result<Ref<>> power_with_modulus(Thread& t, Value a, Value b, Value m) {
    if (int_is_zero(m)) return raise(t, exc::ValueError, "pow() 3rd argument cannot be 0");
    PlainInt base(a), exponent(b), modulus(m);
    if (!int_is_negative(b)) return make_int(t, power_modulo(base, exponent, modulus));
    BigInt inverse;
    if (!invert_modulo(base, modulus, inverse)) {
        return raise(t, exc::ValueError, "base is not invertible for the given modulus");
    }
    if (inverse.failed()) return raise_no_memory(t);
    BigInt positive = negate(exponent);
    return make_int(t, power_modulo(inverse, positive, modulus));
}

}  // namespace

Result<Ref<>> int_pow(Python& py, Borrowed<> a, Borrowed<> b, Optional<> modulus) {
    if (!is_any_int(a.value()) || !is_any_int(b.value())) return not_implemented();
    Value x = int_number(a.value()), y = int_number(b.value());
    if (modulus.value() == kNone) modulus = {};
    if (modulus) {
        if (!is_any_int(modulus.value())) return not_implemented();
        return power_with_modulus(py, x, y, int_number(modulus.value()));
    }
    if (int_is_negative(y)) {
        double base = TRY(int_to_double(py, x));
        double exponent = TRY(int_to_double(py, y));
        return float_power(py, base, exponent);
    }
    if (Value::both_int(x, y)) [[likely]] {
        std::int64_t result;
        if (small_power(x.as_int(), y.as_int(), result)) return make_int(py, result);
    }
    // 0, 1 and -1 have small powers of any exponent; other bases with such an exponent have no room anywhere.
    if (x.is_int() && x.as_int() >= -1 && x.as_int() <= 1) {
        bool odd = IntView(PlainInt(y)).is_odd();
        return Ref<>::immediate(x.as_int() == -1 ? Value::of_int(odd ? -1 : 1) : x);
    }
    if (!y.is_int()) return raise_no_memory(py);
    return make_int(py, power(PlainInt(x), std::uint64_t(y.as_int())));
}

Result<Ref<>> int_round(Python& py, Borrowed<> self, Borrowed<> digits) {
    Ref<> number = share_int(self.value());
    if (digits.is(kNone)) return number;
    Ref<> n = TRY(to_index(py, digits));
    if (!int_is_negative(n.value())) return number;
    // A unit beyond twice the number rounds it to zero.
    PlainInt view(number.value());
    double length = double(bit_length(view)) * 0.30103 + 2;
    if (!n.value().is_int() || double(-n.value().as_int()) > length) return Ref<>::immediate(Value::of_int(0));
    BigInt unit = power(WordInt(10), std::uint64_t(-n.value().as_int()));
    if (unit.failed()) return raise_no_memory(py);
    DivMod r = divmod_nearest(view, unit);
    return make_int(py, subtract(view, r.remainder));
}

Result<Ref<>> make_int_of_type(Python& py, Type& type, Ref<> plain) {
    if (&type == &int_type) return plain;
    return make<IntObject>(py, type, std::move(plain));
}

}  // namespace oro
