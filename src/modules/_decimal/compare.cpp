// Comparing Decimals with numbers of other types: always exact.
#include "modules/_decimal/decimal.h"
#include "object/float.h"

namespace oro::decimal {

namespace {

bool holds(int order, Compare op) {
    switch (op) {
        case Compare::lt: return order < 0;
        case Compare::le: return order <= 0;
        case Compare::eq: return order == 0;
        case Compare::ne: return order != 0;
        case Compare::gt: return order > 0;
        default: return order >= 0;
    }
}

Result<Ref<>> answer(Python& py, View const& a, View const& b, Compare op) {
    if (a.is_nan() || b.is_nan()) {
        bool equality = op == Compare::eq || op == Compare::ne;
        // Only signaling NaNs stop a test for equality.
        if (!equality || a.kind == Kind::signaling || b.kind == Kind::signaling) {
            CHECK(add_status(py, *TRY(current_decimal_context(py)), condition::invalid_operation));
        }
        return Ref<>::immediate(Value::of_bool(op == Compare::ne));
    }
    return Ref<>::immediate(Value::of_bool(holds(compare(a, b), op)));
}

Result<Ref<>> compare_with_double(Python& py, View const& self, double d, Compare op) {
    Ref<DecimalContext> c = TRY(current_decimal_context(py));
    if (op == Compare::eq || op == Compare::ne) c->flags->bits.fetch_or(condition::float_operation);
    else CHECK(add_status(py, *c, condition::float_operation));
    Number n;
    from_double(n, d);
    return answer(py, self, n.view(), op);
}

// self against numerator / denominator: self * denominator against the numerator.
Result<Ref<>> compare_with_rational(Python& py, View const& self, Borrowed<> other, Compare op) {
    Ref<> denominator = TRY(get_attribute(py, other, TRY(make_interned(py, "denominator"))));
    Ref<> numerator = TRY(get_attribute(py, other, TRY(make_interned(py, "numerator"))));
    if (!is_any_int(denominator.value()) || !is_any_int(numerator.value()))
        return raise(py, exc::TypeError, "numerator and denominator must be integers");
    Operand d(denominator.value()), n(numerator.value());
    if (!self.is_finite()) return answer(py, self, n, op);
    Work w = widest();
    Number product = multiply(self, d, w);
    return answer(py, product.view(), n, op);
}

}  // namespace

Result<Ref<>> compare_objects(Python& py, Borrowed<Decimal> self, Borrowed<> other, Compare op) {
    Operand a(self.value());
    Value v = other.value();
    if (is_operand(v)) {
        Operand b(v);
        return answer(py, a, b, op);
    }
    if (is_any_float(v)) return compare_with_double(py, a, float_number(v), op);
    if (is<Complex>(v)) {
        if ((op != Compare::eq && op != Compare::ne) || as<Complex>(v)->imag != 0) return Ref<>::immediate(kNotImplemented);
        return compare_with_double(py, a, as<Complex>(v)->real, op);
    }
    if (TRY(is_instance(py, other, shared().rational))) return compare_with_rational(py, a, other, op);
    return Ref<>::immediate(kNotImplemented);
}

}  // namespace oro::decimal
