// Names of hosts: getaddrinfo, getnameinfo, and the older functions.
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

#include <string>
#include <vector>

#include "modules/_socket/socket.h"
#include "object/codecs.h"
#include "object/list.h"

namespace oro::socket_module {

namespace {

Ref<> number(std::int64_t n) { return Ref<>::immediate(Value::of_int(n)); }

// What getaddrinfo() gave, freed at the end.
struct Found {
    addrinfo* list = nullptr;
    ~Found() { if (list) ::freeaddrinfo(list); }
    Found() = default;
    Found(Found&& o) noexcept : list(std::exchange(o.list, nullptr)) {}
};
Result<Found> look_up(Python& py, char const* host, char const* service, addrinfo const& hints) {
    Found found;
    Outcome o = detached_call(py, [&] { return ::getaddrinfo(host, service, &hints, &found.list); });
    if (o.value != 0) return raise_resolver_error(py, int(o.value), o.error);
    return found;
}

// ---- getaddrinfo

Result<std::string> octets_of(Python& py, Borrowed<> v, char const* encoding) {
    if (is<Bytes>(v)) return std::string(as<Bytes>(v)->view());
    Ref<Bytes> encoded = TRY(encode_text(py, as<Str>(v), encoding, ""));
    return std::string(encoded->view());
}

Result<Ref<>> getaddrinfo(Python& py, Borrowed<> host, Borrowed<> port, CInt family, CInt type, CInt proto, CInt flags) {
    std::string name, service;
    if (!host.is(kNone)) {
        if (!is<Str>(host) && !is<Bytes>(host)) return raise(py, exc::TypeError, "getaddrinfo() argument 1 must be string or None");
        name = TRY(octets_of(py, host, "idna"));
    }
    if (is_any_int(port.value())) {
        Ref<> plain = share_int(port.value());
        Ref<Str> digits = TRY(int_to_str(py, plain.value()));
        service = digits->ascii();
    } else if (is<Str>(port) || is<Bytes>(port)) {
        service = TRY(octets_of(py, port, "utf-8"));
    } else if (!port.is(kNone)) {
        return raise(py, exc::OSError, "Int or String expected");
    }
    // The system's function reads as far as the first null byte, which would be another name.
    if (name.find('\0') != name.npos || service.find('\0') != service.npos) return raise(py, exc::ValueError, "embedded null character");
    addrinfo hints{};
    hints.ai_family = family;
    hints.ai_socktype = type;
    hints.ai_protocol = proto;
    hints.ai_flags = flags;
    Found found = TRY(look_up(py, host.is(kNone) ? nullptr : name.c_str(), port.is(kNone) ? nullptr : service.c_str(), hints));
    Ref<List> all = TRY(make_list(py));
    for (addrinfo* a = found.list; a; a = a->ai_next) {
        Address address;
        address.size = std::min<socklen_t>(a->ai_addrlen, sizeof address.storage);
        std::memcpy(&address.storage, a->ai_addr, address.size);
        Ref<> shown = TRY(make_address(py, -1, address));
        Ref<> canonical = TRY(make_str(py, std::string_view(a->ai_canonname ? a->ai_canonname : "")));
        CHECK(list_append(py, all, TRY(make_tuple_of(py, number(a->ai_family), number(a->ai_socktype), number(a->ai_protocol),
                                                     std::move(canonical), std::move(shown)))));
    }
    return all;
}

// ---- getnameinfo

Result<Ref<>> getnameinfo(Python& py, Borrowed<> sockaddr_object, CInt flags) {
    if (!is<Tuple>(sockaddr_object)) return raise(py, exc::TypeError, "getnameinfo() argument 1 must be a tuple");
    Borrowed<Tuple> fields = as<Tuple>(sockaddr_object);
    if (fields->size < 2 || fields->size > 4 || !is<Str>(fields->at(0)))
        return raise(py, exc::TypeError, "getnameinfo(): illegal sockaddr argument");
    std::string host(TRY(utf8_of(py, as<Str>(fields->at(0)))));
    if (host.find('\0') != host.npos) return raise(py, exc::ValueError, "embedded null character");
    int port = TRY(c_int_from(py, fields->at(1)));
    std::int64_t flow = fields->size > 2 ? TRY(to_int64(py, fields->at(2), &exc::OverflowError)) : 0;
    std::int64_t scope = fields->size > 3 ? TRY(to_int64(py, fields->at(3), &exc::OverflowError)) : 0;
    if (flow < 0 || flow > 0xfffff) return raise(py, exc::OverflowError, "getnameinfo(): flowinfo must be 0-1048575.");
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_DGRAM;
    hints.ai_flags = AI_NUMERICHOST;
    std::string service = std::to_string(port);
    Found found = TRY(look_up(py, host.c_str(), service.c_str(), hints));
    if (found.list->ai_next) return raise(py, exc::OSError, "sockaddr resolved to multiple addresses");
    Address address;
    address.size = std::min<socklen_t>(found.list->ai_addrlen, sizeof address.storage);
    std::memcpy(&address.storage, found.list->ai_addr, address.size);
    if (address.storage.ss_family == AF_INET) {
        if (fields->size != 2) return raise(py, exc::OSError, "IPv4 sockaddr must be 2 tuple");
    } else if (address.storage.ss_family == AF_INET6) {
        address.as<sockaddr_in6>().sin6_flowinfo = htonl(std::uint32_t(flow));
        address.as<sockaddr_in6>().sin6_scope_id = std::uint32_t(scope);
    }
    char host_text[NI_MAXHOST], service_text[NI_MAXSERV];
    Outcome o = detached_call(py, [&] {
        return ::getnameinfo(address.get(), address.size, host_text, sizeof host_text, service_text, sizeof service_text, flags);
    });
    if (o.value != 0) return raise_resolver_error(py, int(o.value), o.error);
    Ref<> a = TRY(make_str(py, std::string_view(host_text))), b = TRY(make_str(py, std::string_view(service_text)));
    return make_tuple_of(py, std::move(a), std::move(b));
}

// ---- gethostby...

Result<std::string> host_argument(Python& py, char const* function, Borrowed<> v) {
    auto host = host_from(py, v);
    if (host.raised() && raised_is(py, exc::TypeError) && !is<Str>(v) && !is<Bytes>(v)) {
        clear_raised(py);
        return raise(py, exc::TypeError, "{}() argument 1 must be str, bytes or bytearray, not {}", function, TypeName{v.value()});
    }
    return host;
}

Result<Ref<>> gethostbyname(Python& py, Borrowed<> host) {
    std::string name = TRY(host_argument(py, "gethostbyname", host));
    return TRY(numeric_host(py, TRY(resolve(py, name, AF_INET))));
}

// (name, aliases, addresses). f(entry, memory, size, result, error) is one of the system's functions; it says ERANGE while
// there is too little memory.
template <class F> Result<Ref<>> host_entry(Python& py, F&& f) {
    std::vector<char> memory(4096);
    hostent entry{};
    hostent* result = nullptr;
    int error = 0;
    for (;;) {
        Outcome o = detached_call(py, [&] { return f(&entry, memory.data(), memory.size(), &result, &error); });
        if (o.value != ERANGE) break;
        memory.resize(memory.size() * 2);
    }
    if (!result) return raise_host_error(py, error);
    Ref<> name = TRY(make_str(py, std::string_view(entry.h_name)));
    Ref<List> aliases = TRY(make_list(py)), addresses = TRY(make_list(py));
    for (char** p = entry.h_aliases; p && *p; ++p) CHECK(list_append(py, aliases, TRY(make_str(py, std::string_view(*p)))));
    for (char** p = entry.h_addr_list; p && *p; ++p) {
        char text[INET6_ADDRSTRLEN];
        if (!::inet_ntop(entry.h_addrtype, *p, text, sizeof text)) return raise_errno(py, errno);
        CHECK(list_append(py, addresses, TRY(make_str(py, std::string_view(text)))));
    }
    return make_tuple_of(py, std::move(name), std::move(aliases), std::move(addresses));
}
Result<Ref<>> gethostbyname_ex(Python& py, Borrowed<> host) {
    std::string name = TRY(host_argument(py, "gethostbyname_ex", host));
    // For its errors: gaierror for what is no host.
    CHECK(resolve(py, name, AF_INET));
    return host_entry(py, [&](auto... more) { return ::gethostbyname_r(name.c_str(), more...); });
}
Result<Ref<>> gethostbyaddr(Python& py, Borrowed<> host) {
    std::string name = TRY(host_argument(py, "gethostbyaddr", host));
    Address address = TRY(resolve(py, name, AF_UNSPEC));
    bool four = address.storage.ss_family == AF_INET;
    if (!four && address.storage.ss_family != AF_INET6) return raise(py, exc::OSError, "unsupported address family");
    void const* octets = four ? static_cast<void const*>(&address.as<sockaddr_in>().sin_addr) : &address.as<sockaddr_in6>().sin6_addr;
    return host_entry(py, [&](auto... more) { return ::gethostbyaddr_r(octets, four ? 4 : 16, four ? AF_INET : AF_INET6, more...); });
}

constexpr MethodDef functions[] = {
    function<getaddrinfo>("getaddrinfo", "host, port, family=0, type=0, proto=0, flags=0",
                          "The addresses for a host and a service: a list of (family, type, proto, canonname, sockaddr)."),
    function<getnameinfo>("getnameinfo", "sockaddr, flags, /", "(host, port) for an address."),
    function<gethostbyname>("gethostbyname", "host, /", "The IPv4 address of a host, as text."),
    function<gethostbyname_ex>("gethostbyname_ex", "host, /", "(name, aliaslist, addresslist) of a host."),
    function<gethostbyaddr>("gethostbyaddr", "host, /", "(name, aliaslist, addresslist) of the host with that address."),
};

}  // namespace

std::span<MethodDef const> resolver_functions() { return functions; }

}  // namespace oro::socket_module
