// Shapes (hidden classes): which attributes an object has, and where. A transition tree for each type; a shape is
// immutable once published, an attribute's index is never used for another one under a shape or its descendants.
// Shapes live as long as the process, in one reserved region: the id in an object's header is an index into it.
//
// Threads: transitions are made under one lock a type and published atomically; lookups take no lock.
#pragma once
#include <atomic>
#include <cstdint>

#include "memory/value.h"
#include "memory/header.h"

namespace oro {

struct Type;
struct Str;
struct ShapeTable;

struct alignas(64) Shape {
    Type* type;
    Str* key = nullptr;              // the attribute that this shape adds to its parent; interned, immortal
    ShapeId parent = 0;
    std::uint16_t count = 0;         // attributes
    std::uint8_t dict_mode = 0;      // attributes stand in a dict object
    std::uint8_t unused = 0;
    std::atomic<ShapeTable*> table{nullptr};        // name -> index, made at the first lookup
    std::atomic<struct Transition*> transitions{nullptr};  // list, pushed under the type's shape lock
    std::uint32_t inline_offset = 0; // byte offset of attribute 0 in an object of this shape
    std::uint16_t inline_count = 0;  // attributes from this index on stand in the overflow array
    std::uint32_t extra_offset = 0;  // byte offset of the word that holds the overflow array or the dict; 0: none
};
static_assert(sizeof(Shape) == 64);

// Where the region begins; set once at start-up, before any thread.
extern Shape* shape_base;
inline Shape& shape_of(ShapeId id) { return shape_base[id]; }
void reserve_shapes();

// Attributes an object may have before it goes over to dict mode.
inline constexpr int kMaxShapeAttributes = 128;

// A root shape for a type; the layout fields are filled in by the caller before the first object is made.
ShapeId make_root_shape(Type& type, bool dict_mode);

// Index of the attribute in objects of this shape, or -1.
int shape_find(ShapeId shape, Str const* interned_name);
// The shape with one more attribute; 0 when there are too many.
ShapeId shape_extend(ShapeId shape, Str* interned_name);
// Whether some object of the shapes below `root` has (or had) that attribute; null: any attribute.
bool shape_tree_has(ShapeId root, Str const* interned_name);
// The names in order of index: calls f for each.
void shape_names(ShapeId shape, void (*f)(void*, int index, Str* name), void* arg);

}  // namespace oro
