// property, classmethod and staticmethod. Their fields may be set anew by a second __init__, from any thread.
#include "object/class.h"
#include "object/define.h"
#include "object/dict.h"
#include "object/generic_alias.h"
#include "object/instance.h"
#include "object/method.h"
#include "types/method_wrappers.h"
#include "types/property.h"

namespace oro {

namespace {

Property& at(Value v) { return *static_cast<Property*>(v.pointer()); }
Maybe<> unless_none(Value v) { return v.is_null() || v == kNone ? Maybe<>() : Maybe<>(share(v)); }

// ---- property

Value new_property(Python& py, Type& type, Value const*, std::size_t, Tuple*) { return make<Property>(py, type).release(); }

Result<void> set_up(Python& py, Property& self, Value const* args, std::size_t n, Tuple* names) {
    static constexpr char const* parameters[] = {"fget", "fset", "fdel", "doc"};
    Value given[4];
    CHECK(parse_arguments(py, "property", parameters, 0, 4, 0, args, n, names, given));
    self.getter.store(&self, unless_none(given[0]));
    self.setter.store(&self, unless_none(given[1]));
    self.deleter.store(&self, unless_none(given[2]));
    self.name.store(&self, {});
    Maybe<> doc = unless_none(given[3]);
    bool of_getter = false;
    if (!doc && given[0] && given[0] != kNone) {
        doc = TRY(find_attribute(py, Borrowed<>(given[0]), name::dunder_doc()));
        if (doc && doc.value() == kNone) doc = {};
        of_getter = bool(doc);
    }
    self.doc_of_getter.store(of_getter, std::memory_order_relaxed);
    if (&type_of(&self) == &Property::type()) {
        self.doc.store(&self, std::move(doc));
        return {};
    }
    // The class of a subclass has a __doc__ of its own, which hides the field: the text goes to the instance.
    Ref<> text = doc ? std::move(doc).take() : none.share();
    auto set = set_attribute(py, Borrowed<Property>(self), name::dunder_doc(), text);
    if (!set.raised()) return {};
    if (of_getter || !raised_is(py, exc::AttributeError)) return Raised{};
    clear_raised(py);
    return {};
}
Value init_property(Python& py, Value self, Value const* args, std::size_t n, Tuple* names) {
    return set_up(py, at(self), args, n, names).raised() ? Value{} : kNone;
}

Result<Maybe<>> name_of_property(Python& py, Property& self) {
    Maybe<> name = self.name.load(&self);
    if (name) return name;
    Maybe<> getter = self.getter.load(&self);
    if (!getter) return Maybe<>();
    return find_attribute(py, *getter, name::dunder_name());
}

Raised no_accessor(Python& py, Property& self, Value object, char const* what) {
    Maybe<> name = TRY(name_of_property(py, self));
    Maybe<Str> qualname = type_of(object).qualname.load(&type_of(object));
    Ref<Str> owner = qualname ? std::move(qualname).take() : name_of_type(type_of(object));
    Ref<Str> shown = TRY(repr(py, owner));
    if (!name) return raise(py, exc::AttributeError, "property of {} object has no {}", shown, what);
    return raise(py, exc::AttributeError, "property {} of {} object has no {}", TRY(repr(py, *name)), shown, what);
}

Result<Ref<>> get_property(Python& py, Borrowed<Property> self, Optional<> object, Optional<>) {
    if (!object || object.value() == kNone) return self.share();
    Maybe<> getter = self->getter.load(self.get());
    if (!getter) return no_accessor(py, *self, object.value(), "getter");
    return call_with(py, *getter, *object);
}
Result<void> set_property(Python& py, Borrowed<Property> self, Borrowed<> object, Borrowed<> value) {
    Maybe<> setter = self->setter.load(self.get());
    if (!setter) return no_accessor(py, *self, object.value(), "setter");
    CHECK(call_with(py, *setter, object, value));
    return {};
}
Result<void> delete_property(Python& py, Borrowed<Property> self, Borrowed<> object) {
    Maybe<> deleter = self->deleter.load(self.get());
    if (!deleter) return no_accessor(py, *self, object.value(), "deleter");
    CHECK(call_with(py, *deleter, object));
    return {};
}

Ref<> or_none(Maybe<> v) { return v ? std::move(v).take() : none.share(); }

// The same property with one function replaced.
Result<Ref<>> copy_with(Python& py, Property& self, Borrowed<> function, int which) {
    Ref<> parts[] = {or_none(self.getter.load(&self)), or_none(self.setter.load(&self)), or_none(self.deleter.load(&self))};
    if (!function.is(kNone)) parts[which] = function.share();
    bool of_getter = self.doc_of_getter.load(std::memory_order_relaxed);
    Ref<> doc = of_getter && parts[0].value() != kNone ? none.share() : or_none(self.doc.load(&self));
    Ref<> made = TRY(call_with(py, Borrowed<Type>(type_of(&self)), parts[0], parts[1], parts[2], doc));
    if (is<Property>(made.value())) {
        Maybe<> name = self.name.load(&self);
        if (name) at(made.value()).name.store(&at(made.value()), std::move(name));
    }
    return made;
}
Result<Ref<>> with_getter(Python& py, Borrowed<Property> self, Borrowed<> f) { return copy_with(py, *self, f, 0); }
Result<Ref<>> with_setter(Python& py, Borrowed<Property> self, Borrowed<> f) { return copy_with(py, *self, f, 1); }
Result<Ref<>> with_deleter(Python& py, Borrowed<Property> self, Borrowed<> f) { return copy_with(py, *self, f, 2); }

Value set_name(Python& py, Native&, Value self, Value const* args, std::size_t n, Tuple*) {
    if (!is<Property>(self)) return {};
    if (n != 2) return (void)raise(py, exc::TypeError, "__set_name__() takes 2 positional arguments but {} were given", n), Value{};
    at(self).name.store(&at(self), Maybe<>(share(args[1])));
    return kNone;
}

Result<Ref<>> get_name(Python& py, Borrowed<Property> self) {
    Maybe<> name = TRY(name_of_property(py, *self));
    if (name) return std::move(name).take();
    return raise(py, exc::AttributeError, "'{}' object has no attribute '__name__'", TypeName{self.value()});
}

Result<bool> is_abstract(Python& py, Maybe<> function) {
    if (!function) return false;
    Maybe<> mark = TRY(find_attribute(py, *function, name::dunder_isabstractmethod()));
    return mark ? truth(py, *mark) : Result<bool>(false);
}
Result<bool> property_is_abstract(Python& py, Borrowed<Property> self) {
    if (TRY(is_abstract(py, self->getter.load(self.get())))) return true;
    if (TRY(is_abstract(py, self->setter.load(self.get())))) return true;
    return is_abstract(py, self->deleter.load(self.get()));
}

template <Member<> Property::*Field> Value field(Python& py, Value self) { return binding::finish(py, (at(self).*Field).load(&at(self))); }
template <Member<> Property::*Field> Value set_field(Python&, Value self, Value value) {
    (at(self).*Field).store(&at(self), value ? Maybe<>(share(value)) : Maybe<>());
    return kNone;
}

constexpr MethodDef property_methods[] = {
    def<with_getter>("getter", "object, /", "Descriptor to obtain a copy of the property with a different getter."),
    def<with_setter>("setter", "object, /", "Descriptor to obtain a copy of the property with a different setter."),
    def<with_deleter>("deleter", "object, /", "Descriptor to obtain a copy of the property with a different deleter."),
    raw_def("__set_name__", "owner, name, /", "Method to set name of a property.", set_name),
};
constexpr SlotDef property_slots[] = {slot<Dunder::get, get_property>, slot<Dunder::set, set_property>, slot<Dunder::delete_, delete_property>};
constexpr GetSetDef property_getsets[] = {
    {"fget", field<&Property::getter>, nullptr},
    {"fset", field<&Property::setter>, nullptr},
    {"fdel", field<&Property::deleter>, nullptr},
    {"__doc__", field<&Property::doc>, set_field<&Property::doc>},
    {"__name__", [](Python& py, Value self) { return get_name(py, Borrowed<Property>(at(self))).release(); }, set_field<&Property::name>},
    {"__isabstractmethod__", [](Python& py, Value self) { return binding::finish(py, property_is_abstract(py, Borrowed<Property>(at(self)))); },
     nullptr},
};
constexpr TypeDef property_def{
    .name = "property",
    .doc = "An attribute that is computed: reading, setting and deleting it call the functions fget, fset and fdel.\n\n"
           "As a decorator it makes a method a read-only attribute; its methods setter and deleter add the rest.",
    .signature = "fget=None, fset=None, fdel=None, doc=None",
    .size = sizeof(Property),
    .flags = type_flag::subclassable | type_flag::lasting | type_flag::deferred_instances,
    .hooks = hooks_of<Property>(),
    .new_ = new_property,
    .init = init_property,
    .methods = property_methods,
    .slots = property_slots,
    .getsets = property_getsets};

// ---- classmethod and staticmethod

MethodWrapper& wrapper(Value v) { return *static_cast<MethodWrapper*>(v.pointer()); }

template <class T> Value new_wrapper(Python& py, Type& type, Value const*, std::size_t, Tuple*) { return make<T>(py, type).release(); }

// A wrapper shows the names and the documentation of what it wraps.
Result<void> wrap(Python& py, MethodWrapper& self, Borrowed<> function) {
    self.function.store(&self, Maybe<>(function.share()));
    for (Name n : {Name::dunder_module, Name::dunder_name, Name::dunder_qualname, Name::dunder_doc}) {
        Maybe<> v = TRY(find_attribute(py, function, name_of(n)));
        if (v) CHECK(set_attribute(py, Borrowed<MethodWrapper>(self), name_of(n), *v));
    }
    return {};
}

Result<void> init_any(Python& py, char const* name, Value self, Value const* args, std::size_t n, Tuple* names) {
    static constexpr char const* parameters[] = {"function"};
    Value function;
    CHECK(parse_arguments(py, name, parameters, 1, 1, 1, args, n, names, &function));
    return wrap(py, wrapper(self), Borrowed<>(function));
}
Value init_class_method(Python& py, Value self, Value const* args, std::size_t n, Tuple* names) {
    return init_any(py, "classmethod", self, args, n, names).raised() ? Value{} : kNone;
}
Value init_static_method(Python& py, Value self, Value const* args, std::size_t n, Tuple* names) {
    return init_any(py, "staticmethod", self, args, n, names).raised() ? Value{} : kNone;
}

Result<Ref<>> wrapped(Thread& t, MethodWrapper& self, char const* what) {
    Maybe<> function = self.function.load(&self);
    if (!function) return raise(t, exc::RuntimeError, "uninitialized {} object", what);
    return std::move(function).take();
}

Result<Ref<>> get_class_method(Thread& t, Borrowed<ClassMethod> self, Optional<> object, Optional<> owner) {
    Ref<> function = TRY(wrapped(t, *self, "classmethod"));
    return make_bound_method(t, function, owner ? *owner : Borrowed<>(Value::of(&type_of(object.value()))));
}
Result<Ref<>> get_static_method(Thread& t, Borrowed<StaticMethod> self, Optional<>, Optional<>) { return wrapped(t, *self, "staticmethod"); }

Value call_static_method(Python& py, Value callable, Value const* args, std::size_t n, Tuple* names) {
    auto function = wrapped(py, wrapper(callable), "staticmethod");
    if (function.raised()) return {};
    Ref<> f = std::move(function).take();
    return call(py, f, std::span<Value const>(args, n + (names ? names->size : 0)), names).release();
}

Result<Ref<>> repr_wrapper(Python& py, Borrowed<> self) {
    Maybe<> function = wrapper(self.value()).function.load(&wrapper(self.value()));
    Ref<Str> shown = TRY(repr(py, function ? *function : none));
    Type* native = &type_of(self);   // also of a subclass, it says what it is
    while (native->has(type_flag::heap)) native = native->base;
    return format_message(py, "<{}({})>", {name_of_type(*native), shown});
}

Value get_function(Python& py, Value self) { return binding::finish(py, wrapper(self).function.load(&wrapper(self))); }
Value get_abstract(Python& py, Value self) { return binding::finish(py, is_abstract(py, wrapper(self).function.load(&wrapper(self)))); }

// __annotations__ and __annotate__ are those of the function when first asked for, and the wrapper's own from then on.
template <Name N> Result<Ref<>> attribute_of_function(Python& py, MethodWrapper& self) {
    Ref<Dict> own = TRY(instance_dict(py, &self));
    Maybe<> kept = dict_get(py, *own, name_of(N));
    if (kept) return std::move(kept).take();
    Maybe<> function = self.function.load(&self);
    Ref<> value = TRY(get_attribute(py, function ? *function : none, name_of(N)));
    return dict_set_default(py, own, name_of(N), value);
}
template <Name N> Value get_of_function(Python& py, Value self) { return attribute_of_function<N>(py, wrapper(self)).release(); }
template <Name N> Value set_own(Python& py, Value self, Value value) {
    auto dict = instance_dict(py, &wrapper(self));
    if (dict.raised()) return {};
    Ref<Dict> own = std::move(dict).take();
    if (value) return dict_set(py, *own, name_of(N), share(value)).raised() ? Value{} : kNone;
    if (dict_pop(py, *own, name_of(N))) return kNone;
    (void)raise(py, exc::AttributeError, "'{}' object has no attribute '{}'", TypeName{self}, name_of(N));
    return {};
}

constexpr MethodDef wrapper_methods[] = {class_def<class_getitem>("__class_getitem__", "object, /", kClassGetitemDoc)};
constexpr GetSetDef wrapper_getsets[] = {
    {"__func__", get_function, nullptr},
    {"__wrapped__", get_function, nullptr},
    {"__isabstractmethod__", get_abstract, nullptr},
    {"__dict__", get_instance_dict, set_instance_dict},
    {"__annotations__", get_of_function<Name::dunder_annotations>, set_own<Name::dunder_annotations>},
    {"__annotate__", get_of_function<Name::dunder_annotate>, set_own<Name::dunder_annotate>},
};

constexpr SlotDef class_method_slots[] = {slot<Dunder::repr, repr_wrapper>, slot<Dunder::get, get_class_method>};
constexpr TypeDef class_method_def{
    .name = "classmethod",
    .doc = "A method that gets the class as its first argument, called on the class or on an instance. Mostly used as a decorator.",
    .signature = "function, /",
    .size = sizeof(ClassMethod),
    .flags = type_flag::subclassable | type_flag::has_dict | type_flag::lasting | type_flag::deferred_instances,
    .hooks = hooks_of<ClassMethod>(),
    .new_ = new_wrapper<ClassMethod>,
    .init = init_class_method,
    .methods = wrapper_methods,
    .slots = class_method_slots,
    .getsets = wrapper_getsets};

constexpr SlotDef static_method_slots[] = {slot<Dunder::repr, repr_wrapper>, slot<Dunder::get, get_static_method>};
constexpr TypeDef static_method_def{
    .name = "staticmethod",
    .doc = "A method that gets neither instance nor class as its first argument. Mostly used as a decorator.",
    .signature = "function, /",
    .size = sizeof(StaticMethod),
    .flags = type_flag::subclassable | type_flag::has_dict | type_flag::lasting | type_flag::deferred_instances,
    .hooks = hooks_of<StaticMethod>(),
    .new_ = new_wrapper<StaticMethod>,
    .init = init_static_method,
    .call = call_static_method,
    .methods = wrapper_methods,
    .slots = static_method_slots,
    .getsets = wrapper_getsets};

}  // namespace

extern Type classmethod_type, staticmethod_type;
ORO_TYPE(property_type, property_def);
ORO_TYPE(classmethod_type, class_method_def);
ORO_TYPE(staticmethod_type, static_method_def);

Type& Property::type() { return property_type; }
Type& ClassMethod::type() { return classmethod_type; }
Type& StaticMethod::type() { return staticmethod_type; }

Result<Ref<>> make_staticmethod(Thread& t, Borrowed<> f) {
    Ref<StaticMethod> made = TRY(make<StaticMethod>(t, staticmethod_type));
    made->function.set(Maybe<>(f.share()));
    return made;
}
Result<Ref<>> make_classmethod(Thread& t, Borrowed<> f) {
    Ref<ClassMethod> made = TRY(make<ClassMethod>(t, classmethod_type));
    made->function.set(Maybe<>(f.share()));
    return made;
}

}  // namespace oro
