// Doubles as text, both ways, as Python writes and reads them: repr, the printf codes with any precision,
// hexadecimal, float() and float.fromhex(). All results are correctly rounded and free of the C locale.
// Pure functions, safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/double_bits.h"

namespace oro {

constexpr std::size_t kReprRoom = 32;

// repr(x): the shortest text that reads back as x. Returns the number of characters written.
std::size_t write_repr(double x, std::span<char, kReprRoom> out);
std::string repr_double(double x);

struct FloatStyle {
    char code = 'r';                // e E f F g G % as printf has them, or r for the shortest text
    int precision = 6;              // not used by r
    char positive_sign = 0;         // what to write before numbers that are not negative: '+', ' ' or nothing
    bool alternate = false;         // always a decimal point; g keeps its trailing zeros
    bool add_dot_zero = false;      // '.0' after what would look like an int
    bool no_negative_zero = false;  // no sign where all digits written are zeros
};

std::string format_double(double x, const FloatStyle& style);

// float.hex()
std::string hex_double(double x);

enum class FloatParse : std::uint8_t { done, invalid, overflow };

// Python's float() on ASCII text without surrounding white space: underscores between digits, inf and nan.
// Too large numbers become infinities, so that the outcome is never overflow.
FloatParse parse_double(std::string_view text, double& out);
// float.fromhex() on text without surrounding white space.
FloatParse parse_hex_double(std::string_view text, double& out);

// round(x, digits) for finite x: halves of the decimal value to even.
Rounding round_double(double x, std::int64_t digits, double& out);

}  // namespace oro
