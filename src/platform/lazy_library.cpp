// Libraries that are loaded when the first of their functions is called: see cmake/lazy.cmake, which makes a stub for each
// function. Any thread may be the first; all of them store the same address.
#include <dlfcn.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>

namespace {

// One for each such library, in the generated assembly.
struct LazyLibrary {
    char const* file;
    std::atomic<void*> handle;
    std::atomic<void*>* slots;    // where the stubs jump to
    char const* const* names;     // of the functions
};

}  // namespace

// Called by a stub that runs for the first time; gives the address to go to.
extern "C" void* oro_lazy_resolve(LazyLibrary* library, unsigned long i) {
    void* handle = library->handle.load(std::memory_order_acquire);
    if (!handle) {
        handle = dlopen(library->file, RTLD_NOW | RTLD_LOCAL);
        if (handle) library->handle.store(handle, std::memory_order_release);
    }
    void* address = handle ? dlsym(handle, library->names[i]) : nullptr;
    if (!address) {
        std::fprintf(stderr, "Fatal Python error: %s\n", dlerror());
        std::abort();
    }
    library->slots[i].store(address, std::memory_order_release);
    return address;
}
