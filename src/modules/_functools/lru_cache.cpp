// The wrapper that functools.lru_cache makes. A hit looks the key up without a lock; the order of use is renewed under the wrapper's lock
// if that is free, and left as it is while another thread holds it.
//
// The dict owns the entries; the list that orders them only links them, under the lock. An entry is taken off the list before it is
// taken out of the dict.
#include "modules/_functools/functools.h"
#include "object/dict.h"
#include "object/method.h"
#include "types/arguments.h"

namespace oro::functools {

namespace {

struct Entry : Object {
    Fixed<> key, result;
    std::int64_t hash;
    Entry* newer = nullptr;              // under the lock of the wrapper
    Entry* older = nullptr;
    bool linked = false;
    Entry(Ref<> k, Ref<> r, std::int64_t h) : key(std::move(k)), result(std::move(r)), hash(h) {}
    static constexpr auto fields = std::tuple{&Entry::key, &Entry::result};
    static Type& type();
};

struct LruCache : Object {
    struct Guarded {
        std::atomic<Entry*> newest{nullptr};
        Entry* oldest = nullptr;
        std::int64_t count = 0;
    } guarded;
    Fixed<> function, info_type;
    Member<Dict> entries;                // exchanged by cache_clear
    std::int64_t maxsize;                // -1: without limit
    bool typed;
    std::atomic<std::int64_t> hits{0}, misses{0};
    LruCache(Ref<> f, Ref<> info, Ref<Dict> d, std::int64_t limit, bool by_type)
        : function(std::move(f)), info_type(std::move(info)), entries(std::move(d)), maxsize(limit), typed(by_type) {}
    static constexpr auto fields = std::tuple{&LruCache::function, &LruCache::info_type, &LruCache::entries};
    static Type& type() { return lru_cache_type; }
};
using Self = Borrowed<LruCache>;

constexpr TypeDef entry_def{
    .name = "functools._lru_list_elem", .size = sizeof(Entry), .flags = type_flag::lasting | type_flag::disallow_new, .hooks = hooks_of<Entry>(),
};
ORO_TYPE(entry_type, entry_def);
Type& Entry::type() { return entry_type; }

void increment(Thread& t, std::atomic<std::int64_t>& n) {
    if (t.alone) n.store(n.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    else n.fetch_add(1, std::memory_order_relaxed);
}

// ---- the list; the lock is held

void unlink(LruCache::Guarded& g, Entry* e) {
    if (e->newer) e->newer->older = e->older;
    else g.newest.store(e->older, std::memory_order_relaxed);
    if (e->older) e->older->newer = e->newer;
    else g.oldest = e->newer;
    e->newer = e->older = nullptr;
    e->linked = false;
    --g.count;
}
void link_newest(LruCache::Guarded& g, Entry* e) {
    Entry* second = g.newest.load(std::memory_order_relaxed);
    e->older = second;
    if (second) second->newer = e;
    else g.oldest = e;
    g.newest.store(e, std::memory_order_relaxed);
    e->linked = true;
    ++g.count;
}

// Marks an entry as used just now.
void renew(Thread& t, Self self, Entry* e) {
    if (self->guarded.newest.load(std::memory_order_relaxed) == e) return;
    bool locked = !t.alone;
    if (locked && !try_lock(self->lock)) return;
    if (e->linked) {
        unlink(self->guarded, e);
        link_newest(self->guarded, e);
    }
    if (locked) unlock(self->lock);
}

// ---- keys

// What tells calls apart: a lone str or int itself, else a tuple of the arguments, keywords and perhaps types.
Result<Ref<>> make_key(Python& py, Self self, Value const* args, std::size_t n, Tuple* names) {
    std::size_t keywords = names ? names->size : 0;
    if (!self->typed && keywords == 0 && n == 1 && (args[0].is_int() || is_exact<Str>(args[0]))) return share(args[0]);
    std::size_t size = n + (keywords ? 1 + 2 * keywords : 0) + (self->typed ? n + keywords : 0), i = 0;
    Ref<Tuple> key = TRY(make_tuple_uninitialized(py, size));
    auto put = [&](Value v) { key->slots[i++] = share(v).release(); };
    for (std::size_t k = 0; k < n; ++k) put(args[k]);
    if (keywords) {
        put(Value::of(&entry_type));     // no argument that Python code can name
        for (std::size_t k = 0; k < keywords; ++k) {
            put(names->slots[k]);
            put(args[n + k]);
        }
    }
    if (self->typed)
        for (std::size_t k = 0; k < n + keywords; ++k) put(Value::of(&type_of(args[k])));
    return key;
}

Result<Ref<>> compute(Python& py, Self self, Value const* args, std::size_t n, Tuple* names) {
    return call(py, *self->function, std::span<Value const>(args, n + (names ? names->size : 0)), names);
}

// ---- calling

Result<Ref<>> call_unlimited(Python& py, Self self, Value const* args, std::size_t n, Tuple* names) {
    Ref<> key = TRY(make_key(py, self, args, n, names));
    std::int64_t hash = TRY(hash_value(py, key));
    Maybe<Dict> entries = self->entries.load(self.get());
    Maybe<> found = TRY(dict_get_item_hashed(py, *entries, key, hash));
    if (found) {
        increment(py, self->hits);
        return std::move(found).take();
    }
    increment(py, self->misses);
    Ref<> result = TRY(compute(py, self, args, n, names));
    CHECK(dict_set_item_hashed(py, *entries, key, hash, result.share()));
    return result;
}

Result<Ref<>> call_limited(Python& py, Self self, Value const* args, std::size_t n, Tuple* names) {
    Ref<> key = TRY(make_key(py, self, args, n, names));
    std::int64_t hash = TRY(hash_value(py, key));
    Maybe<Dict> entries = self->entries.load(self.get());
    Maybe<> found = TRY(dict_get_item_hashed(py, *entries, key, hash));
    if (found) {
        auto* e = static_cast<Entry*>(found.value().pointer());
        renew(py, self, e);
        increment(py, self->hits);
        return e->result.share();
    }
    increment(py, self->misses);
    Ref<> result = TRY(compute(py, self, args, n, names));
    Ref<Entry> entry = TRY(make<Entry>(py, entry_type, key.share(), result.share(), hash));
    bool added = false;
    // Computing may have entered the key, here or in another thread; then that entry stays.
    (void)TRY(dict_set_default_hashed(py, *entries, key, hash, entry, &added));
    if (!added) return result;
    Maybe<Entry> evicted;
    {
        Locked<LruCache> g(py, self);
        // After a cache_clear the entry stands in a dict that nobody looks into any more.
        if (self->entries.peek().value() == entries.value()) {
            link_newest(self->guarded, entry.get());
            if (g->count > self->maxsize) {
                evicted = Maybe<Entry>(Borrowed<Entry>(*g->oldest).share());
                unlink(self->guarded, g->oldest);
            }
        }
    }
    if (evicted) (void)TRY(dict_pop_item_hashed(py, *entries, *evicted->key, evicted->hash));
    return result;
}

Value call_cache(Python& py, Value word, Value const* args, std::size_t n, Tuple* names) {
    Self self = as<LruCache>(word);
    if (self->maxsize < 0) return call_unlimited(py, self, args, n, names).release();
    if (self->maxsize > 0) return call_limited(py, self, args, n, names).release();
    increment(py, self->misses);
    return compute(py, self, args, n, names).release();
}

Result<Ref<>> construct(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    static constexpr char const* kNames[] = {"user_function", "maxsize", "typed", "cache_info_type"};
    Value words[4] = {};
    CHECK(parse_arguments(py, "lru_cache", kNames, 0, 4, 4, args, n, names, words));
    if (!is_callable(Borrowed<>(words[0]))) return raise(py, exc::TypeError, "the first argument must be callable");
    std::int64_t maxsize = -1;
    if (words[1] != kNone) {
        if (!is_any_int(words[1]) && !type_of(words[1]).slot(Dunder::index))
            return raise(py, exc::TypeError, "maxsize should be integer or None");
        maxsize = TRY(to_int64(py, Borrowed<>(words[1]), &exc::OverflowError));
        if (maxsize < 0) maxsize = 0;
    }
    bool typed = TRY(truth(py, Borrowed<>(words[2])));
    return make<LruCache>(py, type, share(words[0]), share(words[3]), TRY(make_dict(py)), maxsize, typed);
}
Value new_cache(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    return construct(py, type, args, n, names).release();
}

Result<Ref<>> cache_info(Python& py, Self self) {
    std::int64_t size;
    if (self->maxsize > 0) {
        // Not the dict's size: an entry stands there before an older one has been evicted.
        Locked<LruCache> g(py, self);
        size = g->count;
    } else {
        size = std::int64_t(self->entries.load(self.get())->size());
    }
    Ref<> maxsize = self->maxsize < 0 ? none.share() : TRY(make_int(py, self->maxsize));
    return call_with(py, *self->info_type, TRY(make_int(py, self->hits.load())), TRY(make_int(py, self->misses.load())), maxsize,
                     TRY(make_int(py, size)));
}

Result<void> cache_clear(Thread& t, Self self) {
    Ref<Dict> fresh = TRY(make_dict(t));
    Maybe<Dict> old;
    Locked<LruCache> g(t, self);
    old = self->entries.swap(Maybe<Dict>(std::move(fresh)));
    for (Entry* e = g->newest.load(); e;) {
        Entry* following = e->older;
        e->newer = e->older = nullptr;
        e->linked = false;
        e = following;
    }
    g->newest.store(nullptr);
    g->oldest = nullptr;
    g->count = 0;
    self->hits.store(0);
    self->misses.store(0);
    return {};
}

Result<Ref<>> get(Thread& t, Self self, Borrowed<> object, Optional<>) {
    if (object.value().is_null() || object.is(kNone)) return self.share();
    return make_bound_method(t, self, object);
}
Result<Ref<>> reduce(Python& py, Self self) { return get_attribute(py, self, name::dunder_qualname()); }
Ref<> copy(Thread&, Self self) { return self.share(); }
Ref<> deepcopy(Thread&, Self self, Borrowed<>) { return self.share(); }

constexpr MethodDef methods[] = {
    def<cache_info>("cache_info", "", "Report the statistics of the cache."),
    def<cache_clear>("cache_clear", "", "Empty the cache and begin its statistics anew."),
    def<reduce>("__reduce__", "", "Give what pickle needs."),
    def<copy>("__copy__", "", "The cache itself: it stands for the function."),
    def<deepcopy>("__deepcopy__", "memo, /", "The cache itself: it stands for the function."),
};
constexpr SlotDef slots[] = {slot<Dunder::get, get>};
constexpr TypeDef cache_def{
    .name = "functools._lru_cache_wrapper",
    .doc = "A callable that keeps results of a function: the last maxsize ones, all of them if maxsize is None.",
    .size = sizeof(LruCache),
    .flags = type_flag::lasting | type_flag::has_dict | type_flag::has_weakrefs | type_flag::method_like,
    .hooks = hooks_of<LruCache>(),
    .new_ = new_cache,
    .call = call_cache,
    .methods = methods,
    .slots = slots,
};

}  // namespace

ORO_TYPE(lru_cache_type, cache_def);

}  // namespace oro::functools
