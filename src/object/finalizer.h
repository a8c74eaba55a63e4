// What went wrong in __del__.
#pragma once
#include "object/type.h"

namespace oro {

// Reports the exception on the thread, raised by the __del__ of an instance of `type`.
void write_failed_finalizer(Python& py, Type& type);

}  // namespace oro
