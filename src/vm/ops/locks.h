// `with lock:` on a threading.Lock, without a call. The lock is taken and given back as its methods do; whoever has to wait goes the
// ordinary way.

// Instead of the operations that open the statement, if they are the usual ones: load_special of __exit__, the move of its self,
// load_special of __enter__, and its call.
INNER_OP(enter_lock_) {
    Value x = regs[b_of(word)];
    std::uint64_t move = fetch(pc + 1), enter = fetch(pc + 2), call = fetch(pc + 3);
    if ((move & 0xFF) == std::uint8_t(Opcode::move) && (enter & 0xFF) == std::uint8_t(Opcode::load_special) && b_of(enter) == b_of(word) &&
        c_of(enter) == unsigned(Special::enter) && (call & 0xFF) == std::uint8_t(Opcode::call) && b_of(call) == 0) [[likely]] {
        Value exit = type_lookup_peek(*t, thread::lock_type, name::dunder_exit().get());
        if (exit.is_pointer() && exit.pointer()->is_immortal() && try_lock(static_cast<thread::Lock*>(x.pointer())->byte)) [[likely]] {
            regs[a_of(word)] = exit;
            if (flag_of(enter, LAST_B)) regs[b_of(word)] = Value{};
            else reg::retain(x);
            regs[a_of(move)] = x;
            PUT_NEXT(a_of(fetch(pc + 4)), kTrue, 5);
        }
    }
    SLOWLY(load_special);
}

// call block at a from special method c of type(R[b])
OP(load_special) {
    Value x = regs[b_of(word)];
    if (x.is_pointer() && x.pointer()->shape.load(std::memory_order_relaxed) == thread::lock_type.root_shape &&
        c_of(word) == unsigned(Special::exit)) [[unlikely]] GOTO_OP(enter_lock_);
    SLOWLY(load_special);
}

// A method of a native type: that of `with lock:` at its end, or any other.
INNER_OP(call_native_method_) {
    unsigned p = a_of(word);
    Value self = regs[p + kCallHeader];
    if (static_cast<Native*>(regs[p].pointer())->def == thread::lock_exit_def && self.is_pointer() &&
        self.pointer()->shape.load(std::memory_order_relaxed) == thread::lock_type.root_shape && b_of(word) == 3 &&
        b_of(fetch(pc + 1)) == kNoKeywords) {
        Value* args = &regs[p + kCallHeader + 1];
        auto* lock = static_cast<thread::Lock*>(self.pointer());
        if (args[0] == kNone && args[1] == kNone && args[2] == kNone && lock->is_locked()) [[likely]] {
            unlock(lock->byte);
            regs[p] = regs[p + kCallHeader] = Value{};
            SAVE();
            put(regs, a_of(fetch(pc + 1)), kNone);
            RELEASE_NEXT(self, 2);
        }
    }
    if (self.is_null() || b_of(fetch(pc + 1)) != kNoKeywords || &type_of(self) != static_cast<Native*>(regs[p].pointer())->home) [[unlikely]] GOTO_OP(call_any_);
    SAVE();
    if (!call_native(t, regs, pc, word)) [[unlikely]] ERROR();
    NEXT(2);
}
