// Generators: making them, resuming them from C++ and from frames, closing them.
#include "vm/generator.h"

#include "object/call.h"
#include "object/exception.h"
#include "object/str.h"
#include "vm/op.h"

namespace oro {

namespace vm {

Value make_generator(Thread* t, Value* regs) {
    Frame* frame = Frame::of(regs);
    Code* code = frame->code.get();
    Function* f = frame->fn();
    Type& type = code->code_flags & CO_COROUTINE ? coroutine_type : code->code_flags & CO_ASYNC_GENERATOR ? async_generator_type : generator_type;
    std::size_t bytes = sizeof(Generator) + code->registers * sizeof(Value);
    auto made = make_sized<Generator>(*t, type, bytes, Ref<Code>::adopt(share(Value::of(code)).release()));
    if (made.raised()) return {};
    Ref<Generator> g = std::move(made).take();
    g->name.set(Maybe<Str>(f->name.load(f)));
    g->qualname.set(Maybe<Str>(f->qualname.load(f)));
    Frame& own = g->frame;
    own.previous.set(nullptr);
    own.pc.set(frame->pc.get());
    own.code.set(code);
    own.function = reg::retain(frame->function);
    own.locals = own.object = own.result = own.spare = Value{};
    own.generator.set(g.get());
    own.flags = 2;
    Value* to = own.registers();
    for (std::uint32_t i = 0; i < code->registers; ++i) to[i] = Value{};
    for (std::uint32_t i = 0; i < code->local_count; ++i) to[i] = std::exchange(regs[i], Value{});
    // Readers of the collector see it complete from here on; it was published before its registers were set, but no safepoint lies between.
    if (code->code_flags & CO_COROUTINE) note_coroutine_origin(*static_cast<Python*>(t), *g);
    return Ref<>(std::move(g)).release();
}

bool enter_generator(Thread* t, Generator* g, Value v) {
    GeneratorState expected = g->state.load(std::memory_order_relaxed);
    if (expected != GeneratorState::suspended && expected != GeneratorState::suspended_start) return false;
    if (expected == GeneratorState::suspended_start && v && v != kNone) return false;
    Value* top = stack_top(*t);
    if (t->recursion_left <= 0 || top + 256 >= t->stack_end) return false;
    if (!g->state.compare_exchange_strong(expected, GeneratorState::running, std::memory_order_acq_rel)) return false;
    Frame* frame = &g->frame;
    frame->previous.set(t->frame);
    frame->spare = {reinterpret_cast<std::uint64_t>(top) + 7};
    frame->flags = 2;
    g->handled.outer = t->handled;
    t->handled = &g->handled;
    t->frame = frame;
    --t->recursion_left;
    std::uint64_t word = fetch(frame->pc.get());
    // At the start the pc is at return_generator, later at the yield_value that gets the value.
    if ((word & 0xFF) == std::uint8_t(Opcode::yield_value)) put(frame->registers(), a_of(word), v ? v : kNone);
    frame->pc.set(frame->pc.get() + 1);
    return true;
}

int send_slow(Thread* t, Value* regs, Instruction const* pc, Value* k, std::uint64_t word) {
    Op op(t, regs, pc, k, word);
    Python& py = op.py;
    Value it = op.B(), v = op.C();
    Type& type = type_of(it);
    Maybe<> result;
    bool finished = false;
    if (type_of(it).has(type_flag::heap) || (&type != &generator_type && &type != &coroutine_type)) {
        if (v == kNone || v.is_null()) {
            SlotFn step = type.slot(Dunder::next);
            Value r = step ? step(py, it, Value{}, Value{}) : not_an_iterator(t, it);
            if (r == kEnd) {
                finished = true;
                result = Maybe<>(none.share());
            } else if (r) {
                result = Maybe<>::adopt(r);
            }
        } else {
            auto r = call_method_with(py, Borrowed<>(it), name::send(), Borrowed<>(v));
            if (!r.raised()) result = Maybe<>(std::move(r).take());
        }
        if (!result) {
            if (!raised_is(py, exc::StopIteration)) return -1;
            Maybe<> e = take_raised(py);
            auto* stop = static_cast<StopIteration*>(e.value().pointer());
            result = stop->value.load(stop);
            if (!result) result = Maybe<>(none.share());
            finished = true;
        }
    } else {
        Resumed r = resume_generator(py, *static_cast<Generator*>(it.pointer()), share(v ? v : kNone));
        if (r.kind == Resumed::raised) return -1;
        finished = r.kind == Resumed::returned;
        result = Maybe<>::adopt(r.value);
    }
    consume(regs, op.c());
    if (finished) consume(regs, op.b());
    put(regs, op.a(), reg::adopt(result.release()));
    return finished ? 1 : 2;
}

}  // namespace vm

namespace {

char const* kind_of(Generator& g) {
    Type& type = type_of(&g);
    return &type == &coroutine_type ? "coroutine" : &type == &async_generator_type ? "async generator" : "generator";
}

// Claims the generator for running. False: raised (or, `closed` set, it has ended).
bool claim(Python& py, Generator& g, bool* start, bool* closed) {
    GeneratorState s = g.state.load(std::memory_order_acquire);
    for (;;) {
        if (s == GeneratorState::closed) return *closed = true, false;
        if (s == GeneratorState::running) {
            (void)raise(py, exc::ValueError, "{} already executing", kind_of(g));
            return false;
        }
        *start = s == GeneratorState::suspended_start;
        if (g.state.compare_exchange_weak(s, GeneratorState::running, std::memory_order_acq_rel)) return true;
    }
}

Resumed run_generator(Python& py, Generator& g, bool raise_there) {
    Frame* frame = &g.frame;
    Value* top = vm::stack_top(py);
    frame->previous.set(py.frame);
    if (!py.frame) frame->previous = {};
    frame->spare = {reinterpret_cast<std::uint64_t>(top) + 7};
    frame->flags = 2 | frame_flag::entry;
    g.handled.outer = py.handled;
    py.handled = &g.handled;
    py.frame = frame;
    --py.recursion_left;
    Value r = vm::interpret(py, raise_there);
    if (r.is_null()) return {Resumed::raised, {}};
    return {py.yielded ? Resumed::yielded : Resumed::returned, r};
}

Resumed raised() { return {Resumed::raised, {}}; }

}  // namespace

Resumed resume_generator(Python& py, Generator& g, Ref<> value) {
    if (check_native_stack(py).raised()) return raised();
    if (py.recursion_left <= 0) return (void)vm::raise_recursion_limit(py), raised();
    bool start = false, closed = false;
    if (!claim(py, g, &start, &closed)) {
        if (!closed) return raised();
        if (&type_of(&g) == &coroutine_type) return (void)raise(py, exc::RuntimeError, "cannot reuse already awaited coroutine"), raised();
        return {Resumed::returned, kNone};
    }
    if (start && value.value() != kNone) {
        g.state.store(GeneratorState::suspended_start, std::memory_order_release);
        (void)raise(py, exc::TypeError, "can't send non-None value to a just-started {}", kind_of(g));
        return raised();
    }
    Frame* frame = &g.frame;
    if (!start) {
        std::uint64_t word = vm::fetch(frame->pc.get());
        vm::put(frame->registers(), vm::a_of(word), reg::adopt(value.release()));
    }
    frame->pc.set(frame->pc.get() + 1);
    return run_generator(py, g, false);
}

Maybe<> generator_awaits(Generator& g) {
    if (g.state.load(std::memory_order_acquire) != GeneratorState::suspended) return {};
    Instruction const* pc = g.frame.pc.get();
    std::uint64_t word = vm::fetch(pc);
    if ((word & 0xFF) != std::uint8_t(Opcode::yield_value) || vm::c_of(word) != 1) return {};
    std::uint64_t send = vm::fetch(pc - 2);
    Value v = g.frame.registers()[vm::b_of(send)];
    if (v.is_null()) return {};
    return share(v);
}

namespace {
// An exception goes into the generator at the point where it is suspended.
Resumed throw_here(Python& py, Generator& g, Ref<> exception) {
    bool start = false, closed = false;
    if (!claim(py, g, &start, &closed)) {
        if (!closed) return raised();
        if (&type_of(&g) == &coroutine_type) return (void)raise(py, exc::RuntimeError, "cannot reuse already awaited coroutine"), raised();
        restore_raised(py, std::move(exception));
        return raised();
    }
    restore_raised(py, std::move(exception));
    // Raised at the instruction after the yield, which handlers of the loop around it cover; at the start, at the first one.
    g.frame.pc.set(g.frame.pc.get() + 1);
    return run_generator(py, g, true);
}
}  // namespace

Resumed throw_into_generator(Python& py, Generator& g, Ref<> exception) {
    if (check_native_stack(py).raised()) return raised();
    Maybe<> delegate = generator_awaits(g);
    if (!delegate) return throw_here(py, g, std::move(exception));
    // It is the delegate's first; GeneratorExit closes it.
    bool start, closed = false;
    Value d = delegate.value();
    Result<Ref<>> answer = Raised{};
    bool yielded = false;
    if (!claim(py, g, &start, &closed)) return raised();
    if (is_instance_of(exception.value(), exc::GeneratorExit)) {
        g.state.store(GeneratorState::running);
        bool failed = close_awaitable(py, *delegate).raised();
        g.state.store(GeneratorState::suspended, std::memory_order_release);
        if (failed) {
            Maybe<> e = take_raised(py);
            return throw_here(py, g, std::move(e).take());
        }
        return throw_here(py, g, std::move(exception));
    }
    if (is_exact_generator(d)) {
        Resumed r = throw_into_generator(py, *static_cast<Generator*>(d.pointer()), std::move(exception));
        g.state.store(GeneratorState::suspended, std::memory_order_release);
        if (r.kind == Resumed::yielded) return r;
        if (r.kind == Resumed::returned) {
            // Its value continues the loop: as a StopIteration raised at the resume.
            Ref<> value = Ref<>::adopt(r.value);
            (void)raise_value(py, exc::StopIteration, value);
        }
    } else {
        auto method = find_attribute(py, *delegate, name::throw_());
        if (method.raised()) {
            g.state.store(GeneratorState::suspended, std::memory_order_release);
            Maybe<> e = take_raised(py);
            return throw_here(py, g, std::move(e).take());
        }
        Maybe<> m = std::move(method).take();
        if (!m) {
            g.state.store(GeneratorState::suspended, std::memory_order_release);
            return throw_here(py, g, std::move(exception));
        }
        new (&answer) Result<Ref<>>(call_with(py, *m, exception));
        g.state.store(GeneratorState::suspended, std::memory_order_release);
        yielded = !answer.raised();
        if (yielded) return {Resumed::yielded, std::move(answer).release()};
    }
    Maybe<> e = take_raised(py);
    return throw_here(py, g, std::move(e).take());
}

Generator::~Generator() { clear(); }

void Generator::trace(Visitor& v) {
    v(handled.exception);
    if (state.load(std::memory_order_relaxed) == GeneratorState::closed) return;
    Value* regs = frame.registers();
    auto visit = [&](Value x) {
        if (!x.is_pointer()) return;
        if (x.pointer()->has(flag::deferred)) v.uncounted(x.pointer()); else v(x);
    };
    for (std::uint32_t i = 0; i < code->registers; ++i) visit(regs[i]);
    visit(frame.function);
    visit(frame.locals);
    visit(frame.object);
}

void Generator::clear() {
    detail::decref(std::exchange(handled.exception, Value{}));
    if (state.exchange(GeneratorState::closed) == GeneratorState::closed) return;
    // Never ran to its end: the registers go.
    vm::release_frame(&current_thread(), &frame);
    reg::release(std::exchange(frame.function, Value{}));
}

}  // namespace oro
