#include "types/printf.h"

#include "object/bytearray.h"
#include "object/bytes.h"
#include "object/float.h"
#include "types/number.h"

namespace oro {

PrintfArguments::PrintfArguments(Borrowed<> values, PrintfTarget target)
    : values_(values.share()), tuple_(is<Tuple>(values)),
      mapping_(!tuple_ && !is<Str>(values) && type_of(values).slot(Dunder::getitem)) {
    if (target == PrintfTarget::bytes && (is<Bytes>(values) || is<ByteArray>(values))) mapping_ = false;
}

Result<Ref<>> PrintfArguments::next(Thread& t) {
    if (selected_ && !used_) {
        used_ = true;
        return (*selected_).share();
    }
    if (!selected_ && tuple_) {
        std::span<Value const> items = as<Tuple>(Borrowed<>(values_))->items();
        if (next_ < items.size()) return share(items[next_++]);
    } else if (!selected_ && !used_) {
        used_ = true;
        return values_.share();
    }
    return raise(t, exc::TypeError, "not enough arguments for format string");
}

Result<void> PrintfArguments::select(Python& py, Borrowed<> key) {
    selected_ = TRY(get_item(py, values_, key));
    used_ = false;
    return {};
}

Result<std::int64_t> PrintfArguments::star(Thread& t, bool precision) {
    Ref<> v = TRY(next(t));
    if (!is_any_int(v.value())) return raise(t, exc::TypeError, "* wants int");
    Value n = int_number(v.value());
    std::int64_t limit = precision ? INT32_MAX : INT64_MAX;
    if (!n.is_int() || n.as_int() > limit || n.as_int() < -limit - 1) {
        return raise(t, exc::OverflowError, "Python int too large to convert to C {}", precision ? "int" : "ssize_t");
    }
    return n.as_int();
}

Result<void> PrintfArguments::finish(Thread& t, char const* what) {
    bool left = selected_ ? false : tuple_ ? next_ < as<Tuple>(Borrowed<>(values_))->size : !used_ && !mapping_;
    if (left) return raise(t, exc::TypeError, "not all arguments converted during {} formatting", what);
    return {};
}

namespace {

Raised wrong_type(Thread& t, PrintfSpec const& spec, char const* wanted, Borrowed<> value) {
    char type[] = {spec.type, 0};
    return raise(t, exc::TypeError, "%{} format: {} is required, not {}", type, wanted, TypeName{value.value()});
}

// The int that an integer conversion shows.
Result<Ref<>> integer_of(Python& py, PrintfSpec const& spec, Borrowed<> value) {
    if (is_any_int(value.value())) return share(int_number(value.value()));
    bool strict = spec.base() != 10;
    char const* wanted = strict ? "an integer" : "a real number";
    Type& type = type_of(value);
    bool convertible = type.slot(Dunder::index) || (!strict && (type.slot(Dunder::int_) || type.slot(Dunder::float_)));
    if (!convertible || (!strict && !type.slot(Dunder::int_) && !type.slot(Dunder::index))) return wrong_type(py, spec, wanted, value);
    Result<Ref<>> made = strict ? to_index(py, value) : to_int(py, value);
    if (!made.raised()) return std::move(made).take();
    if (!raised_is(py, exc::TypeError)) return Raised{};
    clear_raised(py);
    return wrong_type(py, spec, wanted, value);
}

}  // namespace

Result<std::string> printf_number(Python& py, PrintfSpec const& spec, Borrowed<> value) {
    std::string out;
    FormatResult r;
    if (spec.is_float()) {
        r = printf_float(spec, TRY(to_double(py, value)), out);
    } else {
        Ref<> n = TRY(integer_of(py, spec, value));
        std::string digits;
        if (spec.base() == 10) {
            Ref<Str> text = TRY(int_to_str(py, n.value()));  // respects the limit on digits
            digits = text->ascii();
        } else {
            digits = to_text(PlainInt(n.value()), spec.base());
        }
        bool negative = !digits.empty() && digits[0] == '-';
        r = printf_integer(spec, negative, std::string_view(digits).substr(negative), out);
    }
    if (!r.ok()) return raise_format_error(py, r);
    return out;
}

Raised raise_printf_fault(Thread& t, PrintfFault fault, PrintfTarget target, char32_t c, std::size_t index) {
    return raise_format_error(t, printf_failure(fault, target, c, index));
}

}  // namespace oro
