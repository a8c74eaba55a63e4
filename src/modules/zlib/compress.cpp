// zlib.Compress: a stream that is compressed piece by piece.
#include "modules/zlib/zlib_module.h"

namespace oro::zlib_module {

namespace {

struct Compress : Stream {
    ~Compress() { if (initialized) deflateEnd(&z); }
    static constexpr auto fields = std::tuple{&Compress::dictionary};
    static Type& type() { return compress_type; }
};
using Self = Borrowed<Compress>;

Raised inconsistent(Thread& t, char const* doing) { return raise(t, error_type, "Error -2 while {}: inconsistent stream state", doing); }

Result<Ref<>> compress(Python& py, Self self, BytesLike const& data) {
    Input in{data.view()};
    ByteBuilder out(py);
    Hold hold(py, *self);
    if (!self->initialized) return inconsistent(py, "compressing data");
    int code = run(py, self->z, in, out, SIZE_MAX, kFirstRoom, [](z_stream& z, bool) { return deflate(&z, Z_NO_FLUSH); });
    if (code != Z_OK && code != Z_BUF_ERROR) return raise_zlib(py, self->z, code, "compressing data");
    return TRY(out.finish());
}

Result<Ref<>> flush(Python& py, Self self, int mode) {
    if (mode == Z_NO_FLUSH) return TRY(make_bytes(py, {}));
    Input in{};
    ByteBuilder out(py);
    Hold hold(py, *self);
    if (!self->initialized) return inconsistent(py, "flushing");
    int code = run(py, self->z, in, out, SIZE_MAX, kFirstRoom, [mode](z_stream& z, bool) { return deflate(&z, mode); });
    if (code == Z_STREAM_END && mode == Z_FINISH) {
        deflateEnd(&self->z);
        self->initialized = false;
    } else if (code != Z_OK && code != Z_BUF_ERROR) {
        return raise_zlib(py, self->z, code, "flushing");
    }
    return TRY(out.finish());
}

Result<Ref<>> copy(Python& py, Self self) {
    Ref<Compress> other = TRY(make<Compress>(py, compress_type));
    Hold hold(py, *self);
    if (!self->initialized) return raise(py, exc::ValueError, "Inconsistent stream state");
    int code = deflateCopy(&other->z, &self->z);
    if (code == Z_MEM_ERROR) return raise_no_memory(py);
    if (code != Z_OK) return raise_zlib(py, self->z, code, "while copying compression object");
    other->initialized = true;
    if (self->dictionary) other->dictionary.init(self->dictionary.share());
    return other;
}
Result<Ref<>> deepcopy(Python& py, Self self, Borrowed<>) { return copy(py, self); }

constexpr MethodDef methods[] = {
    def<compress>("compress", "data, /", "The compressed form of more data, as far as it is decided."),
    def<flush>("flush", "mode=4, /", "What is still to come; after Z_FINISH the stream is at its end."),
    def<copy>("copy", "", "A stream that goes on from the same place."),
    def<copy>("__copy__", "", ""),
    def<deepcopy>("__deepcopy__", "memo, /", ""),
};
constexpr TypeDef compress_def{.name = "zlib.Compress",
                               .size = sizeof(Compress),
                               .flags = type_flag::disallow_new,
                               .hooks = hooks_of<Compress>(),
                               .methods = methods};

}  // namespace

ORO_TYPE(compress_type, compress_def);

Result<Ref<>> compressobj(Python& py, Value const* args, std::size_t n, Tuple* names) {
    static constexpr char const* kNames[] = {"level", "method", "wbits", "memLevel", "strategy", "zdict"};
    Value out[6];
    CHECK(parse_arguments(py, "compressobj", kNames, 0, 6, 0, args, n, names, out));
    int numbers[5] = {Z_DEFAULT_COMPRESSION, Z_DEFLATED, MAX_WBITS, 8, Z_DEFAULT_STRATEGY};
    for (int i = 0; i < 5; ++i) {
        if (!out[i]) continue;
        std::int64_t wide = TRY(to_int64(py, Borrowed<>(out[i]), &exc::OverflowError));
        numbers[i] = int(std::clamp<std::int64_t>(wide, INT_MIN, INT_MAX));
    }
    Ref<Compress> c = TRY(make<Compress>(py, compress_type));
    Buffer dictionary;
    if (out[5]) dictionary = TRY(get_buffer(py, Borrowed<>(out[5])));
    int code = deflateInit2(&c->z, numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]);
    if (code == Z_MEM_ERROR) return raise_no_memory(py);
    if (code == Z_STREAM_ERROR) return raise(py, exc::ValueError, "Invalid initialization option");
    if (code != Z_OK) return raise_zlib(py, c->z, code, "while creating compression object");
    c->initialized = true;
    if (out[5]) {
        if (dictionary.size > UINT_MAX) return raise(py, exc::OverflowError, "zdict length does not fit in an unsigned int");
        code = deflateSetDictionary(&c->z, reinterpret_cast<Bytef const*>(dictionary.data), uInt(dictionary.size));
        if (code == Z_STREAM_ERROR) return raise(py, exc::ValueError, "Invalid dictionary");
        if (code != Z_OK) return raise(py, exc::ValueError, "deflateSetDictionary()");
    }
    return c;
}

}  // namespace oro::zlib_module
