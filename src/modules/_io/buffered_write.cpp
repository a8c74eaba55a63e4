// Writing to buffered files.
#include "modules/_io/buffered.h"
#include "object/exception.h"

namespace oro::io {

namespace {

void append(BufferedSelf self, std::string_view octets) {
    if (!self->dirty) {
        self->forget();
        self->dirty = true;
    }
    if (self->pos > 0 && self->end + octets.size() > self->capacity) {
        std::memmove(self->memory, self->memory + self->pos, self->end - self->pos);
        self->end -= self->pos;
        self->pos = 0;
    }
    if (!octets.empty()) std::memcpy(self->memory + self->end, octets.data(), octets.size());
    self->end += octets.size();
}

std::size_t room(BufferedSelf self) { return self->capacity - (self->dirty ? self->end - self->pos : 0); }

// The buffer is full and what is in it cannot be written now: as much as fits goes into the room that is left.
Result<std::int64_t> write_blocked(Python& py, BufferedSelf self, std::string_view octets) {
    if (!raised_is(py, exc::BlockingIOError)) return Raised{};
    if (octets.size() <= room(self)) {
        clear_raised(py);
        append(self, octets);
        return std::int64_t(octets.size());
    }
    std::size_t part = room(self);
    append(self, octets.substr(0, part));
    static_cast<OSError*>(py.raised.pointer())->characters_written.store(std::int64_t(part));
    return Raised{};
}

}  // namespace

Result<std::int64_t> buffered_write(Python& py, BufferedSelf self, std::string_view octets) {
    Operation op(py, self, "write to");
    if (!op) return Raised{};
    if (self->unread() > 0) CHECK(settle(py, self, op.raw()));
    std::size_t size = octets.size();
    if (size <= room(self)) {
        append(self, octets);
        return std::int64_t(size);
    }
    if (flush_pending(py, self, op.raw()).raised()) return write_blocked(py, self, octets);
    // What doesn't fit goes around the buffer.
    while (octets.size() > self->capacity) {
        std::int64_t put = TRY(raw_write(py, self, op.raw(), octets));
        if (put == kWouldBlock) {
            append(self, octets.substr(0, self->capacity));
            return raise_blocking(py, std::int64_t(size - octets.size() + self->capacity));
        }
        octets.remove_prefix(std::size_t(put));
        CHECK(poll(py));
    }
    append(self, octets);
    return std::int64_t(size);
}

Result<void> buffered_flush(Python& py, BufferedSelf self) {
    Operation op(py, self, "flush of");
    if (!op) return Raised{};
    return settle(py, self, op.raw());
}

namespace buffered {

Result<std::int64_t> write(Python& py, BufferedSelf self, Borrowed<> octets) {
    (void)TRY(raw_of(py, self));
    Buffer buffer = TRY(get_buffer(py, octets));
    return buffered_write(py, self, buffer.bytes());
}

}  // namespace buffered

}  // namespace oro::io
