#include "memory/heap.h"

#include <malloc.h>
#include <sys/mman.h>

#include <cstdlib>
#include <cstring>
#include <mutex>
#include <vector>

#include "memory/owner.h"
#include "memory/reclaim.h"

#ifndef ORO_SYSTEM_MALLOC
#include <mimalloc.h>
#endif

namespace oro {

namespace {

constexpr std::size_t kChunkPages = 64;  // pages asked from the system at a time
// A heap of this many pages (16 MiB) takes more of them from huge pages of the system: one page fault for two mebibytes, and few
// entries of the processor's address cache. A smaller one would keep more memory than it uses.
constexpr std::size_t kManyPages = 256;
constexpr std::size_t kHugePage = 2 << 20;
static_assert(kChunkPages * kPageSize % kHugePage == 0);

// All pages ever used, the free ones among them, and the list of large objects. Guarded by `mutex`.
struct Store {
    std::mutex mutex;
    std::vector<Page*> pages;
    Page* unused = nullptr;
    std::uintptr_t fresh = 0, fresh_end = 0;  // pages that nobody has touched yet
    LargeObject* large = nullptr;
    std::size_t large_bytes = 0, used_pages = 0;
};

Store& store() {
    static auto* s = new Store;
    return *s;
}

bool take_chunk(Store& s) {
    bool huge = s.pages.size() >= kManyPages;
    std::size_t size = kChunkPages * kPageSize, alignment = huge ? kHugePage : kPageSize;
    void* raw = mmap(nullptr, size + alignment, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (raw == MAP_FAILED) return false;
    s.fresh = (std::uintptr_t(raw) + alignment - 1) & ~std::uintptr_t(alignment - 1);
    s.fresh_end = s.fresh + size;
    if (huge) madvise(reinterpret_cast<void*>(s.fresh), size, MADV_HUGEPAGE);  // a wish
    return true;
}

Page* take_page(OwnerId owner, std::uint32_t cell_size) {
    Store& s = store();
    std::lock_guard guard(s.mutex);
    Page* page = s.unused;
    if (page) {
        s.unused = page->next;
    } else {
        if (s.fresh == s.fresh_end && !take_chunk(s)) return nullptr;
        page = reinterpret_cast<Page*>(s.fresh);
        s.fresh += kPageSize;
        s.pages.push_back(page);
    }
    ++s.used_pages;
    unguard(page, kPageSize);
    page->cell_size = cell_size;
    page->owner = owner;
    page->full = false;
    page->announced.store(Announced::no, std::memory_order_relaxed);
    page->used = page->fresh = 0;
    page->capacity = std::uint32_t((kPageSize - 128) / cell_size);
    page->free = nullptr;
    page->remote.store(nullptr, std::memory_order_relaxed);
    page->next = page->next_remote = nullptr;
    page->scratch = nullptr;
    return page;
}

void return_page_now(Page* page) {
    Store& s = store();
    std::lock_guard guard(s.mutex);
    page->capacity = page->fresh = 0;
    page->next = s.unused;
    s.unused = page;
    --s.used_pages;
}

// After the grace period nobody announces the page any more, but it may still stand on its heap's stack.
void return_page(void* p) {
    auto* page = static_cast<Page*>(p);
    auto expected = Announced::yes;
    if (page->announced.compare_exchange_strong(expected, Announced::returning, std::memory_order_acq_rel)) return;
    return_page_now(page);
}

// As two words, each by one store: lock-free readers may be looking.
void clear_header(Header* o) {
    auto* words = reinterpret_cast<std::uint64_t*>(o);
    __atomic_store_n(&words[0], 0, __ATOMIC_RELAXED);
    __atomic_store_n(&words[1], 0, __ATOMIC_RELEASE);
}

void free_large(void* p) { buffer_free(p); }

}  // namespace

Header* Heap::allocate_slow(std::size_t k) {
    if (k < 2) k = 2;
    for (;;) {
        Page* page = current_[k];
        if (page && !page->free) {
            take_remote(page);
            if (!page->free && page->fresh < page->capacity) {
                // Hand out fresh cells in small runs, so that a new page touches little memory at once.
                std::uint32_t n = page->capacity - page->fresh < 64 ? page->capacity - page->fresh : 64;
                FreeCell* head = nullptr;
                for (std::uint32_t i = page->fresh + n; i-- > page->fresh;) {
                    FreeCell* cell = page->cell(i);
                    clear_header(&cell->header);
                    cell->next = head;
                    head = cell;
                    guard_cell(cell, page->cell_size);
                }
                page->fresh += n;
                page->free = head;
            }
        }
        if (page && page->free) {
            FreeCell* cell = page->free;
            page->free = cell->next;
            ++page->used;
            unguard(cell, page->cell_size);
            return &cell->header;
        }
        if (page) page->full = true;
        current_[k] = nullptr;
        if (!room_[k]) gather_remote_pages();
        if (Page* next = room_[k]) {
            room_[k] = next->next;
            next->next = nullptr;
            current_[k] = next;
            continue;
        }
        current_[k] = take_page(id_, std::uint32_t(k * 16));
        if (!current_[k]) return nullptr;
    }
}

void Heap::take_remote(Page* page) {
    FreeCell* cell = page->remote.exchange(nullptr, std::memory_order_acquire);
    while (cell) {
        FreeCell* next = cell->next;
        cell->next = page->free;
        page->free = cell;
        --page->used;
        cell = next;
    }
}

void Heap::gather_remote_pages() {
    Page* page = remote_pages_.exchange(nullptr, std::memory_order_acquire);
    while (page) {
        Page* next = page->next_remote;
        // Not announced before its cells are taken: who frees from here on announces it again.
        if (page->announced.exchange(Announced::no, std::memory_order_acq_rel) == Announced::returning) {
            return_page_now(page);
        } else {
            take_remote(page);
            freed_locally(page);
        }
        page = next;
    }
}

// A page has free cells now: a full one goes back to the list of pages with room; an empty one beyond the first is
// retired, to be used for other sizes once no reader can look at its headers any more.
void Heap::freed_locally(Page* page) {
    std::size_t k = page->cell_size / 16;
    if (page->full && page->free) {
        page->full = false;
        page->next = room_[k];
        room_[k] = page;
    }
    if (page->used == 0 && page != current_[k] && room_[k] == page && page->next) {
        room_[k] = page->next;
        // In no list and without free cells, so that it stays so; nothing of it is in use, so nobody frees into it.
        page->full = true;
        page->free = nullptr;
        retire(page, return_page, kPageSize);
    }
}

Header* Heap::allocate_large(std::size_t size) {
    auto* block = static_cast<LargeObject*>(buffer_allocate(sizeof(LargeObject) + size));
    if (!block) return nullptr;
    block->size = size;
    block->scratch = 0;
    clear_header(block->header());
    block->header()->flags.store(flag::large, std::memory_order_relaxed);
    Store& s = store();
    std::lock_guard guard(s.mutex);
    block->previous = nullptr;
    block->next = s.large;
    if (s.large) s.large->previous = block;
    s.large = block;
    s.large_bytes += size;
    return block->header();
}

void free_object_memory(Header* o) {
    if (o->has(flag::large)) [[unlikely]] {
        LargeObject* block = LargeObject::of(o);
        Store& s = store();
        {
            std::lock_guard guard(s.mutex);
            if (block->previous) block->previous->next = block->next; else s.large = block->next;
            if (block->next) block->next->previous = block->previous;
            s.large_bytes -= block->size;
        }
        clear_header(o);
        retire(block, free_large, block->size);
        return;
    }
    clear_header(o);
    auto* cell = reinterpret_cast<FreeCell*>(o);
    Page* page = Page::of(o);
    guard_cell(cell, page->cell_size);
    if (page->owner == current_owner && !kGuardCells) [[likely]] {
        cell->next = page->free;
        page->free = cell;
        --page->used;
        if (page->full || page->used == 0) [[unlikely]] current_mutator->heap->freed_locally(page);
        return;
    }
    FreeCell* head = page->remote.load(std::memory_order_relaxed);
    do {
        cell->next = head;
    } while (!page->remote.compare_exchange_weak(head, cell, std::memory_order_acq_rel, std::memory_order_relaxed));
    if (!head && page->announced.exchange(Announced::yes, std::memory_order_acq_rel) == Announced::no) {
        // First of a batch: tell the owner's heap. The owner may have taken the cells meanwhile and have retired the page, but it
        // isn't returned before this thread has passed a safepoint.
        Heap* heap = heap_of_owner(page->owner);
        Page* top = heap->remote_pages_.load(std::memory_order_relaxed);
        do {
            page->next_remote = top;
        } while (!heap->remote_pages_.compare_exchange_weak(top, page, std::memory_order_acq_rel, std::memory_order_relaxed));
    }
}

void for_each_object(void (*f)(void*, Header*), void* arg) {
    Store& s = store();
    for (Page* page : s.pages) {
        for (std::uint32_t i = 0; i < page->fresh; ++i) {
            Header* o = &page->cell(i)->header;
            if (o->shape.load(std::memory_order_relaxed) != 0) f(arg, o);
        }
    }
    for (LargeObject* block = s.large; block;) {
        LargeObject* next = block->next;
        if (block->header()->shape.load(std::memory_order_relaxed) != 0) f(arg, block->header());
        block = next;
    }
}

bool begin_scratch() {
    for (Page* page : store().pages) {
        if (page->capacity == 0) continue;
        page->scratch = static_cast<std::uint32_t*>(std::calloc(page->capacity, sizeof(std::uint32_t)));
        if (!page->scratch) return end_scratch(), false;
    }
    return true;
}

void end_scratch() {
    for (Page* page : store().pages) {
        if (page->capacity == 0) continue;
        std::free(page->scratch);
        page->scratch = nullptr;
    }
}

std::size_t heap_bytes() {
    Store& s = store();
    std::lock_guard guard(s.mutex);
    return s.used_pages * kPageSize + s.large_bytes;
}

#ifndef ORO_SYSTEM_MALLOC
// By default mimalloc gives memory back after milliseconds. A program whose threads make and drop large lists then spends its time in
// page faults, which wait for each other; seconds are what other allocators take.
void configure_buffers() {
    constexpr long kMilliseconds = 5000;
    mi_option_set_default(mi_option_decommit_delay, kMilliseconds);
    mi_option_set_default(mi_option_segment_decommit_delay, kMilliseconds);
}
void* buffer_allocate(std::size_t size) { return mi_malloc(size); }
void* buffer_reallocate(void* p, std::size_t size) { return mi_realloc(p, size); }
void buffer_free(void* p) { mi_free(p); }
void buffer_retire(void* p) { retire(p, buffer_free, mi_usable_size(p)); }
#else
void configure_buffers() {}
void* buffer_allocate(std::size_t size) { return std::malloc(size); }
void* buffer_reallocate(void* p, std::size_t size) { return std::realloc(p, size); }
void buffer_free(void* p) { std::free(p); }
void buffer_retire(void* p) { retire(p, buffer_free, malloc_usable_size(p)); }
#endif

}  // namespace oro
