// What happens when the last count of an object goes: finaliser, weak references, fields, memory. Deep structures are
// destroyed iteratively: beyond a depth, objects wait in the thread's list of doomed ones.
#include <vector>

#include "object/finalizer.h"
#include "object/call.h"
#include "object/instance.h"
#include "object/locked.h"
#include "object/str.h"
#include "object/weak.h"

namespace oro {

struct DoomedList {
    std::vector<Header*> objects;
};

namespace {

constexpr int kMaxDepth = 40;

// Runs the finaliser once (PEP 442). True if the object came back to life.
bool finalize(Python& py, Object* o, Type& type) {
    if (!type.has(type_flag::has_del) || o->has(flag::finalized)) return false;
    SlotFn del = type.slot(Dunder::del);
    if (!del) return false;
    o->set(flag::finalized);
    // Alive again for the time of the call, owned by this thread.
    // Weak references, which still point to it, read it from any thread.
    o->shared.store(o->has(flag::weakly_referenced) ? detail::kConcurrent : 0, std::memory_order_relaxed);
    o->local.store(1, std::memory_order_relaxed);
    o->owner.store(py.id, std::memory_order_release);
    Value pending = std::exchange(py.raised, Value{});
    Value r = del(py, Value::of(o), Value{}, Value{});
    if (r.is_null()) write_failed_finalizer(py, type);
    detail::decref(r);
    py.raised = pending;
    // No longer dying before the count goes: after that another thread may be the one that destroys it.
    o->unset(flag::dying);
    if (!detail::decref_after_finalizer(o)) return true;
    o->set(flag::dying);
    return false;
}

void destroy_now(Python& py, Object* o) {
    Type& type = type_of(o);
    if (type.has(type_flag::has_del) && finalize(py, o, type)) return;
    if (o->has(flag::weakly_referenced)) clear_weakrefs(py, o);
    if (type.hooks.trace) --py.allocated_since_gc;
    if (type.has(type_flag::heap | type_flag::has_dict)) instance_destruct(o);
    if (type.hooks.destruct) type.hooks.destruct(o);
    free_object_memory(o);
}

}  // namespace

void hook::destroy(Header* header) {
    Python& py = current_python();
    auto* o = static_cast<Object*>(header);
    // From here on the collector leaves it alone, however long it waits or takes. Nobody else knows the object any more, so that no atomic
    // operation is needed. (Strings are not traced; the bit means something else.)
    if (!type_of(o).has(type_flag::str)) o->flags.store(o->flags.load(std::memory_order_relaxed) | flag::dying, std::memory_order_relaxed);
    if (py.sections > 0 || py.destroy_depth >= kMaxDepth) [[unlikely]] {
        if (!py.doomed) py.doomed = new DoomedList;
        py.doomed->objects.push_back(o);
        return;
    }
    ++py.destroy_depth;
    destroy_now(py, o);
    --py.destroy_depth;
    if (py.doomed && py.destroy_depth == 0) [[unlikely]] destroy_doomed(py);
}

void destroy_doomed(Thread& t) {
    auto& py = static_cast<Python&>(t);
    if (t.sections > 0 || t.destroy_depth > 0) return;
    DoomedList* list = std::exchange(t.doomed, nullptr);
    if (!list) return;
    // Emptied in place: destroying may doom more, onto a new list that is taken over here.
    while (!list->objects.empty()) {
        Header* o = list->objects.back();
        list->objects.pop_back();
        ++t.destroy_depth;
        destroy_now(py, static_cast<Object*>(o));
        --t.destroy_depth;
        if (t.doomed) {
            DoomedList* more = std::exchange(t.doomed, nullptr);
            list->objects.insert(list->objects.end(), more->objects.begin(), more->objects.end());
            delete more;
        }
    }
    delete list;
}

}  // namespace oro
