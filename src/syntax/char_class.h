// Classes of ASCII characters, by table.
#pragma once

#include <array>
#include <cstdint>

namespace oro::syntax {

namespace detail {

enum CharBits : std::uint8_t { kStartsName = 1, kInName = 2, kDigit = 4, kHexDigit = 8 };

constexpr std::array<std::uint8_t, 256> char_bits = [] {
    std::array<std::uint8_t, 256> t{};
    for (int c = 0; c < 256; ++c) {
        bool digit = c >= '0' && c <= '9';
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
        bool hex = digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        t[c] = static_cast<std::uint8_t>((letter ? kStartsName | kInName : 0) |
                                         (digit ? kDigit | kInName : 0) | (hex ? kHexDigit : 0));
    }
    return t;
}();

}  // namespace detail

// Bytes of 0x80 and beyond count as letters; whether they are is looked at once a name is complete.
constexpr bool starts_name(char c) {
    return detail::char_bits[static_cast<unsigned char>(c)] & detail::kStartsName;
}
constexpr bool continues_name(char c) {
    return detail::char_bits[static_cast<unsigned char>(c)] & detail::kInName;
}
constexpr bool is_digit(char c) { return detail::char_bits[static_cast<unsigned char>(c)] & detail::kDigit; }
constexpr bool is_hex_digit(char c) {
    return detail::char_bits[static_cast<unsigned char>(c)] & detail::kHexDigit;
}
constexpr int hex_value(char c) {
    return is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
}

}  // namespace oro::syntax
