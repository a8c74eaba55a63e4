// Octets of a buffer that other threads may read and write meanwhile: the contents of bytearrays and memoryviews. A program that
// does so sees old or new octets, in any mixture of aligned items; it is not our race. The language has no memcpy for that. Every octet is read and
// written once; ThreadSanitizer is shown relaxed atomics, the machine's own memcpy does the same faster.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/sanitizers.h"

namespace oro {

inline void copy_shared(void* to, void const* from, std::size_t n) {
#ifdef ORO_THREAD_SANITIZER
    auto* out = static_cast<unsigned char*>(to);
    auto* in = static_cast<unsigned char const*>(from);
    auto copy = [&]<class T>(T) {   // items of that size and alignment are not torn, as memcpy doesn't tear them
        for (; n >= sizeof(T) && (std::uintptr_t(out) | std::uintptr_t(in)) % sizeof(T) == 0; n -= sizeof(T), out += sizeof(T), in += sizeof(T))
            __atomic_store_n(reinterpret_cast<T*>(out), __atomic_load_n(reinterpret_cast<T const*>(in), __ATOMIC_RELAXED), __ATOMIC_RELAXED);
    };
    copy(std::uint64_t());
    copy(std::uint32_t());
    copy(std::uint16_t());
    copy(std::uint8_t());
#else
    if (n > 0) std::memcpy(to, from, n);
#endif
}

// A T at any address.
template <class T> T load_shared(void const* from) {
    T value;
    copy_shared(&value, from, sizeof value);
    return value;
}
template <class T> void store_shared(void* to, T value) { copy_shared(to, &value, sizeof value); }

}  // namespace oro
