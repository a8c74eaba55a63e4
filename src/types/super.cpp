// super: see object/super.h. A super object is as good as immutable: only a second __init__ changes it.
#include "object/super.h"

#include "object/define.h"
#include "object/dict.h"
#include "object/slot_wrapper.h"

namespace oro {

namespace {

Super& at(Value v) { return *static_cast<Super*>(v.pointer()); }

// The class whose MRO a lookup for `object` walks: its own, or itself.
Result<Ref<Type>> class_of_object(Python& py, Type& start, Borrowed<> object) {
    if (is<Type>(object) && is_subtype(*as<Type>(object).get(), start)) return as<Type>(object).share();
    Type& own = type_of(object);
    if (is_subtype(own, start)) return Borrowed<Type>(own).share();
    // A proxy that claims to be of another class.
    Maybe<> claimed = TRY(find_attribute(py, object, name::dunder_class()));
    if (claimed && is<Type>(claimed.value()) && claimed.value() != Value::of(&own) && is_subtype(*as<Type>(*claimed).get(), start))
        return as<Type>(std::move(claimed).take());
    bool is_class = is<Type>(object);
    Ref<Str> shown = name_of_type(is_class ? *as<Type>(object).get() : own);
    return raise(py, exc::TypeError, "super(type, obj): obj ({} {}) is not an instance or subtype of type ({}).",
                 is_class ? "type" : "instance of", shown, name_of_type(start));
}

// The attribute behind `start` in the MRO of `type`, bound; null if there is none.
Result<Maybe<>> find_behind(Python& py, Type& start, Type& type, Borrowed<> object, Borrowed<Str> name) {
    Maybe<Tuple> mro = type.mro.load(&type);
    if (!mro) return Maybe<>();
    std::size_t i = 0;
    while (i < mro->size && mro->slots[i] != Value::of(&start)) ++i;
    for (++i; i < mro->size; ++i) {
        auto& base = *static_cast<Type*>(mro->slots[i].pointer());
        Maybe<> found = dict_get(py, **base.dict, name);
        if (!found) continue;
        SlotFn get = type_of(found.value()).slot(Dunder::get);
        if (!get) return found;
        Value self = object.value() == Value::of(&type) ? Value{} : object.value();
        Value v = get(py, found.value(), self, Value::of(&type));
        if (v.is_null()) return Raised{};
        return Maybe<>::adopt(v);
    }
    return Maybe<>();
}

Result<Ref<Super>> make_super(Thread& t, Type& start, Borrowed<> object, Ref<Type> object_type) {
    Ref<Super> made = TRY(make<Super>(t, super_type));
    made->start.set(Maybe<Type>(Borrowed<Type>(start).share()));
    made->object.set(Maybe<>(object.share()));
    made->object_type.set(Maybe<Type>(std::move(object_type)));
    return made;
}

Value new_super(Python& py, Type& type, Value const*, std::size_t, Tuple*) { return make<Super>(py, type).release(); }

Result<void> set_up(Python& py, Super& self, Value const* args, std::size_t n, Tuple* names) {
    if (names && names->size) return raise(py, exc::TypeError, "super() takes no keyword arguments");
    if (n > 2) return raise(py, exc::TypeError, "super() expected at most 2 arguments, got {}", n);
    Maybe<Type> start;
    Maybe<> object;
    if (n == 0) {
        SuperArguments found = TRY(arguments_of_super(py));
        start = std::move(found.start);
        object = std::move(found.object);
    } else {
        if (!is<Type>(args[0])) return raise(py, exc::TypeError, "super() argument 1 must be a type, not {}", TypeName{args[0]});
        start = as<Type>(args[0]).share();
        if (n == 2 && args[1] != kNone) object = share(args[1]);
    }
    Maybe<Type> object_type;
    if (object) object_type = TRY(class_of_object(py, **start, *object));
    self.start.store(&self, std::move(start));
    self.object.store(&self, std::move(object));
    self.object_type.store(&self, std::move(object_type));
    return {};
}
Value init_super(Python& py, Value self, Value const* args, std::size_t n, Tuple* names) {
    return set_up(py, at(self), args, n, names).raised() ? Value{} : kNone;
}

Result<Ref<>> get_attribute_of(Python& py, Borrowed<Super> self, Borrowed<> name) {
    Maybe<Type> type = self->object_type.load(self.get());
    // super().__class__ is super itself.
    if (type && is<Str>(name) && !equal(*as<Str>(name).get(), "__class__")) {
        Maybe<Type> start = self->start.load(self.get());
        Maybe<> object = self->object.load(self.get());
        Ref<Str> key = intern(py, as<Str>(name).share());
        Maybe<> found = TRY(find_behind(py, **start, **type, *object, key));
        if (found) return std::move(found).take();
    }
    return Result<Ref<>>::of_word(generic_getattribute(py, self.value(), name.value(), Value{}));
}

Result<Ref<>> get_super(Python& py, Borrowed<Super> self, Optional<> object, Optional<>) {
    if (!object || object.value() == kNone || self->object.load(self.get())) return self.share();
    Maybe<Type> start = self->start.load(self.get());
    if (!start) return self.share();
    if (!is_exact<Super>(self)) return call_with(py, Borrowed<Type>(type_of(self.value())), *start, *object);
    Ref<Type> type = TRY(class_of_object(py, **start, *object));
    return make_super(py, **start, *object, std::move(type));
}

Result<Ref<>> repr_super(Thread& t, Borrowed<Super> self) {
    Maybe<Type> start = self->start.load(self.get());
    Maybe<Type> type = self->object_type.load(self.get());
    Ref<Str> shown = start ? name_of_type(**start) : TRY(make_str(t, "NULL"));
    if (type) return format_message(t, "<super: <class '{}'>, <{} object>>", {shown, name_of_type(**type)});
    return format_message(t, "<super: <class '{}'>, NULL>", {shown});
}

constexpr SlotDef slots[] = {slot<Dunder::repr, repr_super>, slot<Dunder::getattribute, get_attribute_of>, slot<Dunder::get, get_super>};
constexpr GetSetDef getsets[] = {
    {"__thisclass__", [](Python& py, Value self) { return binding::finish(py, at(self).start.load(&at(self))); }, nullptr,
     "the class invoking super()"},
    {"__self__", [](Python& py, Value self) { return binding::finish(py, at(self).object.load(&at(self))); }, nullptr,
     "the instance invoking super(); may be None"},
    {"__self_class__", [](Python& py, Value self) { return binding::finish(py, at(self).object_type.load(&at(self))); }, nullptr,
     "the type of the instance invoking super(); may be None"},
};
constexpr TypeDef super_def{
    .name = "super",
    .doc = "super(type, object): the attributes of the object as the classes behind `type` in its MRO define them.\n\n"
           "In a method, super() alone stands for super(__class__, <first argument>).",
    .size = sizeof(Super),
    .flags = type_flag::subclassable,
    .hooks = hooks_of<Super>(),
    .new_ = new_super,
    .init = init_super,
    .slots = slots,
    .getsets = getsets};

}  // namespace

ORO_TYPE(super_type, super_def);
Type& Super::type() { return super_type; }

Result<Ref<>> super_lookup(Python& py, Type& start, Borrowed<> object, Borrowed<Str> name) {
    Ref<Type> type = TRY(class_of_object(py, start, object));
    if (name.get() != name::dunder_class().get()) {
        Maybe<> found = TRY(find_behind(py, start, *type, object, name));
        if (found) return std::move(found).take();
    }
    Ref<Super> made = TRY(make_super(py, start, object, std::move(type)));
    return Result<Ref<>>::of_word(generic_getattribute(py, made.value(), name.value(), Value{}));
}

}  // namespace oro
