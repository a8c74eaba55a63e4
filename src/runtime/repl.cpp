// The interactive loop: the library's _pyrepl on terminals, else a plain one that reads sys.stdin line by line.
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <optional>

#include "base/file.h"
#include "object/call.h"
#include "object/dict.h"
#include "object/exception.h"
#include "runtime/import.h"
#include "runtime/main_program.h"
#include "runtime/print_exception.h"
#include "runtime/start.h"
#include "runtime/sys_info.h"
#include "syntax/parse.h"
#include "vm/function.h"

namespace oro {

namespace {

constexpr std::uint32_t kFutures = CO_FUTURE_BARRY_AS_BDFL | CO_FUTURE_ANNOTATIONS;

char const* setting(Python& py, char const* variable) {
    if (py.interpreter->config.ignore_environment) return nullptr;
    char const* v = std::getenv(variable);
    return v && *v ? v : nullptr;
}

class BasicRepl {
public:
    explicit BasicRepl(Python& py) : py_(py) {}

    // Until the end of input or SystemExit.
    std::optional<int> run() {
        for (bool more = true; more;) {
            Result<bool> r = step();
            if (!r.raised()) {
                more = std::move(r).take();
                flush_quietly(py_);
                continue;
            }
            if (raised_is(py_, exc::SystemExit)) return handle_exception(py_, Uncaught::ends_loop);
            show_exception();
        }
        return {};
    }

private:
    // KeyboardInterrupt at the prompt drops the statement and asks again.
    void show_exception() {
        statement_.clear();
        bool interrupted = at_prompt_ && raised_is(py_, exc::KeyboardInterrupt);
        at_prompt_ = false;
        if (interrupted) {
            clear_raised(py_);
            write_to_stderr(py_, "\nKeyboardInterrupt\n");
        } else {
            (void)handle_exception(py_, Uncaught::goes_on);
        }
        flush_quietly(py_);
    }

    // What sys.ps1 or sys.ps2 says; nothing if it is gone or can't be shown.
    std::string prompt(char const* name) {
        Maybe<> p = sys_get(py_, name);
        if (!p) return {};
        Result<Ref<Str>> text = str(py_, *p);
        if (!text.raised()) return wtf8_of(*std::move(text).take());
        clear_raised(py_);
        return {};
    }

    // A line without its end; null at the end of input.
    Result<std::optional<std::string>> read_line(std::string const& prompt) {
        Maybe<> in = sys_get(py_, name::stdin_());
        if (!in || in.value() == kNone) return std::optional<std::string>();
        Maybe<> line;
        if (isatty(0) && isatty(1)) {
            Ref<> input = TRY(import_attribute(py_, "builtins", "input"));
            Result<Ref<>> read = call_with(py_, input, TRY(make_str(py_, prompt)));
            if (read.raised()) {
                if (!raised_is(py_, exc::EOFError)) return Raised{};
                clear_raised(py_);
                return std::optional<std::string>();
            }
            line = std::move(read).take();
        } else {
            flush_quietly(py_);
            if (!prompt.empty() && ::write(2, prompt.data(), prompt.size()) < 0) return std::optional<std::string>();
            line = TRY(call_method_with(py_, *in, TRY(make_interned(py_, "readline"))));
            if (is<Str>(line.value()) && as<Str>(line.value())->length() == 0) return std::optional<std::string>();
        }
        if (!is<Str>(line.value())) return raise(py_, exc::TypeError, "object.readline() returned non-string");
        std::string text = wtf8_of(*as<Str>(line.value()).get());
        while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
        return std::optional<std::string>(std::move(text));
    }

    // Whether more lines may belong to the statement. A block goes on until an empty line: its text alone asks for more, and
    // with a line end behind it is whole.
    bool wants_more() const {
        if (only_comments(statement_)) return false;
        auto parse = [&](std::string const& text) -> std::optional<syntax::ErrorKind> {
            syntax::ParseOptions options;
            options.mode = syntax::ParseMode::single;
            options.barry_as_flufl = flags_ & CO_FUTURE_BARRY_AS_BDFL;
            options.allow_incomplete_input = options.dont_imply_dedent = true;
            Arena arena;
            syntax::ParseResult r = syntax::parse(arena, text, options);
            if (!r.error) return {};
            return r.error->kind;
        };
        if (!parse(statement_)) return false;
        std::size_t backslashes = statement_.size() - 1 - std::min(statement_.find_last_not_of('\\'), statement_.size() - 1);
        if (statement_.ends_with('\\') && backslashes % 2) return true;
        // An error that a line end doesn't cure is one whatever comes next.
        std::optional<syntax::ErrorKind> second = parse(statement_ + "\n");
        return !second || *second == syntax::ErrorKind::incomplete_input;
    }
    static bool only_comments(std::string_view text) {
        while (!text.empty()) {
            std::string_view line = text.substr(0, text.find('\n'));
            std::size_t at = line.find_first_not_of(" \t\f");
            if (at != line.npos && line[at] != '#') return false;
            text.remove_prefix(std::min(line.size() + 1, text.size()));
        }
        return true;
    }

