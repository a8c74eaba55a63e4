// The names of characters in Unicode 16 and the way back, with aliases and named sequences. Pure functions
// over constant tables, safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace oro::unicode {

constexpr std::size_t kMaxNameLength = 88;

// The character's name, or an empty string. Aliases don't count: controls have no name.
std::string name(char32_t c);

enum class NamedSequences : bool { refuse, allow };

// What a name stands for: one code point, or several for a sequence; none when there is no such name.
struct Named {
    static constexpr std::size_t kMaxPoints = 8;
    std::size_t count = 0;
    char32_t points[kMaxPoints] = {};
};

// Finds a character, an alias or, when allowed, a sequence by its name, in either case.
Named lookup_name(std::string_view name, NamedSequences sequences);

}  // namespace oro::unicode
