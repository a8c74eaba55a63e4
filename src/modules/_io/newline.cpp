#include "modules/_io/newline.h"

#include "modules/_io/io.h"

namespace oro::io {

std::size_t find_char(Str const& text, char c, std::size_t from, std::size_t to) {
    return visit_text(text, [&](auto chars) {
        if constexpr (sizeof(chars[0]) == 1) {
            void const* at = from < to ? std::memchr(chars.data() + from, c, to - from) : nullptr;
            return at ? std::size_t(static_cast<std::uint8_t const*>(at) - chars.data()) : to;
        } else {
            for (std::size_t i = from; i < to; ++i)
                if (chars[i] == static_cast<unsigned char>(c)) return i;
            return to;
        }
    });
}

std::size_t find_universal_end(Str const& text, std::size_t from, std::size_t to) {
    return visit_text(text, [&](auto chars) {
        for (std::size_t i = from; i < to; ++i) {
            if (chars[i] == '\n') return i + 1;
            if (chars[i] == '\r') return i + 1 < to && chars[i + 1] == '\n' ? i + 2 : i + 1;
        }
        return kNoEnd;
    });
}

Result<Ref<Str>> replace_newlines(Thread& t, Borrowed<Str> text, std::string_view with) {
    StrBuilder out(t);
    std::size_t n = text->length();
    for (std::size_t from = 0; from < n;) {
        std::size_t at = find_char(*text, '\n', from, n);
        out.add(*text, from, at);
        if (at == n) break;
        out.add(with);
        from = at + 1;
    }
    return out.finish();
}

Result<Ref<Str>> Newlines::decode(Thread& t, Ref<Str> text, bool final) {
    if (pending_cr && (final || text->length() > 0)) {
        text = TRY(concat(t, TRY(make_str_of(t, '\r')), text));
        pending_cr = false;
    }
    std::size_t n = text->length();
    if (!final && n > 0 && text->at(n - 1) == '\r') {
        text = TRY(substring(t, text, 0, --n));
        pending_cr = true;
    }
    if (n == 0) return text;
    std::size_t first = find_char(*text, '\r', 0, n);
    if (first == n) {
        if (!(seen & kLf) && find_char(*text, '\n', 0, n) < n) seen |= kLf;
        return text;
    }
    bool lf = find_char(*text, '\n', 0, first) < first, cr = false, crlf = false;
    visit_text(*text, [&](auto chars) {
        for (std::size_t i = first; i < n; ++i) {
            if (chars[i] == '\n') lf = true;
            else if (chars[i] == '\r') {
                if (i + 1 < n && chars[i + 1] == '\n') crlf = true, ++i;
                else cr = true;
            }
        }
    });
    seen |= std::uint8_t((lf ? kLf : 0) | (cr ? kCr : 0) | (crlf ? kCrLf : 0));
    if (!translate) return text;
    StrBuilder out(t);
    for (std::size_t from = 0; from < n;) {
        std::size_t at = find_char(*text, '\r', from, n);
        out.add(*text, from, at);
        if (at == n) break;
        out.add(U'\n');
        from = at + 1;
        if (from < n && text->at(from) == '\n') ++from;
    }
    return out.finish();
}

Result<Ref<>> newlines_object(Thread& t, std::uint8_t seen) {
    static constexpr struct { std::uint8_t bit; char const* text; } kinds[] = {{Newlines::kCr, "\r"}, {Newlines::kLf, "\n"}, {Newlines::kCrLf, "\r\n"}};
    Value words[3];
    Maybe<> kept[3];
    std::size_t n = 0;
    for (auto const& k : kinds) {
        if (!(seen & k.bit)) continue;
        kept[n] = TRY(make_interned(t, k.text));
        words[n] = kept[n].value();
        ++n;
    }
    if (n == 0) return Ref<>::immediate(kNone);
    if (n == 1) return std::move(kept[0]).take();
    return TRY(oro::make_tuple(t, std::span<Value const>(words, n)));
}

Result<void> check_newline(Thread& t, Optional<Str> newline, bool quoted) {
    if (!newline) return {};
    Str const& s = *(*newline).get();
    if (s.length() == 0 || equal(s, "\n") || equal(s, "\r") || equal(s, "\r\n")) return {};
    if (!quoted) return raise(t, exc::ValueError, "illegal newline value: {}", *newline);
    Ref<Str> shown = TRY(repr(static_cast<Python&>(t), *newline));
    return raise(t, exc::ValueError, "illegal newline value: {}", shown);
}

// ---- IncrementalNewlineDecoder: `decoder` is None or has decode() of its own

namespace {

struct NewlineDecoder : Object {
    Member<> decoder, errors;
    struct Guarded { Newlines newlines; } guarded;
    static constexpr auto fields = std::tuple{&NewlineDecoder::decoder, &NewlineDecoder::errors};
    static Type& type() { return newline_decoder_type; }
};
using Self = Borrowed<NewlineDecoder>;

Result<Ref<>> decoder_of(Thread& t, Self self) {
    if (Maybe<> decoder = self->decoder.load(self.get())) return std::move(decoder).take();
    return raise(t, exc::ValueError, "IncrementalNewlineDecoder.__init__() not called");
}

Value new_decoder(Python& py, Type& type, Value const*, std::size_t, Tuple*) { return make<NewlineDecoder>(py, type).release(); }
Result<void> init(Python& py, Self self, Value const* args, std::size_t n, Tuple* keyword_names) {
    static constexpr char const* names[] = {"decoder", "translate", "errors"};
    Value words[3];
    CHECK(parse_arguments(py, "IncrementalNewlineDecoder", names, 0, 3, 2, args, n, keyword_names, words));
    bool translate = TRY(truth(py, Borrowed<>(words[1])));
    Ref<> errors = words[2] ? share(words[2]) : Ref<>(TRY(make_interned(py, "strict")));
    self->errors.store(self.get(), std::move(errors));
    {
        Locked<NewlineDecoder> locked(py, self);
        locked->newlines = {};
        locked->newlines.translate = translate;
    }
    self->decoder.store(self.get(), share(words[0]));
    return {};
}
Value init_slot(Python& py, Value self, Value const* args, std::size_t n, Tuple* names) {
    return init(py, as<NewlineDecoder>(self), args, n, names).raised() ? Value{} : kNone;
}

Result<Ref<>> decode(Python& py, Self self, Borrowed<> input, bool final) {
    Ref<> decoder = TRY(decoder_of(py, self));
    Ref<> text = decoder.is(kNone) ? input.share() : TRY(call_method_with(py, decoder, name::decode(), input, Borrowed<>(Value::of_bool(final))));
    if (!is<Str>(text)) return raise(py, exc::TypeError, "decoder should return a string result, not '{}'", TypeName{text.value()});
    Locked<NewlineDecoder> locked(py, self);
    return TRY(locked->newlines.decode(py, as<Str>(std::move(text)), final));
}

Result<Ref<>> getstate(Python& py, Self self) {
    Ref<> decoder = TRY(decoder_of(py, self));
    Ref<> octets = empty_bytes();
    std::uint64_t flag = 0;
    if (!decoder.is(kNone)) {
        Ref<> state = TRY(call_method_with(py, decoder, name::getstate()));
        if (!is<Tuple>(state) || as<Tuple>(Borrowed<>(state))->size != 2) return raise(py, exc::TypeError, "illegal decoder state");
        Borrowed<Tuple> pair = as<Tuple>(Borrowed<>(state));
        if (!is_any_int(pair->slots[1])) return raise(py, exc::TypeError, "illegal decoder state");
        octets = share(pair->slots[0]);
        flag = std::uint64_t(TRY(to_int64(py, Borrowed<>(pair->slots[1]), nullptr))) << 1;
    }
    {
        Locked<NewlineDecoder> locked(py, self);
        flag |= locked->newlines.pending_cr;
    }
    return TRY(make_tuple_of(py, std::move(octets), TRY(make_int_unsigned(py, flag))));
}

Result<void> setstate(Python& py, Self self, Borrowed<> state) {
    Ref<> decoder = TRY(decoder_of(py, self));
    if (!is<Tuple>(state)) return raise(py, exc::TypeError, "state argument must be a tuple");
    Borrowed<Tuple> pair = as<Tuple>(state);
    if (pair->size != 2 || !is_any_int(pair->slots[1])) return raise(py, exc::TypeError, "setstate(): illegal state argument");
    auto flag = std::uint64_t(TRY(to_int64(py, Borrowed<>(pair->slots[1]), nullptr)));
    {
        Locked<NewlineDecoder> locked(py, self);
        locked->newlines.pending_cr = flag & 1;
    }
    if (decoder.is(kNone)) return {};
    Ref<Tuple> rest = TRY(make_tuple_of(py, share(pair->slots[0]), TRY(make_int_unsigned(py, flag >> 1))));
    CHECK(call_method_with(py, decoder, name::setstate(), rest));
    return {};
}

Result<void> reset(Python& py, Self self) {
    Ref<> decoder = TRY(decoder_of(py, self));
    {
        Locked<NewlineDecoder> locked(py, self);
        locked->newlines.seen = 0;
        locked->newlines.pending_cr = false;
    }
    if (decoder.is(kNone)) return {};
    CHECK(call_method_with(py, decoder, name::reset()));
    return {};
}

Value get_newlines(Python& py, Value self) {
    return [&]() -> Result<Ref<>> {
        auto o = as<NewlineDecoder>(self);
        (void)TRY(decoder_of(py, o));
        std::uint8_t seen;
        {
            Locked<NewlineDecoder> locked(py, o);
            seen = locked->newlines.seen;
        }
        return newlines_object(py, seen);
    }().release();
}

constexpr MethodDef methods[] = {
    def<decode>("decode", "input, final=False", "Decode, and translate ends of lines if asked to."),
    def<getstate>("getstate", "", "The state, for setstate()."),
    def<setstate>("setstate", "state, /", "Go back to a state."),
    def<reset>("reset", "", "As if new."),
};
constexpr GetSetDef getsets[] = {{"newlines", get_newlines, nullptr, "The ends of lines seen so far."}};
constexpr TypeDef decoder_def{.name = "_io.IncrementalNewlineDecoder", .doc = "Recognises all ends of lines in the text of another decoder.",
                              .signature = "decoder, translate, errors='strict'", .size = sizeof(NewlineDecoder),
                              .flags = type_flag::subclassable, .hooks = hooks_of<NewlineDecoder>(), .new_ = new_decoder, .init = init_slot,
                              .methods = methods, .getsets = getsets};

}  // namespace

ORO_TYPE(newline_decoder_type, decoder_def);

}  // namespace oro::io