    // Reads and runs one statement; false at the end of input.
    Result<bool> step() {
        statement_.clear();
        for (bool first = true;; first = false) {
            at_prompt_ = true;
            std::optional<std::string> line = TRY(read_line(prompt(first ? "ps1" : "ps2")));
            at_prompt_ = false;
            if (!line) {
                write_to_stderr(py_, "\n");
                if (first) return false;
                CHECK(run_statement());
                return true;
            }
            if (!first) statement_ += '\n';
            statement_ += *line;
            if (!wants_more()) break;
        }
        if (!only_comments(statement_)) CHECK(run_statement());
        return true;
    }

    Result<void> run_statement() {
        std::string text = std::move(statement_) + "\n";
        statement_.clear();
        Ref<Str> filename = TRY(make_str(py_, "<stdin>"));
        CompileSettings settings;
        settings.mode = syntax::ParseMode::single;
        settings.flags = flags_;
        Ref<Code> code = TRY(compile_source(py_, text, filename, settings));
        flags_ |= code->code_flags & kFutures;
        remember_source(py_, code, text, filename);
        Ref<Module> m = TRY(main_module(py_));
        CHECK(run_code(py_, code, *m->dict, Optional<>(m->dict.value())));
        return {};
    }

    Python& py_;
    std::string statement_;
    std::uint32_t flags_ = 0;   // __future__ features that statements have switched on
    bool at_prompt_ = false;
};

Result<void> set_prompts(Python& py) {
    for (auto [name, text] : {std::pair{"ps1", ">>> "}, {"ps2", "... "}}) {
        Ref<Str> key = TRY(make_interned(py, name));
        if (!sys_get(py, name)) CHECK(dict_set(py, *py.interpreter->sys_dict.get(), key, TRY(make_str(py, text))));
    }
    return {};
}

// The file that PYTHONSTARTUP names, in __main__.
void run_startup_file(Python& py) {
    char const* path = setting(py, "PYTHONSTARTUP");
    if (!path) return;
    auto run = [&]() -> Result<void> {
        Ref<Str> filename = TRY(decode_argument(py, path));
        std::string source;
        if (!read_file(path, source)) {
            int error = errno;
            write_to_stderr(py, "Could not open PYTHONSTARTUP\n");
            return raise_errno(py, error, Optional<>(filename.value()));
        }
        return run_source_file(py, source, filename);
    };
    if (run().raised()) (void)handle_exception(py, Uncaught::goes_on);
}

void run_interactive_hook(Python& py) {
    Maybe<> hook = sys_get(py, "__interactivehook__");
    if (!hook) return;
    if (!call_with(py, *hook).raised()) return;
    write_to_stderr(py, "Failed calling sys.__interactivehook__\n");
    (void)handle_exception(py, Uncaught::goes_on);
}

// The library's line editor. Nothing if there is none here.
std::optional<int> run_pyrepl(Python& py) {
    auto start = import_attribute(py, "_pyrepl.main", "interactive_console");
    if (start.raised()) {
        clear_raised(py);
        return {};
    }
    Ref<> console = std::move(start).take();
    auto run = [&]() -> Result<void> {
        Ref<Module> m = TRY(main_module(py));
        Ref<Tuple> names = TRY(make_tuple_of(py, TRY(make_interned(py, "mainmodule")), TRY(make_interned(py, "pythonstartup"))));
        Value args[] = {m.value(), kFalse};
        CHECK(call(py, console, args, names.get()));
        return {};
    };
    return finish_run(py, run());
}

}  // namespace

std::optional<int> run_basic_repl(Python& py) {
    if (set_prompts(py).raised()) return handle_exception(py);
    return BasicRepl(py).run();
}

int run_interactive(Python& py, After after) {
    Config& config = py.interpreter->config;
    config.inspect = 0;   // SystemExit ends the loop
    if (after == After::nothing) {
        auto run = [&]() -> Result<void> {
            CHECK(prepend_path(py, empty_str()));
            (void)TRY(main_module(py));
            return {};
        };
        if (run().raised()) return handle_exception(py);
        if (!config.quiet) {
            Maybe<> version = sys_get(py, "version");
            std::string text = version && is<Str>(version.value()) ? wtf8_of(*as<Str>(version.value()).get()) : "";
            write_to_stderr(py, "Python " + text + " on linux\nType \"help\", \"copyright\", \"credits\" or \"license\" for more information.\n");
        }
        run_startup_file(py);
    }
    run_interactive_hook(py);
    if (isatty(0) && !setting(py, "PYTHON_BASIC_REPL")) {
        if (std::optional<int> code = run_pyrepl(py)) return *code;
    }
    return run_basic_repl(py).value_or(0);
}

}  // namespace oro
