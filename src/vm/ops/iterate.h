// Iteration and generators' resumption.

SLOW_OP(get_iter)
SLOW_OP(get_aiter)
SLOW_OP(get_anext)
SLOW_OP(end_async_for)
SLOW_OP(get_awaitable)
SLOW_OP(get_yield_from_iter)

// R[a] = next(R[b]) and skip one word; exhausted: clear R[b] and go on
OP(for_iter) {
    Value it = regs[b_of(word)];
    auto* o = static_cast<Object*>(it.pointer());
    // (Of a generator expression it is a variable, which f_locals may have set to anything.)
    Type& type = type_of(it);
    SAVE();
    if (&type == &generator_type && enter_generator(t, static_cast<Generator*>(o), Value{})) ENTER_TOP_FRAME();
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
