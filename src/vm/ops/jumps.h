// Jumps. Back edges are safepoints.

DECLARE_INNER_OP(jump_back_safepoint_);
DECLARE_INNER_OP(resume_safepoint_);
DECLARE_INNER_OP(jump_if_true_any_);
DECLARE_INNER_OP(jump_if_false_any_);

OP(jump) { NEXT(1 + jump_of(word)); }

OP(jump_back) {
    if (t->breaker.load(std::memory_order_relaxed) != 0) [[unlikely]] GOTO_OP(jump_back_safepoint_);
    NEXT(1 + jump_of(word));
}

INNER_OP(jump_back_safepoint_) {
    SAVE();
    if (!slow::jump_back(t, regs, pc, k, word)) ERROR();
    // Watched from now on: the events of this instruction are due.
    if ((fetch(pc) & 0xFF) == std::uint8_t(Opcode::instrumented)) DISPATCH();
    NEXT(1 + jump_of(word));
}

OP(jump_if_true) {
    Value v = regs[a_of(word)];
    if (v == kTrue) NEXT(1 + jump_of(word));
    if (v == kFalse || v == kNone) NEXT(1);
    GOTO_OP(jump_if_true_any_);
}

INNER_OP(jump_if_true_any_) {
    SAVE();
    int outcome = condition(t, regs, word);
    if (outcome < 0) [[unlikely]] ERROR();
    NEXT(1 + (outcome ? jump_of(word) : 0));
}

OP(jump_if_false) {
    Value v = regs[a_of(word)];
    if (v == kTrue) NEXT(1);
    if (v == kFalse || v == kNone) NEXT(1 + jump_of(word));
    GOTO_OP(jump_if_false_any_);
}

INNER_OP(jump_if_false_any_) {
    SAVE();
    int outcome = condition(t, regs, word);
    if (outcome < 0) [[unlikely]] ERROR();
    NEXT(1 + (outcome ? 0 : jump_of(word)));
}

OP(jump_if_none) {
    Value v = regs[a_of(word)];
    int jump_ = v == kNone ? jump_of(word) : 0;
    if (flag_of(word, LAST_A) && v.is_pointer()) {
        SAVE();
        consume(regs, a_of(word));
    }
    NEXT(1 + jump_);
}

OP(jump_if_not_none) {
    Value v = regs[a_of(word)];
    int jump_ = v == kNone ? 0 : jump_of(word);
    if (flag_of(word, LAST_A) && v.is_pointer()) {
        SAVE();
        consume(regs, a_of(word));
    }
    NEXT(1 + jump_);
}

OP(resume) {
    if (t->breaker.load(std::memory_order_relaxed) != 0) [[unlikely]] GOTO_OP(resume_safepoint_);
    NEXT(1);
}

INNER_OP(resume_safepoint_) {
    SAVE();
    if (!slow::jump_back(t, regs, pc, k, word)) ERROR();
    // Watched from now on: the events of this instruction are due.
    if ((fetch(pc) & 0xFF) == std::uint8_t(Opcode::instrumented)) DISPATCH();
    NEXT(1);
}

// Fires the events that hang on the instruction and has it run.
OP(instrumented) {
    SAVE();
    word = monitored(t, regs, pc, k, word);
    if (word == kMonitorRaised) ERROR();
    if (word == kMonitorMoved) ENTER_TOP_FRAME();
    RUN_WORD();
}
