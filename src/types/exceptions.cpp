// BaseException, and the exceptions that add nothing but their name to it, or one value.
#include "types/exceptions.h"

#include "object/dict.h"
#include "object/instance.h"
#include "object/list.h"
#include "object/traceback.h"

namespace oro::exceptions {

Ref<Tuple> args_of(BaseException& self) {
    Maybe<Tuple> args = self.args.load(&self);
    return args ? std::move(args).take() : empty_tuple();
}

Result<void> set_args(Python& py, BaseException& self, Value const* args, std::size_t n) {
    {
        // __new__ has usually seen the same arguments.
        Ref<Tuple> now = args_of(self);
        bool same = now->size == n;
        for (std::size_t i = 0; same && i < n; ++i) same = now->slots[i] == args[i];
        if (same) return {};
    }
    self.args.store(&self, TRY(oro::make_tuple(py, std::span<Value const>(args, n))));
    return {};
}

Ref<Str> type_name(Thread&, BaseException& self) {
    Type& type = type_of(&self);
    Maybe<Str> name = type.name.load(&type);
    return name ? std::move(name).take() : empty_str();
}

Result<void> no_keywords(Thread& t, BaseException& self, Tuple* names) {
    if (!names || names->size == 0) return {};
    return raise(t, exc::TypeError, "{}() takes no keyword arguments", type_name(t, self));
}

Result<void> take_keywords(Python& py, char const* function, std::span<char const* const> names, Value const* args,
                           std::size_t n, Tuple* keyword_names, Value* out) {
    return parse_arguments(py, function, names, 0, 0, 0, args + n, 0, keyword_names, out);
}

Result<Ref<Str>> plain_text(Python& py, BaseException& self) {
    Ref<Tuple> args = args_of(self);
    if (args->size == 0) return empty_str();
    if (args->size == 1) return str(py, args->at(0));
    return str(py, args);
}

Result<Maybe<>> attributes_of(Thread& t, BaseException& self) {
    Ref<Dict> dict = TRY(instance_dict(t, &self));
    if (dict->size() == 0) return Maybe<>();
    return Maybe<>(std::move(dict));
}

Result<Ref<>> reduce_with(Python& py, BaseException& self, Ref<Tuple> args, Maybe<> state) {
    Ref<> type = share(Value::of(&type_of(&self)));
    if (!state) return Ref<>(TRY(make_tuple_of(py, std::move(type), std::move(args))));
    return Ref<>(TRY(make_tuple_of(py, std::move(type), std::move(args), std::move(state).take())));
}

namespace {

// ---- BaseException

Value base_init(Python& py, Value self, Value const* args, std::size_t n, Tuple* names) {
    BaseException& e = exception_of(self);
    if (no_keywords(py, e, names).raised()) return {};
    return done(set_args(py, e, args, n));
}

Result<Ref<Str>> base_repr(Python& py, Borrowed<BaseException> self) {
    Ref<Tuple> args = args_of(*self);
    StrBuilder out(py);
    out.add(*type_name(py, *self));
    Ref<Str> text = TRY(args->size == 1 ? repr(py, args->at(0)) : repr(py, args));
    if (args->size == 1) out.add(U'(');
    out.add(*text);
    if (args->size == 1) out.add(U')');
    return out.finish();
}

Result<Ref<Str>> base_str(Python& py, Borrowed<BaseException> self) { return plain_text(py, *self); }

Result<Ref<>> base_reduce(Python& py, Borrowed<BaseException> self) {
    return reduce_with(py, *self, args_of(*self), TRY(attributes_of(py, *self)));
}

Result<void> base_setstate(Python& py, Borrowed<BaseException> self, Borrowed<> state) {
    if (state.is(kNone)) return {};
    if (!is<Dict>(state)) return raise(py, exc::TypeError, "state is not a dictionary");
    std::size_t position = 0;
    Maybe<> key, value;
    while (dict_next(py, *as<Dict>(state), &position, &key, &value)) {
        if (!is<Str>(*key)) return raise(py, exc::TypeError, "attribute name must be string, not '{}'", TypeName{key.value()});
        CHECK(set_attribute(py, self, as<Str>(*key), *value));
    }
    return {};
}

Result<void> store_traceback(Thread& t, BaseException& self, Value tb) {
    if (tb != kNone && !is<Traceback>(tb)) return raise(t, exc::TypeError, "__traceback__ must be a traceback or None");
    if (is_shared_memory_error(Value::of(&self))) return {};
    self.traceback.store(&self, tb == kNone ? Maybe<>() : Maybe<>(share(tb)));
    return {};
}

Result<Ref<>> with_traceback(Python& py, Borrowed<BaseException> self, Borrowed<> tb) {
    CHECK(store_traceback(py, *self, tb.value()));
    return Ref<>(self.share());
}

Result<void> add_note(Python& py, Borrowed<BaseException> self, Borrowed<Str> note) {
    Maybe<> notes = TRY(find_attribute(py, self, name::dunder_notes()));
    if (!notes) {
        Ref<List> list = TRY(make_list(py));
        CHECK(set_attribute(py, self, name::dunder_notes(), list));
        notes = std::move(list);
    }
    if (!is<List>(*notes)) return raise(py, exc::TypeError, "Cannot add note: __notes__ is not a list");
    return list_append(py, as<List>(*notes), note.share());
}

Value get_args(Python&, Value self) { return args_of(exception_of(self)).release(); }
Value set_args_attribute(Python& py, Value self, Value value) {
    if (value.is_null()) {
        (void)raise(py, exc::TypeError, "args may not be deleted");
        return {};
    }
    Result<Ref<Tuple>> tuple = tuple_from(py, Borrowed<>(value));
    if (tuple.raised()) return {};
    exception_of(self).args.store(&exception_of(self), std::move(tuple).take());
    return kNone;
}

Value set_traceback(Python& py, Value self, Value value) {
    if (value.is_null()) {
        (void)raise(py, exc::TypeError, "__traceback__ may not be deleted");
        return {};
    }
    return done(store_traceback(py, exception_of(self), value));
}

Value set_context_attribute(Python& py, Value self, Value value) {
    if (value.is_null()) (void)raise(py, exc::TypeError, "__context__ may not be deleted");
    else if (value != kNone && !is_exception(value)) {
        (void)raise(py, exc::TypeError, "exception context must be None or derive from BaseException");
    } else {
        exception_of(self).context.store(&exception_of(self), value == kNone ? Maybe<>() : Maybe<>(share(value)));
        return kNone;
    }
    return {};
}

Value set_cause_attribute(Python& py, Value self, Value value) {
    if (value.is_null()) (void)raise(py, exc::TypeError, "__cause__ may not be deleted");
    else if (value != kNone && !is_exception(value)) {
        (void)raise(py, exc::TypeError, "exception cause must be None or derive from BaseException");
    } else {
        set_cause(py, exception_of(self), value == kNone ? Maybe<>() : Maybe<>(share(value)));
        return kNone;
    }
    return {};
}

Value get_suppress(Python&, Value self) { return Value::of_bool(exception_of(self).suppress_context.load()); }
Value set_suppress(Python& py, Value self, Value value) {
    if (value.is_null()) (void)raise(py, exc::TypeError, "can't delete numeric/char attribute");
    else if (!value.is_bool()) (void)raise(py, exc::TypeError, "attribute value type must be bool");
    else {
        exception_of(self).suppress_context.store(value == kTrue);
        return kNone;
    }
    return {};
}

constexpr MethodDef base_methods[] = {
    def<base_reduce>("__reduce__", "", ""),
    def<base_setstate>("__setstate__", "state, /", ""),
    def<with_traceback>("with_traceback", "tb, /", "Make tb the traceback of this exception, and return the exception."),
    def<add_note>("add_note", "note, /", "Append a note, which tracebacks show below the message."),
};
constexpr SlotDef base_slots[] = {slot<Dunder::repr, base_repr>, slot<Dunder::str, base_str>};
constexpr GetSetDef base_getsets[] = {
    {"__suppress_context__", get_suppress, set_suppress, "Whether the context is left out of tracebacks."},
    {"args", get_args, set_args_attribute, "The arguments that the exception was made with."},
    {"__traceback__", get_field<BaseException, &BaseException::traceback>, set_traceback, ""},
    {"__context__", get_field<BaseException, &BaseException::context>, set_context_attribute,
     "The exception that was being handled when this one was raised."},
    {"__cause__", get_field<BaseException, &BaseException::cause>, set_cause_attribute, "What was given by `raise ... from`."},
};
constexpr TypeDef base_def{.name = "BaseException", .doc = "Base of all exceptions.", .size = sizeof(BaseException),
                           .flags = kFlags, .hooks = hooks_of<BaseException>(), .new_ = exception_new<BaseException>,
                           .init = base_init, .methods = base_methods, .slots = base_slots, .getsets = base_getsets};

// ---- SystemExit, StopIteration, KeyError

Value exit_init(Python& py, Value self, Value const* args, std::size_t n, Tuple* names) {
    if (base_init(py, self, args, n, names).is_null()) return {};
    auto& e = static_cast<SystemExit&>(exception_of(self));
    if (n == 1) e.code.store(&e, share(args[0]));
    else if (n > 1) e.code.store(&e, args_of(e));
    return kNone;
}

Value stop_init(Python& py, Value self, Value const* args, std::size_t n, Tuple* names) {
    if (base_init(py, self, args, n, names).is_null()) return {};
    auto& e = static_cast<StopIteration&>(exception_of(self));
    e.value.store(&e, n > 0 ? share(args[0]) : Ref<>::immediate(kNone));
    return kNone;
}

// A key is shown as it would be written, so that KeyError('') says something.
Result<Ref<Str>> key_str(Python& py, Borrowed<BaseException> self) {
    Ref<Tuple> args = args_of(*self);
    if (args->size == 1) return repr(py, args->at(0));
    return plain_text(py, *self);
}

constexpr GetSetDef exit_getsets[] = {field<SystemExit, &SystemExit::code>("code", "The exit status.")};
constexpr GetSetDef stop_getsets[] = {field<StopIteration, &StopIteration::value>("value", "What the generator returned.")};
constexpr SlotDef key_slots[] = {slot<Dunder::str, key_str>};

}  // namespace
}  // namespace oro::exceptions

