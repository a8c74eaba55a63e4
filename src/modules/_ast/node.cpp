// The type AST: how nodes are made by programs, copied and shown.
#include <algorithm>

#include "modules/_ast/ast.h"
#include "object/dict.h"
#include "object/class.h"
#include "object/instance.h"
#include "object/list.h"
#include "object/warn.h"
#include "types/generic_alias.h"
#include "types/union.h"

namespace oro::ast {

namespace {

// CPython's root class shows its module in messages, the classes derived from it do not.
Result<Ref<Str>> shown_name(Python& py, Value self) {
    Type& type = type_of(self);
    return &type == &node_type ? make_str(py, "ast.AST") : Result<Ref<Str>>(name_of_type(type));
}

Result<Ref<Tuple>> class_tuple(Python& py, Value self, Borrowed<Str> name) {
    return tuple_from(py, TRY(get_attribute(py, Borrowed<>(Value::of(&type_of(self))), name)));
}

Result<bool> has_name(Python& py, Tuple& names, Borrowed<> name) {
    for (Value n : names.items())
        if (TRY(equal(py, Borrowed<>(n), name))) return true;
    return false;
}

// A field that no argument gave: an empty list, Load(), nothing for what may be missing; a warning for the others.
Result<void> set_default(Python& py, Classes const& c, Value self, Borrowed<Dict> field_types, Borrowed<> field) {
    Maybe<> type = TRY(dict_get_item(py, field_types, field));
    Ref<Str> shown = TRY(shown_name(py, self));
    if (!is<Str>(field)) return raise(py, exc::TypeError, "attribute name must be string, not '{}'", TypeName{field.value()});
    if (!type) {
        return warn(py, exc::DeprecationWarning, "Field '{}' is missing from {}._field_types. This will become an error in Python 3.15.", as<Str>(field), shown);
    }
    if (is_union(*type)) return {};
    if (is<GenericAlias>(*type)) return set_attribute(py, Borrowed<>(self), as<Str>(field), TRY(make_list(py)));
    if (type.value() == c.types[int(syntax::FieldType::ExprContext)].value())
        return set_attribute(py, Borrowed<>(self), as<Str>(field), *c.instances[0][int(syntax::ExprContext::Load)]);
    return warn(py, exc::DeprecationWarning, "{}.__init__ missing 1 required positional argument: '{}'. This will become an error in Python 3.15.", shown, as<Str>(field));
}

Result<void> init(Python& py, Value self, Value const* args, std::size_t n, Tuple* names) {
    Classes const& c = *TRY(classes(py));
    Ref<Tuple> fields = TRY(class_tuple(py, self, *c.fields_name));
    if (n > fields->size) {
        return raise(py, exc::TypeError, "{} constructor takes at most {} positional argument{}", name_of_type(type_of(self)), fields->size,
                     fields->size == 1 ? "" : "s");
    }
    std::vector<bool> given(fields->size);
    for (std::size_t i = 0; i < n; ++i) {
        if (!is<Str>(fields->at(i))) return raise(py, exc::TypeError, "attribute name must be string, not '{}'", TypeName{fields->slots[i]});
        CHECK(set_attribute(py, Borrowed<>(self), as<Str>(fields->at(i)), Borrowed<>(args[i])));
        given[i] = true;
    }
    for (std::size_t i = 0; names && i < names->size; ++i) {
        Borrowed<Str> key = as<Str>(names->at(i));
        std::size_t at = 0;
        while (at < fields->size && !TRY(equal(py, fields->at(at), key))) ++at;
        if (at < fields->size) {
            if (given[at]) return raise(py, exc::TypeError, "{} got multiple values for argument '{}'", name_of_type(type_of(self)), key);
            given[at] = true;
        } else {
            Ref<Tuple> attributes = TRY(class_tuple(py, self, *c.attributes_name));
            if (!TRY(has_name(py, *attributes, key))) {
                CHECK(warn(py, exc::DeprecationWarning,
                           "{}.__init__ got an unexpected keyword argument '{}'. Support for arbitrary keyword arguments is deprecated and will be removed in "
                           "Python 3.15.", TRY(shown_name(py, self)), key));
            }
        }
        CHECK(set_attribute(py, Borrowed<>(self), key, Borrowed<>(args[n + i])));
    }
    if (std::find(given.begin(), given.end(), false) == given.end()) return {};
    Maybe<> types = TRY(find_attribute(py, Borrowed<>(Value::of(&type_of(self))), *c.field_types_name));
    if (!types || !is<Dict>(types.value())) return {};
    for (std::size_t i = 0; i < fields->size; ++i)
        if (!given[i]) CHECK(set_default(py, c, self, as<Dict>(types.value()), fields->at(i)));
    return {};
}
Value node_init(Python& py, Value self, Value const* args, std::size_t n, Tuple* names) {
    return init(py, self, args, n, names).raised() ? Value{} : kNone;
}

Value node_new(Python& py, Type& type, Value const*, std::size_t, Tuple*) { return Result<Ref<>>(make<Node>(py, type)).release(); }

// ---- copying

// (type, (None, ...), __dict__): as many Nones as keep the constructor from missing a field; the state then sets them.
Result<Ref<>> reduce(Python& py, Borrowed<Node> self) {
    Classes const& c = *TRY(classes(py));
    Ref<Dict> dict = TRY(instance_dict(py, self.get()));
    Ref<Tuple> fields = TRY(class_tuple(py, self.value(), *c.fields_name));
    std::size_t n = 0;
    while (n < fields->size && TRY(dict_contains(py, dict, fields->at(n)))) ++n;
    Ref<Tuple> nones = TRY(make_tuple_uninitialized(py, n));
    for (std::size_t i = 0; i < n; ++i) nones->slots[i] = kNone;
    return make_tuple_of(py, Borrowed<Type>(type_of(self.get())).share(), std::move(nones), TRY(dict_copy(py, dict)));
}

Result<Ref<>> replace(Python& py, Borrowed<Node> self, Args args, Kwargs changes) {
    if (args.size()) return raise(py, exc::TypeError, "__replace__() takes no positional arguments");
    Classes const& c = *TRY(classes(py));
    Ref<Str> shown = TRY(shown_name(py, self.value()));
    Ref<Tuple> fields = TRY(class_tuple(py, self.value(), *c.fields_name)), attributes = TRY(class_tuple(py, self.value(), *c.attributes_name));
    Ref<Dict> own = TRY(instance_dict(py, self.get())), values = TRY(make_dict(py));
    for (std::size_t i = 0; i < changes.size(); ++i) {
        Borrowed<Str> key = changes.name(i);
        if (!TRY(has_name(py, *fields, key)) && !TRY(has_name(py, *attributes, key)))
            return raise(py, exc::TypeError, "{}.__replace__ got an unexpected keyword argument '{}'.", shown, key);
        CHECK(dict_set_item(py, values, key, changes.value(i).share()));
    }
    Maybe<> types = TRY(find_attribute(py, Borrowed<>(Value::of(&type_of(self.get()))), *c.field_types_name));
    std::vector<std::string> missing;
    for (Tuple* names : {fields.get(), attributes.get()}) {
        for (Value name : names->items()) {
            if (TRY(dict_contains(py, values, Borrowed<>(name)))) continue;
            if (Maybe<> there = TRY(dict_get_item(py, own, Borrowed<>(name)))) {
                CHECK(dict_set_item(py, values, Borrowed<>(name), std::move(there).take()));
            } else if (names == fields.get()) {
                Maybe<> type = types && is<Dict>(types.value()) ? TRY(dict_get_item(py, as<Dict>(types.value()), Borrowed<>(name))) : Maybe<>();
                if (!type || !is_union(*type)) missing.push_back(wtf8_of(*TRY(repr(py, Borrowed<>(name)))));
            }
        }
    }
    if (!missing.empty()) {
        std::sort(missing.begin(), missing.end());
        std::string list;
        for (std::string const& m : missing) list += (list.empty() ? "" : ", ") + m;
        return raise(py, exc::TypeError, "{}.__replace__ missing {} keyword argument{}: {}.", shown, missing.size(), missing.size() == 1 ? "" : "s", list);
    }
    std::vector<Value> words;
    std::vector<Ref<>> kept;
    std::size_t count = values->size();
    Ref<Tuple> keywords = TRY(make_tuple_uninitialized(py, count));
    std::size_t position = 0, i = 0;
    for (Maybe<> key, value; i < count && dict_next(py, *values, &position, &key, &value); ++i) {
        keywords->slots[i] = key.release();
        words.push_back(value.value());
        kept.push_back(std::move(value).take());
    }
    return call(py, Borrowed<>(Value::of(&type_of(self.get()))), std::span<Value const>(words), keywords.get());
}

// ---- repr: three levels deep, and of long lists only the ends

constexpr int kMaxDepth = 3;

Result<void> show(Python& py, StrBuilder& out, Borrowed<> v, int depth);

Result<void> show_items(Python& py, StrBuilder& out, Borrowed<> sequence, int depth) {
    bool list = is<List>(sequence);
    Ref<Tuple> items = TRY(tuple_from(py, sequence));
    out.add(list ? "[" : "(");
    if (items->size) CHECK(show(py, out, items->at(0), depth));
    if (items->size > 2) out.add(", ...");
    if (items->size > 1) {
        out.add(", ");
        CHECK(show(py, out, items->at(items->size - 1), depth));
    }
    out.add(list ? "]" : ")");
    return {};
}

Result<void> show_node(Python& py, StrBuilder& out, Borrowed<> v, int depth) {
    Ref<Str> name = TRY(shown_name(py, v.value()));
    out.add(*name);
    if (depth <= 0) return out.add("(...)"), Result<void>();
    CHECK(check_native_stack(py, " while getting the repr of an object"));
    Classes const& c = *TRY(classes(py));
    if (!TRY(repr_enter(py, v))) return out.add("(...)"), Result<void>();
    auto run = [&]() -> Result<void> {
        Ref<Tuple> fields = TRY(class_tuple(py, v.value(), *c.fields_name));
        out.add("(");
        for (std::size_t i = 0; i < fields->size; ++i) {
            if (!is<Str>(fields->at(i))) return raise(py, exc::TypeError, "attribute name must be string, not '{}'", TypeName{fields->slots[i]});
            if (i) out.add(", ");
            out.add(*as<Str>(fields->at(i)));
            out.add("=");
            Ref<> value = TRY(get_attribute(py, v, as<Str>(fields->at(i))));
            if (type_of(value).has(type_flag::list | type_flag::tuple)) CHECK(show_items(py, out, value, depth - 1));
            else CHECK(show(py, out, value, depth - 1));
        }
        out.add(")");
        return {};
    };
    Result<void> r = run();
    repr_leave(py, v);
    return r;
}

Result<void> show(Python& py, StrBuilder& out, Borrowed<> v, int depth) {
    if (is<Node>(v)) return show_node(py, out, v, depth);
    out.add(*TRY(repr(py, v)));
    return {};
}

Result<Ref<Str>> repr_node(Python& py, Borrowed<Node> self) {
    StrBuilder out(py);
    CHECK(show_node(py, out, self, kMaxDepth));
    return out.finish();
}

constexpr MethodDef methods[] = {
    def<reduce>("__reduce__", "", "For copy and pickle."),
    def<replace>("__replace__", "*args, **changes", "Returns a copy of the node with new values for the given fields."),
};
constexpr SlotDef slots[] = {slot<Dunder::repr, repr_node>};
constexpr GetSetDef getsets[] = {{"__dict__", get_instance_dict, set_instance_dict}};
constexpr TypeDef node_def{.name = "ast.AST", .doc = "Base of the classes of syntax trees.", .size = sizeof(Node),
                           .flags = type_flag::subclassable | type_flag::has_dict | type_flag::has_weakrefs, .hooks = hooks_of<Node>(),
                           .new_ = node_new, .init = node_init, .methods = methods, .slots = slots, .getsets = getsets};

}  // namespace

ORO_TYPE(node_type, node_def);
Type& Node::type() { return node_type; }

}  // namespace oro::ast
