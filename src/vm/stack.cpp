// The VM stack of a thread: its memory, and what the collector sees of it.
#include <sys/mman.h>

#include "vm/function.h"

namespace oro {

bool make_vm_stack(Thread& t, std::size_t bytes) {
    void* p = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) return false;
    t.stack_begin = static_cast<Value*>(p);
    t.stack_end = t.stack_begin + bytes / sizeof(Value);
    return true;
}

void free_vm_stack(Thread& t) {
    if (t.stack_begin) munmap(t.stack_begin, std::size_t(t.stack_end - t.stack_begin) * sizeof(Value));
    t.stack_begin = t.stack_end = nullptr;
}

void trace_thread_frames(Thread& t, Visitor& v) {
    for (Frame* f = t.frame; f; f = f->previous.is_null() ? nullptr : f->previous.get()) {
        v(static_cast<Header*>(f->code.get()));
        v(f->function);
        v(f->locals);
        v(f->object);
        v(f->result);
        Value* regs = f->registers();
        for (std::uint32_t i = 0, n = f->code.get()->registers; i < n; ++i) v(regs[i]);
    }
    for (HandledException* h = t.handled; h; h = h->outer) v(h->exception);
    v(t.raised);
}

// A frame's callee begins at its arguments, in the caller's registers: those belong to it, and are looked at once.
void walk_thread_registers(Thread& t, void (*f)(void*, Header*), void* arg) {
    auto visit = [&](Value v) {
        if (v.is_pointer()) f(arg, v.pointer());
    };
    Value* callee = nullptr;
    for (Frame* frame = t.frame; frame; frame = frame->previous.is_null() ? nullptr : frame->previous.get()) {
        visit(frame->function);
        visit(frame->locals);
        visit(frame->result);
        Value* regs = frame->registers();
        Value* end = regs + frame->code.get()->registers;
        if (callee >= regs && callee < end) end = callee;
        for (Value* r = regs; r < end; ++r) visit(*r);
        callee = reinterpret_cast<Value*>(frame);
    }
}

}  // namespace oro
