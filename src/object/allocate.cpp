#include "object/allocate.h"

#include "memory/spread.h"
#include "object/collect.h"

namespace oro {

Header* allocate_object(Thread& t, Type& type, std::size_t bytes) {
    Header* o = bytes > (std::size_t(1) << 62) ? nullptr : t.heap->allocate(bytes);
    if (!o) [[unlikely]] {
        (void)raise_no_memory(t);
        return nullptr;
    }
    if (type.has(type_flag::deferred_instances)) {
        // Nobody's from birth, and only the collector destroys it.
        make_deferred(*o);
    } else {
        o->owner.store(t.id, std::memory_order_relaxed);
        o->local.store(1, std::memory_order_relaxed);
    }
    if (type.hooks.trace) {
        if (++t.allocated_since_gc >= kCollectAfter) [[unlikely]] ask_for_collection(t);
    }
    return o;
}

}  // namespace oro
