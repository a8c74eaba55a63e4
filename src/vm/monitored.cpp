#include "vm/monitored.h"

#include "object/call.h"
#include "object/exception.h"
#include "object/method.h"
#include "object/tuple.h"
#include "vm/instrument.h"
#include "vm/jump_to_line.h"
#include "vm/op.h"

namespace oro::vm {

using namespace monitor;

namespace {

// One instrumented instruction that is being run.
struct Here {
    Op const& op;
    Code& code;
    Frame& frame;
    Point& point;
    std::uint32_t index;
    bool quiet;                   // within a callback, or rewritten by now: no events

    Python& py() const { return op.py; }
    Value offset() const { return Value::of_int(std::int64_t(index) * 2); }
    Tools tools(Point::Slot slot) const { return quiet ? Tools(0) : point.active[slot].load(std::memory_order_acquire); }
    bool moved() const { return frame.pc.get() != op.pc; }

    bool fire_at(Point::Slot slot, Event e, Value const* args, std::size_t n) const {
        Tools tools_here = tools(slot);
        if (!tools_here) return true;
        Tools disabled = 0;
        bool ok = fire(py(), e, tools_here, args, n, &disabled);
        if (disabled) disable(slot, e, disabled);
        return ok;
    }
    void disable(Point::Slot slot, Event e, Tools disabled) const {
        State& s = state();
        disable_at(s, code, index, slot, disabled);
        if (e != Event::branch_left && e != Event::branch_right) return;
        // The callback of BRANCH answers for both ways.
        Tools both = 0;
        for (unsigned tool = 0; tool < kUserTools; ++tool) {
            bool old = s.old_branch[tool][e == Event::branch_right].load(std::memory_order_relaxed);
            if ((disabled >> tool & 1) && old) both = Tools(both | 1u << tool);
        }
        if (both) disable_at(s, code, index, slot == Point::first ? Point::second : Point::first, both);
    }
    // (code, offset)
    bool fire_plain(Point::Slot slot, Event e) const {
        Value args[] = {Value::of(&code), offset()};
        return fire_at(slot, e, args, 2);
    }
    // (code, offset, something)
    bool fire_with(Point::Slot slot, Event e, Value v) const {
        Value args[] = {Value::of(&code), offset(), v};
        return fire_at(slot, e, args, 3);
    }
    bool fire_jump(Point::Slot slot, Event e, Instruction const* to) const {
        if (!tools(slot)) return true;
        // Where an iteration ends, the jump that follows belongs to it.
        bool loop = e == Event::branch_right && operation_at(code, op.pc) == Opcode::for_iter;
        if (loop) to = to + 1 + code.unit->words()[code.index_of(to)].jump();
        return fire_with(slot, e, Value::of_int(std::int64_t(code.index_of(to)) * 2));
    }
    std::uint64_t go(Instruction const* to) const {
        frame.pc.set(to);
        return kMonitorMoved;
    }
};

// ---- lines. Where a line event depends on where control comes from, the frame notes in its flags the instruction (plus one) that it
// has come by last among those that begin or leave lines.

constexpr unsigned kNoteShift = 32;

bool line_changed(Here const& h) {
    if (h.point.start != LineStart::depends) return h.point.start == LineStart::yes;
    auto note = std::uint32_t(h.frame.flags >> kNoteShift);
    if (note == 0 || note > h.code.code_count) return true;
    return positions_of(h.code)[note - 1].line != positions_of(h.code)[h.index].line;
}

void note_line(Here const& h) {
    if (h.point.watch) h.frame.flags = (h.frame.flags & 0xFFFFFFFF) | std::uint64_t(h.index + 1) << kNoteShift;
}

bool fire_line(Here const& h) {
    if (take_arrival(h.frame, h.index)) return note_line(h), true;
    bool due = h.tools(Point::line) && line_changed(h);
    note_line(h);
    if (!due) return true;
    Value args[] = {Value::of(&h.code), Value::of_int(positions_of(h.code)[h.index].line)};
    return h.fire_at(Point::line, Event::line, args, 2);
}

// ---- operations

std::uint64_t raised() { return kMonitorRaised; }

std::uint64_t branch(Here const& h) {
    Op const& op = h.op;
    Opcode what = operation_at(h.code, op.pc);
    bool jump;
    if (what == Opcode::jump_if_none || what == Opcode::jump_if_not_none) {
        jump = (op.A() == kNone) == (what == Opcode::jump_if_none);
        if (flag_of(op.word, LAST_A)) consume(op.regs, op.a());
    } else {
        Value v = op.A();
        int outcome = v.is_bool() ? v == kTrue : condition(&op.py, op.regs, op.word);
        if (outcome < 0) return raised();
        jump = (outcome == 1) == (what == Opcode::jump_if_true);
    }
    Instruction const* to = op.pc + 1 + (jump ? jump_of(op.word) : 0);
    if (!h.fire_jump(jump ? Point::second : Point::first, jump ? Event::branch_right : Event::branch_left, to)) return raised();
    return h.moved() ? kMonitorMoved : h.go(to);
}

// The generator that an iteration or delegation runs has returned: as if it had raised StopIteration.
bool fire_stop(Here const& h, Value value) {
    if (!h.tools(Point::third)) return true;
    if (value == kNone) (void)raise_empty(h.py(), exc::StopIteration);
    else (void)raise_stop_iteration(h.py(), Borrowed<>(value));
    Ref<> exception = take_raised(h.py()).take();
    return h.fire_with(Point::third, Event::stop_iteration, exception.value());
}

bool is_generator(Value v) { return v.is_pointer() && (&type_of(v) == &generator_type || &type_of(v) == &coroutine_type); }

std::uint64_t iterate(Here const& h) {
    Op const& op = h.op;
    Value it = op.B(), v;
    if (is_generator(it)) {
        Ref<> kept = share(it);
        Resumed r = resume_generator(h.py(), *static_cast<Generator*>(it.pointer()), none.share());
        if (r.kind == Resumed::raised) return raised();
        if (r.kind == Resumed::yielded) {
            v = r.value;
        } else {
            Ref<> value = Ref<>::adopt(r.value);
            if (!fire_stop(h, value.value())) return raised();
            v = kEnd;
        }
    } else {
        SlotFn next = type_of(it).slot(Dunder::next);
        v = next ? next(h.py(), it, Value{}, Value{}) : not_an_iterator(&op.py, it);
        if (v.is_null()) {
            if (!iteration_ended(&op.py)) return raised();
            v = kEnd;
        }
    }
    bool ended = v == kEnd;
    if (ended) consume(op.regs, op.b());
    else put(op.regs, op.a(), reg::adopt(v));
    Instruction const* to = op.pc + (ended ? 1 : 2);
    if (!h.fire_jump(ended ? Point::second : Point::first, ended ? Event::branch_right : Event::branch_left, to)) return raised();
    return h.moved() ? kMonitorMoved : h.go(to);
}

std::uint64_t delegate(Here const& h) {
    Op const& op = h.op;
    bool generator = is_generator(op.B());
    int outcome = send_slow(&op.py, op.regs, op.pc, op.k, op.word);
    if (outcome < 0) return raised();
    if (outcome == 1 && generator && !fire_stop(h, op.A())) return raised();
    return h.moved() ? kMonitorMoved : h.go(op.pc + outcome);
}

// CALL before, C_RETURN or C_RAISE after what is no function written in Python.
template <class F> std::uint64_t around_call(Here const& h, Value callable_, Value argument_, F&& run) {
    Ref<> callable = share(callable_), argument = share(argument_);
    Value args[] = {Value::of(&h.code), h.offset(), callable.value(), argument.value()};
    if (!h.fire_at(Point::first, Event::call, args, 4)) return raised();
    if (h.moved()) return kMonitorMoved;
    int outcome = run();
    if (outcome == 2) return kMonitorMoved;
    bool native = &type_of(callable.value()) != &function_type;
    Tools tools = h.tools(Point::first), disabled = 0;
    if (outcome == 0) {
        if (!native || !tools) return raised();
        Ref<> exception = take_raised(h.py()).take();
        if (fire(h.py(), Event::c_raise, tools, args, 4, &disabled)) restore_raised(h.py(), std::move(exception));
        return raised();
    }
    if (native && tools && !fire(h.py(), Event::c_return, tools, args, 4, &disabled)) return raised();
    return outcome == 1 ? h.go(h.op.pc + 2) : h.go(h.op.pc + 1);
}

std::uint64_t call_block(Here const& h) {
    Op const& op = h.op;
    unsigned p = op.a();
    unpack_bound_method(op.regs, p);
    Value self = op.regs[p + kCallHeader];
    Value first = !self.is_null() ? self : op.b() > 0 ? op.regs[p + kCallHeader + 1] : state().missing.value();
    return around_call(h, op.regs[p], first, [&] { return call_slow(&op.py, op.regs, op.pc, op.k, op.word, Nested::classes); });
}

std::uint64_t call_block_ex(Here const& h) {
    Op const& op = h.op;
    unsigned p = op.a();
    Value self = op.regs[p + kCallHeader];
    Maybe<Tuple> positional = positional_arguments(op.py, op.regs[p], op.regs[p + kCallHeader + 1]);
    if (!positional) return raised();
    put(op.regs, p + kCallHeader + 1, reg::adopt(positional.release()));
    auto* tuple = static_cast<Tuple*>(op.regs[p + kCallHeader + 1].pointer());
    Value first = !self.is_null() ? self : tuple->size > 0 ? tuple->slots[0] : state().missing.value();
    return around_call(h, op.regs[p], first, [&] { return call_ex_slow(&op.py, op.regs, op.pc, op.k, op.word, Nested::classes); });
}

// super().name: a call of super, which has no frame of its own.
std::uint64_t super_attribute(Here const& h, SlowFn* run) {
    Op const& op = h.op;
    if (!h.tools(Point::first)) return op.word;
    return around_call(h, op.regs[op.b()], state().missing.value(), [&] { return run(&op.py, op.regs, op.pc, op.k, op.word) ? 3 : 0; });
}

std::uint64_t run_here(Here const& h) {
    Op const& op = h.op;
    Python& py = op.py;
    switch (operation_at(h.code, op.pc)) {
        case Opcode::resume:
            if (poll(py).raised()) return raised();
            if (!h.fire_plain(Point::first, op.b() == 0 ? Event::py_start : Event::py_resume)) return raised();
            return h.moved() ? kMonitorMoved : h.go(op.pc + 1);
        case Opcode::return_value:
            if (!h.fire_with(Point::first, Event::py_return, op.A())) return raised();
            return h.moved() ? kMonitorMoved : op.word;
        case Opcode::yield_value:
            if (!h.fire_with(Point::first, Event::py_yield, op.B())) return raised();
            return h.moved() ? kMonitorMoved : op.word;
        case Opcode::jump:
            if (!h.fire_jump(Point::first, Event::jump, op.pc + 1 + jump_of(op.word))) return raised();
            return h.moved() ? kMonitorMoved : op.word;
        case Opcode::jump_back: {
            if (poll(py).raised()) return raised();
            Instruction const* to = op.pc + 1 + jump_of(op.word);
            if (!h.fire_jump(Point::first, Event::jump, to)) return raised();
            return h.moved() ? kMonitorMoved : h.go(to);
        }
        case Opcode::jump_if_true:
        case Opcode::jump_if_false:
        case Opcode::jump_if_none:
        case Opcode::jump_if_not_none: return branch(h);
        case Opcode::for_iter: return iterate(h);
        case Opcode::send: return delegate(h);
        case Opcode::call: return call_block(h);
        case Opcode::call_ex: return call_block_ex(h);
        case Opcode::load_super_attr: return super_attribute(h, slow::load_super_attr);
        case Opcode::load_super_method: return super_attribute(h, slow::load_super_method);
        case Opcode::make_function: return op.word;
        default:
            // A fused comparison leaves its result in the register, and the jump to the jump.
            return op.word & ~(std::uint64_t(FUSED) << 8);
    }
}

}  // namespace

std::uint64_t monitored(Thread* t, Value* regs, Instruction const* pc, Value* k, std::uint64_t word) {
    Frame& frame = *Frame::of(regs);
    Code& code = *frame.code.get();
    auto& py = static_cast<Python&>(*t);
    std::uint32_t index = code.index_of(pc);
    Instruction plain = code.unit->words()[index];
    word = op_info[int(plain.op())].b == OperandKind::J ? plain.word : (word & ~std::uint64_t(0xFF)) | std::uint8_t(plain.op());
    Op op(t, regs, pc, k, word);
    State& s = state();
    rewrite_if_stale(s, code);
    bool quiet = tracing_of(py).inside > 0 || !is_instrumented(pc);
    Here h{op, code, frame, code.points.load(std::memory_order_acquire)->points[index], index, quiet};
    if (!quiet) {
        if (h.point.start != LineStart::no || h.point.watch) {
            if (!fire_line(h)) return raised();
            if (h.moved()) return kMonitorMoved;
        }
        if (!h.fire_plain(Point::instruction, Event::instruction)) return raised();
        if (h.moved()) return kMonitorMoved;
    }
    return run_here(h);
}

}  // namespace oro::vm
