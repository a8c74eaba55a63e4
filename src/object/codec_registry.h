// The registry of codecs and error handlers by name, one for the process. Its containers carry their own locks.
#pragma once
#include "object/codecs.h"

namespace oro {

// At start-up, once dict and list work.
void init_codec_registry(Thread& t);

Result<void> register_codec(Python& py, Borrowed<> search_function);
Result<void> unregister_codec(Python& py, Borrowed<> search_function);
// The CodecInfo tuple; LookupError "unknown encoding: X".
Result<Ref<Tuple>> lookup_codec(Python& py, std::string_view encoding);

Result<void> register_error_handler(Python& py, Borrowed<Str> name, Borrowed<> handler);
Result<bool> unregister_error_handler(Python& py, Borrowed<Str> name);
Result<Ref<>> lookup_error_handler(Python& py, std::string_view name);

// codecs.encode and codecs.decode: any object, any codec.
Result<Ref<>> encode_object(Python& py, Borrowed<> object, std::string_view encoding, std::string_view errors);
Result<Ref<>> decode_object(Python& py, Borrowed<> object, std::string_view encoding, std::string_view errors);

}  // namespace oro
