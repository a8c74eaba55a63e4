// memoryview: a window on another object's buffer. Views of one claim share a ManagedBuffer, which gives the claim back when
// it dies or when the last of them is released.
//
// Threads: layout fields are set before publication. `released` and the counts are atomics; an access claims the view
// first (see MemoryView::Use), so that release() on another thread waits for nobody: it fails with BufferError instead.
#pragma once
#include "object/buffer.h"

namespace oro {

struct ManagedBuffer : Object {
    Buffer buffer;                            // fixed until `users` falls to zero
    std::atomic<std::int64_t> users{0};       // views that aren't released
    explicit ManagedBuffer(Buffer b) : buffer(std::move(b)) {}
    void trace(Visitor& v) { v(buffer.exporter.value()); v(buffer.view.value()); }
    void clear() { if (buffer.exporter) buffer.release(); }
    static Type& type();
};

struct MemoryView : Object {
    Fixed<ManagedBuffer> base;
    char* data = nullptr;
    std::size_t size = 0, item_size = 1;
    int dims = 1;
    bool readonly = true, c_contiguous = true, f_contiguous = true;
    char const* format = "B";                 // of the exporter, or `own_format`
    char own_format[4] = {};
    // Users of the memory now: exports to others plus accesses under way; kReleased once the view is released.
    static constexpr std::int64_t kReleased = -(std::int64_t(1) << 40);
    std::atomic<std::int64_t> uses{0};
    std::atomic<std::int64_t> cached_hash{-1};
    std::int64_t* numbers = nullptr;          // shape, then strides: dims numbers each; owned
    explicit MemoryView(Ref<ManagedBuffer> b) : base(std::move(b)) { base->users.fetch_add(1, std::memory_order_relaxed); }
    ~MemoryView();
    static constexpr auto fields = std::tuple{&MemoryView::base};
    static Type& type();
    std::int64_t const* shape() const { return numbers; }
    std::int64_t const* strides() const { return numbers + dims; }
    bool try_use();
    void end_use() { uses.fetch_sub(1, std::memory_order_release); }
    bool is_released() const { return uses.load(std::memory_order_acquire) < 0; }
};

Result<Ref<MemoryView>> make_memoryview(Python& py, Borrowed<> object, int flags = buffer_flag::full_ro);
// obj.__buffer__(flags) of native types.
Result<Ref<>> native_buffer(Python& py, Borrowed<> self, int flags);

}  // namespace oro
