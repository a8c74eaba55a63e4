// super(): attribute lookup along an MRO after a given class.
#pragma once
#include "object/str.h"

namespace oro {

extern Type super_type;
// The attribute `name` of super(start, self_or_type), without making the super object.
Result<Ref<>> super_lookup(Python& py, Type& start, Borrowed<> self_or_type, Borrowed<Str> name);

}  // namespace oro
