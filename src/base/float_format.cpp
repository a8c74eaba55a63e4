#include "base/float_format.h"

#include <charconv>
#include <cmath>
#include <cstring>

#include "base/bits.h"

namespace oro {

namespace {

// No double has more significant decimal digits, or more digits behind the point.
constexpr int kMaxSignificant = 767;
constexpr int kMaxFraction = 1074;
constexpr int kMaxIntegral = 309;

// repr writes an exponent when the decimal point would stand left of 0.0001 or right of 16 digits.
constexpr int kReprLow = -4;
constexpr int kReprHigh = 16;

// A finite magnitude as 0.DIGITS * 10**point, without trailing zeros; zero is the digit 0 with point 1.
struct Decimal {
    std::string digits;
    int point;
};

// Takes the text that to_chars wrote in scientific form apart.
Decimal split_scientific(const char* start, const char* end) {
    Decimal result;
    const char* e = end;
    while (*--e != 'e') {
    }
    int exponent = 0;
    const char* number = e[1] == '+' ? e + 2 : e + 1;
    std::from_chars(number, end, exponent);
    result.point = exponent + 1;
    result.digits.reserve(static_cast<std::size_t>(e - start));
    result.digits.push_back(*start);
    if (e - start > 2) result.digits.append(start + 2, e);
    while (result.digits.size() > 1 && result.digits.back() == '0') result.digits.pop_back();
    return result;
}

Decimal shortest_decimal(double magnitude) {
    char buffer[kReprRoom];
    char* end = std::to_chars(buffer, buffer + sizeof buffer, magnitude, std::chars_format::scientific).ptr;
    return split_scientific(buffer, end);
}

Decimal rounded_decimal(double magnitude, int significant) {
    if (significant > kMaxSignificant) significant = kMaxSignificant;
    char buffer[kMaxSignificant + 16];
    char* end = std::to_chars(buffer, buffer + sizeof buffer, magnitude, std::chars_format::scientific,
                              significant - 1)
                    .ptr;
    return split_scientific(buffer, end);
}

void append_exponent(std::string& out, int exponent) {
    out += 'e';
    out += exponent < 0 ? '-' : '+';
    unsigned value = static_cast<unsigned>(exponent < 0 ? -exponent : exponent);
    if (value < 10) out += '0';
    char buffer[8];
    out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
}

// Digits with the point in place, or an exponent; `keep` digits at least, zeros appended.
std::string lay_out(const Decimal& decimal, bool use_exponent, int keep, const FloatStyle& style) {
    std::string digits = decimal.digits;
    if (static_cast<int>(digits.size()) < keep) digits.resize(static_cast<std::size_t>(keep), '0');
    std::string out;
    int count = static_cast<int>(digits.size());
    if (use_exponent) {
        out += digits[0];
        if (count > 1 || style.alternate) out += '.';
        out.append(digits, 1);
        append_exponent(out, decimal.point - 1);
        return out;
    }
    if (decimal.point <= 0) {
        out = "0.";
        out.append(static_cast<std::size_t>(-decimal.point), '0');
        return out += digits;
    }
    if (decimal.point < count) {
        std::size_t whole = static_cast<std::size_t>(decimal.point);
        out.append(digits, 0, whole);
        out += '.';
        out.append(digits, whole);
        return out;
    }
    out = digits;
    out.append(static_cast<std::size_t>(decimal.point - count), '0');
    if (style.add_dot_zero) {
        out += ".0";
    } else if (style.alternate) {
        out += '.';
    }
    return out;
}

std::string format_general(double magnitude, int precision, const FloatStyle& style) {
    if (precision == 0) precision = 1;
    Decimal decimal = rounded_decimal(magnitude, precision);
    bool use_exponent = decimal.point <= kReprLow || decimal.point > precision - style.add_dot_zero;
    return lay_out(decimal, use_exponent, style.alternate ? precision : 0, style);
}

std::string format_shortest(double magnitude, const FloatStyle& style) {
    Decimal decimal = shortest_decimal(magnitude);
    bool use_exponent = decimal.point <= kReprLow || decimal.point > kReprHigh;
    return lay_out(decimal, use_exponent, 0, style);
}

std::string format_fixed(double magnitude, int precision, const FloatStyle& style) {
    int exact = precision < kMaxFraction ? precision : kMaxFraction;
    std::string out(static_cast<std::size_t>(kMaxIntegral + 2 + exact), '\0');
    char* start = out.data();
    char* end = std::to_chars(start, start + out.size(), magnitude, std::chars_format::fixed, exact).ptr;
    out.resize(static_cast<std::size_t>(end - start));
    out.append(static_cast<std::size_t>(precision - exact), '0');
    if (precision == 0 && style.alternate) out += '.';
    return out;
}

std::string format_scientific(double magnitude, int precision, const FloatStyle& style) {
    int exact = precision < kMaxSignificant ? precision : kMaxSignificant;
    Decimal decimal = rounded_decimal(magnitude, exact + 1);
    decimal.digits.resize(static_cast<std::size_t>(precision) + 1, '0');
    return lay_out(decimal, true, 0, style);
}

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Compares with a lower-case word, ASCII letters in either case.
bool matches(std::string_view text, std::string_view word) {
    if (text.size() != word.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if ((text[i] | 0x20) != word[i]) return false;
    }
    return true;
}

bool parse_special(std::string_view text, bool negative, double& out) {
    if (matches(text, "inf") || matches(text, "infinity")) {
        out = negative ? -HUGE_VAL : HUGE_VAL;
        return true;
    }
    if (matches(text, "nan")) {
        out = std::copysign(std::nan(""), negative ? -1.0 : 1.0);
        return true;
    }
    return false;
}

// Reads an optional sign and digits off the front, saturating far beyond any exponent that matters. False
// when there is no digit.
bool take_exponent(std::string_view& text, std::int64_t& out) {
    bool negative = false;
    if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
        negative = text[0] == '-';
        text.remove_prefix(1);
    }
    if (text.empty() || !is_digit(text[0])) return false;
    constexpr std::int64_t limit = std::int64_t{1} << 56;
    std::int64_t value = 0;
    while (!text.empty() && is_digit(text[0])) {
        if (value < limit) value = value * 10 + (text[0] - '0');
        text.remove_prefix(1);
    }
    out = negative ? -value : value;
    return true;
}

}  // namespace

