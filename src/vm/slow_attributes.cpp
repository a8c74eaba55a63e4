// Attributes: the full lookup, and what the caches learn from it.
#include "memory/reclaim.h"
#include "object/call.h"
#include "object/instance.h"
#include "object/method.h"
#include "object/slot_wrapper.h"
#include "object/str.h"
#include "object/super.h"
#include "vm/op.h"

namespace oro {
extern Type module_type, property_type;
}

namespace oro::vm {

namespace {
void free_record(void* p) { delete static_cast<Record*>(p); }
}  // namespace

void learn(Value* k, unsigned site, std::uint64_t packed) {
    std::uint64_t old = feedback_of(k, site).exchange(packed, std::memory_order_acq_rel);
    if (old && !(old & 1)) retire(record_of(old), free_record);
}

void learn(Value* k, unsigned site, Record const& record) {
    auto* fresh = new (std::nothrow) Record(record);
    if (fresh) learn(k, site, reinterpret_cast<std::uint64_t>(fresh));
}

Value read_shared_slot(Slot const& slot) {
    Value v = slot.peek();
    if (!v.is_pointer()) return v;
    // The collector alone frees a deferred one, and scans this frame. It must be looked for again: the flag may be that of another
    // object, which is being made where the one of the slot has died.
    if (v.pointer()->has(flag::deferred) && slot.peek() == v) return v;
    bool retry = false;
    v = slot.try_share(&retry);
    return retry ? Value{} : reg::adopt(v);
}

Value read_shared_entry(Dict const& dict, DictKeys* keys, Slot const& slot) {
    Value v = read_shared_slot(slot);
    if (dict.keys() == keys) [[likely]] return v;
    reg::release(v);
    return Value{};
}

Value read_shared_remembered(Record const& r, Type const& type) {
    Header* h = r.value_.pointer();
    bool deferred = h->has(flag::deferred);
    if (!deferred && !detail::try_incref(h)) return Value{};
    if (type.version.load(std::memory_order_acquire) == r.version) [[likely]] return r.value_;
    if (!deferred) detail::decref(h);
    return Value{};
}

namespace {

// What a lookup of `name` on `o` finds, if it is worth caching.
void learn_attribute(Op const& op, Object* o, Borrowed<Str> name, unsigned site) {
    Type& type = type_of(o);
    SlotFn getattribute = type.slot(Dunder::getattribute);
    ShapeId shape = o->shape_id();
    if (&type == &module_type) {
        auto* m = static_cast<Module*>(o);
        DictKeys* keys;
        std::uint32_t index;
        if (!dict_find_entry(*m->dict.get(), *name.get(), &keys, &index)) return;
        Record r;
        r.kind = Record::module;
        r.shape = shape;
        r.version = dict_version(op.py, *m->dict.get());
        r.index = index;
        if (r.version && m->dict.get()->keys() == keys && !type_lookup_peek(op.py, type, name.get())) learn(op.k, site, r);
        return;
    }
    if (getattribute == type_getattribute) {
        auto& self = *static_cast<Type*>(o);
        std::uint32_t version = type_version(self);
        if (version == 0 || type_lookup(op.py, type, name)) return;
        Maybe<> held = type_lookup(op.py, self, name);
        Value v = held.value();
        if (v.is_null()) return;
        // Only what needs no binding: plain values, and functions (unbound on a class).
        bool plain = !type_of(v).slot(Dunder::get) || &type_of(v) == &function_type;
        if (!plain || &type != &type_type) return;
        Record r;
        r.kind = Record::type_value;
        r.object = o;
        r.version = version;
        r.value_ = v;
        if (self.version.load(std::memory_order_acquire) == version) learn(op.k, site, r);
        return;
    }
    // getattr_hook asks __getattr__ only for what is missing, so that a hit may be cached all the same.
    if (getattribute != generic_getattribute && getattribute != getattr_hook) return;
    if (getattribute == getattr_hook) {
        Maybe<> own = type_lookup(op.py, type, name::dunder_getattribute());
        if (!is<SlotWrapper>(own.value()) || static_cast<SlotWrapper*>(own.value().pointer())->fn != generic_getattribute) return;
    }
    std::uint32_t version = type_version(type);
    if (version == 0) return;
    Maybe<> held = type_lookup(op.py, type, name);
    Value found = held.value();
    Type* kind = found ? &type_of(found) : nullptr;
    bool data = kind && (kind->slot(Dunder::set) || kind->slot(Dunder::delete_));
    if (data) {
        if (kind == &member_descriptor_type) {
            auto* d = static_cast<MemberDescriptor*>(found.pointer());
            if (!is_subtype(type, *d->home)) return;
            Record r;
        r.kind = Record::slot;
            r.shape = shape;
            r.index = d->offset;
            learn(op.k, site, r);
        }
        return;
    }
    Shape& s = shape_of(shape);
    if (type.extra_offset != 0) {
        if (s.dict_mode) return;
        int index = shape_find(shape, name.get());
        if (index >= 0) {
            if (index < s.inline_count) learn(op.k, site, std::uint64_t(shape) << 32 | std::uint64_t(s.inline_offset / 8 + std::uint32_t(index)) << 2 | 1);
            return;
        }
    }
    if (!found) return;
    Record r;
        r.kind = kind->has(type_flag::method_like) ? Record::method : Record::value;
    if (r.kind == Record::value && kind->slot(Dunder::get)) return;
    r.shape = shape;
    r.version = version;
    r.value_ = found;
    if (type.version.load(std::memory_order_acquire) == version) learn(op.k, site, r);
}

// Learning costs; a site that misses again and again (many shapes) is taught only now and then.
bool worth_learning(Op const& op, unsigned site) {
    std::uint64_t ic = feedback_of(op.k, site).load(std::memory_order_relaxed);
    return ic == 0 || (++op.py.misses & 15) == 0;
}

}  // namespace

SLOW(load_attr) {
    Borrowed<Str> name = op.site_name(op.c());
    Value x = op.B();
    if (x.is_pointer() && worth_learning(op, op.c())) learn_attribute(op, static_cast<Object*>(x.pointer()), name, op.c());
    return op.finish(get_attribute(op.py, Borrowed<>(x), name));
}

SLOW(load_method) {
    Borrowed<Str> name = op.site_name(op.c());
    Value x = op.B();
    unsigned p = op.a();
    Type& type = type_of(x);
    if (x.is_pointer() && worth_learning(op, op.c())) learn_attribute(op, static_cast<Object*>(x.pointer()), name, op.c());
    SlotFn getattribute = type.slot(Dunder::getattribute);
    if (getattribute == generic_getattribute) {
        // A method of the class that the instance does not shadow needs no bound method.
        Maybe<> found = type_lookup(op.py, type, name);
        if (found && type_of(found.value()).has(type_flag::method_like)) {
            Maybe<> own;
            if (type.extra_offset != 0) own = instance_get(op.py, static_cast<Object*>(x.pointer()), name);
            bool is_method = !own;
            Value callable = own ? own.release() : found.release();
            if (is_method) {
                Value self = flag_of(op.word, LAST_B) ? std::exchange(op.regs[op.b()], Value{}) : reg::retain(x);
                put(op.regs, p + kCallHeader, self);
            } else {
                put(op.regs, p + kCallHeader, Value{});
                if (flag_of(op.word, LAST_B)) consume(op.regs, op.b());
            }
            put(op.regs, p, reg::adopt(callable));
            return true;
        }
    }
    auto r = get_attribute(op.py, Borrowed<>(x), name);
    if (r.raised()) return false;
    Value callable = reg::adopt(std::move(r).release());
    if (flag_of(op.word, LAST_B)) consume(op.regs, op.b());
    put(op.regs, p + kCallHeader, Value{});
    put(op.regs, p, callable);
    return true;
}

SLOW(store_attr) {
    Borrowed<Str> name = op.site_name(op.c());
    Value x = op.A();
    if (x.is_pointer()) {
        auto* o = static_cast<Object*>(x.pointer());
        Type& type = type_of(o);
        if (type.slot(Dunder::setattr) == generic_setattr && type.extra_offset != 0 && worth_learning(op, op.c())) {
            Maybe<> held = type_lookup(op.py, type, name);
            Value found = held.value();
            bool data = found && (type_of(found).slot(Dunder::set) || type_of(found).slot(Dunder::delete_));
            ShapeId shape = o->shape_id();
            Shape& s = shape_of(shape);
            int index = data || s.dict_mode ? -1 : shape_find(shape, name.get());
            // The shape alone guards the cache: a data descriptor of that name that appears later on the class is found by
            // nobody who has cached, so only names that no class attribute has are cached.
            if (index >= 0 && index < s.inline_count && !found) learn(op.k, op.c(), std::uint64_t(shape) << 32 | std::uint64_t(s.inline_offset / 8 + std::uint32_t(index)) << 2 | 1);
        }
    }
    return op.finish(set_attribute(op.py, Borrowed<>(x), name, Borrowed<>(op.B())));
}

SLOW(delete_attr) {
    auto r = delete_attribute(op.py, Borrowed<>(op.A()), op.site_name(op.c()));
    if (r.raised()) return false;
    if (flag_of(op.word, LAST_A)) consume(op.regs, op.a());
    return true;
}

namespace {
// super(type, self).name, where the name `super` is really the builtin; else whatever it is, called.
Result<Ref<>> super_attribute(Op const& op, Borrowed<Str> name) {
    Value global_super = op.regs[op.b()], type = op.regs[op.b() + 1], self = op.regs[op.b() + 2];
    if (global_super == Value::of(&super_type) && is<Type>(type)) return super_lookup(op.py, *static_cast<Type*>(type.pointer()), Borrowed<>(self), name);
    Value args[] = {type, self};
    Ref<> object = TRY(call(op.py, Borrowed<>(global_super), args));
    return get_attribute(op.py, object, name);
}
}  // namespace

SLOW(load_super_attr) {
    auto r = super_attribute(op, op.site_name(op.c()));
    if (r.raised()) return false;
    op.consume_block(op.b(), 3);
    put(op.regs, op.a(), reg::adopt(std::move(r).release()));
    return true;
}

SLOW(load_super_method) {
    auto r = super_attribute(op, op.site_name(op.c()));
    if (r.raised()) return false;
    Ref<> found = std::move(r).take();
    op.consume_block(op.b(), 3);
    if (is_exact<BoundMethod>(found)) {
        auto* m = static_cast<BoundMethod*>(found.value().pointer());
        put(op.regs, op.a() + kCallHeader, reg::retain(m->self.value()));
        put(op.regs, op.a(), reg::retain(m->function.value()));
    } else {
        put(op.regs, op.a() + kCallHeader, Value{});
        put(op.regs, op.a(), reg::adopt(found.release()));
    }
    return true;
}

SLOW(load_special) {
    static constexpr Name names[] = {Name::dunder_enter, Name::dunder_exit, Name::dunder_aenter, Name::dunder_aexit};
    Special which = Special(op.c());
    Value x = op.B();
    auto r = find_special(op.py, Borrowed<>(x), name_of(names[int(which)]));
    if (r.raised()) return false;
    Maybe<> found = std::move(r).take();
    if (!found) {
        bool async = which == Special::aenter || which == Special::aexit;
        bool other = false;  // the object supports the other protocol
        auto has = [&](Name n) { return bool(type_lookup(op.py, type_of(x), name_of(n))); };
        other = async ? has(Name::dunder_enter) && has(Name::dunder_exit) : has(Name::dunder_aenter) && has(Name::dunder_aexit);
        char const* protocol = async ? "asynchronous context manager" : "context manager";
        char const* method = which == Special::enter ? "__enter__" : which == Special::exit ? "__exit__" : which == Special::aenter ? "__aenter__" : "__aexit__";
        if (other) {
            return (void)raise(op.py, exc::TypeError, "'{}' object does not support the {} protocol (missed {} method) but it supports the {} protocol. Did you mean to use '{}'?", TypeName{x}, protocol, method,
                               async ? "context manager" : "asynchronous context manager", async ? "with" : "async with"), false;
        }
        return (void)raise(op.py, exc::TypeError, "'{}' object does not support the {} protocol (missed {} method)", TypeName{x}, protocol, method), false;
    }
    // a and b may be the same register: the object goes first.
    if (flag_of(op.word, LAST_B)) consume(op.regs, op.b());
    put(op.regs, op.a() + kCallHeader, Value{});
    put(op.regs, op.a(), reg::adopt(found.release()));
    return true;
}

}  // namespace oro::vm
