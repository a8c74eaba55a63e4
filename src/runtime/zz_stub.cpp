#include "runtime/sys.h"
namespace oro {
[[gnu::weak]] Result<void> finish_sys(Python&) { return {}; }
}
