// What sys and builtins ask about running frames.
#include "vm/introspect.h"

#include "memory/world.h"
#include "object/exception.h"
#include "object/class.h"
#include "object/int.h"
#include "object/super.h"
#include "vm/code_names.h"
#include "vm/frame_object.h"
#include "vm/generator.h"
#include "vm/registers.h"

namespace oro {

namespace {

Frame* previous_of(Frame* f) { return f->previous.is_null() ? nullptr : f->previous.get(); }

Frame* frame_above(Thread& t, std::int64_t depth) {
    Frame* f = t.frame;
    for (; f && depth > 0; --depth) f = previous_of(f);
    return f;
}

}  // namespace

Result<Ref<>> frame_at(Python& py, std::int64_t depth) {
    if (Frame* f = frame_above(py, depth)) return Ref<>(TRY(frame_object(py, *f)));
    return raise(py, exc::ValueError, "call stack is not deep enough");
}

Maybe<> module_name_at(Python& py, std::int64_t depth) {
    Frame* f = frame_above(py, depth);
    return f ? f->fn()->module.load(f->fn()) : Maybe<>();
}

namespace {

// {ident: f(thread)} of all threads for which f gives something.
template <class F> Result<Ref<>> of_each_thread(Python& py, F&& f) {
    std::vector<Thread*> threads;
    std::vector<std::pair<std::uint64_t, Ref<>>> found;
    bool failed = false;
    stop_world(py);
    // f may allocate, which is not for the time that the list of threads is locked. A thread with a frame doesn't end before the
    // world goes on.
    for_each_mutator([&](Mutator& m) {
        auto& t = static_cast<Thread&>(m);
        if (t.frame) threads.push_back(&t);
    });
    for (Thread* t : threads) {
        Result<Maybe<>> r = f(*t);
        if (r.raised()) {
            failed = true;
            break;
        }
        Maybe<> v = std::move(r).take();
        if (v) found.emplace_back(t->ident, std::move(v).take());
    }
    resume_world(py);
    if (failed) return Raised{};
    Ref<Dict> out = TRY(make_dict(py));
    for (auto& [ident, value] : found) {
        Ref<> key = TRY(make_int_unsigned(py, ident));
        CHECK(dict_set_item(py, out, key, std::move(value)));
    }
    return out;
}

}  // namespace

Result<Ref<>> current_frames(Python& py) {
    return of_each_thread(py, [&](Thread& t) -> Result<Maybe<>> {
        return Maybe<>(TRY(frame_object(py, *t.frame)));
    });
}

Result<Ref<>> current_exceptions(Python& py) {
    return of_each_thread(py, [&](Thread& t) -> Result<Maybe<>> {
        for (HandledException* h = t.handled; h; h = h->outer)
            if (h->exception) return Maybe<>(share(h->exception));
        return Maybe<>(none.share());
    });
}

Result<Ref<>> current_locals(Python& py) {
    if (!py.frame) return raise(py, exc::SystemError, "frame does not exist");
    Ref<FrameObject> frame = TRY(frame_object(py, *py.frame));
    Code& code = *frame->code.get();
    bool function = code.code_flags & CO_OPTIMIZED;
    if (!function && !has_hidden_variables(py, *frame)) return frame_locals(py, frame);
    // A snapshot.
    Ref<Dict> out = TRY(make_dict(py));
    std::vector<std::pair<Ref<Str>, Ref<>>> all;
    CHECK(each_frame_variable(py, *frame, all));
    for (auto& [name, value] : all) CHECK(dict_set(py, *out, name, std::move(value)));
    if (function)
        if (Maybe<> extra = frame->locals_snapshot.load(frame.get())) CHECK(dict_merge(py, out, *extra));
    return out;
}

Result<Ref<>> current_globals(Python& py) {
    if (!py.frame) return raise(py, exc::SystemError, "frame does not exist");
    return Ref<>(py.frame->fn()->globals.share());
}

int coroutine_origin_depth(Python& py) { return py.coroutine_origin_depth; }
void set_coroutine_origin_depth(Python& py, int depth) { py.coroutine_origin_depth = depth; }

void note_coroutine_origin(Python& py, Generator& g) {
    int depth = py.coroutine_origin_depth;
    if (depth <= 0 || !py.frame) return;
    // From the caller of the coroutine function on.
    std::vector<Ref<>> entries;
    for (Frame* f = previous_of(py.frame); f && depth > 0; f = previous_of(f), --depth) {
        Code& code = *f->code.get();
        auto entry = make_tuple_of(py, code.filename.share(), Ref<>::adopt(Value::of_int(line_of(code, f->pc.get()))), code.name.share());
        if (entry.raised()) return clear_raised(py);
        entries.push_back(Ref<>(std::move(entry).take()));
    }
    auto tuple = make_tuple_uninitialized(py, entries.size());
    if (tuple.raised()) return clear_raised(py);
    Ref<Tuple> origin = std::move(tuple).take();
    for (std::size_t i = 0; i < entries.size(); ++i) origin->slots[i] = entries[i].release();
    g.origin.store(&g, Maybe<>(std::move(origin)));
}

Result<SuperArguments> arguments_of_super(Python& py) {
    Frame* f = py.frame;
    if (!f) return raise(py, exc::RuntimeError, "super(): no current frame");
    Code& code = *f->code.get();
    if (code.positional == 0) return raise(py, exc::RuntimeError, "super(): no arguments");
    Value first = f->registers()[0];
    Maybe<> object;
    if (is_cell_register(code, 0) && is_exact<Cell>(first)) object = as<Cell>(first)->contents.load(as<Cell>(first).get());
    else if (first) object = Maybe<>(share(first));
    if (!object) return raise(py, exc::RuntimeError, "super(): arg[0] deleted");
    for (std::size_t i = 0; i < code.free_names->size; ++i) {
        if (!equal(*static_cast<Str*>(code.free_names->slots[i].pointer()), "__class__")) continue;
        auto* cell = static_cast<Cell*>(f->fn()->closure.get()->slots[i].pointer());
        Maybe<> start = cell->contents.load(cell);
        if (!start) return raise(py, exc::RuntimeError, "super(): empty __class__ cell");
        if (!is<Type>(start.value())) return raise(py, exc::RuntimeError, "super(): __class__ is not a type ({})", TypeName{start.value()});
        return SuperArguments{as<Type>(std::move(start).take()), std::move(object).take()};
    }
    return raise(py, exc::RuntimeError, "super(): __class__ cell not found");
}

}  // namespace oro
