// Entering frames: what several families of operations do.

#define ENTER_TOP_FRAME()                                  \
    do {                                                   \
        Frame* top_ = t->frame;                            \
        regs = top_->registers();                          \
        pc = top_->pc.get();                               \
        k = top_->code.get()->k;                           \
        DISPATCH();                                        \
    } while (0)

// Enters `code` of the function `callable` in a frame whose registers begin at `args`, the first `given` of which are its arguments.
#define PUSH_FRAME(callable_, code_, args_, given_, flags_, result_)                       \
    do {                                                                                  \
        Frame* frame_ = Frame::of(args_);                                                 \
        frame_->previous.set(Frame::of(regs));                                            \
        frame_->code.set(code_);                                                          \
        frame_->function = (callable_);                                                   \
        frame_->locals = frame_->object = Value{};                                        \
        frame_->result = (result_);                                                       \
        frame_->generator.set(nullptr);                                                   \
        frame_->flags = (flags_);                                                         \
        for (unsigned i_ = (given_); i_ < (code_)->local_count; ++i_) (args_)[i_] = Value{}; \
        t->frame = frame_;                                                                \
        --t->recursion_left;                                                              \
        pc = (code_)->code;                                                               \
        regs = (args_);                                                                   \
        k = (code_)->k;                                                                   \
        DISPATCH();                                                                       \
    } while (0)
