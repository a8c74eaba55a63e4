#include "base/printf_format.h"

#include <charconv>
#include <climits>

#include "base/float_format.h"

namespace oro {

namespace {

// Wider results are refused as out of memory before anything is allocated.
constexpr std::int64_t kMaxText = std::int64_t{1} << 32;

constexpr std::string_view kStrTypes = "diuoxXeEfFgGcrsa";
constexpr std::string_view kBytesTypes = "diuoxXeEfFgGcrsab";

// Sign, prefix, fill and digits in their places. `text` has its sign in front if it is negative.
FormatResult place_number(const PrintfSpec& spec, std::string_view prefix, std::string_view text,
                          std::string& out) {
    if (spec.width > kMaxText) return {FormatStatus::no_memory, {}};
    char sign = 0;
    if (!text.empty() && text[0] == '-') {
        sign = '-';
        text.remove_prefix(1);
    } else if (spec.plus) {
        sign = '+';
    } else if (spec.blank) {
        sign = ' ';
    }
    auto length = static_cast<std::int64_t>(text.size() + prefix.size() + (sign != 0));
    auto fill = static_cast<std::size_t>(spec.width > length ? spec.width - length : 0);
    if (!spec.left && !spec.zeros) out.append(fill, ' ');
    if (sign) out += sign;
    out += prefix;
    if (!spec.left && spec.zeros) out.append(fill, '0');
    out += text;
    if (spec.left) out.append(fill, ' ');
    return {};
}

template <CodeUnit T>
class SpecParser {
public:
    SpecParser(const T* format, std::size_t length, std::size_t& at)
        : format_(format), length_(length), at_(at) {}

    PrintfFault parse(PrintfTarget target, PrintfSpec& out) {
        if (sees('%')) {
            ++at_;
            out.type = '%';
            return PrintfFault::none;
        }
        if (take('(') && !take_key(out)) return PrintfFault::incomplete_key;
        take_flags(out);
        if (take('*')) {
            out.width_from_argument = true;
        } else if (!take_number(out.width, INT64_MAX)) {
            return PrintfFault::width_too_big;
        }
        if (take('.')) {
            out.precision = 0;
            if (take('*')) {
                out.precision_from_argument = true;
            } else if (!take_number(out.precision, INT_MAX)) {
                return PrintfFault::precision_too_big;
            }
        }
        if (!take('h') && !take('l')) take('L');  // C's sizes mean nothing here
        if (at_ == length_) return PrintfFault::incomplete;
        auto c = static_cast<char32_t>(format_[at_++]);
        std::string_view types = target == PrintfTarget::str ? kStrTypes : kBytesTypes;
        if (c >= 0x80 || types.find(static_cast<char>(c)) == std::string_view::npos)
            return PrintfFault::unsupported;
        out.type = static_cast<char>(c);
        return PrintfFault::none;
    }

private:
    bool sees(char c) const { return at_ < length_ && format_[at_] == static_cast<T>(c); }
    bool take(char c) {
        if (!sees(c)) return false;
        ++at_;
        return true;
    }

    // The key reaches to the parenthesis that closes the first one.
    bool take_key(PrintfSpec& out) {
        out.has_key = true;
        out.key_start = at_;
        for (std::size_t depth = 1; at_ < length_; ++at_) {
            if (sees('(')) ++depth;
            if (sees(')') && --depth == 0) {
                out.key_end = at_++;
                return true;
            }
        }
        return false;
    }

    void take_flags(PrintfSpec& out) {
        for (;; ++at_) {
            if (sees('-')) {
                out.left = true;
            } else if (sees('+')) {
                out.plus = true;
            } else if (sees(' ')) {
                out.blank = true;
            } else if (sees('#')) {
                out.alternate = true;
            } else if (sees('0')) {
                out.zeros = true;
            } else {
                return;
            }
        }
    }

