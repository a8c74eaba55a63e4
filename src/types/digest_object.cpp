#include "types/digest_object.h"

namespace oro {

Result<Buffer> hashable_buffer(Python& py, Borrowed<> v) {
    if (is<Str>(v)) return raise(py, exc::TypeError, "Strings must be encoded before hashing");
    if (!has_buffer(py, v)) return raise(py, exc::TypeError, "object supporting the buffer API required");
    Buffer buffer = TRY(get_buffer(py, v));
    if (buffer.dims > 1) return raise(py, exc::BufferError, "Buffer must be single dimension");
    return buffer;
}

Result<Optional<>> initial_data(Thread& t, Optional<> data, Borrowed<> string) {
    if (string.is(kNone)) return data;
    if (data) {
        return raise(t, exc::TypeError,
                     "'data' and 'string' are mutually exclusive and support for 'string' keyword parameter is slated for "
                     "removal in a future version.");
    }
    return Optional<>(string);
}

Raised raise_crypto(Thread& t, Type& type) {
    CryptoError error = take_crypto_error();
    if (error.no_memory) return raise_no_memory(t);
    return raise(t, type, "{}", std::string_view(error.text));
}

Result<Ref<Str>> hex_of(Thread& t, std::string_view octets) {
    Ref<Str> text = TRY(make_str_uninitialized(t, octets.size() * 2, 127));
    auto* out = static_cast<char*>(text->data());
    for (char c : octets) {
        *out++ = "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
        *out++ = "0123456789abcdef"[c & 15];
    }
    *out = 0;
    return text;
}

namespace {

DigestObject& object_of(Borrowed<> self) { return *static_cast<DigestObject*>(self.value().pointer()); }

Result<void> feed(Python& py, DigestObject& o, Borrowed<> data) {
    Buffer buffer = TRY(hashable_buffer(py, data));
    bool done = false;
    hash_with(py, o.busy, buffer.size, [&] { done = o.state.update(buffer.bytes()); });
    if (!done) return raise_crypto(py, exc::ValueError);
    return {};
}

Result<void> update(Python& py, Borrowed<> self, Borrowed<> obj) { return feed(py, object_of(self), obj); }

Result<Ref<>> copy(Python& py, Borrowed<> self) {
    DigestObject& o = object_of(self);
    Digest fork;
    {
        HashLock held(py, o.busy);
        fork = o.state.copy();
    }
    if (!fork.ok()) return raise_crypto(py, exc::ValueError);
    return make<DigestObject>(py, type_of(self), std::move(fork));
}

Result<Ref<Bytes>> octets(Python& py, DigestObject& o, std::size_t size) {
    Ref<Bytes> result = TRY(make_bytes_uninitialized(py, size));
    bool done = false;
    hash_with(py, o.busy, size, [&] { done = o.state.digest(reinterpret_cast<std::uint8_t*>(result->data), size); });
    if (!done) return raise_crypto(py, exc::ValueError);
    return result;
}

Result<Ref<Bytes>> digest(Python& py, Borrowed<> self) {
    DigestObject& o = object_of(self);
    return octets(py, o, std::size_t(o.state.digest_size()));
}
Result<Ref<Str>> hexdigest(Python& py, Borrowed<> self) {
    Ref<Bytes> result = TRY(digest(py, self));
    return hex_of(py, result->view());
}

Result<Ref<Bytes>> digest_of_length(Python& py, Borrowed<> self, Borrowed<> length) {
    Ref<> n = TRY(to_index(py, length));
    if (int_is_negative(n.value())) return raise(py, exc::ValueError, "Cannot convert negative int");
    if (!n.value().is_int() || n.value().as_int() >= (1 << 29)) return raise(py, exc::ValueError, "length is too large");
    return octets(py, object_of(self), std::size_t(n.value().as_int()));
}
Result<Ref<Str>> hexdigest_of_length(Python& py, Borrowed<> self, Borrowed<> length) {
    Ref<Bytes> result = TRY(digest_of_length(py, self, length));
    return hex_of(py, result->view());
}

}  // namespace

// These ask for what never changes: no lock.
Value get_digest_size(Python&, Value self) { return Value::of_int(object_of(Borrowed<>(self)).state.digest_size()); }
Value get_block_size(Python&, Value self) { return Value::of_int(object_of(Borrowed<>(self)).state.block_size()); }
Value get_digest_name(Python& py, Value self) {
    return make_str(py, std::string_view(object_of(Borrowed<>(self)).state.name())).release();
}

Result<Ref<>> make_digest(Python& py, Type& type, Digest digest, Optional<> data) {
    Ref<DigestObject> o = TRY(make<DigestObject>(py, type, std::move(digest)));
    if (data) CHECK(feed(py, *o, *data));
    return o;
}

constexpr MethodDef const digest_methods[4] = {
    def<update>("update", "obj, /", "Hash more data."),
    def<digest>("digest", "", "The hash of all data so far, as bytes."),
    def<hexdigest>("hexdigest", "", "The hash of all data so far, in hexadecimal."),
    def<copy>("copy", "", "A copy that goes its own way."),
};
constexpr MethodDef const xof_methods[4] = {
    def<update>("update", "obj, /", "Hash more data."),
    def<digest_of_length>("digest", "length", "That many bytes of the hash of all data so far."),
    def<hexdigest_of_length>("hexdigest", "length", "That many bytes of the hash of all data so far, in hexadecimal."),
    def<copy>("copy", "", "A copy that goes its own way."),
};

}  // namespace oro
