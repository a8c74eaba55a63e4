// Weak proxies: weak references that pass every operation on to their referent.
#pragma once
#include "object/type.h"

namespace oro {
extern Type weak_proxy_type, weak_callable_proxy_type;
}
