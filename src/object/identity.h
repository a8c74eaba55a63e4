// How values show their identity: id(), and the address in a default repr.
#pragma once
#include <charconv>
#include <string>

#include "base/hash.h"
#include "object/int.h"

namespace oro {

// id(v): unique among the values that live at the same time.
inline Result<Ref<>> identity(Thread& t, Borrowed<> v) { return make_int_unsigned(t, v.value().bits); }

// The same as text: "0x7f25a0".
inline std::string address_text(Value v) {
    char digits[20];
    auto end = std::to_chars(digits, digits + sizeof digits, v.bits, 16).ptr;
    return "0x" + std::string(digits, end);
}

// The hash of what is equal only to itself.
inline std::int64_t identity_hash(Value v) {
    std::int64_t h = hash_address(v.bits);
    return Value::fits_int(h) ? h : h >> 2;
}
inline std::int64_t identity_hash(void const* p) { return hash_address(std::uintptr_t(p)); }
// Of two hashes; never -1, and within the range of hashes.
inline std::int64_t mix_hashes(std::int64_t a, std::int64_t b) {
    auto h = std::int64_t(std::uint64_t(a) * 0x9E3779B97F4A7C15u ^ std::uint64_t(b)) >> 2;
    return h == -1 ? -2 : h;
}

}  // namespace oro