namespace oro::exc {
ORO_TYPE(BaseException, exceptions::base_def);
}

ORO_EXCEPTION(SystemExit, BaseException, SystemExit, "Asks the interpreter to exit.",
              .new_ = exceptions::exception_new<oro::SystemExit>, .init = exceptions::exit_init,
              .getsets = exceptions::exit_getsets)
ORO_EXCEPTION(StopIteration, Exception, StopIteration, "An iterator has no more items.",
              .new_ = exceptions::exception_new<oro::StopIteration>, .init = exceptions::stop_init,
              .getsets = exceptions::stop_getsets)
ORO_PLAIN_EXCEPTION(KeyError, LookupError, "A key was not found.", .slots = exceptions::key_slots)

#define SIMPLE(Name, Base, doc) ORO_PLAIN_EXCEPTION(Name, Base, doc)
SIMPLE(Exception, BaseException, "Base of all exceptions that don't ask a program to end.")
SIMPLE(GeneratorExit, BaseException, "Asks a generator to end.")
SIMPLE(KeyboardInterrupt, BaseException, "The user interrupted the program.")
SIMPLE(StopAsyncIteration, Exception, "An asynchronous iterator has no more items.")
SIMPLE(ArithmeticError, Exception, "Base of errors in arithmetic.")
SIMPLE(FloatingPointError, ArithmeticError, "A floating-point operation failed.")
SIMPLE(OverflowError, ArithmeticError, "A result is too large to be represented.")
SIMPLE(ZeroDivisionError, ArithmeticError, "The second operand of a division or modulo operation was zero.")
SIMPLE(AssertionError, Exception, "An assertion failed.")
SIMPLE(BufferError, Exception, "An operation on a buffer failed.")
SIMPLE(EOFError, Exception, "Input ended where more was expected.")
SIMPLE(LookupError, Exception, "Base of errors in looking something up.")
SIMPLE(IndexError, LookupError, "An index of a sequence is out of range.")
SIMPLE(MemoryError, Exception, "Memory is exhausted.")
SIMPLE(ReferenceError, Exception, "A weak proxy was used after its referent had gone.")
SIMPLE(RuntimeError, Exception, "An error of no other kind.")
SIMPLE(NotImplementedError, RuntimeError, "A method or function has not been implemented.")
SIMPLE(RecursionError, RuntimeError, "Calls are nested too deeply.")
SIMPLE(PythonFinalizationError, RuntimeError, "The operation is impossible while the interpreter shuts down.")
SIMPLE(SystemError, Exception, "An internal error of the interpreter.")
SIMPLE(TypeError, Exception, "An argument has the wrong type.")
SIMPLE(ValueError, Exception, "An argument has the right type but a value that doesn't fit.")
SIMPLE(Warning, Exception, "Base of all categories of warnings.")
SIMPLE(BytesWarning, Warning, "Bytes and str are likely mixed up.")
SIMPLE(DeprecationWarning, Warning, "A feature is deprecated.")
SIMPLE(EncodingWarning, Warning, "An encoding was left to the locale.")
SIMPLE(FutureWarning, Warning, "A construct will change its meaning.")
SIMPLE(ImportWarning, Warning, "An import is probably a mistake.")
SIMPLE(PendingDeprecationWarning, Warning, "A feature is going to be deprecated.")
SIMPLE(ResourceWarning, Warning, "A resource was used carelessly.")
SIMPLE(RuntimeWarning, Warning, "Dubious behaviour at run time.")
SIMPLE(SyntaxWarning, Warning, "Dubious syntax.")
SIMPLE(UnicodeWarning, Warning, "A problem with Unicode.")
SIMPLE(UserWarning, Warning, "A warning of the program's own.")
