// What a dict, a view of one, or a set holds at one moment. list(), tuple(), sorted() and list.extend() of one of these see no change that
// another thread makes meanwhile, so that they never fail with "changed size during iteration".
#pragma once
#include <vector>

#include "object/dict.h"

namespace oro {

enum class DictPart : std::uint8_t { keys, values, items };

struct DictView : Object {
    Fixed<Dict> dict;
    explicit DictView(Ref<Dict> d) : dict(std::move(d)) {}
    static constexpr auto fields = std::tuple{&DictView::dict};
};

// Fills `out` with counted items. False if `iterable` is not exactly of one of these types, or if this thread is alone, so that
// iterating does as well.
Result<bool> snapshot(Thread& t, Borrowed<> iterable, std::vector<Value>& out);

}  // namespace oro
