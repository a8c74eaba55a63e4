// JSON strings: reading them with their escapes, and writing them.
#include "modules/_json/json.h"
#include "object/import.h"

namespace oro::json {

Raised raise_decode_error(Python& py, char const* message, Borrowed<Str> document, std::size_t position) {
    Ref<> type = TRY(import_attribute(py, "json.decoder", "JSONDecodeError"));
    Ref<Str> text = TRY(make_str(py, std::string_view(message)));
    return raise_object(py, TRY(call_with(py, type, text, document, Borrowed<>(Value::of_int(std::int64_t(position))))));
}

Result<Ref<Str>> Writer::finish() {
    if (wide_.length() == 0) {
        if (pending_.failed()) return raise_no_memory(t_);
        std::string_view s = pending_.view();
        if (s.size() <= 1) return make_str(t_, s);
        Ref<Str> text = TRY(make_str_uninitialized(t_, s.size(), 0x7f));
        std::memcpy(text->data(), s.data(), s.size());
        return text;
    }
    flush();
    if (pending_.failed()) return raise_no_memory(t_);
    return wide_.finish();
}

namespace {

// ---- reading

// The first quote, backslash or (if refused) control character from `i` on; the length if there is none.
template <class Unit> std::size_t find_special(std::span<Unit const> s, std::size_t i, Control control) {
    unsigned limit = control == Control::refused ? 0x20 : 0;
    if constexpr (sizeof(Unit) == 1) {
        for (; i + 8 <= s.size(); i += 8) {
            std::uint64_t w = load_octets(s.data() + i);
            std::uint64_t found = octets_equal(w, '"') | octets_equal(w, '\\');
            if (limit) found |= octets_below(w, 0x20);
            if (found) return i + std::size_t(std::countr_zero(found)) / 8;
        }
    }
    for (; i < s.size(); ++i) {
        if (s[i] == '"' || s[i] == '\\' || s[i] < limit) return i;
    }
    return i;
}

// Four hexadecimal digits; -1 if they aren't.
template <class Unit> int hex4(std::span<Unit const> s, std::size_t i) {
    int n = 0;
    for (std::size_t end = i + 4; i < end; ++i) {
        auto c = s[i];
        int digit;
        if (c >= '0' && c <= '9') digit = int(c) - '0';
        else if (c >= 'a' && c <= 'f') digit = int(c) - 'a' + 10;
        else if (c >= 'A' && c <= 'F') digit = int(c) - 'A' + 10;
        else return -1;
        n = n * 16 + digit;
    }
    return n;
}

// A piece of the document as a str of its own.
template <class Unit> Result<Ref<Str>> piece(Thread& t, Str const& document, std::span<Unit const> s, std::size_t begin, std::size_t end) {
    if (end == begin) return empty_str();
    if (sizeof(Unit) == 1 && document.is_ascii()) {
        if (end - begin == 1) return make_str_of(t, char32_t(s[begin]));
        Ref<Str> text = TRY(make_str_uninitialized(t, end - begin, 0x7f));
        std::memcpy(text->data(), s.data() + begin, end - begin);
        return text;
    }
    return make_str(t, s.subspan(begin, end - begin));
}

char escaped(char32_t c) {
    switch (c) {
        case '"': return '"';
        case '\\': return '\\';
        case '/': return '/';
        case 'b': return '\b';
        case 'f': return '\f';
        case 'n': return '\n';
        case 'r': return '\r';
        case 't': return '\t';
        default: return 0;
    }
}

template <class Unit>
Result<Ref<Str>> scan(Python& py, Borrowed<Str> document, std::span<Unit const> s, std::size_t begin, Control control, std::size_t* next) {
    StrBuilder out(py);
    std::size_t i = begin;
    for (bool plain = true;; plain = false) {
        std::size_t stop = find_special(s, i, control);
        if (stop == s.size()) return raise_decode_error(py, "Unterminated string starting at", document, begin - 1);
        auto c = s[stop];
        if (c == '"') {
            *next = stop + 1;
            if (plain) return piece(py, *document, s, i, stop);
            out.add(*document, i, stop);
            return out.finish();
        }
        if (c != '\\') return raise_decode_error(py, "Invalid control character at", document, stop);
        if (stop > i) out.add(*document, i, stop);
        i = stop + 1;
        if (i == s.size()) return raise_decode_error(py, "Unterminated string starting at", document, begin - 1);
        if (s[i] != 'u') {
            char plain_char = escaped(char32_t(s[i]));
            if (!plain_char) return raise_decode_error(py, "Invalid \\escape", document, stop);
            out.add(char32_t(plain_char));
            ++i;
            continue;
        }
        // A string that ends behind its digits has no closing quote.
        if (i + 5 >= s.size()) return raise_decode_error(py, "Invalid \\uXXXX escape", document, i);
        int n = hex4(s, i + 1);
        if (n < 0) return raise_decode_error(py, "Invalid \\uXXXX escape", document, i);
        char32_t point = char32_t(n);
        i += 5;
        if (point >= 0xd800 && point < 0xdc00 && i + 6 < s.size() && s[i] == '\\' && s[i + 1] == 'u') {
            int low = hex4(s, i + 2);
            if (low < 0) return raise_decode_error(py, "Invalid \\uXXXX escape", document, i + 1);
            // Otherwise it is read again by itself.
            if (low >= 0xdc00 && low < 0xe000) {
                point = 0x10000 + ((point - 0xd800) << 10) + char32_t(low - 0xdc00);
                i += 6;
            }
        }
        out.add(point);
    }
}

// ---- writing

// Whether a character stands for itself.
constexpr bool is_plain(char32_t c, Escaping escaping) {
    if (c < 0x20 || c == '"' || c == '\\') return false;
    return escaping == Escaping::unicode || c < 0x7f;
}

void write_unit(ByteBuilder& out, unsigned n) {
    static constexpr char digits[] = "0123456789abcdef";
    char const text[] = {'\\', 'u', digits[n >> 12 & 15], digits[n >> 8 & 15], digits[n >> 4 & 15], digits[n & 15]};
    out.add(std::string_view(text, sizeof text));
}
void write_escape(ByteBuilder& out, char32_t c) {
    switch (c) {
        case '"': out.add("\\\""); return;
        case '\\': out.add("\\\\"); return;
        case '\b': out.add("\\b"); return;
        case '\f': out.add("\\f"); return;
        case '\n': out.add("\\n"); return;
        case '\r': out.add("\\r"); return;
        case '\t': out.add("\\t"); return;
        default: break;
    }
    if (c < 0x10000) return write_unit(out, c);
    write_unit(out, 0xd800 + ((c - 0x10000) >> 10));
    write_unit(out, 0xdc00 + ((c - 0x10000) & 0x3ff));
}

// The first character from `i` on that doesn't stand for itself.
template <class Unit> std::size_t find_escaped(std::span<Unit const> s, std::size_t i, Escaping escaping) {
    if constexpr (sizeof(Unit) == 1) {
        for (; i + 8 <= s.size(); i += 8) {
            std::uint64_t w = load_octets(s.data() + i);
            std::uint64_t found = octets_equal(w, '"') | octets_equal(w, '\\') | octets_below(w, 0x20);
            if (escaping == Escaping::ascii) found |= octets_equal(w, 0x7f) | (w & kHigh);
            if (found) return i + std::size_t(std::countr_zero(found)) / 8;
        }
    }
    while (i < s.size() && is_plain(s[i], escaping)) ++i;
    return i;
}

}  // namespace

void write_string(Writer& out, Str const& s, Escaping escaping) {
    ByteBuilder& octets = out.octets();
    octets.add('"');
    visit_text(s, [&](auto text) {
        using Unit = std::remove_const_t<typename decltype(text)::element_type>;
        std::size_t i = 0;
        while (i < text.size()) {
            std::size_t stop = find_escaped(text, i, escaping);
            if (stop > i) {
                // What is plain under Escaping::ascii is ASCII.
                if (sizeof(Unit) == 1 && (escaping == Escaping::ascii || s.is_ascii())) {
                    octets.add(std::string_view(reinterpret_cast<char const*>(text.data()) + i, stop - i));
                } else if (escaping == Escaping::ascii) {
                    for (; i < stop; ++i) octets.add(char(text[i]));
                } else {
                    out.add(s, i, stop);
                }
            }
            for (i = stop; i < text.size() && !is_plain(text[i], escaping); ++i) write_escape(octets, text[i]);
        }
    });
    octets.add('"');
}

Result<Ref<Str>> scan_string(Python& py, Borrowed<Str> document, std::size_t begin, Control control, std::size_t* next) {
    return visit_text(*document, [&](auto text) { return scan(py, document, text, begin, control, next); });
}

Result<Ref<>> scanstring(Python& py, Borrowed<> document, std::int64_t end, bool strict) {
    if (!is<Str>(document)) return raise(py, exc::TypeError, "first argument must be a string, not {}", TypeName{document.value()});
    Borrowed<Str> text = as<Str>(document);
    if (end < 0 || std::size_t(end) > text->length()) return raise(py, exc::ValueError, "end is out of bounds");
    std::size_t next = 0;
    Ref<> found = TRY(scan_string(py, text, std::size_t(end), strict ? Control::refused : Control::allowed, &next));
    return make_tuple_of(py, std::move(found), Ref<>::immediate(Value::of_int(std::int64_t(next))));
}

namespace {

Result<Ref<Str>> encode(Thread& t, Borrowed<> text, Escaping escaping) {
    if (!is<Str>(text)) return raise(t, exc::TypeError, "first argument must be a string, not {}", TypeName{text.value()});
    Writer out(t);
    write_string(out, *as<Str>(text), escaping);
    return out.finish();
}

}  // namespace

Result<Ref<Str>> encode_basestring(Thread& t, Borrowed<> text) { return encode(t, text, Escaping::unicode); }
Result<Ref<Str>> encode_basestring_ascii(Thread& t, Borrowed<> text) { return encode(t, text, Escaping::ascii); }

}  // namespace oro::json
