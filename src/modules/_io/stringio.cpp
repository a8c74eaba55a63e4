// StringIO: text in memory that looks like a file.
//
// Threads: each operation holds the object's lock. The text stands in an array of code points of one of three widths, which
// grows with what is written.
#include "base/utf8.h"
#include "modules/_io/io.h"
#include "modules/_io/newline.h"
#include "object/dict.h"
#include "object/exception.h"

namespace oro::io {

namespace {

struct StringIO : Object {
    struct Guarded {
        char* memory = nullptr;
        std::size_t size = 0, capacity = 0, pos = 0;   // in code points
        int width = 1;
        bool ready = false, closed = false;
        bool universal = false;                        // all ends of lines are recognised in what is written
        Newlines newlines;
        std::string_view read_end, write_end;          // read_end empty: any; write_end empty: "\n" is kept
        bool newline_none = false;                     // newline was None
    } guarded;
    ~StringIO() { buffer_free(guarded.memory); }
    static Type& type() { return stringio_type; }
};
using Self = Borrowed<StringIO>;
using Inside = Locked<StringIO>;

Result<void> check_open(Thread& t, Inside& s) {
    if (!s->ready) return raise(t, exc::ValueError, "I/O operation on uninitialized object");
    if (s->closed) return raise_closed(t, "I/O operation on closed file");
    return {};
}

template <class F> decltype(auto) visit(Inside& s, F&& f) {
    switch (s->width) {
        case 1: return f(reinterpret_cast<Char1*>(s->memory));
        case 2: return f(reinterpret_cast<Char2*>(s->memory));
        default: return f(reinterpret_cast<Char4*>(s->memory));
    }
}
template <class F> decltype(auto) visit_chars(Str const& text, F&& f) {
    switch (text.width()) {
        case 1: return f(static_cast<Char1 const*>(text.data()));
        case 2: return f(static_cast<Char2 const*>(text.data()));
        default: return f(static_cast<Char4 const*>(text.data()));
    }
}

Result<void> reserve(Thread& t, Inside& s, std::size_t size, int width) {
    if (width < s->width) width = s->width;
    if (size <= s->capacity && width == s->width) return {};
    if (size > std::size_t(PTRDIFF_MAX) / 16) return raise(t, exc::OverflowError, "new buffer size too large");
    std::size_t capacity = size <= s->capacity ? s->capacity : size + size / 4 + 16;
    if (width == s->width) {
        auto* grown = static_cast<char*>(buffer_reallocate(s->memory, capacity * std::size_t(width)));
        if (!grown) return raise_no_memory(t);
        s->memory = grown;
    } else {
        auto* wide = static_cast<char*>(buffer_allocate(capacity * std::size_t(width)));
        if (!wide) return raise_no_memory(t);
        visit(s, [&](auto* from) {
            if (width == 2) convert_chars(from, s->size, reinterpret_cast<Char2*>(wide));
            else convert_chars(from, s->size, reinterpret_cast<Char4*>(wide));
        });
        buffer_free(s->memory);
        s->memory = wide;
        s->width = width;
    }
    s->capacity = capacity;
    return {};
}

Result<Ref<Str>> text_of(Thread& t, Inside& s, std::size_t begin, std::size_t end) {
    std::size_t n = end - begin;
    if (n == 0) return empty_str();
    switch (s->width) {
        case 1: return make_str(t, std::span<std::uint8_t const>(reinterpret_cast<std::uint8_t*>(s->memory) + begin, n));
        case 2: return make_str(t, std::span<std::uint16_t const>(reinterpret_cast<std::uint16_t*>(s->memory) + begin, n));
        default: return make_str(t, std::span<std::uint32_t const>(reinterpret_cast<std::uint32_t*>(s->memory) + begin, n));
    }
}

Result<void> write_text(Thread& t, Inside& s, Borrowed<Str> given) {
    Ref<Str> text = given.share();
    if (s->universal) text = TRY(s->newlines.decode(t, std::move(text), true));
    if (!s->write_end.empty()) text = TRY(replace_newlines(t, text, s->write_end));
    std::size_t n = text->length(), end;
    if (n == 0) return {};
    if (__builtin_add_overflow(s->pos, n, &end) || end > std::size_t(PTRDIFF_MAX)) return raise(t, exc::OverflowError, "new position too large");
    CHECK(reserve(t, s, end > s->size ? end : s->size, text->width()));
    visit(s, [&](auto* to) {
        for (std::size_t i = s->size; i < s->pos; ++i) to[i] = 0;
        visit_chars(*text, [&](auto const* from) {
            if constexpr (sizeof(*from) <= sizeof(*to)) convert_chars(from, n, to + s->pos);
        });
    });
    s->pos = end;
    if (end > s->size) s->size = end;
    return {};
}

// With a newline that was checked.
void set_newline(Inside& s, Optional<Str> newline) {
    Str const* end = newline ? (*newline).get() : nullptr;
    s->newline_none = !end;
    s->universal = !end || end->length() == 0;
    s->newlines = {};
    s->newlines.translate = !end;
    s->read_end = !end ? "\n" : end->length() == 0 ? "" : end->length() == 2 ? "\r\n" : end->at(0) == '\r' ? "\r" : "\n";
    s->write_end = s->read_end == "\n" ? std::string_view() : s->read_end;
}

Value new_stringio(Python& py, Type& type, Value const*, std::size_t, Tuple*) { return make<StringIO>(py, type).release(); }

Result<Optional<Str>> newline_argument(Thread& t, Value v) {
    if (v == kNone) return Optional<Str>();
    if (!is<Str>(v)) return raise(t, exc::TypeError, "newline must be str or None, not {}", TypeName{v});
    return Optional<Str>(as<Str>(v));
}

Result<void> init(Python& py, Self self, Value const* args, std::size_t n, Tuple* keyword_names) {
    static constexpr char const* names[] = {"initial_value", "newline"};
    Value words[2];
    CHECK(parse_arguments(py, "StringIO", names, 0, 2, 0, args, n, keyword_names, words));
    Ref<Str> lf = TRY(make_interned(py, "\n"));
    Optional<Str> newline = words[1] ? TRY(newline_argument(py, words[1])) : Optional<Str>(lf);
    if (words[0] && words[0] != kNone && !is<Str>(words[0])) {
        return raise(py, exc::TypeError, "initial_value must be str or None, not {}", TypeName{words[0]});
    }
    CHECK(check_newline(py, newline, true));
    Inside s(py, self);
    s->ready = false;
    set_newline(s, newline);
    s->size = s->pos = 0;
    if (words[0] && words[0] != kNone) CHECK(write_text(py, s, as<Str>(words[0])));
    s->pos = 0;
    s->closed = false;
    s->ready = true;
    return {};
}
Value init_slot(Python& py, Value self, Value const* args, std::size_t n, Tuple* names) {
    return init(py, as<StringIO>(self), args, n, names).raised() ? Value{} : kNone;
}

Result<bool> yes(Python& py, Self self) {
    Inside s(py, self);
    CHECK(check_open(py, s));
    return true;
}
void close(Python& py, Self self) {
    Inside s(py, self);
    s->closed = true;
    buffer_free(std::exchange(s->memory, nullptr));
    s->size = s->capacity = s->pos = 0;
    s->width = 1;
}
Result<std::int64_t> tell(Python& py, Self self) {
    Inside s(py, self);
    CHECK(check_open(py, s));
    return std::int64_t(s->pos);
}
Result<Ref<Str>> getvalue(Python& py, Self self) {
    Inside s(py, self);
    CHECK(check_open(py, s));
    return text_of(py, s, 0, s->size);
}

Result<Ref<Str>> read(Python& py, Self self, Optional<> size_object) {
    std::int64_t size = TRY(size_argument(py, size_object));
    Inside s(py, self);
    CHECK(check_open(py, s));
    std::size_t left = s->pos < s->size ? s->size - s->pos : 0;
    std::size_t n = size < 0 || std::size_t(size) > left ? left : std::size_t(size);
    if (n == 0) return empty_str();
    Ref<Str> text = TRY(text_of(py, s, s->pos, s->pos + n));
    s->pos += n;
    return text;
}

std::size_t line_end(Inside& s, std::size_t limit) {
    std::size_t from = s->pos, to = s->size;
    if (limit < to - from) to = from + limit;
    return visit(s, [&](auto* chars) {
        for (std::size_t i = from; i < to; ++i) {
            char32_t c = chars[i];
            if (c != '\n' && c != '\r') continue;
            bool crlf = c == '\r' && i + 1 < to && chars[i + 1] == '\n';
            if (s->read_end.empty()) return i + (crlf ? 2 : 1);
            if (s->read_end.size() == 2 ? crlf : c == char32_t(s->read_end[0])) return i + s->read_end.size();
        }
        return to;
    });
}
Result<Ref<Str>> line_of(Thread& t, Inside& s, std::int64_t limit) {
    CHECK(check_open(t, s));
    if (s->pos >= s->size || limit == 0) return empty_str();
    std::size_t end = line_end(s, limit < 0 ? std::size_t(-1) : std::size_t(limit));
    Ref<Str> line = TRY(text_of(t, s, s->pos, end));
    s->pos = end;
    return line;
}
Result<Ref<Str>> readline(Python& py, Self self, Optional<> size_object) {
    std::int64_t limit = TRY(size_argument(py, size_object));
    Inside s(py, self);
    return line_of(py, s, limit);
}
Next next_line(Python& py, Self self) {
    Maybe<> line;
    if (is_exact<StringIO>(self.value())) {
        Inside s(py, self);
        line = Ref<>(TRY(line_of(py, s, -1)));
    } else {
        {
            Inside s(py, self);
            CHECK(check_open(py, s));
        }
        line = TRY(call_method_with(py, self, name::readline()));
        if (!is<Str>(line.value())) {
            return raise(py, exc::OSError, "readline() should have returned a str object, not '{}'", TypeName{line.value()});
        }
    }
    if (as<Str>(line.value())->length() == 0) return Next::end();
    return std::move(line).take();
}

Result<std::int64_t> write(Python& py, Self self, Borrowed<> text) {
    if (!is<Str>(text)) return raise(py, exc::TypeError, "string argument expected, got '{}'", TypeName{text.value()});
    Inside s(py, self);
    CHECK(check_open(py, s));
    CHECK(write_text(py, s, as<Str>(text)));
    return std::int64_t(as<Str>(text)->length());
}

Result<std::int64_t> seek(Python& py, Self self, Borrowed<> position, int whence) {
    std::int64_t to = TRY(position_argument(py, position));
    Inside s(py, self);
    CHECK(check_open(py, s));
    if (whence < 0 || whence > 2) return raise(py, exc::ValueError, "Invalid whence ({}, should be 0, 1 or 2)", whence);
    if (to < 0 && whence == 0) return raise(py, exc::ValueError, "Negative seek position {}", to);
    if (whence != 0 && to != 0) return raise(py, exc::OSError, "Can't do nonzero cur-relative seeks");
    if (whence != 0) to = std::int64_t(whence == 1 ? s->pos : s->size);
    s->pos = std::size_t(to);
    return to;
}

Result<std::int64_t> truncate(Python& py, Self self, Optional<> size_object) {
    bool given = size_object && size_object.value() != kNone;
    std::int64_t size = 0;
    if (given) {
        Value v = size_object.value();
        if (!is_any_int(v) && !type_of(v).slot(Dunder::index)) {
            return raise(py, exc::TypeError, "argument should be integer or None, not '{}'", TypeName{v});
        }
        size = TRY(position_argument(py, *size_object));
    }
    Inside s(py, self);
    CHECK(check_open(py, s));
    if (!given) size = std::int64_t(s->pos);
    if (size < 0) return raise(py, exc::ValueError, "Negative size value {}", size);
    if (std::size_t(size) < s->size) s->size = std::size_t(size);
    return size;
}

// ---- pickling

Result<Ref<>> getstate(Python& py, Self self) {
    Maybe<Str> text;
    Maybe<> newline;
    std::int64_t pos;
    {
        Inside s(py, self);
        CHECK(check_open(py, s));
        text = TRY(text_of(py, s, 0, s->size));
        newline = s->newline_none ? Ref<>::immediate(kNone) : Ref<>(TRY(make_str(py, s->read_end)));
        pos = std::int64_t(s->pos);
    }
    Ref<> attributes = TRY(get_attribute(py, self, name::dunder_dict()));
    if (TRY(length(py, attributes)) == 0) attributes = Ref<>::immediate(kNone);
    else attributes = Ref<>(TRY(dict_copy(py, as<Dict>(attributes.value()))));
    return TRY(make_tuple_of(py, std::move(text).take(), std::move(newline).take(), TRY(make_int(py, pos)), std::move(attributes)));
}

Result<void> setstate(Python& py, Self self, Borrowed<> state) {
    if (!is<Tuple>(state) || as<Tuple>(state)->size < 4) {
        return raise(py, exc::TypeError, "{}.__setstate__ argument should be 4-tuple, got {}", TypeName{self.value()}, TypeName{state.value()});
    }
    {
        Inside s(py, self);
        if (s->closed) return raise_closed(py, "I/O operation on closed file");
    }
    Borrowed<Tuple> parts = as<Tuple>(state);
    Value text = parts->slots[0], position = parts->slots[2], attributes = parts->slots[3];
    if (text != kNone && !is<Str>(text)) return raise(py, exc::TypeError, "initial_value must be str or None, not {}", TypeName{text});
    Optional<Str> newline = TRY(newline_argument(py, parts->slots[1]));
    CHECK(check_newline(py, newline, true));
    {
        // The text stands in the state as it was kept: it isn't translated again.
        Inside s(py, self);
        set_newline(s, newline);
        s->size = s->pos = 0;
        s->closed = false;
        s->ready = true;
        if (text != kNone) {
            bool universal = std::exchange(s->universal, false);
            std::string_view end = std::exchange(s->write_end, std::string_view());
            bool failed = write_text(py, s, as<Str>(text)).raised();
            s->universal = universal;
            s->write_end = end;
            if (failed) return Raised{};
        }
        s->pos = 0;
    }
    if (!is_any_int(position)) return raise(py, exc::TypeError, "third item of state must be an integer, got {}", TypeName{position});
    std::int64_t pos = TRY(position_argument(py, Borrowed<>(position)));
    if (pos < 0) return raise(py, exc::ValueError, "position value cannot be negative");
    {
        Inside s(py, self);
        s->pos = std::size_t(pos);
    }
    if (attributes == kNone) return {};
    if (!is<Dict>(attributes)) return raise(py, exc::TypeError, "fourth item of state should be a dict, got a {}", TypeName{attributes});
    Ref<> dict = TRY(get_attribute(py, self, name::dunder_dict()));
    return dict_update(py, as<Dict>(dict.value()), Borrowed<>(attributes));
}

// ---- attributes

Value get_closed(Python& py, Value self) {
    Inside s(py, as<StringIO>(self));
    if (!s->ready) return (void)raise(py, exc::ValueError, "I/O operation on uninitialized object"), Value{};
    return Value::of_bool(s->closed);
}
Value get_newlines(Python& py, Value self) {
    std::uint8_t seen;
    {
        Inside s(py, as<StringIO>(self));
        if (check_open(py, s).raised()) return {};
        seen = s->universal ? s->newlines.seen : 0;
    }
    return newlines_object(py, seen).release();
}
Value get_line_buffering(Python& py, Value self) {
    Inside s(py, as<StringIO>(self));
    return check_open(py, s).raised() ? Value{} : kFalse;
}

constexpr MethodDef methods[] = {
    def<close>("close", "", "Forget the text."),
    def<getvalue>("getvalue", "", "The text."),
    def<read>("read", "size=-1, /", "Up to so many characters; without a number, everything."),
    def<readline>("readline", "size=-1, /", "One line."),
    def<tell>("tell", "", "The current position."),
    def<truncate>("truncate", "pos=None, /", "Cut the text off."),
    def<seek>("seek", "pos, whence=0, /", "Move to a position."),
    def<write>("write", "s, /", "Write text; the number of characters."),
    def<yes>("seekable", "", "True."),
    def<yes>("readable", "", "True."),
    def<yes>("writable", "", "True."),
    def<getstate>("__getstate__", "", "The state, for pickling."),
    def<setstate>("__setstate__", "state, /", "Take over a state."),
};
constexpr SlotDef slots[] = {slot<Dunder::next, next_line>};
constexpr GetSetDef getsets[] = {{"closed", get_closed, nullptr, "Whether the file is closed."},
                                 {"newlines", get_newlines, nullptr, "The ends of lines seen so far."},
                                 {"line_buffering", get_line_buffering, nullptr, "False."}};
constexpr TypeDef stringio_def{.name = "_io.StringIO", .doc = "Text in memory as a file.", .signature = "initial_value='', newline='\\n'",
                               .base = &textiobase_type, .size = sizeof(StringIO), .flags = kFlags, .hooks = hooks_of<StringIO>(),
                               .new_ = new_stringio, .init = init_slot, .methods = methods, .slots = slots, .getsets = getsets};

}  // namespace

ORO_TYPE(stringio_type, stringio_def);

}  // namespace oro::io
