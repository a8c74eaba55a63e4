// Small helpers on machine words that the standard library spells awkwardly or not at all:
// unaligned loads and stores, and the bits of doubles. Pure functions, safe from any thread.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace oro {

// Loads a T from memory of any alignment, in the machine's byte order.
template <class T>
inline T load_unaligned(const void* from) {
    T value;
    std::memcpy(&value, from, sizeof(T));
    return value;
}

template <class T>
inline void store_unaligned(void* to, T value) {
    std::memcpy(to, &value, sizeof(T));
}

constexpr bool is_power_of_two(std::uint64_t value) { return std::has_single_bit(value); }

// The number of bits needed to write value; 0 for 0.
constexpr int bit_width(std::uint64_t value) { return static_cast<int>(std::bit_width(value)); }

constexpr std::uint64_t round_up(std::uint64_t value, std::uint64_t alignment) {
    return (value + alignment - 1) & ~(alignment - 1);
}

constexpr std::uint64_t rotate_left(std::uint64_t value, int count) { return std::rotl(value, count); }

// The absolute value as an unsigned word, right for INT64_MIN too.
constexpr std::uint64_t magnitude(std::int64_t value) {
    return value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
}

}  // namespace oro
