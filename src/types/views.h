// The views of a dict: keys(), values(), items(). They hold the dict and nothing else.
#pragma once
#include "object/define.h"
#include "object/snapshot.h"
#include "types/iterators.h"

namespace oro {

extern Type dict_keys_type, dict_values_type, dict_items_type;

template <DictPart P> struct DictViewOf : DictView {
    using DictView::DictView;
    static Type& type();
};
template <DictPart P> Result<Ref<>> make_dict_view(Thread& t, Borrowed<Dict> dict) {
    return make<DictViewOf<P>>(t, DictViewOf<P>::type(), dict.share());
}

template <DictPart P, bool Backwards> struct DictIteratorOf : DictIterator {
    using DictIterator::DictIterator;
    static Type& type();
};
template <DictPart P> Result<Ref<>> make_dict_reverse_iterator(Thread& t, Borrowed<Dict> dict) {
    return make<DictIteratorOf<P, true>>(t, DictIteratorOf<P, true>::type(), dict.share(),
                                        std::int64_t(dict->keys()->entry_count.load(std::memory_order_acquire)));
}

// d1 | d2 for dicts and their subclasses; NotImplemented for others.
Result<Ref<>> dict_union(Python& py, Borrowed<> a, Borrowed<> b);
Result<bool> dicts_equal(Python& py, Borrowed<Dict> a, Borrowed<Dict> b);

}  // namespace oro
