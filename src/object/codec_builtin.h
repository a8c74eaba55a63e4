// The codecs that are built in. Encoders take a str and give bytes; decoders take octets and tell how many they used:
// unless `final`, an incomplete sequence at the end is left for the next call.
#pragma once
#include "object/codec_errors.h"

namespace oro::codec {

enum class ByteOrder : std::int8_t { little = -1, native = 0, big = 1 };  // native: little, with a byte order mark

using Encoded = Result<Ref<Bytes>>;
using Decoded = Result<Ref<Str>>;

Encoded encode_utf8(Python& py, Borrowed<Str> s, std::string_view errors);
Encoded encode_utf16(Python& py, Borrowed<Str> s, std::string_view errors, ByteOrder order);
Encoded encode_utf32(Python& py, Borrowed<Str> s, std::string_view errors, ByteOrder order);
Encoded encode_utf7(Python& py, Borrowed<Str> s);
Encoded encode_latin1(Python& py, Borrowed<Str> s, std::string_view errors);
Encoded encode_ascii(Python& py, Borrowed<Str> s, std::string_view errors);
// The mapping is None (Latin-1), a dict or other mapping from code points to ints, bytes or None.
Encoded encode_charmap(Python& py, Borrowed<Str> s, std::string_view errors, Borrowed<> mapping);
Encoded encode_unicode_escape(Python& py, Borrowed<Str> s);
Encoded encode_raw_unicode_escape(Python& py, Borrowed<Str> s);

Decoded decode_utf8(Python& py, std::string_view octets, std::string_view errors, bool final, std::size_t* consumed);
// `order`: in, what is known; out, what the byte order mark told.
Decoded decode_utf16(Python& py, std::string_view octets, std::string_view errors, ByteOrder* order, bool final, std::size_t* consumed);
Decoded decode_utf32(Python& py, std::string_view octets, std::string_view errors, ByteOrder* order, bool final, std::size_t* consumed);
Decoded decode_utf7(Python& py, std::string_view octets, std::string_view errors, bool final, std::size_t* consumed);
Decoded decode_latin1(Python& py, std::string_view octets);
Decoded decode_ascii(Python& py, std::string_view octets, std::string_view errors);
Decoded decode_charmap(Python& py, std::string_view octets, std::string_view errors, Borrowed<> mapping);
Decoded decode_unicode_escape(Python& py, std::string_view octets, std::string_view errors, bool final, std::size_t* consumed);
Decoded decode_raw_unicode_escape(Python& py, std::string_view octets, std::string_view errors, bool final, std::size_t* consumed);

}  // namespace oro::codec
