// Types: the declaration tables of native types, and the type object itself.
//
// A native type is a TypeDef (constant tables, in one .cpp file) and a Type object with static storage, joined by
// ORO_TYPE; start-up makes the dictionaries from the tables. Nothing about a method stands anywhere else.
//
// Threads: `slots`, `version`, `mro` and the dictionary may change while others look at them. Slots are atomic words.
// Changes to a type (attribute set, bases, __abstractmethods__) happen under the one type lock, which bumps `version` of the
// type and all its subclasses before the change becomes visible; readers who cache something compare versions after they
// have taken their count.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "object/shape.h"
#include "object/thread.h"

namespace oro {

struct Str;
struct Tuple;
struct Dict;
struct Native;
struct MethodDef;
struct Visitor;
struct BufferHooks;

enum class Dunder : std::uint8_t {
#define DUNDER(slot, name, arity, result, doc) slot,
#include "object/dunders.def"
#undef DUNDER
};
inline constexpr int kDunderCount = int(Dunder::irepeat) + 1;

// Every slot has one form: self and up to two arguments (unused ones null); the result word, null if raised. Slots that
// return nothing return None; `len`, `hash` and `index` return ints, `bool_` and `contains` True or False; `next` returns
// kEnd at the end.
using SlotFn = Value (*)(Python&, Value self, Value, Value);
// Positional arguments, then the values of the keyword arguments that `keyword_names` lists (or null).
using CallFn = Value (*)(Python&, Value callable, Value const* args, std::size_t positional, Tuple* keyword_names);
using NativeFn = Value (*)(Python&, Native& callee, Value self, Value const* args, std::size_t positional, Tuple* keyword_names);
// __new__ of a native type: `type` is the type or a subclass.
using NewFn = Value (*)(Python&, Type& type, Value const* args, std::size_t positional, Tuple* keyword_names);
// __init__ of a native type.
using InitFn = Value (*)(Python&, Value self, Value const* args, std::size_t positional, Tuple* keyword_names);

// What the collector and the destroyer need to know of a type; made by hooks_of<T>() from T::fields.
struct Hooks {
    void (*trace)(Object*, Visitor&) = nullptr;  // null: holds no references
    void (*clear)(Object*) = nullptr;            // drops the references of a condemned object
    void (*destruct)(Object*) = nullptr;         // ~T(): drops references, frees buffers
    std::size_t (*extent)(Object const*) = nullptr;  // bytes used by an object whose items stand behind the struct
};

namespace type_flag {
inline constexpr std::uint32_t heap = 1u << 0;            // made by a class statement; attributes may be set
inline constexpr std::uint32_t subclassable = 1u << 1;    // may be a base
inline constexpr std::uint32_t has_dict = 1u << 2;        // instances have attributes (shape and extra word)
inline constexpr std::uint32_t has_weakrefs = 1u << 3;    // instances may be weakly referenced
inline constexpr std::uint32_t sequence = 1u << 4;        // match: sequence pattern
inline constexpr std::uint32_t mapping = 1u << 5;         // match: mapping pattern
inline constexpr std::uint32_t abstract = 1u << 6;        // has abstract methods
inline constexpr std::uint32_t disallow_new = 1u << 7;    // cannot be created from Python
inline constexpr std::uint32_t deferred_instances = 1u << 8;
inline constexpr std::uint32_t immutable = 1u << 9;       // attributes can't be set though it is a heap type
inline constexpr std::uint32_t has_del = 1u << 10;        // instances have __del__
inline constexpr std::uint32_t method_like = 1u << 11;    // a descriptor that load_method may unbind (functions, method descriptors)
inline constexpr std::uint32_t no_match_self = 1u << 12;
inline constexpr std::uint32_t match_self = 1u << 13;     // match: C(x) binds the subject itself
inline constexpr std::uint32_t lasting = 1u << 14;        // instances may live on until the collector comes: their end has no effect
inline constexpr std::uint32_t new_is_all = 1u << 15;     // without keywords, __new__ leaves nothing for __init__ to do; this very type only
// Subclasses of the common builtin types, for quick checks.
inline constexpr std::uint32_t int_ = 1u << 20, str = 1u << 21, bytes = 1u << 22, list = 1u << 23, tuple = 1u << 24,
                               dict = 1u << 25, type = 1u << 26, exception = 1u << 27, float_ = 1u << 28, set = 1u << 29;
inline constexpr std::uint32_t inherited = sequence | mapping | int_ | str | bytes | list | tuple | dict | type | exception |
                                           float_ | set | has_dict | has_weakrefs | has_del | match_self | lasting;
}  // namespace type_flag

// The extra word stands behind the items (subclasses of str, bytes, tuple with a __dict__; always in dict mode).
inline constexpr std::uint32_t kExtraAtEnd = 0xFFFFFFFFu;

struct SlotDef {
    Dunder which;
    SlotFn fn;
    SlotFn reflected = nullptr;  // of a number operator: the same function with swapped operands
};

// A computed attribute; set is null for a read-only one, and gets a null value for deletion.
struct GetSetDef {
    char const* name;
    Value (*get)(Python&, Value self);
    Value (*set)(Python&, Value self, Value value);
    char const* doc = "";
};

struct TypeDef {
    char const* name;                 // 'list', or with the module: 'collections.deque'
    char const* doc = nullptr;
    char const* signature = nullptr;  // of the constructor: 'iterable=(), /'
    Type* base = nullptr;             // null: object
    Type* mixin = nullptr;            // a second base, which adds no fields (ExceptionGroup's)
    std::uint32_t size = 0;           // of an instance (of its fixed part)
    std::uint32_t item_size = 0;
    std::uint32_t flags = 0;
    Hooks hooks{};
    NewFn new_ = nullptr;             // null: inherited
    InitFn init = nullptr;
    CallFn call = nullptr;
    BufferHooks const* buffer = nullptr;  // the buffer protocol (object/buffer.h); inherited
    std::span<MethodDef const> methods{};
    std::span<SlotDef const> slots{};
    std::span<GetSetDef const> getsets{};
};

struct Type : Object {
    constexpr explicit Type(TypeDef const& d) : Object{}, def(&d) {}
    Type() = default;