std::size_t write_repr(double x, std::span<char, kReprRoom> out) {
    char* start = out.data();
    char* to = start;
    if (!is_finite(x)) {
        std::string_view word = is_nan(x) ? "nan" : x > 0 ? "inf" : "-inf";
        std::memcpy(to, word.data(), word.size());
        return word.size();
    }
    if (is_negative(x)) *to++ = '-';
    double magnitude = std::fabs(x);
    std::chars_format form = (magnitude >= 1e-4 && magnitude < 1e16) || magnitude == 0
                                 ? std::chars_format::fixed
                                 : std::chars_format::scientific;
    char* end = std::to_chars(to, start + out.size(), magnitude, form).ptr;
    if (form == std::chars_format::fixed && !std::memchr(to, '.', static_cast<std::size_t>(end - to))) {
        *end++ = '.';
        *end++ = '0';
    }
    return static_cast<std::size_t>(end - start);
}

std::string repr_double(double x) {
    char buffer[kReprRoom];
    return std::string(buffer, write_repr(x, buffer));
}

std::string format_double(double x, const FloatStyle& style) {
    char code = static_cast<char>(style.code | 0x20);
    if (style.code == '%') {
        x *= 100;
        code = 'f';
    }
    std::string text;
    bool negative = is_negative(x);
    if (is_nan(x)) {
        text = "nan";
        negative = false;
    } else if (is_infinity(x)) {
        text = "inf";
    } else {
        double magnitude = std::fabs(x);
        switch (code) {
            case 'e': text = format_scientific(magnitude, style.precision, style); break;
            case 'f': text = format_fixed(magnitude, style.precision, style); break;
            case 'g': text = format_general(magnitude, style.precision, style); break;
            default: text = format_shortest(magnitude, style); break;
        }
        if (negative && style.no_negative_zero) {
            std::size_t mantissa = code == 'f' ? text.size() : text.find('e');
            negative = text.find_first_of("123456789") < mantissa;
        }
    }
    if (style.code == 'E' || style.code == 'F' || style.code == 'G') {
        for (char& c : text) {
            if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 0x20);
        }
    }
    if (style.code == '%') text += '%';
    if (negative) {
        text.insert(text.begin(), '-');
    } else if (style.positive_sign) {
        text.insert(text.begin(), style.positive_sign);
    }
    return text;
}

std::string hex_double(double x) {
    if (!is_finite(x)) return repr_double(x);
    std::string out = is_negative(x) ? "-0x" : "0x";
    std::uint64_t bits = double_to_bits(x);
    int biased = static_cast<int>(bits >> kDoubleMantissaBits & 0x7FF);
    out += biased ? "1." : "0.";
    std::uint64_t fraction = bits & ((std::uint64_t{1} << kDoubleMantissaBits) - 1);
    if (biased == 0 && fraction == 0) return out += "0p+0";
    for (int shift = kDoubleMantissaBits - 4; shift >= 0; shift -= 4) {
        out += "0123456789abcdef"[fraction >> shift & 0xF];
    }
    int exponent = (biased ? biased : 1) - kDoubleExponentBias;
    out += exponent < 0 ? "p-" : "p+";
    return out += std::to_string(exponent < 0 ? -exponent : exponent);
}

