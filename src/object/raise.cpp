// Raising: an exception object, its context, and the thread's `raised` word.
//
// Exceptions of the builtin types are made without running Python, so that code which holds a lock may raise. A fresh
// exception gets its context before anybody sees it; only raise_object has to look for cycles.
#include "object/raise.h"

#include <cassert>

#include "object/call.h"
#include "object/exception.h"
#include "object/str.h"

namespace oro {

namespace {

// What stands for exhausted memory when there is none left for a MemoryError: with room for the words that a MemoryError
// has behind the struct. Its header is completed when it is raised first.
struct alignas(16) SharedMemoryError {
    BaseException exception;
    char room[512];
};
constinit SharedMemoryError shared_memory_error{};

Raised set_raised(Thread& t, Ref<> exception) {
    Value old = std::exchange(t.raised, exception.release());
    detail::decref(old);
    return {};
}

// For an exception that nobody else has seen yet.
Raised raise_fresh(Thread& t, Ref<BaseException> exception) {
    Maybe<> handled = current_handled(t);
    if (handled) exception->context.set(std::move(handled));
    return set_raised(t, std::move(exception));
}

Result<Ref<Tuple>> one(Thread& t, Borrowed<> v) { return make_tuple_of(t, v.share()); }

}  // namespace

Maybe<> current_handled(Thread& t) {
    for (HandledException* h = t.handled; h; h = h->outer) {
        if (!h->exception.is_null() && h->exception != kNone) return share(h->exception);
    }
    return {};
}

void set_context(Thread& t, BaseException& exception, Borrowed<> handled) {
    (void)t;
    if (is_shared_memory_error(Value::of(&exception)) || handled.is(Value::of(&exception))) return;
    if (!exception_of(handled.value()).context.slot().peek()) return exception.context.store(&exception, handled.share());
    // Looks down the handled one's chain of contexts: a link to `exception` is cut. Other threads may change the chain
    // meanwhile and it may already be a cycle, so a second pointer follows at half the speed.
    Maybe<> at = handled.share();
    Maybe<> slow = handled.share();
    bool step = false;
    while (at) {
        BaseException& o = exception_of(at.value());
        Maybe<> next = o.context.load(&o);
        if (!next) break;
        if (next.value() == Value::of(&exception)) {
            o.context.store(&o, {});
            break;
        }
        at = std::move(next);
        if (at.value() == slow.value()) break;
        if (step) slow = exception_of(slow.value()).context.load(&exception_of(slow.value()));
        if (!slow) break;
        step = !step;
    }
    exception.context.store(&exception, handled.share());
}

void set_cause(Thread&, BaseException& exception, Maybe<> cause) {
    if (is_shared_memory_error(Value::of(&exception))) return;
    exception.suppress_context.store(true, std::memory_order_relaxed);
    exception.cause.store(&exception, std::move(cause));
}

bool is_shared_memory_error(Value v) { return v == Value::of(&shared_memory_error.exception); }

Raised raise_message(Thread& t, Type& type, std::string_view format, std::initializer_list<MessageArg> args) {
    Ref<Str> text = TRY(format_message(t, format, args));
    return raise_value(t, type, text);
}

Raised raise_value(Thread& t, Type& type, Borrowed<> value) {
    Ref<Tuple> args = TRY(one(t, value));
    return raise_fresh(t, TRY(make_exception(t, type, std::move(args))));
}

Raised raise_object(Thread& t, Ref<> exception) {
    assert(is_exception(exception));
    Maybe<> handled = current_handled(t);
    if (handled) set_context(t, exception_of(exception.value()), *handled);
    return set_raised(t, std::move(exception));
}

Raised raise_no_memory(Thread& t) {
    // Not through make(), which would come back here.
    Type& type = exc::MemoryError;
    std::size_t size = type.size > sizeof(BaseException) ? type.size : sizeof(BaseException);
    if (Header* memory = t.heap->allocate(size)) {
        memory->owner.store(t.id, std::memory_order_relaxed);
        memory->local.store(1, std::memory_order_relaxed);
        ++t.allocated_since_gc;
        auto* o = construct_behind_header<BaseException>(memory, empty_tuple());
        if (size > sizeof(BaseException)) {
            std::memset(reinterpret_cast<char*>(memory) + sizeof(BaseException), 0, size - sizeof(BaseException));
        }
        publish(o, type.root_shape);
        return raise_fresh(t, Ref<BaseException>::adopt(o));
    }
    assert(size <= sizeof shared_memory_error);
    Header& header = shared_memory_error.exception;
    header.local.store(kImmortalCount, std::memory_order_relaxed);
    publish(&header, type.root_shape);
    return set_raised(t, Ref<>::adopt(Value::of(&header)));
}

Maybe<> take_raised(Thread& t) { return Maybe<>::adopt(std::exchange(t.raised, Value{})); }

void restore_raised(Thread& t, Ref<> exception) { (void)set_raised(t, std::move(exception)); }

bool raised_is(Thread& t, Type const& type) { return !t.raised.is_null() && is_instance_of(t.raised, type); }

void clear_raised(Thread& t) { detail::decref(std::exchange(t.raised, Value{})); }

// ---- the raise statement

bool is_exception_class(Value v) {
    if (!v.is_pointer() || !type_of(v).has(type_flag::type)) return false;
    return static_cast<Type*>(v.pointer())->has(type_flag::exception);
}

namespace {

Result<Ref<BaseException>> instance_of_class(Python& py, Borrowed<> cls) {
    Ref<> made = TRY(call_with(py, cls));
    if (is_exception(made)) return Ref<BaseException>::adopt(made.release());
    Ref<Str> shown = TRY(repr(py, cls));
    Ref<Str> got = TRY(repr(py, Borrowed<>(Value::of(&type_of(made)))));
    return raise(py, exc::TypeError, "calling {} should have returned an instance of BaseException, not {}", shown, got);
}

}  // namespace

Result<Ref<BaseException>> exception_from(Python& py, Borrowed<> what) {
    if (is_exception(what)) return Ref<BaseException>::adopt(what.share().release());
    if (is_exception_class(what.value())) return instance_of_class(py, what);
    return raise(py, exc::TypeError, "exceptions must derive from BaseException");
}

Raised raise_statement(Python& py, Borrowed<> what, Optional<> cause) {
    Ref<BaseException> exception = TRY(exception_from(py, what));
    if (cause) {
        Maybe<> from;
        if (is_exception_class(cause.value())) {
            from = TRY(instance_of_class(py, *cause));
        } else if (is_exception(cause.value())) {
            from = (*cause).share();
        } else if (cause.value() != kNone) {
            return raise(py, exc::TypeError, "exception causes must derive from BaseException");
        }
        set_cause(py, *exception, std::move(from));
    }
    return raise_object(py, std::move(exception));
}

Raised reraise_handled(Thread& t) {
    Maybe<> handled = current_handled(t);
    if (!handled) return raise(t, exc::RuntimeError, "No active exception to reraise");
    return set_raised(t, std::move(handled).take());
}

// ---- exceptions with attributes

Raised raise_attribute_error(Thread& t, Ref<Str> message, Borrowed<> object, Borrowed<Str> name) {
    Ref<Tuple> args = TRY(one(t, message));
    Ref<BaseException> e = TRY(make_exception(t, exc::AttributeError, std::move(args)));
    auto& fields = static_cast<AttributeError&>(*e);
    fields.obj.set(object.share());
    fields.name.set(name.share());
    return raise_fresh(t, std::move(e));
}

void set_attribute_error_context(Thread& t, Borrowed<> object, Borrowed<Str> name) {
    if (!raised_is(t, exc::AttributeError)) return;
    auto& e = static_cast<AttributeError&>(exception_of(t.raised));
    if (e.name.slot().peek() || e.obj.slot().peek()) return;
    // Inside a critical section a lock can't be taken; such an exception is fresh.
    if (t.sections) {
        e.obj.set(object.share());
        e.name.set(name.share());
    } else {
        e.obj.store(&e, object.share());
        e.name.store(&e, name.share());
    }
}

void set_name_error_context(Thread& t, Borrowed<Str> name) {
    if (!raised_is(t, exc::NameError)) return;
    auto& e = static_cast<NameError&>(exception_of(t.raised));
    if (e.name.slot().peek()) return;
    if (t.sections) e.name.set(name.share());
    else e.name.store(&e, name.share());
}

Raised raise_name_error(Thread& t, Type& type, Ref<Str> message, Borrowed<Str> name) {
    Ref<Tuple> args = TRY(one(t, message));
    Ref<BaseException> e = TRY(make_exception(t, type, std::move(args)));
    static_cast<NameError&>(*e).name.set(name.share());
    return raise_fresh(t, std::move(e));
}

Raised raise_import_error(Thread& t, Type& type, Ref<Str> message, Optional<> name, Optional<> path, Optional<> name_from) {
    Ref<Tuple> args = TRY(one(t, message));
    Ref<BaseException> e = TRY(make_exception(t, type, std::move(args)));
    auto& fields = static_cast<ImportError&>(*e);
    if (name) fields.name.set((*name).share());
    if (path) fields.path.set((*path).share());
    if (name_from) fields.name_from.set((*name_from).share());
    return raise_fresh(t, std::move(e));
}

Raised raise_empty(Thread& t, Type& type) { return raise_object(t, Ref<>(TRY(make_exception(t, type, empty_tuple())))); }
Raised raise_stop_iteration(Thread& t, Borrowed<> value) { return raise_value(t, exc::StopIteration, value); }

}  // namespace oro
