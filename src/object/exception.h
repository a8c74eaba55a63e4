// Exception objects: the structs behind the builtin exception types, and making them without running Python.
//
// Threads: every field may be read and set from anywhere, so references are Members; a struct that is being made is set
// up before it is published. The instance that stands for exhausted memory is static, shared by all threads and never
// changed (`is_shared_memory_error`).
#pragma once
#include "object/allocate.h"
#include "object/tuple.h"

namespace oro {

struct BaseException : Object {
    Member<Tuple> args;                  // null: the empty tuple (only the shared MemoryError)
    Member<> traceback;                  // Traceback or null
    Member<> context, cause;             // exceptions or null
    std::atomic<bool> suppress_context{false};
    constexpr BaseException() = default;
    explicit BaseException(Ref<Tuple> a) : args(std::move(a)) {}
    static constexpr auto fields =
        std::tuple{&BaseException::args, &BaseException::traceback, &BaseException::context, &BaseException::cause};
    static Type& type() { return exc::BaseException; }
};

// `fields` of a struct derived from BaseException.
template <class... F> consteval auto exception_fields(F... more) {
    return std::tuple_cat(BaseException::fields, std::tuple{more...});
}

// SystemExit.code, StopIteration.value, NameError.name: one more attribute.
struct SystemExit : BaseException {
    Member<> code;
    using BaseException::BaseException;
    static constexpr auto fields = exception_fields(&SystemExit::code);
    static Type& type() { return exc::SystemExit; }
};

struct StopIteration : BaseException {
    Member<> value;
    using BaseException::BaseException;
    static constexpr auto fields = exception_fields(&StopIteration::value);
    static Type& type() { return exc::StopIteration; }
};

struct NameError : BaseException {
    Member<> name;
    using BaseException::BaseException;
    static constexpr auto fields = exception_fields(&NameError::name);
    static Type& type() { return exc::NameError; }
};

struct AttributeError : BaseException {
    Member<> obj, name;
    using BaseException::BaseException;
    static constexpr auto fields = exception_fields(&AttributeError::obj, &AttributeError::name);
    static Type& type() { return exc::AttributeError; }
};

struct ImportError : BaseException {
    Member<> msg, name, path, name_from;
    using BaseException::BaseException;
    static constexpr auto fields =
        exception_fields(&ImportError::msg, &ImportError::name, &ImportError::path, &ImportError::name_from);
    static Type& type() { return exc::ImportError; }
};

struct OSError : BaseException {
    static constexpr std::int64_t kNotSet = INT64_MIN;
    Member<> error, strerror, filename, filename2;   // `error`: errno, which is a macro
    std::atomic<std::int64_t> characters_written{kNotSet};
    using BaseException::BaseException;
    static constexpr auto fields =
        exception_fields(&OSError::error, &OSError::strerror, &OSError::filename, &OSError::filename2);
    static Type& type() { return exc::OSError; }
};

struct SyntaxError : BaseException {
    Member<> msg, filename, lineno, offset, text, end_lineno, end_offset, print_file_and_line, metadata;
    using BaseException::BaseException;
    static constexpr auto fields = exception_fields(
        &SyntaxError::msg, &SyntaxError::filename, &SyntaxError::lineno, &SyntaxError::offset, &SyntaxError::text,
        &SyntaxError::end_lineno, &SyntaxError::end_offset, &SyntaxError::print_file_and_line, &SyntaxError::metadata);
    static Type& type() { return exc::SyntaxError; }
};

// UnicodeEncodeError, UnicodeDecodeError and UnicodeTranslateError (which leaves `encoding` null).
struct UnicodeErrorFields : BaseException {
    Member<> encoding, object, reason;
    std::atomic<std::int64_t> start{0}, end{0};
    using BaseException::BaseException;
    static constexpr auto fields =
        exception_fields(&UnicodeErrorFields::encoding, &UnicodeErrorFields::object, &UnicodeErrorFields::reason);
    static Type& type() { return exc::UnicodeError; }
};

// BaseExceptionGroup and ExceptionGroup.
struct ExceptionGroup : BaseException {
    Fixed<Str> message;
    Fixed<Tuple> exceptions;
    Fixed<> exceptions_text;             // repr of the sequence it was made from, unless that was a list or tuple
    explicit ExceptionGroup(Ref<Tuple> a, Ref<Str> m, Ref<Tuple> e, Maybe<> text)
        : BaseException(std::move(a)), message(std::move(m)), exceptions(std::move(e)), exceptions_text(std::move(text)) {}
    static constexpr auto fields =
        exception_fields(&ExceptionGroup::message, &ExceptionGroup::exceptions, &ExceptionGroup::exceptions_text);
    static Type& type() { return exc::BaseExceptionGroup; }
};

inline bool is_exception(Value v) { return v.is_pointer() && type_of(v).has(type_flag::exception); }
inline bool is_exception(Borrowed<> v) { return is_exception(v.value()); }
// Whether the value is a class derived from BaseException.
bool is_exception_class(Value v);
// Requires is_exception(v).
inline BaseException& exception_of(Value v) { return *static_cast<BaseException*>(v.pointer()); }

// type(*args) for a builtin exception type or a class derived from one that doesn't override __new__ or __init__ (if it
// does, they are not called). For what such a constructor parses out of `args` by running Python (SyntaxError's details,
// exception groups), call the type instead.
Result<Ref<BaseException>> make_exception(Thread& t, Type& type, Ref<Tuple> args);
// make_exception with one argument, a str.
Result<Ref<BaseException>> make_exception(Thread& t, Type& type, std::string_view message);
// The subclass of OSError that stands for an errno, or OSError itself.
Type& os_error_type(std::int64_t error);
// The text that goes with an errno.
Result<Ref<Str>> error_text(Thread& t, int error);

// Fills the fields of OSError and its kin from `args`; a null filename is none. Shared by the constructor and
// make_exception.
void fill_os_error(Thread& t, OSError& self, std::span<Value const> args);

// The exception that the thread is handling now (the innermost of its chain), as sys.exception() sees it.
Maybe<> current_handled(Thread& t);
// __context__ of `exception` becomes `handled`, and what would become a cycle is cut. Takes locks: no section is held.
void set_context(Thread& t, BaseException& exception, Borrowed<> handled);
// Its `__cause__`; suppresses the context. Null takes it away.
void set_cause(Thread& t, BaseException& exception, Maybe<> cause);
bool is_shared_memory_error(Value v);

// The raise statement. `what`: an exception or a class; `cause`: of `raise ... from`, null if there is none.
Raised raise_statement(Python& py, Borrowed<> what, Optional<> cause);
// A bare raise: puts the handled exception on its way again.
Raised reraise_handled(Thread& t);
// An exception object from an exception or class, as the raise statement and throw() make it.
Result<Ref<BaseException>> exception_from(Python& py, Borrowed<> what);

// AttributeError and NameError as the runtime raises them, with what they are about.
Raised raise_attribute_error(Thread& t, Ref<Str> message, Borrowed<> object, Borrowed<Str> name);
Raised raise_name_error(Thread& t, Type& type, Ref<Str> message, Borrowed<Str> name);
// ImportError or ModuleNotFoundError; absent ones are None.
Raised raise_import_error(Thread& t, Type& type, Ref<Str> message, Optional<> name, Optional<> path = {}, Optional<> name_from = {});
// type() without arguments.
Raised raise_empty(Thread& t, Type& type);
// StopIteration(value), where value may be a tuple or an exception.
Raised raise_stop_iteration(Thread& t, Borrowed<> value);

// What write_unraisable reports to. `message` is null or replaces "Exception ignored in"; `object` may be null. Set by the
// runtime; without one, reports go to file descriptor 2.
using UnraisableReporter = void (*)(Python& py, Ref<> exception, Maybe<Str> message, Optional<> object);
void set_unraisable_reporter(UnraisableReporter reporter);

}  // namespace oro
