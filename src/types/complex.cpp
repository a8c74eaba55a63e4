// complex: the type's table and methods. Arithmetic is in complex_arith.cpp, the constructor in complex_new.cpp.
#include <cmath>

#include "base/float_format.h"
#include "base/hash.h"
#include "types/complex_ops.h"

namespace oro {

namespace {

Result<Ref<Str>> repr_complex(Thread& t, Borrowed<Complex> self) {
    FloatStyle style;
    FloatStyle signed_style;
    signed_style.positive_sign = '+';
    std::string text;
    if (self->real == 0 && !is_negative(self->real)) {
        text = format_double(self->imag, style) + "j";
    } else {
        text = "(" + format_double(self->real, style) + format_double(self->imag, signed_style) + "j)";
    }
    return make_str(t, std::string_view(text));
}

std::int64_t hash_of_complex(Thread&, Borrowed<Complex> self) {
    auto part = [&](double d) { return is_nan(d) ? hash_address(self.value().bits) : hash_double(d); };
    return hash_complex(part(self->real), part(self->imag));
}

Result<Ref<>> compare_complex(Thread&, Borrowed<Complex> self, Borrowed<> other, Compare op) {
    if (op != Compare::eq && op != Compare::ne) return not_implemented();
    Value v = other.value();
    bool same;
    if (is<Complex>(v)) {
        auto o = as<Complex>(v);
        same = self->real == o->real && self->imag == o->imag;
    } else if (is_any_float(v)) {
        same = self->imag == 0 && self->real == float_number(v);
    } else if (is_any_int(v)) {
        same = self->imag == 0 && is_finite(self->real) && compare(PlainInt(int_number(v)), self->real) == 0;
    } else {
        return not_implemented();
    }
    return Ref<>::immediate(Value::of_bool(same == (op == Compare::eq)));
}

bool is_true(Thread&, Borrowed<Complex> self) { return self->real != 0 || self->imag != 0; }
Result<Ref<Complex>> negative(Thread& t, Borrowed<Complex> self) { return make_complex(t, -self->real, -self->imag); }
Result<Ref<Complex>> conjugate(Thread& t, Borrowed<Complex> self) { return make_complex(t, self->real, -self->imag); }

Result<Ref<Complex>> plain(Thread& t, Borrowed<Complex> self) {
    if (is_exact<Complex>(self.value())) return self.share();
    return make_complex(t, self->real, self->imag);
}

Result<double> absolute_value(Thread& t, Borrowed<Complex> self) {
    double size = std::hypot(self->real, self->imag);
    if (is_infinity(size) && is_finite(self->real) && is_finite(self->imag)) {
        return raise(t, exc::OverflowError, "absolute value too large");
    }
    return size;
}

Result<Ref<>> getnewargs(Thread& t, Borrowed<Complex> self) {
    Ref<> real = TRY(make_float(t, self->real));
    Ref<> imag = TRY(make_float(t, self->imag));
    return make_tuple_of(t, std::move(real), std::move(imag));
}

Result<Ref<Str>> format_method(Python& py, Borrowed<Complex> self, Borrowed<Str> spec_text) {
    if (spec_text->length() == 0) return str(py, self);
    std::string name = type_name_of(self.value());
    FormatSpec spec;
    FormatResult status = parse_format_spec(wtf8_of(*spec_text), FormatKind::complex, name, spec);
    if (!status.ok()) return raise_format_error(py, status);
    std::string storage[3], out;
    status = format_complex(spec, self->real, self->imag, name, numeric_locale(spec, storage), out);
    if (!status.ok()) return raise_format_error(py, status);
    return make_str(py, std::string_view(out));
}

Value get_real(Python& py, Value self) { return make_float(py, static_cast<Complex*>(self.pointer())->real).release(); }
Value get_imag(Python& py, Value self) { return make_float(py, static_cast<Complex*>(self.pointer())->imag).release(); }

constexpr MethodDef kMethods[] = {
    class_def<complex_from_number>("from_number", "number, /", "Make a complex of a number, but not of text."),
    def<conjugate>("conjugate", "", "The number with the sign of its imaginary part turned."),
    def<plain>("__complex__", "", "The number itself, of exact type complex."),
    def<getnewargs>("__getnewargs__", "", ""),
    def<format_method>("__format__", "format_spec, /", "The number as text in the given format."),
};

constexpr SlotDef kSlots[] = {
    slot<Dunder::repr, repr_complex>,
    slot<Dunder::hash, hash_of_complex>,
    ORO_COMPARE_SLOTS(compare_complex),
    number_slot<Dunder::add, complex_add>,
    number_slot<Dunder::sub, complex_sub>,
    number_slot<Dunder::mul, complex_mul>,
    number_slot<Dunder::pow, complex_pow>,
    slot<Dunder::neg, negative>,
    slot<Dunder::pos, plain>,
    slot<Dunder::abs, absolute_value>,
    slot<Dunder::bool_, is_true>,
    number_slot<Dunder::truediv, complex_truediv>,
};

constexpr GetSetDef kGetSets[] = {
    {"real", get_real, nullptr, "the real part"},
    {"imag", get_imag, nullptr, "the imaginary part"},
};

constexpr TypeDef kComplexDef{
    .name = "complex",
    .doc = "Make a complex number of text, of a number, or of a real and an imaginary part.",
    .signature = "real=0, imag=0",
    .size = sizeof(Complex),
    .flags = type_flag::lasting | type_flag::subclassable,
    .new_ = complex_new,
    .methods = kMethods,
    .slots = kSlots,
    .getsets = kGetSets,
};

}  // namespace

ORO_TYPE(complex_type, kComplexDef);

Type& Complex::type() { return complex_type; }

Result<Ref<Complex>> make_complex(Thread& t, double real, double imag) { return make<Complex>(t, complex_type, real, imag); }

}  // namespace oro
