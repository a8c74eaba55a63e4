#include <cstring>

#include "modules/_sre/objects.h"
#include "object/generic_alias.h"

namespace oro::sre {

Match::Match(Ref<Pattern> p, Ref<> s, Matcher const& m)
    : pattern(std::move(p)), string(std::move(s)), pos(m.pos()), endpos(m.endpos()), last_index(m.last_index()),
      span_count(std::uint32_t(pattern->groups() + 1)) {
    spans[0] = {m.begin(), m.end()};
    for (std::uint32_t i = 1; i < span_count; ++i) spans[i] = m.group(i);
}

Result<Ref<Match>> make_match(Thread& t, Borrowed<Pattern> pattern, Borrowed<> string, Matcher const& matcher) {
    for (std::size_t i = 1; i <= pattern->groups(); ++i) {
        Span s = matcher.group(Word(i));
        if (s.begin >= 0 && s.end < s.begin) {
            return raise(t, exc::SystemError, "The span of capturing group is wrong, please report a bug for the re module.");
        }
    }
    return make_sized<Match>(t, match_type, sizeof(Match) + (pattern->groups() + 1) * sizeof(Span), pattern.share(), string.share(), matcher);
}

Result<Ref<>> group_text(Python& py, Match const& match, std::size_t number, Borrowed<> otherwise) {
    Span s = match.spans[number];
    if (s.begin < 0) return otherwise.share();
    Borrowed<> string = *match.string;
    if (is<Str>(string)) return slice_of(py, string, {}, s.begin, s.end);
    // A buffer may have become shorter since.
    oro::Buffer buffer = TRY(get_buffer(py, string));
    auto size = std::int64_t(buffer.size);
    return slice_of(py, string, {buffer.data, buffer.size, 1}, std::min(s.begin, size), std::min(s.end, size));
}

Result<void> expand_into(Python& py, Template const& t, Match const& match, std::vector<Ref<>>& pieces) {
    auto parts = t.parts->items();
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i % 2 == 0) {
            pieces.push_back(share(parts[i]));
            continue;
        }
        std::int64_t number = parts[i].as_int();
        if (std::uint64_t(number) >= match.span_count) return raise(py, exc::IndexError, "invalid group reference");
        if (match.spans[number].begin < 0) continue;
        pieces.push_back(TRY(group_text(py, match, std::size_t(number), none)));
    }
    return {};
}

