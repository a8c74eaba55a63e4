// super: attribute lookup that starts behind a class in the MRO.
#pragma once
#include "object/allocate.h"
#include "object/str.h"

namespace oro {

// What super() looks up: the class to start behind, the object, and the class whose MRO counts. `__init__` may set them anew.
struct Super : Object {
    Member<Type> start, object_type;
    Member<> object;
    static constexpr auto fields = std::tuple{&Super::start, &Super::object_type, &Super::object};
    static Type& type();
};
extern Type super_type;

// super(start, self_or_type).name, without making a super object where the attribute is found.
Result<Ref<>> super_lookup(Python& py, Type& start, Borrowed<> self_or_type, Borrowed<Str> name);

// super() without arguments: the class and the first argument of the Python function that runs now, or RuntimeError
// ("super(): no arguments", ...). Defined by vm.
struct SuperArguments {
    Ref<Type> start;
    Ref<> object;
};
Result<SuperArguments> arguments_of_super(Python& py);

}  // namespace oro
