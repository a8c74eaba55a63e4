// _heapq: heaps in lists. Items change places two by two under the list's lock, so that threads which race for a heap may spoil
// its order but never lose an item.
#include "object/define.h"
#include "object/list.h"

namespace oro {
namespace {

enum class Order { min, max };

// Whether `a` belongs nearer to the top than `b`.
template <Order O> Result<bool> above(Python& py, Borrowed<> a, Borrowed<> b) {
    return O == Order::min ? compare_truth(py, a, b, Compare::lt) : compare_truth(py, b, a, Compare::lt);
}

void swap_items(Thread& t, Borrowed<List> heap, std::size_t i, std::size_t j) {
    Locked<List> g(t, heap);
    std::size_t n = heap->size();
    if (i >= n || j >= n) return;
    Slot* slots = g->items.load(std::memory_order_relaxed)->slots;
    slots[j].store(slots[i].exchange(slots[j].peek_relaxed()));
}

// Puts an item in the place of another, which is returned; null if there is no such place.
Maybe<> exchange_item(Thread& t, Borrowed<List> heap, std::size_t i, Ref<> item) {
    Locked<List> g(t, heap);
    if (i >= heap->size()) return {};
    return Maybe<>::adopt(g->items.load(std::memory_order_relaxed)->slots[i].exchange(item.release()));
}

Raised changed(Thread& t) { return raise(t, exc::RuntimeError, "list changed size during iteration"); }

// Moves the item at `at` towards the top as far as it belongs, not above `top`.
template <Order O> Result<void> rise(Python& py, Borrowed<List> heap, std::size_t top, std::size_t at) {
    std::size_t size = heap->size();
    while (at > top) {
        std::size_t parent = (at - 1) / 2;
        Maybe<> a = list_get(py, *heap, at), b = list_get(py, *heap, parent);
        if (!a || !b) return changed(py);
        bool up = TRY(above<O>(py, *a, *b));
        if (heap->size() != size) return changed(py);
        if (!up) break;
        swap_items(py, heap, at, parent);
        at = parent;
    }
    return {};
}

// Moves the item at `at` down to a leaf, always changing with the child that belongs above, then up again to its place.
template <Order O> Result<void> settle(Python& py, Borrowed<List> heap, std::size_t at) {
    std::size_t size = heap->size(), top = at;
    for (std::size_t child = 2 * at + 1; child < size; child = 2 * at + 1) {
        if (child + 1 < size) {
            Maybe<> left = list_get(py, *heap, child), right = list_get(py, *heap, child + 1);
            if (!left || !right) return changed(py);
            bool left_above = TRY(above<O>(py, *left, *right));
            if (heap->size() != size) return changed(py);
            if (!left_above) ++child;
        }
        swap_items(py, heap, at, child);
        at = child;
        CHECK(poll(py));
    }
    return rise<O>(py, heap, top, at);
}

template <Order O> Result<void> push(Python& py, Borrowed<List> heap, Borrowed<> item) {
    CHECK(list_append(py, heap, item.share()));
    return rise<O>(py, heap, 0, heap->size() - 1);
}

template <Order O> Result<Ref<>> pop(Python& py, Borrowed<List> heap) {
    Maybe<> last;
    bool left;
    {
        Locked<List> g(py, heap);
        std::size_t n = heap->size();
        if (n > 0) last = list_take(py, g, n - 1);
        left = n > 1;
    }
    if (!last) return raise(py, exc::IndexError, "index out of range");
    if (!left) return std::move(last).take();
    Ref<> item = std::move(last).take();
    Maybe<> top = exchange_item(py, heap, 0, item.share());
    if (!top) return item;  // another thread took the rest
    CHECK(settle<O>(py, heap, 0));
    return std::move(top).take();
}

template <Order O> Result<Ref<>> replace(Python& py, Borrowed<List> heap, Borrowed<> item) {
    Maybe<> top = exchange_item(py, heap, 0, item.share());
    if (!top) return raise(py, exc::IndexError, "index out of range");
    CHECK(settle<O>(py, heap, 0));
    return std::move(top).take();
}

template <Order O> Result<Ref<>> push_pop(Python& py, Borrowed<List> heap, Borrowed<> item) {
    Maybe<> top = list_get(py, *heap, 0);
    if (!top || !TRY(above<O>(py, *top, item))) return item.share();
    Maybe<> old = exchange_item(py, heap, 0, item.share());
    if (!old) return raise(py, exc::IndexError, "index out of range");
    CHECK(settle<O>(py, heap, 0));
    return std::move(old).take();
}

template <Order O> Result<void> heapify(Python& py, Borrowed<List> heap) {
    for (std::size_t i = heap->size() / 2; i-- > 0;) CHECK(settle<O>(py, heap, i));
    return {};
}

constexpr MethodDef functions[] = {
    function<push<Order::min>>("heappush", "heap, item, /", "Put an item onto the heap."),
    function<push_pop<Order::min>>("heappushpop", "heap, item, /", "Put an item onto the heap, then take the smallest off."),
    function<pop<Order::min>>("heappop", "heap, /", "Take the smallest item off the heap and return it."),
    function<replace<Order::min>>("heapreplace", "heap, item, /", "Take the smallest item off the heap, then put the new one on."),
    function<heapify<Order::min>>("heapify", "heap, /", "Make a list into a heap, in place and in linear time."),
    function<push<Order::max>>("heappush_max", "heap, item, /", "Put an item onto a heap whose largest is on top."),
    function<push_pop<Order::max>>("heappushpop_max", "heap, item, /", "The same as heappushpop for the largest."),
    function<pop<Order::max>>("heappop_max", "heap, /", "Take the largest item off the heap and return it."),
    function<replace<Order::max>>("heapreplace_max", "heap, item, /", "The same as heapreplace for the largest."),
    function<heapify<Order::max>>("heapify_max", "heap, /", "Make a list into a heap whose largest is on top."),
};

ORO_MODULE(heapq_module, .name = "_heapq", .doc = "Heaps: a[k] <= a[2*k+1] and a[k] <= a[2*k+2] for all k.", .functions = functions);

}  // namespace
}  // namespace oro
