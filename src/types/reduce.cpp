// How objects tell pickle and copy what they are made of: object.__reduce_ex__ and object.__getstate__.
#include "object/define.h"
#include "object/dict.h"
#include "object/import.h"
#include "object/instance.h"
#include "object/list.h"
#include "object/method.h"
#include "types/object.h"

namespace oro {

namespace {

Raised cannot_pickle(Thread& t, Borrowed<> self) { return raise(t, exc::TypeError, "cannot pickle '{}' object", TypeName{self.value()}); }

// The __slots__ of a class and its bases, as copyreg caches them.
Result<Ref<List>> slot_names(Python& py, Type& type) {
    Ref<Str> key = TRY(make_interned(py, "__slotnames__"));
    Maybe<> cached = dict_get(py, **type.dict, key);
    if (!cached || cached.value() == kNone) {
        Ref<> collect = TRY(import_attribute(py, "copyreg", "_slotnames"));
        cached = TRY(call_with(py, collect, Borrowed<Type>(type)));
        if (cached.value() != kNone && !is<List>(cached.value())) return raise(py, exc::TypeError, "copyreg._slotnames didn't return a list or None");
    }
    if (cached.value() == kNone) return make_list(py);
    if (!is<List>(cached.value())) {
        return raise(py, exc::TypeError, "{}.__slotnames__ should be a list or None, not {}", name_of_type(type), TypeName{cached.value()});
    }
    return as<List>(std::move(cached).take());
}

// Whether a native struct holds state that attributes don't show.
bool has_native_state(Type& type) {
    Type* native = &type;
    while (native->has(type_flag::heap)) native = native->base;
    return native->def->size > sizeof(Object);
}

Result<bool> has_instance_attributes(Thread& t, Borrowed<> self) {
    if (!self.value().is_pointer() || type_of(self).extra_offset == 0) return false;
    bool any = false;
    CHECK(instance_each(t, static_cast<Object*>(self.value().pointer()), [](void* arg, Borrowed<Str>, Ref<>) { *static_cast<bool*>(arg) = true; }, &any));
    return any;
}

// What __getnewargs_ex__ or __getnewargs__ give; both null if there is neither.
struct NewArguments {
    Maybe<Tuple> args;
    Maybe<Dict> keywords;
};

Result<void> new_arguments(Python& py, Borrowed<> self, NewArguments& out) {
    Maybe<> hook = TRY(find_special(py, self, name::dunder_getnewargs_ex()));
    if (hook) {
        Ref<> pair = TRY(call_with(py, *hook));
        if (!is<Tuple>(pair.value())) return raise(py, exc::TypeError, "__getnewargs_ex__ should return a tuple, not '{}'", TypeName{pair.value()});
        Borrowed<Tuple> items = as<Tuple>(pair.value());
        if (items->size != 2) return raise(py, exc::ValueError, "__getnewargs_ex__ should return a tuple of length 2, not {}", items->size);
        if (!is<Tuple>(items->slots[0]))
            return raise(py, exc::TypeError, "first item of the tuple returned by __getnewargs_ex__ must be a tuple, not '{}'", TypeName{items->slots[0]});
        if (!is<Dict>(items->slots[1]))
            return raise(py, exc::TypeError, "second item of the tuple returned by __getnewargs_ex__ must be a dict, not '{}'", TypeName{items->slots[1]});
        out.args = Maybe<Tuple>(as<Tuple>(items->slots[0]).share());
        out.keywords = Maybe<Dict>(as<Dict>(items->slots[1]).share());
        return {};
    }
    hook = TRY(find_special(py, self, name::dunder_getnewargs()));
    if (!hook) return {};
    Ref<> args = TRY(call_with(py, *hook));
    if (!is<Tuple>(args.value())) return raise(py, exc::TypeError, "__getnewargs__ should return a tuple, not '{}'", TypeName{args.value()});
    out.args = Maybe<Tuple>(as<Tuple>(std::move(args)));
    return {};
}

// obj.__getstate__(), without the detour if it is object's own.
Result<Ref<>> state_of_object(Python& py, Borrowed<> self, bool required) {
    Maybe<> found = type_lookup(py, type_of(self), name::dunder_getstate());
    Maybe<> original = dict_get(py, **object_type.dict, name::dunder_getstate());
    Ref<> method = TRY(get_attribute(py, self, name::dunder_getstate()));
    bool own = found.value() == original.value() && is<Native>(method.value()) && static_cast<Native*>(method.value().pointer())->self.value() == self.value();
    if (own) return default_state(py, self, required);
    return call_with(py, method);
}

Result<Ref<>> reduce_new(Python& py, Borrowed<> self) {
    Type& type = type_of(self);
    if (!type.new_.load()) return cannot_pickle(py, self);
    NewArguments made;
    CHECK(new_arguments(py, self, made));
    Ref<Tuple> args = made.args ? (*made.args).share() : empty_tuple();
    bool is_list = type.has(type_flag::list), is_dict = type.has(type_flag::dict);
    bool with_keywords = made.keywords && made.keywords->size() != 0;
    Ref<> maker = TRY(import_attribute(py, "copyreg", with_keywords ? "__newobj_ex__" : "__newobj__"));
    Maybe<Tuple> maker_args;
    if (with_keywords) {
        maker_args = TRY(make_tuple_of(py, Borrowed<Type>(type).share(), args.share(), std::move(made.keywords).take()));
    } else {
        std::vector<Value> words{Value::of(&type)};
        words.insert(words.end(), args->items().begin(), args->items().end());
        maker_args = TRY(oro::make_tuple(py, words));
    }
    Ref<> state = TRY(state_of_object(py, self, !made.args && !is_list && !is_dict));
    Ref<> items = is_list ? TRY(get_iterator(py, self)) : none.share();
    Ref<> pairs = none.share();
    if (is_dict) {
        Ref<> view = TRY(call_method_with(py, self, name::items()));
        pairs = TRY(get_iterator(py, view));
    }
    return make_tuple_of(py, std::move(maker), std::move(maker_args).take(), std::move(state), std::move(items), std::move(pairs));
}

}  // namespace

Result<Ref<>> default_state(Python& py, Borrowed<> self, bool required) {
    Type& type = type_of(self);
    if (required && type.item_size != 0) return raise(py, exc::TypeError, "cannot pickle {} objects", TypeName{self.value()});
    Ref<> state = none.share();
    if (TRY(has_instance_attributes(py, self))) state = TRY(get_attribute(py, self, name::dunder_dict()));
    Ref<List> names = TRY(slot_names(py, type));
    if (required && has_native_state(type)) return cannot_pickle(py, self);
    if (names->size() == 0) return state;
    Ref<Dict> slots = TRY(make_dict(py));
    for (std::size_t i = 0; i < names->size(); ++i) {
        Maybe<> name = list_get(py, *names, i);
        if (!name || !is<Str>(name.value())) continue;
        Maybe<> value = TRY(find_attribute(py, self, as<Str>(*name)));
        if (value) CHECK(dict_set_item(py, slots, *name, std::move(value).take()));
    }
    if (slots->size() == 0) return state;
    return make_tuple_of(py, std::move(state), std::move(slots));
}

Result<Ref<>> reduce_object(Python& py, Borrowed<> self, std::int64_t protocol) {
    if (protocol >= 2) return reduce_new(py, self);
    Ref<> reduce = TRY(import_attribute(py, "copyreg", "_reduce_ex"));
    return call_with(py, reduce, self, Borrowed<>(Value::of_int(protocol)));
}

}  // namespace oro
