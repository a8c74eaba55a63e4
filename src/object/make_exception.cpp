// Exceptions of the builtin types from their arguments, without running Python; errno and what goes with it; the C stack's
// end; exceptions that cannot be raised.
#include <pthread.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "object/call.h"
#include "object/exception.h"
#include "object/int.h"
#include "object/str.h"
#include "object/unicode_error.h"

namespace oro {

namespace {

template <class T> Result<Ref<BaseException>> make_as(Thread& t, Type& type, Ref<Tuple> args) {
    return TRY(make<T>(t, type, std::move(args)));
}

Ref<> item(std::span<Value const> args, std::size_t i) { return share(args[i]); }

// The plain number of an int that fits; false for anything else.
bool small_int(Value v, std::int64_t* out) {
    if (!is_any_int(v)) return false;
    Value n = v.is_bool() ? Value::of_int(v == kTrue) : int_number(v);
    if (!n.is_int()) return false;
    *out = n.as_int();
    return true;
}

Result<Ref<BaseException>> make_unicode(Thread& t, Type& type, Ref<Tuple> args) {
    std::span<Value const> items = args->items();
    bool translate = is_subtype(type, exc::UnicodeTranslateError);
    std::size_t first = translate ? 0 : 1;
    Ref<UnicodeErrorFields> e = TRY(make<UnicodeErrorFields>(t, type, args.share()));
    if (items.size() == first + 4) {
        std::int64_t start = 0, end = 0;
        (void)small_int(items[first + 1], &start);
        (void)small_int(items[first + 2], &end);
        if (!translate) e->encoding.set(item(items, 0));
        e->object.set(item(items, first));
        e->start.store(start, std::memory_order_relaxed);
        e->end.store(end, std::memory_order_relaxed);
        e->reason.set(item(items, first + 3));
    }
    return e;
}

}  // namespace

Result<Ref<BaseException>> make_exception(Thread& t, Type& type, Ref<Tuple> args) {
    std::span<Value const> items = args->items();
    // The layout is that of the nearest native base.
    Type* native = &type;
    while (!native->def) native = native->base;
    // (One field more fits into what alignment leaves free behind BaseException.)
    bool one_field = native == &exc::StopIteration || native == &exc::SystemExit || native == &exc::NameError || native == &exc::UnboundLocalError;
    if (native->def->size <= sizeof(BaseException) && !one_field) return make_as<BaseException>(t, type, std::move(args));
    if (is_subtype(*native, exc::StopIteration)) {
        Ref<StopIteration> e = TRY(make<StopIteration>(t, type, args.share()));
        if (!items.empty()) e->value.set(item(items, 0));
        return e;
    }
    if (is_subtype(*native, exc::AttributeError)) return make_as<AttributeError>(t, type, std::move(args));
    if (is_subtype(*native, exc::NameError)) return make_as<NameError>(t, type, std::move(args));
    if (is_subtype(*native, exc::OSError)) {
        Type* actual = &type;
        std::int64_t error = 0;
        if (actual == &exc::OSError && items.size() >= 2 && items.size() <= 5 && small_int(items[0], &error)) {
            actual = &os_error_type(error);
        }
        Ref<OSError> e = TRY(make<OSError>(t, *actual, args.share()));
        fill_os_error(t, *e, items);
        return e;
    }
    if (is_subtype(*native, exc::ImportError)) {
        Ref<ImportError> e = TRY(make<ImportError>(t, type, args.share()));
        if (items.size() == 1) e->msg.set(item(items, 0));
        return e;
    }
    if (is_subtype(*native, exc::SyntaxError)) {
        Ref<SyntaxError> e = TRY(make<SyntaxError>(t, type, args.share()));
        if (!items.empty()) e->msg.set(item(items, 0));
        return e;
    }
    if (is_subtype(*native, exc::SystemExit)) {
        Ref<SystemExit> e = TRY(make<SystemExit>(t, type, args.share()));
        if (items.size() == 1) e->code.set(item(items, 0));
        else if (items.size() > 1) e->code.set(args.share());
        return e;
    }
    if (is_subtype(*native, exc::UnicodeError)) return make_unicode(t, type, std::move(args));
    return raise(t, exc::SystemError, "an exception group cannot be raised from a message");
}

Result<Ref<BaseException>> make_exception(Thread& t, Type& type, std::string_view message) {
    Ref<Str> text = TRY(make_str(t, message));
    return make_exception(t, type, TRY(make_tuple_of(t, std::move(text))));
}

// ---- OSError

Type& os_error_type(std::int64_t error) {
    switch (error) {
        case EPERM:
        case EACCES: return exc::PermissionError;
        case ENOENT: return exc::FileNotFoundError;
        case ESRCH: return exc::ProcessLookupError;
        case EINTR: return exc::InterruptedError;
        case ECHILD: return exc::ChildProcessError;
        case EAGAIN:
        case EALREADY:
        case EINPROGRESS: return exc::BlockingIOError;
        case EEXIST: return exc::FileExistsError;
        case ENOTDIR: return exc::NotADirectoryError;
        case EISDIR: return exc::IsADirectoryError;
        case EPIPE:
        case ESHUTDOWN: return exc::BrokenPipeError;
        case ECONNABORTED: return exc::ConnectionAbortedError;
        case ECONNRESET: return exc::ConnectionResetError;
        case ECONNREFUSED: return exc::ConnectionRefusedError;
        case ETIMEDOUT: return exc::TimeoutError;
        default: return exc::OSError;
    }
}

void fill_os_error(Thread& t, OSError& self, std::span<Value const> args) {
    if (args.size() < 2 || args.size() > 5) return;
    self.error.set(item(args, 0));
    self.strerror.set(item(args, 1));
    if (args.size() < 3 || args[2] == kNone) return;
    std::int64_t written;
    if (&type_of(&self) == &exc::BlockingIOError && small_int(args[2], &written)) {
        // The third argument is then no file name, and stays one of `args`.
        self.characters_written.store(written, std::memory_order_relaxed);
        return;
    }
    self.filename.set(item(args, 2));
    // args[3] is the error number of another system.
    if (args.size() == 5 && args[4] != kNone) self.filename2.set(item(args, 4));
    Result<Ref<Tuple>> two = oro::make_tuple(t, args.first(2));
    if (two.raised()) clear_raised(t);  // then `args` keeps them all
    else self.args.set(std::move(two).take());
}

Result<Ref<Str>> error_text(Thread& t, int error) {
    char buffer[256];
    char const* text = strerror_r(error, buffer, sizeof buffer);  // the GNU form
    return make_str(t, std::string_view(text));
}

Raised raise_errno(Python& py, int error, Optional<> filename, Optional<> filename2) {
    // Interrupted by a signal: its handler may raise instead.
    if (error == EINTR) CHECK(poll(py));
    Ref<Str> text = TRY(error == 0 ? make_str(py, std::string_view("Error")) : error_text(py, error));
    Value words[5] = {Value::of_int(error), text.value(), filename.value_or(none).value(), Value::of_int(0),
                      filename2.value_or(none).value()};
    std::size_t n = filename2 ? 5 : filename ? 3 : 2;
    Ref<Tuple> args = TRY(oro::make_tuple(py, std::span<Value const>(words, n)));
    Ref<BaseException> e = TRY(make_exception(py, exc::OSError, std::move(args)));
    return raise_object(py, std::move(e));
}

// ---- Unicode errors

namespace {

Raised raise_unicode(Thread& t, Type& type, std::string_view encoding, Borrowed<> object, std::size_t start, std::size_t end,
                     std::string_view reason) {
    Ref<Str> name = TRY(make_str(t, encoding));
    Ref<Str> why = TRY(make_str(t, reason));
    Value words[] = {name.value(), object.value(), Value::of_int(std::int64_t(start)), Value::of_int(std::int64_t(end)), why.value()};
    std::span<Value const> all(words);
    Ref<Tuple> args = TRY(oro::make_tuple(t, &type == &exc::UnicodeTranslateError ? all.subspan(1) : all));
    Ref<BaseException> e = TRY(make_exception(t, type, std::move(args)));
    if (Maybe<> handled = current_handled(t)) e->context.set(std::move(handled));
    restore_raised(t, std::move(e));
    return {};
}

}  // namespace

Raised raise_encode_error(Thread& t, std::string_view encoding, Borrowed<Str> object, std::size_t start, std::size_t end,
                          std::string_view reason) {
    return raise_unicode(t, exc::UnicodeEncodeError, encoding, object, start, end, reason);
}

Raised raise_decode_error(Thread& t, std::string_view encoding, Borrowed<Bytes> object, std::size_t start, std::size_t end,
                          std::string_view reason) {
    return raise_unicode(t, exc::UnicodeDecodeError, encoding, object, start, end, reason);
}

// ---- the end of the C stack

Raised raise_stack_overflow(Thread& t, char const* where) {
    // The message names the stack used, as CPython's does.
    std::size_t used = 0;
    pthread_attr_t attributes;
    if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
        void* low = nullptr;
        std::size_t size = 0;
        if (pthread_attr_getstack(&attributes, &low, &size) == 0) {
            used = std::size_t(static_cast<char*>(low) + size - static_cast<char*>(__builtin_frame_address(0))) / 1024;
        }
        pthread_attr_destroy(&attributes);
    }
    return raise(t, exc::RecursionError, "Stack overflow (used {} kB){}", used, where);
}

}  // namespace oro
