// Attribute access as object, type and module define it, and the protocol functions on top.
#include "object/call.h"
#include "object/define.h"
#include "object/dict.h"
#include "object/instance.h"
#include "object/slot_wrapper.h"

namespace oro {

namespace {

bool is_data_descriptor(Type& kind) { return kind.slot(Dunder::set) || kind.slot(Dunder::delete_); }

// AttributeError with name and obj, for the suggestions.
Raised no_attribute(Python& py, Borrowed<> self, Borrowed<Str> name) {
    (void)raise(py, exc::AttributeError, "'{}' object has no attribute '{}'", TypeName{self.value()}, name);
    set_attribute_error_context(py, self, name);
    return {};
}

Result<Borrowed<Str>> interned_name(Python& py, Value name, Maybe<Str>* keep) {
    if (!is<Str>(name)) return raise(py, exc::TypeError, "attribute name must be string, not '{}'", TypeName{name});
    Borrowed<Str> s = as<Str>(name);
    if (s->is_interned()) return s;
    // A str subclass or a computed name: look it up by its interned form.
    *keep = Maybe<Str>(intern(py, s.share()));
    return **keep;
}

}  // namespace

Result<Maybe<>> generic_find(Python& py, Borrowed<> self, Borrowed<Str> name) {
    Type& type = type_of(self);
    Maybe<> found = type_lookup(py, type, name);
    SlotFn get = nullptr;
    if (found) {
        Type& kind = type_of(found.value());
        get = kind.slot(Dunder::get);
        if (get && is_data_descriptor(kind)) {
            Value v = get(py, found.value(), self.value(), Value::of(&type));
            if (v.is_null()) return Raised{};
            return Maybe<>::adopt(v);
        }
    }
    if (type.extra_offset != 0) {
        Maybe<> own = instance_get(py, static_cast<Object*>(self.value().pointer()), name);
        if (own) return own;
    }
    if (get) {
        Value v = get(py, found.value(), self.value(), Value::of(&type));
        if (v.is_null()) return Raised{};
        return Maybe<>::adopt(v);
    }
    return found;
}

Value generic_getattribute(Python& py, Value self, Value name, Value) {
    Maybe<Str> keep;
    auto n = interned_name(py, name, &keep);
    if (n.raised()) return {};
    Borrowed<Str> key = std::move(n).take();
    auto r = generic_find(py, Borrowed<>(self), key);
    if (r.raised()) return {};
    Maybe<> found = std::move(r).take();
    if (found) return found.release();
    (void)no_attribute(py, Borrowed<>(self), key);
    return {};
}

namespace {
Value set_or_delete(Python& py, Value self, Value name, Value value) {
    Maybe<Str> keep;
    auto n = interned_name(py, name, &keep);
    if (n.raised()) return {};
    Borrowed<Str> key = std::move(n).take();
    Type& type = type_of(self);
    Maybe<> found = type_lookup(py, type, key);
    if (found) {
        Type& kind = type_of(found.value());
        SlotFn set = kind.slot(Dunder::set), erase = kind.slot(Dunder::delete_);
        if (set || erase) {
            if (value) {
                if (set) return set(py, found.value(), self, value);
            } else if (erase) {
                return erase(py, found.value(), self, Value{});
            }
            (void)raise(py, exc::AttributeError, value ? "__set__" : "__delete__");
            return {};
        }
    }
    if (type.extra_offset != 0) {
        auto* o = static_cast<Object*>(self.pointer());
        if (value) return instance_set(py, o, key, share(value)).raised() ? Value{} : kNone;
        if (instance_delete(py, o, key)) return kNone;
        (void)no_attribute(py, Borrowed<>(self), key);
        return {};
    }
    if (found) {
        (void)raise(py, exc::AttributeError, "'{}' object attribute '{}' is read-only", TypeName{self}, key);
    } else {
        (void)raise(py, exc::AttributeError, "'{}' object has no attribute '{}' and no __dict__ for setting new attributes", TypeName{self}, key);
    }
    set_attribute_error_context(py, Borrowed<>(self), key);
    return {};
}
}  // namespace

Value generic_setattr(Python& py, Value self, Value name, Value value) { return set_or_delete(py, self, name, value); }
Value generic_delattr(Python& py, Value self, Value name, Value) { return set_or_delete(py, self, name, Value{}); }

Value getattr_hook(Python& py, Value self, Value name, Value) {
    Type& type = type_of(self);
    Value own = type_lookup_peek(py, type, name::dunder_getattribute().get());
    Value r;
    if (is<SlotWrapper>(own)) {
        SlotFn fn = static_cast<SlotWrapper*>(own.pointer())->fn;
        if (fn == generic_getattribute) {
            // The common case needs no AttributeError to be made and thrown away.
            Maybe<Str> keep;
            auto n = interned_name(py, name, &keep);
            if (n.raised()) return {};
            auto found = generic_find(py, Borrowed<>(self), std::move(n).take());
            if (found.raised()) {
                if (!raised_is(py, exc::AttributeError)) return {};
                clear_raised(py);
            } else {
                Maybe<> v = std::move(found).take();
                if (v) return v.release();
            }
            r = Value{};
        } else {
            r = fn(py, self, name, Value{});
        }
    } else {
        r = python_slot(Dunder::getattribute)(py, self, name, Value{});
    }
    if (r) return r;
    if (has_raised(py)) {
        if (!raised_is(py, exc::AttributeError)) return {};
        clear_raised(py);
    }
    Value args[] = {name};
    auto hooked = call_special(py, Borrowed<>(self), name::dunder_getattr(), args);
    if (hooked.raised()) return {};
    Maybe<> v = std::move(hooked).take();
    if (v) return v.release();
    (void)no_attribute(py, Borrowed<>(self), as<Str>(name));
    return {};
}

Result<Maybe<>> type_find(Python& py, Type& self, Borrowed<Str> name) {
    Type& meta = type_of(&self);
    Maybe<> found = type_lookup(py, meta, name);
    SlotFn get = nullptr;
    if (found) {
        Type& kind = type_of(found.value());
        get = kind.slot(Dunder::get);
        if (get && is_data_descriptor(kind)) {
            Value v = get(py, found.value(), Value::of(&self), Value::of(&meta));
            if (v.is_null()) return Raised{};
            return Maybe<>::adopt(v);
        }
    }
    Maybe<> own = type_lookup(py, self, name);
    if (own) {
        SlotFn own_get = type_of(own.value()).slot(Dunder::get);
        if (!own_get) return own;
        Value v = own_get(py, own.value(), Value{}, Value::of(&self));
        if (v.is_null()) return Raised{};
        return Maybe<>::adopt(v);
    }
    if (get) {
        Value v = get(py, found.value(), Value::of(&self), Value::of(&meta));
        if (v.is_null()) return Raised{};
        return Maybe<>::adopt(v);
    }
    return found;
}

Value type_getattribute(Python& py, Value self, Value name, Value) {
    Maybe<Str> keep;
    auto n = interned_name(py, name, &keep);
    if (n.raised()) return {};
    Borrowed<Str> key = std::move(n).take();
    auto& type = *static_cast<Type*>(self.pointer());
    auto r = type_find(py, type, key);
    if (r.raised()) return {};
    Maybe<> found = std::move(r).take();
    if (found) return found.release();
    Ref<Str> own_name = name_of_type(type);
    (void)raise(py, exc::AttributeError, "type object '{}' has no attribute '{}'", own_name, key);
    set_attribute_error_context(py, Borrowed<>(self), key);
    return {};
}

// ---- the protocol

Result<Ref<>> get_attribute(Python& py, Borrowed<> object, Borrowed<Str> name) {
    return Result<Ref<>>::of_word(type_of(object).slot(Dunder::getattribute)(py, object.value(), name.value(), Value{}));
}

Result<Maybe<>> find_attribute(Python& py, Borrowed<> object, Borrowed<Str> name) {
    SlotFn get = type_of(object).slot(Dunder::getattribute);
    Maybe<Str> keep;
    if (get == generic_getattribute || get == type_getattribute) {
        Borrowed<Str> key = TRY(interned_name(py, name.value(), &keep));
        auto r = get == generic_getattribute ? generic_find(py, object, key) : type_find(py, *static_cast<Type*>(object.value().pointer()), key);
        if (!r.raised()) return r;
    } else {
        Value v = get(py, object.value(), name.value(), Value{});
        if (v) return Maybe<>::adopt(v);
    }
    if (!raised_is(py, exc::AttributeError)) return Raised{};
    clear_raised(py);
    return Maybe<>();
}

Result<void> set_attribute(Python& py, Borrowed<> object, Borrowed<Str> name, Borrowed<> value) {
    Value r = type_of(object).slot(Dunder::setattr)(py, object.value(), name.value(), value.value());
    if (r.is_null()) return Raised{};
    detail::decref(r);
    return {};
}

Result<void> delete_attribute(Python& py, Borrowed<> object, Borrowed<Str> name) {
    Value r = type_of(object).slot(Dunder::delattr)(py, object.value(), name.value(), Value{});
    if (r.is_null()) return Raised{};
    detail::decref(r);
    return {};
}

Result<Maybe<>> find_special(Python& py, Borrowed<> object, Borrowed<Str> name) {
    Type& type = type_of(object);
    Maybe<> found = type_lookup(py, type, name);
    if (!found) return Maybe<>();
    SlotFn get = type_of(found.value()).slot(Dunder::get);
    if (!get) return found;
    Value v = get(py, found.value(), object.value(), Value::of(&type));
    if (v.is_null()) return Raised{};
    return Maybe<>::adopt(v);
}

}  // namespace oro