    TypeDef const* def = nullptr;               // null for classes made at run time
    std::atomic<std::uint32_t> flags{0};
    std::atomic<std::uint32_t> version{0};      // 0: must get a new one before it is cached
    // Names, a bit each by their hash, of class variables: plain values that have been replaced once. A bit is set under the type lock,
    // before the versions go, and stays; a reader that cached something without it has a version from before.
    std::atomic<std::uint64_t> variables{0};
    std::atomic<SlotFn> slots[kDunderCount] = {};
    std::atomic<CallFn> call{nullptr};
    std::atomic<NewFn> new_{nullptr};           // native constructor, inherited; Python's __new__ stands in the dictionary
    std::atomic<InitFn> init{nullptr};
    Hooks hooks{};
    std::uint32_t size = 0, item_size = 0;      // size: with extra word, __slots__ and inline attributes
    std::uint32_t fixed_size = 0;               // the same without the inline attributes: where a subclass goes on
    std::uint32_t extra_offset = 0;             // of the word for the overflow array or dict; 0: none; or kExtraAtEnd
    std::uint32_t inline_offset = 0;
    std::uint16_t inline_count = 0;
    ShapeId root_shape = 0, dict_shape = 0;
    Type* base = nullptr;                       // kept alive by `bases`
    Fixed<Dict> dict;
    Member<Str> name, qualname;
    Member<Tuple> bases, mro;                   // mro: types, this one first
    Member<> module_object;                     // of heap types made by native modules
    std::vector<Type*> subclasses;              // under the type lock; not owned: a type leaves it when it is destroyed
    std::vector<std::uint32_t> slot_offsets;    // of __slots__ fields, all bases' included; fixed after creation

