// __name__, __bases__, __flags__, __annotations__, ... of classes.
#include "types/type_attributes.h"

#include "object/define.h"
#include "object/dict.h"
#include "object/iterator.h"
#include "object/layout.h"

namespace oro {

namespace {

Type& at(Value v) { return *static_cast<Type*>(v.pointer()); }
bool is_heap(Type& type) { return type.has(type_flag::heap); }

template <auto Fn> Value getter(Python& py, Value self) { return binding::finish(py, Fn(py, at(self))); }
// A null value means deletion.
template <auto Fn> Value setter(Python& py, Value self, Value value) { return Fn(py, at(self), Optional<>(value)).raised() ? Value{} : kNone; }

Raised no_attribute(Thread& t, Type& type, std::string_view name) {
    return raise(t, exc::AttributeError, "type object '{}' has no attribute '{}'", name_of_type(type), name);
}

Maybe<> own(Thread& t, Type& type, Borrowed<Str> name) { return dict_get(t, **type.dict, name); }

// ---- names

Ref<Str> get_name(Thread&, Type& type) { return name_of_type(type); }
Result<Ref<Str>> checked_name(Thread& t, Type& type, char const* what, Optional<> value) {
    CHECK(check_mutable(t, type, what, !value));
    if (!is<Str>(value.value()))
        return raise(t, exc::TypeError, "can only assign string to {}.{}, not '{}'", name_of_type(type), what, TypeName{value.value()});
    return as<Str>(value.value()).share();
}
Result<void> set_name(Thread& t, Type& type, Optional<> value) {
    Ref<Str> name = TRY(checked_name(t, type, "__name__", value));
    CHECK(utf8_of(t, name));
    for (std::size_t i = 0; i < name->length(); ++i)
        if (name->at(i) == 0) return raise(t, exc::ValueError, "type name must not contain null characters");
    type.name.store(&type, Maybe<Str>(intern(t, std::move(name))));
    return {};
}
Ref<Str> get_qualname(Thread&, Type& type) {
    Maybe<Str> name = type.qualname.load(&type);
    return name ? std::move(name).take() : name_of_type(type);
}
Result<void> set_qualname(Thread& t, Type& type, Optional<> value) {
    type.qualname.store(&type, Maybe<Str>(TRY(checked_name(t, type, "__qualname__", value))));
    return {};
}
Result<Ref<>> get_module(Thread& t, Type& type) {
    // type.__module__ itself is the descriptor of this row.
    Maybe<> stored = &type == &type_type ? Maybe<>() : own(t, type, name::dunder_module());
    if (stored) return std::move(stored).take();
    if (!type.def) return raise(t, exc::AttributeError, "__module__");
    std::string_view name = type.def->name;
    auto dot = name.rfind('.');
    return make_str(t, dot == name.npos ? "builtins" : name.substr(0, dot));
}
Result<void> set_module(Python& py, Type& type, Optional<> value) {
    CHECK(check_mutable(py, type, "__module__", !value));
    if (own(py, type, name::dunder_firstlineno())) CHECK(type_set_attribute(py, type, name::dunder_firstlineno(), {}));
    return type_set_attribute(py, type, name::dunder_module(), value);
}

// ---- bases and layout

Result<Ref<>> get_bases(Thread&, Type& type) {
    Maybe<Tuple> bases = type.bases.load(&type);
    return bases ? std::move(bases).take() : empty_tuple();
}
Result<void> set_bases(Python& py, Type& type, Optional<> value) {
    CHECK(check_mutable(py, type, "__bases__", !value));
    return assign_bases(py, type, *value);
}
Maybe<Tuple> get_mro(Thread&, Type& type) { return type.mro.load(&type); }
Maybe<> get_base(Thread&, Type& type) {
    if (!type.base) return {};
    return Borrowed<Type>(*type.base).share();
}
std::int64_t get_basicsize(Thread&, Type& type) { return type.fixed_size; }
std::int64_t get_itemsize(Thread&, Type& type) { return type.item_size; }
std::int64_t get_dictoffset(Thread&, Type& type) { return type.extra_offset ? -1 : 0; }
std::int64_t get_weakrefoffset(Thread&, Type& type) { return type.has(type_flag::has_weakrefs) ? -32 : 0; }

// The bits of Py_TPFLAGS that Python code looks at.
std::int64_t get_flags(Thread&, Type& type) {
    static constexpr struct { std::uint32_t ours; int bit; } pairs[] = {
        {type_flag::has_weakrefs, 3}, {type_flag::has_dict, 4},    {type_flag::sequence, 5},    {type_flag::mapping, 6},
        {type_flag::heap, 9},         {type_flag::subclassable, 10}, {type_flag::method_like, 17}, {type_flag::abstract, 20},
        {type_flag::match_self, 22},  {type_flag::int_, 24},       {type_flag::list, 25},       {type_flag::tuple, 26},
        {type_flag::bytes, 27},       {type_flag::str, 28},        {type_flag::dict, 29},       {type_flag::exception, 30},
        {type_flag::type, 31},
    };
    std::int64_t flags = std::int64_t(1) << 12;  // ready
    if (type.inline_count) flags |= 1 << 2;
    for (auto [ours, bit] : pairs)
        if (type.has(ours)) flags |= std::int64_t(1) << bit;
    // CPython makes the classes of typing at run time; protocols 0 and 1 of pickle go by that.
    if (!is_heap(type) && std::string_view(type.def->name).starts_with("typing.")) flags |= 1 << 9;
    if (!is_heap(type) || type.has(type_flag::immutable)) flags |= 1 << 8;
    if (!type.new_.load()) flags |= 1 << 7;
    if (type.hooks.trace || is_heap(type)) flags |= 1 << 14;
    return flags;
}

Result<Ref<>> get_dict(Thread& t, Type& type) { return make_mapping_proxy(t, *type.dict); }

// ---- documentation

Result<Ref<>> get_doc(Python& py, Type& type) {
    if (!is_heap(type) && type.def) {
        if (!type.def->doc) return none.share();
        return make_str(py, type.def->doc);
    }
    Maybe<> doc = own(py, type, name::dunder_doc());
    if (!doc) return none.share();
    SlotFn get = type_of(doc.value()).slot(Dunder::get);
    if (!get) return std::move(doc).take();
    return Result<Ref<>>::of_word(get(py, doc.value(), Value{}, Value::of(&type)));
}
Result<void> set_doc(Python& py, Type& type, Optional<> value) {
    CHECK(check_mutable(py, type, "__doc__", !value));
    return type_set_attribute(py, type, name::dunder_doc(), value);
}
Result<Ref<>> get_text_signature(Thread& t, Type& type) {
    if (!type.def || !type.def->signature) return none.share();
    return format_message(t, "({})", {type.def->signature});
}

// ---- abstract methods

Result<Ref<>> get_abstract_methods(Thread& t, Type& type) {
    Maybe<> methods = &type == &type_type ? Maybe<>() : own(t, type, name::dunder_abstractmethods());
    if (!methods) return raise(t, exc::AttributeError, "__abstractmethods__");
    return std::move(methods).take();
}
Result<void> set_abstract_methods(Python& py, Type& type, Optional<> value) {
    bool abstract = value ? TRY(truth(py, *value)) : false;
    CHECK(check_mutable(py, type, "__abstractmethods__", false));
    if (!value && !own(py, type, name::dunder_abstractmethods())) return raise(py, exc::AttributeError, "__abstractmethods__");
    CHECK(type_set_attribute(py, type, name::dunder_abstractmethods(), value));
    if (abstract) type.flags.fetch_or(type_flag::abstract);
    else type.flags.fetch_and(~type_flag::abstract);
    return {};
}

// ---- annotations: evaluated by the class's annotate function when first asked for

Result<Ref<>> bind_own(Python& py, Type& type, Ref<> found) {
    SlotFn get = type_of(found.value()).slot(Dunder::get);
    if (!get) return found;
    return Result<Ref<>>::of_word(get(py, found.value(), Value{}, Value::of(&type)));
}

Result<Ref<>> get_annotate(Python& py, Type& type) {
    if (!is_heap(type)) return no_attribute(py, type, "__annotate__");
    Maybe<> found = own(py, type, name::dunder_annotate_func());
    if (!found) found = own(py, type, name::dunder_annotate());
    if (found) return bind_own(py, type, std::move(found).take());
    CHECK(type_set_attribute(py, type, name::dunder_annotate_func(), Optional<>(none)));
    return none.share();
}
Result<void> set_annotate(Python& py, Type& type, Optional<> value) {
    if (!value) return raise(py, exc::TypeError, "cannot delete __annotate__ attribute");
    CHECK(check_mutable(py, type, "__annotate__", false));
    if (value.value() != kNone && !is_callable(*value)) return raise(py, exc::TypeError, "__annotate__ must be callable or None");
    CHECK(type_set_attribute(py, type, name::dunder_annotate_func(), value));
    if (value.value() != kNone) (void)dict_pop(py, **type.dict, name::dunder_annotations_cache());
    return {};
}

Result<Ref<>> get_annotations(Python& py, Type& type) {
    if (!is_heap(type)) return no_attribute(py, type, "__annotations__");
    Maybe<> found = own(py, type, name::dunder_annotations());
    if (!found) found = own(py, type, name::dunder_annotations_cache());
    if (found) return bind_own(py, type, std::move(found).take());
    Ref<> annotate = TRY(get_annotate(py, type));
    Ref<> made = none.share();
    if (is_callable(annotate)) {
        made = TRY(call_with(py, annotate, Borrowed<>(Value::of_int(1))));
        if (!is<Dict>(made.value()))
            return raise(py, exc::TypeError, "__annotate__() must return a dict, not {}", TypeName{made.value()});
    } else {
        made = TRY(make_dict(py));
    }
    // Another thread may have been faster.
    return dict_set_default(py, *type.dict, name::dunder_annotations_cache(), made);
}
Result<void> set_annotations(Python& py, Type& type, Optional<> value) {
    CHECK(check_mutable(py, type, "__annotations__", false));
    bool plain = bool(own(py, type, name::dunder_annotations()));
    Borrowed<Str> key = plain ? name::dunder_annotations() : name::dunder_annotations_cache();
    if (!value && !own(py, type, key)) return raise(py, exc::AttributeError, "__annotations__");
    CHECK(type_set_attribute(py, type, key, value));
    (void)dict_pop(py, **type.dict, name::dunder_annotate_func());
    (void)dict_pop(py, **type.dict, name::dunder_annotate());
    return {};
}

Result<Ref<>> get_type_params(Thread& t, Type& type) {
    Maybe<> params = &type == &type_type ? Maybe<>() : own(t, type, name::dunder_type_params());
    return params ? std::move(params).take() : Ref<>(empty_tuple());
}
Result<void> set_type_params(Python& py, Type& type, Optional<> value) {
    CHECK(check_mutable(py, type, "__type_params__", !value));
    return type_set_attribute(py, type, name::dunder_type_params(), value);
}

}  // namespace

constinit const GetSetDef type_getsets[kTypeGetsetCount] = {
    {"__basicsize__", getter<get_basicsize>, nullptr},
    {"__itemsize__", getter<get_itemsize>, nullptr},
    {"__flags__", getter<get_flags>, nullptr},
    {"__weakrefoffset__", getter<get_weakrefoffset>, nullptr},
    {"__base__", getter<get_base>, nullptr},
    {"__dictoffset__", getter<get_dictoffset>, nullptr},
    {"__name__", getter<get_name>, setter<set_name>},
    {"__qualname__", getter<get_qualname>, setter<set_qualname>},
    {"__bases__", getter<get_bases>, setter<set_bases>},
    {"__mro__", getter<get_mro>, nullptr},
    {"__module__", getter<get_module>, setter<set_module>},
    {"__abstractmethods__", getter<get_abstract_methods>, setter<set_abstract_methods>},
    {"__dict__", getter<get_dict>, nullptr},
    {"__doc__", getter<get_doc>, setter<set_doc>},
    {"__text_signature__", getter<get_text_signature>, nullptr},
    {"__annotations__", getter<get_annotations>, setter<set_annotations>},
    {"__annotate__", getter<get_annotate>, setter<set_annotate>},
    {"__type_params__", getter<get_type_params>, setter<set_type_params>},
};

Result<void> check_mutable(Thread& t, Type& type, std::string_view name, bool remove) {
    if (is_heap(type) && !type.has(type_flag::immutable)) {
        if (!remove) return {};
        return raise(t, exc::TypeError, "cannot delete '{}' attribute of immutable type '{}'", name, name_of_type(type));
    }
    if (type.def) return raise(t, exc::TypeError, "cannot set '{}' attribute of immutable type '{}'", name, type.def->name);
    return raise(t, exc::TypeError, "cannot set '{}' attribute of immutable type '{}'", name, name_of_type(type));
}

}  // namespace oro
