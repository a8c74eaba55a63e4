// The socket type: making, connecting, options; what transfers data stands in transfer.cpp and message.cpp.
#include <fcntl.h>
#include <unistd.h>

#include "modules/_socket/socket.h"
#include "runtime/warn.h"

namespace oro::socket_module {

namespace {

Result<int> set_nonblocking(Python& py, int fd, bool nonblocking) {
    return int(TRY(system_call(py, [&] {
        int flags = ::fcntl(fd, F_GETFL);
        if (flags < 0) return flags;
        int wanted = nonblocking ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
        return wanted == flags ? 0 : ::fcntl(fd, F_SETFL, wanted);
    })));
}

// ---- making

Result<int> option_of(Python& py, int fd, int option) {
    int value = 0;
    socklen_t size = sizeof value;
    if (::getsockopt(fd, SOL_SOCKET, option, &value, &size) < 0) return raise_errno(py, errno);
    return value;
}

// Whether an option that isn't given may be asked of the descriptor.
struct Wanted {
    int family, kind, protocol;
};

Result<void> adopt(Python& py, Self self, Value fileno, Wanted w) {
    if (is_any_float(fileno)) return raise(py, exc::TypeError, "integer argument expected, got float");
    std::int64_t fd = TRY(c_int_from(py, Borrowed<>(fileno)));
    if (fd < 0) return raise(py, exc::ValueError, "negative file descriptor");
    Address own;
    own.size = sizeof own.storage;
    // What is no socket is found out here.
    if (::getsockname(int(fd), own.get(), &own.size) < 0) {
        if (w.family == -1 || errno == EBADF || errno == ENOTSOCK) return raise_errno(py, errno);
    } else if (w.family == -1) {
        w.family = own.storage.ss_family;
    }
    if (w.kind == -1) w.kind = TRY(option_of(py, int(fd), SO_TYPE));
    if (w.protocol == -1) w.protocol = TRY(option_of(py, int(fd), SO_PROTOCOL));
    self->family.store(w.family);
    self->kind.store(w.kind);
    self->protocol.store(w.protocol);
    self->fd.store(int(fd));
    return {};
}

// The rest of what a new socket is: SOCK_NONBLOCK and the default timeout.
Result<void> finish_socket(Python& py, Self self) {
    int kind = self->kind.load();
    if (kind & SOCK_NONBLOCK) {
        self->timeout.store(0);
    } else {
        std::int64_t timeout = default_timeout.load();
        self->timeout.store(timeout);
        if (timeout >= 0) CHECK(set_nonblocking(py, self->fd.load(), true));
    }
    self->kind.store(kind & ~(SOCK_CLOEXEC | SOCK_NONBLOCK));
    return {};
}

Result<void> init_socket(Python& py, Self self, Value const* args, std::size_t n, Tuple* names) {
    static constexpr char const* kNames[] = {"family", "type", "proto", "fileno"};
    Value out[4];
    CHECK(parse_arguments(py, "socket", kNames, 0, 4, 0, args, n, names, out));
    int numbers[3] = {-1, -1, -1};
    for (int i = 0; i < 3; ++i) {
        if (out[i]) numbers[i] = TRY(c_int_from(py, Borrowed<>(out[i])));
    }
    Wanted w{numbers[0], numbers[1], numbers[2]};
    if (out[3] && out[3] != kNone) {
        CHECK(adopt(py, self, out[3], w));
        return finish_socket(py, self);
    }
    if (w.family == -1) w.family = AF_INET;
    if (w.kind == -1) w.kind = SOCK_STREAM;
    if (w.protocol == -1) w.protocol = 0;
    int fd = int(TRY(system_call(py, [&] { return ::socket(w.family, w.kind | SOCK_CLOEXEC, w.protocol); })));
    self->family.store(w.family);
    self->kind.store(w.kind);
    self->protocol.store(w.protocol);
    self->fd.store(fd);
    if (finish_socket(py, self).raised()) {
        if (int opened = self->fd.exchange(-1); opened >= 0) ::close(opened);
        return Raised{};
    }
    return {};
}
Value init_thunk(Python& py, Value self, Value const* args, std::size_t n, Tuple* names) {
    return init_socket(py, as<Socket>(self), args, n, names).raised() ? Value{} : kNone;
}
Value new_thunk(Python& py, Type& type, Value const*, std::size_t, Tuple*) { return make<Socket>(py, type).release(); }

// ---- the end

Result<void> close(Python& py, Self self) {
    int fd = self->fd.exchange(-1);
    if (fd < 0) return {};
    return close_descriptor(py, fd);
}
std::int64_t detach(Thread&, Self self) { return self->fd.exchange(-1); }

Result<Ref<Str>> to_repr(Thread& t, Self self) {
    return format_message(t, "<socket object, fd={}, family={}, type={}, proto={}>",
                          {self->fd.load(), self->family.load(), self->kind.load(), self->protocol.load()});
}

// A socket that nobody has closed.
Result<void> del(Python& py, Self self) {
    if (self->fd.load() < 0) return {};
    auto warned = [&]() -> Result<void> {
        Ref<Str> shown = TRY(repr(py, self));
        Ref<Str> text = TRY(format_message(py, "unclosed {}", {MessageArg(shown)}));
        return warn_here(py, text, Borrowed<>(Value::of(&exc::ResourceWarning)), 1, Optional<>(self.value()));
    }();
    if (warned.raised()) {
        if (raised_is(py, exc::Warning)) write_unraisable(py, "Exception ignored while finalizing socket ", Optional<>(self));
        else clear_raised(py);
    }
    if (int fd = self->fd.exchange(-1); fd >= 0) (void)detached_call(py, [&] { return ::close(fd); });
    return {};
}

// ---- connecting

Result<Ref<>> accept(Python& py, Self self) {
    Address from;
    int fd = int(TRY(waiting_call(py, self, Direction::reading, [&](int listening) {
        from.size = sizeof from.storage;
        return ::accept4(listening, from.get(), &from.size, SOCK_CLOEXEC);
    })));
    auto address = make_address(py, fd, from);
    if (address.raised()) {
        ::close(fd);
        return Raised{};
    }
    return make_tuple_of(py, Ref<>::immediate(Value::of_int(fd)), std::move(address).take());
}

Result<void> bind(Python& py, Self self, Borrowed<> address) {
    Address a = TRY(address_from(py, self, address, "bind"));
    CHECK(system_call(py, [&] { return ::bind(self->fd.load(), a.get(), a.size); }));
    return {};
}

// 0, or the errno of the failure.
Result<int> connect_to(Python& py, Self self, Address const& a) {
    int fd = self->fd.load();
    Patience patience(self->timeout.load());
    Outcome o = detached_call(py, [&] { return ::connect(fd, a.get(), a.size); });
    if (o.value == 0) return 0;
    if (o.error == EINTR) CHECK(poll(py));
    // The kernel goes on connecting after a signal. Without a timeout we wait for ever, unless the socket is not to wait.
    bool wait = o.error == EINTR ? patience.timeout != 0 : o.error == EINPROGRESS && patience.limited();
    if (!wait) return o.error;
    if (!TRY(wait_ready(py, fd, Direction::writing, patience))) return patience.limited() ? -ETIMEDOUT : EWOULDBLOCK;
    int error = 0;
    socklen_t size = sizeof error;
    if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0) return errno;
    return error == EISCONN ? 0 : error;
}
Result<void> connect(Python& py, Self self, Borrowed<> address) {
    Address a = TRY(address_from(py, self, address, "connect"));
    int error = TRY(connect_to(py, self, a));
    if (error < 0) return raise(py, exc::TimeoutError, "timed out");
    if (error) return raise_errno(py, error);
    return {};
}
Result<std::int64_t> connect_ex(Python& py, Self self, Borrowed<> address) {
    Address a = TRY(address_from(py, self, address, "connect_ex"));
    int error = TRY(connect_to(py, self, a));
    return error < 0 ? EWOULDBLOCK : error;
}

Result<void> listen(Python& py, Self self, CInt backlog) {
    CHECK(system_call(py, [&] { return ::listen(self->fd.load(), std::max(backlog.value, 0)); }));
    return {};
}
Result<void> shutdown(Python& py, Self self, CInt how) {
    CHECK(system_call(py, [&] { return ::shutdown(self->fd.load(), how); }));
    return {};
}

template <int (*Get)(int, sockaddr*, socklen_t*) noexcept> Result<Ref<>> name_by(Python& py, Self self) {
    Address a;
    a.size = sizeof a.storage;
    int fd = self->fd.load();
    CHECK(system_call(py, [&] { return Get(fd, a.get(), &a.size); }));
    return make_address(py, fd, a);
}

// ---- options

Result<void> settimeout(Python& py, Self self, Borrowed<> timeout) {
    std::int64_t ns = TRY(timeout_from(py, timeout));
    self->timeout.store(ns);
    CHECK(set_nonblocking(py, self->fd.load(), ns >= 0));
    return {};
}
Result<Ref<>> gettimeout(Thread& t, Self self) { return timeout_object(t, self->timeout.load()); }
Result<void> setblocking(Python& py, Self self, bool flag) {
    self->timeout.store(flag ? -1 : 0);
    CHECK(set_nonblocking(py, self->fd.load(), !flag));
    return {};
}
bool getblocking(Thread&, Self self) { return self->timeout.load() != 0; }

// setsockopt(level, option, int or bytes) or setsockopt(level, option, None, size)
Result<void> setsockopt(Python& py, Self self, Args args) {
    if (args.size() < 3 || args.size() > 4) {
        if (args.size() < 3) return raise(py, exc::TypeError, "setsockopt() takes exactly 3 arguments ({} given)", args.size());
        return raise(py, exc::TypeError, "setsockopt() takes at most 4 arguments ({} given)", args.size());
    }
    int fd = self->fd.load(), level = TRY(c_int_from(py, args[0])), option = TRY(c_int_from(py, args[1]));
    if (args.size() == 4) {
        if (!args[2].is(kNone)) return raise(py, exc::TypeError, "setsockopt() takes exactly 3 arguments (4 given)");
        Ref<> wide = TRY(to_index(py, args[3]));
        std::int64_t size;
        if (!to_int64(PlainInt(wide.value()), size) || size < 0 || size > UINT_MAX) return raise_errno(py, EINVAL);
        CHECK(system_call(py, [&] { return ::setsockopt(fd, level, option, nullptr, socklen_t(size)); }));
        return {};
    }
    if (is_any_int(args[2].value())) {
        Ref<> n = share_int(args[2].value());
        std::int64_t wide;
        if (!to_int64(PlainInt(n.value()), wide) || wide < INT_MIN || wide > UINT_MAX) {
            return raise(py, exc::OverflowError, "Python int too large to convert to C int");
        }
        if (self->family.load() == AF_VSOCK) {  // whose options have 64 bits
            std::uint64_t value = std::uint64_t(wide);
            CHECK(system_call(py, [&] { return ::setsockopt(fd, level, option, &value, sizeof value); }));
            return {};
        }
        int value = int(wide);
        CHECK(system_call(py, [&] { return ::setsockopt(fd, level, option, &value, sizeof value); }));
        return {};
    }
    Buffer buffer = TRY(get_buffer(py, args[2]));
    if (buffer.size > INT_MAX) return raise(py, exc::OverflowError, "setsockopt: optval too large");
    CHECK(system_call(py, [&] { return ::setsockopt(fd, level, option, buffer.data, socklen_t(buffer.size)); }));
    return {};
}
Result<Ref<>> getsockopt(Python& py, Self self, CInt level, CInt option, CInt buflen) {
    int fd = self->fd.load();
    if (buflen == 0 && self->family.load() == AF_VSOCK) {
        std::uint64_t value = 0;
        socklen_t size = sizeof value;
        CHECK(system_call(py, [&] { return ::getsockopt(fd, level, option, &value, &size); }));
        return make_int_unsigned(py, value);
    }
    if (buflen == 0) {
        int value = 0;
        socklen_t size = sizeof value;
        CHECK(system_call(py, [&] { return ::getsockopt(fd, level, option, &value, &size); }));
        return make_int(py, value);
    }
    char text[1024];
    if (buflen < 0 || std::size_t(buflen.value) > sizeof text) return raise(py, exc::OSError, "getsockopt buflen out of range");
    socklen_t size = socklen_t(buflen.value);
    CHECK(system_call(py, [&] { return ::getsockopt(fd, level, option, text, &size); }));
    return TRY(make_bytes(py, {text, size}));
}

std::int64_t fileno(Thread&, Self self) { return self->fd.load(); }
Value get_family(Python&, Value self) { return Value::of_int(as<Socket>(self)->family.load()); }
Value get_kind(Python&, Value self) { return Value::of_int(as<Socket>(self)->kind.load()); }
Value get_protocol(Python&, Value self) { return Value::of_int(as<Socket>(self)->protocol.load()); }
Value get_timeout(Python& py, Value self) { return timeout_object(py, as<Socket>(self)->timeout.load()).release(); }

constexpr MethodDef methods[] = {
    def<accept>("_accept", "", "Wait for a connection: (descriptor, address) of a new socket."),
    def<bind>("bind", "address, /", "Give the socket its own address."),
    def<close>("close", "", "Close the socket; it can't be used afterwards."),
    def<connect>("connect", "address, /", "Connect to an address."),
    def<connect_ex>("connect_ex", "address, /", "Like connect(), but gives an errno instead of raising what the system tells."),
    def<detach>("detach", "", "Give the descriptor up without closing it."),
    def<fileno>("fileno", "", "The descriptor; -1 once the socket is closed."),
    def<getblocking>("getblocking", "", "Whether calls wait."),
    def<name_by<::getpeername>>("getpeername", "", "The address of the other side."),
    def<name_by<::getsockname>>("getsockname", "", "The socket's own address."),
    def<getsockopt>("getsockopt", "level, option, buffersize=0, /", "An option as int, or as bytes if a size is given."),
    def<gettimeout>("gettimeout", "", "The timeout in seconds, None if there is none."),
    def<listen>("listen", "backlog=128, /", "Let others connect; backlog: how many may wait for being accepted."),
    def<setblocking>("setblocking", "flag, /", "Whether calls are to wait: settimeout(None) or settimeout(0)."),
    def<setsockopt>("setsockopt", "*args", "setsockopt(level, option, value) or setsockopt(level, option, None, size): set an option."),
    def<settimeout>("settimeout", "timeout, /", "How many seconds calls may wait; None: as long as it takes."),
    def<shutdown>("shutdown", "flag, /", "Shut down one or both directions of the connection."),
    def<recv>("recv", "buffersize, flags=0, /", "Receive up to buffersize octets; b'' once the other side has closed."),
    def<recv_into>("recv_into", "buffer, nbytes=0, flags=0", "Receive into a buffer, up to nbytes octets or as many as fit; gives how many came."),
    def<recvfrom>("recvfrom", "buffersize, flags=0, /", "Like recv(), but gives the sender's address too."),
    def<recvfrom_into>("recvfrom_into", "buffer, nbytes=0, flags=0", "Like recv_into(), but gives the sender's address too."),
    def<send>("send", "data, flags=0, /", "Send octets; gives how many were sent, which may be fewer."),
    def<sendall>("sendall", "data, flags=0, /", "Send all octets; how many were sent before an error is not known."),
    def<sendto>("sendto", "*args", "sendto(data[, flags], address): send to that address."),
    def<recvmsg>("recvmsg", "bufsize, ancbufsize=0, flags=0, /", "Receive data and ancillary messages: (data, ancdata, msg_flags, address)."),
    def<recvmsg_into>("recvmsg_into", "buffers, ancbufsize=0, flags=0, /",
                      "Like recvmsg(), but scatters the data into buffers; gives (nbytes, ancdata, msg_flags, address)."),
    def<sendmsg>("sendmsg", "buffers, ancdata=<unrepresentable>, flags=0, address=<unrepresentable>, /",
                 "Send the buffers' octets one after another, with ancillary messages (level, type, data)."),
};
constexpr SlotDef slots[] = {slot<Dunder::repr, to_repr>, slot<Dunder::del, del>};
constexpr GetSetDef getsets[] = {
    {"family", get_family, nullptr, "the socket family"},
    {"type", get_kind, nullptr, "the socket type"},
    {"proto", get_protocol, nullptr, "the socket protocol"},
    {"timeout", get_timeout, nullptr, "the socket timeout"},
};

constexpr TypeDef socket_def{.name = "_socket.socket", .doc = "A socket: one end of a connection between programs.",
                             .signature = "family=-1, type=-1, proto=-1, fileno=None", .size = sizeof(Socket),
                             .flags = type_flag::subclassable | type_flag::has_del, .hooks = hooks_of<Socket>(), .new_ = new_thunk,
                             .init = init_thunk, .methods = methods, .slots = slots, .getsets = getsets};

}  // namespace

