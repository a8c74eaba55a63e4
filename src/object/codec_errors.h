// What a codec does where it cannot go on: the error handlers of PEP 293, built in or registered.
//
// A native codec makes one EncodeErrors or DecodeErrors for a run. handle() builds the exception, calls the handler and
// checks what it gives.
#pragma once
#include <string>

#include "object/bytes.h"
#include "object/define.h"
#include "object/str.h"

namespace oro {

// A handler's answer: what to put in place, and where to go on.
struct CodecPatch {
    Maybe<> text;              // str, or bytes when encoding
    std::size_t position = 0;
};

class EncodeErrors {
public:
    // Empty `errors` stands for strict. All three live as long as this.
    EncodeErrors(Python& py, Borrowed<Str> text, std::string_view encoding, std::string_view errors)
        : py_(py), text_(text), encoding_(encoding), errors_(errors) {}
    // For text [start, end).
    Result<CodecPatch> handle(std::size_t start, std::size_t end, std::string_view reason);
    Raised fail(std::size_t start, std::size_t end, std::string_view reason);

private:
    Python& py_;
    Borrowed<Str> text_;
    std::string_view encoding_, errors_;
    Maybe<> handler_;
};

class DecodeErrors {
public:
    DecodeErrors(Python& py, std::string_view octets, std::string_view encoding, std::string_view errors)
        : py_(py), octets_(octets), encoding_(encoding), errors_(errors) {}
    // For octets [start, end). The replacement goes into `out`; the result is where to go on. The handler may have put other
    // octets in place of the input: octets() has what holds from then on.
    Result<std::size_t> handle(StrBuilder& out, std::size_t start, std::size_t end, std::string_view reason);
    std::string_view octets() const { return octets_; }

private:
    Python& py_;
    std::string_view octets_;
    std::string_view encoding_, errors_;
    Maybe<> handler_;
    Maybe<Bytes> object_;      // the octets as the exceptions show them
};

// The handlers that are there from the start, as functions of an exception; null for another name.
MethodDef const* builtin_error_handler(std::string_view name);
inline constexpr std::string_view kBuiltinErrorHandlers[] = {
    "strict", "ignore", "replace", "xmlcharrefreplace", "backslashreplace", "namereplace", "surrogatepass", "surrogateescape"};

}  // namespace oro
