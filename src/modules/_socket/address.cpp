// Addresses of sockets: from what Python gives for each family, and back.
#include <arpa/inet.h>
#include <linux/can.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/vm_sockets.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/un.h>

#include "modules/_socket/socket.h"
#include "object/bytearray.h"
#include "object/codecs.h"
#include "runtime/file_names.h"

namespace oro::socket_module {

Result<std::string> host_from(Python& py, Borrowed<> host) {
    std::string name;
    if (is<Bytes>(host)) {
        name = as<Bytes>(host)->view();
    } else if (is<ByteArray>(host)) {
        Locked<ByteArray> octets(py, as<ByteArray>(host));
        name = view_of(octets);
    } else if (is<Str>(host)) {
        Borrowed<Str> text = as<Str>(host);
        if (text->is_ascii()) {
            name = text->ascii();
        } else {
            auto encoded = encode_text(py, text, "idna", "");
            if (encoded.raised()) {
                if (!raised_is(py, exc::UnicodeError)) return Raised{};
                return Raised{};
            }
            name = std::move(encoded).take()->view();
        }
    } else {
        return raise(py, exc::TypeError, "str, bytes or bytearray expected, not {}", TypeName{host.value()});
    }
    if (name.find('\0') != name.npos) return raise(py, exc::TypeError, "host name must not contain null character");
    return name;
}

Result<Address> resolve(Python& py, std::string const& name, int family) {
    Address out;
    if (name == "<broadcast>" || name == "255.255.255.255") {
        if (family != AF_INET && family != AF_UNSPEC) return raise(py, exc::OSError, "address family mismatched");
        auto& in = out.as<sockaddr_in>();
        in.sin_family = AF_INET;
        in.sin_addr.s_addr = INADDR_BROADCAST;
        out.size = sizeof in;
        return out;
    }
    // A numeric address asks nobody.
    if (!name.empty() && (family == AF_INET || family == AF_UNSPEC)) {
        auto& in = out.as<sockaddr_in>();
        if (::inet_pton(AF_INET, name.c_str(), &in.sin_addr) == 1) {
            in.sin_family = AF_INET;
            out.size = sizeof in;
            return out;
        }
    }
    if (!name.empty() && (family == AF_INET6 || family == AF_UNSPEC) && name.find('%') == name.npos) {
        auto& in6 = out.as<sockaddr_in6>();
        in6 = {};
        if (::inet_pton(AF_INET6, name.c_str(), &in6.sin6_addr) == 1) {
            in6.sin6_family = AF_INET6;
            out.size = sizeof in6;
            return out;
        }
    }
    addrinfo hints{};
    hints.ai_family = family;
    if (name.empty()) {
        hints.ai_socktype = SOCK_DGRAM;
        hints.ai_flags = AI_PASSIVE;
    }
    addrinfo* found = nullptr;
    Outcome o = detached_call(
        py, [&] { return ::getaddrinfo(name.empty() ? nullptr : name.c_str(), name.empty() ? "0" : nullptr, &hints, &found); });
    if (o.value != 0) return raise_resolver_error(py, int(o.value), o.error);
    bool several = name.empty() && found->ai_next;
    out = {};
    out.size = std::min<socklen_t>(found->ai_addrlen, sizeof out.storage);
    std::memcpy(&out.storage, found->ai_addr, out.size);
    ::freeaddrinfo(found);
    if (several) return raise(py, exc::OSError, "wildcard resolved to multiple address");
    return out;
}

namespace {

struct Fields {
    Borrowed<Tuple> tuple;
    std::size_t size() const { return tuple->size; }
    Borrowed<> operator[](std::size_t i) const { return tuple->at(i); }
};
Result<Fields> fields_of(Python& py, Borrowed<> object, char const* function, char const* family) {
    if (!is<Tuple>(object)) {
        return raise(py, exc::TypeError, "{}(): {} address must be tuple, not {}", function, family, TypeName{object.value()});
    }
    return Fields{as<Tuple>(object)};
}
Result<std::uint16_t> port_from(Python& py, Borrowed<> v, char const* function) {
    Ref<> n = TRY(to_index(py, v));
    std::int64_t port;
    if (!to_int64(PlainInt(n.value()), port) || port < 0 || port > 0xffff) {
        return raise(py, exc::OverflowError, "{}(): port must be 0-65535.", function);
    }
    return htons(std::uint16_t(port));
}
// Bits of an unsigned C int; what is too large is cut.
Result<std::uint32_t> word_from(Python& py, Borrowed<> v) {
    Ref<> n = TRY(to_index(py, v));
    std::int64_t wide;
    if (!to_int64(PlainInt(n.value()), wide)) return raise(py, exc::OverflowError, "Python int too large to convert to C long");
    return std::uint32_t(wide);
}

Result<void> fill_inet(Python& py, Borrowed<> object, char const* function, Address& out) {
    Fields f = TRY(fields_of(py, object, function, "AF_INET"));
    if (f.size() != 2) return raise(py, exc::TypeError, "AF_INET address must be a pair (host, port)");
    std::string host = TRY(host_from(py, f[0]));
    out = TRY(resolve(py, host, AF_INET));
    out.as<sockaddr_in>().sin_port = TRY(port_from(py, f[1], function));
    return {};
}
Result<void> fill_inet6(Python& py, Borrowed<> object, char const* function, Address& out) {
    Fields f = TRY(fields_of(py, object, function, "AF_INET6"));
    if (f.size() < 2 || f.size() > 4)
        return raise(py, exc::TypeError, "AF_INET6 address must be a tuple (host, port[, flowinfo[, scopeid]])");
    std::string host = TRY(host_from(py, f[0]));
    std::uint16_t port = TRY(port_from(py, f[1], function));
    std::uint32_t flow = f.size() > 2 ? TRY(word_from(py, f[2])) : 0;
    std::uint32_t scope = f.size() > 3 ? TRY(word_from(py, f[3])) : 0;
    if (flow > 0xfffff) return raise(py, exc::OverflowError, "{}(): flowinfo must be 0-1048575.", function);
    out = TRY(resolve(py, host, AF_INET6));
    auto& in6 = out.as<sockaddr_in6>();
    in6.sin6_port = port;
    in6.sin6_flowinfo = htonl(flow);
    // What the name says ("fe80::1%eth0") stands unless another scope is given.
    if (f.size() > 3) in6.sin6_scope_id = scope;
    return {};
}
Result<void> fill_unix(Python& py, Borrowed<> object, Address& out) {
    Maybe<Bytes> encoded;
    Buffer buffer;
    std::string_view path;
    if (is<Str>(object)) {
        // A name in the abstract space begins with a null byte, so that it isn't encoded as a file name.
        encoded = TRY(encode_text(py, as<Str>(object), "utf-8", "surrogateescape"));
        path = encoded->view();
    } else {
        buffer = TRY(get_buffer(py, object));
        path = buffer.bytes();
    }
    auto& un = out.as<sockaddr_un>();
    bool abstract = !path.empty() && path[0] == '\0';
    if (path.size() > sizeof un.sun_path - (abstract || path.empty() ? 0 : 1)) return raise(py, exc::OSError, "AF_UNIX path too long");
    un.sun_family = AF_UNIX;
    std::memcpy(un.sun_path, path.data(), path.size());
    out.size = socklen_t(offsetof(sockaddr_un, sun_path) + path.size() + (abstract || path.empty() ? 0 : 1));
    return {};
}
Result<void> fill_netlink(Python& py, Borrowed<> object, char const* function, Address& out) {
    Fields f = TRY(fields_of(py, object, function, "AF_NETLINK"));
    if (f.size() != 2) return raise(py, exc::TypeError, "AF_NETLINK address must be a pair (pid, groups)");
    auto& nl = out.as<sockaddr_nl>();
    nl.nl_family = AF_NETLINK;
    nl.nl_pid = TRY(word_from(py, f[0]));
    nl.nl_groups = TRY(word_from(py, f[1]));
    out.size = sizeof nl;
    return {};
}
Result<void> fill_vsock(Python& py, Borrowed<> object, char const* function, Address& out) {
    Fields f = TRY(fields_of(py, object, function, "AF_VSOCK"));
    if (f.size() != 2) return raise(py, exc::TypeError, "AF_VSOCK address must be a pair (cid, port)");
    auto& vm = out.as<sockaddr_vm>();
    vm.svm_family = AF_VSOCK;
    vm.svm_cid = TRY(word_from(py, f[0]));
    vm.svm_port = TRY(word_from(py, f[1]));
    out.size = sizeof vm;
    return {};
}
// The number of a network device; "" stands for all.
Result<int> device_index(Python& py, int fd, Borrowed<> name) {
    Ref<Bytes> text = TRY(fs_encode(py, name));
    if (text->size == 0) return 0;
    ifreq request{};
    if (text->size >= sizeof request.ifr_name) return raise(py, exc::OSError, "interface name too long");
    std::memcpy(request.ifr_name, text->data, text->size);
    CHECK(system_call(py, [&] { return ::ioctl(fd, SIOCGIFINDEX, &request); }));
    return request.ifr_ifindex;
}
Result<void> fill_packet(Python& py, int fd, Borrowed<> object, char const* function, Address& out) {
    Fields f = TRY(fields_of(py, object, function, "AF_PACKET"));
    if (f.size() < 2 || f.size() > 5) {
        return raise(py, exc::TypeError, "AF_PACKET address must be a tuple of two to five elements");
    }
    int index = TRY(device_index(py, fd, f[0]));
    std::int64_t protocol = TRY(to_int64(py, f[1], &exc::OverflowError));
    if (protocol < 0 || protocol > 0xffff) return raise(py, exc::OverflowError, "{}(): proto must be 0-65535.", function);
    auto& ll = out.as<sockaddr_ll>();
    ll.sll_family = AF_PACKET;
    ll.sll_protocol = htons(std::uint16_t(protocol));
    ll.sll_ifindex = index;
    if (f.size() > 2) ll.sll_pkttype = std::uint8_t(TRY(word_from(py, f[2])));
    if (f.size() > 3) ll.sll_hatype = std::uint16_t(TRY(word_from(py, f[3])));
    if (f.size() > 4) {
        Buffer hardware = TRY(get_buffer(py, f[4]));
        if (hardware.size > 8) return raise(py, exc::ValueError, "hardware address must be 8 bytes or less");
        ll.sll_halen = std::uint8_t(hardware.size);
        std::memcpy(ll.sll_addr, hardware.data, hardware.size);
    }
    out.size = sizeof ll;
    return {};
}
Result<void> fill_can(Python& py, Self self, int fd, Borrowed<> object, char const* function, Address& out) {
    Fields f = TRY(fields_of(py, object, function, "AF_CAN"));
    bool isotp = self->protocol.load() == CAN_ISOTP;
    if (f.size() != (isotp ? 3 : 1)) {
        return raise(py, exc::TypeError,
                     isotp ? "AF_CAN address must be a tuple (interface, rx_addr, tx_addr)"
                           : "AF_CAN address must be a tuple (interface, )");
    }
    auto& can = out.as<sockaddr_can>();
    can.can_family = AF_CAN;
    can.can_ifindex = TRY(device_index(py, fd, f[0]));
    if (isotp) {
        can.can_addr.tp.rx_id = TRY(word_from(py, f[1]));
        can.can_addr.tp.tx_id = TRY(word_from(py, f[2]));
    }
    out.size = sizeof can;
    return {};
}

std::string device_name(int fd, int index) {
    ifreq request{};
    request.ifr_ifindex = index;
    if (index == 0 || ::ioctl(fd, SIOCGIFNAME, &request) < 0) return {};
    return {request.ifr_name, ::strnlen(request.ifr_name, sizeof request.ifr_name)};
}
Ref<> number(std::int64_t n) { return Ref<>::immediate(Value::of_int(n)); }

Result<Ref<>> make_unix(Python& py, Address const& a) {
    auto const& un = a.as<sockaddr_un>();
    std::size_t begin = offsetof(sockaddr_un, sun_path);
    std::size_t size = a.size > begin ? std::min<std::size_t>(a.size - begin, sizeof un.sun_path) : 0;
    if (size > 0 && un.sun_path[0] == '\0') return make_bytes(py, {un.sun_path, size});
    return fs_decode(py, {un.sun_path, ::strnlen(un.sun_path, size)});
}

}  // namespace

Result<Address> address_from(Python& py, Self self, Borrowed<> object, char const* function) {
    Address out;
    int fd = self->fd.load();
    switch (self->family.load()) {
        case AF_INET: CHECK(fill_inet(py, object, function, out)); break;
        case AF_INET6: CHECK(fill_inet6(py, object, function, out)); break;
        case AF_UNIX: CHECK(fill_unix(py, object, out)); break;
        case AF_NETLINK: CHECK(fill_netlink(py, object, function, out)); break;
        case AF_VSOCK: CHECK(fill_vsock(py, object, function, out)); break;
        case AF_PACKET: CHECK(fill_packet(py, fd, object, function, out)); break;
        case AF_CAN: CHECK(fill_can(py, self, fd, object, function, out)); break;
        default: return raise(py, exc::OSError, "{}(): bad family", function);
    }
    return out;
}

Result<Ref<Str>> numeric_host(Python& py, Address const& a) {
    char text[INET6_ADDRSTRLEN];
    void const* octets =
        a.storage.ss_family == AF_INET ? static_cast<void const*>(&a.as<sockaddr_in>().sin_addr) : &a.as<sockaddr_in6>().sin6_addr;
    if (!::inet_ntop(a.storage.ss_family, octets, text, sizeof text)) return raise_errno(py, errno);
    return make_str(py, std::string_view(text));
}

Result<Ref<>> make_address(Python& py, int fd, Address const& a) {
    if (a.size == 0) return none.share();
    switch (a.storage.ss_family) {
        case AF_INET: {
            Ref<> host = TRY(numeric_host(py, a));
            return make_tuple_of(py, std::move(host), number(ntohs(a.as<sockaddr_in>().sin_port)));
        }
        case AF_INET6: {
            Ref<> host = TRY(numeric_host(py, a));
            auto const& in6 = a.as<sockaddr_in6>();
            return make_tuple_of(py, std::move(host), number(ntohs(in6.sin6_port)), number(ntohl(in6.sin6_flowinfo)),
                                 number(in6.sin6_scope_id));
        }
        case AF_UNIX: return make_unix(py, a);
        case AF_NETLINK: return make_tuple_of(py, number(a.as<sockaddr_nl>().nl_pid), number(a.as<sockaddr_nl>().nl_groups));
        case AF_VSOCK: return make_tuple_of(py, number(a.as<sockaddr_vm>().svm_cid), number(a.as<sockaddr_vm>().svm_port));
        case AF_PACKET: {
            auto const& ll = a.as<sockaddr_ll>();
            Ref<> name = TRY(make_str(py, device_name(fd, ll.sll_ifindex)));
            Ref<> hardware = TRY(make_bytes(py, {reinterpret_cast<char const*>(ll.sll_addr), std::min<std::size_t>(ll.sll_halen, 8)}));
            return make_tuple_of(py, std::move(name), number(ntohs(ll.sll_protocol)), number(ll.sll_pkttype), number(ll.sll_hatype),
                                 std::move(hardware));
        }
        case AF_CAN: {
            auto const& can = a.as<sockaddr_can>();
            Ref<> name = TRY(make_str(py, device_name(fd, can.can_ifindex)));
            return make_tuple_of(py, std::move(name));
        }
        default: {
            Ref<> octets = TRY(make_bytes(py, {reinterpret_cast<char const*>(&a.storage) + sizeof a.storage.ss_family,
                                               std::min<std::size_t>(a.size, sizeof a.storage) - sizeof a.storage.ss_family}));
            return make_tuple_of(py, number(a.storage.ss_family), std::move(octets));
        }
    }
}

}  // namespace oro::socket_module
