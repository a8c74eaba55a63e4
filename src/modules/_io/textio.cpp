// The type TextIOWrapper: making, attributes, and what is passed on to the buffer.
#include "modules/_io/textio.h"

#include <langinfo.h>

#include "modules/_io/buffered.h"
#include "object/exception.h"
#include "object/interpreter.h"

namespace oro::io {

Result<Ref<>> buffer_of(Thread& t, TextSelf self) {
    if (self->ready.load()) {
        if (Maybe<> buffer = self->buffer.load(self.get())) return std::move(buffer).take();
    }
    if (self->detached.load()) return raise(t, exc::ValueError, "underlying buffer has been detached");
    return raise(t, exc::ValueError, "I/O operation on uninitialized object");
}

Result<void> check_open(Python& py, TextSelf self) {
    Ref<> buffer = TRY(buffer_of(py, self));
    if (!is_exact<TextIO>(self.value())) return check_closed(py, self);
    if (Optional<Buffered> plain = plain_buffered(py, buffer, name::closed())) {
        Maybe<> raw = (*plain)->raw.load((*plain).get());
        if (raw && is_exact<FileIO>(*raw)) {
            if (as<FileIO>(*raw)->fd.load() < 0) return raise_closed(py);
            return {};
        }
    }
    if (TRY(is_closed(py, buffer))) return raise_closed(py);
    return {};
}

Result<void> set_newline(Python& py, TextSelf self, Optional<Str> newline) {
    CHECK(check_newline(py, newline, false));
    Str const* s = newline ? (*newline).get() : nullptr;
    self->universal = !s || s->length() == 0;
    self->newlines.translate = !s;
    self->end_of_line = self->universal ? '\n' : char(s->at(0));
    self->end_size = s && s->length() == 2 ? 2 : 1;
    self->write_end = self->universal || equal(*s, "\n") ? std::string_view() : self->end_size == 2 ? "\r\n" : "\r";
    return {};
}

namespace {

using Self = TextSelf;

Result<Ref<Str>> locale_encoding(Thread& t) {
    if (the_interpreter->config.utf8_mode) return make_interned(t, "utf-8");
    char const* name = nl_langinfo(CODESET);
    return make_interned(t, *name ? name : "UTF-8");
}

// An argument that is a str or None. Null for None.
Result<Optional<Str>> text_or_none(Thread& t, char const* function, char const* name, Value v) {
    if (v.is_null() || v == kNone) return Optional<Str>();
    if (!is<Str>(v)) return raise(t, exc::TypeError, "{}() argument '{}' must be str or None, not {}", function, name, TypeName{v});
    Borrowed<Str> s = as<Str>(v);
    if (find_char(*s, '\0', 0, s->length()) < s->length()) return raise(t, exc::ValueError, "embedded null character");
    return Optional<Str>(s);
}

Value new_text(Python& py, Type& type, Value const*, std::size_t, Tuple*) { return make<TextIO>(py, type).release(); }

Result<void> init(Python& py, Self self, Value const* args, std::size_t n, Tuple* keyword_names) {
    static constexpr char const* names[] = {"buffer", "encoding", "errors", "newline", "line_buffering", "write_through"};
    Value words[6];
    CHECK(parse_arguments(py, "TextIOWrapper", names, 0, 6, 1, args, n, keyword_names, words));
    Optional<Str> encoding = TRY(text_or_none(py, "TextIOWrapper", "encoding", words[1]));
    Optional<Str> errors = TRY(text_or_none(py, "TextIOWrapper", "errors", words[2]));
    Optional<Str> newline = TRY(text_or_none(py, "TextIOWrapper", "newline", words[3]));
    bool by_line = words[4] && TRY(truth(py, Borrowed<>(words[4])));
    bool through = words[5] && TRY(truth(py, Borrowed<>(words[5])));
    Using use(py, self->use, self);
    if (!use) return Raised{};
    self->ready.store(false);
    self->detached.store(false);
    Borrowed<> buffer(words[0]);
    Ref<> name = TRY(text_encoding(py, encoding ? Borrowed<>(*encoding) : none, 1));
    Ref<Str> real = equal(*as<Str>(Borrowed<>(name)).get(), "locale") ? TRY(locale_encoding(py)) : as<Str>(std::move(name));
    Ref<Str> handler = errors ? (*errors).share() : TRY(make_interned(py, "strict"));
    CHECK(set_newline(py, self, newline));
    self->newlines.seen = 0;
    self->newlines.pending_cr = false;
    self->forget_text();
    self->forget_snapshot();
    self->pending_size = 0;
    self->octets_per_char = 0;
    self->chunk_size.store(8192);
    self->line_buffering.store(by_line);
    self->write_through.store(through);
    self->buffer.store(self.get(), buffer.share());
    // Everything below looks at the buffer through the object; it isn't ready if something fails.
    self->ready.store(true);
    auto finish = [&]() -> Result<void> {
        self->seekable = false;
        // LookupError for an unknown encoding comes first.
        CHECK(set_codec(py, self, real, handler));
        Ref<> seekable = TRY(call_method_with(py, buffer, name::seekable()));
        self->seekable = self->telling = TRY(truth(py, seekable));
        self->has_read1 = bool(TRY(find_attribute(py, buffer, name::read1())));
        if (self->seekable && self->can_write && self->codec == TextCodec::other) {
            Ref<> at = TRY(call_method_with(py, buffer, name::tell()));
            if (!at.is(Value::of_int(0))) CHECK(reset_encoder(py, self, false));
        }
        return {};
    };
    if (finish().raised()) {
        self->ready.store(false);
        return Raised{};
    }
    return {};
}
Value init_slot(Python& py, Value self, Value const* args, std::size_t n, Tuple* names) {
    return init(py, as<TextIO>(self), args, n, names).raised() ? Value{} : kNone;
}

Result<void> reconfigure(Python& py, Self self, Borrowed<> encoding_arg, Borrowed<> errors_arg, Optional<> newline_arg, Borrowed<> by_line_arg,
                         Borrowed<> through_arg) {
    (void)TRY(buffer_of(py, self));
    Using use(py, self->use, self);
    if (!use) return Raised{};
    Optional<Str> encoding = TRY(text_or_none(py, "reconfigure", "encoding", encoding_arg.value()));
    Optional<Str> errors = TRY(text_or_none(py, "reconfigure", "errors", errors_arg.value()));
    Optional<Str> newline;
    if (newline_arg && newline_arg.value() != kNone) {
        newline = TRY(text_or_none(py, "reconfigure", "newline", newline_arg.value()));
        CHECK(check_newline(py, newline, false));
    }
    if (self->decoded && (encoding || errors || newline_arg)) {
        return unsupported(py, "It is not possible to set the encoding or newline of stream after the first read");
    }
    bool by_line = by_line_arg.is(kNone) ? self->line_buffering.load() : TRY(truth(py, by_line_arg));
    bool through = through_arg.is(kNone) ? self->write_through.load() : TRY(truth(py, through_arg));
    CHECK(call_method_with(py, self, name::flush()));
    self->forget_snapshot();
    if (newline_arg) CHECK(set_newline(py, self, newline));
    if (encoding || errors || newline_arg) {
        Maybe<Str> name = self->encoding.load(self.get());
        Maybe<Str> handler;
        if (encoding) {
            name = equal(*(*encoding).get(), "locale") ? Maybe<Str>(TRY(locale_encoding(py))) : Maybe<Str>((*encoding).share());
            handler = TRY(make_interned(py, "strict"));
        } else {
            handler = self->errors.load(self.get());
        }
        if (errors) handler = (*errors).share();
        if (name && handler) CHECK(set_codec(py, self, *name, *handler));
    }
    self->line_buffering.store(by_line);
    self->write_through.store(through);
    return {};
}

Result<Ref<>> detach(Python& py, Self self) {
    (void)TRY(buffer_of(py, self));
    CHECK(call_method_with(py, self, name::flush()));
    Using use(py, self->use, self);
    if (!use) return Raised{};
    self->detached.store(true);
    self->ready.store(false);
    Maybe<> buffer = self->buffer.exchange(self.get(), Maybe<>());
    if (!buffer) return raise(py, exc::ValueError, "underlying buffer has been detached");
    return std::move(buffer).take();
}

Result<void> close(Python& py, Self self) {
    Ref<> buffer = TRY(buffer_of(py, self));
    if (TRY(is_closed(py, buffer))) return {};
    if (self->finalizing.load() && call_method_with(py, buffer, name::_dealloc_warn(), self).raised()) clear_raised(py);
    Maybe<> error;
    if (call_method_with(py, self, name::flush()).raised()) error = take_raised(py);
    bool failed = call_method_with(py, buffer, name::close()).raised();
    if (failed || error) return chain(py, std::move(error));
    return {};
}

template <Name Method> Result<Ref<>> pass_on(Python& py, Self self) {
    Ref<> buffer = TRY(buffer_of(py, self));
    return call_method_with(py, buffer, name_of(Method));
}

// ---- attributes

TextIO& file(Value v) { return *static_cast<TextIO*>(v.pointer()); }
Result<Ref<>> attribute_of_buffer(Python& py, Value self, Borrowed<Str> name) {
    Ref<> buffer = TRY(buffer_of(py, as<TextIO>(self)));
    return get_attribute(py, buffer, name);
}
template <Name Attribute> Value get_of_buffer(Python& py, Value self) { return attribute_of_buffer(py, self, name_of(Attribute)).release(); }
Value get_buffer_object(Python& py, Value self) { return buffer_of(py, as<TextIO>(self)).release(); }
Value get_encoding(Python&, Value self) {
    Maybe<Str> v = file(self).encoding.load(&file(self));
    return v ? v.release() : kNone;
}
Value get_errors(Python& py, Value self) {
    if (buffer_of(py, as<TextIO>(self)).raised()) return {};
    Maybe<Str> v = file(self).errors.load(&file(self));
    return v ? v.release() : kNone;
}
Value get_newlines(Python& py, Value self) {
    auto r = [&]() -> Result<Ref<>> {
        auto o = as<TextIO>(self);
        (void)TRY(buffer_of(py, o));
        Using use(py, o->use, o);
        if (!use) return Raised{};
        if (!o->can_read || !o->universal) return Ref<>::immediate(kNone);
        return newlines_object(py, o->newlines.seen);
    }();
    return std::move(r).release();
}
Value get_line_buffering(Python&, Value self) { return Value::of_bool(file(self).line_buffering.load()); }
Value get_write_through(Python&, Value self) { return Value::of_bool(file(self).write_through.load()); }
Value get_finalizing(Python&, Value self) { return Value::of_bool(file(self).finalizing.load()); }
Value set_finalizing(Python& py, Value self, Value value) {
    return set_flag(py, file(self).finalizing, value).raised() ? Value{} : kNone;
}
Value get_chunk_size(Python& py, Value self) {
    if (buffer_of(py, as<TextIO>(self)).raised()) return {};
    return make_int(py, file(self).chunk_size.load()).release();
}
Value set_chunk_size(Python& py, Value self, Value value) {
    auto r = [&]() -> Result<void> {
        (void)TRY(buffer_of(py, as<TextIO>(self)));
        if (value.is_null()) return raise(py, exc::AttributeError, "attribute '_CHUNK_SIZE' of '{}' objects cannot be deleted", TypeName{self});
        std::int64_t n = TRY(to_int64(py, Borrowed<>(value), &exc::ValueError));
        if (n <= 0) return raise(py, exc::ValueError, "a strictly positive integer is required");
        file(self).chunk_size.store(n);
        return {};
    }();
    return r.raised() ? Value{} : kNone;
}

Result<Ref<>> slot_repr(Python& py, Self self) {
    std::string type = shown_type(py, self);
    if (!self->ready.load() && !self->detached.load()) return raise(py, exc::ValueError, "I/O operation on uninitialized object");
    if (!TRY(repr_enter(py, self))) return raise(py, exc::RuntimeError, "reentrant call inside {}.__repr__", std::string_view(type));
    auto shown = [&]() -> Result<Ref<>> {
        StrBuilder out(py);
        out.add("<");
        out.add(type);
        for (Borrowed<Str> what : {name::name(), name::mode()}) {
            auto found = find_attribute(py, self, what);
            if (found.raised()) {
                if (!raised_is(py, exc::ValueError)) return Raised{};
                clear_raised(py);
                continue;
            }
            Maybe<> v = std::move(found).take();
            if (!v) continue;
            out.add(" ");
            out.add(*what);
            out.add("=");
            out.add(*TRY(repr(py, *v)));
        }
        out.add(" encoding=");
        Maybe<Str> encoding = self->encoding.load(self.get());
        out.add(*TRY(repr(py, encoding ? Borrowed<>(*encoding) : none)));
        out.add(">");
        return TRY(out.finish());
    }();
    repr_leave(py, self);
    return shown;
}
Result<void> getstate(Python& py, Self self) { return refuse_pickling(py, self); }

constexpr MethodDef methods[] = {
    def<detach>("detach", "", "Give up the buffer and return it."),
    def<reconfigure>("reconfigure", "*, encoding=None, errors=None, newline=<unrepresentable>, line_buffering=None, write_through=None",
                     "Change how text is written and read from here on."),
    def<text_io::write>("write", "text, /", "Write text; the number of characters."),
    def<text_io::read>("read", "size=-1, /", "Up to so many characters; without a number, everything."),
    def<text_io::readline>("readline", "size=-1, /", "One line."),
    def<text_io::flush>("flush", "", "Write out what is buffered."),
    def<close>("close", "", "Flush and close."),
    def<pass_on<Name::fileno>>("fileno", "", "The file descriptor."),
    def<pass_on<Name::seekable>>("seekable", "", "Whether the file can be moved about in."),
    def<pass_on<Name::readable>>("readable", "", "Whether the file was opened for reading."),
    def<pass_on<Name::writable>>("writable", "", "Whether the file was opened for writing."),
    def<pass_on<Name::isatty>>("isatty", "", "Whether the file is a terminal."),
    def<text_io::seek>("seek", "cookie, whence=0, /", "Move to a position that tell() gave."),
    def<text_io::tell>("tell", "", "The current position, an opaque number."),
    def<text_io::truncate>("truncate", "pos=None, /", "Make the file that long."),
    def<getstate>("__getstate__", "", "Files cannot be pickled."),
};
constexpr SlotDef slots[] = {slot<Dunder::repr, slot_repr>, slot<Dunder::next, text_io::next_line>};
constexpr GetSetDef getsets[] = {{"encoding", get_encoding, nullptr, "The encoding."},
                                 {"line_buffering", get_line_buffering, nullptr, "Whether each line is flushed."},
                                 {"write_through", get_write_through, nullptr, "Whether text is given to the buffer at once."},
                                 {"_finalizing", get_finalizing, set_finalizing, ""},
                                 {"name", get_of_buffer<Name::name>, nullptr, "The buffer's name."},
                                 {"closed", get_of_buffer<Name::closed>, nullptr, "Whether the file is closed."},
                                 {"newlines", get_newlines, nullptr, "The ends of lines seen so far."},
                                 {"errors", get_errors, nullptr, "What is done where the encoding fails."},
                                 {"_CHUNK_SIZE", get_chunk_size, set_chunk_size, "How many octets are read or gathered at a time."},
                                 {"buffer", get_buffer_object, nullptr, "The buffer."}};
constexpr TypeDef text_def{.name = "_io.TextIOWrapper", .doc = "Text over a buffered file.",
                           .signature = "buffer, encoding=None, errors=None, newline=None,\n              line_buffering=False, write_through=False",
                           .base = &textiobase_type, .size = sizeof(TextIO), .flags = kFlags, .hooks = hooks_of<TextIO>(), .new_ = new_text,
                           .init = init_slot, .methods = methods, .slots = slots, .getsets = getsets};

}  // namespace

ORO_TYPE(textiowrapper_type, text_def);

}  // namespace oro::io
