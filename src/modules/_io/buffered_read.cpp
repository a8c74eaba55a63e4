// Reading from buffered files.
#include "modules/_io/buffered.h"
#include "object/byte_builder.h"

namespace oro::io {

namespace {

// Reads as much as fits into the empty buffer; 0 at the end of the file, or kWouldBlock.
Result<std::int64_t> fill(Python& py, BufferedSelf self, Borrowed<> raw) {
    self->forget();
    std::int64_t got = TRY(raw_read(py, self, raw, self->memory, self->capacity));
    if (got > 0) self->end = std::size_t(got);
    return got;
}

std::string_view take(BufferedSelf self, std::size_t size) {
    std::string_view octets(self->memory + self->pos, size);
    self->pos += size;
    return octets;
}

Result<Ref<>> read_all(Python& py, BufferedSelf self, Borrowed<> raw) {
    std::size_t ahead = self->unread();
    CHECK(flush_pending(py, self, raw));
    Maybe<> readall = TRY(find_attribute(py, raw, name::readall()));
    if (readall) {
        Ref<> rest = TRY(call_with(py, *readall));
        if (!rest.is(kNone) && !is<Bytes>(rest)) return raise(py, exc::TypeError, "readall() should return bytes");
        self->raw_at = -1;
        if (ahead == 0) {
            self->forget();
            return rest;
        }
        ByteBuilder all(py);
        all.add(take(self, ahead));
        self->forget();
        if (!rest.is(kNone)) all.add(as<Bytes>(Borrowed<>(rest))->view());
        return all.finish();
    }
    ByteBuilder all(py);
    if (ahead) all.add(take(self, ahead));
    self->forget();
    for (;;) {
        self->raw_at = -1;
        Ref<> more = TRY(call_method_with(py, raw, name::read()));
        if (!more.is(kNone) && !is<Bytes>(more)) return raise(py, exc::TypeError, "read() should return bytes");
        if (more.is(kNone) && all.size() == 0) return more;
        if (more.is(kNone) || as<Bytes>(Borrowed<>(more))->size == 0) return all.finish();
        all.add(as<Bytes>(Borrowed<>(more))->view());
    }
}

enum class Fill { whole, into, into_once };

// Up to `size` octets; what doesn't fit into the buffer goes around it. kWouldBlock if there are none yet. `whole` reads
// blocks of the buffer's size; `into_once` calls the raw file at most once, and not to top up a buffer.
Result<std::int64_t> read_to(Python& py, BufferedSelf self, Borrowed<> raw, char* to, std::size_t size, Fill how) {
    bool once = how == Fill::into_once;
    std::size_t got = self->unread() < size ? self->unread() : size;
    if (got) std::memcpy(to, take(self, got).data(), got);
    while (got < size) {
        CHECK(flush_pending(py, self, raw));
        std::size_t left = size - got;
        std::int64_t n;
        if (how == Fill::whole ? left >= self->capacity : left > self->capacity) {
            self->forget();
            n = TRY(raw_read(py, self, raw, to + got, how == Fill::whole ? left - left % self->capacity : left));
            if (n > 0) got += std::size_t(n);
        } else if (once && got) {
            break;
        } else {
            n = TRY(fill(py, self, raw));
            if (n > 0) {
                std::size_t part = std::size_t(n) < left ? std::size_t(n) : left;
                std::memcpy(to + got, take(self, part).data(), part);
                got += part;
            }
        }
        if (n == kWouldBlock && got == 0) return kWouldBlock;
        if (n <= 0 || once) break;
    }
    return std::int64_t(got);
}

Result<Ref<>> read_into(Python& py, BufferedSelf self, char const* name, Borrowed<> target, bool once) {
    (void)TRY(raw_of(py, self));
    Buffer buffer = TRY(get_target(py, name, target));
    Operation op(py, self, "readinto of");
    if (!op) return Raised{};
    std::int64_t got = TRY(read_to(py, self, op.raw(), buffer.data, buffer.size, once ? Fill::into_once : Fill::into));
    if (got == kWouldBlock) return Ref<>::immediate(kNone);
    return make_int(py, got);
}

}  // namespace

Result<Ref<>> buffered_read1(Python& py, BufferedSelf self, std::int64_t size) {
    Operation op(py, self, "read of");
    if (!op) return Raised{};
    if (size < 0) size = std::int64_t(self->capacity);
    if (size == 0) return empty_bytes();
    if (std::size_t ahead = self->unread()) return make_bytes(py, take(self, ahead < std::size_t(size) ? ahead : std::size_t(size)));
    CHECK(flush_pending(py, self, op.raw()));
    self->forget();
    // Short answers to large requests don't get a large object.
    if (std::size_t(size) <= self->capacity) {
        std::int64_t got = TRY(raw_read(py, self, op.raw(), self->memory, std::size_t(size)));
        return make_bytes(py, {self->memory, std::size_t(got > 0 ? got : 0)});
    }
    Ref<Bytes> octets = TRY(make_bytes_uninitialized(py, std::size_t(size)));
    std::int64_t got = TRY(raw_read(py, self, op.raw(), octets->data, std::size_t(size)));
    if (got == size) return octets;
    return make_bytes(py, octets->view().substr(0, std::size_t(got > 0 ? got : 0)));
}

namespace buffered {

Result<Ref<>> read(Python& py, BufferedSelf self, Optional<> size_object) {
    (void)TRY(raw_of(py, self));
    std::int64_t size = TRY(size_argument(py, size_object));
    if (size < -1) return raise(py, exc::ValueError, "read length must be non-negative or -1");
    Operation op(py, self, "read of");
    if (!op) return Raised{};
    if (size == -1) return read_all(py, self, op.raw());
    if (std::size_t(size) <= self->unread()) return make_bytes(py, take(self, std::size_t(size)));
    Ref<Bytes> octets = TRY(make_bytes_uninitialized(py, std::size_t(size)));
    std::int64_t got = TRY(read_to(py, self, op.raw(), octets->data, std::size_t(size), Fill::whole));
    if (got == kWouldBlock) return Ref<>::immediate(kNone);
    if (got == size) return octets;
    return make_bytes(py, octets->view().substr(0, std::size_t(got)));
}

Result<Ref<>> read1(Python& py, BufferedSelf self, Optional<> size) {
    (void)TRY(raw_of(py, self));
    return buffered_read1(py, self, size ? TRY(to_int64(py, *size, &exc::OverflowError)) : -1);
}

Result<Ref<>> readinto(Python& py, BufferedSelf self, Borrowed<> target) { return read_into(py, self, "readinto", target, false); }
Result<Ref<>> readinto1(Python& py, BufferedSelf self, Borrowed<> target) { return read_into(py, self, "readinto1", target, true); }

Result<Ref<Bytes>> readline(Python& py, BufferedSelf self, Optional<> size) {
    (void)TRY(raw_of(py, self));
    std::int64_t limit = TRY(size_argument(py, size));
    Operation op(py, self, "readline of");
    if (!op) return Raised{};
    ByteBuilder line(py);
    for (;;) {
        std::size_t most = self->unread();
        bool last = false;
        if (limit >= 0 && most >= std::size_t(limit) - line.size()) {
            most = std::size_t(limit) - line.size();
            last = true;
        }
        void const* found = most ? std::memchr(self->memory + self->pos, '\n', most) : nullptr;
        if (found) most = std::size_t(static_cast<char const*>(found) - (self->memory + self->pos)) + 1;
        if ((found || last) && line.size() == 0) return make_bytes(py, take(self, most));
        if (most) line.add(take(self, most));
        if (found || last) break;
        CHECK(flush_pending(py, self, op.raw()));
        if (TRY(fill(py, self, op.raw())) <= 0) break;
        CHECK(poll(py));
    }
    return line.finish();
}

Result<Ref<Bytes>> peek(Python& py, BufferedSelf self, Optional<>) {
    Operation op(py, self, "peek of");
    if (!op) return Raised{};
    CHECK(flush_pending(py, self, op.raw()));
    // Signals and non-blocking files: at most one read, and nothing if it gave nothing.
    if (self->unread() == 0) (void)TRY(fill(py, self, op.raw()));
    return make_bytes(py, {self->memory + self->pos, self->unread()});
}

Next next_line(Python& py, BufferedSelf self) {
    if (plain_buffered(py, self, name::readline())) {
        Ref<Bytes> line = TRY(readline(py, self, {}));
        if (line->size == 0) return Next::end();
        return line;
    }
    Ref<> line = TRY(call_method_with(py, self, name::readline()));
    if (!is<Bytes>(line)) return raise(py, exc::OSError, "readline() should have returned a bytes object, not '{}'", TypeName{line.value()});
    if (as<Bytes>(Borrowed<>(line))->size == 0) return Next::end();
    return line;
}

}  // namespace buffered

}  // namespace oro::io
