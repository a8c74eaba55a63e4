// A bump arena: memory for many small plain objects that die together (a syntax tree, a compilation).
//
// Not thread-safe: an arena belongs to the one activity that fills it. Nothing allocated here is destroyed
// one by one, so only trivially destructible types may live in it. Addresses stay valid until the arena dies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

namespace oro {

class Arena {
public:
    Arena() = default;
    Arena(const Arena&) = delete;
    Arena& operator=(const Arena&) = delete;
    ~Arena() {
        while (blocks_) {
            Block* next = blocks_->next;
            std::free(blocks_);
            blocks_ = next;
        }
    }

    // Uninitialised memory; aborts the process when the system has none left.
    void* allocate(std::size_t size, std::size_t align = alignof(std::max_align_t)) {
        std::uintptr_t start = (cursor_ + align - 1) & ~(std::uintptr_t{align} - 1);
        if (start + size <= limit_ && start >= cursor_) [[likely]] {
            cursor_ = start + size;
            return reinterpret_cast<void*>(start);
        }
        return allocate_in_new_block(size, align);
    }

    // A new T, value-initialised when no arguments are given.
    template <class T, class... Args>
    T* make(Args&&... args) {
        static_assert(std::is_trivially_destructible_v<T>, "arena objects are never destroyed");
        return ::new (allocate(sizeof(T), alignof(T))) T{std::forward<Args>(args)...};
    }

    template <class T>
    std::span<T> make_array(std::size_t count) {
        static_assert(std::is_trivially_destructible_v<T>, "arena objects are never destroyed");
        if (count == 0) return {};
        T* first = static_cast<T*>(allocate(count * sizeof(T), alignof(T)));
        for (std::size_t i = 0; i < count; ++i) ::new (first + i) T{};
        return {first, count};
    }

    // A copy of `items` (any range with data() and size()) that lives as long as the arena.
    template <class T>
    std::span<T> copy(std::span<const T> items) {
        static_assert(std::is_trivially_copyable_v<T>);
        if (items.empty()) return {};
        T* first = static_cast<T*>(allocate(items.size_bytes(), alignof(T)));
        std::memcpy(static_cast<void*>(first), items.data(), items.size_bytes());
        return {first, items.size()};
    }

    // A copy of the text; its data() is never null, even when empty.
    std::string_view copy(std::string_view text) {
        char* data = static_cast<char*>(allocate(text.size() + 1, 1));
        if (!text.empty()) std::memcpy(data, text.data(), text.size());
        data[text.size()] = '\0';
        return {data, text.size()};
    }

    std::size_t bytes_reserved() const { return reserved_; }

private:
    struct Block {
        Block* next;
    };

    void* allocate_in_new_block(std::size_t size, std::size_t align) {
        // Blocks double up to a megabyte; a request that would waste most of one gets a block of its own.
        std::size_t header = (sizeof(Block) + align - 1) & ~(align - 1);
        std::size_t wanted = size + header;
        if (wanted < next_size_) wanted = next_size_;
        auto* block = static_cast<Block*>(std::malloc(wanted));
        if (!block) std::abort();
        reserved_ += wanted;
        block->next = blocks_;
        blocks_ = block;
        if (next_size_ < kLargestBlock) next_size_ *= 2;
        std::uintptr_t base = reinterpret_cast<std::uintptr_t>(block);
        std::uintptr_t start = (base + sizeof(Block) + align - 1) & ~(std::uintptr_t{align} - 1);
        if (base + wanted - (start + size) > limit_ - cursor_) {
            cursor_ = start + size;
            limit_ = base + wanted;
        }
        return reinterpret_cast<void*>(start);
    }

    static constexpr std::size_t kFirstBlock = 4096;
    static constexpr std::size_t kLargestBlock = std::size_t{1} << 20;

    Block* blocks_ = nullptr;
    std::uintptr_t cursor_ = 0;
    std::uintptr_t limit_ = 0;
    std::size_t next_size_ = kFirstBlock;
    std::size_t reserved_ = 0;
};

}  // namespace oro
