// The module _io: open() and what else isn't a class.
#include <cerrno>

#include "modules/_io/io.h"
#include "modules/_io/newline.h"
#include "object/exception.h"
#include "object/interpreter.h"
#include "object/warn.h"

namespace oro::io {

namespace {

struct Mode {
    bool creating = false, reading = false, writing = false, appending = false, updating = false, text = false, binary = false;
    std::string raw;              // as FileIO takes it
};

Result<Mode> parse_mode(Thread& t, std::string_view text) {
    Mode m;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        bool known = true;
        switch (c) {
            case 'x': m.creating = true; break;
            case 'r': m.reading = true; break;
            case 'w': m.writing = true; break;
            case 'a': m.appending = true; break;
            case '+': m.updating = true; break;
            case 't': m.text = true; break;
            case 'b': m.binary = true; break;
            default: known = false;
        }
        if (!known || text.find(c, i + 1) != text.npos) return raise(t, exc::ValueError, "invalid mode: '{}'", text);
    }
    if (m.creating) m.raw += 'x';
    if (m.reading) m.raw += 'r';
    if (m.writing) m.raw += 'w';
    if (m.appending) m.raw += 'a';
    if (m.updating) m.raw += '+';
    return m;
}

Result<void> check_mode(Python& py, Mode const& m, OpenOptions const& o) {
    if (m.text && m.binary) return raise(py, exc::ValueError, "can't have text and binary mode at once");
    if (m.creating + m.reading + m.writing + m.appending > 1) {
        return raise(py, exc::ValueError, "must have exactly one of create/read/write/append mode");
    }
    if (!m.binary) return {};
    if (!o.encoding.is(kNone)) return raise(py, exc::ValueError, "binary mode doesn't take an encoding argument");
    if (!o.errors.is(kNone)) return raise(py, exc::ValueError, "binary mode doesn't take an errors argument");
    if (!o.newline.is(kNone)) return raise(py, exc::ValueError, "binary mode doesn't take a newline argument");
    if (o.buffering == 1) {
        CHECK(warn(py, exc::RuntimeWarning,
                   "line buffering (buffering=1) isn't supported in binary mode, the default buffer size will be used"));
    }
    return {};
}

Borrowed<> type_value(Type& type) { return Borrowed<>(Value::of(&type)); }

// The name of the file, or its descriptor.
Result<Ref<>> path_or_number(Python& py, Borrowed<> file) {
    Value v = file.value();
    if (is<Str>(v) || is<Bytes>(v) || is_any_int(v) || is_any_float(v)) return file.share();
    Maybe<> path = TRY(call_special(py, file, name::dunder_fspath(), {}));
    if (!path) return raise(py, exc::TypeError, "expected str, bytes or os.PathLike object, not {}", TypeName{v});
    if (!is<Str>(*path) && !is<Bytes>(*path)) {
        return raise(py, exc::TypeError, "expected {}.__fspath__() to return str or bytes, not {}", TypeName{v}, TypeName{path.value()});
    }
    return std::move(path).take();
}

// Wraps `file`, which becomes the outermost object so far: it is closed if something fails.
Result<void> wrap(Python& py, Ref<>& file, Mode const& mode, OpenOptions const& o) {
    std::int64_t buffering = o.buffering;
    bool by_line = false;
    if (buffering < 0) by_line = TRY(truth(py, TRY(call_method_with(py, file, name::_isatty_open_only()))));
    if (buffering == 1 || by_line) {
        by_line = true;
        buffering = -1;
    }
    if (buffering < 0) {
        std::int64_t block = TRY(to_int64(py, TRY(get_attribute(py, file, name::_blksize())), nullptr));
        constexpr std::int64_t kMostBlock = 8 << 20;
        buffering = block > kMostBlock ? kMostBlock : block < kBufferSize ? kBufferSize : block;
    }
    if (buffering == 0) {
        if (!mode.binary) return raise(py, exc::ValueError, "can't have unbuffered text I/O");
        return {};
    }
    Type* type;
    if (mode.updating) type = &buffered_random_type;
    else if (mode.creating || mode.writing || mode.appending) type = &buffered_writer_type;
    else if (mode.reading) type = &buffered_reader_type;
    else return raise(py, exc::ValueError, "unknown mode: '{}'", o.mode);
    file = TRY(call_with(py, type_value(*type), file, TRY(make_int(py, buffering))));
    if (mode.binary) return {};
    file = TRY(call_with(py, type_value(textiowrapper_type), file, o.encoding, o.errors, o.newline, Borrowed<>(Value::of_bool(by_line))));
    return set_attribute(py, file, name::mode(), TRY(make_str(py, o.mode)));
}

Result<Ref<>> open_function(Python& py, Borrowed<> file, Optional<Str> mode_text, int buffering, Borrowed<> encoding, Borrowed<> errors,
                            Borrowed<> newline, bool closefd, Borrowed<> opener) {
    struct { char const* name; Value v; } texts[] = {{"encoding", encoding.value()}, {"errors", errors.value()}, {"newline", newline.value()}};
    for (auto const& t : texts) {
        if (t.v == kNone) continue;
        if (!is<Str>(t.v)) return raise(py, exc::TypeError, "open() argument '{}' must be str or None, not {}", t.name, TypeName{t.v});
        Str const& s = *as<Str>(t.v).get();
        if (find_char(s, '\0', 0, s.length()) < s.length()) return raise(py, exc::ValueError, "embedded null character");
    }
    std::string_view mode = mode_text ? TRY(utf8_of(py, *mode_text)) : "r";
    if (mode.find('\0') != mode.npos) return raise(py, exc::ValueError, "embedded null character");
    return open(py, {file, mode, buffering, encoding, errors, newline, closefd, opener});
}

Result<Ref<>> open_code(Python& py, Borrowed<Str> path) { return open(py, {.file = path, .mode = "rb"}); }
Result<Ref<>> text_encoding_function(Python& py, Borrowed<> encoding, int stack_level) { return text_encoding(py, encoding, stack_level); }

constexpr MethodDef functions[] = {
    function<open_function>("open", "file, mode='r', buffering=-1, encoding=None,\n     errors=None, newline=None, closefd=True, opener=None",
                            "Open a file by name or descriptor: a raw, buffered or text file, as `mode` and `buffering` say."),
    function<open_code>("open_code", "path", "Open a file whose content is to be run."),
    function<text_encoding_function>("text_encoding", "encoding, stacklevel=2, /",
                                     "The encoding, or what stands for None, with a warning if that is asked for."),
};

Result<void> setup(Python& py, Module& m) {
    for (Type* type : {&iobase_type, &rawiobase_type, &bufferediobase_type, &textiobase_type, &fileio_type, &bytesio_type, &bytesio_buffer_type,
                       &buffered_reader_type, &buffered_writer_type, &buffered_random_type, &rwpair_type, &stringio_type, &textiowrapper_type,
                       &newline_decoder_type, &unsupported_type}) {
        CHECK(add_type_to_module(py, m, *type));
    }
    CHECK(add_to_module(py, m, "BlockingIOError", share(Value::of(&exc::BlockingIOError))));
    return add_to_module(py, m, "DEFAULT_BUFFER_SIZE", Ref<>::immediate(Value::of_int(kBufferSize)));
}

constexpr TypeDef unsupported_def{.name = "io.UnsupportedOperation", .base = &exc::OSError, .mixin = &exc::ValueError, .size = sizeof(OSError),
                                  .flags = type_flag::subclassable | type_flag::has_dict | type_flag::exception | type_flag::has_weakrefs,
                                  .hooks = hooks_of<OSError>()};

}  // namespace

