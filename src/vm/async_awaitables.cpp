// What asend(), __anext__(), athrow() and aclose() of an async generator give: awaitables that drive it for one item.
//
// Threads: an awaitable's state is atomic. The first step of one claims the generator by its flag running_async, which the last
// step gives back; the generator's own state keeps two threads from running it at once.
#include "object/define.h"
#include "object/exception.h"
#include "vm/async_generator.h"
#include "vm/generator_attributes.h"

namespace oro {

namespace {

struct WrappedValue : Object {
    Fixed<> value;
    explicit WrappedValue(Ref<> v) : value(std::move(v)) {}
    static constexpr auto fields = std::tuple{&WrappedValue::value};
    static Type& type() { return async_generator_wrapped_value_type; }
};
bool is_wrapped(Value v) { return v.is_pointer() && &type_of(v) == &async_generator_wrapped_value_type; }

constexpr TypeDef wrapped_def{.name = "async_generator_wrapped_value", .size = sizeof(WrappedValue), .flags = type_flag::disallow_new,
                              .hooks = hooks_of<WrappedValue>()};

enum class Stage : std::uint8_t { init, running, closed };

// Both kinds. `value` of an asend: what is sent first, or null; of an athrow: the tuple of arguments, null for aclose().
struct Awaitable : Object {
    Fixed<> generator_object, value;
    std::atomic<Stage> stage{Stage::init};
    Awaitable(Ref<> g, Maybe<> v) : generator_object(std::move(g)), value(std::move(v)) {}
    static constexpr auto fields = std::tuple{&Awaitable::generator_object, &Awaitable::value};
    static Type& type();
    Generator& generator() const { return generator_at(generator_object.value()); }
    void close() { stage.store(Stage::closed, std::memory_order_relaxed); }
};
Awaitable& at(Value v) { return *static_cast<Awaitable*>(v.pointer()); }

bool ends_iteration(Python& py) { return raised_is(py, exc::StopAsyncIteration) || raised_is(py, exc::GeneratorExit); }

// A wrapped value ends the await with it as the result; the end of the generator closes it.
Value unwrap(Python& py, Generator& g, Value v) {
    if (v.is_null()) {
        if (ends_iteration(py)) g.closed_async = true;
        g.running_async = 0;
        return {};
    }
    if (!is_wrapped(v)) return v;
    Ref<> wrapped = Ref<>::adopt(v);
    Value item = static_cast<WrappedValue*>(wrapped.value().pointer())->value.value();
    g.running_async = 0;
    if (item == kNone) (void)raise_empty(py, exc::StopIteration);
    else (void)raise_stop_iteration(py, Borrowed<>(item));
    return {};
}

// Claims the generator for the first step.
bool claim(Python& py, Awaitable& a, char const* who) {
    std::uint32_t expected = 0;
    if (a.generator().running_async.compare_exchange_strong(expected, 1)) {
        a.stage.store(Stage::running, std::memory_order_relaxed);
        return true;
    }
    a.close();
    (void)raise(py, exc::RuntimeError, "{}(): asynchronous generator is already running", who);
    return false;
}

Value step(Python& py, Generator& g, Value v) { return generator_step(py, g, resume_generator(py, g, share(v)), true); }

// ---- asend and __anext__

Value send_send(Python& py, Awaitable& a, Value v) {
    Stage stage = a.stage.load(std::memory_order_relaxed);
    if (stage == Stage::closed) return (void)raise(py, exc::RuntimeError, "cannot reuse already awaited __anext__()/asend()"), Value{};
    if (stage == Stage::init) {
        if (!claim(py, a, "anext")) return {};
        if (v == kNone) v = a.value ? a.value.value() : kNone;
    }
    Generator& g = a.generator();
    g.running_async = 1;
    Value r = unwrap(py, g, step(py, g, v));
    if (r.is_null()) a.close();
    return r;
}

Value send_throw(Python& py, Awaitable& a, ThrowArguments const& w) {
    Stage stage = a.stage.load(std::memory_order_relaxed);
    if (stage == Stage::closed) return (void)raise(py, exc::RuntimeError, "cannot reuse already awaited __anext__()/asend()"), Value{};
    if (stage == Stage::init && !claim(py, a, "anext")) return {};
    Generator& g = a.generator();
    Value r = unwrap(py, g, generator_step(py, g, throw_into_generator(py, g, w, true), true));
    if (r.is_null()) a.close();
    return r;
}

// ---- athrow and aclose

char const* who(Awaitable& a) { return a.value ? "athrow" : "aclose"; }

Value ignored_exit(Python& py, Awaitable& a, Value v) {
    detail::decref(v);
    a.generator().running_async = 0;
    a.close();
    (void)raise(py, exc::RuntimeError, "async generator ignored GeneratorExit");
    return {};
}

// aclose() is done when the generator ends; for athrow() that is an error.
Value finish_throw(Python& py, Awaitable& a) {
    a.generator().running_async = 0;
    a.close();
    if (!a.value && ends_iteration(py)) {
        clear_raised(py);
        (void)raise_empty(py, exc::StopIteration);
    }
    return {};
}

Value throw_send(Python& py, Awaitable& a, Value v) {
    Generator& g = a.generator();
    Stage stage = a.stage.load(std::memory_order_relaxed);
    if (stage == Stage::closed) return (void)raise(py, exc::RuntimeError, "cannot reuse already awaited aclose()/athrow()"), Value{};
    if (g.state.load(std::memory_order_acquire) == GeneratorState::closed) {
        a.close();
        return (void)raise_empty(py, exc::StopIteration), Value{};
    }
    if (stage == Stage::init) {
        if (g.running_async.load()) {
            (void)claim(py, a, who(a));
            return {};
        }
        if (g.closed_async.load()) {
            a.close();
            return (void)raise_empty(py, exc::StopAsyncIteration), Value{};
        }
        if (v != kNone) return (void)raise(py, exc::RuntimeError, "can't send non-None value to a just-started coroutine"), Value{};
        if (!claim(py, a, who(a))) return {};
        if (!a.value) {
            g.closed_async = true;
            ThrowArguments w{Value::of(&exc::GeneratorExit), {}, {}};
            Value r = generator_step(py, g, throw_into_generator(py, g, w, false), true);
            if (r && is_wrapped(r)) return ignored_exit(py, a, r);
            return r ? r : finish_throw(py, a);
        }
        auto args = as<Tuple>(a.value.value())->items();
        ThrowArguments w{args[0], args.size() > 1 ? args[1] : Value{}, args.size() > 2 ? args[2] : Value{}};
        Value r = unwrap(py, g, generator_step(py, g, throw_into_generator(py, g, w, false), true));
        return r ? r : finish_throw(py, a);
    }
    Value r = step(py, g, v);
    if (a.value) {
        r = unwrap(py, g, r);
        if (r.is_null()) a.close();
        return r;
    }
    if (r && is_wrapped(r)) return ignored_exit(py, a, r);
    return r ? r : finish_throw(py, a);
}

Value throw_throw(Python& py, Awaitable& a, ThrowArguments const& w) {
    Generator& g = a.generator();
    Stage stage = a.stage.load(std::memory_order_relaxed);
    if (stage == Stage::closed) return (void)raise(py, exc::RuntimeError, "cannot reuse already awaited aclose()/athrow()"), Value{};
    if (stage == Stage::init && !claim(py, a, who(a))) return {};
    Value r = generator_step(py, g, throw_into_generator(py, g, w, true), true);
    if (a.value) {
        r = unwrap(py, g, r);
        if (r.is_null()) a.close();
        return r;
    }
    if (r && is_wrapped(r)) return ignored_exit(py, a, r);
    return r ? r : finish_throw(py, a);
}

// ---- the two types

using SendFn = Value(Python&, Awaitable&, Value);
using ThrowFn = Value(Python&, Awaitable&, ThrowArguments const&);

template <SendFn* Send> Result<Ref<>> send(Python& py, Borrowed<> self, Borrowed<> value) {
    return Result<Ref<>>::of_word(Send(py, at(self.value()), value.value()));
}
template <SendFn* Send> Value next_step(Python& py, Value self, Value, Value) { return Send(py, at(self), kNone); }
template <ThrowFn* Throw> Value throw_(Python& py, Native&, Value self, Value const* args, std::size_t n, Tuple* names) {
    auto w = throw_arguments(py, "throw", args, n, names);
    if (w.raised()) return {};
    return Throw(py, at(self), std::move(w).take());
}
template <ThrowFn* Throw> Result<void> close(Python& py, Borrowed<> self) {
    Awaitable& a = at(self.value());
    if (a.stage.load(std::memory_order_relaxed) == Stage::closed) return {};
    Value r = Throw(py, a, ThrowArguments{Value::of(&exc::GeneratorExit), {}, {}});
    if (r) {
        detail::decref(r);
        return raise(py, exc::RuntimeError, "coroutine ignored GeneratorExit");
    }
    if (!ends_iteration(py) && !raised_is(py, exc::StopIteration)) return Raised{};
    clear_raised(py);
    return {};
}
Ref<> await_self(Thread&, Borrowed<> self) { return self.share(); }

Value finalize(Python& py, Value self, Value, Value) {
    Awaitable& a = at(self);
    if (a.stage.load(std::memory_order_relaxed) != Stage::init) return kNone;
    Value pending = std::exchange(py.raised, Value{});
    bool sends = &type_of(self) == &async_generator_asend_type;
    warn_unawaited_method(py, a.generator(), sends ? "asend" : who(a));
    detail::decref(std::exchange(py.raised, pending));
    return kNone;
}

constexpr char const* kSendDoc = "Go on with a value: what is awaited next, or StopIteration with the result.";
constexpr char const* kThrowDoc = "Raise an exception in the generator.";
constexpr char const* kCloseDoc = "Raise GeneratorExit in the generator.";
constexpr char const* kThrowSignature = "type, value=<unrepresentable>, traceback=<unrepresentable>, /";

template <SendFn* Send, ThrowFn* Throw> struct Tables {
    static constexpr MethodDef methods[] = {
        def<send<Send>>("send", "value, /", kSendDoc),
        raw_def("throw", kThrowSignature, kThrowDoc, throw_<Throw>),
        def<close<Throw>>("close", "", kCloseDoc),
    };
    static constexpr SlotDef slots[] = {slot<Dunder::await, await_self>, slot<Dunder::iter, await_self>, {Dunder::next, next_step<Send>},
                                        {Dunder::del, finalize}};
};
using SendTables = Tables<send_send, send_throw>;
using ThrowTables = Tables<throw_send, throw_throw>;
constexpr TypeDef asend_def{.name = "async_generator_asend", .size = sizeof(Awaitable), .flags = type_flag::disallow_new,
                            .hooks = hooks_of<Awaitable>(), .methods = SendTables::methods, .slots = SendTables::slots};
constexpr TypeDef athrow_def{.name = "async_generator_athrow", .size = sizeof(Awaitable), .flags = type_flag::disallow_new,
                             .hooks = hooks_of<Awaitable>(), .methods = ThrowTables::methods, .slots = ThrowTables::slots};
Type& Awaitable::type() { return async_generator_asend_type; }

}  // namespace

ORO_TYPE(async_generator_wrapped_value_type, wrapped_def);
ORO_TYPE(async_generator_asend_type, asend_def);
ORO_TYPE(async_generator_athrow_type, athrow_def);

Result<Ref<>> wrap_async_yield(Thread& t, Ref<> value) { return make<WrappedValue>(t, async_generator_wrapped_value_type, std::move(value)); }

Result<Ref<>> make_async_send(Thread& t, Borrowed<> generator, Maybe<> value) {
    return make<Awaitable>(t, async_generator_asend_type, generator.share(), std::move(value));
}
Result<Ref<>> make_async_throw(Thread& t, Borrowed<> generator, Maybe<Tuple> arguments) {
    return make<Awaitable>(t, async_generator_athrow_type, generator.share(), Maybe<>::adopt(arguments.release()));
}

}  // namespace oro
