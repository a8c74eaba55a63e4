// _socket: the system's sockets, as socket.py wants them. This file puts the module together.
#include <fcntl.h>

#include "modules/_socket/socket.h"
#include "object/exception.h"

namespace oro::socket_module {

std::atomic<std::int64_t> default_timeout{-1};

namespace {

Result<void> close_function(Python& py, CInt fd) { return close_descriptor(py, fd); }
Result<std::int64_t> dup_function(Python& py, CInt fd) {
    return system_call(py, [&] { return ::fcntl(fd, F_DUPFD_CLOEXEC, 0); });
}
Result<Ref<>> getdefaulttimeout(Thread& t) { return timeout_object(t, default_timeout.load()); }
Result<void> setdefaulttimeout(Python& py, Borrowed<> timeout) {
    std::int64_t ns = TRY(timeout_from(py, timeout));
    default_timeout.store(ns);
    return {};
}

constexpr MethodDef functions[] = {
    function<close_function>("close", "fd, /", "Close a socket's descriptor."),
    function<dup_function>("dup", "fd, /", "A duplicate of a descriptor, which programs that are run don't inherit."),
    function<getdefaulttimeout>("getdefaulttimeout", "", "The timeout of new sockets in seconds, None if there is none."),
    function<setdefaulttimeout>("setdefaulttimeout", "timeout, /", "What timeout new sockets get."),
    function<socketpair>("socketpair", "family=1, type=1, proto=0, /", "A pair of connected sockets."),
};

constexpr std::uint32_t kErrorFlags = type_flag::subclassable | type_flag::has_dict | type_flag::exception | type_flag::has_weakrefs;
constexpr TypeDef gaierror_def{.name = "socket.gaierror", .doc = "A host's address could not be found out.", .base = &exc::OSError,
                               .size = sizeof(OSError), .flags = kErrorFlags, .hooks = hooks_of<OSError>()};
constexpr TypeDef herror_def{.name = "socket.herror", .doc = "A host could not be found out.", .base = &exc::OSError,
                             .size = sizeof(OSError), .flags = kErrorFlags, .hooks = hooks_of<OSError>()};

Result<void> setup(Python& py, Module& m) {
    Ref<> module_name = Ref<Str>(intern_immortal(py, "_socket"));
    for (auto table : {message_functions(), resolver_functions(), service_functions()}) {
        for (MethodDef const& f : table) {
            Ref<Native> native = TRY(make_native_function(py, f, Borrowed<Module>(m).share(), module_name.share()));
            CHECK(add_to_module(py, m, f.name, std::move(native)));
        }
    }
    CHECK(add_type_to_module(py, m, socket_type));
    CHECK(add_to_module(py, m, "SocketType", share(Value::of(&socket_type))));
    CHECK(add_type_to_module(py, m, gaierror_type));
    CHECK(add_type_to_module(py, m, herror_type));
    CHECK(add_to_module(py, m, "error", share(Value::of(&exc::OSError))));
    CHECK(add_to_module(py, m, "timeout", share(Value::of(&exc::TimeoutError))));
    return add_constants(py, m);
}

}  // namespace

ORO_TYPE(gaierror_type, gaierror_def);
ORO_TYPE(herror_type, herror_def);

ORO_MODULE(socket_module_def, .name = "_socket", .doc = "Sockets; programs use them through the module socket.", .functions = functions,
           .setup = setup);

}  // namespace oro::socket_module
