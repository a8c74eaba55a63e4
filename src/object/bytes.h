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
Ref<Bytes> empty_bytes();
// The caller fills it before anybody else sees it. Of size 0 it is the shared object.
Result<Ref<Bytes>> make_bytes_uninitialized(Thread& t, std::size_t size);
std::int64_t hash_of(Bytes const& b);        // never -1; 0 for b''; that of the str of the same Latin-1 octets
void init_bytes(Thread& t);                  // at start-up, after init_strings

}  // namespace oro
