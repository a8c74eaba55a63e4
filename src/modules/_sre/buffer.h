// A growable array of plain data whose growth can fail and says so, for code that must turn exhausted memory
// into an error instead of ending the process. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <limits>
#include <type_traits>
#include <utility>

namespace oro::sre {

template <class T>
class Buffer {
    static_assert(std::is_trivially_copyable_v<T>);

public:
    Buffer() = default;
    Buffer(Buffer&& other) noexcept { swap(other); }
    Buffer& operator=(Buffer&& other) noexcept {
        swap(other);
        return *this;
    }
    ~Buffer() { std::free(data_); }

    T* data() { return data_; }
    const T* data() const { return data_; }
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    T& operator[](std::size_t i) { return data_[i]; }
    const T& operator[](std::size_t i) const { return data_[i]; }
    T& back() { return data_[size_ - 1]; }
    void pop_back() { --size_; }

    // Both return false, and change nothing, when memory is exhausted.
    [[nodiscard]] bool push_back(T item) {
        if (size_ == capacity_ && !reserve(capacity_ ? capacity_ * 2 : 8)) return false;
        data_[size_++] = item;
        return true;
    }
    [[nodiscard]] bool assign(std::size_t count, T item) {
        if (count > capacity_ && !reserve(count)) return false;
        for (std::size_t i = 0; i < count; ++i) data_[i] = item;
        size_ = count;
        return true;
    }

private:
    bool reserve(std::size_t capacity) {
        if (capacity > std::numeric_limits<std::ptrdiff_t>::max() / sizeof(T)) return false;
        void* grown = std::realloc(data_, capacity * sizeof(T));
        if (!grown) return false;
        data_ = static_cast<T*>(grown);
        capacity_ = capacity;
        return true;
    }
    void swap(Buffer& other) {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        std::swap(capacity_, other.capacity_);
    }

    T* data_ = nullptr;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

}  // namespace oro::sre
