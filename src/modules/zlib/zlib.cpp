// zlib: compression by libz. Functions for data as a whole, and checksums; streams stand beside.
#include "modules/zlib/zlib_module.h"

#include "object/exception.h"

namespace oro::zlib_module {

Raised raise_zlib(Thread& t, z_stream const& z, int code, char const* doing) {
    char const* why = z.msg;
    // The library says nothing about these; a version that doesn't fit never wrote into the stream.
    if (code == Z_VERSION_ERROR) why = "library version mismatch";
    if (!why) {
        if (code == Z_BUF_ERROR) why = "incomplete or truncated stream";
        else if (code == Z_STREAM_ERROR) why = "inconsistent stream state";
        else if (code == Z_DATA_ERROR) why = "invalid input data";
    }
    if (!why) return raise(t, error_type, "Error {} while {}", code, doing);
    return raise(t, error_type, "Error {} while {}: {}", code, doing, why);
}

Result<Ref<Bytes>> dictionary_from(Python& py, Borrowed<> v) {
    auto buffer = get_buffer(py, v);
    if (buffer.raised()) {
        if (!raised_is(py, exc::TypeError)) return Raised{};
        clear_raised(py);
        return raise(py, exc::TypeError, "zdict argument must support the buffer protocol");
    }
    Buffer octets = std::move(buffer).take();
    if (octets.size > UINT_MAX) return raise(py, exc::OverflowError, "zdict length does not fit in an unsigned int");
    return make_bytes(py, octets.bytes());
}

namespace {

// A stream that ends with its scope.
template <int (*End)(z_stream*)> struct Scoped {
    z_stream z{};
    bool open = false;
    ~Scoped() { if (open) End(&z); }
};

Result<Ref<>> compress(Python& py, BytesLike const& data, int level, int wbits) {
    Scoped<deflateEnd> s;
    int code = deflateInit2(&s.z, level, Z_DEFLATED, wbits, 8, Z_DEFAULT_STRATEGY);
    if (code == Z_MEM_ERROR) return raise_no_memory(py);
    if (code == Z_STREAM_ERROR) return raise(py, error_type, "Bad compression level");
    if (code != Z_OK) return raise_zlib(py, s.z, code, "compressing data");
    s.open = true;
    Input in{data.view()};
    ByteBuilder out(py);
    code = run(py, s.z, in, out, SIZE_MAX, std::min<std::size_t>(data.view().size() / 2 + 64, kMostRoom),
               [](z_stream& z, bool last) { return deflate(&z, last ? Z_FINISH : Z_NO_FLUSH); });
    if (code == Z_MEM_ERROR) return raise_no_memory(py);
    if (code != Z_STREAM_END) return raise_zlib(py, s.z, code, "compressing data");
    return TRY(out.finish());
}

Result<Ref<>> decompress(Python& py, BytesLike const& data, int wbits, std::int64_t bufsize) {
    if (bufsize < 0) return raise(py, exc::ValueError, "bufsize must be non-negative");
    Scoped<inflateEnd> s;
    int code = inflateInit2(&s.z, wbits);
    if (code == Z_MEM_ERROR) return raise_no_memory(py);
    if (code != Z_OK) return raise_zlib(py, s.z, code, "preparing to decompress data");
    s.open = true;
    Input in{data.view()};
    ByteBuilder out(py);
    code = run(py, s.z, in, out, SIZE_MAX, std::min<std::size_t>(std::size_t(bufsize), kMostRoom),
               [](z_stream& z, bool) { return inflate(&z, Z_SYNC_FLUSH); });
    if (code == Z_MEM_ERROR) return raise_no_memory(py);
    if (code == Z_OK) code = Z_BUF_ERROR;  // no more input, and not at the end
    if (code != Z_STREAM_END) return raise_zlib(py, s.z, code, "decompressing data");
    return TRY(out.finish());
}

// The low 32 bits of any int.
Result<std::uint32_t> checksum_start(Python& py, Borrowed<> v) {
    Ref<> n = TRY(to_index(py, v));
    PlainInt plain(n.value());
    IntView view = plain;
    std::uint32_t low = view.size ? std::uint32_t(view.limbs[0]) : 0;
    return view.negative ? 0 - low : low;
}
template <auto Sum> Result<std::int64_t> checksum(Python& py, BytesLike const& data, Borrowed<> value) {
    std::uint32_t start = TRY(checksum_start(py, value));
    std::string_view octets = data.view();
    auto* p = reinterpret_cast<Bytef const*>(octets.data());
    constexpr std::size_t kWorthDetaching = 5 * 1024;
    if (octets.size() <= kWorthDetaching) return std::int64_t(std::uint32_t(Sum(start, p, octets.size())));
    Detached detached(py);
    return std::int64_t(std::uint32_t(Sum(start, p, octets.size())));
}

Value compressobj_function(Python& py, Native&, Value, Value const* args, std::size_t n, Tuple* names) {
    return compressobj(py, args, n, names).release();
}

constexpr MethodDef functions[] = {
    function<checksum<::adler32_z>>("adler32", "data, value=1, /", "The Adler-32 checksum, going on from an earlier one."),
    function<checksum<::crc32_z>>("crc32", "data, value=0, /", "The CRC-32 checksum, going on from an earlier one."),
    function<compress>("compress", "data, /, level=-1, wbits=15", "The data compressed."),
    function<decompress>("decompress", "data, /, wbits=15, bufsize=16384", "The data that was compressed."),
    function<decompressobj>("decompressobj", "wbits=15, zdict=<unrepresentable>", "A stream to decompress piece by piece."),
    raw_def("compressobj", "level=-1, method=8, wbits=15, memLevel=8, strategy=0, zdict=<unrepresentable>", "A stream to compress piece by piece.",
            compressobj_function, MethodKind::static_),
};

constexpr TypeDef error_def{.name = "zlib.error", .doc = "What zlib reports.", .base = &exc::Exception, .size = sizeof(BaseException),
                            .flags = type_flag::subclassable | type_flag::has_dict | type_flag::exception | type_flag::has_weakrefs,
                            .hooks = hooks_of<BaseException>()};

struct Constant {
    char const* name;
    int value;
};
#define C(name) {#name, name}
constexpr Constant kConstants[] = {
    C(MAX_WBITS), {"DEFLATED", Z_DEFLATED}, {"DEF_MEM_LEVEL", 8}, {"DEF_BUF_SIZE", 16384}, C(Z_BEST_SPEED), C(Z_BEST_COMPRESSION),
    C(Z_DEFAULT_COMPRESSION), C(Z_NO_COMPRESSION), C(Z_FILTERED), C(Z_HUFFMAN_ONLY), C(Z_RLE), C(Z_FIXED), C(Z_DEFAULT_STRATEGY),
    C(Z_FINISH), C(Z_NO_FLUSH), C(Z_PARTIAL_FLUSH), C(Z_SYNC_FLUSH), C(Z_FULL_FLUSH), C(Z_BLOCK), C(Z_TREES),
};
#undef C

Result<void> setup(Python& py, Module& m) {
    for (Constant const& c : kConstants) CHECK(add_to_module(py, m, c.name, Ref<>::immediate(Value::of_int(c.value))));
    CHECK(add_type_to_module(py, m, error_type));
    CHECK(add_type_to_module(py, m, decompressor_type));
    CHECK(add_to_module(py, m, "ZLIB_VERSION", TRY(make_str(py, std::string_view(ZLIB_VERSION)))));
    CHECK(add_to_module(py, m, "ZLIB_RUNTIME_VERSION", TRY(make_str(py, std::string_view(::zlibVersion())))));
    return add_to_module(py, m, "__version__", TRY(make_str(py, std::string_view("1.0"))));
}

}  // namespace

ORO_TYPE(error_type, error_def);

ORO_MODULE(zlib_module_def, .name = "zlib", .doc = "Compression and decompression as gzip does it.", .functions = functions,
           .setup = setup);

}  // namespace oro::zlib_module
