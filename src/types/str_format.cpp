// str.format, str.format_map and str.__format__.
#include <charconv>

#include "types/format_parser.h"
#include "types/number.h"
#include "types/str_methods.h"

namespace oro::str_methods {

namespace {

// Where the fields' values come from, and how the fields have been numbered so far.
struct Fields {
    std::span<Value const> positional;
    Tuple* keyword_names = nullptr;       // the keywords' values follow the positional ones
    Optional<> mapping;                   // of format_map
    enum class Numbering : std::uint8_t { unknown, automatic, manual } numbering = Numbering::unknown;
    std::int64_t next = 0;
};

Result<Ref<>> keyword(Python& py, Fields const& fields, Borrowed<Str> name) {
    if (fields.mapping) return get_item(py, *fields.mapping, name);
    if (fields.keyword_names) {
        auto names = fields.keyword_names->items();
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (equal(*as<Str>(names[i]).get(), *name.get())) return share(fields.positional.data()[fields.positional.size() + i]);
        }
    }
    return raise_value(py, exc::KeyError, name);
}

Result<Ref<>> field_value(Python& py, Text s, TextRange name, Fields& fields) {
    FieldNameParser parser(*s.get(), name);
    FieldName first = TRY(parser.first(py));
    Maybe<> value;
    std::int64_t index = first.index;
    if (first.first.empty() || index >= 0) {
        using Numbering = Fields::Numbering;
        Numbering wanted = first.first.empty() ? Numbering::automatic : Numbering::manual;
        if (fields.numbering == Numbering::unknown) fields.numbering = wanted;
        if (fields.numbering != wanted) {
            return raise(py, exc::ValueError,
                         wanted == Numbering::automatic
                             ? "cannot switch from manual field specification to automatic field numbering"
                             : "cannot switch from automatic field numbering to manual field specification");
        }
        if (wanted == Numbering::automatic) index = fields.next++;
        if (fields.mapping) return raise(py, exc::ValueError, "Format string contains positional fields");
        if (std::size_t(index) >= fields.positional.size()) {
            return raise(py, exc::IndexError, "Replacement index {} out of range for positional args tuple", index);
        }
        value = share(fields.positional[std::size_t(index)]);
    } else {
        Ref<Str> key = TRY(substring(py, s, first.first.begin, first.first.end));
        value = TRY(keyword(py, fields, key));
    }
    FieldStep step;
    while (TRY(parser.next(py, step))) {
        if (!step.is_attribute && step.index >= 0) {
            Ref<> key = TRY(make_int(py, step.index));
            value = TRY(get_item(py, *value, key));
            continue;
        }
        Ref<Str> key = TRY(substring(py, s, step.name.begin, step.name.end));
        if (step.is_attribute) value = TRY(get_attribute(py, *value, intern(py, std::move(key))));
        else value = TRY(get_item(py, *value, key));
    }
    return std::move(value).take();
}

Result<Ref<>> convert(Python& py, Ref<> value, char32_t conversion) {
    switch (conversion) {
        case 0: return value;
        case 'r': return TRY(oro::repr(py, value));
        case 's': return TRY(oro::str(py, value));
        case 'a': return TRY(oro::ascii(py, value));
        default: break;
    }
    if (conversion > 32 && conversion < 127) {
        char text[] = {char(conversion), 0};
        return raise(py, exc::ValueError, "Unknown conversion specifier {}", std::string_view(text));
    }
    char hex[16];
    auto end = std::to_chars(hex, hex + sizeof hex, std::uint32_t(conversion), 16).ptr;
    return raise(py, exc::ValueError, "Unknown conversion specifier \\x{}", std::string_view(hex, std::size_t(end - hex)));
}

Result<void> format_into(Python& py, StrBuilder& out, Text s, TextRange range, Fields& fields, int depth) {
    if (depth < 0) return raise(py, exc::ValueError, "Max string recursion exceeded");
    TemplateParser parser(*s.get(), range);
    TemplatePart part;
    while (TRY(parser.next(py, part))) {
        out.add(*s.get(), part.literal.begin, part.literal.end);
        if (!part.has_field) continue;
        Ref<> value = TRY(field_value(py, s, part.name, fields));
        value = TRY(convert(py, std::move(value), part.conversion));
        Maybe<Str> spec;
        if (part.spec_has_fields) {
            StrBuilder inner(py);
            CHECK(format_into(py, inner, s, part.spec, fields, depth - 1));
            spec = TRY(inner.finish());
        } else {
            spec = TRY(substring(py, s, part.spec.begin, std::max(part.spec.begin, part.spec.end)));
        }
        if (spec->length() == 0 && is_exact<Str>(Borrowed<>(value))) {
            out.add(*as<Str>(Borrowed<>(value)).get());
            continue;
        }
        Ref<Str> text = TRY(oro::format(py, value, *spec));
        out.add(*text);
    }
    return {};
}

Made format_all(Python& py, Text s, Fields& fields) {
    StrBuilder out(py);
    CHECK(format_into(py, out, s, {0, s->length()}, fields, 1));
    return out.finish();
}

}  // namespace

Value format(Python& py, Native&, Value self, Value const* args, std::size_t positional, Tuple* keyword_names) {
    if (!is<Str>(self)) {
        (void)raise(py, exc::TypeError, "descriptor 'format' for 'str' objects doesn't apply to a '{}' object", TypeName{self});
        return Value{};
    }
    Fields fields;
    fields.positional = {args, positional};
    fields.keyword_names = keyword_names;
    return format_all(py, as<Str>(self), fields).release();
}

Made format_map(Python& py, Text s, Borrowed<> mapping) {
    Fields fields;
    fields.mapping = Optional<>(mapping);
    return format_all(py, s, fields);
}

Result<Ref<>> format_value(Python& py, Text s, Text spec) {
    if (spec->length() == 0) {
        if (is_exact<Str>(s.value())) return s.share();
        return TRY(oro::str(py, s));
    }
    FormatSpec parsed;
    std::string type_name = type_name_of(s.value());
    FormatResult r = parse_format_spec(wtf8_of(*spec.get()), FormatKind::string, type_name, parsed);
    StringLayout layout{};
    if (r.ok()) r = format_string(parsed, s->length(), type_name, layout);
    if (!r.ok()) return raise_format_error(py, r);
    if (layout.left == 0 && layout.right == 0) return TRY(substring(py, s, 0, layout.length));
    StrBuilder out(py);
    out.fill(parsed.fill, layout.left);
    out.add(*s.get(), 0, layout.length);
    out.fill(parsed.fill, layout.right);
    return TRY(out.finish());
}

}  // namespace oro::str_methods
