// UTF-8 to and from arrays of code points in the three widths of PEP 393, and scans over both.
//
// Everything here is a pure function over memory that the caller keeps still. Decoding goes in two passes:
// scan_utf8 validates, counts and finds the width, decode_utf8 then fills an array without checking.
// Surrogates (U+D800..U+DFFF) are code points that strict UTF-8 refuses; Surrogates::pass lets them through.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace oro {

// The three widths of code points in strings.
using Char1 = std::uint8_t;
using Char2 = char16_t;
using Char4 = char32_t;

template <class T>
concept CodeUnit = std::same_as<T, Char1> || std::same_as<T, Char2> || std::same_as<T, Char4>;

constexpr char32_t kMaxCodePoint = 0x10FFFF;

constexpr bool is_surrogate(char32_t c) { return (c & 0xFFFFF800) == 0xD800; }

// Bytes per code point that a string needs whose largest code point is `max`.
constexpr int char_width(char32_t max) { return max < 0x100 ? 1 : max < 0x10000 ? 2 : 4; }

enum class Surrogates : bool { reject, pass };

// Why a byte sequence is no UTF-8; reason_text gives Python's words.
enum class Utf8Fault : std::uint8_t { none, invalid_start_byte, invalid_continuation_byte, unexpected_end };

std::string_view reason_text(Utf8Fault fault);

// What a scan learned about the bytes before the first fault.
struct Utf8Scan {
    std::size_t valid_bytes;  // where the faulty sequence starts, or the length of the input
    std::size_t code_points;
    char32_t max;  // an upper bound of the same width as the largest code point; 0 when empty
    Utf8Fault fault;
    std::uint8_t fault_bytes;  // length of the faulty sequence
};

// The number of leading bytes below 0x80.
std::size_t ascii_prefix(std::string_view text);
inline bool is_ascii(std::string_view text) { return ascii_prefix(text) == text.size(); }

// Validates up to the first fault. At a fault of kind unexpected_end the faulty sequence reaches to the end
// of the input, so that an incremental decoder can keep it for later.
Utf8Scan scan_utf8(std::string_view text, Surrogates surrogates = Surrogates::reject);

// Decodes text that scan_utf8 has accepted (surrogates are taken as they come) and returns the number of code
// points written. The width must suffice for the scan's max.
template <CodeUnit T>
std::size_t decode_utf8(std::string_view valid, T* out);

// Decodes one code point from valid UTF-8 and moves `at` behind it.
char32_t next_code_point(const char*& at);

// The number of code points in valid UTF-8.
std::size_t count_code_points(std::string_view valid);

// Writes 1 to 4 bytes and returns how many. Surrogates are written as three bytes.
std::size_t encode_code_point(char32_t c, char* out);
void append_utf8(std::string& out, char32_t c);

// The number of bytes that encode_utf8 writes.
template <CodeUnit T>
std::size_t utf8_length(std::span<const T> text);

// Encodes into a buffer of utf8_length bytes, surrogates included as three bytes each. Returns the number of
// bytes written.
template <CodeUnit T>
std::size_t encode_utf8(std::span<const T> text, char* out);

// The index of the first surrogate, or the length when there is none.
template <CodeUnit T>
std::size_t find_surrogate(std::span<const T> text);

// The largest code point, or an upper bound of the same width that is below 0x80 exactly when all are;
// 0 when empty. Fast: it does not look for the precise maximum.
template <CodeUnit T>
char32_t max_bound(std::span<const T> text);

// Copies between widths; every code point must fit in To.
template <CodeUnit From, CodeUnit To>
void convert_chars(const From* from, std::size_t count, To* to);

}  // namespace oro
