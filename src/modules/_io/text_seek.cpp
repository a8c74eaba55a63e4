// Positions in text files.
//
// A position is a cookie: where in the buffer a decoder can start, in which state it has to be, how many octets to feed it from
// there, and how many characters to skip. Where text was given out entirely it is the buffer's own position.
#include "modules/_io/textio.h"
#include "object/exception.h"

namespace oro::io {

namespace {

struct Cookie {
    std::uint64_t start = 0;
    std::uint32_t flags = 0, feed = 0, skip = 0;
    bool at_end = false;          // the decoder is told of the end of the file
};

Result<Ref<>> pack(Thread& t, Cookie const& c) {
    std::uint64_t limbs[] = {c.start, c.flags | std::uint64_t(c.feed) << 32, c.skip | std::uint64_t(c.at_end) << 32};
    return make_int(t, false, limbs);
}

Result<Cookie> unpack(Python& py, Borrowed<> number) {
    PlainInt plain(number.value());
    IntView view = plain;
    auto limbs = std::span<std::uint64_t const>(view.limbs, view.size);
    auto limb = [&](std::size_t i) { return i < limbs.size() ? limbs[i] : 0; };
    if (limbs.size() > 3 || limb(2) >> 40) return raise(py, exc::OverflowError, "int too big to convert");
    Cookie c{limb(0), std::uint32_t(limb(1)), std::uint32_t(limb(1) >> 32), std::uint32_t(limb(2)), limb(2) >> 32 != 0};
    if (c.start > std::uint64_t(INT64_MAX) || (c.flags | c.feed | c.skip) >> 31) {
        return raise(py, exc::OverflowError, "Python int too large to convert to C long");
    }
    return c;
}

// Octets to feed from a place where the decoder is in a known state, so that `skip` characters come out.
struct Search {
    Python& py;
    TextSelf self;
    std::string_view octets;
    Cookie cookie;

    Result<std::size_t> feed(std::string_view piece, bool final = false) {
        return TRY(decode(py, self, piece, {}, final))->length();
    }

    // Guesses by the ratio of octets to characters, then goes back until a guess isn't behind the place.
    Result<std::size_t> near_start() {
        std::size_t guess = std::size_t(self->octets_per_char * cookie.skip);
        if (guess > octets.size()) guess = octets.size();
        std::size_t back = 1;
        while (guess > 0) {
            CHECK(set_decoder_state(py, self, {}, cookie.flags));
            std::size_t chars = TRY(feed(octets.substr(0, guess)));
            if (chars <= cookie.skip) {
                DecoderState state = TRY(decoder_state(py, self));
                if (state.octets->size == 0) {
                    cookie.flags = std::uint32_t(state.flags);
                    cookie.skip -= std::uint32_t(chars);
                    return guess;
                }
                guess -= state.octets->size < guess ? state.octets->size : guess;
                back = 1;
            } else {
                guess -= back < guess ? back : guess;
                back *= 2;
            }
        }
        CHECK(set_decoder_state(py, self, {}, cookie.flags));
        return std::size_t(0);
    }

