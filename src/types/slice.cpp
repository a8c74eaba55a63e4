// slice: three values, and how they become bounds. Immutable.
#include "object/slice.h"

#include <algorithm>

#include "object/define.h"
#include "types/arguments.h"
#include "types/hashing.h"

namespace oro {

namespace {

constexpr std::int64_t kMax = INT64_MAX;

Result<std::int64_t> bound_number(Python& py, Value v, char const* message) {
    if (v.is_int()) [[likely]] return v.as_int();
    if (!is_any_int(v) && !type_of(v).slot(Dunder::index)) return raise(py, exc::TypeError, "{}", message);
    return to_int64(py, Borrowed<>(v), nullptr);
}

constexpr char const* kNotAnIndex = "slice indices must be integers or None or have an __index__ method";

// ---- slice.indices: with ints of any size

// The integer behind an index of a slice; `which` is unused text for None.
Result<Ref<>> exact_index(Python& py, Borrowed<> v) {
    Value w = v.value();
    if (!is_any_int(w) && !type_of(w).slot(Dunder::index)) return raise(py, exc::TypeError, "{}", kNotAnIndex);
    return to_index(py, v);
}

Result<bool> less(Python& py, Borrowed<> a, Borrowed<> b) { return compare_truth(py, a, b, Compare::lt); }
Ref<> small(std::int64_t n) { return Ref<>::immediate(Value::of_int(n)); }

// One end of the slice: clipped to lower..upper, negative ones counted from the end.
Result<Ref<>> clip_end(Python& py, Value v, Borrowed<> length, Borrowed<> lower, Borrowed<> upper, Borrowed<> otherwise) {
    if (v == kNone) return otherwise.share();
    Ref<> n = TRY(exact_index(py, Borrowed<>(v)));
    if (TRY(less(py, n, small(0)))) {
        n = TRY(int_add(py, int_number(n.value()), int_number(length.value())));
        if (TRY(less(py, n, lower))) return lower.share();
        return n;
    }
    if (TRY(less(py, upper, n))) return upper.share();
    return n;
}

Result<Ref<Tuple>> indices(Python& py, Borrowed<Slice> self, Borrowed<> object) {
    Ref<> length = TRY(to_index(py, object));
    if (TRY(less(py, length, small(0)))) return raise(py, exc::ValueError, "length should not be negative");
    Ref<> step = self->step.value() == kNone ? small(1) : TRY(exact_index(py, *self->step));
    if (int_number(step.value()) == Value::of_int(0)) return raise(py, exc::ValueError, "slice step cannot be zero");
    bool backwards = TRY(less(py, step, small(0)));
    Ref<> lower = small(backwards ? -1 : 0);
    Ref<> upper = backwards ? TRY(int_sub(py, int_number(length.value()), Value::of_int(1))) : length.share();
    Ref<> start = TRY(clip_end(py, self->start.value(), length, lower, upper, backwards ? upper : lower));
    Ref<> stop = TRY(clip_end(py, self->stop.value(), length, lower, upper, backwards ? lower : upper));
    return make_tuple_of(py, std::move(start), std::move(stop), std::move(step));
}

Value new_slice(Python& py, Type&, Value const* args, std::size_t n, Tuple* names) {
    if (!check_positional(py, "slice", n, names, 1, 3)) return {};
    if (n == 1) return binding::finish(py, make_slice(py, none, Borrowed<>(args[0]), none));
    return binding::finish(py, make_slice(py, Borrowed<>(args[0]), Borrowed<>(args[1]), n == 3 ? Borrowed<>(args[2]) : none));
}

Result<Ref<Str>> repr_slice(Python& py, Borrowed<Slice> self) {
    StrBuilder text(py);
    text.add("slice(");
    text.add(*TRY(repr(py, *self->start)));
    text.add(", ");
    text.add(*TRY(repr(py, *self->stop)));
    text.add(", ");
    text.add(*TRY(repr(py, *self->step)));
    text.add(")");
    return text.finish();
}

Result<std::int64_t> hash_slice(Python& py, Borrowed<Slice> self) {
    SequenceHash h;
    h.add(TRY(hash_value(py, *self->start)));
    h.add(TRY(hash_value(py, *self->stop)));
    h.add(TRY(hash_value(py, *self->step)));
    return h.finish();
}

Result<Ref<>> compare_slices(Python& py, Borrowed<Slice> self, Borrowed<> other, Compare op) {
    if (!is<Slice>(other)) return Ref<>::immediate(kNotImplemented);
    auto triple = [&](Slice& s) { return make_tuple_of(py, s.start.share(), s.stop.share(), s.step.share()); };
    Ref<Tuple> a = TRY(triple(*self)), b = TRY(triple(*as<Slice>(other)));
    return compare(py, a, b, op);
}

Result<Ref<Tuple>> reduce(Thread& t, Borrowed<Slice> self) {
    Ref<Tuple> args = TRY(make_tuple_of(t, self->start.share(), self->stop.share(), self->step.share()));
    return make_tuple_of(t, share(Value::of(&Slice::type())), std::move(args));
}

constexpr MethodDef methods[] = {
    def<indices>("indices", "object, /",
                 "Give (start, stop, stride) as they apply to a sequence of the given length,\n"
                 "ends that are out of bounds being clipped."),
    def<reduce>("__reduce__", "", "Give what pickle needs."),
};
constexpr GetSetDef getsets[] = {
    {"start", [](Python&, Value self) { return static_cast<Slice*>(self.pointer())->start.share().release(); }, nullptr},
    {"stop", [](Python&, Value self) { return static_cast<Slice*>(self.pointer())->stop.share().release(); }, nullptr},
    {"step", [](Python&, Value self) { return static_cast<Slice*>(self.pointer())->step.share().release(); }, nullptr},
};
constexpr SlotDef slots[] = {
    slot<Dunder::repr, repr_slice>,
    slot<Dunder::hash, hash_slice>,
    ORO_COMPARE_SLOTS(compare_slices),
};
constexpr TypeDef slice_def{
    .name = "slice",
    .doc = "slice(stop)\nslice(start, stop[, step])\n\nMake a slice object, as used for extended slicing (a[0:10:2]).",
    .size = sizeof(Slice), .flags = type_flag::lasting,
    .hooks = hooks_of<Slice>(),
    .new_ = new_slice,
    .methods = methods,
    .slots = slots,
    .getsets = getsets,
};

}  // namespace

ORO_TYPE(slice_type, slice_def);

Type& Slice::type() { return slice_type; }

Result<Ref<Slice>> make_slice(Thread& t, Borrowed<> start, Borrowed<> stop, Borrowed<> step) {
    return make<Slice>(t, slice_type, start.share(), stop.share(), step.share());
}

Result<SliceNumbers> slice_numbers(Python& py, Slice const& slice) {
    SliceNumbers n{0, 0, 1};
    if (slice.step.value() != kNone) {
        n.step = TRY(bound_number(py, slice.step.value(), kNotAnIndex));
        if (n.step == 0) return raise(py, exc::ValueError, "slice step cannot be zero");
        if (n.step < -kMax) n.step = -kMax;  // so that it can be negated
    }
    n.start = slice.start.value() == kNone ? (n.step < 0 ? kMax : 0) : TRY(bound_number(py, slice.start.value(), kNotAnIndex));
    n.stop = slice.stop.value() == kNone ? (n.step < 0 ? INT64_MIN : kMax)
                                         : TRY(bound_number(py, slice.stop.value(), kNotAnIndex));
    return n;
}

SliceBounds clip_slice(SliceNumbers const& n, std::size_t size) {
    auto length = std::int64_t(size);
    SliceBounds b{n.start, n.stop, n.step, 0};
    auto clip = [&](std::int64_t& v) {
        if (v < 0) {
            v = v < -length ? -1 : v + length;
            if (v < 0) v = b.step < 0 ? -1 : 0;
        } else if (v >= length) {
            v = b.step < 0 ? length - 1 : length;
        }
    };
    clip(b.start);
    clip(b.stop);
    if (b.step < 0) {
        if (b.stop < b.start) b.count = (b.start - b.stop - 1) / -b.step + 1;
    } else if (b.start < b.stop) {
        b.count = (b.stop - b.start - 1) / b.step + 1;
    }
    // From a single item the step leads nowhere; kept small, so that one step more is a number still.
    if (b.count <= 1) b.step = std::clamp(b.step, -length - 2, length + 2);
    return b;
}

Result<SliceBounds> slice_bounds(Python& py, Slice const& slice, std::size_t length) {
    return clip_slice(TRY(slice_numbers(py, slice)), length);
}

Result<std::int64_t> search_bound(Python& py, Borrowed<> v) {
    return bound_number(py, v.value(), "slice indices must be integers or have an __index__ method");
}

Result<std::int64_t> subscript(Python& py, Borrowed<> index, char const* what) {
    Value v = index.value();
    if (v.is_int()) [[likely]] return v.as_int();
    if (!is_any_int(v) && !type_of(v).slot(Dunder::index))
        return raise(py, exc::TypeError, "{} indices must be integers or slices, not {}", what, TypeName{v});
    return to_int64(py, index, &exc::IndexError);
}

Result<std::size_t> repeat_count(Python& py, Borrowed<> v) {
    Value w = v.value();
    if (!is_any_int(w) && !type_of(w).slot(Dunder::index))
        return raise(py, exc::TypeError, "can't multiply sequence by non-int of type '{}'", TypeName{w});
    std::int64_t n = TRY(to_int64(py, v, &exc::OverflowError));
    return n < 0 ? 0 : std::size_t(n);
}

}  // namespace oro
