// Putting messages together.
#pragma once

#include <charconv>
#include <string>
#include <string_view>

#include "base/arena.h"

namespace oro::syntax {

namespace detail {

inline void append_part(std::string& out, std::string_view s) { out += s; }
inline void append_part(std::string& out, char c) { out += c; }
inline void append_part(std::string& out, int value) {
    char digits[16];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

}  // namespace detail

// The parts (texts, characters, numbers) as one text in the arena.
template <class... Parts>
std::string_view message(Arena& arena, const Parts&... parts) {
    std::string out;
    (detail::append_part(out, parts), ...);
    return arena.copy(std::string_view(out));
}

// "20AC": at least four upper-case hexadecimal digits.
inline std::string hex4(char32_t c) {
    char digits[16];
    char* end = std::to_chars(digits, digits + sizeof digits, static_cast<unsigned>(c), 16).ptr;
    std::string out(4 - std::min<std::size_t>(4, static_cast<std::size_t>(end - digits)), '0');
    for (char* p = digits; p != end; ++p) out += static_cast<char>(*p >= 'a' ? *p - 32 : *p);
    return out;
}

}  // namespace oro::syntax
