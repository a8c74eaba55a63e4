// From the bytes of a source file to text: byte order mark, encoding declaration (PEP 263), decoding.
//
// UTF-8, Latin-1 and ASCII are decoded here. Any other encoding is reported by name, for the runtime to
// decode with its codecs and call the parser with the outcome. Pure functions; results live in the arena.
#pragma once

#include <string_view>

#include "base/arena.h"
#include "syntax/errors.h"

namespace oro::syntax {

enum class SourceEncoding : std::uint8_t { utf8, latin1, ascii, other };

// What the bytes say about themselves.
struct DetectedEncoding {
    SourceEncoding encoding = SourceEncoding::utf8;
    std::string_view name = "utf-8";  // as declared, in lower case with '-'; "utf-8" without a declaration
    bool declared = false;
    bool bom = false;
    int declaration_line = 0;         // 1 or 2 when declared
    bool conflict = false;            // a UTF-8 mark, but another encoding declared
};

DetectedEncoding detect_encoding(std::string_view bytes);

struct DecodedSource {
    std::string_view text;          // UTF-8, without the mark
    DetectedEncoding detected;
    bool needs_codec = false;       // the runtime has to decode bytes by detected.name
    const SyntaxError* error = nullptr;
};

DecodedSource decode_source(Arena& arena, std::string_view bytes);

}  // namespace oro::syntax
