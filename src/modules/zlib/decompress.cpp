// zlib.Decompress and _ZlibDecompressor: streams that are decompressed piece by piece.
#include "modules/zlib/zlib_module.h"

namespace oro::zlib_module {

namespace {

// Both types: what isn't decompressed yet and what stands behind the end.
struct Inflate : Stream {
    std::atomic<bool> eof{false}, needs_input{true};
    Member<Bytes> unused, pending;       // unused_data; unconsumed_tail or, of a _ZlibDecompressor, input that is kept
    ~Inflate() { if (initialized) inflateEnd(&z); }
    static constexpr auto fields = std::tuple{&Inflate::dictionary, &Inflate::unused, &Inflate::pending};
};
struct Decompress : Inflate {
    static constexpr auto fields = Inflate::fields;
    static Type& type() { return decompress_type; }
};
struct Decompressor : Inflate {
    static constexpr auto fields = Inflate::fields;
    static Type& type() { return decompressor_type; }
};

Result<void> use_dictionary(Thread& t, Inflate& s) {
    int code = inflateSetDictionary(&s.z, reinterpret_cast<Bytef const*>(s.dictionary->data), uInt(s.dictionary->size));
    if (code != Z_OK) return raise_zlib(t, s.z, code, "setting zdict");
    return {};
}

// Decompresses; the lock is held. At the end of the stream, or when there is no more room, input may be left.
Result<int> inflate_into(Python& py, Inflate& s, Input& in, ByteBuilder& out, std::size_t most, std::size_t room) {
    for (;;) {
        int code = run(py, s.z, in, out, most, room, [](z_stream& z, bool) { return inflate(&z, Z_SYNC_FLUSH); });
        if (code == Z_NEED_DICT && s.dictionary) {
            CHECK(use_dictionary(py, s));
            continue;
        }
        if (code == Z_MEM_ERROR) return raise_no_memory(py);
        if (code != Z_OK && code != Z_BUF_ERROR && code != Z_STREAM_END) return raise_zlib(py, s.z, code, "decompressing data");
        return code;
    }
}

Result<void> start(Python& py, Inflate& s, int wbits, Optional<> zdict) {
    s.unused.set(TRY(make_bytes(py, {})));
    s.pending.set(TRY(make_bytes(py, {})));
    if (zdict) {
        Ref<Bytes> octets = TRY(dictionary_from(py, *zdict));
        if (octets->size) s.dictionary.init(std::move(octets));
    }
    int code = inflateInit2(&s.z, wbits);
    if (code == Z_MEM_ERROR) return raise_no_memory(py);
    if (code == Z_STREAM_ERROR) return raise(py, exc::ValueError, "Invalid initialization option");
    if (code != Z_OK) return raise_zlib(py, s.z, code, "creating decompression object");
    s.initialized = true;
    // A raw stream has no header that could ask for the dictionary.
    if (s.dictionary && wbits < 0) return use_dictionary(py, s);
    return {};
}

// ---- Decompress

using Self = Borrowed<Decompress>;

// Files what is left: behind the end of the stream, or input for which there was no room.
Result<void> keep_rest(Python& py, Inflate& s, std::string_view left, bool ended) {
    if (ended) {
        s.eof.store(true);
        if (!left.empty()) {
            Maybe<Bytes> before = s.unused.load(&s);
            ByteBuilder all(py);
            all.add(before->view());
            all.add(left);
            s.unused.store(&s, TRY(all.finish()));
        }
        left = {};
    }
    s.pending.store(&s, TRY(make_bytes(py, left)));
    return {};
}

Result<Ref<>> decompress(Python& py, Self self, BytesLike const& data, std::int64_t max_length) {
    if (max_length < 0) return raise(py, exc::ValueError, "max_length must be non-negative");
    std::size_t most = max_length ? std::size_t(max_length) : SIZE_MAX;
    Input in{data.view()};
    ByteBuilder out(py);
    Hold hold(py, *self);
    if (self->eof.load()) {
        CHECK(keep_rest(py, *self, in.left, true));
        return TRY(out.finish());
    }
    int code = TRY(inflate_into(py, *self, in, out, most, kFirstRoom));
    CHECK(keep_rest(py, *self, in.left, code == Z_STREAM_END));
    return TRY(out.finish());
}

Result<Ref<>> flush(Python& py, Self self, std::int64_t length) {
    if (length <= 0) return raise(py, exc::ValueError, "length must be greater than zero");
    ByteBuilder out(py);
    Hold hold(py, *self);
    Maybe<Bytes> rest = self->pending.load(self.get());
    Input in{rest->view()};
    if (self->eof.load()) return TRY(out.finish());
    int code = TRY(inflate_into(py, *self, in, out, SIZE_MAX, std::size_t(length)));
    CHECK(keep_rest(py, *self, in.left, code == Z_STREAM_END));
    return TRY(out.finish());
}

Result<Ref<>> copy(Python& py, Self self) {
    Ref<Decompress> other = TRY(make<Decompress>(py, decompress_type));
    Hold hold(py, *self);
    int code = inflateCopy(&other->z, &self->z);
    if (code == Z_MEM_ERROR) return raise_no_memory(py);
    if (code != Z_OK) return raise(py, exc::ValueError, "Inconsistent stream state");
    other->initialized = true;
    if (self->dictionary) other->dictionary.init(self->dictionary.share());
    other->eof.store(self->eof.load());
    other->unused.set(self->unused.load(self.get()));
    other->pending.set(self->pending.load(self.get()));
    return other;
}
Result<Ref<>> deepcopy(Python& py, Self self, Borrowed<>) { return copy(py, self); }

template <class T> Value get_unused(Python&, Value self) { return as<T>(self)->unused.load(as<T>(self).get()).release(); }
Value get_tail(Python&, Value self) { return as<Decompress>(self)->pending.load(as<Decompress>(self).get()).release(); }
template <class T> Value get_eof(Python&, Value self) { return Value::of_bool(as<T>(self)->eof.load()); }
Value get_needs_input(Python&, Value self) { return Value::of_bool(as<Decompressor>(self)->needs_input.load()); }

constexpr MethodDef methods[] = {
    def<decompress>("decompress", "data, /, max_length=0", "The data that more of the stream gives; at most max_length octets, if that isn't 0."),
    def<flush>("flush", "length=16384, /", "What the rest of the input gives."),
    def<copy>("copy", "", "A stream that goes on from the same place."),
    def<copy>("__copy__", "", ""),
    def<deepcopy>("__deepcopy__", "memo, /", ""),
};
constexpr GetSetDef getsets[] = {
    {"unused_data", get_unused<Decompress>, nullptr, "what follows the end of the stream"},
    {"unconsumed_tail", get_tail, nullptr, "input that wasn't needed for max_length octets"},
    {"eof", get_eof<Decompress>, nullptr, "whether the end of the stream was reached"},
};
constexpr TypeDef decompress_def{.name = "zlib.Decompress", .size = sizeof(Decompress), .flags = type_flag::disallow_new,
                                 .hooks = hooks_of<Decompress>(), .methods = methods, .getsets = getsets};

// ---- _ZlibDecompressor: keeps the input itself, as gzip wants it

Result<Ref<>> decompress_more(Python& py, Borrowed<Decompressor> self, BytesLike const& data, std::int64_t max_length) {
    std::size_t most = max_length < 0 ? SIZE_MAX : std::size_t(max_length);
    ByteBuilder all(py), out(py);
    Hold hold(py, *self);
    if (self->eof.load()) return raise(py, exc::EOFError, "End of stream already reached");
    Maybe<Bytes> kept = self->pending.load(self.get());
    Input in{data.view()};
    if (kept->size) {
        all.add(kept->view());
        all.add(data.view());
        if (all.failed()) return raise_no_memory(py);
        in.left = all.view();
    }
    int code = most == 0 ? Z_OK : TRY(inflate_into(py, *self, in, out, most, kFirstRoom));
    if (code == Z_STREAM_END) self->needs_input.store(false);
    else self->needs_input.store(in.left.empty() && out.size() < most);
    CHECK(keep_rest(py, *self, in.left, code == Z_STREAM_END));
    return TRY(out.finish());
}
Value new_decompressor(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    auto make_it = [&]() -> Result<Ref<>> {
        static constexpr char const* kNames[] = {"wbits", "zdict"};
        Value out[2];
        CHECK(parse_arguments(py, "_ZlibDecompressor", kNames, 0, 2, 0, args, n, names, out));
        std::int64_t wbits = out[0] ? TRY(to_int64(py, Borrowed<>(out[0]), &exc::OverflowError)) : MAX_WBITS;
        Ref<Decompressor> d = TRY(make<Decompressor>(py, type));
        CHECK(start(py, *d, int(std::clamp<std::int64_t>(wbits, INT_MIN, INT_MAX)), Optional<>(out[1])));
        return d;
    };
    return make_it().release();
}
constexpr MethodDef decompressor_methods[] = {
    def<decompress_more>("decompress", "data, max_length=-1", "The data that more of the stream gives; at most max_length octets, if that isn't negative."),
};
constexpr GetSetDef decompressor_getsets[] = {
    {"eof", get_eof<Decompressor>, nullptr, "whether the end of the stream was reached"},
    {"unused_data", get_unused<Decompressor>, nullptr, "what follows the end of the stream"},
    {"needs_input", get_needs_input, nullptr, "whether more input is needed for more output"},
};
constexpr TypeDef decompressor_def{.name = "zlib._ZlibDecompressor", .doc = "Decompresses piece by piece, keeping what isn't used yet.",
                                   .signature = "wbits=15, zdict=b''", .size = sizeof(Decompressor), .hooks = hooks_of<Decompressor>(),
                                   .new_ = new_decompressor, .methods = decompressor_methods, .getsets = decompressor_getsets};

}  // namespace

ORO_TYPE(decompress_type, decompress_def);
ORO_TYPE(decompressor_type, decompressor_def);

Result<Ref<>> decompressobj(Python& py, int wbits, Optional<> zdict) {
    Ref<Decompress> d = TRY(make<Decompress>(py, decompress_type));
    CHECK(start(py, *d, wbits, zdict));
    return d;
}

}  // namespace oro::zlib_module
