// Leaving frames: by an exception, by returning, by yielding.
#include "object/call.h"
#include "object/exception.h"
#include "object/str.h"
#include "object/traceback.h"
#include "types/exception_group.h"
#include "vm/instrument.h"
#include "vm/op.h"

namespace oro::vm {

namespace {

ExceptionEntry const* find_handler(Code const& code, std::uint32_t index) {
    for (ExceptionEntry const& e : std::span(code.unit->exceptions(), code.unit->exception_count))
        if (index >= e.start && index < e.end) return &e;
    return nullptr;
}

// Most are empty; dead ones may keep their numbers.
void release_registers(Value* regs, std::uint32_t begin, std::uint32_t end) {
    for (Value *r = regs + begin, *stop = regs + end; r < stop; ++r) {
        Value v = *r;
        if (v.is_null() || !v.is_pointer()) [[likely]] continue;
        *r = Value{};
        reg::release(v);
    }
}

// Puts an entry for this frame in front of the exception's traceback.
void record_traceback(Thread& t, Frame& f) {
    if (!is_exception(t.raised)) return;
    Ref<> exception = share(t.raised);
    auto object = frame_object(t, f);
    if (object.raised()) {
        clear_raised(t);
        restore_raised(t, std::move(exception));
        return;
    }
    Ref<FrameObject> frame = std::move(object).take();
    traceback_here(t, *static_cast<BaseException*>(exception.value().pointer()), frame, std::int32_t(f.code.get()->index_of(f.pc.get())) * 2, Traceback::kLineLater);
}

// The frame of a generator ends: the generator is closed, its exception state off the chain.
void close_generator(Thread& t, Generator& g) {
    t.handled = g.handled.outer;
    g.handled.outer = nullptr;
    Value exception = std::exchange(g.handled.exception, Value{});
    g.state.store(GeneratorState::closed, std::memory_order_release);
    detail::decref(exception);
}

}  // namespace

Value release_frame(Thread* t, Frame* frame) {
    if (frame->object) detach_frame_object(*t, *frame);
    Value* regs = frame->registers();
    Code* code = frame->code.get();
    release_registers(regs, 0, code->registers);
    reg::release(std::exchange(frame->locals, Value{}));
    reg::release(std::exchange(frame->result, Value{}));
    // Destructors, or other threads meanwhile, may have asked for the frame's object only now.
    if (frame->object) detach_frame_object(*t, *frame);
    return std::exchange(frame->object, Value{});
}

namespace {
// Takes the frame off the thread; its function is released last, since it keeps the code alive. No safepoint lies between the
// detaching of the frame's object and the moment from which nobody finds the frame.
void pop_frame(Thread* t, Frame* frame) {
    Value object = release_frame(t, frame);
    Value function = std::exchange(frame->function, Value{});
    Generator* g = frame->generator.is_null() ? nullptr : frame->generator.get();
    t->frame = frame->previous.is_null() ? nullptr : frame->previous.get();
    ++t->recursion_left;
    if (g) close_generator(*t, *g);
    detail::decref(object);
    reg::release(function);
}
}  // namespace

namespace {
// To the handler that covers the frame's pc; false if there is none. A callback that is told of it and raises starts the search again.
bool enter_handler(Thread* t, Frame* frame) {
    Code* code = frame->code.get();
    while (ExceptionEntry const* entry = find_handler(*code, code->index_of(frame->pc.get()))) {
        Value* regs = frame->registers();
        // Released with the exception still on the thread: destructors keep it aside.
        release_registers(regs, entry->first_temp, code->registers);
        Value exception = std::exchange(t->raised, Value{});
        put(regs, entry->exc, reg::adopt(exception));
        // What was thrown into a generator has passed no line of it.
        if (frame->flags >> 32 && operation_at(*code, frame->pc.get()) == Opcode::resume) frame->flags &= 0xFFFFFFFF;
        frame->pc.set(code->code + entry->handler);
        if (!monitor::wanted(monitor::Event::exception_handled)) return true;
        if (monitor::fire_exception(static_cast<Python&>(*t), monitor::Event::exception_handled, regs[entry->exc])) return true;
    }
    return false;
}
// A frame that is left by raising an exception again, keeping its position, shows where the exception came from first.
void restore_position(Thread& t, Frame& f) {
    if (!is_exception(t.raised)) return;
    auto* exception = static_cast<BaseException*>(t.raised.pointer());
    Maybe<> first = exception->traceback.load(exception);
    if (!first || !is<Traceback>(first.value())) return;
    auto* traceback = static_cast<Traceback*>(first.value().pointer());
    Code& code = *f.code.get();
    if (f.object && traceback->frame.value() == f.object && traceback->lasti >= 0 && std::uint32_t(traceback->lasti / 2) < code.code_count)
        f.pc.set(code.code + traceback->lasti / 2);
}
}  // namespace

Unwound unwind(Thread* t, bool again) {
    for (;; again = false) {
        Frame* frame = t->frame;
        if (!again) record_traceback(*t, *frame);
        // What a callback raises goes on in the exception's place.
        (void)monitor::about_exception(*t, again ? monitor::Event::reraise : monitor::Event::raise);
        bool kept = again && operation_at(*frame->code.get(), frame->pc.get()) == Opcode::reraise && b_of(fetch(frame->pc.get()));
        if (enter_handler(t, frame)) return Unwound::handler;
        if (kept) restore_position(*t, *frame);
        (void)monitor::about_exception(*t, monitor::Event::py_unwind);
        bool entry_frame = frame->flags & frame_flag::entry;
        pop_frame(t, frame);
        if (entry_frame) {
            t->result = Value{};
            t->yielded = false;
            return Unwound::interpreter;
        }
    }
}

Leave return_slow(Thread* t, Value* regs, Value v) {
    Frame* frame = Frame::of(regs);
    std::uint64_t flags = frame->flags;
    bool generator = !frame->generator.is_null();
    bool constructed_badly = false;
    if (flags & frame_flag::constructor) {
        if (v != kNone) {
            (void)raise(*t, exc::TypeError, "__init__() should return None, not '{}'", TypeName{v});
            reg::release(std::exchange(v, Value{}));
            constructed_badly = true;
        } else {
            v = std::exchange(frame->result, Value{});
        }
    }
    // A deferred object has no count in a register; while destructors run, it must have one.
    v = reg::publish(v);
    pop_frame(t, frame);
    v = reg::adopt(v);
    if (constructed_badly) return Leave::error;
    if (flags & frame_flag::entry) {
        t->result = reg::publish(v);
        t->yielded = false;
        return Leave::interpreter;
    }
    Frame* to = t->frame;
    std::uint64_t word = fetch(to->pc.get());
    Value* into = to->registers();
    if (flags & frame_flag::getter) {
        put(into, a_of(word), v);
        return Leave::finished;
    }
    if (!generator) {
        put(into, a_of(fetch(to->pc.get() + 1)), v);
        return Leave::called;
    }
    consume(into, b_of(word));
    if (operation_at(*to->code.get(), to->pc.get()) == Opcode::send) put(into, a_of(word), v);
    else reg::release(v);
    return Leave::finished;
}

bool yield_slow(Thread* t, Frame* frame, Value v) {
    Generator* g = frame->generator.get();
    t->frame = frame->previous.is_null() ? nullptr : frame->previous.get();
    frame->previous.set(nullptr);
    ++t->recursion_left;
    t->handled = g->handled.outer;
    g->handled.outer = nullptr;
    bool entry = frame->flags & frame_flag::entry;
    frame->flags = 2;
    if (entry) {
        t->result = reg::publish(v);
        t->yielded = true;
    }
    // From here another thread may resume it.
    g->state.store(GeneratorState::suspended, std::memory_order_release);
    return entry;
}

Raised raise_recursion_limit(Thread& t) {
    return raise(t, exc::RecursionError, "maximum recursion depth exceeded");
}

Value not_an_iterator(Thread* t, Value v) {
    (void)raise(*t, exc::TypeError, "'{}' object is not an iterator", TypeName{v});
    return {};
}

bool iteration_ended(Thread* t) {
    if (!raised_is(*t, exc::StopIteration)) return false;
    if (!monitor::about_exception(*t, monitor::Event::raise)) return false;
    clear_raised(*t);
    return true;
}

// ---- raising

// True: an exception goes on that has its traceback already.
SLOW(raise_) {
    Python& py = op.py;
    if (op.b() == 0) {
        // The innermost exception that is being handled.
        for (HandledException* h = py.handled; h; h = h->outer) {
            if (h->exception.is_null()) continue;
            restore_raised(py, share(h->exception));
            return true;
        }
        (void)raise(py, exc::RuntimeError, "No active exception to reraise");
        return false;
    }
    Ref<> given = op.take(op.a());
    Maybe<> cause;
    if (op.b() == 2) cause = Maybe<>(op.take(op.a() + 1));
    auto instance = [&](Borrowed<> v) -> Result<Ref<>> {
        if (is_exception(v)) return v.share();
        if (is_exception_class(v.value())) {
            Ref<> made = TRY(call(py, v, {}));
            if (!is_exception(made))
                return raise(py, exc::TypeError, "calling {} should have returned an instance of BaseException, not {}", TRY(repr(py, v)), TypeName{made.value()});
            return made;
        }
        return raise(py, exc::TypeError, "exceptions must derive from BaseException");
    };
    auto made = instance(given);
    if (made.raised()) return false;
    Ref<> exception = std::move(made).take();
    if (cause) {
        auto* e = static_cast<BaseException*>(exception.value().pointer());
        if (cause.value() == kNone) {
            e->cause.store(e, Maybe<>());
        } else if (is_exception(cause.value()) || is<Type>(cause.value())) {
            if (is<Type>(cause.value()) && !is_exception_class(cause.value())) {
                (void)raise(py, exc::TypeError, "exception causes must derive from BaseException");
                return false;
            }
            auto c = instance(*cause);
            if (c.raised()) return false;
            e->cause.store(e, Maybe<>(std::move(c).take()));
        } else {
            (void)raise(py, exc::TypeError, "exception causes must derive from BaseException");
            return false;
        }
        e->suppress_context = true;
    }
    (void)raise_object(py, std::move(exception));
    return false;
}

SLOW(reraise) {
    Ref<> exception = op.take(op.a());
    restore_raised(op.py, std::move(exception));
    return false;
}

SLOW(exc_match) {
    if (check_except_type(op.py, Borrowed<>(op.C())).raised()) return false;
    return op.finish_value(Value::of_bool(exception_matches(Borrowed<>(op.B()), Borrowed<>(op.C()))));
}

SLOW(exc_group_match) {
    Python& py = op.py;
    Value exception = op.B();
    if (check_except_star_type(py, Borrowed<>(op.C())).raised()) return false;
    GroupSplit split;
    bool wrapped = false;
    if (exception != kNone) {
        auto r = match_except_star(py, Borrowed<>(exception), Borrowed<>(op.C()), &wrapped);
        if (r.raised()) return false;
        split = std::move(r).take();
    }
    if (wrapped) {
        Ref<> group = share(split.match.value());
        auto object = frame_object(py, op.frame());
        if (object.raised()) return false;
        Ref<FrameObject> frame = std::move(object).take();
        traceback_here(py, *static_cast<BaseException*>(group.value().pointer()), frame, std::int32_t(op.code().index_of(op.pc)) * 2, Traceback::kLineLater);
    }
    Value rest = split.rest ? reg::adopt(split.rest.release()) : kNone, match = split.match ? reg::adopt(split.match.release()) : kNone;
    op.consume_sources();
    put(op.regs, op.a(), rest);
    put(op.regs, op.a() + 1, match);
    return true;
}

SLOW(with_exit) {
    Value callable = op.regs[op.b()], self = op.regs[op.b() + 1], e = op.C();
    auto* exception = static_cast<BaseException*>(e.pointer());
    Maybe<> traceback = exception->traceback.load(exception);
    Value words[] = {self, Value::of(&type_of(e)), e, traceback ? traceback.value() : kNone};
    auto r = call(op.py, Borrowed<>(callable), std::span<Value const>(self ? words : words + 1, self ? 4 : 3));
    if (r.raised()) return false;
    if (flag_of(op.word, LAST_B)) {
        consume(op.regs, op.b());
        consume(op.regs, op.b() + 1);
    }
    if (flag_of(op.word, LAST_C)) consume(op.regs, op.c());
    put(op.regs, op.a(), reg::adopt(std::move(r).release()));
    return true;
}

}  // namespace oro::vm
