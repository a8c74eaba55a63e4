// Generators: making them, resuming them from C++ and from frames, closing them.
#include "vm/generator.h"

#include "memory/world.h"
#include "object/call.h"
#include "object/exception.h"
#include "object/str.h"
#include "object/traceback.h"
#include "vm/instrument.h"
#include "vm/op.h"

namespace oro {

namespace vm {

Value make_generator(Thread* t, Value* regs) {
    Frame* frame = Frame::of(regs);
    Code* code = frame->code.get();
    Function* f = frame->fn();
    Type& type = code->code_flags & CO_COROUTINE ? coroutine_type : code->code_flags & CO_ASYNC_GENERATOR ? async_generator_type : generator_type;
    std::size_t bytes = sizeof(Generator) + code->registers * sizeof(Value);
    // Before there is a generator, because waiting for a lock is a safepoint: from its making to its last register there is none.
    Maybe<Str> name(f->name.load(f)), qualname(f->qualname.load(f));
    auto made = make_sized<Generator>(*t, type, bytes, Borrowed<Code>(*code).share());
    if (made.raised()) return {};
    Ref<Generator> g = std::move(made).take();
    g->name.set(std::move(name));
    g->qualname.set(std::move(qualname));
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
    if (code->code_flags & CO_COROUTINE) note_coroutine_origin(*static_cast<Python*>(t), *g);
    return Ref<>(std::move(g)).release();
}

bool enter_generator(Thread* t, Generator* g, Value v) {
    GeneratorState expected = g->state.load(std::memory_order_relaxed);
    if (expected != GeneratorState::suspended && expected != GeneratorState::suspended_start) return false;
    if (expected == GeneratorState::suspended_start && v && v != kNone) return false;
    Value* top = stack_top(*t);
    if (t->recursion_left <= 0 || top + 256 >= t->stack_end) return false;
    // Without another thread that could know it there is nothing to be decided.
    if (t->alone || detail::is_exclusive(g)) g->state.store(GeneratorState::running, std::memory_order_relaxed);
    else if (!g->state.compare_exchange_strong(expected, GeneratorState::running, std::memory_order_acq_rel)) return false;
    Frame* frame = &g->frame;
    frame->previous.set(t->frame);
    frame->spare = {reinterpret_cast<std::uint64_t>(top) + 7};
    frame->flags = 2;
    g->handled.outer = t->handled;
    t->handled = &g->handled;
    t->frame = frame;
    --t->recursion_left;
    // At the start the pc is at return_generator, later at the yield_value that gets the value.
    if (expected == GeneratorState::suspended) put(frame->registers(), a_of(fetch(frame->pc.get())), v ? v : kNone);
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
            if (!monitor::about_exception(py, monitor::Event::raise)) return -1;
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
    frame->spare = {reinterpret_cast<std::uint64_t>(top) + 7};
    frame->flags = 2 | frame_flag::entry;
    g.handled.outer = py.handled;
    py.handled = &g.handled;
    py.frame = frame;
    --py.recursion_left;
    // What is thrown in has the exception that the generator itself handles as its context, not what its caller handles.
    if (raise_there && !g.handled.exception.is_null() && g.handled.exception != kNone) (void)raise_object(py, take_raised(py).take());
    if (raise_there && monitor::wanted(monitor::Event::py_throw)) {
        monitor::catch_up(py);
        (void)monitor::fire_exception(py, monitor::Event::py_throw);
    }
    Value r = vm::interpret(py, raise_there);
    if (r.is_null()) return {Resumed::raised, {}};
    return {py.yielded ? Resumed::yielded : Resumed::returned, r};
}

Resumed raised() { return {Resumed::raised, {}}; }

// What a claimed, suspended generator delegates to or awaits.
Maybe<> delegate_of(Generator& g) {
    Instruction const* pc = g.frame.pc.get();
    std::uint64_t word = vm::fetch(pc);
    if (operation_at(*g.frame.code.get(), pc) != Opcode::yield_value || vm::c_of(word) != 1) return {};
    std::uint64_t send = vm::fetch(pc - 2);
    Value v = g.frame.registers()[vm::b_of(send)];
    return v.is_null() ? Maybe<>() : Maybe<>(share(v));
}

// A claimed generator's frame is among the thread's while its delegate runs, as tracebacks and sys._getframe show it.
class Delegating {
public:
    Delegating(Python& py, Generator& g) : py_(py), frame_(g.frame) {
        Value* top = vm::stack_top(py);
        frame_.previous.set(py.frame);
        frame_.spare = {reinterpret_cast<std::uint64_t>(top) + 7};
        py.frame = &frame_;
    }
    ~Delegating() {
        py_.frame = frame_.previous.get();
        frame_.previous.set(nullptr);
    }
    Delegating(Delegating const&) = delete;

private:
    Python& py_;
    Frame& frame_;
};

// The exception on the thread goes into a claimed generator at the point where it is suspended.
Resumed throw_claimed(Python& py, Generator& g) {
    // Raised at the instruction after the yield, which handlers of the loop around it cover; at the start, at the first one.
    g.frame.pc.set(g.frame.pc.get() + 1);
    return run_generator(py, g, true);
}

// The registers of a claimed generator that has not started, or never will go on, are dropped.
void abandon(Python& py, Generator& g) {
    Value object = vm::release_frame(&py, &g.frame);
    Value function = std::exchange(g.frame.function, Value{});
    g.state.store(GeneratorState::closed, std::memory_order_release);
    detail::decref(object);
    reg::release(function);
}

// The exception that the arguments of throw() stand for.
Result<Ref<BaseException>> thrown_exception(Python& py, ThrowArguments const& w) {
    Value traceback = w.traceback == kNone ? Value{} : w.traceback;
    if (traceback && !is<Traceback>(traceback)) return raise(py, exc::TypeError, "throw() third argument must be a traceback object");
    auto finish = [&](Ref<> made) {
        auto& e = exception_of(made.value());
        if (traceback) e.traceback.store(&e, Maybe<>(share(traceback)));
        return as<BaseException>(std::move(made));
    };
    if (is_exception(w.type)) {
        if (w.value && w.value != kNone) return raise(py, exc::TypeError, "instance exception may not have a separate value");
        return finish(share(w.type));
    }
    if (!is_exception_class(w.type))
        return raise(py, exc::TypeError, "exceptions must be classes or instances deriving from BaseException, not {}", TypeName{w.type});
    if (w.value && is_instance_of(w.value, *as<Type>(w.type))) return finish(share(w.value));
    std::span<Value const> args;
    if (w.value && w.value != kNone) args = is<Tuple>(w.value) ? as<Tuple>(w.value)->items() : std::span<Value const>(&w.value, 1);
    auto made = call(py, Borrowed<>(w.type), args);
    if (!made.raised()) {
        Ref<> e = std::move(made).take();
        if (is_exception(e)) return finish(std::move(e));
        (void)raise(py, exc::TypeError, "calling {} should have returned an instance of BaseException, not {}", TRY(repr(py, Borrowed<>(w.type))), TypeName{e.value()});
    }
    // What making it raised is thrown in its place.
    return finish(take_raised(py).take());
}

bool stands_for(Value type, Type const& exception) {
    if (is_exception(type)) return is_instance_of(type, exception);
    return is_exception_class(type) && is_subtype(*as<Type>(type), exception);
}

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
    Thread& t = current_thread();
    // Somebody else might resume it while its registers are read.
    if (!t.alone) stop_world(t);
    Maybe<> v;
    if (g.state.load(std::memory_order_acquire) == GeneratorState::suspended) v = delegate_of(g);
    if (!t.alone) resume_world(t);
    return v;
}

Resumed throw_into_generator(Python& py, Generator& g, ThrowArguments const& w, bool close_on_exit) {
    if (check_native_stack(py).raised()) return raised();
    bool start = false, closed = false;
    if (!claim(py, g, &start, &closed) && !closed) return raised();
    GeneratorState before = start ? GeneratorState::suspended_start : GeneratorState::suspended;
    auto give_back = [&] {
        if (!closed) g.state.store(before, std::memory_order_release);
        return raised();
    };
    Maybe<> delegate;
    if (!closed && !start) delegate = delegate_of(g);
    if (delegate && close_on_exit && stands_for(w.type, exc::GeneratorExit)) {
        if (close_awaitable(py, *delegate).raised()) return throw_claimed(py, g);
        delegate = {};
    }
    if (delegate) {
        Value d = delegate.value();
        if (is_exact_generator(d)) {
            Resumed r;
            {
                Delegating scope(py, g);
                r = throw_into_generator(py, *static_cast<Generator*>(d.pointer()), w, close_on_exit);
            }
            if (r.kind == Resumed::yielded) return (void)give_back(), r;
            // Its value goes on as a StopIteration raised at the resume.
            if (r.kind == Resumed::returned) {
                Ref<> value = Ref<>::adopt(r.value);
                (void)raise_stop_iteration(py, value);
            }
            return throw_claimed(py, g);
        }
        auto method = find_attribute(py, *delegate, name::throw_());
        if (method.raised()) return give_back();
        if (Maybe<> throw_method = std::move(method).take()) {
            Value words[] = {w.type, w.value, w.traceback};
            std::size_t n = w.traceback ? 3 : w.value ? 2 : 1;
            Value answer;
            {
                Delegating scope(py, g);
                answer = call(py, *throw_method, std::span<Value const>(words, n)).release();
            }
            if (answer) return (void)give_back(), Resumed{Resumed::yielded, answer};
            return throw_claimed(py, g);
        }
    }
    auto made = thrown_exception(py, w);
    if (made.raised()) return give_back();
    Ref<> exception = std::move(made).take();
    if (closed) {
        if (&type_of(&g) == &coroutine_type) (void)raise(py, exc::RuntimeError, "cannot reuse already awaited coroutine");
        else (void)raise_object(py, std::move(exception));
        return raised();
    }
    restore_raised(py, std::move(exception));
    return throw_claimed(py, g);
}

Resumed throw_into_generator(Python& py, Generator& g, Ref<> exception) {
    return throw_into_generator(py, g, ThrowArguments{exception.value(), {}, {}}, true);
}

Result<void> close_awaitable(Python& py, Borrowed<> delegate) {
    if (is_exact_generator(delegate.value())) {
        CHECK(close_generator(py, *static_cast<Generator*>(delegate.value().pointer())));
        return {};
    }
    auto method = find_attribute(py, delegate, name::close());
    if (method.raised()) {
        write_unraisable(py, "Exception ignored while closing generator ", Optional<>(delegate.value()));
        return {};
    }
    Maybe<> m = std::move(method).take();
    if (m) CHECK(call(py, *m, {}));
    return {};
}

Result<Ref<>> close_generator(Python& py, Generator& g) {
    CHECK(check_native_stack(py));
    bool start = false, closed = false;
    if (!claim(py, g, &start, &closed)) {
        if (closed) return none.share();
        return Raised{};
    }
    if (start) {
        abandon(py, g);
        return none.share();
    }
    Maybe<> delegate = delegate_of(g);
    if (!delegate || !close_awaitable(py, *delegate).raised()) {
        auto exit = make_exception(py, exc::GeneratorExit, empty_tuple());
        if (!exit.raised()) restore_raised(py, Ref<>(std::move(exit).take()));
    }
    Resumed r = throw_claimed(py, g);
    if (r.kind == Resumed::yielded) {
        detail::decref(r.value);
        return raise(py, exc::RuntimeError, "{} ignored GeneratorExit", kind_of(g));
    }
    if (r.kind == Resumed::returned) return Ref<>::adopt(r.value);
    if (!raised_is(py, exc::GeneratorExit) && !raised_is(py, exc::StopIteration)) return Raised{};
    clear_raised(py);
    return none.share();
}

Value generator_step(Python& py, Generator& g, Resumed r, bool raise_stop) {
    if (r.kind == Resumed::raised) return {};
    if (r.kind == Resumed::yielded) return r.value;
    Ref<> value = Ref<>::adopt(r.value);
    if (&type_of(&g) == &async_generator_type) return (void)raise_empty(py, exc::StopAsyncIteration), Value{};
    if (value.value() != kNone) return (void)raise_stop_iteration(py, value), Value{};
    if (!raise_stop) return kEnd;
    (void)raise_empty(py, exc::StopIteration);
    return {};
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
    if (state.exchange(GeneratorState::running) == GeneratorState::closed) state.store(GeneratorState::closed);
    else abandon(current_python(), *this);
}

}  // namespace oro
