#include "vm/trace.h"

#include "memory/world.h"
#include "object/call.h"
#include "object/exception.h"
#include "object/tuple.h"
#include "vm/frame_object.h"
#include "vm/instrument.h"

namespace oro::monitor {

namespace {

constexpr EventSet kTraceEvents = bit(Event::py_start) | bit(Event::py_resume) | bit(Event::py_return) | bit(Event::py_yield) | bit(Event::raise) |
                                  bit(Event::line) | bit(Event::jump) | bit(Event::py_unwind) | bit(Event::py_throw) | bit(Event::stop_iteration);
constexpr EventSet kProfileEvents = bit(Event::py_start) | bit(Event::py_resume) | bit(Event::py_return) | bit(Event::py_yield) | bit(Event::call) |
                                    bit(Event::py_unwind) | bit(Event::py_throw) | bit(Event::c_return) | bit(Event::c_raise);

Value& slot_of(Tracing& tracing, LegacyKind kind) { return kind == LegacyKind::trace ? tracing.trace_function : tracing.profile_function; }
unsigned tool_of(LegacyKind kind) { return kind == LegacyKind::trace ? kTraceTool : kProfileTool; }

// Gives the old function back. The count of threads with a function follows.
Value exchange_function(Thread& t, LegacyKind kind, Value f) {
    Value old = std::exchange(slot_of(tracing_of(t), kind), f);
    state().users[unsigned(kind)].fetch_add(int(!f.is_null()) - int(!old.is_null()), std::memory_order_relaxed);
    return old;
}

void want_events(Python& py, LegacyKind kind) {
    set_global_events(py, tool_of(kind), kind == LegacyKind::trace ? kTraceEvents : kProfileEvents, &state().users[unsigned(kind)]);
}

// Calls the function with (frame, what, argument).
Result<Ref<>> call_function(Python& py, Tracing& tracing, Event e, Borrowed<> function, FrameObject& frame, std::string_view what, Value argument) {
    Ref<Str> name = TRY(make_interned(py, what));
    Value args[] = {Value::of(&frame), name.value(), argument};
    Event outer = std::exchange(tracing.event, e);
    ++tracing.inside;
    auto answer = call(py, function, args);
    --tracing.inside;
    tracing.event = outer;
    return answer;
}

// An exception of the function ends tracing in this thread.
Legacy give_up(Python& py, LegacyKind kind) {
    Maybe<> raised = take_raised(py);
    set_function(py, kind, Maybe<>());
    restore_raised(py, std::move(raised).take());
    return Legacy::raised;
}

// Calls the trace function: the thread's own for 'call', otherwise the one that the frame has got.
Legacy trace(Python& py, Tracing& tracing, Event e, std::string_view what, Value argument) {
    Frame& f = *py.frame;
    auto made = frame_object(py, f);
    if (made.raised()) return Legacy::raised;
    Ref<FrameObject> frame = std::move(made).take();
    Maybe<> function = what == "call" ? Maybe<>(share(tracing.trace_function)) : frame->trace_function.load(frame.get());
    if (!function) return Legacy::go_on;
    auto answer = call_function(py, tracing, e, *function, *frame, what, argument);
    if (answer.raised()) {
        frame->trace_function.store(frame.get(), Maybe<>());
        return give_up(py, LegacyKind::trace);
    }
    Ref<> next = std::move(answer).take();
    if (next.value() != kNone) frame->trace_function.store(frame.get(), Maybe<>(std::move(next)));
    return Legacy::go_on;
}

// The frame's object if it has got a trace function.
FrameObject* traced_frame(Python& py) {
    Value v = py.frame->object;
    if (v.is_null()) return nullptr;
    auto* o = static_cast<FrameObject*>(v.pointer());
    return o->trace_function.slot().peek().is_null() ? nullptr : o;
}

Legacy trace_exception(Python& py, Tracing& tracing, Event e, Value exception) {
    if (!traced_frame(py)) return Legacy::go_on;
    auto& object = *static_cast<BaseException*>(exception.pointer());
    Maybe<> traceback = object.traceback.load(&object);
    auto made = make_tuple_of(py, share(Value::of(&type_of(exception))), share(exception), traceback ? std::move(traceback).take() : none.share());
    if (made.raised()) return Legacy::raised;
    Ref<> argument = std::move(made).take();
    return trace(py, tracing, e, "exception", argument.value());
}

Legacy trace_line(Python& py, Tracing& tracing, Event e) {
    FrameObject* frame = traced_frame(py);
    if (!frame || !frame->trace_lines.load(std::memory_order_relaxed)) return Legacy::go_on;
    return trace(py, tracing, e, "line", kNone);
}

// A loop on a single line shows a line event for each round; other jumps show by the line that they lead to.
Legacy trace_jump(Python& py, Tracing& tracing, Value const* args) {
    Code& code = *py.frame->code.get();
    std::int64_t from = args[1].as_int(), to = args[2].as_int();
    if (to >= from) return Legacy::disable;
    if (line_in_image(*code.unit, std::uint32_t(from / 2)) != line_in_image(*code.unit, std::uint32_t(to / 2))) return Legacy::disable;
    return trace_line(py, tracing, Event::line);
}

}  // namespace

Legacy trace_event(Python& py, Tracing& tracing, Event e, Value const* args, std::size_t) {
    if (!tracing.trace_function) return Legacy::go_on;
    switch (e) {
        case Event::py_start:
        case Event::py_resume:
        case Event::py_throw: return trace(py, tracing, e, "call", kNone);
        case Event::py_return:
        case Event::py_yield: return traced_frame(py) ? trace(py, tracing, e, "return", args[2]) : Legacy::go_on;
        case Event::py_unwind: return traced_frame(py) ? trace(py, tracing, e, "return", kNone) : Legacy::go_on;
        case Event::raise: return trace_exception(py, tracing, e, args[2]);
        case Event::stop_iteration: {
            // A for loop has no exception to show unless the generator has returned something.
            auto& stop = *static_cast<StopIteration*>(args[2].pointer());
            Maybe<> value = stop.value.load(&stop);
            bool loop = operation_at(*py.frame->code.get(), py.frame->pc.get()) == Opcode::for_iter;
            return loop && (!value || value.value() == kNone) ? Legacy::go_on : trace_exception(py, tracing, e, args[2]);
        }
        case Event::line: return trace_line(py, tracing, e);
        case Event::jump: return trace_jump(py, tracing, args);
        case Event::instruction: {
            FrameObject* frame = traced_frame(py);
            if (!frame || !frame->trace_opcodes.load(std::memory_order_relaxed)) return Legacy::go_on;
            return trace(py, tracing, e, "opcode", kNone);
        }
        default: return Legacy::go_on;
    }
}

Legacy profile_event(Python& py, Tracing& tracing, Event e, Value const* args, std::size_t) {
    if (!tracing.profile_function) return Legacy::go_on;
    std::string_view what;
    Value argument = kNone;
    Maybe<> bound;
    switch (e) {
        case Event::py_start:
        case Event::py_resume:
        case Event::py_throw: what = "call"; break;
        case Event::py_return:
        case Event::py_yield: argument = args[2]; [[fallthrough]];
        case Event::py_unwind: what = "return"; break;
        case Event::call:
        case Event::c_return:
        case Event::c_raise: {
            // Only what is written in C++ shows: functions, and methods bound to the object that they are called on.
            argument = args[2];
            Type& type = type_of(argument);
            if (&type == &method_descriptor_type) {
                if (args[3] == state().missing.value()) return Legacy::go_on;
                auto* method = static_cast<Native*>(argument.pointer());
                auto made = make_native_function(py, *method->def, Maybe<>(share(args[3])), Maybe<>(), method->home);
                if (made.raised()) return Legacy::raised;
                bound = Maybe<>(std::move(made).take());
                argument = bound.value();
            } else if (&type != &native_function_type) {
                return Legacy::go_on;
            }
            what = e == Event::call ? "c_call" : e == Event::c_return ? "c_return" : "c_exception";
            break;
        }
        default: return Legacy::go_on;
    }
    auto made = frame_object(py, *py.frame);
    if (made.raised()) return Legacy::raised;
    Ref<FrameObject> frame = std::move(made).take();
    Ref<> function = share(tracing.profile_function);
    if (call_function(py, tracing, e, function, *frame, what, argument).raised()) return give_up(py, LegacyKind::profile);
    return Legacy::go_on;
}

void set_function(Python& py, LegacyKind kind, Maybe<> f) {
    Ref<> old = Ref<>::adopt(exchange_function(py, kind, f.release()));
    want_events(py, kind);
}

void set_function_everywhere(Python& py, LegacyKind kind, Maybe<> f) {
    std::vector<Value> old;
    stop_world(py);
    for_each_mutator([&](Mutator& m) { old.push_back(exchange_function(static_cast<Thread&>(m), kind, f ? share(f.value()).release() : Value{})); });
    resume_world(py);
    want_events(py, kind);
    for (Value v : old) detail::decref(v);
}

Maybe<> function_of(Python& py, LegacyKind kind) {
    Value v = py.trace ? slot_of(tracing_of(py), kind) : Value{};
    return v.is_null() ? Maybe<>() : Maybe<>(share(v));
}

void drop_functions(Thread& t) {
    if (!t.trace) return;
    auto& py = static_cast<Python&>(t);
    ++tracing_of(t).inside;
    for (LegacyKind kind : {LegacyKind::trace, LegacyKind::profile})
        if (slot_of(tracing_of(t), kind)) set_function(py, kind, Maybe<>());
}

void forget_other_threads(Python& py) {
    for (LegacyKind kind : {LegacyKind::trace, LegacyKind::profile}) {
        state().users[unsigned(kind)].store(int(bool(function_of(py, kind))), std::memory_order_relaxed);
        want_events(py, kind);
    }
}

Result<void> want_opcodes(Python& py, Code& code, bool on) {
    EventSet events = local_events(code, kTraceTool);
    return set_local_events(py, kTraceTool, code, on ? events | bit(Event::instruction) : events & ~bit(Event::instruction));
}

}  // namespace oro::monitor
