// Weak references: a table aside, so that objects pay one flag bit for them.
//
// A WeakRef points to its referent without a count. The lists of a referent's weak references stand in a sharded table; a
// shard's lock guards its lists and the clearing of `target`. Reading a weak reference takes no lock: try_incref on what
// `target` holds, then look again (memory keeps its kind, and making a weak reference allows concurrent counting).
#pragma once
#include <vector>

#include "object/allocate.h"

namespace oro {

struct WeakRef : Object {
    Slot target;                         // not owned; null once the referent is gone
    Member<> callback;                   // or null; taken away when it is called
    std::atomic<std::int64_t> cached_hash{-1};
    WeakRef* next = nullptr;             // of the referent's list, under the shard's lock
    WeakRef* previous = nullptr;
    WeakRef(Header* t, Maybe<> c) : target(Value::of(t)) { callback.set(std::move(c)); }
    ~WeakRef();
    static constexpr auto fields = std::tuple{&WeakRef::callback};
    static Type& type();                 // weakref.ReferenceType; proxies are WeakRefs of other types
    Maybe<> get() const;                 // the referent, or null
};

// A weak reference of `type` (or a subclass); TypeError if the object cannot have one. One without a callback and of the
// exact type is shared.
Result<Ref<WeakRef>> make_weakref(Thread& t, Type& type, Borrowed<> object, Maybe<> callback);
// The same for an object whose type doesn't let programs refer to it weakly.
Result<Ref<WeakRef>> watch(Thread& t, Borrowed<> object);
std::size_t weakref_count(Header* o);
Result<void> weakref_list(Thread& t, Header* o, std::vector<Ref<>>& out);

// Clears the references to a dying object and calls their callbacks.
void clear_weakrefs(Python& py, Header* o);
// The collector: clears the references to a condemned object, collecting those whose callbacks have to be called (the
// weak references that are not condemned themselves). The world is stopped.
void clear_weakrefs_quietly(Header* o, std::vector<Ref<>>& with_callback);
// Calls the callback of a cleared weak reference; what it raises is reported.
void call_weakref_callback(Python& py, Borrowed<WeakRef> ref);

}  // namespace oro
