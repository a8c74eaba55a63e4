// The iterators of str: one struct for both types, neither of which can be subclassed.
#pragma once
#include "object/str.h"

namespace oro {

extern Type str_iterator_type, str_ascii_iterator_type;

struct StrIterator : Object {
    Fixed<Str> text;
    std::atomic<std::size_t> position{0};  // the length or more: exhausted. Threads that share it advance it by compare-and-swap
    explicit StrIterator(Ref<Str> s) : text(std::move(s)) {}
    static constexpr auto fields = std::tuple{&StrIterator::text};
    static Type& type() { return str_iterator_type; }
};

}  // namespace oro
