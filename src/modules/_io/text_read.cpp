// Reading text.
#include "modules/_io/buffered.h"
#include "modules/_io/textio.h"
#include "object/exception.h"

namespace oro::io {

Result<bool> read_piece(Python& py, TextSelf self, std::size_t hint) {
    if (!self->can_read) return unsupported(py, "not readable");
    Maybe<Bytes> before;
    std::uint64_t flags = 0;
    if (self->telling) {
        DecoderState state = TRY(decoder_state(py, self));
        before = std::move(state.octets);
        flags = state.flags;
    }
    double wanted = double(hint) * (self->octets_per_char > 1 ? self->octets_per_char : 1);
    std::int64_t size = self->chunk_size.load();
    if (wanted > double(size)) size = wanted < 1e15 ? std::int64_t(wanted) : std::int64_t(1e15);
    Ref<> file = TRY(buffer_of(py, self));
    Maybe<> octets;
    if (Optional<Buffered> plain = self->has_read1 ? plain_buffered(py, file, name::read1()) : Optional<Buffered>()) {
        octets = TRY(buffered_read1(py, *plain, size));
    } else {
        octets = TRY(call_method_with(py, file, self->has_read1 ? name::read1() : name::read(), TRY(make_int(py, size))));
    }
    auto claimed = get_buffer(py, *octets);
    if (claimed.raised()) {
        if (!raised_is(py, exc::TypeError)) return Raised{};
        clear_raised(py);
        return raise(py, exc::TypeError, "underlying {}() should have returned a bytes-like object, not '{}'", self->has_read1 ? "read1" : "read",
                     TypeName{octets.value()});
    }
    Buffer input = std::move(claimed).take();
    bool end = input.size == 0;
    Ref<Str> text = TRY(decode(py, self, input.bytes(), *octets, end));
    std::size_t chars = text->length();
    self->octets_per_char = chars ? double(input.size) / double(chars) : 0;
    if (chars) end = false;
    self->decoded = std::move(text);
    self->used = 0;
    if (self->telling) {
        if (before && before->size == 0 && is_exact<Bytes>(octets.value())) {
            self->snapshot = as<Bytes>(std::move(octets).take());
        } else {
            std::string joined;
            if (before) joined = before->view();
            joined += input.bytes();
            self->snapshot = TRY(make_bytes(py, joined));
        }
        self->snapshot_flags = flags;
        self->has_snapshot = true;
    }
    return !end;
}

namespace {

// Up to `size` characters of what was read ahead.
Result<Ref<Str>> take_text(Thread& t, TextSelf self, std::size_t size) {
    std::size_t ahead = self->ahead();
    if (ahead == 0 || size == 0) return empty_str();
    if (size > ahead) size = ahead;
    std::size_t from = self->used;
    if (from == 0 && size == self->decoded->length()) {
        self->used = size;
        return (*self->decoded).share();
    }
    Ref<Str> text = TRY(substring(t, *self->decoded, from, from + size));
    self->used = from + size;
    return text;
}

// Behind the end of the line that starts at `used`, or kNoEnd. `split`: the text before ended with the first half of the end.
std::size_t line_end(TextSelf self, bool split) {
    Str const& s = *(*self->decoded).get();
    std::size_t from = self->used, to = s.length();
    // What is translated has one kind of end only; what isn't has its ends whole, as "\r" at the end of a piece is held back.
    if (self->universal && !self->newlines.translate) return find_universal_end(s, from, to);
    if (self->end_size == 1 || self->universal) {
        std::size_t at = find_char(s, self->universal ? '\n' : self->end_of_line, from, to);
        return at == to ? kNoEnd : at + 1;
    }
    if (split && from < to && s.at(from) == '\n') return from + 1;
    for (std::size_t at = from;; ++at) {
        at = find_char(s, '\r', at, to);
        if (at + 1 >= to) return kNoEnd;
        if (s.at(at + 1) == '\n') return at + 2;
    }
}

Result<Ref<Str>> line_of(Python& py, TextSelf self, std::int64_t limit) {
    CHECK(check_open(py, self));
    CHECK(write_pending(py, self));
    if (limit == 0) return empty_str();
    StrBuilder line(py);
    bool split = false;
    for (;;) {
        while (self->ahead() == 0) {
            if (!TRY(read_piece(py, self, 0))) {
                self->forget_text();
                self->forget_snapshot();
                return line.finish();
            }
            CHECK(poll(py));
        }
        std::size_t end = line_end(self, split);
        bool done = end != kNoEnd;
        if (!done) end = self->decoded->length();
        if (limit >= 0 && end - self->used >= std::size_t(limit) - line.length()) {
            end = self->used + std::size_t(limit) - line.length();
            done = true;
        }
        if (done && line.length() == 0) return take_text(py, self, end - self->used);
        line.add(*(*self->decoded).get(), self->used, end);
        split = end > self->used && self->decoded->at(end - 1) == '\r';
        self->used = end;
        if (done) return line.finish();
    }
}

}  // namespace

namespace text_io {

Result<Ref<Str>> read(Python& py, TextSelf self, Optional<> size_object) {
    (void)TRY(buffer_of(py, self));
    std::int64_t size = TRY(size_argument(py, size_object));
    Using use(py, self->use, self);
    if (!use) return Raised{};
    CHECK(check_open(py, self));
    if (!self->can_read) return unsupported(py, "not readable");
    CHECK(write_pending(py, self));
    if (size < 0) {
        Ref<> buffer = TRY(buffer_of(py, self));
        Ref<> octets = TRY(call_method_with(py, buffer, name::read()));
        if (octets.is(kNone)) {
            Ref<Str> text = TRY(make_str(py, std::string_view("Read returned None.")));
            return raise_object(py, TRY(make_exception(py, exc::BlockingIOError, TRY(make_tuple_of(py, std::move(text))))));
        }
        auto claimed = get_buffer(py, octets);
        if (claimed.raised()) {
            if (!raised_is(py, exc::TypeError)) return Raised{};
            clear_raised(py);
            return raise(py, exc::TypeError, "underlying read() should have returned a bytes-like object, not '{}'", TypeName{octets.value()});
        }
        Buffer input = std::move(claimed).take();
        Ref<Str> rest = TRY(decode(py, self, input.bytes(), Borrowed<>(octets), true));
        Ref<Str> text = TRY(take_text(py, self, self->ahead()));
        self->forget_text();
        self->forget_snapshot();
        if (text->length() == 0) return rest;
        return concat(py, text, rest);
    }
    Ref<Str> text = TRY(take_text(py, self, std::size_t(size)));
    if (std::int64_t(text->length()) == size) return std::move(text);
    StrBuilder all(py);
    all.add(*text);
    while (std::int64_t(all.length()) < size) {
        std::size_t left = std::size_t(size) - all.length();
        auto more = read_piece(py, self, left);
        if (more.raised()) return Raised{};
        if (!std::move(more).take()) break;
        all.add(*TRY(take_text(py, self, left)));
        CHECK(poll(py));
    }
    return all.finish();
}

Result<Ref<Str>> readline(Python& py, TextSelf self, Optional<> size) {
    (void)TRY(buffer_of(py, self));
    std::int64_t limit = TRY(size_argument(py, size));
    Using use(py, self->use, self);
    if (!use) return Raised{};
    return line_of(py, self, limit);
}

Next next_line(Python& py, TextSelf self) {
    (void)TRY(buffer_of(py, self));
    Using use(py, self->use, self);
    if (!use) return Raised{};
    self->telling = false;
    Maybe<> line;
    if (is_exact<TextIO>(self.value())) {
        line = Ref<>(TRY(line_of(py, self, -1)));
    } else {
        line = TRY(call_method_with(py, self, name::readline()));
        if (!is<Str>(line.value())) {
            return raise(py, exc::OSError, "readline() should have returned a str object, not '{}'", TypeName{line.value()});
        }
    }
    if (as<Str>(line.value())->length() > 0) return std::move(line).take();
    self->forget_snapshot();
    self->telling = self->seekable;
    return Next::end();
}

}  // namespace text_io

}  // namespace oro::io
