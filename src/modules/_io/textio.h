// TextIOWrapper: text over a buffered file.
//
// The encodings that most files have (UTF-8, ASCII, Latin-1) are decoded and encoded right here; others go through the
// incremental decoder and encoder of their codec.
//
// Threads: `use` is held for each operation, calls of the buffer and of codecs included, and governs the fields below it. A
// thread may enter again from within (a signal handler that prints), so nothing is relied upon across a call.
#pragma once
#include "modules/_io/io.h"
#include "modules/_io/newline.h"

namespace oro::io {

enum class TextCodec : std::uint8_t { utf8, ascii, latin1, other };
// The codec behind a name in any of its usual spellings.
TextCodec known_codec(std::string_view encoding);

struct DecoderState {
    Ref<Bytes> octets;            // taken but not decoded yet
    std::uint64_t flags;
};

struct TextIO : Object {
    Member<> buffer;
    Member<Str> encoding, errors;
    Member<> decoder, encoder;    // of TextCodec::other
    std::atomic<bool> ready{false}, detached{false}, finalizing{false}, line_buffering{false}, write_through{false};
    std::atomic<std::int64_t> chunk_size{8192};
    UseLock use;
    TextCodec codec = TextCodec::utf8;
    bool can_read = false, can_write = false;
    bool seekable = false, telling = false, has_read1 = false;
    bool universal = false;                  // all ends of lines end a line
    char end_of_line = '\n', end_size = 1;   // otherwise: '\n', '\r', or two for "\r\n"
    bool start_of_stream = true;             // for encoders that write a mark there
    Newlines newlines;
    // Octets taken by a built-in decoder, not decoded yet.
    char partial[4];
    std::uint8_t partial_size = 0;
    std::string_view write_end;              // what "\n" is written as; empty: itself
    Maybe<Str> decoded;                      // text read ahead, of which `used` characters were given out
    std::size_t used = 0;
    bool has_snapshot = false;               // the decoder's state before the last piece, and the octets of that piece
    std::uint64_t snapshot_flags = 0;
    Maybe<Bytes> snapshot;
    double octets_per_char = 0;
    char* pending = nullptr;                 // octets to be written
    std::size_t pending_size = 0, pending_capacity = 0;
    ~TextIO() { buffer_free(pending); }
    static constexpr auto fields =
        std::tuple{&TextIO::buffer, &TextIO::encoding, &TextIO::errors, &TextIO::decoder, &TextIO::encoder};
    static Type& type() { return textiowrapper_type; }
    std::size_t ahead() const { return decoded ? decoded->length() - used : 0; }
    void forget_text() { decoded = {}; used = 0; }
    void forget_snapshot() { has_snapshot = false; snapshot = {}; }
};
using TextSelf = Borrowed<TextIO>;

// ---- state
Result<Ref<>> buffer_of(Thread& t, TextSelf self);
// ValueError if not initialised, detached or closed.
Result<void> check_open(Python& py, TextSelf self);
Result<void> set_newline(Python& py, TextSelf self, Optional<Str> newline);
// Takes up an encoding: `encoding` and `errors` are set, decoder and encoder made.
Result<void> set_codec(Python& py, TextSelf self, Borrowed<Str> encoding, Borrowed<Str> errors);

// ---- decoding and encoding
Result<Ref<Str>> decode(Python& py, TextSelf self, std::string_view octets, Optional<> object, bool final);
Result<DecoderState> decoder_state(Python& py, TextSelf self);
Result<void> set_decoder_state(Python& py, TextSelf self, std::string_view octets, std::uint64_t flags);
Result<void> reset_decoder(Python& py, TextSelf self);
Result<void> reset_encoder(Python& py, TextSelf self, bool start_of_stream);

// ---- moving octets
// Gives what is pending to the buffer.
Result<void> write_pending(Python& py, TextSelf self);
// Reads a piece into `decoded`, whose text is used up; false at the end of the file.
Result<bool> read_piece(Python& py, TextSelf self, std::size_t hint);

// ---- methods
namespace text_io {
Result<std::int64_t> write(Python& py, TextSelf self, Borrowed<> text);
Result<void> flush(Python& py, TextSelf self);
Result<Ref<Str>> read(Python& py, TextSelf self, Optional<> size);
Result<Ref<Str>> readline(Python& py, TextSelf self, Optional<> size);
Next next_line(Python& py, TextSelf self);
Result<Ref<>> tell(Python& py, TextSelf self);
Result<Ref<>> seek(Python& py, TextSelf self, Borrowed<> cookie, int whence);
Result<Ref<>> truncate(Python& py, TextSelf self, Optional<> size);
}  // namespace text_io

}  // namespace oro::io
