// Decoding and encoding for text files.
#include "modules/_io/textio.h"
#include "object/byte_builder.h"
#include "object/codec_builtin.h"
#include "object/codec_registry.h"

namespace oro::io {

TextCodec known_codec(std::string_view encoding) {
    char plain[16];
    std::size_t n = 0;
    for (char c : encoding) {
        if (c == '_' || c == '-' || c == ' ') continue;
        if (n == sizeof plain) return TextCodec::other;
        plain[n++] = c >= 'A' && c <= 'Z' ? char(c + 32) : c;
    }
    std::string_view name(plain, n);
    if (name == "utf8") return TextCodec::utf8;
    if (name == "ascii" || name == "usascii") return TextCodec::ascii;
    if (name == "latin1" || name == "iso88591") return TextCodec::latin1;
    return TextCodec::other;
}

Result<void> set_codec(Python& py, TextSelf self, Borrowed<Str> encoding, Borrowed<Str> errors) {
    std::string_view name = TRY(utf8_of(py, encoding));
    (void)TRY(utf8_of(py, errors));
    Ref<> buffer = TRY(buffer_of(py, self));
    TextCodec codec = known_codec(name);
    Maybe<> decoder, encoder;
    Maybe<> info;
    if (codec == TextCodec::other) {
        info = TRY(lookup_codec(py, name));
        Maybe<> for_text = TRY(find_attribute(py, *info, name::_is_text_encoding()));
        if (for_text && !TRY(truth(py, *for_text))) return raise(py, exc::LookupError, "'{}' is not a text encoding", encoding);
    }
    bool can_read = TRY(truth(py, TRY(call_method_with(py, buffer, name::readable()))));
    bool can_write = TRY(truth(py, TRY(call_method_with(py, buffer, name::writable()))));
    if (info) {
        if (can_read) decoder = TRY(call_method_with(py, *info, name::incrementaldecoder(), errors));
        if (can_write) encoder = TRY(call_method_with(py, *info, name::incrementalencoder(), errors));
    }
    self->codec = codec;
    self->can_read = can_read;
    self->can_write = can_write;
    self->partial_size = 0;
    self->newlines.pending_cr = false;
    self->start_of_stream = true;
    self->decoder.store(self.get(), std::move(decoder));
    self->encoder.store(self.get(), std::move(encoder));
    self->encoding.store(self.get(), encoding.share());
    self->errors.store(self.get(), errors.share());
    // A file that is continued has its mark already.
    if (self->seekable && can_write && codec == TextCodec::other) {
        Ref<> at = TRY(call_method_with(py, buffer, name::tell()));
        if (!at.is(Value::of_int(0))) CHECK(reset_encoder(py, self, false));
    }
    return {};
}

namespace {

Result<Ref<Str>> decode_builtin(Python& py, TextSelf self, std::string_view octets, bool final) {
    if (self->codec == TextCodec::latin1) return codec::decode_latin1(py, octets);
    Maybe<Str> errors = self->errors.load(self.get());
    std::string_view handler = errors ? TRY(utf8_of(py, *errors)) : "strict";
    if (self->codec == TextCodec::ascii) return codec::decode_ascii(py, octets, handler);
    std::size_t consumed = 0;
    if (self->partial_size == 0) {
        Ref<Str> text = TRY(codec::decode_utf8(py, octets, handler, final, &consumed));
        std::string_view rest = octets.substr(consumed);
        if (rest.size() <= sizeof self->partial) {
            if (!rest.empty()) std::memcpy(self->partial, rest.data(), rest.size());
            self->partial_size = std::uint8_t(rest.size());
        }
        return text;
    }
    ByteBuilder all(py);
    all.add({self->partial, self->partial_size});
    all.add(octets);
    if (all.failed()) return raise_no_memory(py);
    Ref<Str> text = TRY(codec::decode_utf8(py, all.view(), handler, final, &consumed));
    std::string_view rest = all.view().substr(consumed);
    if (rest.size() <= sizeof self->partial) {
        if (!rest.empty()) std::memcpy(self->partial, rest.data(), rest.size());
        self->partial_size = std::uint8_t(rest.size());
    }
    return text;
}

Result<Ref<>> decoder_of(Thread& t, TextSelf self) {
    if (Maybe<> decoder = self->decoder.load(self.get())) return std::move(decoder).take();
    return unsupported(t, "not readable");
}

}  // namespace

Result<Ref<Str>> decode(Python& py, TextSelf self, std::string_view octets, Optional<> object, bool final) {
    Maybe<Str> text;
    if (self->codec != TextCodec::other) {
        text = TRY(decode_builtin(py, self, octets, final));
    } else {
        Ref<> decoder = TRY(decoder_of(py, self));
        Ref<> input = object ? (*object).share() : Ref<>(TRY(make_bytes(py, octets)));
        Ref<> result = TRY(call_method_with(py, decoder, name::decode(), input, Borrowed<>(Value::of_bool(final))));
        if (!is<Str>(result)) return raise(py, exc::TypeError, "decoder should return a string result, not '{}'", TypeName{result.value()});
        text = as<Str>(std::move(result));
    }
    if (!self->universal) return std::move(text).take();
    return self->newlines.decode(py, std::move(text).take(), final);
}

// The flag of a held back "\r" stands below the decoder's own.
Result<DecoderState> decoder_state(Python& py, TextSelf self) {
    Maybe<Bytes> octets;
    std::uint64_t flags = 0;
    if (self->codec != TextCodec::other) {
        octets = TRY(make_bytes(py, {self->partial, self->partial_size}));
    } else {
        Ref<> decoder = TRY(decoder_of(py, self));
        Ref<> state = TRY(call_method_with(py, decoder, name::getstate()));
        if (!is<Tuple>(state) || as<Tuple>(Borrowed<>(state))->size != 2) return raise(py, exc::TypeError, "illegal decoder state");
        Borrowed<Tuple> pair = as<Tuple>(Borrowed<>(state));
        if (!is_any_int(pair->slots[1])) return raise(py, exc::TypeError, "illegal decoder state");
        if (!is<Bytes>(pair->slots[0])) {
            return raise(py, exc::TypeError, "illegal decoder state: the first item should be a bytes object, not '{}'", TypeName{pair->slots[0]});
        }
        octets = as<Bytes>(share(pair->slots[0]));
        flags = std::uint64_t(TRY(to_int64(py, Borrowed<>(pair->slots[1]), nullptr)));
    }
    if (self->universal) flags = flags << 1 | std::uint64_t(self->newlines.pending_cr);
    return DecoderState{std::move(octets).take(), flags};
}

Result<void> set_decoder_state(Python& py, TextSelf self, std::string_view octets, std::uint64_t flags) {
    if (self->universal) {
        self->newlines.pending_cr = flags & 1;
        flags >>= 1;
    }
    if (self->codec != TextCodec::other) {
        self->partial_size = std::uint8_t(octets.size() <= sizeof self->partial ? octets.size() : 0);
        if (self->partial_size) std::memcpy(self->partial, octets.data(), self->partial_size);
        return {};
    }
    Ref<> decoder = TRY(decoder_of(py, self));
    Ref<Tuple> state = TRY(make_tuple_of(py, TRY(make_bytes(py, octets)), TRY(make_int_unsigned(py, flags))));
    CHECK(call_method_with(py, decoder, name::setstate(), state));
    return {};
}

Result<void> reset_decoder(Python& py, TextSelf self) {
    self->partial_size = 0;
    if (self->universal) {
        self->newlines.pending_cr = false;
        self->newlines.seen = 0;
    }
    if (Maybe<> decoder = self->decoder.load(self.get())) CHECK(call_method_with(py, *decoder, name::reset()));
    return {};
}

Result<void> reset_encoder(Python& py, TextSelf self, bool start_of_stream) {
    self->start_of_stream = start_of_stream;
    Maybe<> encoder = self->encoder.load(self.get());
    if (!encoder) return {};
    if (start_of_stream) CHECK(call_method_with(py, *encoder, name::reset()));
    else CHECK(call_method_with(py, *encoder, name::setstate(), Borrowed<>(Value::of_int(0))));
    return {};
}

}  // namespace oro::io
