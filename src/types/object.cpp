// object: what every value can do unless its type says otherwise.
#include "types/object.h"

#include "object/class.h"
#include "object/define.h"
#include "object/dict.h"
#include "object/identity.h"
#include "object/instance.h"
#include "object/layout.h"
#include "object/list.h"
#include "object/slot_wrapper.h"
#include "object/weak.h"

namespace oro {

namespace {

Raised abstract_class(Python& py, Type& type) {
    Maybe<> methods = dict_get(py, **type.dict, name::dunder_abstractmethods());
    if (!methods) return raise(py, exc::AttributeError, "__abstractmethods__");
    Ref<List> sorted = TRY(list_from(py, *methods));
    CHECK(list_sort(py, sorted, {}, false));
    StrBuilder names(py);
    Ref<Tuple> items = TRY(list_to_tuple(py, sorted));
    for (std::size_t i = 0; i < items->size; ++i) {
        if (!is<Str>(items->slots[i]))
            return raise(py, exc::TypeError, "sequence item {}: expected str instance, {} found", i, TypeName{items->slots[i]});
        names.add(i ? "', '" : "'");
        names.add(*as<Str>(items->slots[i]));
    }
    names.add("'");
    Ref<Str> text = TRY(names.finish());
    return raise(py, exc::TypeError, "Can't instantiate abstract class {} without an implementation for abstract method{} {}",
                 name_of_type(type), items->size > 1 ? "s" : "", text);
}

// An object of a class without anything native.
Result<Ref<>> make_plain(Thread& t, Type& type) {
    Header* memory = allocate_object(t, type, type.size);
    if (!memory) return Raised{};
    if (type.size > sizeof(Object)) std::memset(reinterpret_cast<char*>(memory) + sizeof(Object), 0, type.size - sizeof(Object));
    publish(memory, type.root_shape);
    return Ref<>::adopt(Value::of(memory));
}

Result<Ref<>> new_object(Python& py, Type& type, bool excess) {
    if (excess) {
        if (type.new_.load() != object_new)
            return raise(py, exc::TypeError, "object.__new__() takes exactly one argument (the type to instantiate)");
        if (type.init.load() == object_init) return raise(py, exc::TypeError, "{}() takes no arguments", name_of_type(type));
    }
    if (type.has(type_flag::abstract)) return abstract_class(py, type);
    Type* native = &type;
    while (native->has(type_flag::heap)) native = native->base;
    // A struct of its own is made by its own constructor only.
    if (native->def->size > sizeof(Object)) return raise(py, exc::TypeError, "cannot create '{}' instances", native->def->name);
    return make_plain(py, type);
}

Result<Ref<>> repr_object(Python& py, Borrowed<> self) {
    Type& type = type_of(self);
    std::string where = address_text(self.value());
    Maybe<> module = TRY(find_attribute(py, Borrowed<Type>(type), name::dunder_module()));
    Maybe<Str> qualname = type.qualname.load(&type);
    Ref<Str> name = qualname ? std::move(qualname).take() : name_of_type(type);
    if (module && is<Str>(module.value()) && !equal(*as<Str>(module.value()), "builtins"))
        return format_message(py, "<{}.{} object at {}>", {as<Str>(*module), name, std::string_view(where)});
    return format_message(py, "<{} object at {}>", {name, std::string_view(where)});
}

Result<Ref<>> str_object(Python& py, Borrowed<> self) { return repr(py, self); }
std::int64_t hash_object(Thread&, Borrowed<> self) { return identity_hash(self.value()); }

Result<Ref<>> compare_object(Python& py, Borrowed<> self, Borrowed<> other, Compare op) {
    if (op == Compare::eq) return Ref<>::adopt(self.value() == other.value() ? kTrue : kNotImplemented);
    if (op != Compare::ne) return Ref<>::adopt(kNotImplemented);
    SlotFn eq = type_of(self).slot(Dunder::eq);
    if (!eq) return Ref<>::adopt(kNotImplemented);
    Value same = eq(py, self.value(), other.value(), Value{});
    if (same.is_null() || same == kNotImplemented) return Result<Ref<>>::of_word(same);
    Ref<> answer = Ref<>::adopt(same);
    return Ref<>::adopt(Value::of_bool(!TRY(truth(py, answer))));
}

Result<Ref<>> format_object(Python& py, Borrowed<> self, Borrowed<Str> spec) {
    if (spec->length() != 0)
        return raise(py, exc::TypeError, "unsupported format string passed to {}.__format__", TypeName{self.value()});
    return str(py, self);
}

Result<Ref<>> reduce(Python& py, Borrowed<> self) { return reduce_object(py, self, 0); }

Result<Ref<>> reduce_ex(Python& py, Borrowed<> self, int protocol) {
    Maybe<> method = TRY(find_attribute(py, self, name::dunder_reduce()));
    if (method) {
        // A class's own __reduce__ comes first.
        Maybe<> found = type_lookup(py, type_of(self), name::dunder_reduce());
        Maybe<> original = dict_get(py, **object_type.dict, name::dunder_reduce());
        if (found.value() != original.value()) return call_with(py, *method);
    }
    return reduce_object(py, self, protocol);
}

Result<Ref<>> getstate(Python& py, Borrowed<> self) { return default_state(py, self, false); }

std::int64_t size_of(Thread&, Borrowed<> self) {
    Type& type = type_of(self);
    if (!self.value().is_pointer()) return std::int64_t(sizeof(Object));
    auto* o = static_cast<Object*>(self.value().pointer());
    return std::int64_t(type.hooks.extent ? type.hooks.extent(o) : type.size);
}

Ref<> subclass_hook(Thread&, Borrowed<>, Args) { return Ref<>::adopt(kNotImplemented); }
void init_subclass(Thread&, Borrowed<>) {}

Value get_class(Python&, Value self) { return Borrowed<Type>(type_of(self)).share().release(); }
Value set_class(Python& py, Value self, Value value) {
    if (value.is_null()) return (void)raise(py, exc::TypeError, "can't delete __class__ attribute"), Value{};
    return assign_class(py, Borrowed<>(self), Borrowed<>(value)).raised() ? Value{} : kNone;
}

constexpr MethodDef methods[] = {
    def<reduce_ex>("__reduce_ex__", "protocol, /", "Helper for pickle."),
    def<reduce>("__reduce__", "", "Helper for pickle."),
    def<getstate>("__getstate__", "", "Helper for pickle."),
    class_def<subclass_hook>("__subclasshook__", "*args",
                             "An abstract class may decide here what its subclasses are: True, False, or NotImplemented for the usual way."),
    class_def<init_subclass>("__init_subclass__", "",
                             "Called for each new subclass; does nothing."),
    def<format_object>("__format__", "format_spec, /", "str(self); no format specification is known."),
    def<size_of>("__sizeof__", "", "Size of object in memory, in bytes."),
    def<dir_of_object>("__dir__", "", "Default dir() implementation."),
};
constexpr SlotDef slots[] = {
    slot<Dunder::repr, repr_object>,
    slot<Dunder::hash, hash_object>,
    slot<Dunder::str, str_object>,
    {Dunder::getattribute, generic_getattribute},
    {Dunder::setattr, generic_setattr},
    {Dunder::delattr, generic_delattr},
    ORO_COMPARE_SLOTS(compare_object),
};
constexpr GetSetDef getsets[] = {{"__class__", get_class, set_class, "the object's class"}};
constexpr TypeDef object_def{
    .name = "object",
    .doc = "The base of all classes. An object of this very class has no attributes and can be given none.",
    .signature = "",
    .size = sizeof(Object),
    .flags = type_flag::subclassable,
    .new_ = object_new,
    .init = object_init,
    .methods = methods,
    .slots = slots,
    .getsets = getsets};

}  // namespace

ORO_TYPE(object_type, object_def);

Value object_new(Python& py, Type& type, Value const*, std::size_t n, Tuple* names) {
    return new_object(py, type, n + (names ? names->size : 0) > 0).release();
}

Value object_init(Python& py, Value self, Value const*, std::size_t n, Tuple* names) {
    if (n + (names ? names->size : 0) == 0) return kNone;
    Type& type = type_of(self);
    if (type.init.load() != object_init)
        return (void)raise(py, exc::TypeError, "object.__init__() takes exactly one argument (the instance to initialize)"), Value{};
    if (type.new_.load() == object_new) {
        Ref<Str> name = name_of_type(type);
        (void)raise(py, exc::TypeError, "{}.__init__() takes exactly one argument (the instance to initialize)", name);
        return {};
    }
    return kNone;
}

// ---- __dict__ and __weakref__ of instances

Value get_instance_dict(Python& py, Value self) {
    if (type_of(self).extra_offset == 0) {
        (void)raise(py, exc::AttributeError, "'{}' object has no attribute '__dict__'", TypeName{self});
        return {};
    }
    return instance_dict(py, static_cast<Object*>(self.pointer())).release();
}

Value set_instance_dict(Python& py, Value self, Value value) {
    if (type_of(self).extra_offset == 0) {
        (void)raise(py, exc::AttributeError, "'{}' object has no attribute '__dict__'", TypeName{self});
        return {};
    }
    if (value && !is<Dict>(value)) {
        (void)raise(py, exc::TypeError, "__dict__ must be set to a dictionary, not a '{}'", TypeName{value});
        return {};
    }
    // An object of a native class keeps its attributes; a class made by a statement lets go of them.
    if (!value) {
        Type* giver = &type_of(self);
        while (giver->base && giver->base->extra_offset != 0) giver = giver->base;
        if (giver->def) {
            (void)raise(py, exc::TypeError, "cannot delete __dict__");
            return {};
        }
    }
    auto dict = value ? Result<Ref<Dict>>(as<Dict>(value).share()) : make_dict(py);
    if (dict.raised()) return {};
    return instance_set_dict(py, static_cast<Object*>(self.pointer()), std::move(dict).take()).raised() ? Value{} : kNone;
}

namespace {
Value get_weakref(Python& py, Value self) {
    std::vector<Ref<>> references;
    if (weakref_list(py, self.pointer(), references).raised()) return {};
    return references.empty() ? kNone : references.front().share().release();
}
}  // namespace

const GetSetDef dict_getset{"__dict__", get_instance_dict, set_instance_dict, "dictionary for instance variables"};
const GetSetDef weakref_getset{"__weakref__", get_weakref, nullptr, "list of weak references to the object"};

}  // namespace oro
