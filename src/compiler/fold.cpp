#include "compiler/fold.h"

#include <cmath>
#include <string>

#include "compiler/emitter.h"

namespace oro::compiler {

using syntax::BinaryOperator;
using syntax::ConstantValue;
using syntax::UnaryOperator;
using CK = Constant::Kind;
using Wide = __int128;

namespace {

// The limits of what folding may produce.
constexpr int kMaxIntBits = 128;
constexpr std::size_t kMaxItems = 256;
constexpr std::size_t kMaxText = 4096;

std::string hex_from(std::string_view digits, int radix) {
    bool negative = digits.starts_with('-');
    if (negative) digits.remove_prefix(1);
    std::vector<std::uint32_t> limbs;
    for (char ch : digits) {
        if (ch == '_') continue;
        std::uint32_t digit = ch <= '9' ? std::uint32_t(ch - '0') : std::uint32_t((ch | 32) - 'a' + 10);
        std::uint64_t carry = digit;
        for (std::uint32_t& limb : limbs) {
            carry += std::uint64_t(limb) * std::uint32_t(radix);
            limb = std::uint32_t(carry);
            carry >>= 32;
        }
        if (carry) limbs.push_back(std::uint32_t(carry));
    }
    std::string out = negative ? "-" : "";
    bool leading = true;
    for (std::size_t i = limbs.size(); i-- > 0;) {
        for (int shift = 28; shift >= 0; shift -= 4) {
            unsigned nibble = limbs[i] >> shift & 15;
            if (leading && !nibble) continue;
            leading = false;
            out.push_back("0123456789abcdef"[nibble]);
        }
    }
    return leading ? "0" : out;
}

// Powers of two need no arithmetic: digits are regrouped, in linear time.
std::string hex_digits(std::string_view digits, int radix) {
    bool negative = digits.starts_with('-');
    if (radix == 10) return hex_from(digits, 10);
    int bits = radix == 16 ? 4 : radix == 8 ? 3 : 1;
    std::string reversed;
    unsigned buffer = 0;
    int held = 0;
    for (std::size_t i = digits.size(); i-- > std::size_t(negative);) {
        if (digits[i] == '_') continue;
        unsigned digit = digits[i] <= '9' ? unsigned(digits[i] - '0') : unsigned((digits[i] | 32) - 'a' + 10);
        buffer |= digit << held;
        held += bits;
        while (held >= 4) {
            reversed.push_back("0123456789abcdef"[buffer & 15]);
            buffer >>= 4;
            held -= 4;
        }
    }
    if (held) reversed.push_back("0123456789abcdef"[buffer & 15]);
    while (reversed.size() > 1 && reversed.back() == '0') reversed.pop_back();
    if (negative) reversed.push_back('-');
    return {reversed.rbegin(), reversed.rend()};
}

bool is_int(Constant const& c) {
    return c.kind == CK::integer || c.kind == CK::big_integer || c.kind == CK::true_ || c.kind == CK::false_;
}

// An int constant as a wide integer, if it has at most 120 bits.
bool wide(Constant const& c, Wide& out) {
    switch (c.kind) {
    case CK::integer: out = c.integer; return true;
    case CK::true_: out = 1; return true;
    case CK::false_: out = 0; return true;
    case CK::big_integer: {
        std::string_view digits = c.text;
        bool negative = digits.starts_with('-');
        if (negative) digits.remove_prefix(1);
        if (digits.size() > 30) return false;
        Wide value = 0;
        for (char ch : digits) value = value << 4 | (ch <= '9' ? ch - '0' : ch - 'a' + 10);
        out = negative ? -value : value;
        return true;
    }
    default: return false;
    }
}

Constant from_wide(Wide value) {
    if (value >= INT64_MIN && value <= INT64_MAX) return int_constant(std::int64_t(value));
    Constant c;
    c.kind = CK::big_integer;
    bool negative = value < 0;
    unsigned __int128 magnitude = negative ? -static_cast<unsigned __int128>(value) : value;
    while (magnitude) {
        c.text.insert(c.text.begin(), "0123456789abcdef"[unsigned(magnitude & 15)]);
        magnitude >>= 4;
    }
    if (negative) c.text.insert(c.text.begin(), '-');
    return c;
}

Constant real_constant(double v) {
    Constant c;
    c.kind = CK::floating;
    c.real = v;
    return c;
}

int bit_length(Wide v) {
    unsigned __int128 m = v < 0 ? -static_cast<unsigned __int128>(v) : v;
    int bits = 0;
    for (; m; m >>= 1) ++bits;
    return bits;
}

std::optional<Constant> fold_ints(BinaryOperator op, Wide a, Wide b) {
    Wide result;
    switch (op) {
    case BinaryOperator::Add: result = a + b; break;
    case BinaryOperator::Sub: result = a - b; break;
    case BinaryOperator::Mult:
        if (bit_length(a) + bit_length(b) > kMaxIntBits || __builtin_mul_overflow(a, b, &result)) return {};
        break;
    case BinaryOperator::FloorDiv:
    case BinaryOperator::Mod: {
        if (b == 0) return {};
        Wide quotient = a / b, rest = a % b;
        if (rest != 0 && (rest < 0) != (b < 0)) {
            rest += b;
            --quotient;
        }
        result = op == BinaryOperator::Mod ? rest : quotient;
        break;
    }
    case BinaryOperator::Div: {
        constexpr Wide kExact = Wide(1) << 53;
        if (b == 0 || a > kExact || a < -kExact || b > kExact || b < -kExact) return {};
        return real_constant(double(a) / double(b));
    }
    case BinaryOperator::Pow: {
        if (b < 0) return {};
        if (bit_length(a) > 1 && (b > kMaxIntBits || bit_length(a) * int(b) > kMaxIntBits)) return {};
        result = 1;
        if (bit_length(a) <= 1) {
            result = b == 0 ? 1 : a == -1 && b % 2 == 0 ? 1 : a;
            break;
        }
        for (Wide i = 0; i < b; ++i)
            if (__builtin_mul_overflow(result, a, &result)) return {};
        break;
    }
    case BinaryOperator::LShift:
        if (b < 0 || (a != 0 && (b > kMaxIntBits || bit_length(a) + int(b) > 126))) return {};
        result = a == 0 ? 0 : Wide(static_cast<unsigned __int128>(a) << int(b));
        break;
    case BinaryOperator::RShift:
        if (b < 0) return {};
        result = b > 127 ? (a < 0 ? -1 : 0) : a >> int(b);
        break;
    case BinaryOperator::BitAnd: result = a & b; break;
    case BinaryOperator::BitOr: result = a | b; break;
    case BinaryOperator::BitXor: result = a ^ b; break;
    default: return {};
    }
    return from_wide(result);
}

std::optional<Constant> fold_reals(BinaryOperator op, double a, double b) {
    switch (op) {
    case BinaryOperator::Add: return real_constant(a + b);
    case BinaryOperator::Sub: return real_constant(a - b);
    case BinaryOperator::Mult: return real_constant(a * b);
    case BinaryOperator::Div:
        if (b == 0) return {};
        return real_constant(a / b);
    case BinaryOperator::Pow: {
        if (a < 0 || (a == 0 && b < 0)) return {};
        double result = std::pow(a, b);
        if (!std::isfinite(result)) return {};
        return real_constant(result);
    }
    case BinaryOperator::FloorDiv:
    case BinaryOperator::Mod: {
        if (b == 0 || !std::isfinite(a) || !std::isfinite(b)) return {};
        double rest = std::fmod(a, b), quotient = (a - rest) / b;
        if (rest != 0) {
            if ((b < 0) != (rest < 0)) {
                rest += b;
                quotient -= 1;
            }
        } else {
            rest = std::copysign(0.0, b);
        }
        if (op == BinaryOperator::Mod) return real_constant(rest);
        double floored = 0;
        if (quotient != 0) {
            floored = std::floor(quotient);
            if (quotient - floored > 0.5) floored += 1;
        } else {
            floored = std::copysign(0.0, a / b);
        }
        return real_constant(floored);
    }
    default: return {};
    }
}

// Sums and differences of an imaginary literal and a real number: how complex constants are written.
std::optional<Constant> fold_complex(BinaryOperator op, Constant const& a, Constant const& b, double ra,
                                     double rb) {
    Constant c;
    c.kind = CK::complex;
    bool ca = a.kind == CK::complex, cb = b.kind == CK::complex;
    if (op == BinaryOperator::Add) {
        c.real = ra + rb;
        c.imag = ca && cb ? a.imag + b.imag : ca ? a.imag : b.imag;
    } else if (op == BinaryOperator::Sub) {
        c.real = ra - rb;
        c.imag = ca && cb ? a.imag - b.imag : ca ? a.imag : -b.imag;
    } else if (op == BinaryOperator::Mult && ca != cb) {
        c.real = ra * rb;
        c.imag = ca ? a.imag * rb : ra * b.imag;
    } else {
        return {};
    }
    return c;
}

bool real_value(Constant const& c, double& out) {
    Wide w;
    if (c.kind == CK::floating || c.kind == CK::complex) {
        out = c.real;
        return true;
    }
    if (!is_int(c) || !wide(c, w) || bit_length(w) > 53) return false;
    out = double(w);
    return true;
}

std::size_t total_items(Constant const& c) {
    std::size_t n = c.items.size();
    for (Constant const& item : c.items) n += total_items(item);
    return n;
}

std::optional<Constant> repeat(Constant const& sequence, Wide count) {
    if (count < 0) count = 0;
    Constant c = sequence;
    if (sequence.kind == CK::tuple) {
        if (count && sequence.items.size() &&
            (count > Wide(kMaxItems) || sequence.items.size() * std::size_t(count) > kMaxItems))
            return {};
        if (count && total_items(sequence) * std::size_t(count) > 1024) return {};
        c.items.clear();
        if (sequence.items.size())
            for (Wide i = 0; i < count; ++i)
                c.items.insert(c.items.end(), sequence.items.begin(), sequence.items.end());
        return c;
    }
    if (sequence.text.size() &&
        (count > Wide(kMaxText) || sequence.text.size() * std::size_t(count) > kMaxText))
        return {};
    c.text.clear();
    if (sequence.text.size())
        for (Wide i = 0; i < count; ++i) c.text += sequence.text;
    return c;
}

bool is_sequence(Constant const& c) {
    return c.kind == CK::str || c.kind == CK::bytes || c.kind == CK::tuple;
}

}  // namespace

Constant to_constant(ConstantValue const& value) {
    Constant c;
    switch (value.kind) {
    case ConstantValue::Kind::None: break;
    case ConstantValue::Kind::True: c.kind = CK::true_; break;
    case ConstantValue::Kind::False: c.kind = CK::false_; break;
    case ConstantValue::Kind::Ellipsis: c.kind = CK::ellipsis; break;
    case ConstantValue::Kind::Int: return int_constant(value.integer());
    case ConstantValue::Kind::BigInt: {
        c.kind = CK::big_integer;
        c.text = hex_digits(value.text(), value.radix());
        Wide w;
        if (wide(c, w)) return from_wide(w);  // one form for each value
        break;
    }
    case ConstantValue::Kind::Float: return real_constant(value.number());
    case ConstantValue::Kind::Complex:
        c.kind = CK::complex;
        c.real = value.real_part();
        c.imag = value.number();
        break;
    case ConstantValue::Kind::Str: return str_constant(value.text());
    case ConstantValue::Kind::Bytes:
        c.kind = CK::bytes;
        c.text = value.text();
        break;
    case ConstantValue::Kind::Tuple:
    case ConstantValue::Kind::FrozenSet:
        c.kind = value.kind == ConstantValue::Kind::Tuple ? CK::tuple : CK::frozenset;
        for (ConstantValue const& item : value.items()) c.items.push_back(to_constant(item));
        break;
    }
    return c;
}

std::optional<Constant> fold_binary(BinaryOperator op, Constant const& left, Constant const& right) {
    if (is_int(left) && is_int(right)) {
        bool bools = left.kind != CK::integer && left.kind != CK::big_integer && right.kind != CK::integer &&
                     right.kind != CK::big_integer;
        // bool & bool is a bool.
        if (bools &&
            (op == BinaryOperator::BitAnd || op == BinaryOperator::BitOr || op == BinaryOperator::BitXor)) {
            bool a = left.kind == CK::true_, b = right.kind == CK::true_;
            Constant c;
            c.kind = (op == BinaryOperator::BitAnd  ? a && b
                      : op == BinaryOperator::BitOr ? a || b
                                                    : a != b)
                         ? CK::true_
                         : CK::false_;
            return c;
        }
        Wide a, b;
        if (!wide(left, a) || !wide(right, b)) return {};
        if (op == BinaryOperator::Pow && b < 0 && a != 0) return fold_reals(op, double(a), double(b));
        return fold_ints(op, a, b);
    }
    if (is_sequence(left) && right.kind == left.kind && op == BinaryOperator::Add) {
        Constant c = left;
        c.text += right.text;
        c.items.insert(c.items.end(), right.items.begin(), right.items.end());
        return c;
    }
    if (op == BinaryOperator::Mult) {
        Wide count;
        if (is_sequence(left) && is_int(right) && wide(right, count)) return repeat(left, count);
        if (is_sequence(right) && is_int(left) && wide(left, count)) return repeat(right, count);
    }
    double a, b;
    if (!real_value(left, a) || !real_value(right, b)) return {};
    if (left.kind == CK::complex || right.kind == CK::complex) return fold_complex(op, left, right, a, b);
    return fold_reals(op, a, b);
}

std::optional<Constant> fold_unary(UnaryOperator op, Constant const& operand) {
    if (op == UnaryOperator::Not) {
        Constant c;
        c.kind = truth_of(operand) ? CK::false_ : CK::true_;
        return c;
    }
    Constant c = operand;
    if (operand.kind == CK::floating || operand.kind == CK::complex) {
        if (op == UnaryOperator::Invert) return {};
        if (op == UnaryOperator::USub) {
            c.real = -c.real;
            c.imag = -c.imag;
        }
        if (c.kind == CK::floating) c.imag = 0;
        return c;
    }
    if (!is_int(operand)) return {};
    // ~True draws a warning when it runs, so it must run.
    if (op == UnaryOperator::Invert && (operand.kind == CK::true_ || operand.kind == CK::false_)) return {};
    Wide w;
    if (!wide(operand, w)) {
        if (op == UnaryOperator::Invert) return {};
        if (op == UnaryOperator::USub) {
            if (c.text.starts_with('-'))
                c.text.erase(0, 1);
            else
                c.text.insert(0, 1, '-');
        }
        return c;
    }
    return from_wide(op == UnaryOperator::USub ? -w : op == UnaryOperator::Invert ? ~w : w);
}

std::optional<Constant> fold_subscript(Constant const& object, Constant const& index) {
    Wide i;
    if (!is_int(index) || !wide(index, i)) return {};
    if (object.kind == CK::tuple) {
        Wide size = Wide(object.items.size());
        if (i < 0) i += size;
        if (i < 0 || i >= size) return {};
        return object.items[std::size_t(i)];
    }
    if (object.kind == CK::bytes) {
        Wide size = Wide(object.text.size());
        if (i < 0) i += size;
        if (i < 0 || i >= size) return {};
        return int_constant(static_cast<unsigned char>(object.text[std::size_t(i)]));
    }
    if (object.kind == CK::str) {
        for (char ch : object.text)
            if (ch & 0x80) return {};  // only where characters are bytes
        Wide size = Wide(object.text.size());
        if (i < 0) i += size;
        if (i < 0 || i >= size) return {};
        return str_constant(std::string_view(object.text).substr(std::size_t(i), 1));
    }
    return {};
}

bool truth_of(Constant const& value) {
    switch (value.kind) {
    case CK::none:
    case CK::false_: return false;
    case CK::integer: return value.integer != 0;
    case CK::floating: return value.real != 0;
    case CK::complex: return value.real != 0 || value.imag != 0;
    case CK::str:
    case CK::bytes: return !value.text.empty();
    case CK::tuple:
    case CK::frozenset: return !value.items.empty();
    default: return true;
    }
}

}  // namespace oro::compiler
