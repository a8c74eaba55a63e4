// The type Context: settings, their checks, and the operations under them.
#include "modules/_decimal/decimal.h"
#include "object/list.h"

namespace oro::decimal {

char const* const kRoundings[8] = {"ROUND_UP",      "ROUND_DOWN",      "ROUND_CEILING",   "ROUND_FLOOR",
                                   "ROUND_HALF_UP", "ROUND_HALF_DOWN", "ROUND_HALF_EVEN", "ROUND_05UP"};

Result<Rounding> rounding_from(Python& py, Borrowed<> v) {
    if (is<Str>(v)) {
        for (std::size_t i = 0; i < std::size(kRoundings); ++i) {
            if (equal(*as<Str>(v), kRoundings[i])) return Rounding(i);
        }
    }
    return raise(py, exc::TypeError,
                 "valid values for rounding are:\n  [ROUND_CEILING, ROUND_FLOOR, ROUND_UP, ROUND_DOWN,\n   ROUND_HALF_UP, "
                 "ROUND_HALF_DOWN, ROUND_HALF_EVEN,\n   ROUND_05UP]");
}

Result<Ref<DecimalContext>> make_context(Python& py, Type& type) {
    Ref<DecimalContext> c = TRY(make<DecimalContext>(py, type));
    c->flags.init(TRY(make_signal_dict(py, 0)));
    c->traps.init(TRY(make_signal_dict(py, 0)));
    return c;
}
Result<Ref<DecimalContext>> copy_context_of(Python& py, DecimalContext const& from) {
    Ref<DecimalContext> c = TRY(make_context(py, context_type));
    c->prec.store(from.prec.load());
    c->emax.store(from.emax.load());
    c->emin.store(from.emin.load());
    c->rounding.store(from.rounding.load());
    c->clamp.store(from.clamp.load());
    c->capitals.store(from.capitals.load());
    c->flags->bits.store(from.flags->bits.load());
    c->traps->bits.store(from.traps->bits.load());
    return c;
}

namespace {

using Self = Borrowed<DecimalContext>;
using Unary = Number (*)(View const&, Work&);
using Binary = Number (*)(View const&, View const&, Work&);

// ---- settings

Result<std::int64_t> setting(Python& py, Borrowed<> v, std::int64_t least, std::int64_t most, char const* message) {
    if (!is_any_int(v.value())) return raise(py, exc::TypeError, "an integer is required");
    std::int64_t n;
    Ref<> plain = share_int(v.value());
    if (!to_int64(PlainInt(plain.value()), n)) return raise(py, exc::OverflowError, "Python int too large to convert to C ssize_t");
    if (n < least || n > most) return raise(py, exc::ValueError, message);
    return n;
}
Result<void> set_prec(Python& py, Self c, Borrowed<> v) {
    c->prec.store(TRY(setting(py, v, 1, kMaxPrec, "valid range for prec is [1, MAX_PREC]")));
    return {};
}
Result<void> set_emax(Python& py, Self c, Borrowed<> v) {
    c->emax.store(TRY(setting(py, v, 0, kMaxEmax, "valid range for Emax is [0, MAX_EMAX]")));
    return {};
}
Result<void> set_emin(Python& py, Self c, Borrowed<> v) {
    c->emin.store(TRY(setting(py, v, kMinEmin, 0, "valid range for Emin is [MIN_EMIN, 0]")));
    return {};
}
Result<void> set_rounding(Python& py, Self c, Borrowed<> v) {
    c->rounding.store(TRY(rounding_from(py, v)));
    return {};
}
Result<void> set_capitals(Python& py, Self c, Borrowed<> v) {
    c->capitals.store(TRY(setting(py, v, 0, 1, "valid values for capitals are 0 or 1")));
    return {};
}
Result<void> set_clamp(Python& py, Self c, Borrowed<> v) {
    c->clamp.store(TRY(setting(py, v, 0, 1, "valid values for clamp are 0 or 1")));
    return {};
}
template <auto Field> Result<void> set_signals(Python& py, Self c, Borrowed<> v) {
    ((*c).*Field)->bits.store(TRY(signals_from(py, v, false)));
    return {};
}
template <auto Field> Result<void> set_signals_or_list(Python& py, Self c, Borrowed<> v) {
    ((*c).*Field)->bits.store(TRY(signals_from(py, v, true)));
    return {};
}

using Setter = Result<void> (*)(Python&, Self, Borrowed<>);
template <Setter Set> Value setter(Python& py, Value self, Value value) {
    if (value.is_null()) {
        (void)raise(py, exc::AttributeError, "context attributes cannot be deleted");
        return {};
    }
    return Set(py, as<DecimalContext>(self), Borrowed<>(value)).raised() ? Value{} : kNone;
}
template <auto Field> Value get_number(Python& py, Value self) {
    return make_int(py, std::int64_t((static_cast<DecimalContext*>(self.pointer())->*Field).load())).release();
}
Value get_rounding(Python& py, Value self) {
    return make_interned(py, kRoundings[int(as<DecimalContext>(self)->rounding.load())]).release();
}
template <auto Field> Value get_signals(Python&, Value self) {
    return Borrowed<>(*(static_cast<DecimalContext*>(self.pointer())->*Field)).share().release();
}
constexpr GetSetDef getsets[] = {
    {"prec", get_number<&DecimalContext::prec>, setter<set_prec>, "how many digits results have"},
    {"Emax", get_number<&DecimalContext::emax>, setter<set_emax>, "the largest exponent"},
    {"Emin", get_number<&DecimalContext::emin>, setter<set_emin>, "the smallest exponent of normal numbers"},
    {"rounding", get_rounding, setter<set_rounding>, "the rounding mode"},
    {"capitals", get_number<&DecimalContext::capitals>, setter<set_capitals>, "whether exponents are shown with a capital E"},
    {"clamp", get_number<&DecimalContext::clamp>, setter<set_clamp>, "whether exponents are held down to Etop()"},
    {"flags", get_signals<&DecimalContext::flags>, setter<set_signals<&DecimalContext::flags>>, "the signals that arose"},
    {"traps", get_signals<&DecimalContext::traps>, setter<set_signals<&DecimalContext::traps>>, "the signals that raise"},
};

struct Setting {
    char const* name;
    Setter set;
};
constexpr Setting kSettings[] = {
    {"prec", set_prec},         {"rounding", set_rounding}, {"Emin", set_emin},
    {"Emax", set_emax},         {"capitals", set_capitals}, {"clamp", set_clamp},
    {"flags", set_signals_or_list<&DecimalContext::flags>}, {"traps", set_signals_or_list<&DecimalContext::traps>},
};

Result<void> unexpected(Thread& t, Borrowed<Str> name) {
    return raise(t, exc::TypeError, "this function got an unexpected keyword argument '{}'", name);
}
Result<void> set_by_name(Python& py, Self c, Borrowed<Str> name, Borrowed<> v) {
    for (Setting const& s : kSettings) {
        if (equal(*name, s.name)) return v.is(kNone) ? Result<void>() : s.set(py, c, v);
    }
    return unexpected(py, name);
}

Result<void> init_context(Python& py, Self c, Value const* args, std::size_t n, Tuple* names) {
    std::size_t given = n + (names ? names->size : 0);
    if (given > 8) return raise(py, exc::TypeError, "function takes at most 8 arguments ({} given)", given);
    Value words[8] = {};
    for (std::size_t i = 0; i < n; ++i) words[i] = args[i];
    for (std::size_t i = 0; names && i < names->size; ++i) {
        Borrowed<Str> name = as<Str>(names->slots[i]);
        std::size_t k = 0;
        while (k < 8 && !equal(*name, kSettings[k].name)) ++k;
        if (k == 8) return unexpected(py, name);
        if (words[k]) return raise(py, exc::TypeError, "argument for function given by name ('{}') and position ({})", name, k + 1);
        words[k] = args[n + i];
    }
    for (std::size_t k = 0; k < 8; ++k) {
        if (words[k] && words[k] != kNone) CHECK(kSettings[k].set(py, c, Borrowed<>(words[k])));
    }
    return {};
}
Value init_thunk(Python& py, Value self, Value const* args, std::size_t n, Tuple* names) {
    return init_context(py, as<DecimalContext>(self), args, n, names).raised() ? Value{} : kNone;
}
// What isn't given is as in the default context.
Value new_context(Python& py, Type& type, Value const*, std::size_t, Tuple*) {
    auto run = [&]() -> Result<Ref<>> {
        Ref<DecimalContext> c = TRY(make_context(py, type));
        DecimalContext& d = *shared().default_context;
        c->prec.store(d.prec.load());
        c->emax.store(d.emax.load());
        c->emin.store(d.emin.load());
        c->rounding.store(d.rounding.load());
        c->clamp.store(d.clamp.load());
        c->capitals.store(d.capitals.load());
        c->traps->bits.store(d.traps->bits.load());
        return c;
    };
    return run().release();
}

Result<Ref<>> to_repr(Python& py, Self c) {
    std::string text = "Context(prec=" + std::to_string(c->prec.load()) + ", rounding=" + kRoundings[int(c->rounding.load())] +
                       ", Emin=" + std::to_string(c->emin.load()) + ", Emax=" + std::to_string(c->emax.load()) +
                       ", capitals=" + (c->capitals.load() ? "1" : "0") + ", clamp=" + (c->clamp.load() ? "1" : "0") +
                       ", flags=" + signal_names(c->flags->bits.load()) + ", traps=" + signal_names(c->traps->bits.load()) + ")";
    return TRY(make_str(py, text));
}
Result<Ref<>> reduce(Python& py, Self c) {
    auto number = [&](std::int64_t n) { return make_int(py, n); };
    Ref<> prec = TRY(number(c->prec.load())), emin = TRY(number(c->emin.load())), emax = TRY(number(c->emax.load()));
    Ref<> rounding = TRY(make_interned(py, kRoundings[int(c->rounding.load())]));
    Ref<> flags = TRY(signal_list(py, c->flags->bits.load())), traps = TRY(signal_list(py, c->traps->bits.load()));
    Ref<> args = TRY(make_tuple_of(py, std::move(prec), std::move(rounding), std::move(emin), std::move(emax),
                                   Ref<>::immediate(Value::of_int(c->capitals.load())), Ref<>::immediate(Value::of_int(c->clamp.load())),
                                   std::move(flags), std::move(traps)));
    return make_tuple_of(py, share(Value::of(&type_of(c.get()))), std::move(args));
}
Result<Ref<>> copy(Python& py, Self c) { return TRY(copy_context_of(py, *c)); }
void clear_flags(Thread&, Self c) { c->flags->bits.store(0); }
void clear_traps(Thread&, Self c) { c->traps->bits.store(0); }
std::int64_t etiny(Thread&, Self c) { return work_of(*c).etiny(); }
std::int64_t etop(Thread&, Self c) { return work_of(*c).etop(); }
Result<Ref<>> radix(Thread& t, Self) { return TRY(make_decimal(t, Number(false, 10, 0))); }

// ---- operations

template <Unary Op> Result<Ref<>> unary(Python& py, Self c, Borrowed<> x) {
    CHECK(check_operand(py, x));
    Operand a(x.value());
    return TRY(compute(py, *c, [&](Work& w) { return Op(a, w); }));
}
template <Binary Op> Result<Ref<>> binary(Python& py, Self c, Borrowed<> x, Borrowed<> y) {
    CHECK(check_operand(py, x));
    CHECK(check_operand(py, y));
    Operand a(x.value()), b(y.value());
    return TRY(compute(py, *c, [&](Work& w) { return Op(a, b, w); }));
}
Number integral_value(View const& a, Work& w) { return to_integral(a, Exactness::ignored, w); }
Number integral_exact(View const& a, Work& w) { return to_integral(a, Exactness::signaled, w); }

// What Decimal's method of that name does; x may be an int.
Result<Ref<Decimal>> as_decimal(Python& py, Borrowed<> x) {
    CHECK(check_operand(py, x));
    if (is<Decimal>(x)) return as<Decimal>(x).share();
    Operand a(x.value());
    return make_decimal(py, decimal_type, a);
}
template <char const* Text> Result<Ref<>> by_method(Python& py, Self c, Borrowed<> x) {
    Ref<Decimal> d = TRY(as_decimal(py, x));
    (void)c;
    return call_method_with(py, d, TRY(make_interned(py, Text)));
}
template <char const* Text> Result<Ref<>> by_method_in(Python& py, Self c, Borrowed<> x) {
    Ref<Decimal> d = TRY(as_decimal(py, x));
    return call_method_with(py, d, TRY(make_interned(py, Text)), Borrowed<>(c));
}
template <char const* Text> Result<Ref<>> by_method2(Python& py, Self c, Borrowed<> x, Borrowed<> y) {
    Ref<Decimal> a = TRY(as_decimal(py, x)), b = TRY(as_decimal(py, y));
    return call_method_with(py, a, TRY(make_interned(py, Text)), b, Borrowed<>(c));
}
#define TEXT(name) constexpr char k_##name[] = #name;
TEXT(is_finite) TEXT(is_infinite) TEXT(is_nan) TEXT(is_normal) TEXT(is_qnan) TEXT(is_signed) TEXT(is_snan)
TEXT(is_subnormal) TEXT(is_zero) TEXT(copy_abs) TEXT(copy_negate) TEXT(number_class) TEXT(to_eng_string)
TEXT(compare_total) TEXT(compare_total_mag) TEXT(copy_sign) TEXT(same_quantum)
#undef TEXT

Result<Ref<>> canonical(Python& py, Self, Borrowed<> x) {
    if (!is<Decimal>(x)) return raise(py, exc::TypeError, "argument must be a Decimal");
    return x.share();
}
Result<bool> is_canonical(Python& py, Self c, Borrowed<> x) {
    CHECK(canonical(py, c, x));
    return true;
}
Result<Ref<>> copy_decimal(Python& py, Self, Borrowed<> x) { return TRY(as_decimal(py, x)); }
Result<Ref<>> apply(Python& py, Self c, Borrowed<> x) {
    CHECK(check_operand(py, x));
    Operand a(x.value());
    return TRY(compute(py, *c, [&](Work& w) { return finished(Number(a), w); }));
}
Result<Ref<Str>> to_sci_string(Python& py, Self c, Borrowed<> x) {
    CHECK(check_operand(py, x));
    Operand a(x.value());
    return make_str(py, to_text(a, c->capitals.load()));
}
Result<Ref<>> divmod_method(Python& py, Self c, Borrowed<> x, Borrowed<> y) {
    CHECK(check_operand(py, x));
    CHECK(check_operand(py, y));
    Work w = work_of(*c);
    Number quotient, rest;
    divmod(quotient, rest, Operand(x.value()), Operand(y.value()), w);
    if (w.status) CHECK(add_status(py, *c, w.status));
    Ref<Decimal> first = TRY(make_decimal(py, quotient)), second = TRY(make_decimal(py, rest));
    return make_tuple_of(py, std::move(first), std::move(second));
}
Result<Ref<>> fma_method(Python& py, Self c, Borrowed<> x, Borrowed<> y, Borrowed<> z) {
    for (Borrowed<> v : {x, y, z}) CHECK(check_operand(py, v));
    Operand a(x.value()), b(y.value()), d(z.value());
    return TRY(compute(py, *c, [&](Work& w) { return fma(a, b, d, w); }));
}
Result<Ref<>> power_method(Python& py, Self c, Borrowed<> x, Borrowed<> y, Optional<> modulo) {
    CHECK(check_operand(py, x));
    CHECK(check_operand(py, y));
    Operand a(x.value()), b(y.value());
    if (!modulo || modulo.value() == kNone) return TRY(compute(py, *c, [&](Work& w) { return power(a, b, w); }));
    CHECK(check_operand(py, *modulo));
    Operand m(modulo.value());
    return TRY(compute(py, *c, [&](Work& w) { return power_modulo(a, b, m, w); }));
}

constexpr MethodDef methods[] = {
    def<unary<absolute>>("abs", "x, /", "The absolute value."),
    def<unary<exp>>("exp", "x, /", "e ** x."),
    def<unary<ln>>("ln", "x, /", "The natural logarithm."),
    def<unary<log10>>("log10", "x, /", "The logarithm to base ten."),
    def<unary<minus>>("minus", "x, /", "-x."),
    def<unary<next_minus>>("next_minus", "x, /", "The next smaller number."),
    def<unary<next_plus>>("next_plus", "x, /", "The next larger number."),
    def<unary<normalize>>("normalize", "x, /", "x without zeros at its end."),
    def<unary<plus>>("plus", "x, /", "+x."),
    def<unary<integral_value>>("to_integral", "x, /", "x rounded to an integer."),
    def<unary<integral_value>>("to_integral_value", "x, /", "x rounded to an integer."),
    def<unary<integral_exact>>("to_integral_exact", "x, /", "x rounded to an integer, signaling Inexact or Rounded."),
    def<unary<square_root>>("sqrt", "x, /", "The square root."),
    def<unary<logb>>("logb", "x, /", "The exponent of the first digit."),
    def<unary<logical_invert>>("logical_invert", "x, /", "Digit by digit: not."),
    def<binary<add>>("add", "x, y, /", "x + y."),
    def<binary<subtract>>("subtract", "x, y, /", "x - y."),
    def<binary<multiply>>("multiply", "x, y, /", "x * y."),
    def<binary<divide>>("divide", "x, y, /", "x / y."),
    def<binary<divide_integer>>("divide_int", "x, y, /", "x // y."),
    def<binary<remainder>>("remainder", "x, y, /", "x % y."),
    def<binary<remainder_near>>("remainder_near", "x, y, /", "The remainder of least size."),
    def<binary<compare_number>>("compare", "x, y, /", "-1, 0 or 1, or NaN."),
    def<binary<compare_signal>>("compare_signal", "x, y, /", "The same; all NaNs signal."),
    def<binary<max>>("max", "x, y, /", "The larger one."),
    def<binary<max_magnitude>>("max_mag", "x, y, /", "The one of larger size."),
    def<binary<min>>("min", "x, y, /", "The smaller one."),
    def<binary<min_magnitude>>("min_mag", "x, y, /", "The one of smaller size."),
    def<binary<next_toward>>("next_toward", "x, y, /", "The nearest number to x in the direction of y."),
    def<binary<quantize>>("quantize", "x, y, /", "x with the exponent of y."),
    def<binary<logical_and>>("logical_and", "x, y, /", "Digit by digit: and."),
    def<binary<logical_or>>("logical_or", "x, y, /", "Digit by digit: or."),
    def<binary<logical_xor>>("logical_xor", "x, y, /", "Digit by digit: exclusive or."),
    def<binary<rotate>>("rotate", "x, y, /", "The digits of x rotated by y places."),
    def<binary<scaleb>>("scaleb", "x, y, /", "x with its exponent changed by y."),
    def<binary<shift>>("shift", "x, y, /", "The digits of x shifted by y places."),
    def<by_method2<k_compare_total>>("compare_total", "x, y, /", "-1, 0 or 1 by the total order."),
    def<by_method2<k_compare_total_mag>>("compare_total_mag", "x, y, /", "The same without signs."),
    def<by_method2<k_copy_sign>>("copy_sign", "x, y, /", "x with the sign of y."),
    def<by_method2<k_same_quantum>>("same_quantum", "x, y, /", "Whether x and y have the same exponent."),
    def<divmod_method>("divmod", "x, y, /", "(x // y, x % y)."),
    def<fma_method>("fma", "x, y, z, /", "x * y + z, rounded once."),
    def<power_method>("power", "a, b, modulo=None", "a ** b, perhaps reduced modulo a third number."),
    def<is_canonical>("is_canonical", "x, /", "True."),
    def<by_method<k_is_finite>>("is_finite", "x, /", "Whether x is finite."),
    def<by_method<k_is_infinite>>("is_infinite", "x, /", "Whether x is an infinity."),
    def<by_method<k_is_nan>>("is_nan", "x, /", "Whether x is a NaN."),
    def<by_method_in<k_is_normal>>("is_normal", "x, /", "Whether x is normal."),
    def<by_method<k_is_qnan>>("is_qnan", "x, /", "Whether x is a quiet NaN."),
    def<by_method<k_is_signed>>("is_signed", "x, /", "Whether x has a negative sign."),
    def<by_method<k_is_snan>>("is_snan", "x, /", "Whether x is a signaling NaN."),
    def<by_method_in<k_is_subnormal>>("is_subnormal", "x, /", "Whether x is subnormal."),
    def<by_method<k_is_zero>>("is_zero", "x, /", "Whether x is zero."),
    def<by_method<k_copy_abs>>("copy_abs", "x, /", "The absolute value, never rounded."),
    def<by_method<k_copy_negate>>("copy_negate", "x, /", "x with the other sign, never rounded."),
    def<by_method_in<k_number_class>>("number_class", "x, /", "A word for the kind of number."),
    def<by_method_in<k_to_eng_string>>("to_eng_string", "x, /", "As text, with exponents that are multiples of three."),
    def<to_sci_string>("to_sci_string", "x, /", "As text."),
    def<canonical>("canonical", "x, /", "x."),
    def<copy_decimal>("copy_decimal", "x, /", "x as a Decimal, never rounded."),
    def<apply>("_apply", "x, /", "x rounded."),
    def<create_decimal>("create_decimal", "num=<unrepresentable>, /", "A Decimal of any value, rounded."),
    def<create_decimal_from_float>("create_decimal_from_float", "f, /", "A Decimal of a float, rounded."),
    def<etiny>("Etiny", "", "The smallest exponent."),
    def<etop>("Etop", "", "The largest exponent of a number with all its digits."),
    def<radix>("radix", "", "Decimal(10)."),
    def<clear_flags>("clear_flags", "", "Take all flags away."),
    def<clear_traps>("clear_traps", "", "Take all traps away."),
    def<copy>("copy", "", "A copy."),
    def<copy>("__copy__", "", "A copy."),
    def<reduce>("__reduce__", "", "For pickle."),
};
constexpr SlotDef slots[] = {slot<Dunder::repr, to_repr>};
constexpr TypeDef context_def{
    .name = "decimal.Context",
    .doc = "How Decimals are computed: precision, limits, rounding, and what is signaled.",
    .signature = "prec=None, rounding=None, Emin=None, Emax=None, capitals=None, clamp=None, flags=None, traps=None",
    .size = sizeof(DecimalContext),
    .flags = type_flag::subclassable,
    .hooks = hooks_of<DecimalContext>(),
    .new_ = new_context,
    .init = init_thunk,
    .methods = methods,
    .slots = slots,
    .getsets = getsets};

// ---- the current context

struct ContextManager : Object {
    Fixed<DecimalContext> local, global;
    ContextManager(Ref<DecimalContext> l, Ref<DecimalContext> g) : local(std::move(l)), global(std::move(g)) {}
    static constexpr auto fields = std::tuple{&ContextManager::local, &ContextManager::global};
    static Type& type() { return context_manager_type; }
};
Result<Ref<>> enter(Python& py, Borrowed<ContextManager> self) {
    CHECK(setcontext(py, *self->local));
    return self->local.share();
}
Result<bool> leave(Python& py, Borrowed<ContextManager> self, Args) {
    CHECK(setcontext(py, *self->global));
    return false;
}
constexpr MethodDef manager_methods[] = {
    def<enter>("__enter__", "", "Make the context the current one."),
    def<leave>("__exit__", "*args", "Make the earlier context the current one again."),
};
constexpr TypeDef manager_def{.name = "decimal.ContextManager", .size = sizeof(ContextManager), .flags = type_flag::disallow_new,
                              .hooks = hooks_of<ContextManager>(), .methods = manager_methods};

}  // namespace

ORO_TYPE(context_type, context_def);
ORO_TYPE(context_manager_type, manager_def);

Result<Ref<>> getcontext(Python& py) { return TRY(current_decimal_context(py)); }
Result<void> setcontext(Python& py, Borrowed<> context) {
    if (!is<DecimalContext>(context)) return raise(py, exc::TypeError, "argument must be a context");
    Ref<> c = context.share();
    // The templates stay as they are.
    for (auto* fixed : {&shared().default_context, &shared().basic_context, &shared().extended_context}) {
        if (!fixed->is(context.value())) continue;
        Ref<DecimalContext> own = TRY(copy_context_of(py, *as<DecimalContext>(context)));
        own->flags->bits.store(0);
        c = std::move(own);
    }
    CHECK(context_var_set(py, Borrowed<ContextVar>(shared().current), std::move(c)));
    return {};
}
Value localcontext(Python& py, Native&, Value, Value const* args, std::size_t n, Tuple* names) {
    auto run = [&]() -> Result<Ref<>> {
        Value given = n ? args[0] : Value{};
        if (n > 1) return raise(py, exc::TypeError, "function takes at most 1 positional argument ({} given)", n);
        for (std::size_t i = 0; names && i < names->size; ++i) {
            if (equal(*as<Str>(names->slots[i]), "ctx")) given = args[n + i];
        }
        Ref<DecimalContext> global = TRY(current_decimal_context(py));
        Ref<DecimalContext> from = TRY(context_from(py, Optional<>(given)));
        Ref<DecimalContext> local = TRY(copy_context_of(py, *from));
        for (std::size_t i = 0; names && i < names->size; ++i) {
            if (!equal(*as<Str>(names->slots[i]), "ctx")) CHECK(set_by_name(py, local, as<Str>(names->slots[i]), Borrowed<>(args[n + i])));
        }
        return make<ContextManager>(py, context_manager_type, std::move(local), std::move(global));
    };
    return run().release();
}
Result<Ref<>> ieee_context(Python& py, Borrowed<> bits_object) {
    std::int64_t bits = TRY(setting(py, bits_object, INT64_MIN, INT64_MAX, ""));
    if (bits <= 0 || bits > 512 || bits % 32 != 0)
        return raise(py, exc::ValueError, "argument must be a multiple of 32, with a maximum of 512");
    Ref<DecimalContext> c = TRY(make_context(py, context_type));
    c->prec.store(9 * (bits / 32) - 2);
    c->emax.store(3 * (std::int64_t(1) << (bits / 16 + 3)));
    c->emin.store(1 - c->emax.load());
    c->clamp.store(true);
    return c;
}

}  // namespace oro::decimal
