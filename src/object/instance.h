// Attributes of instances: shape and slots, the overflow array, dict mode.
//
// An object of a type with has_dict keeps attribute i of its shape inline (i < inline_count) or in the overflow array that
// its extra word points to. In dict mode the extra word owns a dict, and the shape is the type's dict_shape. All
// writes happen under the object's lock; reads are optimistic:
//   shape -> slot -> try_incref -> the same slot word, and for the overflow array the same extra word.
// Attributes are never removed from a shape: deleting one, or asking for __dict__, brings the object into dict mode, which
// empties the inline slots.
#pragma once
#include "object/locked.h"
#include "object/str.h"

namespace oro {

struct Overflow {
    std::size_t capacity;
    Slot slots[];
};

inline Slot& slot_at(Object* o, std::uint32_t offset) { return *reinterpret_cast<Slot*>(reinterpret_cast<char*>(o) + offset); }
// The extra word of an object that has one.
Slot& extra_slot(Object* o, Shape const& shape);

// The attribute's own value (not the class's); null if it has none.
Maybe<> instance_get(Thread& t, Object* o, Borrowed<Str> interned_name);
// Sets it; fails without memory.
Result<void> instance_set(Thread& t, Object* o, Borrowed<Str> interned_name, Ref<> value);
// The old value; null if there was none.
Maybe<> instance_delete(Thread& t, Object* o, Borrowed<Str> interned_name);
// The __dict__ object: brings the object into dict mode.
Result<Ref<Dict>> instance_dict(Thread& t, Object* o);
// Replaces the __dict__.
Result<void> instance_set_dict(Thread& t, Object* o, Ref<Dict> dict);
// Calls f for every own attribute in order of insertion, without changing the object's mode.
Result<void> instance_each(Thread& t, Object* o, void (*f)(void*, Borrowed<Str>, Ref<>), void* arg);

// Caches of instance attributes are guarded by the shape alone. When a class gets a data descriptor of the name of an attribute that
// instances have, or another way of attribute access, its shapes are given up: instances go over to dict mode, new ones get new shapes.
Result<void> retire_shapes(Python& py, Type& type, Borrowed<Str> name, Optional<> value);

// For the collector and the destroyer: attributes and __slots__ fields of an instance of a heap type.
void instance_trace(Object* o, Visitor& v);
void instance_clear(Object* o);
// Frees the overflow array as well; the object is being destroyed.
void instance_destruct(Object* o);

}  // namespace oro
