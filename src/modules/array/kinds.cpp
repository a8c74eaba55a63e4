// The item kinds: conversion from and to Python, with the messages that each has.
#include <cstdio>

#include "base/shared_bytes.h"
#include "modules/array/array.h"
#include "object/float.h"

namespace oro::array_module {

namespace {

// Views of an array may be written to while its items are read.
template <class T> T load(char const* p) { return load_shared<T>(p); }
template <class T> void save(char* p, T v) { store_shared(p, v); }

template <class T> std::size_t mismatch(char const* a, char const* b, std::size_t n, int* order) {
    for (std::size_t i = 0; i < n; ++i) {
        T x = load<T>(a + i * sizeof(T)), y = load<T>(b + i * sizeof(T));
        if (x == y) continue;
        *order = x < y ? -1 : x > y ? 1 : 2;
        return i;
    }
    *order = 0;
    return n;
}

// Numbers that fit a C long: the narrower types tell by name what is too large for them.
Result<std::int64_t> ranged(Python& py, Borrowed<> value, std::int64_t low, std::int64_t high, char const* name) {
    std::int64_t n = TRY(to_c_long(py, value));
    if (n < low) return raise(py, exc::OverflowError, "{} is less than minimum", name);
    if (n > high) return raise(py, exc::OverflowError, "{} is greater than maximum", name);
    return n;
}
constexpr std::int64_t kShortMin = -32768, kShortMax = 32767, kIntMin = INT32_MIN, kIntMax = INT32_MAX;
constexpr char kShort[] = "signed short integer", kInt[] = "signed integer";

Result<void> pack_b(Python& py, char* to, Borrowed<> value) {
    std::int64_t n = TRY(ranged(py, value, kShortMin, kShortMax, kShort));
    if (n < -128) return raise(py, exc::OverflowError, "signed char is less than minimum");
    if (n > 127) return raise(py, exc::OverflowError, "signed char is greater than maximum");
    save(to, std::int8_t(n));
    return {};
}
Result<void> pack_B(Python& py, char* to, Borrowed<> value) {
    std::int64_t n = TRY(ranged(py, value, kShortMin, kShortMax, kShort));
    if (n < 0) return raise(py, exc::OverflowError, "unsigned byte integer is less than minimum");
    if (n > 255) return raise(py, exc::OverflowError, "unsigned byte integer is greater than maximum");
    save(to, std::uint8_t(n));
    return {};
}
Result<void> pack_h(Python& py, char* to, Borrowed<> value) {
    save(to, std::int16_t(TRY(ranged(py, value, kShortMin, kShortMax, kShort))));
    return {};
}
Result<void> pack_H(Python& py, char* to, Borrowed<> value) {
    std::int64_t n = TRY(ranged(py, value, kIntMin, kIntMax, kInt));
    if (n < 0) return raise(py, exc::OverflowError, "unsigned short is less than minimum");
    if (n > 65535) return raise(py, exc::OverflowError, "unsigned short is greater than maximum");
    save(to, std::uint16_t(n));
    return {};
}
Result<void> pack_i(Python& py, char* to, Borrowed<> value) {
    save(to, std::int32_t(TRY(ranged(py, value, kIntMin, kIntMax, kInt))));
    return {};
}
// An unsigned C long.
Result<std::uint64_t> unsigned_long(Python& py, Borrowed<> value) {
    Ref<> n = TRY(to_index(py, value));
    if (int_is_negative(n.value())) return raise(py, exc::OverflowError, "can't convert negative value to unsigned int");
    return to_c_unsigned_long(py, n);
}
Result<void> pack_I(Python& py, char* to, Borrowed<> value) {
    std::uint64_t n = TRY(unsigned_long(py, value));
    if (n > UINT32_MAX) return raise(py, exc::OverflowError, "unsigned int is greater than maximum");
    save(to, std::uint32_t(n));
    return {};
}
Result<void> pack_l(Python& py, char* to, Borrowed<> value) {
    save(to, TRY(to_c_long(py, value)));
    return {};
}
Result<void> pack_L(Python& py, char* to, Borrowed<> value) {
    save(to, TRY(unsigned_long(py, value)));
    return {};
}
Result<void> pack_q(Python& py, char* to, Borrowed<> value) {
    Ref<> n = TRY(to_index(py, value));
    std::int64_t wide;
    if (!to_int64(PlainInt(n.value()), wide)) return raise(py, exc::OverflowError, "int too big to convert");
    save(to, wide);
    return {};
}
Result<void> pack_Q(Python& py, char* to, Borrowed<> value) {
    Ref<> n = TRY(to_index(py, value));
    if (int_is_negative(n.value())) return raise(py, exc::OverflowError, "can't convert negative int to unsigned");
    PlainInt plain(n.value());
    IntView view = plain;
    if (view.size > 1) return raise(py, exc::OverflowError, "int too big to convert");
    save(to, view.size ? view.limbs[0] : std::uint64_t(0));
    return {};
}
Result<void> pack_f(Python& py, char* to, Borrowed<> value) {
    save(to, float(TRY(to_double(py, value))));
    return {};
}
Result<void> pack_d(Python& py, char* to, Borrowed<> value) {
    save(to, TRY(to_double(py, value)));
    return {};
}
Result<void> pack_text(Python& py, char* to, Borrowed<> value) {
    save(to, std::uint32_t(TRY(typecode_from(py, value, "array item"))));
    return {};
}

template <class T> Result<Ref<>> unpack_int(Thread& t, char const* from) {
    if constexpr (std::is_same_v<T, std::uint64_t>) return make_int_unsigned(t, load<T>(from));
    else return make_int(t, std::int64_t(load<T>(from)));
}
template <class T> Result<Ref<>> unpack_float(Thread& t, char const* from) { return make_float(t, double(load<T>(from))); }
Result<Ref<>> unpack_u(Thread& t, char const* from) {
    auto point = load<std::uint32_t>(from);
    if (point > 0x10ffff) return raise_bad_point(t, point);
    return TRY(make_str_of(t, char32_t(point)));
}
Result<Ref<>> unpack_w(Thread& t, char const* from) {
    auto point = load<std::uint32_t>(from);
    if (point > 0x10ffff) return raise(t, exc::ValueError, "chr() arg not in range(0x110000)");
    return TRY(make_str_of(t, char32_t(point)));
}

constexpr ItemKind kKinds[] = {
    {'b', 1, "b", 1, pack_b, unpack_int<std::int8_t>, mismatch<std::int8_t>},
    {'B', 1, "B", 0, pack_B, unpack_int<std::uint8_t>, mismatch<std::uint8_t>},
    {'u', 4, "w", 20, pack_text, unpack_u, mismatch<std::uint32_t>},
    {'w', 4, "w", 20, pack_text, unpack_w, mismatch<std::uint32_t>},
    {'h', 2, "h", 4, pack_h, unpack_int<std::int16_t>, mismatch<std::int16_t>},
    {'H', 2, "H", 2, pack_H, unpack_int<std::uint16_t>, mismatch<std::uint16_t>},
    {'i', 4, "i", 8, pack_i, unpack_int<std::int32_t>, mismatch<std::int32_t>},
    {'I', 4, "I", 6, pack_I, unpack_int<std::uint32_t>, mismatch<std::uint32_t>},
    {'l', 8, "l", 12, pack_l, unpack_int<std::int64_t>, mismatch<std::int64_t>},
    {'L', 8, "L", 10, pack_L, unpack_int<std::uint64_t>, mismatch<std::uint64_t>},
    {'q', 8, "q", 12, pack_q, unpack_int<std::int64_t>, mismatch<std::int64_t>},
    {'Q', 8, "Q", 10, pack_Q, unpack_int<std::uint64_t>, mismatch<std::uint64_t>},
    {'f', 4, "f", 14, pack_f, unpack_float<float>, mismatch<float>},
    {'d', 8, "d", 16, pack_d, unpack_float<double>, mismatch<double>},
};

}  // namespace

ItemKind const* kind_of(char32_t typecode) {
    for (ItemKind const& k : kKinds) {
        if (char32_t(k.typecode) == typecode) return &k;
    }
    return nullptr;
}
ItemKind const* integer_kind(std::size_t size, bool is_signed) {
    constexpr char codes[2][4] = {{'B', 'H', 'I', 'Q'}, {'b', 'h', 'i', 'q'}};
    return kind_of(char32_t(codes[is_signed][std::countr_zero(size)]));
}

Raised raise_bad_point(Thread& t, std::uint32_t point) {
    char text[16];
    std::snprintf(text, sizeof text, "%x", point);
    return raise(t, exc::ValueError, "character U+{} is not in range [U+0000; U+10ffff]", text);
}

Result<char32_t> typecode_from(Python& py, Borrowed<> v, char const* what) {
    if (!is<Str>(v)) return raise(py, exc::TypeError, "{} must be a unicode character, not {}", what, TypeName{v.value()});
    Borrowed<Str> s = as<Str>(v);
    if (s->length() != 1) return raise(py, exc::TypeError, "{} must be a unicode character, not a string of length {}", what, s->length());
    return s->at(0);
}

}  // namespace oro::array_module
