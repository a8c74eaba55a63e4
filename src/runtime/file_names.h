// What Python says and the system takes: file names (UTF-8, with surrogateescape for what is no UTF-8), descriptors, ids.
#pragma once
#include "object/bytes.h"
#include "object/str.h"

namespace oro {

Result<Ref<Str>> fs_decode(Python& py, std::string_view octets);
// os.fspath(): a str or bytes; TypeError "expected str, bytes or os.PathLike object, not X".
Result<Ref<>> fspath(Python& py, Borrowed<> path);
// os.fsencode(), for the system: ValueError "embedded null byte".
Result<Ref<Bytes>> fs_encode(Python& py, Borrowed<> path);
// The octets of a str or bytes as they are.
Result<Ref<Bytes>> fs_octets(Python& py, Borrowed<> text);
// What __fspath__ gives, checked; null if the object has none.
Result<Maybe<>> call_fspath(Python& py, Borrowed<> path);

// A descriptor: an int, or an object with fileno().
Result<int> descriptor_from(Python& py, Borrowed<> v);
// A user's or group's id (`what`: "uid" or "gid"); -1 stands for 'unchanged'.
Result<std::uint32_t> id_from(Python& py, Borrowed<> v, char const* what);

// A number as C's unsigned type of `bits` bits, `name` of which errors tell; ValueError for a negative one.
Result<std::uint32_t> unsigned_from(Python& py, Borrowed<> v, int bits, char const* name);

}  // namespace oro
