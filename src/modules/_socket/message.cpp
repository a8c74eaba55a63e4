// socket.sendmsg and recvmsg: scattered data and ancillary messages.
#include <limits.h>
#include <sys/uio.h>
#include <unistd.h>

#include <vector>

#include "modules/_socket/socket.h"
#include "object/list.h"

namespace oro::socket_module {

namespace {

Ref<> number(std::int64_t n) { return Ref<>::immediate(Value::of_int(n)); }

// The lengths of a control message of `size` octets; false if they are beyond what the kernel's types hold.
bool cmsg_len(std::size_t size, std::size_t* out) {
    if (size > std::size_t(INT_MAX) - CMSG_LEN(0)) return false;
    *out = CMSG_LEN(size);
    return true;
}
bool cmsg_space(std::size_t size, std::size_t* out) {
    if (size > std::size_t(INT_MAX) - CMSG_SPACE(1)) return false;
    *out = CMSG_SPACE(size);
    return true;
}

Result<std::int64_t> cmsg_len_function(Python& py, Index length) {
    std::size_t size;
    if (length < 0 || !cmsg_len(std::size_t(length.value), &size)) return raise(py, exc::OverflowError, "CMSG_LEN() argument out of range");
    return std::int64_t(size);
}
Result<std::int64_t> cmsg_space_function(Python& py, Index length) {
    std::size_t size;
    if (length < 0 || !cmsg_space(std::size_t(length.value), &size))
        return raise(py, exc::OverflowError, "CMSG_SPACE() argument out of range");
    return std::int64_t(size);
}

// Buffers and the vector that names their memory to the kernel.
struct Pieces {
    std::vector<Buffer> buffers;
    std::vector<iovec> vectors;
};
Result<Pieces> pieces_of(Python& py, char const* function, Borrowed<> iterable, int flags) {
    auto listed = tuple_from(py, iterable);
    if (listed.raised()) {
        if (!raised_is(py, exc::TypeError)) return Raised{};
        clear_raised(py);
        return raise(py, exc::TypeError, "{}() argument 1 must be an iterable", function);
    }
    Ref<Tuple> items = std::move(listed).take();
    if (items->size > INT_MAX) return raise(py, exc::OSError, "{}() argument 1 is too long", function);
    Pieces p;
    p.buffers.reserve(items->size);
    for (std::size_t i = 0; i < items->size; ++i) {
        auto buffer = get_buffer(py, items->at(i), flags);
        if (buffer.raised()) {
            if (flags == buffer_flag::writable && (raised_is(py, exc::BufferError) || raised_is(py, exc::TypeError))) {
                clear_raised(py);
                return raise(py, exc::TypeError, "recvmsg_into() argument 1 must be an iterable of single-segment read-write buffers");
            }
            return Raised{};
        }
        p.buffers.push_back(std::move(buffer).take());
        p.vectors.push_back({p.buffers.back().data, p.buffers.back().size});
    }
    return p;
}

// ---- receiving

// Descriptors that came along and that nobody will get to know.
void close_descriptors(msghdr& message) {
    for (cmsghdr* c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
        std::size_t end = reinterpret_cast<char*>(c) - static_cast<char*>(message.msg_control) + c->cmsg_len;
        end = std::min<std::size_t>(end, message.msg_controllen);
        char const* data = reinterpret_cast<char const*>(CMSG_DATA(c));
        char const* limit = static_cast<char*>(message.msg_control) + end;
        for (; data + sizeof(int) <= limit; data += sizeof(int)) {
            int fd;
            std::memcpy(&fd, data, sizeof fd);
            ::close(fd);
        }
    }
}

Result<Ref<List>> ancillary_list(Python& py, msghdr& message) {
    Ref<List> list = TRY(make_list(py));
    for (cmsghdr* c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c)) {
        // The last one may be cut off by the end of the room for it.
        auto* data = reinterpret_cast<char const*>(CMSG_DATA(c));
        std::size_t head = std::size_t(data - static_cast<char const*>(message.msg_control));
        bool cut = c->cmsg_len < CMSG_LEN(0) || head > message.msg_controllen;
        std::size_t size = cut ? 0 : std::min<std::size_t>(c->cmsg_len - CMSG_LEN(0), message.msg_controllen - head);
        Ref<> octets = TRY(make_bytes(py, {data, size}));
        CHECK(list_append(py, list, TRY(make_tuple_of(py, number(c->cmsg_level), number(c->cmsg_type), std::move(octets)))));
        if (c->cmsg_len < CMSG_LEN(0) || cut) break;
    }
    return list;
}

// What both ways to receive share. `data_of` makes the first item of the result from the count of octets.
template <class F>
Result<Ref<>> receive(Python& py, Self self, std::vector<iovec>& vectors, std::int64_t ancillary_size, int flags, F&& data_of) {
    if (ancillary_size < 0 || ancillary_size > INT_MAX) return raise(py, exc::ValueError, "invalid ancillary data buffer length");
    std::vector<char> control(std::size_t(ancillary_size), '\0');
    Address from;
    msghdr message{};
    int fd_used = self->fd.load();
    std::int64_t n = TRY(waiting_call(py, self, Direction::reading, [&](int fd) {
        message = {};
        message.msg_name = &from.storage;
        message.msg_namelen = sizeof from.storage;
        message.msg_iov = vectors.data();
        message.msg_iovlen = vectors.size();
        message.msg_control = control.empty() ? nullptr : control.data();
        message.msg_controllen = control.size();
        return ::recvmsg(fd, &message, flags);
    }));
    from.size = message.msg_namelen;
    auto result = [&]() -> Result<Ref<>> {
        Ref<> ancillary = TRY(ancillary_list(py, message));
        Ref<> address = TRY(make_address(py, fd_used, from));
        Ref<> data = TRY(data_of(n));
        return make_tuple_of(py, std::move(data), std::move(ancillary), number(message.msg_flags), std::move(address));
    }();
    if (result.raised()) close_descriptors(message);
    return result;
}

}  // namespace

