// Running programs and ending the interpreter.
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/file.h"
#include "bytecode/code_image.h"
#include "memory/world.h"
#include "object/bytes.h"
#include "object/call.h"
#include "object/collect.h"
#include "object/dict.h"
#include "object/exception.h"
#include "object/int.h"
#include "object/list.h"
#include "object/weak.h"
#include "runtime/compile.h"
#include "runtime/import.h"
#include "runtime/main_program.h"
#include "runtime/print_exception.h"
#include "runtime/start.h"
#include "runtime/sys_info.h"
#include "vm/function.h"

namespace oro {

Result<Ref<Module>> main_module(Python& py) {
    Ref<Str> name = name::dunder_main().share();
    Maybe<> there = TRY(dict_get_item(py, *py.interpreter->modules, name));
    if (there && is<Module>(there.value())) return as<Module>(std::move(there).take());
    Ref<Module> m = TRY(make_module(py, name));
    CHECK(dict_set(py, **m->dict, name::dunder_builtins(), Borrowed<Module>(*py.interpreter->builtins_module.get()).share()));
    Ref<> loader = TRY(import_attribute(py, "_frozen_importlib", "BuiltinImporter"));
    CHECK(dict_set(py, **m->dict, name::dunder_loader(), std::move(loader)));
    CHECK(dict_set_item(py, *py.interpreter->modules, name, m.share()));
    return m;
}

static Result<void> insert_path(Python& py, Ref<Str> entry) {
    Maybe<> path = sys_get(py, name::path());
    if (!path || !is<List>(path.value())) return {};
    Value one[] = {entry.value()};
    return list_splice(py, as<List>(path.value()), 0, 0, one);
}

Result<void> prepend_path(Python& py, Ref<Str> entry) {
    if (py.interpreter->config.safe_path) return {};
    return insert_path(py, std::move(entry));
}

static Result<void> flush_stream(Python& py, Name which) {
    Maybe<> stream = sys_get(py, name_of(which));
    if (!stream || stream.value() == kNone) return {};
    Maybe<> closed = TRY(find_attribute(py, *stream, TRY(make_interned(py, "closed"))));
    if (closed && TRY(truth(py, *closed))) return {};
    CHECK(call_method_with(py, *stream, name::flush()));
    return {};
}

void flush_quietly(Python& py) {
    for (Name n : {Name::stdout_, Name::stderr_})
        if (flush_stream(py, n).raised()) clear_raised(py);
}

void remember_source(Python& py, Borrowed<Code> code, std::string_view source, Borrowed<Str> filename) {
    auto run = [&]() -> Result<void> {
        Ref<> enter = TRY(import_attribute(py, "linecache", "_register_code"));
        Ref<Str> text = TRY(make_str(py, source));
        CHECK(call_with(py, enter, code, text, filename));
        return {};
    };
    if (run().raised()) clear_raised(py);
}

namespace {

// Whether tracebacks show the source of a program that no file holds.
enum class ShowSource : std::uint8_t { no, yes };

Result<void> run_in_main(Python& py, std::string_view source, Borrowed<Str> filename, SourceOrigin origin, ShowSource show = ShowSource::no) {
    Ref<Module> m = TRY(main_module(py));
    CompileSettings settings;
    settings.immortal = true;
    settings.origin = origin;
    Ref<Code> code = TRY(compile_bytes(py, source, filename, settings));
    if (show == ShowSource::yes) remember_source(py, *code, source, filename);
    CHECK(run_code(py, code, *m->dict, Optional<>(m->dict.value())));
    return {};
}

// The text without the indentation that all its lines share; lines of blanks alone don't count, and become empty.
std::string dedent(std::string const& text) {
    auto blanks = [](std::string_view line) { return line.substr(0, line.find_first_not_of(" \t")); };
    std::optional<std::string_view> margin;
    std::string out;
    for (int pass = 0; pass < 2; ++pass) {
        for (std::string_view rest = text; !rest.empty();) {
            std::size_t end = rest.find('\n');
            std::string_view line = rest.substr(0, end == rest.npos ? end : end + 1), indent = blanks(line);
            rest.remove_prefix(line.size());
            bool empty = indent.size() == line.size() || line[indent.size()] == '\n';
            if (pass) {
                if (empty) out += line.ends_with('\n') ? "\n" : "";
                else out += line.substr(margin->size());
            } else if (!empty) {
                if (!margin) margin = indent;
                std::size_t same = 0;
                while (same < margin->size() && same < indent.size() && (*margin)[same] == indent[same]) ++same;
                margin = margin->substr(0, same);
            }
        }
        if (!margin || margin->empty()) return text;
    }
    return out;
}

std::string absolute_path(std::string const& path) {
    if (path.starts_with('/')) return path;
    char cwd[4096];
    if (!getcwd(cwd, sizeof cwd)) return path;
    if (path.empty() || path == ".") return cwd;
    return std::string(cwd) + "/" + (path.starts_with("./") ? path.substr(2) : path);
}

// Whether a zip archive ends here: its closing record, followed by a comment as long as it says. What stands before may be anything.
bool is_zip(std::string_view file) {
    constexpr std::size_t kRecord = 22, kLongestComment = 65535;
    if (file.size() < kRecord) return false;
    std::size_t last = file.size() - kRecord, first = last > kLongestComment ? last - kLongestComment : 0;
    for (std::size_t at = last + 1; at-- > first;) {
        if (file.substr(at, 4) != "PK\5\6") continue;
        std::size_t comment = std::size_t(std::uint8_t(file[at + 20])) | std::size_t(std::uint8_t(file[at + 21])) << 8;
        if (at + kRecord + comment == file.size()) return true;
    }
    return false;
}

// Compiled code given as a program: by its name, or by the octets in front.
bool is_compiled(std::string const& path, std::string_view octets) {
    auto magic = std::uint16_t(image_fingerprint());
    return path.ends_with(".pyc") || (octets.size() >= 4 && octets[0] == char(magic) && octets[1] == char(magic >> 8) && octets.substr(2, 2) == "\r\n");
}

Result<void> run_compiled(Python& py, std::string_view octets) {
    Ref<Module> m = TRY(main_module(py));
    if (!is_compiled("", octets)) return raise(py, exc::RuntimeError, "Bad magic number in .pyc file");
    Ref<> loads = TRY(import_attribute(py, "marshal", "loads"));
    Ref<> code = TRY(call_with(py, loads, TRY(make_bytes(py, octets.substr(octets.size() < 16 ? octets.size() : 16)))));
    if (!is<Code>(code.value())) return raise(py, exc::RuntimeError, "Bad code object in .pyc file");
    CHECK(run_code(py, as<Code>(code.value()), *m->dict, Optional<>(m->dict.value())));
    return {};
}

}  // namespace

Result<void> run_source_file(Python& py, std::string_view source, Borrowed<Str> filename) {
    return run_in_main(py, source, filename, SourceOrigin::file);
}

int finish_run(Python& py, Result<void> r) {
    int code = 0;
    if (r.raised()) code = handle_exception(py);
    flush_quietly(py);
    return code;
}

int handle_exception(Python& py, Uncaught how) {
    if (!has_raised(py)) return 1;
    Maybe<> e = take_raised(py);
    flush_quietly(py);
    // Under -i, SystemExit is shown like any other.
    if (is_instance_of(e.value(), exc::SystemExit) && how != Uncaught::goes_on && !py.interpreter->config.inspect) {
        auto* exit = static_cast<SystemExit*>(e.value().pointer());
        Maybe<> code = exit->code.load(exit);
        if (!code || code.value() == kNone) return 0;
        if (is_any_int(code.value())) {
            Value n = int_number(code.value());
            return n.is_int() ? int(n.as_int() & 0xFF) : 0xFF;
        }
        // What can't be shown leaves its line empty.
        auto text = str(py, *code);
        std::string line = "\n";
        if (text.raised()) clear_raised(py);
        else line = wtf8_of(*std::move(text).take()) + "\n";
        write_to_stderr(py, line);
        flush_quietly(py);
        return 1;
    }
    bool interrupted = is_instance_of(e.value(), exc::KeyboardInterrupt);
    auto* exception = static_cast<BaseException*>(e.value().pointer());
    Maybe<> traceback = exception->traceback.load(exception);
    // For the post-mortem debugger.
    if (py.interpreter->sys_dict) {
        Dict& sys = *py.interpreter->sys_dict.get();
        (void)dict_set(py, sys, name::last_exc(), share(e.value()));
        (void)dict_set(py, sys, name::last_value(), share(e.value()));
        (void)dict_set(py, sys, name::last_type(), share(Value::of(&type_of(e.value()))));
        (void)dict_set(py, sys, name::last_traceback(), traceback ? share(traceback.value()) : none.share());
    }
    Maybe<> hook = sys_get(py, name::excepthook());
    Borrowed<> tb = traceback ? *traceback : none;
    if (hook) {
        Value args[] = {Value::of(&type_of(e.value())), e.value(), tb.value()};
        if (call(py, *hook, args).raised()) {
            if (raised_is(py, exc::SystemExit)) return handle_exception(py, how);
            write_to_stderr(py, "Error in sys.excepthook:\n");
            Maybe<> second = take_raised(py);
            if (print_exception(py, *second, none).raised()) clear_raised(py);
            write_to_stderr(py, "\nOriginal exception was:\n");
            if (print_exception(py, *e, tb).raised()) clear_raised(py);
        }
    } else {
        write_to_stderr(py, "sys.excepthook is missing\n");
        if (print_exception(py, *e, tb).raised()) clear_raised(py);
    }
    flush_quietly(py);
    if (interrupted && how == Uncaught::ends_process) {
        // The parent shell sees that the signal ended the process.
        signal(SIGINT, SIG_DFL);
        kill(getpid(), SIGINT);
        return 130;
    }
    return 1;
}

int run_command(Python& py, std::string const& source) {
    // The text came as an argument: octets that aren't UTF-8 are surrogates in it, which no source text may have.
    auto decode = [&]() -> Result<void> {
        Ref<Str> text = TRY(decode_argument(py, source));
        (void)TRY(utf8_of(py, text));
        return {};
    };
    if (decode().raised()) {
        write_to_stderr(py, "Unable to decode the command from the command line:\n");
        Maybe<> e = take_raised(py);
        if (print_exception(py, *e, none).raised()) clear_raised(py);
        return 1;
    }
    auto run = [&]() -> Result<void> {
        CHECK(prepend_path(py, empty_str()));
        Ref<Str> filename = TRY(make_str(py, "<string>"));
        return run_in_main(py, dedent(source) + "\n", filename, SourceOrigin::text, ShowSource::yes);
    };
    return finish_run(py, run());
}

int run_module(Python& py, std::string const& name) {
    auto run = [&]() -> Result<void> {
        char cwd[4096];
        CHECK(prepend_path(py, TRY(decode_argument(py, getcwd(cwd, sizeof cwd) ? cwd : ""))));
        (void)TRY(main_module(py));
        Ref<> runner = TRY(import_attribute(py, "runpy", "_run_module_as_main"));
        Ref<Str> module = TRY(decode_argument(py, name));
        CHECK(call_with(py, runner, module));
        return {};
    };
    return finish_run(py, run());
}

int run_file(Python& py, std::string const& given) {
    std::string path = absolute_path(given);
    struct stat info;
    auto run_package = [&]() -> Result<void> {
        // A directory or a zip file with a __main__: its path goes in front, also with -P, and runpy takes over.
        CHECK(insert_path(py, TRY(decode_argument(py, path))));
        (void)TRY(main_module(py));
        Ref<> runner = TRY(import_attribute(py, "runpy", "_run_module_as_main"));
        Ref<Str> module = name::dunder_main().share();
        CHECK(call_with(py, runner, module, Borrowed<>(kFalse)));
        return {};
    };
    if (stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) return finish_run(py, run_package());
    std::string source;
    if (!read_file(path, source)) {
        std::fprintf(stderr, "%s: can't open file '%s': [Errno %d] %s\n", py.interpreter->config.executable.c_str(), path.c_str(), errno, std::strerror(errno));
        return 2;
    }
    if (is_zip(source)) return finish_run(py, run_package());
    auto run = [&]() -> Result<void> {
        // The folder where the file really is, links followed.
        char buffer[PATH_MAX];
        std::string real = realpath(path.c_str(), buffer) ? buffer : path;
        std::size_t slash = real.rfind('/');
        CHECK(prepend_path(py, TRY(decode_argument(py, slash == 0 ? "/" : real.substr(0, slash)))));
        Ref<Str> filename = TRY(decode_argument(py, path));
        Ref<Module> m = TRY(main_module(py));
        CHECK(dict_set(py, **m->dict, name::dunder_file(), filename.share()));
        CHECK(dict_set(py, **m->dict, name::dunder_cached(), none.share()));
        // The loader that __main__ has: its source can be found again by inspect and the debugger.
        bool compiled = is_compiled(path, source);
        auto loader = [&]() -> Result<Ref<>> {
            Ref<> type = TRY(import_attribute(py, "_frozen_importlib_external", compiled ? "SourcelessFileLoader" : "SourceFileLoader"));
            return call_with(py, type, name::dunder_main(), filename);
        }();
        if (loader.raised()) clear_raised(py);
        else CHECK(dict_set(py, **m->dict, name::dunder_loader(), std::move(loader).take()));
        if (compiled) return run_compiled(py, source);
        // -x: the first line may be of another language; the numbers of the others stay.
        if (py.interpreter->config.skip_first_line) source.erase(0, std::min(source.find('\n'), source.size()));
        return run_in_main(py, source, filename, SourceOrigin::file);
    };
    return finish_run(py, run());
}

int run_stdin(Python& py) {
    auto run = [&]() -> Result<void> {
        CHECK(prepend_path(py, empty_str()));
        std::string source;
        if (!read_file("/dev/stdin", source)) {
            char buffer[65536];
            ssize_t n;
            while ((n = read(0, buffer, sizeof buffer)) > 0) source.append(buffer, std::size_t(n));
        }
        Ref<Str> filename = TRY(make_str(py, "<stdin>"));
        return run_in_main(py, source, filename, SourceOrigin::file);
    };
    return finish_run(py, run());
}

bool finish_interpreter(Python& py) {
    bool flushed = true;
    Interpreter& interpreter = *py.interpreter;
    auto ignore = [&](Result<Ref<>> r, char const* what) {
        if (r.raised()) write_unraisable(py, what);
    };
    // Non-daemon threads first, then atexit; a module that nobody has imported has nothing to do.
    auto call_at_end = [&](std::string_view module, std::string_view function, char const* what) {
        auto done = [&]() -> Result<Ref<>> {
            Maybe<> m = dict_get(py, *interpreter.modules.get(), TRY(make_interned(py, module)));
            if (!m || m.value() == kNone) return none.share();
            Maybe<> f = TRY(find_attribute(py, *m, TRY(make_interned(py, function))));
            return f ? call_with(py, *f) : Result<Ref<>>(none.share());
        };
        ignore(done(), what);
    };
    call_at_end("threading", "_shutdown", "Exception ignored on threading shutdown");
    call_at_end("atexit", "_run_exitfuncs", "Exception ignored in atexit callback");
    for (Name n : {Name::stdout_, Name::stderr_}) {
        if (!flush_stream(py, n).raised()) continue;
        if (n == Name::stdout_) write_unraisable(py, "Exception ignored while flushing sys.stdout");
        else clear_raised(py);
        flushed = false;
    }
    interpreter.finalizing = true;
    // What follows takes objects apart that daemon threads use.
    seal_world(py);
    collector().running = false;  // by one of them
    // What only __main__ holds gets its finalisers.
    clear_main(py);
    flush_quietly(py);
    return flushed;
}

namespace {
// Takes __main__ out of sys.modules; what tells whether its variables are still there, or null.
Result<Maybe<WeakRef>> detach_main(Python& py) {
    // A traceback that waits for the post-mortem debugger keeps the frames of the program.
    for (Name n : {Name::last_exc, Name::last_type, Name::last_value, Name::last_traceback})
        if (sys_get(py, name_of(n))) CHECK(dict_set(py, *py.interpreter->sys_dict.get(), name_of(n), none.share()));
    Maybe<> main = dict_pop(py, *py.interpreter->modules.get(), name::dunder_main());
    if (!main || !is<Module>(main.value())) return Maybe<WeakRef>();
    return Maybe<WeakRef>(TRY(watch(py, *as<Module>(*main)->dict)));
}

enum class Names : std::uint8_t { with_underscore, others };

void set_to_none(Python& py, Borrowed<Dict> variables, Names which) {
    std::vector<Ref<Str>> names;
    std::size_t position = 0;
    Maybe<> key, value;
    while (dict_next(py, *variables.get(), &position, &key, &value)) {
        if (!is<Str>(key.value()) || equal(*as<Str>(key.value()).get(), "__builtins__")) continue;
        std::string name = wtf8_of(*as<Str>(key.value()).get());
        bool underscore = name.starts_with('_') && !name.starts_with("__");
        if (underscore == (which == Names::with_underscore)) names.push_back(as<Str>(std::move(key).take()));
    }
    for (Ref<Str>& n : names)
        if (dict_set(py, *variables.get(), n, none.share()).raised()) clear_raised(py);
}
}  // namespace

void clear_main(Python& py) {
    auto detached = detach_main(py);
    if (detached.raised()) return clear_raised(py);
    Maybe<WeakRef> left = std::move(detached).take();
    // Mostly nobody else has the module: it goes as a whole, and finalisers find all its names.
    if (collect(py).raised()) clear_raised(py);
    Maybe<> variables = left ? left->get() : Maybe<>();
    if (!variables) return;
    // Somebody has: names with one underscore go first, then the others.
    for (Names which : {Names::with_underscore, Names::others}) set_to_none(py, as<Dict>(*variables), which);
    if (collect(py).raised()) clear_raised(py);
}

}  // namespace oro
