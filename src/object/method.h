// Bound methods of functions written in Python (or of any callable): the type `method`.
#pragma once
#include "object/allocate.h"

namespace oro {

// Immutable after publication.
struct BoundMethod : Object {
    Fixed<> function, self;
    BoundMethod(Ref<> f, Ref<> s) : function(std::move(f)), self(std::move(s)) {}
    static constexpr auto fields = std::tuple{&BoundMethod::function, &BoundMethod::self};
    static Type& type();
};
extern Type method_type;

Result<Ref<BoundMethod>> make_bound_method(Thread& t, Borrowed<> function, Borrowed<> self);

}  // namespace oro
