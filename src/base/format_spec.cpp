#include "base/format_spec.h"

#include <charconv>
#include <climits>
#include <cmath>

#include "base/float_format.h"
#include "base/utf8.h"

namespace oro {

namespace {

// Wider results are refused as out of memory before anything is allocated.
constexpr std::int64_t kMaxText = std::int64_t{1} << 32;

constexpr NumericLocale kCommaLocale{".", ",", "\3"};
constexpr NumericLocale kUnderscoreLocale{".", "_", "\3"};
constexpr NumericLocale kUnderscoreByFour{".", "_", "\4"};

FormatResult value_error(std::string message) { return {FormatStatus::value_error, std::move(message)}; }

// A type character in a message: itself when it is printable ASCII, else its number.
std::string quoted_type(char32_t type) {
    std::string out = "'";
    if (type > 32 && type < 128) {
        out += static_cast<char>(type);
    } else {
        char digits[8];
        out += "\\x";
        out.append(digits,
                   std::to_chars(digits, digits + sizeof digits, static_cast<unsigned>(type), 16).ptr);
    }
    return out += '\'';
}

FormatResult unknown_code(const FormatSpec& spec, std::string_view type_name) {
    return value_error("Unknown format code " + quoted_type(spec.type) + " for object of type '" +
                       std::string(type_name) + "'");
}

FormatResult cannot_group(char grouping, char32_t type) {
    return value_error(std::string("Cannot specify '") + grouping + "' with " + quoted_type(type) + ".");
}

FormatResult both_groupings() { return value_error("Cannot specify both ',' and '_'."); }

constexpr bool is_align(char32_t c) { return c == '<' || c == '>' || c == '=' || c == '^'; }

class SpecReader {
public:
    explicit SpecReader(std::string_view text) : at_(text.data()), end_(at_ + text.size()) {}

    std::size_t bytes_left() const { return static_cast<std::size_t>(end_ - at_); }
    bool take(char c) {
        if (at_ == end_ || *at_ != c) return false;
        ++at_;
        return true;
    }
    bool sees(char c) const { return at_ != end_ && *at_ == c; }
    char32_t next() { return next_code_point(at_); }

    void take_alignment(FormatSpec& out, bool& fill_given) {
        if (at_ == end_) return;
        const char* second = at_;
        char32_t first = next_code_point(second);
        if (second != end_ && is_align(static_cast<unsigned char>(*second))) {
            out.fill = first;
            out.align = *second;
            out.align_given = fill_given = true;
            at_ = second + 1;
        } else if (is_align(first)) {
            out.align = *at_++;
            out.align_given = true;
        }
    }

    // False when the number is too large. Leaves `out` alone when there is none.
    bool take_number(std::int64_t& out) {
        std::from_chars_result result = std::from_chars(at_, end_, out);
        if (at_ == end_ || *at_ < '0' || *at_ > '9') return true;
        at_ = result.ptr;
        return result.ec == std::errc();
    }

