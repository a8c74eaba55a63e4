// set and frozenset: methods, operators, iterator. What they compute is in set_ops.cpp, the table in object/set.cpp.
#include "object/set.h"

#include "object/define.h"
#include "object/iterator.h"
#include "object/generic_alias.h"
#include "object/list.h"
#include "types/arguments.h"
#include "types/iterators.h"
#include "types/sequence.h"
#include "types/set_ops.h"

namespace oro {

namespace {

// ---- constructing

Value new_set(Python& py, Type& type, Value const*, std::size_t, Tuple*) { return binding::finish(py, make_set(py, type)); }

Result<void> init(Python& py, Value self, Value const* args, std::size_t n, Tuple* names) {
    if (!check_positional(py, "set", n, names, 0, 1)) return Raised{};
    Borrowed<Set> set = as<Set>(self);
    if (set->size() > 0) set_clear(py, *set);
    if (n == 0) return {};
    return set_update(py, set, Borrowed<>(args[0]));
}
Value init_set(Python& py, Value self, Value const* args, std::size_t n, Tuple* names) {
    return binding::finish(py, init(py, self, args, n, names));
}

Result<Ref<>> construct_frozenset(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    bool exact = &type == &FrozenSet::type();
    // A subclass may have keywords for an __init__ of its own.
    bool own_init = type.init.load(std::memory_order_relaxed) != FrozenSet::type().init.load(std::memory_order_relaxed);
    if (!check_positional(py, "frozenset", n, own_init ? nullptr : names, 0, own_init ? n : 1)) return Raised{};
    if (n == 0) return make_set(py, type);
    if (is_exact<FrozenSet>(args[0]) && exact) return share(args[0]);
    if (is_any_set(args[0])) return set_copy(py, as_any_set(args[0]), type);
    Ref<Set> set = TRY(make_set(py, type));
    CHECK(set_update(py, set, Borrowed<>(args[0])));
    return set;
}
Value new_frozenset(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    return construct_frozenset(py, type, args, n, names).release();
}

// ---- methods of both; S is Set or FrozenSet

template <class S> Result<Ref<>> copy(Thread& t, Borrowed<S> self) {
    if (is_exact<FrozenSet>(Borrowed<>(self))) return self.share();
    return set_copy(t, self, base_set_type(self));
}

template <class S> Result<bool> contains_item(Python& py, Borrowed<S> self, Borrowed<> item) {
    return set_contains_any(py, self, item);
}

template <class S> Result<Ref<>> union_method(Python& py, Borrowed<S> self, Args others) {
    Ref<Set> result = TRY(set_copy(py, self, base_set_type(self)));
    for (Value v : others.values) CHECK(set_update(py, result, Borrowed<>(v)));
    return result;
}

template <class S> Result<Ref<>> intersection(Python& py, Borrowed<S> self, Args others) {
    if (others.size() == 0) return set_copy(py, self, base_set_type(self));
    Ref<Set> result = self.share();
    for (Value v : others.values) result = TRY(set_common(py, result, Borrowed<>(v), base_set_type(self)));
    return result;
}

template <class S> Result<Ref<>> difference(Python& py, Borrowed<S> self, Args others) {
    if (others.size() == 0) return set_copy(py, self, base_set_type(self));
    Ref<Set> result = TRY(set_without(py, self, others[0], base_set_type(self)));
    for (std::size_t i = 1; i < others.size(); ++i) CHECK(set_subtract(py, result, others[i]));
    return result;
}

template <class S> Result<Ref<>> symmetric_difference(Python& py, Borrowed<S> self, Borrowed<> other) {
    Ref<Set> result = TRY(set_copy(py, self, base_set_type(self)));
    CHECK(set_toggle(py, result, other));
    return result;
}

template <class S> Result<bool> isdisjoint(Python& py, Borrowed<S> self, Borrowed<> other) { return set_is_disjoint(py, self, other); }

template <class S> Result<bool> issubset(Python& py, Borrowed<S> self, Borrowed<> other) {
    return set_is_subset(py, self, TRY(as_set(py, other)));
}

template <class S> Result<bool> issuperset(Python& py, Borrowed<S> self, Borrowed<> other) {
    if (is_any_set(other.value())) return set_is_subset(py, as_any_set(other.value()), self);
    bool all = true;
    CHECK(each_hashed(py, other, [&](Ref<> item, std::int64_t hash) -> Result<bool> {
        return all = TRY(set_contains_hashed(py, self, item, hash));
    }));
    return all;
}

template <class S> Result<Ref<Tuple>> reduce(Python& py, Borrowed<S> self) {
    Ref<List> items = TRY(list_from(py, self));
    Ref<> state = TRY(call_method(py, self, name::dunder_getstate(), {}));
    Ref<Tuple> args = TRY(make_tuple_of(py, std::move(items)));
    return make_tuple_of(py, share(Value::of(&type_of(Borrowed<>(self)))), std::move(args), std::move(state));
}

template <class S> std::int64_t size_of(Thread&, Borrowed<S> self) {
    SetTable* k = self->table();
    return fixed_size(self) + (k->mask == 0 ? 0 : std::int64_t(sizeof(SetTable) + (k->mask + 1) * sizeof(SetEntry)));
}

// ---- methods of set

Result<void> add(Python& py, Borrowed<Set> self, Borrowed<> item) {
    (void)TRY(set_add(py, self, item));
    return {};
}
void clear(Thread& t, Borrowed<Set> self) { set_clear(t, *self); }
Result<void> discard(Python& py, Borrowed<Set> self, Borrowed<> item) {
    (void)TRY(set_discard_any(py, self, item));
    return {};
}
Result<void> remove(Python& py, Borrowed<Set> self, Borrowed<> item) {
    if (TRY(set_discard_any(py, self, item))) return {};
    return raise_value(py, exc::KeyError, item);
}
Result<Ref<>> pop(Thread& t, Borrowed<Set> self) {
    Maybe<> item = set_pop(t, *self);
    if (item) return std::move(item).take();
    return raise(t, exc::KeyError, "pop from an empty set");
}
Result<void> update(Python& py, Borrowed<Set> self, Args others) {
    for (Value v : others.values) CHECK(set_update(py, self, Borrowed<>(v)));
    return {};
}
Result<void> difference_update(Python& py, Borrowed<Set> self, Args others) {
    for (Value v : others.values) CHECK(set_subtract(py, self, Borrowed<>(v)));
    return {};
}
Result<void> intersection_update(Python& py, Borrowed<Set> self, Args others) {
    if (others.size() == 0) return {};
    Ref<Set> result = self.share();
    for (Value v : others.values) result = TRY(set_common(py, result, Borrowed<>(v), Set::type()));
    set_take_table(py, self, result);
    return {};
}
Result<void> symmetric_difference_update(Python& py, Borrowed<Set> self, Borrowed<> other) { return set_toggle(py, self, other); }

// ---- operators: both operands are sets

bool both_sets(Borrowed<> a, Borrowed<> b) { return is_any_set(a.value()) && is_any_set(b.value()); }
Ref<> not_implemented() { return Ref<>::immediate(kNotImplemented); }

Result<Ref<>> or_sets(Python& py, Borrowed<> a, Borrowed<> b) {
    if (!both_sets(a, b)) return not_implemented();
    Ref<Set> result = TRY(set_copy(py, as_any_set(a.value()), base_set_type(as_any_set(a.value()))));
    CHECK(set_update(py, result, b));
    return result;
}
Result<Ref<>> and_sets(Python& py, Borrowed<> a, Borrowed<> b) {
    if (!both_sets(a, b)) return not_implemented();
    return set_common(py, as_any_set(a.value()), b, base_set_type(as_any_set(a.value())));
}
Result<Ref<>> sub_sets(Python& py, Borrowed<> a, Borrowed<> b) {
    if (!both_sets(a, b)) return not_implemented();
    return set_without(py, as_any_set(a.value()), b, base_set_type(as_any_set(a.value())));
}
Result<Ref<>> xor_sets(Python& py, Borrowed<> a, Borrowed<> b) {
    if (!both_sets(a, b)) return not_implemented();
    Ref<Set> result = TRY(set_copy(py, as_any_set(a.value()), base_set_type(as_any_set(a.value()))));
    CHECK(set_toggle(py, result, b));
    return result;
}

Result<Ref<>> or_inplace(Python& py, Borrowed<Set> self, Borrowed<> other) {
    if (!is_any_set(other.value())) return not_implemented();
    CHECK(set_update(py, self, other));
    return self.share();
}
Result<Ref<>> and_inplace(Python& py, Borrowed<Set> self, Borrowed<> other) {
    if (!is_any_set(other.value())) return not_implemented();
    Ref<Set> result = TRY(set_common(py, self, other, Set::type()));
    set_take_table(py, self, result);
    return self.share();
}
Result<Ref<>> sub_inplace(Python& py, Borrowed<Set> self, Borrowed<> other) {
    if (!is_any_set(other.value())) return not_implemented();
    CHECK(set_subtract(py, self, other));
    return self.share();
}
Result<Ref<>> xor_inplace(Python& py, Borrowed<Set> self, Borrowed<> other) {
    if (!is_any_set(other.value())) return not_implemented();
    CHECK(set_toggle(py, self, other));
    return self.share();
}

template <class S> Result<Ref<>> compare_sets(Python& py, Borrowed<S> self, Borrowed<> other, Compare op) {
    if (!is_any_set(other.value())) return not_implemented();
    Borrowed<Set> a = self, b = as_any_set(other.value());
    bool result = false;
    switch (op) {
        case Compare::eq:
        case Compare::ne:
            result = a->size() == b->size() && TRY(set_is_subset(py, a, b));
            if (op == Compare::ne) result = !result;
            break;
        case Compare::lt: result = a->size() < b->size() && TRY(set_is_subset(py, a, b)); break;
        case Compare::le: result = TRY(set_is_subset(py, a, b)); break;
        case Compare::gt: result = a->size() > b->size() && TRY(set_is_subset(py, b, a)); break;
        case Compare::ge: result = TRY(set_is_subset(py, b, a)); break;
    }
    return Ref<>::immediate(Value::of_bool(result));
}

template <class S> std::int64_t len(Thread&, Borrowed<S> self) { return std::int64_t(self->size()); }
Result<std::int64_t> hash(Python& py, Borrowed<FrozenSet> self) { return hash_frozenset(py, self); }

template <class S> Result<Ref<Str>> repr_set(Python& py, Borrowed<S> self) {
    Type& type = type_of(Borrowed<>(self));
    Maybe<Str> name = type.name.load(&type);
    StrBuilder text(py);
    bool plain = &type == &Set::type();
    if (self->size() == 0 || !plain) {
        text.add(*name.operator->());
        text.add(U'(');
    }
    if (self->size() > 0) {
        if (!TRY(repr_enter(py, self))) {
            text.add(plain ? "set(...)" : "...)");
            return text.finish();
        }
        ReprGuard guard{py, self};
        Ref<Tuple> items = TRY(tuple_from(py, self));
        text.add(U'{');
        for (std::size_t i = 0; i < items->size; ++i) {
            if (i > 0) text.add(", ");
            text.add(*TRY(repr(py, items->at(i))));
        }
        text.add(U'}');
        if (plain) return text.finish();
    }
    text.add(U')');
    return text.finish();
}

// ---- iterator

struct SetIterator : Object {
    Fixed<Set> set;
    std::atomic<std::int64_t> position{0};   // -1: found changed; kIteratorEnded
    std::atomic<std::int64_t> left;
    std::size_t size_at_start;
    explicit SetIterator(Ref<Set> s) : set(std::move(s)), left(std::int64_t(set->size())), size_at_start(set->size()) {}
    static constexpr auto fields = std::tuple{&SetIterator::set};
    static Type& type();
};

Next next_item(Thread& t, Borrowed<SetIterator> self) {
    for (;;) {
        std::int64_t from = self->position.load(std::memory_order_relaxed);
        if (from == kIteratorEnded || !self->set) return Next::end();
        if (from < 0 || self->set->size() != self->size_at_start) {
            self->position.store(-1, std::memory_order_relaxed);
            return raise(t, exc::RuntimeError, "Set changed size during iteration");
        }
        auto position = std::size_t(from);
        Maybe<> item;
        if (!set_next(t, *self->set.get(), &position, &item)) {
            end_iteration(t, self->position, self->set);
            return Next::end();
        }
        if (t.alone) {
            self->position.store(std::int64_t(position), std::memory_order_relaxed);
            self->left.store(self->left.load(std::memory_order_relaxed) - 1, std::memory_order_relaxed);
        } else {
            if (!self->position.compare_exchange_strong(from, std::int64_t(position), std::memory_order_acq_rel)) continue;
            self->left.fetch_sub(1, std::memory_order_relaxed);
        }
        return Next(std::move(item).take());
    }
}
Result<Ref<>> iter_self(Thread&, Borrowed<SetIterator> self) { return self.share(); }

std::int64_t iterator_hint(Thread&, Borrowed<SetIterator> self) {
    if (!self->set || self->position.load() == kIteratorEnded || self->set->size() != self->size_at_start) return 0;
    std::int64_t left = self->left.load(std::memory_order_relaxed);
    return left < 0 ? 0 : left;
}
Result<Ref<Tuple>> reduce_iterator(Python& py, Borrowed<SetIterator> self) {
    Ref<> function = TRY(builtin_named(py, "iter"));
    Ref<List> rest = TRY(make_list(py));
    if (self->set && self->position.load() != kIteratorEnded) {
        Ref<SetIterator> copy = TRY(make<SetIterator>(py, SetIterator::type(), self->set.share()));
        copy->position.store(self->position.load());
        copy->size_at_start = self->size_at_start;
        CHECK(list_extend(py, rest, copy));
    }
    return reduce_iteration(py, std::move(function), std::move(rest), {});
}

constexpr MethodDef iterator_methods[] = {
    def<iterator_hint>("__length_hint__", "", "Estimate how many items are left."),
    def<reduce_iterator>("__reduce__", "", "Give what pickle needs."),
};
constexpr SlotDef iterator_slots[] = {
    slot<Dunder::iter, iter_self>,
    slot<Dunder::next, next_item>,
};
constexpr TypeDef iterator_def{
    .name = "set_iterator", .size = sizeof(SetIterator), .flags = type_flag::disallow_new, .hooks = hooks_of<SetIterator>(),
    .methods = iterator_methods, .slots = iterator_slots,
};
ORO_TYPE(set_iterator_type, iterator_def);
Type& SetIterator::type() { return set_iterator_type; }

template <class S> Result<Ref<>> iter(Thread& t, Borrowed<S> self) {
    return make<SetIterator>(t, set_iterator_type, Ref<Set>(self.share()));
}

// ---- tables

constexpr MethodDef set_methods[] = {
    def<add>("add", "object, /", "Put an item into the set, which does nothing if it is there already."),
    def<clear>("clear", "", "Take all items out of the set."),
    def<contains_item<Set>>("__contains__", "object, /", "x.__contains__(y) is y in x."),
    def<copy<Set>>("copy", "", "Return a shallow copy of the set."),
    def<discard>("discard", "object, /", "Take an item out of the set if it is there; no exception if it isn't."),
    def<difference<Set>>("difference", "*others", "Return a new set with the items that are in none of the others."),
    def<difference_update>("difference_update", "*others", "Take out the items of all the others."),
    def<intersection<Set>>("intersection", "*others", "Return a new set with the items that are in all of the others too."),
    def<intersection_update>("intersection_update", "*others", "Keep only the items that are in all of the others too."),
    def<isdisjoint<Set>>("isdisjoint", "other, /", "Tell whether the set has nothing in common with the other."),
    def<issubset<Set>>("issubset", "other, /", "Tell whether the other contains this set."),
    def<issuperset<Set>>("issuperset", "other, /", "Tell whether this set contains the other."),
    def<pop>("pop", "", "Take some item out of the set and return it.\n\nRaises KeyError if the set is empty."),
    def<reduce<Set>>("__reduce__", "", "Give what pickle needs."),
    def<remove>("remove", "object, /", "Take an item out of the set, which must be there.\n\nRaises KeyError if it isn't."),
    def<size_of<Set>>("__sizeof__", "", "Return the size of the set in memory, in bytes."),
    def<symmetric_difference<Set>>("symmetric_difference", "other, /",
                                   "Return a new set with the items that are in exactly one of the two."),
    def<symmetric_difference_update>("symmetric_difference_update", "other, /",
                                     "Keep what is in exactly one of the two."),
    def<union_method<Set>>("union", "*others", "Return a new set with the items of this and all the others."),
    def<update>("update", "*others", "Put in the items of all the others."),
    class_def<class_getitem>("__class_getitem__", "object, /", kClassGetitemDoc),
};
constexpr SlotDef set_slots[] = {
    slot<Dunder::repr, repr_set<Set>>,  slot<Dunder::len, len<Set>>,  slot<Dunder::iter, iter<Set>>,
    slot<Dunder::contains, contains_item<Set>>,
    number_slot<Dunder::or_, or_sets>,  number_slot<Dunder::and_, and_sets>,
    number_slot<Dunder::sub, sub_sets>, number_slot<Dunder::xor_, xor_sets>,
    slot<Dunder::ior_, or_inplace>,     slot<Dunder::iand_, and_inplace>,
    slot<Dunder::isub, sub_inplace>,    slot<Dunder::ixor_, xor_inplace>,
    ORO_COMPARE_SLOTS(compare_sets<Set>),
};
constexpr TypeDef set_def{
    .name = "set",
    .doc = "Build an unordered collection of unique elements.",
    .signature = "iterable=(), /",
    .size = sizeof(Set),
    .flags = type_flag::lasting | type_flag::subclassable | type_flag::has_weakrefs | type_flag::set | type_flag::match_self,
    .hooks = hooks_of<Set>(),
    .new_ = new_set,
    .init = init_set,
    .methods = set_methods,
    .slots = set_slots,
};

constexpr MethodDef frozenset_methods[] = {
    def<contains_item<FrozenSet>>("__contains__", "object, /", "x.__contains__(y) is y in x."),
    def<copy<FrozenSet>>("copy", "", "Return a shallow copy of the set."),
    def<difference<FrozenSet>>("difference", "*others", "Return a new set with the items that are in none of the others."),
    def<intersection<FrozenSet>>("intersection", "*others", "Return a new set with the items that are in all of the others too."),
    def<isdisjoint<FrozenSet>>("isdisjoint", "other, /", "Tell whether the set has nothing in common with the other."),
    def<issubset<FrozenSet>>("issubset", "other, /", "Tell whether the other contains this set."),
    def<issuperset<FrozenSet>>("issuperset", "other, /", "Tell whether this set contains the other."),
    def<reduce<FrozenSet>>("__reduce__", "", "Give what pickle needs."),
    def<size_of<FrozenSet>>("__sizeof__", "", "Return the size of the set in memory, in bytes."),
    def<symmetric_difference<FrozenSet>>("symmetric_difference", "other, /",
                                         "Return a new set with the items that are in exactly one of the two."),
    def<union_method<FrozenSet>>("union", "*others", "Return a new set with the items of this and all the others."),
    class_def<class_getitem>("__class_getitem__", "object, /", kClassGetitemDoc),
};
constexpr SlotDef frozenset_slots[] = {
    slot<Dunder::repr, repr_set<FrozenSet>>, slot<Dunder::hash, hash>, slot<Dunder::len, len<FrozenSet>>,
    slot<Dunder::iter, iter<FrozenSet>>,     slot<Dunder::contains, contains_item<FrozenSet>>,
    number_slot<Dunder::or_, or_sets>,       number_slot<Dunder::and_, and_sets>,
    number_slot<Dunder::sub, sub_sets>,      number_slot<Dunder::xor_, xor_sets>,
    ORO_COMPARE_SLOTS(compare_sets<FrozenSet>),
};
constexpr TypeDef frozenset_def{
    .name = "frozenset",
    .doc = "Build an immutable unordered collection of unique elements.",
    .signature = "iterable=(), /",
    .size = sizeof(Set),
    .flags = type_flag::lasting | type_flag::subclassable | type_flag::has_weakrefs | type_flag::set | type_flag::match_self,
    .hooks = hooks_of<Set>(),
    .new_ = new_frozenset,
    .methods = frozenset_methods,
    .slots = frozenset_slots,
};

}  // namespace

ORO_TYPE(set_type, set_def);
ORO_TYPE(frozenset_type, frozenset_def);
Type& Set::type() { return set_type; }
Type& FrozenSet::type() { return frozenset_type; }

}  // namespace oro
