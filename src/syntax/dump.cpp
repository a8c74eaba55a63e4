#include "syntax/dump.h"

#include <charconv>
#include <cmath>

#include "base/unicode_ident.h"
#include "base/utf8.h"
#include "syntax/ast_reflect.h"

namespace oro::syntax {
namespace {

void append_int(std::string& out, std::int64_t value) {
    char digits[24];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

void append_hex(std::string& out, char letter, unsigned value, int width) {
    out += '\\';
    out += letter;
    for (int shift = 4 * (width - 1); shift >= 0; shift -= 4)
        out += "0123456789abcdef"[(value >> shift) & 15];
}

// Python's choice of quotes: single ones, unless only those occur in the text.
char quote_for(std::string_view text) {
    bool single_only = text.find('\'') != text.npos && text.find('"') == text.npos;
    return single_only ? '"' : '\'';
}

bool append_common(std::string& out, char32_t c, char quote) {
    switch (c) {
    case '\n': out += "\\n"; return true;
    case '\r': out += "\\r"; return true;
    case '\t': out += "\\t"; return true;
    case '\\': out += "\\\\"; return true;
    default: break;
    }
    if (c == static_cast<char32_t>(quote)) {
        out += '\\';
        out += quote;
        return true;
    }
    return false;
}

void append_str(std::string& out, std::string_view text) {
    char quote = quote_for(text);
    out += quote;
    const char* p = text.data();
    const char* end = p + text.size();
    while (p != end) {
        const char* start = p;
        char32_t c = next_code_point(p);
        if (append_common(out, c, quote)) continue;
        if (is_printable(c) && !is_surrogate(c))
            out.append(start, p);
        else if (c < 0x100)
            append_hex(out, 'x', c, 2);
        else if (c < 0x10000)
            append_hex(out, 'u', c, 4);
        else
            append_hex(out, 'U', c, 8);
    }
    out += quote;
}

void append_bytes(std::string& out, std::string_view bytes) {
    char quote = quote_for(bytes);
    out += 'b';
    out += quote;
    for (unsigned char c : bytes) {
        if (append_common(out, c, quote)) continue;
        if (c < 0x20 || c >= 0x7f)
            append_hex(out, 'x', c, 2);
        else
            out += static_cast<char>(c);
    }
    out += quote;
}

// The shortest text that reads back as the same number, in Python's form.
void append_float(std::string& out, double value, bool add_point) {
    if (std::isnan(value)) {
        out += "nan";
        return;
    }
    if (std::isinf(value)) {
        out += value < 0 ? "-inf" : "inf";
        return;
    }
    char text[40];
    char* end = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific).ptr;
    std::string_view sci(text, static_cast<std::size_t>(end - text));
    std::size_t e = sci.find('e');
    int exponent = 0;
    std::from_chars(sci.data() + e + (sci[e + 1] == '+' ? 2 : 1), end, exponent);
    std::string digits;
    bool negative = sci[0] == '-';
    for (char c : sci.substr(negative, e - negative))
        if (c != '.') digits += c;
    if (negative) out += '-';
    auto count = static_cast<int>(digits.size());
    if (exponent < -4 || exponent >= 16) {
        out += digits[0];
        if (count > 1) (out += '.') += digits.substr(1);
        out += exponent < 0 ? "e-" : "e+";
        int size = std::abs(exponent);
        if (size < 10) out += '0';
        append_int(out, size);
    } else if (exponent < 0) {
        out += "0.";
        out.append(static_cast<std::size_t>(-exponent - 1), '0');
        out += digits;
    } else if (count <= exponent + 1) {
        out += digits;
        out.append(static_cast<std::size_t>(exponent + 1 - count), '0');
        if (add_point) out += ".0";
    } else {
        out += digits.substr(0, static_cast<std::size_t>(exponent) + 1);
        out += '.';
        out += digits.substr(static_cast<std::size_t>(exponent) + 1);
    }
}

// Digits in any of the radixes as decimal text, by schoolbook arithmetic.
std::string to_decimal(std::string_view digits, int radix) {
    if (radix == 10) return std::string(digits);
    std::string little_endian = "0";
    for (char c : digits) {
        int carry = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
        for (char& d : little_endian) {
            int v = (d - '0') * radix + carry;
            d = static_cast<char>('0' + v % 10);
            carry = v / 10;
        }
        for (; carry; carry /= 10) little_endian += static_cast<char>('0' + carry % 10);
    }
    return {little_endian.rbegin(), little_endian.rend()};
}

void append_constant(std::string& out, const ConstantValue& value) {
    using K = ConstantValue::Kind;
    switch (value.kind) {
    case K::None: out += "None"; break;
    case K::True: out += "True"; break;
    case K::False: out += "False"; break;
    case K::Ellipsis: out += "Ellipsis"; break;
    case K::Int: append_int(out, value.integer()); break;
    case K::BigInt: out += to_decimal(value.text(), value.radix()); break;
    case K::Float: append_float(out, value.number(), true); break;
    case K::Complex: {
        // A real part (trees that programs build have one) shows as repr() does: (1+2j).
        bool both = value.real_part() != 0 || std::signbit(value.real_part());
        if (both) {
            out += '(';
            append_float(out, value.real_part(), false);
            if (!std::signbit(value.number())) out += '+';
        }
        append_float(out, value.number(), false);
        out += both ? "j)" : "j";
        break;
    }
    case K::Str: append_str(out, value.text()); break;
    case K::Bytes: append_bytes(out, value.text()); break;
    case K::Tuple:
    case K::FrozenSet: {
        bool set = value.kind == K::FrozenSet;
        out += set ? "frozenset({" : "(";
        for (std::size_t i = 0; i < value.items().size(); ++i) {
            if (i) out += ", ";
            append_constant(out, value.items()[i]);
        }
        if (!set && value.items().size() == 1) out += ',';
        out += set ? "})" : ")";
        break;
    }
    }
}

class Dumper {
public:
    Dumper(std::string& out, bool attributes) : out_(out), attributes_(attributes) {}

