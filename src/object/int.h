// int beyond 62 bits: sign and 64-bit limbs (least significant first), computed by base/bigint on GMP's mpn. A BigInt never
// holds a value that fits an immediate. Immutable. bool is immediate; a subclass instance of int is an IntObject.
#pragma once
#include <span>

#include "object/allocate.h"

namespace oro {

struct BigInt : Object {
    std::int64_t signed_size;        // limbs, negative for a negative number
    std::uint64_t limbs[];
    explicit BigInt(std::int64_t n) : signed_size(n) {}
    static Type& type();
    bool negative() const { return signed_size < 0; }
    std::span<std::uint64_t const> magnitude() const {
        return {limbs, std::size_t(signed_size < 0 ? -signed_size : signed_size)};
    }
};

// An instance of a class derived from int: holds its number as an immediate or BigInt.
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

// Whether the value is an int, bool or an instance of a subclass.
inline bool is_any_int(Value v) {
    return v.is_int() || v.is_bool() || (v.is_pointer() && type_of(v).has(type_flag::int_));
}
// The plain number behind any int: immediate or BigInt. Requires is_any_int(v). Borrowed from v.
Value int_number(Value v);

// A view of any plain int as sign and limbs; `buffer` is used for immediates.
struct IntView {
    std::uint64_t buffer;
    bool negative;
    std::span<std::uint64_t const> limbs;
    explicit IntView(Value plain);
    IntView(IntView const&) = delete;
};

// operator.index(): an int; TypeError "'X' object cannot be interpreted as an integer".
Result<Ref<>> to_index(Python& py, Borrowed<> v);
// The same as a number: `overflow` names the exception for numbers beyond int64 (null: saturate).
Result<std::int64_t> to_int64(Python& py, Borrowed<> v, Type* overflow);

Result<Ref<>> int_add(Thread& t, Value a, Value b);   // plain ints
Result<Ref<>> int_sub(Thread& t, Value a, Value b);
Result<Ref<>> int_mul(Thread& t, Value a, Value b);

}  // namespace oro
