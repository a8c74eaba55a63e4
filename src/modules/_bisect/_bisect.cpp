// _bisect: binary search in sorted sequences.
#include "object/define.h"
#include "object/list.h"

namespace oro {
namespace {

enum class Side { left, right };

// Where x belongs: in front of equal items or behind them.
Result<std::int64_t> search(Python& py, Side side, Borrowed<> a, Borrowed<> x, std::int64_t lo, Borrowed<> hi, Borrowed<> key) {
    if (lo < 0) return raise(py, exc::ValueError, "lo must be non-negative");
    std::int64_t end = hi.is(kNone) ? TRY(length(py, a)) : TRY(to_int64(py, hi, &exc::OverflowError));
    while (lo < end) {
        std::int64_t middle = lo + (end - lo) / 2;
        Maybe<> item;
        if (is_exact<List>(a)) {
            item = list_get(py, *as<List>(a), std::size_t(middle));
            if (!item) return raise(py, exc::IndexError, "list index out of range");
        } else {
            item = TRY(get_item(py, a, TRY(make_int(py, middle))));
        }
        if (!key.is(kNone)) item = TRY(call_with(py, key, *item));
        bool go_right = side == Side::left ? TRY(compare_truth(py, *item, x, Compare::lt)) : !TRY(compare_truth(py, x, *item, Compare::lt));
        if (go_right) lo = middle + 1;
        else end = middle;
        CHECK(poll(py));
    }
    return lo;
}

template <Side S>
Result<std::int64_t> bisect(Python& py, Borrowed<> a, Borrowed<> x, std::int64_t lo, Borrowed<> hi, Borrowed<> key) {
    return search(py, S, a, x, lo, hi, key);
}

template <Side S> Result<void> insort(Python& py, Borrowed<> a, Borrowed<> x, std::int64_t lo, Borrowed<> hi, Borrowed<> key) {
    Ref<> wanted = key.is(kNone) ? x.share() : TRY(call_with(py, key, x));
    std::int64_t i = TRY(search(py, S, a, wanted, lo, hi, key));
    if (is_exact<List>(a)) {
        Locked<List> list(py, as<List>(a));
        return list_insert(py, list, std::size_t(i), x.share());
    }
    (void)TRY(call_method_with(py, a, name::insert(), TRY(make_int(py, i)), x));
    return {};
}

constexpr char const* kSignature = "a, x, lo=0, hi=None, *, key=None";
constexpr char const* kFind =
    "Return the index at which x belongs in the sorted list a.\n\n"
    "Equal items stand on the side that the name does not say. lo and hi bound the part that is searched; a key function is\n"
    "applied to the items, not to x.";
constexpr char const* kInsert =
    "Insert x into the sorted list a so that it stays sorted.\n\n"
    "lo and hi bound the part that is searched; a key function is applied to the items and to x.";
constexpr MethodDef functions[] = {
    function<bisect<Side::right>>("bisect_right", kSignature, kFind),
    function<insort<Side::right>>("insort_right", kSignature, kInsert),
    function<bisect<Side::left>>("bisect_left", kSignature, kFind),
    function<insort<Side::left>>("insort_left", kSignature, kInsert),
    function<bisect<Side::right>>("bisect", kSignature, kFind),
    function<insort<Side::right>>("insort", kSignature, kInsert),
};

ORO_MODULE(bisect_module, .name = "_bisect", .doc = "Binary search in sorted lists.", .functions = functions);

}  // namespace
}  // namespace oro
