#include "compiler/emitter.h"

#include <bit>
#include <cstring>

namespace oro::compiler {

namespace {

void append_bits(std::string& out, std::uint64_t bits) {
    char bytes[8];
    std::memcpy(bytes, &bits, 8);
    out.append(bytes, 8);
}

}  // namespace

Constant none_constant() { return {}; }

Constant int_constant(std::int64_t v) {
    Constant c;
    c.kind = Constant::Kind::integer;
    c.integer = v;
    return c;
}

Constant str_constant(std::string_view text) {
    Constant c;
    c.kind = Constant::Kind::str;
    c.text = text;
    return c;
}

Constant tuple_constant(std::vector<Constant> items) {
    Constant c;
    c.kind = Constant::Kind::tuple;
    c.items = std::move(items);
    return c;
}

void append_key(std::string& out, Constant const& value) {
    out.push_back(char(value.kind));
    switch (value.kind) {
    case Constant::Kind::integer: append_bits(out, std::uint64_t(value.integer)); break;
    case Constant::Kind::floating: append_bits(out, std::bit_cast<std::uint64_t>(value.real)); break;
    case Constant::Kind::complex:
        append_bits(out, std::bit_cast<std::uint64_t>(value.real));
        append_bits(out, std::bit_cast<std::uint64_t>(value.imag));
        break;
    case Constant::Kind::str:
    case Constant::Kind::bytes:
    case Constant::Kind::big_integer:
        append_bits(out, value.text.size());
        out += value.text;
        break;
    case Constant::Kind::tuple:
    case Constant::Kind::frozenset:
    case Constant::Kind::slice:
        append_bits(out, value.items.size());
        for (Constant const& item : value.items) append_key(out, item);
        break;
    case Constant::Kind::code:
        append_bits(out, std::uint64_t(reinterpret_cast<std::uintptr_t>(value.code.get())));
        break;
    default: break;
    }
}

std::uint32_t Emitter::constant(Constant const& value) {
    std::string key;
    append_key(key, value);
    auto [entry, fresh] = constant_index_.try_emplace(std::move(key), std::uint32_t(constants.size()));
    if (fresh) constants.push_back(value);
    return entry->second;
}

std::uint32_t Emitter::name(std::string_view text) {
    auto found = name_index_.find(std::string(text));
    if (found != name_index_.end()) return found->second;
    std::uint32_t index = constant(str_constant(text));
    name_index_.emplace(std::string(text), index);
    return index;
}

std::uint32_t Emitter::add_site(Opcode op, std::uint32_t name, bool narrow) {
    // One site a use, until 16-bit indexes run short: then uses of the same operation and name share one.
    constexpr std::uint32_t kPlenty = 60'000;
    if (narrow && narrow_sites >= kPlenty) {
        std::uint64_t key = std::uint64_t(op) << 32 | name;
        auto [entry, fresh] = shared_sites_.try_emplace(key, std::uint32_t(sites.size()));
        if (!fresh) return entry->second;
    }
    if (narrow) ++narrow_sites;
    sites.push_back({name});
    return std::uint32_t(sites.size() - 1);
}

}  // namespace oro::compiler
