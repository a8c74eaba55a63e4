// X | Y on types: typing.Union; defined with the generic aliases.
#pragma once
#include "object/type.h"

namespace oro {

extern Type union_type;
// a | b; NotImplemented if one of them cannot be part of a union.
Result<Ref<>> union_of(Python& py, Borrowed<> a, Borrowed<> b);

}  // namespace oro
