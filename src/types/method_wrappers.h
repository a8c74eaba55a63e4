// classmethod and staticmethod. Their function may be set anew by __init__ at any time.
#pragma once
#include "object/allocate.h"

namespace oro {

struct MethodWrapper : Object {
    Member<> function;                             // null until __init__ has run
    static constexpr auto fields = std::tuple{&MethodWrapper::function};
};
struct ClassMethod : MethodWrapper { static Type& type(); };
struct StaticMethod : MethodWrapper { static Type& type(); };

}  // namespace oro
