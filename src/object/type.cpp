#include "object/type.h"

#include <algorithm>

#include "memory/lock.h"
#include "object/dict.h"
#include "object/instance.h"
#include "object/slot_wrapper.h"
#include "object/str.h"
#include "object/tuple.h"

namespace oro {

namespace {
// Guards changes to types: bases, dictionaries' effect on slots, versions, subclass lists.
LockByte type_lock{0};
std::atomic<std::uint32_t> next_version{1};
}  // namespace

void lock_types(Thread& t) { lock(t, type_lock); }
void unlock_types() { unlock(type_lock); }
TypeLock::TypeLock(Thread& t) { lock_types(t); }
TypeLock::~TypeLock() { unlock_types(); }

Type& type_of_immediate(Value v) {
    if (v.is_int()) return int_type;
    if (v.is_float()) return float_type;
    if (v.is_bool()) return bool_type;
    if (v == kNone) return none_type;
    if (v == kNotImplemented) return not_implemented_type;
    assert(v == kEllipsis);
    return ellipsis_type;
}

bool is_subtype(Type const& a, Type const& b) {
    if (&a == &b || &b == &object_type) return true;
    // The common case: a chain of single bases, whose links never change without the MRO changing too.
    Value mro = a.mro.slot().peek();
    if (mro.is_null()) {
        for (Type const* t = a.base; t; t = t->base)
            if (t == &b) return true;
        return false;
    }
    auto* tuple = static_cast<Tuple*>(mro.pointer());  // replaced only with the world stopped
    Value wanted = Value::of(&b);
    for (std::size_t i = 1; i < tuple->size; ++i)
        if (tuple->slots[i] == wanted) return true;
    return false;
}

std::uint32_t type_version(Type& type) {
    std::uint32_t v = type.version.load(std::memory_order_acquire);
    if (v != 0) return v;
    std::uint32_t fresh = next_version.load(std::memory_order_relaxed);
    do {
        if (fresh == 0xFFFFFFFFu) return 0;
    } while (!next_version.compare_exchange_weak(fresh, fresh + 1, std::memory_order_relaxed));
    // A type whose version was never given caches nothing below it either: bases first, so that a change of a base finds
    // its way here. invalidate_type walks down all subclasses in any case.
    std::uint32_t expected = 0;
    return type.version.compare_exchange_strong(expected, fresh, std::memory_order_acq_rel) ? fresh : expected;
}

void invalidate_type(Type& type) {
    type.version.store(0, std::memory_order_seq_cst);
    for (Type* sub : type.subclasses) invalidate_type(*sub);
}

namespace {
std::uint64_t variable_bit(Str const& name) { return std::uint64_t(1) << (std::uint64_t(hash_of(name)) & 63); }

bool is_plain(Value v) {
    Type& kind = type_of(v);
    return !kind.has(type_flag::heap | type_flag::method_like) && !kind.slot(Dunder::get) && !kind.slot(Dunder::set) && !kind.slot(Dunder::delete_);
}

// Through the MRO's dictionaries. The value is counted; `home` gets the type that has it.
Maybe<> lookup_slow(Thread& t, Type& type, Str const* name, Type** home) {
    Maybe<Tuple> mro = type.mro.load(&type);
    if (!mro) return {};
    for (Value v : mro->items()) {
        auto* base = static_cast<Type*>(v.pointer());
        Maybe<> found = dict_get(t, **base->dict, Borrowed<Str>(*const_cast<Str*>(name)));
        if (!found) continue;
        *home = base;
        return found;
    }
    return {};
}

MethodCacheEntry& cache_entry(Thread& t, std::uint32_t version, Str const* name) {
    return t.method_cache[(version * 31 ^ (std::uintptr_t(name) >> 4)) % kMethodCacheSize];
}
// What has been found while the type had `version` goes into the thread's cache, if it may; the caller holds no count in it.
void remember(Thread& t, Type& type, std::uint32_t version, Str const* name, Value v, Type* home) {
    if (version == 0 || !name->is_interned() || (home && is_class_variable(*home, *name, v))) return;
    if (type.version.load(std::memory_order_acquire) != version) return;
    cache_entry(t, version, name) = {version, const_cast<Str*>(name), v};
}
}  // namespace

bool is_class_variable(Type const& home, Str const& name, Value value) {
    std::uint64_t variables = home.variables.load(std::memory_order_acquire);
    return variables && (variables & variable_bit(name)) && is_plain(value) && !is_special_name(name);
}

Value type_lookup_peek(Thread& t, Type& type, Str const* name) {
    std::uint32_t version = type.version.load(std::memory_order_acquire);
    if (version != 0) {
        MethodCacheEntry& e = cache_entry(t, version, name);
        if (e.version == version && e.name == name) return e.value;
    }
    version = type_version(type);
    Type* home = nullptr;
    Maybe<> found = lookup_slow(t, type, name, &home);
    Value v = found.value();
    // The entry holds no count: the value stands in a dictionary of the MRO as long as the version is the same, and what is
    // removed from there is freed only after this thread's next safepoint, where the version is compared again.
    remember(t, type, version, name, v, home);
    return v;  // `found` gives its count back, the dictionary keeps its own
}

Maybe<> type_lookup(Thread& t, Type& type, Borrowed<Str> name, Type** variable_of) {
    std::uint32_t version = type.version.load(std::memory_order_acquire);
    if (version != 0) {
        MethodCacheEntry& e = cache_entry(t, version, name.get());
        if (e.version == version && e.name == name.get()) {
            if (!e.value.is_pointer()) return Maybe<>::adopt(e.value);
            if (detail::try_incref(e.value.pointer())) {
                if (type.version.load(std::memory_order_acquire) == version) return Maybe<>::adopt(e.value);
                detail::decref(e.value.pointer());
            }
            Type* home = nullptr;
            return lookup_slow(t, type, name.get(), &home);
        }
    }
    version = type_version(type);
    Type* home = nullptr;
    Maybe<> found = lookup_slow(t, type, name.get(), &home);
    remember(t, type, version, name.get(), found.value(), home);
    if (variable_of && home && is_class_variable(*home, *name.get(), found.value())) *variable_of = home;
    return found;
}

bool type_overrides(Thread& t, Type& type, Borrowed<Str> name) {
    Value mro = type.mro.slot().peek();
    auto* tuple = static_cast<Tuple*>(mro.pointer());
    for (std::size_t i = 0; i < tuple->size; ++i) {
        auto* base = static_cast<Type*>(tuple->slots[i].pointer());
        if (base == &object_type || base == &type_type) return false;
        if (dict_get(t, **base->dict, name)) return true;
    }
    return false;
}

Result<void> type_set_attribute(Python& py, Type& type, Borrowed<Str> name, Optional<> value) {
    Maybe<> old;
    {
        TypeLock lock(py);
        if (value) {
            old = dict_get(py, **type.dict, name);  // dropped after the lock: its finaliser may be anything
            if (old && is_plain(value.value()) && is_plain(old.value()) && !is_special_name(*name.get())) {
                if (is_class_variable(type, *name.get(), old.value())) return dict_set(py, **type.dict, name, (*value).share());
                type.variables.fetch_or(variable_bit(*name.get()), std::memory_order_release);
            }
        }
        invalidate_type(type);
        if (value) {
            CHECK(dict_set(py, **type.dict, name, (*value).share()));
        } else {
            old = dict_pop(py, **type.dict, name);
            if (!old) return raise(py, exc::AttributeError, "type object '{}' has no attribute '{}'", name_of_type(type), name);
        }
        // Once more: a version given between the first invalidation and the change may have cached the old state.
        invalidate_type(type);
        CHECK(renew_slots_for(py, type, name));
    }
    return retire_shapes(py, type, name, value);
}

Result<Ref<Tuple>> compute_mro(Python& py, Type& type, Borrowed<Tuple> bases) {
    std::vector<std::vector<Type*>> lists;
    for (Value b : bases->items()) {
        auto* base = static_cast<Type*>(b.pointer());
        Maybe<Tuple> mro = base->mro.load(base);
        if (!mro) return raise(py, exc::TypeError, "Cannot extend an incomplete type '{}'", name_of_type(*base));
        std::vector<Type*> list;
        for (Value v : mro->items()) list.push_back(static_cast<Type*>(v.pointer()));
        lists.push_back(std::move(list));
    }
    std::vector<Type*> direct;
    for (Value b : bases->items()) direct.push_back(static_cast<Type*>(b.pointer()));
    for (std::size_t i = 0; i < direct.size(); ++i)
        for (std::size_t j = i + 1; j < direct.size(); ++j)
            if (direct[i] == direct[j]) return raise(py, exc::TypeError, "duplicate base class {}", name_of_type(*direct[i]));
    lists.push_back(direct);
    std::vector<Type*> order{&type};
    std::vector<std::size_t> heads(lists.size(), 0);
    for (;;) {
        Type* next = nullptr;
        bool done = true;
        for (std::size_t i = 0; i < lists.size() && !next; ++i) {
            if (heads[i] == lists[i].size()) continue;
            done = false;
            Type* candidate = lists[i][heads[i]];
            bool in_tail = false;
            for (std::size_t j = 0; j < lists.size() && !in_tail; ++j) {
                in_tail = heads[j] < lists[j].size() &&
                          std::find(lists[j].begin() + std::ptrdiff_t(heads[j]) + 1, lists[j].end(), candidate) != lists[j].end();
            }
            if (!in_tail) next = candidate;
        }
        if (done) break;
        if (!next) {
            StrBuilder names(py);
            bool first = true;
            std::vector<Type*> shown;
            for (std::size_t i = 0; i < lists.size(); ++i) {
                if (heads[i] == lists[i].size()) continue;
                Type* head = lists[i][heads[i]];
                if (std::find(shown.begin(), shown.end(), head) != shown.end()) continue;
                shown.push_back(head);
                if (!first) names.add(", ");
                first = false;
                names.add(*name_of_type(*head));
            }
            Ref<Str> text = TRY(names.finish());
            return raise(py, exc::TypeError, "Cannot create a consistent method resolution order (MRO) for bases {}", text);
        }
        order.push_back(next);
        for (std::size_t i = 0; i < lists.size(); ++i)
            if (heads[i] < lists[i].size() && lists[i][heads[i]] == next) ++heads[i];
    }
    std::vector<Value> words;
    for (Type* t : order) words.push_back(Value::of(t));
    return oro::make_tuple(py, words);
}

}  // namespace oro
