// int beyond 62 bits: sign and 64-bit limbs (least significant first), computed by base/bigint on GMP's mpn. A BigIntObject
// never holds a value that fits an immediate. Immutable. bool is immediate; a subclass instance of int is an IntObject.
//
// A `plain` int is an immediate or a BigIntObject. base/bigint.h's IntView and BigInt are what the arithmetic takes and gives;
// PlainInt is the way there, make_int() the way back.
#pragma once
#include <compare>
#include <span>

#include "base/bigint.h"
#include "object/allocate.h"

namespace oro {

struct BigIntObject : Object {
    std::int64_t signed_size;        // limbs, negative for a negative number
    std::uint64_t limbs[];
    explicit BigIntObject(std::int64_t n) : signed_size(n) {}
    bool negative() const { return signed_size < 0; }
    std::span<std::uint64_t const> magnitude() const {
        return {limbs, std::size_t(signed_size < 0 ? -signed_size : signed_size)};
    }
    IntView view() const { return {limbs, magnitude().size(), negative()}; }
    static constexpr std::size_t extent_of(std::size_t limb_count) {
        return sizeof(Object) + sizeof(signed_size) + limb_count * sizeof(std::uint64_t);
    }
};

// An instance of a class derived from int: holds its plain number.
struct IntObject : Object {
    Fixed<> number;
    explicit IntObject(Ref<> n) : number(std::move(n)) {}
    static constexpr auto fields = std::tuple{&IntObject::number};
};

// An int of any size from a 64-bit number.
Result<Ref<>> make_int(Thread& t, std::int64_t v);
Result<Ref<>> make_int_unsigned(Thread& t, std::uint64_t v);
// From limbs (need not be normalised).
Result<Ref<>> make_int(Thread& t, bool negative, std::span<std::uint64_t const> magnitude);
Result<Ref<>> make_int(Thread& t, IntView v);
// A result of base/bigint: MemoryError if it failed.
Result<Ref<>> make_int(Thread& t, BigInt const& v);

// Whether the value is an int, bool or an instance of a subclass.
inline bool is_any_int(Value v) {
    return v.is_int() || v.is_bool() || (v.is_pointer() && type_of(v).has(type_flag::int_));
}
// The plain number behind any int. Requires is_any_int(v). Borrowed from v.
inline Value int_number(Value v) {
    if (v.is_int()) return v;
    if (v.is_bool()) return Value::of_int(v == kTrue);
    return &type_of(v) == &int_type ? v : static_cast<IntObject*>(v.pointer())->number.value();
}
// The same with a count: int(v) for an int of any kind.
inline Ref<> share_int(Value v) { return share(int_number(v)); }

// A plain int as sign and limbs. Lives no longer than the value.
class PlainInt {
public:
    explicit PlainInt(Value plain)
        : word_(plain.is_int() ? plain.as_int() : 0),
          view_(plain.is_int() ? IntView(word_) : static_cast<BigIntObject const*>(plain.pointer())->view()) {}
    PlainInt(PlainInt const&) = delete;
    operator IntView() const { return view_; }

private:
    WordInt word_;
    IntView view_;
};

// operator.index(): a plain int; TypeError "'X' object cannot be interpreted as an integer".
Result<Ref<>> to_index(Python& py, Borrowed<> v);
// The same as a number: `overflow` names the exception for numbers beyond int64 (null: saturate).
Result<std::int64_t> to_int64(Python& py, Borrowed<> v, Type* overflow);
// The same for C's narrower types, with the messages that struct, os and others give: "Python int too large to convert to C
// long" for OverflowError.
Result<std::int64_t> to_c_long(Python& py, Borrowed<> v);
Result<std::uint64_t> to_c_unsigned_long(Python& py, Borrowed<> v);
// int(v) without a base: __int__, __index__, text and bytes.
Result<Ref<>> to_int(Python& py, Borrowed<> v);

// ---- arithmetic on plain ints
Result<Ref<>> int_add(Thread& t, Value a, Value b);
Result<Ref<>> int_sub(Thread& t, Value a, Value b);
Result<Ref<>> int_mul(Thread& t, Value a, Value b);
Result<Ref<>> int_floordiv(Thread& t, Value a, Value b);   // ZeroDivisionError
Result<Ref<>> int_mod(Thread& t, Value a, Value b);
Result<Ref<>> int_negate(Thread& t, Value a);
Result<Ref<>> int_shift_left(Thread& t, Value a, Value count);   // ValueError for a negative count
Result<Ref<>> int_shift_right(Thread& t, Value a, Value count);
std::strong_ordering int_compare(Value a, Value b);
std::int64_t int_hash(Value a);
inline bool int_is_zero(Value a) { return a == Value::of_int(0); }
inline bool int_is_negative(Value a) {
    return a.is_int() ? a.as_int() < 0 : static_cast<BigIntObject const*>(a.pointer())->negative();
}
// As a double, correctly rounded; OverflowError "int too large to convert to float".
Result<double> int_to_double(Thread& t, Value plain);
// From a double, truncated; OverflowError and ValueError for infinities and NaN.
Result<Ref<>> int_from_double(Thread& t, double d);

// ---- text
// Decimal digits; ValueError beyond the limit.
Result<Ref<Str>> int_to_str(Thread& t, Value plain);
// The most decimal digits that are converted from or to text, 0 for no limit: Interpreter::int_max_str_digits, which
// sys.set_int_max_str_digits sets.
inline constexpr int kDefaultIntDigits = 4300, kLeastIntDigits = 640;
int int_max_str_digits();

}  // namespace oro
