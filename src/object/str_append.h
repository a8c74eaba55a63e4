// Putting text together where its size is known.
//
// `s += more` on a str that only the caller's reference knows (detail::is_exclusive): it may grow in place, so that building text piece
// by piece takes time proportional to its length. To everybody else a str stays immutable.
#pragma once
#include "object/str.h"

namespace oro {

// False if `s` has no room, or is of too narrow a kind; nothing has changed then. Requires that `s` is an exact, exclusive str.
bool append_in_place(Str& s, Str const& more);
// a + b with room for more behind it, if the result is long.
Result<Ref<Str>> concat_with_room(Thread& t, Borrowed<Str> a, Borrowed<Str> b);
// The pieces, which are all str, one behind the other.
Result<Ref<Str>> join_pieces(Thread& t, std::span<Value const> pieces);

}  // namespace oro
