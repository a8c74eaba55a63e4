// The type Decimal: operators and methods. Most are rows of one kind of function or another.
#include "modules/_decimal/decimal.h"
#include "object/float.h"

#include <algorithm>

namespace oro::decimal {

namespace {

using Self = Borrowed<Decimal>;
using Unary = Number (*)(View const&, Work&);
using Binary = Number (*)(View const&, View const&, Work&);

Ref<> not_implemented() { return Ref<>::immediate(kNotImplemented); }

// ---- operators, under the current context

template <Unary Op> Result<Ref<>> unary_operator(Python& py, Self self) {
    Ref<DecimalContext> c = TRY(current_decimal_context(py));
    Operand a(self.value());
    return TRY(compute(py, *c, [&](Work& w) { return Op(a, w); }));
}
template <Binary Op> Result<Ref<>> binary_operator(Python& py, Borrowed<> x, Borrowed<> y) {
    if (!is_operand(x.value()) || !is_operand(y.value())) return not_implemented();
    Ref<DecimalContext> c = TRY(current_decimal_context(py));
    Operand a(x.value()), b(y.value());
    return TRY(compute(py, *c, [&](Work& w) { return Op(a, b, w); }));
}

Result<Ref<>> both_of(Python& py, DecimalContext& c, View const& a, View const& b) {
    Work w = work_of(c);
    Number quotient, rest;
    divmod(quotient, rest, a, b, w);
    if (w.status) CHECK(add_status(py, c, w.status));
    Ref<Decimal> first = TRY(make_decimal(py, quotient)), second = TRY(make_decimal(py, rest));
    return make_tuple_of(py, std::move(first), std::move(second));
}
Result<Ref<>> divmod_operator(Python& py, Borrowed<> x, Borrowed<> y) {
    if (!is_operand(x.value()) || !is_operand(y.value())) return not_implemented();
    Ref<DecimalContext> c = TRY(current_decimal_context(py));
    return both_of(py, *c, Operand(x.value()), Operand(y.value()));
}
Result<Ref<>> power_of(Python& py, DecimalContext& c, Borrowed<> x, Borrowed<> y, Optional<> modulo) {
    Operand a(x.value()), b(y.value());
    if (!modulo || modulo.value() == kNone) return TRY(compute(py, c, [&](Work& w) { return power(a, b, w); }));
    Operand m(modulo.value());
    return TRY(compute(py, c, [&](Work& w) { return power_modulo(a, b, m, w); }));
}
Result<Ref<>> power_operator(Python& py, Borrowed<> x, Borrowed<> y, Optional<> modulo) {
    if (!is_operand(x.value()) || !is_operand(y.value())) return not_implemented();
    if (modulo && modulo.value() != kNone && !is_operand(modulo.value())) return not_implemented();
    Ref<DecimalContext> c = TRY(current_decimal_context(py));
    return power_of(py, *c, x, y, modulo);
}

Result<Ref<>> to_int(Python& py, Self self) { return to_integer(py, Operand(self.value()), Rounding::down); }
Result<Ref<>> floor(Python& py, Self self) { return to_integer(py, Operand(self.value()), Rounding::floor); }
Result<Ref<>> ceil(Python& py, Self self) { return to_integer(py, Operand(self.value()), Rounding::ceiling); }
bool truth_of(Thread&, Self self) { return !Operand(self.value())->is_zero(); }

Result<Ref<Str>> to_str(Python& py, Self self) {
    Ref<DecimalContext> c = TRY(current_decimal_context(py));
    return make_str(py, to_text(Operand(self.value()), c->capitals.load()));
}
Result<Ref<Str>> to_repr(Python& py, Self self) {
    Ref<DecimalContext> c = TRY(current_decimal_context(py));
    return make_str(py, "Decimal('" + to_text(Operand(self.value()), c->capitals.load()) + "')");
}

// ---- methods, under a given context or the current one; and the same as methods of contexts

template <Unary Op> Result<Ref<>> unary_method(Python& py, Self self, Optional<> context) {
    Ref<DecimalContext> c = TRY(context_from(py, context));
    Operand a(self.value());
    return TRY(compute(py, *c, [&](Work& w) { return Op(a, w); }));
}
template <Binary Op> Result<Ref<>> binary_method(Python& py, Self self, Borrowed<> other, Optional<> context) {
    Ref<DecimalContext> c = TRY(context_from(py, context));
    CHECK(check_operand(py, other));
    Operand a(self.value()), b(other.value());
    return TRY(compute(py, *c, [&](Work& w) { return Op(a, b, w); }));
}

Number compare_total_number(View const& a, View const& b, Work&) {
    int order = compare_total(a, b);
    return Number(order < 0, order != 0, 0);
}
Number compare_total_magnitude_number(View const& a, View const& b, Work&) {
    int order = compare_total_magnitude(a, b);
    return Number(order < 0, order != 0, 0);
}
Number copy_sign_number(View const& a, View const& b, Work&) { return Number(a.with_sign(b.negative)); }

Result<Ref<>> fma_method(Python& py, Self self, Borrowed<> other, Borrowed<> third, Optional<> context) {
    Ref<DecimalContext> c = TRY(context_from(py, context));
    CHECK(check_operand(py, other));
    CHECK(check_operand(py, third));
    Operand x(self.value()), y(other.value()), z(third.value());
    return TRY(compute(py, *c, [&](Work& w) { return fma(x, y, z, w); }));
}

Result<Ref<>> quantize_method(Python& py, Self self, Borrowed<> exp, Optional<> rounding, Optional<> context) {
    Ref<DecimalContext> c = TRY(context_from(py, context));
    CHECK(check_operand(py, exp));
    Operand a(self.value()), b(exp.value());
    Rounding given = rounding && rounding.value() != kNone ? TRY(rounding_from(py, *rounding)) : c->rounding.load();
    return TRY(compute(py, *c, [&](Work& w) {
        w.rounding = given;
        return quantize(a, b, w);
    }));
}
template <Exactness E> Result<Ref<>> to_integral_method(Python& py, Self self, Optional<> rounding, Optional<> context) {
    Ref<DecimalContext> c = TRY(context_from(py, context));
    Operand a(self.value());
    Rounding given = rounding && rounding.value() != kNone ? TRY(rounding_from(py, *rounding)) : c->rounding.load();
    return TRY(compute(py, *c, [&](Work& w) {
        w.rounding = given;
        return to_integral(a, E, w);
    }));
}

bool same_quantum_of(View const& a, View const& b) {
    if (!a.is_finite() || !b.is_finite()) return (a.is_nan() && b.is_nan()) || (a.is_infinite() && b.is_infinite());
    return a.exponent == b.exponent;
}
Result<bool> same_quantum(Python& py, Self self, Borrowed<> other, Optional<> context) {
    CHECK(context_from(py, context));
    CHECK(check_operand(py, other));
    return same_quantum_of(Operand(self.value()), Operand(other.value()));
}

// Questions about a number alone.
bool is_canonical(View const&, Work const&) { return true; }
bool is_finite(View const& v, Work const&) { return v.is_finite(); }
bool is_infinite(View const& v, Work const&) { return v.is_infinite(); }
bool is_nan(View const& v, Work const&) { return v.is_nan(); }
bool is_qnan(View const& v, Work const&) { return v.kind == Kind::quiet; }
bool is_snan(View const& v, Work const&) { return v.kind == Kind::signaling; }
bool is_signed(View const& v, Work const&) { return v.negative; }
bool is_zero(View const& v, Work const&) { return v.is_zero(); }
bool is_normal(View const& v, Work const& w) { return v.is_finite() && !v.is_zero() && v.adjusted() >= w.emin; }
bool is_subnormal(View const& v, Work const& w) { return v.is_finite() && !v.is_zero() && v.adjusted() < w.emin; }
using Question = bool (*)(View const&, Work const&);
template <Question Q> bool question(Thread&, Self self) { return Q(Operand(self.value()), Work()); }
template <Question Q> Result<bool> question_in(Python& py, Self self, Optional<> context) {
    Ref<DecimalContext> c = TRY(context_from(py, context));
    return Q(Operand(self.value()), work_of(*c));
}

std::int64_t adjusted(Thread&, Self self) {
    Operand v(self.value());
    return v->is_finite() ? v->adjusted() : 0;
}
Ref<> itself(Thread&, Self self) { return Borrowed<>(self).share(); }
// Subclasses' copies are plain Decimals, as all results are.
Result<Ref<>> plain_copy(Thread& t, Self self) {
    if (is_exact<Decimal>(self)) return Borrowed<>(self).share();
    Operand v(self.value());
    return TRY(make_decimal(t, decimal_type, v));
}
Result<Ref<>> deepcopy(Thread& t, Self self, Borrowed<>) { return plain_copy(t, self); }
Result<Ref<>> radix(Thread& t, Self) { return TRY(make_decimal(t, Number(false, 10, 0))); }
Result<Ref<>> copy_abs(Thread& t, Self self) {
    Operand v(self.value());
    return TRY(make_decimal(t, decimal_type, v->with_sign(false)));
}
Result<Ref<>> copy_negate(Thread& t, Self self) {
    Operand v(self.value());
    return TRY(make_decimal(t, decimal_type, v->with_sign(!v->negative)));
}
Result<Ref<Str>> number_class_method(Python& py, Self self, Optional<> context) {
    Ref<DecimalContext> c = TRY(context_from(py, context));
    return make_str(py, std::string_view(number_class(Operand(self.value()), work_of(*c))));
}
Result<Ref<Str>> to_eng_string(Python& py, Self self, Optional<> context) {
    Ref<DecimalContext> c = TRY(context_from(py, context));
    return make_str(py, to_text(Operand(self.value()), c->capitals.load(), true));
}

Result<Ref<>> as_integer_ratio(Python& py, Self self) {
    Operand v(self.value());
    if (v->is_nan()) return raise(py, exc::ValueError, "cannot convert NaN to integer ratio");
    if (v->is_infinite()) return raise(py, exc::OverflowError, "cannot convert Infinity to integer ratio");
    Mpz numerator(v->coefficient), denominator(1), common;
    if (sign_of(numerator) != 0) {
        if (v->exponent >= 0) {
            if (!shift_left(numerator, v->digits, v->exponent)) return raise_no_memory(py);
        } else {
            if (-v->exponent > kMostDigits) return raise_no_memory(py);
            power_of_ten(denominator, std::uint64_t(-v->exponent));
            mpz_gcd(common, numerator, denominator);
            mpz_divexact(numerator, numerator, common);
            mpz_divexact(denominator, denominator, common);
        }
    }
    auto limbs = [](Mpz const& z) { return std::span<std::uint64_t const>(mpz_limbs_read(z), mpz_size(z)); };
    Ref<> a = TRY(make_int(py, v->negative, limbs(numerator))), b = TRY(make_int(py, false, limbs(denominator)));
    return make_tuple_of(py, std::move(a), std::move(b));
}

Result<Ref<>> round_method(Python& py, Self self, Args args) {
    if (args.size() > 1) return raise(py, exc::TypeError, "__round__() takes at most 1 argument ({} given)", args.size());
    Operand v(self.value());
    if (args.size() == 0) return to_integer(py, v, Rounding::half_even);
    if (!is_any_int(args[0].value())) return raise(py, exc::TypeError, "optional arg must be an integer");
    std::int64_t places = TRY(to_int64(py, args[0], &exc::OverflowError));
    constexpr std::int64_t kFar = 4000000000000000000;
    Ref<DecimalContext> c = TRY(current_decimal_context(py));
    Number unit(false, 1, -std::clamp(places, -kFar, kFar));
    return TRY(compute(py, *c, [&](Work& w) { return quantize(v, unit.view(), w); }));
}

Result<Ref<>> reduce(Python& py, Self self) {
    Ref<> text = TRY(make_str(py, to_text(Operand(self.value()), true)));
    Ref<> args = TRY(make_tuple_of(py, std::move(text)));
    return make_tuple_of(py, share(Value::of(&type_of(self.get()))), std::move(args));
}
Result<Ref<>> to_complex(Python& py, Self self) {
    double d = TRY(to_float(py, self));
    return TRY(make<Complex>(py, Complex::type(), d, 0.0));
}
std::int64_t size_of(Thread&, Self self) { return std::int64_t(self->extent()); }
Value get_real(Python&, Value self) { return share(self).release(); }
Value get_imag(Python& py, Value) { return make_decimal(py, Number()).release(); }

constexpr MethodDef methods[] = {
    def<unary_method<exp>>("exp", "context=None", "e raised to this power; correctly rounded, to the nearest even."),
    def<unary_method<ln>>("ln", "context=None", "The natural logarithm; correctly rounded, to the nearest even."),
    def<unary_method<log10>>("log10", "context=None", "The logarithm to base ten; correctly rounded, to the nearest even."),
    def<unary_method<next_minus>>("next_minus", "context=None", "The largest number of the context that is smaller."),
    def<unary_method<next_plus>>("next_plus", "context=None", "The smallest number of the context that is larger."),
    def<unary_method<normalize>>("normalize", "context=None", "The same number without zeros at its end."),
    def<unary_method<square_root>>("sqrt", "context=None", "The square root; correctly rounded, to the nearest even."),
    def<unary_method<logb>>("logb", "context=None", "The exponent of the first digit, as a Decimal."),
    def<unary_method<logical_invert>>("logical_invert", "context=None", "Digit by digit: not."),
    def<to_integral_method<Exactness::ignored>>("to_integral", "rounding=None, context=None", "Rounded to an integer, without signaling Inexact or Rounded."),
    def<to_integral_method<Exactness::ignored>>("to_integral_value", "rounding=None, context=None", "Rounded to an integer, without signaling Inexact or Rounded."),
    def<to_integral_method<Exactness::signaled>>("to_integral_exact", "rounding=None, context=None", "Rounded to an integer, signaling Inexact or Rounded."),
    def<binary_method<compare_number>>("compare", "other, context=None", "-1, 0 or 1 as a Decimal; NaN if one is a NaN."),
    def<binary_method<compare_signal>>("compare_signal", "other, context=None", "Like compare(), but all NaNs signal."),
    def<binary_method<max>>("max", "other, context=None", "The larger one; a number rather than a NaN."),
    def<binary_method<max_magnitude>>("max_mag", "other, context=None", "The one of larger size."),
    def<binary_method<min>>("min", "other, context=None", "The smaller one; a number rather than a NaN."),
    def<binary_method<min_magnitude>>("min_mag", "other, context=None", "The one of smaller size."),
    def<binary_method<next_toward>>("next_toward", "other, context=None", "The nearest number of the context in the other's direction."),
    def<binary_method<remainder_near>>("remainder_near", "other, context=None", "The remainder of least size; of two, the one of an even quotient."),
    def<binary_method<compare_total_number>>("compare_total", "other, context=None", "-1, 0 or 1 by the total order, in which representations differ."),
    def<binary_method<compare_total_magnitude_number>>("compare_total_mag", "other, context=None", "The same without the signs."),
    def<binary_method<copy_sign_number>>("copy_sign", "other, context=None", "This number with the other's sign."),
    def<binary_method<logical_and>>("logical_and", "other, context=None", "Digit by digit: and."),
    def<binary_method<logical_or>>("logical_or", "other, context=None", "Digit by digit: or."),
    def<binary_method<logical_xor>>("logical_xor", "other, context=None", "Digit by digit: exclusive or."),
    def<binary_method<rotate>>("rotate", "other, context=None", "The digits rotated by so many places."),
    def<binary_method<scaleb>>("scaleb", "other, context=None", "The exponent changed by so much."),
    def<binary_method<shift>>("shift", "other, context=None", "The digits shifted by so many places."),
    def<same_quantum>("same_quantum", "other, context=None", "Whether both have the same exponent."),
    def<quantize_method>("quantize", "exp, rounding=None, context=None", "Rounded to the exponent of another number."),
    def<fma_method>("fma", "other, third, context=None", "self * other + third, rounded once."),
    def<question<is_canonical>>("is_canonical", "", "True."),
    def<question<is_finite>>("is_finite", "", "Whether it is neither an infinity nor a NaN."),
    def<question<is_infinite>>("is_infinite", "", "Whether it is an infinity."),
    def<question<is_nan>>("is_nan", "", "Whether it is a NaN."),
    def<question<is_qnan>>("is_qnan", "", "Whether it is a quiet NaN."),
    def<question<is_snan>>("is_snan", "", "Whether it is a signaling NaN."),
    def<question<is_signed>>("is_signed", "", "Whether its sign is negative."),
    def<question<is_zero>>("is_zero", "", "Whether it is a zero."),
    def<question_in<is_normal>>("is_normal", "context=None", "Whether it is finite and neither zero nor subnormal."),
    def<question_in<is_subnormal>>("is_subnormal", "context=None", "Whether it is smaller than the smallest normal number."),
    def<adjusted>("adjusted", "", "The exponent of the first digit."),
    def<itself>("canonical", "", "Itself."),
    def<itself>("conjugate", "", "Itself."),
    def<radix>("radix", "", "Decimal(10)."),
    def<copy_abs>("copy_abs", "", "The absolute value, never rounded."),
    def<copy_negate>("copy_negate", "", "With the other sign, never rounded."),
    def<number_class_method>("number_class", "context=None", "A word for the kind of number: '+Normal', '-Zero', 'sNaN', ..."),
    def<to_eng_string>("to_eng_string", "context=None", "As text, with exponents that are multiples of three."),
    def<to_tuple>("as_tuple", "", "Sign, digits and exponent."),
    def<as_integer_ratio>("as_integer_ratio", "", "A pair of ints whose quotient it is, in lowest terms."),
    class_def<from_float>("from_float", "f, /", "A float or int, exactly."),
    class_def<from_number>("from_number", "number, /", "A Decimal, float or int, exactly."),
    def<plain_copy>("__copy__", "", ""),
    def<deepcopy>("__deepcopy__", "memo, /", ""),
    def<format_decimal>("__format__", "fmtarg, override=<unrepresentable>, /", "Formats the Decimal according to fmtarg."),
    def<reduce>("__reduce__", "", "For pickle."),
    def<round_method>("__round__", "*args", "Rounded to an int, or to so many places."),
    def<floor>("__floor__", "", "The largest int that is not larger."),
    def<ceil>("__ceil__", "", "The smallest int that is not smaller."),
    def<to_int>("__trunc__", "", "The int without the fraction."),
    def<to_complex>("__complex__", "", "As a complex number."),
    def<size_of>("__sizeof__", "", "The size of the object in memory, in bytes."),
};
constexpr SlotDef slots[] = {
    slot<Dunder::repr, to_repr>,
    slot<Dunder::str, to_str>,
    slot<Dunder::hash, hash_of>,
    ORO_COMPARE_SLOTS(compare_objects),
    number_slot<Dunder::add, binary_operator<add>>,
    number_slot<Dunder::sub, binary_operator<subtract>>,
    number_slot<Dunder::mul, binary_operator<multiply>>,
    number_slot<Dunder::truediv, binary_operator<divide>>,
    number_slot<Dunder::floordiv, binary_operator<divide_integer>>,
    number_slot<Dunder::mod, binary_operator<remainder>>,
    number_slot<Dunder::divmod, divmod_operator>,
    number_slot<Dunder::pow, power_operator>,
    slot<Dunder::neg, unary_operator<minus>>,
    slot<Dunder::pos, unary_operator<plus>>,
    slot<Dunder::abs, unary_operator<absolute>>,
    slot<Dunder::bool_, truth_of>,
    slot<Dunder::int_, to_int>,
    slot<Dunder::float_, to_float>,
};
constexpr GetSetDef getsets[] = {
    {"real", get_real, nullptr, "the real part: itself"},
    {"imag", get_imag, nullptr, "the imaginary part: 0"},
};
constexpr TypeDef decimal_def{.name = "decimal.Decimal", .doc = "A decimal number with a sign, digits and an exponent, of any precision.",
                              .signature = "value='0', context=None", .size = sizeof(Decimal), .item_size = sizeof(mp_limb_t),
                              .flags = type_flag::subclassable, .hooks = hooks_of<Decimal>(), .new_ = new_decimal, .methods = methods,
                              .slots = slots, .getsets = getsets};

}  // namespace

ORO_TYPE(decimal_type, decimal_def);

}  // namespace oro::decimal
