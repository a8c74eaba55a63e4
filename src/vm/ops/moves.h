// Moves, constants, cells.

// R[a] = R[b]
OP(move) {
    unsigned b = b_of(word);
    Value v = regs[b];
    if (flag_of(word, LAST_B)) regs[b] = Value{};
    else if (!reg::try_retain(v)) [[unlikely]] SLOWLY(move);
    FINISH(v);
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
    Value v = k[std::uint32_t(word >> 32)];
    if (!reg::try_retain(v)) [[unlikely]] SLOWLY(load_const);
    FINISH(v);
}

// R[a] = int(bc)
OP(load_int) { FINISH(Value::of_int(jump_of(word))); }

OP(clear) { FINISH(Value{}); }

OP(push_null) { FINISH(Value{}); }

OP(check_local) {
    if (regs[a_of(word)].is_null()) [[unlikely]] SLOWLY(check_local);
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
    Slot const& contents = cell->contents.slot();
    Value v = contents.peek();
    if (!reg::try_retain_own(v) && !reg::holds_uncounted(contents, v)) [[unlikely]] SLOWLY(load_cell);
    FINISH(v);
}

// R[a] = contents of free variable b
OP(load_free) {
    auto* cell = static_cast<Cell*>(Frame::of(regs)->fn()->closure.get()->slots[b_of(word)].pointer());
    Slot const& contents = cell->contents.slot();
    Value v = contents.peek();
    if (!reg::try_retain_own(v) && !reg::holds_uncounted(contents, v)) [[unlikely]] SLOWLY(load_free);
    FINISH(v);
}

SLOW_OP(store_cell)
