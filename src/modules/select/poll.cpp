// select.poll: a set of watched descriptors, guarded by the object's lock; poll() works on a copy.
#include <poll.h>

#include <map>
#include <vector>

#include "modules/select/select.h"
#include "object/call.h"
#include "object/detached.h"
#include "object/list.h"
#include "runtime/duration.h"
#include "runtime/file_names.h"

namespace oro::select_module {

namespace {

struct Poll : Object {
    struct Guarded {
        std::map<int, short> watched;
    } guarded;
    std::atomic<bool> running{false};    // one poll() at a time
    static Type& type() { return poll_type; }
};

Result<std::uint32_t> events_from(Python& py, Optional<> mask) {
    if (!mask) return std::uint32_t(POLLIN | POLLPRI | POLLOUT);
    return unsigned_from(py, *mask, 16, "unsigned short");
}

Result<void> poll_register(Python& py, Borrowed<Poll> self, Borrowed<> fd, Optional<> eventmask) {
    int number = TRY(descriptor_from(py, fd));
    std::uint32_t events = TRY(events_from(py, eventmask));
    Locked<Poll> p(py, self);
    p->watched[number] = short(events);
    return {};
}
Result<void> poll_modify(Python& py, Borrowed<Poll> self, Borrowed<> fd, Borrowed<> eventmask) {
    int number = TRY(descriptor_from(py, fd));
    std::uint32_t events = TRY(unsigned_from(py, eventmask, 16, "unsigned short"));
    bool found;
    {
        Locked<Poll> p(py, self);
        auto i = p->watched.find(number);
        found = i != p->watched.end();
        if (found) i->second = short(events);
    }
    if (!found) return raise_errno(py, ENOENT);
    return {};
}
Result<void> poll_unregister(Python& py, Borrowed<Poll> self, Borrowed<> fd) {
    int number = TRY(descriptor_from(py, fd));
    bool found;
    {
        Locked<Poll> p(py, self);
        found = p->watched.erase(number) > 0;
    }
    if (!found) return raise_value(py, exc::KeyError, Borrowed<>(Value::of_int(number)));
    return {};
}

Result<Ref<>> wait(Python& py, std::vector<pollfd>& fds, bool forever, std::int64_t ns) {
    std::int64_t deadline = deadline_of(ns);
    for (;;) {
        int n, error;
        int rest = forever ? -1 : milliseconds_left(deadline);
        {
            Detached detached(py);
            n = ::poll(fds.data(), fds.size(), rest);
            error = errno;
        }
        if (n < 0 && error != EINTR) return raise_errno(py, error);
        if (n >= 0) break;
        CHECK(poll(py));
    }
    Ref<List> list = TRY(make_list(py));
    for (pollfd const& p : fds) {
        if (!p.revents) continue;
        CHECK(list_append(py, list, TRY(make_tuple_of(py, Ref<>::immediate(Value::of_int(p.fd)),
                                                      Ref<>::immediate(Value::of_int(p.revents & 0xffff))))));
    }
    return list;
}

Result<Ref<>> poll_poll(Python& py, Borrowed<Poll> self, Borrowed<> timeout) {
    bool forever = timeout.is(kNone);
    std::int64_t ns = forever ? 0 : TRY(duration_from(py, timeout, 1000000, "timeout must be an integer or None"));
    if (ns < 0) forever = true;
    if (!forever && ns / 1000000 > INT32_MAX) return raise(py, exc::OverflowError, "timeout is too large");
    if (self->running.exchange(true)) return raise(py, exc::RuntimeError, "concurrent poll() invocation");
    std::vector<pollfd> fds;
    {
        Locked<Poll> p(py, self);
        for (auto [fd, events] : p->watched) fds.push_back({fd, events, 0});
    }
    auto result = wait(py, fds, forever, ns);
    self->running.store(false);
    return result;
}

constexpr MethodDef methods[] = {
    def<poll_register>("register", "fd, eventmask=<unrepresentable>, /", "Watch a descriptor for these events."),
    def<poll_modify>("modify", "fd, eventmask, /", "Change the events that a descriptor is watched for."),
    def<poll_unregister>("unregister", "fd, /", "Watch a descriptor no longer."),
    def<poll_poll>("poll", "timeout=None, /", "Wait for events, for so many milliseconds; gives a list of (fd, events)."),
};
constexpr TypeDef poll_def{.name = "select.poll", .size = sizeof(Poll), .flags = type_flag::disallow_new, .hooks = hooks_of<Poll>(), .methods = methods};

}  // namespace

ORO_TYPE(poll_type, poll_def);

Result<Ref<>> make_poll(Python& py) { return make<Poll>(py, poll_type); }

}  // namespace oro::select_module
