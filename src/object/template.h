// t-strings (PEP 750), for the interpreter: string.templatelib.Template and Interpolation are made in types/template.cpp.
#pragma once
#include "object/str.h"
#include "object/tuple.h"

namespace oro {

// `conversion`: 0 none, 1 !s, 2 !r, 3 !a. A missing format_spec is ''.
Result<Ref<>> make_interpolation(Python& py, Borrowed<> value, Borrowed<> expression, int conversion, Optional<> format_spec);
Result<Ref<>> make_template(Python& py, Borrowed<Tuple> strings, Borrowed<Tuple> interpolations);

}  // namespace oro
