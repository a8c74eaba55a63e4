// Iteration and generators' resumption.

SLOW_OP(get_iter)
SLOW_OP(get_aiter)
SLOW_OP(get_anext)
SLOW_OP(end_async_for)
SLOW_OP(get_awaitable)
SLOW_OP(get_yield_from_iter)

DECLARE_INNER_OP(for_iter_generator_);
DECLARE_INNER_OP(for_iter_ascii_);
DECLARE_INNER_OP(for_iter_any_);

// R[a] = next(R[b]) and skip one word; exhausted: clear R[b] and go on.
// The loop's iterator is nearly always known to its register only, and then needs no atomic operation however many threads there are.
OP(for_iter) {
    Value it = regs[b_of(word)];
    if (it.is_pointer()) [[likely]] {
        Header* h = it.pointer();
        ShapeId shape = h->shape.load(std::memory_order_relaxed);
        if (shape == range_iterator_type.root_shape) {
            auto* range = static_cast<RangeIterator*>(h);
            std::int64_t i = range->index.load(std::memory_order_relaxed);
            if (i < range->length && detail::is_exclusive(h)) [[likely]] {
                range->index.store(i + 1, std::memory_order_relaxed);
                PUT_NEXT(a_of(word), Value::of_int(range->start + i * range->step), 2);
            }
        } else if (shape == list_iterator_type.root_shape) {
            auto* walk = static_cast<ListIterator*>(h);
            std::int64_t i = walk->index.load(std::memory_order_relaxed);
            if (walk->source && detail::is_exclusive(h)) [[likely]] {
                List* list = walk->source.get();
                ItemArray* items = list->guarded.items.load(std::memory_order_acquire);
                if (std::size_t(i) < list->size() && items && std::size_t(i) < items->capacity) [[likely]] {
                    Value v = items->slots[i].peek();
                    if (reg::try_retain_own(v)) [[likely]] {
                        walk->index.store(i + 1, std::memory_order_relaxed);
                        PUT_NEXT(a_of(word), v, 2);
                    }
                }
            }
        } else if (shape == generator_type.root_shape) {
            GOTO_OP(for_iter_generator_);
        } else if (shape == str_ascii_iterator_type.root_shape) {
            GOTO_OP(for_iter_ascii_);
        }
    }
    GOTO_OP(for_iter_any_);
}

INNER_OP(for_iter_ascii_) {
    auto* walk = static_cast<StrIterator*>(regs[b_of(word)].pointer());
    std::size_t i = walk->position.load(std::memory_order_relaxed);
    if (i < walk->text->length() && detail::is_exclusive(walk)) [[likely]] {
        walk->position.store(i + 1, std::memory_order_relaxed);
        PUT_NEXT(a_of(word), Value::of(latin1_char(walk->text->bytes1()[i])), 2);
    }
    GOTO_OP(for_iter_any_);
}

INNER_OP(for_iter_generator_) {
    SAVE();
    if (enter_generator(t, static_cast<Generator*>(regs[b_of(word)].pointer()), Value{})) ENTER_TOP_FRAME();
    GOTO_OP(for_iter_any_);
}

INNER_OP(for_iter_any_) {
    Value it = regs[b_of(word)];
    // (Of a generator expression it is a variable, which f_locals may have set to anything.)
    Type& type = type_of(it);
    SAVE();
    SlotFn next = type.slot(Dunder::next);
    Value v = next ? next(*static_cast<Python*>(t), it, Value{}, Value{}) : not_an_iterator(t, it);
    if (v.is_pointer()) [[likely]] {
        put(regs, a_of(word), reg::adopt(v));
        NEXT(2);
    }
    if (v == kEnd || (v.is_null() && iteration_ended(t))) {
        consume(regs, b_of(word));
        NEXT(1);
    }
    if (v.is_null()) [[unlikely]] ERROR();
    put(regs, a_of(word), v);
    NEXT(2);
}

// R[a] = R[b].send(R[c]) and skip one word; finished: R[a] = its value, clear R[b]
OP(send) {
    Value it = regs[b_of(word)];
    SAVE();
    if (it.is_pointer()) {
        auto* o = static_cast<Object*>(it.pointer());
        Type& type = type_of(o);
        if (&type == &generator_type || &type == &coroutine_type) {
            Value v = regs[c_of(word)];
            regs[c_of(word)] = Value{};
            if (enter_generator(t, static_cast<Generator*>(o), v)) ENTER_TOP_FRAME();
            regs[c_of(word)] = v;
        }
    }
    int outcome = send_slow(t, regs, pc, k, word);
    if (outcome < 0) [[unlikely]] ERROR();
    NEXT(outcome);
}