Result<Ref<>> text_encoding(Python& py, Borrowed<> encoding, std::int64_t stack_level) {
    if (!encoding.is(kNone)) return encoding.share();
    Config const& config = the_interpreter->config;
    if (config.warn_default_encoding) {
        CHECK(warn_message(py, exc::EncodingWarning, int(stack_level), "'encoding' argument not specified", {}));
    }
    return Ref<>(TRY(make_interned(py, config.utf8_mode ? "utf-8" : "locale")));
}

Result<Ref<>> open(Python& py, OpenOptions const& o) {
    Ref<> name = TRY(path_or_number(py, o.file));
    Mode mode = TRY(parse_mode(py, o.mode));
    CHECK(check_mode(py, mode, o));
    Ref<> file = TRY(call_with(py, type_value(fileio_type), name, TRY(make_str(py, mode.raw)), Borrowed<>(Value::of_bool(o.closefd)), o.opener));
    if (!wrap(py, file, mode, o).raised()) return file;
    Maybe<> error = take_raised(py);
    (void)call_method_with(py, file, name::close()).raised();
    return chain(py, std::move(error));
}

ORO_TYPE(unsupported_type, unsupported_def);
ORO_MODULE(io_module, .name = "_io", .doc = "Files, and text and octets in memory that look like them.", .functions = functions, .setup = setup);

}  // namespace oro::io