    void node(const Node& n) {
        const NodeInfo& info = info_of(n);
        out_ += info.name;
        out_ += '(';
        bool first = true;
        auto begin = [&](std::string_view name) {
            if (!first) out_ += ", ";
            first = false;
            out_ += name;
            out_ += '=';
        };
        for_each_field(n, [&](const FieldInfo& field, const auto& value) {
            if (omitted(field, value)) return;
            begin(field.name);
            show(field, value);
        });
        if (attributes_ && info.located) {
            begin("lineno"), append_int(out_, n.lineno);
            begin("col_offset"), append_int(out_, n.col_offset);
            begin("end_lineno"), append_int(out_, n.end_lineno);
            begin("end_col_offset"), append_int(out_, n.end_col_offset);
        }
        out_ += ')';
    }

private:
    // Python leaves out empty lists and absent optional fields.
    template <class T>
    static bool omitted(const FieldInfo& field, const T& value) {
        if constexpr (requires { value.empty(); } && !std::is_same_v<T, Text>) return value.empty();
        if (field.quantity != Quantity::Optional) return false;
        if constexpr (std::is_pointer_v<T>) return !value;
        if constexpr (std::is_same_v<T, Identifier>) return !value;
        if constexpr (std::is_same_v<T, Text>) return !value.data();
        return false;
    }

    template <class T>
    void show(const FieldInfo&, const T& value) {
        if constexpr (std::is_pointer_v<T>) {
            if (value)
                node(*value);
            else
                out_ += "None";
        } else if constexpr (std::is_same_v<T, Identifier>) {
            append_str(out_, value.text());
        } else if constexpr (std::is_same_v<T, Text>) {
            append_str(out_, value);
        } else if constexpr (std::is_same_v<T, ConstantValue>) {
            append_constant(out_, value);
        } else if constexpr (std::is_enum_v<T>) {
            out_ += name_of(value);
            out_ += "()";
        } else if constexpr (std::is_arithmetic_v<T>) {
            append_int(out_, value);
        } else {
            out_ += '[';
            bool first = true;
            for (const auto& item : value) {
                if (!first) out_ += ", ";
                first = false;
                show(FieldInfo{}, item);
            }
            out_ += ']';
        }
    }

    std::string& out_;
    bool attributes_;
};

}  // namespace

std::string dump(const Node& tree, bool include_attributes) {
    std::string out;
    Dumper(out, include_attributes).node(tree);
    return out;
}

std::string repr(const ConstantValue& value) {
    std::string out;
    append_constant(out, value);
    return out;
}

}  // namespace oro::syntax
