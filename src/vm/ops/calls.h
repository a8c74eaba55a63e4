// Calls and returns. A call of a Python function by a Python function uses no C stack: the callee's registers begin at its arguments.

DECLARE_INNER_OP(call_class_);
DECLARE_INNER_OP(call_defaults_);
DECLARE_INNER_OP(call_bound_method_);
DECLARE_INNER_OP(call_any_);
DECLARE_INNER_OP(call_native_function_);
DECLARE_INNER_OP(call_native_method_);
DECLARE_INNER_OP(return_any_);

OP(call) {
    unsigned p = a_of(word);
    Value callable = regs[p];
    if (callable.is_pointer()) [[likely]] {
        ShapeId shape = callable.pointer()->shape.load(std::memory_order_relaxed);
        if (shape == function_type.root_shape) [[likely]] {
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
                PUSH_FRAME(callable, code, args, n, 2, Value{});
            }
            GOTO_OP(call_defaults_);
        }
        if (shape == type_type.root_shape) GOTO_OP(call_class_);
        if (shape == method_descriptor_type.root_shape) GOTO_OP(call_native_method_);
        if (shape == native_function_type.root_shape) GOTO_OP(call_native_function_);
        if (shape == BoundMethod::type().root_shape) GOTO_OP(call_bound_method_);
    }
    GOTO_OP(call_any_);
}

// A function of positional parameters, the last of which take their defaults.
INNER_OP(call_defaults_) {
    unsigned p = a_of(word), n = b_of(word);
    Value callable = regs[p];
    auto* f = static_cast<Function*>(callable.pointer());
    Code* code = f->running_code();
    Value* args = &regs[p + kCallHeader + 1];
    if (!regs[p + kCallHeader].is_null()) {
        --args;
        ++n;
    }
    if (code->simple && n < code->positional && b_of(fetch(pc + 1)) == kNoKeywords && t->recursion_left > 0 &&
        args + code->registers < t->stack_end && Frame::of(regs)->generator.is_null()) [[likely]] {
        // No count of the tuple is needed if nobody else can drop it before this thread's next safepoint.
        Slot const& slot = f->defaults.slot();
        Value defaults = slot.peek();
        std::size_t missing = code->positional - n;
        if (defaults.is_pointer() && (defaults.pointer()->owner.load(std::memory_order_relaxed) == current_owner || reg::holds_uncounted(slot, defaults))) {
            auto* tuple = static_cast<Tuple*>(defaults.pointer());
            if (tuple->size >= missing) [[likely]] {
                for (std::size_t i = 0; i < missing; ++i) args[n + i] = reg::retain(tuple->slots[tuple->size - missing + i]);
                SAVE();
                regs[p] = Value{};
                PUSH_FRAME(callable, code, args, code->positional, 2, Value{});
            }
        }
    }
    GOTO_OP(call_any_);
}

// Its self goes in front of the arguments.
INNER_OP(call_bound_method_) {
    if (!regs[a_of(word) + kCallHeader].is_null()) GOTO_OP(call_any_);
    SAVE();
    unpack_bound_method(regs, a_of(word));
    GOTO_OP(call);
}

