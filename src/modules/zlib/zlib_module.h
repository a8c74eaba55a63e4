// What the files of the module zlib share.
//
// Threads: a stream has a lock of its own, which is held across the library's calls; they run detached, and touch no object but memory that
// a Buffer keeps in place.
#pragma once
#include <zlib.h>

#include <limits.h>

#include <algorithm>

#include "memory/lock.h"
#include "object/buffer.h"
#include "object/byte_builder.h"
#include "object/define.h"
#include "object/detached.h"

namespace oro::zlib_module {

extern Type error_type, compress_type, decompress_type, decompressor_type;

struct Stream : Object {
    LockByte busy{0};
    z_stream z{};
    bool initialized = false;
    Fixed<Bytes> dictionary;             // or null
};
class Hold {
public:
    Hold(Thread& t, Stream& s) : s_(s) { oro::lock(t, s.busy); }
    ~Hold() { oro::unlock(s_.busy); }
    Hold(Hold const&) = delete;

private:
    Stream& s_;
};

// zlib.error "Error -3 while decompressing data: incorrect header check"
Raised raise_zlib(Thread& t, z_stream const& z, int code, char const* doing);
Result<Ref<Bytes>> dictionary_from(Python& py, Borrowed<> v);

// The library counts input in 32 bits: what is left of a longer one is given bit by bit.
struct Input {
    std::string_view left;
    void refill(z_stream& z) {
        auto n = std::min<std::size_t>(left.size(), UINT_MAX);
        z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(left.data()));
        z.avail_in = uInt(n);
    }
    void used(z_stream const& z) { left.remove_prefix(std::size_t(reinterpret_cast<char const*>(z.next_in) - left.data())); }
};

inline constexpr std::size_t kFirstRoom = 16384, kMostRoom = std::size_t(1) << 26;

// Calls step(z, flush) with room for output until it needs more input or is done; at most `most` octets come out. The last code.
template <class F> int run(Python& py, z_stream& z, Input& in, ByteBuilder& out, std::size_t most, std::size_t first_room, F&& step) {
    std::size_t room = std::max<std::size_t>(first_room, 1);
    for (;;) {
        std::size_t chunk = std::min({room, most - out.size(), kMostRoom});
        char* to = out.room(chunk);
        if (!to) return Z_MEM_ERROR;
        in.refill(z);
        z.next_out = reinterpret_cast<Bytef*>(to);
        z.avail_out = uInt(chunk);
        bool last = z.avail_in == in.left.size();
        int code;
        {
            Detached detached(py);
            code = step(z, last);
        }
        in.used(z);
        out.grown(chunk - z.avail_out);
        if (code != Z_OK && code != Z_BUF_ERROR) return code;
        if (z.avail_out == 0 && out.size() < most) {
            room = std::min(room * 2, kMostRoom);
            continue;
        }
        if (!in.left.empty() && z.avail_out != 0 && code == Z_OK) continue;
        return code;
    }
}

Result<Ref<>> compressobj(Python& py, Value const* args, std::size_t n, Tuple* names);
Result<Ref<>> decompressobj(Python& py, int wbits, Optional<> zdict);

}  // namespace oro::zlib_module