Result<Ref<>> recvmsg(Python& py, Self self, std::int64_t bufsize, std::int64_t ancbufsize, CInt flags) {
    if (bufsize < 0) return raise(py, exc::ValueError, "negative buffer size in recvmsg()");
    Ref<Bytes> bytes = TRY(make_bytes_uninitialized(py, std::size_t(bufsize)));
    std::vector<iovec> vectors{{bytes->data, std::size_t(bufsize)}};
    return receive(py, self, vectors, ancbufsize, flags, [&](std::int64_t n) -> Result<Ref<>> {
        if (n == bufsize) return Ref<>(std::move(bytes));
        return TRY(make_bytes(py, {bytes->data, std::size_t(n)}));
    });
}
Result<Ref<>> recvmsg_into(Python& py, Self self, Borrowed<> buffers, std::int64_t ancbufsize, CInt flags) {
    Pieces pieces = TRY(pieces_of(py, "recvmsg_into", buffers, buffer_flag::writable));
    return receive(py, self, pieces.vectors, ancbufsize, flags, [&](std::int64_t n) -> Result<Ref<>> { return number(n); });
}

// ---- sending

namespace {

struct Ancillary {
    int level, type;
    Buffer data;
};
Result<std::vector<char>> control_of(Python& py, Borrowed<> ancillary) {
    auto listed = tuple_from(py, ancillary);
    if (listed.raised()) {
        if (!raised_is(py, exc::TypeError)) return Raised{};
        clear_raised(py);
        return raise(py, exc::TypeError, "sendmsg() argument 2 must be an iterable");
    }
    Ref<Tuple> items = std::move(listed).take();
    std::vector<Ancillary> messages;
    std::size_t total = 0;
    for (std::size_t i = 0; i < items->size; ++i) {
        Borrowed<> item = items->at(i);
        if (!is<Tuple>(item)) {
            return raise(py, exc::TypeError, "[sendmsg() ancillary data items]() argument must be 3-item tuple, not {}",
                         TypeName{item.value()});
        }
        Borrowed<Tuple> triple = as<Tuple>(item);
        if (triple->size != 3) {
            return raise(py, exc::TypeError, "[sendmsg() ancillary data items]() argument must be tuple of length 3, not {}", triple->size);
        }
        int level = TRY(c_int_from(py, triple->at(0))), type = TRY(c_int_from(py, triple->at(1)));
        messages.push_back({level, type, TRY(get_buffer(py, triple->at(2)))});
        std::size_t space;
        if (!cmsg_space(messages.back().data.size, &space)) return raise(py, exc::OSError, "ancillary data item too large");
        total += space;
        if (total > INT_MAX) return raise(py, exc::OSError, "too much ancillary data");
    }
    std::vector<char> control(total, '\0');
    std::size_t at = 0;
    for (Ancillary& m : messages) {
        auto* c = reinterpret_cast<cmsghdr*>(control.data() + at);
        c->cmsg_level = m.level;
        c->cmsg_type = m.type;
        c->cmsg_len = CMSG_LEN(m.data.size);
        if (m.data.size) std::memcpy(CMSG_DATA(c), m.data.data, m.data.size);
        at += CMSG_SPACE(m.data.size);
    }
    return control;
}

}  // namespace

Result<std::int64_t> sendmsg(Python& py, Self self, Borrowed<> buffers, Optional<> ancdata, CInt flags, Optional<> address) {
    Pieces pieces = TRY(pieces_of(py, "sendmsg", buffers, buffer_flag::simple));
    std::vector<char> control;
    if (ancdata) control = TRY(control_of(py, *ancdata));
    Address to;
    if (address && !(*address).is(kNone)) to = TRY(address_from(py, self, *address, "sendmsg"));
    msghdr message{};
    message.msg_name = to.size ? &to.storage : nullptr;
    message.msg_namelen = to.size;
    message.msg_iov = pieces.vectors.data();
    message.msg_iovlen = pieces.vectors.size();
    message.msg_control = control.empty() ? nullptr : control.data();
    message.msg_controllen = control.size();
    return waiting_call(py, self, Direction::writing, [&](int fd) { return ::sendmsg(fd, &message, flags); });
}

namespace {

constexpr MethodDef functions[] = {
    function<cmsg_len_function>("CMSG_LEN", "length, /", "How long an ancillary message with so much data is, without what follows it to align the next."),
    function<cmsg_space_function>("CMSG_SPACE", "length, /", "The room that an ancillary message with so much data takes."),
};

}  // namespace

std::span<MethodDef const> message_functions() { return functions; }

}  // namespace oro::socket_module
