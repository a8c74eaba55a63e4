// Assignment to __class__ and __bases__: which types lay their objects out alike, and how an object or a tree of classes goes
// over to another.
//
// An object changes its class under its own lock, in dict mode, where nothing of it depends on the number of inline slots. The
// bases of a class change with the world stopped, since lookups walk an MRO without counting it.
#include "object/layout.h"

#include <algorithm>

#include "memory/world.h"
#include "object/define.h"
#include "object/dict.h"
#include "object/instance.h"

namespace oro {

namespace {

Type& native_base(Type& type) {
    Type* t = &type;
    while (t->has(type_flag::heap) && t->base) t = t->base;
    return *t;
}

// The __slots__ fields of a class and its bases, by offset.
std::vector<std::pair<std::uint32_t, std::string>> slot_fields(Thread& t, Type& type) {
    std::vector<std::pair<std::uint32_t, std::string>> fields;
    for (Type* at = &type; at; at = at->base) {
        if (!at->has(type_flag::heap)) break;
        std::size_t position = 0;
        Maybe<> key, value;
        while (dict_next(t, **at->dict, &position, &key, &value)) {
            if (!is<MemberDescriptor>(value.value())) continue;
            auto* d = static_cast<MemberDescriptor*>(value.value().pointer());
            if (d->home == at) fields.emplace_back(d->offset, wtf8_of(*d->name.get()));
        }
    }
    std::sort(fields.begin(), fields.end());
    return fields;
}

bool mutable_class(Type& type) { return type.has(type_flag::heap) && !type.has(type_flag::immutable); }

struct Change {
    Ref<Type> type;
    Ref<Tuple> old_mro;
};

// New MROs for a class and everything below it, bases first.
Result<void> renew_mros(Python& py, Type& type, std::vector<Change>& changes) {
    Ref<Tuple> bases = type.bases.load(&type).take();
    Ref<Tuple> mro = TRY(compute_mro(py, type, bases));
    Maybe<Tuple> old = type.mro.swap(Maybe<Tuple>(std::move(mro)));
    changes.push_back({Borrowed<Type>(type).share(), std::move(old).take()});
    for (Type* sub : type.subclasses) CHECK(renew_mros(py, *sub, changes));
    return {};
}

void move_subclass(Type& type, Tuple& from, Tuple& to) {
    for (Value v : from.items()) std::erase(static_cast<Type*>(v.pointer())->subclasses, &type);
    for (Value v : to.items()) static_cast<Type*>(v.pointer())->subclasses.push_back(&type);
}

// What happens while nobody else runs.
Result<void> exchange_bases(Python& py, Type& type, Ref<Tuple> bases, Type& base, std::vector<Change>& changes) {
    Type* old_base = type.base;
    Ref<Tuple> old_bases = type.bases.swap(Maybe<Tuple>(bases.share())).take();
    type.base = &base;
    Result<void> done = renew_mros(py, type, changes);
    if (done.raised()) {
        // In reverse: a class that is reached on two ways stands in the list twice.
        for (auto c = changes.rbegin(); c != changes.rend(); ++c)
            c->old_mro = c->type->mro.swap(Maybe<Tuple>(std::move(c->old_mro))).take();
        type.base = old_base;
        changes.push_back({Borrowed<Type>(type).share(), type.bases.swap(Maybe<Tuple>(std::move(old_bases))).take()});
        return Raised{};
    }
    move_subclass(type, *old_bases, *bases);
    invalidate_type(type);
    for (Change& c : changes) CHECK(renew_slots(py, *c.type));
    changes.push_back({Borrowed<Type>(type).share(), std::move(old_bases)});  // dropped when the world runs again
    return {};
}

}  // namespace

bool same_layout(Thread& t, Type& a, Type& b) {
    if (&a == &b) return true;
    return &native_base(a) == &native_base(b) && a.fixed_size == b.fixed_size && a.extra_offset == b.extra_offset &&
           a.item_size == b.item_size && a.has(type_flag::has_weakrefs) == b.has(type_flag::has_weakrefs) &&
           a.slot_offsets == b.slot_offsets && slot_fields(t, a) == slot_fields(t, b);
}

Result<void> assign_class(Python& py, Borrowed<> object, Borrowed<> value) {
    if (!is<Type>(value)) return raise(py, exc::TypeError, "__class__ must be set to a class, not '{}' object", TypeName{value.value()});
    Type& to = *static_cast<Type*>(value.value().pointer());
    Type& from = type_of(object);
    bool modules = is_subtype(to, Module::type()) && is_subtype(from, Module::type());
    if (!modules && !(mutable_class(to) && mutable_class(from)))
        return raise(py, exc::TypeError, "__class__ assignment only supported for mutable types or ModuleType subclasses");
    if (&to == &from) return {};
    if (!same_layout(py, from, to)) {
        Ref<Str> to_name = name_of_type(to), from_name = name_of_type(from);
        return raise(py, exc::TypeError, "__class__ assignment: '{}' object layout differs from '{}'", to_name, from_name);
    }
    auto* o = static_cast<Object*>(object.value().pointer());
    if (to.extra_offset) CHECK(instance_dict(py, o));
    Section section(py, o);
    if (&type_of(o) != &from && !same_layout(py, type_of(o), to)) {
        return raise(py, exc::TypeError, "__class__ assignment: object layout changed meanwhile");
    }
    publish(o, to.extra_offset ? to.dict_shape : to.root_shape);
    return {};
}

Result<void> assign_bases(Python& py, Type& type, Borrowed<> value) {
    Ref<Str> name = name_of_type(type);
    if (!is<Tuple>(value)) return raise(py, exc::TypeError, "can only assign tuple to {}.__bases__, not {}", name, TypeName{value.value()});
    Ref<Tuple> bases = as<Tuple>(value).share();
    if (bases->size == 0) return raise(py, exc::TypeError, "can only assign non-empty tuple to {}.__bases__, not ()", name);
    for (Value v : bases->items()) {
        if (!is<Type>(v)) return raise(py, exc::TypeError, "{}.__bases__ must be tuple of classes, not '{}'", name, TypeName{v});
        if (is_subtype(*static_cast<Type*>(v.pointer()), type)) return raise(py, exc::TypeError, "a __bases__ item causes an inheritance cycle");
    }
    Type& base = *TRY(best_base(py, bases));
    if (!same_layout(py, base, *type.base)) {
        Ref<Str> new_name = name_of_type(base), old_name = name_of_type(*type.base);
        return raise(py, exc::TypeError, "__bases__ assignment: '{}' object layout differs from '{}'", new_name, old_name);
    }
    std::vector<Change> changes;
    Result<void> done;
    {
        // The type lock first: whoever holds it may be in the middle of a walk over subclasses.
        TypeLock lock(py);
        stop_world(py);
        done = exchange_bases(py, type, bases.share(), base, changes);
        resume_world(py);
    }
    if (done.raised()) return Raised{};
    // A metaclass may order them in its own way.
    Ref<Str> mro_name = TRY(make_interned(py, "mro"));
    for (Change& c : changes) {
        Type& meta = type_of(c.type.value());
        if (&meta == &type_type || !type_overrides(py, meta, mro_name)) continue;
        Ref<Tuple> order = TRY(custom_mro(py, c.type));
        TypeLock lock(py);
        stop_world(py);
        Maybe<Tuple> old = c.type->mro.swap(Maybe<Tuple>(std::move(order)));
        invalidate_type(*c.type);
        Result<void> renewed = renew_slots(py, *c.type);
        resume_world(py);
        CHECK(renewed);
    }
    return {};
}

}  // namespace oro
