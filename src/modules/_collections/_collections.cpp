// _collections: what collections is built on. deque*.cpp, defaultdict.cpp and ordered_dict*.cpp hold the types.
#include "modules/_collections/deque.h"
#include "object/dict.h"
#include "types/arguments.h"

namespace oro::collections {

namespace {

// ---- _tuplegetter: the attribute of a named tuple. Immutable but for its docstring.

struct TupleGetter : Object {
    std::int64_t index;
    Member<> doc;
    TupleGetter(std::int64_t i, Ref<> d) : index(i), doc(std::move(d)) {}
    static constexpr auto fields = std::tuple{&TupleGetter::doc};
    static Type& type() { return tuplegetter(); }
};
using Getter = Borrowed<TupleGetter>;

Result<Ref<>> construct(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    if (!check_positional(py, "_tuplegetter", n, names, 2, 2)) return Raised{};
    std::int64_t index = TRY(to_int64(py, TRY(to_index(py, Borrowed<>(args[0]))), &exc::IndexError));
    return make<TupleGetter>(py, type, index, share(args[1]));
}
Value new_getter(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    return construct(py, type, args, n, names).release();
}

Result<Ref<>> get(Python& py, Getter self, Borrowed<> object, Optional<>) {
    if (object.value().is_null()) return self.share();
    if (!is<Tuple>(object)) {
        if (object.is(kNone)) return self.share();
        return raise(py, exc::TypeError, "descriptor for index '{}' for tuple subclasses doesn't apply to '{}' object", self->index,
                     TypeName{object.value()});
    }
    Borrowed<Tuple> tuple = as<Tuple>(object);
    if (self->index < 0 || std::size_t(self->index) >= tuple->size) return raise(py, exc::IndexError, "tuple index out of range");
    return tuple->at(std::size_t(self->index)).share();
}
Result<void> set(Thread& t, Getter, Borrowed<>, Borrowed<>) { return raise(t, exc::AttributeError, "can't set attribute"); }
Result<void> remove(Thread& t, Getter, Borrowed<>) { return raise(t, exc::AttributeError, "can't delete attribute"); }

Ref<> doc_of(Getter self) {
    Maybe<> doc = self->doc.load(self.get());
    return doc ? std::move(doc).take() : none.share();
}
Result<Ref<Tuple>> reduce(Thread& t, Getter self) {
    Ref<Tuple> args = TRY(make_tuple_of(t, TRY(make_int(t, self->index)), doc_of(self)));
    return make_tuple_of(t, share(Value::of(&tuplegetter())), std::move(args));
}
Result<Ref<Str>> repr_getter(Python& py, Getter self) {
    Ref<Str> doc = TRY(repr(py, doc_of(self)));
    return format_message(py, "_tuplegetter({}, {})", {MessageArg(self->index), MessageArg(doc)});
}
Value get_doc(Python&, Value self) { return doc_of(as<TupleGetter>(self)).release(); }
Value set_doc(Python&, Value self, Value value) {
    Getter g = as<TupleGetter>(self);
    g->doc.store(g.get(), value ? Maybe<>(share(value)) : Maybe<>());
    return kNone;
}

constexpr MethodDef getter_methods[] = {def<reduce>("__reduce__", "", "Give what pickle needs.")};
constexpr GetSetDef getter_getsets[] = {{"__doc__", get_doc, set_doc}};
constexpr SlotDef getter_slots[] = {
    slot<Dunder::repr, repr_getter>, slot<Dunder::get, get>, slot<Dunder::set, set>, slot<Dunder::delete_, remove>,
};
constexpr TypeDef getter_def{
    .name = "collections._tuplegetter", .size = sizeof(TupleGetter), .hooks = hooks_of<TupleGetter>(), .new_ = new_getter,
    .methods = getter_methods, .slots = getter_slots, .getsets = getter_getsets,
};

// ---- _count_elements

// mapping[element] = mapping.get(element, 0) + 1. A dict whose class leaves reading and writing alone is used directly.
Result<void> count_elements(Python& py, Borrowed<> mapping, Borrowed<> iterable) {
    if (is<Dict>(mapping)) {
        Type& type = type_of(mapping);
        Maybe<> own = type_lookup(py, type, name::get()), plain = type_lookup(py, dict_type, name::get());
        if (own && plain && own.value() == plain.value() && type.slot(Dunder::setitem) == dict_type.slot(Dunder::setitem)) {
            Borrowed<Dict> dict = as<Dict>(mapping);
            return for_each(py, iterable, [&](Ref<> element) -> Result<void> {
                std::int64_t hash = TRY(dict_hash(py, element));
                Maybe<> count = TRY(dict_get_item_hashed(py, dict, element, hash));
                Ref<> more = Ref<>::immediate(Value::of_int(1));
                if (count) more = TRY(binary(py, Dunder::add, *count, Ref<>::immediate(Value::of_int(1))));
                return dict_set_item_hashed(py, dict, element, hash, std::move(more));
            });
        }
    }
    Ref<> get = TRY(get_attribute(py, mapping, name::get()));
    return for_each(py, iterable, [&](Ref<> element) -> Result<void> {
        Ref<> count = TRY(call_with(py, get, element, Ref<>::immediate(Value::of_int(0))));
        Ref<> more = TRY(binary(py, Dunder::add, count, Ref<>::immediate(Value::of_int(1))));
        return set_item(py, mapping, element, more);
    });
}

constexpr MethodDef functions[] = {
    function<count_elements>("_count_elements", "mapping, iterable, /", "Add one to mapping[element] for each element of the iterable."),
};

Result<void> setup(Python& py, Module& m) {
    CHECK(add_type_to_module(py, m, Deque::type()));
    CHECK(add_type_to_module(py, m, DequeIterator::type()));
    CHECK(add_type_to_module(py, m, deque_reverse_iterator_type));
    CHECK(add_type_to_module(py, m, defaultdict()));
    CHECK(add_type_to_module(py, m, ordered_dict()));
    return add_type_to_module(py, m, tuplegetter());
}

ORO_MODULE(collections_module, .name = "_collections", .doc = "High performance data structures.", .functions = functions,
           .setup = setup);

}  // namespace

ORO_TYPE(tuplegetter_type, getter_def);
Type& tuplegetter() { return tuplegetter_type; }

}  // namespace oro::collections