    static Type& type();
    ~Type();
    void trace(Visitor& v);
    void clear();
    bool has(std::uint32_t bits) const { return flags.load(std::memory_order_relaxed) & bits; }
    SlotFn slot(Dunder d) const { return slots[int(d)].load(std::memory_order_relaxed); }
};

// Registers a native type with start-up. Use at namespace scope beside the tables: ORO_TYPE(list_type, list_def);
#define ORO_TYPE(object, def)                                                                                   \
    [[clang::no_destroy]] constinit ::oro::Type object{def};                                                    \
    [[gnu::used, gnu::retain, gnu::section("oro_types")]] ::oro::Type* const ORO_CONCAT(oro_entry_, object) = &object

// The type's __name__ (what stands after the last dot for native types).
Ref<Str> name_of_type(Type& type);

// The type of any value.
extern Type object_type, type_type, int_type, float_type, bool_type, none_type, not_implemented_type, ellipsis_type;
Type& type_of_immediate(Value v);
inline Type& type_of(Value v) {
    if (v.is_pointer()) [[likely]] return *shape_of(v.pointer()->shape_id()).type;
    return type_of_immediate(v);
}
inline Type& type_of(Borrowed<> v) { return type_of(v.value()); }
inline Type& type_of(Object const* o) { return *shape_of(o->shape_id()).type; }

bool is_subtype(Type const& a, Type const& b);
inline bool is_instance_of(Value v, Type const& t) {
    Type& own = type_of(v);
    return &own == &t || is_subtype(own, t);
}

// Exact or subclass checks by T::type (every object struct names its type in `static Type& type()` or a flag).
template <class T> inline bool is(Value v) { return v.is_pointer() && is_instance_of(v, T::type()); }
template <class T> inline bool is_exact(Value v) { return v.is_pointer() && &type_of(v) == &T::type(); }
template <class T> inline bool is(Borrowed<> v) { return is<T>(v.value()); }
template <class T> inline bool is_exact(Borrowed<> v) { return is_exact<T>(v.value()); }
// Requires is<T>(v).
template <class T> inline Borrowed<T> as(Value v) { assert(is<T>(v)); return Borrowed<T>(*static_cast<T*>(v.pointer())); }
template <class T> inline Borrowed<T> as(Borrowed<> v) { return as<T>(v.value()); }
template <class T> inline Ref<T> as(Ref<>&& v) { assert(is<T>(v.value())); return Ref<T>::adopt(v.release()); }

// An attribute of the type as its MRO gives it (without descriptors); absent: null. Takes no lock in the common case. `home` gets the
// type in whose dictionary it stands, if it is a class variable of that one (else it is left alone).
Maybe<> type_lookup(Thread& t, Type& type, Borrowed<Str> interned_name, Type** home = nullptr);
// Whether `value`, which has been found under that name in home's dictionary, may be replaced without the version changing. Such values
// are plain ones: of builtin types, and no descriptors; so who remembers where it stands, and the version, may go on reading it there.
bool is_class_variable(Type const& home, Str const& interned_name, Value value);
// The version number for caching, assigning one if there is none; 0 if versions have run out.
std::uint32_t type_version(Type& type);
// setattr/delattr (null value) on a type: bumps versions and renews the slots.
Result<void> type_set_attribute(Python& py, Type& type, Borrowed<Str> name, Optional<> value);
// Whether an attribute of that name is defined by this type or a base other than `object`.
bool type_overrides(Thread& t, Type& type, Borrowed<Str> name);

// The type lock; taken detach-friendly, see memory/lock.h.
class TypeLock {
public:
    explicit TypeLock(Thread& t);
    ~TypeLock();
    TypeLock(TypeLock const&) = delete;
};
// The same lock without a scope: a fork holds it, so that no other thread is in the middle of a change that the child would inherit.
void lock_types(Thread& t);
void unlock_types();
// Takes the version away from the type and its subclasses; under the type lock, before a change becomes visible.
void invalidate_type(Type& type);
// The type leaves its bases' lists of subclasses; before it is cleared.
void detach_type(Type& type);
// Whether it looks like `__this__`.
bool is_special_name(Str const& name);
// Fills the slots from what the MRO gives for every special method (or for one name only).
Result<void> renew_slots(Thread& t, Type& type);
Result<void> renew_slots_for(Thread& t, Type& type, Borrowed<Str> name);
// The C3 linearisation; TypeError if there is none.
Result<Ref<Tuple>> compute_mro(Python& py, Type& type, Borrowed<Tuple> bases);
// As type_lookup, but without a count: valid only until the next safepoint, for deferred objects that a frame or native then
// holds, or for immediate comparison.
Value type_lookup_peek(Thread& t, Type& type, Str const* interned_name);

// Start-up, in this order: reserve_shapes(), lay_out_all_types(), init_strings() (object/str.h), ready_all_types().
void lay_out_all_types();
void ready_all_types(Thread& t);
// One type more, after start-up (structure types made from tables).
void ready_type(Thread& t, Type& type);

// The type(...) call, type.__new__ and friends.
Value type_call(Python&, Value callable, Value const* args, std::size_t n, Tuple* names);
// The most derived metaclass of `bases` and `metatype`; TypeError on a conflict.
Result<Borrowed<Type>> calculate_metaclass(Python& py, Borrowed<Type> metatype, Borrowed<Tuple> bases);
// The native __new__ that stands in a type's dictionary: Native objects with this row call home->new_.
extern const MethodDef new_method_def;

// Builds a class: type(name, bases, namespace, **keywords) after the metaclass is known.
Result<Ref<>> make_class(Python& py, Type& metatype, Borrowed<Str> name, Borrowed<Tuple> bases, Borrowed<Dict> ns,
                         Value const* keyword_values, Tuple* keyword_names);

}  // namespace oro
