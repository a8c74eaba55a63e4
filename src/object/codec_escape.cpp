// unicode_escape, raw_unicode_escape and UTF-7.
#include "base/unicode_names.h"
#include "object/byte_builder.h"
#include "object/chars.h"
#include "object/codec_builtin.h"
#include "object/warn.h"

namespace oro::codec {

namespace {

void put_hex(ByteBuilder& out, char32_t c, int digits) {
    for (int i = digits - 1; i >= 0; --i) out.add("0123456789abcdef"[c >> 4 * i & 15]);
}
int hex_value(char c) { return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1; }

// Up to `digits` hexadecimal digits at `at`; moves behind them. False if there are fewer.
bool take_hex(std::string_view s, std::size_t& at, int digits, char32_t& c) {
    c = 0;
    for (; digits > 0 && at < s.size() && hex_value(s[at]) >= 0; --digits, ++at) c = c << 4 | char32_t(hex_value(s[at]));
    return digits == 0;
}

char const* truncated(char kind) {
    return kind == 'x' ? "truncated \\xXX escape" : kind == 'u' ? "truncated \\uXXXX escape" : "truncated \\UXXXXXXXX escape";
}

}  // namespace

Encoded encode_unicode_escape(Python& py, Borrowed<Str> s) {
    ByteBuilder out(py);
    for (std::size_t i = 0; i < s->length(); ++i) {
        char32_t c = s->at(i);
        if (c == '\\') out.add("\\\\");
        else if (c == '\t') out.add("\\t");
        else if (c == '\n') out.add("\\n");
        else if (c == '\r') out.add("\\r");
        else if (c >= ' ' && c < 0x7F) out.add(char(c));
        else {
            out.add(c < 0x100 ? "\\x" : c < 0x10000 ? "\\u" : "\\U");
            put_hex(out, c, c < 0x100 ? 2 : c < 0x10000 ? 4 : 8);
        }
    }
    return out.finish();
}

Encoded encode_raw_unicode_escape(Python& py, Borrowed<Str> s) {
    ByteBuilder out(py);
    for (std::size_t i = 0; i < s->length(); ++i) {
        char32_t c = s->at(i);
        if (c < 0x100) {
            out.add(char(c));
            continue;
        }
        out.add(c < 0x10000 ? "\\u" : "\\U");
        put_hex(out, c, c < 0x10000 ? 4 : 8);
    }
    return out.finish();
}

Decoded decode_unicode_escape(Python& py, std::string_view input, std::string_view errors, bool final, std::size_t* consumed) {
    DecodeErrors handler(py, input, "unicodeescape", errors);
    StrBuilder out(py);
    std::string invalid;        // the first escape that is none, for the warning
    bool invalid_octal = false;
    std::size_t at = 0;
    while (at < handler.octets().size()) {
        std::string_view s = handler.octets();
        if (s[at] != '\\') {
            out.add(char32_t(std::uint8_t(s[at++])));
            continue;
        }
        std::size_t start = at++;
        if (at == s.size()) {
            if (!final) {
                at = start;
                break;
            }
            at = TRY(handler.handle(out, start, at, "\\ at end of string"));
            continue;
        }
        char kind = s[at++];
        char32_t c = 0;
        switch (kind) {
            case '\n': continue;
            case '\\': case '\'': case '"': out.add(char32_t(kind)); continue;
            case 'b': out.add('\b'); continue;
            case 'f': out.add('\f'); continue;
            case 't': out.add('\t'); continue;
            case 'n': out.add('\n'); continue;
            case 'r': out.add('\r'); continue;
            case 'v': out.add('\v'); continue;
            case 'a': out.add('\a'); continue;
            case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7':
                c = char32_t(kind - '0');
                for (int i = 0; i < 2 && at < s.size() && s[at] >= '0' && s[at] <= '7'; ++i) c = c << 3 | char32_t(s[at++] - '0');
                if (c > 0xFF && invalid.empty()) {
                    invalid = s.substr(start, at - start);
                    invalid_octal = true;
                }
                out.add(c);
                continue;
            case 'x': case 'u': case 'U':
                if (!take_hex(s, at, kind == 'x' ? 2 : kind == 'u' ? 4 : 8, c)) {
                    if (!final && at == s.size()) break;
                    at = TRY(handler.handle(out, start, at, truncated(kind)));
                } else if (c > kMaxCodePoint) {
                    at = TRY(handler.handle(out, start, at, "illegal Unicode character"));
                } else {
                    out.add(c);
                }
                continue;
            case 'N': {
                std::string_view reason = "malformed \\N character escape";
                if (at < s.size() && s[at] == '{') {
                    std::size_t close = s.find('}', at);
                    if (close == s.npos) {
                        if (!final) break;
                        at = s.size();
                    } else if (close > at + 1) {
                        unicode::Named named = unicode::lookup_name(s.substr(at + 1, close - at - 1), unicode::NamedSequences::refuse);
                        at = close + 1;
                        if (named.count == 1) {
                            out.add(named.points[0]);
                            continue;
                        }
                        reason = "unknown Unicode character name";
                    } else {
                        at = close + 1;
                    }
                } else if (at == s.size() && !final) {
                    break;
                }
                at = TRY(handler.handle(out, start, at, reason));
                continue;
            }
            default:
                if (invalid.empty()) invalid = s.substr(start, 2);
                out.add('\\');
                out.add(char32_t(std::uint8_t(kind)));
                continue;
        }
        // An escape that may go on in the next piece.
        at = start;
        break;
    }
    if (consumed) *consumed = at;
    if (!invalid.empty()) {
        std::string shown;
        for (char c : invalid) append_utf8(shown, std::uint8_t(c));
        CHECK(warn(py, exc::DeprecationWarning,
                   invalid_octal ? "\"{}\" is an invalid octal escape sequence. Such sequences will not work in the future. "
                                 : "\"{}\" is an invalid escape sequence. Such sequences will not work in the future. ",
                   std::string_view(shown)));
    }
    return out.finish();
}

Decoded decode_raw_unicode_escape(Python& py, std::string_view input, std::string_view errors, bool final, std::size_t* consumed) {
    DecodeErrors handler(py, input, "rawunicodeescape", errors);
    StrBuilder out(py);
    std::size_t at = 0;
    while (at < handler.octets().size()) {
        std::string_view s = handler.octets();
        std::size_t start = at;
        if (s[at] != '\\') {
            out.add(char32_t(std::uint8_t(s[at++])));
            continue;
        }
        if (at + 1 == s.size() && !final) break;
        char kind = at + 1 < s.size() ? s[at + 1] : 0;
        if (kind != 'u' && kind != 'U') {
            out.add('\\');
            ++at;
            if (kind == '\\') {
                out.add('\\');
                ++at;
            }
            continue;
        }
        at += 2;
        char32_t c;
        if (!take_hex(s, at, kind == 'u' ? 4 : 8, c)) {
            if (!final && at == s.size()) {
                at = start;
                break;
            }
            at = TRY(handler.handle(out, start, at, truncated(kind)));
        } else if (c > kMaxCodePoint) {
            at = TRY(handler.handle(out, start, at, "\\Uxxxxxxxx out of range"));
        } else {
            out.add(c);
        }
    }
    if (consumed) *consumed = at;
    return out.finish();
}

// ---- UTF-7 (RFC 2152): runs of UTF-16 in base 64 between '+' and '-'.

namespace {

constexpr char kBase64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int base64_value(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

// Characters that stand for themselves when writing: letters, digits, and punctuation that mail lets through.
bool is_direct(char32_t c) {
    if (c == 0 || c >= 0x80) return false;
    if (c == '+' || c == '\\' || c == '~') return false;
    return c >= ' ' ? c != 0x7F : c == '\t' || c == '\n' || c == '\r';
}

}  // namespace

Encoded encode_utf7(Python& py, Borrowed<Str> s) {
    ByteBuilder out(py);
    bool shifted = false;
    std::uint32_t bits = 0;
    int count = 0;
    auto unit = [&](char32_t u) {
        bits = bits << 16 | u;
        for (count += 16; count >= 6; count -= 6) out.add(kBase64[bits >> (count - 6) & 63]);
        bits &= (1u << count) - 1;
    };
    auto flush = [&] {
        if (count > 0) out.add(kBase64[bits << (6 - count) & 63]);
        bits = 0;
        count = 0;
    };
    for (std::size_t i = 0; i < s->length(); ++i) {
        char32_t c = s->at(i);
        if (shifted && is_direct(c)) {
            flush();
            shifted = false;
            // The '-' may be left out where no other character of base 64 follows.
            if (base64_value(char(c)) >= 0 || c == '-') out.add('-');
        }
        if (!shifted) {
            if (c == '+') {
                out.add("+-");
                continue;
            }
            if (is_direct(c)) {
                out.add(char(c));
                continue;
            }
            out.add('+');
            shifted = true;
        }
        if (c >= 0x10000) {
            unit(0xD7C0 + (c >> 10));
            unit(0xDC00 | (c & 0x3FF));
        } else {
            unit(c);
        }
    }
    if (shifted) {
        flush();
        out.add('-');
    }
    return out.finish();
}

Decoded decode_utf7(Python& py, std::string_view input, std::string_view errors, bool final, std::size_t* consumed) {
    DecodeErrors handler(py, input, "utf7", errors);
    StrBuilder out(py);
    std::size_t at = 0, shift_start = 0;
    bool shifted = false;
    std::uint32_t bits = 0;
    int count = 0;
    char32_t high = 0;                  // the first half of a surrogate pair
    std::u32string pending;             // decoded in this run: kept back, as an incremental decoder may have to start over
    auto end_run = [&] {
        if (high) pending += high;
        for (char32_t c : pending) out.add(c);
        pending.clear();
        high = 0;
        shifted = false;
    };
    while (at < handler.octets().size()) {
        std::string_view s = handler.octets();
        char c = s[at];
        if (!shifted) {
            if (c == '+') {
                shift_start = at++;
                if (at < s.size() && s[at] == '-') {
                    out.add('+');
                    ++at;
                } else if (at < s.size() && base64_value(s[at]) < 0) {
                    ++at;
                    at = TRY(handler.handle(out, shift_start, at, "ill-formed sequence"));
                } else {
                    shifted = true;
                    bits = 0;
                    count = 0;
                }
            } else if (std::uint8_t(c) < 0x80) {
                out.add(char32_t(c));
                ++at;
            } else {
                shift_start = at++;
                at = TRY(handler.handle(out, shift_start, at, "unexpected special character"));
            }
            continue;
        }
        if (int v = base64_value(c); v >= 0) {
            bits = bits << 6 | std::uint32_t(v);
            count += 6;
            ++at;
            if (count < 16) continue;
            count -= 16;
            char32_t u = bits >> count & 0xFFFF;
            bits &= (1u << count) - 1;
            if (high) {
                if (u >= 0xDC00 && u <= 0xDFFF) {
                    pending += 0x10000 + ((high & 0x3FF) << 10 | (u & 0x3FF));
                    high = 0;
                    continue;
                }
                pending += high;
                high = 0;
            }
            if (u >= 0xD800 && u <= 0xDBFF) high = u;
            else pending += u;
            continue;
        }
        // The end of the run: what is left over must be fewer than 6 bits, all zero.
        end_run();
        if (count >= 6 || bits != 0) {
            std::string_view reason = count >= 6 ? "partial character in shift sequence" : "non-zero padding bits in shift sequence";
            ++at;
            at = TRY(handler.handle(out, shift_start, at, reason));
        } else if (c == '-') {
            ++at;
        } else if (std::uint8_t(c) >= 0x80) {
            continue;
        }
    }
    if (shifted) {
        if (!final) {
            at = shift_start;
        } else if (high || count >= 6 || bits != 0) {
            high = 0;
            end_run();
            at = TRY(handler.handle(out, shift_start, handler.octets().size(), "unterminated shift sequence"));
        } else {
            end_run();
        }
    }
    if (consumed) *consumed = at;
    return out.finish();
}

}  // namespace oro::codec
