// int.__format__.
#include "types/int_ops.h"

namespace oro {

Result<Ref<Str>> int_format(Python& py, Borrowed<> self, Borrowed<Str> spec_text) {
    Value number = int_number(self.value());
    if (spec_text->length() == 0) return str(py, self);
    std::string name = type_name_of(self.value());
    FormatSpec spec;
    FormatResult status = parse_format_spec(wtf8_of(*spec_text), FormatKind::integer, name, spec);
    if (!status.ok()) return raise_format_error(py, status);
    IntPlan plan;
    status = plan_int(spec, name, plan);
    if (!status.ok()) return raise_format_error(py, status);
    std::string storage[3], out;
    NumericLocale locale = numeric_locale(spec, storage);
    switch (plan.form) {
        case IntForm::character: {
            if (!number.is_int() || number.as_int() < 0 || number.as_int() > 0x10FFFF) {
                if (!number.is_int()) return raise(py, exc::OverflowError, "Python int too large to convert to C long");
                return raise(py, exc::OverflowError, "%c arg not in range(0x110000)");
            }
            status = format_character(spec, char32_t(number.as_int()), out);
            break;
        }
        case IntForm::floating: {
            double d = TRY(int_to_double(py, number));
            status = format_float(spec, d, name, locale, out);
            break;
        }
        case IntForm::digits: {
            bool negative = int_is_negative(number);
            std::string digits;
            if (plan.base == 10) {
                Ref<Str> text = TRY(int_to_str(py, number));  // obeys the limit
                digits = text->ascii();
            } else {
                digits = to_text(PlainInt(number), plan.base);
            }
            status = format_int(spec, negative, std::string_view(digits).substr(negative), locale, out);
            break;
        }
    }
    if (!status.ok()) return raise_format_error(py, status);
    return make_str(py, std::string_view(out));
}

}  // namespace oro
