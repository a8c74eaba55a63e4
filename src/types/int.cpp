// int: the type's table and methods. Arithmetic is in object/int.cpp and int_arith.cpp, the constructor in int_convert.cpp.
#include "object/bytes.h"
#include "types/int_ops.h"

namespace oro {

namespace {

Result<Ref<Str>> repr_int(Thread& t, Borrowed<> self) { return int_to_str(t, int_number(self.value())); }
std::int64_t hash_of_int(Thread&, Borrowed<> self) { return int_hash(int_number(self.value())); }
bool is_true(Thread&, Borrowed<> self) { return !int_is_zero(int_number(self.value())); }
Result<Ref<>> negative(Thread& t, Borrowed<> self) { return int_negate(t, int_number(self.value())); }
Ref<> plain(Thread&, Borrowed<> self) { return share_int(self.value()); }
Result<double> to_float(Thread& t, Borrowed<> self) { return int_to_double(t, int_number(self.value())); }
Result<Ref<>> invert(Thread& t, Borrowed<> self) { return int_invert(t, int_number(self.value())); }

Result<Ref<>> absolute_value(Thread& t, Borrowed<> self) {
    Value v = int_number(self.value());
    if (int_is_negative(v)) return int_negate(t, v);
    return share(v);
}

Result<Ref<>> compare_ints(Thread&, Borrowed<> self, Borrowed<> other, Compare op) {
    if (!is_any_int(other.value())) return not_implemented();
    return Ref<>::immediate(Value::of_bool(holds(int_compare(int_number(self.value()), int_number(other.value())), op)));
}

// ---- methods

std::uint64_t bit_length_of(Thread&, Borrowed<> self) { return bit_length(PlainInt(int_number(self.value()))); }
std::uint64_t bit_count_of(Thread&, Borrowed<> self) { return bit_count(PlainInt(int_number(self.value()))); }
bool is_integer(Thread&, Borrowed<>) { return true; }

Result<Ref<>> as_integer_ratio(Thread& t, Borrowed<> self) {
    return make_tuple_of(t, share_int(self.value()), Ref<>::immediate(Value::of_int(1)));
}

Result<Ref<>> getnewargs(Thread& t, Borrowed<> self) { return make_tuple_of(t, share_int(self.value())); }

std::int64_t size_of(Thread&, Borrowed<> self) {
    Value v = int_number(self.value());
    if (v.is_int()) return sizeof(Value);
    return std::int64_t(BigIntObject::extent_of(static_cast<BigIntObject*>(v.pointer())->magnitude().size()));
}

Result<Endian> byte_order(Thread& t, Optional<Str> name) {
    if (!name || equal(**name, "big")) return Endian::big;
    if (equal(**name, "little")) return Endian::little;
    return raise(t, exc::ValueError, "byteorder must be either 'little' or 'big'");
}

Result<Ref<Bytes>> to_bytes_method(Thread& t, Borrowed<> self, std::int64_t length, Optional<Str> byteorder, bool is_signed) {
    Endian endian = TRY(byte_order(t, byteorder));
    if (length < 0) return raise(t, exc::ValueError, "length argument must be non-negative");
    Ref<Bytes> result = TRY(make_bytes_uninitialized(t, std::size_t(length)));
    std::span<std::uint8_t> out(reinterpret_cast<std::uint8_t*>(result->data), std::size_t(length));
    switch (to_bytes(PlainInt(int_number(self.value())), out, endian, is_signed ? Signedness::is_signed : Signedness::is_unsigned)) {
        case ToBytes::done: return result;
        case ToBytes::negative_to_unsigned: return raise(t, exc::OverflowError, "can't convert negative int to unsigned");
        case ToBytes::too_big: break;
    }
    return raise(t, exc::OverflowError, "int too big to convert");
}

// What bytes(v) would give, but for ints and strings.
Result<Ref<Bytes>> octets_of(Python& py, Borrowed<> v) {
    if (is_exact<Bytes>(v)) return as<Bytes>(v.share());
    if (is_any_int(v.value()) || is<Str>(v) || is_any_float(v.value())) {
        return raise(py, exc::TypeError, "cannot convert '{}' object to bytes", TypeName{v.value()});
    }
    Ref<> octets = TRY(call_with(py, Borrowed<>(Value::of(&Bytes::type())), v));
    return as<Bytes>(std::move(octets));
}

Result<Ref<>> from_bytes_method(Python& py, Borrowed<> cls, Borrowed<> bytes, Optional<Str> byteorder, bool is_signed) {
    Endian endian = TRY(byte_order(py, byteorder));
    Ref<Bytes> octets = TRY(octets_of(py, bytes));
    std::span<std::uint8_t const> in(reinterpret_cast<std::uint8_t const*>(octets->data), octets->size);
    Ref<> number = TRY(make_int(py, from_bytes(in, endian, is_signed ? Signedness::is_signed : Signedness::is_unsigned)));
    if (cls.is(Value::of(&int_type))) return number;
    return call_with(py, cls, number);
}

Value get_plain(Python&, Value self) { return share_int(self).release(); }
Value get_zero(Python&, Value) { return Value::of_int(0); }
Value get_one(Python&, Value) { return Value::of_int(1); }

constexpr MethodDef kMethods[] = {
    def<plain>("conjugate", "", "The number itself: an int has no imaginary part."),
    def<bit_length_of>("bit_length", "", "How many binary digits the absolute value has.\n\n>>> (37).bit_length()\n6"),
    def<bit_count_of>("bit_count", "", "How many binary digits of the absolute value are ones.\n\n>>> (13).bit_count()\n3"),
    def<to_bytes_method>("to_bytes", "length=1, byteorder='big', *, signed=False",
                         "The number in a given count of bytes.\n\n"
                         "byteorder is 'big' (most significant byte first) or 'little'. A negative number\n"
                         "needs signed=True, for two's complement. OverflowError if the bytes don't suffice."),
    class_def<from_bytes_method>("from_bytes", "bytes, byteorder='big', *, signed=False",
                                 "The number that to_bytes wrote with the same byteorder and signed.\n\n"
                                 "bytes is a bytes-like object or an iterable of ints in range(256)."),
    def<as_integer_ratio>("as_integer_ratio", "", "The number as a pair (numerator, 1).\n\n>>> (10).as_integer_ratio()\n(10, 1)"),
    def<plain>("__trunc__", "", "The number itself."),
    def<plain>("__floor__", "", "The number itself."),
    def<plain>("__ceil__", "", "The number itself."),
    def<int_round>("__round__", "ndigits=None, /", "The nearest multiple of 10**-ndigits, halves to even; always an int."),
    def<getnewargs>("__getnewargs__", "", ""),
    def<int_format>("__format__", "format_spec, /", "The number as text in the given format."),
    def<size_of>("__sizeof__", "", "Bytes in memory."),
    def<is_integer>("is_integer", "", "True, as float.is_integer would say."),
};

constexpr SlotDef kSlots[] = {
    slot<Dunder::repr, repr_int>,
    slot<Dunder::hash, hash_of_int>,
    ORO_COMPARE_SLOTS(compare_ints),
    number_slot<Dunder::add, int_operator<int_add>>,
    number_slot<Dunder::sub, int_operator<int_sub>>,
    number_slot<Dunder::mul, int_operator<int_mul>>,
    number_slot<Dunder::mod, int_operator<int_mod>>,
    number_slot<Dunder::divmod, int_operator<int_divmod>>,
    number_slot<Dunder::pow, int_pow>,
    slot<Dunder::neg, negative>,
    slot<Dunder::pos, plain>,
    slot<Dunder::abs, absolute_value>,
    slot<Dunder::bool_, is_true>,
    slot<Dunder::invert, invert>,
    number_slot<Dunder::lshift, int_operator<int_shift_left>>,
    number_slot<Dunder::rshift, int_operator<int_shift_right>>,
    number_slot<Dunder::and_, int_operator<int_and>>,
    number_slot<Dunder::xor_, int_operator<int_xor>>,
    number_slot<Dunder::or_, int_operator<int_or>>,
    slot<Dunder::int_, plain>,
    slot<Dunder::float_, to_float>,
    number_slot<Dunder::floordiv, int_operator<int_floordiv>>,
    number_slot<Dunder::truediv, int_operator<int_true_divide>>,
    slot<Dunder::index, plain>,
};

constexpr GetSetDef kGetSets[] = {
    {"real", get_plain, nullptr, "the number itself"},
    {"imag", get_zero, nullptr, "the imaginary part, 0"},
    {"numerator", get_plain, nullptr, "the number itself"},
    {"denominator", get_one, nullptr, "the denominator, 1"},
};

// A BigIntObject holds no references, and an IntObject none that could close a cycle: there is nothing to trace.
constexpr Hooks kHooks{
    .destruct =
        [](Object* o) {
            if (&type_of(o) != &int_type) static_cast<IntObject*>(o)->~IntObject();
        },
};

constexpr TypeDef kIntDef{
    .name = "int",
    .doc = "int([x]) -> integer\nint(x, base=10) -> integer\n\n"
           "Makes an int of a number, or of text in the given base; 0 without an argument.\n\n"
           "A number is asked for its __int__(), which drops the fraction of a float.\n"
           "Text (str, bytes or bytearray) may have a sign and white space around the\n"
           "literal. The base is 2 to 36, or 0 to take it from the literal's prefix.\n\n"
           ">>> int('0b100', base=0)\n4",
    .size = sizeof(IntObject),
    .flags = type_flag::lasting | type_flag::subclassable | type_flag::int_ | type_flag::match_self,
    .hooks = kHooks,
    .new_ = int_new,
    .methods = kMethods,
    .slots = kSlots,
    .getsets = kGetSets,
};

}  // namespace

ORO_TYPE(int_type, kIntDef);

}  // namespace oro
