// frame: the objects behind sys._getframe, tracebacks and gi_frame.
//
// A frame's registers belong to the thread that runs it. Its own thread looks at them directly; for others the world is stopped.
// When the frame ends, its thread copies the named registers into the object, which then guards them by its lock.
#include "vm/frame_object.h"

#include "memory/world.h"
#include "object/class.h"
#include "object/define.h"
#include "object/identity.h"
#include "object/traceback.h"
#include "vm/code_names.h"
#include "vm/generator.h"
#include "vm/introspect.h"
#include "vm/jump_to_line.h"
#include "vm/registers.h"
#include "vm/trace.h"

namespace oro {

namespace {

FrameObject& at(Value v) { return *static_cast<FrameObject*>(v.pointer()); }

// Whether the object's only count is the frame's own.
bool is_only_reference(Header const& h) {
    std::uint32_t shared = h.shared.load(std::memory_order_acquire);
    OwnerId owner = h.owner.load(std::memory_order_relaxed);
    if (owner == current_owner) return h.local.load(std::memory_order_relaxed) == 1 && (shared & ~detail::kStateMask) == 0;
    return owner == kNobody && shared == (detail::kOne | detail::kMerged);
}

}  // namespace

Result<Ref<FrameObject>> frame_object(Thread& t, Frame& f) {
    if (f.object) return as<FrameObject>(share(f.object));
    Code& code = *f.code.get();
    std::size_t size = sizeof(FrameObject) + code.local_count * sizeof(Value);
    Ref<FrameObject> made = TRY(make_sized<FrameObject>(t, frame_type, size, Borrowed<Code>(code).share(), Borrowed<Function>(*f.fn()).share(), &f));
    f.object = made.share().release();
    return made;
}

void detach_frame_object(Thread& t, Frame& f) {
    FrameObject& o = at(f.object);
    if (o.frame.load(std::memory_order_relaxed) != &f) return;
    Code& code = *f.code.get();  // the collector may have cleared the object
    o.last_index.store(std::int32_t(code.index_of(f.pc.get())), std::memory_order_relaxed);
    if (!is_only_reference(o)) {
        Value pending = std::exchange(t.raised, Value{});
        Value* saved = o.saved();
        for (std::uint32_t i = 0; i < code.local_count; ++i) {
            saved[i] = reg::share(f.registers()[i]).release();
            if (saved[i].is_pointer() && !saved[i].pointer()->is_immortal()) detail::allow_concurrent(saved[i].pointer());
        }
        o.saved_count = code.local_count;
        // Who called a generator last is no longer its caller: the frame would keep that one alive for nothing.
        if (!f.previous.is_null() && !(code.code_flags & (CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR))) {
            auto back = frame_object(t, *f.previous.get());
            if (!back.raised()) o.back.store(&o, Maybe<>(std::move(back).take()));
        }
        if (f.locals) o.locals_snapshot.store(&o, Maybe<>(reg::share(f.locals)));
        detail::decref(std::exchange(t.raised, Value{}));
        t.raised = pending;
    }
    o.frame.store(nullptr, std::memory_order_release);
}

FrameObject::~FrameObject() { clear(); }

void FrameObject::trace(Visitor& v) {
    for (std::uint32_t i = 0; i < saved_count; ++i) v(saved()[i]);
}

void FrameObject::clear() {
    std::uint32_t n = std::exchange(saved_count, 0);
    for (std::uint32_t i = 0; i < n; ++i) detail::decref(saved()[i]);
}

// ---- looking at registers

FrameAccess::FrameAccess(Python& py, FrameObject& o) : py_(py), o_(o), frame_(o.frame.load(std::memory_order_acquire)) {
    if (py.alone) return;
    auto in_own_stack = [&] {
        auto* word = reinterpret_cast<Value*>(frame_);
        return word >= py.stack_begin && word < py.stack_end;
    };
    if (frame_ && !in_own_stack()) {
        stop_world(py);
        stopped_ = true;
        frame_ = o.frame.load(std::memory_order_acquire);
    } else if (!frame_) {
        oro::lock(py, o.lock);
        locked_ = true;
    }
    // What is dropped meanwhile waits.
    ++py.sections;
}

FrameAccess::~FrameAccess() {
    if (py_.alone) return;
    if (locked_) oro::unlock(o_.lock);
    --py_.sections;
    if (stopped_) resume_world(py_);
    if (py_.doomed) destroy_doomed(py_);
}

Maybe<> FrameAccess::read(std::uint32_t r) const {
    if (frame_) return Maybe<>(reg::share(frame_->registers()[r]));
    return r < o_.saved_count ? Maybe<>(share(o_.saved()[r])) : Maybe<>();
}

Maybe<> FrameAccess::exchange(std::uint32_t r, Maybe<> v) {
    if (v.value().is_pointer() && !v.value().pointer()->is_immortal()) detail::allow_concurrent(v.value().pointer());
    if (frame_) {
        Value old = std::exchange(frame_->registers()[r], reg::adopt(v.release()));
        return Maybe<>::adopt(reg::publish(old));
    }
    if (r >= o_.saved_count) return {};
    return Maybe<>::adopt(std::exchange(o_.saved()[r], v.release()));
}

namespace {
Cell* cell_behind(FrameObject& o, std::uint32_t r, Value v) {
    return is_cell_register(*o.code.get(), r) && is_exact<Cell>(v) ? static_cast<Cell*>(v.pointer()) : nullptr;
}
Cell& free_cell(FrameObject& o, std::uint32_t i) { return *static_cast<Cell*>(o.function->closure.get()->slots[i].pointer()); }
}  // namespace

Maybe<> frame_variable(Python& py, FrameObject& o, std::uint32_t i) {
    std::uint32_t locals = o.code->local_count;
    if (i >= locals) {
        if (!o.function->closure) return {};
        Cell& cell = free_cell(o, i - locals);
        return cell.contents.load(&cell);
    }
    Maybe<> v;
    {
        FrameAccess access(py, o);
        v = access.read(i);
    }
    if (Cell* cell = cell_behind(o, i, v.value())) return cell->contents.load(cell);
    return v;
}

Result<void> set_frame_variable(Python& py, FrameObject& o, std::uint32_t i, Ref<> v) {
    std::uint32_t locals = o.code->local_count;
    if (i >= locals) {
        Cell& cell = free_cell(o, i - locals);
        cell.contents.store(&cell, std::move(v));
        return {};
    }
    Maybe<> old;
    bool live;
    {
        FrameAccess access(py, o);
        old = access.read(i);
        live = access.frame();
        if (Cell* cell = cell_behind(o, i, old.value()); !cell) old = access.exchange(i, Maybe<>(std::move(v)));
    }
    if (v.value()) {
        auto* cell = static_cast<Cell*>(old.value().pointer());
        cell->contents.store(cell, std::move(v));
        return {};
    }
    if (!live || !old.value().is_pointer()) return {};
    // An operation of the frame may be using the old value without a count of its own: it stays as long as the frame object.
    Maybe<> list = o.displaced.load(&o);
    if (!list) {
        list = Maybe<>(TRY(make_list(py)));
        o.displaced.store(&o, Maybe<>(share(list.value())));
    }
    return list_append(py, as<List>(list.value()), std::move(old).take());
}

int find_frame_variable(Python& py, FrameObject& o, Str const& name) {
    Code& code = *o.code.get();
    int found = -1;
    for (std::uint32_t r = 0; r < code.local_count; ++r) {
        Str& s = register_name(code, r);
        if (&s != &name && !equal(s, name)) continue;
        if (is_hidden_register(code, r)) {
            if (frame_variable(py, o, r)) return int(r);
            if (found >= 0) continue;
        }
        found = int(r);
    }
    if (found >= 0) return found;
    for (std::size_t i = 0; i < code.free_names->size; ++i)
        if (equal(*static_cast<Str*>(code.free_names->slots[i].pointer()), name)) return int(code.local_count + i);
    return -1;
}

Result<void> each_frame_variable(Python& py, FrameObject& o, std::vector<std::pair<Ref<Str>, Ref<>>>& out) {
    Code& code = *o.code.get();
    std::vector<std::uint32_t> order;
    for (int pass = 0; pass < 2; ++pass)
        for (std::uint32_t r = 0; r < code.local_count; ++r) {
            std::uint8_t kind = code.unit->local_kinds()[r];
            if (((kind & LOCAL_CELL) && !(kind & LOCAL_ARGUMENT)) == (pass == 1)) order.push_back(r);
        }
    std::vector<Maybe<>> values;
    {
        FrameAccess access(py, o);
        for (std::uint32_t r : order) values.push_back(access.read(r));
    }
    for (std::size_t i = 0; i < order.size(); ++i) {
        std::uint32_t r = order[i];
        Maybe<> v = std::move(values[i]);
        if (Cell* cell = cell_behind(o, r, v.value())) v = cell->contents.load(cell);
        if (!v) continue;
        Str& name = register_name(code, r);
        std::size_t j = 0;
        while (j < out.size() && out[j].first.get() != &name) ++j;
        // A bound variable of a comprehension hides another of its name.
        if (j < out.size()) out[j].second = std::move(v).take();
        else out.emplace_back(Borrowed<Str>(name).share(), std::move(v).take());
    }
    for (std::size_t i = 0; i < code.free_names->size; ++i) {
        Maybe<> v = frame_variable(py, o, std::uint32_t(code.local_count + i));
        if (v) out.emplace_back(Borrowed<Str>(*static_cast<Str*>(code.free_names->slots[i].pointer())).share(), std::move(v).take());
    }
    return {};
}

std::int32_t frame_line(Python& py, FrameObject& o) {
    std::int32_t index = o.last_index.load(std::memory_order_relaxed);
    FrameAccess access(py, o);
    if (Frame* f = access.frame()) index = std::int32_t(o.code->index_of(f->pc.get()));
    return line_of(*o.code.get(), o.code->code.load() + index);
}

bool has_hidden_variables(Python& py, FrameObject& o) {
    Code& code = *o.code.get();
    for (std::uint32_t r = 0; r < code.local_count; ++r)
        if (is_hidden_register(code, r) && frame_variable(py, o, r)) return true;
    return false;
}

Result<Ref<>> frame_locals(Python& py, Borrowed<FrameObject> frame) {
    // Within a comprehension, which has no frame of its own, these are its variables, whatever is around it.
    if (frame->code->code_flags & CO_OPTIMIZED || has_hidden_variables(py, *frame)) return make_frame_locals_proxy(py, frame);
    Maybe<> mapping = frame->locals_snapshot.load(frame.get());
    if (!mapping) {
        FrameAccess access(py, *frame);
        if (access.frame() && access.frame()->locals) mapping = Maybe<>(reg::share(access.frame()->locals));
    }
    if (mapping) return std::move(mapping).take();
    return TRY(make_dict(py));
}

namespace {

// ---- the type

Value get_back(Python& py, Value self) {
    FrameObject& o = at(self);
    Maybe<> back;
    {
        FrameAccess access(py, o);
        Frame* f = access.frame();
        if (f && !f->previous.is_null()) {
            auto r = frame_object(py, *f->previous.get());
            if (r.raised()) return {};
            back = Maybe<>(std::move(r).take());
        } else if (f) {
            return kNone;
        }
    }
    if (!back) back = o.back.load(&o);
    return back ? back.release() : kNone;
}
Value get_code(Python&, Value self) { return at(self).code.share().release(); }
Value get_globals(Python&, Value self) { return at(self).function->globals.share().release(); }
Value get_builtins(Python&, Value self) { return at(self).function->builtins.share().release(); }
Value get_locals(Python& py, Value self) { return frame_locals(py, as<FrameObject>(self)).release(); }
Value get_line(Python& py, Value self) {
    std::int32_t line = frame_line(py, at(self));
    return line == 0 ? kNone : Value::of_int(line);
}
Value set_line(Python& py, Value self, Value value) {
    if (value.is_null()) return (void)raise(py, exc::AttributeError, "cannot delete attribute"), Value{};
    return jump_to_line(py, at(self), Borrowed<>(value)).raised() ? Value{} : kNone;
}
Value get_last_instruction(Python& py, Value self) {
    FrameObject& o = at(self);
    std::int32_t index = o.last_index.load(std::memory_order_relaxed);
    FrameAccess access(py, o);
    if (Frame* f = access.frame()) index = std::int32_t(o.code->index_of(f->pc.get()));
    return Value::of_int(std::int64_t(index) * 2);
}
Value get_generator(Python& py, Value self) {
    FrameAccess access(py, at(self));
    Frame* f = access.frame();
    if (!f || f->generator.is_null()) return kNone;
    return Borrowed<Generator>(*f->generator.get()).share().release();
}
Value get_trace(Python&, Value self) {
    Maybe<> v = at(self).trace_function.load(&at(self));
    return v ? v.release() : kNone;
}
Value set_trace(Python& py, Value self, Value value) {
    FrameObject& o = at(self);
    bool any = !value.is_null() && value != kNone;
    o.trace_function.store(&o, any ? Maybe<>(share(value)) : Maybe<>());
    if (any && o.trace_opcodes.load(std::memory_order_relaxed) && monitor::want_opcodes(py, *o.code.get(), true).raised()) return {};
    return kNone;
}
Value set_trace_opcodes(Python& py, Value self, Value value) {
    if (value.is_null()) return (void)raise(py, exc::TypeError, "can't delete numeric/char attribute"), Value{};
    if (!value.is_bool()) return (void)raise(py, exc::TypeError, "attribute value type must be bool"), Value{};
    FrameObject& o = at(self);
    o.trace_opcodes.store(value == kTrue, std::memory_order_relaxed);
    if (value == kTrue && o.trace_function.slot().peek() && monitor::want_opcodes(py, *o.code.get(), true).raised()) return {};
    return kNone;
}
template <auto Field> Value get_flag(Python&, Value self) { return Value::of_bool((at(self).*Field).load(std::memory_order_relaxed)); }
template <auto Field> Value set_flag(Python& py, Value self, Value value) {
    if (value.is_null()) return (void)raise(py, exc::TypeError, "can't delete numeric/char attribute"), Value{};
    if (!value.is_bool()) return (void)raise(py, exc::TypeError, "attribute value type must be bool"), Value{};
    (at(self).*Field).store(value == kTrue, std::memory_order_relaxed);
    return kNone;
}

Result<void> clear_frame(Python& py, Borrowed<FrameObject> self) {
    FrameObject& o = *self;
    Maybe<Generator> unstarted;
    std::vector<Value> dropped;
    {
        FrameAccess access(py, o);
        if (Frame* f = access.frame()) {
            bool suspended = false;
            if (!f->generator.is_null()) {
                Generator& g = *f->generator.get();
                GeneratorState state = g.state.load(std::memory_order_acquire);
                suspended = state == GeneratorState::suspended;
                if (state == GeneratorState::suspended_start) unstarted = Maybe<Generator>(Borrowed<Generator>(g).share());
            }
            if (!unstarted) return raise(py, exc::RuntimeError, suspended ? "cannot clear a suspended frame" : "cannot clear an executing frame");
        } else {
            dropped.assign(o.saved(), o.saved() + o.saved_count);
            std::fill_n(o.saved(), o.saved_count, Value{});
        }
    }
    if (unstarted) {
        (void)finalize_generator(py, unstarted.value(), Value{}, Value{});   // a coroutine that nobody awaited says so
        CHECK(close_generator(py, **unstarted));
    }
    for (Value v : dropped) detail::decref(v);
    if (o.code->code_flags & CO_OPTIMIZED) o.locals_snapshot.store(&o, {});
    o.displaced.store(&o, {});
    return {};
}

Result<Ref<>> repr_frame(Python& py, Borrowed<FrameObject> self) {
    Ref<Str> file = TRY(repr(py, *self->code->filename));
    std::int32_t line = frame_line(py, *self);
    return format_message(py, "<frame at {}, file {}, line {}, code {}>",
                          {std::string_view(address_text(self.value())), file, line, *self->code->name});
}

constexpr MethodDef methods[] = {def<clear_frame>("clear", "", "Drop the references of a frame that has ended.")};
constexpr SlotDef slots[] = {slot<Dunder::repr, repr_frame>};
constexpr GetSetDef getsets[] = {
    {"f_trace_lines", get_flag<&FrameObject::trace_lines>, set_flag<&FrameObject::trace_lines>},
    {"f_back", get_back, nullptr, "The frame that called this one, or None."},
    {"f_locals", get_locals, nullptr, "The variables, as a mapping that writes through."},
    {"f_globals", get_globals, nullptr, "The global variables."},
    {"f_builtins", get_builtins, nullptr, "The builtins."},
    {"f_code", get_code, nullptr, "The code that runs."},
    {"f_lasti", get_last_instruction, nullptr, "The last instruction."},
    {"f_lineno", get_line, set_line, "The current line."},
    {"f_trace", get_trace, set_trace, "The trace function of this frame."},
    {"f_trace_opcodes", get_flag<&FrameObject::trace_opcodes>, set_trace_opcodes},
    {"f_generator", get_generator, nullptr, "The generator or coroutine that owns the frame, or None."},
};
constexpr TypeDef frame_def{.name = "frame", .size = sizeof(FrameObject), .flags = type_flag::disallow_new,
                            .hooks = hooks_of<FrameObject>(), .methods = methods, .slots = slots, .getsets = getsets};

}  // namespace

ORO_TYPE(frame_type, frame_def);
Type& FrameObject::type() { return frame_type; }

void init_frames() {
    set_traceback_line_finder([](Thread&, Borrowed<> frame, std::int32_t lasti) -> std::int32_t {
        if (!is<FrameObject>(frame)) return -1;
        Code& code = *as<FrameObject>(frame)->code.get();
        if (lasti < 0 || std::uint32_t(lasti / 2) >= code.code_count) return std::int32_t(code.unit->first_line);
        int line = line_of(code, code.code.load() + lasti / 2);
        return line == 0 ? -1 : line;
    });
    set_frame_type(&frame_type);
}

}  // namespace oro
