// Raising exceptions from native code. Messages are formatted with {} for each argument.
#pragma once
#include <initializer_list>
#include <string_view>

#include "object/thread.h"

namespace oro {

struct Type;
struct Str;

// The builtin exception types: exc::TypeError is the type object's address.
#define ORO_EXCEPTIONS(X)                                                                                          \
    X(BaseException) X(Exception) X(BaseExceptionGroup) X(ExceptionGroup) X(SystemExit) X(KeyboardInterrupt)       \
    X(GeneratorExit) X(StopIteration) X(StopAsyncIteration) X(ArithmeticError) X(FloatingPointError)               \
    X(OverflowError) X(ZeroDivisionError) X(AssertionError) X(AttributeError) X(BufferError) X(EOFError)           \
    X(ImportError) X(ModuleNotFoundError) X(LookupError) X(IndexError) X(KeyError) X(MemoryError) X(NameError)     \
    X(UnboundLocalError) X(OSError) X(BlockingIOError) X(ChildProcessError) X(ConnectionError) X(BrokenPipeError)  \
    X(ConnectionAbortedError) X(ConnectionRefusedError) X(ConnectionResetError) X(FileExistsError)                 \
    X(FileNotFoundError) X(InterruptedError) X(IsADirectoryError) X(NotADirectoryError) X(PermissionError)         \
    X(ProcessLookupError) X(TimeoutError) X(ReferenceError) X(RuntimeError) X(NotImplementedError)                 \
    X(RecursionError) X(PythonFinalizationError) X(SyntaxError) X(IndentationError) X(TabError)                    \
    X(_IncompleteInputError) X(SystemError) X(TypeError) X(ValueError) X(UnicodeError) X(UnicodeDecodeError)       \
    X(UnicodeEncodeError) X(UnicodeTranslateError) X(Warning) X(BytesWarning) X(DeprecationWarning)                \
    X(EncodingWarning) X(FutureWarning) X(ImportWarning) X(PendingDeprecationWarning) X(ResourceWarning)           \
    X(RuntimeWarning) X(SyntaxWarning) X(UnicodeWarning) X(UserWarning)
namespace exc {
#define X(name) extern Type name;
ORO_EXCEPTIONS(X)
#undef X
}  // namespace exc

// One piece of a message: text, a number, or str(value) for a str object; `type name` by TypeName.
struct TypeName { Value of; };
struct MessageArg {
    enum class Kind : std::uint8_t { text, integer, object, type_name } kind;
    std::string_view text;
    std::int64_t integer = 0;
    Value object;
    MessageArg(char const* s) : kind(Kind::text), text(s) {}
    MessageArg(std::string_view s) : kind(Kind::text), text(s) {}
    template <class I> requires std::is_integral_v<I> MessageArg(I i) : kind(Kind::integer), integer(std::int64_t(i)) {}
    MessageArg(TypeName n) : kind(Kind::type_name), object(n.of) {}
    template <class T> MessageArg(Borrowed<T> o) : kind(Kind::object), object(o.value()) {}       // a str
    template <class T> MessageArg(Ref<T> const& o) : kind(Kind::object), object(o.value()) {}
};

// The formatted text as a str; fails only without memory.
Result<Ref<Str>> format_message(Thread& t, std::string_view format, std::initializer_list<MessageArg> args);

// Raises `type(message)`: instances of the builtin exception types are made without running Python.
Raised raise_message(Thread& t, Type& type, std::string_view format, std::initializer_list<MessageArg> args);
template <class... A> [[gnu::cold, gnu::noinline]] Raised raise(Thread& t, Type& type, std::string_view format, A const&... args) {
    return raise_message(t, type, format, {MessageArg(args)...});
}
// Raises type(value): KeyError(key), StopIteration(value), ...
Raised raise_value(Thread& t, Type& type, Borrowed<> value);
// Raises an exception object, setting its context from the one being handled, as `raise` does.
Raised raise_object(Thread& t, Ref<> exception);
Raised raise_no_memory(Thread& t);
// From errno: OSError or its subclass; file names may be missing.
Raised raise_errno(Python& py, int error, Optional<> filename = {}, Optional<> filename2 = {});

// Completes the AttributeError (or NameError) on its way with `name` and `obj`, which tracebacks use for suggestions.
void set_attribute_error_context(Thread& t, Borrowed<> object, Borrowed<Str> name);
void set_name_error_context(Thread& t, Borrowed<Str> name);

// The exception on its way: taken off the thread; put back.
Maybe<> take_raised(Thread& t);
void restore_raised(Thread& t, Ref<> exception);
inline bool has_raised(Thread const& t) { return !t.raised.is_null(); }
// Whether the exception on its way is an instance of `type`; if so, clear_raised drops it.
bool raised_is(Thread& t, Type const& type);
void clear_raised(Thread& t);
// Reports an exception that cannot be raised (in __del__, callbacks): sys.unraisablehook. Clears it.
void write_unraisable(Python& py, std::string_view what, Optional<> object = {});

}  // namespace oro
