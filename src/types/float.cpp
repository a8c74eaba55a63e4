// float: the type's table, methods and constructor. Arithmetic is in float_arith.cpp.
#include "types/float_ops.h"

#include <cmath>

#include "base/float_format.h"
#include "base/hash.h"
#include "object/bytes.h"

namespace oro {

namespace {

double number_of(Borrowed<> self) { return float_number(self.value()); }

Result<Ref<Str>> repr_float(Thread& t, Borrowed<> self) {
    char text[kReprRoom];
    std::size_t n = write_repr(number_of(self), std::span<char, kReprRoom>(text));
    return make_str(t, std::string_view(text, n));
}

// A NaN hashes by identity; it is never an immediate.
std::int64_t hash_of_float(Thread&, Borrowed<> self) {
    double d = number_of(self);
    return is_nan(d) ? hash_address(self.value().bits) : hash_double(d);
}

bool is_true(Thread&, Borrowed<> self) { return number_of(self) != 0; }
double negative(Thread&, Borrowed<> self) { return -number_of(self); }
double plain(Thread&, Borrowed<> self) { return number_of(self); }
double absolute_value(Thread&, Borrowed<> self) { return std::fabs(number_of(self)); }
Result<Ref<>> truncated(Thread& t, Borrowed<> self) { return int_from_double(t, number_of(self)); }
Result<Ref<>> floored(Thread& t, Borrowed<> self) { return int_from_double(t, std::floor(number_of(self))); }
Result<Ref<>> ceiled(Thread& t, Borrowed<> self) { return int_from_double(t, std::ceil(number_of(self))); }

// The float itself where it is one already, so that float(x) is x for boxed ones too.
Result<Ref<>> as_float(Thread& t, Borrowed<> self) {
    if (&type_of(self) == &float_type) return self.share();
    return make_float(t, number_of(self));
}

Result<Ref<>> compare_floats(Thread&, Borrowed<> self, Borrowed<> other, Compare op) {
    double a = number_of(self);
    Value v = other.value();
    std::partial_ordering order = std::partial_ordering::unordered;
    if (is_any_float(v)) order = a <=> float_number(v);
    else if (!is_any_int(v)) return not_implemented();
    else if (is_infinity(a)) order = a <=> 0.0;
    else if (!is_nan(a)) order = 0 <=> compare(PlainInt(int_number(v)), a);
    return Ref<>::immediate(Value::of_bool(holds(order, op)));
}

// ---- methods

bool is_integer(Thread&, Borrowed<> self) {
    double d = number_of(self);
    return is_finite(d) && std::floor(d) == d;
}

Result<Ref<>> as_integer_ratio(Thread& t, Borrowed<> self) {
    double d = number_of(self);
    if (is_infinity(d)) return raise(t, exc::OverflowError, "cannot convert Infinity to integer ratio");
    if (is_nan(d)) return raise(t, exc::ValueError, "cannot convert NaN to integer ratio");
    IntRatio ratio = integer_ratio(d);
    Ref<> numerator = TRY(make_int(t, ratio.numerator));
    Ref<> denominator = TRY(make_int(t, ratio.denominator));
    return make_tuple_of(t, std::move(numerator), std::move(denominator));
}

Result<Ref<Str>> hex(Thread& t, Borrowed<> self) { return make_str(t, std::string_view(hex_double(number_of(self)))); }

Result<Ref<>> of_class(Python& py, Borrowed<> cls, Ref<> number) {
    if (cls.is(Value::of(&float_type))) return number;
    return call_with(py, cls, number);
}

Result<Ref<>> fromhex(Python& py, Borrowed<> cls, Borrowed<Str> string) {
    std::string_view text = TRY(utf8_of(py, string));
    double d;
    switch (parse_hex_double(strip_ascii_space(text), d)) {
        case FloatParse::done: break;
        case FloatParse::invalid: return raise(py, exc::ValueError, "invalid hexadecimal floating-point string");
        case FloatParse::overflow: return raise(py, exc::OverflowError, "hexadecimal value too large to represent as a float");
    }
    Ref<> number = TRY(make_float(py, d));
    return of_class(py, cls, std::move(number));
}

Result<Ref<>> from_number(Python& py, Borrowed<> cls, Borrowed<> number) {
    if (cls.is(Value::of(&float_type)) && &type_of(number) == &float_type) return number.share();
    double d = TRY(to_double(py, number));
    Ref<> result = TRY(make_float(py, d));
    return of_class(py, cls, std::move(result));
}

Result<Ref<>> round_method(Python& py, Borrowed<> self, Borrowed<> ndigits) {
    double d = number_of(self);
    if (ndigits.is(kNone)) {
        if (!is_finite(d)) return int_from_double(py, d);
        return int_from_double(py, std::nearbyint(d));  // the rounding mode is never changed: halves to even
    }
    std::int64_t digits = TRY(to_int64(py, ndigits, nullptr));
    double rounded;
    if (!is_finite(d)) return make_float(py, d);
    if (round_double(d, digits, rounded) == Rounding::overflow) {
        return raise(py, exc::OverflowError, "rounded value too large to represent");
    }
    return make_float(py, rounded);
}

Result<Ref<>> getnewargs(Thread& t, Borrowed<> self) {
    Ref<> number = TRY(make_float(t, number_of(self)));
    return make_tuple_of(t, std::move(number));
}

Result<Ref<Str>> getformat(Thread& t, Borrowed<>, Borrowed<Str> typestr) {
    if (equal(*typestr, "double") || equal(*typestr, "float")) return make_str(t, std::string_view("IEEE, little-endian"));
    return raise(t, exc::ValueError, "__getformat__() argument 1 must be 'double' or 'float'");
}

Result<Ref<Str>> format_method(Python& py, Borrowed<> self, Borrowed<Str> spec_text) {
    if (spec_text->length() == 0) return str(py, self);
    std::string name = type_name_of(self.value());
    FormatSpec spec;
    FormatResult status = parse_format_spec(wtf8_of(*spec_text), FormatKind::floating, name, spec);
    if (!status.ok()) return raise_format_error(py, status);
    std::string storage[3], out;
    status = format_float(spec, number_of(self), name, numeric_locale(spec, storage), out);
    if (!status.ok()) return raise_format_error(py, status);
    return make_str(py, std::string_view(out));
}

std::int64_t size_of(Thread&, Borrowed<> self) {
    return self.value().is_float() ? std::int64_t(sizeof(Value)) : std::int64_t(sizeof(FloatObject));
}

Value get_plain(Python& py, Value self) { return make_float(py, float_number(self)).release(); }
Value get_zero(Python&, Value) { return Value::of_float(0); }

// ---- constructor

Result<double> float_from_text(Python& py, Borrowed<> original, std::string_view text) {
    double d;
    if (parse_double(text, d) != FloatParse::done) {
        Ref<Str> shown = TRY(repr(py, original));
        return raise(py, exc::ValueError, "could not convert string to float: {}", shown);
    }
    return d;
}

Value float_new(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    auto run = [&]() -> Result<Ref<>> {
        if (names && names->size > 0 && type.init.load(std::memory_order_relaxed) == float_type.init.load(std::memory_order_relaxed)) {
            return raise(py, exc::TypeError, "float() takes no keyword arguments");
        }
        if (n > 1) return raise(py, exc::TypeError, "float expected at most 1 argument, got {}", n);
        Ref<> number = Ref<>::immediate(Value::of_float(0));
        if (n == 1) number = TRY(to_float(py, Borrowed<>(args[0])));
        if (&type == &float_type) return number;
        return make<FloatObject>(py, type, float_number(number.value()));
    };
    return run().release();
}

constexpr MethodDef kMethods[] = {
    class_def<from_number>("from_number", "number, /", "Make a float of a real number, but not of text."),
    def<plain>("conjugate", "", "The number itself: a float has no imaginary part."),
    def<truncated>("__trunc__", "", "The number without its fraction, as an int."),
    def<floored>("__floor__", "", "The largest int that isn't above the number."),
    def<ceiled>("__ceil__", "", "The smallest int that isn't below the number."),
    def<round_method>("__round__", "ndigits=None, /", "The nearest int, halves to even; or, with ndigits, the nearest float of that many decimals."),
    def<as_integer_ratio>("as_integer_ratio", "", "The exact value as a pair of ints, in lowest terms, the denominator positive.\n\n>>> (-.25).as_integer_ratio()\n(-1, 4)"),
    class_def<fromhex>("fromhex", "string, /", "Make a float of what hex() wrote.\n\n>>> float.fromhex('-0x1p-1074')\n-5e-324"),
    def<hex>("hex", "", "The exact value in hexadecimal.\n\n>>> 3.14159.hex()\n'0x1.921f9f01b866ep+1'"),
    def<is_integer>("is_integer", "", "Whether the number has no fraction."),
    def<getnewargs>("__getnewargs__", "", ""),
    class_def<getformat>("__getformat__", "typestr, /", "How C's 'double' or 'float' is stored; for tests."),
    def<format_method>("__format__", "format_spec, /", "The number as text in the given format."),
    def<size_of>("__sizeof__", "", "Bytes in memory."),
};

constexpr SlotDef kSlots[] = {
    slot<Dunder::repr, repr_float>,
    slot<Dunder::hash, hash_of_float>,
    ORO_COMPARE_SLOTS(compare_floats),
    number_slot<Dunder::add, float_add>,
    number_slot<Dunder::sub, float_sub>,
    number_slot<Dunder::mul, float_mul>,
    number_slot<Dunder::mod, float_mod>,
    number_slot<Dunder::divmod, float_divmod>,
    number_slot<Dunder::pow, float_pow>,
    slot<Dunder::neg, negative>,
    slot<Dunder::pos, plain>,
    slot<Dunder::abs, absolute_value>,
    slot<Dunder::bool_, is_true>,
    slot<Dunder::int_, truncated>,
    slot<Dunder::float_, as_float>,
    number_slot<Dunder::floordiv, float_floordiv>,
    number_slot<Dunder::truediv, float_truediv>,
};

constexpr GetSetDef kGetSets[] = {
    {"real", get_plain, nullptr, "the number itself"},
    {"imag", get_zero, nullptr, "the imaginary part, 0.0"},
};

constexpr TypeDef kFloatDef{
    .name = "float",
    .doc = "Make a float of a number, or of text that spells one.",
    .signature = "x=0, /",
    .size = sizeof(FloatObject),
    .flags = type_flag::lasting | type_flag::subclassable | type_flag::float_ | type_flag::match_self,
    .new_ = float_new,
    .methods = kMethods,
    .slots = kSlots,
    .getsets = kGetSets,
};

}  // namespace

Result<Ref<>> to_float(Python& py, Borrowed<> v) {
    Value w = v.value();
    if (w.is_float() || (w.is_pointer() && &type_of(v) == &float_type)) return v.share();
    if (!has_float_or_index(w) && !is_any_float(w)) {
        NumberSource source = TRY(number_source(py, v));
        if (!source.is_text) {
            return raise(py, exc::TypeError, "float() argument must be a string or a real number, not '{}'", TypeName{w});
        }
        double d = TRY(float_from_text(py, v, source.text()));
        return make_float(py, d);
    }
    // A subclass of float may convert in a way of its own.
    SlotFn convert = is_any_float(w) ? type_of(v).slot(Dunder::float_) : nullptr;
    bool own = convert && convert != float_type.slot(Dunder::float_);
    double d = TRY(own ? ask_float(py, v, convert) : to_double(py, v));
    return make_float(py, d);
}

ORO_TYPE(float_type, kFloatDef);

}  // namespace oro
