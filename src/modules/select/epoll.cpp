// select.epoll: a descriptor of the kernel's event queue; the kernel does all locking.
#include <limits.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <vector>

#include "modules/select/select.h"
#include "object/call.h"
#include "object/detached.h"
#include "object/list.h"
#include "runtime/duration.h"
#include "runtime/file_names.h"

namespace oro::select_module {

namespace {

struct Epoll : Object {
    std::atomic<int> fd;                 // -1 when closed
    explicit Epoll(int f) : fd(f) {}
    ~Epoll() {
        int f = fd.exchange(-1);
        if (f >= 0) ::close(f);
    }
    static Type& type() { return epoll_type; }
};

Result<int> open_fd(Thread& t, Borrowed<Epoll> self) {
    int fd = self->fd.load();
    if (fd < 0) return raise(t, exc::ValueError, "I/O operation on closed epoll object");
    return fd;
}

Value new_epoll(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    auto run = [&]() -> Result<Ref<>> {
        static constexpr char const* kNames[] = {"sizehint", "flags"};
        Value out[2];
        CHECK(parse_arguments(py, "epoll", kNames, 0, 2, 0, args, n, names, out));
        std::int64_t hint = out[0].is_null() ? -1 : TRY(to_int64(py, Borrowed<>(out[0]), &exc::OverflowError));
        std::int64_t flags = out[1].is_null() ? 0 : TRY(to_int64(py, Borrowed<>(out[1]), &exc::OverflowError));
        if (hint != -1 && hint <= 0) return raise(py, exc::ValueError, "negative sizehint");
        if (flags && flags != EPOLL_CLOEXEC) return raise(py, exc::OSError, "invalid flags");
        int fd = ::epoll_create1(EPOLL_CLOEXEC);
        if (fd < 0) return raise_errno(py, errno);
        auto made = make<Epoll>(py, type, fd);
        if (made.raised()) ::close(fd);
        return made;
    };
    return run().release();
}
Result<Ref<>> fromfd(Python& py, Borrowed<> cls, std::int64_t fd) {
    return make<Epoll>(py, *static_cast<Type*>(cls.value().pointer()), int(fd));
}

Result<void> close(Python& py, Borrowed<Epoll> self) {
    int fd = self->fd.exchange(-1);
    if (fd < 0) return {};
    int failed, error;
    {
        Detached detached(py);
        failed = ::close(fd);
        error = errno;
    }
    if (failed < 0) return raise_errno(py, error);
    return {};
}
Result<Ref<>> enter(Python& py, Borrowed<Epoll> self) {
    CHECK(open_fd(py, self));
    return self.share();
}
Result<void> leave(Python& py, Borrowed<Epoll> self, Borrowed<>, Borrowed<>, Borrowed<>) { return close(py, self); }
Value closed(Python&, Value self) { return Value::of_bool(as<Epoll>(self)->fd.load() < 0); }
Result<std::int64_t> fileno(Python& py, Borrowed<Epoll> self) {
    int fd = TRY(open_fd(py, self));
    return fd;
}

Result<void> control(Python& py, Borrowed<Epoll> self, int operation, Borrowed<> fd, std::uint32_t events) {
    int queue = TRY(open_fd(py, self));
    int number = TRY(descriptor_from(py, fd));
    epoll_event event{};
    event.events = events;
    event.data.fd = number;
    int failed, error;
    {
        Detached detached(py);
        failed = ::epoll_ctl(queue, operation, number, &event);
        error = errno;
    }
    if (failed < 0) return raise_errno(py, error);
    return {};
}
Result<void> epoll_register(Python& py, Borrowed<Epoll> self, Borrowed<> fd, Optional<> eventmask) {
    std::uint32_t events = EPOLLIN | EPOLLPRI | EPOLLOUT;
    if (eventmask) events = TRY(unsigned_from(py, *eventmask, 32, "unsigned int"));
    return control(py, self, EPOLL_CTL_ADD, fd, events);
}
Result<void> epoll_modify(Python& py, Borrowed<Epoll> self, Borrowed<> fd, Borrowed<> eventmask) {
    std::uint32_t events = TRY(unsigned_from(py, eventmask, 32, "unsigned int"));
    return control(py, self, EPOLL_CTL_MOD, fd, events);
}
Result<void> epoll_unregister(Python& py, Borrowed<Epoll> self, Borrowed<> fd) { return control(py, self, EPOLL_CTL_DEL, fd, 0); }

Result<Ref<>> epoll_poll(Python& py, Borrowed<Epoll> self, Borrowed<> timeout, std::int64_t maxevents) {
    int queue = TRY(open_fd(py, self));
    bool forever = timeout.is(kNone);
    std::int64_t ns = forever ? 0 : TRY(duration_from(py, timeout, 1000000000, "timeout must be an integer or None"));
    if (ns < 0) forever = true;
    if (!forever && ns / 1000000 > INT_MAX) return raise(py, exc::OverflowError, "timeout is too large");
    if (maxevents == -1) maxevents = FD_SETSIZE - 1;
    else if (maxevents < 1) return raise(py, exc::ValueError, "maxevents must be greater than 0, got {}", maxevents);
    if (maxevents > INT_MAX / std::int64_t(sizeof(epoll_event))) return raise_no_memory(py);
    std::vector<epoll_event> events(std::size_t(maxevents), epoll_event{});
    std::int64_t deadline = deadline_of(ns);
    int n, error;
    for (;;) {
        int rest = forever ? -1 : milliseconds_left(deadline);
        {
            Detached detached(py);
            n = ::epoll_wait(queue, events.data(), int(maxevents), rest);
            error = errno;
        }
        if (n >= 0) break;
        if (error != EINTR) return raise_errno(py, error);
        CHECK(poll(py));
    }
    Ref<List> list = TRY(make_list(py, std::size_t(n)));
    for (int i = 0; i < n; ++i) {
        CHECK(list_append(py, list, TRY(make_tuple_of(py, Ref<>::immediate(Value::of_int(events[std::size_t(i)].data.fd)),
                                                      Ref<>::immediate(Value::of_int(events[std::size_t(i)].events))))));
    }
    return list;
}

constexpr MethodDef methods[] = {
    class_def<fromfd>("fromfd", "fd, /", "An epoll object for a descriptor of one."),
    def<close>("close", "", "Close the descriptor."),
    def<fileno>("fileno", "", "The descriptor of the event queue."),
    def<enter>("__enter__", "", ""),
    def<leave>("__exit__", "exc_type=None, exc_value=None, exc_tb=None, /", ""),
    def<epoll_register>("register", "fd, eventmask=<unrepresentable>", "Watch a descriptor for these events."),
    def<epoll_modify>("modify", "fd, eventmask", "Change the events that a descriptor is watched for."),
    def<epoll_unregister>("unregister", "fd", "Watch a descriptor no longer."),
    def<epoll_poll>("poll", "timeout=None, maxevents=-1", "Wait for events, for so many seconds; gives a list of (fd, events)."),
};
constexpr GetSetDef getsets[] = {{"closed", closed, nullptr, "True if the epoll handler is closed"}};
constexpr TypeDef epoll_def{.name = "select.epoll", .doc = "An event queue of the kernel that watches descriptors.", .signature = "sizehint=-1, flags=0",
                            .size = sizeof(Epoll), .flags = type_flag::subclassable, .hooks = hooks_of<Epoll>(), .new_ = new_epoll,
                            .methods = methods, .getsets = getsets};

}  // namespace

ORO_TYPE(epoll_type, epoll_def);

Result<void> add_epoll(Python& py, Module& m) { return add_type_to_module(py, m, epoll_type); }

}  // namespace oro::select_module
