// Decimals from other objects, and other objects from Decimals.
#include <algorithm>
#include <cmath>

#include "base/float_format.h"
#include "modules/_decimal/decimal.h"
#include "object/identity.h"
#include "object/list.h"

namespace oro::decimal {

namespace {

Raised not_supported(Thread& t, Borrowed<> v) {
    return raise(t, exc::TypeError, "conversion from {} to Decimal is not supported", TypeName{v.value()});
}

// A number that has to be exact: one that isn't, or is none, is an invalid operation.
Result<Ref<Decimal>> checked(Python& py, Type& type, Number& n, std::uint32_t status, DecimalContext& c) {
    if (!status) {
        Work w = widest();
        finish(n, w);
        if (w.status & (condition::inexact | condition::rounded | condition::clamped)) status = condition::invalid_operation;
    }
    if (status) {
        CHECK(add_status(py, c, status));
        n = not_a_number();
    }
    return make_decimal(py, type, n.view());
}

Result<void> parse_tuple(Python& py, Borrowed<Tuple> fields, Number& n) {
    if (fields->size != 3) return raise(py, exc::ValueError, "argument must be a sequence of length 3");
    auto sign = Value::of_int(-1);
    if (is_any_int(fields->slots[0])) sign = int_number(fields->slots[0]);
    if (sign != Value::of_int(0) && sign != Value::of_int(1))
        return raise(py, exc::ValueError, "sign must be an integer with the value 0 or 1");
    n.negative = sign == Value::of_int(1);
    if (is<Str>(fields->slots[2])) {
        Str& s = *as<Str>(fields->slots[2]);
        if (equal(s, "F")) n.kind = Kind::infinite;
        else if (equal(s, "n")) n.kind = Kind::quiet;
        else if (equal(s, "N")) n.kind = Kind::signaling;
        else return raise(py, exc::ValueError, "string argument in the third position must be 'F', 'n' or 'N'");
    } else {
        if (!is_any_int(fields->slots[2])) return raise(py, exc::ValueError, "exponent must be an integer");
        Ref<> plain = share_int(fields->slots[2]);
        std::int64_t e;
        if (!to_int64(PlainInt(plain.value()), e)) return raise(py, exc::OverflowError, "Python int too large to convert to C ssize_t");
        constexpr std::int64_t kFar = 4000000000000000000;
        n.exponent = std::clamp(e, -kFar, kFar);
    }
    auto wrong = [&] { return raise(py, exc::ValueError, "coefficient must be a tuple of digits"); };
    Borrowed<> given = fields->at(1);
    if (!is<Tuple>(given) && !is<List>(given)) return wrong();
    Ref<Tuple> digits = TRY(tuple_from(py, given));
    if (n.kind == Kind::infinite) return {};
    std::string text;
    for (std::size_t i = 0; i < digits->size; ++i) {
        Value v = digits->slots[i];
        if (!is_any_int(v)) return wrong();
        v = int_number(v);
        if (!v.is_int() || v.as_int() < 0 || v.as_int() > 9) return wrong();
        text += char('0' + v.as_int());
    }
    if (!text.empty()) mpz_set_str(n.coefficient, text.c_str(), 10);
    return {};
}

Result<Ref<Decimal>> from_text(Python& py, Type& type, Borrowed<Str> s, DecimalContext& c) {
    Number n;
    bool good = parse(n, ascii_of(*s, Spelling::lenient));
    return checked(py, type, n, good ? 0 : condition::conversion_syntax, c);
}

}  // namespace

Result<Ref<Decimal>> exactly(Python& py, Type& type, Borrowed<> v, DecimalContext& c) {
    if (is<Decimal>(v)) {
        if (&type == &decimal_type && is_exact<Decimal>(v)) return as<Decimal>(v).share();
        Operand operand(v.value());
        return make_decimal(py, type, operand);
    }
    if (is<Str>(v)) return from_text(py, type, as<Str>(v), c);
    if (is_any_int(v.value())) {
        Operand operand(v.value());
        return make_decimal(py, type, operand);
    }
    Number n;
    if (is<Tuple>(v) || is<List>(v)) {
        Ref<Tuple> fields = TRY(tuple_from(py, v));
        CHECK(parse_tuple(py, fields, n));
        return checked(py, type, n, 0, c);
    }
    if (is_any_float(v.value())) {
        CHECK(add_status(py, c, condition::float_operation));
        from_double(n, float_number(v.value()));
        return make_decimal(py, type, n.view());
    }
    return not_supported(py, v);
}

Value new_decimal(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    auto run = [&]() -> Result<Ref<>> {
        std::size_t given = n + (names ? names->size : 0);
        if (given > 2) return raise(py, exc::TypeError, "function takes at most 2 arguments ({} given)", given);
        static constexpr char const* kNames[] = {"value", "context"};
        Value out[2];
        CHECK(parse_arguments(py, "Decimal", kNames, 0, 2, 0, args, n, names, out));
        Ref<DecimalContext> c = TRY(context_from(py, Optional<>(out[1])));
        return TRY(exactly(py, type, Borrowed<>(out[0] ? out[0] : Value::of_int(0)), *c));
    };
    return run().release();
}

namespace {

// For a subclass: its constructor is called with the Decimal.
Result<Ref<>> as_class(Python& py, Borrowed<> cls, Ref<Decimal> d) {
    if (cls.is(Value::of(&decimal_type))) return d;
    return call_with(py, cls, d);
}

}  // namespace

Result<Ref<>> from_float(Python& py, Borrowed<> cls, Borrowed<> f) {
    if (is_any_int(f.value())) {
        Operand operand(f.value());
        return as_class(py, cls, TRY(make_decimal(py, decimal_type, operand)));
    }
    if (!is_any_float(f.value())) return raise(py, exc::TypeError, "argument must be int or float");
    Number n;
    from_double(n, float_number(f.value()));
    return as_class(py, cls, TRY(make_decimal(py, n)));
}
Result<Ref<>> from_number(Python& py, Borrowed<> cls, Borrowed<> number) {
    if (is_any_float(number.value()) || is_any_int(number.value())) return from_float(py, cls, number);
    if (!is<Decimal>(number)) return not_supported(py, number);
    if (cls.is(Value::of(&type_of(number)))) return number.share();
    Operand operand(number.value());
    return as_class(py, cls, TRY(make_decimal(py, decimal_type, operand)));
}

// ---- under a context: rounded

Result<Ref<>> create_decimal(Python& py, Borrowed<DecimalContext> self, Optional<> num) {
    if (!num) return TRY(make_decimal(py, Number()));
    Borrowed<> v = *num;
    auto rounded = [&](Number n) { return compute(py, *self, [&](Work& w) { return finished(std::move(n), w); }); };
    if (is<Str>(v)) {
        Number n;
        Work w = work_of(*self);
        bool good = parse(n, ascii_of(*as<Str>(v), Spelling::strict));
        // A payload isn't cut.
        if (good && n.kind >= Kind::quiet && sign_of(n.coefficient) != 0) good = count_digits(n.coefficient) <= w.prec - w.clamp;
        if (!good) return TRY(compute(py, *self, [](Work& work) { return invalid(work, condition::conversion_syntax); }));
        return TRY(rounded(std::move(n)));
    }
    if (is<Decimal>(v)) {
        Operand operand(v.value());
        Work w = work_of(*self);
        if (operand->is_nan() && operand->digits > w.prec - w.clamp) {
            return TRY(compute(py, *self, [](Work& work) { return invalid(work, condition::conversion_syntax); }));
        }
        return TRY(rounded(Number(operand)));
    }
    if (is_any_int(v.value())) {
        Operand operand(v.value());
        return TRY(rounded(Number(operand)));
    }
    if (is_any_float(v.value())) {
        CHECK(add_status(py, *self, condition::float_operation));
        return create_decimal_from_float(py, self, v);
    }
    if (is<Tuple>(v) || is<List>(v)) {
        Ref<Tuple> fields = TRY(tuple_from(py, v));
        Number n;
        CHECK(parse_tuple(py, fields, n));
        return TRY(rounded(std::move(n)));
    }
    return not_supported(py, v);
}
Result<Ref<>> create_decimal_from_float(Python& py, Borrowed<DecimalContext> self, Borrowed<> f) {
    Number n;
    if (is_any_int(f.value())) {
        Operand operand(f.value());
        n = Number(operand);
    } else if (is_any_float(f.value())) {
        from_double(n, float_number(f.value()));
    } else {
        return raise(py, exc::TypeError, "argument must be int or float");
    }
    return TRY(compute(py, *self, [&](Work& w) { return finished(std::move(n), w); }));
}

// ---- to other types

Result<Ref<>> to_integer(Python& py, View const& v, Rounding rounding) {
    if (v.is_nan()) return raise(py, exc::ValueError, "cannot convert NaN to integer");
    if (v.is_infinite()) return raise(py, exc::OverflowError, "cannot convert Infinity to integer");
    Number n(v);
    if (!rescale(n, 0, rounding)) return raise_no_memory(py);
    return make_int(py, n.negative, std::span<std::uint64_t const>(mpz_limbs_read(n.coefficient), mpz_size(n.coefficient)));
}

Result<double> to_float(Python& py, Borrowed<Decimal> self) {
    Operand v(self.value());
    if (v->kind == Kind::signaling) return raise(py, exc::ValueError, "cannot convert signaling NaN to float");
    if (v->is_nan()) return v->negative ? -std::nan("") : std::nan("");
    double d = 0;
    (void)parse_double(to_text(v, true), d);
    return d;
}

Result<Ref<>> to_tuple(Python& py, Borrowed<Decimal> self) {
    Operand v(self.value());
    Ref<> exponent = v->is_infinite() ? Ref<>(TRY(make_str(py, std::string_view("F"))))
                     : v->is_nan()    ? Ref<>(TRY(make_str(py, std::string_view(v->kind == Kind::signaling ? "N" : "n"))))
                                      : TRY(make_int(py, v->exponent));
    std::string digits = "0";
    if (v->is_nan()) {
        digits = sign_of(v->coefficient) ? to_text(View{v->coefficient, 0, v->digits, Kind::finite, false}, true) : "";
    } else if (v->is_finite()) {
        digits = to_text(View{v->coefficient, 0, v->digits, Kind::finite, false}, true);
    }
    Ref<Tuple> coefficient = TRY(make_tuple_uninitialized(py, digits.size()));
    for (std::size_t i = 0; i < digits.size(); ++i) coefficient->slots[i] = Value::of_int(digits[i] - '0');
    return call_with(py, shared().tuple, Borrowed<>(Value::of_int(v->negative)), coefficient, exponent);
}

Result<std::int64_t> hash_of(Python& py, Borrowed<Decimal> self) {
    std::int64_t known = self->cached_hash.load(std::memory_order_relaxed);
    if (known != -1) return known;
    Operand v(self.value());
    if (v->kind == Kind::signaling) return raise(py, exc::TypeError, "Cannot hash a signaling NaN value");
    std::int64_t h;
    if (v->is_nan()) {
        h = identity_hash(self.value());
    } else if (v->is_infinite()) {
        h = v->negative ? -314159 : 314159;
    } else {
        // The number modulo a prime, as that of an int or float of the same value.
        constexpr std::uint64_t kPrime = (std::uint64_t(1) << 61) - 1, kInverseOfTen = 2075258708292324556u;
        auto times = [](std::uint64_t a, std::uint64_t b) { return std::uint64_t((unsigned __int128)(a) * b % kPrime); };
        std::uint64_t power = v->exponent < 0 ? kInverseOfTen : 10, r = mpz_fdiv_ui(v->coefficient, kPrime);
        for (auto e = std::uint64_t(v->exponent < 0 ? -v->exponent : v->exponent); e; e >>= 1) {
            if (e & 1) r = times(r, power);
            power = times(power, power);
        }
        h = v->negative ? -std::int64_t(r) : std::int64_t(r);
        if (h == -1) h = -2;
    }
    self->cached_hash.store(h, std::memory_order_relaxed);
    return h;
}

}  // namespace oro::decimal
