// Iterators over a deque. What they hand out and the deque's state are looked at under the iterator's lock and the deque's, so that
// each item goes to one thread.
#include "modules/_collections/deque.h"

#include "types/arguments.h"

namespace oro::collections {

namespace {

template <bool Backwards> struct Iterator : DequeIterator {
    using DequeIterator::DequeIterator;
    static Type& type();
};

template <bool B> Next next_item(Thread& t, Borrowed<Iterator<B>> self) {
    Value item{};
    bool mutated = false;
    {
        Section2 section(t, self.get(), self->deque.get());
        DequeIterator::Guarded& it = self->guarded;
        Deque::Guarded& ring = self->deque->guarded;
        if (it.left == 0) return Next::end();
        if (it.state != ring.state) {
            mutated = true;
            it.left = 0;
        } else {
            std::size_t size = ring.size.load(std::memory_order_relaxed), i = std::size_t(it.index++);
            --it.left;
            item = share(ring.at(B ? size - 1 - i : i)).release();
        }
    }
    if (mutated) return raise(t, exc::RuntimeError, "deque mutated during iteration");
    return Next(Ref<>::adopt(item));
}

template <bool B> Result<Ref<>> self_iter(Thread&, Borrowed<Iterator<B>> self) { return self.share(); }
template <bool B> std::int64_t hint(Thread& t, Borrowed<Iterator<B>> self) {
    Section section(t, self.get());
    return self->guarded.left;
}
template <bool B> Result<Ref<Tuple>> reduce(Thread& t, Borrowed<Iterator<B>> self) {
    std::int64_t index;
    {
        Section section(t, self.get());
        index = self->guarded.index;
    }
    Ref<Tuple> args = TRY(make_tuple_of(t, self->deque.share(), TRY(make_int(t, index))));
    return make_tuple_of(t, share(Value::of(&Iterator<B>::type())), std::move(args));
}

Result<Ref<>> construct(Python& py, Value const* args, std::size_t n, Tuple* names, bool backwards) {
    if (!check_positional(py, "function", n, names, 1, 2)) return Raised{};
    if (!is<Deque>(args[0]))
        return raise(py, exc::TypeError, "argument 1 must be collections.deque, not {}", TypeName{args[0]});
    std::int64_t skip = n == 2 ? TRY(to_int64(py, Borrowed<>(args[1]), &exc::OverflowError)) : 0;
    Ref<> iterator = TRY(make_deque_iterator(py, as<Deque>(args[0]), backwards));
    auto& it = static_cast<DequeIterator*>(iterator.value().pointer())->guarded;
    if (skip > it.left) skip = it.left;
    if (skip > 0) {
        it.index += skip;
        it.left -= skip;
    }
    return iterator;
}
template <bool B> Value new_iterator(Python& py, Type&, Value const* args, std::size_t n, Tuple* names) {
    return construct(py, args, n, names, B).release();
}

template <bool B> inline constexpr MethodDef methods[] = {
    def<hint<B>>("__length_hint__", "", "Estimate how many items are left."),
    def<reduce<B>>("__reduce__", "", "Give what pickle needs."),
};
template <bool B> inline constexpr SlotDef slots[] = {
    slot<Dunder::iter, self_iter<B>>,
    slot<Dunder::next, next_item<B>>,
};
constexpr TypeDef forward_def{
    .name = "collections._deque_iterator", .size = sizeof(DequeIterator), .hooks = hooks_of<DequeIterator>(),
    .new_ = new_iterator<false>, .methods = methods<false>, .slots = slots<false>,
};
constexpr TypeDef backward_def{
    .name = "collections._deque_reverse_iterator", .size = sizeof(DequeIterator), .hooks = hooks_of<DequeIterator>(),
    .new_ = new_iterator<true>, .methods = methods<true>, .slots = slots<true>,
};
ORO_TYPE(forward_type, forward_def);
template <> Type& Iterator<false>::type() { return forward_type; }
template <> Type& Iterator<true>::type() { return deque_reverse_iterator_type; }

}  // namespace

ORO_TYPE(deque_reverse_iterator_type, backward_def);
Type& DequeIterator::type() { return forward_type; }

Result<Ref<>> make_deque_iterator(Thread& t, Borrowed<Deque> deque, bool backwards) {
    std::uint64_t state;
    std::int64_t n;
    {
        Locked<Deque> g(t, deque);
        state = g->state;
        n = std::int64_t(deque->size());
    }
    return make<DequeIterator>(t, backwards ? deque_reverse_iterator_type : forward_type, deque.share(), 0, state, n);
}

}  // namespace oro::collections
