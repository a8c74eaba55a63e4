// socket.recv, send and their kin.
#include "modules/_socket/socket.h"

namespace oro::socket_module {

namespace {

constexpr std::size_t kOnStack = 4096;

// Receives at most `size` octets by f(memory) into new bytes.
template <class F> Result<Ref<Bytes>> receive_bytes(Python& py, Self self, std::int64_t size, char const* function, F&& f) {
    if (size < 0) return raise(py, exc::ValueError, "negative buffersize in {}", function);
    if (std::size_t(size) <= kOnStack) {
        char memory[kOnStack];
        std::int64_t n = TRY(waiting_call(py, self, Direction::reading, [&](int fd) { return f(fd, memory); }));
        return make_bytes(py, {memory, std::size_t(n)});
    }
    Ref<Bytes> bytes = TRY(make_bytes_uninitialized(py, std::size_t(size)));
    char* memory = bytes->data;  // nobody else knows the object yet
    std::int64_t n = TRY(waiting_call(py, self, Direction::reading, [&](int fd) { return f(fd, memory); }));
    if (n == size) return bytes;
    return make_bytes(py, {memory, std::size_t(n)});
}

}  // namespace

Result<Ref<>> recv(Python& py, Self self, std::int64_t bufsize, CInt flags) {
    return TRY(receive_bytes(py, self, bufsize, "recv",
                             [&](int fd, char* memory) { return ::recv(fd, memory, std::size_t(bufsize), flags); }));
}

Result<Ref<>> recvfrom(Python& py, Self self, std::int64_t bufsize, CInt flags) {
    Address from;
    int fd_used = self->fd.load();
    Ref<> data = TRY(receive_bytes(py, self, bufsize, "recvfrom", [&](int fd, char* memory) {
        from.size = sizeof from.storage;
        return ::recvfrom(fd, memory, std::size_t(bufsize), flags, from.get(), &from.size);
    }));
    Ref<> address = TRY(make_address(py, fd_used, from));
    return make_tuple_of(py, std::move(data), std::move(address));
}

namespace {

struct Target {
    Buffer buffer;
    std::size_t size = 0;
};
Result<Target> target_of(Python& py, char const* function, Borrowed<> object, std::int64_t nbytes) {
    Target t;
    auto buffer = get_buffer(py, object, buffer_flag::writable);
    if (buffer.raised()) {
        if (!raised_is(py, exc::TypeError) && !raised_is(py, exc::BufferError)) return Raised{};
        clear_raised(py);
        return raise(py, exc::TypeError, "{}() argument 1 must be read-write bytes-like object, not {}", function,
                     TypeName{object.value()});
    }
    t.buffer = std::move(buffer).take();
    if (nbytes < 0) return raise(py, exc::ValueError, "negative buffersize in {}", function);
    t.size = nbytes == 0 ? t.buffer.size : std::size_t(nbytes);
    if (t.size > t.buffer.size) {
        return raise(py, exc::ValueError,
                     std::string_view(function) == "recv_into" ? "buffer too small for requested bytes"
                                                               : "nbytes is greater than the length of the buffer");
    }
    return t;
}

}  // namespace

Result<std::int64_t> recv_into(Python& py, Self self, Borrowed<> buffer, std::int64_t nbytes, CInt flags) {
    Target t = TRY(target_of(py, "recv_into", buffer, nbytes));
    return waiting_call(py, self, Direction::reading, [&](int fd) { return ::recv(fd, t.buffer.data, t.size, flags); });
}

Result<Ref<>> recvfrom_into(Python& py, Self self, Borrowed<> buffer, std::int64_t nbytes, CInt flags) {
    Target t = TRY(target_of(py, "recvfrom_into", buffer, nbytes));
    Address from;
    int fd_used = self->fd.load();
    std::int64_t n = TRY(waiting_call(py, self, Direction::reading, [&](int fd) {
        from.size = sizeof from.storage;
        return ::recvfrom(fd, t.buffer.data, t.size, flags, from.get(), &from.size);
    }));
    Ref<> address = TRY(make_address(py, fd_used, from));
    return make_tuple_of(py, Ref<>::immediate(Value::of_int(n)), std::move(address));
}

Result<std::int64_t> send(Python& py, Self self, BytesLike const& data, CInt flags) {
    std::string_view octets = data.view();
    return waiting_call(py, self, Direction::writing, [&](int fd) { return ::send(fd, octets.data(), octets.size(), flags); });
}

// The timeout is for all octets together.
Result<void> sendall(Python& py, Self self, BytesLike const& data, CInt flags) {
    std::string_view octets = data.view();
    Patience patience(self->timeout.load());
    do {
        std::int64_t n = TRY(waiting_call(py, self->fd.load(), Direction::writing, patience,
                                          [&](int fd) { return ::send(fd, octets.data(), octets.size(), flags); }));
        octets.remove_prefix(std::size_t(n));
        CHECK(poll(py));
    } while (!octets.empty());
    return {};
}

// sendto(data, address) or sendto(data, flags, address)
Result<std::int64_t> sendto(Python& py, Self self, Args args) {
    if (args.size() < 2 || args.size() > 3) return raise(py, exc::TypeError, "sendto() takes 2 or 3 arguments ({} given)", args.size());
    Buffer data = TRY(get_buffer(py, args[0]));
    int flags = args.size() == 3 ? TRY(c_int_from(py, args[1])) : 0;
    Address to = TRY(address_from(py, self, args[args.size() - 1], "sendto"));
    return waiting_call(py, self, Direction::writing, [&](int fd) { return ::sendto(fd, data.data, data.size, flags, to.get(), to.size); });
}

}  // namespace oro::socket_module