namespace {

using Self = Borrowed<Match>;

// The number of a group given by number or name.
Result<std::size_t> number_of(Python& py, Match const& m, Borrowed<> key) {
    Maybe<> found;
    Value v = key.value();
    if (!v.is_int() && !type_of(v).slot(Dunder::index)) {
        Result<Maybe<>> looked = dict_get_item(py, *m.pattern->groupindex, key);
        if (looked.raised()) clear_raised(py);
        else found = std::move(looked).take();
        v = found.value();
    } else if (!v.is_int()) {
        std::int64_t n = TRY(to_int64(py, key, nullptr));
        v = Value::of_int(n < 0 ? -1 : std::min(n, Value::kMaxInt));
    }
    if (!v.is_int() || v.as_int() < 0 || std::uint64_t(v.as_int()) >= m.span_count) return raise(py, exc::IndexError, "no such group");
    return std::size_t(v.as_int());
}

Result<Ref<>> group(Python& py, Self self, Args args) {
    Match const& m = *self.get();
    if (args.size() == 0) return group_text(py, m, 0, none);
    if (args.size() == 1) return group_text(py, m, TRY(number_of(py, m, args[0])), none);
    Ref<Tuple> out = TRY(make_tuple_uninitialized(py, args.size()));
    for (std::size_t i = 0; i < args.size(); ++i) {
        out->slots[i] = TRY(group_text(py, m, TRY(number_of(py, m, args[i])), none)).release();
    }
    return out;
}

Result<Ref<>> get_at(Python& py, Self self, Borrowed<> key) {
    return group_text(py, *self.get(), TRY(number_of(py, *self.get(), key)), none);
}

Result<Ref<Tuple>> span_tuple(Thread& t, Span s) { return make_tuple_of(t, TRY(make_int(t, s.begin)), TRY(make_int(t, s.end))); }

Result<std::int64_t> start(Python& py, Self self, Borrowed<> key) { return self->spans[TRY(number_of(py, *self.get(), key))].begin; }
Result<std::int64_t> end(Python& py, Self self, Borrowed<> key) { return self->spans[TRY(number_of(py, *self.get(), key))].end; }
Result<Ref<Tuple>> span(Python& py, Self self, Borrowed<> key) { return span_tuple(py, self->spans[TRY(number_of(py, *self.get(), key))]); }

Result<Ref<Tuple>> groups(Python& py, Self self, Borrowed<> otherwise) {
    Ref<Tuple> out = TRY(make_tuple_uninitialized(py, self->span_count - 1));
    for (std::size_t i = 1; i < self->span_count; ++i) out->slots[i - 1] = TRY(group_text(py, *self.get(), i, otherwise)).release();
    return out;
}

Result<Ref<Dict>> groupdict(Python& py, Self self, Borrowed<> otherwise) {
    Ref<Dict> out = TRY(make_dict(py));
    std::size_t position = 0;
    Maybe<> name, number;
    while (dict_next(py, *self->pattern->groupindex.get(), &position, &name, &number)) {
        Ref<> text = TRY(group_text(py, *self.get(), TRY(number_of(py, *self.get(), *number)), otherwise));
        CHECK(dict_set_item(py, out, *name, std::move(text)));
    }
    return out;
}

Result<Ref<>> expand(Python& py, Self self, Borrowed<> text) {
    Ref<> with = TRY(compile_template(py, *self->pattern, text));
    if (!is<Template>(Borrowed<>(with))) return with;
    std::vector<Ref<>> pieces;
    CHECK(expand_into(py, *as<Template>(Borrowed<>(with)).get(), *self.get(), pieces));
    return join_pieces(py, is<Str>(*self->string), pieces);
}

Ref<> copy(Thread&, Self self) { return Borrowed<>(self).share(); }
Ref<> deepcopy(Thread&, Self self, Borrowed<>) { return Borrowed<>(self).share(); }

Result<Ref<>> to_repr(Python& py, Self self) {
    Ref<> text = TRY(group_text(py, *self.get(), 0, none));
    Ref<Str> shown = TRY(repr(py, text));
    shown = TRY(substring(py, shown, 0, std::min<std::size_t>(shown->length(), 50)));
    return TRY(format_message(py, "<re.Match object; span=({}, {}), match={}>",
                              {MessageArg(self->spans[0].begin), MessageArg(self->spans[0].end), MessageArg(shown)}));
}

Match& of(Value v) { return *static_cast<Match*>(v.pointer()); }
Value get_string(Python&, Value self) { return of(self).string.share().release(); }
Value get_re(Python&, Value self) { return of(self).pattern.share().release(); }
Value get_pos(Python&, Value self) { return Value::of_int(of(self).pos); }
Value get_endpos(Python&, Value self) { return Value::of_int(of(self).endpos); }
Value get_lastindex(Python&, Value self) { return of(self).last_index >= 0 ? Value::of_int(of(self).last_index) : kNone; }
Value get_lastgroup(Python&, Value self) {
    Match& m = of(self);
    auto names = m.pattern->indexgroup->items();
    if (m.last_index < 0 || std::size_t(m.last_index) >= names.size()) return kNone;
    return share(names[std::size_t(m.last_index)]).release();
}
Result<Ref<Tuple>> regs(Thread& t, Match& m) {
    Ref<Tuple> out = TRY(make_tuple_uninitialized(t, m.span_count));
    for (std::size_t i = 0; i < m.span_count; ++i) out->slots[i] = TRY(span_tuple(t, m.spans[i])).release();
    return out;
}
Value get_regs(Python& py, Value self) { return regs(py, of(self)).release(); }

constexpr MethodDef methods[] = {
    def<group>("group", "*groups", "The text of one group, or a tuple of several, by number or name."),
    def<start>("start", "group=0, /", "Where the group begins, -1 if it took no part."),
    def<end>("end", "group=0, /", "Where the group ends, -1 if it took no part."),
    def<sre::span>("span", "group=0, /", "Where the group begins and ends."),
    def<groups>("groups", "default=None", "The texts of all groups."),
    def<groupdict>("groupdict", "default=None", "The texts of the named groups."),
    def<expand>("expand", "template", "The template with its group references filled in."),
    def<copy>("__copy__", "", "The match itself."),
    def<deepcopy>("__deepcopy__", "memo, /", "The match itself."),
    class_def<class_getitem>("__class_getitem__", "object, /", kClassGetitemDoc),
};
constexpr GetSetDef getsets[] = {
    {"string", get_string, nullptr, "What was searched."},
    {"re", get_re, nullptr, "The pattern."},
    {"pos", get_pos, nullptr, "Where the search began."},
    {"endpos", get_endpos, nullptr, "Where the search was to end."},
    {"lastindex", get_lastindex, nullptr, "The number of the group that was closed last, or None."},
    {"lastgroup", get_lastgroup, nullptr, "The name of the group that was closed last, or None."},
    {"regs", get_regs, nullptr, "The spans of the match and all groups."},
};
constexpr SlotDef slots[] = {slot<Dunder::repr, to_repr>, slot<Dunder::getitem, get_at>};
constexpr TypeDef match_def{.name = "re.Match", .doc = "What a pattern has found.", .size = sizeof(Match), .item_size = sizeof(Span),
                            .flags = type_flag::disallow_new, .hooks = hooks_of<Match>(), .methods = methods, .slots = slots,
                            .getsets = getsets};

}  // namespace

ORO_TYPE(match_type, match_def);

}  // namespace oro::sre
