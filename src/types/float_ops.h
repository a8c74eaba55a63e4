// The operators of float. Each takes operands of any kind and leaves foreign ones to the other operand's type.
#pragma once
#include "types/number.h"

namespace oro {

Result<Ref<>> float_add(Python& py, Borrowed<> a, Borrowed<> b);
Result<Ref<>> float_sub(Python& py, Borrowed<> a, Borrowed<> b);
Result<Ref<>> float_mul(Python& py, Borrowed<> a, Borrowed<> b);
Result<Ref<>> float_truediv(Python& py, Borrowed<> a, Borrowed<> b);
Result<Ref<>> float_floordiv(Python& py, Borrowed<> a, Borrowed<> b);
Result<Ref<>> float_mod(Python& py, Borrowed<> a, Borrowed<> b);
Result<Ref<>> float_divmod(Python& py, Borrowed<> a, Borrowed<> b);
Result<Ref<>> float_pow(Python& py, Borrowed<> a, Borrowed<> b, Optional<> modulus);

// float(v): numbers and text.
Result<Ref<>> to_float(Python& py, Borrowed<> v);

}  // namespace oro
