// What the number types share: taking operands apart, text to numbers, format specs. Pure but for what stands in the names.
#pragma once
#include <optional>
#include <string>

#include "base/format_spec.h"
#include "object/define.h"

namespace oro {

inline Ref<> not_implemented() { return Ref<>::immediate(kNotImplemented); }

// What is to be read as a number, as ASCII without surrounding white space: decimal digits of any script are written in ASCII, and
// what cannot stand in a number becomes '?'.
std::string number_text(Str const& s);
std::string_view strip_ascii_space(std::string_view s);

// The text or octets of a str, bytes, bytearray or other buffer, ready for parsing; `is_text` is false if `v` is none of them.
// It may point into `v`, which has to be held as long as it is used.
struct NumberSource {
    bool is_text = false;
    std::string copy;                 // where the text stands if it isn't to be had unchanged
    std::optional<std::string_view> view;
    std::string_view text() const { return view ? *view : std::string_view(copy); }
};
Result<NumberSource> number_source(Python& py, Borrowed<> v);

// float(v) for what may stand as an argument of float() and complex(): numbers with __float__ or __index__.
inline bool has_float_or_index(Value v) {
    Type& type = type_of(v);
    return v.is_int() || v.is_float() || type.slot(Dunder::float_) || type.slot(Dunder::index);
}

// ---- formatting
Raised raise_format_error(Thread& t, FormatResult const& failure);
// The C locale's conventions for the format code n; the strings live in `storage`.
NumericLocale numeric_locale(FormatSpec const& spec, std::string (&storage)[3]);
// The type's name as messages show it.
std::string type_name_of(Value v);

// The order of two numbers as the comparison slots want it.
inline bool holds(std::partial_ordering order, Compare op) {
    switch (op) {
        case Compare::lt: return order < 0;
        case Compare::le: return order <= 0;
        case Compare::eq: return order == 0;
        case Compare::ne: return order != 0;
        case Compare::gt: return order > 0;
        default: return order >= 0;
    }
}

// ---- operators that other number types fall back on
// An operand as a double: false if it is no int or float. OverflowError for large ints.
inline Result<bool> take_double(Thread& t, Value v, double& out) {
    if (v.is_float()) [[likely]] return out = v.as_float(), true;
    if (v.is_int()) return out = double(v.as_int()), true;
    if (is_any_float(v)) return out = float_number(v), true;
    if (!is_any_int(v)) return false;
    out = TRY(int_to_double(t, int_number(v)));
    return true;
}
Result<Ref<>> float_power(Python& py, double base, double exponent);
struct ComplexNumber {
    double real, imag;
};
Result<Ref<>> complex_power(Python& py, ComplexNumber base, ComplexNumber exponent);
Result<Ref<Complex>> make_complex(Thread& t, double real, double imag);
// Arguments of cmath and complex(): __complex__, then as float.
Result<ComplexNumber> to_complex(Python& py, Borrowed<> v);

ComplexNumber complex_multiply(ComplexNumber a, ComplexNumber b);
// False for a division by zero.
[[nodiscard]] bool complex_divide(ComplexNumber a, ComplexNumber b, ComplexNumber& out);

}  // namespace oro
