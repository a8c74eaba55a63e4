// types.GenericAlias, for __class_getitem__ of the builtin classes.
#pragma once
#include "object/type.h"

namespace oro {

// origin[arguments]: `arguments` is a tuple or one argument.
Result<Ref<>> make_generic_alias(Thread& t, Borrowed<> origin, Borrowed<> arguments);

// The class method `__class_getitem__` of builtin classes: class_def<class_getitem>("__class_getitem__", "object, /", "...").
inline Result<Ref<>> class_getitem(Thread& t, Borrowed<> origin, Borrowed<> arguments) {
    return make_generic_alias(t, origin, arguments);
}
inline constexpr char const* kClassGetitemDoc = "Give the generic alias that stands for this class with the given type arguments.";

}  // namespace oro
