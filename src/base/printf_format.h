// The % formatting of str and bytes, as far as it is text: conversion specs and what they make of numbers and
// strings. Which value a conversion takes, and how it becomes a number or a string, is the caller's business.
// Pure functions, safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/format_spec.h"
#include "base/utf8.h"

namespace oro {

enum class PrintfTarget : bool { str, bytes };

enum class PrintfFault : std::uint8_t {
    none,
    incomplete_key,
    incomplete,
    width_too_big,
    precision_too_big,
    unsupported,
};

struct PrintfSpec {
    bool has_key = false;
    std::size_t key_start = 0, key_end = 0;  // indices into the format, without the parentheses
    bool left = false;                       // -
    bool plus = false;
    bool blank = false;
    bool alternate = false;            // #
    bool zeros = false;                // 0
    bool width_from_argument = false;  // *
    bool precision_from_argument = false;
    std::int64_t width = -1;  // -1 when not given
    std::int64_t precision = -1;
    char type = 0;

    // What an argument for a * does.
    void set_width(std::int64_t value) {
        left |= value < 0;
        width = value < 0 ? -value : value;
    }
    void set_precision(std::int64_t value) { precision = value < 0 ? 0 : value; }

    bool is_integer() const {
        return type && std::string_view("diuoxX").find(type) != std::string_view::npos;
    }
    bool is_float() const { return type && std::string_view("eEfFgG").find(type) != std::string_view::npos; }
    // The base of an integer conversion.
    int base() const { return type == 'o' ? 8 : type == 'x' || type == 'X' ? 16 : 10; }
};

// Parses the spec that starts at `at`, just behind a %, and moves `at` behind it. Type % stands for a literal
// one. CPython takes arguments while it parses, so that after a fault, too, the caller must first see to the
// key and the stars that `out` tells of; its own complaints about them come before the fault's.
template <CodeUnit T>
PrintfFault parse_printf(const T* format, std::size_t length, std::size_t& at, PrintfTarget target,
                         PrintfSpec& out);

// What to raise for a fault. For `unsupported`: the character, and its index in the format, which is where
// `at` was left minus one.
FormatResult printf_failure(PrintfFault fault, PrintfTarget target, char32_t c, std::size_t index);

// digits are lower-case, in the spec's base, without sign.
FormatResult printf_integer(const PrintfSpec& spec, bool negative, std::string_view digits, std::string& out);
FormatResult printf_float(const PrintfSpec& spec, double value, std::string& out);
// How to lay out the text of s, r, a, b and c, with blanks as fill.
StringLayout printf_text(const PrintfSpec& spec, std::size_t length);

}  // namespace oro
