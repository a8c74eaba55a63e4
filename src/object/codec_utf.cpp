// UTF-8, UTF-16 and UTF-32.
#include <cstring>

#include "object/byte_builder.h"
#include "object/chars.h"
#include "object/codec_builtin.h"

namespace oro::codec {

namespace {

constexpr std::string_view kNoSurrogates = "surrogates not allowed";

// Writes a replacement into UTF output of `unit` octets; false if it cannot stand there.
template <class Put> bool put_patch(ByteBuilder& out, CodecPatch const& patch, std::size_t unit, Put&& put) {
    if (is<Bytes>(*patch.text)) {
        Bytes const& b = *as<Bytes>(*patch.text).get();
        if (b.size % unit != 0) return false;
        out.add(b.view());
        return true;
    }
    Str const& s = *as<Str>(*patch.text).get();
    if (!s.is_ascii()) return false;
    for (char c : s.ascii()) put(char32_t(c));
    return true;
}

// Encodes with put(c) for each code point that isn't a surrogate.
template <class Put>
Encoded encode_units(Python& py, Borrowed<Str> s, std::string_view name, std::string_view errors, ByteBuilder& out, std::size_t unit,
                     bool whole_runs, Put&& put) {
    EncodeErrors handler(py, s, name, errors);
    for (std::size_t i = 0; i < s->length();) {
        char32_t c = s->at(i);
        if (!is_surrogate(c)) [[likely]] {
            put(c);
            ++i;
            continue;
        }
        std::size_t end = i + 1;
        while (whole_runs && end < s->length() && is_surrogate(s->at(end))) ++end;
        CodecPatch patch = TRY(handler.handle(i, end, kNoSurrogates));
        if (!put_patch(out, patch, unit, put)) return handler.fail(i, end, kNoSurrogates);
        i = patch.position;
    }
    return out.finish();
}

void put16(ByteBuilder& out, std::uint16_t u, bool big) {
    out.add(char(big ? u >> 8 : u));
    out.add(char(big ? u : u >> 8));
}
void put32(ByteBuilder& out, char32_t c, bool big) {
    for (int i = 0; i < 4; ++i) out.add(char(c >> 8 * (big ? 3 - i : i)));
}
char32_t get16(char const* p, bool big) {
    auto a = std::uint8_t(p[0]), b = std::uint8_t(p[1]);
    return char32_t(big ? a << 8 | b : b << 8 | a);
}
char32_t get32(char const* p, bool big) {
    char32_t c = 0;
    for (int i = 0; i < 4; ++i) c |= char32_t(std::uint8_t(p[i])) << 8 * (big ? 3 - i : i);
    return c;
}

char const* name16(ByteOrder order) {
    return order == ByteOrder::native ? "utf-16" : order == ByteOrder::little ? "utf-16-le" : "utf-16-be";
}
char const* name32(ByteOrder order) {
    return order == ByteOrder::native ? "utf-32" : order == ByteOrder::little ? "utf-32-le" : "utf-32-be";
}

}  // namespace

Encoded encode_utf8(Python& py, Borrowed<Str> s, std::string_view errors) {
    if (s->is_ascii()) return make_bytes(py, s->ascii());
    std::size_t bad = visit_chars(*s.get(), [](auto text) { return find_surrogate(text); });
    if (bad == s->length()) {
        std::size_t size = visit_chars(*s.get(), [](auto text) { return utf8_length(text); });
        Ref<Bytes> out = TRY(make_bytes_uninitialized(py, size));
        visit_chars(*s.get(), [&](auto text) { return oro::encode_utf8(text, out->data); });
        return out;
    }
    ByteBuilder out(py);
    return encode_units(py, s, "utf-8", errors, out, 1, true, [&](char32_t c) {
        char text[4];
        out.add(std::string_view(text, encode_code_point(c, text)));
    });
}

Encoded encode_utf16(Python& py, Borrowed<Str> s, std::string_view errors, ByteOrder order) {
    ByteBuilder out(py);
    bool big = order == ByteOrder::big;
    if (order == ByteOrder::native) put16(out, 0xFEFF, big);
    return encode_units(py, s, name16(order), errors, out, 2, false, [&](char32_t c) {
        if (c < 0x10000) return put16(out, std::uint16_t(c), big);
        put16(out, std::uint16_t(0xD7C0 + (c >> 10)), big);
        put16(out, std::uint16_t(0xDC00 | (c & 0x3FF)), big);
    });
}

Encoded encode_utf32(Python& py, Borrowed<Str> s, std::string_view errors, ByteOrder order) {
    ByteBuilder out(py);
    bool big = order == ByteOrder::big;
    if (order == ByteOrder::native) put32(out, 0xFEFF, big);
    return encode_units(py, s, name32(order), errors, out, 4, false, [&](char32_t c) { put32(out, c, big); });
}

Decoded decode_utf8(Python& py, std::string_view octets, std::string_view errors, bool final, std::size_t* consumed) {
    if (consumed) *consumed = octets.size();
    Utf8Scan scan = scan_utf8(octets);
    if (scan.fault == Utf8Fault::none) [[likely]] return make_str(py, octets);
    DecodeErrors handler(py, octets, "utf-8", errors);
    StrBuilder out(py);
    std::size_t at = 0;
    for (;;) {
        std::string_view rest = handler.octets().substr(at);
        scan = scan_utf8(rest);
        out.add(rest.substr(0, scan.valid_bytes));
        at += scan.valid_bytes;
        if (scan.fault == Utf8Fault::none) break;
        if (scan.fault == Utf8Fault::unexpected_end && !final) break;
        at = TRY(handler.handle(out, at, at + scan.fault_bytes, reason_text(scan.fault)));
    }
    if (consumed) *consumed = at;
    return out.finish();
}

Decoded decode_utf16(Python& py, std::string_view octets, std::string_view errors, ByteOrder* order, bool final, std::size_t* consumed) {
    std::size_t at = 0;
    char const* name = name16(*order);
    if (*order == ByteOrder::native && octets.size() >= 2) {
        char32_t mark = get16(octets.data(), false);
        if (mark == 0xFEFF || mark == 0xFFFE) {
            *order = mark == 0xFEFF ? ByteOrder::little : ByteOrder::big;
            at = 2;
        }
    }
    bool big = *order == ByteOrder::big;
    DecodeErrors handler(py, octets, name, errors);
    StrBuilder out(py);
    for (;;) {
        octets = handler.octets();
        std::size_t left = octets.size() - at;
        if (left == 0) break;
        if (left < 2) {
            if (!final) break;
            at = TRY(handler.handle(out, at, octets.size(), "truncated data"));
            continue;
        }
        char32_t c = get16(octets.data() + at, big);
        if (!is_surrogate(c)) [[likely]] {
            out.add(c);
            at += 2;
            continue;
        }
        if (c >= 0xDC00) {
            at = TRY(handler.handle(out, at, at + 2, "illegal encoding"));
            continue;
        }
        if (left < 4) {
            if (!final) break;
            at = TRY(handler.handle(out, at, octets.size(), "unexpected end of data"));
            continue;
        }
        char32_t low = get16(octets.data() + at + 2, big);
        if (low < 0xDC00 || low > 0xDFFF) {
            at = TRY(handler.handle(out, at, at + 2, "illegal UTF-16 surrogate"));
            continue;
        }
        out.add(0x10000 + ((c & 0x3FF) << 10 | (low & 0x3FF)));
        at += 4;
    }
    if (consumed) *consumed = at;
    return out.finish();
}

Decoded decode_utf32(Python& py, std::string_view octets, std::string_view errors, ByteOrder* order, bool final, std::size_t* consumed) {
    std::size_t at = 0;
    // CPython names the order that it has found.
    if (*order == ByteOrder::native && octets.size() >= 4) {
        char32_t mark = get32(octets.data(), false);
        if (mark == 0xFEFF || mark == 0xFFFE0000) {
            *order = mark == 0xFEFF ? ByteOrder::little : ByteOrder::big;
            at = 4;
        }
    }
    bool big = *order == ByteOrder::big;
    DecodeErrors handler(py, octets, big ? "utf-32-be" : "utf-32-le", errors);
    StrBuilder out(py);
    for (;;) {
        octets = handler.octets();
        std::size_t left = octets.size() - at;
        if (left == 0) break;
        if (left < 4) {
            if (!final) break;
            at = TRY(handler.handle(out, at, octets.size(), "truncated data"));
            continue;
        }
        char32_t c = get32(octets.data() + at, big);
        if (is_surrogate(c)) {
            at = TRY(handler.handle(out, at, at + 4, "code point in surrogate code point range(0xd800, 0xe000)"));
        } else if (c > kMaxCodePoint) {
            at = TRY(handler.handle(out, at, at + 4, "code point not in range(0x110000)"));
        } else {
            out.add(c);
            at += 4;
        }
    }
    if (consumed) *consumed = at;
    return out.finish();
}

}  // namespace oro::codec
