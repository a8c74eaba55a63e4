// _abc: the registry and the caches behind abc.ABCMeta.
//
// Caches are sets of shape ids: each class has a root shape of its own, whose id is never used again, so that a cache needs
// no references to the classes and can be read without a lock. Tables are replaced when they grow; old ones are retired. The
// registry is a tuple of weak references that is replaced as a whole.
#include <algorithm>
#include <vector>

#include "memory/reclaim.h"
#include "object/define.h"
#include "object/dict.h"
#include "object/iterator.h"
#include "object/list.h"
#include "object/weak.h"

namespace oro {
namespace {

struct State : ModuleState {
    // Counts registrations: negative caches of an older count are void.
    std::atomic<std::int64_t> registrations{0};
};

struct IdTable {
    std::size_t capacity, used;                  // used: under the owner's lock
    std::atomic<ShapeId> ids[];
};

// A set of ids. Readers take no lock; writers hold the lock of the object that has it.
class IdSet {
public:
    ~IdSet() { buffer_free(table_.load()); }
    bool contains(ShapeId id) const {
        IdTable* t = table_.load(std::memory_order_acquire);
        if (!t) return false;
        for (std::size_t i = id;; ++i) {
            ShapeId at = t->ids[i & (t->capacity - 1)].load(std::memory_order_relaxed);
            if (at == id) return true;
            if (at == 0) return false;
        }
    }
    // Without memory the id is left out: the cache only saves time.
    void add(ShapeId id) {
        if (contains(id)) return;
        IdTable* t = table_.load(std::memory_order_relaxed);
        if (!t || (t->used + 1) * 2 > t->capacity) {
            IdTable* grown = make_table(t ? t->capacity * 2 : 16);
            if (!grown) return;
            if (t) {
                for (std::size_t i = 0; i < t->capacity; ++i) {
                    if (ShapeId old = t->ids[i].load(std::memory_order_relaxed)) put(grown, old);
                }
            }
            replace(grown);
            t = grown;
        }
        put(t, id);
    }
    void clear() { replace(nullptr); }
    template <class F> void each(F&& f) const {
        IdTable* t = table_.load(std::memory_order_acquire);
        for (std::size_t i = 0; t && i < t->capacity; ++i) {
            if (ShapeId id = t->ids[i].load(std::memory_order_relaxed)) f(id);
        }
    }

private:
    static IdTable* make_table(std::size_t capacity) {
        auto* t = static_cast<IdTable*>(buffer_allocate(sizeof(IdTable) + capacity * sizeof(std::atomic<ShapeId>)));
        if (!t) return nullptr;
        t->capacity = capacity;
        t->used = 0;
        for (std::size_t i = 0; i < capacity; ++i) new (&t->ids[i]) std::atomic<ShapeId>(0);
        return t;
    }
    static void put(IdTable* t, ShapeId id) {
        std::size_t i = id;
        while (t->ids[i & (t->capacity - 1)].load(std::memory_order_relaxed) != 0) ++i;
        t->ids[i & (t->capacity - 1)].store(id, std::memory_order_relaxed);
        ++t->used;
    }
    void replace(IdTable* t) {
        if (IdTable* old = table_.exchange(t, std::memory_order_acq_rel)) buffer_retire(old);
    }
    std::atomic<IdTable*> table_{nullptr};
};

struct AbcData : Object {
    Member<Tuple> registry;                      // of weak references; null: empty
    struct Guarded {
        IdSet cache, negative;
    } guarded;
    std::atomic<std::int64_t> negative_version;  // registrations when `negative` was emptied last
    explicit AbcData(std::int64_t v) : negative_version(v) {}
    static constexpr auto fields = std::tuple{&AbcData::registry};
    static Type& type();
};

constexpr TypeDef data_def{.name = "_abc._abc_data", .doc = "What an abstract base class remembers.", .size = sizeof(AbcData),
                           .flags = type_flag::disallow_new, .hooks = hooks_of<AbcData>()};
ORO_TYPE(abc_data_type, data_def);
Type& AbcData::type() { return abc_data_type; }

Result<Ref<Str>> named(Thread& t, std::string_view name) { return intern(t, TRY(make_str(t, name))); }

bool is_class(Value v) { return v.is_pointer() && type_of(v).has(type_flag::type); }
Type& class_of(Value v) { return *static_cast<Type*>(v.pointer()); }
ShapeId id_of(Value cls) { return class_of(cls).root_shape; }

Result<Ref<AbcData>> data_of(Python& py, Borrowed<> cls) {
    Ref<> data = TRY(get_attribute(py, cls, TRY(named(py, "_abc_impl"))));
    if (!is<AbcData>(data)) return raise(py, exc::TypeError, "_abc_impl is set to a wrong type");
    return as<AbcData>(std::move(data));
}

void remember(Thread& t, Borrowed<AbcData> data, ShapeId id) { Locked<AbcData>(t, data)->cache.add(id); }
// Unless a class was registered since `registrations` was read, which may have changed the answer.
void remember_not(Thread& t, State& state, std::int64_t registrations, Borrowed<AbcData> data, ShapeId id) {
    Locked<AbcData> locked(t, data);
    if (state.registrations.load() == registrations) locked->negative.add(id);
}

// ---- abstract methods

Result<bool> is_abstract(Python& py, Borrowed<> value) {
    Maybe<> mark = TRY(find_attribute(py, value, name::dunder_isabstractmethod()));
    return mark && TRY(truth(py, *mark));
}

Result<void> compute_abstract_methods(Python& py, Borrowed<> cls) {
    Ref<List> abstract = TRY(make_list(py));
    Ref<> ns = TRY(get_attribute(py, cls, name::dunder_dict()));
    Ref<> items = TRY(call_method(py, ns, name::items(), {}));
    Ref<List> pairs = TRY(list_from(py, items));
    for (std::size_t i = 0; Maybe<> pair = list_get(py, *pairs, i); ++i) {
        if (!is<Tuple>(*pair) || as<Tuple>(*pair)->size != 2) return raise(py, exc::TypeError, "Iteration over items() returned item which is not a 2-tuple");
        if (TRY(is_abstract(py, as<Tuple>(*pair)->at(1)))) CHECK(list_append(py, abstract, as<Tuple>(*pair)->at(0).share()));
    }
    Ref<> bases = TRY(get_attribute(py, cls, name::dunder_bases()));
    if (!is<Tuple>(bases)) return raise(py, exc::TypeError, "__bases__ is not tuple");
    for (Value base : as<Tuple>(bases)->items()) {
        Maybe<> inherited = TRY(find_attribute(py, Borrowed<>(base), name::dunder_abstractmethods()));
        if (!inherited) continue;
        CHECK(for_each(py, *inherited, [&](Ref<> key) -> Result<void> {
            if (!is<Str>(key)) return raise(py, exc::TypeError, "attribute name must be string, not '{}'", TypeName{key.value()});
            Maybe<> value = TRY(find_attribute(py, cls, as<Str>(Borrowed<>(key))));
            if (value && TRY(is_abstract(py, *value))) return list_append(py, abstract, std::move(key));
            return {};
        }));
    }
    Ref<> frozenset = TRY(builtin_named(py, "frozenset"));
    Ref<> set = TRY(call_with(py, frozenset, abstract));
    return set_attribute(py, cls, name::dunder_abstractmethods(), set);
}

// __abc_tpflags__ of collections.abc: whether match statements take instances as sequences or mappings.
constexpr std::int64_t kSequenceBit = 1 << 5, kMappingBit = 1 << 6;

Result<void> take_pattern_flags(Python& py, Borrowed<> cls) {
    if (!is_class(cls.value())) return {};
    Type& type = class_of(cls.value());
    Ref<Str> name = TRY(named(py, "__abc_tpflags__"));
    Maybe<> flags = dict_get(py, **type.dict, name);
    if (!flags) return {};
    if (flags.value().is_int()) {
        std::int64_t n = flags.value().as_int();
        if ((n & kSequenceBit) && (n & kMappingBit)) {
            return raise(py, exc::TypeError, "__abc_tpflags__ cannot be both Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING");
        }
        if (n & kSequenceBit) type.flags.fetch_or(type_flag::sequence);
        if (n & kMappingBit) type.flags.fetch_or(type_flag::mapping);
    }
    return delete_attribute(py, cls, name);
}

Result<void> abc_init(Python& py, State& state, Borrowed<> self) {
    CHECK(compute_abstract_methods(py, self));
    Ref<AbcData> data = TRY(make<AbcData>(py, abc_data_type, state.registrations.load()));
    CHECK(set_attribute(py, self, TRY(named(py, "_abc_impl")), data));
    return take_pattern_flags(py, self);
}

// ---- registering

// Native types say themselves what they are: registering str as a Sequence makes it no sequence pattern's subject.
Result<void> pass_pattern_flags(Python& py, Type& type, std::uint32_t bits) {
    if (!type.has(type_flag::heap) || type.has(type_flag::immutable) || type.has(type_flag::sequence | type_flag::mapping)) return {};
    if (type.flags.fetch_or(bits) & bits) return {};
    Ref<> subclasses = TRY(call_method(py, Borrowed<>(Value::of(&type)), TRY(named(py, "__subclasses__")), {}));
    return for_each(py, subclasses, [&](Ref<> sub) -> Result<void> {
        if (!is_class(sub.value()) || !type.has(bits)) return {};
        return pass_pattern_flags(py, class_of(sub.value()), bits);
    });
}

Result<Ref<>> abc_register(Python& py, State& state, Borrowed<> self, Borrowed<> subclass) {
    if (!is_class(subclass.value())) return raise(py, exc::TypeError, "Can only register classes");
    if (TRY(is_subclass(py, subclass, self))) return subclass.share();
    if (TRY(is_subclass(py, self, subclass))) return raise(py, exc::RuntimeError, "Refusing to create an inheritance cycle");
    Ref<AbcData> data = TRY(data_of(py, self));
    Ref<WeakRef> ref = TRY(make_weakref(py, WeakRef::type(), subclass, {}));
    for (;;) {
        Maybe<Tuple> old = data->registry.load(data.get());
        // Without the references whose classes have gone.
        std::vector<Value> refs;
        if (old) {
            for (Value v : (*old)->items()) {
                if (v != ref.value() && static_cast<WeakRef*>(v.pointer())->get()) refs.push_back(v);
            }
        }
        refs.push_back(ref.value());
        Ref<Tuple> fresh = TRY(oro::make_tuple(py, refs));
        Section section(py, data.get());
        if (data->registry.peek().value() != old.value()) continue;
        data->registry.set(std::move(fresh));
        break;
    }
    state.registrations.fetch_add(1);
    if (is_class(self.value())) {
        Type& type = class_of(self.value());
        if (type.has(type_flag::sequence)) CHECK(pass_pattern_flags(py, class_of(subclass.value()), type_flag::sequence));
        else if (type.has(type_flag::mapping)) CHECK(pass_pattern_flags(py, class_of(subclass.value()), type_flag::mapping));
    }
    return subclass.share();
}

// ---- asking

Result<Ref<>> subclasscheck_of(Python& py, Borrowed<> cls, Borrowed<> subclass) {
    return call_method_with(py, cls, name::dunder_subclasscheck(), subclass);
}

Result<Ref<>> abc_instancecheck(Python& py, State& state, Borrowed<> self, Borrowed<> instance) {
    Ref<AbcData> data = TRY(data_of(py, self));
    Ref<> subclass = TRY(get_attribute(py, instance, name::dunder_class()));
    bool known = is_class(subclass.value());
    if (known && data->guarded.cache.contains(id_of(subclass.value()))) return Ref<>::immediate(kTrue);
    Value own = Value::of(&type_of(instance));
    if (subclass.is(own)) {
        if (data->negative_version.load() == state.registrations.load() && data->guarded.negative.contains(id_of(own))) {
            return Ref<>::immediate(kFalse);
        }
        return subclasscheck_of(py, self, subclass);
    }
    Ref<> answer = TRY(subclasscheck_of(py, self, subclass));
    if (TRY(truth(py, answer))) return answer;
    return subclasscheck_of(py, self, Borrowed<>(own));
}

Result<bool> abc_subclasscheck(Python& py, State& state, Borrowed<> self, Borrowed<> subclass) {
    if (!is_class(subclass.value())) return raise(py, exc::TypeError, "issubclass() arg 1 must be a class");
    Ref<AbcData> data = TRY(data_of(py, self));
    ShapeId id = id_of(subclass.value());
    if (data->guarded.cache.contains(id)) return true;
    std::int64_t now = state.registrations.load();
    if (data->negative_version.load() < now) {
        Locked<AbcData> locked(py, data);
        locked->negative.clear();
        data->negative_version.store(now);
    } else if (data->guarded.negative.contains(id)) {
        return false;
    }
    Ref<> hook = TRY(call_method_with(py, self, name::dunder_subclasshook(), subclass));
    if (hook.is(kTrue)) return remember(py, data, id), true;
    if (hook.is(kFalse)) return remember_not(py, state, now, data, id), false;
    if (!hook.is(kNotImplemented)) {
        return raise(py, exc::AssertionError, "__subclasshook__ must return either False, True, or NotImplemented");
    }
    if (is_class(self.value()) && is_subtype(class_of(subclass.value()), class_of(self.value()))) return remember(py, data, id), true;
    if (Maybe<Tuple> registry = data->registry.load(data.get())) {
        for (Value v : (*registry)->items()) {
            Maybe<> registered = static_cast<WeakRef*>(v.pointer())->get();
            if (registered && TRY(is_subclass(py, subclass, *registered))) return remember(py, data, id), true;
        }
    }
    Ref<> subclasses = TRY(call_method(py, self, TRY(named(py, "__subclasses__")), {}));
    if (!is<List>(subclasses)) return raise(py, exc::TypeError, "__subclasses__() must return a list");
    for (std::size_t i = 0; Maybe<> s = list_get(py, *as<List>(Borrowed<>(subclasses)), i); ++i) {
        if (TRY(is_subclass(py, subclass, *s))) return remember(py, data, id), true;
    }
    return remember_not(py, state, now, data, id), false;
}

// ---- for debugging

Result<Ref<>> set_of(Python& py, Borrowed<List> items) {
    Ref<> set = TRY(builtin_named(py, "set"));
    return call_with(py, set, items);
}
// The caches are shown as the ids of the classes in them.
Result<Ref<>> dump_ids(Python& py, IdSet const& ids) {
    std::vector<Value> all;
    ids.each([&](ShapeId id) { all.push_back(Value::of_int(id)); });
    Ref<List> list = TRY(make_list_of(py, all));
    return set_of(py, list);
}
Result<Ref<>> get_dump(Python& py, Borrowed<> self) {
    Ref<AbcData> data = TRY(data_of(py, self));
    Ref<List> refs = TRY(make_list(py));
    if (Maybe<Tuple> registry = data->registry.load(data.get())) {
        for (Value v : (*registry)->items()) CHECK(list_append(py, refs, share(v)));
    }
    Ref<> registry = TRY(set_of(py, refs));
    Ref<> cache = TRY(dump_ids(py, data->guarded.cache)), negative = TRY(dump_ids(py, data->guarded.negative));
    Ref<> version = TRY(make_int(py, data->negative_version.load()));
    return Ref<>(TRY(make_tuple_of(py, std::move(registry), std::move(cache), std::move(negative), std::move(version))));
}
Result<void> reset_registry(Python& py, Borrowed<> self) {
    Ref<AbcData> data = TRY(data_of(py, self));
    data->registry.store(data.get(), {});
    return {};
}
Result<void> reset_caches(Python& py, Borrowed<> self) {
    Ref<AbcData> data = TRY(data_of(py, self));
    Locked<AbcData> locked(py, data);
    locked->cache.clear();
    locked->negative.clear();
    return {};
}
std::int64_t get_cache_token(Thread&, State& state) { return state.registrations.load(); }

constexpr MethodDef functions[] = {
    function<abc_init>("_abc_init", "self, /", "Prepares a new abstract class."),
    function<abc_register>("_abc_register", "self, subclass, /", "Registers a virtual subclass."),
    function<abc_instancecheck>("_abc_instancecheck", "self, instance, /", "isinstance() for abstract classes."),
    function<abc_subclasscheck>("_abc_subclasscheck", "self, subclass, /", "issubclass() for abstract classes."),
    function<get_dump>("_get_dump", "self, /", "The registry and the caches, for debugging."),
    function<reset_registry>("_reset_registry", "self, /", "Empties the registry."),
    function<reset_caches>("_reset_caches", "self, /", "Empties the caches."),
    function<get_cache_token>("get_cache_token", "", "A number that changes with every registration."),
};

}  // namespace

ORO_MODULE(abc_module, .name = "_abc", .doc = "The native part of abc.", .functions = functions,
           .state_size = sizeof(State), .make_state = state_maker<State>);

}  // namespace oro
