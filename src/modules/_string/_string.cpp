// _string: the parser of format templates, for string.Formatter.
#include "object/define.h"
#include "types/format_parser.h"

namespace oro::string_module {

namespace {

extern Type formatter_iterator_type, field_name_iterator_type;

// Both iterators parse anew from an index under their lock, so that threads that share one get each step once.
struct FormatterIterator : Object {
    struct Guarded {
        TemplateParser parser;
    } guarded;
    Fixed<Str> text;
    explicit FormatterIterator(Ref<Str> s) : guarded{TemplateParser(*s, {0, s->length()})}, text(std::move(s)) {}
    static constexpr auto fields = std::tuple{&FormatterIterator::text};
    static Type& type() { return formatter_iterator_type; }
};

struct FieldNameIterator : Object {
    struct Guarded {
        FieldNameParser parser;
    } guarded;
    Fixed<Str> text;
    FieldNameIterator(Ref<Str> s, FieldNameParser p) : guarded{p}, text(std::move(s)) {}
    static constexpr auto fields = std::tuple{&FieldNameIterator::text};
    static Type& type() { return field_name_iterator_type; }
};

template <class T> Ref<> same(Thread&, Borrowed<T> self) { return Borrowed<>(self).share(); }

Result<Ref<>> next_part(Thread& t, Locked<FormatterIterator>& self, bool& ended) {
    Borrowed<Str> text = *self.object()->text;
    TemplatePart part;
    ended = !TRY(self->parser.next(t, part));
    if (ended) return none.share();
    auto piece = [&](TextRange r) { return substring(t, text, r.begin, std::max(r.begin, r.end)); };
    Ref<Str> literal = TRY(piece(part.literal));
    if (!part.has_field) return TRY(make_tuple_of(t, std::move(literal), none.share(), none.share(), none.share()));
    Ref<> conversion = none.share();
    if (part.conversion) conversion = TRY(make_str_of(t, part.conversion));
    return TRY(make_tuple_of(t, std::move(literal), TRY(piece(part.name)), TRY(piece(part.spec)), std::move(conversion)));
}
Next next_template_part(Thread& t, Locked<FormatterIterator>& self) {
    bool ended = false;
    Result<Ref<>> made = next_part(t, self, ended);
    return ended ? Next::end() : Next(std::move(made));
}

Result<Ref<>> next_step(Thread& t, Locked<FieldNameIterator>& self, bool& ended) {
    Borrowed<Str> text = *self.object()->text;
    FieldStep step;
    ended = !TRY(self->parser.next(t, step));
    if (ended) return none.share();
    Ref<> key = none.share();
    if (step.index >= 0) key = TRY(make_int(t, step.index));
    else key = TRY(substring(t, text, step.name.begin, step.name.end));
    return TRY(make_tuple_of(t, Ref<>::immediate(Value::of_bool(step.is_attribute)), std::move(key)));
}
Next next_field_step(Thread& t, Locked<FieldNameIterator>& self) {
    bool ended = false;
    Result<Ref<>> made = next_step(t, self, ended);
    return ended ? Next::end() : Next(std::move(made));
}

constexpr SlotDef formatter_slots[] = {slot<Dunder::iter, same<FormatterIterator>>, slot<Dunder::next, next_template_part>};
constexpr TypeDef formatter_def{.name = "formatteriterator", .size = sizeof(FormatterIterator), .flags = type_flag::disallow_new,
                                .hooks = hooks_of<FormatterIterator>(), .slots = formatter_slots};
constexpr SlotDef field_slots[] = {slot<Dunder::iter, same<FieldNameIterator>>, slot<Dunder::next, next_field_step>};
constexpr TypeDef field_def{.name = "fieldnameiterator", .size = sizeof(FieldNameIterator), .flags = type_flag::disallow_new,
                            .hooks = hooks_of<FieldNameIterator>(), .slots = field_slots};
ORO_TYPE(formatter_iterator_type, formatter_def);
ORO_TYPE(field_name_iterator_type, field_def);

Result<Ref<>> formatter_parser(Thread& t, Borrowed<> text) {
    if (!is<Str>(text)) return raise(t, exc::TypeError, "expected str, got {}", TypeName{text.value()});
    return TRY(make<FormatterIterator>(t, formatter_iterator_type, as<Str>(text).share()));
}

Result<Ref<>> formatter_field_name_split(Thread& t, Borrowed<> name) {
    if (!is<Str>(name)) return raise(t, exc::TypeError, "expected str, got {}", TypeName{name.value()});
    Borrowed<Str> text = as<Str>(name);
    FieldNameParser parser(*text.get(), {0, text->length()});
    FieldName first = TRY(parser.first(t));
    Ref<> key = none.share();
    if (first.index >= 0) key = TRY(make_int(t, first.index));
    else key = TRY(substring(t, text, first.first.begin, first.first.end));
    return TRY(make_tuple_of(t, std::move(key), TRY(make<FieldNameIterator>(t, field_name_iterator_type, text.share(), parser))));
}

constexpr MethodDef functions[] = {
    function<formatter_parser>("formatter_parser", "string, /", "Iterate over the parts of a format template."),
    function<formatter_field_name_split>("formatter_field_name_split", "string, /",
                                         "The first part of a field's name, and an iterator over the rest."),
};

}  // namespace

ORO_MODULE(string_module, .name = "_string", .functions = functions);

}  // namespace oro::string_module
