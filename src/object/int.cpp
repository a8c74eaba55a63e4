#include "object/int.h"

#include <charconv>

#include "base/float_format.h"
#include "base/hash.h"
#include "object/call.h"
#include "object/interpreter.h"
#include "object/str.h"
#include "object/warn.h"

namespace oro {

namespace {

Result<Ref<>> make_big(Thread& t, IntView v) {
    auto size = std::int64_t(v.size);
    Ref<BigIntObject> o = TRY(make_sized<BigIntObject>(t, int_type, BigIntObject::extent_of(v.size), v.negative ? -size : size));
    std::memcpy(o->limbs, v.limbs, v.size * sizeof(Limb));
    return o;
}

}  // namespace

// ---- making

Result<Ref<>> make_int(Thread& t, std::int64_t v) {
    if (Value::fits_int(v)) [[likely]] return Ref<>::immediate(Value::of_int(v));
    return make_big(t, WordInt(v));
}

Result<Ref<>> make_int_unsigned(Thread& t, std::uint64_t v) {
    if (v <= std::uint64_t(Value::kMaxInt)) [[likely]] return Ref<>::immediate(Value::of_int(std::int64_t(v)));
    return make_big(t, IntView{&v, 1, false});
}

Result<Ref<>> make_int(Thread& t, IntView v) {
    if (v.size <= 1) {
        std::int64_t word;
        if (to_int64(v, word) && Value::fits_int(word)) return Ref<>::immediate(Value::of_int(word));
    }
    return make_big(t, v);
}

Result<Ref<>> make_int(Thread& t, bool negative, std::span<std::uint64_t const> magnitude) {
    std::size_t n = magnitude.size();
    while (n > 0 && magnitude[n - 1] == 0) --n;
    return make_int(t, IntView{magnitude.data(), n, negative && n > 0});
}

Result<Ref<>> make_int(Thread& t, BigInt const& v) {
    if (v.failed()) return raise_no_memory(t);
    return make_int(t, v.view());
}

// ---- operator.index and machine words

namespace {

// What __index__ gave, as a plain int.
Result<Ref<>> index_slow(Python& py, Borrowed<> v) {
    SlotFn index = type_of(v).slot(Dunder::index);
    if (!index) return raise(py, exc::TypeError, "'{}' object cannot be interpreted as an integer", TypeName{v.value()});
    Value word = index(py, v.value(), Value{}, Value{});
    if (word.is_null()) return Raised{};
    Ref<> r = Ref<>::adopt(word);
    if (r.value().is_int()) return r;
    if (!is_any_int(r.value())) {
        return raise(py, exc::TypeError, "__index__ returned non-int (type {})", TypeName{r.value()});
    }
    if (&type_of(r) != &int_type) {
        CHECK(warn(py, exc::DeprecationWarning,
                   "__index__ returned non-int (type {}).  The ability to return an instance of a strict subclass of int is "
                   "deprecated, and may be removed in a future version of Python.",
                   TypeName{r.value()}));
    }
    return share_int(r.value());
}

}  // namespace

Result<Ref<>> to_index(Python& py, Borrowed<> v) {
    if (v.value().is_int()) [[likely]] return v.share();
    if (is_any_int(v.value())) return share_int(v.value());
    return index_slow(py, v);
}

Result<std::int64_t> to_int64(Python& py, Borrowed<> v, Type* overflow) {
    if (v.value().is_int()) [[likely]] return v.value().as_int();
    Ref<> n = TRY(to_index(py, v));
    if (n.value().is_int()) return n.value().as_int();
    PlainInt view(n.value());
    std::int64_t word;
    if (to_int64(view, word)) return word;
    if (overflow) return raise(py, *overflow, "cannot fit '{}' into an index-sized integer", TypeName{v.value()});
    return int_is_negative(n.value()) ? INT64_MIN : INT64_MAX;
}

Result<std::int64_t> to_c_long(Python& py, Borrowed<> v) {
    if (v.value().is_int()) [[likely]] return v.value().as_int();
    Ref<> n = TRY(to_index(py, v));
    std::int64_t word;
    if (!to_int64(PlainInt(n.value()), word)) {
        return raise(py, exc::OverflowError, "Python int too large to convert to C long");
    }
    return word;
}

Result<std::uint64_t> to_c_unsigned_long(Python& py, Borrowed<> v) {
    Ref<> n = TRY(to_index(py, v));
    if (int_is_negative(n.value())) {
        return raise(py, exc::OverflowError, "can't convert negative value to unsigned int");
    }
    std::uint64_t word;
    if (!to_uint64(PlainInt(n.value()), word)) {
        return raise(py, exc::OverflowError, "Python int too large to convert to C unsigned long");
    }
    return word;
}

// ---- arithmetic

Result<Ref<>> int_add(Thread& t, Value a, Value b) {
    if (Value::both_int(a, b)) [[likely]] return make_int(t, a.as_int() + b.as_int());
    return make_int(t, add(PlainInt(a), PlainInt(b)));
}

Result<Ref<>> int_sub(Thread& t, Value a, Value b) {
    if (Value::both_int(a, b)) [[likely]] return make_int(t, a.as_int() - b.as_int());
    return make_int(t, subtract(PlainInt(a), PlainInt(b)));
}

Result<Ref<>> int_mul(Thread& t, Value a, Value b) {
    if (Value::both_int(a, b)) [[likely]] {
        std::int64_t product;
        if (!__builtin_mul_overflow(a.as_int(), b.as_int(), &product)) [[likely]] return make_int(t, product);
        return make_int(t, BigInt::from_wide(__int128(a.as_int()) * b.as_int()));
    }
    return make_int(t, multiply(PlainInt(a), PlainInt(b)));
}

Result<Ref<>> int_floordiv(Thread& t, Value a, Value b) {
    if (int_is_zero(b)) return raise(t, exc::ZeroDivisionError, "division by zero");
    if (Value::both_int(a, b)) [[likely]] {
        std::int64_t x = a.as_int(), y = b.as_int(), q = x / y;
        if (x % y != 0 && (x < 0) != (y < 0)) --q;
        return make_int(t, q);
    }
    return make_int(t, divide_floor(PlainInt(a), PlainInt(b)));
}

Result<Ref<>> int_mod(Thread& t, Value a, Value b) {
    if (int_is_zero(b)) return raise(t, exc::ZeroDivisionError, "division by zero");
    if (Value::both_int(a, b)) [[likely]] {
        std::int64_t y = b.as_int(), r = a.as_int() % y;
        if (r != 0 && (r < 0) != (y < 0)) r += y;
        return Ref<>::immediate(Value::of_int(r));
    }
    return make_int(t, modulo_floor(PlainInt(a), PlainInt(b)));
}

Result<Ref<>> int_negate(Thread& t, Value a) {
    if (a.is_int()) [[likely]] return make_int(t, -a.as_int());
    return make_int(t, negate(PlainInt(a)));
}

Result<Ref<>> int_shift_left(Thread& t, Value a, Value count) {
    if (int_is_negative(count)) return raise(t, exc::ValueError, "negative shift count");
    if (int_is_zero(a)) return Ref<>::immediate(a);
    if (!count.is_int()) return raise(t, exc::OverflowError, "too many digits in integer");
    std::int64_t n = count.as_int();
    if (a.is_int() && n < 63) {
        std::int64_t shifted = std::int64_t(std::uint64_t(a.as_int()) << n);
        if (shifted >> n == a.as_int()) return make_int(t, shifted);
    }
    return make_int(t, shift_left(PlainInt(a), std::uint64_t(n)));
}

Result<Ref<>> int_shift_right(Thread& t, Value a, Value count) {
    if (int_is_negative(count)) return raise(t, exc::ValueError, "negative shift count");
    if (!count.is_int()) return Ref<>::immediate(Value::of_int(int_is_negative(a) ? -1 : 0));
    std::int64_t n = count.as_int();
    if (a.is_int()) return Ref<>::immediate(Value::of_int(a.as_int() >> (n > 63 ? 63 : n)));
    return make_int(t, shift_right(PlainInt(a), std::uint64_t(n)));
}

std::strong_ordering int_compare(Value a, Value b) {
    if (Value::both_int(a, b)) [[likely]] return a.as_int() <=> b.as_int();
    return compare(PlainInt(a), PlainInt(b));
}

std::int64_t int_hash(Value a) {
    if (a.is_int()) [[likely]] return hash_int64(a.as_int());
    return hash_int(PlainInt(a));
}

Result<double> int_to_double(Thread& t, Value plain) {
    if (plain.is_int()) [[likely]] return double(plain.as_int());
    double d;
    if (!to_double(PlainInt(plain), d)) return raise(t, exc::OverflowError, "int too large to convert to float");
    return d;
}

Result<Ref<>> int_from_double(Thread& t, double d) {
    if (d > -0x1p61 && d < 0x1p61) [[likely]] return Ref<>::immediate(Value::of_int(std::int64_t(d)));
    if (is_nan(d)) return raise(t, exc::ValueError, "cannot convert float NaN to integer");
    if (is_infinity(d)) return raise(t, exc::OverflowError, "cannot convert float infinity to integer");
    return make_int(t, from_double(d));
}

// ---- text

int int_max_str_digits() {
    // Code may be compiled, and ints shown, before there is an interpreter.
    return the_interpreter ? int(the_interpreter->int_max_str_digits.load(std::memory_order_relaxed)) : kDefaultIntDigits;
}

Result<Ref<Str>> int_to_str(Thread& t, Value plain) {
    if (plain.is_int()) {
        char digits[24];
        char* end = std::to_chars(digits, digits + sizeof digits, plain.as_int()).ptr;
        return make_str(t, std::string_view(digits, std::size_t(end - digits)));
    }
    PlainInt view(plain);
    // Known to be over the limit from the bits alone: no quadratic work is done for what is refused.
    int limit = int_max_str_digits();
    auto too_long = [&] {
        return raise(t, exc::ValueError,
                     "Exceeds the limit ({} digits) for integer string conversion; use sys.set_int_max_str_digits() to "
                     "increase the limit",
                     limit);
    };
    constexpr double kDigitsPerBit = 0.30102999566398120;
    if (limit > 0 && double(bit_length(view)) * kDigitsPerBit > limit + 1) return too_long();
    std::string text = to_text(view);
    if (limit > 0 && text.size() - (text[0] == '-') > std::size_t(limit)) return too_long();
    return make_str(t, text);
}

}  // namespace oro
