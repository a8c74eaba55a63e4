// FileIO: a file descriptor as a raw file.
//
// Threads: every field is an atomic. System calls that may block run detached; those that a signal interrupts are repeated
// after its handlers have run.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "modules/_io/io.h"
#include "modules/_io/paths.h"
#include "object/byte_builder.h"
#include "object/detached.h"
#include "object/exception.h"
#include "object/instance.h"
#include "object/warn.h"
#include "runtime/sys_info.h"
#include "runtime/warn.h"

namespace oro::io {

namespace {

using Self = Borrowed<FileIO>;

// Calls f detached until it isn't interrupted; -1 with `error` set if it failed otherwise.
template <class F> Result<std::int64_t> system_call(Python& py, int& error, F&& f) {
    for (;;) {
        std::int64_t r;
        {
            Detached detached(py);
            r = f();
            error = r < 0 ? errno : 0;
        }
        if (error != EINTR) return r;
        CHECK(poll(py));
    }
}

Raised raise_closed_file(Thread& t) { return raise_closed(t, "I/O operation on closed file"); }

Result<int> open_fd(Thread& t, Self self) {
    int fd = self->fd.load();
    if (fd < 0) return raise_closed_file(t);
    return fd;
}
Result<int> fd_for_reading(Thread& t, Self self) {
    int fd = TRY(open_fd(t, self));
    if (!self->readable.load()) return unsupported(t, "File not open for {}", "reading");
    return fd;
}
Result<int> fd_for_writing(Thread& t, Self self) {
    int fd = TRY(open_fd(t, self));
    if (!self->writable.load()) return unsupported(t, "File not open for {}", "writing");
    return fd;
}

Result<void> close_descriptor(Python& py, Self self) {
    int fd = self->fd.exchange(-1);
    if (fd < 0) return {};
    int error = 0;
    {
        Detached detached(py);
        if (::close(fd) < 0) error = errno;
    }
    // The descriptor is gone after EINTR too.
    if (error && error != EINTR) return raise_errno(py, error);
    return {};
}

// ---- opening

struct Mode {
    int flags = O_CLOEXEC;
    bool created = false, readable = false, writable = false, appending = false;
};

Result<Mode> parse_mode(Thread& t, std::string_view text) {
    constexpr std::string_view kRule = "Must have exactly one of create/read/write/append mode and at most one plus";
    Mode m;
    bool kind = false, plus = false;
    for (char c : text) {
        switch (c) {
            case 'x': case 'r': case 'w': case 'a':
                if (kind) return raise(t, exc::ValueError, "{}", kRule);
                kind = true;
                (c == 'r' ? m.readable : m.writable) = true;
                if (c == 'x') m.created = true, m.flags |= O_EXCL | O_CREAT;
                if (c == 'w') m.flags |= O_CREAT | O_TRUNC;
                if (c == 'a') m.appending = true, m.flags |= O_APPEND | O_CREAT;
                break;
            case 'b': break;
            case '+':
                if (plus) return raise(t, exc::ValueError, "{}", kRule);
                plus = true;
                m.readable = m.writable = true;
                break;
            default: return raise(t, exc::ValueError, "invalid mode: {}", text);
        }
    }
    if (!kind) return raise(t, exc::ValueError, "{}", kRule);
    m.flags |= m.readable && m.writable ? O_RDWR : m.readable ? O_RDONLY : O_WRONLY;
    return m;
}

Result<int> open_by_name(Python& py, Borrowed<> name, Borrowed<Bytes> path, Mode const& mode, Borrowed<> opener) {
    if (opener.is(kNone)) {
        int error;
        std::int64_t fd = TRY(system_call(py, error, [&] { return ::open(path->data, mode.flags, 0666); }));
        if (fd < 0) return raise_errno(py, error, name);
        return int(fd);
    }
    Ref<> given = TRY(call_with(py, opener, name, TRY(make_int(py, mode.flags))));
    if (!is_any_int(given.value())) return raise(py, exc::TypeError, "expected integer from opener");
    std::int64_t fd = TRY(to_int64(py, given, &exc::OverflowError));
    // An exception raised by the opener would have come through already.
    if (fd < 0) return raise(py, exc::ValueError, "opener returned {}", fd);
    int old = ::fcntl(int(fd), F_GETFD);
    if (old < 0 || ::fcntl(int(fd), F_SETFD, old | FD_CLOEXEC) < 0) return raise_errno(py, errno);
    return int(fd);
}

// What fstat tells; an error for a directory or a descriptor that isn't open.
Result<void> inspect(Python& py, Self self, int fd, Borrowed<> name) {
    struct stat status;
    int error;
    if (TRY(system_call(py, error, [&] { return ::fstat(fd, &status); })) < 0) {
        // Some files have no status to tell, but a wrong descriptor has to be known at once.
        if (error == EBADF) return raise_errno(py, error);
        return {};
    }
    if (S_ISDIR(status.st_mode)) return raise_errno(py, EISDIR, name);
    if (status.st_blksize > 1) self->block_size.store(std::int64_t(status.st_blksize));
    self->size_at_open.store(std::int64_t(status.st_size));
    return {};
}

Result<std::int64_t> seek_descriptor(Python& py, int fd, std::int64_t offset, int whence) {
    int error;
    std::int64_t at = TRY(system_call(py, error, [&] { return ::lseek(fd, offset, whence); }));
    if (at < 0) return raise_errno(py, error);
    return at;
}

Result<void> init(Python& py, Self self, Borrowed<> file, std::string_view mode_text, bool closefd, Borrowed<> opener) {
    // A second __init__ starts over.
    if (self->fd.load() >= 0) {
        if (self->close_fd.load()) CHECK(close_descriptor(py, self));
        else self->fd.store(-1);
    }
    std::int64_t fd = -1;
    if (file.value().is_bool()) CHECK(warn(py, exc::RuntimeWarning, "bool is used as a file descriptor"));
    Maybe<Bytes> path;
    if (is_any_int(file.value())) {
        fd = TRY(to_int64(py, file, &exc::OverflowError));
        if (fd < 0) return raise(py, exc::ValueError, "negative file descriptor");
        if (fd > INT_MAX) return raise(py, exc::OverflowError, "Python int too large to convert to C int");
    } else {
        path = TRY(path_octets(py, file));
    }
    Mode mode = TRY(parse_mode(py, mode_text));
    Ref<> shown_mode = TRY(make_str(py, mode_text));
    Ref<> shown_flags = TRY(make_int(py, mode.flags));
    Value details[] = {file.value(), shown_mode.value(), shown_flags.value()};
    CHECK(audit_event(py, TRY(make_interned(py, "open")), details));
    bool own = !path;
    if (path) {
        if (!closefd) return raise(py, exc::ValueError, "Cannot use closefd=False with file name");
        fd = TRY(open_by_name(py, file, *path, mode, opener));
    }
    self->created.store(mode.created);
    self->readable.store(mode.readable);
    self->writable.store(mode.writable);
    self->appending.store(mode.appending);
    self->seekable.store(-1);
    self->close_fd.store(closefd);
    self->block_size.store(kBufferSize);
    self->size_at_open.store(-1);
    self->fd.store(int(fd));
    auto finish = [&]() -> Result<void> {
        CHECK(inspect(py, self, int(fd), file));
        CHECK(set_attribute(py, self, name::name(), file));
        if (mode.appending) {
            int error;
            if (TRY(system_call(py, error, [&] { return ::lseek(int(fd), 0, SEEK_END); })) < 0 && error != ESPIPE) return raise_errno(py, error);
        }
        return {};
    };
    if (!finish().raised()) return {};
    // A descriptor that was given stays open.
    if (own) {
        self->fd.store(-1);
        return Raised{};
    }
    Maybe<> error = take_raised(py);
    (void)close_descriptor(py, self).raised();
    return chain(py, std::move(error));
}

Value new_file(Python& py, Type& type, Value const*, std::size_t, Tuple*) { return make<FileIO>(py, type).release(); }

Result<void> init_arguments(Python& py, Self self, Value const* args, std::size_t n, Tuple* keyword_names) {
    static constexpr char const* names[] = {"file", "mode", "closefd", "opener"};
    Value words[4];
    CHECK(parse_arguments(py, "FileIO", names, 0, 4, 1, args, n, keyword_names, words));
    std::string_view mode = "r";
    if (words[1]) {
        if (!is<Str>(words[1])) return raise(py, exc::TypeError, "FileIO() argument 'mode' must be str, not {}", TypeName{words[1]});
        mode = TRY(utf8_of(py, as<Str>(words[1])));
        if (mode.find('\0') != mode.npos) return raise(py, exc::ValueError, "embedded null character");
    }
    bool closefd = words[2] ? TRY(truth(py, Borrowed<>(words[2]))) : true;
    return init(py, self, Borrowed<>(words[0]), mode, closefd, words[3] ? Borrowed<>(words[3]) : none);
}
Value init_file(Python& py, Value self, Value const* args, std::size_t n, Tuple* keyword_names) {
    return init_arguments(py, as<FileIO>(self), args, n, keyword_names).raised() ? Value{} : kNone;
}

// ---- reading and writing

Result<std::int64_t> read_some(Python& py, int fd, char* to, std::size_t size) {
    int error;
    std::int64_t got = TRY(system_call(py, error, [&] { return ::read(fd, to, size < kMaxTransfer ? size : kMaxTransfer); }));
    if (got >= 0) return got;
    if (error == EAGAIN || error == EWOULDBLOCK) return kWouldBlock;
    return raise_errno(py, error);
}

// Room for the rest of the file as far as its size is known, then more and more.
Result<Ref<>> readall(Python& py, Self self) {
    int fd = TRY(fd_for_reading(py, self));
    std::size_t room = 8192;
    std::int64_t size = self->size_at_open.load(std::memory_order_relaxed);
    if (size > 0) {
        std::int64_t at = size > 65536 ? ::lseek(fd, 0, SEEK_CUR) : 0;
        if (at >= 0 && size >= at && size - at < std::int64_t(PTRDIFF_MAX / 4)) room = std::size_t(size - at) + 1;
    }
    ByteBuilder all(py);
    for (;;) {
        char* to = all.room(room);
        if (!to) return raise_no_memory(py);
        std::int64_t got = TRY(read_some(py, fd, to, room));
        if (got == kWouldBlock && all.size() == 0) return Ref<>::immediate(kNone);
        if (got <= 0) break;
        all.grown(std::size_t(got));
        room -= std::size_t(got);
        if (room == 0) room = all.size() < 65536 ? 65536 : all.size() < (std::size_t(1) << 26) ? all.size() : (std::size_t(1) << 26);
    }
    return all.finish();
}

Result<Ref<>> read(Python& py, Self self, Optional<> size_object) {
    (void)TRY(fd_for_reading(py, self));
    std::int64_t size = TRY(size_argument(py, size_object));
    if (size < 0) return call_method_with(py, self, name::readall());
    if (std::size_t(size) > kMaxTransfer) size = kMaxTransfer;
    int fd = TRY(fd_for_reading(py, self));
    Ref<Bytes> octets = TRY(make_bytes_uninitialized(py, std::size_t(size)));
    std::int64_t got = TRY(read_some(py, fd, octets->data, std::size_t(size)));
    if (got == kWouldBlock) return Ref<>::immediate(kNone);
    if (got == size) return octets;
    return make_bytes(py, octets->view().substr(0, std::size_t(got)));
}

Result<Ref<>> readinto(Python& py, Self self, Borrowed<> target) {
    int fd = TRY(fd_for_reading(py, self));
    Buffer buffer = TRY(get_target(py, "readinto", target));
    std::int64_t got = TRY(read_some(py, fd, buffer.data, buffer.size));
    if (got == kWouldBlock) return Ref<>::immediate(kNone);
    return make_int(py, got);
}

Result<std::int64_t> write_some(Python& py, int fd, std::string_view octets) {
    int error;
    std::size_t size = octets.size() < kMaxTransfer ? octets.size() : kMaxTransfer;
    std::int64_t put = TRY(system_call(py, error, [&] { return ::write(fd, octets.data(), size); }));
    if (put >= 0) return put;
    if (error == EAGAIN || error == EWOULDBLOCK) return kWouldBlock;
    return raise_errno(py, error);
}

Result<Ref<>> write(Python& py, Self self, BytesLike const& octets) {
    int fd = TRY(fd_for_writing(py, self));
    std::int64_t put = TRY(write_some(py, fd, octets.view()));
    if (put == kWouldBlock) return Ref<>::immediate(kNone);
    return make_int(py, put);
}

// ---- positions

Result<std::int64_t> seek(Python& py, Self self, Borrowed<> position, int whence) {
    int fd = TRY(open_fd(py, self));
    std::int64_t to = TRY(position_argument(py, position));
    std::int64_t at = TRY(seek_descriptor(py, fd, to, whence));
    self->seekable.store(1);
    return at;
}
Result<std::int64_t> tell(Python& py, Self self) { return seek_descriptor(py, TRY(open_fd(py, self)), 0, SEEK_CUR); }

Result<Ref<>> truncate(Python& py, Self self, Optional<> size) {
    int fd = TRY(fd_for_writing(py, self));
    Ref<> wanted = size && size.value() != kNone ? (*size).share() : TRY(make_int(py, TRY(seek_descriptor(py, fd, 0, SEEK_CUR))));
    std::int64_t length = TRY(position_argument(py, wanted));
    int error;
    if (TRY(system_call(py, error, [&] { return ::ftruncate(fd, length); })) < 0) return raise_errno(py, error);
    self->size_at_open.store(-1);
    return wanted;
}

Result<bool> seekable(Python& py, Self self) {
    int fd = TRY(open_fd(py, self));
    std::int8_t known = self->seekable.load();
    if (known < 0) {
        int error;
        known = TRY(system_call(py, error, [&] { return ::lseek(fd, 0, SEEK_CUR); })) >= 0;
        self->seekable.store(known);
    }
    return known == 1;
}
Result<bool> readable(Python& py, Self self) {
    (void)TRY(open_fd(py, self));
    return self->readable.load();
}
Result<bool> writable(Python& py, Self self) {
    (void)TRY(open_fd(py, self));
    return self->writable.load();
}
Result<std::int64_t> fileno(Python& py, Self self) { return std::int64_t(TRY(open_fd(py, self))); }
Result<bool> isatty(Python& py, Self self) {
    int fd = TRY(open_fd(py, self));
    Detached detached(py);
    return ::isatty(fd) != 0;
}
// For open(): whether a file that was just opened is a terminal; those with a size aren't.
Result<bool> isatty_open_only(Python& py, Self self) {
    if (self->size_at_open.load() > 0) return false;
    return isatty(py, self);
}

// ---- closing

// A warning that a filter turned into an exception has nobody to go to.
Result<void> dealloc_warn(Python& py, Self self, Borrowed<> source) {
    if (self->fd.load() < 0 || !self->close_fd.load()) return {};
    Maybe<> earlier = take_raised(py);
    auto warned = [&]() -> Result<void> {
        Ref<Str> shown = TRY(repr(py, source));
        Ref<Str> text = TRY(format_message(py, "unclosed file {}", {MessageArg(shown)}));
        return warn_here(py, text, Borrowed<>(Value::of(&exc::ResourceWarning)), 1, source);
    }();
    if (warned.raised()) {
        if (raised_is(py, exc::Warning)) write_unraisable(py, "Exception ignored while finalizing file ", Optional<>(self));
        else clear_raised(py);
    }
    if (earlier) restore_raised(py, std::move(earlier).take());
    return {};
}

Result<void> close(Python& py, Self self) {
    // The base class flushes and marks the file as closed.
    Maybe<> error;
    if (base_close(py, self).raised()) error = take_raised(py);
    if (!self->close_fd.load()) {
        self->fd.store(-1);
        return error ? Result<void>(chain(py, std::move(error))) : Result<void>();
    }
    if (self->finalizing.load()) CHECK(dealloc_warn(py, self, self));
    bool failed = close_descriptor(py, self).raised();
    if (failed || error) return chain(py, std::move(error));
    return {};
}

// ---- attributes

char const* mode_text(FileIO const& f) {
    bool r = f.readable.load();
    if (f.created.load()) return r ? "xb+" : "xb";
    if (f.appending.load()) return r ? "ab+" : "ab";
    if (r) return f.writable.load() ? "rb+" : "rb";
    return "wb";
}

Result<Ref<>> slot_repr(Python& py, Self self) {
    std::string type = shown_type(py, self);
    int fd = self->fd.load();
    if (fd < 0) return TRY(format_message(py, "<{} [closed]>", {std::string_view(type)}));
    char const* closefd = self->close_fd.load() ? "True" : "False";
    Maybe<> name = TRY(find_attribute(py, self, name::name()));
    if (!name) return TRY(format_message(py, "<{} fd={} mode='{}' closefd={}>", {std::string_view(type), fd, mode_text(*self), closefd}));
    if (!TRY(repr_enter(py, self))) return raise(py, exc::RuntimeError, "reentrant call inside {}.__repr__", std::string_view(type));
    auto shown = repr(py, *name);
    repr_leave(py, self);
    Ref<Str> text = TRY(std::move(shown));
    return TRY(format_message(py, "<{} name={} mode='{}' closefd={}>", {std::string_view(type), text, mode_text(*self), closefd}));
}

FileIO& file(Value v) { return *static_cast<FileIO*>(v.pointer()); }
Value get_closed(Python&, Value self) { return Value::of_bool(file(self).fd.load() < 0); }
Value get_closefd(Python&, Value self) { return Value::of_bool(file(self).close_fd.load()); }
Value get_mode(Python& py, Value self) { return Result<Ref<>>(make_str(py, std::string_view(mode_text(file(self))))).release(); }
Value get_block_size(Python& py, Value self) { return make_int(py, file(self).block_size.load()).release(); }
Value get_finalizing(Python&, Value self) { return Value::of_bool(file(self).finalizing.load()); }
Value set_finalizing(Python& py, Value self, Value value) {
    return set_flag(py, file(self).finalizing, value).raised() ? Value{} : kNone;
}
Result<void> getstate(Python& py, Self self) { return refuse_pickling(py, self); }

constexpr MethodDef methods[] = {
    def<read>("read", "size=-1, /", "Up to `size` octets by one system call; None if there are none yet."),
    def<readall>("readall", "", "Everything up to the end; None if there is nothing yet."),
    def<readinto>("readinto", "buffer, /", "Read octets into a buffer by one system call."),
    def<write>("write", "b, /", "Write octets by one system call; how many were taken, or None."),
    def<seek>("seek", "pos, whence=0, /", "Move to a position."),
    def<tell>("tell", "", "The current position."),
    def<truncate>("truncate", "size=None, /", "Make the file that long."),
    def<close>("close", "", "Close the file."),
    def<seekable>("seekable", "", "Whether the file can be moved about in."),
    def<readable>("readable", "", "Whether the file was opened for reading."),
    def<writable>("writable", "", "Whether the file was opened for writing."),
    def<fileno>("fileno", "", "The file descriptor."),
    def<isatty>("isatty", "", "Whether the file is a terminal."),
    def<isatty_open_only>("_isatty_open_only", "", "Whether a file that was just opened is a terminal."),
    def<dealloc_warn>("_dealloc_warn", "object, /", "Warn that the object wasn't closed."),
    def<getstate>("__getstate__", "", "Files cannot be pickled."),
};
constexpr SlotDef slots[] = {slot<Dunder::repr, slot_repr>};
constexpr GetSetDef getsets[] = {{"closed", get_closed, nullptr, "True if the file is closed"},
                                 {"closefd", get_closefd, nullptr, "Whether the descriptor is closed with the file."},
                                 {"mode", get_mode, nullptr, "How the file was opened."},
                                 {"_blksize", get_block_size, nullptr, "The size of blocks that suits the file."},
                                 {"_finalizing", get_finalizing, set_finalizing, ""}};
constexpr TypeDef fileio_def{.name = "_io.FileIO", .doc = "A file without a buffer, by name or file descriptor.",
                             .signature = "file, mode='r', closefd=True, opener=None", .base = &rawiobase_type, .size = sizeof(FileIO),
                             .flags = kFlags, .hooks = hooks_of<FileIO>(), .new_ = new_file, .init = init_file, .methods = methods,
                             .slots = slots, .getsets = getsets};

}  // namespace

Result<std::int64_t> file_read(Python& py, Borrowed<FileIO> self, char* to, std::size_t size) {
    return read_some(py, TRY(fd_for_reading(py, self)), to, size);
}
Result<std::int64_t> file_write(Python& py, Borrowed<FileIO> self, std::string_view octets) {
    return write_some(py, TRY(fd_for_writing(py, self)), octets);
}

Optional<FileIO> plain_file(Thread& t, Borrowed<> raw, Borrowed<Str> method) {
    if (!is_exact<FileIO>(raw)) return {};
    if (instance_get(t, as<FileIO>(raw).get(), method)) return {};
    return as<FileIO>(raw);
}

ORO_TYPE(fileio_type, fileio_def);

}  // namespace oro::io
