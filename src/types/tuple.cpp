// tuple: its methods. Immutable, so nothing here locks.
#include "object/tuple.h"

#include "object/define.h"
#include "object/generic_alias.h"
#include "object/slice.h"
#include "types/arguments.h"
#include "types/hashing.h"
#include "types/iterators.h"
#include "types/sequence.h"

namespace oro {

namespace {

Result<Ref<Tuple>> make_subclass_tuple(Thread& t, Type& type, Borrowed<Tuple> items) {
    Ref<Tuple> tuple = TRY(make_sized<Tuple>(t, type, sizeof(Tuple) + items->size * sizeof(Value)));
    for (std::size_t i = 0; i < items->size; ++i) tuple->slots[i] = items->at(i).share().release();
    tuple->size = items->size;
    return tuple;
}

Result<Ref<>> construct(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    bool exact = &type == &Tuple::type();
    // A subclass may have keywords for its __init__.
    bool strict = exact || type.init.load(std::memory_order_relaxed) == Tuple::type().init.load(std::memory_order_relaxed);
    if (!check_positional(py, "tuple", n, strict ? names : nullptr, 0, 1)) return Raised{};
    Ref<Tuple> items = n == 0 ? empty_tuple() : TRY(tuple_from(py, Borrowed<>(args[0])));
    if (exact) return items;
    return make_subclass_tuple(py, type, items);
}
Value new_tuple(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    return construct(py, type, args, n, names).release();
}

Result<std::int64_t> index(Python& py, Borrowed<Tuple> self, Borrowed<> value, Borrowed<> start, Borrowed<> stop) {
    std::size_t from = clip_bound(TRY(search_bound(py, start)), self->size), to = clip_bound(TRY(search_bound(py, stop)), self->size);
    for (std::size_t i = from; i < to; ++i)
        if (TRY(equal(py, self->at(i), value))) return std::int64_t(i);
    return raise(py, exc::ValueError, "tuple.index(x): x not in tuple");
}

Result<std::int64_t> count(Python& py, Borrowed<Tuple> self, Borrowed<> value) {
    std::int64_t n = 0;
    for (std::size_t i = 0; i < self->size; ++i) n += TRY(equal(py, self->at(i), value));
    return n;
}

Result<Ref<Tuple>> getnewargs(Thread& t, Borrowed<Tuple> self) {
    Ref<Tuple> copy = TRY(make_tuple(t, self->items()));
    return make_tuple_of(t, std::move(copy));
}

Result<Ref<>> getitem(Python& py, Borrowed<Tuple> self, Borrowed<> index) {
    if (index.value().is_int()) [[likely]] {
        std::int64_t i = position_of(index.value().as_int(), self->size);
        if (i >= 0) return self->at(std::size_t(i)).share();
        return raise(py, exc::IndexError, "tuple index out of range");
    }
    if (is<Slice>(index)) {
        SliceBounds b = TRY(slice_bounds(py, *as<Slice>(index), self->size));
        if (b.step == 1) return tuple_slice(py, self, std::size_t(b.start), std::size_t(b.start + b.count));
        Ref<Tuple> result = TRY(make_tuple_uninitialized(py, std::size_t(b.count)));
        for (std::int64_t i = 0; i < b.count; ++i)
            result->slots[i] = self->at(std::size_t(b.start + i * b.step)).share().release();
        return result;
    }
    std::int64_t i = position_of(TRY(subscript(py, index, "tuple")), self->size);
    if (i >= 0) return self->at(std::size_t(i)).share();
    return raise(py, exc::IndexError, "tuple index out of range");
}

std::int64_t len(Thread&, Borrowed<Tuple> self) { return std::int64_t(self->size); }

Result<bool> contains(Python& py, Borrowed<Tuple> self, Borrowed<> value) {
    for (std::size_t i = 0; i < self->size; ++i)
        if (TRY(equal(py, self->at(i), value))) return true;
    return false;
}

Result<Ref<>> concat(Thread& t, Borrowed<Tuple> self, Borrowed<> other) {
    if (!is<Tuple>(other)) return raise(t, exc::TypeError, "can only concatenate tuple (not \"{}\") to tuple", TypeName{other.value()});
    Borrowed<Tuple> b = as<Tuple>(other);
    if (self->size == 0 && is_exact<Tuple>(other)) return other.share();
    if (b->size == 0 && is_exact<Tuple>(Borrowed<>(self))) return self.share();
    Ref<Tuple> result = TRY(make_tuple_uninitialized(t, self->size + b->size));
    for (std::size_t i = 0; i < self->size; ++i) result->slots[i] = self->at(i).share().release();
    for (std::size_t i = 0; i < b->size; ++i) result->slots[self->size + i] = b->at(i).share().release();
    return result;
}

Result<Ref<>> repeat(Python& py, Borrowed<Tuple> self, Borrowed<> times) {
    std::size_t n = TRY(repeat_count(py, times)), total;
    if ((n == 1 || self->size == 0) && is_exact<Tuple>(Borrowed<>(self))) return self.share();
    if (__builtin_mul_overflow(n, self->size, &total)) return raise_no_memory(py);
    Ref<Tuple> result = TRY(make_tuple_uninitialized(py, total));
    for (std::size_t i = 0; i < total;)
        for (std::size_t k = 0; k < self->size; ++k) result->slots[i++] = self->at(k).share().release();
    return result;
}

Result<Ref<>> compare_tuples(Python& py, Borrowed<Tuple> self, Borrowed<> other, Compare op) {
    if (!is<Tuple>(other)) return Ref<>::immediate(kNotImplemented);
    Borrowed<Tuple> b = as<Tuple>(other);
    bool equality = op == Compare::eq || op == Compare::ne;
    std::size_t common = self->size < b->size ? self->size : b->size;
    for (std::size_t i = 0; i < common; ++i) {
        if (self->slots[i] == b->slots[i]) continue;
        if (TRY(equal(py, self->at(i), b->at(i)))) continue;
        if (equality) return Ref<>::immediate(Value::of_bool(op == Compare::ne));
        return compare(py, self->at(i), b->at(i), op);
    }
    return Ref<>::immediate(Value::of_bool(compare_sizes(self->size, b->size, op)));
}

Result<Ref<>> iter(Thread& t, Borrowed<Tuple> self) { return make_tuple_iterator(t, self); }

Result<Ref<Str>> repr_tuple(Python& py, Borrowed<Tuple> self) {
    if (self->size == 0) return make_str(py, "()");
    if (!TRY(repr_enter(py, self))) return make_str(py, "(...)");
    ReprGuard guard{py, self};
    StrBuilder text(py);
    text.add(U'(');
    for (std::size_t i = 0; i < self->size; ++i) {
        if (i > 0) text.add(", ");
        text.add(*TRY(repr(py, self->at(i))));
    }
    text.add(self->size == 1 ? ",)" : ")");
    return text.finish();
}

constexpr MethodDef methods[] = {
    def<getnewargs>("__getnewargs__", "", ""),
    def<index>("index", "value, start=0, stop=sys.maxsize, /",
               "Return the index of the first item equal to value.\n\nRaises ValueError if there is none."),
    def<count>("count", "value, /", "Return how many items are equal to value."),
    class_def<class_getitem>("__class_getitem__", "object, /", kClassGetitemDoc),
};
constexpr SlotDef slots[] = {
    slot<Dunder::repr, repr_tuple>,   slot<Dunder::hash, hash_tuple>,   slot<Dunder::len, len>,
    slot<Dunder::iter, iter>,         slot<Dunder::getitem, getitem>,   slot<Dunder::contains, contains>,
    slot<Dunder::concat, concat>,     slot<Dunder::repeat, repeat>,     ORO_COMPARE_SLOTS(compare_tuples),
};
// The collector leaves tuples alone: every cycle has something in it that can be cleared, and a class must find its bases and its MRO
// whole until it goes.
constexpr Hooks tuple_hooks() {
    Hooks h = hooks_of<Tuple>();
    h.clear = nullptr;
    return h;
}

constexpr TypeDef tuple_def{
    .name = "tuple",
    .doc = "Built-in immutable sequence.\n\nWithout an argument the tuple is empty; an iterable gives its items.\n"
           "An argument that is a tuple is returned itself.",
    .signature = "iterable=(), /",
    .size = sizeof(Tuple),
    .item_size = sizeof(Value),
    .flags = type_flag::lasting | type_flag::subclassable | type_flag::sequence | type_flag::tuple | type_flag::match_self,
    .hooks = tuple_hooks(),
    .new_ = new_tuple,
    .methods = methods,
    .slots = slots,
};

}  // namespace

ORO_TYPE(tuple_type, tuple_def);

Type& Tuple::type() { return tuple_type; }

Result<std::int64_t> hash_tuple(Python& py, Borrowed<Tuple> tuple) {
    std::int64_t cached = tuple->cached_hash.load(std::memory_order_relaxed);
    if (cached != -1) return cached;
    CHECK(check_native_stack(py, " while hashing a tuple"));
    SequenceHash h;
    for (std::size_t i = 0; i < tuple->size; ++i) h.add(TRY(hash_value(py, tuple->at(i))));
    std::int64_t hash = h.finish();
    tuple->cached_hash.store(hash, std::memory_order_relaxed);
    return hash;
}

}  // namespace oro
