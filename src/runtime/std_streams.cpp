// sys.stdin, sys.stdout and sys.stderr, and builtins.open: what the module _io gives the interpreter at start-up.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "object/call.h"
#include "object/define.h"
#include "object/import.h"
#include "runtime/sys.h"

namespace oro {

namespace {

struct Encoding {
    std::string name = "utf-8", errors;
};

// Locales whose text may be anything let octets through that aren't UTF-8.
bool is_c_locale() {
    char const* locale = nullptr;
    for (char const* variable : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        locale = std::getenv(variable);
        if (locale && *locale) break;
    }
    std::string_view name = locale ? locale : "";
    return name.empty() || name == "C" || name == "POSIX" || name == "C.UTF-8" || name == "C.utf8" || name == "UTF-8";
}

// PYTHONIOENCODING is "encoding:errors"; either may be missing.
Encoding stream_encoding(Config const& config) {
    Encoding e;
    char const* setting = config.ignore_environment ? nullptr : std::getenv("PYTHONIOENCODING");
    if (setting && *setting) {
        std::string_view text = setting;
        std::size_t colon = text.find(':');
        if (colon != text.npos && colon + 1 < text.size()) e.errors = text.substr(colon + 1);
        if (colon != 0) {
            e.name = text.substr(0, colon);
            if (e.errors.empty()) e.errors = "strict";
        }
    }
    if (e.errors.empty()) e.errors = is_c_locale() ? "surrogateescape" : "strict";
    return e;
}

struct Stream {
    int fd;
    Borrowed<Str> name;
    char const* shown;
    char const* dunder;
    bool writing;
};

Result<Ref<>> open_stream(Python& py, Borrowed<> open, Borrowed<> wrapper, Stream const& stream, Encoding const& encoding) {
    // Whatever the parent left us there.
    if (::fcntl(stream.fd, F_GETFD) < 0) return Ref<>::immediate(kNone);
    struct stat status;
    if (!stream.writing && ::fstat(stream.fd, &status) == 0 && S_ISDIR(status.st_mode)) {
        std::fputs("Fatal Python error: init_sys_streams: <stdin> is a directory, cannot continue\nPython runtime state: core initialized\n\n", stderr);
        std::_Exit(1);
    }
    bool unbuffered = py.interpreter->config.unbuffered;
    bool direct = unbuffered && stream.writing;
    Ref<Str> mode = TRY(make_interned(py, stream.writing ? "wb" : "rb"));
    Ref<> buffer = TRY(call_with(py, open, Borrowed<>(Value::of_int(stream.fd)), mode, Borrowed<>(Value::of_int(direct ? 0 : -1)), none, none,
                                 none, Borrowed<>(kFalse), none));
    Ref<> raw = direct ? buffer.share() : TRY(get_attribute(py, buffer, name::raw()));
    CHECK(set_attribute(py, raw, name::name(), TRY(make_interned(py, stream.shown))));
    bool terminal = TRY(truth(py, TRY(call_method_with(py, raw, name::isatty()))));
    bool by_line = !unbuffered && (terminal || stream.fd == 2);
    Ref<Str> name = TRY(make_interned(py, encoding.name));
    Ref<Str> errors = TRY(make_interned(py, stream.fd == 2 ? "backslashreplace" : std::string_view(encoding.errors)));
    Ref<Str> newline = TRY(make_interned(py, "\n"));
    Ref<> text = TRY(call_with(py, wrapper, buffer, name, errors, newline, Borrowed<>(Value::of_bool(by_line)),
                               Borrowed<>(Value::of_bool(unbuffered))));
    CHECK(set_attribute(py, text, name::mode(), TRY(make_interned(py, stream.writing ? "w" : "r"))));
    return text;
}

// What sys.stderr is until the module _io works: text goes to the descriptor as it comes.
struct EarlyStream : Object {
    static Type& type();
};

Result<Ref<>> early_write(Python&, Borrowed<EarlyStream>, Borrowed<Str> text) {
    std::string octets = wtf8_of(*text.get());
    for (std::string_view rest = octets; !rest.empty();) {
        ssize_t n = ::write(2, rest.data(), rest.size());
        if (n <= 0) break;  // nobody to tell
        rest.remove_prefix(std::size_t(n));
    }
    return Ref<>::immediate(Value::of_int(std::int64_t(text->length())));
}
void early_flush(Python&, Borrowed<EarlyStream>) {}
std::int64_t early_fileno(Python&, Borrowed<EarlyStream>) { return 2; }
bool early_isatty(Python&, Borrowed<EarlyStream>) { return ::isatty(2); }

constexpr MethodDef early_methods[] = {
    def<early_write>("write", "text, /", "Write text to the standard error stream."),
    def<early_flush>("flush", "", "Do nothing: nothing is kept back."),
    def<early_fileno>("fileno", "", "The number of the descriptor."),
    def<early_isatty>("isatty", "", "Whether it is a terminal."),
};
constexpr TypeDef early_def{.name = "stderrprinter", .size = sizeof(EarlyStream), .flags = type_flag::disallow_new,
                            .hooks = hooks_of<EarlyStream>(), .methods = early_methods};
ORO_TYPE(early_stream_type, early_def);
Type& EarlyStream::type() { return early_stream_type; }

}  // namespace

Result<void> set_early_stderr(Python& py) {
    return dict_set(py, *(*py.interpreter->sys_dict).get(), name::stderr_(), Ref<>(TRY(make<EarlyStream>(py, early_stream_type))));
}

Result<void> finish_sys(Python& py) {
    Ref<> module = TRY(import_module(py, "_io"));
    Ref<> open = TRY(get_attribute(py, module, name::open()));
    Ref<> wrapper = TRY(get_attribute(py, module, TRY(make_interned(py, "TextIOWrapper"))));
    Interpreter& interpreter = *py.interpreter;
    CHECK(dict_set(py, *(*interpreter.builtins_dict).get(), name::open(), open.share()));
    Encoding encoding = stream_encoding(interpreter.config);
    // Errors from here on can be shown.
    Stream const streams[] = {{2, name::stderr_(), "<stderr>", "__stderr__", true},
                              {0, name::stdin_(), "<stdin>", "__stdin__", false},
                              {1, name::stdout_(), "<stdout>", "__stdout__", true}};
    for (Stream const& s : streams) {
        Ref<> stream = TRY(open_stream(py, open, wrapper, s, encoding));
        Ref<Str> dunder = TRY(make_interned(py, s.dunder));
        CHECK(dict_set(py, *(*interpreter.sys_dict).get(), dunder, stream.share()));
        CHECK(dict_set(py, *(*interpreter.sys_dict).get(), s.name, std::move(stream)));
    }
    return {};
}

}  // namespace oro
