// slice objects, and what a slice means for a sequence of a given length.
#pragma once
#include "object/allocate.h"

namespace oro {

struct Slice : Object {
    Fixed<> start, stop, step;
    Slice(Ref<> a, Ref<> b, Ref<> c) : start(std::move(a)), stop(std::move(b)), step(std::move(c)) {}
    static constexpr auto fields = std::tuple{&Slice::start, &Slice::stop, &Slice::step};
    static Type& type();
};

// The items start, start + step, ...: `length` of them.
struct SliceRange {
    std::int64_t start = 0, stop = 0, step = 1;
    std::size_t length = 0;
};
// Runs __index__ of the slice's parts; "slice indices must be integers or None or have an __index__ method".
Result<SliceRange> slice_range(Python& py, Borrowed<Slice> slice, std::size_t length);

}  // namespace oro
