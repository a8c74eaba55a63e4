// select: waiting for descriptors to be ready. select() itself and the constants; poll and epoll stand beside.
#include <limits.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>

#include <cerrno>
#include <vector>

#include "modules/select/select.h"
#include "object/call.h"
#include "object/detached.h"
#include "object/list.h"
#include "runtime/duration.h"
#include "runtime/file_names.h"

namespace oro::select_module {

namespace {

struct Watched {
    std::vector<Ref<>> objects;
    std::vector<int> fds;
    fd_set set;
};

Result<void> watch(Python& py, Watched& w, Ref<> object) {
    int fd = TRY(descriptor_from(py, object));
    if (fd >= FD_SETSIZE) return raise(py, exc::ValueError, "filedescriptor out of range in select()");
    if (w.fds.size() >= FD_SETSIZE) return raise(py, exc::ValueError, "too many file descriptors in select()");
    w.objects.push_back(std::move(object));
    w.fds.push_back(fd);
    FD_SET(fd, &w.set);
    return {};
}

Result<void> watch_all(Python& py, Watched& w, Borrowed<> sequence) {
    FD_ZERO(&w.set);
    if (is<List>(sequence)) {
        // As it is now and becomes: fileno() may change it.
        for (std::size_t i = 0;; ++i) {
            Maybe<> item = list_get(py, *as<List>(sequence), i);
            if (!item) return {};
            CHECK(watch(py, w, std::move(item).take()));
        }
    }
    auto items = tuple_from(py, sequence);
    if (items.raised()) {
        if (!raised_is(py, exc::TypeError)) return Raised{};
        clear_raised(py);
        return raise(py, exc::TypeError, "arguments 1-3 must be sequences");
    }
    Ref<Tuple> all = std::move(items).take();
    for (std::size_t i = 0; i < all->size; ++i) CHECK(watch(py, w, all->at(i).share()));
    return {};
}
Result<Ref<>> ready_of(Python& py, Watched const& w, fd_set const& set) {
    Ref<List> list = TRY(make_list(py));
    for (std::size_t i = 0; i < w.fds.size(); ++i) {
        if (FD_ISSET(w.fds[i], &set)) CHECK(list_append(py, list, w.objects[i].share()));
    }
    return list;
}

Result<Ref<>> select(Python& py, Borrowed<> rlist, Borrowed<> wlist, Borrowed<> xlist, Borrowed<> timeout) {
    bool forever = timeout.is(kNone);
    std::int64_t ns = forever ? 0 : TRY(duration_from(py, timeout, 1000000000, "timeout must be a float or None"));
    if (ns < 0) return raise(py, exc::ValueError, "timeout must be non-negative");
    Watched r, w, x;
    CHECK(watch_all(py, r, rlist));
    CHECK(watch_all(py, w, wlist));
    CHECK(watch_all(py, x, xlist));
    int most = -1;
    for (Watched const* part : {&r, &w, &x}) {
        for (int fd : part->fds) most = std::max(most, fd);
    }
    std::int64_t deadline = deadline_of(ns);
    for (;;) {
        fd_set rs = r.set, ws = w.set, xs = x.set;
        // Longer than the kernel's type is long enough.
        timeval rest{time_t(ns / 1000000000), suseconds_t((ns % 1000000000 + 999) / 1000)};
        if (rest.tv_usec >= 1000000) rest.tv_usec -= 1000000, ++rest.tv_sec;
        int n, error;
        {
            Detached detached(py);
            n = ::select(most + 1, &rs, &ws, &xs, forever ? nullptr : &rest);
            error = errno;
        }
        if (n >= 0) {
            Ref<> a = TRY(ready_of(py, r, rs));
            Ref<> b = TRY(ready_of(py, w, ws));
            Ref<> c = TRY(ready_of(py, x, xs));
            return make_tuple_of(py, std::move(a), std::move(b), std::move(c));
        }
        if (error != EINTR) return raise_errno(py, error);
        CHECK(poll(py));
        if (!forever) ns = std::max<std::int64_t>(deadline - monotonic_ns(), 0);
    }
}

constexpr MethodDef kFunctions[] = {
    function<select>("select", "rlist, wlist, xlist, timeout=None, /",
                     "Wait until descriptors are ready for reading, for writing, or in an exceptional condition; gives three lists of those that are."),
    function<make_poll>("poll", "", "An object that watches any number of descriptors."),
};

struct Constant {
    char const* name;
    std::int64_t value;
};
#define C(name) {#name, name}
constexpr Constant kConstants[] = {
    C(POLLIN), C(POLLPRI), C(POLLOUT), C(POLLERR), C(POLLHUP), C(POLLNVAL), C(POLLRDNORM), C(POLLRDBAND), C(POLLWRNORM), C(POLLWRBAND),
    C(POLLMSG), C(POLLRDHUP), C(EPOLLIN), C(EPOLLOUT), C(EPOLLPRI), C(EPOLLERR), C(EPOLLHUP), C(EPOLLRDHUP), C(EPOLLRDNORM),
    C(EPOLLRDBAND), C(EPOLLWRNORM), C(EPOLLWRBAND), C(EPOLLMSG), {"EPOLLET", std::int64_t(std::uint32_t(EPOLLET))}, C(EPOLLONESHOT),
    C(EPOLLEXCLUSIVE), C(EPOLLWAKEUP), C(EPOLL_CLOEXEC), C(PIPE_BUF),
};
#undef C

Result<void> setup(Python& py, Module& m) {
    for (Constant const& c : kConstants) CHECK(add_to_module(py, m, c.name, Ref<>::immediate(Value::of_int(c.value))));
    CHECK(add_to_module(py, m, "error", share(Value::of(&exc::OSError))));
    return add_epoll(py, m);
}

}  // namespace

ORO_MODULE(select_module, .name = "select", .doc = "Waiting for several descriptors at once.", .functions = kFunctions, .setup = setup);

}  // namespace oro::select_module
