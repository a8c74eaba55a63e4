// Builds octets piece by piece. Failure to get memory is kept and reported at the end.
#pragma once
#include <cstring>

#include "object/bytes.h"

namespace oro {

class ByteBuilder {
public:
    explicit ByteBuilder(Thread& t) : t_(t) {}
    ~ByteBuilder() { buffer_free(data_); }
    ByteBuilder(ByteBuilder const&) = delete;
    void add(char c) {
        if (size_ < capacity_ || reserve(1)) data_[size_++] = c;
    }
    void add(std::string_view s) {
        if (s.empty() || !reserve(s.size())) return;
        std::memcpy(data_ + size_, s.data(), s.size());
        size_ += s.size();
    }
    void fill(char c, std::size_t count) {
        if (count == 0 || !reserve(count)) return;
        std::memset(data_ + size_, c, count);
        size_ += count;
    }
    // Room for more octets behind those that stand; null without memory. grown() takes them in.
    char* room(std::size_t count) { return reserve(count) ? data_ + size_ : nullptr; }
    void grown(std::size_t count) { size_ += count; }
    bool reserve(std::size_t more) {
        std::size_t needed;
        if (failed_) return false;
        if (__builtin_add_overflow(size_, more, &needed) || needed > std::size_t(PTRDIFF_MAX) / 2) return failed_ = true, false;
        if (needed <= capacity_) return true;
        std::size_t capacity = needed + needed / 2 + 32;
        auto* grown = static_cast<char*>(buffer_reallocate(data_, capacity));
        if (!grown) return failed_ = true, false;
        data_ = grown;
        capacity_ = capacity;
        return true;
    }
    void clear() { size_ = 0; }  // the memory stays
    std::size_t size() const { return size_; }
    bool failed() const { return failed_; }
    std::string_view view() const { return {data_, size_}; }
    Result<Ref<Bytes>> finish() {
        if (failed_) return raise_no_memory(t_);
        return make_bytes(t_, view());
    }

private:
    Thread& t_;
    char* data_ = nullptr;
    std::size_t size_ = 0, capacity_ = 0;
    bool failed_ = false;
};

}  // namespace oro
