// Makes native types usable: dictionaries from the tables, slots from bases; and keeps the slots of classes in step with
// their dictionaries.
#include <algorithm>

#include "object/class.h"
#include "object/define.h"
#include "object/dict.h"
#include "object/slot_wrapper.h"

namespace oro {

extern "C" {
extern Type* const __start_oro_types[];
extern Type* const __stop_oro_types[];
}

void intern_dunder_names(Thread& t);

namespace {

Value call_new(Python& py, Native& callee, Value, Value const* args, std::size_t n, Tuple* names) {
    Type& home = *callee.home;
    Ref<Str> home_name = name_of_type(home);
    if (n == 0 || !is<Type>(args[0])) {
        if (n == 0) (void)raise(py, exc::TypeError, "{}.__new__(): not enough arguments", home_name);
        else (void)raise(py, exc::TypeError, "{}.__new__(X): X is not a type object ({})", home_name, TypeName{args[0]});
        return {};
    }
    Type& wanted = *static_cast<Type*>(args[0].pointer());
    Ref<Str> wanted_name = name_of_type(wanted);
    if (!is_subtype(wanted, home)) {
        (void)raise(py, exc::TypeError, "{}.__new__({}): {} is not a subtype of {}", home_name, wanted_name, wanted_name, home_name);
        return {};
    }
    // The native base of the wanted class decides how its objects are laid out.
    Type* native = &wanted;
    while (native && native->has(type_flag::heap)) native = native->base;
    if (native && native->has(type_flag::disallow_new)) {
        (void)raise(py, exc::TypeError, "cannot create '{}' instances", native->def->name);
        return {};
    }
    if (native && native->new_.load() != home.new_.load()) {
        Ref<Str> native_name = name_of_type(*native);
        (void)raise(py, exc::TypeError, "{}.__new__({}) is not safe, use {}.__new__()", home_name, wanted_name, native_name);
        return {};
    }
    return home.new_.load()(py, wanted, args + 1, n - 1, names);
}

Result<void> fill_dictionary(Thread& t, Type& type) {
    Dict& dict = **type.dict;
    TypeDef const& def = *type.def;
    for (MethodDef const& m : def.methods) {
        Ref<Str> key = intern_immortal(t, m.name);
        Type& kind = m.kind == MethodKind::instance ? method_descriptor_type
                     : m.kind == MethodKind::class_ ? classmethod_descriptor_type
                                                    : native_function_type;
        Ref<Native> n = TRY(make<Native>(t, kind, &m, Maybe<>(), Maybe<>(), &type));
        detail::make_immortal(n.get());  // like the type: threads use it without counting
        CHECK(dict_set(t, dict, key, std::move(n)));
    }
    for (GetSetDef const& g : def.getsets) {
        Ref<Str> key = intern_immortal(t, g.name);
        Ref<GetSet> d = TRY(make<GetSet>(t, getset_descriptor_type, &g, &type));
        detail::make_immortal(d.get());
        CHECK(dict_set(t, dict, key, std::move(d)));
    }
    CHECK(add_slot_wrappers(t, type));
    if (type.extra_offset && !(type.base && type.base->extra_offset) && !dict_get(t, dict, name::dunder_dict())) {
        CHECK(dict_set(t, dict, name::dunder_dict(), TRY(make<GetSet>(t, getset_descriptor_type, &dict_getset, &type))));
    }
    if (def.new_) {
        Ref<Native> n = TRY(make<Native>(t, native_function_type, &new_method_def, Maybe<>(Borrowed<Type>(type).share()), Maybe<>(), &type));
        detail::make_immortal(n.get());
        CHECK(dict_set(t, dict, name::dunder_new(), std::move(n)));
    }
    if (!dict_get(t, dict, name::dunder_doc())) {
        Ref<> doc = Ref<>::adopt(kNone);
        if (def.doc) doc = TRY(make_str(t, def.doc));
        CHECK(dict_set(t, dict, name::dunder_doc(), std::move(doc)));
    }
    return {};
}

// Sizes, hooks and shapes, bases first. Needs no object yet: instances of a type may be made once it is laid out.
void lay_out(Type& type) {
    if (type.root_shape != 0) return;
    TypeDef const& def = *type.def;
    type.base = def.base ? def.base : (&type == &object_type ? nullptr : &object_type);
    Type* base = type.base;
    if (base) lay_out(*base);
    std::uint32_t flags = def.flags;
    if (base) flags |= base->flags.load() & type_flag::inherited;
    type.flags.store(flags);
    type.size = def.size ? def.size : (base ? (base->def->size ? base->def->size : base->fixed_size) : std::uint32_t(sizeof(Object)));
    type.item_size = def.item_size ? def.item_size : (base && !def.size ? base->item_size : 0);
    type.hooks = def.hooks;
    if (base && !type.hooks.trace && !type.hooks.destruct && !type.hooks.extent) type.hooks = base->hooks;
    if (flags & type_flag::has_dict) {
        type.size = (type.size + 7) & ~7u;
        type.extra_offset = type.size;
        type.size += 8;
    }
    type.inline_offset = type.fixed_size = type.size;
    type.root_shape = make_root_shape(type, false);
    if (type.extra_offset) type.dict_shape = make_root_shape(type, true);
}

void inherit_slots(Type& type) {
    TypeDef const& def = *type.def;
    bool own_eq = false, own_hash = false;
    for (SlotDef const& s : def.slots) {
        type.slots[int(s.which)].store(s.fn);
        if (s.reflected) type.slots[int(Dunder::radd) + int(s.which) - int(Dunder::add)].store(s.reflected);
        own_eq |= s.which == Dunder::eq;
        own_hash |= s.which == Dunder::hash;
    }
    if (own_eq && !own_hash) type.slots[int(Dunder::hash)].store(hash_not_implemented);
    type.new_.store(def.new_);
    type.init.store(def.init);
    type.call.store(def.call);
    if (Type* base = type.base) {
        for (int i = 0; i < kDunderCount; ++i)
            if (!type.slots[i].load()) type.slots[i].store(base->slots[i].load());
        if (!def.new_ && !(def.flags & type_flag::disallow_new)) type.new_.store(base->new_.load());
        if (!def.init) type.init.store(base->init.load());
        if (!def.call) type.call.store(base->call.load());
    }
    if (type.slot(Dunder::del)) type.flags.fetch_or(type_flag::has_del);
}

}  // namespace

const MethodDef new_method_def = raw_def("__new__", "*args, **kwargs", "Create and return a new object.  See help(type) for accurate signature.", call_new, MethodKind::static_);

Ref<Str> name_of_type(Type& type) {
    Maybe<Str> name = type.name.load(&type);
    if (name) return std::move(name).take();
    return empty_str();
}

void ready_type(Thread& t, Type& type) {
    if (type.dict) return;
    lay_out(type);
    Type* base = type.base;
    if (base) ready_type(t, *base);
    type.owner.store(kNobody);
    type.local.store(kImmortalCount);
    publish(&type, type_type.root_shape);
    inherit_slots(type);
    auto must = [](auto&& r) {
        if (r.raised()) __builtin_trap();  // start-up without memory
        return std::move(r).take();
    };
    type.dict.init(Maybe<Dict>(must(make_dict(t))));
    std::string_view name = type.def->name;
    if (auto dot = name.rfind('.'); dot != name.npos) {
        Ref<Str> module = intern_immortal(t, name.substr(0, dot));
        (void)dict_set(t, **type.dict, name::dunder_module(), std::move(module));
        name.remove_prefix(dot + 1);
    }
    Ref<Str> short_name = intern_immortal(t, name);
    type.qualname.set(short_name.share());
    type.name.set(std::move(short_name));
    std::vector<Value> order{Value::of(&type)};
    Type* mixin = type.def->mixin;
    if (mixin) ready_type(t, *mixin);
    if (base) {
        for (Value v : base->mro.peek()->items()) {
            if (!mixin || !is_subtype(*mixin, *static_cast<Type*>(v.pointer()))) order.push_back(v);
        }
    }
    if (mixin) for (Value v : mixin->mro.peek()->items()) order.push_back(v);
    type.mro.set(must(oro::make_tuple(t, order)));
    if (base) {
        Value both[] = {Value::of(base), Value::of(mixin)};
        type.bases.set(must(oro::make_tuple(t, std::span<Value const>(both, mixin ? 2 : 1))));
        base->subclasses.push_back(&type);
        if (mixin) mixin->subclasses.push_back(&type);
    } else {
        type.bases.set(empty_tuple());
    }
    if (fill_dictionary(t, type).raised()) __builtin_trap();
}

void lay_out_all_types() {
    for (Type* const* p = __start_oro_types; p != __stop_oro_types; ++p) lay_out(**p);
}

void ready_all_types(Thread& t) {
    intern_dunder_names(t);
    for (Type* const* p = __start_oro_types; p != __stop_oro_types; ++p) ready_type(t, **p);
}

// ---- slots of classes

namespace {

// Special methods by name: the slots that a name governs. Sorted by the interned name's address.
struct NameSlots {
    Str* name;
    Dunder slot;
};
std::vector<NameSlots> const& name_slots() {
    static std::vector<NameSlots> const* all = [] {
        auto* v = new std::vector<NameSlots>;
        for (int i = 0; i < kDunderCount; ++i) v->push_back({dunder_name(Dunder(i)), Dunder(i)});
        std::sort(v->begin(), v->end(), [](auto const& a, auto const& b) { return a.name < b.name; });
        return v;
    }();
    return *all;
}

bool is_sequence_form(Dunder d) { return d >= Dunder::concat; }

void set_slot(Type& type, Dunder d, Value found) {
    SlotFn fn = nullptr;
    if (found) {
        if (is<SlotWrapper>(found)) {
            auto* w = static_cast<SlotWrapper*>(found.pointer());
            if (is_subtype(type, *w->home)) {
                if (w->special == SlotWrapper::Special::none && w->which == d) fn = w->fn;
                else if (is_sequence_form(d) || is_sequence_form(w->which)) fn = nullptr;
                else fn = python_slot(d);
            } else {
                fn = is_sequence_form(d) ? nullptr : python_slot(d);
            }
        } else if (found == kNone && d == Dunder::hash) {
            fn = hash_not_implemented;
        } else if (!is_sequence_form(d)) {
            fn = python_slot(d);
        }
    }
    if (d == Dunder::getattribute) return;  // set together with __getattr__
    type.slots[int(d)].store(fn, std::memory_order_release);
    if (d == Dunder::del) {
        if (fn) type.flags.fetch_or(type_flag::has_del); else type.flags.fetch_and(~type_flag::has_del);
    }
}

void set_getattribute(Thread& t, Type& type) {
    Maybe<> hook = type_lookup(t, type, name::dunder_getattr());
    Maybe<> own = type_lookup(t, type, name::dunder_getattribute());
    SlotFn fn = python_slot(Dunder::getattribute);
    if (hook) fn = getattr_hook;
    else if (own && is<SlotWrapper>(own.value())) {
        auto* w = static_cast<SlotWrapper*>(own.value().pointer());
        if (w->which == Dunder::getattribute && is_subtype(type, *w->home)) fn = w->fn;
    }
    type.slots[int(Dunder::getattribute)].store(fn, std::memory_order_release);
}

void set_constructor(Thread& t, Type& type, Name which) {
    Maybe<> found = type_lookup(t, type, name_of(which));
    Value v = found.value();
    SlotWrapper* w = found && is<SlotWrapper>(v) ? static_cast<SlotWrapper*>(v.pointer()) : nullptr;
    if (which == Name::dunder_init) {
        InitFn fn = python_init;
        if (w && w->special == SlotWrapper::Special::init && is_subtype(type, *w->home)) fn = w->home->init.load();
        type.init.store(found ? fn : nullptr, std::memory_order_release);
    } else if (which == Name::dunder_call) {
        CallFn fn = python_call;
        if (w && w->special == SlotWrapper::Special::call && is_subtype(type, *w->home)) fn = w->home->call.load();
        type.call.store(found ? fn : nullptr, std::memory_order_release);
    } else {
        NewFn fn = python_new;
        if (found && is<Native>(v) && static_cast<Native*>(v.pointer())->def == &new_method_def) {
            fn = static_cast<Native*>(v.pointer())->home->new_.load();
        }
        if (found) type.new_.store(fn, std::memory_order_release);
    }
}

void renew_named(Thread& t, Type& type, Str* name) {
    if (name == name::dunder_getattr().get() || name == name::dunder_getattribute().get()) return set_getattribute(t, type);
    if (name == name::dunder_init().get()) return set_constructor(t, type, Name::dunder_init);
    if (name == name::dunder_new().get()) return set_constructor(t, type, Name::dunder_new);
    if (name == name::dunder_call().get()) return set_constructor(t, type, Name::dunder_call);
    auto const& all = name_slots();
    auto at = std::lower_bound(all.begin(), all.end(), name, [](NameSlots const& s, Str* n) { return s.name < n; });
    if (at == all.end() || at->name != name) return;
    Maybe<> found = type_lookup(t, type, Borrowed<Str>(*name));
    for (; at != all.end() && at->name == name; ++at) set_slot(type, at->slot, found.value());
}

void renew_below(Thread& t, Type& type, Str* name) {
    renew_named(t, type, name);
    for (Type* sub : type.subclasses) {
        if (!sub->dict || dict_get(t, **sub->dict, Borrowed<Str>(*name))) continue;
        renew_below(t, *sub, name);
    }
}

}  // namespace

bool is_special_name(Str const& name) {
    if (!name.is_ascii()) return false;
    std::string_view s = name.ascii();
    return s.size() > 4 && s[0] == '_' && s[1] == '_' && s.ends_with("__");
}

Result<void> renew_slots_for(Thread& t, Type& type, Borrowed<Str> name) {
    if (is_special_name(*name.get())) renew_below(t, type, name.get());
    return {};
}

Result<void> renew_slots(Thread& t, Type& type) {
    Str* last = nullptr;
    for (NameSlots const& s : name_slots()) {
        if (s.name == last) continue;
        last = s.name;
        renew_named(t, type, s.name);
    }
    set_getattribute(t, type);
    set_constructor(t, type, Name::dunder_init);
    set_constructor(t, type, Name::dunder_call);
    set_constructor(t, type, Name::dunder_new);
    return {};
}

}  // namespace oro
