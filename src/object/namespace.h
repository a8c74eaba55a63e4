// types.SimpleNamespace: an object with attributes and nothing else.
#pragma once
#include "object/dict.h"

namespace oro {

extern Type simple_namespace_type;
// With the attributes of `attributes`, whose keys are str.
Result<Ref<>> make_namespace(Python& py, Borrowed<Dict> attributes);

}  // namespace oro
