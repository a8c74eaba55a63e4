// Cells: the memory of objects. Sizes up to kMaxCell come from 64 KiB pages of one size each, owned by an owner id;
// larger objects come from mimalloc (the C library under sanitizers) with a link for enumeration in front of them.
//
// What lock-free readers rely on: a cell's first 16 bytes are a Header for as long as its page exists; in a free cell
// they are zero, so that try_incref refuses. A page changes its cell size, and a large object's memory its use, only
// after a grace period (reclaim.h).
//
// Threads: a heap is used by the thread that has its owner id (or, while that id has no thread, by nobody). Freeing a
// cell of another owner's page pushes it on the page's remote list with one compare-and-swap.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/sanitizers.h"
#include "memory/header.h"
#include "memory/mutator.h"

#ifdef ORO_ADDRESS_SANITIZER
#include <sanitizer/asan_interface.h>
#endif

namespace oro {

inline constexpr std::size_t kMaxCell = 512;
inline constexpr std::size_t kPageSize = 64 * 1024;

struct FreeCell {
    Header header;
    FreeCell* next;  // of the free list
};

// Under AddressSanitizer the rest of a free cell may not be touched, and cells are used again late.
#ifdef ORO_ADDRESS_SANITIZER
inline constexpr bool kGuardCells = true;
inline void guard_cell(void* cell, std::size_t size) {
    __asan_poison_memory_region(static_cast<char*>(cell) + sizeof(Header) + sizeof(FreeCell*), size - sizeof(Header) - sizeof(FreeCell*));
}
inline void unguard(void* p, std::size_t size) { __asan_unpoison_memory_region(p, size); }
#else
inline constexpr bool kGuardCells = false;
inline void guard_cell(void*, std::size_t) {}
inline void unguard(void*, std::size_t) {}
#endif

// Whether a page is on its heap's stack of pages with remotely freed cells. `returning`: it is there still, but has been
// given back; whoever takes it off the stack returns it.
enum class Announced : std::uint8_t { no, yes, returning };

struct Page {
    std::uint32_t cell_size;
    OwnerId owner;
    bool full;                            // not in its heap's list of pages with room
    std::atomic<Announced> announced;
    std::uint32_t used;                   // cells handed out, the owner's view (remote frees are still counted)
    std::uint32_t fresh;                  // cells from this index on were never handed out
    std::uint32_t capacity;
    FreeCell* free;                           // owner only
    std::atomic<FreeCell*> remote;            // freed by others
    Page* next;                           // in the heap's list, or in the remote-pages stack
    Page* next_remote;
    std::uint32_t* scratch;               // one word a cell, for the collector, while the world is stopped

    static Page* of(void const* p) { return reinterpret_cast<Page*>(std::uintptr_t(p) & ~std::uintptr_t(kPageSize - 1)); }
    FreeCell* cell(std::uint32_t i) { return reinterpret_cast<FreeCell*>(reinterpret_cast<char*>(this) + 128 + std::size_t(i) * cell_size); }
    std::uint32_t index(void const* p) const {
        return std::uint32_t((reinterpret_cast<char const*>(p) - reinterpret_cast<char const*>(this) - 128) / cell_size);
    }
};
static_assert(sizeof(Page) <= 128);

// In front of each large object.
struct alignas(16) LargeObject {
    LargeObject* next;
    LargeObject* previous;
    std::size_t size;
    std::uint32_t scratch;
    Header* header() { return reinterpret_cast<Header*>(this + 1); }
    static LargeObject* of(Header* h) { return reinterpret_cast<LargeObject*>(h) - 1; }
};

class Heap {
public:
    explicit Heap(OwnerId id) : id_(id) {}

    // Memory for an object of `size` bytes, its header zero; null if there is none left.
    Header* allocate(std::size_t size) {
        if (size <= kMaxCell) [[likely]] {
            std::size_t k = (size + 15) / 16;
            Page* page = current_[k];
            if (page) [[likely]] {
                if (FreeCell* cell = page->free) [[likely]] {
                    page->free = cell->next;
                    ++page->used;
                    unguard(cell, page->cell_size);
                    return &cell->header;
                }
            }
            return allocate_slow(k);
        }
        return allocate_large(size);
    }

    OwnerId id() const { return id_; }

private:
    friend void free_object_memory(Header*);
    Header* allocate_slow(std::size_t k);
    Header* allocate_large(std::size_t size);
    void take_remote(Page* page);
    void gather_remote_pages();
    void freed_locally(Page* page);

    OwnerId id_;
    Page* current_[kMaxCell / 16 + 1] = {};
    Page* room_[kMaxCell / 16 + 1] = {};     // pages with free cells
    std::atomic<Page*> remote_pages_{nullptr};
};

// Gives an object's memory back; the object is destroyed. Any attached thread.
void free_object_memory(Header* o);

// Calls f for the memory of every live object; the world is stopped. An object under construction has shape 0 and is
// left out.
void for_each_object(void (*f)(void*, Header*), void* arg);

// The collector's scratch word of an object; valid between begin_scratch and end_scratch, the world being stopped.
bool begin_scratch();
void end_scratch();
inline std::uint32_t& scratch_of(Header* o) {
    if (o->has(flag::large)) return LargeObject::of(o)->scratch;
    Page* page = Page::of(o);
    return page->scratch[page->index(o)];
}

// Bytes in pages and large objects now.
std::size_t heap_bytes();

// Sets how long freed buffers stay with the process. At start, before other threads.
void configure_buffers();
// Plain buffers (item arrays, hash tables): any thread may free them. Null if there is no memory left.
void* buffer_allocate(std::size_t size);
void* buffer_reallocate(void* p, std::size_t size);
void buffer_free(void* p);
// Frees after a grace period (reclaim.h).
void buffer_retire(void* p);

}  // namespace oro
