// Reading and writing through file descriptors.
#include <limits.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <unistd.h>

#include "modules/posix/posix.h"
#include "object/call.h"

namespace oro::posix {

namespace {

// The kernel transfers no more at once.
constexpr std::int64_t kMost = 0x7ffff000;

// Reads into a new bytes object: into its own memory, which nobody else sees yet.
template <class F> Result<Ref<>> read_new(Python& py, std::int64_t length, F&& f) {
    if (length < 0) return raise_errno(py, EINVAL);
    if (length > kMost) length = kMost;
    Ref<Bytes> whole = TRY(make_bytes_uninitialized(py, std::size_t(length)));
    char* data = whole->data;
    std::int64_t n = TRY(system_call(py, [&] { return f(data, std::size_t(length)); }));
    if (n == length) return whole;
    return make_bytes(py, {whole->data, std::size_t(n)});
}

Result<Ref<>> read(Python& py, CInt fd, std::int64_t length) {
    return read_new(py, length, [&](char* to, std::size_t n) { return ::read(fd, to, n); });
}
Result<Ref<>> pread(Python& py, CInt fd, std::int64_t length, std::int64_t offset) {
    return read_new(py, length, [&](char* to, std::size_t n) { return ::pread(fd, to, n, offset); });
}
Result<std::int64_t> readinto(Python& py, CInt fd, Borrowed<> buffer) {
    auto got = get_buffer(py, buffer, buffer_flag::writable);
    if (got.raised()) {
        clear_raised(py);
        return raise(py, exc::TypeError, "readinto() argument 2 must be read-write bytes-like object, not {}", TypeName{buffer.value()});
    }
    Buffer b = std::move(got).take();
    char* data = b.data;
    std::size_t size = std::min(b.size, std::size_t(kMost));
    return system_call(py, [&] { return ::read(fd, data, size); });
}
Result<std::int64_t> write(Python& py, CInt fd, BytesLike const& data) {
    char const* from = data.buffer.data;
    std::size_t size = std::min(data.buffer.size, std::size_t(kMost));
    return system_call(py, [&] { return ::write(fd, from, size); });
}
Result<std::int64_t> pwrite(Python& py, CInt fd, BytesLike const& data, std::int64_t offset) {
    char const* from = data.buffer.data;
    std::size_t size = std::min(data.buffer.size, std::size_t(kMost));
    return system_call(py, [&] { return ::pwrite(fd, from, size, offset); });
}

// Buffers of a sequence and the table that points to their memory.
struct Vectors {
    std::vector<Buffer> buffers;
    std::vector<iovec> table;
};
Result<Vectors> vectors_from(Python& py, char const* function, Borrowed<> sequence, bool writable) {
    // A sequence is what has items by number and is no dict or set.
    if (!type_of(sequence).slot(Dunder::getitem) || type_of(sequence).has(type_flag::dict)) {
        return raise(py, exc::TypeError, "{}() arg 2 must be a sequence", function);
    }
    Ref<Tuple> items = TRY(tuple_from(py, sequence));
    Vectors v;
    for (std::size_t i = 0; i < items->size; ++i) {
        v.buffers.push_back(TRY(get_buffer(py, items->at(i), writable ? buffer_flag::writable : buffer_flag::simple)));
        v.table.push_back({v.buffers.back().data, v.buffers.back().size});
    }
    if (v.table.size() > INT_MAX) return raise(py, exc::OverflowError, "Python int too large to convert to C int");
    return v;
}
Result<std::int64_t> readv(Python& py, CInt fd, Borrowed<> buffers) {
    Vectors v = TRY(vectors_from(py, "readv", buffers, true));
    return system_call(py, [&] { return ::readv(fd, v.table.data(), int(v.table.size())); });
}
Result<std::int64_t> writev(Python& py, CInt fd, Borrowed<> buffers) {
    Vectors v = TRY(vectors_from(py, "writev", buffers, false));
    return system_call(py, [&] { return ::writev(fd, v.table.data(), int(v.table.size())); });
}
Result<std::int64_t> preadv(Python& py, CInt fd, Borrowed<> buffers, std::int64_t offset, CInt flags) {
    Vectors v = TRY(vectors_from(py, "preadv", buffers, true));
    return system_call(py, [&] { return ::preadv2(fd, v.table.data(), int(v.table.size()), offset, flags); });
}
Result<std::int64_t> pwritev(Python& py, CInt fd, Borrowed<> buffers, std::int64_t offset, CInt flags) {
    Vectors v = TRY(vectors_from(py, "pwritev", buffers, false));
    return system_call(py, [&] { return ::pwritev2(fd, v.table.data(), int(v.table.size()), offset, flags); });
}

// ---- between descriptors

struct Offset {
    off_t value = 0;
    off_t* pointer = nullptr;
};
Result<Offset> offset_from(Python& py, Borrowed<> v) {
    Offset o;
    if (v.is(kNone)) return o;
    o.value = TRY(to_int64(py, v, &exc::OverflowError));
    o.pointer = &o.value;
    return o;
}

Result<std::int64_t> sendfile(Python& py, CInt out_fd, CInt in_fd, Borrowed<> offset, std::int64_t count) {
    if (offset.is(kNone)) return system_call(py, [&] { return ::sendfile(out_fd, in_fd, nullptr, std::size_t(count)); });
    std::int64_t begin = TRY(to_int64(py, offset, &exc::OverflowError));
    return system_call(py, [&] {
        off_t position = begin;
        return ::sendfile(out_fd, in_fd, &position, std::size_t(count));
    });
}
Result<std::int64_t> copy_file_range(Python& py, CInt src, CInt dst, std::int64_t count, Borrowed<> offset_src, Borrowed<> offset_dst) {
    if (count < 0) return raise(py, exc::ValueError, "negative value for 'count' not allowed");
    Offset from = TRY(offset_from(py, offset_src));
    Offset to = TRY(offset_from(py, offset_dst));
    return system_call(py, [&] {
        off_t a = from.value, b = to.value;
        return ::copy_file_range(src, from.pointer ? &a : nullptr, dst, to.pointer ? &b : nullptr, std::size_t(count), 0);
    });
}
Result<std::int64_t> splice(Python& py, CInt src, CInt dst, std::int64_t count, Borrowed<> offset_src, Borrowed<> offset_dst, CInt flags) {
    if (count < 0) return raise(py, exc::ValueError, "negative value for 'count' not allowed");
    Offset from = TRY(offset_from(py, offset_src));
    Offset to = TRY(offset_from(py, offset_dst));
    return system_call(py, [&] {
        off_t a = from.value, b = to.value;
        return ::splice(src, from.pointer ? &a : nullptr, dst, to.pointer ? &b : nullptr, std::size_t(count), unsigned(flags));
    });
}

constexpr MethodDef kFunctions[] = {
    function<read>("read", "fd, length, /", "Read from a file descriptor; gives bytes."),
    function<readinto>("readinto", "fd, buffer, /", "Read from a file descriptor into a buffer; gives the number of bytes."),
    function<pread>("pread", "fd, length, offset, /", "Read from a position of a file; gives bytes."),
    function<readv>("readv", "fd, buffers, /", "Read into several buffers; gives the number of bytes."),
    function<preadv>("preadv", "fd, buffers, offset, flags=0, /", "Read from a position into several buffers; gives the number of bytes."),
    function<write>("write", "fd, data, /", "Write to a file descriptor; gives the number of bytes."),
    function<pwrite>("pwrite", "fd, buffer, offset, /", "Write to a position of a file; gives the number of bytes."),
    function<writev>("writev", "fd, buffers, /", "Write several buffers; gives the number of bytes."),
    function<pwritev>("pwritev", "fd, buffers, offset, flags=0, /", "Write several buffers to a position; gives the number of bytes."),
    function<sendfile>("sendfile", "out_fd, in_fd, offset, count", "Copy bytes from one descriptor to another."),
    function<copy_file_range>("copy_file_range", "src, dst, count, offset_src=None, offset_dst=None", "Copy bytes from one file to another inside the kernel."),
    function<splice>("splice", "src, dst, count, offset_src=None, offset_dst=None, flags=0", "Move bytes between a pipe and another descriptor."),
};

}  // namespace

std::span<MethodDef const> transfer_functions() { return kFunctions; }

}  // namespace oro::posix
