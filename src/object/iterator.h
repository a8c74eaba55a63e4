// Iterators that protocols make by themselves.
#pragma once
#include "object/type.h"

namespace oro {

// Iterates by __getitem__ with 0, 1, 2, ... until IndexError or StopIteration.
Result<Ref<>> make_sequence_iterator(Thread& t, Borrowed<> sequence);
// iter(callable, sentinel)
Result<Ref<>> make_callable_iterator(Thread& t, Borrowed<> callable, Borrowed<> sentinel);
// A read-only view of a mapping (types.MappingProxyType); for type.__dict__.
Result<Ref<>> make_mapping_proxy(Thread& t, Borrowed<> mapping);

}  // namespace oro
