// dict: its methods. The table and its protocol are in object/dict*.cpp; views and iterators in files of their own.
#include "object/dict.h"

#include "object/define.h"
#include "object/dict_table.h"
#include "object/generic_alias.h"
#include "object/list.h"
#include "types/arguments.h"
#include "types/sequence.h"
#include "types/set_ops.h"
#include "types/views.h"

namespace oro {

namespace {

Value new_dict(Python& py, Type& type, Value const*, std::size_t, Tuple*) { return binding::finish(py, make<Dict>(py, type)); }

// What dict(), update() take: at most one mapping or iterable, and keywords.
Result<void> update_from(Python& py, Borrowed<Dict> dict, char const* function, std::span<Value const> args, Kwargs keywords) {
    if (args.size() > 1) return raise(py, exc::TypeError, "{} expected at most 1 argument, got {}", function, args.size());
    if (args.size() == 1) CHECK(dict_update(py, dict, Borrowed<>(args[0])));
    for (std::size_t i = 0; i < keywords.size(); ++i)
        CHECK(dict_set_item(py, dict, keywords.name(i), keywords.value(i).share()));
    return {};
}

Value init_dict(Python& py, Value self, Value const* args, std::size_t n, Tuple* names) {
    return binding::finish(py, update_from(py, as<Dict>(self), "dict", {args, n}, Kwargs{names, args + n}));
}

Result<void> update(Python& py, Borrowed<Dict> self, Args args, Kwargs keywords) {
    return update_from(py, self, "update", args.values, keywords);
}

Result<Ref<>> getitem(Python& py, Borrowed<Dict> self, Borrowed<> key) {
    Maybe<> value = TRY(dict_get_item(py, self, key));
    if (value) [[likely]] return std::move(value).take();
    if (!is_exact<Dict>(Borrowed<>(self))) {
        Value words[] = {key.value()};
        Maybe<> made = TRY(call_special(py, self, name::dunder_missing(), words));
        if (made) return std::move(made).take();
    }
    return raise_value(py, exc::KeyError, key);
}

Result<void> setitem(Python& py, Borrowed<Dict> self, Borrowed<> key, Borrowed<> value) {
    return dict_set_item(py, self, key, value.share());
}

Result<void> delitem(Python& py, Borrowed<Dict> self, Borrowed<> key) {
    Maybe<> old = TRY(dict_pop_item(py, self, key));
    if (old) return {};
    return raise_value(py, exc::KeyError, key);
}

Result<Ref<>> get(Python& py, Borrowed<Dict> self, Borrowed<> key, Borrowed<> otherwise) {
    Maybe<> value = TRY(dict_get_item(py, self, key));
    return value ? std::move(value).take() : otherwise.share();
}

Result<Ref<>> setdefault(Python& py, Borrowed<Dict> self, Borrowed<> key, Borrowed<> otherwise) {
    return dict_set_default(py, self, key, otherwise);
}

Result<Ref<>> pop(Python& py, Borrowed<Dict> self, Borrowed<> key, Optional<> otherwise) {
    // An empty dict doesn't ask for the hash.
    if (self->size() > 0) {
        Maybe<> old = TRY(dict_pop_item(py, self, key));
        if (old) return std::move(old).take();
    }
    if (otherwise) return (*otherwise).share();
    return raise_value(py, exc::KeyError, key);
}

Result<Ref<Tuple>> popitem(Thread& t, Borrowed<Dict> self) {
    Ref<Tuple> pair = TRY(make_tuple_uninitialized(t, 2));
    Maybe<> key, value;
    if (!dict_pop_last(t, *self, &key, &value)) return raise(t, exc::KeyError, "popitem(): dictionary is empty");
    pair->slots[0] = key.release();
    pair->slots[1] = value.release();
    return pair;
}

void clear(Thread& t, Borrowed<Dict> self) { dict_clear(t, *self); }
Result<Ref<Dict>> copy(Thread& t, Borrowed<Dict> self) { return dict_copy(t, self); }

template <DictPart P> Result<Ref<>> view(Thread& t, Borrowed<Dict> self) { return make_dict_view<P>(t, self); }

Result<Ref<>> fromkeys(Python& py, Borrowed<> cls, Borrowed<> iterable, Borrowed<> value) {
    Ref<> made = cls.is(Value::of(&Dict::type())) ? Ref<>(TRY(make_dict(py))) : TRY(call(py, cls, {}));
    if (is_exact<Dict>(made.value())) {
        Ref<Dict> dict = as<Dict>(std::move(made));
        if (is_exact<Dict>(iterable) || is_exact<Set>(iterable) || is_exact<FrozenSet>(iterable)) {
            // The keys of a dict and the items of a set bring their hashes.
            CHECK(each_hashed(py, iterable, [&](Ref<> key, std::int64_t hash) -> Result<bool> {
                CHECK(dict_set_item_hashed(py, dict, key, hash, value.share()));
                return true;
            }));
        } else {
            CHECK(for_each(py, iterable, [&](Ref<> key) { return dict_set_item(py, dict, key, value.share()); }));
        }
        return dict;
    }
    CHECK(for_each(py, iterable, [&](Ref<> key) { return set_item(py, made, key, value); }));
    return made;
}

Result<Ref<>> reversed(Thread& t, Borrowed<Dict> self) { return make_dict_reverse_iterator<DictPart::keys>(t, self); }

std::int64_t size_of(Thread&, Borrowed<Dict> self) {
    DictKeys* k = self->keys();
    std::int64_t size = fixed_size(self);
    if (dict_table::is_shared_empty(k)) return size;
    return size + std::int64_t(sizeof(DictKeys) + k->capacity() * sizeof(DictEntry) + (std::size_t(k->index_width) << k->log2_size));
}

std::int64_t len(Thread&, Borrowed<Dict> self) { return std::int64_t(self->size()); }
Result<bool> contains(Python& py, Borrowed<Dict> self, Borrowed<> key) { return dict_contains(py, self, key); }
Result<Ref<>> iter(Thread& t, Borrowed<Dict> self) { return make_dict_iterator(t, self, DictPart::keys); }

Result<Ref<>> update_inplace(Python& py, Borrowed<Dict> self, Borrowed<> other) {
    CHECK(dict_update(py, self, other));
    return self.share();
}

Result<Ref<>> compare_dicts(Python& py, Borrowed<Dict> self, Borrowed<> other, Compare op) {
    if (!is<Dict>(other) || (op != Compare::eq && op != Compare::ne)) return Ref<>::immediate(kNotImplemented);
    bool same = TRY(dicts_equal(py, self, as<Dict>(other)));
    return Ref<>::immediate(Value::of_bool(same == (op == Compare::eq)));
}

Result<Ref<Str>> repr_dict(Python& py, Borrowed<Dict> self) {
    if (self->size() == 0) return make_str(py, "{}");
    if (!TRY(repr_enter(py, self))) return make_str(py, "{...}");
    ReprGuard guard{py, self};
    StrBuilder text(py);
    text.add(U'{');
    std::size_t position = 0;
    Maybe<> key, value;
    for (bool first = true; dict_next(py, *self, &position, &key, &value); first = false) {
        if (!first) text.add(", ");
        text.add(*TRY(repr(py, *key)));
        text.add(": ");
        text.add(*TRY(repr(py, *value)));
    }
    text.add(U'}');
    return text.finish();
}

constexpr MethodDef methods[] = {
    def<size_of>("__sizeof__", "", "Return the size of the dict in memory, in bytes."),
    def<get>("get", "key, default=None, /", "Return the value of the key if it is in the dictionary, else default."),
    def<setdefault>("setdefault", "key, default=None, /",
                    "Put the key in with the default if it isn't there.\n\nReturns the value that the key has then."),
    def<pop>("pop", "key, default=<unrepresentable>, /",
             "Take the key out and return its value.\n\nIf it isn't there, return default, or raise KeyError if none was given."),
    def<popitem>("popitem", "",
                 "Take out a (key, value) pair and return it as a tuple: the one that was put in last.\n\n"
                 "Raises KeyError if the dict is empty."),
    def<view<DictPart::keys>>("keys", "", "Return a set-like view of the keys."),
    def<view<DictPart::items>>("items", "", "Return a set-like view of the (key, value) pairs."),
    def<view<DictPart::values>>("values", "", "Return a view of the values."),
    def<update>("update", "*args, **kwargs",
                "Put in what a mapping or an iterable of pairs holds, then what the keywords say."),
    class_def<fromkeys>("fromkeys", "iterable, value=None, /",
                        "Make a new dictionary whose keys are those of iterable, all with the same value."),
    def<clear>("clear", "", "Take everything out of the dict."),
    def<copy>("copy", "", "Return a shallow copy of the dict."),
    def<reversed>("__reversed__", "", "Return an iterator over the keys from the last to the first."),
    class_def<class_getitem>("__class_getitem__", "object, /", kClassGetitemDoc),
};
constexpr SlotDef slots[] = {
    slot<Dunder::repr, repr_dict>,    slot<Dunder::len, len>,         slot<Dunder::iter, iter>,
    slot<Dunder::getitem, getitem>,   slot<Dunder::setitem, setitem>, slot<Dunder::delitem, delitem>,
    slot<Dunder::contains, contains>, number_slot<Dunder::or_, dict_union>,
    slot<Dunder::ior_, update_inplace>, ORO_COMPARE_SLOTS(compare_dicts),
};
constexpr TypeDef dict_def{
    .name = "dict",
    .doc = "dict() -> new empty dictionary\n"
           "dict(mapping) -> new dictionary with the pairs of a mapping\n"
           "dict(iterable) -> new dictionary with the (key, value) pairs that iterating gives\n"
           "dict(**kwargs) -> new dictionary with the keywords as keys, for example dict(one=1, two=2)",
    .size = sizeof(Dict),
    .flags = type_flag::lasting | type_flag::subclassable | type_flag::mapping | type_flag::dict | type_flag::match_self,
    .hooks = hooks_of<Dict>(),
    .new_ = new_dict,
    .init = init_dict,
    .methods = methods,
    .slots = slots,
};

}  // namespace

ORO_TYPE(dict_type, dict_def);
Type& Dict::type() { return dict_type; }

Result<Ref<>> dict_union(Python& py, Borrowed<> a, Borrowed<> b) {
    if (!is<Dict>(a) || !is<Dict>(b)) return Ref<>::immediate(kNotImplemented);
    Ref<Dict> result = TRY(dict_copy(py, as<Dict>(a)));
    CHECK(dict_update(py, result, b));
    return result;
}

Result<bool> dicts_equal(Python& py, Borrowed<Dict> a, Borrowed<Dict> b) {
    if (a->size() != b->size()) return false;
    std::size_t position = 0;
    Maybe<> key, value;
    std::int64_t hash;
    while (dict_next(py, *a, &position, &key, &value, &hash)) {
        Maybe<> other = TRY(dict_get_item_hashed(py, b, *key, hash));
        if (!other) return false;
        if (!TRY(equal(py, *value, *other))) return false;
        CHECK(poll(py));
    }
    return true;
}

}  // namespace oro
