// Which types lay their instances out alike: assignment to __class__ and __bases__ may exchange them.
#pragma once
#include "object/type.h"

namespace oro {

// Whether objects of `a` may become objects of `b` as they stand in memory.
bool same_layout(Thread& t, Type& a, Type& b);
// object.__class__ = type
Result<void> assign_class(Python& py, Borrowed<> object, Borrowed<> type);
// type.__bases__ = bases
Result<void> assign_bases(Python& py, Type& type, Borrowed<> bases);
// The base among `bases` that decides the layout; TypeError if there is a conflict.
Result<Type*> best_base(Python& py, Borrowed<Tuple> bases);
// type.mro() of a class whose metaclass defines it, checked: a class of another layout in it would have natives take the instances for
// what they aren't.
Result<Ref<Tuple>> custom_mro(Python& py, Borrowed<Type> type);

}  // namespace oro
