// The module sys.
#pragma once
#include "object/interpreter.h"

namespace oro {

// The module object with everything that does not need other modules; before the import system.
Result<void> make_sys(Python& py);
// Gives sys.stderr an object that serves until the standard streams are there.
Result<void> set_early_stderr(Python& py);
// Standard streams and what else needs imports.
Result<void> finish_sys(Python& py);
// The builtins module.
Result<void> make_builtins(Python& py);

}  // namespace oro
