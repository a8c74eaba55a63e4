#include "cli/options.h"

#include <unistd.h>

#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "build_config.h"
#include "cli/settings.h"

namespace oro::cli {

namespace {

constexpr char const* kUsage = "usage: %s [option] ... [-c cmd | -m mod | file | -] [arg] ...\n";
constexpr char const* kTryHelp = "Try `python -h' for more information.\n";

constexpr char const* kHelp =
    "Options (and corresponding environment variables):\n"
    "-b     : warn about comparing bytes with str, or bytes with int (-bb: raise an error)\n"
    "-B     : write no cached bytecode on import; also PYTHONDONTWRITEBYTECODE=x\n"
    "-c cmd : run the text given as a program (ends the options)\n"
    "-d     : turn parser debugging on; also PYTHONDEBUG=x\n"
    "-E     : ignore PYTHON* environment variables\n"
    "-h     : print this help; also -? and --help\n"
    "-i     : go on interactively after the program; also PYTHONINSPECT=x\n"
    "-I     : isolate from the user's environment (implies -E, -P and -s)\n"
    "-m mod : run a library module as a program (ends the options)\n"
    "-O     : leave out assert and __debug__ code; also PYTHONOPTIMIZE=x\n"
    "-OO    : leave out docstrings, too\n"
    "-P     : put no unsafe path in front of sys.path; also PYTHONSAFEPATH\n"
    "-q     : print no version and copyright on interactive start\n"
    "-s     : leave the user's site directory out of sys.path; also PYTHONNOUSERSITE=x\n"
    "-S     : do not import site\n"
    "-u     : leave stdout and stderr unbuffered; also PYTHONUNBUFFERED=x\n"
    "-v     : tell of every import (-vv: of every file tried); also PYTHONVERBOSE=x\n"
    "-V     : print the version and exit (-VV: with the build); also --version\n"
    "-W arg : control warnings: action:message:category:module:lineno; also PYTHONWARNINGS=arg\n"
    "-x     : skip the first line of the source\n"
    "-X opt : set an implementation-specific option, such as gil=1, utf8, dev, int_max_str_digits=N\n"
    "file   : run a program from a file, a directory or a zip with a __main__\n"
    "-      : run a program from standard input (the default; interactive on a terminal)\n"
    "arg ...: arguments for the program, in sys.argv[1:]\n";

std::string real_path(std::string const& path) {
    char buffer[PATH_MAX];
    return realpath(path.c_str(), buffer) ? buffer : path;
}

std::string find_executable(char const* argv0) {
    char buffer[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", buffer, sizeof buffer - 1);
    std::string self = n > 0 ? std::string(buffer, std::size_t(n)) : std::string(argv0);
    if (std::strchr(argv0, '/')) {
        // As it was named: a virtual environment's link stays a link.
        if (argv0[0] == '/') return argv0;
        char cwd[PATH_MAX];
        if (getcwd(cwd, sizeof cwd)) return std::string(cwd) + "/" + argv0;
    }
    if (char const* path = std::getenv("PATH")) {
        for (char const* p = path; *p;) {
            char const* end = strchrnul(p, ':');
            std::string candidate = std::string(p, end) + "/" + argv0;
            if (access(candidate.c_str(), X_OK) == 0) return candidate;
            p = *end ? end + 1 : end;
        }
    }
    return self;
}

void fill_paths(Config& c) {
    c.prefix = ORO_BUILD_DIR;
    c.stdlib = ORO_STDLIB_DIR;
    std::string own = ORO_OWN_LIB_DIR;
    if (access(c.stdlib.c_str(), R_OK) != 0) {
        // Installed: beside the executable.
        std::string exe = real_path("/proc/self/exe");
        std::string root = exe.substr(0, exe.rfind('/'));
        root = root.substr(0, root.rfind('/'));
        c.prefix = root;
        c.stdlib = own = root + "/lib/python3.14t";
    }
    if (char const* path = environment(c, "PYTHONPATH")) {
        for (char const* p = path;;) {
            char const* end = strchrnul(p, ':');
            c.path.emplace_back(p, end);
            if (!*end) break;
            p = end + 1;
        }
    }
    if (own != c.stdlib && access(own.c_str(), R_OK) == 0) c.path.push_back(own);
    c.path.push_back(c.stdlib);
}

int bad_option(char const* program, std::string const& message) {
    std::fprintf(stderr, "%s\n", message.c_str());
    std::fprintf(stderr, kUsage, program);
    std::fputs(kTryHelp, stderr);
    return 2;
}

}  // namespace

std::optional<int> read_command_line(int argc, char** argv, Command& out) {
    Config& c = out.config;
    char const* program = argv[0];
    c.program_name = program;
    for (int i = 0; i < argc; ++i) c.orig_argv.push_back(argv[i]);
    int version = 0;
    int i = 1;
    bool done = false;
    for (; i < argc && !done; ++i) {
        std::string arg = argv[i];
        if (arg == "--") {
            ++i;
            break;
        }
        if (arg == "-" || arg[0] != '-') break;
        if (arg.starts_with("--")) {
            if (arg == "--help") {
                std::printf(kUsage, program);
                std::fputs(kHelp, stdout);
                return 0;
            }
            if (arg == "--version") {
                ++version;
                continue;
            }
            if (arg == "--check-hash-based-pycs") {
                if (++i >= argc) return bad_option(program, "Argument expected for the --check-hash-based-pycs options");
                std::string_view mode = argv[i];
                if (mode != "default" && mode != "always" && mode != "never")
                    return bad_option(program, "--check-hash-based-pycs must be one of 'default', 'always', or 'never'");
                c.check_hash_pycs = mode;
                continue;
            }
            if (arg == "--help-all" || arg == "--help-env" || arg == "--help-xoptions") {
                std::printf(kUsage, program);
                std::fputs(kHelp, stdout);
                return 0;
            }
            return bad_option(program, "Unknown option: " + arg);
        }
        for (std::size_t k = 1; k < arg.size() && !done; ++k) {
            char o = arg[k];
            auto value = [&]() -> std::optional<std::string> {
                if (k + 1 < arg.size()) {
                    std::string v = arg.substr(k + 1);
                    k = arg.size();
                    return v;
                }
                if (i + 1 >= argc) return {};
                k = arg.size();
                return argv[++i];
            };
            switch (o) {
                case 'b': ++c.bytes_warning; break;
                case 'B': ++c.dont_write_bytecode; break;
                case 'd': ++c.debug; break;
                case 'E': c.ignore_environment = 1; break;
                case 'h': case '?':
                    std::printf(kUsage, program);
                    std::fputs(kHelp, stdout);
                    return 0;
                case 'i': ++c.inspect; ++c.interactive; break;
                case 'I': c.isolated = c.ignore_environment = c.no_user_site = c.safe_path = 1; break;
                case 'O': ++c.optimize; break;
                case 'P': c.safe_path = 1; break;
                case 'q': ++c.quiet; break;
                case 'R': break;
                case 's': c.no_user_site = 1; break;
                case 'S': c.no_site = 1; break;
                case 't': break;
                case 'u': c.unbuffered = 1; break;
                case 'v': ++c.verbose; break;
                case 'V': ++version; break;
                case 'x': c.skip_first_line = 1; break;
                case 'W': {
                    auto v = value();
                    if (!v) return bad_option(program, "Argument expected for the -W option");
                    c.warn_options.push_back(*v);
                    break;
                }
                case 'X': {
                    auto v = value();
                    if (!v) return bad_option(program, "Argument expected for the -X option");
                    c.x_options.push_back(*v);
                    break;
                }
                case 'c': case 'm': {
                    auto v = value();
                    if (!v) return bad_option(program, std::string("Argument expected for the -") + o + " option");
                    out.kind = o == 'c' ? Command::Kind::command : Command::Kind::module;
                    out.what = *v;
                    done = true;
                    break;
                }
                default: return bad_option(program, std::string("Unknown option: -") + o);
            }
        }
    }
    if (version) {
        if (version == 1) std::puts("Python 3.14.2");
        else std::puts("Python 3.14.2 free-threading build (main, Nov 21 2026, 00:00:00) [Orochi 0.1, Clang " __clang_version__ "]");
        return 0;
    }
    if (auto trouble = read_settings(c)) {
        std::fprintf(stderr, "Fatal Python error: %s\nPython runtime state: %s\n\n", trouble->message.c_str(), trouble->stage);
        return 1;
    }
    if (out.kind == Command::Kind::command) {
        c.argv.push_back("-c");
    } else if (out.kind == Command::Kind::module) {
        c.argv.push_back("-m");
    } else if (i < argc) {
        out.what = argv[i];
        out.kind = out.what == "-" ? Command::Kind::standard_input : Command::Kind::file;
        c.argv.push_back(argv[i++]);
    } else {
        out.kind = isatty(0) || c.interactive ? Command::Kind::interactive : Command::Kind::standard_input;
        c.argv.push_back("");
    }
    for (; i < argc; ++i) c.argv.push_back(argv[i]);
    if (c.dev_mode) c.warn_options.insert(c.warn_options.begin(), "default");
    if (c.bytes_warning) c.warn_options.push_back(c.bytes_warning > 1 ? "error::BytesWarning" : "default::BytesWarning");
    c.executable = find_executable(argv[0]);
    fill_paths(c);
    return {};
}

}  // namespace oro::cli
