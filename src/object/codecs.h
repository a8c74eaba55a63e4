// Text to octets and back by name of the encoding. The encodings that every program needs are built in (codec_builtin.h) and
// take no registry; all others, and error handlers by name, go through the registry (codec_registry.h).
#pragma once
#include <string_view>

#include "object/bytes.h"
#include "object/str.h"

namespace oro {

// str.encode and bytes.decode. Empty names stand for 'utf-8' and 'strict'. The result of a codec in Python is checked:
// bytes for encoding, str for decoding.
Result<Ref<Bytes>> encode_text(Python& py, Borrowed<Str> text, std::string_view encoding, std::string_view errors);
Result<Ref<Str>> decode_text(Python& py, std::string_view octets, std::string_view encoding, std::string_view errors);

}  // namespace oro
