// isinstance and issubclass without their hooks; the whole protocol is is_instance and is_subclass in object/call.h.
#pragma once
#include "object/type.h"

namespace oro {

// type.__instancecheck__ and type.__subclasscheck__: through the types, `__class__`, and `__bases__` of what only looks like a
// class.
Result<bool> plain_is_instance(Python& py, Borrowed<> v, Borrowed<> cls);
Result<bool> plain_is_subclass(Python& py, Borrowed<> derived, Borrowed<> cls);

}  // namespace oro
