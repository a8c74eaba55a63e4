#include "syntax/token.h"

#include <array>

namespace oro::syntax {
namespace {

constexpr std::string_view names[] = {
#define TOKEN(Name, python, text) python,
#define KEYWORD(Name, text) "NAME",
#include "syntax/tokens.def"
};

constexpr std::string_view texts[] = {
#define TOKEN(Name, python, text) text,
#define KEYWORD(Name, text) text,
#include "syntax/tokens.def"
};

// Keywords hash by length and two letters; the multiplier was chosen so that no two collide.
constexpr std::size_t kSlots = 128;

constexpr std::size_t slot(std::string_view s, unsigned a, unsigned b) {
    return (s.size() * 7 + static_cast<unsigned char>(s[0]) * a + static_cast<unsigned char>(s[1]) * b +
            static_cast<unsigned char>(s.back())) % kSlots;
}

constexpr bool collides(unsigned a, unsigned b) {
    std::array<bool, kSlots> used{};
    for (std::size_t t = static_cast<std::size_t>(kFirstKeyword); t < std::size(texts); ++t) {
        bool& taken = used[slot(texts[t], a, b)];
        if (taken) return true;
        taken = true;
    }
    return false;
}

struct Multipliers {
    unsigned a, b;
};

constexpr Multipliers find_multipliers() {
    for (unsigned a = 1; a < 64; ++a)
        for (unsigned b = 1; b < 64; ++b)
            if (!collides(a, b)) return {a, b};
    return {0, 0};
}

constexpr Multipliers multipliers = find_multipliers();
static_assert(multipliers.a != 0);

constexpr auto keywords = [] {
    std::array<std::uint8_t, kSlots> table{};
    for (std::size_t t = static_cast<std::size_t>(kFirstKeyword); t < std::size(texts); ++t)
        table[slot(texts[t], multipliers.a, multipliers.b)] = static_cast<std::uint8_t>(t);
    return table;
}();

}  // namespace

std::string_view python_name(Tok t) { return names[static_cast<int>(t)]; }
std::string_view exact_text(Tok t) { return texts[static_cast<int>(t)]; }

Tok keyword_or_name(std::string_view name) {
    if (name.size() < 2 || name.size() > 8) return Tok::Name;
    std::uint8_t candidate = keywords[slot(name, multipliers.a, multipliers.b)];
    return candidate && texts[candidate] == name ? static_cast<Tok>(candidate) : Tok::Name;
}

}  // namespace oro::syntax
