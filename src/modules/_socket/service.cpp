// The small functions: byte order, addresses as text, names of services, protocols, network devices and this host.
#include <arpa/inet.h>
#include <limits.h>
#include <net/if.h>
#include <netdb.h>
#include <unistd.h>

#include <vector>

#include "modules/_socket/socket.h"
#include "object/list.h"
#include "runtime/file_names.h"

namespace oro::socket_module {

namespace {

// ---- byte order

template <auto Swap> Result<std::int64_t> swap16(Python& py, Borrowed<> v) {
    return std::int64_t(Swap(std::uint16_t(TRY(unsigned_from(py, v, 16, "uint16_t")))));
}
template <auto Swap>
Result<std::int64_t> swap32(Python& py, Borrowed<> v) {
    return std::int64_t(Swap(TRY(unsigned_from(py, v, 32, "uint32_t"))));
}
// Functions, since the C library's may be macros.
std::uint16_t order16(std::uint16_t n) { return htons(n); }
std::uint32_t order32(std::uint32_t n) { return htonl(n); }

// ---- addresses

Result<std::string> text_of(Python& py, Borrowed<Str> s) {
    std::string text(TRY(utf8_of(py, s)));
    if (text.find('\0') != text.npos) return raise(py, exc::ValueError, "embedded null character");
    return text;
}
Result<Ref<>> inet_aton(Python& py, Borrowed<Str> address) {
    std::string text = TRY(text_of(py, address));
    in_addr octets;
    if (::inet_aton(text.c_str(), &octets) == 0) return raise(py, exc::OSError, "illegal IP address string passed to inet_aton");
    return TRY(make_bytes(py, {reinterpret_cast<char const*>(&octets), sizeof octets}));
}
Result<Ref<>> inet_ntoa(Python& py, BytesLike const& packed) {
    if (packed.view().size() != sizeof(in_addr)) return raise(py, exc::OSError, "packed IP wrong length for inet_ntoa");
    char text[INET_ADDRSTRLEN];
    ::inet_ntop(AF_INET, packed.view().data(), text, sizeof text);
    return TRY(make_str(py, std::string_view(text)));
}
Result<Ref<>> inet_pton(Python& py, CInt family, Borrowed<Str> address) {
    std::string text = TRY(text_of(py, address));
    char octets[16];
    int r = ::inet_pton(family, text.c_str(), octets);
    if (r < 0) return raise_errno(py, errno);
    if (r == 0) return raise(py, exc::OSError, "illegal IP address string passed to inet_pton");
    return TRY(make_bytes(py, {octets, std::size_t(family == AF_INET ? 4 : 16)}));
}
Result<Ref<>> inet_ntop(Python& py, CInt family, BytesLike const& packed) {
    if (family != AF_INET && family != AF_INET6) return raise(py, exc::ValueError, "unknown address family {}", family.value);
    if (packed.view().size() != std::size_t(family == AF_INET ? 4 : 16))
        return raise(py, exc::ValueError, "invalid length of packed IP address string");
    char text[INET6_ADDRSTRLEN];
    if (!::inet_ntop(family, packed.view().data(), text, sizeof text)) return raise_errno(py, errno);
    return TRY(make_str(py, std::string_view(text)));
}

// ---- services and protocols

// f(entry, memory, size, result) is one of the system's functions; it says ERANGE while there is too little memory.
template <class Entry, class F> bool find_entry(Python& py, Entry* entry, std::vector<char>& memory, F&& f) {
    memory.resize(1024);
    for (;;) {
        Entry* result = nullptr;
        Outcome o = detached_call(py, [&] { return f(entry, memory.data(), memory.size(), &result); });
        if (o.value != ERANGE) return result != nullptr;
        memory.resize(memory.size() * 2);
    }
}
Result<std::int64_t> getservbyname(Python& py, Borrowed<Str> name, Optional<Str> protocol) {
    std::string n = TRY(text_of(py, name)), p = protocol ? TRY(text_of(py, *protocol)) : "";
    servent entry{};
    std::vector<char> memory;
    if (!find_entry(py, &entry, memory,
                    [&](auto... more) { return ::getservbyname_r(n.c_str(), protocol ? p.c_str() : nullptr, more...); })) {
        return raise(py, exc::OSError, "service/proto not found");
    }
    return ntohs(std::uint16_t(entry.s_port));
}
Result<Ref<>> getservbyport(Python& py, CInt port, Optional<Str> protocol) {
    std::string p = protocol ? TRY(text_of(py, *protocol)) : "";
    if (port < 0 || port > 0xffff) return raise(py, exc::OverflowError, "getservbyport: port must be 0-65535.");
    servent entry{};
    std::vector<char> memory;
    int number = htons(std::uint16_t(port.value));
    if (!find_entry(py, &entry, memory, [&](auto... more) { return ::getservbyport_r(number, protocol ? p.c_str() : nullptr, more...); })) {
        return raise(py, exc::OSError, "port/proto not found");
    }
    return TRY(make_str(py, std::string_view(entry.s_name)));
}
Result<std::int64_t> getprotobyname(Python& py, Borrowed<Str> name) {
    std::string n = TRY(text_of(py, name));
    protoent entry{};
    std::vector<char> memory;
    if (!find_entry(py, &entry, memory, [&](auto... more) { return ::getprotobyname_r(n.c_str(), more...); })) {
        return raise(py, exc::OSError, "protocol not found");
    }
    return std::int64_t(entry.p_proto);
}

// ---- this host

Result<Ref<>> gethostname(Python& py) {
    char name[1024];
    CHECK(system_call(py, [&] { return ::gethostname(name, sizeof name - 1); }));
    name[sizeof name - 1] = '\0';
    return TRY(fs_decode(py, name));
}
Result<void> sethostname(Python& py, Borrowed<> name) {
    Ref<Bytes> text = TRY(fs_encode(py, name));
    CHECK(system_call(py, [&] { return ::sethostname(text->data, text->size); }));
    return {};
}
Result<Ref<>> if_nameindex(Python& py) {
    struct if_nameindex* all = ::if_nameindex();
    if (!all) return raise_errno(py, errno);
    std::vector<std::pair<unsigned, std::string>> devices;
    for (auto* p = all; p->if_index || p->if_name; ++p) devices.emplace_back(p->if_index, p->if_name);
    ::if_freenameindex(all);
    Ref<List> list = TRY(make_list(py));
    for (auto& [index, text] : devices) {
        Ref<> name = TRY(fs_decode(py, text));
        CHECK(list_append(py, list, TRY(make_tuple_of(py, Ref<>::immediate(Value::of_int(index)), std::move(name)))));
    }
    return list;
}
Result<std::int64_t> if_nametoindex(Python& py, Borrowed<> name) {
    Ref<Bytes> text = TRY(fs_encode(py, name));
    unsigned index = ::if_nametoindex(text->data);
    if (index == 0) return raise_errno(py, errno);
    return std::int64_t(index);
}
Result<Ref<>> if_indextoname(Python& py, Borrowed<> index) {
    char name[IF_NAMESIZE + 1];
    if (!::if_indextoname(TRY(unsigned_from(py, index, 32, "unsigned int")), name)) return raise_errno(py, errno);
    return TRY(fs_decode(py, name));
}

constexpr MethodDef functions[] = {
    function<swap16<order16>>("htons", "x, /", "16 bits from this machine's order of octets to the network's."),
    function<swap16<order16>>("ntohs", "x, /", "16 bits from the network's order of octets to this machine's."),
    function<swap32<order32>>("htonl", "x, /", "32 bits from this machine's order of octets to the network's."),
    function<swap32<order32>>("ntohl", "x, /", "32 bits from the network's order of octets to this machine's."),
    function<inet_aton>("inet_aton", "ip_addr, /", "The four octets of an IPv4 address in text."),
    function<inet_ntoa>("inet_ntoa", "packed_ip, /", "The text of an IPv4 address of four octets."),
    function<inet_pton>("inet_pton", "af, ip, /", "The octets of an address in text, of a family."),
    function<inet_ntop>("inet_ntop", "af, packed_ip, /", "The text of an address in octets, of a family."),
    function<getservbyname>("getservbyname", "servicename, protocolname=<unrepresentable>, /", "The port of a service."),
    function<getservbyport>("getservbyport", "port, protocolname=<unrepresentable>, /", "The service of a port."),
    function<getprotobyname>("getprotobyname", "name, /", "The number of a protocol."),
    function<gethostname>("gethostname", "", "The name of this host."),
    function<sethostname>("sethostname", "name, /", "Give this host a name."),
    function<if_nameindex>("if_nameindex", "", "The network devices: a list of (index, name)."),
    function<if_nametoindex>("if_nametoindex", "oname, /", "The number of a network device."),
    function<if_indextoname>("if_indextoname", "if_index, /", "The name of a network device."),
};

}  // namespace

std::span<MethodDef const> service_functions() { return functions; }

}  // namespace oro::socket_module
