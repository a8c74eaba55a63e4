// The types of natives and of the descriptors that stand in native types' dictionaries: functions and methods written in
// C++, slot wrappers, computed attributes and __slots__ fields. All of them are immutable after publication.
#include "object/builtins.h"
#include "object/define.h"
#include "object/identity.h"
#include "object/slot_wrapper.h"

namespace oro {

namespace {

template <class T> T& at(Value v) { return *static_cast<T*>(v.pointer()); }
template <class T> T& at(Borrowed<> v) { return at<T>(v.value()); }

template <auto Fn> Value getter(Python& py, Value self) { return binding::finish(py, Fn(py, Borrowed<>(self))); }

Ref<Str> qualname_of_type(Type& type) {
    Maybe<Str> name = type.qualname.load(&type);
    return name ? std::move(name).take() : name_of_type(type);
}

// `home.name`
Result<Ref<Str>> qualified(Thread& t, Type& home, char const* name) {
    return format_message(t, "{}.{}", {qualname_of_type(home), name});
}

// (getattr, (object, name))
Result<Ref<>> reduce_to_attribute(Python& py, Borrowed<> object, Borrowed<Str> name) {
    Ref<> getattr = TRY(builtin(py, Borrowed<Str>(TRY(make_interned(py, "getattr")))));
    Ref<Tuple> args = TRY(make_tuple_of(py, object.share(), name.share()));
    return make_tuple_of(py, std::move(getattr), std::move(args));
}

// What stands in front of a native's own parameters: ($self, object, /)
Result<Ref<>> text_signature(Thread& t, Native const& f) {
    MethodDef const& d = *f.def;
    if (!d.signature) return none.share();
    std::string_view rest = d.signature;
    std::string_view first = !f.home ? "$module" : d.kind == MethodKind::class_ || &d == &new_method_def ? "$type" : "$self";
    if (f.home && d.kind == MethodKind::static_ && &d != &new_method_def) return format_message(t, "({})", {rest});
    bool slash = &d != &new_method_def && !(rest.ends_with("/") || rest.find("/,") != rest.npos);
    return format_message(t, "({}{}{}{})", {first, slash ? ", /" : "", rest.empty() ? "" : ", ", rest});
}

Result<Ref<>> text_or_none(Thread& t, char const* text) {
    if (!text || !*text) return none.share();
    return make_str(t, text);
}

Result<Ref<>> native_name(Thread& t, Borrowed<> self) { return make_str(t, at<Native>(self).def->name); }
Result<Ref<>> native_doc(Thread& t, Borrowed<> self) { return text_or_none(t, at<Native>(self).def->doc); }
Result<Ref<>> native_signature(Thread& t, Borrowed<> self) { return text_signature(t, at<Native>(self)); }
Result<Ref<>> native_home(Thread&, Borrowed<> self) { return Borrowed<Type>(*at<Native>(self).home).share(); }
Result<Ref<>> native_home_qualname(Thread& t, Borrowed<> self) { return qualified(t, *at<Native>(self).home, at<Native>(self).def->name); }

// ---- builtin_function_or_method

// What a native is bound to: an object or, for a static method, its type; null for a function of a module.
Optional<> bound_to(Native const& f) {
    if (f.self && !is<Module>(f.self.value())) return Optional<>(f.self.value());
    if (!f.self && f.home) return Optional<>(Value::of(f.home));
    return {};
}

Value call_native(Python& py, Value callable, Value const* args, std::size_t n, Tuple* names) {
    auto& f = at<Native>(callable);
    return f.def->fn(py, f, f.self.value(), args, n, names);
}

Result<Ref<>> repr_native(Thread& t, Borrowed<> self) {
    auto& f = at<Native>(self);
    Optional<> bound = bound_to(f);
    if (!bound) return format_message(t, "<built-in function {}>", {f.def->name});
    return format_message(t, "<built-in method {} of {} object at {}>",
                          {f.def->name, TypeName{bound.value()}, std::string_view(address_text(bound.value()))});
}

std::int64_t hash_native(Thread&, Borrowed<> self) {
    auto& f = at<Native>(self);
    return mix_hashes(identity_hash(f.def), identity_hash(f.self.value()));
}

Result<Ref<>> compare_native(Thread&, Borrowed<> self, Borrowed<> other, Compare op) {
    if ((op != Compare::eq && op != Compare::ne) || &type_of(other) != &native_function_type) return Ref<>::adopt(kNotImplemented);
    auto& a = at<Native>(self);
    auto& b = at<Native>(other);
    bool same = a.def == b.def && a.home == b.home && a.self.value() == b.self.value();
    return Ref<>::adopt(Value::of_bool(same == (op == Compare::eq)));
}

Result<Ref<>> reduce_native(Python& py, Borrowed<> self) {
    auto& f = at<Native>(self);
    Ref<Str> name = TRY(make_str(py, f.def->name));
    Optional<> bound = bound_to(f);
    if (!bound) return name;
    return reduce_to_attribute(py, *bound, name);
}

Result<Ref<>> native_qualname(Thread& t, Borrowed<> self) {
    auto& f = at<Native>(self);
    Optional<> bound = bound_to(f);
    if (!bound) return make_str(t, f.def->name);
    return qualified(t, is<Type>(bound.value()) ? at<Type>(bound.value()) : type_of(bound.value()), f.def->name);
}

Result<Ref<>> native_self(Thread&, Borrowed<> self) { return share(at<Native>(self).self ? at<Native>(self).self.value() : kNone); }
Result<Ref<>> native_module(Thread&, Borrowed<> self) {
    auto& f = at<Native>(self);
    return share(f.module_name ? f.module_name.value() : kNone);
}

constexpr MethodDef function_methods[] = {def<reduce_native>("__reduce__", "", "")};
constexpr SlotDef function_slots[] = {slot<Dunder::repr, repr_native>, slot<Dunder::hash, hash_native>, ORO_COMPARE_SLOTS(compare_native)};
constexpr GetSetDef function_getsets[] = {
    {"__module__", getter<native_module>, nullptr},      {"__doc__", getter<native_doc>, nullptr},
    {"__name__", getter<native_name>, nullptr},          {"__qualname__", getter<native_qualname>, nullptr},
    {"__self__", getter<native_self>, nullptr},          {"__text_signature__", getter<native_signature>, nullptr},
};
constexpr TypeDef function_def{
    .name = "builtin_function_or_method", .size = sizeof(Native), .flags = type_flag::lasting | type_flag::disallow_new | type_flag::has_weakrefs,
    .hooks = hooks_of<Native>(), .call = call_native, .methods = function_methods, .slots = function_slots,
    .getsets = function_getsets};

// ---- method_descriptor

Raised needs_argument(Thread& t, char const* format, Type& home, char const* name, bool home_first) {
    Ref<Str> home_name = name_of_type(home);
    if (home_first) return raise(t, exc::TypeError, format, home_name, name);
    return raise(t, exc::TypeError, format, name, home_name);
}

Value call_method_descriptor(Python& py, Value callable, Value const* args, std::size_t n, Tuple* names) {
    auto& f = at<Native>(callable);
    if (n == 0) [[unlikely]] {
        (void)needs_argument(py, "unbound method {}.{}() needs an argument", *f.home, f.def->name, true);
        return {};
    }
    if (!is_instance_of(args[0], *f.home)) [[unlikely]] {
        (void)binding::wrong_receiver(py, f, args[0]);
        return {};
    }
    return f.def->fn(py, f, args[0], args + 1, n - 1, names);
}

Result<Ref<>> get_method(Thread& t, Borrowed<> self, Optional<> object, Optional<>) {
    if (!object) return self.share();
    auto& f = at<Native>(self);
    if (!is_instance_of(object.value(), *f.home)) return binding::wrong_receiver(t, f, object.value());
    return make_native_function(t, *f.def, Maybe<>((*object).share()), Maybe<>(), f.home);
}

Result<Ref<>> repr_method(Thread& t, Borrowed<> self) {
    return format_message(t, "<method '{}' of '{}' objects>", {at<Native>(self).def->name, name_of_type(*at<Native>(self).home)});
}
Result<Ref<>> reduce_method(Python& py, Borrowed<> self) {
    Ref<Str> name = TRY(make_str(py, at<Native>(self).def->name));
    return reduce_to_attribute(py, Borrowed<Type>(*at<Native>(self).home), name);
}

constexpr MethodDef method_methods[] = {def<reduce_method>("__reduce__", "", "")};
constexpr SlotDef method_slots[] = {slot<Dunder::repr, repr_method>, slot<Dunder::get, get_method>};
constexpr GetSetDef method_getsets[] = {
    {"__objclass__", getter<native_home>, nullptr},          {"__name__", getter<native_name>, nullptr},
    {"__doc__", getter<native_doc>, nullptr},                {"__qualname__", getter<native_home_qualname>, nullptr},
    {"__text_signature__", getter<native_signature>, nullptr},
};
constexpr TypeDef method_def{
    .name = "method_descriptor", .size = sizeof(Native), .flags = type_flag::disallow_new | type_flag::method_like,
    .hooks = hooks_of<Native>(), .call = call_method_descriptor, .methods = method_methods, .slots = method_slots,
    .getsets = method_getsets};

// ---- classmethod_descriptor

// The class that a class method is called on, checked.
Result<Type*> receiver_class(Thread& t, Native& f, Value v) {
    Ref<Str> home = name_of_type(*f.home);
    if (!is<Type>(v))
        return raise(t, exc::TypeError, "descriptor '{}' for type '{}' needs a type, not a '{}' as arg 2", f.def->name, home, TypeName{v});
    auto& type = at<Type>(v);
    if (!is_subtype(type, *f.home)) {
        return raise(t, exc::TypeError, "descriptor '{}' requires a subtype of '{}' but received '{}'", f.def->name, home, name_of_type(type));
    }
    return &type;
}

Value call_class_method(Python& py, Value callable, Value const* args, std::size_t n, Tuple* names) {
    auto& f = at<Native>(callable);
    if (n == 0) {
        (void)needs_argument(py, "descriptor '{}' of '{}' object needs an argument", *f.home, f.def->name, false);
        return {};
    }
    if (receiver_class(py, f, args[0]).raised()) return {};
    return f.def->fn(py, f, args[0], args + 1, n - 1, names);
}

Result<Ref<>> get_class_method(Thread& t, Borrowed<> self, Optional<> object, Optional<> owner) {
    auto& f = at<Native>(self);
    Value type = owner ? owner.value() : Value::of(&type_of(*object));
    Type* receiver = TRY(receiver_class(t, f, type));
    return make_native_function(t, *f.def, Maybe<>(Borrowed<Type>(*receiver).share()), Maybe<>(), f.home);
}

constexpr SlotDef class_method_slots[] = {slot<Dunder::repr, repr_method>, slot<Dunder::get, get_class_method>};
constexpr TypeDef class_method_def{
    .name = "classmethod_descriptor", .size = sizeof(Native), .flags = type_flag::disallow_new, .hooks = hooks_of<Native>(),
    .call = call_class_method, .slots = class_method_slots, .getsets = method_getsets};

// ---- wrapper_descriptor and method-wrapper

char const* wrapper_doc(SlotWrapper const& w) {
    switch (w.special) {
        case SlotWrapper::Special::init: return "Initialize self.  See help(type(self)) for accurate signature.";
        case SlotWrapper::Special::call: return "Call self as a function.";
        default: return dunder_info[int(w.which)].doc;
    }
}

char const* wrapper_signature(SlotWrapper const& w) {
    if (w.special != SlotWrapper::Special::none) return "($self, /, *args, **kwargs)";
    switch (w.which) {
        case Dunder::getattribute: case Dunder::delattr: return "($self, name, /)";
        case Dunder::setattr: return "($self, name, value, /)";
        case Dunder::get: return "($self, instance, owner=None, /)";
        case Dunder::set: return "($self, instance, value, /)";
        case Dunder::delete_: return "($self, instance, /)";
        case Dunder::getitem: case Dunder::delitem: case Dunder::contains: return "($self, key, /)";
        case Dunder::setitem: return "($self, key, value, /)";
        case Dunder::pow: case Dunder::rpow: return "($self, value, mod=None, /)";
        default: return dunder_info[int(w.which)].arity == 0 ? "($self, /)" : "($self, value, /)";
    }
}

Value call_slot_wrapper(Python& py, Value callable, Value const* args, std::size_t n, Tuple* names) {
    auto& w = at<SlotWrapper>(callable);
    if (n == 0) {
        (void)needs_argument(py, "descriptor '{}' of '{}' object needs an argument", *w.home, w.name, false);
        return {};
    }
    if (!is_instance_of(args[0], *w.home)) {
        Ref<Str> home = name_of_type(*w.home);
        (void)raise(py, exc::TypeError, "descriptor '{}' requires a '{}' object but received a '{}'", w.name, home, TypeName{args[0]});
        return {};
    }
    return call_wrapper(py, w, args[0], args + 1, n - 1, names);
}

Result<Ref<>> get_slot_wrapper(Thread& t, Borrowed<SlotWrapper> self, Optional<> object, Optional<>) {
    if (!object) return self.share();
    if (!is_instance_of(object.value(), *self->home)) {
        Ref<Str> home = name_of_type(*self->home);
        return raise(t, exc::TypeError, "descriptor '{}' for '{}' objects doesn't apply to a '{}' object", self->name, home, TypeName{object.value()});
    }
    return make<BoundWrapper>(t, method_wrapper_type, self.share(), (*object).share());
}

Result<Ref<>> repr_slot_wrapper(Thread& t, Borrowed<SlotWrapper> self) {
    return format_message(t, "<slot wrapper '{}' of '{}' objects>", {self->name, name_of_type(*self->home)});
}
Result<Ref<>> reduce_slot_wrapper(Python& py, Borrowed<SlotWrapper> self) {
    Ref<Str> name = TRY(make_str(py, self->name));
    return reduce_to_attribute(py, Borrowed<Type>(*self->home), name);
}

// Of a wrapper, bound or not.
SlotWrapper& wrapper_of(Borrowed<> v) {
    return &type_of(v) == &method_wrapper_type ? *at<BoundWrapper>(v).wrapper.get() : at<SlotWrapper>(v);
}
Result<Ref<>> wrapper_home(Thread&, Borrowed<> self) { return Borrowed<Type>(*wrapper_of(self).home).share(); }
Result<Ref<>> wrapper_name(Thread& t, Borrowed<> self) { return make_str(t, wrapper_of(self).name); }
Result<Ref<>> wrapper_qualname(Thread& t, Borrowed<> self) { return qualified(t, *wrapper_of(self).home, wrapper_of(self).name); }
Result<Ref<>> wrapper_doc_text(Thread& t, Borrowed<> self) { return make_str(t, wrapper_doc(wrapper_of(self))); }
Result<Ref<>> wrapper_signature_text(Thread& t, Borrowed<> self) { return make_str(t, wrapper_signature(wrapper_of(self))); }

constexpr MethodDef wrapper_methods[] = {def<reduce_slot_wrapper>("__reduce__", "", "")};
constexpr SlotDef wrapper_slots[] = {slot<Dunder::repr, repr_slot_wrapper>, slot<Dunder::get, get_slot_wrapper>};
constexpr GetSetDef wrapper_getsets[] = {
    {"__objclass__", getter<wrapper_home>, nullptr},         {"__name__", getter<wrapper_name>, nullptr},
    {"__doc__", getter<wrapper_doc_text>, nullptr},          {"__qualname__", getter<wrapper_qualname>, nullptr},
    {"__text_signature__", getter<wrapper_signature_text>, nullptr},
};
constexpr TypeDef wrapper_def{
    .name = "wrapper_descriptor", .size = sizeof(SlotWrapper), .flags = type_flag::disallow_new | type_flag::method_like,
    .hooks = hooks_of<SlotWrapper>(), .call = call_slot_wrapper, .methods = wrapper_methods, .slots = wrapper_slots,
    .getsets = wrapper_getsets};

Value call_bound_wrapper(Python& py, Value callable, Value const* args, std::size_t n, Tuple* names) {
    auto& b = at<BoundWrapper>(callable);
    return call_wrapper(py, *b.wrapper.get(), b.self.value(), args, n, names);
}
Result<Ref<>> repr_bound_wrapper(Thread& t, Borrowed<BoundWrapper> self) {
    Value object = self->self.value();
    return format_message(t, "<method-wrapper '{}' of {} object at {}>",
                          {self->wrapper->name, TypeName{object}, std::string_view(address_text(object))});
}
std::int64_t hash_bound_wrapper(Thread&, Borrowed<BoundWrapper> self) {
    return mix_hashes(identity_hash(self->wrapper.value()), identity_hash(self->self.value()));
}
Result<Ref<>> compare_bound_wrapper(Thread&, Borrowed<BoundWrapper> self, Borrowed<> other, Compare op) {
    if ((op != Compare::eq && op != Compare::ne) || !is<BoundWrapper>(other)) return Ref<>::adopt(kNotImplemented);
    auto& o = at<BoundWrapper>(other);
    bool same = self->wrapper.value() == o.wrapper.value() && self->self.value() == o.self.value();
    return Ref<>::adopt(Value::of_bool(same == (op == Compare::eq)));
}
Result<Ref<>> reduce_bound_wrapper(Python& py, Borrowed<BoundWrapper> self) {
    Ref<Str> name = TRY(make_str(py, self->wrapper->name));
    return reduce_to_attribute(py, *self->self, name);
}
Result<Ref<>> bound_wrapper_self(Thread&, Borrowed<> self) { return at<BoundWrapper>(self).self.share(); }

constexpr MethodDef bound_methods[] = {def<reduce_bound_wrapper>("__reduce__", "", "")};
constexpr SlotDef bound_slots[] = {
    slot<Dunder::repr, repr_bound_wrapper>, slot<Dunder::hash, hash_bound_wrapper>, ORO_COMPARE_SLOTS(compare_bound_wrapper)};
constexpr GetSetDef bound_getsets[] = {
    {"__self__", getter<bound_wrapper_self>, nullptr},       {"__objclass__", getter<wrapper_home>, nullptr},
    {"__name__", getter<wrapper_name>, nullptr},             {"__doc__", getter<wrapper_doc_text>, nullptr},
    {"__qualname__", getter<wrapper_qualname>, nullptr},     {"__text_signature__", getter<wrapper_signature_text>, nullptr},
};
constexpr TypeDef bound_def{
    .name = "method-wrapper", .size = sizeof(BoundWrapper), .flags = type_flag::disallow_new, .hooks = hooks_of<BoundWrapper>(),
    .call = call_bound_wrapper, .methods = bound_methods, .slots = bound_slots, .getsets = bound_getsets};

// ---- getset_descriptor and member_descriptor

Raised wrong_object(Thread& t, std::string_view name, Type& home, Value got) {
    Ref<Str> home_name = name_of_type(home);
    return raise(t, exc::TypeError, "descriptor '{}' for '{}' objects doesn't apply to a '{}' object", name, home_name, TypeName{got});
}

Result<Ref<>> get_getset(Python& py, Borrowed<GetSet> self, Optional<> object, Optional<>) {
    if (!object) return self.share();
    if (!is_instance_of(object.value(), *self->home)) return wrong_object(py, self->def->name, *self->home, object.value());
    if (!self->def->get) {
        Ref<Str> home = name_of_type(*self->home);
        return raise(py, exc::AttributeError, "attribute '{}' of '{}' objects is not readable", self->def->name, home);
    }
    return Result<Ref<>>::of_word(self->def->get(py, object.value()));
}

Result<void> change_getset(Python& py, GetSet& self, Value object, Value value) {
    if (!is_instance_of(object, *self.home)) return wrong_object(py, self.def->name, *self.home, object);
    if (!self.def->set) {
        Ref<Str> home = name_of_type(*self.home);
        return raise(py, exc::AttributeError, "attribute '{}' of '{}' objects is not writable", self.def->name, home);
    }
    Value r = self.def->set(py, object, value);
    if (r.is_null()) return Raised{};
    (void)Maybe<>::adopt(r);
    return {};
}
Result<void> set_getset(Python& py, Borrowed<GetSet> self, Borrowed<> object, Borrowed<> value) {
    return change_getset(py, *self, object.value(), value.value());
}
Result<void> delete_getset(Python& py, Borrowed<GetSet> self, Borrowed<> object) { return change_getset(py, *self, object.value(), Value{}); }

Result<Ref<>> repr_getset(Thread& t, Borrowed<GetSet> self) {
    return format_message(t, "<attribute '{}' of '{}' objects>", {self->def->name, name_of_type(*self->home)});
}
Result<Ref<>> getset_home(Thread&, Borrowed<> self) { return Borrowed<Type>(*at<GetSet>(self).home).share(); }
Result<Ref<>> getset_name(Thread& t, Borrowed<> self) { return make_str(t, at<GetSet>(self).def->name); }
Result<Ref<>> getset_doc(Thread& t, Borrowed<> self) { return text_or_none(t, at<GetSet>(self).def->doc); }
Result<Ref<>> getset_qualname(Thread& t, Borrowed<> self) { return qualified(t, *at<GetSet>(self).home, at<GetSet>(self).def->name); }

constexpr SlotDef getset_slots[] = {slot<Dunder::repr, repr_getset>, slot<Dunder::get, get_getset>, slot<Dunder::set, set_getset>,
                                    slot<Dunder::delete_, delete_getset>};
constexpr GetSetDef getset_getsets[] = {
    {"__objclass__", getter<getset_home>, nullptr},
    {"__name__", getter<getset_name>, nullptr},
    {"__doc__", getter<getset_doc>, nullptr},
    {"__qualname__", getter<getset_qualname>, nullptr},
};
constexpr TypeDef getset_def{.name = "getset_descriptor", .size = sizeof(GetSet), .flags = type_flag::disallow_new,
                             .hooks = hooks_of<GetSet>(), .slots = getset_slots, .getsets = getset_getsets};

// The members of native types are fields that never change.
Result<void> check_writable(Thread& t, MemberDescriptor const& d) {
    if (!d.home->has(type_flag::heap)) return raise(t, exc::AttributeError, "readonly attribute");
    return {};
}

Slot& member_slot(MemberDescriptor const& d, Value object) {
    return *reinterpret_cast<Slot*>(reinterpret_cast<char*>(object.pointer()) + d.offset);
}

Result<Ref<>> get_member(Python& py, Borrowed<MemberDescriptor> self, Optional<> object, Optional<>) {
    if (!object) return self.share();
    if (!is_instance_of(object.value(), *self->home)) return wrong_object(py, wtf8_of(*self->name.get()), *self->home, object.value());
    Slot& slot = member_slot(*self, object.value());
    bool retry = false;
    Value v = slot.try_share(&retry);
    if (retry) v = detail::member_load_slow(static_cast<Object*>(object.value().pointer()), slot);
    if (v) return Ref<>::adopt(v);
    (void)raise(py, exc::AttributeError, "'{}' object has no attribute '{}'", TypeName{object.value()}, *self->name);
    set_attribute_error_context(py, *object, *self->name);
    return Raised{};
}

Result<void> set_member(Thread& t, Borrowed<MemberDescriptor> self, Borrowed<> object, Borrowed<> value) {
    if (!is_instance_of(object.value(), *self->home)) return wrong_object(t, wtf8_of(*self->name.get()), *self->home, object.value());
    CHECK(check_writable(t, *self));
    Slot& slot = member_slot(*self, object.value());
    (void)Maybe<>::adopt(detail::member_exchange(static_cast<Object*>(object.value().pointer()), slot, value.share().release()));
    return {};
}

Result<void> delete_member(Thread& t, Borrowed<MemberDescriptor> self, Borrowed<> object) {
    if (!is_instance_of(object.value(), *self->home)) return wrong_object(t, wtf8_of(*self->name.get()), *self->home, object.value());
    CHECK(check_writable(t, *self));
    Slot& slot = member_slot(*self, object.value());
    Maybe<> old = Maybe<>::adopt(detail::member_exchange(static_cast<Object*>(object.value().pointer()), slot, Value{}));
    if (!old) return raise(t, exc::AttributeError, "{}", *self->name);
    return {};
}

Result<Ref<>> repr_member(Thread& t, Borrowed<MemberDescriptor> self) {
    return format_message(t, "<member '{}' of '{}' objects>", {*self->name, name_of_type(*self->home)});
}
Result<Ref<>> reduce_member(Python& py, Borrowed<MemberDescriptor> self) {
    return reduce_to_attribute(py, Borrowed<Type>(*self->home), *self->name);
}
Result<Ref<>> member_home(Thread&, Borrowed<> self) { return Borrowed<Type>(*at<MemberDescriptor>(self).home).share(); }
Result<Ref<>> member_name(Thread&, Borrowed<> self) { return at<MemberDescriptor>(self).name.share(); }
Result<Ref<>> member_doc(Thread&, Borrowed<>) { return none.share(); }
Result<Ref<>> member_qualname(Thread& t, Borrowed<> self) {
    auto& d = at<MemberDescriptor>(self);
    return format_message(t, "{}.{}", {qualname_of_type(*d.home), *d.name});
}

constexpr MethodDef member_methods[] = {def<reduce_member>("__reduce__", "", "")};
constexpr SlotDef member_slots[] = {slot<Dunder::repr, repr_member>, slot<Dunder::get, get_member>, slot<Dunder::set, set_member>,
                                    slot<Dunder::delete_, delete_member>};
constexpr GetSetDef member_getsets[] = {
    {"__objclass__", getter<member_home>, nullptr},
    {"__name__", getter<member_name>, nullptr},
    {"__doc__", getter<member_doc>, nullptr},
    {"__qualname__", getter<member_qualname>, nullptr},
};
constexpr TypeDef member_def{.name = "member_descriptor", .size = sizeof(MemberDescriptor), .flags = type_flag::disallow_new,
                             .hooks = hooks_of<MemberDescriptor>(), .methods = member_methods, .slots = member_slots,
                             .getsets = member_getsets};

}  // namespace

ORO_TYPE(native_function_type, function_def);
ORO_TYPE(method_descriptor_type, method_def);
ORO_TYPE(classmethod_descriptor_type, class_method_def);
ORO_TYPE(wrapper_descriptor_type, wrapper_def);
ORO_TYPE(method_wrapper_type, bound_def);
ORO_TYPE(getset_descriptor_type, getset_def);
ORO_TYPE(member_descriptor_type, member_def);

Type& Native::type() { return native_function_type; }
Type& SlotWrapper::type() { return wrapper_descriptor_type; }
Type& BoundWrapper::type() { return method_wrapper_type; }
Type& GetSet::type() { return getset_descriptor_type; }
Type& MemberDescriptor::type() { return member_descriptor_type; }

}  // namespace oro
