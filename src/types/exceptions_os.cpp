// OSError and its subclasses: the errno chooses the class when an OSError is made.
#include <cerrno>

#include "types/exceptions.h"

namespace oro::exceptions {
namespace {

// A subclass that overrides __init__ but not __new__ gets its fields from __init__: __new__ then takes any arguments.
bool fields_by_init(Thread& t, Type& type) {
    if (&type == &exc::OSError || type.def) return false;
    auto overridden = [&](Borrowed<Str> name) {
        return type_lookup(t, type, name).value() != type_lookup(t, exc::OSError, name).value();
    };
    return overridden(name::dunder_init()) && !overridden(name::dunder_new());
}

// Fills the fields as fill_os_error does; a BlockingIOError's third argument may be anything with __index__.
Result<void> fill(Python& py, OSError& self, std::span<Value const> args) {
    if (&type_of(&self) == &exc::BlockingIOError && args.size() >= 3 && args.size() <= 5 && args[2] != kNone &&
        !is_any_int(args[2]) && (is_any_float(args[2]) || TRY(find_special(py, Borrowed<>(args[2]), name::dunder_index())))) {
        std::int64_t written = TRY(to_int64(py, Borrowed<>(args[2]), &exc::ValueError));
        fill_os_error(py, self, args.first(2));
        self.characters_written.store(written, std::memory_order_relaxed);
        return {};
    }
    fill_os_error(py, self, args);
    return {};
}

Result<Ref<>> make_os_error(Python& py, Type& type, std::span<Value const> args, Tuple* names) {
    if (fields_by_init(py, type)) return Ref<>(TRY(make<OSError>(py, type, empty_tuple())));
    if (names && names->size) {
        Maybe<Str> name = type.name.load(&type);
        return raise(py, exc::TypeError, "{}() takes no keyword arguments", *name);
    }
    Type* actual = &type;
    if (&type == &exc::OSError && args.size() >= 2 && args.size() <= 5 && is_any_int(args[0])) {
        Value number = args[0].is_bool() ? Value::of_int(args[0] == kTrue) : int_number(args[0]);
        if (number.is_int()) actual = &os_error_type(number.as_int());
    }
    Ref<OSError> e = TRY(make<OSError>(py, *actual, TRY(oro::make_tuple(py, args))));
    CHECK(fill(py, *e, args));
    return Ref<>(std::move(e));
}

Value os_new(Python& py, Type& type, Value const* args, std::size_t n, Tuple* names) {
    return make_os_error(py, type, {args, n}, names).release();
}

Value os_init(Python& py, Value self, Value const* args, std::size_t n, Tuple* names) {
    auto& e = static_cast<OSError&>(exception_of(self));
    if (!fields_by_init(py, type_of(&e))) return kNone;
    if (no_keywords(py, e, names).raised()) return {};
    if (set_args(py, e, args, n).raised()) return {};
    // Filled aside and handed over: another thread may look at `e` by now.
    auto r = [&]() -> Result<void> {
        Ref<OSError> filled = TRY(make<OSError>(py, exc::OSError, args_of(e)));
        CHECK(fill(py, *filled, {args, n}));
        for (auto f : {&OSError::error, &OSError::strerror, &OSError::filename, &OSError::filename2}) {
            (e.*f).store(&e, (*filled.*f).load(filled.get()));
        }
        e.args.store(&e, filled->args.load(filled.get()));
        return {};
    };
    return done(r());
}

Result<Ref<Str>> os_str(Python& py, Borrowed<OSError> self) {
    auto text = [&](Maybe<> v) { return str(py, v ? *v : none); };
    Maybe<> error = self->error.load(self.get()), why = self->strerror.load(self.get());
    Maybe<> filename = self->filename.load(self.get()), filename2 = self->filename2.load(self.get());
    if (!filename && !(error && why)) return plain_text(py, *self);
    StrBuilder out(py);
    out.add("[Errno ");
    out.add(*TRY(text(std::move(error))));
    out.add("] ");
    out.add(*TRY(text(std::move(why))));
    if (filename) {
        out.add(": ");
        out.add(*TRY(repr(py, *filename)));
        if (filename2) {
            out.add(" -> ");
            out.add(*TRY(repr(py, *filename2)));
        }
    }
    return out.finish();
}

Result<Ref<>> os_reduce(Python& py, Borrowed<OSError> self) {
    Ref<Tuple> args = args_of(*self);
    Maybe<> filename = self->filename.load(self.get()), filename2 = self->filename2.load(self.get());
    if (args->size == 2 && filename) {
        Value words[] = {args->slots[0], args->slots[1], filename.value(), kNone, filename2.value()};
        args = TRY(oro::make_tuple(py, std::span<Value const>(words, filename2 ? 5 : 3)));
    }
    return reduce_with(py, *self, std::move(args), TRY(attributes_of(py, *self)));
}

Value get_written(Python& py, Value self) {
    std::int64_t n = static_cast<OSError&>(exception_of(self)).characters_written.load();
    if (n != OSError::kNotSet) return make_int(py, n).release();
    (void)raise(py, exc::AttributeError, "characters_written");
    return {};
}
Value set_written(Python& py, Value self, Value value) {
    auto& e = static_cast<OSError&>(exception_of(self));
    if (value.is_null()) {
        if (e.characters_written.exchange(OSError::kNotSet) != OSError::kNotSet) return kNone;
        (void)raise(py, exc::AttributeError, "characters_written");
        return {};
    }
    Result<std::int64_t> n = to_int64(py, Borrowed<>(value), &exc::ValueError);
    if (n.raised()) return {};
    e.characters_written.store(std::move(n).take());
    return kNone;
}

constexpr MethodDef methods[] = {def<os_reduce>("__reduce__", "", "")};
constexpr SlotDef slots[] = {slot<Dunder::str, os_str>};
constexpr GetSetDef getsets[] = {
    field<OSError, &OSError::error>("errno", "The number of the error."),
    field<OSError, &OSError::strerror>("strerror", "The error in words."),
    field<OSError, &OSError::filename>("filename", "The file it is about."),
    field<OSError, &OSError::filename2>("filename2", "The second file it is about."),
    {"characters_written", get_written, set_written, "How much was written before the operation would have blocked."},
};

}  // namespace
}  // namespace oro::exceptions

