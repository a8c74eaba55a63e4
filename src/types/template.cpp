// string.templatelib.Template and Interpolation: what a t-string gives. Both are immutable.
//
// A template has one string more than interpolations: they alternate, beginning and ending with a string.
#include "object/template.h"

#include <vector>

#include "object/define.h"
#include "object/dict.h"
#include "object/generic_alias.h"
#include "object/iterator.h"

namespace oro {
namespace {

struct Interpolation : Object {
    Fixed<> value;
    Fixed<Str> expression;
    Fixed<> conversion;                  // 's', 'a', 'r' or None
    Fixed<> format_spec;                 // a str
    Interpolation(Ref<> v, Ref<Str> e, Ref<> c, Ref<> f)
        : value(std::move(v)), expression(std::move(e)), conversion(std::move(c)), format_spec(std::move(f)) {}
    static constexpr auto fields = std::tuple{&Interpolation::value, &Interpolation::expression, &Interpolation::conversion,
                                              &Interpolation::format_spec};
    static Type& type();
};

struct Template : Object {
    Fixed<Tuple> strings, interpolations;
    Template(Ref<Tuple> s, Ref<Tuple> i) : strings(std::move(s)), interpolations(std::move(i)) {}
    static constexpr auto fields = std::tuple{&Template::strings, &Template::interpolations};
    static Type& type();
};

struct TemplateIter : Object {
    Fixed<Template> source;
    std::atomic<std::size_t> index{0};   // even: a string, odd: an interpolation
    explicit TemplateIter(Ref<Template> s) : source(std::move(s)) {}
    static constexpr auto fields = std::tuple{&TemplateIter::source};
    static Type& type();
};

Interpolation& interpolation_of(Value v) { return *static_cast<Interpolation*>(v.pointer()); }
Template& template_of(Value v) { return *static_cast<Template*>(v.pointer()); }

// ---- Interpolation

Result<Ref<>> construct_interpolation(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    static constexpr char const* const kNames[] = {"value", "expression", "conversion", "format_spec"};
    Value w[4] = {};
    CHECK(parse_arguments(py, "Interpolation", kNames, 0, 4, 1, args, n, names, w));
    for (int i : {1, 3}) {
        if (w[i] && !is<Str>(w[i])) {
            return raise(py, exc::TypeError, "Interpolation() argument '{}' must be str, not {}", kNames[i], TypeName{w[i]});
        }
    }
    Ref<> conversion = w[2] ? share(w[2]) : Ref<>::immediate(kNone);
    if (!conversion.is(kNone)) {
        if (!is<Str>(conversion)) {
            return raise(py, exc::TypeError, "Interpolation() argument 'conversion' must be str, not {}", TypeName{conversion.value()});
        }
        Str const& c = *as<Str>(Borrowed<>(conversion)).get();
        if (!equal(c, "s") && !equal(c, "a") && !equal(c, "r")) {
            return raise(py, exc::ValueError, "Interpolation() argument 'conversion' must be one of 's', 'a' or 'r'");
        }
    }
    Ref<Str> expression = w[1] ? as<Str>(w[1]).share() : empty_str();
    Ref<> format_spec = w[3] ? share(w[3]) : Ref<>(empty_str());
    return Ref<>(TRY(make<Interpolation>(py, type, share(w[0]), std::move(expression), std::move(conversion), std::move(format_spec))));
}
Value new_interpolation(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    return construct_interpolation(py, type, args, n, names).release();
}

Result<Ref<Str>> show_interpolation(Python& py, Borrowed<Interpolation> self) {
    StrBuilder out(py);
    out.add("Interpolation(");
    out.add(*TRY(repr(py, *self->value)));
    for (Borrowed<> part : {Borrowed<>(self->expression.value()), *self->conversion, *self->format_spec}) {
        out.add(", ");
        out.add(*TRY(repr(py, part)));
    }
    out.add(U')');
    return out.finish();
}

Result<Ref<>> reduce_interpolation(Thread& t, Borrowed<Interpolation> self) {
    Ref<Tuple> parts = TRY(make_tuple_of(t, self->value.share(), self->expression.share(), self->conversion.share(), self->format_spec.share()));
    return Ref<>(TRY(make_tuple_of(t, share(Value::of(&Interpolation::type())), std::move(parts))));
}

Value get_value(Python&, Value self) { return interpolation_of(self).value.share().release(); }
Value get_expression(Python&, Value self) { return interpolation_of(self).expression.share().release(); }
Value get_conversion(Python&, Value self) { return interpolation_of(self).conversion.share().release(); }
Value get_format_spec(Python&, Value self) { return interpolation_of(self).format_spec.share().release(); }
// __match_args__ is put into the class with the first instance: before that nobody can have the class.
Result<void> enter_match_args(Python& py) {
    Dict& dict = **Interpolation::type().dict;
    if (dict_get(py, dict, name::dunder_match_args())) return {};
    Ref<Str> expression = TRY(make_str(py, std::string_view("expression"))), conversion = TRY(make_str(py, std::string_view("conversion")));
    Ref<Str> format_spec = TRY(make_str(py, std::string_view("format_spec")));
    Ref<Tuple> names = TRY(make_tuple_of(py, name::value().share(), std::move(expression), std::move(conversion), std::move(format_spec)));
    return dict_set(py, dict, name::dunder_match_args(), std::move(names));
}

// ---- Template

// Strings that follow each other become one; between two interpolations stands at least an empty string.
Result<Ref<>> construct_template(Python& py, Type& type, std::span<Value const> parts) {
    std::vector<Ref<Str>> strings;
    std::vector<Value> interpolations;
    bool after_string = false;
    for (Value part : parts) {
        if (is<Str>(part)) {
            if (after_string) strings.back() = TRY(concat(py, strings.back(), as<Str>(part)));
            else strings.push_back(as<Str>(part).share());
            after_string = true;
        } else if (is<Interpolation>(part)) {
            if (!after_string) strings.push_back(empty_str());
            interpolations.push_back(part);
            after_string = false;
        } else {
            return raise(py, exc::TypeError, "Template.__new__ *args need to be of type 'str' or 'Interpolation', got {}", TypeName{part});
        }
    }
    if (!after_string) strings.push_back(empty_str());
    Ref<Tuple> texts = TRY(make_tuple_uninitialized(py, strings.size()));
    for (std::size_t i = 0; i < strings.size(); ++i) texts->slots[i] = strings[i].release();
    Ref<Tuple> inserts = TRY(oro::make_tuple(py, std::span<Value const>(interpolations)));
    return Ref<>(TRY(make<Template>(py, type, std::move(texts), std::move(inserts))));
}
Value new_template(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    if (names && names->size) {
        (void)raise(py, exc::TypeError, "Template.__new__ only accepts *args arguments");
        return {};
    }
    return construct_template(py, type, {args, n}).release();
}

Result<Ref<Str>> show_template(Python& py, Borrowed<Template> self) {
    Ref<Str> strings = TRY(repr(py, *self->strings)), interpolations = TRY(repr(py, *self->interpolations));
    return format_message(py, "Template(strings={}, interpolations={})", {MessageArg(strings), MessageArg(interpolations)});
}

Result<Ref<>> join(Python& py, Borrowed<> a, Borrowed<> b) {
    if (!is<Template>(a) || !is<Template>(b)) {
        if (!is<Template>(a)) return Ref<>::immediate(kNotImplemented);
        return raise(py, exc::TypeError, "can only concatenate string.templatelib.Template (not \"{}\") to string.templatelib.Template",
                     TypeName{b.value()});
    }
    std::vector<Value> parts;
    for (Borrowed<> t : {a, b}) {
        Template& x = template_of(t.value());
        for (std::size_t i = 0; i < x.strings->size; ++i) {
            parts.push_back(x.strings->slots[i]);
            if (i < x.interpolations->size) parts.push_back(x.interpolations->slots[i]);
        }
    }
    return construct_template(py, Template::type(), parts);
}

Result<Ref<>> iterate(Thread& t, Borrowed<Template> self) { return Ref<>(TRY(make<TemplateIter>(t, TemplateIter::type(), self.share()))); }

Next next_part(Thread&, Borrowed<TemplateIter> self) {
    Template& source = *self->source.get();
    for (;;) {
        std::size_t i = self->index.fetch_add(1);
        if (i / 2 >= source.strings->size || (i & 1 && i / 2 >= source.interpolations->size)) {
            self->index.store(2 * source.strings->size);
            return Next::end();
        }
        if (i & 1) return source.interpolations->at(i / 2).share();
        // Empty strings are left out.
        if (as<Str>(source.strings->at(i / 2))->length()) return source.strings->at(i / 2).share();
    }
}
Ref<> same(Thread&, Borrowed<TemplateIter> self) { return self.share(); }

Result<Ref<>> reduce_template(Python& py, Borrowed<Template> self) {
    Ref<> import = TRY(builtin_named(py, "__import__"));
    Ref<Str> module_name = TRY(make_str(py, std::string_view("string.templatelib")));
    Ref<Str> attribute = intern(py, TRY(make_str(py, std::string_view("_template_unpickle"))));
    Ref<Tuple> from = TRY(make_tuple_of(py, attribute.share()));
    Ref<> module = TRY(call_with(py, import, module_name, none, none, from));
    Ref<> function = TRY(get_attribute(py, module, attribute));
    Ref<Tuple> parts = TRY(make_tuple_of(py, self->strings.share(), self->interpolations.share()));
    return Ref<>(TRY(make_tuple_of(py, std::move(function), std::move(parts))));
}

Value get_strings(Python&, Value self) { return template_of(self).strings.share().release(); }
Value get_interpolations(Python&, Value self) { return template_of(self).interpolations.share().release(); }
Value get_values(Python& py, Value self) {
    Template& t = template_of(self);
    Result<Ref<Tuple>> values = make_tuple_uninitialized(py, t.interpolations->size);
    if (values.raised()) return {};
    Ref<Tuple> v = std::move(values).take();
    for (std::size_t i = 0; i < v->size; ++i) v->slots[i] = interpolation_of(t.interpolations->slots[i]).value.share().release();
    return v.release();
}

constexpr MethodDef interpolation_methods[] = {
    def<reduce_interpolation>("__reduce__", "", ""),
    class_def<class_getitem>("__class_getitem__", "object, /", kClassGetitemDoc),
};
constexpr SlotDef interpolation_slots[] = {slot<Dunder::repr, show_interpolation>};
constexpr GetSetDef interpolation_getsets[] = {
    {"value", get_value, nullptr, "What the expression gave."},
    {"expression", get_expression, nullptr, "The text of the expression."},
    {"conversion", get_conversion, nullptr, "'s', 'r', 'a' or None."},
    {"format_spec", get_format_spec, nullptr, "The format specifier."},
};
constexpr TypeDef interpolation_def{.name = "string.templatelib.Interpolation", .doc = "An expression in a t-string.",
                                    .size = sizeof(Interpolation), .hooks = hooks_of<Interpolation>(), .new_ = new_interpolation,
                                    .methods = interpolation_methods, .slots = interpolation_slots, .getsets = interpolation_getsets};

constexpr MethodDef template_methods[] = {
    def<reduce_template>("__reduce__", "", ""),
    class_def<class_getitem>("__class_getitem__", "object, /", kClassGetitemDoc),
};
constexpr SlotDef template_slots[] = {slot<Dunder::repr, show_template>, slot<Dunder::iter, iterate>, slot<Dunder::concat, join>};
constexpr GetSetDef template_getsets[] = {
    {"strings", get_strings, nullptr, "The strings around the interpolations."},
    {"interpolations", get_interpolations, nullptr, "The interpolations."},
    {"values", get_values, nullptr, "The values of the interpolations."},
};
constexpr TypeDef template_def{.name = "string.templatelib.Template", .doc = "What a t-string gives.", .size = sizeof(Template),
                               .hooks = hooks_of<Template>(), .new_ = new_template, .methods = template_methods,
                               .slots = template_slots, .getsets = template_getsets};
constexpr SlotDef iter_slots[] = {slot<Dunder::iter, same>, slot<Dunder::next, next_part>};
constexpr TypeDef iter_def{.name = "string.templatelib.TemplateIter", .size = sizeof(TemplateIter), .flags = type_flag::disallow_new,
                           .hooks = hooks_of<TemplateIter>(), .slots = iter_slots};

}  // namespace

ORO_TYPE(interpolation_type, interpolation_def);
ORO_TYPE(template_type, template_def);
ORO_TYPE(template_iter_type, iter_def);
namespace {
Type& Interpolation::type() { return interpolation_type; }
Type& Template::type() { return template_type; }
Type& TemplateIter::type() { return template_iter_type; }
}  // namespace

Result<Ref<>> make_interpolation(Python& py, Borrowed<> value, Borrowed<> expression, int conversion, Optional<> format_spec) {
    CHECK(enter_match_args(py));
    Ref<> how = Ref<>::immediate(kNone);
    if (conversion) how = TRY(make_str(py, std::string_view(conversion == 1 ? "s" : conversion == 2 ? "r" : "a")));
    Ref<> spec = format_spec ? (*format_spec).share() : Ref<>(empty_str());
    return Ref<>(TRY(make<Interpolation>(py, interpolation_type, value.share(), as<Str>(expression).share(), std::move(how), std::move(spec))));
}

Result<Ref<>> make_template(Python& py, Borrowed<Tuple> strings, Borrowed<Tuple> interpolations) {
    return Ref<>(TRY(make<Template>(py, template_type, strings.share(), interpolations.share())));
}

}  // namespace oro
