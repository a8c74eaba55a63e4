// The parts of import statements that the interpreter does itself.
#pragma once
#include "object/call.h"

namespace oro {
// from m import name: the attribute, or the submodule in sys.modules; ImportError with CPython's explanations.
Result<Ref<>> import_from(Python& py, Borrowed<> module, Borrowed<Str> name);
// from m import *: by __all__, or all public names of its __dict__.
Result<void> import_star(Python& py, Borrowed<> module, Borrowed<> locals);
}  // namespace oro
