// The table of weak references: shards by the referent's address, each an open-addressing table from a referent to its list.
//
// A shard's mutex is held for a few steps only: nothing runs, allocates objects or waits meanwhile. WeakRefs found in a
// list may be dying: their memory stays until their destructor has unlinked them under the same mutex, and try_incref tells
// whether they still live.
#include "object/weak.h"

#include <mutex>

#include "object/call.h"
#include "object/locked.h"

namespace oro {

namespace {

struct Entry {
    Header* referent;                    // null: free
    WeakRef* first;
};

struct Shard {
    std::mutex mutex;
    Entry* entries = nullptr;
    std::size_t capacity = 0, used = 0;  // capacity: a power of two, at most half used
};

constexpr std::size_t kShards = 64;
constinit Shard shards[kShards];

std::size_t mix(Header const* o) { return std::uintptr_t(o) / 16 * 0x9E3779B97F4A7C15u; }
Shard& shard_of(Header const* o) { return shards[mix(o) >> 58]; }

// The entry of a referent, or the free one where it belongs. Requires capacity.
Entry* probe(Entry* entries, std::size_t capacity, Header const* o) {
    std::size_t i = mix(o) >> 20;
    while (true) {
        Entry* e = &entries[i & (capacity - 1)];
        if (!e->referent || e->referent == o) return e;
        ++i;
    }
}

WeakRef* first_of(Shard& shard, Header const* o) { return shard.capacity ? probe(shard.entries, shard.capacity, o)->first : nullptr; }

bool reserve(Shard& shard) {
    if ((shard.used + 1) * 2 <= shard.capacity) return true;
    std::size_t capacity = shard.capacity ? shard.capacity * 2 : 16;
    auto* grown = static_cast<Entry*>(buffer_allocate(capacity * sizeof(Entry)));
    if (!grown) return false;
    for (std::size_t i = 0; i < capacity; ++i) grown[i] = {nullptr, nullptr};
    for (std::size_t i = 0; i < shard.capacity; ++i) {
        if (shard.entries[i].referent) *probe(grown, capacity, shard.entries[i].referent) = shard.entries[i];
    }
    buffer_free(shard.entries);
    shard.entries = grown;
    shard.capacity = capacity;
    return true;
}

void remove_entry(Shard& shard, Entry* e) {
    // Moves back those that the freed place would hide.
    std::size_t mask = shard.capacity - 1, hole = std::size_t(e - shard.entries), i = hole;
    for (;;) {
        i = (i + 1) & mask;
        if (!shard.entries[i].referent) break;
        std::size_t home = (mix(shard.entries[i].referent) >> 20) & mask;
        if (((i - home) & mask) >= ((i - hole) & mask)) {
            shard.entries[hole] = shard.entries[i];
            hole = i;
        }
    }
    shard.entries[hole] = {nullptr, nullptr};
    --shard.used;
}

// A reference that others may get too: of a native type, without a callback.
bool is_shareable(Type const& type, bool callback) { return type.def && !callback; }
bool is_shareable(WeakRef const* w) { return is_shareable(type_of(w), bool(w->callback.peek())); }

void insert(Shard& shard, Header* o, WeakRef* w) {
    Entry* e = probe(shard.entries, shard.capacity, o);
    if (!e->referent) {
        *e = {o, nullptr};
        ++shard.used;
    }
    // Shared references come first (the plain one before proxies), then the others, newest first.
    WeakRef* before = nullptr;
    WeakRef* at = e->first;
    bool plain = is_shareable(w) && &type_of(w) == &WeakRef::type();
    while (at && !plain && is_shareable(at)) {
        before = at;
        at = at->next;
    }
    w->previous = before;
    w->next = at;
    if (before) before->next = w;
    else e->first = w;
    if (at) at->previous = w;
    o->set(flag::weakly_referenced);
}

void unlink(Shard& shard, Header* o, WeakRef* w) {
    Entry* e = probe(shard.entries, shard.capacity, o);
    if (w->previous) w->previous->next = w->next;
    else e->first = w->next;
    if (w->next) w->next->previous = w->previous;
    w->next = w->previous = nullptr;
    if (!e->first) remove_entry(shard, e);
}

// A shared reference of this type, if there is one that lives. Under the shard's mutex.
Maybe<WeakRef> find_shared(Shard& shard, Header* o, Type& type) {
    for (WeakRef* w = first_of(shard, o); w && is_shareable(w); w = w->next) {
        if (&type_of(w) == &type && detail::try_incref(w)) return Maybe<WeakRef>::adopt(Value::of(w));
    }
    return {};
}

// Empties the list of `o`; f is called for each reference that has a callback, with a count of it.
template <class F> void clear_list(Header* o, F&& f) {
    Shard& shard = shard_of(o);
    std::lock_guard guard(shard.mutex);
    while (WeakRef* w = first_of(shard, o)) {
        unlink(shard, o, w);
        Maybe<WeakRef> live;
        if (w->callback.peek() && detail::try_incref(w)) live = Maybe<WeakRef>::adopt(Value::of(w));
        // From here a reference without a count may go.
        w->target.store(Value{});
        if (live) f(std::move(live).take());
    }
}

}  // namespace

Maybe<> WeakRef::get() const {
    Value v = target.peek();
    if (!v || !detail::try_incref(v.pointer())) return {};
    if (target.peek() == v) return Maybe<>::adopt(v);
    // The referent died and something else lives in its place.
    detail::decref(v);
    return {};
}

WeakRef::~WeakRef() {
    Value v = target.peek();
    if (!v) return;
    Shard& shard = shard_of(v.pointer());
    std::lock_guard guard(shard.mutex);
    if (target.peek()) unlink(shard, v.pointer(), this);
}

static Result<Ref<WeakRef>> refer(Thread& t, Type& type, Borrowed<> object, Maybe<> callback) {
    if (callback && callback.value() == kNone) callback = {};
    Header* o = object.value().pointer();
    Shard& shard = shard_of(o);
    bool shareable = is_shareable(type, bool(callback));
    if (shareable) {
        std::lock_guard guard(shard.mutex);
        if (Maybe<WeakRef> w = find_shared(shard, o, type)) return std::move(w).take();
    }
    detail::allow_concurrent(o);
    // Made without its target, so that it can be dropped again.
    Ref<WeakRef> made = TRY(make<WeakRef>(t, type, nullptr, std::move(callback)));
    detail::allow_concurrent(made.get());
    Maybe<WeakRef> other;
    bool full = false;
    {
        std::lock_guard guard(shard.mutex);
        if (shareable) other = find_shared(shard, o, type);
        if (!other) {
            full = !reserve(shard);
            if (!full) {
                made->target.store(object.value());
                insert(shard, o, made.get());
            }
        }
    }
    if (full) return raise_no_memory(t);
    if (other) return std::move(other).take();
    return made;
}

Result<Ref<WeakRef>> make_weakref(Thread& t, Type& type, Borrowed<> object, Maybe<> callback) {
    if (!object.value().is_pointer() || !type_of(object).has(type_flag::has_weakrefs)) {
        return raise(t, exc::TypeError, "cannot create weak reference to '{}' object", TypeName{object.value()});
    }
    return refer(t, type, object, std::move(callback));
}

Result<Ref<WeakRef>> watch(Thread& t, Borrowed<> object) { return refer(t, WeakRef::type(), object, {}); }

std::size_t weakref_count(Header* o) {
    Shard& shard = shard_of(o);
    std::lock_guard guard(shard.mutex);
    std::size_t n = 0;
    for (WeakRef* w = first_of(shard, o); w; w = w->next) ++n;
    return n;
}

Result<void> weakref_list(Thread&, Header* o, std::vector<Ref<>>& out) {
    Shard& shard = shard_of(o);
    std::lock_guard guard(shard.mutex);
    for (WeakRef* w = first_of(shard, o); w; w = w->next) {
        if (detail::try_incref(w)) out.push_back(Ref<>::adopt(Value::of(w)));
    }
    return {};
}

void call_weakref_callback(Python& py, Borrowed<WeakRef> ref) {
    Maybe<> callback = ref->callback.exchange(ref.get(), {});
    if (!callback) return;
    Value pending = std::exchange(py.raised, Value{});
    if (call_with(py, *callback, ref).raised()) {
        write_unraisable(py, "Exception ignored while calling weakref callback ", *callback);
    }
    py.raised = pending;
}

void clear_weakrefs(Python& py, Header* o) {
    std::vector<Ref<WeakRef>> with_callback;
    clear_list(o, [&](Ref<WeakRef> w) { with_callback.push_back(std::move(w)); });
    for (Ref<WeakRef>& w : with_callback) call_weakref_callback(py, w);
}

void clear_weakrefs_quietly(Header* o, std::vector<Ref<>>& with_callback) {
    clear_list(o, [&](Ref<WeakRef> w) {
        if (!w->has(flag::condemned)) with_callback.push_back(Ref<>(std::move(w)));
    });
}

}  // namespace oro
