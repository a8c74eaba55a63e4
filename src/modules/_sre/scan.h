// Finding characters in runs of 1, 2 or 4 byte characters as fast as plain C++ allows. Pure functions; all of
// them take a half-open range and return its end where they find nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <cwchar>

#include "modules/_sre/program.h"

namespace oro::sre {

// The first character that equals c.
inline const std::uint8_t* find_char(const std::uint8_t* p, const std::uint8_t* end, std::uint8_t c) {
    if (p >= end) return end;
    const void* hit = std::memchr(p, c, static_cast<std::size_t>(end - p));
    return hit ? static_cast<const std::uint8_t*>(hit) : end;
}

inline const std::uint16_t* find_char(const std::uint16_t* p, const std::uint16_t* end, std::uint16_t c) {
    using Lanes = std::uint16_t __attribute__((vector_size(16)));
    using Halves = std::uint64_t __attribute__((vector_size(16)));
    const Lanes wanted = Lanes{} + c;
    for (; end - p >= 8; p += 8) {
        Lanes lanes;
        std::memcpy(&lanes, p, sizeof lanes);
        const Halves equal = reinterpret_cast<Halves>(lanes == wanted);
        if ((equal[0] | equal[1]) == 0) continue;
        while (*p != c) ++p;
        return p;
    }
    while (p < end && *p != c) ++p;
    return p < end ? p : end;
}

inline const std::uint32_t* find_char(const std::uint32_t* p, const std::uint32_t* end, std::uint32_t c) {
    if (p >= end) return end;
    if constexpr (sizeof(wchar_t) == 4) {
        const wchar_t* hit = std::wmemchr(reinterpret_cast<const wchar_t*>(p), static_cast<wchar_t>(c),
                                          static_cast<std::size_t>(end - p));
        return hit ? reinterpret_cast<const std::uint32_t*>(hit) : end;
    } else {
        while (p < end && *p != c) ++p;
        return p;
    }
}

// The first character for which the test holds. Four at a time: the loop is the hottest of the engine.
template <class Unit, class Test>
inline const Unit* find_if(const Unit* p, const Unit* end, Test test) {
    for (; end - p >= 4; p += 4) {
        if (test(p[0])) return p;
        if (test(p[1])) return p + 1;
        if (test(p[2])) return p + 2;
        if (test(p[3])) return p + 3;
    }
    while (p < end && !test(*p)) ++p;
    return p < end ? p : end;
}

// The first place where the literal prefix of the program's plan stands whole within the range.
inline const std::uint8_t* find_prefix(const Program& program, const std::uint8_t* p,
                                       const std::uint8_t* end) {
    if (p >= end) return end;
    const Word size = program.plan().prefix_size;
    const void* hit = memmem(p, static_cast<std::size_t>(end - p), program.narrow_prefix(), size);
    return hit ? static_cast<const std::uint8_t*>(hit) : end;
}

// For wider characters: leap to the prefix's first character, then Knuth, Morris and Pratt with the table
// that the info block brings, so that repetitive subjects cost no more than linear time.
template <class Unit>
inline const Unit* find_prefix(const Program& program, const Unit* p, const Unit* end) {
    const SearchPlan& plan = program.plan();
    const Word* prefix = program.code() + plan.prefix;
    const Word* overlap = prefix + plan.prefix_size;
    Word matched = 0;
    while (p < end) {
        if (matched == 0) {
            p = find_char(p, end, static_cast<Unit>(prefix[0]));
            if (p >= end) return end;
            matched = 1;
            ++p;
        } else if (*p == prefix[matched]) {
            ++matched;
            ++p;
        } else {
            matched = overlap[matched - 1];
            continue;
        }
        if (matched == plan.prefix_size) return p - matched;
    }
    return end;
}

}  // namespace oro::sre
