// Moves, constants, cells.

// R[a] = R[b]
OP(move) {
    unsigned b = b_of(word);
    Value v = regs[b];
    if (flag_of(word, LAST_B)) regs[b] = Value{};
    else v = reg::retain(v);
    put(regs, a_of(word), v);
    NEXT(1);
}

OP(nop) { NEXT(1); }

// A function is called whose code is folded: the same frame goes on at its first instruction.
OP(unfold) {
    SAVE();
    if (!slow::unfold(t, regs, pc, k, word)) [[unlikely]] ERROR();
    Code* code = Frame::of(regs)->code.get();
    pc = code->code;
    k = code->k;
    DISPATCH();
}

// R[a] = K[bc]
OP(load_const) {
    put(regs, a_of(word), reg::retain(k[std::uint32_t(word >> 32)]));
    NEXT(1);
}

// R[a] = int(bc)
OP(load_int) {
    put(regs, a_of(word), Value::of_int(jump_of(word)));
    NEXT(1);
}

OP(clear) {
    SAVE();
    put(regs, a_of(word), Value{});
    NEXT(1);
}

OP(push_null) {
    put(regs, a_of(word), Value{});
    NEXT(1);
}

OP(check_local) {
    if (regs[a_of(word)].is_null()) [[unlikely]] {
        SAVE();
        slow::check_local(t, regs, pc, k, word);
        ERROR();
    }
    NEXT(1);
}

SLOW_OP(delete_local)
SLOW_OP(make_cell)
SLOW_OP(delete_cell)
SLOW_OP(store_free)
SLOW_OP(delete_free)
SLOW_OP(load_closure)
SLOW_OP(load_name_or_free)
SLOW_OP(load_name_or_cell)

// R[a] = contents of the cell in R[b]
OP(load_cell) {
    auto* cell = static_cast<Cell*>(regs[b_of(word)].pointer());
    bool retry = false;
    Value v = cell->contents.slot().try_share(&retry);
    if (v.is_null()) [[unlikely]] {
        SAVE();
        if (!slow::load_cell(t, regs, pc, k, word)) ERROR();
        NEXT(1);
    }
    put(regs, a_of(word), reg::adopt(v));
    NEXT(1);
}

// R[a] = contents of free variable b
OP(load_free) {
    auto* cell = static_cast<Cell*>(Frame::of(regs)->fn()->closure.get()->slots[b_of(word)].pointer());
    bool retry = false;
    Value v = cell->contents.slot().try_share(&retry);
    if (v.is_null()) [[unlikely]] {
        SAVE();
        if (!slow::load_free(t, regs, pc, k, word)) ERROR();
        NEXT(1);
    }
    put(regs, a_of(word), reg::adopt(v));
    NEXT(1);
}

// contents of the cell R[a] = R[b]
OP(store_cell) {
    SAVE();
    slow::store_cell(t, regs, pc, k, word);
    NEXT(1);
}
