// Decimal.__format__.
#include <climits>
#include <clocale>
#include <vector>

#include "base/format_spec.h"
#include "modules/_decimal/decimal.h"
#include "object/bytes.h"
#include "object/dict.h"

namespace oro::decimal {

namespace {

Raised bad_format(Thread& t) { return raise(t, exc::ValueError, "invalid format string"); }

// An explicit alignment followed by the flag 0, which asks for another one.
bool has_zero_after_align(std::string_view spec) {
    auto is_align = [](char c) { return c == '<' || c == '>' || c == '=' || c == '^'; };
    std::size_t i = 0;
    // The fill is one character, of one to four octets.
    std::size_t fill = spec.empty() ? 0 : (spec[0] & 0x80) == 0 ? 1 : (spec[0] & 0xE0) == 0xC0 ? 2 : (spec[0] & 0xF0) == 0xE0 ? 3 : 4;
    if (spec.size() > fill && fill && is_align(spec[fill])) i = fill + 1;
    else if (!spec.empty() && is_align(spec[0])) i = 1;
    if (i == 0) return false;
    while (i < spec.size() && (spec[i] == '+' || spec[i] == '-' || spec[i] == ' ' || spec[i] == 'z' || spec[i] == '#')) ++i;
    return i < spec.size() && spec[i] == '0';
}

struct Separators {
    std::string point = ".", thousands, fraction;
    std::string grouping;   // as in localeconv()
};

std::size_t code_points(std::string_view s) {
    std::size_t n = 0;
    for (char c : s) n += (c & 0xC0) != 0x80;
    return n;
}

// Digits in groups from the right, with zeros in front until that takes at least `width` characters.
std::string grouped(std::string_view digits, Separators const& s, std::int64_t width) {
    if (s.thousands.empty() || s.grouping.empty()) {
        std::string out;
        if (width > std::int64_t(digits.size())) out.assign(std::size_t(width) - digits.size(), '0');
        return out.append(digits);
    }
    std::vector<std::string> groups;   // the last one first
    std::size_t place = 0, left = digits.size();
    std::int64_t missing = width;
    std::size_t separator = code_points(s.thousands);
    for (;;) {
        int size = s.grouping[std::min(place, s.grouping.size() - 1)];
        if (size == CHAR_MAX || size <= 0) size = INT_MAX;
        ++place;
        std::size_t n = std::min(left, std::size_t(size));
        std::string group(digits.substr(left - n, n));
        left -= n;
        missing -= std::int64_t(n);
        if (left == 0 && missing > 0) {
            auto zeros = std::min<std::int64_t>(missing, size - std::int64_t(n));
            group.insert(0, std::size_t(zeros), '0');
            missing -= zeros;
        }
        groups.push_back(std::move(group));
        if (left == 0 && missing <= 0) break;
        missing -= std::int64_t(separator);
        // A separator never stands alone in front.
        if (left == 0 && missing <= 0) missing = 1;
    }
    std::string out;
    for (std::size_t i = groups.size(); i-- > 0;) {
        out += groups[i];
        if (i) out += s.thousands;
    }
    return out;
}

std::string grouped_fraction(std::string_view digits, std::string const& separator) {
    if (separator.empty()) return std::string(digits);
    std::string out;
    for (std::size_t i = 0; i < digits.size(); i += 3) {
        if (i) out += separator;
        out.append(digits.substr(i, 3));
    }
    return out;
}

std::string encode(char32_t c) {
    std::string out;
    if (c < 0x80) out += char(c);
    else if (c < 0x800) out += char(0xC0 | c >> 6), out += char(0x80 | (c & 0x3F));
    else if (c < 0x10000) out += char(0xE0 | c >> 12), out += char(0x80 | (c >> 6 & 0x3F)), out += char(0x80 | (c & 0x3F));
    else
        out += char(0xF0 | c >> 18), out += char(0x80 | (c >> 12 & 0x3F)), out += char(0x80 | (c >> 6 & 0x3F)),
            out += char(0x80 | (c & 0x3F));
    return out;
}

std::string padded(FormatSpec const& spec, std::string const& sign, std::string const& body) {
    std::int64_t missing = spec.width - std::int64_t(sign.size() + code_points(body));
    if (missing <= 0) return sign + body;
    auto fill = [&](std::int64_t n) {
        std::string one = encode(spec.fill), all;
        for (std::int64_t i = 0; i < n; ++i) all += one;
        return all;
    };
    switch (spec.align) {
        case '<': return sign + body + fill(missing);
        case '=': return sign + fill(missing) + body;
        case '^': return fill(missing / 2) + sign + body + fill(missing - missing / 2);
        default: return fill(missing) + sign + body;
    }
}

Result<void> take_override(Python& py, Borrowed<Dict> dict, Separators& s) {
    struct Field {
        char const* name;
        std::string* to;
    };
    for (Field f : {Field{"decimal_point", &s.point}, Field{"thousands_sep", &s.thousands}, Field{"grouping", &s.grouping}}) {
        Maybe<> v = TRY(dict_get_item(py, dict, TRY(make_interned(py, f.name))));
        if (!v) continue;
        if (!is<Str>(*v)) return raise(py, exc::ValueError, "invalid override dict");
        *f.to = TRY(utf8_of(py, as<Str>(*v)));
    }
    while (!s.grouping.empty() && s.grouping.back() == '\0') s.grouping.pop_back();   // 'the last one repeats', in C's form
    bool negative = s.grouping.find_first_of("\xc2\xc3") != s.grouping.npos;   // beyond what a char holds
    if (negative || code_points(s.point) != 1 || code_points(s.thousands) > 1) return raise(py, exc::ValueError, "invalid override dict");
    return {};
}

// Digits and exponent of a finite number, rounded as the type and precision have it.
Result<void> round_for(Thread& t, Number& n, char type, std::int64_t precision, Rounding rounding) {
    if (type == '%') n.exponent += 2;
    bool fixed = type == 'f' || type == 'F' || type == '%';
    bool good = true;
    std::int64_t digits = count_digits(n.coefficient), drop = 0;
    if (precision >= 0) {
        if (fixed) good = rescale(n, -precision, rounding);
        else if (type == 'e' || type == 'E') drop = digits - (precision + 1);
        else if (digits > precision) drop = digits - precision;
    }
    if (drop > 0 && !n.is_zero()) {
        Exponent target = n.exponent + drop;
        good = rescale(n, target, rounding);
        // 9.99 rounded up has a digit more again.
        if (count_digits(n.coefficient) > digits - drop) good = rescale(n, target + 1, rounding);
    } else if (drop < 0 && !n.is_zero()) {
        good = rescale(n, n.exponent + drop, rounding);
    }
    if (n.is_zero() && n.exponent > 0 && fixed) good = rescale(n, 0, rounding);
    if (!good) return raise_no_memory(t);
    return {};
}

std::string body_of(Number const& n, char type, std::int64_t precision, Separators const& s, std::int64_t width) {
    View v = n.view();
    std::string digits = to_text(View{v.coefficient, 0, v.digits, Kind::finite, false}, true);
    Exponent left = v.exponent + std::int64_t(digits.size()), point;
    if (type == 'e' || type == 'E') point = v.is_zero() && precision >= 0 ? 1 - precision : 1;
    else if (type == 'g' || type == 'G') point = v.exponent <= 0 && left > -6 ? left : 1;
    else point = left;
    std::string whole, fraction;
    auto size = Exponent(digits.size());
    if (point < 0) {
        whole = "0";
        fraction = std::string(std::size_t(-point), '0') + digits;
    } else if (point > size) {
        whole = digits + std::string(std::size_t(point - size), '0');
    } else {
        whole = point == 0 ? "0" : digits.substr(0, std::size_t(point));
        fraction = digits.substr(std::size_t(point));
    }
    std::string tail;
    if (!fraction.empty()) tail = s.point + grouped_fraction(fraction, s.fraction);
    Exponent e = left - point;
    if (e != 0 || type == 'e' || type == 'E') {
        tail += type == 'e' || type == 'g' ? 'e' : 'E';
        if (e >= 0) tail += '+';
        tail += std::to_string(e);
    }
    if (type == '%') tail += '%';
    return grouped(whole, s, width - std::int64_t(code_points(tail))) + tail;
}

}  // namespace

Result<Ref<>> format_decimal(Python& py, Borrowed<Decimal> self, Borrowed<> spec_object, Optional<> override) {
    if (!is<Str>(spec_object)) return raise(py, exc::TypeError, "format arg must be str");
    std::string text = wtf8_of(*as<Str>(spec_object));
    Ref<DecimalContext> c = TRY(current_decimal_context(py));
    FormatSpec spec;
    if (!parse_format_spec(text, FormatKind::floating, "decimal.Decimal", spec).ok() || has_zero_after_align(text)) return bad_format(py);
    if (spec.type && !(spec.type < 128 && std::string_view("eEfFgGn%").find(char(spec.type)) != std::string_view::npos))
        return bad_format(py);
    char type = spec.type ? char(spec.type) : c->capitals.load() ? 'G' : 'g';
    Separators s;
    if (type == 'n') {
        if (spec.grouping || spec.fraction_grouping) return bad_format(py);
        type = c->capitals.load() ? 'G' : 'g';
        lconv* locale = std::localeconv();
        s.point = locale->decimal_point;
        s.thousands = locale->thousands_sep;
        s.grouping = locale->grouping;
    } else if (spec.grouping) {
        s.thousands = std::string(1, spec.grouping);
        s.grouping = "\3";
    }
    if (override && !is<Dict>(*override)) return raise(py, exc::TypeError, "optional argument must be a dict");
    if (override) CHECK(take_override(py, as<Dict>(*override), s));
    if (spec.fraction_grouping) s.fraction = std::string(1, spec.fraction_grouping);
    std::int64_t precision = spec.precision;
    if (precision == 0 && (type == 'g' || type == 'G')) precision = 1;
    if (precision > kMostDigits || spec.width > kMostDigits) return bad_format(py);

    Operand v(self.value());
    auto sign_of_result = [&](bool negative) {
        return negative ? std::string("-") : spec.sign == '+' || spec.sign == ' ' ? std::string(1, spec.sign) : std::string();
    };
    bool zero_padded = spec.fill == U'0' && spec.align == '=' && !spec.align_given;
    if (!v->is_finite()) {
        if (zero_padded) spec.fill = ' ', spec.align = '>';
        std::string body = to_text(v->with_sign(false), true);
        if (type == '%') body += '%';
        return TRY(make_str(py, padded(spec, sign_of_result(v->negative), body)));
    }
    Number n(v);
    CHECK(round_for(py, n, type, precision, c->rounding.load()));
    bool negative = n.negative && !(spec.no_negative_zero && n.is_zero());
    std::string sign = sign_of_result(negative);
    bool fill_with_zeros = zero_padded || (spec.fill == U'0' && spec.align == '=');
    std::string body = body_of(n, type, precision, s, fill_with_zeros ? spec.width - std::int64_t(sign.size()) : 0);
    return TRY(make_str(py, padded(spec, sign, body)));
}

}  // namespace oro::decimal
