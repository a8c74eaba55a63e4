// ASCII, Latin-1 and charmaps: one octet a character.
#include "object/byte_builder.h"
#include "object/chars.h"
#include "object/codec_builtin.h"
#include "object/int.h"

namespace oro::codec {

namespace {

// Characters below the limit are their own octets.
Encoded encode_limited(Python& py, Borrowed<Str> s, std::string_view name, std::string_view errors, char32_t limit) {
    std::string_view reason = limit == 128 ? "ordinal not in range(128)" : "ordinal not in range(256)";
    EncodeErrors handler(py, s, name, errors);
    ByteBuilder out(py);
    for (std::size_t i = 0; i < s->length();) {
        char32_t c = s->at(i);
        if (c < limit) [[likely]] {
            out.add(char(c));
            ++i;
            continue;
        }
        std::size_t end = i + 1;
        while (end < s->length() && s->at(end) >= limit) ++end;
        if (errors == "replace") {
            out.fill('?', end - i);
            i = end;
            continue;
        }
        CodecPatch patch = TRY(handler.handle(i, end, reason));
        if (is<Bytes>(*patch.text)) {
            out.add(as<Bytes>(*patch.text)->view());
        } else {
            Str const& text = *as<Str>(*patch.text).get();
            for (std::size_t k = 0; k < text.length(); ++k) {
                if (text.at(k) >= limit) return handler.fail(i, end, reason);
                out.add(char(text.at(k)));
            }
        }
        i = patch.position;
    }
    return out.finish();
}

constexpr std::string_view kUndefined = "character maps to <undefined>";

// What a charmap has for a character: false if nothing.
Result<bool> map_character(Python& py, ByteBuilder& out, char32_t c, Borrowed<> mapping) {
    if (mapping.is(kNone)) {
        if (c > 0xFF) return false;
        out.add(char(c));
        return true;
    }
    Result<Ref<>> looked = get_item(py, mapping, Borrowed<>(Value::of_int(c)));
    if (looked.raised()) {
        if (!raised_is(py, exc::LookupError)) return Raised{};
        clear_raised(py);
        return false;
    }
    Ref<> to = std::move(looked).take();
    if (to.is(kNone)) return false;
    if (is_any_int(to.value())) {
        Value n = int_number(to.value());
        if (!n.is_int() || n.as_int() < 0 || n.as_int() > 255) {
            return raise(py, exc::TypeError, "character mapping must be in range(256)");
        }
        out.add(char(n.as_int()));
        return true;
    }
    if (!is<Bytes>(Borrowed<>(to))) {
        return raise(py, exc::TypeError, "character mapping must return integer, bytes or None, not {}", TypeName{to.value()});
    }
    out.add(as<Bytes>(Borrowed<>(to))->view());
    return true;
}

Result<void> add_mapped(Python& py, StrBuilder& out, Value v, bool& undefined) {
    undefined = v == kNone;
    if (undefined) return {};
    if (is_any_int(v)) {
        Value n = int_number(v);
        if (!n.is_int() || n.as_int() < 0 || n.as_int() > std::int64_t(kMaxCodePoint)) {
            return raise(py, exc::TypeError, "character mapping must be in range(0x110000)");
        }
        undefined = n.as_int() == 0xFFFE;
        if (!undefined) out.add(char32_t(n.as_int()));
        return {};
    }
    if (!is<Str>(v)) return raise(py, exc::TypeError, "character mapping must return integer, None or str");
    Str const& s = *as<Str>(v).get();
    undefined = s.length() == 1 && s.at(0) == 0xFFFE;
    if (!undefined) out.add(s);
    return {};
}

}  // namespace

Encoded encode_latin1(Python& py, Borrowed<Str> s, std::string_view errors) {
    if (s->width() == 1) return make_bytes(py, {static_cast<char const*>(s->data()), s->length()});
    return encode_limited(py, s, "latin-1", errors, 256);
}

Encoded encode_ascii(Python& py, Borrowed<Str> s, std::string_view errors) {
    if (s->is_ascii()) return make_bytes(py, s->ascii());
    return encode_limited(py, s, "ascii", errors, 128);
}

Encoded encode_charmap(Python& py, Borrowed<Str> s, std::string_view errors, Borrowed<> mapping) {
    EncodeErrors handler(py, s, "charmap", errors);
    ByteBuilder out(py);
    for (std::size_t i = 0; i < s->length();) {
        if (TRY(map_character(py, out, s->at(i), mapping))) {
            ++i;
            continue;
        }
        std::size_t end = i + 1;
        for (; end < s->length(); ++end) {
            ByteBuilder probe(py);
            if (TRY(map_character(py, probe, s->at(end), mapping))) break;
        }
        Maybe<> with;
        std::size_t next = end;
        if (errors == "replace") {
            // A question mark for each.
            StrBuilder marks(py);
            marks.fill('?', end - i);
            with = TRY(marks.finish());
        } else {
            CodecPatch patch = TRY(handler.handle(i, end, kUndefined));
            with = std::move(patch.text);
            next = patch.position;
        }
        if (is<Bytes>(*with)) {
            out.add(as<Bytes>(*with)->view());
        } else {
            Str const& text = *as<Str>(*with).get();
            for (std::size_t k = 0; k < text.length(); ++k) {
                if (!TRY(map_character(py, out, text.at(k), mapping))) return handler.fail(i, end, kUndefined);
            }
        }
        i = next;
    }
    return out.finish();
}

Decoded decode_latin1(Python& py, std::string_view octets) {
    return make_str(py, std::span(reinterpret_cast<std::uint8_t const*>(octets.data()), octets.size()));
}

Decoded decode_ascii(Python& py, std::string_view octets, std::string_view errors) {
    if (is_ascii(octets)) return make_str(py, octets);
    DecodeErrors handler(py, octets, "ascii", errors);
    StrBuilder out(py);
    for (std::size_t at = 0;;) {
        std::string_view rest = handler.octets().substr(at);
        std::size_t plain = ascii_prefix(rest);
        out.add(rest.substr(0, plain));
        at += plain;
        if (plain == rest.size()) return out.finish();
        at = TRY(handler.handle(out, at, at + 1, "ordinal not in range(128)"));
    }
}

Decoded decode_charmap(Python& py, std::string_view octets, std::string_view errors, Borrowed<> mapping) {
    if (mapping.is(kNone)) return decode_latin1(py, octets);
    DecodeErrors handler(py, octets, "charmap", errors);
    StrBuilder out(py);
    for (std::size_t at = 0; at < handler.octets().size();) {
        auto c = std::uint8_t(handler.octets()[at]);
        bool undefined = true;
        if (is_exact<Str>(mapping)) {
            Str const& table = *as<Str>(mapping).get();
            if (c < table.length() && table.at(c) != 0xFFFE) {
                out.add(table.at(c));
                undefined = false;
            }
        } else {
            Result<Ref<>> looked = get_item(py, mapping, Borrowed<>(Value::of_int(c)));
            if (looked.raised()) {
                if (!raised_is(py, exc::LookupError)) return Raised{};
                clear_raised(py);
            } else {
                Ref<> to = std::move(looked).take();
                CHECK(add_mapped(py, out, to.value(), undefined));
            }
        }
        if (undefined) at = TRY(handler.handle(out, at, at + 1, kUndefined));
        else ++at;
    }
    return out.finish();
}

}  // namespace oro::codec
