// types.GenericAlias: list[int] and the like.
#pragma once
#include "object/allocate.h"
#include "object/tuple.h"

namespace oro {

// Immutable, but for the parameters, which are computed when asked for.
struct GenericAlias : Object {
    Fixed<> origin;
    Fixed<Tuple> args;
    bool starred;                        // *tuple[int]: unpacked
    Member<Tuple> parameters;
    GenericAlias(Ref<> o, Ref<Tuple> a, bool s) : origin(std::move(o)), args(std::move(a)), starred(s) {}
    static constexpr auto fields = std::tuple{&GenericAlias::origin, &GenericAlias::args, &GenericAlias::parameters};
    static Type& type();
};

// origin[item]: for __class_getitem__. `item` is a tuple of arguments or the only one.
Result<Ref<>> make_generic_alias(Thread& t, Borrowed<> origin, Borrowed<> item);

}  // namespace oro
