// Decimal objects: making them, operands, and the current context.
#include "modules/_decimal/decimal.h"

namespace oro::decimal {

Result<Ref<Decimal>> make_decimal(Thread& t, Type& type, View const& v) {
    bool plain = v.coefficient && v.kind != Kind::infinite;
    std::size_t limbs = plain ? mpz_size(v.coefficient) : 0;
    Ref<Decimal> d = TRY(make_sized<Decimal>(t, type, sizeof(Decimal) + limbs * sizeof(mp_limb_t)));
    d->exponent = v.kind == Kind::finite ? v.exponent : 0;
    d->digits = v.digits;
    d->kind = v.kind;
    d->negative = v.negative;
    d->limb_count = std::uint32_t(limbs);
    if (limbs) std::memcpy(d->limbs, mpz_limbs_read(v.coefficient), limbs * sizeof(mp_limb_t));
    return d;
}

Operand::Operand(Value v) {
    if (is<Decimal>(v)) {
        Decimal& d = *as<Decimal>(v);
        mpz_roinit_n(coefficient_, d.limbs, d.limb_count);
        view_ = {coefficient_, d.exponent, d.digits, d.kind, d.negative};
        return;
    }
    Value plain = int_number(v);
    if (plain.is_int()) {
        std::int64_t n = plain.as_int();
        word_ = n < 0 ? 0 - std::uint64_t(n) : std::uint64_t(n);
        mpz_roinit_n(coefficient_, &word_, n != 0);
        view_.negative = n < 0;
    } else {
        auto& big = *static_cast<BigIntObject*>(plain.pointer());
        mpz_roinit_n(coefficient_, big.limbs, mp_size_t(big.magnitude().size()));
        view_.negative = big.negative();
    }
    view_.coefficient = coefficient_;
    view_.digits = count_digits(coefficient_);
}

Result<void> check_operand(Thread& t, Borrowed<> v) {
    if (is_operand(v.value())) return {};
    return raise(t, exc::TypeError, "conversion from {} to Decimal is not supported", TypeName{v.value()});
}

Result<Ref<DecimalContext>> current_decimal_context(Python& py) {
    Maybe<> found = context_var_get(py, Borrowed<ContextVar>(shared().current));
    if (found) return as<DecimalContext>(std::move(found).take());
    // A context of its own for each that has none yet: a copy of the default one, without flags.
    Ref<DecimalContext> c = TRY(copy_context_of(py, *shared().default_context));
    c->flags->bits.store(0);
    CHECK(context_var_set(py, Borrowed<ContextVar>(shared().current), c.share()));
    return c;
}

Result<Ref<DecimalContext>> context_from(Python& py, Optional<> v) {
    if (!v || v.value() == kNone) return current_decimal_context(py);
    if (!is<DecimalContext>(*v)) return raise(py, exc::TypeError, "optional argument must be a context");
    return as<DecimalContext>(*v).share();
}

Work work_of(DecimalContext const& c) {
    constexpr auto relaxed = std::memory_order_relaxed;
    return {c.prec.load(relaxed), c.emax.load(relaxed), c.emin.load(relaxed), c.rounding.load(relaxed), c.clamp.load(relaxed), 0};
}

}  // namespace oro::decimal
