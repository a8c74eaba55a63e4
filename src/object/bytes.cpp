#include "object/bytes.h"

#include <cstdlib>
#include <cstring>

#include "object/text_hash.h"

namespace oro {

namespace {
// b'' and the one-byte objects; made at start-up, immortal.
Bytes* empty_object;
Bytes* single_objects[256];

Result<Ref<Bytes>> allocate_bytes(Thread& t, std::size_t size) {
    if (size > std::size_t(PTRDIFF_MAX) - 64) return raise_no_memory(t);
    return make_sized<Bytes>(t, Bytes::type(), sizeof(Bytes) + size + 1, size);
}
}  // namespace

Result<Ref<Bytes>> make_bytes(Thread& t, std::string_view octets) {
    if (octets.empty()) return empty_bytes();
    if (octets.size() == 1) return Borrowed<Bytes>(*single_objects[std::uint8_t(octets[0])]).share();
    Ref<Bytes> b = TRY(allocate_bytes(t, octets.size()));
    std::memcpy(b->data, octets.data(), octets.size());
    return b;
}

Ref<Bytes> empty_bytes() { return Borrowed<Bytes>(*empty_object).share(); }

Result<Ref<Bytes>> make_bytes_uninitialized(Thread& t, std::size_t size) {
    if (size == 0) return empty_bytes();
    return allocate_bytes(t, size);
}

std::int64_t hash_of(Bytes const& b) {
    std::int64_t hash = b.cached_hash.load(std::memory_order_relaxed);
    if (hash != 0) return hash;
    hash = hash_bytes({reinterpret_cast<std::uint8_t const*>(b.data), b.size}, text_hash_key());
    const_cast<Bytes&>(b).cached_hash.store(hash, std::memory_order_relaxed);
    return hash;
}

void init_bytes(Thread& t) {
    if (empty_object) return;
    auto immortal = [&](std::size_t size) {
        Result<Ref<Bytes>> made = allocate_bytes(t, size);
        if (made.raised()) std::abort();
        auto* b = static_cast<Bytes*>(std::move(made).release().pointer());
        detail::make_immortal(b);
        return b;
    };
    empty_object = immortal(0);
    for (int c = 0; c < 256; ++c) {
        single_objects[c] = immortal(1);
        single_objects[c]->data[0] = char(c);
    }
}

}  // namespace oro
