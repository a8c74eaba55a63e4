// Modules as lower layers need them; defined by runtime.
#pragma once
#include <string_view>

#include "object/type.h"

namespace oro {

// The module of that (full) name, imported if it isn't yet.
Result<Ref<>> import_module(Python& py, std::string_view name);
// import_module, then an attribute of it.
Result<Ref<>> import_attribute(Python& py, std::string_view module, std::string_view attribute);

}  // namespace oro
