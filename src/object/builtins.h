// Reaching the builtins module from below; defined by runtime.
#pragma once
#include "object/str.h"

namespace oro {

// builtins.<name>, as __reduce__ of iterators needs it.
Result<Ref<>> builtin(Python& py, Borrowed<Str> name);

}  // namespace oro
