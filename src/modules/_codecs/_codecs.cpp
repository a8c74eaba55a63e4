// _codecs: the registry of codecs, and the codecs that are written in C++, for the standard library's `codecs` and `encodings`.
#include "base/utf8.h"
#include "object/buffer.h"
#include "object/byte_builder.h"
#include "object/codec_builtin.h"
#include "object/codec_registry.h"
#include "object/dict.h"
#include "object/native.h"
#include "object/warn.h"

namespace oro::codecs_module {

namespace {

using codec::ByteOrder;
using Errors = OrNone<Str>;
using Pair = Result<Ref<Tuple>>;

Result<std::string_view> name_of_errors(Thread& t, Errors const& errors) {
    if (!errors) return std::string_view();
    return utf8_of(t, *errors);
}

Pair pair(Thread& t, Ref<> made, std::size_t used) {
    return make_tuple_of(t, std::move(made), Ref<>::immediate(Value::of_int(std::int64_t(used))));
}

// ---- the registry
Result<void> register_(Python& py, Borrowed<> search_function) { return register_codec(py, search_function); }
Result<void> unregister(Python& py, Borrowed<> search_function) { return unregister_codec(py, search_function); }
Result<Ref<Tuple>> lookup(Python& py, std::string_view encoding) { return lookup_codec(py, encoding); }
Result<void> register_error(Python& py, Borrowed<Str> errors, Borrowed<> handler) { return register_error_handler(py, errors, handler); }
Result<bool> unregister_error(Python& py, Borrowed<Str> errors) { return unregister_error_handler(py, errors); }
Result<Ref<>> lookup_error(Python& py, std::string_view name) { return lookup_error_handler(py, name); }

Result<Ref<>> encode(Python& py, Borrowed<> obj, Optional<Str> encoding, Optional<Str> errors) {
    std::string_view encoding_name = encoding ? TRY(utf8_of(py, *encoding)) : std::string_view();
    return encode_object(py, obj, encoding_name, errors ? TRY(utf8_of(py, *errors)) : std::string_view("strict"));
}
Result<Ref<>> decode(Python& py, Borrowed<> obj, Optional<Str> encoding, Optional<Str> errors) {
    std::string_view encoding_name = encoding ? TRY(utf8_of(py, *encoding)) : std::string_view();
    return decode_object(py, obj, encoding_name, errors ? TRY(utf8_of(py, *errors)) : std::string_view("strict"));
}

// ---- encoders: (bytes, number of characters)
template <codec::Encoded (*F)(Python&, Borrowed<Str>, std::string_view)>
Pair encode_with(Python& py, Borrowed<Str> s, Errors errors) {
    Ref<Bytes> made = TRY(F(py, s, TRY(name_of_errors(py, errors))));
    return pair(py, std::move(made), s->length());
}
template <codec::Encoded (*F)(Python&, Borrowed<Str>)> Pair encode_plain(Python& py, Borrowed<Str> s, Errors) {
    return pair(py, TRY(F(py, s)), s->length());
}
ByteOrder order_of(int n) { return n < 0 ? ByteOrder::little : n > 0 ? ByteOrder::big : ByteOrder::native; }
Pair utf_16_encode(Python& py, Borrowed<Str> s, Errors errors, int byteorder) {
    return pair(py, TRY(codec::encode_utf16(py, s, TRY(name_of_errors(py, errors)), order_of(byteorder))), s->length());
}
Pair utf_32_encode(Python& py, Borrowed<Str> s, Errors errors, int byteorder) {
    return pair(py, TRY(codec::encode_utf32(py, s, TRY(name_of_errors(py, errors)), order_of(byteorder))), s->length());
}
template <ByteOrder Order> codec::Encoded utf16_in(Python& py, Borrowed<Str> s, std::string_view errors) {
    return codec::encode_utf16(py, s, errors, Order);
}
template <ByteOrder Order> codec::Encoded utf32_in(Python& py, Borrowed<Str> s, std::string_view errors) {
    return codec::encode_utf32(py, s, errors, Order);
}
Pair charmap_encode(Python& py, Borrowed<Str> s, Errors errors, Borrowed<> mapping) {
    return pair(py, TRY(codec::encode_charmap(py, s, TRY(name_of_errors(py, errors)), mapping)), s->length());
}
Pair readbuffer_encode(Python& py, Borrowed<> data, Errors) {
    if (is<Str>(data)) {
        std::string_view octets = TRY(utf8_of(py, as<Str>(data)));
        return pair(py, TRY(make_bytes(py, octets)), octets.size());
    }
    Buffer buffer = TRY(get_buffer(py, data));
    return pair(py, TRY(make_bytes(py, buffer.bytes())), buffer.size);
}
Pair escape_encode(Python& py, Borrowed<Bytes> data, Errors) {
    ByteBuilder out(py);
    for (char c : data->view()) {
        if (c == '\'' || c == '\\') {
            out.add('\\');
            out.add(c);
        } else if (c == '\t') {
            out.add("\\t");
        } else if (c == '\n') {
            out.add("\\n");
        } else if (c == '\r') {
            out.add("\\r");
        } else if (c < ' ' || c == 0x7F) {
            out.add("\\x");
            out.add("0123456789abcdef"[std::uint8_t(c) >> 4]);
            out.add("0123456789abcdef"[c & 15]);
        } else {
            out.add(c);
        }
    }
    return pair(py, TRY(out.finish()), data->size);
}

// ---- decoders: (str, number of octets)
using Incremental = codec::Decoded (*)(Python&, std::string_view, std::string_view, bool, std::size_t*);
template <Incremental F> Pair decode_with(Python& py, BytesLike const& data, Errors errors, bool final) {
    std::size_t used = 0;
    Ref<Str> made = TRY(F(py, data.view(), TRY(name_of_errors(py, errors)), final, &used));
    return pair(py, std::move(made), used);
}
template <ByteOrder Order> codec::Decoded from_utf16(Python& py, std::string_view octets, std::string_view errors, bool final, std::size_t* used) {
    ByteOrder order = Order;
    return codec::decode_utf16(py, octets, errors, &order, final, used);
}
template <ByteOrder Order> codec::Decoded from_utf32(Python& py, std::string_view octets, std::string_view errors, bool final, std::size_t* used) {
    ByteOrder order = Order;
    return codec::decode_utf32(py, octets, errors, &order, final, used);
}
template <auto F> Pair decode_ex(Python& py, BytesLike const& data, Errors errors, int byteorder, bool final) {
    std::size_t used = 0;
    ByteOrder order = order_of(byteorder);
    Ref<Str> made = TRY(F(py, data.view(), TRY(name_of_errors(py, errors)), &order, final, &used));
    return make_tuple_of(py, std::move(made), Ref<>::immediate(Value::of_int(std::int64_t(used))),
                         Ref<>::immediate(Value::of_int(std::int64_t(order))));
}
Pair latin_1_decode(Python& py, BytesLike const& data, Errors) {
    return pair(py, TRY(codec::decode_latin1(py, data.view())), data.view().size());
}
Pair ascii_decode(Python& py, BytesLike const& data, Errors errors) {
    return pair(py, TRY(codec::decode_ascii(py, data.view(), TRY(name_of_errors(py, errors)))), data.view().size());
}
Pair charmap_decode(Python& py, BytesLike const& data, Errors errors, Borrowed<> mapping) {
    return pair(py, TRY(codec::decode_charmap(py, data.view(), TRY(name_of_errors(py, errors)), mapping)), data.view().size());
}
// These two also take text, as its UTF-8.
template <Incremental F> Pair decode_escapes(Python& py, Borrowed<> data, Errors errors, bool final) {
    Buffer buffer;
    std::string_view octets;
    if (is<Str>(data)) {
        octets = TRY(utf8_of(py, as<Str>(data)));
    } else {
        buffer = TRY(get_buffer(py, data));
        octets = buffer.bytes();
    }
    std::size_t used = 0;
    Ref<Str> made = TRY(F(py, octets, TRY(name_of_errors(py, errors)), final, &used));
    return pair(py, std::move(made), used);
}

int hex_value(char c) { return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1; }

// The escapes of bytes literals.
Pair escape_decode(Python& py, Borrowed<> data, Errors errors_given) {
    std::string_view errors = TRY(name_of_errors(py, errors_given));
    Buffer buffer;
    std::string_view s;
    if (is<Str>(data)) {
        s = TRY(utf8_of(py, as<Str>(data)));
    } else {
        buffer = TRY(get_buffer(py, data));
        s = buffer.bytes();
    }
    ByteBuilder out(py);
    std::string_view invalid;
    for (std::size_t i = 0; i < s.size();) {
        if (s[i] != '\\') {
            out.add(s[i++]);
            continue;
        }
        std::size_t start = i++;
        if (i == s.size()) return raise(py, exc::ValueError, "Trailing \\ in string");
        char c = s[i++];
        constexpr std::string_view from = "\\'\"bftnrva", to = "\\'\"\b\f\t\n\r\v\a";
        if (c == '\n') continue;
        if (std::size_t k = from.find(c); k != from.npos) {
            out.add(to[k]);
        } else if (c >= '0' && c <= '7') {
            int n = c - '0';
            for (int k = 0; k < 2 && i < s.size() && s[i] >= '0' && s[i] <= '7'; ++k) n = n * 8 + (s[i++] - '0');
            if (n > 0xFF && invalid.empty()) invalid = s.substr(start, i - start);
            out.add(char(n));
        } else if (c == 'x') {
            int high = i < s.size() ? hex_value(s[i]) : -1, low = high >= 0 && i + 1 < s.size() ? hex_value(s[i + 1]) : -1;
            if (low >= 0) {
                out.add(char(high << 4 | low));
                i += 2;
                continue;
            }
            if (errors.empty() || errors == "strict") return raise(py, exc::ValueError, "invalid \\x escape at position {}", start);
            if (errors == "replace") out.add('?');
            else if (errors != "ignore") return raise(py, exc::ValueError, "decoding error; unknown error handling code: {}", errors);
            if (high >= 0) ++i;
        } else {
            if (invalid.empty()) invalid = s.substr(start, 2);
            out.add('\\');
            out.add(c);
        }
    }
    if (!invalid.empty()) {
        std::string shown;
        for (char c : invalid) append_utf8(shown, std::uint8_t(c));
        CHECK(warn(py, exc::DeprecationWarning,
                   invalid[1] >= '0' && invalid[1] <= '7'
                       ? "\"{}\" is an invalid octal escape sequence. Such sequences will not work in the future. "
                       : "\"{}\" is an invalid escape sequence. Such sequences will not work in the future. ",
                   std::string_view(shown)));
    }
    return pair(py, TRY(out.finish()), s.size());
}

// The inverse of a decoding table.
Result<Ref<Dict>> charmap_build(Python& py, Borrowed<Str> map) {
    Ref<Dict> table = TRY(make_dict(py));
    for (std::size_t i = 0; i < map->length(); ++i) {
        if (map->at(i) == 0xFFFE) continue;
        CHECK(dict_set_item(py, table, Borrowed<>(Value::of_int(map->at(i))), Ref<>::immediate(Value::of_int(std::int64_t(i)))));
    }
    return table;
}

constexpr char const* kEncode = "Encode text; gives the octets and the number of characters.";
constexpr char const* kDecode = "Decode octets; gives the text and the number of octets used.";

constexpr MethodDef functions[] = {
    function<register_>("register", "search_function, /", "Add a function that finds codecs by name."),
    function<unregister>("unregister", "search_function, /", "Take a search function out again and forget what was found."),
    function<lookup>("lookup", "encoding, /", "The codec of that name."),
    function<encode>("encode", "obj, encoding='utf-8', errors='strict'", "Encode an object by the codec of that name."),
    function<decode>("decode", "obj, encoding='utf-8', errors='strict'", "Decode an object by the codec of that name."),
    function<register_error>("register_error", "errors, handler, /", "Add an error handler under a name."),
    function<unregister_error>("_unregister_error", "errors, /", "Take an error handler out again."),
    function<lookup_error>("lookup_error", "name, /", "The error handler of that name."),
    function<escape_encode>("escape_encode", "data, errors=None, /", kEncode),
    function<escape_decode>("escape_decode", "data, errors=None, /", kDecode),
    function<encode_with<codec::encode_utf8>>("utf_8_encode", "str, errors=None, /", kEncode),
    function<decode_with<codec::decode_utf8>>("utf_8_decode", "data, errors=None, final=False, /", kDecode),
    function<encode_plain<codec::encode_utf7>>("utf_7_encode", "str, errors=None, /", kEncode),
    function<decode_with<codec::decode_utf7>>("utf_7_decode", "data, errors=None, final=False, /", kDecode),
    function<utf_16_encode>("utf_16_encode", "str, errors=None, byteorder=0, /", kEncode),
    function<encode_with<utf16_in<ByteOrder::little>>>("utf_16_le_encode", "str, errors=None, /", kEncode),
    function<encode_with<utf16_in<ByteOrder::big>>>("utf_16_be_encode", "str, errors=None, /", kEncode),
    function<decode_with<from_utf16<ByteOrder::native>>>("utf_16_decode", "data, errors=None, final=False, /", kDecode),
    function<decode_with<from_utf16<ByteOrder::little>>>("utf_16_le_decode", "data, errors=None, final=False, /", kDecode),
    function<decode_with<from_utf16<ByteOrder::big>>>("utf_16_be_decode", "data, errors=None, final=False, /", kDecode),
    function<decode_ex<codec::decode_utf16>>("utf_16_ex_decode", "data, errors=None, byteorder=0, final=False, /", kDecode),
    function<utf_32_encode>("utf_32_encode", "str, errors=None, byteorder=0, /", kEncode),
    function<encode_with<utf32_in<ByteOrder::little>>>("utf_32_le_encode", "str, errors=None, /", kEncode),
    function<encode_with<utf32_in<ByteOrder::big>>>("utf_32_be_encode", "str, errors=None, /", kEncode),
    function<decode_with<from_utf32<ByteOrder::native>>>("utf_32_decode", "data, errors=None, final=False, /", kDecode),
    function<decode_with<from_utf32<ByteOrder::little>>>("utf_32_le_decode", "data, errors=None, final=False, /", kDecode),
    function<decode_with<from_utf32<ByteOrder::big>>>("utf_32_be_decode", "data, errors=None, final=False, /", kDecode),
    function<decode_ex<codec::decode_utf32>>("utf_32_ex_decode", "data, errors=None, byteorder=0, final=False, /", kDecode),
    function<encode_plain<codec::encode_unicode_escape>>("unicode_escape_encode", "str, errors=None, /", kEncode),
    function<decode_escapes<codec::decode_unicode_escape>>("unicode_escape_decode", "data, errors=None, final=True, /", kDecode),
    function<encode_plain<codec::encode_raw_unicode_escape>>("raw_unicode_escape_encode", "str, errors=None, /", kEncode),
    function<decode_escapes<codec::decode_raw_unicode_escape>>("raw_unicode_escape_decode", "data, errors=None, final=True, /", kDecode),
    function<encode_with<codec::encode_latin1>>("latin_1_encode", "str, errors=None, /", kEncode),
    function<latin_1_decode>("latin_1_decode", "data, errors=None, /", kDecode),
    function<encode_with<codec::encode_ascii>>("ascii_encode", "str, errors=None, /", kEncode),
    function<ascii_decode>("ascii_decode", "data, errors=None, /", kDecode),
    function<charmap_encode>("charmap_encode", "str, errors=None, mapping=None, /", kEncode),
    function<charmap_decode>("charmap_decode", "data, errors=None, mapping=None, /", kDecode),
    function<charmap_build>("charmap_build", "map, /", "The encoding table that undoes a decoding table."),
    function<readbuffer_encode>("readbuffer_encode", "data, errors=None, /", "The octets of a buffer, or of text as UTF-8."),
};

}  // namespace

ORO_MODULE(codecs_module, .name = "_codecs", .functions = functions);

}  // namespace oro::codecs_module
