// range: constructing, indexing, comparing; iterators over small and over large numbers.
#include "types/range.h"

#include "object/define.h"
#include "object/iterator.h"
#include "object/slice.h"
#include "types/arguments.h"
#include "types/hashing.h"

namespace oro {

namespace {

using Self = Borrowed<Range>;

Ref<> small_int(std::int64_t n) { return Ref<>::immediate(Value::of_int(n)); }
constexpr Value kZero = Value::of_int(0), kOne = Value::of_int(1);

// Arithmetic on plain ints of any size.
Result<Ref<>> add(Thread& t, Value a, Value b) {
    if (Value::both_int(a, b)) {
        std::int64_t n = a.as_int() + b.as_int();
        if (Value::fits_int(n)) return small_int(n);
    }
    return int_add(t, a, b);
}
Result<Ref<>> sub(Thread& t, Value a, Value b) {
    if (Value::both_int(a, b)) {
        std::int64_t n = a.as_int() - b.as_int();
        if (Value::fits_int(n)) return small_int(n);
    }
    return int_sub(t, a, b);
}
Result<bool> less(Python& py, Value a, Value b) {
    if (Value::both_int(a, b)) return a.as_int() < b.as_int();
    return compare_truth(py, Borrowed<>(a), Borrowed<>(b), Compare::lt);
}
Result<bool> same(Python& py, Value a, Value b) {
    if (Value::both_int(a, b)) return a == b;
    return equal(py, Borrowed<>(a), Borrowed<>(b));
}

// max(0, ceil((stop - start) / step))
Result<Ref<>> length_of(Python& py, Value start, Value stop, Value step) {
    bool backwards = TRY(less(py, step, kZero));
    Value low = backwards ? stop : start, high = backwards ? start : stop;
    if (!TRY(less(py, low, high))) return small_int(0);
    Ref<> span = TRY(sub(py, high, low));
    span = TRY(sub(py, span.value(), kOne));
    Ref<> stride = backwards ? TRY(sub(py, kZero, step)) : share(step);
    Ref<> n = TRY(binary(py, Dunder::floordiv, span, stride));
    return add(py, n.value(), kOne);
}

// start + index * step
Result<Ref<>> item_at(Thread& t, Range const& r, Value index) {
    if (r.small && index.is_int()) return small_int(r.start.value().as_int() + index.as_int() * r.step.value().as_int());
    Ref<> offset = TRY(int_mul(t, index, r.step.value()));
    return add(t, r.start.value(), offset.value());
}

Result<Ref<>> plain_index(Python& py, Value v) {
    if (v.is_int()) return share(v);
    Ref<> n = TRY(to_index(py, Borrowed<>(v)));
    return share(int_number(n.value()));
}

Result<Ref<>> construct(Python& py, Value const* args, std::size_t n, Tuple* names) {
    if (!check_positional(py, "range", n, names, 1, 3)) return Raised{};
    Ref<> start = small_int(0), stop = small_int(0), step = small_int(1);
    if (n == 1) {
        stop = TRY(plain_index(py, args[0]));
    } else {
        start = TRY(plain_index(py, args[0]));
        stop = TRY(plain_index(py, args[1]));
        if (n == 3) step = TRY(plain_index(py, args[2]));
        if (step.value() == kZero) return raise(py, exc::ValueError, "range() arg 3 must not be zero");
    }
    return make_range(py, std::move(start), std::move(stop), std::move(step));
}
Value new_range(Python& py, Type&, Value const* args, std::size_t n, Tuple* names) { return construct(py, args, n, names).release(); }

Result<std::int64_t> len(Python& py, Self self) {
    std::int64_t word;
    if (to_int64(PlainInt(self->length.value()), word)) return word;
    return raise(py, exc::OverflowError, "Python int too large to convert to C ssize_t");
}
bool truth_of(Thread&, Self self) { return self->length.value() != kZero; }

Result<Ref<>> get_slice(Python& py, Self self, Borrowed<Slice> slice) {
    // Through slice.indices, whose numbers may be of any size.
    Ref<Str> name = TRY(make_str(py, "indices"));
    Ref<> found = TRY(call_method_with(py, slice, name, *self->length));
    Borrowed<Tuple> bounds = as<Tuple>(found.value());
    Ref<> start = TRY(item_at(py, *self, bounds->slots[0])), stop = TRY(item_at(py, *self, bounds->slots[1]));
    Ref<> step = TRY(int_mul(py, self->step.value(), bounds->slots[2]));
    return make_range(py, std::move(start), std::move(stop), std::move(step));
}

Result<Ref<>> getitem(Python& py, Self self, Borrowed<> key) {
    if (is<Slice>(key)) return get_slice(py, self, as<Slice>(key));
    Value k = key.value();
    if (!is_any_int(k) && !type_of(k).slot(Dunder::index))
        return raise(py, exc::TypeError, "range indices must be integers or slices, not {}", TypeName{k});
    Ref<> index = TRY(plain_index(py, k));
    if (TRY(less(py, index.value(), kZero))) index = TRY(add(py, index.value(), self->length.value()));
    if (TRY(less(py, index.value(), kZero)) || !TRY(less(py, index.value(), self->length.value())))
        return raise(py, exc::IndexError, "range object index out of range");
    return item_at(py, *self, index.value());
}

// Whether a plain int is in the range.
Result<bool> contains_int(Python& py, Range const& r, Value n) {
    if (r.small && n.is_int()) {
        std::int64_t start = r.start.value().as_int(), stop = r.stop.value().as_int(), step = r.step.value().as_int(), v = n.as_int();
        if (step > 0 ? v < start || v >= stop : v > start || v <= stop) return false;
        return (v - start) % step == 0;
    }
    bool backwards = TRY(less(py, r.step.value(), kZero));
    Value low = backwards ? n : r.start.value(), high = backwards ? r.start.value() : n;
    if (TRY(less(py, high, low))) return false;
    low = backwards ? r.stop.value() : n;
    high = backwards ? n : r.stop.value();
    if (!TRY(less(py, low, high))) return false;
    Ref<> offset = TRY(sub(py, n, r.start.value()));
    Ref<> rest = TRY(binary(py, Dunder::mod, offset, *r.step));
    return rest.value() == kZero;
}

bool exact_int(Value v) { return v.is_int() || v.is_bool() || (v.is_pointer() && &type_of(v) == &int_type); }

// The index of the first item equal to v; null: none. Ints are computed, other things compared one by one.
Result<Maybe<>> find(Python& py, Self self, Borrowed<> v) {
    if (exact_int(v.value())) {
        Value n = int_number(v.value());
        if (!TRY(contains_int(py, *self, n))) return Maybe<>();
        Ref<> offset = TRY(sub(py, n, self->start.value()));
        return Maybe<>(TRY(binary(py, Dunder::floordiv, offset, *self->step)));
    }
    Ref<> iterator = TRY(make_range_iterator(py, *self));
    for (Ref<> i = small_int(0);; i = TRY(add(py, i.value(), kOne))) {
        Next item = next(py, iterator);
        if (item.raised()) return Raised{};
        if (item.ended()) return Maybe<>();
        if (TRY(equal(py, std::move(item).take(), v))) return Maybe<>(std::move(i));
        CHECK(poll(py));
    }
}

Result<bool> contains_value(Python& py, Self self, Borrowed<> v) {
    if (exact_int(v.value())) return contains_int(py, *self, int_number(v.value()));
    return bool(TRY(find(py, self, v)));
}

Result<Ref<>> count(Python& py, Self self, Borrowed<> v) {
    if (exact_int(v.value())) return small_int(TRY(contains_int(py, *self, int_number(v.value()))));
    Ref<> iterator = TRY(make_range_iterator(py, *self));
    std::int64_t n = 0;
    for (;;) {
        Next item = next(py, iterator);
        if (item.raised()) return Raised{};
        if (item.ended()) return make_int(py, n);
        n += TRY(equal(py, std::move(item).take(), v));
        CHECK(poll(py));
    }
}

Result<Ref<>> index(Python& py, Self self, Borrowed<> v) {
    Maybe<> i = TRY(find(py, self, v));
    if (i) return std::move(i).take();
    if (exact_int(v.value())) return raise(py, exc::ValueError, "range.index(x): x not in range");
    return raise(py, exc::ValueError, "sequence.index(x): x not in sequence");
}

// Two ranges are equal if they give the same items.
Result<bool> ranges_equal(Python& py, Range const& a, Range const& b) {
    if (&a == &b) return true;
    if (!TRY(same(py, a.length.value(), b.length.value()))) return false;
    if (a.length.value() == kZero) return true;
    if (!TRY(same(py, a.start.value(), b.start.value()))) return false;
    if (a.length.value() == kOne) return true;
    return same(py, a.step.value(), b.step.value());
}
Result<Ref<>> compare_ranges(Python& py, Self self, Borrowed<> other, Compare op) {
    if (!is<Range>(other) || (op != Compare::eq && op != Compare::ne)) return Ref<>::immediate(kNotImplemented);
    bool equal_ = TRY(ranges_equal(py, *self, *as<Range>(other)));
    return Ref<>::immediate(Value::of_bool(equal_ == (op == Compare::eq)));
}

// The hash of (length, start, step), with None for what doesn't matter.
Result<std::int64_t> hash(Python& py, Self self) {
    bool empty = self->length.value() == kZero, one = self->length.value() == kOne;
    SequenceHash h;
    h.add(TRY(hash_value(py, *self->length)));
    h.add(TRY(hash_value(py, empty ? none : *self->start)));
    h.add(TRY(hash_value(py, empty || one ? none : *self->step)));
    return h.finish();
}

Result<Ref<Str>> repr_range(Python& py, Self self) {
    StrBuilder text(py);
    text.add("range(");
    text.add(*TRY(repr(py, *self->start)));
    text.add(", ");
    text.add(*TRY(repr(py, *self->stop)));
    if (self->step.value() != kOne) {
        text.add(", ");
        text.add(*TRY(repr(py, *self->step)));
    }
    text.add(")");
    return text.finish();
}

Result<Ref<Tuple>> reduce(Thread& t, Self self) {
    Ref<Tuple> args = TRY(make_tuple_of(t, self->start.share(), self->stop.share(), self->step.share()));
    return make_tuple_of(t, share(Value::of(&Range::type())), std::move(args));
}

Result<Ref<Range>> backwards(Python& py, Range const& r) {
    // From the last item to the first.
    Ref<> last = TRY(sub(py, r.length.value(), kOne));
    Ref<> start = TRY(item_at(py, r, last.value()));
    Ref<> stop = TRY(sub(py, r.start.value(), r.step.value()));
    Ref<> step = TRY(sub(py, kZero, r.step.value()));
    return make_range(py, std::move(start), std::move(stop), std::move(step));
}

Result<Ref<>> iter(Python& py, Self self) { return make_range_iterator(py, *self); }
Result<Ref<>> reversed(Python& py, Self self) { return make_range_iterator(py, *TRY(backwards(py, *self))); }

template <Fixed<> Range::*Field> Value get_field(Python&, Value self) {
    return (static_cast<Range*>(self.pointer())->*Field).share().release();
}

constexpr MethodDef methods[] = {
    def<reversed>("__reversed__", "", "Return an iterator from the last item to the first."),
    def<reduce>("__reduce__", "", "Give what pickle needs."),
    def<count>("count", "object, /", "Return how many items are equal to the object."),
    def<index>("index", "object, /", "Return the index of the object.\n\nRaises ValueError if it isn't there."),
};
constexpr GetSetDef getsets[] = {
    {"start", get_field<&Range::start>, nullptr},
    {"stop", get_field<&Range::stop>, nullptr},
    {"step", get_field<&Range::step>, nullptr},
};
constexpr SlotDef slots[] = {
    slot<Dunder::repr, repr_range>,        slot<Dunder::hash, hash>,   slot<Dunder::bool_, truth_of>, slot<Dunder::len, len>,
    slot<Dunder::iter, iter>,              slot<Dunder::getitem, getitem>,
    slot<Dunder::contains, contains_value>, ORO_COMPARE_SLOTS(compare_ranges),
};
constexpr TypeDef range_def{
    .name = "range",
    .doc = "range(stop) -> range object\nrange(start, stop[, step]) -> range object\n\n"
           "The integers from start (inclusive) to stop (exclusive) by step.",
    .size = sizeof(Range),
    .flags = type_flag::lasting | type_flag::sequence,
    .hooks = hooks_of<Range>(),
    .new_ = new_range,
    .methods = methods,
    .slots = slots,
    .getsets = getsets,
};

// ---- range_iterator: immediate ints

Next next_small(Thread& t, Borrowed<RangeIterator> self) { return range_iterator_next(t, *self); }
Result<Ref<>> iter_small(Thread&, Borrowed<RangeIterator> self) { return self.share(); }
std::int64_t taken(RangeIterator const& it) {
    std::int64_t i = it.index.load(std::memory_order_relaxed);
    return i < it.length ? i : it.length;
}
std::int64_t hint_small(Thread&, Borrowed<RangeIterator> self) { return self->length - taken(*self); }

// (iter, (range(what is left),), None)
Result<Ref<Tuple>> reduce_rest(Python& py, Ref<> start, Ref<> stop, Ref<> step) {
    Ref<> function = TRY(builtin_named(py, "iter"));
    Ref<Range> rest = TRY(make_range(py, std::move(start), std::move(stop), std::move(step)));
    return reduce_iteration(py, std::move(function), std::move(rest), none.share());
}
Result<Ref<Tuple>> reduce_small(Python& py, Borrowed<RangeIterator> self) {
    std::int64_t at = self->start + taken(*self) * self->step;
    return reduce_rest(py, TRY(make_int(py, at)), TRY(make_int(py, self->start + self->length * self->step)), small_int(self->step));
}
Result<void> setstate_small(Python& py, Borrowed<RangeIterator> self, Borrowed<> state) {
    std::int64_t i = TRY(to_int64(py, state, &exc::OverflowError));
    // Counted from where it stands now.
    std::int64_t from = taken(*self), left = self->length - from;
    self->index.store(from + (i < 0 ? 0 : i > left ? left : i), std::memory_order_relaxed);
    return {};
}

constexpr char const* kHintDoc = "Estimate how many items are left.";
constexpr MethodDef small_methods[] = {
    def<hint_small>("__length_hint__", "", kHintDoc),
    def<reduce_small>("__reduce__", "", "Give what pickle needs."),
    def<setstate_small>("__setstate__", "object, /", "Set where the iteration goes on."),
};
constexpr SlotDef small_slots[] = {slot<Dunder::iter, iter_small>, slot<Dunder::next, next_small>};
constexpr TypeDef small_def{
    .name = "range_iterator", .size = sizeof(RangeIterator), .flags = type_flag::disallow_new, .methods = small_methods,
    .slots = small_slots,
};
}  // namespace
ORO_TYPE(range_iterator_type, small_def);
namespace {

// ---- longrange_iterator: numbers of any size; `left` and `at` change together under the lock.

struct LongRangeIterator : Object {
    struct Guarded {
        Member<> at, left;
    } guarded;
    Fixed<> step;
    LongRangeIterator(Ref<> a, Ref<> s, Ref<> n) : step(std::move(s)) {
        guarded.at.set(std::move(a));
        guarded.left.set(std::move(n));
    }
    void trace(Visitor& v) { v(guarded.at); v(guarded.left); v(step); }
    void clear() { guarded.at.reset(); guarded.left.reset(); step.reset(); }
    static Type& type();
};

// Both as they are at one moment.
std::pair<Ref<>, Ref<>> place_of(Thread& t, Borrowed<LongRangeIterator> self) {
    Locked<LongRangeIterator> locked(t, self);
    return {share(locked->at.peek().value()), share(locked->left.peek().value())};
}
Next next_long(Python& py, Borrowed<LongRangeIterator> self) {
    for (;;) {
        auto [at, left] = place_of(py, self);
        if (left.value() == kZero) return Next::end();
        Ref<> following = TRY(add(py, at.value(), self->step.value())), fewer = TRY(sub(py, left.value(), kOne));
        Maybe<> old_at, old_left;
        {
            Locked<LongRangeIterator> locked(py, self);
            if (locked->left.peek().value() != left.value()) continue;  // another thread took the item
            old_at = locked->at.swap(std::move(following));
            old_left = locked->left.swap(std::move(fewer));
        }
        return Next(std::move(at));
    }
}
Result<Ref<>> iter_long(Thread&, Borrowed<LongRangeIterator> self) { return self.share(); }
Result<Ref<>> hint_long(Thread&, Borrowed<LongRangeIterator> self) { return self->guarded.left.load(self.get()).take(); }
Result<Ref<Tuple>> reduce_long(Python& py, Borrowed<LongRangeIterator> self) {
    auto [at, left] = place_of(py, self);
    Ref<> span = TRY(int_mul(py, left.value(), self->step.value()));
    Ref<> stop = TRY(add(py, at.value(), span.value()));
    return reduce_rest(py, std::move(at), std::move(stop), self->step.share());
}
Result<void> setstate_long(Python& py, Borrowed<LongRangeIterator> self, Borrowed<> state) {
    if (!is_any_int(state.value())) return raise(py, exc::TypeError, "state must be an int, not {}", TypeName{state.value()});
    auto [at, left] = place_of(py, self);
    Ref<> n = share(int_number(state.value()));
    if (TRY(less(py, n.value(), kZero))) n = small_int(0);
    if (TRY(less(py, left.value(), n.value()))) n = share(left.value());
    Ref<> offset = TRY(int_mul(py, n.value(), self->step.value()));
    Ref<> to = TRY(add(py, at.value(), offset.value())), fewer = TRY(sub(py, left.value(), n.value()));
    Maybe<> old_at, old_left;
    Locked<LongRangeIterator> locked(py, self);
    old_at = locked->at.swap(std::move(to));
    old_left = locked->left.swap(std::move(fewer));
    return {};
}

constexpr MethodDef long_methods[] = {
    def<hint_long>("__length_hint__", "", kHintDoc),
    def<reduce_long>("__reduce__", "", "Give what pickle needs."),
    def<setstate_long>("__setstate__", "object, /", "Set where the iteration goes on."),
};
constexpr SlotDef long_slots[] = {slot<Dunder::iter, iter_long>, slot<Dunder::next, next_long>};
constexpr TypeDef long_def{
    .name = "longrange_iterator", .size = sizeof(LongRangeIterator), .flags = type_flag::disallow_new,
    .hooks = hooks_of<LongRangeIterator>(), .methods = long_methods, .slots = long_slots,
};
ORO_TYPE(longrange_iterator_type, long_def);
Type& LongRangeIterator::type() { return longrange_iterator_type; }

}  // namespace

ORO_TYPE(range_type, range_def);
Type& Range::type() { return range_type; }
Type& RangeIterator::type() { return range_iterator_type; }

Result<Ref<Range>> make_range(Python& py, Ref<> start, Ref<> stop, Ref<> step) {
    Value a = start.value(), b = stop.value(), s = step.value();
    constexpr std::int64_t kHalf = std::int64_t(1) << 60;
    auto modest = [](Value v) { return v.is_int() && v.as_int() > -kHalf && v.as_int() < kHalf; };
    if (modest(a) && modest(b) && modest(s)) [[likely]] {
        std::int64_t from = a.as_int(), to = b.as_int(), by = s.as_int(), n = 0;
        if (by > 0 && from < to) n = (to - from - 1) / by + 1;
        if (by < 0 && from > to) n = (from - to - 1) / -by + 1;
        return make<Range>(py, range_type, std::move(start), std::move(stop), std::move(step), small_int(n), true);
    }
    Ref<> length = TRY(length_of(py, a, b, s));
    return make<Range>(py, range_type, std::move(start), std::move(stop), std::move(step), std::move(length), false);
}

Result<Ref<>> make_range_iterator(Python& py, Range const& r) {
    if (r.small) {
        return make<RangeIterator>(py, range_iterator_type, r.start.value().as_int(), r.step.value().as_int(),
                                   r.length.value().as_int());
    }
    return make<LongRangeIterator>(py, longrange_iterator_type, r.start.share(), r.step.share(), r.length.share());
}

}  // namespace oro