FloatParse parse_double(std::string_view text, double& out) {
    bool negative = false;
    if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
        negative = text[0] == '-';
        text.remove_prefix(1);
    }
    if (text.empty()) return FloatParse::invalid;
    if (!is_digit(text[0]) && text[0] != '.') {
        return parse_special(text, negative, out) ? FloatParse::done : FloatParse::invalid;
    }
    std::string without_underscores;
    if (text.find('_') != std::string_view::npos) {
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (text[i] != '_') {
                without_underscores += text[i];
            } else if (i == 0 || !is_digit(text[i - 1]) || i + 1 == text.size() || !is_digit(text[i + 1])) {
                return FloatParse::invalid;
            }
        }
        text = without_underscores;
    }
    // Checked here, because from_chars accepts less and more than Python does, and because the position of
    // the first significant digit tells overflow from underflow.
    std::size_t at = 0;
    std::size_t digits = 0;
    bool nonzero = false;
    std::int64_t point = 0;  // the decimal exponent of the first significant digit, plus one
    for (; at < text.size() && is_digit(text[at]); ++at, ++digits) {
        nonzero |= text[at] != '0';
        point += nonzero;
    }
    if (at < text.size() && text[at] == '.') {
        for (++at; at < text.size() && is_digit(text[at]); ++at, ++digits) {
            nonzero |= text[at] != '0';
            point -= !nonzero;
        }
    }
    if (digits == 0) return FloatParse::invalid;
    if (at < text.size()) {
        std::int64_t exponent = 0;
        std::string_view rest = text.substr(at + 1);
        if ((text[at] | 0x20) != 'e' || !take_exponent(rest, exponent) || !rest.empty())
            return FloatParse::invalid;
        point += exponent;
    }
    double value = 0;
    if (nonzero && point > kMaxIntegral) {
        value = HUGE_VAL;
    } else if (nonzero && point > -400) {
        std::from_chars_result result = std::from_chars(text.data(), text.data() + text.size(), value);
        if (result.ec == std::errc::result_out_of_range) value = point > 0 ? HUGE_VAL : 0.0;
    }
    out = negative ? -value : value;
    return FloatParse::done;
}

FloatParse parse_hex_double(std::string_view text, double& out) {
    bool negative = false;
    if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
        negative = text[0] == '-';
        text.remove_prefix(1);
    }
    if (parse_special(text, negative, out)) return FloatParse::done;
    if (text.size() >= 2 && text[0] == '0' && (text[1] | 0x20) == 'x') text.remove_prefix(2);
    // The top 64 bits of the digits, what the lowest of them is worth, and whether a one follows.
    std::uint64_t mantissa = 0;
    std::int64_t scale = 0;
    bool sticky = false, in_fraction = false;
    std::size_t digits = 0, at = 0;
    for (; at < text.size(); ++at) {
        char c = text[at];
        if (c == '.' && !in_fraction) {
            in_fraction = true;
            continue;
        }
        char lower = static_cast<char>(c | 0x20);
        unsigned digit;
        if (is_digit(c)) {
            digit = static_cast<unsigned>(c - '0');
        } else if (lower >= 'a' && lower <= 'f') {
            digit = static_cast<unsigned>(lower - 'a' + 10);
        } else {
            break;
        }
        ++digits;
        if (mantissa >> 60) {
            sticky |= digit != 0;
            if (!in_fraction) scale += 4;
        } else {
            mantissa = mantissa << 4 | digit;
            if (in_fraction) scale -= 4;
        }
    }
    if (digits == 0) return FloatParse::invalid;
    std::string_view rest = text.substr(at);
    if (!rest.empty() && (rest[0] | 0x20) == 'p') {
        rest.remove_prefix(1);
        std::int64_t exponent = 0;
        if (!take_exponent(rest, exponent)) return FloatParse::invalid;
        scale += exponent;
    }
    // CPython reports overflow even when something follows the number.
    double value = 0;
    if (compose_double(negative, mantissa, scale, sticky, value) != Rounding::done)
        return FloatParse::overflow;
    if (!rest.empty()) return FloatParse::invalid;
    out = value;
    return FloatParse::done;
}

Rounding round_double(double x, std::int64_t digits, double& out) {
    // Beyond these, nothing is left to round, or nothing remains.
    constexpr std::int64_t most = 323, least = -308;
    if (digits > most || x == 0) {
        out = x;
        return Rounding::done;
    }
    double sign = std::copysign(1.0, x);
    if (digits < least) {
        out = sign * 0.0;
        return Rounding::done;
    }
    // Round the exact decimal digits, then read what is left.
    Decimal decimal = rounded_decimal(std::fabs(x), kMaxSignificant);
    std::int64_t keep = decimal.point + digits;
    if (keep < 0) {
        out = sign * 0.0;
        return Rounding::done;
    }
    if (keep >= static_cast<std::int64_t>(decimal.digits.size())) {
        out = x;
        return Rounding::done;
    }
    std::string kept = decimal.digits.substr(0, static_cast<std::size_t>(keep));
    std::string_view rest = std::string_view(decimal.digits).substr(kept.size());
    bool odd = !kept.empty() && ((kept.back() - '0') & 1);
    bool up = rest[0] > '5' || (rest[0] == '5' && (rest.size() > 1 || odd));
    if (up) {
        std::size_t i = kept.size();
        while (i > 0 && kept[i - 1] == '9') kept[--i] = '0';
        if (i > 0) {
            ++kept[i - 1];
        } else {
            kept.insert(kept.begin(), '1');
        }
    }
    if (kept.empty()) kept = "0";
    double value = 0;
    parse_double(kept + 'e' + std::to_string(-digits), value);
    if (is_infinity(value)) return Rounding::overflow;
    out = sign * value;
    return Rounding::done;
}

}  // namespace oro
