// Writing text.
#include "modules/_io/buffered.h"
#include "modules/_io/textio.h"
#include "object/codec_builtin.h"

namespace oro::io {

namespace {

Result<void> add_pending(Thread& t, TextSelf self, std::string_view octets) {
    std::size_t needed = self->pending_size + octets.size();
    if (needed > self->pending_capacity) {
        std::size_t capacity = needed + needed / 2 + 64;
        auto* grown = static_cast<char*>(buffer_reallocate(self->pending, capacity));
        if (!grown) return raise_no_memory(t);
        self->pending = grown;
        self->pending_capacity = capacity;
    }
    if (!octets.empty()) std::memcpy(self->pending + self->pending_size, octets.data(), octets.size());
    self->pending_size = needed;
    return {};
}

Result<Ref<>> encode(Python& py, TextSelf self, Borrowed<Str> text) {
    Maybe<Str> errors = self->errors.load(self.get());
    std::string_view handler = errors ? TRY(utf8_of(py, *errors)) : "strict";
    switch (self->codec) {
        case TextCodec::utf8: return TRY(codec::encode_utf8(py, text, handler));
        case TextCodec::ascii: return TRY(codec::encode_ascii(py, text, handler));
        case TextCodec::latin1: return TRY(codec::encode_latin1(py, text, handler));
        case TextCodec::other: break;
    }
    Maybe<> encoder = self->encoder.load(self.get());
    if (!encoder) return unsupported(py, "not writable");
    self->start_of_stream = false;
    Ref<> octets = TRY(call_method_with(py, *encoder, name::encode(), text));
    if (!is<Bytes>(octets)) return raise(py, exc::TypeError, "encoder should return a bytes object, not '{}'", TypeName{octets.value()});
    return octets;
}

struct OwnedOctets {
    char* data;
    std::size_t size, capacity;
    ~OwnedOctets() { buffer_free(data); }
};

}  // namespace

// What is pending is taken out first: a write that is entered again, or fails, writes nothing twice.
Result<void> write_pending(Python& py, TextSelf self) {
    if (self->pending_size == 0) return {};
    Ref<> buffer = TRY(buffer_of(py, self));
    OwnedOctets octets{std::exchange(self->pending, nullptr), std::exchange(self->pending_size, 0), std::exchange(self->pending_capacity, 0)};
    if (Optional<Buffered> plain = plain_buffered(py, buffer, name::write()); plain && &type_of(buffer) != &buffered_reader_type) {
        CHECK(buffered_write(py, *plain, {octets.data, octets.size}));
    } else {
        Ref<Bytes> copy = TRY(make_bytes(py, {octets.data, octets.size}));
        for (;;) {
            if (!call_method_with(py, buffer, name::write(), copy).raised()) break;
            if (!interrupted(py)) return Raised{};
        }
    }
    // The memory serves again.
    if (!self->pending && octets.capacity <= 1 << 16) {
        self->pending = std::exchange(octets.data, nullptr);
        self->pending_capacity = octets.capacity;
    }
    return {};
}

namespace text_io {

Result<std::int64_t> write(Python& py, TextSelf self, Borrowed<> object) {
    (void)TRY(buffer_of(py, self));
    if (!is<Str>(object)) return raise(py, exc::TypeError, "write() argument must be str, not {}", TypeName{object.value()});
    Borrowed<Str> given = as<Str>(object);
    Using use(py, self->use, self);
    if (!use) return Raised{};
    CHECK(check_open(py, self));
    if (!self->can_write) return unsupported(py, "not writable");
    std::int64_t size = std::int64_t(given->length());
    Ref<Str> text = given.share();
    bool by_line = self->line_buffering.load(), through = self->write_through.load();
    bool has_end = (by_line || !self->write_end.empty()) && find_char(*text, '\n', 0, text->length()) < text->length();
    if (has_end && !self->write_end.empty()) text = TRY(replace_newlines(py, text, self->write_end));
    bool flush_after = by_line && (has_end || find_char(*text, '\r', 0, text->length()) < text->length());
    // ASCII needs no encoding.
    Maybe<> encoded;
    std::string_view octets;
    if (text->is_ascii() && self->codec != TextCodec::other) {
        octets = text->ascii();
    } else {
        encoded = TRY(encode(py, self, text));
        octets = as<Bytes>(*encoded)->view();
    }
    std::size_t chunk = std::size_t(self->chunk_size.load());
    self->forget_text();
    self->forget_snapshot();
    if (self->can_read) CHECK(reset_decoder(py, self));
    // Large pieces don't pile up on those that wait.
    if (self->pending_size > 0 && self->pending_size + octets.size() > chunk) CHECK(write_pending(py, self));
    CHECK(add_pending(py, self, octets));
    if (self->pending_size >= chunk || flush_after || through) CHECK(write_pending(py, self));
    if (flush_after) {
        Ref<> buffer = TRY(buffer_of(py, self));
        if (Optional<Buffered> plain = plain_buffered(py, buffer, name::flush()); plain && &type_of(buffer) != &buffered_reader_type) {
            CHECK(buffered_flush(py, *plain));
        } else {
            CHECK(call_method_with(py, buffer, name::flush()));
        }
    }
    return size;
}

Result<void> flush(Python& py, TextSelf self) {
    (void)TRY(buffer_of(py, self));
    Using use(py, self->use, self);
    if (!use) return Raised{};
    CHECK(check_open(py, self));
    self->telling = self->seekable;
    CHECK(write_pending(py, self));
    Ref<> buffer = TRY(buffer_of(py, self));
    CHECK(call_method_with(py, buffer, name::flush()));
    return {};
}

}  // namespace text_io

}  // namespace oro::io
