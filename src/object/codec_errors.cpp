#include "object/codec_errors.h"

#include "base/unicode_names.h"
#include "base/utf8.h"
#include "object/codec_registry.h"
#include "object/exception.h"
#include "object/unicode_error.h"

namespace oro {

namespace {

// The fields of a UnicodeError that a handler works with, checked and clipped.
struct Situation {
    enum class Kind : std::uint8_t { encode, decode, translate } kind;
    Ref<> object;                 // str, or bytes when decoding
    std::string encoding;
    std::size_t start, end;
    Str const& text() const { return *static_cast<Str*>(object.value().pointer()); }
    Bytes const& octets() const { return *static_cast<Bytes*>(object.value().pointer()); }
};

Result<Situation> situation_of(Thread& t, Borrowed<> v) {
    using Kind = Situation::Kind;
    Kind kind;
    if (is_instance_of(v.value(), exc::UnicodeEncodeError)) kind = Kind::encode;
    else if (is_instance_of(v.value(), exc::UnicodeDecodeError)) kind = Kind::decode;
    else if (is_instance_of(v.value(), exc::UnicodeTranslateError)) kind = Kind::translate;
    else return raise(t, exc::TypeError, "don't know how to handle {} in error callback", TypeName{v.value()});
    auto* e = static_cast<UnicodeErrorFields*>(v.value().pointer());
    Maybe<> object = e->object.load(e), encoding = e->encoding.load(e);
    if (!object) return raise(t, exc::TypeError, "UnicodeError 'object' attribute is not set");
    bool good = kind == Kind::decode ? is<Bytes>(*object) : is<Str>(*object);
    if (!good) return raise(t, exc::TypeError, "UnicodeError 'object' attribute must be a {}", kind == Kind::decode ? "bytes" : "string");
    auto size = std::int64_t(kind == Kind::decode ? as<Bytes>(*object)->size : as<Str>(*object)->length());
    std::int64_t start = e->start.load(std::memory_order_relaxed), end = e->end.load(std::memory_order_relaxed);
    if (start < 0) start = 0;
    if (start >= size) start = size == 0 ? 0 : size - 1;
    if (end < 1) end = 1;
    if (end > size) end = size;
    if (end < start) end = start;
    std::string name = encoding && is<Str>(*encoding) ? wtf8_of(*as<Str>(*encoding).get()) : std::string();
    return Situation{kind, std::move(object).take(), std::move(name), std::size_t(start), std::size_t(end)};
}

using Patch = Result<Ref<Tuple>>;

Patch patch(Thread& t, Ref<> text, std::size_t position) {
    return make_tuple_of(t, std::move(text), Ref<>::immediate(Value::of_int(std::int64_t(position))));
}

Raised wrong_kind(Thread& t, Borrowed<> e) {
    return raise(t, exc::TypeError, "don't know how to handle {} in error callback", TypeName{e.value()});
}

// Raises the exception that the handler got.
Raised pass_on(Thread& t, Borrowed<> e) { return raise_object(t, e.share()); }

Patch strict(Python& py, Borrowed<> e) {
    if (!is_exception(e)) return raise(py, exc::TypeError, "codec must pass exception instance");
    return pass_on(py, e);
}

Patch ignore(Python& py, Borrowed<> e) {
    Situation s = TRY(situation_of(py, e));
    return patch(py, empty_str(), s.end);
}

Patch replace(Python& py, Borrowed<> e) {
    Situation s = TRY(situation_of(py, e));
    StrBuilder out(py);
    if (s.kind == Situation::Kind::decode) out.add(U'\uFFFD');
    else out.fill(s.kind == Situation::Kind::encode ? U'?' : U'\uFFFD', s.end - s.start);
    return patch(py, TRY(out.finish()), s.end);
}

void add_number(StrBuilder& out, char32_t c, unsigned base, int digits) {
    char text[16];
    int n = 0;
    do {
        text[n++] = "0123456789abcdef"[c % base];
        c /= base;
    } while (c || n < digits);
    while (n > 0) out.add(char32_t(text[--n]));
}

void add_escape(StrBuilder& out, char32_t c) {
    out.add(c < 0x100 ? "\\x" : c < 0x10000 ? "\\u" : "\\U");
    add_number(out, c, 16, c < 0x100 ? 2 : c < 0x10000 ? 4 : 8);
}

Patch backslashreplace(Python& py, Borrowed<> e) {
    Situation s = TRY(situation_of(py, e));
    StrBuilder out(py);
    for (std::size_t i = s.start; i < s.end; ++i) {
        add_escape(out, s.kind == Situation::Kind::decode ? std::uint8_t(s.octets().data[i]) : s.text().at(i));
    }
    return patch(py, TRY(out.finish()), s.end);
}

Patch xmlcharrefreplace(Python& py, Borrowed<> e) {
    Situation s = TRY(situation_of(py, e));
    if (s.kind != Situation::Kind::encode) return wrong_kind(py, e);
    StrBuilder out(py);
    for (std::size_t i = s.start; i < s.end; ++i) {
        out.add("&#");
        add_number(out, s.text().at(i), 10, 1);
        out.add(";");
    }
    return patch(py, TRY(out.finish()), s.end);
}

Patch namereplace(Python& py, Borrowed<> e) {
    Situation s = TRY(situation_of(py, e));
    if (s.kind != Situation::Kind::encode) return wrong_kind(py, e);
    StrBuilder out(py);
    for (std::size_t i = s.start; i < s.end; ++i) {
        std::string name = unicode::name(s.text().at(i));
        if (name.empty()) {
            add_escape(out, s.text().at(i));
            continue;
        }
        out.add("\\N{");
        out.add(name);
        out.add("}");
    }
    return patch(py, TRY(out.finish()), s.end);
}

// The UTF that an encoding's name stands for: octets a unit and their order; 0 for another encoding.
struct Utf {
    int unit = 0;
    bool big = false;
};
Utf utf_of(std::string_view name) {
    std::string plain;
    for (char c : name)
        if (c != '-' && c != '_' && c != ' ') plain += c >= 'A' && c <= 'Z' ? char(c + 32) : c;
    if (plain == "utf8" || plain == "cputf8") return {1, false};
    if (plain == "utf16" || plain == "utf16le") return {2, false};
    if (plain == "utf16be") return {2, true};
    if (plain == "utf32" || plain == "utf32le") return {4, false};
    if (plain == "utf32be") return {4, true};
    return {};
}

void put_unit(std::string& out, Utf utf, char32_t c) {
    if (utf.unit == 1) return append_utf8(out, c);
    for (int i = 0; i < utf.unit; ++i) out += char(c >> 8 * (utf.big ? utf.unit - 1 - i : i));
}

Patch surrogatepass(Python& py, Borrowed<> e) {
    Situation s = TRY(situation_of(py, e));
    Utf utf = utf_of(s.encoding);
    if (s.kind == Situation::Kind::translate) return wrong_kind(py, e);
    if (utf.unit == 0) return pass_on(py, e);
    if (s.kind == Situation::Kind::encode) {
        std::string out;
        for (std::size_t i = s.start; i < s.end; ++i) {
            char32_t c = s.text().at(i);
            if (!is_surrogate(c)) return pass_on(py, e);
            put_unit(out, utf, c);
        }
        return patch(py, TRY(make_bytes(py, out)), s.end);
    }
    // One surrogate from the octets at the error.
    std::string_view rest = s.octets().view().substr(s.start);
    std::size_t size = utf.unit == 1 ? 3 : std::size_t(utf.unit);
    if (rest.size() < size) return pass_on(py, e);
    char32_t c = 0;
    auto at = [&](std::size_t i) { return char32_t(std::uint8_t(rest[i])); };
    if (utf.unit == 1) {
        if ((at(0) & 0xF0) == 0xE0 && (at(1) & 0xC0) == 0x80 && (at(2) & 0xC0) == 0x80) {
            c = (at(0) & 0x0F) << 12 | (at(1) & 0x3F) << 6 | (at(2) & 0x3F);
        }
    } else {
        for (std::size_t i = 0; i < size; ++i) c |= at(i) << 8 * (utf.big ? size - 1 - i : i);
    }
    if (!is_surrogate(c)) return pass_on(py, e);
    return patch(py, TRY(make_str_of(py, c)), s.start + size);
}

Patch surrogateescape(Python& py, Borrowed<> e) {
    Situation s = TRY(situation_of(py, e));
    if (s.kind == Situation::Kind::translate) return wrong_kind(py, e);
    if (s.kind == Situation::Kind::encode) {
        std::string out;
        for (std::size_t i = s.start; i < s.end; ++i) {
            char32_t c = s.text().at(i);
            if (c < 0xDC80 || c > 0xDCFF) return pass_on(py, e);
            out += char(c - 0xDC00);
        }
        return patch(py, TRY(make_bytes(py, out)), s.end);
    }
    StrBuilder out(py);
    std::size_t i = s.start;
    for (; i < s.end && i < s.start + 4; ++i) {
        auto c = std::uint8_t(s.octets().data[i]);
        if (c < 0x80) break;  // ASCII is never escaped
        out.add(0xDC00 + char32_t(c));
    }
    if (i == s.start) return pass_on(py, e);
    return patch(py, TRY(out.finish()), i);
}

constexpr MethodDef handlers[] = {
    function<strict>("strict", "exception, /", "Raises the exception."),
    function<ignore>("ignore", "exception, /", "Leaves out what cannot be converted."),
    function<replace>("replace", "exception, /", "Puts a replacement character in place."),
    function<xmlcharrefreplace>("xmlcharrefreplace", "exception, /", "Puts XML character references in place."),
    function<backslashreplace>("backslashreplace", "exception, /", "Puts backslash escapes in place."),
    function<namereplace>("namereplace", "exception, /", "Puts \\N{...} escapes in place."),
    function<surrogatepass>("surrogatepass", "exception, /", "Lets lone surrogates through."),
    function<surrogateescape>("surrogateescape", "exception, /", "Carries undecodable octets through as lone surrogates."),
};

// What to call: the handler of that name, found once a run.
Result<Ref<Tuple>> call_handler(Python& py, std::string_view errors, Maybe<>& handler, Borrowed<> exception, char const* complaint) {
    if (!handler) handler = TRY(lookup_error_handler(py, errors.empty() ? "strict" : errors));
    Ref<> answer = TRY(call_with(py, *handler, exception));
    if (is<Tuple>(Borrowed<>(answer)) && as<Tuple>(Borrowed<>(answer))->size == 2 &&
        is_any_int(as<Tuple>(Borrowed<>(answer))->slots[1])) {
        return as<Tuple>(std::move(answer));
    }
    return raise(py, exc::TypeError, "{}", complaint);
}

Result<std::size_t> position_from(Thread& t, Value v, std::size_t size) {
    Value n = int_number(v);
    std::int64_t at = n.is_int() ? n.as_int() : -1;
    if (n.is_int() && at < 0) at += std::int64_t(size);
    if (!n.is_int() || at < 0 || at > std::int64_t(size)) {
        return raise(t, exc::IndexError, "position {} from error handler out of bounds", n.is_int() ? n.as_int() : -1);
    }
    return std::size_t(at);
}

bool is_strict(std::string_view errors) { return errors.empty() || errors == "strict"; }

}  // namespace

MethodDef const* builtin_error_handler(std::string_view name) {
    for (MethodDef const& d : handlers)
        if (name == d.name) return &d;
    return nullptr;
}

Raised EncodeErrors::fail(std::size_t start, std::size_t end, std::string_view reason) {
    return raise_encode_error(py_, encoding_, text_, start, end, reason);
}

Result<CodecPatch> EncodeErrors::handle(std::size_t start, std::size_t end, std::string_view reason) {
    if (is_strict(errors_)) return fail(start, end, reason);
    if (errors_ == "ignore") return CodecPatch{empty_str(), end};
    (void)fail(start, end, reason);
    Maybe<> exception = take_raised(py_);
    constexpr char const* complaint = "encoding error handler must return (str/bytes, int) tuple";
    Ref<Tuple> answer = TRY(call_handler(py_, errors_, handler_, *exception, complaint));
    if (!is<Str>(answer->slots[0]) && !is<Bytes>(answer->slots[0])) return raise(py_, exc::TypeError, "{}", complaint);
    std::size_t position = TRY(position_from(py_, answer->slots[1], text_->length()));
    return CodecPatch{answer->at(0).share(), position};
}

Result<std::size_t> DecodeErrors::handle(StrBuilder& out, std::size_t start, std::size_t end, std::string_view reason) {
    if (errors_ == "ignore") return end;
    if (errors_ == "replace") return out.add(U'\uFFFD'), end;
    if (!object_) object_ = TRY(make_bytes(py_, octets_));
    (void)raise_decode_error(py_, encoding_, *object_, start, end, reason);
    if (is_strict(errors_)) return Raised{};
    Maybe<> exception = take_raised(py_);
    constexpr char const* complaint = "decoding error handler must return (str, int) tuple";
    Ref<Tuple> answer = TRY(call_handler(py_, errors_, handler_, *exception, complaint));
    if (!is<Str>(answer->slots[0])) return raise(py_, exc::TypeError, "{}", complaint);
    auto* fields = static_cast<UnicodeErrorFields*>(exception.value().pointer());
    Maybe<> object = fields->object.load(fields);
    if (!object || !is<Bytes>(*object)) return raise(py_, exc::TypeError, "exception attribute object must be bytes");
    if (object.value() != object_.value()) {
        object_ = as<Bytes>(std::move(object).take());
        octets_ = object_->view();
    }
    std::size_t position = TRY(position_from(py_, answer->slots[1], octets_.size()));
    out.add(*as<Str>(answer->slots[0]).get());
    return position;
}

}  // namespace oro
