// Exceptions.

OP(raise_) {
    SAVE();
    // True: an exception is raised again, which has this frame in its traceback.
    if (slow::raise_(t, regs, pc, k, word)) GOTO_OP(unwind_again_);
    ERROR();
}

OP(reraise) {
    SAVE();
    slow::reraise(t, regs, pc, k, word);
    GOTO_OP(unwind_again_);
}

// R[a] = the exception handled before; handled = R[b]
OP(push_exc) {
    Value before = std::exchange(t->handled->exception, Value{});
    t->handled->exception = reg::share(regs[b_of(word)]).release();
    if (flag_of(word, LAST_B)) consume(regs, b_of(word));
    FINISH(before.is_null() ? kNone : reg::adopt(before));
}

// handled = R[a]
OP(pop_exc) {
    SAVE();
    Value before = regs[a_of(word)];
    regs[a_of(word)] = Value{};
    Value now = std::exchange(t->handled->exception, before == kNone ? Value{} : reg::publish(before));
    detail::decref(now);
    NEXT(1);
}

// A single class, of the kind that frames don't count.
OP(exc_match) {
    Value exception = regs[b_of(word)], kind = regs[c_of(word)];
    if (!flag_of(word, LAST_B) && is_exception(exception) && is_exception_class(kind) && reg::is_uncounted(kind.pointer())) [[likely]] {
        if (flag_of(word, LAST_C)) regs[c_of(word)] = Value{};
        OUTCOME(is_subtype(type_of(exception), *static_cast<Type*>(kind.pointer())));
    }
    SLOWLY(exc_match);
}

SLOW_OP(exc_group_match)
SLOW_OP(with_exit)
