// typing.Union: int | str.
#pragma once
#include "object/allocate.h"
#include "object/tuple.h"

namespace oro {

// a | b for two types or forms of typing; NotImplemented if one of them is neither.
Result<Ref<>> type_or(Python& py, Borrowed<> a, Borrowed<> b);
// Union[items]: without checking what the items are.
Result<Ref<>> make_union(Python& py, Borrowed<Tuple> items);
bool is_union(Borrowed<> v);
// The members of a union. Requires is_union(v).
Borrowed<Tuple> union_members(Borrowed<> v);
extern Type union_type;

}  // namespace oro
