#include "object/shape.h"

#include <sys/mman.h>

#include <cstdio>
#include <cstdlib>
#include <new>
#include <vector>

#include "memory/counts.h"
#include "memory/lock.h"
#include "object/type.h"

namespace oro {

// Name -> index for one shape, made once and kept as long as the shape: open addressing on the name's address.
struct ShapeTable {
    std::uint32_t mask;
    struct Entry {
        Str const* key;
        std::int32_t index;
    } entries[];
};

struct Transition {
    Str* key;
    ShapeId to;
    Transition* next;
};

Shape* shape_base = nullptr;

namespace {
constexpr std::size_t kMaxShapes = std::size_t(1) << 26;
std::atomic<std::uint32_t> next_shape{1};
LockByte transition_lock{0};

std::uint32_t slot_hash(Str const* key) { return std::uint32_t(std::uintptr_t(key) >> 4) * 0x9E3779B1u >> 7; }

ShapeId new_shape() {
    std::uint32_t id = next_shape.fetch_add(1, std::memory_order_relaxed);
    if (id >= kMaxShapes) {
        next_shape.store(kMaxShapes, std::memory_order_relaxed);
        return 0;
    }
    return id;
}

ShapeTable* make_table(ShapeId id) {
    Shape& shape = shape_of(id);
    std::uint32_t size = 4;
    while (size < shape.count * 2u) size *= 2;
    auto* table = static_cast<ShapeTable*>(std::calloc(1, sizeof(ShapeTable) + size * sizeof(ShapeTable::Entry)));
    if (!table) return nullptr;
    table->mask = size - 1;
    for (ShapeId s = id; shape_of(s).key; s = shape_of(s).parent) {
        std::uint32_t i = slot_hash(shape_of(s).key) & table->mask;
        while (table->entries[i].key) i = (i + 1) & table->mask;
        table->entries[i] = {shape_of(s).key, shape_of(s).count - 1};
    }
    ShapeTable* expected = nullptr;
    if (!shape.table.compare_exchange_strong(expected, table, std::memory_order_acq_rel)) {
        std::free(table);
        return expected;
    }
    return table;
}
}  // namespace

void reserve_shapes() {
    void* p = mmap(nullptr, kMaxShapes * sizeof(Shape), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) {
        std::fputs("Fatal Python error: cannot reserve address space for shapes\n", stderr);
        std::abort();
    }
    shape_base = static_cast<Shape*>(p);
    // The shape of memory that holds no object: a reader without a lock that meets an object which has just died finds a type.
    (new (shape_base) Shape)->type = &object_type;
}

ShapeId make_root_shape(Type& type, bool dict_mode) {
    ShapeId id = new_shape();
    if (id == 0) return 0;
    Shape* shape = new (&shape_of(id)) Shape;
    shape->type = &type;
    shape->dict_mode = dict_mode;
    shape->inline_offset = type.inline_offset;
    shape->inline_count = type.inline_count;
    shape->extra_offset = type.extra_offset;
    return id;
}

int shape_find(ShapeId id, Str const* name) {
    Shape& shape = shape_of(id);
    if (shape.count == 0) return -1;
    if (shape.key == name) return shape.count - 1;
    ShapeTable* table = shape.table.load(std::memory_order_acquire);
    if (!table) [[unlikely]] {
        table = make_table(id);
        if (!table) {  // no memory for a table: walk
            for (ShapeId s = id; shape_of(s).key; s = shape_of(s).parent)
                if (shape_of(s).key == name) return shape_of(s).count - 1;
            return -1;
        }
    }
    for (std::uint32_t i = slot_hash(name) & table->mask;; i = (i + 1) & table->mask) {
        if (table->entries[i].key == name) return table->entries[i].index;
        if (!table->entries[i].key) return -1;
    }
}

ShapeId shape_extend(ShapeId id, Str* name) {
    Shape& from = shape_of(id);
    auto find = [&]() -> ShapeId {
        for (Transition* t = from.transitions.load(std::memory_order_acquire); t; t = t->next)
            if (t->key == name) return t->to;
        return 0;
    };
    if (ShapeId found = find()) return found;
    if (from.dict_mode || from.count >= kMaxShapeAttributes) return 0;
    lock(*current_mutator, transition_lock);
    ShapeId to = find();
    if (to == 0 && (to = new_shape()) != 0) {
        auto* transition = static_cast<Transition*>(std::malloc(sizeof(Transition)));
        Shape* shape = new (&shape_of(to)) Shape;
        shape->type = from.type;
        shape->key = name;
        shape->parent = id;
        shape->count = std::uint16_t(from.count + 1);
        shape->inline_offset = from.inline_offset;
        shape->inline_count = from.inline_count;
        shape->extra_offset = from.extra_offset;
        if (transition) {
            detail::incref(Value{std::uint64_t(name)});  // for ever, as the shape
            new (transition) Transition{name, to, from.transitions.load(std::memory_order_relaxed)};
            from.transitions.store(transition, std::memory_order_release);
        } else {
            to = 0;
        }
    }
    unlock(transition_lock);
    return to;
}

bool shape_tree_has(ShapeId root, Str const* name) {
    std::vector<ShapeId> pending{root};
    while (!pending.empty()) {
        Shape& shape = shape_of(pending.back());
        pending.pop_back();
        for (Transition* t = shape.transitions.load(std::memory_order_acquire); t; t = t->next) {
            if (!name || t->key == name) return true;
            pending.push_back(t->to);
        }
    }
    return false;
}

void shape_names(ShapeId id, void (*f)(void*, int, Str*), void* arg) {
    Str* names[kMaxShapeAttributes];
    int n = shape_of(id).count;
    for (ShapeId s = id; shape_of(s).key; s = shape_of(s).parent) names[shape_of(s).count - 1] = shape_of(s).key;
    for (int i = 0; i < n; ++i) f(arg, i, names[i]);
}

}  // namespace oro
