// Raising UnicodeEncodeError, UnicodeDecodeError and UnicodeTranslateError with their five fields. Runs no Python.
#pragma once
#include <string_view>

#include "object/bytes.h"
#include "object/str.h"

namespace oro {

Raised raise_encode_error(Thread& t, std::string_view encoding, Borrowed<Str> object, std::size_t start, std::size_t end,
                          std::string_view reason);
Raised raise_decode_error(Thread& t, std::string_view encoding, Borrowed<Bytes> object, std::size_t start, std::size_t end,
                          std::string_view reason);

}  // namespace oro
