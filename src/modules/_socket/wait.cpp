// Waiting for a socket, timeouts, and the errors of sockets and resolvers.
#include <netdb.h>
#include <limits.h>
#include <poll.h>

#include "modules/_socket/socket.h"
#include "object/exception.h"
#include "runtime/duration.h"

namespace oro::socket_module {

Patience::Patience(std::int64_t timeout_ns) : timeout(timeout_ns), deadline(timeout_ns > 0 ? deadline_of(timeout_ns) : 0) {}

Result<bool> wait_ready(Python& py, int fd, Direction direction, Patience const& patience) {
    if (fd < 0) return true;  // closed meanwhile: the call itself says so
    pollfd watched{fd, short(direction == Direction::reading ? POLLIN : POLLOUT), 0};
    for (;;) {
        int rest = patience.limited() ? milliseconds_left(patience.deadline) : -1;
        Outcome o = detached_call(py, [&] { return ::poll(&watched, 1, rest); });
        if (o.value > 0) return true;
        if (o.value == 0) return false;
        if (o.error != EINTR) return raise_errno(py, o.error);
        CHECK(poll(py));
    }
}

namespace {

Raised raise_with_code(Thread& t, Type& type, int code, std::string_view text) {
    Ref<Str> message = TRY(make_str(t, text));
    Ref<Tuple> args = TRY(make_tuple_of(t, Ref<>::immediate(Value::of_int(code)), std::move(message)));
    return raise_object(t, TRY(make_exception(t, type, std::move(args))));
}

}  // namespace

Result<std::int64_t> timeout_from(Python& py, Borrowed<> v) {
    if (v.is(kNone)) return -1;
    std::int64_t ns = TRY(duration_from(py, v, 1000000000, "'{}' object cannot be interpreted as an integer or float"));
    if (ns < 0) return raise(py, exc::ValueError, "Timeout value out of range");
    // What poll() takes.
    if (ns / 1000000 >= INT_MAX) return raise(py, exc::OverflowError, "timeout doesn't fit into C timeval");
    return ns;
}
Result<Ref<>> timeout_object(Thread& t, std::int64_t ns) {
    if (ns < 0) return none.share();
    return make_float(t, double(ns) / 1e9);
}

Raised raise_resolver_error(Python& py, int code, int system_error) {
    if (code == EAI_SYSTEM) return raise_errno(py, system_error);
    return raise_with_code(py, gaierror_type, code, ::gai_strerror(code));
}
Raised raise_host_error(Python& py, int code) { return raise_with_code(py, herror_type, code, ::hstrerror(code)); }

Result<int> c_int_from(Python& py, Borrowed<> v) {
    Ref<> n = TRY(to_index(py, v));
    std::int64_t wide;
    if (!to_int64(PlainInt(n.value()), wide)) return raise(py, exc::OverflowError, "Python int too large to convert to C long");
    if (wide != int(wide))
        return raise(py, exc::OverflowError,
                     wide < 0 ? "signed integer is less than minimum" : "signed integer is greater than maximum");
    return int(wide);
}

}  // namespace oro::socket_module