    // Takes one separator; false when both kinds follow each other.
    bool take_grouping(char& out) {
        if (take(',')) out = ',';
        if (sees('_')) {
            if (out) return false;
            take('_');
            out = '_';
        }
        return !(out == '_' && sees(','));
    }

private:
    const char* at_;
    const char* end_;
};

// Whether thousands separators go with a type.
bool may_group(char grouping, char32_t type) {
    switch (type) {
        case 'd':
        case 'e':
        case 'f':
        case 'g':
        case 'E':
        case 'F':
        case 'G':
        case '%':
        case 0: return true;
        case 'b':
        case 'o':
        case 'x':
        case 'X': return grouping == '_';
        default: return false;
    }
}

// The pieces of a number's text. `fraction` holds the digits behind the point, `rest` what follows.
struct Number {
    bool negative = false;
    std::string_view prefix;
    std::string_view digits;
    bool has_point = false;
    std::string_view fraction;
    std::string_view rest;
};

// Writes digits with separators, zeros in front until at least `min_width` characters are there, and the
// separators among these zeros too. A separator never comes first.
void append_grouped(std::string& out, std::string_view digits, const NumericLocale& locale,
                    std::int64_t min_width) {
    if (digits.empty()) return;
    // Built from the right, in reverse.
    std::string reversed;
    std::string separator(locale.thousands_separator.rbegin(), locale.thousands_separator.rend());
    auto separator_width = static_cast<std::int64_t>(count_code_points(locale.thousands_separator));
    std::size_t next_group = 0;
    auto remaining = static_cast<std::int64_t>(digits.size());
    std::int64_t group = 0;
    bool first = true;
    while (remaining > 0 || min_width > 0) {
        if (!first) {
            reversed += separator;
            min_width -= separator_width;
        }
        first = false;
        bool last_group = true;
        if (next_group < locale.grouping.size()) {
            char size = locale.grouping[next_group++];
            if (size > 0 && size != CHAR_MAX) {
                group = size;
                last_group = false;
            } else if (size == CHAR_MAX) {
                group = 0;
            }
        } else if (group > 0) {
            last_group = false;  // the last size repeats
        }
        std::int64_t wanted = remaining > min_width ? remaining : min_width;
        if (wanted < 1) wanted = 1;
        std::int64_t count = last_group || group > wanted ? wanted : group;
        for (std::int64_t i = 0; i < count; ++i) {
            reversed += remaining > 0 ? digits[static_cast<std::size_t>(--remaining)] : '0';
        }
        min_width -= count;
        if (last_group) break;
    }
    out.append(reversed.rbegin(), reversed.rend());
}

// The digits of a fraction, separated from the left.
std::string grouped_fraction(std::string_view fraction, char separator) {
    std::string out;
    for (std::size_t i = 0; i < fraction.size(); ++i) {
        if (separator && i && i % 3 == 0) out += separator;
        out += fraction[i];
    }
    return out;
}

void append_fill(std::string& out, char32_t fill, std::int64_t count) {
    if (count <= 0) return;
    if (fill < 0x80) {
        out.append(static_cast<std::size_t>(count), static_cast<char>(fill));
        return;
    }
    char bytes[4];
    std::size_t size = encode_code_point(fill, bytes);
    for (std::int64_t i = 0; i < count; ++i) out.append(bytes, size);
}

struct Padding {
    std::int64_t left = 0, inside = 0, right = 0;
};

Padding pad(std::int64_t length, std::int64_t width, char align) {
    std::int64_t total = width > length ? width - length : 0;
    switch (align) {
        case '<': return {0, 0, total};
        case '^': return {total / 2, 0, total - total / 2};
        case '=': return {0, total, 0};
        default: return {total, 0, 0};
    }
}

// With pad_digits, zero padding behind the sign is part of the number and gets separators.
void append_number(std::string& out, const FormatSpec& spec, const Number& number,
                   const NumericLocale& locale) {
    std::string sign;
    if (number.negative) {
        sign = "-";
    } else if (spec.sign == '+' || spec.sign == ' ') {
        sign = spec.sign;
    }
    std::string tail;
    if (number.has_point) tail += locale.decimal_point;
    tail += grouped_fraction(number.fraction, spec.fraction_grouping);
    tail += number.rest;
    auto around = static_cast<std::int64_t>(sign.size() + number.prefix.size() + count_code_points(tail));
    std::int64_t min_width = spec.fill == '0' && spec.align == '=' ? spec.width - around : 0;
    std::string body;
    append_grouped(body, number.digits, locale, min_width);
    std::int64_t length = around + static_cast<std::int64_t>(count_code_points(body));
    Padding padding = pad(length, spec.width, spec.align);
    append_fill(out, spec.fill, padding.left);
    out += sign;
    out += number.prefix;
    append_fill(out, spec.fill, padding.inside);
    out += body;
    out += tail;
    append_fill(out, spec.fill, padding.right);
}

// Takes the text of format_double apart.
Number split_double(std::string_view text) {
    Number number;
    if (!text.empty() && text[0] == '-') {
        number.negative = true;
        text.remove_prefix(1);
    }
    auto take_digits = [&] {
        std::size_t count = 0;
        while (count < text.size() && text[count] >= '0' && text[count] <= '9') ++count;
        std::string_view digits = text.substr(0, count);
        text.remove_prefix(count);
        return digits;
    };
    number.digits = take_digits();
    if (!text.empty() && text[0] == '.') {
        number.has_point = true;
        text.remove_prefix(1);
        number.fraction = take_digits();
    }
    number.rest = text;
    return number;
}

const NumericLocale& locale_for(const FormatSpec& spec, const NumericLocale& locale) {
    static constexpr NumericLocale plain{};
    if (spec.type == 'n') return locale;
    if (spec.grouping == ',') return kCommaLocale;
    if (spec.grouping == '_') {
        bool by_four = spec.type == 'b' || spec.type == 'o' || spec.type == 'x' || spec.type == 'X';
        return by_four ? kUnderscoreByFour : kUnderscoreLocale;
    }
    return plain;
}

bool too_long(const FormatSpec& spec) { return spec.width > kMaxText || spec.precision > kMaxText; }

// Turns a spec's type and precision into a style. False when the type is not one for floats.
bool float_style(const FormatSpec& spec, bool dot_zero, FloatStyle& style) {
    switch (spec.type) {
        case 0:
            style.code = spec.precision < 0 ? 'r' : 'g';
            style.add_dot_zero = dot_zero;
            break;
        case 'n': style.code = 'g'; break;
        case 'e':
        case 'E':
        case 'f':
        case 'F':
        case 'g':
        case 'G':
        case '%': style.code = static_cast<char>(spec.type); break;
        default: return false;
    }
    if (spec.precision >= 0) style.precision = static_cast<int>(spec.precision);
    style.alternate = spec.alternate;
    style.no_negative_zero = spec.no_negative_zero;
    return true;
}

}  // namespace

FormatResult parse_format_spec(std::string_view spec, FormatKind kind, std::string_view type_name,
                               FormatSpec& out) {
    out = FormatSpec();
    if (kind == FormatKind::string) {
        out.align = '<';
        out.type = 's';
    } else if (kind == FormatKind::integer) {
        out.type = 'd';
    }
    SpecReader reader(spec);
    bool fill_given = false;
    reader.take_alignment(out, fill_given);
    for (char sign : {'+', '-', ' '}) {
        if (reader.take(sign)) {
            out.sign = sign;
            break;
        }
    }
    if (reader.take('z')) out.no_negative_zero = true;
    if (reader.take('#')) out.alternate = true;
    if (!fill_given && reader.take('0')) {
        out.fill = '0';
        if (!out.align_given && kind != FormatKind::string) out.align = '=';
    }
    if (!reader.take_number(out.width)) return value_error("Too many decimal digits in format string");
    if (!reader.take_grouping(out.grouping)) return both_groupings();
    if (reader.take('.')) {
        if (!reader.take_number(out.precision))
            return value_error("Too many decimal digits in format string");
        if (!reader.take_grouping(out.fraction_grouping)) return both_groupings();
        if (out.precision < 0 && !out.fraction_grouping)
            return value_error("Format specifier missing precision");
    }
    if (reader.bytes_left()) out.type = reader.next();
    if (reader.bytes_left()) {
        return value_error("Invalid format specifier '" + std::string(spec) + "' for object of type '" +
                           std::string(type_name) + "'");
    }
    if (out.grouping && !may_group(out.grouping, out.type)) return cannot_group(out.grouping, out.type);
    if (out.fraction_grouping && out.type == 'n') return cannot_group(out.fraction_grouping, out.type);
    return {};
}

FormatResult format_string(const FormatSpec& spec, std::size_t length, std::string_view type_name,
                           StringLayout& out) {
    if (spec.type != 's') return unknown_code(spec, type_name);
    if (spec.sign) {
        return value_error(spec.sign == ' ' ? "Space not allowed in string format specifier"
                                            : "Sign not allowed in string format specifier");
    }
    if (spec.no_negative_zero) {
        return value_error("Negative zero coercion (z) not allowed in string format specifier");
    }
    if (spec.alternate) return value_error("Alternate form (#) not allowed in string format specifier");
    if (spec.align == '=') return value_error("'=' alignment not allowed in string format specifier");
    if (spec.precision >= 0 && static_cast<std::size_t>(spec.precision) < length) {
        length = static_cast<std::size_t>(spec.precision);
    }
    Padding padding = pad(static_cast<std::int64_t>(length), spec.width, spec.align);
    out = {length, static_cast<std::size_t>(padding.left), static_cast<std::size_t>(padding.right)};
    return {};
}

FormatResult plan_int(const FormatSpec& spec, std::string_view type_name, IntPlan& out) {
    switch (spec.type) {
        case 'b': out = {IntForm::digits, 2}; break;
        case 'o': out = {IntForm::digits, 8}; break;
        case 'd':
        case 'n': out = {IntForm::digits, 10}; break;
        case 'x':
        case 'X': out = {IntForm::digits, 16}; break;
        case 'c': out = {IntForm::character, 10}; break;
        case 'e':
        case 'E':
        case 'f':
        case 'F':
        case 'g':
        case 'G':
        case '%': out = {IntForm::floating, 10}; return {};
        default: return unknown_code(spec, type_name);
    }
    if (spec.precision >= 0) return value_error("Precision not allowed in integer format specifier");
    if (spec.no_negative_zero) {
        return value_error("Negative zero coercion (z) not allowed in integer format specifier");
    }
    if (out.form == IntForm::character) {
        if (spec.sign) return value_error("Sign not allowed with integer format specifier 'c'");
        if (spec.alternate)
            return value_error("Alternate form (#) not allowed with integer format specifier 'c'");
    }
    return {};
}

FormatResult format_int(const FormatSpec& spec, bool negative, std::string_view digits,
                        const NumericLocale& locale, std::string& out) {
    if (too_long(spec)) return {FormatStatus::no_memory, {}};
    Number number;
    number.negative = negative;
    std::string upper;
    if (spec.type == 'X') {
        for (char c : digits) upper += c >= 'a' ? static_cast<char>(c - 0x20) : c;
        digits = upper;
    }
    number.digits = digits;
    if (spec.alternate) {
        switch (spec.type) {
            case 'b': number.prefix = "0b"; break;
            case 'o': number.prefix = "0o"; break;
            case 'x': number.prefix = "0x"; break;
            case 'X': number.prefix = "0X"; break;
            default: break;
        }
    }
    append_number(out, spec, number, locale_for(spec, locale));
    return {};
}

FormatResult format_character(const FormatSpec& spec, char32_t c, std::string& out) {
    if (too_long(spec)) return {FormatStatus::no_memory, {}};
    std::string text;
    append_utf8(text, c);
    Number number;
    number.rest = text;
    append_number(out, spec, number, NumericLocale{});
    return {};
}

FormatResult format_float(const FormatSpec& spec, double value, std::string_view type_name,
                          const NumericLocale& locale, std::string& out) {
    FloatStyle style;
    if (!float_style(spec, true, style)) return unknown_code(spec, type_name);
    if (spec.precision > INT_MAX) return value_error("precision too big");
    if (too_long(spec)) return {FormatStatus::no_memory, {}};
    std::string text = format_double(value, style);
    if (spec.width <= 0 && !spec.grouping && !spec.fraction_grouping && spec.type != 'n') {
        // Nothing stands around the digits or between them.
        if (text[0] != '-' && (spec.sign == '+' || spec.sign == ' ')) out += spec.sign;
        out += text;
        return {};
    }
    append_number(out, spec, split_double(text), locale_for(spec, locale));
    return {};
}

FormatResult format_complex(const FormatSpec& spec, double real, double imaginary, std::string_view type_name,
                            const NumericLocale& locale, std::string& out) {
    FloatStyle style;
    if (spec.type == '%' || !float_style(spec, false, style)) return unknown_code(spec, type_name);
    if (spec.precision > INT_MAX) return value_error("precision too big");
    if (spec.fill == '0') return value_error("Zero padding is not allowed in complex format specifier");
    if (spec.align == '=')
        return value_error("'=' alignment flag is not allowed in complex format specifier");
    if (too_long(spec)) return {FormatStatus::no_memory, {}};
    // Without a type the result looks like that of str().
    bool only_imaginary = spec.type == 0 && real == 0 && !std::signbit(real);
    bool parentheses = spec.type == 0 && !only_imaginary;
    FormatSpec part = spec;
    part.width = -1;
    std::string text;
    if (parentheses) text += '(';
    if (!only_imaginary) {
        std::string digits = format_double(real, style);
        append_number(text, part, split_double(digits), locale_for(spec, locale));
        part.sign = '+';
    }
    std::string digits = format_double(imaginary, style);
    append_number(text, part, split_double(digits), locale_for(spec, locale));
    text += 'j';
    if (parentheses) text += ')';
    Padding padding = pad(static_cast<std::int64_t>(count_code_points(text)), spec.width, spec.align);
    append_fill(out, spec.fill, padding.left);
    out += text;
    append_fill(out, spec.fill, padding.right);
    return {};
}

}  // namespace oro
