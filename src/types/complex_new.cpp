// complex(): numbers and text to complex numbers.
#include "base/float_format.h"
#include "object/warn.h"
#include "types/complex_ops.h"

namespace oro {

namespace {

// The number that __complex__ gives, if the type has it.
struct Converted {
    bool found = false;
    ComplexNumber number{};
};

Result<Converted> by_method(Python& py, Borrowed<> v) {
    Converted result;
    if (is_exact<Complex>(v) || v.value().is_int() || v.value().is_float()) return result;
    Maybe<> converted = TRY(call_special(py, v, name::dunder_complex(), {}));
    if (!converted) return result;
    Ref<> r = std::move(converted).take();
    if (!is<Complex>(r)) return raise(py, exc::TypeError, "__complex__ returned non-complex (type {})", TypeName{r.value()});
    if (!is_exact<Complex>(r)) {
        CHECK(warn(py, exc::DeprecationWarning,
                   "__complex__ returned non-complex (type {}).  The ability to return an instance of a strict subclass of "
                   "complex is deprecated, and may be removed in a future version of Python.",
                   TypeName{r.value()}));
    }
    auto c = as<Complex>(r.value());
    result.found = true;
    result.number = {c->real, c->imag};
    return result;
}

Result<Ref<>> of_type(Python& py, Type& type, ComplexNumber number) { return make<Complex>(py, type, number.real, number.imag); }

// The length of the float literal at the start of the text, signs, inf and nan included; 0: none.
std::size_t float_prefix(std::string_view s) {
    std::size_t i = 0;
    if (i < s.size() && (s[i] == '+' || s[i] == '-')) ++i;
    auto word = [&](std::string_view w) {
        if (s.size() - i < w.size()) return false;
        for (std::size_t k = 0; k < w.size(); ++k) {
            if ((s[i + k] | 0x20) != w[k]) return false;
        }
        return true;
    };
    for (std::string_view w : {"infinity", "inf", "nan"}) {
        if (word(w)) return i + w.size();
    }
    bool digits = false;
    auto skip_digits = [&] {
        for (; i < s.size() && ((s[i] >= '0' && s[i] <= '9') || s[i] == '_'); ++i) digits |= s[i] != '_';
    };
    skip_digits();
    if (i < s.size() && s[i] == '.') ++i, skip_digits();
    if (!digits) return 0;
    if (i < s.size() && (s[i] | 0x20) == 'e') {
        std::size_t k = i + 1;
        if (k < s.size() && (s[k] == '+' || s[k] == '-')) ++k;
        if (k < s.size() && s[k] >= '0' && s[k] <= '9') {
            i = k;
            skip_digits();
        }
    }
    return i;
}

bool take_float(std::string_view& s, double& out) {
    std::size_t n = float_prefix(s);
    if (n == 0 || parse_double(s.substr(0, n), out) != FloatParse::done) return false;
    s.remove_prefix(n);
    return true;
}

// One of: REAL, IMAGj, REAL(+|-)IMAGj, where IMAG may be missing its digits; parentheses may stand around it.
bool parse_complex(std::string_view s, ComplexNumber& out) {
    s = strip_ascii_space(s);
    if (!s.empty() && s.front() == '(') {
        if (s.size() < 2 || s.back() != ')') return false;
        s = strip_ascii_space(s.substr(1, s.size() - 2));
    }
    if (s.empty()) return false;
    auto at_j = [&] { return s == "j" || s == "J"; };
    // An imaginary unit with a bare sign or none.
    auto bare_unit = [&](bool sign_needed, double& part) {
        std::string_view rest = s;
        double sign = 1;
        if (!rest.empty() && (rest[0] == '+' || rest[0] == '-')) {
            sign = rest[0] == '-' ? -1 : 1;
            rest.remove_prefix(1);
        } else if (sign_needed) {
            return false;
        }
        if (rest != "j" && rest != "J") return false;
        part = sign;
        return true;
    };
    out = {0, 0};
    if (bare_unit(false, out.imag)) return true;
    double first;
    if (!take_float(s, first)) return false;
    if (at_j()) return out.imag = first, true;
    out.real = first;
    if (s.empty()) return true;
    if (s[0] != '+' && s[0] != '-') return false;
    if (bare_unit(true, out.imag)) return true;
    return take_float(s, out.imag) && at_j();
}

Result<Ref<>> from_text(Python& py, Type& type, Str const& text) {
    ComplexNumber number;
    if (!parse_complex(number_text(text), number)) return raise(py, exc::ValueError, "complex() arg is a malformed string");
    return of_type(py, type, number);
}

// complex(v) with one argument.
Result<Ref<>> from_one(Python& py, Type& type, Borrowed<> v) {
    if (is_exact<Complex>(v) && &type == &Complex::type()) return v.share();
    if (is<Str>(v)) return from_text(py, type, *as<Str>(v));
    Converted special = TRY(by_method(py, v));
    if (special.found) return of_type(py, type, special.number);
    if (is<Complex>(v)) return of_type(py, type, {as<Complex>(v)->real, as<Complex>(v)->imag});
    if (!has_float_or_index(v.value())) {
        return raise(py, exc::TypeError, "complex() argument must be a string or a number, not {}", TypeName{v.value()});
    }
    double real = TRY(to_double(py, v));
    return of_type(py, type, {real, 0});
}

// A part given beside the other one, or by keyword: should be real, but complex ones still work.
struct Part {
    bool is_complex = false;
    ComplexNumber number{};
};
Result<Part> take_part(Python& py, Borrowed<> v, char const* which, bool ask_method) {
    auto message = "complex() argument '{}' must be a real number, not {}";
    Part part;
    if (ask_method) {
        Converted special = TRY(by_method(py, v));
        if (special.found) {
            CHECK(warn(py, exc::DeprecationWarning, message, which, TypeName{v.value()}));
            part.is_complex = true;
            part.number = special.number;
            return part;
        }
    }
    if (is<Complex>(v)) {
        CHECK(warn(py, exc::DeprecationWarning, message, which, TypeName{v.value()}));
        part.is_complex = true;
        part.number = {as<Complex>(v)->real, as<Complex>(v)->imag};
        return part;
    }
    if (!has_float_or_index(v.value())) return raise(py, exc::TypeError, message, which, TypeName{v.value()});
    part.number.real = TRY(to_double(py, v));
    return part;
}

Result<Ref<>> from_parts(Python& py, Type& type, Optional<> real, Optional<> imag) {
    Part r, i;
    if (real) r = TRY(take_part(py, *real, "real", true));
    if (imag) i = TRY(take_part(py, *imag, "imag", false));
    // real + imag*1j, where a complex part brings its own imaginary part along.
    ComplexNumber number{r.number.real, imag ? i.number.real : r.number.imag};
    if (i.is_complex) number.real -= i.number.imag;
    if (r.is_complex && imag) number.imag += r.number.imag;
    return of_type(py, type, number);
}

}  // namespace

Value complex_new(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    auto run = [&]() -> Result<Ref<>> {
        if (n == 1 && (!names || names->size == 0)) return from_one(py, type, Borrowed<>(args[0]));
        static constexpr char const* kNames[] = {"real", "imag"};
        Value out[2];
        CHECK(parse_arguments(py, "complex", kNames, 0, 2, 0, args, n, names, out));
        return from_parts(py, type, Optional<>(out[0]), Optional<>(out[1]));
    };
    return run().release();
}

Result<ComplexNumber> to_complex(Python& py, Borrowed<> v) {
    if (is<Complex>(v)) return ComplexNumber{as<Complex>(v)->real, as<Complex>(v)->imag};
    Converted special = TRY(by_method(py, v));
    if (special.found) return special.number;
    double real = TRY(to_double(py, v));
    return ComplexNumber{real, 0};
}

Result<Ref<>> complex_from_number(Python& py, Borrowed<> cls, Borrowed<> number) {
    if (is_exact<Complex>(number) && cls.is(Value::of(&Complex::type()))) return number.share();
    ComplexNumber c = TRY(to_complex(py, number));
    Ref<Complex> result = TRY(make_complex(py, c.real, c.imag));
    if (cls.is(Value::of(&Complex::type()))) return result;
    return call_with(py, cls, result);
}

}  // namespace oro
