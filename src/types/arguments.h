// Arguments of constructors that take them by position only.
#pragma once
#include "object/define.h"

namespace oro {

// Whether `n` arguments without keywords are given, at least `least` and at most `most`; else raises TypeError.
inline bool check_positional(Thread& t, char const* function, std::size_t n, Tuple* names, std::size_t least, std::size_t most) {
    if (names && names->size > 0) [[unlikely]] {
        (void)raise(t, exc::TypeError, "{}() takes no keyword arguments", function);
        return false;
    }
    if (n >= least && n <= most) [[likely]] return true;
    std::size_t limit = n < least ? least : most;
    (void)raise(t, exc::TypeError, "{} expected {}{} argument{}, got {}", function,
                least == most ? "" : n < least ? "at least " : "at most ", limit, limit == 1 ? "" : "s", n);
    return false;
}

// The keywords that a constructor which takes none has to refuse. A subclass whose __init__ is its own may be given some: they are for that.
inline Tuple* refused_keywords(Type& type, Type& own, Tuple* names) {
    return type.init.load(std::memory_order_relaxed) == own.init.load(std::memory_order_relaxed) ? names : nullptr;
}

// What __sizeof__ counts for an object's fixed part.
template <class T> std::int64_t fixed_size(Borrowed<T> self) { return std::int64_t(type_of(self).size); }

}  // namespace oro
