#include "modules/_sre/objects.h"

#include "base/hash.h"
#include "object/builtins.h"
#include "object/generic_alias.h"
#include "object/iterator.h"
#include "object/list.h"
#include "types/bytes_methods.h"
#include "types/str_methods.h"

namespace oro::sre {

namespace {

using Self = Borrowed<Pattern>;

bool is_text(Subject const& subject, Borrowed<> string) { return subject.kind != 1 || is<Str>(string); }

using Attempt = Outcome (Matcher::*)();

template <Attempt How> Result<Maybe<Match>> attempt(Python& py, Self self, Borrowed<> string, Index pos, Index endpos) {
    Held held = TRY(hold(py, *self.get(), string));
    Matcher matcher(self->program, held.subject, pos, endpos, polling());
    if (!TRY(matched(py, (matcher.*How)()))) return Maybe<Match>();
    return Maybe<Match>(TRY(make_match(py, self, string, matcher)));
}

Result<Ref<List>> findall(Python& py, Self self, Borrowed<> string, Index pos, Index endpos) {
    Held held = TRY(hold(py, *self.get(), string));
    Matcher matcher(self->program, held.subject, pos, endpos, polling());
    Ref<List> found = TRY(make_list(py));
    while (TRY(matched(py, matcher.search()))) {
        auto text = [&](Word group) -> Result<Ref<>> {
            Span s = group == 0 ? Span{matcher.begin(), matcher.end()} : matcher.group(group);
            if (s.begin < 0 || s.end < s.begin) s = {0, 0};
            return slice_of(py, string, held.subject, s.begin, s.end);
        };
        Maybe<> item;
        Word groups = self->program.groups();
        if (groups < 2) {
            item = TRY(text(groups));
        } else {
            Ref<Tuple> tuple = TRY(make_tuple_uninitialized(py, groups));
            for (Word i = 1; i <= groups; ++i) tuple->slots[i - 1] = TRY(text(i)).release();
            item = std::move(tuple);
        }
        CHECK(list_append(py, Borrowed<List>(found), std::move(item).take()));
        matcher.advance();
    }
    return found;
}

Result<Ref<List>> split(Python& py, Self self, Borrowed<> string, std::int64_t maxsplit) {
    Held held = TRY(hold(py, *self.get(), string));
    Matcher matcher(self->program, held.subject, 0, INT64_MAX, polling());
    Ref<List> pieces = TRY(make_list(py));
    auto add = [&](Ref<> piece) { return list_append(py, Borrowed<List>(pieces), std::move(piece)); };
    std::int64_t last = matcher.start();
    for (std::int64_t n = 0; maxsplit == 0 || n < maxsplit; ++n) {
        if (!TRY(matched(py, matcher.search()))) break;
        CHECK(add(TRY(slice_of(py, string, held.subject, last, matcher.begin()))));
        for (Word i = 1; i <= self->program.groups(); ++i) {
            Span s = matcher.group(i);
            if (s.begin < 0) CHECK(add(none.share()));
            else CHECK(add(TRY(slice_of(py, string, held.subject, s.begin, std::max(s.begin, s.end)))));
        }
        last = matcher.end();
        matcher.advance();
    }
    CHECK(add(TRY(slice_of(py, string, held.subject, last, matcher.endpos()))));
    return pieces;
}

// The replacement as sub() uses it: something to call, a literal, or a template.
Result<Ref<>> replacement_of(Python& py, Self self, Borrowed<> repl) {
    if (is_callable(repl)) return repl.share();
    bool literal = false;
    if (is<Str>(repl)) {
        literal = str_methods::find_str(*as<Str>(repl).get(), *TRY(make_str_of(py, '\\')), {0, as<Str>(repl)->length()}) == kNotFound;
    } else if (has_buffer(py, repl)) {
        oro::Buffer buffer = TRY(get_buffer(py, repl));
        literal = buffer.bytes().find('\\') == std::string_view::npos;
    }
    if (literal) return repl.share();
    return compile_template(py, self, repl);
}

Result<Ref<>> substitute(Python& py, Self self, Borrowed<> repl, Borrowed<> string, std::int64_t count, std::int64_t& times) {
    Ref<> with = TRY(replacement_of(py, self, repl));
    bool is_template = is<Template>(Borrowed<>(with));
    bool callable = !is_template && is_callable(with);
    Held held = TRY(hold(py, *self.get(), string));
    Matcher matcher(self->program, held.subject, 0, INT64_MAX, polling());
    std::vector<Ref<>> pieces;
    std::int64_t last = 0;
    for (times = 0; count == 0 || times < count; ++times) {
        if (!TRY(matched(py, matcher.search()))) break;
        if (last < matcher.begin()) pieces.push_back(TRY(slice_of(py, string, held.subject, last, matcher.begin())));
        if (callable || is_template) {
            Ref<Match> match = TRY(make_match(py, self, string, matcher));
            if (is_template) {
                CHECK(expand_into(py, *as<Template>(Borrowed<>(with)).get(), *match, pieces));
            } else {
                Ref<> item = TRY(call_with(py, with, match));
                if (!item.is(kNone)) pieces.push_back(std::move(item));
            }
        } else {
            pieces.push_back(with.share());
        }
        last = matcher.end();
        matcher.advance();
    }
    if (last < matcher.endpos()) pieces.push_back(TRY(slice_of(py, string, held.subject, last, matcher.endpos())));
    return join_pieces(py, is_text(held.subject, string), pieces);
}

Result<Ref<>> sub(Python& py, Self self, Borrowed<> repl, Borrowed<> string, std::int64_t count) {
    std::int64_t times;
    return substitute(py, self, repl, string, count, times);
}
Result<Ref<Tuple>> subn(Python& py, Self self, Borrowed<> repl, Borrowed<> string, std::int64_t count) {
    std::int64_t times;
    Ref<> made = TRY(substitute(py, self, repl, string, count, times));
    return make_tuple_of(py, std::move(made), TRY(make_int(py, times)));
}

Result<Ref<Scanner>> scanner(Python& py, Self self, Borrowed<> string, Index pos, Index endpos) {
    Held held = TRY(hold(py, *self.get(), string));
    return make<Scanner>(py, scanner_type, self.share(), std::move(held), pos.value, endpos.value);
}

Result<Ref<>> finditer(Python& py, Self self, Borrowed<> string, Index pos, Index endpos) {
    Ref<Scanner> s = TRY(scanner(py, self, string, pos, endpos));
    Ref<Str> name = intern(py, TRY(make_str(py, "search")));
    Ref<> search = TRY(get_attribute(py, s, name));
    return make_callable_iterator(py, search, none);
}

Ref<> copy(Thread&, Self self) { return Borrowed<>(self).share(); }
Ref<> deepcopy(Thread&, Self self, Borrowed<>) { return Borrowed<>(self).share(); }

Result<Ref<>> to_repr(Python& py, Self self) {
    static constexpr struct { char const* name; std::int64_t bit; } names[] = {
        {"re.IGNORECASE", 2}, {"re.LOCALE", 4}, {"re.MULTILINE", 8}, {"re.DOTALL", 16}, {"re.UNICODE", 32},
        {"re.VERBOSE", 64}, {"re.DEBUG", 128}, {"re.ASCII", 256}};
    std::int64_t flags = self->flags;
    // Unicode matching is what a str pattern has anyway.
    if (is<Str>(*self->pattern) && (flags & (4 | 32 | 256)) == 32) flags &= ~std::int64_t(32);
    StrBuilder out(py);
    Ref<Str> text = TRY(repr(py, *self->pattern));
    out.add("re.compile(");
    out.add(*text, 0, std::min<std::size_t>(text->length(), 200));
    bool first = true;
    auto add = [&](std::string_view s) {
        out.add(first ? ", " : "|");
        out.add(s);
        first = false;
    };
    for (auto [name, bit] : names) {
        if (!(flags & bit)) continue;
        add(name);
        flags &= ~bit;
    }
    if (flags) {
        char hex[32];
        std::snprintf(hex, sizeof hex, "0x%llx", static_cast<unsigned long long>(flags));
        add(hex);
    }
    out.add(")");
    return TRY(out.finish());
}

Result<Ref<>> compare_to(Python& py, Self a, Borrowed<> other, Compare op) {
    if ((op != Compare::eq && op != Compare::ne) || !is<Pattern>(other)) return Ref<>::immediate(kNotImplemented);
    Self b = as<Pattern>(other);
    auto x = a->program.words(), y = b->program.words();
    bool same = a.get() == b.get() || (a->flags == b->flags && is<Str>(*a->pattern) == is<Str>(*b->pattern) &&
                                       std::equal(x.begin(), x.end(), y.begin(), y.end()) && TRY(equal(py, *a->pattern, *b->pattern)));
    return Ref<>::immediate(Value::of_bool(same == (op == Compare::eq)));
}

Result<std::int64_t> hash(Python& py, Self self) {
    auto words = self->program.words();
    std::uint64_t h = std::uint64_t(TRY(hash_value(py, *self->pattern)));
    for (Word w : words) h = (h ^ w) * 0x9E3779B97F4A7C15u;
    return finish_hash(h ^ (h >> 29) ^ std::uint64_t(self->flags));
}

Pattern& of(Value v) { return *static_cast<Pattern*>(v.pointer()); }
Value get_pattern(Python&, Value self) { return of(self).pattern.share().release(); }
Value get_flags(Python& py, Value self) { return make_int(py, of(self).flags).release(); }
Value get_groups(Python&, Value self) { return Value::of_int(std::int64_t(of(self).groups())); }
Value get_groupindex(Python& py, Value self) { return make_mapping_proxy(py, *of(self).groupindex).release(); }

constexpr MethodDef methods[] = {
    def<attempt<&Matcher::match>>("match", "string, pos=0, endpos=sys.maxsize", "A match at the start of the string, or None."),
    def<attempt<&Matcher::fullmatch>>("fullmatch", "string, pos=0, endpos=sys.maxsize", "A match of the whole string, or None."),
    def<attempt<&Matcher::search>>("search", "string, pos=0, endpos=sys.maxsize", "The first match in the string, or None."),
    def<sub>("sub", "repl, string, count=0", "The string with matches replaced."),
    def<subn>("subn", "repl, string, count=0", "The string with matches replaced, and how many were."),
    def<findall>("findall", "string, pos=0, endpos=sys.maxsize", "All matches as a list of texts or tuples of groups."),
    def<split>("split", "string, maxsplit=0", "The pieces between matches."),
    def<finditer>("finditer", "string, pos=0, endpos=sys.maxsize", "An iterator over all matches."),
    def<scanner>("scanner", "string, pos=0, endpos=sys.maxsize", "A scanner, which goes from match to match."),
    def<copy>("__copy__", "", "The pattern itself."),
    def<deepcopy>("__deepcopy__", "memo, /", "The pattern itself."),
    class_def<class_getitem>("__class_getitem__", "object, /", kClassGetitemDoc),
};
constexpr GetSetDef getsets[] = {
    {"pattern", get_pattern, nullptr, "What the pattern was compiled from."},
    {"flags", get_flags, nullptr, "The flags, those in the pattern included."},
    {"groups", get_groups, nullptr, "The number of groups."},
    {"groupindex", get_groupindex, nullptr, "The numbers of the named groups."},
};
constexpr SlotDef slots[] = {slot<Dunder::repr, to_repr>, slot<Dunder::hash, sre::hash>, ORO_COMPARE_SLOTS(compare_to)};
constexpr TypeDef pattern_def{.name = "re.Pattern", .doc = "A compiled regular expression.", .size = sizeof(Pattern),
                              .flags = type_flag::lasting | type_flag::disallow_new | type_flag::has_weakrefs, .hooks = hooks_of<Pattern>(),
                              .methods = methods, .slots = slots, .getsets = getsets};

}  // namespace

ORO_TYPE(pattern_type, pattern_def);

Result<Held> hold(Python& py, Pattern const& pattern, Borrowed<> string) {
    Value source = pattern.pattern.value();
    bool text_pattern = is<Str>(source), any = source == kNone;
    if (is<Str>(string)) {
        if (!text_pattern && !any) return raise(py, exc::TypeError, "cannot use a bytes pattern on a string-like object");
        Str const& s = *as<Str>(string).get();
        return Held{string.share(), {}, {s.data(), s.length(), unsigned(s.width())}};
    }
    if (!has_buffer(py, string)) return raise(py, exc::TypeError, "expected string or bytes-like object, got '{}'", TypeName{string.value()});
    if (text_pattern) return raise(py, exc::TypeError, "cannot use a string pattern on a bytes-like object");
    oro::Buffer buffer = TRY(get_buffer(py, string));
    Subject subject{buffer.data, buffer.size, 1};
    return Held{string.share(), std::move(buffer), subject};
}

Result<Ref<>> slice_of(Python& py, Borrowed<> string, Subject const& subject, std::int64_t begin, std::int64_t end) {
    if (end < begin) end = begin;
    if (is<Str>(string)) return TRY(substring(py, as<Str>(string), std::size_t(begin), std::size_t(end)));
    if (is_exact<Bytes>(string) && begin == 0 && std::size_t(end) == subject.length) return string.share();
    return TRY(make_bytes(py, {static_cast<char const*>(subject.units) + begin, std::size_t(end - begin)}));
}

Poll polling() {
    return {[](void*) { return !poll(current_python()).raised(); }, nullptr};
}

Result<bool> matched(Python& py, Outcome outcome) {
    switch (outcome) {
        case Outcome::matched: return true;
        case Outcome::no_match: return false;
        case Outcome::interrupted: return Raised{};
        case Outcome::out_of_memory: break;
    }
    return raise_no_memory(py);
}

Result<Ref<>> join_pieces(Python& py, bool text, std::span<Ref<> const> pieces) {
    std::vector<Value> words;
    for (Ref<> const& piece : pieces) words.push_back(piece.value());
    Ref<Tuple> tuple = TRY(oro::make_tuple(py, std::span<Value const>(words)));
    if (text) return TRY(str_methods::join(py, empty_str(), tuple));
    return TRY(bytes_methods::join_octets(py, {}, tuple));
}

Result<Ref<>> compile_template(Python& py, Borrowed<Pattern> pattern, Borrowed<> text) {
    Ref<> import = TRY(builtin(py, name::dunder_import()));
    Ref<Str> module_name = TRY(make_str(py, "re"));
    Ref<> module = TRY(call_with(py, import, module_name));
    Ref<Str> name = intern(py, TRY(make_str(py, "_compile_template")));
    Ref<> function = TRY(get_attribute(py, module, name));
    return call_with(py, function, pattern, text);
}

}  // namespace oro::sre
