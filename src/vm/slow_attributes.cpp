// Attributes: the full lookup, and what the caches learn from it.
#include "memory/reclaim.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/instance.h"
#include "object/method.h"
#include "object/slot_wrapper.h"
#include "object/str.h"
#include "object/super.h"
#include "types/method_wrappers.h"
#include "types/property.h"
#include "vm/op.h"

namespace oro {
extern Type module_type;
}

namespace oro::vm {

namespace {

void free_records(void* p) {
    for (auto* r = static_cast<Record*>(p); r;) delete std::exchange(r, r->next);
}

std::uint64_t word_of(Record const* r) { return reinterpret_cast<std::uint64_t>(r); }

// The commonest thing to know, in the word itself.
std::uint64_t packed_own(ShapeId shape, std::uint32_t offset) { return std::uint64_t(shape) << 32 | std::uint64_t(offset / 8) << 2 | 1; }

// Whether the site is to forget what it knows: it is as much as it may be, or an entry that the new one contradicts.
bool must_forget(Record const* known, Record const& fresh) {
    int n = 0;
    for (; known; known = known->next, ++n)
        if (known->shape == fresh.shape && known->object == fresh.object) return true;
    return n >= kMostRecords;
}

}  // namespace

void learn(Value* k, unsigned site, Record const& record) {
    std::atomic<std::uint64_t>& word = feedback_of(k, site);
    std::uint64_t old = word.load(std::memory_order_acquire);
    bool packed = old & 1;
    bool forget = old == 0 || (packed ? std::uint32_t(old >> 32) == record.shape : must_forget(record_of(old), record));
    if (forget && record.kind == Record::own) {
        std::uint64_t fresh = packed_own(record.shape, record.index);
        if (word.compare_exchange_strong(old, fresh, std::memory_order_acq_rel) && old && !packed) retire(record_of(old), free_records);
        return;
    }
    auto* fresh = new (std::nothrow) Record(record);
    if (!fresh) return;
    if (!forget && packed) {
        auto* own = new (std::nothrow) Record;
        if (own) {
            own->kind = Record::own;
            own->shape = std::uint32_t(old >> 32);
            own->index = (std::uint32_t(old) >> 2) * 8;
        }
        fresh->next = own;
    } else if (!forget) {
        fresh->next = record_of(old);
    }
    if (word.compare_exchange_strong(old, word_of(fresh), std::memory_order_acq_rel)) {
        if (forget && old && !packed) retire(record_of(old), free_records);
        return;
    }
    if (!forget && packed) delete fresh->next;
    delete fresh;
}

void learn_global(Value* k, unsigned site, std::uint32_t version, std::uint32_t index) {
    std::uint64_t old = feedback_of(k, site).exchange(std::uint64_t(version) << 32 | std::uint64_t(index) << 1 | 1, std::memory_order_acq_rel);
    if (old && !(old & 1)) retire(record_of(old), free_records);
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

Value read_wrapped(Record const& r, Type const& type) {
    Value wrapper = read_remembered(r, type);
    if (wrapper.is_null()) return {};
    Value function = read_slot(static_cast<MethodWrapper*>(wrapper.pointer())->function.slot());
    reg::release(wrapper);
    return function;
}

Function* getter_of(Record const& r, Type const& type) {
    Value property = read_remembered(r, type);
    if (property.is_null()) return nullptr;
    auto* p = static_cast<Property*>(property.pointer());
    Value getter = read_slot(p->getter.slot());
    reg::release(property);
    if (!getter.is_pointer()) return nullptr;
    if (&type_of(getter) == &function_type) {
        auto* f = static_cast<Function*>(getter.pointer());
        Code* code = f->running_code();
        if (code->simple && code->positional == 1 && !code->is_generator()) return f;
    }
    reg::release(getter);
    return nullptr;
}

namespace {

// That the value is read where it stands, in the dictionary of `home`; false if it is not there any more.
bool learn_variable(Thread& t, Record& r, Type& home, Borrowed<Str> name) {
    Dict& dict = **home.dict;
    DictKeys* keys;
    if (!dict_find_entry(dict, *name.get(), &keys, &r.index)) return false;
    r.kind = Record::variable;
    r.value_ = Value::of(&home);
    r.version2 = dict_version(t, dict);
    return r.version2 != 0 && dict.keys() == keys;
}

// The kind of a record about what a class has, which is no data descriptor; false if it can't be remembered.
bool kind_of_value(Record& r, Value found, bool to_call) {
    r.value_ = found;
    Type& kind = type_of(found);
    if (&kind == &StaticMethod::type()) r.kind = Record::static_method;
    else if (&kind == &ClassMethod::type()) r.kind = Record::class_method;
    else r.kind = Record::value;
    if (r.kind == Record::value) return !kind.slot(Dunder::get);
    return r.kind == Record::static_method || to_call;
}

// What a lookup of `name` on `o` finds, if it is worth caching; `to_call`: by an operation that can bind what it calls.
void learn_attribute(Op const& op, Object* o, Borrowed<Str> name, unsigned site, bool to_call) {
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
        Type* variable_of = nullptr;
        Maybe<> held = type_lookup(op.py, self, name, &variable_of);
        Value v = held.value();
        if (v.is_null()) return;
        if (&type != &type_type) return;
        Record r;
        r.shape = shape;
        r.object = o;
        r.version = version;
        // Functions are unbound on a class.
        if (!kind_of_value(r, v, to_call) && &type_of(v) != &function_type) return;
        if (variable_of && !learn_variable(op.py, r, *variable_of, name)) return;
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
    Type* variable_of = nullptr;
    Maybe<> held = type_lookup(op.py, type, name, &variable_of);
    Value found = held.value();
    Type* kind = found ? &type_of(found) : nullptr;
    bool data = kind && (kind->slot(Dunder::set) || kind->slot(Dunder::delete_));
    if (data) {
        Record r;
        if (kind == &member_descriptor_type) {
            auto* d = static_cast<MemberDescriptor*>(found.pointer());
            if (!is_subtype(type, *d->home)) return;
            r.kind = Record::slot;
            r.index = d->offset;
        } else if (kind == &property_type) {
            r.kind = Record::getter;
            r.value_ = found;
        } else if (kind == &GetSet::type()) {
            auto* g = static_cast<GetSet*>(found.pointer());
            if (!is_subtype(type, *g->home)) return;
            r.kind = Record::computed;
            r.def = g->def;
        } else {
            return;
        }
        r.shape = shape;
        r.version = version;
        if (type.version.load(std::memory_order_acquire) == version) learn(op.k, site, r);
        return;
    }
    Shape& s = shape_of(shape);
    if (type.extra_offset != 0) {
        if (s.dict_mode) return;
        int index = shape_find(shape, name.get());
        if (index >= 0) {
            if (index >= s.inline_count) return;
            Record r;
            r.kind = Record::own;
            r.shape = shape;
            r.index = s.inline_offset + std::uint32_t(index) * 8;
            learn(op.k, site, r);
            return;
        }
    }
    if (!found) return;
    Record r;
    bool known = kind_of_value(r, found, to_call);
    if (kind->has(type_flag::method_like)) r.kind = Record::method;
    else if (!known) return;
    r.shape = shape;
    r.version = version;
    if (variable_of && !learn_variable(op.py, r, *variable_of, name)) return;
    if (type.version.load(std::memory_order_acquire) == version) learn(op.k, site, r);
}

// Learning costs; a site that misses again and again (many shapes) is taught only now and then.
bool worth_learning(Op const& op, unsigned site) {
    std::uint64_t ic = feedback_of(op.k, site).load(std::memory_order_acquire);
    if (ic == 0) return true;
    int known = 1;
    if (!(ic & 1))
        for (Record* r = record_of(ic)->next; r; r = r->next) ++known;
    return (++op.py.misses & (known < kMostRecords ? 3 : 31)) == 0;
}

// What a store has shown, after it: the object had the shape `before`.
void learn_store(Op const& op, Object* o, ShapeId before, Borrowed<Str> name, unsigned site) {
    Type& type = type_of(o);
    std::uint32_t version = type_version(type);
    Maybe<> held = type_lookup(op.py, type, name);
    Value found = held.value();
    Record r;
    r.shape = before;
    r.version = version;
    if (found) {
        Type& kind = type_of(found);
        if (kind.slot(Dunder::set) || kind.slot(Dunder::delete_)) {
            if (&kind != &member_descriptor_type || !is_subtype(type, *static_cast<MemberDescriptor*>(found.pointer())->home)) return;
            r.kind = Record::slot;
            r.index = static_cast<MemberDescriptor*>(found.pointer())->offset;
            if (version != 0 && o->shape_id() == before && type.version.load(std::memory_order_acquire) == version) learn(op.k, site, r);
            return;
        }
        // A class that may still become a data descriptor's: not even then is the shape given up.
        if (kind.has(type_flag::heap)) return;
    }
    ShapeId after = o->shape_id();
    Shape& s = shape_of(after);
    if (type.extra_offset == 0 || s.dict_mode) return;
    int index;
    if (after == before) {
        index = shape_find(after, name.get());
        r.kind = Record::own;
    } else {
        // The shape with the attribute exists now: a data descriptor of that name that comes later has it given up, and this with it.
        if (s.parent != before || s.key != name.get()) return;
        index = s.count - 1;
        r.kind = Record::transition;
        r.version2 = after;
    }
    if (index < 0 || index >= s.inline_count) return;
    r.index = s.inline_offset + std::uint32_t(index) * 8;
    learn(op.k, site, r);
}

}  // namespace

SLOW(load_attr) {
    Borrowed<Str> name = op.site_name(op.c());
    Value x = op.B();
    if (x.is_pointer() && worth_learning(op, op.c())) learn_attribute(op, static_cast<Object*>(x.pointer()), name, op.c(), false);
    return op.finish(get_attribute(op.py, Borrowed<>(x), name));
}

SLOW(load_method) {
    Borrowed<Str> name = op.site_name(op.c());
    Value x = op.B();
    unsigned p = op.a();
    Type& type = type_of(x);
    if (x.is_pointer() && worth_learning(op, op.c())) learn_attribute(op, static_cast<Object*>(x.pointer()), name, op.c(), true);
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
    Object* o = nullptr;
    ShapeId before = 0;
    if (x.is_pointer() && type_of(x).slot(Dunder::setattr) == generic_setattr && worth_learning(op, op.c())) {
        o = static_cast<Object*>(x.pointer());
        before = o->shape_id();
    }
    auto r = set_attribute(op.py, Borrowed<>(x), name, Borrowed<>(op.B()));
    if (o && !r.raised()) learn_store(op, o, before, name, op.c());
    return op.finish(std::move(r));
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
    std::size_t given = flag_of(op.word, SUPER_ALONE) ? 0 : 2;
    Ref<> object = TRY(call(op.py, Borrowed<>(global_super), std::span<Value const>(args, given)));
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

namespace {
// A method that super() finds for a plain object of this shape.
void learn_super_method(Op const& op, Borrowed<Str> name) {
    Value start = op.regs[op.b() + 1], self = op.regs[op.b() + 2];
    if (op.regs[op.b()] != Value::of(&super_type) || !is<Type>(start) || !self.is_pointer() || is<Type>(self) || name.get() == name::dunder_class().get()) return;
    auto* o = static_cast<Object*>(self.pointer());
    Type& type = type_of(o);
    Record r;
    r.kind = Record::super_method;
    r.shape = o->shape_id();
    r.version = type_version(type);
    r.object = start.pointer();
    Maybe<Tuple> mro = type.mro.load(&type);
    bool behind = false;
    for (Value base : mro->items()) {
        if (behind) {
            Maybe<> found = dict_get(op.py, **static_cast<Type*>(base.pointer())->dict, name);
            if (!found) continue;
            if (!type_of(found.value()).has(type_flag::method_like)) return;
            r.value_ = found.value();
            if (r.version != 0 && type.version.load(std::memory_order_acquire) == r.version) learn(op.k, op.c(), r);
            return;
        }
        behind = base == start;
    }
}
}  // namespace

SLOW(load_super_method) {
    if (worth_learning(op, op.c())) learn_super_method(op, op.site_name(op.c()));
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
    // A method of the class needs no bound method: the object goes into the block as its self.
    // (An uncounted one, which at most the collector frees; that it is one is certain if the class has it still.)
    Type& type = type_of(x);
    Str* name = name_of(names[int(which)]).get();
    Value method = type_lookup_peek(op.py, type, name);
    if (method.is_pointer() && reg::is_uncounted(method.pointer()) && type_of(method).has(type_flag::method_like) && type_lookup_peek(op.py, type, name) == method) {
        if (flag_of(op.word, LAST_B)) op.regs[op.b()] = Value{};
        else reg::retain(x);
        put(op.regs, op.a() + kCallHeader, x);
        put(op.regs, op.a(), method);
        return true;
    }
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
