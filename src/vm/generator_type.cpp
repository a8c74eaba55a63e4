// generator, and what the types coroutine and async_generator share with it. Who may touch a generator's frame is told by its
// state, see function.h.
#include "object/define.h"
#include "object/dict.h"
#include "object/exception.h"
#include "object/generic_alias.h"
#include "object/identity.h"
#include "object/interpreter.h"
#include "object/warn.h"
#include "memory/world.h"
#include "vm/generator.h"
#include "vm/generator_attributes.h"

namespace oro {

Result<ThrowArguments> throw_arguments(Python& py, char const* method, Value const* args, std::size_t n, Tuple* names) {
    if (names && names->size) return raise(py, exc::TypeError, "{}() takes no keyword arguments", method);
    if (n < 1) return raise(py, exc::TypeError, "{} expected at least 1 argument, got 0", method);
    if (n > 3) return raise(py, exc::TypeError, "{} expected at most 3 arguments, got {}", method, n);
    if (n > 1) CHECK(warn(py, exc::DeprecationWarning, "the (type, exc, tb) signature of {}() is deprecated, use the single-arg signature instead.", method));
    return ThrowArguments{args[0], n > 1 ? args[1] : Value{}, n > 2 ? args[2] : Value{}};
}

Value get_generator_frame(Python& py, Value self) {
    auto& g = *static_cast<Generator*>(self.pointer());
    bool stop = !py.alone;
    if (stop) stop_world(py);
    Result<Ref<>> r = none.share();
    if (g.state.load(std::memory_order_acquire) != GeneratorState::closed) {
        auto made = frame_object(py, g.frame);
        if (stop) resume_world(py);
        return made.raised() ? Value{} : Ref<>(std::move(made).take()).release();
    }
    if (stop) resume_world(py);
    return std::move(r).release();
}

namespace {

// warnings.<name>, without importing the module once the interpreter ends; null if there is none.
Maybe<> warnings_attribute(Python& py, std::string_view attribute) {
    auto get = [&]() -> Result<Maybe<>> {
        Ref<Str> key = TRY(make_interned(py, attribute));
        Maybe<> module = dict_get(py, *py.interpreter->modules.get(), name::warnings());
        if (!module) return Maybe<>();
        return find_attribute(py, *module, key);
    };
    auto r = get();
    if (r.raised()) {
        clear_raised(py);
        return {};
    }
    return std::move(r).take();
}

void warn_unawaited_coroutine(Python& py, Generator& g) {
    Borrowed<Generator> self(g);
    auto issue = [&]() -> Result<void> {
        if (Maybe<> f = warnings_attribute(py, "_warn_unawaited_coroutine")) {
            if (!call_with(py, *f, self).raised()) return {};
            write_unraisable(py, "Exception ignored while finalizing coroutine ", Optional<>(self.value()));
        }
        Maybe<Str> name = g.qualname.load(&g);
        return warn(py, exc::RuntimeWarning, "coroutine '{}' was never awaited", *name);
    };
    if (issue().raised()) write_unraisable(py, "Exception ignored while finalizing coroutine ", Optional<>(self.value()));
}

}  // namespace

void warn_unawaited_method(Python& py, Generator& g, char const* method) {
    Maybe<Str> name = g.qualname.load(&g);
    if (warn(py, exc::RuntimeWarning, "coroutine method '{}' of '{}' was never awaited", method, *name).raised())
        write_unraisable(py, "Exception ignored while finalizing async generator ", Optional<>(Value::of(&g)));
}

Value finalize_generator(Python& py, Value self, Value, Value) {
    auto& g = *static_cast<Generator*>(self.pointer());
    GeneratorState state = g.state.load(std::memory_order_acquire);
    if (state == GeneratorState::closed) return kNone;
    bool async = &type_of(self) == &async_generator_type;
    if (!async && state == GeneratorState::suspended_start && &type_of(self) != &coroutine_type) return kNone;
    Value pending = std::exchange(py.raised, Value{});
    Maybe<> finalizer;
    if (async && !g.closed_async.load(std::memory_order_relaxed)) finalizer = g.finalizer.load(&g);
    if (finalizer) {
        if (call_with(py, *finalizer, Borrowed<>(self)).raised()) write_unraisable(py, "", Optional<>(self));
    } else if (&type_of(self) == &coroutine_type && state == GeneratorState::suspended_start) {
        warn_unawaited_coroutine(py, g);
    } else if (close_generator(py, g).raised()) {
        write_unraisable(py, "Exception ignored while closing generator ", Optional<>(self));
    }
    detail::decref(std::exchange(py.raised, pending));
    return kNone;
}

namespace {

Generator& at(Borrowed<> v) { return *static_cast<Generator*>(v.value().pointer()); }

Value next_item(Python& py, Value self, Value, Value) {
    Generator& g = at(Borrowed<>(self));
    return generator_step(py, g, resume_generator(py, g, none.share()), false);
}
Ref<> self_iter(Thread&, Borrowed<> self) { return self.share(); }

constexpr MethodDef methods[] = {
    def<send_value>("send", "value, /", "Resume with a value: the next item that is yielded, or StopIteration."),
    raw_def("throw", "type, value=<unrepresentable>, traceback=<unrepresentable>, /",
            "Raise an exception where the generator is suspended; the next item that is yielded, or StopIteration.", throw_exception),
    def<close_self>("close", "", "Raise GeneratorExit where the generator is suspended."),
    class_def<class_getitem>("__class_getitem__", "object, /", kClassGetitemDoc),
};
constexpr SlotDef slots[] = {
    slot<Dunder::repr, repr_generator>, slot<Dunder::iter, self_iter>, {Dunder::next, next_item}, {Dunder::del, finalize_generator}};
constexpr GetSetDef getsets[] = {
    {"__name__", get_name, set_name, "The generator's name."},
    {"__qualname__", get_qualname, set_qualname, "The generator's qualified name."},
    {"gi_yieldfrom", get_awaited, nullptr, "What it delegates to by yield from, or None."},
    {"gi_running", get_running, nullptr},
    {"gi_frame", get_generator_frame, nullptr},
    {"gi_suspended", get_suspended, nullptr},
    {"gi_code", get_code, nullptr},
};
constexpr TypeDef generator_def{
    .name = "generator", .size = sizeof(Generator), .flags = type_flag::disallow_new | type_flag::has_weakrefs,
    .hooks = hooks_of<Generator>(), .methods = methods, .slots = slots, .getsets = getsets};

}  // namespace

ORO_TYPE(generator_type, generator_def);
Type& Generator::type() { return generator_type; }

}  // namespace oro
