#include "object/bytearray.h"

#include <cstring>

#include "base/shared_bytes.h"

namespace oro {

namespace {

bool fits(std::size_t size) { return size <= std::size_t(PTRDIFF_MAX) - 1; }

// Room for `size` octets and a zero byte after them.
Result<void> move_to(Thread& t, Locked<ByteArray>& a, std::size_t size, std::size_t capacity) {
    auto* memory = static_cast<char*>(buffer_allocate(capacity));
    if (!memory) return raise_no_memory(t);
    if (a->size > 0) std::memcpy(memory, a->data, a->size < size ? a->size : size);
    buffer_free(a->memory);
    a->memory = a->data = memory;
    a->capacity = capacity;
    return {};
}

}  // namespace

Result<Ref<ByteArray>> make_bytearray(Thread& t, std::string_view octets) {
    Ref<ByteArray> a = TRY(make<ByteArray>(t, ByteArray::type()));
    if (octets.empty()) return a;
    // Nobody else sees the object yet.
    if (!fits(octets.size())) return raise_no_memory(t);
    auto* memory = static_cast<char*>(buffer_allocate(octets.size() + 1));
    if (!memory) return raise_no_memory(t);
    std::memcpy(memory, octets.data(), octets.size());
    memory[octets.size()] = 0;
    a->guarded.memory = a->guarded.data = memory;
    a->guarded.size = octets.size();
    a->guarded.capacity = octets.size() + 1;
    return a;
}

Result<void> bytearray_resize(Thread& t, Locked<ByteArray>& a, std::size_t size) {
    if (size == a->size) return {};
    if (a->exports > 0) return raise(t, exc::BufferError, "Existing exports of data: object cannot be re-sized");
    if (!fits(size)) return raise_no_memory(t);
    if (size == 0) {
        buffer_free(std::exchange(a->memory, nullptr));
        a->data = nullptr;
        a->size = a->capacity = 0;
        return {};
    }
    std::size_t gap = std::size_t(a->data - a->memory);
    if (size + 1 + gap > a->capacity) {
        // Grow by an eighth, or close the gap if that is enough.
        if (gap > 0 && size + 1 <= a->capacity && gap >= a->size) {
            std::memmove(a->memory, a->data, a->size);
            a->data = a->memory;
        } else {
            std::size_t capacity = size + 1 + (size > a->size ? (size >> 3) + (size < 9 ? 3 : 6) : 0);
            CHECK(move_to(t, a, size, capacity));
        }
    } else if (size < a->capacity / 2) {
        CHECK(move_to(t, a, size, size + 1));
    }
    a->size = size;
    a->data[size] = 0;
    return {};
}

Result<void> bytearray_splice(Thread& t, Locked<ByteArray>& a, std::size_t begin, std::size_t end, std::string_view with) {
    std::size_t tail = a->size - end, removed = end - begin;
    if (with.size() < removed && begin == 0 && a->exports == 0 && with.size() + tail > 0) {
        // Cut off in front: the rest stays where it is.
        a->data += removed - with.size();
        a->size -= removed - with.size();
    } else if (with.size() < removed) {
        if (a->exports > 0) return raise(t, exc::BufferError, "Existing exports of data: object cannot be re-sized");
        std::memmove(a->data + begin + with.size(), a->data + end, tail);
        CHECK(bytearray_resize(t, a, begin + with.size() + tail));
    } else if (with.size() > removed) {
        std::size_t total;
        if (__builtin_add_overflow(a->size - removed, with.size(), &total)) return raise_no_memory(t);
        CHECK(bytearray_resize(t, a, total));
        std::memmove(a->data + begin + with.size(), a->data + end, tail);
    }
    copy_shared(a->data + begin, with.data(), with.size());
    return {};
}

}  // namespace oro
