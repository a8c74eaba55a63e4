// Number literals as values.
#include <charconv>
#include <string>

#include "syntax/char_class.h"
#include "syntax/messages.h"
#include "syntax/parser.h"

namespace oro::syntax {
namespace {

// Text of a float as a double, rounded correctly. Beyond the range of doubles: infinity or zero.
double to_double(std::string_view text) {
    double value = 0;
    auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc::result_out_of_range) return value;
    // Too large or too small? That depends on where the first digit that counts stands.
    long exponent = 0;
    std::size_t e = text.find_first_of("eE");
    std::string_view mantissa = text.substr(0, e);
    if (e != text.npos) {
        const char* p = text.data() + e + 1;
        if (*p == '+') ++p;
        if (std::from_chars(p, text.data() + text.size(), exponent).ec != std::errc{})
            exponent = *p == '-' ? -(1L << 60) : 1L << 60;
    }
    std::size_t point = std::min(mantissa.find('.'), mantissa.size());
    std::size_t first = mantissa.find_first_not_of("0.");
    if (first == mantissa.npos) return 0;
    long magnitude = static_cast<long>(point) - static_cast<long>(first) + exponent;
    return magnitude > 0 ? __builtin_inf() : 0.0;
}

ConstantValue integer_value(Arena& arena, std::string_view digits, int radix) {
    std::int64_t value = 0;
    auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), value, radix);
    if (fault == std::errc{}) return ConstantValue::integer(value);
    digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
    return ConstantValue::big_integer(arena.copy(digits), radix);
}

}  // namespace

Expr* Parser::number() {
    Position start = here();
    const Token& token = *tok_;
    std::string_view text = text_of(token);
    std::string plain;
    if (text.find('_') != text.npos) {
        for (char c : text)
            if (c != '_') plain += c;
        text = plain;
    }
    ++tok_;
    if (text.size() > 1 && text[0] == '0') {
        int radix = (text[1] | 0x20) == 'x'   ? 16
                    : (text[1] | 0x20) == 'o' ? 8
                    : (text[1] | 0x20) == 'b' ? 2
                                              : 0;
        if (radix) return constant_node(start, integer_value(arena_, text.substr(2), radix));
    }
    if ((text.back() | 0x20) == 'j')
        return constant_node(start, ConstantValue::imaginary(to_double(text.substr(0, text.size() - 1))));
    if (text.find_first_of(".eE") != text.npos)
        return constant_node(start, ConstantValue::real(to_double(text)));

    std::size_t zeros = std::min(text.find_first_not_of('0'), text.size());
    int digits = static_cast<int>(text.size() - zeros);
    if (options_.max_int_digits && digits > options_.max_int_digits) {
        --tok_;
        report(
            ErrorKind::syntax_error, {token.lineno, -1}, {token.end_lineno, -1},
            message(
                arena_, "Exceeds the limit (", options_.max_int_digits,
                " digits) for integer string conversion: value has ", digits,
                " digits; use sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal for "
                "huge integer literals to avoid decimal conversion limits."));
        return constant_node(start, ConstantValue::integer(0));
    }
    return constant_node(start, integer_value(arena_, text, 10));
}

}  // namespace oro::syntax