    // Octet by octet from there; each time the decoder holds nothing back is a better place to start.
    Result<void> run() {
        std::size_t from = TRY(near_start());
        cookie.start += from;
        if (cookie.skip == 0) return {};
        std::size_t chars = 0;
        for (std::size_t i = from; i < octets.size(); ++i) {
            ++cookie.feed;
            chars += TRY(feed(octets.substr(i, 1)));
            DecoderState state = TRY(decoder_state(py, self));
            if (state.octets->size == 0 && chars <= cookie.skip) {
                cookie.start += cookie.feed;
                cookie.skip -= std::uint32_t(chars);
                cookie.flags = std::uint32_t(state.flags);
                cookie.feed = 0;
                chars = 0;
            }
            if (chars >= cookie.skip) return {};
        }
        chars += TRY(feed({}, true));
        cookie.at_end = true;
        if (chars < cookie.skip) return raise(py, exc::OSError, "can't reconstruct logical file position");
        return {};
    }
};

Raised not_seekable(Thread& t) { return unsupported(t, "underlying stream is not seekable"); }

Result<Ref<>> seek_end(Python& py, TextSelf self) {
    CHECK(call_method_with(py, self, name::flush()));
    self->forget_text();
    self->forget_snapshot();
    if (self->can_read) CHECK(reset_decoder(py, self));
    Ref<> buffer = TRY(buffer_of(py, self));
    Ref<> at = TRY(call_method_with(py, buffer, name::seek(), Borrowed<>(Value::of_int(0)), Borrowed<>(Value::of_int(2))));
    CHECK(reset_encoder(py, self, at.is(Value::of_int(0))));
    return at;
}

Result<Ref<>> zero_offset(Python& py, Borrowed<> cookie, char const* text) {
    if (!TRY(equal(py, cookie, Borrowed<>(Value::of_int(0))))) return unsupported(py, text);
    return Ref<>::immediate(Value::of_int(0));
}

}  // namespace

namespace text_io {

Result<Ref<>> tell(Python& py, TextSelf self) {
    (void)TRY(buffer_of(py, self));
    Using use(py, self->use, self);
    if (!use) return Raised{};
    CHECK(check_open(py, self));
    if (!self->seekable) return not_seekable(py);
    if (!self->telling) return raise(py, exc::OSError, "telling position disabled by next() call");
    CHECK(write_pending(py, self));
    CHECK(call_method_with(py, self, name::flush()));
    Ref<> buffer = TRY(buffer_of(py, self));
    Ref<> at = TRY(call_method_with(py, buffer, name::tell()));
    if (!self->can_read || !self->has_snapshot) return at;
    std::int64_t behind = TRY(position_argument(py, at));
    Maybe<Bytes> piece = self->snapshot ? Maybe<Bytes>((*self->snapshot).share()) : Maybe<Bytes>(empty_bytes());
    Cookie cookie{std::uint64_t(behind) - piece->size, std::uint32_t(self->snapshot_flags), 0, std::uint32_t(self->decoded ? self->used : 0), false};
    if (cookie.skip == 0) return pack(py, cookie);
    // The decoder is put back where it was, whatever happens.
    DecoderState saved = TRY(decoder_state(py, self));
    std::uint8_t seen = self->newlines.seen;
    Search search{py, self, piece->view(), cookie};
    Maybe<> error;
    bool failed = search.run().raised();
    if (failed) error = take_raised(py);
    failed |= set_decoder_state(py, self, saved.octets->view(), saved.flags).raised();
    self->newlines.seen = seen;
    if (failed) return chain(py, std::move(error));
    return pack(py, search.cookie);
}

Result<Ref<>> seek(Python& py, TextSelf self, Borrowed<> where, int whence) {
    (void)TRY(buffer_of(py, self));
    Using use(py, self->use, self);
    if (!use) return Raised{};
    CHECK(check_open(py, self));
    if (!self->seekable) return not_seekable(py);
    Maybe<> number;
    switch (whence) {
        case 0: number = where.share(); break;
        case 1:
            (void)TRY(zero_offset(py, where, "can't do nonzero cur-relative seeks"));
            // Moving to the current position synchronises the buffer with the text given out.
            number = TRY(call_method_with(py, self, name::tell()));
            break;
        case 2: (void)TRY(zero_offset(py, where, "can't do nonzero end-relative seeks")); return seek_end(py, self);
        default: return raise(py, exc::ValueError, "invalid whence ({}, should be 0, 1 or 2)", whence);
    }
    if (TRY(compare_truth(py, *number, Borrowed<>(Value::of_int(0)), Compare::lt))) {
        return raise(py, exc::ValueError, "negative seek position {}", TRY(repr(py, *number)));
    }
    CHECK(call_method_with(py, self, name::flush()));
    Ref<> plain = TRY(to_index(py, *number));
    Cookie cookie = TRY(unpack(py, plain));
    Ref<> buffer = TRY(buffer_of(py, self));
    CHECK(call_method_with(py, buffer, name::seek(), TRY(make_int_unsigned(py, cookie.start))));
    self->forget_text();
    self->forget_snapshot();
    bool at_start = cookie.start == 0 && cookie.flags == 0;
    if (self->can_read) {
        if (at_start) CHECK(reset_decoder(py, self));
        else CHECK(set_decoder_state(py, self, {}, cookie.flags));
    }
    if (cookie.skip) {
        Ref<> octets = TRY(call_method_with(py, buffer, name::read(), Borrowed<>(Value::of_int(cookie.feed))));
        if (!is<Bytes>(octets)) {
            return raise(py, exc::TypeError, "underlying read() should have returned a bytes object, not '{}'", TypeName{octets.value()});
        }
        self->snapshot = as<Bytes>(octets.share());
        self->snapshot_flags = cookie.flags;
        self->has_snapshot = true;
        if (!self->can_read) return unsupported(py, "not readable");
        Ref<Str> text = TRY(decode(py, self, as<Bytes>(Borrowed<>(octets))->view(), Borrowed<>(octets), cookie.at_end));
        std::size_t chars = text->length();
        self->decoded = std::move(text);
        self->used = 0;
        if (chars < cookie.skip) return raise(py, exc::OSError, "can't restore logical file position");
        self->used = cookie.skip;
    } else {
        self->snapshot = empty_bytes();
        self->snapshot_flags = cookie.flags;
        self->has_snapshot = true;
    }
    CHECK(reset_encoder(py, self, at_start));
    return std::move(number).take();
}

Result<Ref<>> truncate(Python& py, TextSelf self, Optional<> size) {
    (void)TRY(buffer_of(py, self));
    Using use(py, self->use, self);
    if (!use) return Raised{};
    CHECK(call_method_with(py, self, name::flush()));
    Ref<> buffer = TRY(buffer_of(py, self));
    return call_method_with(py, buffer, name::truncate(), size.value_or(none));
}

}  // namespace text_io

}  // namespace oro::io
