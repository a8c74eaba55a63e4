#include "object/namespace.h"

#include "object/class.h"
#include "object/define.h"
#include "object/instance.h"
#include "types/object.h"

namespace oro {

namespace {

// No state of its own: the struct only gives it a type.
struct Namespace : Object {
    static Type& type() { return simple_namespace_type; }
};

Object* object_of(Borrowed<> v) { return static_cast<Object*>(v.value().pointer()); }

Value new_namespace(Python& py, Type& type, Value const*, std::size_t, Tuple*) { return make<Namespace>(py, type).release(); }

Result<void> update(Python& py, Borrowed<> self, Value const* args, std::size_t n, Tuple* names) {
    if (n > 1) return raise(py, exc::TypeError, "{} expected at most 1 argument, got {}", name_of_type(type_of(self)), n);
    if (n == 1) {
        Ref<Dict> given = TRY(make_dict(py));
        if (is<Dict>(args[0])) {
            CHECK(dict_merge(py, given, Borrowed<>(args[0])));
        } else {
            Ref<> made = TRY(call_with(py, Borrowed<Type>(Dict::type()), Borrowed<>(args[0])));
            CHECK(dict_merge(py, given, made));
        }
        std::size_t position = 0;
        Maybe<> key, value;
        while (dict_next(py, *given, &position, &key, &value)) {
            if (!is<Str>(key.value())) return raise(py, exc::TypeError, "keywords must be strings");
            Ref<Str> name = intern(py, as<Str>(std::move(key).take()));
            CHECK(instance_set(py, object_of(self), name, std::move(value).take()));
        }
    }
    for (std::size_t i = 0; names && i < names->size; ++i) {
        Ref<Str> name = intern(py, as<Str>(names->slots[i]).share());
        CHECK(instance_set(py, object_of(self), name, share(args[n + i])));
    }
    return {};
}
Value init_namespace(Python& py, Value self, Value const* args, std::size_t n, Tuple* names) {
    return update(py, Borrowed<>(self), args, n, names).raised() ? Value{} : kNone;
}

Result<Ref<>> repr_namespace(Python& py, Borrowed<Namespace> self) {
    Type& type = type_of(self.get());
    Ref<Str> name = &type == &simple_namespace_type ? TRY(make_str(py, "namespace")) : name_of_type(type);
    if (!TRY(repr_enter(py, self))) return format_message(py, "{}(...)", {name});
    auto text = [&]() -> Result<Ref<>> {
        struct Pairs { std::vector<std::pair<Ref<>, Ref<>>> all; } pairs;
        CHECK(instance_each(py, self.get(), [](void* arg, Borrowed<Str> key, Ref<> value) {
            if (key->length()) static_cast<Pairs*>(arg)->all.emplace_back(key.share(), std::move(value));
        }, &pairs));
        StrBuilder out(py);
        out.add(*name);
        out.add(char32_t('('));
        bool first = true;
        for (auto& [key, value] : pairs.all) {
            Ref<Str> shown = TRY(repr(py, value));
            if (!first) out.add(", ");
            first = false;
            out.add(*as<Str>(key.value()));
            out.add(char32_t('='));
            out.add(*shown);
        }
        out.add(char32_t(')'));
        return out.finish();
    }();
    repr_leave(py, self);
    return text;
}

Result<Ref<>> compare_namespace(Python& py, Borrowed<Namespace> self, Borrowed<> other, Compare op) {
    if (!is<Namespace>(other)) return Ref<>::adopt(kNotImplemented);
    Ref<Dict> a = TRY(instance_dict(py, self.get()));
    Ref<Dict> b = TRY(instance_dict(py, object_of(other)));
    return compare(py, a, b, op);
}

Result<Ref<>> reduce_namespace(Python& py, Borrowed<Namespace> self) {
    Ref<Dict> dict = TRY(instance_dict(py, self.get()));
    return make_tuple_of(py, Borrowed<Type>(type_of(self.get())).share(), empty_tuple(), std::move(dict));
}

Result<Ref<>> replace(Python& py, Borrowed<Namespace> self, Args args, Kwargs keywords) {
    if (args.size()) return raise(py, exc::TypeError, "__replace__() takes no positional arguments");
    Ref<> copy = TRY(call_with(py, Borrowed<Type>(type_of(self.get()))));
    if (!is<Namespace>(copy.value())) {
        return raise(py, exc::TypeError, "expect types.SimpleNamespace type, but {}() returned '{}' object", name_of_type(type_of(self.get())),
                     TypeName{copy.value()});
    }
    Ref<Dict> own = TRY(instance_dict(py, self.get()));
    Ref<Dict> target = TRY(instance_dict(py, object_of(copy)));
    CHECK(dict_merge(py, target, own));
    for (std::size_t i = 0; i < keywords.size(); ++i) CHECK(dict_set_item(py, target, keywords.name(i), keywords.value(i).share()));
    return copy;
}

constexpr MethodDef methods[] = {
    def<reduce_namespace>("__reduce__", "", "Return state information for pickling"),
    def<replace>("__replace__", "*args, **changes", "Return a copy of the namespace object with new values for the specified attributes."),
};
constexpr SlotDef slots[] = {slot<Dunder::repr, repr_namespace>, ORO_COMPARE_SLOTS(compare_namespace)};
constexpr GetSetDef getsets[] = {{"__dict__", get_instance_dict, nullptr}};
constexpr TypeDef namespace_def{
    .name = "types.SimpleNamespace",
    .doc = "A simple attribute-based namespace.",
    .signature = "mapping_or_iterable=(), /, **kwargs",
    .size = sizeof(Namespace),
    .flags = type_flag::lasting | type_flag::subclassable | type_flag::has_dict,
    .hooks = hooks_of<Namespace>(),
    .new_ = new_namespace,
    .init = init_namespace,
    .methods = methods,
    .slots = slots,
    .getsets = getsets};

}  // namespace

ORO_TYPE(simple_namespace_type, namespace_def);

Result<Ref<>> make_namespace(Python& py, Borrowed<Dict> attributes) {
    Ref<Namespace> made = TRY(make<Namespace>(py, simple_namespace_type));
    Ref<Dict> copy = TRY(dict_copy(py, attributes));
    CHECK(instance_set_dict(py, made.get(), std::move(copy)));
    return made;
}

}  // namespace oro
