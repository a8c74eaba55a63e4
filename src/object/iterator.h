// Iterators that protocols make by themselves.
#pragma once
#include <string_view>

#include "object/builtins.h"
#include "object/type.h"

namespace oro {

// Iterates by __getitem__ with 0, 1, 2, ... until IndexError or StopIteration.
Result<Ref<>> make_sequence_iterator(Thread& t, Borrowed<> sequence);
// iter(callable, sentinel)
Result<Ref<>> make_callable_iterator(Thread& t, Borrowed<> callable, Borrowed<> sentinel);
// A read-only view of a mapping (types.MappingProxyType); for type.__dict__.
Result<Ref<>> make_mapping_proxy(Thread& t, Borrowed<> mapping);

// A function of the module builtins by name, as it stands there now (for __reduce__ of iterators).
inline Result<Ref<>> builtin_named(Python& py, std::string_view name) { return builtin(py, TRY(make_str(py, name))); }

}  // namespace oro
