// The slot functions of int that bool and the type's table share.
#pragma once
#include "types/number.h"

namespace oro {

// Applies an operation on plain ints to operands of any kind.
template <Result<Ref<>> (*Op)(Thread&, Value, Value)>
Result<Ref<>> int_operator(Python& py, Borrowed<> a, Borrowed<> b) {
    Value x = a.value(), y = b.value();
    if (!Value::both_int(x, y)) [[unlikely]] {
        if (!is_any_int(x) || !is_any_int(y)) return not_implemented();
        x = int_number(x);
        y = int_number(y);
    }
    return Op(py, x, y);
}

Result<Ref<>> int_and(Thread& t, Value a, Value b);
Result<Ref<>> int_or(Thread& t, Value a, Value b);
Result<Ref<>> int_xor(Thread& t, Value a, Value b);
Result<Ref<>> int_invert(Thread& t, Value a);
Result<Ref<>> int_divmod(Thread& t, Value a, Value b);
Result<Ref<>> int_true_divide(Thread& t, Value a, Value b);
Result<Ref<>> int_pow(Python& py, Borrowed<> a, Borrowed<> b, Optional<> modulus);

// A subclass's instance, or the plain number itself for int.
Result<Ref<>> make_int_of_type(Python& py, Type& type, Ref<> plain);

// round(n, digits) for negative digits.
Result<Ref<>> int_round(Python& py, Borrowed<> self, Borrowed<> digits);
Result<Ref<Str>> int_format(Python& py, Borrowed<> self, Borrowed<Str> spec);
Value int_new(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names);

}  // namespace oro
