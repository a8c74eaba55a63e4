// Signals: their classes, the mappings of a context, and raising them.
#include "modules/_decimal/decimal.h"
#include "object/dict.h"
#include "object/exception.h"
#include "object/import.h"
#include "object/list.h"

namespace oro::decimal {

using condition::clamped, condition::conversion_syntax, condition::division_by_zero, condition::division_impossible,
    condition::division_undefined, condition::float_operation, condition::inexact, condition::invalid_context,
    condition::invalid_operation, condition::out_of_memory, condition::overflow, condition::rounded, condition::subnormal,
    condition::underflow;

constinit std::atomic<Shared*> shared_state{nullptr};

SignalInfo const kSignals[9] = {
    {"InvalidOperation", condition::invalid},  {"FloatOperation", float_operation}, {"DivisionByZero", division_by_zero},
    {"Overflow", overflow},         {"Underflow", underflow},            {"Subnormal", subnormal},
    {"Inexact", inexact},           {"Rounded", rounded},                {"Clamped", clamped},
};
SignalInfo const kConditions[4] = {
    {"ConversionSyntax", conversion_syntax},
    {"DivisionImpossible", division_impossible},
    {"DivisionUndefined", division_undefined},
    {"InvalidContext", invalid_context},
};

namespace {

// class name(*bases) of the module decimal
Result<Ref<>> make_class_of(Python& py, char const* name, Ref<Tuple> bases, char const* module = "decimal", Optional<Type> metaclass = {}) {
    Ref<Dict> ns = TRY(make_dict(py));
    CHECK(dict_set(py, *ns, name::dunder_module(), TRY(make_str(py, std::string_view(module)))));
    Ref<Str> text = TRY(make_str(py, std::string_view(name)));
    Ref<> made = TRY(call_with(py, metaclass ? Borrowed<>(metaclass.value()) : Borrowed<>(Value::of(&type_type)), text, bases, ns));
    detail::make_immortal(static_cast<Object*>(made.value().pointer()));
    return made;
}
template <class... B> Result<Ref<>> exception_class(Python& py, char const* name, B const&... bases) {
    return make_class_of(py, name, TRY(make_tuple_of(py, share(Borrowed<>(bases).value())...)));
}
Borrowed<> builtin_class(Type& type) { return Borrowed<>(Value::of(&type)); }

Result<Ref<DecimalContext>> fixed_context(Python& py, std::int64_t prec, Rounding rounding, std::uint32_t traps) {
    Ref<DecimalContext> c = TRY(make_context(py, context_type));
    c->prec.store(prec);
    c->rounding.store(rounding);
    c->traps->bits.store(traps);
    return c;
}

}  // namespace

Result<void> make_shared_state(Python& py) {
    if (shared_state.load(std::memory_order_acquire)) return {};
    Ref<> base = TRY(exception_class(py, "DecimalException", builtin_class(exc::ArithmeticError)));
    Ref<> clamped_class = TRY(exception_class(py, "Clamped", base)), rounded_class = TRY(exception_class(py, "Rounded", base));
    Ref<> inexact_class = TRY(exception_class(py, "Inexact", base)), subnormal_class = TRY(exception_class(py, "Subnormal", base));
    Ref<> invalid_class = TRY(exception_class(py, "InvalidOperation", base));
    Ref<> zero_class = TRY(exception_class(py, "DivisionByZero", base, builtin_class(exc::ZeroDivisionError)));
    Ref<> float_class = TRY(exception_class(py, "FloatOperation", base, builtin_class(exc::TypeError)));
    Ref<> overflow_class = TRY(exception_class(py, "Overflow", inexact_class, rounded_class));
    Ref<> underflow_class = TRY(exception_class(py, "Underflow", inexact_class, rounded_class, subnormal_class));
    Ref<> syntax_class = TRY(exception_class(py, "ConversionSyntax", invalid_class));
    Ref<> impossible_class = TRY(exception_class(py, "DivisionImpossible", invalid_class));
    Ref<> undefined_class = TRY(exception_class(py, "DivisionUndefined", invalid_class, builtin_class(exc::ZeroDivisionError)));
    Ref<> context_class = TRY(exception_class(py, "InvalidContext", invalid_class));

    Ref<> mapping = TRY(import_attribute(py, "collections.abc", "MutableMapping"));
    Ref<Tuple> bases = TRY(make_tuple_of(py, share(Value::of(&signal_dict_type)), mapping.share()));
    Ref<> dict_class = TRY(make_class_of(py, "SignalDict", std::move(bases), "decimal", as<Type>(Value::of(&type_of(mapping.value())))));

    Ref<> namedtuple = TRY(import_attribute(py, "collections", "namedtuple"));
    Ref<> tuple_class = TRY(call_with(py, namedtuple, TRY(make_str(py, std::string_view("DecimalTuple"))),
                                      TRY(make_str(py, std::string_view("sign digits exponent")))));
    CHECK(set_attribute(py, tuple_class, name::dunder_module(), TRY(make_str(py, std::string_view("decimal")))));
    Ref<> rational = TRY(import_attribute(py, "numbers", "Rational"));
    Ref<ContextVar> current = TRY(make_context_var(py, "decimal_context"));

    auto* s =
        new Shared{std::move(base),
                   {std::move(invalid_class), std::move(float_class), std::move(zero_class), std::move(overflow_class),
                    std::move(underflow_class), std::move(subnormal_class), std::move(inexact_class), std::move(rounded_class),
                    std::move(clamped_class)},
                   {std::move(syntax_class), std::move(impossible_class), std::move(undefined_class), std::move(context_class)},
                   std::move(dict_class),
                   std::move(tuple_class),
                   std::move(rational),
                   Ref<DecimalContext>::adopt(Value{}),
                   Ref<DecimalContext>::adopt(Value{}),
                   Ref<DecimalContext>::adopt(Value{}),
                   std::move(current)};
    // Contexts need the class of their mappings.
    Shared* nobody = nullptr;
    if (!shared_state.compare_exchange_strong(nobody, s)) return {};
    s->default_context = TRY(fixed_context(py, 28, Rounding::half_even, condition::invalid | division_by_zero | overflow));
    s->basic_context = TRY(fixed_context(py, 9, Rounding::half_up, condition::invalid | division_by_zero | overflow | underflow | clamped));
    s->extended_context = TRY(fixed_context(py, 9, Rounding::half_even, 0));
    return {};
}

namespace {

constexpr char kBadSignal[] =
    "valid values for signals are:\n  [InvalidOperation, FloatOperation, DivisionByZero,\n   Overflow, Underflow, "
    "Subnormal, Inexact, Rounded,\n   Clamped]";

Raised bad_signal(Thread& t) { return raise_value(t, exc::KeyError, TRY(make_str(t, std::string_view(kBadSignal)))); }

}  // namespace

Result<std::uint32_t> signal_bits(Thread& t, Borrowed<> cls) {
    for (std::size_t i = 0; i < std::size(kSignals); ++i) {
        if (shared().signals[i].is(cls.value())) return kSignals[i].bits;
    }
    return bad_signal(t);
}

Result<std::uint32_t> signals_from(Python& py, Borrowed<> v, bool lists_allowed) {
    std::uint32_t bits = 0;
    if (is<SignalDict>(v)) return as<SignalDict>(v)->bits.load();
    if (is<List>(v) && lists_allowed) {
        for (std::size_t i = 0;; ++i) {
            Maybe<> item = list_get(py, *as<List>(v), i);
            if (!item) return bits;
            bits |= TRY(signal_bits(py, *item));
        }
    }
    if (is<Dict>(v)) {
        auto wrong = [&] { return raise_value(py, exc::KeyError, TRY(make_str(py, std::string_view("invalid signal dict")))); };
        if (as<Dict>(v)->size() != std::size(kSignals)) return wrong();
        for (std::size_t i = 0; i < std::size(kSignals); ++i) {
            Maybe<> on = TRY(dict_get_item(py, as<Dict>(v), shared().signals[i]));
            if (!on) return wrong();
            if (TRY(truth(py, *on))) bits |= kSignals[i].bits;
        }
        return bits;
    }
    return raise(py, exc::TypeError, "argument must be a signal dict");
}

Result<Ref<>> signal_list(Thread& t, std::uint32_t bits) {
    Ref<List> list = TRY(make_list(t));
    for (std::size_t i = 0; i < std::size(kSignals); ++i) {
        if (bits & kSignals[i].bits) CHECK(list_append(t, list, shared().signals[i].share()));
    }
    return list;
}

std::string signal_names(std::uint32_t bits) {
    // In the order of the conditions' bits.
    static constexpr std::uint8_t kOrder[] = {8, 0, 2, 6, 1, 3, 7, 5, 4};
    std::string text = "[";
    for (std::uint8_t i : kOrder) {
        if (!(bits & kSignals[i].bits)) continue;
        if (text.size() > 1) text += ", ";
        text += kSignals[i].name;
    }
    return text + "]";
}

Result<void> add_status(Python& py, DecimalContext& c, std::uint32_t status) {
    c.flags->bits.fetch_or(status & ~out_of_memory);
    if (status & out_of_memory) return raise_no_memory(py);
    std::uint32_t trapped = status & c.traps->bits.load();
    if (!trapped) return {};
    // The first signal's class is raised, with all that arose.
    Ref<List> all = TRY(make_list(py));
    Optional<> first;
    if (trapped & invalid_operation) CHECK(list_append(py, all, shared().signals[0].share()));
    for (std::size_t i = 0; i < std::size(kConditions); ++i) {
        if (trapped & kConditions[i].bits) CHECK(list_append(py, all, shared().conditions[i].share()));
    }
    for (std::size_t i = 0; i < std::size(kSignals); ++i) {
        if (!(trapped & kSignals[i].bits)) continue;
        if (i > 0) CHECK(list_append(py, all, shared().signals[i].share()));
        if (!first) first = Borrowed<>(shared().signals[i]);
    }
    return raise_object(py, TRY(call_with(py, *first, all)));
}

// ---- the mapping

Result<Ref<SignalDict>> make_signal_dict(Thread& t, std::uint32_t bits) {
    Ref<SignalDict> d = TRY(make<SignalDict>(t, *static_cast<Type*>(shared().signal_dict.value().pointer())));
    d->bits.store(bits);
    return d;
}

namespace {

using Self = Borrowed<SignalDict>;

// One that was made by calling the class belongs to no context.
constexpr std::uint32_t kNobodys = 1u << 31;
Result<std::uint32_t> bits_of(Thread& t, Self self) {
    std::uint32_t bits = self->bits.load();
    if (bits & kNobodys) return raise(t, exc::ValueError, "invalid signal dict");
    return bits;
}

Result<Ref<>> get_at(Thread& t, Self self, Borrowed<> key) {
    std::uint32_t own = TRY(bits_of(t, self)), bits = TRY(signal_bits(t, key));
    return Ref<>::immediate(Value::of_bool(own & bits));
}
Result<void> set_at(Python& py, Self self, Borrowed<> key, Borrowed<> value) {
    CHECK(bits_of(py, self));
    std::uint32_t bits = TRY(signal_bits(py, key));
    if (TRY(truth(py, value))) self->bits.fetch_or(bits);
    else self->bits.fetch_and(~bits);
    return {};
}
Result<void> delete_at(Thread& t, Self, Borrowed<>) { return raise(t, exc::ValueError, "signal keys cannot be deleted"); }
Result<std::int64_t> length_of(Thread& t, Self self) {
    CHECK(bits_of(t, self));
    return std::int64_t(std::size(kSignals));
}
Result<Ref<>> iterate(Python& py, Self self) {
    CHECK(bits_of(py, self));
    Ref<> all = TRY(signal_list(py, ~0u));
    Ref<Tuple> keys = TRY(tuple_from(py, all));
    return get_iterator(py, keys);
}
Result<Ref<>> copy(Python& py, Self self) {
    std::uint32_t bits = TRY(bits_of(py, self));
    Ref<Dict> d = TRY(make_dict(py));
    for (std::size_t i = 0; i < std::size(kSignals); ++i) {
        CHECK(dict_set_item(py, d, shared().signals[i], Ref<>::immediate(Value::of_bool(bits & kSignals[i].bits))));
    }
    return d;
}
Result<Ref<>> to_repr(Python& py, Self self) {
    std::string text = "{";
    std::uint32_t bits = TRY(bits_of(py, self));
    for (std::size_t i = 0; i < std::size(kSignals); ++i) {
        if (i) text += ", ";
        text += std::string("<class 'decimal.") + kSignals[i].name + "'>:" + (bits & kSignals[i].bits ? "True" : "False");
    }
    return TRY(make_str(py, text + "}"));
}
Result<Ref<>> compare_to(Python& py, Self self, Borrowed<> other, Compare op) {
    if ((op != Compare::eq && op != Compare::ne) || (!is<SignalDict>(other) && !is<Dict>(other))) return Ref<>::immediate(kNotImplemented);
    std::uint32_t ours = TRY(bits_of(py, self));
    if (is<SignalDict>(other)) CHECK(bits_of(py, as<SignalDict>(other)));
    auto bits = signals_from(py, other, false);
    if (bits.raised()) {
        if (!raised_is(py, exc::KeyError)) return Raised{};
        clear_raised(py);
        return raise(py, exc::ValueError, "invalid signal dict");
    }
    // Two conditions of one signal are the same flag.
    std::uint32_t theirs = std::move(bits).take();
    bool equal = true;
    for (SignalInfo const& s : kSignals) equal = equal && bool(theirs & s.bits) == bool(ours & s.bits);
    return Ref<>::immediate(Value::of_bool(equal == (op == Compare::eq)));
}
Value new_dict(Python& py, Type& type, Value const*, std::size_t, Tuple*) {
    auto made = make<SignalDict>(py, type);
    if (made.raised()) return {};
    Ref<SignalDict> d = std::move(made).take();
    d->bits.store(kNobodys);
    return d.release();
}

constexpr MethodDef methods[] = {def<copy>("copy", "", "The signals in a dict.")};
constexpr SlotDef slots[] = {slot<Dunder::getitem, get_at>, slot<Dunder::setitem, set_at>, slot<Dunder::delitem, delete_at>,
                             slot<Dunder::len, length_of>,  slot<Dunder::iter, iterate>,   slot<Dunder::repr, to_repr>,
                             ORO_COMPARE_SLOTS(compare_to)};
constexpr TypeDef signal_dict_def{.name = "decimal.SignalDictMixin", .size = sizeof(SignalDict), .flags = type_flag::subclassable,
                                  .hooks = hooks_of<SignalDict>(), .new_ = new_dict, .methods = methods, .slots = slots};

}  // namespace

ORO_TYPE(signal_dict_type, signal_dict_def);

}  // namespace oro::decimal
