// slice objects, and what indexing a sequence needs: bounds of a slice, an index as a position.
#pragma once
#include "object/allocate.h"

namespace oro {

// Immutable.
struct Slice : Object {
    Fixed<> start, stop, step;
    Slice(Ref<> a, Ref<> b, Ref<> c) : start(std::move(a)), stop(std::move(b)), step(std::move(c)) {}
    static constexpr auto fields = std::tuple{&Slice::start, &Slice::stop, &Slice::step};
    static Type& type();
};

extern Type slice_type;    // what Slice::type() gives
Result<Ref<Slice>> make_slice(Thread& t, Borrowed<> start, Borrowed<> stop, Borrowed<> step);

// A slice as three numbers, saturated, the step not 0; calls __index__. Missing ends are the extremes of the direction.
struct SliceNumbers {
    std::int64_t start, stop, step;
};
Result<SliceNumbers> slice_numbers(Python& py, Slice const& slice);

// The items that a slice selects of a sequence: start, start + step, ... `count` times; stop is clipped as well.
struct SliceBounds {
    std::int64_t start, stop, step, count;
};
SliceBounds clip_slice(SliceNumbers const& n, std::size_t length);
// Both in one; the length must be read afterwards where __index__ may change the sequence: use the two above then.
Result<SliceBounds> slice_bounds(Python& py, Slice const& slice, std::size_t length);

// The number of an index or of start/stop of index(): saturated, "slice indices must be integers or have an __index__ method".
Result<std::int64_t> search_bound(Python& py, Borrowed<> v);
// Clips such a bound to 0..length, negative ones counting from the end.
inline std::size_t clip_bound(std::int64_t n, std::size_t length) {
    if (n < 0) n = n < -std::int64_t(length) ? 0 : n + std::int64_t(length);
    return n > std::int64_t(length) ? length : std::size_t(n);
}
// An index out of Python: negative counts from the end; -1 if it is outside.
inline std::int64_t position_of(std::int64_t index, std::size_t length) {
    if (index < 0) index += std::int64_t(length);
    return index < 0 || index >= std::int64_t(length) ? -1 : index;
}
// A subscript that isn't a slice, as a number: IndexError if it is huge, "`what` indices must be integers or slices, not X".
Result<std::int64_t> subscript(Python& py, Borrowed<> index, char const* what);
// The number of a repetition, not below 0: "can't multiply sequence by non-int of type 'X'".
Result<std::size_t> repeat_count(Python& py, Borrowed<> v);

}  // namespace oro
