#include "base/utf8.h"

#include <bit>
#include <cstring>

#include "base/bits.h"
#include "base/wtf8.h"

namespace oro {

namespace {

constexpr std::uint64_t kHighBits = 0x8080808080808080;

constexpr bool is_continuation(std::uint8_t byte) { return (byte & 0xC0) == 0x80; }

constexpr char32_t three_bytes(const std::uint8_t* p) {
    return (p[0] & 0x0F) << 12 | (p[1] & 0x3F) << 6 | (p[2] & 0x3F);
}

constexpr char32_t four_bytes(const std::uint8_t* p) {
    return (p[0] & 0x07) << 18 | (p[1] & 0x3F) << 12 | (p[2] & 0x3F) << 6 | (p[3] & 0x3F);
}

std::size_t ascii_run(const std::uint8_t* start, const std::uint8_t* end) {
    const std::uint8_t* p = start;
    while (end - p >= 32) {
        std::uint64_t bits = load_unaligned<std::uint64_t>(p) | load_unaligned<std::uint64_t>(p + 8) |
                             load_unaligned<std::uint64_t>(p + 16) | load_unaligned<std::uint64_t>(p + 24);
        if (bits & kHighBits) break;
        p += 32;
    }
    while (end - p >= 8) {
        std::uint64_t bits = load_unaligned<std::uint64_t>(p) & kHighBits;
        if (bits) {
            constexpr bool little = std::endian::native == std::endian::little;
            int zeros = little ? std::countr_zero(bits) : std::countl_zero(bits);
            return static_cast<std::size_t>(p - start) + static_cast<std::size_t>(zeros / 8);
        }
        p += 8;
    }
    while (p < end && *p < 0x80) ++p;
    return static_cast<std::size_t>(p - start);
}

// The bytes that a sequence must have, and the range of its second byte (Unicode, table 3-7). A length of 0
// means that no sequence starts with this byte.
struct Lead {
    std::uint8_t length, low, high;
};

constexpr Lead lead_of(std::uint8_t byte, Surrogates surrogates) {
    if (byte < 0xC2 || byte > 0xF4) return {0, 0, 0};
    if (byte < 0xE0) return {2, 0x80, 0xBF};
    switch (byte) {
        case 0xE0: return {3, 0xA0, 0xBF};
        case 0xED: return {3, 0x80, surrogates == Surrogates::pass ? std::uint8_t{0xBF} : std::uint8_t{0x9F}};
        case 0xF0: return {4, 0x90, 0xBF};
        case 0xF4: return {4, 0x80, 0x8F};
        default: return {byte < 0xF0 ? std::uint8_t{3} : std::uint8_t{4}, 0x80, 0xBF};
    }
}

const std::uint8_t* bytes_of(std::string_view text) {
    return reinterpret_cast<const std::uint8_t*>(text.data());
}

}  // namespace

std::string_view reason_text(Utf8Fault fault) {
    switch (fault) {
        case Utf8Fault::none: return "";
        case Utf8Fault::invalid_start_byte: return "invalid start byte";
        case Utf8Fault::invalid_continuation_byte: return "invalid continuation byte";
        case Utf8Fault::unexpected_end: return "unexpected end of data";
    }
    return "";
}

std::size_t ascii_prefix(std::string_view text) {
    return ascii_run(bytes_of(text), bytes_of(text) + text.size());
}

Utf8Scan scan_utf8(std::string_view text, Surrogates surrogates) {
    const std::uint8_t* start = bytes_of(text);
    const std::uint8_t* end = start + text.size();
    const std::uint8_t* p = start;
    std::size_t count = 0;
    char32_t max = 0;
    auto stop = [&](Utf8Fault fault, std::ptrdiff_t length) {
        std::size_t valid = static_cast<std::size_t>(p - start);
        return Utf8Scan{valid, count, max, fault, static_cast<std::uint8_t>(length)};
    };
    while (p < end) {
        if (*p < 0x80) {
            std::size_t run = ascii_run(p, end);
            count += run;
            p += run;
            if (max == 0) max = 0x7F;
            continue;
        }
        Lead lead = lead_of(*p, surrogates);
        if (lead.length == 0) return stop(Utf8Fault::invalid_start_byte, 1);
        std::ptrdiff_t available = end - p < lead.length ? end - p : lead.length;
        if (available > 1 && (p[1] < lead.low || p[1] > lead.high)) {
            return stop(Utf8Fault::invalid_continuation_byte, 1);
        }
        for (std::ptrdiff_t i = 2; i < available; ++i) {
            if (!is_continuation(p[i])) return stop(Utf8Fault::invalid_continuation_byte, i);
        }
        if (available < lead.length) return stop(Utf8Fault::unexpected_end, available);
        char32_t c = lead.length == 2   ? char32_t((p[0] & 0x1F) << 6 | (p[1] & 0x3F))
                     : lead.length == 3 ? three_bytes(p)
                                        : four_bytes(p);
        if (c > max) max = c;
        p += lead.length;
        ++count;
    }
    return stop(Utf8Fault::none, 0);
}

template <CodeUnit T>
std::size_t decode_utf8(std::string_view valid, T* out) {
    const std::uint8_t* p = bytes_of(valid);
    const std::uint8_t* end = p + valid.size();
    T* to = out;
    while (p < end) {
        if (*p < 0x80) {
            std::size_t run = ascii_run(p, end);
            convert_chars(p, run, to);
            p += run;
            to += run;
        } else if (*p < 0xE0) {
            *to++ = static_cast<T>((p[0] & 0x1F) << 6 | (p[1] & 0x3F));
            p += 2;
        } else if (*p < 0xF0) {
            *to++ = static_cast<T>(three_bytes(p));
            p += 3;
        } else {
            *to++ = static_cast<T>(four_bytes(p));
            p += 4;
        }
    }
    return static_cast<std::size_t>(to - out);
}

char32_t next_code_point(const char*& at) {
    auto p = reinterpret_cast<const std::uint8_t*>(at);
    if (*p < 0x80) return at += 1, *p;
    if (*p < 0xE0) return at += 2, (p[0] & 0x1F) << 6 | (p[1] & 0x3F);
    if (*p < 0xF0) return at += 3, three_bytes(p);
    return at += 4, four_bytes(p);
}

std::size_t count_code_points(std::string_view valid) {
    const std::uint8_t* p = bytes_of(valid);
    const std::uint8_t* end = p + valid.size();
    std::size_t count = 0;
    while (end - p >= 8) {
        // A continuation byte is 10xxxxxx: bit 7 set and bit 6 clear.
        std::uint64_t word = load_unaligned<std::uint64_t>(p);
        std::uint64_t continuation = word & ~(word << 1) & kHighBits;
        count += 8 - static_cast<std::size_t>(std::popcount(continuation));
        p += 8;
    }
    for (; p < end; ++p) count += !is_continuation(*p);
    return count;
}

std::size_t encode_code_point(char32_t c, char* out) {
    if (c < 0x80) {
        out[0] = static_cast<char>(c);
        return 1;
    }
    if (c < 0x800) {
        out[0] = static_cast<char>(0xC0 | c >> 6);
        out[1] = static_cast<char>(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = static_cast<char>(0xE0 | c >> 12);
        out[1] = static_cast<char>(0x80 | (c >> 6 & 0x3F));
        out[2] = static_cast<char>(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = static_cast<char>(0xF0 | c >> 18);
    out[1] = static_cast<char>(0x80 | (c >> 12 & 0x3F));
    out[2] = static_cast<char>(0x80 | (c >> 6 & 0x3F));
    out[3] = static_cast<char>(0x80 | (c & 0x3F));
    return 4;
}

void append_utf8(std::string& out, char32_t c) {
    char bytes[4];
    out.append(bytes, encode_code_point(c, bytes));
}

template <CodeUnit T>
std::size_t utf8_length(std::span<const T> text) {
    std::size_t length = text.size();
    for (T c : text) {
        length += c >= 0x80;
        if constexpr (sizeof(T) > 1) length += c >= 0x800;
        if constexpr (sizeof(T) > 2) length += c >= 0x10000;
    }
    return length;
}

template <CodeUnit T>
std::size_t encode_utf8(std::span<const T> text, char* out) {
    char* to = out;
    const T* p = text.data();
    const T* end = p + text.size();
    while (p < end) {
        if constexpr (sizeof(T) == 1) {
            std::size_t run = ascii_run(p, end);
            if (run) {
                std::memcpy(to, p, run);
                p += run;
                to += run;
                continue;
            }
            to[0] = static_cast<char>(0xC0 | *p >> 6);
            to[1] = static_cast<char>(0x80 | (*p & 0x3F));
            to += 2;
        } else {
            to += encode_code_point(*p, to);
        }
        ++p;
    }
    return static_cast<std::size_t>(to - out);
}

template <CodeUnit T>
std::size_t find_surrogate(std::span<const T> text) {
    if constexpr (sizeof(T) > 1) {
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (is_surrogate(text[i])) return i;
        }
    }
    return text.size();
}

template <CodeUnit T>
char32_t max_bound(std::span<const T> text) {
    if (text.empty()) return 0;
    if constexpr (sizeof(T) == 1) {
        return ascii_run(text.data(), text.data() + text.size()) == text.size() ? 0x7F : 0xFF;
    } else {
        char32_t bits = 0;
        for (T c : text) bits |= c;  // the compiler vectorises this
        if (bits < 0x80) return 0x7F;
        if (bits < 0x100) return 0xFF;
        return bits < 0x10000 ? 0xFFFF : kMaxCodePoint;
    }
}

template <CodeUnit From, CodeUnit To>
void convert_chars(const From* from, std::size_t count, To* to) {
    if constexpr (sizeof(From) == sizeof(To)) {
        if (count) std::memcpy(to, from, count * sizeof(To));
    } else {
        for (std::size_t i = 0; i < count; ++i) to[i] = static_cast<To>(from[i]);
    }
}

#define ORO_FOR_WIDTH(T)                                         \
    template std::size_t decode_utf8(std::string_view, T*);      \
    template std::size_t utf8_length(std::span<const T>);        \
    template std::size_t encode_utf8(std::span<const T>, char*); \
    template std::size_t find_surrogate(std::span<const T>);     \
    template char32_t max_bound(std::span<const T>);             \
    template void convert_chars(const T*, std::size_t, Char1*);  \
    template void convert_chars(const T*, std::size_t, Char2*);  \
    template void convert_chars(const T*, std::size_t, Char4*);
ORO_FOR_WIDTH(Char1)
ORO_FOR_WIDTH(Char2)
ORO_FOR_WIDTH(Char4)
#undef ORO_FOR_WIDTH

bool is_wtf8(std::string_view octets) { return scan_utf8(octets, Surrogates::pass).fault == Utf8Fault::none; }

}  // namespace oro