// A class whose instances make_instance makes, remembered with its __init__: the new object becomes the self of the block.
INNER_OP(call_class_) {
    unsigned p = a_of(word);
    std::uint64_t ic = feedback_of(k, c_of(word)).load(std::memory_order_acquire);
    if (ic != 0 && !(ic & 1) && regs[p + kCallHeader].is_null()) [[likely]] {
        auto* type = static_cast<Type*>(regs[p].pointer());
        Record* r = record_of(ic);
        while (r && r->object != type) r = r->next;
        if (r) [[likely]] {
            // Before the look at the version: as long as that is the same, it is the one that was learnt about.
            NewFn make = type->new_.load(std::memory_order_acquire);
            Value init = read_remembered(*r, *type);
            Code* code = init.is_null() ? nullptr : static_cast<Function*>(init.pointer())->running_code();
            Value* args = &regs[p + kCallHeader];
            unsigned n = b_of(word) + 1;
            if (code && code->simple && n == code->positional && b_of(fetch(pc + 1)) == kNoKeywords && t->recursion_left > 0 &&
                args + code->registers < t->stack_end && Frame::of(regs)->generator.is_null()) [[likely]] {
                SAVE();
                Value self = make_instance(static_cast<Python&>(*t), *type, make, args + 1, n - 1, nullptr);
                if (!self.is_null()) [[likely]] {
                    *args = reg::retain(self);
                    Value held = std::exchange(regs[p], Value{});
                    if (!held.pointer()->has(flag::deferred)) [[unlikely]] reg::release(held);
                    PUSH_FRAME(init, code, args, n, 2 | frame_flag::constructor, self);
                }
                reg::release(init);
                ERROR();
            }
            if (!init.is_null()) reg::release(init);
        }
    }
    if (regs[p] == Value::of(&type_type) && regs[p + kCallHeader].is_null() && b_of(word) == 1 && b_of(fetch(pc + 1)) == kNoKeywords) {
        // type(x): the callable is immortal.
        Value x = std::exchange(regs[p + kCallHeader + 1], Value{}), type = reg::retain(Value::of(&type_of(x)));
        regs[p] = Value{};
        SAVE();
        put(regs, a_of(fetch(pc + 1)), type);
        if (x.is_pointer()) RELEASE_NEXT(x, 2);
        NEXT(2);
    }
    if (regs[p + kCallHeader].is_null() && b_of(fetch(pc + 1)) == kNoKeywords && !static_cast<Type*>(regs[p].pointer())->has(type_flag::heap)) {
        SAVE();
        if (!call_builtin_type(t, regs, pc, word)) [[unlikely]] ERROR();
        NEXT(2);
    }
    GOTO_OP(call_any_);
}

INNER_OP(call_native_function_) {
    if (!regs[a_of(word) + kCallHeader].is_null() || b_of(fetch(pc + 1)) != kNoKeywords) [[unlikely]] GOTO_OP(call_any_);
    SAVE();
    if (!call_native(t, regs, pc, word)) [[unlikely]] ERROR();
    NEXT(2);
}

INNER_OP(call_any_) {
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
    if ((frame->flags & ~(frame_flag::constructor | frame_flag::getter)) != 2 || !frame->object.is_null() || !frame->generator.is_null()) [[unlikely]] GOTO_OP(return_any_);
    Value v = regs[a_of(word)];
    Value result = frame->result;
    if (!result.is_null()) {
        if (v != kNone) [[unlikely]] GOTO_OP(return_any_);
        v = result;
    }
    regs[a_of(word)] = Value{};
    // While locals are released Python may run: the collector finds the result, which may have no count, in the frame.
    frame->result = v;
    Code* code = frame->code.get();
    for (unsigned i = 0, n = code->local_count; i < n; ++i) {
        Value local = regs[i];
        if (local.is_pointer()) {
            SAVE();
            regs[i] = Value{};
            reg::release(local);
        }
    }
    frame->result = Value{};
    if (!frame->object.is_null()) [[unlikely]] {
        // A destructor, or another thread meanwhile, has asked for the frame's object; then it has to be detached.
        regs[a_of(word)] = v;
        frame->flags &= ~frame_flag::constructor;
        GOTO_OP(return_any_);
    }
    Value function = frame->function;
    frame->function = Value{};
    bool getter = frame->flags & frame_flag::getter;
    Frame* previous = frame->previous.get();
    t->frame = previous;
    ++t->recursion_left;
    regs = previous->registers();
    pc = previous->pc.get();
    k = previous->code.get()->k;
    if (!function.pointer()->has(flag::deferred)) {
        put(regs, a_of(fetch(getter ? pc : pc + 1)), v);
        if (getter) RELEASE_NEXT(function, 1);
        RELEASE_NEXT(function, 2);
    }
    if (getter) [[unlikely]] PUT_NEXT(a_of(fetch(pc)), v, 1);
    word = fetch(pc + 1);
    PUT_NEXT(a_of(word), v, 2);
}

INNER_OP(return_any_) {
    Value v = regs[a_of(word)];
    regs[a_of(word)] = Value{};
    SAVE();
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
