#include "object/codecs.h"

#include "object/bytearray.h"
#include "object/codec_builtin.h"
#include "object/codec_registry.h"
#include "object/interpreter.h"

namespace oro {

namespace {

enum class Known : std::uint8_t { other, utf8, latin1, ascii, utf16, utf32, utf16_le, utf16_be, utf32_le, utf32_be };

Known known_encoding(std::string_view name) {
    if (name.empty()) return Known::utf8;
    char plain[16];
    std::size_t n = 0;
    for (char c : name) {
        if (n == sizeof plain) return Known::other;
        plain[n++] = c == '_' || c == ' ' ? '-' : c >= 'A' && c <= 'Z' ? char(c + 32) : c;
    }
    std::string_view s(plain, n);
    if (s == "utf-8" || s == "utf8") return Known::utf8;
    if (s == "latin-1" || s == "latin1" || s == "iso-8859-1" || s == "iso8859-1" || s == "l1") return Known::latin1;
    if (s == "ascii" || s == "us-ascii") return Known::ascii;
    if (s == "utf-16") return Known::utf16;
    if (s == "utf-32") return Known::utf32;
    if (s == "utf-16-le") return Known::utf16_le;
    if (s == "utf-16-be") return Known::utf16_be;
    if (s == "utf-32-le") return Known::utf32_le;
    if (s == "utf-32-be") return Known::utf32_be;
    return Known::other;
}

// The codec of a name, if it is one between text and octets.
Result<Ref<Tuple>> text_codec(Python& py, std::string_view encoding, char const* alternative) {
    Ref<Tuple> codec = TRY(lookup_codec(py, encoding));
    if (!is_exact<Tuple>(codec.value())) {
        Ref<Str> name = intern(py, TRY(make_str(py, "_is_text_encoding")));
        Maybe<> flag = TRY(find_attribute(py, codec, name));
        if (flag && !TRY(truth(py, *flag))) {
            return raise(py, exc::LookupError, "'{}' is not a text encoding; use {} to handle arbitrary codecs", encoding, alternative);
        }
    }
    return codec;
}

// In development mode, what is asked for must exist even where nothing needs it.
Result<void> check_names(Python& py, std::string_view encoding, std::string_view errors) {
    if (!py.interpreter->config.dev_mode || py.interpreter->finalizing.load()) return {};
    if (known_encoding(encoding) == Known::other) (void)TRY(lookup_codec(py, encoding));
    if (!errors.empty() && errors != "strict") (void)TRY(lookup_error_handler(py, errors));
    return {};
}

}  // namespace

Result<Ref<Bytes>> encode_text(Python& py, Borrowed<Str> s, std::string_view encoding, std::string_view errors) {
    using codec::ByteOrder;
    CHECK(check_names(py, encoding, errors));
    switch (known_encoding(encoding)) {
        case Known::utf8: return codec::encode_utf8(py, s, errors);
        case Known::latin1: return codec::encode_latin1(py, s, errors);
        case Known::ascii: return codec::encode_ascii(py, s, errors);
        case Known::utf16: return codec::encode_utf16(py, s, errors, ByteOrder::native);
        case Known::utf16_le: return codec::encode_utf16(py, s, errors, ByteOrder::little);
        case Known::utf16_be: return codec::encode_utf16(py, s, errors, ByteOrder::big);
        case Known::utf32: return codec::encode_utf32(py, s, errors, ByteOrder::native);
        case Known::utf32_le: return codec::encode_utf32(py, s, errors, ByteOrder::little);
        case Known::utf32_be: return codec::encode_utf32(py, s, errors, ByteOrder::big);
        case Known::other: break;
    }
    (void)TRY(text_codec(py, encoding, "codecs.encode()"));
    Ref<> made = TRY(encode_object(py, s, encoding, errors));
    if (is<Bytes>(Borrowed<>(made))) return as<Bytes>(std::move(made));
    if (is<ByteArray>(Borrowed<>(made))) {
        Locked<ByteArray> a(py, as<ByteArray>(Borrowed<>(made)));
        return make_bytes(py, view_of(a));
    }
    return raise(py, exc::TypeError, "'{}' encoder returned '{}' instead of 'bytes'; use codecs.encode() to encode to arbitrary types",
                 encoding, TypeName{made.value()});
}

Result<Ref<Str>> decode_text(Python& py, std::string_view octets, std::string_view encoding, std::string_view errors) {
    using codec::ByteOrder;
    CHECK(check_names(py, encoding, errors));
    ByteOrder order = ByteOrder::native;
    switch (known_encoding(encoding)) {
        case Known::utf8: return codec::decode_utf8(py, octets, errors, true, nullptr);
        case Known::latin1: return codec::decode_latin1(py, octets);
        case Known::ascii: return codec::decode_ascii(py, octets, errors);
        case Known::utf16: return codec::decode_utf16(py, octets, errors, &order, true, nullptr);
        case Known::utf16_le: order = ByteOrder::little; return codec::decode_utf16(py, octets, errors, &order, true, nullptr);
        case Known::utf16_be: order = ByteOrder::big; return codec::decode_utf16(py, octets, errors, &order, true, nullptr);
        case Known::utf32: return codec::decode_utf32(py, octets, errors, &order, true, nullptr);
        case Known::utf32_le: order = ByteOrder::little; return codec::decode_utf32(py, octets, errors, &order, true, nullptr);
        case Known::utf32_be: order = ByteOrder::big; return codec::decode_utf32(py, octets, errors, &order, true, nullptr);
        case Known::other: break;
    }
    (void)TRY(text_codec(py, encoding, "codecs.decode()"));
    Ref<Bytes> copy = TRY(make_bytes(py, octets));
    Ref<> made = TRY(decode_object(py, copy, encoding, errors));
    if (!is<Str>(Borrowed<>(made))) {
        return raise(py, exc::TypeError, "'{}' decoder returned '{}' instead of 'str'; use codecs.decode() to decode to arbitrary types",
                     encoding, TypeName{made.value()});
    }
    return as<Str>(std::move(made));
}

}  // namespace oro
