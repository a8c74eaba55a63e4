// bytearray: growing octets. Everything that looks at them holds the lock, or a Buffer: while one is out, `exports` keeps the
// array from being moved or resized.
#pragma once
#include <string_view>

#include "object/allocate.h"
#include "object/locked.h"

namespace oro {

struct ByteArray : Object {
    struct Guarded {
        char* memory = nullptr;       // owned; null when empty
        char* data = nullptr;         // the first octet, in `memory`: octets cut off in front leave a gap
        std::size_t size = 0;
        std::size_t capacity = 0;     // of `memory`
        std::int64_t exports = 0;
    } guarded;
    ByteArray() = default;
    ~ByteArray() { buffer_free(guarded.memory); }
    static Type& type();
};

Result<Ref<ByteArray>> make_bytearray(Thread& t, std::string_view octets = {});
inline std::string_view view_of(Locked<ByteArray>& a) { return {a->data, a->size}; }
// BufferError if the array is exported and the size would change. New octets at the end have no defined content.
Result<void> bytearray_resize(Thread& t, Locked<ByteArray>& a, std::size_t size);
// Replaces octets [begin, end); `with` must not lie in the array.
Result<void> bytearray_splice(Thread& t, Locked<ByteArray>& a, std::size_t begin, std::size_t end, std::string_view with);

}  // namespace oro
