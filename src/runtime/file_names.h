// File names between Python and the system: UTF-8, with surrogateescape for what is no UTF-8.
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

}  // namespace oro
