// What object's methods share with the types derived from it.
#pragma once
#include "object/type.h"

namespace oro {

struct List;

// object.__new__, for types that add nothing to it.
Value object_new(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names);
Value object_init(Python& py, Value self, Value const* args, std::size_t n, Tuple* names);

// object.__reduce_ex__ for a protocol; object.__getstate__ (`required`: fail if the object has a state that it can't show).
Result<Ref<>> reduce_object(Python& py, Borrowed<> self, std::int64_t protocol);
Result<Ref<>> default_state(Python& py, Borrowed<> self, bool required);

// dir() of an object and of a class.
Result<Ref<List>> dir_of_object(Python& py, Borrowed<> self);
Result<Ref<List>> dir_of_type(Python& py, Borrowed<> type);

}  // namespace oro
