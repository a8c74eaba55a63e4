// What the files of the module _json share: scanning and writing JSON strings.
//
// Threads: scanners and encoders never change once they are made; what a call needs stands on its stack.
#pragma once
#include <bit>
#include <cstring>

#include "object/byte_builder.h"
#include "object/define.h"

namespace oro::json {

extern Type scanner_type, encoder_type;

// json.JSONDecodeError(message, document, position)
Raised raise_decode_error(Python& py, char const* message, Borrowed<Str> document, std::size_t position);

// ---- looking at eight octets at once: the high bit of an octet of the result is set if it is what is looked for. Right up to
// the first such octet.
inline constexpr std::uint64_t kOnes = 0x0101010101010101, kHigh = 0x8080808080808080;
constexpr std::uint64_t octets_zero(std::uint64_t w) { return (w - kOnes) & ~w & kHigh; }
constexpr std::uint64_t octets_equal(std::uint64_t w, std::uint8_t c) { return octets_zero(w ^ (kOnes * c)); }
constexpr std::uint64_t octets_below(std::uint64_t w, std::uint8_t c) { return (w - kOnes * c) & ~w & kHigh; }
inline std::uint64_t load_octets(void const* p) {
    std::uint64_t w;
    std::memcpy(&w, p, sizeof w);
    return w;
}

// Text that is about to be: ASCII octets as long as all of it is ASCII, then a StrBuilder.
class Writer {
public:
    explicit Writer(Thread& t) : t_(t), pending_(t), wide_(t) {}
    void add(char c) { pending_.add(c); }
    void add(std::string_view ascii) { pending_.add(ascii); }
    void add(Str const& s) {
        if (s.is_ascii()) pending_.add(s.ascii());
        else add(s, 0, s.length());
    }
    void add(Str const& s, std::size_t begin, std::size_t end) {
        flush();
        wide_.add(s, begin, end);
    }
    ByteBuilder& octets() { return pending_; }
    Result<Ref<Str>> finish();

private:
    void flush() {
        if (pending_.size() == 0) return;
        wide_.add(pending_.view());
        pending_.clear();
    }
    Thread& t_;
    ByteBuilder pending_;
    StrBuilder wide_;
};

enum class Escaping : std::uint8_t { ascii, unicode };   // whether characters beyond ASCII are escaped too
// The str in quotes.
void write_string(Writer& out, Str const& s, Escaping escaping);

// The rest of a string whose opening quote stands at begin - 1; *next: behind the closing one.
enum class Control : bool { allowed, refused };
Result<Ref<Str>> scan_string(Python& py, Borrowed<Str> document, std::size_t begin, Control control, std::size_t* next);

// ---- functions and makers for the module's table
Result<Ref<Str>> encode_basestring(Thread& t, Borrowed<> text);
Result<Ref<Str>> encode_basestring_ascii(Thread& t, Borrowed<> text);
Result<Ref<>> scanstring(Python& py, Borrowed<> document, std::int64_t end, bool strict);
// Whether a callable is one of the two functions above.
bool is_own_encoder(Borrowed<> callable, Escaping* escaping);

}  // namespace oro::json
