// The operators of complex. Each takes operands of any kind and leaves foreign ones to the other operand's type.
#pragma once
#include "types/number.h"

namespace oro {

Result<Ref<>> complex_add(Python& py, Borrowed<> a, Borrowed<> b);
Result<Ref<>> complex_sub(Python& py, Borrowed<> a, Borrowed<> b);
Result<Ref<>> complex_mul(Python& py, Borrowed<> a, Borrowed<> b);
Result<Ref<>> complex_truediv(Python& py, Borrowed<> a, Borrowed<> b);
Result<Ref<>> complex_pow(Python& py, Borrowed<> a, Borrowed<> b, Optional<> modulus);

Value complex_new(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names);
Result<Ref<>> complex_from_number(Python& py, Borrowed<> cls, Borrowed<> number);

}  // namespace oro
