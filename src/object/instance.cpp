#include "object/instance.h"

#include <cstring>

#include "memory/reclaim.h"
#include "object/dict.h"

namespace oro {

namespace {

// Where attribute `index` of an object of `shape` stands; null when the overflow array does not reach so far (a racing
// reader's view).
Slot* locate(Object* o, Shape const& shape, int index, Slot** extra) {
    if (index < shape.inline_count) {
        *extra = nullptr;
        return &slot_at(o, shape.inline_offset + std::uint32_t(index) * 8);
    }
    *extra = &slot_at(o, shape.extra_offset);
    auto* overflow = reinterpret_cast<Overflow*>((*extra)->peek().bits);
    std::size_t i = std::size_t(index - shape.inline_count);
    return overflow && i < overflow->capacity ? &overflow->slots[i] : nullptr;
}

Overflow* make_overflow(std::size_t capacity) {
    auto* o = static_cast<Overflow*>(buffer_allocate(sizeof(Overflow) + capacity * sizeof(Slot)));
    if (!o) return nullptr;
    o->capacity = capacity;
    for (std::size_t i = 0; i < capacity; ++i) new (&o->slots[i]) Slot;
    return o;
}

// Under the object's lock: moves all attributes into a dict. The values' counts move with them.
Result<void> enter_dict_mode(Thread& t, Object* o, Dict& dict) {
    ShapeId id = o->shape_id();
    Shape& shape = shape_of(id);
    Slot& extra = extra_slot(o, shape);
    auto* overflow = shape.count > shape.inline_count ? reinterpret_cast<Overflow*>(extra.peek().bits) : nullptr;
    // From here readers that still see the old shape find empty slots and look again.
    struct Move { Thread& t; Object* o; Shape& shape; Dict& dict; bool failed; } move{t, o, shape, dict, false};
    shape_names(id, [](void* arg, int index, Str* name) {
        auto& m = *static_cast<Move*>(arg);
        Slot* extra;
        Slot* slot = locate(m.o, m.shape, index, &extra);
        Value v = slot ? slot->peek() : Value{};
        if (v && dict_set(m.t, m.dict, Borrowed<Str>(*name), share(v)).raised()) m.failed = true;
    }, &move);
    if (move.failed) return Raised{};
    extra.store(share(Value::of(&dict)).release());
    o->shape.store(shape.type->dict_shape, std::memory_order_release);
    for (int i = 0; i < shape.count && i < shape.inline_count; ++i) {
        detail::decref(slot_at(o, shape.inline_offset + std::uint32_t(i) * 8).exchange(Value{}));
    }
    if (overflow) {
        for (std::size_t i = 0; i < overflow->capacity; ++i) detail::decref(overflow->slots[i].exchange(Value{}));
        buffer_retire(overflow);
    }
    return {};
}

// The dict of an object in dict mode, made if it isn't there yet.
Result<Ref<Dict>> dict_of(Thread& t, Object* o) {
    Slot& extra = extra_slot(o, shape_of(o->shape_id()));
    bool retry = false;
    Value v = extra.try_share(&retry);
    if (v) return Ref<Dict>::adopt(v);
    Ref<Dict> fresh = TRY(make_dict(t));
    Section section(t, o);
    Value now = extra.peek();
    if (now) return Ref<Dict>::adopt(share(now).release());
    extra.store(fresh.share().release());
    return fresh;
}

}  // namespace

Slot& extra_slot(Object* o, Shape const& shape) {
    if (shape.extra_offset != kExtraAtEnd) [[likely]] return slot_at(o, shape.extra_offset);
    std::size_t extent = shape.type->hooks.extent(o);
    return slot_at(o, std::uint32_t((extent + 7) & ~std::size_t(7)));
}

Maybe<> instance_get(Thread& t, Object* o, Borrowed<Str> name) {
    for (int attempt = 0;; ++attempt) {
        ShapeId id = o->shape_id();
        Shape& shape = shape_of(id);
        if (shape.dict_mode) {
            bool retry = false;
            Slot& extra = extra_slot(o, shape);
            Value dict = extra.try_share(&retry);
            if (retry) {
                Section section(t, o);
                dict = share(extra.peek()).release();
            }
            if (!dict) return {};
            Ref<Dict> owned = Ref<Dict>::adopt(dict);
            return dict_get(t, *owned, name);
        }
        int index = shape_find(id, name.get());
        if (index < 0) return {};
        if (attempt < 3) {
            Slot* extra;
            Slot* slot = locate(o, shape, index, &extra);
            Value array = extra ? extra->peek() : Value{};
            bool retry = !slot;
            Value v = slot ? slot->try_share(&retry) : Value{};
            if (!retry && extra && extra->peek() != array) {
                detail::decref(v);
                retry = true;
            }
            if (!retry) {
                if (v || o->shape_id() == id) return Maybe<>::adopt(v);
                continue;
            }
        }
        // Not countable without the lock (never shared so far), or changed under our eyes.
        Section section(t, o);
        if (o->shape_id() != id) continue;
        Slot* extra;
        Slot* slot = locate(o, shape, index, &extra);
        if (!slot) return {};
        Value v = slot->peek();
        if (!v) return {};
        Ref<> counted = share(v);
        if (v.is_pointer()) detail::allow_concurrent(v.pointer());
        return counted;
    }
}

Result<void> instance_set(Thread& t, Object* o, Borrowed<Str> name, Ref<> value) {
    for (;;) {
        ShapeId id = o->shape_id();
        Shape& shape = shape_of(id);
        if (shape.dict_mode) {
            Ref<Dict> dict = TRY(dict_of(t, o));
            return dict_set(t, *dict, name, std::move(value));
        }
        int index = shape_find(id, name.get());
        ShapeId next = id;
        if (index < 0) {
            // The name becomes part of a shape, which lives for ever.
            next = shape_extend(id, name.get());
            if (next == 0) {
                CHECK(instance_dict(t, o));
                continue;
            }
            index = shape.count;
        }
        Section section(t, o);
        if (o->shape_id() != id) continue;
        Slot* extra;
        Slot* slot = locate(o, shape, index, &extra);
        if (!slot) {
            auto* old = reinterpret_cast<Overflow*>(extra->peek().bits);
            Overflow* grown = make_overflow(old ? old->capacity * 2 : 4);
            if (!grown) return raise_no_memory(t);
            for (std::size_t i = 0; old && i < old->capacity; ++i) grown->slots[i].store(old->slots[i].peek());
            extra->store({std::uint64_t(grown)});
            if (old) buffer_retire(old);
            slot = locate(o, shape, index, &extra);
        }
        Value old = slot->exchange(value.release());
        if (next != id) o->shape.store(next, std::memory_order_release);
        detail::decref(old);
        return {};
    }
}

Maybe<> instance_delete(Thread& t, Object* o, Borrowed<Str> name) {
    if (!shape_of(o->shape_id()).dict_mode && shape_find(o->shape_id(), name.get()) < 0) return {};
    auto dict = instance_dict(t, o);
    if (dict.raised()) {
        clear_raised(t);
        return {};
    }
    Ref<Dict> owned = std::move(dict).take();
    return dict_pop(t, *owned, name);
}

Result<Ref<Dict>> instance_dict(Thread& t, Object* o) {
    if (shape_of(o->shape_id()).dict_mode) return dict_of(t, o);
    Ref<Dict> dict = TRY(make_dict(t));
    {
        Section section(t, o);
        if (!shape_of(o->shape_id()).dict_mode) {
            // The dict is not published yet: filling it takes its lock only in name, see dict_set_unshared.
            --t.sections;
            auto r = enter_dict_mode(t, o, *dict);
            ++t.sections;
            if (r.raised()) return Raised{};
            return dict;
        }
    }
    return dict_of(t, o);
}

Result<void> instance_set_dict(Thread& t, Object* o, Ref<Dict> dict) {
    CHECK(instance_dict(t, o));
    Section section(t, o);
    detail::decref(extra_slot(o, shape_of(o->shape_id())).exchange(Ref<>(std::move(dict)).release()));
    return {};
}

Result<void> instance_each(Thread& t, Object* o, void (*f)(void*, Borrowed<Str>, Ref<>), void* arg) {
    ShapeId id = o->shape_id();
    if (shape_of(id).dict_mode) {
        Ref<Dict> dict = TRY(dict_of(t, o));
        std::size_t position = 0;
        Maybe<> key, value;
        while (dict_next(t, *dict, &position, &key, &value)) {
            if (is<Str>(key.value())) f(arg, as<Str>(key.value()), std::move(value).take());
        }
        return {};
    }
    struct Walk { Thread& t; Object* o; void (*f)(void*, Borrowed<Str>, Ref<>); void* arg; } walk{t, o, f, arg};
    shape_names(id, [](void* p, int, Str* name) {
        auto& w = *static_cast<Walk*>(p);
        Maybe<> v = instance_get(w.t, w.o, Borrowed<Str>(*name));
        if (v) w.f(w.arg, Borrowed<Str>(*name), std::move(v).take());
    }, &walk);
    return {};
}

void instance_trace(Object* o, Visitor& v) {
    Shape& shape = shape_of(o->shape_id());
    Type& type = *shape.type;
    v.uncounted(&type);
    for (std::uint32_t offset : type.slot_offsets) v(slot_at(o, offset).peek_relaxed());
    if (type.extra_offset == 0) return;
    if (shape.dict_mode) {
        v(extra_slot(o, shape).peek_relaxed());
        return;
    }
    for (int i = 0; i < shape.count; ++i) {
        Slot* extra;
        Slot* slot = locate(o, shape, i, &extra);
        if (slot) v(slot->peek_relaxed());
    }
}

void instance_clear(Object* o) {
    Shape& shape = shape_of(o->shape_id());
    Type& type = *shape.type;
    for (std::uint32_t offset : type.slot_offsets) detail::decref(slot_at(o, offset).exchange(Value{}));
    if (type.extra_offset == 0) return;
    if (shape.dict_mode) {
        detail::decref(extra_slot(o, shape).exchange(Value{}));
        return;
    }
    for (int i = 0; i < shape.count; ++i) {
        Slot* extra;
        Slot* slot = locate(o, shape, i, &extra);
        if (slot) detail::decref(slot->exchange(Value{}));
    }
}

// Nobody else knows the object any more, so that its slots need neither an atomic exchange nor to be emptied.
void instance_destruct(Object* o) {
    Shape& shape = shape_of(o->shape_id());
    Type& type = *shape.type;
    for (std::uint32_t offset : type.slot_offsets) detail::decref(slot_at(o, offset).peek_relaxed());
    if (type.extra_offset == 0) return;
    if (shape.dict_mode) {
        detail::decref(extra_slot(o, shape).peek_relaxed());
        return;
    }
    for (int i = 0; i < shape.count && i < shape.inline_count; ++i) detail::decref(slot_at(o, shape.inline_offset + std::uint32_t(i) * 8).peek_relaxed());
    if (shape.count <= shape.inline_count) return;
    auto* overflow = reinterpret_cast<Overflow*>(slot_at(o, shape.extra_offset).peek_relaxed().bits);
    if (!overflow) return;
    for (std::size_t i = 0; i < overflow->capacity; ++i) detail::decref(overflow->slots[i].peek_relaxed());
    buffer_retire(overflow);
}

}  // namespace oro
