// type: the type of classes. Making them is make_class (object/class.cpp).
#include "object/define.h"
#include "object/dict.h"
#include "object/instance_check.h"
#include "object/list.h"
#include "object/slot_wrapper.h"

#include "types/object.h"
#include "types/type_attributes.h"
#include "types/union.h"

namespace oro {

namespace {

Type& at(Value v) { return *static_cast<Type*>(v.pointer()); }


Result<Ref<>> repr_type(Python& py, Borrowed<Type> self) {
    Ref<> module = none.share();
    Maybe<> found = TRY(find_attribute(py, self, name::dunder_module()));
    if (found) module = std::move(found).take();
    Maybe<Str> qualname = self->qualname.load(self.get());
    Ref<Str> name = qualname ? std::move(qualname).take() : name_of_type(*self);
    if (is<Str>(module.value()) && !equal(*as<Str>(module.value()), "builtins"))
        return format_message(py, "<class '{}.{}'>", {as<Str>(module.value()), name});
    return format_message(py, "<class '{}'>", {name});
}

// ---- attributes

Result<Ref<Str>> attribute_name(Thread& t, Value name) {
    if (!is<Str>(name)) return raise(t, exc::TypeError, "attribute name must be string, not '{}'", TypeName{name});
    return intern(t, as<Str>(name).share());
}

Result<void> change_attribute(Python& py, Type& type, Value name, Optional<> value) {
    Ref<Str> key = TRY(attribute_name(py, name));
    if (!type.has(type_flag::heap) || type.has(type_flag::immutable)) CHECK(check_mutable(py, type, wtf8_of(*key), false));
    Maybe<> found = type_lookup(py, type_of(&type), key);
    if (found) {
        Type& kind = type_of(found.value());
        SlotFn fn = kind.slot(value ? Dunder::set : Dunder::delete_);
        if (fn) {
            Value r = fn(py, found.value(), Value::of(&type), value.value());
            if (r.is_null()) return Raised{};
            (void)Maybe<>::adopt(r);
            return {};
        }
    }
    return type_set_attribute(py, type, key, value);
}
Value set_attribute_of(Python& py, Value self, Value name, Value value) {
    return change_attribute(py, at(self), name, Optional<>(value)).raised() ? Value{} : kNone;
}
Value delete_attribute_of(Python& py, Value self, Value name, Value) {
    return change_attribute(py, at(self), name, {}).raised() ? Value{} : kNone;
}

// ---- making classes

Value type_new(Python& py, Type& metatype, Value const* args, std::size_t n, Tuple* names);

Result<Ref<>> new_class(Python& py, Type& given, Value const* args, std::size_t n, Tuple* names) {
    if (n != 3) return raise(py, exc::TypeError, "type.__new__() takes exactly 3 arguments ({} given)", n);
    static constexpr char const* wanted[] = {"str", "tuple", "dict"};
    bool fits[] = {is<Str>(args[0]), is<Tuple>(args[1]), is<Dict>(args[2])};
    for (int i = 0; i < 3; ++i)
        if (!fits[i]) return raise(py, exc::TypeError, "type.__new__() argument {} must be {}, not {}", i + 1, wanted[i], TypeName{args[i]});
    Borrowed<Str> name = as<Str>(args[0]);
    Borrowed<Tuple> bases = as<Tuple>(args[1]);
    Borrowed<Type> winner = TRY(calculate_metaclass(py, given, bases));
    if (winner.get() != &given) {
        NewFn fn = winner->new_.load();
        if (fn != type_new) return Result<Ref<>>::of_word(fn(py, *winner, args, n, names));
    }
    for (Value base : bases->items()) {
        if (is<Type>(base)) continue;
        if (TRY(find_special(py, Borrowed<>(base), name::dunder_mro_entries())))
            return raise(py, exc::TypeError, "type() doesn't support MRO entry resolution; use types.new_class()");
    }
    CHECK(utf8_of(py, name));
    for (std::size_t i = 0; i < name->length(); ++i)
        if (name->at(i) == 0) return raise(py, exc::ValueError, "type name must not contain null characters");
    return make_class(py, *winner, name, bases, as<Dict>(args[2]), args + n, names);
}

Value type_new(Python& py, Type& metatype, Value const* args, std::size_t n, Tuple* names) {
    return new_class(py, metatype, args, n, names).release();
}

Value type_init(Python& py, Value, Value const*, std::size_t n, Tuple* names) {
    if (n == 1 && names && names->size) return (void)raise(py, exc::TypeError, "type.__init__() takes no keyword arguments"), Value{};
    if (n != 1 && n != 3) return (void)raise(py, exc::TypeError, "type.__init__() takes 1 or 3 arguments"), Value{};
    return kNone;
}

// ---- methods

Result<Ref<List>> mro(Python& py, Borrowed<Type> self) {
    Maybe<Tuple> bases = self->bases.load(self.get());
    Ref<Tuple> order = TRY(compute_mro(py, *self, bases ? *bases : Borrowed<Tuple>(empty_tuple())));
    return make_list_of(py, order->items());
}

Result<Ref<List>> subclasses(Thread& t, Borrowed<Type> self) {
    std::vector<Ref<>> found;
    {
        TypeLock lock(t);
        for (Type* sub : self->subclasses) {
            bool dying = false;
            auto counted = Maybe<>::adopt(Slot(Value::of(sub)).try_share(&dying));
            if (counted) found.push_back(std::move(counted).take());
        }
    }
    std::vector<Value> words;
    for (Ref<>& r : found) words.push_back(r.value());
    return make_list_of(t, words);
}

Result<Ref<Dict>> prepare(Thread& t, Borrowed<>, Args, Kwargs) { return make_dict(t); }
Result<bool> instance_check(Python& py, Borrowed<> self, Borrowed<> instance) { return plain_is_instance(py, instance, self); }
Result<bool> subclass_check(Python& py, Borrowed<> self, Borrowed<> derived) { return plain_is_subclass(py, derived, self); }
std::int64_t size_of_type(Thread&, Borrowed<Type> self) {
    return std::int64_t(sizeof(Type) + (self->subclasses.capacity() + self->slot_offsets.capacity()) * sizeof(Type*));
}
Result<Ref<>> union_types(Python& py, Borrowed<> a, Borrowed<> b) { return type_or(py, a, b); }

constexpr MethodDef methods[] = {
    def<mro>("mro", "", "Return a type's method resolution order."),
    def<subclasses>("__subclasses__", "", "Return a list of immediate subclasses."),
    class_def<prepare>("__prepare__", "*args, **kwargs", "Create the namespace for the class statement"),
    def<instance_check>("__instancecheck__", "instance, /", "Check if an object is an instance."),
    def<subclass_check>("__subclasscheck__", "subclass, /", "Check if a class is a subclass."),
    def<dir_of_type>("__dir__", "", "Specialized __dir__ implementation for types."),
    def<size_of_type>("__sizeof__", "", "Return memory consumption of the type object."),
};
constexpr SlotDef slots[] = {
    slot<Dunder::repr, repr_type>,
    {Dunder::getattribute, type_getattribute},
    {Dunder::setattr, set_attribute_of},
    {Dunder::delattr, delete_attribute_of},
    number_slot<Dunder::or_, union_types>,
};

}  // namespace

constexpr TypeDef type_definition{
    .name = "type",
    .doc = "type(object) -> the object's type\ntype(name, bases, dict, **kwds) -> a new type",
    .size = sizeof(Type),
    .flags = type_flag::subclassable | type_flag::type | type_flag::has_weakrefs | type_flag::deferred_instances,
    .hooks = hooks_of<Type>(),
    .new_ = type_new,
    .init = type_init,
    .call = type_call,
    .methods = methods,
    .slots = slots,
    .getsets = type_getsets};

ORO_TYPE(type_type, type_definition);

Type& Type::type() { return type_type; }

Type::~Type() { detach_type(*this); }

void Type::trace(Visitor& v) {
    v(dict);
    v(name);
    v(qualname);
    v(bases);
    v(mro);
    v(module_object);
}

void detach_type(Type& type) {
    Value bases = type.bases.slot().peek();
    if (bases.is_null() || type.is_immortal()) return;
    TypeLock lock(current_thread());
    // A tuple that was cleared in the same collection holds nothing any more; the type was detached before that.
    for (Value v : static_cast<Tuple*>(bases.pointer())->items())
        if (v) std::erase(at(v).subclasses, &type);
}

void Type::clear() {
    detach_type(*this);
    dict.reset();
    bases.reset();
    mro.reset();
    module_object.reset();
}

Value type_call(Python& py, Value callable, Value const* args, std::size_t n, Tuple* names) {
    Type& type = at(callable);
    std::size_t keywords = names ? names->size : 0;
    if (&type == &type_type) {
        if (n == 1 && keywords == 0) return Borrowed<Type>(type_of(args[0])).share().release();
        if (n == 1) return (void)raise(py, exc::TypeError, "type() takes no keyword arguments"), Value{};
        if (n != 3) return (void)raise(py, exc::TypeError, "type() takes 1 or 3 arguments"), Value{};
    }
    NewFn make = type.new_.load(std::memory_order_relaxed);
    if (!make) [[unlikely]] {
        if (type.def) (void)raise(py, exc::TypeError, "cannot create '{}' instances", type.def->name);
        else (void)raise(py, exc::TypeError, "cannot create '{}' instances", name_of_type(type));
        return {};
    }
    Value made = make(py, type, args, n, names);
    if (made.is_null() || (!names && type.has(type_flag::new_is_all))) return made;
    // What __new__ gives of another type is not initialised.
    if (!is_instance_of(made, type)) return made;
    InitFn init = type_of(made).init.load(std::memory_order_relaxed);
    if (!init) return made;
    Ref<> object = Ref<>::adopt(made);
    Value done = init(py, made, args, n, names);
    if (done.is_null()) return {};
    (void)Maybe<>::adopt(done);
    return object.release();
}

Result<Borrowed<Type>> calculate_metaclass(Python& py, Borrowed<Type> metatype, Borrowed<Tuple> bases) {
    Type* winner = metatype.get();
    for (Value base : bases->items()) {
        Type& candidate = type_of(base);
        if (is_subtype(*winner, candidate)) continue;
        if (!is_subtype(candidate, *winner)) {
            return raise(py, exc::TypeError, "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of "
                                             "the metaclasses of all its bases");
        }
        winner = &candidate;
    }
    return Borrowed<Type>(*winner);
}

}  // namespace oro
