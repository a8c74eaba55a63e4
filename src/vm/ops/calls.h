// Calls and returns. A call of a Python function by a Python function uses no C stack: the callee's registers begin at its arguments.

#define ENTER_TOP_FRAME()                                  \
    do {                                                   \
        Frame* top_ = t->frame;                            \
        regs = top_->registers();                          \
        pc = top_->pc.get();                               \
        k = top_->code.get()->k;                           \
        DISPATCH();                                        \
    } while (0)

OP(call) {
    unsigned p = a_of(word);
    Value callable = regs[p];
    if (callable.is_pointer() && &type_of(static_cast<Object*>(callable.pointer())) == &function_type) [[likely]] {
        auto* f = static_cast<Function*>(callable.pointer());
        Code* code = f->running_code();
        Value* args = &regs[p + kCallHeader + 1];
        unsigned n = b_of(word);
        if (!regs[p + kCallHeader].is_null()) {
            --args;
            ++n;
        }
        if (code->simple && n == code->positional && b_of(fetch(pc + 1)) == kNoKeywords && t->recursion_left > 0 &&
            args + code->registers < t->stack_end && Frame::of(regs)->generator.is_null()) [[likely]] {
            SAVE();
            regs[p] = Value{};
            Frame* frame = Frame::of(args);
            frame->previous.set(Frame::of(regs));
            frame->code.set(code);
            frame->function = callable;
            frame->locals = frame->object = frame->result = Value{};
            frame->generator.set(nullptr);
            frame->flags = 2;
            for (unsigned i = n; i < code->local_count; ++i) args[i] = Value{};
            t->frame = frame;
            --t->recursion_left;
            pc = code->code;
            regs = args;
            k = code->k;
            DISPATCH();
        }
    }
    SAVE();
    int outcome = call_slow(t, regs, pc, k, word);
    if (outcome == 0) [[unlikely]] ERROR();
    if (outcome == 1) [[likely]] NEXT(2);
    ENTER_TOP_FRAME();
}

OP(call_ex) {
    SAVE();
    int outcome = call_ex_slow(t, regs, pc, k, word);
    if (outcome == 0) [[unlikely]] ERROR();
    if (outcome == 1) [[likely]] NEXT(2);
    ENTER_TOP_FRAME();
}

OP(call_ext) { NEXT(1); }

OP(return_value) {
    Frame* frame = Frame::of(regs);
    Code* code = frame->code.get();
    Value v = regs[a_of(word)];
    regs[a_of(word)] = Value{};
    SAVE();
    if (frame->flags == 2 && frame->object.is_null() && frame->generator.is_null()) [[likely]] {
        // While locals are released Python may run: the collector finds the result, which may have no count, in the frame.
        frame->result = v;
        for (unsigned i = 0, n = code->local_count; i < n; ++i) {
            Value local = regs[i];
            if (local.is_pointer()) {
                regs[i] = Value{};
                reg::release(local);
            }
        }
        frame->result = Value{};
        // A destructor, or another thread meanwhile, may have asked for the frame's object; then it has to be detached.
        if (frame->object.is_null()) [[likely]] {
            Value function = frame->function;
            frame->function = Value{};
            Frame* previous = frame->previous.get();
            t->frame = previous;
            ++t->recursion_left;
            regs = previous->registers();
            pc = previous->pc.get();
            k = previous->code.get()->k;
            put(regs, a_of(fetch(pc + 1)), v);
            if (!function.pointer()->has(flag::deferred)) reg::release(function);
            NEXT(2);
        }
    }
    switch (return_slow(t, regs, v)) {
        case Leave::interpreter: LEAVE();
        case Leave::error: {
            regs = t->frame->registers();
            pc = t->frame->pc.get();
            k = t->frame->code.get()->k;
            ERROR();
        }
        case Leave::called: {  // back after a call
            regs = t->frame->registers();
            pc = t->frame->pc.get();
            k = t->frame->code.get()->k;
            NEXT(2);
        }
        case Leave::finished: {  // a generator has returned to its for_iter or send
            regs = t->frame->registers();
            pc = t->frame->pc.get();
            k = t->frame->code.get()->k;
            NEXT(1);
        }
    }
    __builtin_unreachable();
}

OP(return_generator) {
    SAVE();
    Value v = make_generator(t, regs);
    if (v.is_null()) [[unlikely]] ERROR();
    // The frame's registers have moved into the generator; it returns to its caller as a call does.
    Leave left = return_slow(t, regs, v);
    if (left == Leave::interpreter) LEAVE();
    regs = t->frame->registers();
    pc = t->frame->pc.get();
    k = t->frame->code.get()->k;
    if (left == Leave::error) ERROR();
    NEXT(2);
}

OP(yield_value) {
    Frame* frame = Frame::of(regs);
    Value v = regs[b_of(word)];
    if (flag_of(word, LAST_B)) regs[b_of(word)] = Value{};
    else reg::retain(v);
    SAVE();
    if (yield_slow(t, frame, v)) LEAVE();
    // Back in the for_iter or send of the frame that resumed this one.
    regs = t->frame->registers();
    pc = t->frame->pc.get();
    k = t->frame->code.get()->k;
    std::uint64_t resumer = fetch(pc);
    if ((resumer & 0xFF) == std::uint8_t(Opcode::for_iter)) {
        put(regs, a_of(resumer), v);
        NEXT(2);
    }
    put(regs, a_of(resumer), v);
    NEXT(2);
}