ORO_EXCEPTION(OSError, Exception, OSError, "A function of the operating system failed.", .new_ = exceptions::os_new,
              .init = exceptions::os_init, .methods = exceptions::methods, .slots = exceptions::slots,
              .getsets = exceptions::getsets)

#define OS_ERROR(Name, Base, doc) ORO_EXCEPTION(Name, Base, OSError, doc)
OS_ERROR(BlockingIOError, OSError, "The operation would block.")
OS_ERROR(ChildProcessError, OSError, "An operation on a child process failed.")
OS_ERROR(ConnectionError, OSError, "Base of errors of connections.")
OS_ERROR(BrokenPipeError, ConnectionError, "The other end of a pipe or connection is closed.")
OS_ERROR(ConnectionAbortedError, ConnectionError, "The connection was aborted.")
OS_ERROR(ConnectionRefusedError, ConnectionError, "The connection was refused.")
OS_ERROR(ConnectionResetError, ConnectionError, "The connection was reset.")
OS_ERROR(FileExistsError, OSError, "The file exists already.")
OS_ERROR(FileNotFoundError, OSError, "There is no such file.")
OS_ERROR(InterruptedError, OSError, "A signal interrupted the operation.")
OS_ERROR(IsADirectoryError, OSError, "The operation doesn't work on directories.")
OS_ERROR(NotADirectoryError, OSError, "The operation works on directories only.")
OS_ERROR(PermissionError, OSError, "Not enough rights.")
OS_ERROR(ProcessLookupError, OSError, "There is no such process.")
OS_ERROR(TimeoutError, OSError, "Time ran out.")
