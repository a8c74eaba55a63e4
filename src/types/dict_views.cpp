// dict_keys, dict_values, dict_items. The first and the last behave like sets; results of their operators are sets.
#include "object/iterator.h"
#include "object/list.h"
#include "object/set.h"
#include "types/sequence.h"
#include "types/views.h"

namespace oro {

namespace {

template <DictPart P> std::int64_t len(Thread&, Borrowed<DictViewOf<P>> self) { return std::int64_t(self->dict->size()); }
template <DictPart P> Result<Ref<>> iter(Thread& t, Borrowed<DictViewOf<P>> self) { return make_dict_iterator(t, *self->dict, P); }
template <DictPart P> Result<Ref<>> reversed(Thread& t, Borrowed<DictViewOf<P>> self) {
    return make_dict_reverse_iterator<P>(t, *self->dict);
}

template <DictPart P> Result<Ref<Str>> repr_view(Python& py, Borrowed<DictViewOf<P>> self) {
    if (!TRY(repr_enter(py, self))) return make_str(py, "...");
    ReprGuard guard{py, self};
    Ref<List> items = TRY(list_from(py, self));
    StrBuilder text(py);
    text.add(type_of(Borrowed<>(self)).def->name);
    text.add(U'(');
    text.add(*TRY(repr(py, items)));
    text.add(U')');
    return text.finish();
}

template <DictPart P> Value get_mapping(Python& py, Value self) {
    return binding::finish(py, make_mapping_proxy(py, *static_cast<DictView*>(self.pointer())->dict));
}

Result<bool> view_contains(Python& py, DictView& view, DictPart part, Borrowed<> item) {
    if (part == DictPart::keys) return dict_contains(py, *view.dict, item);
    if (!is<Tuple>(item) || as<Tuple>(item)->size != 2) return false;
    Borrowed<Tuple> pair = as<Tuple>(item);
    Maybe<> value = TRY(dict_get_item(py, *view.dict, pair->at(0)));
    if (!value) return false;
    return equal(py, *value, pair->at(1));
}
template <DictPart P> Result<bool> contains_in(Python& py, Borrowed<DictViewOf<P>> self, Borrowed<> item) {
    return view_contains(py, *self, P, item);
}

// keys() or items() of any dict.
bool is_set_view(Borrowed<> v) { return is<DictViewOf<DictPart::keys>>(v) || is<DictViewOf<DictPart::items>>(v); }
bool is_set_like(Borrowed<> v) { return is_any_set(v.value()) || is_set_view(v); }

Result<Ref<Set>> set_from(Python& py, Borrowed<> iterable) {
    Ref<Set> set = TRY(make_set(py, Set::type()));
    CHECK(set_update(py, set, iterable));
    return set;
}

Result<bool> all_in(Python& py, Borrowed<> items, Borrowed<> container) {
    Ref<> iterator = TRY(get_iterator(py, items));
    for (;;) {
        Next item = next(py, iterator);
        if (item.raised()) return Raised{};
        if (item.ended()) return true;
        if (!TRY(contains(py, container, std::move(item).take()))) return false;
        CHECK(poll(py));
    }
}

template <DictPart P> Result<Ref<>> compare_view(Python& py, Borrowed<DictViewOf<P>> self, Borrowed<> other, Compare op) {
    if (!is_set_like(other)) return Ref<>::immediate(kNotImplemented);
    std::int64_t a = TRY(length(py, self)), b = TRY(length(py, other));
    bool result = false;
    switch (op) {
        case Compare::eq:
        case Compare::ne:
            result = a == b && TRY(all_in(py, self, other));
            if (op == Compare::ne) result = !result;
            break;
        case Compare::lt: result = a < b && TRY(all_in(py, self, other)); break;
        case Compare::le: result = a <= b && TRY(all_in(py, self, other)); break;
        case Compare::gt: result = a > b && TRY(all_in(py, other, self)); break;
        case Compare::ge: result = a >= b && TRY(all_in(py, other, self)); break;
    }
    return Ref<>::immediate(Value::of_bool(result));
}

// The operators take a view on either side, and any iterable on the other.
bool neither_is_view(Borrowed<> a, Borrowed<> b) { return !is_set_view(a) && !is_set_view(b); }

Result<Ref<>> difference(Python& py, Borrowed<> a, Borrowed<> b) {
    if (neither_is_view(a, b)) return Ref<>::immediate(kNotImplemented);
    Ref<Set> result = TRY(set_from(py, a));
    CHECK(for_each(py, b, [&](Ref<> item) -> Result<void> {
        (void)TRY(set_discard(py, result, item));
        return {};
    }));
    return result;
}

Result<Ref<>> intersection(Python& py, Borrowed<> a, Borrowed<> b) {
    if (neither_is_view(a, b)) return Ref<>::immediate(kNotImplemented);
    // Looks the items of the other operand up in the view, the smaller in the larger if both are views or sets.
    Borrowed<> view = is_set_view(a) ? a : b, other = is_set_view(a) ? b : a;
    if (is_set_like(other) && TRY(length(py, other)) > TRY(length(py, view))) {
        Borrowed<> larger = other;
        other = view;
        view = larger;
    }
    Ref<Set> result = TRY(make_set(py, Set::type()));
    CHECK(for_each(py, other, [&](Ref<> item) -> Result<void> {
        if (TRY(contains(py, view, item))) (void)TRY(set_add(py, result, item));
        return {};
    }));
    return result;
}

Result<Ref<>> union_of(Python& py, Borrowed<> a, Borrowed<> b) {
    if (neither_is_view(a, b)) return Ref<>::immediate(kNotImplemented);
    Ref<Set> result = TRY(set_from(py, a));
    CHECK(set_update(py, result, b));
    return result;
}

Result<Ref<>> symmetric_difference(Python& py, Borrowed<> a, Borrowed<> b) {
    if (neither_is_view(a, b)) return Ref<>::immediate(kNotImplemented);
    Ref<Set> result = TRY(set_from(py, a)), other = TRY(set_from(py, b));
    std::size_t position = 0;
    Maybe<> item;
    std::int64_t hash;
    while (set_next(py, *other, &position, &item, &hash)) {
        if (!TRY(set_discard_hashed(py, result, *item, hash))) (void)TRY(set_add_hashed(py, result, *item, hash));
        CHECK(poll(py));
    }
    return result;
}

template <DictPart P> Result<bool> isdisjoint(Python& py, Borrowed<DictViewOf<P>> self, Borrowed<> other) {
    if (other.is(self.value())) return self->dict->size() == 0;
    Borrowed<> container = self, items = other;
    if (is_set_like(other) && TRY(length(py, other)) > std::int64_t(self->dict->size())) {
        container = other;
        items = self;
    }
    Ref<> iterator = TRY(get_iterator(py, items));
    for (;;) {
        Next item = next(py, iterator);
        if (item.raised()) return Raised{};
        if (item.ended()) return true;
        if (TRY(contains(py, container, std::move(item).take()))) return false;
        CHECK(poll(py));
    }
}

constexpr char const* kReversedDoc = "Return an iterator from the last to the first.";

template <DictPart P> inline constexpr MethodDef set_view_methods[] = {
    def<isdisjoint<P>>("isdisjoint", "object, /", "Tell whether the view and the iterable have nothing in common."),
    def<reversed<P>>("__reversed__", "", kReversedDoc),
};
template <DictPart P> inline constexpr SlotDef set_view_slots[] = {
    slot<Dunder::repr, repr_view<P>>,
    slot<Dunder::len, len<P>>,
    slot<Dunder::iter, iter<P>>,
    slot<Dunder::contains, contains_in<P>>,
    number_slot<Dunder::sub, difference>,
    number_slot<Dunder::and_, intersection>,
    number_slot<Dunder::or_, union_of>,
    number_slot<Dunder::xor_, symmetric_difference>,
    ORO_COMPARE_SLOTS(compare_view<P>),
};
template <DictPart P> inline constexpr GetSetDef view_getsets[] = {
    {"mapping", get_mapping<P>, nullptr, "the dictionary that this view refers to"},
};
constexpr MethodDef values_methods[] = {
    def<reversed<DictPart::values>>("__reversed__", "", kReversedDoc),
};
constexpr SlotDef values_slots[] = {
    slot<Dunder::repr, repr_view<DictPart::values>>,
    slot<Dunder::len, len<DictPart::values>>,
    slot<Dunder::iter, iter<DictPart::values>>,
};

constexpr TypeDef keys_def{
    .name = "dict_keys", .size = sizeof(DictView), .flags = type_flag::disallow_new, .hooks = hooks_of<DictView>(),
    .methods = set_view_methods<DictPart::keys>, .slots = set_view_slots<DictPart::keys>, .getsets = view_getsets<DictPart::keys>,
};
constexpr TypeDef items_def{
    .name = "dict_items", .size = sizeof(DictView), .flags = type_flag::disallow_new, .hooks = hooks_of<DictView>(),
    .methods = set_view_methods<DictPart::items>, .slots = set_view_slots<DictPart::items>,
    .getsets = view_getsets<DictPart::items>,
};
constexpr TypeDef values_def{
    .name = "dict_values", .size = sizeof(DictView), .flags = type_flag::disallow_new, .hooks = hooks_of<DictView>(),
    .methods = values_methods, .slots = values_slots, .getsets = view_getsets<DictPart::values>,
};

}  // namespace

ORO_TYPE(dict_keys_type, keys_def);
ORO_TYPE(dict_items_type, items_def);
ORO_TYPE(dict_values_type, values_def);

template <> Type& DictViewOf<DictPart::keys>::type() { return dict_keys_type; }
template <> Type& DictViewOf<DictPart::items>::type() { return dict_items_type; }
template <> Type& DictViewOf<DictPart::values>::type() { return dict_values_type; }

}  // namespace oro
