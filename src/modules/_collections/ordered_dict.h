// collections.OrderedDict: a dict whose pairs can move to either end. Its order is that of its table's entries, so everything that
// works on a dict works on it, and only what has to do with the order is here. What changes it holds its lock; lookups take none.
#pragma once
#include "modules/_collections/deque.h"
#include "object/dict_order.h"
#include "object/snapshot.h"

namespace oro::collections {

struct OrderedDict : Dict {
    DictEnds ends;                       // under the lock
    static Type& type() { return ordered_dict(); }
};

DictState ordered_state(Thread& t, Borrowed<OrderedDict> dict);
Raised raise_mutated(Thread& t);

Result<Ref<>> make_ordered_iterator(Thread& t, Borrowed<OrderedDict> dict, DictPart part, End from);
// odict_keys, odict_values, odict_items.
Result<Ref<>> make_ordered_view(Thread& t, Borrowed<OrderedDict> dict, DictPart part);

}  // namespace oro::collections
