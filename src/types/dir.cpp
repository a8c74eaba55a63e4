// dir(): the names that an object, or a class, has.
#include "object/define.h"
#include "object/dict.h"
#include "object/list.h"
#include "types/object.h"

namespace oro {

namespace {

// The dictionaries of a class and its bases, as attributes show them: `type` may be anything that looks like a class.
Result<void> merge_class(Python& py, Borrowed<Dict> out, Borrowed<> type) {
    CHECK(check_native_stack(py));
    Maybe<> dict = TRY(find_attribute(py, type, name::dunder_dict()));
    if (dict) CHECK(dict_merge(py, out, *dict));
    Maybe<> bases = TRY(find_attribute(py, type, name::dunder_bases()));
    if (!bases) return {};
    Ref<Tuple> items = TRY(tuple_from(py, *bases));
    for (Value base : items->items()) CHECK(merge_class(py, out, Borrowed<>(base)));
    return {};
}

}  // namespace

Result<Ref<List>> dir_of_object(Python& py, Borrowed<> self) {
    Ref<Dict> names = TRY(make_dict(py));
    Maybe<> own = TRY(find_attribute(py, self, name::dunder_dict()));
    if (own && is<Dict>(own.value())) CHECK(dict_merge(py, names, *own));
    Maybe<> type = TRY(find_attribute(py, self, name::dunder_class()));
    if (type) CHECK(merge_class(py, names, *type));
    return list_from(py, names);
}

Result<Ref<List>> dir_of_type(Python& py, Borrowed<> type) {
    Ref<Dict> names = TRY(make_dict(py));
    CHECK(merge_class(py, names, type));
    return list_from(py, names);
}

}  // namespace oro
