// list: its methods. The array and its protocol are in object/list.cpp, sorting in list_sort.cpp.
#include "object/list.h"

#include "object/define.h"
#include "object/dict.h"
#include "object/generic_alias.h"
#include "object/slice.h"
#include "types/arguments.h"
#include "types/iterators.h"
#include "types/sequence.h"

namespace oro {

namespace {

Value new_list(Python& py, Type& type, Value const*, std::size_t, Tuple*) { return binding::finish(py, make<List>(py, type)); }

Result<void> init(Python& py, Value self, Value const* args, std::size_t n, Tuple* names) {
    // A subclass may have keywords for its __new__.
    bool strict = is_exact<List>(self) || type_of(self).new_.load(std::memory_order_relaxed) == new_list;
    if (!check_positional(py, "list", n, strict ? names : nullptr, 0, 1)) return Raised{};
    Borrowed<List> list = as<List>(self);
    if (list->size() > 0) list_clear(py, list);
    if (n == 0) return {};
    return list_extend(py, list, Borrowed<>(args[0]));
}
Value init_list(Python& py, Value self, Value const* args, std::size_t n, Tuple* names) {
    return binding::finish(py, init(py, self, args, n, names));
}

// ---- methods

Result<void> append(Thread& t, Locked<List>& self, Borrowed<> object) { return list_append(t, self, object.share()); }

Result<void> insert(Thread& t, Locked<List>& self, std::int64_t index, Borrowed<> object) {
    return list_insert(t, self, clip_bound(index, self.object()->size()), object.share());
}

Result<void> extend(Python& py, Borrowed<List> self, Borrowed<> iterable) { return list_extend(py, self, iterable); }

Result<Ref<>> pop(Thread& t, Borrowed<List> self, std::int64_t index) {
    Maybe<> taken;
    bool empty;
    {
        Locked<List> locked(t, self);
        std::size_t size = self->size();
        empty = size == 0;
        std::int64_t i = position_of(index, size);
        if (i >= 0) taken = list_take(t, locked, std::size_t(i));
    }
    if (taken) [[likely]] return std::move(taken).take();
    if (empty) return raise(t, exc::IndexError, "pop from empty list");
    return raise(t, exc::IndexError, "pop index out of range");
}

void clear(Thread& t, Borrowed<List> self) { list_clear(t, self); }
Result<Ref<List>> copy(Thread& t, Borrowed<List> self) { return list_copy(t, self, 0, SIZE_MAX); }

void reverse(Thread&, Locked<List>& self) {
    std::size_t n = self->size.load(std::memory_order_relaxed);
    if (n < 2) return;
    Slot* slots = self->items.load(std::memory_order_relaxed)->slots;
    for (std::size_t i = 0, j = n - 1; i < j; ++i, --j) slots[j].store(slots[i].exchange(slots[j].peek_relaxed()));
}

// Index of the first item from `begin` on that equals the value; -1: none.
Result<std::int64_t> find(Python& py, Borrowed<List> self, Borrowed<> value, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
        Maybe<> item = list_get(py, *self, i);
        if (!item) break;
        if (TRY(equal(py, *item, value))) return std::int64_t(i);
        CHECK(poll(py));
    }
    return std::int64_t(-1);
}

Result<std::int64_t> index(Python& py, Borrowed<List> self, Borrowed<> value, Borrowed<> start, Borrowed<> stop) {
    std::int64_t from = TRY(search_bound(py, start)), to = TRY(search_bound(py, stop));
    std::size_t size = self->size();
    std::int64_t i = TRY(find(py, self, value, clip_bound(from, size), to < 0 ? clip_bound(to, size) : std::size_t(to)));
    if (i < 0) return raise(py, exc::ValueError, "list.index(x): x not in list");
    return i;
}

Result<std::int64_t> count(Python& py, Borrowed<List> self, Borrowed<> value) {
    std::int64_t n = 0;
    for (std::size_t i = 0;; ++i) {
        Maybe<> item = list_get(py, *self, i);
        if (!item) return n;
        n += TRY(equal(py, *item, value));
        CHECK(poll(py));
    }
}

Result<void> remove(Python& py, Borrowed<List> self, Borrowed<> value) {
    for (std::size_t i = 0;; ++i) {
        Maybe<> item = list_get(py, *self, i);
        if (!item) return raise(py, exc::ValueError, "list.remove(x): x not in list");
        if (!TRY(equal(py, *item, value))) continue;
        Maybe<> taken;
        Locked<List> locked(py, self);
        // Comparing ran Python, or another thread was faster: then the item isn't there any more.
        if (i < self->size() && locked->items.load()->slots[i].peek_relaxed() == item.value()) taken = list_take(py, locked, i);
        return {};
    }
}

Result<void> sort(Python& py, Borrowed<List> self, Borrowed<> key, bool reverse) {
    return list_sort(py, self, key.is(kNone) ? Optional<>() : Optional<>(key), reverse);
}

Result<Ref<>> reversed(Thread& t, Borrowed<List> self) {
    return make<ListReverseIterator>(t, ListReverseIterator::type(), self.share(), std::int64_t(self->size()) - 1);
}

std::int64_t size_of(Thread&, Borrowed<List> self) {
    ItemArray* items = self->guarded.items.load(std::memory_order_acquire);
    return fixed_size(self) + (items ? std::int64_t(sizeof(ItemArray) + items->capacity * sizeof(Slot)) : 0);
}

// ---- items

Result<Ref<List>> get_slice(Python& py, Borrowed<List> self, Slice const& slice) {
    SliceNumbers numbers = TRY(slice_numbers(py, slice));
    SliceBounds b = clip_slice(numbers, self->size());
    if (b.step == 1) return list_copy(py, self, std::size_t(b.start), std::size_t(b.start + b.count));
    for (;;) {
        auto room = std::size_t(b.count);
        Ref<List> result = TRY(make_list(py, room));
        if (room == 0) return result;
        Locked<List> locked(py, self);
        b = clip_slice(numbers, self->size());
        if (std::size_t(b.count) > room) continue;  // it grew meanwhile
        if (b.count == 0) return result;            // it was cleared, and has no items
        Slot* from = locked->items.load(std::memory_order_relaxed)->slots;
        for (std::int64_t i = 0; i < b.count; ++i) append_private(*result, share(from[b.start + i * b.step].peek_relaxed()));
        return result;
    }
}

Result<Ref<>> getitem(Python& py, Borrowed<List> self, Borrowed<> index) {
    if (is<Slice>(index)) return get_slice(py, self, *as<Slice>(index));
    std::int64_t n = TRY(subscript(py, index, "list"));
    std::int64_t i = position_of(n, self->size());
    if (i >= 0) {
        Maybe<> item = list_get(py, *self, std::size_t(i));
        if (item) [[likely]] return std::move(item).take();
    }
    return raise(py, exc::IndexError, "list index out of range");
}

// Puts items in the places that an extended slice selects. False: their number differs (`count` tells).
bool replace_stepped(Thread& t, Borrowed<List> self, SliceNumbers const& numbers, std::span<Value const> items,
                     std::vector<Value>& dropped, std::int64_t* count) {
    Locked<List> locked(t, self);
    SliceBounds b = clip_slice(numbers, self->size());
    *count = b.count;
    if (std::size_t(b.count) != items.size()) return false;
    for (std::size_t k = 0; k < items.size(); ++k) {
        Slot& slot = locked->items.load(std::memory_order_relaxed)->slots[b.start + std::int64_t(k) * b.step];
        dropped.push_back(slot.exchange(share(items[k]).release()));
    }
    return true;
}

struct Dropped {
    std::vector<Value> values;
    ~Dropped() {
        for (Value v : values) (void)Ref<>::adopt(v);
    }
};

Result<void> set_slice(Python& py, Borrowed<List> self, Slice const& slice, Borrowed<> value) {
    SliceNumbers numbers = TRY(slice_numbers(py, slice));
    Ref<Tuple> items = TRY(items_of(py, value, "must assign iterable to extended slice"));
    if (numbers.step == 1) {
        SliceBounds b = clip_slice(numbers, self->size());
        return list_splice(py, self, std::size_t(b.start), std::size_t(b.start + b.count), items->items());
    }
    Dropped dropped;
    std::int64_t count = 0;
    if (replace_stepped(py, self, numbers, items->items(), dropped.values, &count)) return {};
    return raise(py, exc::ValueError, "attempt to assign sequence of size {} to extended slice of size {}", items->size, count);
}

Result<void> delete_slice(Python& py, Borrowed<List> self, Slice const& slice) {
    SliceNumbers numbers = TRY(slice_numbers(py, slice));
    if (numbers.step == 1) {
        SliceBounds b = clip_slice(numbers, self->size());
        return list_splice(py, self, std::size_t(b.start), std::size_t(b.start + b.count), {});
    }
    Dropped dropped;
    Locked<List> locked(py, self);
    std::size_t size = self->size();
    SliceBounds b = clip_slice(numbers, size);
    if (b.count == 0) return {};
    if (b.step < 0) {
        b.start += (b.count - 1) * b.step;
        b.step = -b.step;
    }
    Slot* slots = locked->items.load(std::memory_order_relaxed)->slots;
    std::size_t to = std::size_t(b.start), next_gone = to, left = std::size_t(b.count);
    for (std::size_t from = to; from < size; ++from) {
        if (left > 0 && from == next_gone) {
            dropped.values.push_back(slots[from].peek_relaxed());
            --left;
            next_gone += left > 0 ? std::size_t(b.step) : 0;
        } else {
            slots[to++].store(slots[from].peek_relaxed());
        }
    }
    locked->size.store(to, std::memory_order_release);
    for (std::size_t i = to; i < size; ++i) slots[i].store(Value{});
    return {};
}

Result<void> setitem(Python& py, Borrowed<List> self, Borrowed<> index, Borrowed<> value) {
    if (is<Slice>(index)) return set_slice(py, self, *as<Slice>(index), value);
    std::int64_t n = TRY(subscript(py, index, "list"));
    std::int64_t i = position_of(n, self->size());
    if (i >= 0 && list_set(py, *self, std::size_t(i), value.share())) [[likely]] return {};
    return raise(py, exc::IndexError, "list assignment index out of range");
}

Result<void> delitem(Python& py, Borrowed<List> self, Borrowed<> index) {
    if (is<Slice>(index)) return delete_slice(py, self, *as<Slice>(index));
    std::int64_t n = TRY(subscript(py, index, "list"));
    Maybe<> taken;
    {
        Locked<List> locked(py, self);
        std::int64_t i = position_of(n, self->size());
        if (i >= 0) taken = list_take(py, locked, std::size_t(i));
    }
    if (taken) return {};
    return raise(py, exc::IndexError, "list assignment index out of range");
}

std::int64_t len(Thread&, Borrowed<List> self) { return std::int64_t(self->size()); }

Result<bool> contains(Python& py, Borrowed<List> self, Borrowed<> value) {
    return TRY(find(py, self, value, 0, SIZE_MAX)) >= 0;
}

// ---- operators

Result<Ref<List>> concat(Thread& t, Borrowed<List> self, Borrowed<> other) {
    if (!is<List>(other)) return raise(t, exc::TypeError, "can only concatenate list (not \"{}\") to list", TypeName{other.value()});
    Ref<List> result = TRY(list_copy(t, self, 0, SIZE_MAX));
    Ref<Tuple> more = TRY(list_to_tuple(t, as<List>(other)));
    CHECK(list_splice(t, result, SIZE_MAX, SIZE_MAX, more->items()));
    return result;
}

Result<Ref<List>> iconcat(Python& py, Borrowed<List> self, Borrowed<> other) {
    CHECK(list_extend(py, self, other));
    return self.share();
}

Result<Ref<List>> repeat(Python& py, Borrowed<List> self, Borrowed<> times) {
    std::size_t n = TRY(repeat_count(py, times));
    Ref<Tuple> items = TRY(list_to_tuple(py, self));
    std::size_t total;
    if (__builtin_mul_overflow(n, items->size, &total) || total > std::size_t(PTRDIFF_MAX) / sizeof(Value)) return raise_no_memory(py);
    Ref<List> result = TRY(make_list(py, total));
    if (items->size > 0) {
        for (std::size_t k = 0; k < n; ++k)
            for (Value v : items->items()) append_private(*result, share(v));
    }
    return result;
}

Result<Ref<List>> irepeat(Python& py, Borrowed<List> self, Borrowed<> times) {
    std::size_t n = TRY(repeat_count(py, times));
    if (n == 0) {
        list_clear(py, self);
        return self.share();
    }
    Ref<Tuple> items = TRY(list_to_tuple(py, self));
    std::size_t total;
    if (__builtin_mul_overflow(n, items->size, &total) || total > std::size_t(PTRDIFF_MAX) / sizeof(Value)) return raise_no_memory(py);
    {
        Locked<List> locked(py, self);
        CHECK(list_reserve(py, locked, total));
        for (std::size_t k = 1; k < n; ++k)
            for (Value v : items->items()) CHECK(list_append(py, locked, share(v)));
    }
    return self.share();
}

Result<Ref<>> compare_lists(Python& py, Borrowed<List> self, Borrowed<> other, Compare op) {
    if (!is<List>(other)) return Ref<>::immediate(kNotImplemented);
    Borrowed<List> b = as<List>(other);
    bool equality = op == Compare::eq || op == Compare::ne;
    if (equality && self->size() != b->size()) return Ref<>::immediate(Value::of_bool(op == Compare::ne));
    for (std::size_t i = 0;; ++i) {
        Maybe<> x = list_get(py, *self, i), y = list_get(py, *b, i);
        if (!x || !y) break;
        if (x.value() == y.value()) continue;
        if (TRY(equal(py, *x, *y))) continue;
        if (i >= self->size() || i >= b->size()) break;  // comparing has shortened one
        if (equality) return Ref<>::immediate(Value::of_bool(op == Compare::ne));
        return compare(py, *x, *y, op);
    }
    return Ref<>::immediate(Value::of_bool(compare_sizes(self->size(), b->size(), op)));
}

Result<Ref<>> iter(Thread& t, Borrowed<List> self) { return make_list_iterator(t, self); }

Result<Ref<Str>> repr_list(Python& py, Borrowed<List> self) {
    if (self->size() == 0) return make_str(py, "[]");
    if (!TRY(repr_enter(py, self))) return make_str(py, "[...]");
    ReprGuard guard{py, self};
    StrBuilder text(py);
    text.add(U'[');
    for (std::size_t i = 0;; ++i) {
        Maybe<> item = list_get(py, *self, i);
        if (!item) break;
        if (i > 0) text.add(", ");
        text.add(*TRY(repr(py, *item)));
    }
    text.add(U']');
    return text.finish();
}

constexpr MethodDef methods[] = {
    def<append>("append", "object, /", "Put an object at the end of the list."),
    def<insert>("insert", "index, object, /", "Put an object in front of the item at the index."),
    def<extend>("extend", "iterable, /", "Put all elements of the iterable at the end of the list."),
    def<pop>("pop", "index=-1, /",
             "Take out the item at the index (by default the last one) and return it.\n\n"
             "Raises IndexError if there is none."),
    def<remove>("remove", "value, /", "Take out the first item equal to value.\n\nRaises ValueError if there is none."),
    def<index>("index", "value, start=0, stop=sys.maxsize, /",
               "Return the index of the first item equal to value.\n\nRaises ValueError if there is none."),
    def<count>("count", "value, /", "Return how many items are equal to value."),
    def<clear>("clear", "", "Take all items out of the list."),
    def<copy>("copy", "", "Return a shallow copy of the list."),
    def<reverse>("reverse", "", "Reverse the order of the items *IN PLACE*."),
    def<sort>("sort", "*, key=None, reverse=False",
              "Bring the items into ascending order *IN PLACE*; equal items keep their order.\n\n"
              "If a key function is given, it is called once for each item, and the results are compared.\n"
              "With reverse true the order is descending."),
    def<reversed>("__reversed__", "", "Return an iterator over the items from the last to the first."),
    def<size_of>("__sizeof__", "", "Return the size of the list in memory, in bytes."),
    class_def<class_getitem>("__class_getitem__", "object, /", kClassGetitemDoc),
};
constexpr SlotDef slots[] = {
    slot<Dunder::repr, repr_list>,     slot<Dunder::len, len>,         slot<Dunder::iter, iter>,
    slot<Dunder::getitem, getitem>,    slot<Dunder::setitem, setitem>, slot<Dunder::delitem, delitem>,
    slot<Dunder::contains, contains>,  slot<Dunder::concat, concat>,   slot<Dunder::iconcat, iconcat>,
    slot<Dunder::repeat, repeat>,      slot<Dunder::irepeat, irepeat>,
    ORO_COMPARE_SLOTS(compare_lists),
};
constexpr TypeDef list_def{
    .name = "list",
    .doc = "Built-in mutable sequence.\n\nWithout an argument the new list is empty; the argument must be an iterable.",
    .signature = "iterable=(), /",
    .size = sizeof(List),
    .flags = type_flag::lasting | type_flag::subclassable | type_flag::sequence | type_flag::list | type_flag::match_self,
    .hooks = hooks_of<List>(),
    .new_ = new_list,
    .init = init_list,
    .methods = methods,
    .slots = slots,
};

}  // namespace

ORO_TYPE(list_type, list_def);

Type& List::type() { return list_type; }

}  // namespace oro
