// range: start, stop, step of any size, and its length. Immutable.
#pragma once
#include "object/int.h"
#include "types/iterators.h"

namespace oro {

struct Range : Object {
    Fixed<> start, stop, step, length;
    // All four and every item fit an immediate int: the fast path.
    bool small;
    Range(Ref<> a, Ref<> b, Ref<> s, Ref<> n, bool fits)
        : start(std::move(a)), stop(std::move(b)), step(std::move(s)), length(std::move(n)), small(fits) {}
    static constexpr auto fields = std::tuple{&Range::start, &Range::stop, &Range::step, &Range::length};
    static Type& type();
};

extern Type range_type;    // what Range::type() gives

// Plain ints (int_number); the step is not 0.
Result<Ref<Range>> make_range(Python& py, Ref<> start, Ref<> stop, Ref<> step);
Result<Ref<>> make_range_iterator(Python& py, Range const& range);

}  // namespace oro
