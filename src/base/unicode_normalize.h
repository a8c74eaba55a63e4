// The four normal forms of Unicode 16, decompositions and compositions. Pure functions over constant tables,
// safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/utf8.h"

namespace oro::unicode {

enum class NormalForm : std::uint8_t { nfc, nfd, nfkc, nfkd };

enum class QuickCheck : std::uint8_t { yes, no, maybe };

// A mapping as the database has it, not applied recursively; Hangul syllables fall into two or three letters.
struct Decomposition {
    static constexpr std::size_t kMaxPoints = 18;
    std::string_view tag;  // such as <compat>, empty for canonical ones
    std::size_t count = 0;
    char32_t points[kMaxPoints];
};
Decomposition decomposition(char32_t c);

// The composite of two code points, Hangul included, or 0.
char32_t compose(char32_t first, char32_t second);

template <CodeUnit T>
QuickCheck quick_check(NormalForm form, std::span<const T> text);

template <CodeUnit T>
std::u32string normalize(NormalForm form, std::span<const T> text);

template <CodeUnit T>
bool is_normalized(NormalForm form, std::span<const T> text);

}  // namespace oro::unicode
