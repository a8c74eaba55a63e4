// What the words of feedback mean. Each is one atomic word that describes itself, so that it cannot tear and any thread may replace it at
// any time:
//   0                          nothing learnt
//   {shape or version:32, payload:31, 1}   attribute: slot of objects of this shape, payload = byte offset / 8 << 1. Global: entry of a
//                              globals table with this version, payload = index
//   pointer to a Record        the first of a chain; immutable, retired when it is replaced
#pragma once
#include "object/dict.h"
#include "object/instance.h"
#include "object/native.h"
#include "vm/dispatch.h"

namespace oro::vm {

// Which fields count for what stands beside the kinds; `shape` always does, as that of the object looked at. "The class" is the type
// `object` if there is one, which is then the very object that is looked at; else it is the type of the object looked at.
struct Record {
    enum Kind : std::uint8_t {
        own,           // an attribute of the object's own, in the slot at byte offset `index`
        transition,    // storing the attribute that turns `shape` into `version2`, in the slot at byte offset `index`
        method,        // a method-like value of the class, which has `version`: bind it to the object
        value,         // any other value of the class (no descriptor, not shadowed by the instance), which has `version`
        variable,      // the same of a class variable (is_class_variable)
        static_method, // a staticmethod of the class, which has `version`
        class_method,  // a classmethod of it: bind its function to the class
        computed,      // a data descriptor of a native type's table, `def`, that the class has at `version`
        getter,        // a property of the class, which has `version`: value is its getter, a plain function of one argument
        module,        // entry `index` of the module's dictionary with table version `version`
        builtin,       // globals table `version` lacks the name; builtins table `version2` has it at `index`
        slot,          // __slots__ field at byte offset `index` of a class that has `version`
        constructor,   // a call of the type `object`, which makes its instances in the ordinary way: value is its __init__, at `version`
        super_method,  // method-like, behind the class `object` in the MRO of the object's class, which has `version`
    } kind = value;
    ShapeId shape = 0;
    std::uint32_t version = 0, version2 = 0, index = 0;
    Value value_;      // not counted: it lives as long as the version is the same
    Header* object = nullptr;
    GetSetDef const* def = nullptr;
    Record* next = nullptr;  // what the site has learnt before; the whole chain is retired at once
};
inline constexpr int kMostRecords = 4;   // of one site

inline std::atomic<std::uint64_t>& feedback_of(Value* k, unsigned site) {
    return reinterpret_cast<std::atomic<std::uint64_t>*>(k)[-1 - std::ptrdiff_t(site)];
}
inline Record* record_of(std::uint64_t ic) { return reinterpret_cast<Record*>(ic); }
// The class that a record is about, if that is about this object; null if it is about another type.
inline Type* class_of(Record const& r, Object* o, ShapeId shape) {
    if (!r.object) [[likely]] return shape_of(shape).type;
    return r.object == o ? static_cast<Type*>(o) : nullptr;
}
// Adds to what the site knows, or replaces it if that is out of date or too much.
void learn(Value* k, unsigned site, Record const& record);
void learn_global(Value* k, unsigned site, std::uint32_t version, std::uint32_t index);

// The value of a slot as a register holds it; null if it is empty or can't be had without a lock.
Value read_shared_slot(Slot const& slot);
inline Value read_slot(Slot const& slot) {
    Value v = slot.peek();
    if (!v.is_pointer()) return v;
    if (v.pointer()->owner.load(std::memory_order_relaxed) == current_owner) [[likely]] {
        detail::incref(v.pointer());
        return v;
    }
    return read_shared_slot(slot);
}

// The value of an entry of a dict's table: as read_slot, and null also if the table was replaced meanwhile, since a table that is no
// longer the dict's may name values that have died.
Value read_shared_entry(Dict const& dict, DictKeys* keys, Slot const& slot);
inline Value read_entry(Dict const& dict, DictKeys* keys, std::size_t index) {
    Slot const& slot = keys->entries()[index].value;
    Value v = slot.peek();
    if (!v.is_pointer()) return v;
    if (v.pointer()->owner.load(std::memory_order_relaxed) == current_owner) [[likely]] {
        detail::incref(v.pointer());
        return v;
    }
    return read_shared_entry(dict, keys, slot);
}

// What a record remembers of a type, as a register holds it; null if the type is no longer of that version, or if the value can't be
// had without a lock. Another thread may replace it in the type and drop it between the look at the version and the count.
Value read_shared_remembered(Record const& r, Type const& type);
inline Value read_remembered(Record const& r, Type const& type) {
    if (type.version.load(std::memory_order_acquire) != r.version) return Value{};
    Value v = r.value_;
    if (!v.is_pointer()) return v;
    // An object of this thread is destroyed by this thread only.
    if (v.pointer()->owner.load(std::memory_order_relaxed) == current_owner) [[likely]] {
        detail::incref(v.pointer());
        return v;
    }
    return read_shared_remembered(r, type);
}

// The value of a class variable, as a register holds it: entry `index` of the dictionary, with table version `version2`, of the type that
// the record has as its value. Null as above. That it is no descriptor yet is certain if the version is the same afterwards.
inline Value read_variable(Record const& r, Type const& type) {
    if (type.version.load(std::memory_order_acquire) != r.version) return Value{};
    Dict const& dict = **static_cast<Type*>(r.value_.pointer())->dict;
    DictKeys* keys = dict.keys();
    if (keys->version.load(std::memory_order_relaxed) != r.version2) return Value{};
    Value v = read_entry(dict, keys, r.index);
    if (type.version.load(std::memory_order_acquire) == r.version) [[likely]] return v;
    reg::release(v);
    return Value{};
}

// The function of a remembered staticmethod or classmethod, as a register holds it; null as above.
Value read_wrapped(Record const& r, Type const& type);
// What a class has, of kind value to class_method (the function of the latter).
inline Value read_from_class(Record const& r, Type const& type) {
    if (r.kind == Record::value) return read_remembered(r, type);
    return r.kind == Record::variable ? read_variable(r, type) : read_wrapped(r, type);
}

// The plain function of one argument that a remembered property has as its getter, as a register holds it; null if there is none.
Function* getter_of(Record const& r, Type const& type);

}  // namespace oro::vm
