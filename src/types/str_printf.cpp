// str % values.
#include "types/printf.h"
#include "types/str_methods.h"

namespace oro::str_methods {

namespace {

// With the module, unless that is builtins or __main__.
Result<Ref<Str>> full_type_name(Python& py, Type& type) {
    Borrowed<> self(Value::of(&type));
    Ref<> name = TRY(get_attribute(py, self, name::dunder_qualname()));
    Maybe<> module = TRY(find_attribute(py, self, name::dunder_module()));
    if (!is<Str>(name.value())) return raise(py, exc::TypeError, "type.__qualname__ must be a str");
    if (!module || !is<Str>(module.value())) return as<Str>(std::move(name));
    Str const& from = *as<Str>(module.value()).get();
    if (equal(from, "builtins") || equal(from, "__main__")) return as<Str>(std::move(name));
    return format_message(py, "{}.{}", {as<Str>(module.value()), as<Str>(name.value())});
}

Result<char32_t> character_of(Python& py, Borrowed<> value) {
    if (is<Str>(value)) {
        Text s = as<Str>(value);
        if (s->length() == 1) return s->at(0);
        return raise(py, exc::TypeError, "%c requires an int or a unicode character, not a string of length {}", s->length());
    }
    Value v = value.value();
    if (!is_any_int(v) && !type_of(v).slot(Dunder::index)) {
        return raise(py, exc::TypeError, "%c requires an int or a unicode character, not {}", TRY(full_type_name(py, type_of(v))));
    }
    std::int64_t n = TRY(to_int64(py, value, nullptr));
    if (n < 0 || n > std::int64_t(kMaxCodePoint)) return raise(py, exc::OverflowError, "%c arg not in range(0x110000)");
    return char32_t(n);
}

void add_laid_out(StrBuilder& out, PrintfSpec const& spec, Str const& s) {
    StringLayout layout = printf_text(spec, s.length());
    out.fill(' ', layout.left);
    out.add(s, 0, layout.length);
    out.fill(' ', layout.right);
}

Result<void> add_conversion(Python& py, StrBuilder& out, PrintfSpec const& spec, Borrowed<> value) {
    switch (spec.type) {
        case 's':
        case 'r':
        case 'a': {
            Ref<Str> s = TRY(spec.type == 's' ? oro::str(py, value) : spec.type == 'r' ? oro::repr(py, value) : oro::ascii(py, value));
            add_laid_out(out, spec, *s);
            return {};
        }
        case 'c': {
            char32_t c = TRY(character_of(py, value));
            StringLayout layout = printf_text(spec, 1);
            out.fill(' ', layout.left);
            out.add(c);
            out.fill(' ', layout.right);
            return {};
        }
        default: {
            std::string text = TRY(printf_number(py, spec, value));
            out.add(text);
            return {};
        }
    }
}

template <CodeUnit T> Result<void> format_with(Python& py, StrBuilder& out, Text format, std::span<T const> chars, PrintfArguments& arguments) {
    for (std::size_t at = 0;;) {
        std::size_t rest = find_unit(chars.subspan(at), T('%'));
        out.add(*format.get(), at, rest == kNotFound ? chars.size() : at + rest);
        if (rest == kNotFound) return {};
        at += rest + 1;
        PrintfSpec spec;
        PrintfFault fault = parse_printf(chars.data(), chars.size(), at, PrintfTarget::str, spec);
        if (spec.has_key) {
            if (!arguments.is_mapping()) return raise(py, exc::TypeError, "format requires a mapping");
            if (fault != PrintfFault::incomplete_key) {
                Ref<Str> key = TRY(substring(py, format, spec.key_start, spec.key_end));
                CHECK(arguments.select(py, key));
            }
        }
        if (spec.width_from_argument) spec.set_width(TRY(arguments.star(py, false)));
        if (spec.precision_from_argument) spec.set_precision(TRY(arguments.star(py, true)));
        if (fault == PrintfFault::unsupported) {
            // CPython takes the value before it looks at the type.
            (void)TRY(arguments.next(py));
        }
        if (fault != PrintfFault::none) {
            return raise_printf_fault(py, fault, PrintfTarget::str, at > 0 ? char32_t(chars[at - 1]) : 0, at - 1);
        }
        if (spec.type == '%') {
            out.add('%');
            continue;
        }
        Ref<> value = TRY(arguments.next(py));
        CHECK(add_conversion(py, out, spec, value));
    }
}

}  // namespace

Result<Ref<>> modulo(Python& py, Borrowed<> format, Borrowed<> values) {
    if (!is<Str>(format)) return Ref<>::immediate(kNotImplemented);
    Text s = as<Str>(format);
    PrintfArguments arguments(values, PrintfTarget::str);
    StrBuilder out(py);
    CHECK(visit_chars(*s.get(), [&](auto chars) { return format_with(py, out, s, chars, arguments); }));
    CHECK(arguments.finish(py, "string"));
    return TRY(out.finish());
}

}  // namespace oro::str_methods
