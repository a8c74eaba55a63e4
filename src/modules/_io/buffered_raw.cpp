// What buffered files do with their raw file.
#include <cerrno>

#include "modules/_io/buffered.h"
#include "object/exception.h"
#include "object/instance.h"

namespace oro::io {

Operation::Operation(Python& py, BufferedSelf self, char const* what) : py_(py), self_(self) {
    if (!enter_again()) return;
    auto raw = raw_of(py, self);
    if (raw.raised()) return;
    raw_ = std::move(raw).take();
    if (what) {
        auto closed = raw_is_closed(py, self, *raw_);
        if (closed.raised()) return;
        // What was read ahead can still be read.
        bool reading = std::string_view(what).starts_with("read") || std::string_view(what).starts_with("peek");
        if (std::move(closed).take() && !(reading && self->unread() > 0 && self->memory)) {
            (void)raise(py, exc::ValueError, "{} closed file", what);
            return;
        }
    }
    ok_ = true;
}

bool Operation::enter_again() {
    if (self_->use.mine(py_)) {
        auto shown = repr(py_, self_);
        if (!shown.raised()) (void)raise(py_, exc::RuntimeError, "reentrant call inside {}", std::move(shown).take());
        return false;
    }
    return held_ = acquire(py_, self_->use, self_);
}

void Operation::leave() {
    if (held_) release(self_->use);
    held_ = false;
}

Result<Ref<>> raw_of(Thread& t, BufferedSelf self) {
    if (self->ready.load()) {
        if (Maybe<> raw = self->raw.load(self.get())) return std::move(raw).take();
    }
    if (self->detached.load()) return raise(t, exc::ValueError, "raw stream has been detached");
    return raise(t, exc::ValueError, "I/O operation on uninitialized object");
}

Result<bool> raw_is_closed(Python& py, BufferedSelf self, Borrowed<> raw) {
    if (self->use.mine(py) && !self->memory) return true;
    if (is_exact<FileIO>(raw)) return as<FileIO>(raw)->fd.load() < 0;
    return is_closed(py, raw);
}

namespace {

// Calls raw.<method>(view) until it isn't interrupted.
Result<Ref<>> call_raw(Python& py, Borrowed<> raw, Borrowed<Str> method, Borrowed<> view) {
    for (;;) {
        auto r = call_method_with(py, raw, method, view);
        if (!r.raised() || !interrupted(py)) return r;
    }
}

Result<std::int64_t> transferred(Python& py, Borrowed<> result, char const* method, std::size_t most) {
    auto number = to_int64(py, result, nullptr);
    if (number.raised()) {
        if (!raised_is(py, exc::TypeError)) return Raised{};
        Maybe<> cause = take_raised(py);
        Ref<BaseException> e = TRY(make_exception(py, exc::OSError, std::string_view(std::string("raw ") + method + "() failed")));
        set_cause(py, *e, std::move(cause));
        return raise_object(py, std::move(e));
    }
    std::int64_t n = std::move(number).take();
    if (n < 0 || std::size_t(n) > most) {
        return raise(py, exc::OSError, "raw {}() returned invalid length {} (should have been between 0 and {})", method, n, most);
    }
    return n;
}

}  // namespace

Result<std::int64_t> raw_read(Python& py, BufferedSelf self, Borrowed<> raw, char* to, std::size_t size) {
    std::int64_t got;
    if (Optional<FileIO> file = plain_file(py, raw, name::readinto())) {
        got = TRY(file_read(py, *file, to, size));
    } else {
        Window window = TRY(make_window(py, size));
        Ref<> result = TRY(call_raw(py, raw, name::readinto(), window.view));
        if (result.is(kNone)) return kWouldBlock;
        got = TRY(transferred(py, result, "readinto", size));
        if (got) std::memcpy(to, window.data, std::size_t(got));
    }
    if (got > 0 && self->raw_at >= 0) self->raw_at += got;
    return got;
}

Result<std::int64_t> raw_write(Python& py, BufferedSelf self, Borrowed<> raw, std::string_view octets) {
    std::int64_t put;
    if (Optional<FileIO> file = plain_file(py, raw, name::write())) {
        put = TRY(file_write(py, *file, octets));
    } else {
        Ref<> view = TRY(make_readonly_view(py, octets));
        Ref<> result = TRY(call_raw(py, raw, name::write(), view));
        if (result.is(kNone)) return kWouldBlock;
        put = TRY(transferred(py, result, "write", octets.size()));
    }
    if (put > 0 && self->raw_at >= 0) self->raw_at += put;
    return put;
}

namespace {
Result<std::int64_t> position(Python& py, BufferedSelf self, Borrowed<> result) {
    std::int64_t at = TRY(to_int64(py, result, &exc::OverflowError));
    if (at < 0) return raise(py, exc::OSError, "Raw stream returned invalid position {}", at);
    return self->raw_at = at;
}
}  // namespace

Result<std::int64_t> raw_tell(Python& py, BufferedSelf self, Borrowed<> raw) {
    Ref<> result = TRY(call_method_with(py, raw, name::tell()));
    return position(py, self, result);
}

Result<std::int64_t> raw_seek(Python& py, BufferedSelf self, Borrowed<> raw, std::int64_t offset, int whence) {
    self->raw_at = -1;
    Ref<> result = TRY(call_method_with(py, raw, name::seek(), TRY(make_int(py, offset)), Borrowed<>(Value::of_int(whence))));
    return position(py, self, result);
}

Result<void> check_raw_seekable(Python& py, Borrowed<> raw) {
    if (is_exact<FileIO>(raw) && as<FileIO>(raw)->seekable.load() == 1 && as<FileIO>(raw)->fd.load() >= 0) return {};
    return check_seekable(py, raw);
}

Raised raise_blocking(Thread& t, std::int64_t written) {
    Ref<Str> text = TRY(make_str(t, std::string_view("write could not complete without blocking")));
    Value words[] = {Value::of_int(EAGAIN), text.value(), Value::of_int(written)};
    Ref<BaseException> e = TRY(make_exception(t, exc::BlockingIOError, TRY(oro::make_tuple(t, std::span<Value const>(words, 3)))));
    static_cast<OSError*>(static_cast<BaseException*>(e.get()))->characters_written.store(written);
    return raise_object(t, std::move(e));
}

Result<void> flush_pending(Python& py, BufferedSelf self, Borrowed<> raw) {
    if (!self->dirty) return {};
    while (self->pos < self->end) {
        std::int64_t put = TRY(raw_write(py, self, raw, {self->memory + self->pos, self->end - self->pos}));
        if (put == kWouldBlock) return raise_blocking(py, 0);
        self->pos += std::size_t(put);
        CHECK(poll(py));
    }
    self->forget();
    return {};
}

Result<void> settle(Python& py, BufferedSelf self, Borrowed<> raw) {
    CHECK(flush_pending(py, self, raw));
    if (std::size_t ahead = self->unread()) (void)TRY(raw_seek(py, self, raw, -std::int64_t(ahead), 1));
    self->forget();
    return {};
}

Optional<Buffered> plain_buffered(Thread& t, Borrowed<> file, Borrowed<Str> method) {
    Type* type = file.value().is_pointer() ? &type_of(file) : nullptr;
    if (type != &buffered_reader_type && type != &buffered_writer_type && type != &buffered_random_type) return {};
    auto* o = static_cast<Buffered*>(file.value().pointer());
    // Attributes of its own are rare.
    if (o->shape_id() != type->root_shape && instance_get(t, o, method)) return {};
    return Borrowed<Buffered>(*o);
}

}  // namespace oro::io
