// The value of a literal as plain data, with no runtime object behind it.
//
// Text lies in an arena. The compiler turns these into objects; its optimiser may also build tuples and
// frozensets.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <string_view>

namespace oro::syntax {

struct ConstantValue {
    enum class Kind : std::uint8_t {
        None,
        True,
        False,
        Ellipsis,
        Int,        // integer()
        BigInt,     // text(): digits only, no prefix; radix() 2, 8, 10 or 16; maybe a leading '-'
        Float,      // number()
        Complex,    // imaginary part in number(), the other in real_part() (0 in what the parser makes)
        Str,        // text(): UTF-8 in which lone surrogates may stand (WTF-8)
        Bytes,      // text(): raw bytes
        Tuple,      // items()
        FrozenSet,  // items()
    };

    Kind kind = Kind::None;
    std::uint8_t big_radix = 0;
    std::uint32_t count = 0;  // of items
    union {
        std::int64_t int_value = 0;
        double float_value;
        const ConstantValue* item_data;
        const char* text_data;
    };
    union {
        std::size_t text_size = 0;
        double complex_real;  // of Complex
    };

    static constexpr ConstantValue none() { return {}; }
    static constexpr ConstantValue boolean(bool b) { return singleton(b ? Kind::True : Kind::False); }
    static constexpr ConstantValue ellipsis() { return singleton(Kind::Ellipsis); }
    static constexpr ConstantValue integer(std::int64_t v) {
        ConstantValue c = singleton(Kind::Int);
        c.int_value = v;
        return c;
    }
    static constexpr ConstantValue big_integer(std::string_view digits, int radix) {
        ConstantValue c = from_text(Kind::BigInt, digits);
        c.big_radix = static_cast<std::uint8_t>(radix);
        return c;
    }
    static constexpr ConstantValue real(double v) {
        ConstantValue c = singleton(Kind::Float);
        c.float_value = v;
        return c;
    }
    static constexpr ConstantValue imaginary(double v) {
        return complex(0.0, v);
    }
    static constexpr ConstantValue complex(double real, double imaginary) {
        ConstantValue c = singleton(Kind::Complex);
        c.float_value = imaginary;
        c.complex_real = real;
        return c;
    }
    static constexpr ConstantValue str(std::string_view utf8) { return from_text(Kind::Str, utf8); }
    static constexpr ConstantValue bytes(std::string_view raw) { return from_text(Kind::Bytes, raw); }
    static constexpr ConstantValue sequence(Kind kind, std::span<const ConstantValue> items) {
        ConstantValue c = singleton(kind);
        c.item_data = items.data();
        c.count = static_cast<std::uint32_t>(items.size());
        return c;
    }

    constexpr bool is(Kind k) const { return kind == k; }
    constexpr bool is_singleton() const { return kind <= Kind::Ellipsis; }
    constexpr std::int64_t integer() const { return int_value; }
    constexpr double number() const { return float_value; }
    constexpr double real_part() const { return complex_real; }
    constexpr std::string_view text() const { return {text_data, text_size}; }
    constexpr int radix() const { return big_radix; }
    constexpr std::span<const ConstantValue> items() const { return {item_data, count}; }

    // The same literal: same kind, same value, floats by bits (so 0.0 and -0.0 differ), sets in order.
    friend constexpr bool operator==(const ConstantValue& a, const ConstantValue& b) {
        if (a.kind != b.kind) return false;
        switch (a.kind) {
        case Kind::Int: return a.int_value == b.int_value;
        case Kind::Float: return same_bits(a.float_value, b.float_value);
        case Kind::Complex:
            return same_bits(a.float_value, b.float_value) && same_bits(a.complex_real, b.complex_real);
        case Kind::BigInt: return a.big_radix == b.big_radix && a.text() == b.text();
        case Kind::Str:
        case Kind::Bytes: return a.text() == b.text();
        case Kind::Tuple:
        case Kind::FrozenSet:
            if (a.count != b.count) return false;
            for (std::uint32_t i = 0; i < a.count; ++i)
                if (!(a.item_data[i] == b.item_data[i])) return false;
            return true;
        default: return true;
        }
    }

private:
    static constexpr bool same_bits(double a, double b) {
        return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
    }
    static constexpr ConstantValue singleton(Kind k) {
        ConstantValue c;
        c.kind = k;
        return c;
    }
    static constexpr ConstantValue from_text(Kind k, std::string_view t) {
        ConstantValue c = singleton(k);
        c.text_data = t.data();
        c.text_size = t.size();
        return c;
    }
};

}  // namespace oro::syntax
