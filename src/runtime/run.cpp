// Running programs and ending the interpreter.
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/file.h"
#include "bytecode/code_image.h"
#include "memory/world.h"
#include "object/bytes.h"
#include "object/call.h"
#include "object/collect.h"
#include "object/dict.h"
#include "object/exception.h"
#include "object/list.h"
#include "runtime/compile.h"
#include "runtime/import.h"
#include "runtime/start.h"
#include "runtime/sys_info.h"
#include "vm/function.h"

namespace oro {

namespace {

Result<Ref<Module>> main_module(Python& py) {
    Ref<Str> name = name::dunder_main().share();
    Maybe<> there = TRY(dict_get_item(py, *py.interpreter->modules, name));
    if (there && is<Module>(there.value())) return as<Module>(std::move(there).take());
    Ref<Module> m = TRY(make_module(py, name));
    CHECK(dict_set(py, **m->dict, name::dunder_builtins(), Borrowed<Module>(*py.interpreter->builtins_module.get()).share()));
    CHECK(dict_set_item(py, *py.interpreter->modules, name, m.share()));
    return m;
}

// sys.path[0]: the script's folder, or '' for -c and interactive.
Result<void> prepend_path(Python& py, Ref<Str> entry) {
    if (py.interpreter->config.safe_path) return {};
    Maybe<> path = sys_get(py, name::path());
    if (!path || !is<List>(path.value())) return {};
    Value one[] = {entry.value()};
    return list_splice(py, as<List>(path.value()), 0, 0, one);
}

Result<void> flush_stream(Python& py, Name which) {
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

Result<void> run_in_main(Python& py, std::string_view source, Borrowed<Str> filename, bool bytes, syntax::ParseMode mode = syntax::ParseMode::exec) {
    Ref<Module> m = TRY(main_module(py));
    CompileSettings settings;
    settings.mode = mode;
    settings.immortal = true;
    Ref<Code> code = TRY(bytes ? compile_bytes(py, source, filename, settings) : compile_source(py, source, filename, settings));
    CHECK(run_code(py, code, *m->dict, Optional<>(m->dict.value())));
    return {};
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

int finish_run(Python& py, Result<void> r) {
    int code = 0;
    if (r.raised()) code = handle_exception(py);
    flush_quietly(py);
    return code;
}

}  // namespace

int handle_exception(Python& py) {
    if (!has_raised(py)) return 1;
    Maybe<> e = take_raised(py);
    flush_quietly(py);
    if (is_instance_of(e.value(), exc::SystemExit)) {
        auto* exit = static_cast<SystemExit*>(e.value().pointer());
        Maybe<> code = exit->code.load(exit);
        if (!code || code.value() == kNone) return 0;
        if (code.value().is_int()) return int(code.value().as_int() & 0xFF);
        if (code.value().is_bool()) return code.value() == kTrue;
        auto text = str(py, *code);
        if (!text.raised()) {
            Ref<Str> s = std::move(text).take();
            Maybe<> err = sys_get(py, name::stderr_());
            std::string line = wtf8_of(*s.get()) + "\n";
            auto message = make_str(py, std::string_view(line));
            bool written = false;
            if (err && err.value() != kNone && !message.raised()) {
                Ref<Str> m = std::move(message).take();
                written = !call_method_with(py, *err, name::write(), m).raised();
                if (!written) clear_raised(py);
            }
            if (!written) (void)!::write(2, line.data(), line.size());
            flush_quietly(py);
        } else {
            clear_raised(py);
        }
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
    if (hook && hook.value() != kNone) {
        Value args[] = {Value::of(&type_of(e.value())), e.value(), tb.value()};
        if (call(py, *hook, args).raised()) {
            if (raised_is(py, exc::SystemExit)) return handle_exception(py);
            std::fputs("Error in sys.excepthook:\n", stderr);
            Maybe<> second = take_raised(py);
            if (print_exception(py, *second, none).raised()) clear_raised(py);
            std::fputs("\nOriginal exception was:\n", stderr);
            if (print_exception(py, *e, tb).raised()) clear_raised(py);
        }
    } else {
        std::fputs("sys.excepthook is missing\n", stderr);
        if (print_exception(py, *e, tb).raised()) clear_raised(py);
    }
    flush_quietly(py);
    if (interrupted) {
        // The parent shell sees that the signal ended the process.
        signal(SIGINT, SIG_DFL);
        kill(getpid(), SIGINT);
        return 130;
    }
    return 1;
}

int run_command(Python& py, std::string const& source) {
    auto run = [&]() -> Result<void> {
        CHECK(prepend_path(py, empty_str()));
        Ref<Str> filename = TRY(make_str(py, "<string>"));
        return run_in_main(py, source + "\n", filename, true);
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

int run_file(Python& py, std::string const& path) {
    struct stat info;
    bool exists = stat(path.c_str(), &info) == 0;
    auto run_package = [&]() -> Result<void> {
        // A directory or a zip file with a __main__: its path goes in front and runpy takes over.
        CHECK(prepend_path(py, TRY(decode_argument(py, path))));
        (void)TRY(main_module(py));
        Ref<> runner = TRY(import_attribute(py, "runpy", "_run_module_as_main"));
        Ref<Str> module = name::dunder_main().share();
        CHECK(call_with(py, runner, module, Borrowed<>(kFalse)));
        return {};
    };
    if (exists && S_ISDIR(info.st_mode)) {
        std::string inside = path + "/__main__.py", cached = path + "/__main__.pyc";
        if (access(inside.c_str(), R_OK) != 0 && access(cached.c_str(), R_OK) != 0) {
            std::fprintf(stderr, "%s: can't find '__main__' module in '%s'\n", py.interpreter->config.executable.c_str(), path.c_str());
            return 1;
        }
        return finish_run(py, run_package());
    }
    std::string source;
    if (!read_file(path, source)) {
        int error = errno;
        std::fprintf(stderr, "%s: can't open file '%s': [Errno %d] %s\n", py.interpreter->config.executable.c_str(),
                     path[0] == '/' ? path.c_str() : [&] {
                         static char full[8192];
                         char cwd[4096];
                         std::snprintf(full, sizeof full, "%s/%s", getcwd(cwd, sizeof cwd) ? cwd : "", path.c_str());
                         return full;
                     }(), error, std::strerror(error));
        return 2;
    }
    // A zip file ends with its directory; anything may stand in front.
    constexpr std::string_view kEndOfZip = "PK\x05\x06";
    if (source.find(kEndOfZip, source.size() < 65600 ? 0 : source.size() - 65600) != source.npos) return finish_run(py, run_package());
    auto run = [&]() -> Result<void> {
        std::size_t slash = path.rfind('/');
        CHECK(prepend_path(py, TRY(decode_argument(py, slash == path.npos ? "" : slash == 0 ? "/" : path.substr(0, slash)))));
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
        return run_in_main(py, source, filename, true);
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
        return run_in_main(py, source, filename, true);
    };
    return finish_run(py, run());
}

int run_interactive(Python& py) {
    auto run = [&]() -> Result<void> {
        CHECK(prepend_path(py, empty_str()));
        Ref<Module> m = TRY(main_module(py));
        // The plain REPL of the library: code.interact with our banner.
        Ref<> interact = TRY(import_attribute(py, "code", "interact"));
        Ref<> banner = none.share();
        if (py.interpreter->config.quiet) {
            banner = empty_str();
        } else {
            Maybe<> version = sys_get(py, "version");
            banner = TRY(format_message(py, "Python {} on linux\nType \"help\", \"copyright\", \"credits\" or \"license\" for more information.",
                                        {as<Str>(version.value())}));
        }
        Ref<Tuple> names = TRY(make_tuple_of(py, TRY(make_interned(py, "banner")), TRY(make_interned(py, "local")), TRY(make_interned(py, "exitmsg"))));
        Value args[] = {banner.value(), m->dict.value(), empty_str().value()};
        CHECK(call(py, interact, args, names.get()));
        return {};
    };
    return finish_run(py, run());
}

int finish_interpreter(Python& py) {
    int trouble = 0;
    Interpreter& interpreter = *py.interpreter;
    auto ignore = [&](Result<Ref<>> r, char const* what) {
        if (!r.raised()) return;
        write_unraisable(py, what);
        trouble = 1;
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
        if (flush_stream(py, n).raised()) {
            if (n == Name::stdout_) {
                write_unraisable(py, "Exception ignored while flushing sys.stdout");
                trouble = 1;
            } else {
                clear_raised(py);
            }
        }
    }
    interpreter.finalizing = true;
    // What follows takes objects apart that daemon threads use.
    seal_world(py);
    collector().running = false;  // by one of them
    // Objects that only modules hold get their finalisers: __main__ first, then the rest in reverse order of import.
    clear_modules(py);
    flush_quietly(py);
    return trouble;
}

void clear_modules(Python& py) {
    Interpreter& interpreter = *py.interpreter;
    std::vector<Ref<Module>> modules;
    std::size_t position = 0;
    Maybe<> key, value;
    while (dict_next(py, *interpreter.modules.get(), &position, &key, &value)) {
        if (value && is<Module>(value.value()) && value.value().pointer() != interpreter.sys_module.get() && value.value().pointer() != interpreter.builtins_module.get())
            modules.push_back(as<Module>(std::move(value).take()));
    }
    auto is_main = [&](Ref<Module>& m) {
        Maybe<> name = dict_get(py, **m->dict, name::dunder_name());
        return name && is<Str>(name.value()) && equal(*as<Str>(name.value()).get(), "__main__");
    };
    // Names with one underscore first, then the others, as CPython does; builtins stay.
    for (Ref<Module>& m : modules) {
        if (!is_main(m)) continue;
        std::vector<Ref<Str>> names;
        position = 0;
        while (dict_next(py, **m->dict, &position, &key, &value))
            if (is<Str>(key.value()) && !equal(*as<Str>(key.value()).get(), "__builtins__")) names.push_back(as<Str>(std::move(key).take()));
        for (Ref<Str>& n : names) (void)dict_set(py, **m->dict, n, none.share());
    }
    if (collect(py).raised()) clear_raised(py);
}

}  // namespace oro
