// The state of the interpreter as a whole: what all threads share.
//
// Set up before the first Python code runs; the Fixed fields never change after. Others say how they are shared.
#pragma once
#include <atomic>
#include <string>
#include <vector>

#include "object/dict.h"
#include "object/native.h"

namespace oro {

// Command line and environment, read once at start (sys.flags and friends).
struct Config {
    int debug = 0, inspect = 0, interactive = 0, optimize = 0, dont_write_bytecode = 0, no_user_site = 0, no_site = 0, ignore_environment = 0,
        verbose = 0, bytes_warning = 0, quiet = 0, isolated = 0, dev_mode = 0, utf8_mode = 1, warn_default_encoding = 0, safe_path = 0,
        int_max_str_digits = 4300, gil = 0, thread_inherit_context = 1, context_aware_warnings = 1, unbuffered = 0,
        frozen_modules = 1, import_time = 0, skip_first_line = 0;
    bool hash_randomization = true;
    std::string executable, program_name, prefix, home, pycache_prefix, stdlib, check_hash_pycs = "default";
    std::vector<std::string> argv, orig_argv, warn_options, x_options, path;
};

struct WarningsState;  // runtime/warn.h

struct Interpreter {
    Config config;
    Fixed<Dict> sys_dict, modules, builtins_dict;
    Fixed<Module> sys_module, builtins_module;
    std::atomic<WarningsState*> warnings{nullptr};  // made when first asked for
    Member<> importlib;                         // importlib._bootstrap once it is set up
    Member<> import_function;                   // builtins.__import__ as it was at start
    std::atomic<std::int64_t> import_nanoseconds{0};  // -X importtime: what the imports within the current one have taken
    std::atomic<int> import_depth{-1};                // and how deep it is; -1: nothing was printed yet
    std::atomic<bool> finalizing{false};
    std::atomic<int> recursion_limit{1000};
    std::atomic<std::uint64_t> next_thread_number{1};
    std::atomic<std::int64_t> int_max_str_digits{4300};
};
extern Interpreter* the_interpreter;            // set once at start-up

// sys.<name>; null if it isn't there.
Maybe<> sys_get(Thread& t, Borrowed<Str> name);
Maybe<> sys_get(Thread& t, std::string_view name);

}  // namespace oro
