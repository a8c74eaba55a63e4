// What the files of the module _socket share: the socket object, addresses, waiting calls, and errors.
//
// Threads: a socket's fields are atomics, the kernel does all locking. A call takes the descriptor once at its beginning: close()
// on another thread doesn't wait for it. System calls run detached and touch no object but memory that a Buffer keeps in place.
#pragma once
#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <string>

#include "object/buffer.h"
#include "object/bytes.h"
#include "object/define.h"
#include "object/detached.h"

namespace oro::socket_module {

extern Type socket_type, gaierror_type, herror_type;

struct Socket : Object {
    std::atomic<int> fd{-1};                     // -1: closed, or not opened yet
    std::atomic<int> family{0}, kind{0}, protocol{0};
    std::atomic<std::int64_t> timeout{-1};       // nanoseconds; negative: waits for ever; 0: doesn't wait
    static Type& type() { return socket_type; }
};
using Self = Borrowed<Socket>;

// What new sockets get as their timeout: socket.setdefaulttimeout().
extern std::atomic<std::int64_t> default_timeout;

// ---- errors: gaierror from getaddrinfo() and getnameinfo(), herror from the older functions.
Raised raise_resolver_error(Python& py, int code, int system_error);
Raised raise_host_error(Python& py, int code);

// ---- calls
struct Outcome {
    std::int64_t value;
    int error;
};
template <class F> Outcome detached_call(Python& py, F&& f) {
    Detached detached(py);
    errno = 0;
    std::int64_t value = std::int64_t(f());
    return {value, errno};
}
// f() gives a negative number and errno for failure; does not wait for the socket to be ready.
template <class F> Result<std::int64_t> system_call(Python& py, F&& f) {
    for (;;) {
        Outcome o = detached_call(py, f);
        if (o.value >= 0) return o.value;
        if (o.error != EINTR) return raise_errno(py, o.error);
        CHECK(poll(py));
    }
}

enum class Direction { reading, writing };
// Until when a call may wait. Made when the call begins.
struct Patience {
    std::int64_t timeout, deadline;
    explicit Patience(std::int64_t timeout_ns);
    bool limited() const { return timeout > 0; }
};
// Nanoseconds of a timeout in seconds, -1 for None; and back.
Result<std::int64_t> timeout_from(Python& py, Borrowed<> v);
Result<Ref<>> timeout_object(Thread& t, std::int64_t ns);
// False if the time is over. Signal handlers run meanwhile.
Result<bool> wait_ready(Python& py, int fd, Direction direction, Patience const& patience);
// f(fd) until it succeeds: waits for readiness within the timeout, and goes on after signals (PEP 475).
template <class F> Result<std::int64_t> waiting_call(Python& py, int fd, Direction direction, Patience const& patience, F&& f) {
    for (;;) {
        if (patience.limited() && !TRY(wait_ready(py, fd, direction, patience))) return raise(py, exc::TimeoutError, "timed out");
        Outcome o = detached_call(py, [&] { return f(fd); });
        if (o.value >= 0) return o.value;
        if (o.error == EINTR) CHECK(poll(py));
        // Somebody else was faster.
        else if (!(patience.limited() && (o.error == EAGAIN || o.error == EWOULDBLOCK))) return raise_errno(py, o.error);
    }
}
template <class F> Result<std::int64_t> waiting_call(Python& py, Self self, Direction direction, F&& f) {
    return waiting_call(py, self->fd.load(), direction, Patience(self->timeout.load()), f);
}

// ---- addresses
struct Address {
    sockaddr_storage storage{};
    socklen_t size = 0;
    sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
    sockaddr const* get() const { return reinterpret_cast<sockaddr const*>(&storage); }
    template <class T> T& as() { static_assert(sizeof(T) <= sizeof(storage)); return *reinterpret_cast<T*>(&storage); }
    template <class T> T const& as() const { return *reinterpret_cast<T const*>(&storage); }
};
// The address that Python gave for a socket; `function` is named in errors.
Result<Address> address_from(Python& py, Self self, Borrowed<> object, char const* function);
// What Python sees of an address. `fd` helps to name the network devices in it.
Result<Ref<>> make_address(Python& py, int fd, Address const& address);
// A host's name as the resolver takes it: str (IDNA if it isn't ASCII), bytes or bytearray.
Result<std::string> host_from(Python& py, Borrowed<> host);
// The numeric address of a name: "" is the wildcard, "<broadcast>" what it says.
Result<Address> resolve(Python& py, std::string const& name, int family);
// The text of the numeric address inside.
Result<Ref<Str>> numeric_host(Python& py, Address const& address);

// A plain C int from an argument.
Result<int> c_int_from(Python& py, Borrowed<> v);
struct CInt { int value; operator int() const { return value; } };

// ---- methods of sockets that other files than socket.cpp hold
Result<Ref<>> recv(Python& py, Self self, std::int64_t size, CInt flags);
Result<Ref<>> recvfrom(Python& py, Self self, std::int64_t size, CInt flags);
Result<std::int64_t> recv_into(Python& py, Self self, Borrowed<> buffer, std::int64_t nbytes, CInt flags);
Result<Ref<>> recvfrom_into(Python& py, Self self, Borrowed<> buffer, std::int64_t nbytes, CInt flags);
Result<std::int64_t> send(Python& py, Self self, BytesLike const& data, CInt flags);
Result<void> sendall(Python& py, Self self, BytesLike const& data, CInt flags);
Result<std::int64_t> sendto(Python& py, Self self, Args args);
Result<Ref<>> recvmsg(Python& py, Self self, std::int64_t size, std::int64_t ancillary_size, CInt flags);
Result<Ref<>> recvmsg_into(Python& py, Self self, Borrowed<> buffers, std::int64_t ancillary_size, CInt flags);
Result<std::int64_t> sendmsg(Python& py, Self self, Borrowed<> buffers, Optional<> ancillary, CInt flags, Optional<> address);

// ---- functions of the module
Result<Ref<>> socketpair(Python& py, CInt family, CInt type, CInt protocol);
Result<void> close_descriptor(Python& py, int fd);
std::span<MethodDef const> message_functions();
std::span<MethodDef const> resolver_functions();
std::span<MethodDef const> service_functions();
Result<void> add_constants(Python& py, Module& m);

}  // namespace oro::socket_module

namespace oro::binding {
template <> struct FromPython<socket_module::CInt> {
    static Result<socket_module::CInt> get(Context& c, Value v) {
        return socket_module::CInt{TRY(socket_module::c_int_from(c.py, Borrowed<>(v)))};
    }
};
}  // namespace oro::binding
