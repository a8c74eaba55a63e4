#include "memory/world.h"
#include "object/instance.h"
#include "object/slot_wrapper.h"

namespace oro {

namespace {

bool governs_access(Borrowed<Str> name) {
    Str* n = name.get();
    return n == name::dunder_getattribute().get() || n == name::dunder_setattr().get() || n == name::dunder_delattr().get();
}

void with_subclasses(Type& type, std::vector<Type*>& out) {
    out.push_back(&type);
    for (Type* sub : type.subclasses) with_subclasses(*sub, out);
}

}  // namespace

Result<void> retire_shapes(Python& py, Type& type, Borrowed<Str> name, Optional<> value) {
    bool all = governs_access(name);
    if (!all) {
        if (!value) return {};
        Type& kind = type_of(value.value());
        if (!kind.slot(Dunder::set) && !kind.slot(Dunder::delete_)) return {};
    }
    struct Search {
        std::vector<Type*> types;
        std::vector<Ref<>> objects;
    } search;
    {
        // Held until the walk is over: a subclass that has become garbage leaves the list, under this lock, before it goes.
        TypeLock lock(py);
        std::vector<Type*> types;
        with_subclasses(type, types);
        for (Type* t : types)
            if (t->extra_offset && t->extra_offset != kExtraAtEnd && shape_tree_has(t->root_shape, all ? nullptr : name.get())) search.types.push_back(t);
        if (search.types.empty()) return {};
        stop_world(py);
        for (Type* t : search.types)
            if (ShapeId fresh = make_root_shape(*t, false)) t->root_shape = fresh;
        for_each_object([](void* arg, Header* h) {
            auto& s = *static_cast<Search*>(arg);
            Shape& shape = shape_of(h->shape.load(std::memory_order_relaxed));
            if (shape.dict_mode || h->has(flag::dying)) return;
            for (Type* t : s.types)
                if (shape.type == t) s.objects.push_back(share(Value::of(h)));
        }, &search);
        resume_world(py);
    }
    for (Ref<>& o : search.objects) CHECK(instance_dict(py, static_cast<Object*>(o.value().pointer())));
    return {};
}

}  // namespace oro
