// Names of files as the system takes them.
#pragma once
#include "object/bytes.h"

namespace oro::io {

// A str, bytes or path-like object as octets, followed by a zero; ValueError if there is a zero among them.
Result<Ref<Bytes>> path_octets(Python& py, Borrowed<> path);

}  // namespace oro::io
