// bytes: immutable octets behind the struct; a zero byte follows them.
#pragma once
#include <span>
#include <string_view>

#include "object/allocate.h"

namespace oro {

struct Bytes : Object {
    std::atomic<std::int64_t> cached_hash{0};
    std::size_t size;
    char data[];
    explicit Bytes(std::size_t n) : size(n) { data[n] = 0; }
    static Type& type();
    std::size_t extent() const { return sizeof(Bytes) + size + 1; }
    std::string_view view() const { return {data, size}; }
};

Result<Ref<Bytes>> make_bytes(Thread& t, std::string_view octets);
Result<Ref<Bytes>> make_bytes_uninitialized(Thread& t, std::size_t size);

}  // namespace oro
