// operator.itemgetter, attrgetter, methodcaller. Immutable.
#include <vector>

#include "modules/_operator/operator.h"
#include "object/builtins.h"
#include "object/dict.h"
#include "types/arguments.h"

namespace oro::operators {

namespace {

struct Getter : Object {
    Fixed<Tuple> given;                  // the arguments as they were
    Fixed<Tuple> parts;                  // of attrgetter: for each name a str, or a tuple of strs where it has dots
    Fixed<Dict> keywords;                // of methodcaller, or null
    Getter(Ref<Tuple> g, Maybe<Tuple> p, Maybe<Dict> k) : given(std::move(g)), parts(std::move(p)), keywords(std::move(k)) {}
    static constexpr auto fields = std::tuple{&Getter::given, &Getter::parts, &Getter::keywords};
};
struct ItemGetter : Getter {
    using Getter::Getter;
    static Type& type() { return itemgetter_type; }
};
struct AttrGetter : Getter {
    using Getter::Getter;
    static Type& type() { return attrgetter_type; }
};
struct MethodCaller : Getter {
    using Getter::Getter;
    static Type& type() { return methodcaller_type; }
};

bool one_object(Python& py, char const* name, std::size_t n, Tuple* names) { return check_positional(py, name, n, names, 1, 1); }

// ---- constructing

Result<Ref<>> construct_itemgetter(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    if (names && names->size > 0) return raise(py, exc::TypeError, "itemgetter() takes no keyword arguments");
    if (n == 0) return raise(py, exc::TypeError, "itemgetter expected 1 argument, got 0");
    return make<ItemGetter>(py, type, TRY(oro::make_tuple(py, {args, n})), Maybe<Tuple>(), Maybe<Dict>());
}

// The name itself, interned, or the names between its dots.
Result<Ref<>> split_name(Python& py, Borrowed<Str> name) {
    std::vector<Ref<>> pieces;
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= name->length(); ++i) {
        if (i < name->length() && name->at(i) != U'.') continue;
        pieces.push_back(intern(py, TRY(substring(py, name, begin, i))));
        begin = i + 1;
    }
    if (pieces.size() == 1) return std::move(pieces[0]);
    Ref<Tuple> parts = TRY(make_tuple_uninitialized(py, pieces.size()));
    for (std::size_t i = 0; i < pieces.size(); ++i) parts->slots[i] = pieces[i].release();
    return parts;
}

Result<Ref<>> construct_attrgetter(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    if (names && names->size > 0) return raise(py, exc::TypeError, "attrgetter() takes no keyword arguments");
    if (n == 0) return raise(py, exc::TypeError, "attrgetter expected 1 argument, got 0");
    Ref<Tuple> parts = TRY(make_tuple_uninitialized(py, n));
    for (std::size_t i = 0; i < n; ++i) {
        if (!is<Str>(args[i])) return raise(py, exc::TypeError, "attribute name must be a string");
        parts->slots[i] = TRY(split_name(py, as<Str>(args[i]))).release();
    }
    return make<AttrGetter>(py, type, TRY(oro::make_tuple(py, {args, n})), Maybe<Tuple>(std::move(parts)), Maybe<Dict>());
}

Result<Ref<>> construct_methodcaller(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    if (n == 0) return raise(py, exc::TypeError, "methodcaller needs at least one argument, the method name");
    if (!is<Str>(args[0])) return raise(py, exc::TypeError, "method name must be a string");
    Maybe<Dict> keywords;
    if (names && names->size > 0) {
        Ref<Dict> dict = TRY(make_dict(py, names->size));
        for (std::size_t i = 0; i < names->size; ++i)
            CHECK(dict_set_item(py, dict, Borrowed<>(names->slots[i]), share(args[n + i])));
        keywords = Maybe<Dict>(std::move(dict));
    }
    return make<MethodCaller>(py, type, TRY(oro::make_tuple(py, {args, n})), Maybe<Tuple>(), std::move(keywords));
}

template <auto Construct> Value new_of(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    return Construct(py, type, args, n, names).release();
}

// ---- calling

// f(i) for each argument: the value alone if there is one, else a tuple.
template <class F> Result<Ref<>> collect(Python& py, Getter& self, F&& f) {
    std::size_t n = self.given->size;
    if (n == 1) return f(0);
    Ref<Tuple> result = TRY(make_tuple_uninitialized(py, n));
    for (std::size_t i = 0; i < n; ++i) {
        Ref<> v = TRY(f(i));
        result->slots[i] = v.release();
    }
    return result;
}

Value call_itemgetter(Python& py, Value self, Value const* args, std::size_t n, Tuple* names) {
    if (!one_object(py, "itemgetter", n, names)) return {};
    Getter& g = *as<ItemGetter>(self);
    return collect(py, g, [&](std::size_t i) { return get_item(py, Borrowed<>(args[0]), g.given->at(i)); }).release();
}

Value call_attrgetter(Python& py, Value self, Value const* args, std::size_t n, Tuple* names) {
    if (!one_object(py, "attrgetter", n, names)) return {};
    Getter& g = *as<AttrGetter>(self);
    return collect(py, g, [&](std::size_t i) -> Result<Ref<>> {
        Borrowed<> name = g.parts->at(i);
        if (is<Str>(name)) return get_attribute(py, Borrowed<>(args[0]), as<Str>(name));
        Ref<> object = share(args[0]);
        for (Value piece : as<Tuple>(name)->items()) object = TRY(get_attribute(py, object, as<Str>(piece)));
        return object;
    }).release();
}

Result<Ref<>> call_method_of(Python& py, Getter& g, Borrowed<> object) {
    if (!g.keywords) return call_method(py, object, as<Str>(g.given->at(0)), g.given->items().subspan(1));
    Ref<> method = TRY(get_attribute(py, object, as<Str>(g.given->at(0))));
    Ref<Tuple> args = TRY(oro::make_tuple(py, g.given->items().subspan(1)));
    return call_tuple(py, method, args, Optional<Dict>(*g.keywords));
}
Value call_methodcaller(Python& py, Value self, Value const* args, std::size_t n, Tuple* names) {
    if (!one_object(py, "methodcaller", n, names)) return {};
    return call_method_of(py, *as<MethodCaller>(self), Borrowed<>(args[0])).release();
}

// ---- repr, pickling

template <class T> Result<Ref<Str>> repr_getter(Python& py, Borrowed<T> self) {
    if (!TRY(repr_enter(py, self))) return format_message(py, "{}(...)", {MessageArg(T::type().def->name)});
    struct Leave {
        Python& py;
        Borrowed<> object;
        ~Leave() { repr_leave(py, object); }
    } leave{py, self};
    StrBuilder text(py);
    text.add(T::type().def->name);
    text.add(U'(');
    for (std::size_t i = 0; i < self->given->size; ++i) {
        if (i > 0) text.add(", ");
        text.add(*TRY(repr(py, self->given->at(i))));
    }
    if (self->keywords) {
        std::size_t position = 0;
        Maybe<> key, value;
        while (dict_next(py, *self->keywords.get(), &position, &key, &value)) {
            text.add(", ");
            text.add(*TRY(str(py, *key)));
            text.add(U'=');
            text.add(*TRY(repr(py, *value)));
        }
    }
    text.add(U')');
    return text.finish();
}

template <class T> Result<Ref<Tuple>> reduce(Python& py, Borrowed<T> self) {
    Ref<> type = share(Value::of(&T::type()));
    if (!self->keywords) return make_tuple_of(py, std::move(type), self->given.share());
    // partial(methodcaller, name, **keywords), called with the other arguments
    Ref<> import = TRY(builtin(py, name::dunder_import()));
    Ref<Str> module_name = TRY(make_str(py, "functools")), partial_name = TRY(make_str(py, "partial"));
    Ref<> module = TRY(call_with(py, import, module_name));
    Ref<> partial = TRY(get_attribute(py, module, partial_name));
    Ref<Tuple> args = TRY(make_tuple_of(py, std::move(type), self->given->at(0).share()));
    Ref<> constructor = TRY(call_tuple(py, partial, args, Optional<Dict>(*self->keywords)));
    Ref<Tuple> rest = TRY(oro::make_tuple(py, self->given->items().subspan(1)));
    return make_tuple_of(py, std::move(constructor), std::move(rest));
}

template <class T> inline constexpr MethodDef methods[] = {def<reduce<T>>("__reduce__", "", "Give what pickle needs.")};
template <class T> inline constexpr SlotDef slots[] = {slot<Dunder::repr, repr_getter<T>>};
template <class T> consteval TypeDef getter_def(char const* name, char const* signature, char const* doc, NewFn new_, CallFn call) {
    TypeDef d{};
    d.name = name;
    d.doc = doc;
    d.signature = signature;
    d.size = sizeof(T);
    d.hooks = hooks_of<T>();
    d.new_ = new_;
    d.call = call;
    d.methods = methods<T>;
    d.slots = slots<T>;
    return d;
}

constexpr TypeDef itemgetter_def = getter_def<ItemGetter>(
    "operator.itemgetter", "item, /, *items",
    "A callable that gets the item, or a tuple of items, from its operand.\n\n"
    "After g = itemgetter(2, 5, 3), g(r) returns (r[2], r[5], r[3]).",
    new_of<construct_itemgetter>, call_itemgetter);
constexpr TypeDef attrgetter_def = getter_def<AttrGetter>(
    "operator.attrgetter", "attr, /, *attrs",
    "A callable that gets the attribute, or a tuple of attributes, from its operand.\n\n"
    "After h = attrgetter('name.first', 'age'), h(r) returns (r.name.first, r.age).",
    new_of<construct_attrgetter>, call_attrgetter);
constexpr TypeDef methodcaller_def = getter_def<MethodCaller>(
    "operator.methodcaller", "name, /, *args, **kwargs",
    "A callable that calls the method of that name of its operand.\n\n"
    "After g = methodcaller('name', 'date', foo=1), g(r) returns r.name('date', foo=1).",
    new_of<construct_methodcaller>, call_methodcaller);

}  // namespace

ORO_TYPE(itemgetter_type, itemgetter_def);
ORO_TYPE(attrgetter_type, attrgetter_def);
ORO_TYPE(methodcaller_type, methodcaller_def);

}  // namespace oro::operators