    bool take_number(std::int64_t& out, std::int64_t limit) {
        if (at_ == length_ || format_[at_] < T{'0'} || format_[at_] > T{'9'}) return true;
        std::int64_t value = 0;
        for (; at_ < length_ && format_[at_] >= T{'0'} && format_[at_] <= T{'9'}; ++at_) {
            int digit = static_cast<int>(format_[at_] - T{'0'});
            if (value > (limit - digit) / 10) return false;
            value = value * 10 + digit;
        }
        out = value;
        return true;
    }

    const T* format_;
    std::size_t length_;
    std::size_t& at_;
};

}  // namespace

template <CodeUnit T>
PrintfFault parse_printf(const T* format, std::size_t length, std::size_t& at, PrintfTarget target,
                         PrintfSpec& out) {
    out = PrintfSpec();
    return SpecParser<T>(format, length, at).parse(target, out);
}

template PrintfFault parse_printf(const Char1*, std::size_t, std::size_t&, PrintfTarget, PrintfSpec&);
template PrintfFault parse_printf(const Char2*, std::size_t, std::size_t&, PrintfTarget, PrintfSpec&);
template PrintfFault parse_printf(const Char4*, std::size_t, std::size_t&, PrintfTarget, PrintfSpec&);

FormatResult printf_failure(PrintfFault fault, PrintfTarget target, char32_t c, std::size_t index) {
    auto value_error = [](std::string message) {
        return FormatResult{FormatStatus::value_error, std::move(message)};
    };
    switch (fault) {
        case PrintfFault::none: return {};
        case PrintfFault::incomplete_key: return value_error("incomplete format key");
        case PrintfFault::incomplete: return value_error("incomplete format");
        case PrintfFault::width_too_big: return value_error("width too big");
        case PrintfFault::precision_too_big:
            return value_error(target == PrintfTarget::str ? "precision too big" : "prec too big");
        case PrintfFault::unsupported: break;
    }
    bool show = c >= 0x20 && c < 0x7F;
    if (target == PrintfTarget::bytes) {
        // CPython's bytes show any ASCII character as it is, and stumble over others.
        if (c >= 0x80) return {FormatStatus::overflow_error, "character argument not in range(0x110000)"};
        show = true;
    }
    char code[16];
    char* end = std::to_chars(code, code + sizeof code, static_cast<std::uint32_t>(c), 16).ptr;
    std::string out = "unsupported format character '";
    out += show ? static_cast<char>(c) : '?';
    out += "' (0x";
    out.append(code, end);
    return value_error(out + ") at index " + std::to_string(index));
}

FormatResult printf_integer(const PrintfSpec& spec, bool negative, std::string_view digits,
                            std::string& out) {
    std::string text;
    if (negative) text += '-';
    if (spec.precision > static_cast<std::int64_t>(digits.size())) {
        text.append(static_cast<std::size_t>(spec.precision) - digits.size(), '0');
    }
    std::string_view prefix;
    if (spec.alternate && spec.type == 'o') prefix = "0o";
    if (spec.alternate && spec.type == 'x') prefix = "0x";
    if (spec.alternate && spec.type == 'X') prefix = "0X";
    for (char c : digits) text += spec.type == 'X' && c >= 'a' ? static_cast<char>(c - 0x20) : c;
    return place_number(spec, prefix, text, out);
}

FormatResult printf_float(const PrintfSpec& spec, double value, std::string& out) {
    FloatStyle style{.code = spec.type, .alternate = spec.alternate};
    if (spec.precision >= 0) style.precision = static_cast<int>(spec.precision);
    return place_number(spec, {}, format_double(value, style), out);
}

StringLayout printf_text(const PrintfSpec& spec, std::size_t length) {
    if (spec.type != 'c' && spec.precision >= 0 && static_cast<std::size_t>(spec.precision) < length) {
        length = static_cast<std::size_t>(spec.precision);
    }
    std::size_t fill = 0;
    if (spec.width > 0 && static_cast<std::size_t>(spec.width) > length) {
        fill = static_cast<std::size_t>(spec.width) - length;
    }
    return spec.left ? StringLayout{length, 0, fill} : StringLayout{length, fill, 0};
}

}  // namespace oro
