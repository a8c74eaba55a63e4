// _functools: its types.
#pragma once
#include "object/define.h"

namespace oro::functools {

extern Type partial_type, placeholder_type, key_type, lru_cache_type;

// The object functools.Placeholder; one in the process, immortal.
Ref<> placeholder();

}  // namespace oro::functools
