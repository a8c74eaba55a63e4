// make_class: what `type(name, bases, namespace)` does.
#include <algorithm>

#include "object/class.h"
#include "object/define.h"
#include "object/dict.h"
#include "object/instance.h"
#include "object/layout.h"
#include "object/slot_wrapper.h"
#include "object/warn.h"

namespace oro {

namespace {

constexpr std::uint32_t kPattern = type_flag::sequence | type_flag::mapping;

// The type that decides the layout of t's instances: where the fixed part last grew.
Type& solid_base(Type& t) {
    Type* base = t.base;
    if (!base) return t;
    Type& below = solid_base(*base);
    std::uint32_t own = t.fixed_size, inherited = base->fixed_size;
    if (t.extra_offset && !base->extra_offset && t.extra_offset != kExtraAtEnd) own -= 8;  // a __dict__ alone changes no layout
    bool native_growth = t.def && t.def->size && t.def->size != (base->def ? base->def->size : 0) && t.def->size > sizeof(Object);
    if (native_growth || t.item_size != base->item_size || (!t.def && own > inherited)) return t;
    return below;
}

}  // namespace

Result<Type*> best_base(Python& py, Borrowed<Tuple> bases) {
    Type* winner = nullptr;
    Type* base = nullptr;
    for (Value v : bases->items()) {
        if (!is<Type>(v)) return raise(py, exc::TypeError, "bases must be types");
        auto& candidate = *static_cast<Type*>(v.pointer());
        if (!candidate.has(type_flag::subclassable)) {
            if (candidate.def) return raise(py, exc::TypeError, "type '{}' is not an acceptable base type", candidate.def->name);
            return raise(py, exc::TypeError, "type '{}' is not an acceptable base type", name_of_type(candidate));
        }
        Type& solid = solid_base(candidate);
        if (!winner || (winner != &solid && is_subtype(solid, *winner))) {
            winner = &solid;
            base = &candidate;
        } else if (!is_subtype(*winner, solid)) {
            return raise(py, exc::TypeError, "multiple bases have instance lay-out conflict");
        }
    }
    return base;
}

Result<Ref<Tuple>> custom_mro(Python& py, Borrowed<Type> type) {
    // The metaclass's: what the class itself calls mro is for its instances.
    Maybe<> method = TRY(find_special(py, type, TRY(make_interned(py, "mro"))));
    if (!method) return raise(py, exc::AttributeError, "mro");
    Ref<Tuple> order = TRY(tuple_from(py, TRY(call(py, *method, {}))));
    if (order->size == 0) return raise(py, exc::TypeError, "type MRO must not be empty");
    Type& solid = solid_base(*type.get());
    for (Value v : order->items()) {
        if (!is<Type>(v)) return raise(py, exc::TypeError, "mro() returned a non-class ('{}')", TypeName{v});
        auto& base = *static_cast<Type*>(v.pointer());
        if (!is_subtype(solid, solid_base(base))) return raise(py, exc::TypeError, "mro() returned base with unsuitable layout ('{}')", name_of_type(base));
    }
    return order;
}

namespace {

// _name in a class body means _Class__name.
Result<Ref<Str>> mangle(Python& py, Borrowed<Str> class_name, Borrowed<Str> slot) {
    std::string s = wtf8_of(*slot.get()), c = wtf8_of(*class_name.get());
    if (!s.starts_with("__") || s.ends_with("__") || s.find('.') != s.npos) return intern(py, slot.share());
    c.erase(0, std::min(c.find_first_not_of('_'), c.size()));
    if (c.empty()) return intern(py, slot.share());
    Ref<Str> mangled = TRY(make_str(py, std::string_view("_" + c + s)));
    return intern(py, std::move(mangled));
}

// Attributes have names: other keys in a class's namespace are most likely a mistake.
Result<void> warn_about_keys(Python& py, Type& type, Borrowed<Str> name) {
    std::size_t position = 0;
    Maybe<> key, value;
    if (type.dict->keys()->simple.load(std::memory_order_acquire)) return {};
    while (dict_next(py, **type.dict, &position, &key, &value))
        if (!is<Str>(key.value())) return warn(py, exc::RuntimeWarning, "non-string key in the __dict__ of class {}", name);
    return {};
}

struct Slots {
    bool declared = false, dict = false, weakref = false;
    std::vector<Ref<Str>> names;
};

Result<void> read_slots(Python& py, Type& base, Borrowed<Str> class_name, Dict& ns, Slots& out, Borrowed<Tuple> bases) {
    Maybe<> slots = dict_get(py, ns, name::dunder_slots());
    if (!slots) return {};
    out.declared = true;
    std::vector<Ref<>> given;
    if (is<Str>(slots.value())) {
        given.push_back(std::move(slots).take());
    } else {
        CHECK(for_each(py, *slots, [&](Ref<> item) -> Result<void> { given.push_back(std::move(item)); return {}; }));
    }
    bool may_dict = base.extra_offset == 0, may_weak = !base.has(type_flag::has_weakrefs);
    for (Ref<>& item : given) {
        if (!is<Str>(item.value())) return raise(py, exc::TypeError, "__slots__ items must be strings, not '{}'", TypeName{item.value()});
        Borrowed<Str> name = as<Str>(item.value());
        if (base.item_size != 0 && !equal(*name.get(), "__dict__")) {
            Ref<Str> base_name = name_of_type(base);
            return raise(py, exc::TypeError, "nonempty __slots__ not supported for subtype of '{}'", base_name);
        }
        Ref<> identifier = TRY(call_method_with(py, name, Borrowed<Str>(TRY(make_str(py, "isidentifier")))));
        if (identifier.value() != kTrue) return raise(py, exc::TypeError, "__slots__ must be identifiers");
        if (equal(*name.get(), "__dict__")) {
            if (!may_dict || out.dict) return raise(py, exc::TypeError, "__dict__ slot disallowed: we already got one");
            out.dict = true;
        } else if (equal(*name.get(), "__weakref__")) {
            if (!may_weak || out.weakref) return raise(py, exc::TypeError, "__weakref__ slot disallowed: we already got one");
            out.weakref = true;
        } else {
            Ref<Str> mangled = TRY(mangle(py, class_name, name));
            bool class_variable = bool(dict_get(py, ns, mangled)) && !equal(*mangled.get(), "__qualname__") && !equal(*mangled.get(), "__classcell__");
            if (class_variable) return raise(py, exc::ValueError, "'{}' in __slots__ conflicts with class variable", mangled);
            out.names.push_back(std::move(mangled));
        }
    }
    std::sort(out.names.begin(), out.names.end(), [](auto const& a, auto const& b) { return compare(*a.get(), *b.get()) < 0; });
    // A second base with a __dict__ or weak references gives them to the class as well.
    for (Value b : bases->items()) {
        auto& other = *static_cast<Type*>(b.pointer());
        if (&other == &base) continue;
        if (may_dict && other.extra_offset != 0) out.dict = true;
        if (may_weak && other.has(type_flag::has_weakrefs)) out.weakref = true;
    }
    return {};
}

// Attributes that methods of the class assign through self, as the compiler counted them.
std::size_t expected_attributes(Thread& t, Dict& ns) {
    Maybe<> names = dict_get(t, ns, name::dunder_static_attributes());
    return names && is<Tuple>(names.value()) ? as<Tuple>(names.value())->size : 0;
}

void lay_out_class(Thread& t, Type& type, Type& base, Slots const& slots, Dict& ns) {
    type.base = &base;
    type.hooks = base.hooks;
    type.item_size = base.item_size;
    type.slot_offsets = base.slot_offsets;
    type.extra_offset = base.extra_offset;
    type.fixed_size = (base.fixed_size + 7) & ~7u;
    // A metaclass's instances are types: their attributes stand in the type's own dictionary.
    bool dict = !base.has(type_flag::type) && (!slots.declared || slots.dict);
    std::uint32_t flags = type_flag::heap | type_flag::subclassable | (base.flags.load() & type_flag::inherited & ~kPattern);
    if (&base == &object_type) flags |= type_flag::lasting;
    if (dict && type.extra_offset == 0) {
        if (type.item_size != 0 || (type.hooks.extent != nullptr)) {
            type.extra_offset = kExtraAtEnd;
        } else {
            type.extra_offset = type.fixed_size;
            type.fixed_size += 8;
        }
    }
    if (type.extra_offset) flags |= type_flag::has_dict;
    if (!slots.declared || slots.weakref) flags |= type_flag::has_weakrefs;
    for (std::size_t i = 0; i < slots.names.size(); ++i) {
        type.slot_offsets.push_back(type.fixed_size);
        type.fixed_size += 8;
    }
    type.size = type.inline_offset = type.fixed_size;
    if (type.extra_offset && type.extra_offset != kExtraAtEnd) {
        std::size_t wanted = expected_attributes(t, ns) + base.inline_count;
        if (wanted < 2) wanted = 2;
        if (wanted > 30) wanted = 30;
        type.inline_count = std::uint16_t(wanted);
        type.size += type.inline_count * 8u;
    }
    type.flags.store(flags);
    type.root_shape = make_root_shape(type, type.extra_offset == kExtraAtEnd);
    if (type.extra_offset) type.dict_shape = type.extra_offset == kExtraAtEnd ? type.root_shape : make_root_shape(type, true);
}

Result<void> fill_namespace(Python& py, Type& type, Borrowed<Str> name, Slots& slots, Type& base) {
    Dict& dict = **type.dict;
    Maybe<> qualname = dict_pop(py, dict, name::dunder_qualname());
    if (qualname) {
        if (!is<Str>(qualname.value())) return raise(py, exc::TypeError, "type __qualname__ must be a str, not {}", TypeName{qualname.value()});
        type.qualname.set(Maybe<Str>(as<Str>(std::move(qualname).take())));
    } else {
        type.qualname.set(Maybe<Str>(name.share()));
    }
    if (!dict_get(py, dict, name::dunder_module())) {
        Maybe<> module = current_module_name(py);
        if (module) CHECK(dict_set(py, dict, name::dunder_module(), std::move(module).take()));
    }
    if (!dict_get(py, dict, name::dunder_doc())) CHECK(dict_set(py, dict, name::dunder_doc(), none.share()));
    Maybe<> maker = dict_get(py, dict, name::dunder_new());
    if (maker && is_python_function(maker.value())) CHECK(dict_set(py, dict, name::dunder_new(), TRY(make_staticmethod(py, *maker))));
    for (Name n : {Name::dunder_init_subclass, Name::dunder_class_getitem}) {
        Maybe<> f = dict_get(py, dict, name_of(n));
        if (f && is_python_function(f.value())) CHECK(dict_set(py, dict, name_of(n), TRY(make_classmethod(py, *f))));
    }
    Maybe<> hash = dict_get(py, dict, name::dunder_hash());
    if (!hash && dict_get(py, dict, name::dunder_eq())) CHECK(dict_set(py, dict, name::dunder_hash(), none.share()));
    std::size_t first = type.slot_offsets.size() - slots.names.size();
    for (std::size_t i = 0; i < slots.names.size(); ++i) {
        Ref<MemberDescriptor> d = TRY(make<MemberDescriptor>(py, member_descriptor_type, slots.names[i].share(), &type, type.slot_offsets[first + i]));
        CHECK(dict_set(py, dict, slots.names[i], std::move(d)));
    }
    if (type.extra_offset && !base.extra_offset && !dict_get(py, dict, name::dunder_dict()))
        CHECK(dict_set(py, dict, name::dunder_dict(), TRY(make<GetSet>(py, getset_descriptor_type, &dict_getset, &type))));
    if (type.has(type_flag::has_weakrefs) && !base.has(type_flag::has_weakrefs) && !dict_get(py, dict, name::dunder_weakref()))
        CHECK(dict_set(py, dict, name::dunder_weakref(), TRY(make<GetSet>(py, getset_descriptor_type, &weakref_getset, &type))));
    return {};
}

// __set_name__ of everything in the namespace, then __init_subclass__ of the bases.
Result<void> announce(Python& py, Borrowed<Type> type, Borrowed<Dict> names_and_values, Value const* keyword_values, Tuple* keyword_names) {
    std::size_t position = 0;
    Maybe<> key, value;
    while (dict_next(py, *names_and_values.get(), &position, &key, &value)) {
        Ref<Str> set_name = name::dunder_set_name().share();
        Maybe<> hook = TRY(find_special(py, *value, set_name));
        if (!hook) continue;
        auto r = call_with(py, *hook, type, *key);
        if (r.raised()) {
            // The note that CPython adds tells which attribute failed.
            Maybe<> raised = take_raised(py);
            Ref<Str> class_name = name_of_type(*type.get());
            auto note = format_message(py, "Error calling __set_name__ on '{}' instance {} in '{}'",
                                       {TypeName{value.value()}, MessageArg(TRY(repr(py, *key))), MessageArg(class_name)});
            if (!note.raised()) {
                Ref<Str> text = std::move(note).take();
                auto added = call_method_with(py, *raised, Borrowed<Str>(TRY(make_str(py, "add_note"))), text);
                if (added.raised()) clear_raised(py);
            } else {
                clear_raised(py);
            }
            restore_raised(py, std::move(raised).take());
            return Raised{};
        }
    }
    // super(type, type).__init_subclass__(**keywords)
    Maybe<Tuple> mro = type->mro.load(type.get());
    for (std::size_t i = 1; i < mro->size; ++i) {
        auto& base = *static_cast<Type*>(mro->slots[i].pointer());
        Maybe<> hook = dict_get(py, **base.dict, name::dunder_init_subclass());
        if (!hook) continue;
        SlotFn get = type_of(hook.value()).slot(Dunder::get);
        Ref<> bound = get ? Ref<>::adopt(get(py, hook.value(), Value{}, type.value())) : std::move(hook).take();
        if (bound.value().is_null()) return Raised{};
        CHECK(call(py, bound, std::span<Value const>(keyword_values, keyword_names ? keyword_names->size : 0), keyword_names).raised() ? Result<void>(Raised{}) : Result<void>());
        break;
    }
    return {};
}

// Instances are sequences or mappings to match statements, or neither: as the first class of the MRO that says something says. Called
// once the bases know of the class: one that is registered as either at the same time tells it, or has been marked before.
void inherit_pattern(Type& type) {
    Maybe<Tuple> mro = type.mro.load(&type);
    for (Value v : mro->items()) {
        std::uint32_t pattern = static_cast<Type*>(v.pointer())->flags.load(std::memory_order_relaxed) & kPattern;
        if (pattern == 0) continue;
        type.flags.fetch_or(pattern, std::memory_order_relaxed);
        return;
    }
}

}  // namespace

Result<Ref<>> make_class(Python& py, Type& metatype, Borrowed<Str> name, Borrowed<Tuple> given_bases, Borrowed<Dict> ns,
                         Value const* keyword_values, Tuple* keyword_names) {
    Ref<Tuple> bases = given_bases.share();
    if (bases->size == 0) {
        Value object[] = {Value::of(&object_type)};
        bases = TRY(oro::make_tuple(py, object));
    }
    Type& base = *TRY(best_base(py, bases));
    Slots slots;
    CHECK(read_slots(py, base, name, *ns.get(), slots, bases));

    std::size_t bytes = metatype.size > sizeof(Type) ? metatype.size : sizeof(Type);
    Header* memory = allocate_object(py, metatype, bytes);
    if (!memory) return Raised{};
    Type* made = construct_behind_header<Type>(memory);
    if (bytes > sizeof(Type)) std::memset(reinterpret_cast<char*>(memory) + sizeof(Type), 0, bytes - sizeof(Type));
    made->dict.init(Maybe<Dict>(TRY(dict_copy(py, ns))));
    made->name.set(Maybe<Str>(intern(py, name.share())));
    made->bases.set(Maybe<Tuple>(bases.share()));
    lay_out_class(py, *made, base, slots, *ns.get());
    if (made->root_shape == 0) return raise_no_memory(py);
    publish(made, metatype.root_shape);
    Ref<Type> type = Ref<Type>::adopt(made);

    // The class cell must not stay in the dictionary.
    Maybe<> cell = dict_pop(py, **made->dict, name::dunder_classcell());
    if (cell && !is<Cell>(cell.value()))
        return raise(py, exc::TypeError, "__classcell__ must be a nonlocal cell, not {}", TypeName{cell.value()});
    Maybe<> dict_cell = dict_pop(py, **made->dict, name::dunder_classdictcell());
    CHECK(fill_namespace(py, *made, name, slots, base));
    // Before the MRO, since mro() of a metaclass may call functions of the class.
    if (dict_cell && is<Cell>(dict_cell.value())) {
        Ref<Cell> c = as<Cell>(std::move(dict_cell).take());
        c->contents.store(c.get(), Maybe<>(made->dict.share()));
    }
    if (cell) {
        Ref<Cell> c = as<Cell>(std::move(cell).take());
        c->contents.store(c.get(), Maybe<>(type.share()));
    }
    if (&metatype != &type_type && type_overrides(py, metatype, TRY(make_interned(py, "mro")))) {
        // A metaclass with its own mro().
        made->mro.set(TRY(compute_mro(py, *made, bases)));
        made->mro.store(made, Maybe<Tuple>(TRY(custom_mro(py, type))));
    } else {
        made->mro.set(TRY(compute_mro(py, *made, bases)));
    }
    {
        TypeLock lock(py);
        for (Value b : bases->items()) static_cast<Type*>(b.pointer())->subclasses.push_back(made);
        detail::allow_concurrent(made);  // who walks the list counts it without owning it
        inherit_pattern(*made);
        CHECK(renew_slots(py, *made));
    }
    CHECK(warn_about_keys(py, *made, name));
    Ref<Dict> snapshot = TRY(dict_copy(py, *made->dict));
    CHECK(announce(py, type, snapshot, keyword_values, keyword_names));
    return type;
}

}  // namespace oro
