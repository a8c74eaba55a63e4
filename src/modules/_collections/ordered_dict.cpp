#include "modules/_collections/ordered_dict.h"

#include "object/dict_lookup.h"
#include "object/dict_pairs.h"
#include "object/list.h"
#include "types/iterators.h"
#include "types/sequence.h"
#include "types/views.h"

namespace oro::collections {

namespace {

using Self = Borrowed<OrderedDict>;

// Whether a special method is dict's own: then calling it and using the table are the same, and the table is quicker and can be
// taken as it is at one moment.
bool is_dicts(Self self, Dunder which) { return type_of(Borrowed<>(self)).slot(which) == dict_type.slot(which); }

Result<void> put(Python& py, Self self, Borrowed<> key, std::int64_t hash, Borrowed<> value) {
    if (is_dicts(self, Dunder::setitem)) return dict_set_item_hashed(py, self, key, hash, value.share());
    return set_item(py, self, key, value);
}

// ---- update(): every pair goes through the class's own __setitem__

Result<void> put_pairs_of(Python& py, Self self, Borrowed<Dict> other) {
    DictPairs pairs(py, other);
    for (DictPairs::Entry const& e : pairs.entries) {
        CHECK(put(py, self, Borrowed<>(e.key), e.hash, Borrowed<>(e.value)));
        CHECK(poll(py));
    }
    return {};
}

Result<void> put_pair(Python& py, Self self, Borrowed<> pair) {
    if (is_exact<Tuple>(pair) && as<Tuple>(pair)->size == 2) return set_item(py, self, as<Tuple>(pair)->at(0), as<Tuple>(pair)->at(1));
    Ref<> iterator = TRY(get_iterator(py, pair));
    Maybe<> parts[2];
    for (std::size_t i = 0; i < 2; ++i) {
        Next part = next(py, iterator);
        if (part.raised()) return Raised{};
        if (part.ended()) return raise(py, exc::ValueError, "need more than {} value{} to unpack", i, i == 1 ? "" : "s");
        parts[i] = std::move(part).take();
    }
    Next more = next(py, iterator);
    if (more.raised()) return Raised{};
    if (!more.ended()) {
        (void)std::move(more).take();
        return raise(py, exc::ValueError, "too many values to unpack (expected 2)");
    }
    return set_item(py, self, *parts[0], *parts[1]);
}
Result<void> put_pairs(Python& py, Self self, Borrowed<> pairs) {
    return for_each(py, pairs, [&](Ref<> pair) { return put_pair(py, self, pair); });
}

// From a mapping, from what has items(), or from an iterable of pairs.
Result<void> put_all(Python& py, Self self, Borrowed<> other) {
    if (is_exact<Dict>(other) || is_exact<OrderedDict>(other)) return put_pairs_of(py, self, as<Dict>(other));
    if (Maybe<> keys = TRY(find_attribute(py, other, name::keys())); keys) {
        return for_each(py, TRY(call(py, *keys, {})), [&](Ref<> key) -> Result<void> {
            return set_item(py, self, key, TRY(get_item(py, other, key)));
        });
    }
    if (Maybe<> items = TRY(find_attribute(py, other, name::items())); items) return put_pairs(py, self, TRY(call(py, *items, {})));
    return put_pairs(py, self, other);
}

Result<void> put_arguments(Python& py, Self self, std::span<Value const> args, Kwargs keywords) {
    if (!args.empty()) CHECK(put_all(py, self, Borrowed<>(args[0])));
    for (std::size_t i = 0; i < keywords.size(); ++i) CHECK(set_item(py, self, keywords.name(i), keywords.value(i)));
    return {};
}

Result<void> update(Python& py, Self self, Args args, Kwargs keywords) {
    if (args.size() > 1) return raise(py, exc::TypeError, "update() takes at most 1 positional argument ({} given)", args.size());
    return put_arguments(py, self, args.values, keywords);
}

Result<void> init(Python& py, Self self, std::span<Value const> args, Kwargs keywords) {
    if (args.size() > 1) return raise(py, exc::TypeError, "expected at most 1 argument, got {}", args.size());
    return put_arguments(py, self, args, keywords);
}
Value init_ordered(Python& py, Value self, Value const* args, std::size_t n, Tuple* names) {
    return binding::finish(py, init(py, as<OrderedDict>(self), {args, n}, Kwargs{names, args + n}));
}
Value new_ordered(Python& py, Type& type, Value const*, std::size_t, Tuple*) { return binding::finish(py, make<OrderedDict>(py, type)); }

// ---- the order

Result<void> move_to_end(Python& py, Self self, Borrowed<> key, bool last) {
    bool found = false, moved = false;
    // An empty dict doesn't ask for the hash.
    if (self->size() > 0) {
        std::int64_t hash = TRY(hash_value(py, key));
        CHECK(dict_table::with_place(py, *self, key.value(), hash, [&](std::size_t ix) {
            found = ix != dict_table::kAbsent;
            moved = found && move_entry(*self, self->ends, ix, last ? End::back : End::front);
        }));
    }
    if (!found) return raise_value(py, exc::KeyError, key);
    if (!moved) return raise_no_memory(py);
    return {};
}

Result<Ref<Tuple>> popitem(Thread& t, Self self, bool last) {
    Ref<Tuple> items = TRY(make_tuple_uninitialized(t, 2));
    {
        Section section(t, self.get());
        std::size_t ix = entry_at(*self, self->ends, last ? End::back : End::front);
        if (ix != dict_table::kAbsent) {
            dict_table::Pair pair = dict_table::remove_entry(*self, ix);
            items->slots[0] = pair.key;
            items->slots[1] = pair.value;
            return items;
        }
    }
    return raise(t, exc::KeyError, "dictionary is empty");
}

// ---- single keys

Result<Ref<>> pop(Python& py, Self self, Borrowed<> key, Optional<> otherwise) {
    Maybe<> old = TRY(dict_pop_item_hashed(py, self, key, TRY(hash_value(py, key))));
    if (old) return std::move(old).take();
    if (otherwise) return (*otherwise).share();
    return raise_value(py, exc::KeyError, key);
}

Result<Ref<>> setdefault(Python& py, Self self, Borrowed<> key, Borrowed<> otherwise) {
    if (is_dicts(self, Dunder::contains) && is_dicts(self, Dunder::getitem) && is_dicts(self, Dunder::setitem))
        return dict_set_default(py, self, key, otherwise);
    if (TRY(contains(py, self, key))) return get_item(py, self, key);
    CHECK(set_item(py, self, key, otherwise));
    return otherwise.share();
}

// ---- the whole

void clear(Thread& t, Self self) { dict_clear(t, *self); }

Result<Ref<OrderedDict>> copy_exactly(Thread& t, Self self) {
    Ref<OrderedDict> made = TRY(make<OrderedDict>(t, ordered_dict()));
    CHECK(dict_copy_into(t, *made, self));
    return made;
}

Result<Ref<>> copy(Python& py, Self self) {
    if (is_exact<OrderedDict>(Borrowed<>(self))) return TRY(copy_exactly(py, self));
    Ref<> made = TRY(call(py, Borrowed<Type>(type_of(Borrowed<>(self))), {}));
    bool own_getitem = !is_dicts(self, Dunder::getitem);
    DictState before = ordered_state(py, self);
    DictPairs pairs(py, self);
    for (DictPairs::Entry const& e : pairs.entries) {
        Borrowed<> key(e.key);
        Ref<> value = own_getitem ? TRY(get_item(py, self, key)) : share(e.value);
        CHECK(set_item(py, made, key, value));
        // Python that ran here may not change the dict; what other threads do to it is no concern of the copy.
        if (py.alone && ordered_state(py, self) != before) return raise_mutated(py);
        CHECK(poll(py));
    }
    return made;
}

Result<Ref<>> fromkeys(Python& py, Borrowed<> cls, Borrowed<> iterable, Borrowed<> value) {
    Ref<> made = TRY(call(py, cls, {}));
    CHECK(for_each(py, iterable, [&](Ref<> key) { return set_item(py, made, key, value); }));
    return made;
}

template <DictPart P> Result<Ref<>> view(Thread& t, Self self) { return make_ordered_view(t, self, P); }
template <End From> Result<Ref<>> iterate(Thread& t, Self self) { return make_ordered_iterator(t, self, DictPart::keys, From); }

Result<Ref<Tuple>> reduce(Python& py, Self self) {
    Ref<> state = TRY(call_method(py, self, name::dunder_getstate(), {}));
    Ref<> items = TRY(call_method(py, self, name::items(), {}));
    Ref<> iterator = TRY(get_iterator(py, items));
    return make_tuple_of(py, share(Value::of(&type_of(Borrowed<>(self)))), empty_tuple(), std::move(state), none.share(),
                         std::move(iterator));
}

Result<Ref<Str>> repr_ordered(Python& py, Self self) {
    Type& type = type_of(Borrowed<>(self));
    StrBuilder text(py);
    text.add(*type.name.load(&type).operator->());
    if (self->size() == 0) {
        text.add("()");
        return text.finish();
    }
    if (!TRY(repr_enter(py, self))) return make_str(py, "...");
    ReprGuard guard{py, self};
    Ref<Dict> pairs = TRY(make_dict(py));
    CHECK(dict_merge(py, pairs, self));
    text.add(U'(');
    text.add(*TRY(repr(py, pairs)));
    text.add(U')');
    return text.finish();
}

// ---- operators

Result<bool> same_order(Python& py, Self a, Self b) {
    DictState before_a = ordered_state(py, a), before_b = ordered_state(py, b);
    DictPairs first(py, a), second(py, b);
    for (std::size_t i = 0; i < first.entries.size() && i < second.entries.size(); ++i) {
        if (!TRY(equal(py, Borrowed<>(first.entries[i].key), Borrowed<>(second.entries[i].key)))) return false;
        if (py.alone && (ordered_state(py, a) != before_a || ordered_state(py, b) != before_b)) return raise_mutated(py);
        CHECK(poll(py));
    }
    return first.entries.size() == second.entries.size();
}

Result<bool> equal_ordered(Python& py, Self a, Self b) { return TRY(dicts_equal(py, a, b)) && TRY(same_order(py, a, b)); }

// While other threads may change the dicts, what they hold now is compared.
Result<bool> equal_to(Python& py, Self self, Borrowed<Dict> other) {
    bool ordered = is<OrderedDict>(Borrowed<>(other));
    if (py.alone) return ordered ? equal_ordered(py, self, as<OrderedDict>(Borrowed<>(other))) : dicts_equal(py, self, other);
    Ref<OrderedDict> mine = TRY(copy_exactly(py, self));
    if (!ordered) return dicts_equal(py, mine, other);
    bool same = other.get() == self.get();
    return equal_ordered(py, mine, same ? mine.share() : TRY(copy_exactly(py, as<OrderedDict>(Borrowed<>(other)))));
}

Result<Ref<>> compare_ordered(Python& py, Self self, Borrowed<> other, Compare op) {
    if (!is<Dict>(other) || (op != Compare::eq && op != Compare::ne)) return Ref<>::immediate(kNotImplemented);
    bool same = TRY(equal_to(py, self, as<Dict>(other)));
    return Ref<>::immediate(Value::of_bool(same == (op == Compare::eq)));
}

Result<Ref<>> union_of(Python& py, Borrowed<> a, Borrowed<> b) {
    if (!is<Dict>(a) || !is<Dict>(b)) return Ref<>::immediate(kNotImplemented);
    Borrowed<> like = is<OrderedDict>(a) ? a : b;
    Ref<> made = TRY(call_with(py, Borrowed<Type>(type_of(like)), a));
    if (!is<OrderedDict>(made.value())) return Ref<>::immediate(kNotImplemented);
    CHECK(put_all(py, as<OrderedDict>(made.value()), b));
    return made;
}

Result<Ref<>> update_inplace(Python& py, Self self, Borrowed<> other) {
    CHECK(put_all(py, self, other));
    return self.share();
}

constexpr MethodDef methods[] = {
    def<move_to_end>("move_to_end", "key, last=True",
                     "Move the key behind all others, or in front of them if last is false.\n\nRaises KeyError if it isn't there."),
    def<popitem>("popitem", "last=True",
                 "Take out the last (key, value) pair, or the first one if last is false, and return it.\n\n"
                 "Raises KeyError if there is none."),
    def<pop>("pop", "key, default=<unrepresentable>",
             "Take the key out and return its value.\n\nIf it isn't there, return default, or raise KeyError if none was given."),
    def<setdefault>("setdefault", "key, default=None",
                    "Put the key in with the default if it isn't there.\n\nReturns the value that the key has then."),
    def<update>("update", "*args, **kwargs",
                "Put in what a mapping or an iterable of pairs holds, then what the keywords say. Keys that are there keep their place."),
    class_def<fromkeys>("fromkeys", "iterable, value=None", "Make a new ordered dictionary whose keys are those of iterable, all with the same value."),
    def<clear>("clear", "", "Take everything out."),
    def<copy>("copy", "", "Return a shallow copy."),
    def<view<DictPart::keys>>("keys", "", "Return a set-like view of the keys, in order."),
    def<view<DictPart::items>>("items", "", "Return a set-like view of the (key, value) pairs, in order."),
    def<view<DictPart::values>>("values", "", "Return a view of the values, in order."),
    def<iterate<End::back>>("__reversed__", "", "Return an iterator over the keys from the last to the first."),
    def<reduce>("__reduce__", "", "Give what pickle needs."),
};
constexpr SlotDef slots[] = {
    slot<Dunder::repr, repr_ordered>,
    slot<Dunder::iter, iterate<End::front>>,
    number_slot<Dunder::or_, union_of>,
    slot<Dunder::ior_, update_inplace>,
    ORO_COMPARE_SLOTS(compare_ordered),
};
constexpr TypeDef ordered_dict_def{
    .name = "collections.OrderedDict",
    .doc = "A dict whose pairs can be moved to its ends and taken from both of them.\n\n"
           "Two of them are equal only if their pairs stand in the same order.",
    .base = &dict_type,
    .size = sizeof(OrderedDict),
    .flags = type_flag::lasting | type_flag::subclassable | type_flag::has_dict | type_flag::has_weakrefs,
    .hooks = hooks_of<OrderedDict>(),
    .new_ = new_ordered,
    .init = init_ordered,
    .methods = methods,
    .slots = slots,
};

}  // namespace

ORO_TYPE(ordered_dict_type, ordered_dict_def);
Type& ordered_dict() { return ordered_dict_type; }

DictState ordered_state(Thread& t, Self dict) {
    Section section(t, dict.get());
    return state_of(*dict, dict->ends);
}

Raised raise_mutated(Thread& t) { return raise(t, exc::RuntimeError, "OrderedDict mutated during iteration"); }

}  // namespace oro::collections
