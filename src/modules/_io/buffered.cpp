// The types BufferedReader, BufferedWriter and BufferedRandom, and what they have in common.
#include "modules/_io/buffered.h"

#include <unistd.h>

#include "object/exception.h"

namespace oro::io {

namespace {

using Self = BufferedSelf;

// ---- making

Result<void> init(Python& py, Self self, char const* function, bool readable, bool writable, Value const* args, std::size_t n, Tuple* keyword_names) {
    static constexpr char const* names[] = {"raw", "buffer_size"};
    Value words[2];
    CHECK(parse_arguments(py, function, names, 0, 2, 1, args, n, keyword_names, words));
    std::int64_t size = words[1] ? TRY(to_int64(py, Borrowed<>(words[1]), &exc::OverflowError)) : kBufferSize;
    Borrowed<> raw(words[0]);
    self->ready.store(false);
    self->detached.store(false);
    if (readable && writable) CHECK(check_seekable(py, raw));
    if (readable) CHECK(check_readable(py, raw));
    if (writable) CHECK(check_writable(py, raw));
    if (size <= 0) return raise(py, exc::ValueError, "buffer size must be strictly positive");
    if (self->use.mine(py)) return raise(py, exc::RuntimeError, "reentrant call inside {}", TRY(repr(py, self)));
    Using use(py, self->use, self);
    if (!use) return Raised{};
    auto* memory = static_cast<char*>(buffer_allocate(std::size_t(size)));
    if (!memory) return raise_no_memory(py);
    buffer_free(std::exchange(self->memory, memory));
    self->capacity = std::size_t(size);
    self->forget();
    self->raw_at = -1;
    self->readable.store(readable);
    self->writable.store(writable);
    self->raw.store(self.get(), raw.share());
    // The raw file may be a pipe, which has no position.
    if (raw_tell(py, self, raw).raised()) {
        if (!raised_is(py, exc::Exception)) return Raised{};
        clear_raised(py);
    }
    self->ready.store(true);
    return {};
}
template <bool Readable, bool Writable> Value init_slot(Python& py, Value self, Value const* args, std::size_t n, Tuple* names) {
    char const* function = !Writable ? "BufferedReader" : Readable ? "BufferedRandom" : "BufferedWriter";
    return init(py, as<Buffered>(self), function, Readable, Writable, args, n, names).raised() ? Value{} : kNone;
}
Value new_buffered(Python& py, Type& type, Value const*, std::size_t, Tuple*) { return make<Buffered>(py, type).release(); }

// ---- passed on to the raw file

template <Name Method> Result<Ref<>> pass_on(Python& py, Self self) {
    Ref<> raw = TRY(raw_of(py, self));
    return call_method_with(py, raw, name_of(Method));
}
Result<void> dealloc_warn(Python& py, Self self, Borrowed<> source) {
    if (!self->ready.load()) return {};
    Maybe<> raw = self->raw.load(self.get());
    if (raw && call_method_with(py, *raw, name::_dealloc_warn(), source).raised()) clear_raised(py);
    return {};
}

// ---- flushing, closing

Result<void> flush(Python& py, Self self) { return buffered_flush(py, self); }

Result<void> close(Python& py, Self self) {
    {
        Operation op(py, self, nullptr);
        if (!op) return Raised{};
        if (TRY(raw_is_closed(py, self, op.raw()))) return {};
        if (self->finalizing.load()) CHECK(dealloc_warn(py, self, self));
    }
    Maybe<> error;
    if (call_method_with(py, self, name::flush()).raised()) error = take_raised(py);
    Operation op(py, self, nullptr);
    if (!op) return chain(py, std::move(error));
    bool failed = call_method_with(py, op.raw(), name::close()).raised();
    buffer_free(std::exchange(self->memory, nullptr));
    self->capacity = 0;
    self->forget();
    if (failed || error) return chain(py, std::move(error));
    return {};
}

Result<Ref<>> detach(Python& py, Self self) {
    (void)TRY(raw_of(py, self));
    CHECK(call_method_with(py, self, name::flush()));
    self->detached.store(true);
    self->ready.store(false);
    Maybe<> raw = self->raw.exchange(self.get(), Maybe<>());
    if (!raw) return raise(py, exc::ValueError, "raw stream has been detached");
    return std::move(raw).take();
}

// ---- positions

Result<std::int64_t> tell(Python& py, Self self) {
    Operation op(py, self, nullptr);
    if (!op) return Raised{};
    std::int64_t at = TRY(raw_tell(py, self, op.raw()));
    at += self->dirty ? std::int64_t(self->end - self->pos) : -std::int64_t(self->unread());
    // A raw file that doesn't tell the truth.
    return at < 0 ? 0 : at;
}

Result<std::int64_t> seek(Python& py, Self self, Borrowed<> target, int whence) {
    (void)TRY(raw_of(py, self));
    if (whence < 0 || (whence > SEEK_END && whence != SEEK_DATA && whence != SEEK_HOLE)) {
        return raise(py, exc::ValueError, "whence value {} unsupported", whence);
    }
    Operation op(py, self, "seek of");
    if (!op) return Raised{};
    CHECK(check_raw_seekable(py, op.raw()));
    std::int64_t offset = TRY(position_argument(py, target));
    // Within what was read already, the raw file needn't move.
    if (self->unread() > 0 && (whence == SEEK_SET || whence == SEEK_CUR)) {
        std::int64_t raw_at = self->raw_at >= 0 ? self->raw_at : TRY(raw_tell(py, self, op.raw()));
        std::int64_t ahead = std::int64_t(self->unread());
        __int128 move = whence == SEEK_SET ? __int128(offset) - (raw_at - ahead) : offset;
        if (move >= -__int128(self->pos) && move <= ahead) {
            self->pos = std::size_t(std::int64_t(self->pos) + std::int64_t(move));
            std::int64_t at = raw_at - std::int64_t(self->unread());
            return at < 0 ? 0 : at;
        }
    }
    CHECK(flush_pending(py, self, op.raw()));
    if (whence == SEEK_CUR && __builtin_sub_overflow(offset, std::int64_t(self->unread()), &offset)) {
        return raise(py, exc::OverflowError, "Python int too large to convert to C long");
    }
    std::int64_t at = TRY(raw_seek(py, self, op.raw(), offset, whence));
    self->forget();
    return at;
}

Result<Ref<>> truncate(Python& py, Self self, Optional<> size) {
    (void)TRY(raw_of(py, self));
    Operation op(py, self, "truncate of");
    if (!op) return Raised{};
    if (!self->writable.load()) return unsupported(py, "truncate");
    CHECK(settle(py, self, op.raw()));
    Ref<> result = TRY(call_method_with(py, op.raw(), name::truncate(), size.value_or(none)));
    if (raw_tell(py, self, op.raw()).raised()) clear_raised(py);
    return result;
}

// ---- attributes

Result<Ref<>> slot_repr(Python& py, Self self) {
    std::string type = shown_type(py, self);
    auto name = find_attribute(py, self, name::name());
    if (name.raised()) {
        if (!raised_is(py, exc::ValueError)) return Raised{};
        clear_raised(py);
        return TRY(format_message(py, "<{}>", {std::string_view(type)}));
    }
    Maybe<> found = std::move(name).take();
    if (!found) return TRY(format_message(py, "<{}>", {std::string_view(type)}));
    if (!TRY(repr_enter(py, self))) return raise(py, exc::RuntimeError, "reentrant call inside {}.__repr__", std::string_view(type));
    auto shown = repr(py, *found);
    repr_leave(py, self);
    Ref<Str> text = TRY(std::move(shown));
    return TRY(format_message(py, "<{} name={}>", {std::string_view(type), text}));
}

std::int64_t size_of(Python&, Self self) { return std::int64_t(type_of(self).size) + std::int64_t(self->memory ? self->capacity : 0); }
Result<void> getstate(Python& py, Self self) { return refuse_pickling(py, self); }

Buffered& file(Value v) { return *static_cast<Buffered*>(v.pointer()); }
template <Name Attribute> Value get_of_raw(Python& py, Value self) {
    return [&]() -> Result<Ref<>> {
        Ref<> raw = TRY(raw_of(py, Borrowed<Buffered>(file(self))));
        return get_attribute(py, raw, name_of(Attribute));
    }().release();
}
Value get_raw(Python&, Value self) {
    Maybe<> raw = file(self).raw.load(&file(self));
    return raw ? raw.release() : kNone;
}
Value get_finalizing(Python&, Value self) { return Value::of_bool(file(self).finalizing.load()); }
Value set_finalizing(Python& py, Value self, Value value) {
    return set_flag(py, file(self).finalizing, value).raised() ? Value{} : kNone;
}

constexpr GetSetDef getsets[] = {{"raw", get_raw, nullptr, "The raw file."},
                                 {"_finalizing", get_finalizing, set_finalizing, ""},
                                 {"closed", get_of_raw<Name::closed>, nullptr, "Whether the file is closed."},
                                 {"name", get_of_raw<Name::name>, nullptr, "The raw file's name."},
                                 {"mode", get_of_raw<Name::mode>, nullptr, "The raw file's mode."}};
constexpr SlotDef reader_slots[] = {slot<Dunder::repr, slot_repr>, slot<Dunder::next, buffered::next_line>};
constexpr SlotDef writer_slots[] = {slot<Dunder::repr, slot_repr>};

// Rows of several tables.
constexpr MethodDef kDetach = def<detach>("detach", "", "Give up the raw file and return it.");
constexpr MethodDef kClose = def<close>("close", "", "Flush and close.");
constexpr MethodDef kFlush = def<flush>("flush", "", "Write out what is buffered.");
constexpr MethodDef kFlushRaw = def<pass_on<Name::flush>>("flush", "", "Flush the raw file.");
constexpr MethodDef kSeekable = def<pass_on<Name::seekable>>("seekable", "", "Whether the file can be moved about in.");
constexpr MethodDef kReadable = def<pass_on<Name::readable>>("readable", "", "Whether the file was opened for reading.");
constexpr MethodDef kWritable = def<pass_on<Name::writable>>("writable", "", "Whether the file was opened for writing.");
constexpr MethodDef kFileno = def<pass_on<Name::fileno>>("fileno", "", "The file descriptor.");
constexpr MethodDef kIsatty = def<pass_on<Name::isatty>>("isatty", "", "Whether the file is a terminal.");
constexpr MethodDef kDeallocWarn = def<dealloc_warn>("_dealloc_warn", "source, /", "Warn that the object wasn't closed.");
constexpr MethodDef kRead = def<buffered::read>("read", "size=-1, /", "Up to so many octets; without a number, everything.");
constexpr MethodDef kRead1 = def<buffered::read1>("read1", "size=-1, /", "Up to so many octets, by at most one read() of the raw file.");
constexpr MethodDef kReadinto = def<buffered::readinto>("readinto", "buffer, /", "Read octets into a buffer.");
constexpr MethodDef kReadinto1 = def<buffered::readinto1>("readinto1", "buffer, /", "The same by at most one read() of the raw file.");
constexpr MethodDef kReadline = def<buffered::readline>("readline", "size=-1, /", "One line.");
constexpr MethodDef kPeek = def<buffered::peek>("peek", "size=0, /", "Some octets, without moving on.");
constexpr MethodDef kWrite = def<buffered::write>("write", "buffer, /", "Write octets.");
constexpr MethodDef kSeek = def<seek>("seek", "target, whence=0, /", "Move to a position.");
constexpr MethodDef kTell = def<tell>("tell", "", "The current position.");
constexpr MethodDef kTruncate = def<truncate>("truncate", "pos=None, /", "Make the file that long.");
constexpr MethodDef kSizeof = def<size_of>("__sizeof__", "", "The size of the object in memory, in octets.");
constexpr MethodDef kGetstate = def<getstate>("__getstate__", "", "Files cannot be pickled.");

constexpr MethodDef reader_methods[] = {kDetach, kFlushRaw, kClose, kSeekable, kReadable, kFileno, kIsatty, kDeallocWarn, kRead, kPeek, kRead1,
                                        kReadinto, kReadinto1, kReadline, kSeek, kTell, kTruncate, kSizeof, kGetstate};
constexpr MethodDef writer_methods[] = {kClose, kDetach, kSeekable, kWritable, kFileno, kIsatty, kDeallocWarn, kWrite, kTruncate, kFlush, kSeek,
                                        kTell, kSizeof, kGetstate};
constexpr MethodDef random_methods[] = {kClose, kDetach, kSeekable, kReadable, kWritable, kFileno, kIsatty, kDeallocWarn, kFlush, kSeek, kTell,
                                        kTruncate, kRead, kRead1, kReadinto, kReadinto1, kReadline, kPeek, kWrite, kSizeof, kGetstate};

constexpr TypeDef reader_def{.name = "_io.BufferedReader", .doc = "A buffer for reading from a raw file.",
                             .signature = "raw, buffer_size=DEFAULT_BUFFER_SIZE", .base = &bufferediobase_type, .size = sizeof(Buffered),
                             .flags = kFlags, .hooks = hooks_of<Buffered>(), .new_ = new_buffered, .init = init_slot<true, false>,
                             .methods = reader_methods, .slots = reader_slots, .getsets = getsets};
constexpr TypeDef writer_def{.name = "_io.BufferedWriter", .doc = "A buffer for writing to a raw file.",
                             .signature = "raw, buffer_size=DEFAULT_BUFFER_SIZE", .base = &bufferediobase_type, .size = sizeof(Buffered),
                             .flags = kFlags, .hooks = hooks_of<Buffered>(), .new_ = new_buffered, .init = init_slot<false, true>,
                             .methods = writer_methods, .slots = writer_slots, .getsets = getsets};
constexpr TypeDef random_def{.name = "_io.BufferedRandom", .doc = "A buffer for a raw file that is read and written at any place.",
                             .signature = "raw, buffer_size=DEFAULT_BUFFER_SIZE", .base = &bufferediobase_type, .size = sizeof(Buffered),
                             .flags = kFlags, .hooks = hooks_of<Buffered>(), .new_ = new_buffered, .init = init_slot<true, true>,
                             .methods = random_methods, .slots = reader_slots, .getsets = getsets};

}  // namespace

ORO_TYPE(buffered_reader_type, reader_def);
ORO_TYPE(buffered_writer_type, writer_def);
ORO_TYPE(buffered_random_type, random_def);

}  // namespace oro::io
