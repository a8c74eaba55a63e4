// Decimal numbers from and to text.
#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/unicode.h"
#include "modules/_decimal/decimal.h"

namespace oro::decimal {

namespace {

constexpr Exponent kFarExponent = 4000000000000000000;   // beyond all, and yet far from where 64 bits end

char lower(char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; }
bool take_word(std::string_view& s, std::string_view word) {
    if (s.size() < word.size()) return false;
    for (std::size_t i = 0; i < word.size(); ++i) {
        if (lower(s[i]) != word[i]) return false;
    }
    s.remove_prefix(word.size());
    return true;
}
std::size_t count_leading_digits(std::string_view s) {
    std::size_t n = 0;
    while (n < s.size() && s[n] >= '0' && s[n] <= '9') ++n;
    return n;
}
void set_digits(Mpz& out, std::string const& digits) {
    if (digits.size() <= 18) {
        std::uint64_t n = 0;
        for (char c : digits) n = n * 10 + std::uint64_t(c - '0');
        mpz_set_ui(out, n);
    } else {
        mpz_set_str(out, digits.c_str(), 10);
    }
}

}  // namespace

bool parse(Number& out, std::string_view s) {
    out = Number();
    if (!s.empty() && (s[0] == '-' || s[0] == '+')) {
        out.negative = s[0] == '-';
        s.remove_prefix(1);
    }
    if (take_word(s, "inf")) {
        out.kind = Kind::infinite;
        return s.empty() || (take_word(s, "inity") && s.empty());
    }
    bool signaling = !s.empty() && lower(s[0]) == 's';
    if (signaling) s.remove_prefix(1);
    if (take_word(s, "nan")) {
        out.kind = signaling ? Kind::signaling : Kind::quiet;
        if (count_leading_digits(s) != s.size()) return false;
        set_digits(out.coefficient, std::string(s));
        return true;
    }
    if (signaling) return false;
    std::size_t whole = count_leading_digits(s), fraction = 0;
    std::string digits(s.substr(0, whole));
    s.remove_prefix(whole);
    if (!s.empty() && s[0] == '.') {
        s.remove_prefix(1);
        fraction = count_leading_digits(s);
        digits += s.substr(0, fraction);
        s.remove_prefix(fraction);
    }
    if (digits.empty()) return false;
    Exponent e = 0;
    if (!s.empty()) {
        if (lower(s[0]) != 'e') return false;
        s.remove_prefix(1);
        bool negative = !s.empty() && s[0] == '-';
        if (!s.empty() && (s[0] == '-' || s[0] == '+')) s.remove_prefix(1);
        if (s.empty() || count_leading_digits(s) != s.size()) return false;
        while (s.size() > 1 && s[0] == '0') s.remove_prefix(1);
        std::uint64_t n = std::uint64_t(kFarExponent);
        if (s.size() <= 19) std::from_chars(s.data(), s.data() + s.size(), n);
        e = Exponent(std::min(n, std::uint64_t(kFarExponent)));
        if (negative) e = -e;
    }
    set_digits(out.coefficient, digits);
    out.exponent = e - Exponent(fraction);
    return true;
}

std::string ascii_of(Str const& s, Spelling spelling) {
    std::string out;
    out.reserve(s.length());
    std::size_t begin = 0, end = s.length();
    bool lenient = spelling == Spelling::lenient;
    while (lenient && begin < end && unicode::is_space(s.at(begin))) ++begin;
    while (lenient && end > begin && unicode::is_space(s.at(end - 1))) --end;
    for (std::size_t i = begin; i < end; ++i) {
        char32_t c = s.at(i);
        if (c == '_' && lenient) continue;
        if (c >= 128) {
            if (!unicode::is_decimal(c)) return {};
            c = char32_t('0' + unicode::decimal_value(c));
        }
        out += char(c);
    }
    return out;
}

std::string to_text(View const& v, bool capitals, bool engineering) {
    std::string out = v.negative ? "-" : "";
    if (v.is_infinite()) return out + "Infinity";
    std::string digits;
    if (mpz_size(v.coefficient) <= 1) {
        digits = std::to_string(mpz_get_ui(v.coefficient));
    } else {
        digits.resize(std::size_t(v.digits) + 2);
        mpz_get_str(digits.data(), 10, v.coefficient);
        digits.resize(std::size_t(v.digits));
    }
    if (v.is_nan()) {
        out += v.kind == Kind::signaling ? "sNaN" : "NaN";
        if (sign_of(v.coefficient) != 0) out += digits;
        return out;
    }
    // Where the point stands among the digits, and where it would without an exponent.
    Exponent n = Exponent(digits.size()), left = v.exponent + n, point;
    if (v.exponent <= 0 && left > -6) point = left;
    else if (!engineering) point = 1;
    else if (v.is_zero()) point = ((left + 1) % 3 + 3) % 3 - 1;
    else point = ((left - 1) % 3 + 3) % 3 + 1;
    if (point <= 0) {
        out += "0.";
        out.append(std::size_t(-point), '0');
        out += digits;
    } else if (point >= n) {
        out += digits;
        out.append(std::size_t(point - n), '0');
    } else {
        out.append(digits, 0, std::size_t(point));
        out += '.';
        out.append(digits, std::size_t(point));
    }
    if (left != point) {
        out += capitals ? 'E' : 'e';
        if (left > point) out += '+';
        out += std::to_string(left - point);
    }
    return out;
}

void from_double(Number& out, double d) {
    out = Number();
    out.negative = std::signbit(d);
    if (std::isnan(d)) {
        out.kind = Kind::quiet;
        return;
    }
    if (std::isinf(d)) {
        out.kind = Kind::infinite;
        return;
    }
    int binary;
    double m = std::frexp(std::fabs(d), &binary);
    mpz_set_ui(out.coefficient, std::uint64_t(std::ldexp(m, 53)));
    if (sign_of(out.coefficient) == 0) return;
    binary -= 53;
    auto twos = mpz_scan1(out.coefficient, 0);
    mpz_tdiv_q_2exp(out.coefficient, out.coefficient, twos);
    binary += int(twos);
    if (binary >= 0) {
        mpz_mul_2exp(out.coefficient, out.coefficient, mp_bitcnt_t(binary));
        return;
    }
    // m / 2**k is m * 5**k / 10**k.
    Mpz fives;
    mpz_ui_pow_ui(fives, 5, std::uint64_t(-binary));
    mpz_mul(out.coefficient, out.coefficient, fives);
    out.exponent = binary;
}

}  // namespace oro::decimal
