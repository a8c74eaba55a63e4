// Items of a buffer as Python values: the native formats of one character, which memoryview reads and writes.
#pragma once
#include "object/define.h"

namespace oro {

// The character of a format such as "B" or "@i"; 0 for anything else.
char simple_format(char const* format);
// Octets of an item of that format; 0 for an unknown one.
std::size_t format_size(char format);
Result<Ref<>> unpack_item(Thread& t, char const* p, char format);
Result<void> pack_item(Python& py, char* p, char format, Borrowed<> value);

}  // namespace oro