ORO_TYPE(socket_type, socket_def);

Result<void> close_descriptor(Python& py, int fd) {
    Outcome o = detached_call(py, [&] { return ::close(fd); });
    // The other side's resetting the connection is no failure of closing; after EINTR the descriptor is gone too.
    if (o.value < 0 && o.error != ECONNRESET && o.error != EINTR) return raise_errno(py, o.error);
    return {};
}

namespace {
Result<Ref<Socket>> wrap(Python& py, int fd, int family, int kind, int protocol) {
    Ref<Socket> s = TRY(make<Socket>(py, socket_type));
    s->family.store(family);
    s->kind.store(kind);
    s->protocol.store(protocol);
    s->fd.store(fd);
    return s;
}
}  // namespace

Result<Ref<>> socketpair(Python& py, CInt family, CInt type, CInt proto) {
    int fds[2];
    CHECK(system_call(py, [&] { return ::socketpair(family, type | SOCK_CLOEXEC, proto, fds); }));
    auto first = wrap(py, fds[0], family, type, proto), second = wrap(py, fds[1], family, type, proto);
    if (first.raised()) ::close(fds[0]);
    if (second.raised()) ::close(fds[1]);
    Ref<Socket> a = TRY(std::move(first)), b = TRY(std::move(second));
    CHECK(finish_socket(py, a));
    CHECK(finish_socket(py, b));
    return make_tuple_of(py, std::move(a), std::move(b));
}

}  // namespace oro::socket_module
