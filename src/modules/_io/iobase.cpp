// The abstract classes: _IOBase, _RawIOBase, _BufferedIOBase, _TextIOBase. Their methods go through the methods of `self`, so
// that a class which defines read() or write() gets the rest.
#include "modules/_io/io.h"
#include "object/bytearray.h"
#include "object/byte_builder.h"
#include "object/class.h"
#include "object/exception.h"
#include "object/list.h"

namespace oro::io {

namespace {

using Self = Borrowed<>;

Result<bool> marked_closed(Python& py, Self self) { return bool(TRY(find_attribute(py, self, name::iobase_closed()))); }

Result<void> seek(Python& py, Self, Args) { return unsupported(py, "seek"); }
Result<Ref<>> tell(Python& py, Self self) {
    return call_method_with(py, self, name::seek(), Borrowed<>(Value::of_int(0)), Borrowed<>(Value::of_int(1)));
}
Result<void> truncate(Python& py, Self, Optional<>) { return unsupported(py, "truncate"); }
Result<void> fileno(Python& py, Self) { return unsupported(py, "fileno"); }
Result<void> flush(Python& py, Self self) {
    if (TRY(marked_closed(py, self))) return raise_closed(py);
    return {};
}
bool no(Python&, Self) { return false; }
Result<bool> isatty(Python& py, Self self) {
    CHECK(check_closed(py, self));
    return false;
}
Result<Ref<>> enter(Python& py, Self self) {
    CHECK(check_closed(py, self));
    return self.share();
}
Result<Ref<>> exit(Python& py, Self self, Args) { return call_method_with(py, self, name::close()); }

Result<Ref<>> checked(Python& py, Self self, Result<void> (*check)(Python&, Borrowed<>)) {
    CHECK(check(py, self));
    return Ref<>::immediate(kTrue);
}
Result<void> check_closed_method(Python& py, Self self, Args) { return check_closed(py, self); }
Result<Ref<>> check_seekable_method(Python& py, Self self, Args) { return checked(py, self, check_seekable); }
Result<Ref<>> check_readable_method(Python& py, Self self, Args) { return checked(py, self, check_readable); }
Result<Ref<>> check_writable_method(Python& py, Self self, Args) { return checked(py, self, check_writable); }

// Without a limit, or with peek() to see how far the line goes, several octets are read at a time.
Result<Ref<Bytes>> readline(Python& py, Self self, Optional<> size) {
    std::int64_t limit = TRY(size_argument(py, size));
    ByteBuilder line(py);
    Maybe<> peek = TRY(find_attribute(py, self, name::peek()));
    while (limit < 0 || std::int64_t(line.size()) < limit) {
        std::int64_t wanted = 1;
        if (peek) {
            auto ahead = call_with(py, *peek, Borrowed<>(Value::of_int(1)));
            if (ahead.raised()) {
                if (interrupted(py)) continue;
                return Raised{};
            }
            Ref<> octets = std::move(ahead).take();
            if (!is<Bytes>(octets)) return raise(py, exc::OSError, "peek() should have returned a bytes object, not '{}'", TypeName{octets.value()});
            std::string_view seen = as<Bytes>(Borrowed<>(octets))->view();
            if (!seen.empty()) {
                if (limit >= 0 && std::int64_t(seen.size()) > limit - std::int64_t(line.size())) seen = seen.substr(0, std::size_t(limit) - line.size());
                std::size_t end = seen.find('\n');
                wanted = std::int64_t(end == seen.npos ? seen.size() : end + 1);
            }
        }
        auto more = call_method_with(py, self, name::read(), TRY(make_int(py, wanted)));
        if (more.raised()) {
            if (interrupted(py)) continue;
            return Raised{};
        }
        Ref<> octets = std::move(more).take();
        if (!is<Bytes>(octets)) return raise(py, exc::OSError, "read() should have returned a bytes object, not '{}'", TypeName{octets.value()});
        std::string_view got = as<Bytes>(Borrowed<>(octets))->view();
        if (got.empty()) break;
        line.add(got);
        if (got.back() == '\n') break;
        CHECK(poll(py));
    }
    return line.finish();
}

Result<Ref<>> iter(Python& py, Self self) {
    CHECK(check_closed(py, self));
    return self.share();
}
Next next_line(Python& py, Self self) {
    Ref<> line = TRY(call_method_with(py, self, name::readline()));
    if (TRY(length(py, line)) == 0) return Next::end();
    return line;
}

Result<Ref<>> readlines(Python& py, Self self, Optional<> hint) {
    std::int64_t most = TRY(size_argument(py, hint));
    Ref<List> lines = TRY(make_list(py));
    if (most <= 0) {
        CHECK(list_extend(py, lines, self));
        return lines;
    }
    Ref<> iterator = TRY(get_iterator(py, self));
    for (std::int64_t total = 0;;) {
        Next item = next(py, iterator);
        if (item.raised()) return Raised{};
        if (item.ended()) break;
        Ref<> line = std::move(item).take();
        std::int64_t size = TRY(length(py, line));
        CHECK(list_append(py, Borrowed<List>(lines), std::move(line)));
        if (size > most - total) break;
        total += size;
    }
    return lines;
}

Result<void> writelines(Python& py, Self self, Borrowed<> lines) {
    CHECK(check_closed(py, self));
    return for_each(py, lines, [&](Ref<> line) -> Result<void> {
        for (;;) {
            if (!call_method_with(py, self, name::write(), line).raised()) return {};
            if (!interrupted(py)) return Raised{};
        }
    });
}

// Closes the file if nobody did. Errors on the way have nowhere to go but the unraisable hook.
Result<void> del(Python& py, Self self) {
    auto closed = is_closed(py, self);
    // One that cannot even tell was never set up, or was taken apart.
    if (closed.raised()) {
        clear_raised(py);
        return {};
    }
    if (std::move(closed).take()) return {};
    if (set_attribute(py, self, name::_finalizing(), Borrowed<>(kTrue)).raised()) clear_raised(py);
    if (call_method_with(py, self, name::close()).raised()) write_unraisable(py, "Exception ignored while finalizing file ", self);
    return {};
}

Value get_closed(Python& py, Value self) {
    auto r = marked_closed(py, Borrowed<>(self));
    return r.raised() ? Value{} : Value::of_bool(std::move(r).take());
}
Value get_none(Python&, Value) { return kNone; }

Result<void> close(Python& py, Self self) { return base_close(py, self); }

constexpr MethodDef iobase_methods[] = {
    def<seek>("seek", "*args", "Move to a position, counted from the start (0), the current position (1) or the end (2)."),
    def<tell>("tell", "", "The current position."),
    def<truncate>("truncate", "size=None, /", "Make the file that long; None stands for the current position."),
    def<flush>("flush", "", "Write out what is buffered."),
    def<close>("close", "", "Flush and close; does nothing if closed already."),
    def<no>("seekable", "", "Whether the file can be moved about in."),
    def<no>("readable", "", "Whether the file was opened for reading."),
    def<no>("writable", "", "Whether the file was opened for writing."),
    def<check_closed_method>("_checkClosed", "*args", "Raise ValueError if the file is closed."),
    def<check_seekable_method>("_checkSeekable", "*args", "Raise UnsupportedOperation unless seekable."),
    def<check_readable_method>("_checkReadable", "*args", "Raise UnsupportedOperation unless readable."),
    def<check_writable_method>("_checkWritable", "*args", "Raise UnsupportedOperation unless writable."),
    def<fileno>("fileno", "", "The file descriptor."),
    def<isatty>("isatty", "", "Whether the file is a terminal."),
    def<enter>("__enter__", "", "The file itself."),
    def<exit>("__exit__", "*args", "Close the file."),
    def<readline>("readline", "size=-1, /", "One line, or as much of it as `size` allows."),
    def<readlines>("readlines", "hint=-1, /", "A list of lines, of about `hint` octets or characters together."),
    def<writelines>("writelines", "lines, /", "Write each of the lines; no ends of lines are added."),
};
constexpr SlotDef iobase_slots[] = {slot<Dunder::iter, iter>, slot<Dunder::next, next_line>, slot<Dunder::del, del>};
constexpr GetSetDef iobase_getsets[] = {{"__dict__", get_instance_dict, set_instance_dict, "The attributes."},
                                        {"closed", get_closed, nullptr, "Whether the file is closed."}};
constexpr TypeDef iobase_def{.name = "_io._IOBase", .doc = "What all files have in common.", .size = sizeof(IOBase), .flags = kFlags,
                             .methods = iobase_methods, .slots = iobase_slots, .getsets = iobase_getsets};

// ---- raw files

Result<Ref<>> raw_read(Python& py, Self self, Optional<> size) {
    std::int64_t n = TRY(size_argument(py, size));
    if (n < 0) return call_method_with(py, self, name::readall());
    Ref<ByteArray> room = TRY(make_bytearray(py));
    {
        Locked<ByteArray> locked(py, room);
        CHECK(bytearray_resize(py, locked, std::size_t(n)));
        if (n) std::memset(locked->data, 0, std::size_t(n));
    }
    Ref<> result = TRY(call_method_with(py, self, name::readinto(), room));
    if (result.is(kNone)) return result;
    std::int64_t got = TRY(to_int64(py, result, &exc::ValueError));
    if (got < 0 || got > n) return raise(py, exc::ValueError, "readinto returned {} outside buffer size {}", got, n);
    Buffer octets = TRY(get_buffer(py, room));
    return make_bytes(py, octets.bytes().substr(0, std::size_t(got)));
}

Result<Ref<>> raw_readall(Python& py, Self self) {
    ByteBuilder all(py);
    for (;;) {
        auto more = call_method_with(py, self, name::read(), Borrowed<>(Value::of_int(kBufferSize)));
        if (more.raised()) {
            if (interrupted(py)) continue;
            return Raised{};
        }
        Ref<> octets = std::move(more).take();
        if (octets.is(kNone)) {
            if (all.size() == 0) return octets;
            break;
        }
        if (!is<Bytes>(octets)) return raise(py, exc::TypeError, "read() should return bytes");
        std::string_view got = as<Bytes>(Borrowed<>(octets))->view();
        if (got.empty()) break;
        all.add(got);
    }
    return all.finish();
}

Result<void> not_implemented(Python& py, Self, Args) { return raise_object(py, TRY(make_exception(py, exc::NotImplementedError, empty_tuple()))); }

constexpr MethodDef raw_methods[] = {
    def<raw_read>("read", "size=-1, /", "Up to `size` octets by one system call; None if there are none yet."),
    def<raw_readall>("readall", "", "Everything up to the end."),
    def<not_implemented>("readinto", "*args", "Read octets into a buffer."),
    def<not_implemented>("write", "*args", "Write octets."),
};
constexpr TypeDef raw_def{.name = "_io._RawIOBase", .doc = "What files without a buffer have in common.", .base = &iobase_type,
                          .size = sizeof(IOBase), .flags = kFlags, .methods = raw_methods};

// ---- buffered files

Result<std::int64_t> read_into(Python& py, Self self, Borrowed<> target, Borrowed<Str> method) {
    Buffer buffer = TRY(get_buffer(py, target, buffer_flag::writable));
    Ref<> octets = TRY(call_method_with(py, self, method, TRY(make_int(py, std::int64_t(buffer.size)))));
    if (!is<Bytes>(octets)) return raise(py, exc::TypeError, "read() should return bytes");
    std::string_view got = as<Bytes>(Borrowed<>(octets))->view();
    if (got.size() > buffer.size) {
        return raise(py, exc::ValueError, "read() returned too much data: {} bytes requested, {} returned", buffer.size, got.size());
    }
    if (!got.empty()) std::memcpy(buffer.data, got.data(), got.size());
    return std::int64_t(got.size());
}
Result<std::int64_t> buffered_readinto(Python& py, Self self, Borrowed<> target) { return read_into(py, self, target, name::read()); }
Result<std::int64_t> buffered_readinto1(Python& py, Self self, Borrowed<> target) { return read_into(py, self, target, name::read1()); }
Result<void> cannot_detach(Python& py, Self) { return unsupported(py, "detach"); }
Result<void> cannot_read(Python& py, Self, Args) { return unsupported(py, "read"); }
Result<void> cannot_read1(Python& py, Self, Args) { return unsupported(py, "read1"); }
Result<void> cannot_readline(Python& py, Self, Args) { return unsupported(py, "readline"); }
Result<void> cannot_write(Python& py, Self, Args) { return unsupported(py, "write"); }

constexpr MethodDef buffered_methods[] = {
    def<cannot_detach>("detach", "", "Give up the raw file and return it."),
    def<cannot_read>("read", "*args", "Up to so many octets; without a number, everything."),
    def<cannot_read1>("read1", "*args", "Up to so many octets, by at most one read() of the raw file."),
    def<buffered_readinto>("readinto", "buffer, /", "Read octets into a buffer."),
    def<buffered_readinto1>("readinto1", "buffer, /", "The same by at most one read() of the raw file."),
    def<cannot_write>("write", "*args", "Write octets."),
};
constexpr TypeDef buffered_def{.name = "_io._BufferedIOBase", .doc = "What files of octets with a buffer have in common.", .base = &iobase_type,
                               .size = sizeof(IOBase), .flags = kFlags, .methods = buffered_methods};

// ---- text files

constexpr MethodDef text_methods[] = {
    def<cannot_detach>("detach", "", "Give up the file of octets and return it."),
    def<cannot_read>("read", "*args", "Up to so many characters; without a number, everything."),
    def<cannot_readline>("readline", "*args", "One line."),
    def<cannot_write>("write", "*args", "Write text."),
};
constexpr GetSetDef text_getsets[] = {{"encoding", get_none, nullptr, "The encoding."},
                                      {"newlines", get_none, nullptr, "The ends of lines seen so far."},
                                      {"errors", get_none, nullptr, "What is done where the encoding fails."}};
constexpr TypeDef text_def{.name = "_io._TextIOBase", .doc = "What text files have in common.", .base = &iobase_type, .size = sizeof(IOBase),
                           .flags = kFlags, .methods = text_methods, .getsets = text_getsets};

}  // namespace

Result<void> base_close(Python& py, Borrowed<> self) {
    if (TRY(marked_closed(py, self))) return {};
    auto flushed = call_method_with(py, self, name::flush());
    Maybe<> error = flushed.raised() ? take_raised(py) : Maybe<>();
    bool failed = set_attribute(py, self, name::iobase_closed(), Borrowed<>(kTrue)).raised();
    if (failed || error) return chain(py, std::move(error));
    return {};
}

ORO_TYPE(iobase_type, iobase_def);
ORO_TYPE(rawiobase_type, raw_def);
ORO_TYPE(bufferediobase_type, buffered_def);
ORO_TYPE(textiobase_type, text_def);

}  // namespace oro::io
