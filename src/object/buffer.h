// The buffer protocol: objects that give others their memory to look at (PEP 3118, PEP 688).
//
// A native type names BufferHooks in its TypeDef; a class made in Python defines __buffer__ and perhaps __release_buffer__.
// A Buffer is the claim on the memory: it keeps the exporter alive and its memory in place until it is destroyed. What is
// in the memory may change at any time unless the exporter is immutable; whoever needs it to hold still copies first.
#pragma once
#include <string_view>

#include "object/define.h"

namespace oro {

inline constexpr int kMaxBufferDims = 64;

// Bits of a request, with the numbers of inspect.BufferFlags.
namespace buffer_flag {
inline constexpr int simple = 0, writable = 1, format = 4, nd = 8, strides = 16 | nd, c_contiguous = 32 | strides,
                     f_contiguous = 64 | strides, any_contiguous = 128 | strides, indirect = 256 | strides,
                     full_ro = indirect | format, full = full_ro | writable, read = 0x100, write = 0x200;
}

struct Buffer {
    Maybe<> exporter;                        // whose hook or __release_buffer__ is called at the end; null: nothing held
    Maybe<> view;                            // the memoryview that a Python __buffer__ returned
    char* data = nullptr;
    std::size_t size = 0;                    // bytes of all items
    std::size_t item_size = 1;
    bool readonly = true;
    int dims = 1;
    char const* format = "B";                // lives as long as the exporter
    std::int64_t const* shape = nullptr;     // dims numbers, also as long as the exporter; null: one dimension, size / item_size
    std::int64_t const* strides = nullptr;   // null: C-contiguous
    void* cookie = nullptr;                  // the exporter's

    Buffer() = default;
    Buffer(Buffer&& o) noexcept { swap(o); }
    Buffer& operator=(Buffer&& o) noexcept { swap(o); return *this; }
    Buffer(Buffer const&) = delete;
    ~Buffer() { if (exporter) release(); }
    void release();
    std::string_view bytes() const { return {data, size}; }  // of a contiguous buffer
    std::int64_t shape_at(int i) const { return shape ? shape[i] : std::int64_t(item_size ? size / item_size : 0); }

private:
    void swap(Buffer& o) {
        std::swap(exporter, o.exporter); std::swap(view, o.view); std::swap(data, o.data); std::swap(size, o.size);
        std::swap(item_size, o.item_size); std::swap(readonly, o.readonly); std::swap(dims, o.dims); std::swap(format, o.format);
        std::swap(shape, o.shape); std::swap(strides, o.strides); std::swap(cookie, o.cookie);
    }
};

struct BufferHooks {
    // Fills everything but `exporter`; fails with BufferError if it cannot serve the flags.
    Result<void> (*get)(Python& py, Object* self, Buffer& out, int flags);
    void (*release)(Object* self, Buffer& buffer) = nullptr;
};

bool has_buffer(Thread& t, Borrowed<> v);
// TypeError "a bytes-like object is required, not 'X'" if the object has no buffer.
Result<Buffer> get_buffer(Python& py, Borrowed<> v, int flags = buffer_flag::simple);
// Copies an octet image in C order of any buffer to `to`, which has room for buffer.size bytes.
void copy_buffer(Buffer const& buffer, char* to);

// As a parameter of a native: any object with a contiguous buffer.
struct BytesLike {
    Buffer buffer;
    std::string_view view() const { return buffer.bytes(); }
};
namespace binding {
template <> struct FromPython<BytesLike const&> {
    static Result<BytesLike> get(Context& c, Value v) { return BytesLike{TRY(get_buffer(c.py, Borrowed<>(v)))}; }
};
}  // namespace binding

}  // namespace oro
