// A str's text as spans of base/utf8.h's code units, for the functions of base.
#pragma once
#include <span>

#include "base/utf8.h"
#include "object/str.h"

namespace oro {

// T is the code unit of the str's width.
template <CodeUnit T> std::span<T const> chars_as(Str const& s) { return {static_cast<T const*>(s.data()), s.length()}; }

// Calls f with the text as a span of Char1, Char2 or Char4.
template <class F> decltype(auto) visit_chars(Str const& s, F&& f) {
    switch (s.width()) {
        case 1: return f(chars_as<Char1>(s));
        case 2: return f(chars_as<Char2>(s));
        default: return f(chars_as<Char4>(s));
    }
}

// The smallest upper bound that the kind gives.
constexpr char32_t kind_bound(StrKind kind) {
    switch (kind) {
        case StrKind::ascii: return 0x7F;
        case StrKind::one: return 0xFF;
        case StrKind::two: return 0xFFFF;
        case StrKind::four: break;
    }
    return kMaxCodePoint;
}
constexpr StrKind kind_for(char32_t max) {
    return max < 0x80 ? StrKind::ascii : max < 0x100 ? StrKind::one : max < 0x10000 ? StrKind::two : StrKind::four;
}

// A bound of the code points in [begin, end) that is of the same kind as the largest of them.
inline char32_t bound_of(Str const& s, std::size_t begin, std::size_t end) {
    if (s.is_ascii()) return begin < end ? 0x7F : 0;
    return visit_chars(s, [&](auto text) { return max_bound(text.subspan(begin, end - begin)); });
}

// Copies code points [begin, end) to `to`, an array of `width` bytes a code point, which must suffice.
void copy_chars(Str const& s, std::size_t begin, std::size_t end, void* to, int width);

}  // namespace oro
