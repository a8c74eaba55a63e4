// The module sys.monitoring, and the functions of sys that trace.
#pragma once
#include "object/native.h"

namespace oro {

// Makes sys.monitoring, and with it the state that the interpreter fires events by. Once, at start-up.
Result<Ref<Module>> make_monitoring(Python& py);
// Enters it and settrace(), setprofile() and their relatives in sys.
Result<void> add_tracing(Python& py);

}  // namespace oro
