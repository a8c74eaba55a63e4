// types.GenericAlias: list[int] and the like.
#pragma once
#include "object/allocate.h"
#include "object/generic_alias.h"
#include "object/str.h"
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


// ---- parameters of generics, for aliases, unions and type aliases

// The type variables in the arguments of a generic, each once.
Result<Ref<Tuple>> generic_parameters(Python& py, Borrowed<Tuple> args);
// `args` with its type variables (`parameters`) replaced by those of `item`, for self[item].
Result<Ref<Tuple>> substitute_parameters(Python& py, Borrowed<> self, Borrowed<Tuple> args, Borrowed<Tuple> parameters, Borrowed<> item);
// How an argument is shown: int, not <class 'int'>.
Result<void> add_type_repr(Python& py, StrBuilder& out, Borrowed<> argument);
// An attribute by its name in ASCII; null if there is none.
Result<Maybe<>> find_named(Python& py, Borrowed<> object, std::string_view name);

}  // namespace oro
