#include "cli/settings.h"

#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>

namespace oro::cli {

namespace {

// A flag by environment: the number given, or 1 for any other text.
void flag(Config const& c, char const* name, int& field) {
    char const* v = environment(c, name);
    if (!v) return;
    int n = std::atoi(v);
    if (n < 1) n = 1;
    if (n > field) field = n;
}

// A whole decimal number that fits an int.
std::optional<int> number(std::string const& text) {
    char* end;
    errno = 0;
    long n = std::strtol(text.c_str(), &end, 10);
    if (text.empty() || *end || errno || n < INT_MIN || n > INT_MAX) return {};
    return int(n);
}

// The two ways to say one thing: PYTHON_NAME=value, -X name=value.
struct Given {
    bool there = false, by_option = false;
    bool has_value = false;
    std::string value;
};
Given given(Config const& c, char const* variable, std::string_view option) {
    Given g;
    if (char const* v = variable ? environment(c, variable) : nullptr) g = {true, false, true, v};
    for (std::string const& o : c.x_options) {
        std::size_t equals = o.find('=');
        if (std::string_view(o).substr(0, equals) != option) continue;
        g = {true, true, equals != o.npos, equals == o.npos ? "" : o.substr(equals + 1)};
    }
    return g;
}

// 0 or 1.
bool on_or_off(Given const& g, int& field) {
    if (!g.there) return true;
    if (g.value != "0" && g.value != "1") return false;
    field = g.value == "1";
    return true;
}

std::optional<FatalSetting> read_digits(Config& c) {
    Given g = given(c, "PYTHONINTMAXSTRDIGITS", "int_max_str_digits");
    if (!g.there) return {};
    std::optional<int> n = number(g.value);
    if (!n || *n < 0 || (*n && *n < 640)) {
        return FatalSetting{std::string("config_init_int_max_str_digits: ") + (g.by_option ? "-X int_max_str_digits" : "PYTHONINTMAXSTRDIGITS") +
                            ": invalid limit; must be >= 640 or 0 for unlimited."};
    }
    c.int_max_str_digits = *n;
    return {};
}

std::optional<FatalSetting> read_utf8(Config& c) {
    Given option = given(c, nullptr, "utf8"), variable = given(c, "PYTHONUTF8", {});
    if (option.there) {
        if (option.has_value && option.value != "0" && option.value != "1")
            return FatalSetting{"preconfig_init_utf8_mode: invalid -X utf8 option value", "preinitializing"};
        c.utf8_mode = option.value != "0";
    } else if (variable.there && !on_or_off(variable, c.utf8_mode)) {
        return FatalSetting{"preconfig_init_utf8_mode: invalid PYTHONUTF8 environment variable value", "preinitializing"};
    }
    return {};
}

std::optional<FatalSetting> read_hash_seed(Config& c) {
    char const* v = environment(c, "PYTHONHASHSEED");
    if (!v || !std::strcmp(v, "random")) return {};
    char* end;
    errno = 0;
    unsigned long n = std::strtoul(v, &end, 10);
    if (*end || errno || n > 4294967295ul || *v == '-')
        return FatalSetting{"config_init_hash_seed: PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]"};
    c.hash_randomization = n != 0;
    return {};
}

// sys reads -X cpu_count itself, and tracemalloc its own: these only have to be well-formed.
std::optional<FatalSetting> read_others(Config& c) {
    Given cpus = given(c, "PYTHON_CPU_COUNT", "cpu_count");
    if (cpus.there && cpus.value != "default" && number(cpus.value).value_or(0) < 1) {
        return FatalSetting{std::string("config_init_cpu_count: ") + (cpus.by_option ? "-X cpu_count=n option" : "PYTHON_CPU_COUNT") +
                            ": n is missing or an invalid number, n must be greater than 0"};
    }
    Given frames = given(c, "PYTHONTRACEMALLOC", "tracemalloc");
    if (frames.there && frames.has_value) {
        std::optional<int> n = number(frames.value);
        if (!n || *n < 0) {
            return FatalSetting{std::string("config_init_tracemalloc: ") + (frames.by_option ? "-X tracemalloc=NFRAME" : "PYTHONTRACEMALLOC") +
                                ": invalid number of frames"};
        }
    }
    Given import_time = given(c, "PYTHONPROFILEIMPORTTIME", "importtime");
    if (import_time.by_option && import_time.has_value && import_time.value != "1" && import_time.value != "2")
        return FatalSetting{"config_init_import_time: -X importtime: values other than 1 and 2 are reserved for future use."};
    if (import_time.there) c.import_time = import_time.value == "2" ? 2 : 1;
    Given frozen = given(c, "PYTHON_FROZEN_MODULES", "frozen_modules");
    if (frozen.by_option && frozen.has_value && !frozen.value.empty() && frozen.value != "on" && frozen.value != "off")
        return FatalSetting{"bad value for option -X frozen_modules (expected \"on\" or \"off\")"};
    if (frozen.there) c.frozen_modules = frozen.value != "off";
    return {};
}

void read_warnings(Config& c) {
    char const* v = environment(c, "PYTHONWARNINGS");
    if (!v) return;
    std::vector<std::string> from;
    for (char const* p = v;;) {
        char const* end = strchrnul(p, ',');
        from.emplace_back(p, end);
        if (!*end) break;
        p = end + 1;
    }
    c.warn_options.insert(c.warn_options.begin(), from.begin(), from.end());
}

}  // namespace

char const* environment(Config const& c, char const* name) {
    if (c.ignore_environment) return nullptr;
    char const* v = std::getenv(name);
    return v && *v ? v : nullptr;
}

bool wants_interactive(Config const& c) { return (c.inspect || environment(c, "PYTHONINSPECT")) && (isatty(0) || c.interactive); }

std::optional<FatalSetting> read_settings(Config& c) {
    if (auto trouble = read_utf8(c)) return trouble;
    flag(c, "PYTHONDEBUG", c.debug);
    flag(c, "PYTHONINSPECT", c.inspect);
    flag(c, "PYTHONOPTIMIZE", c.optimize);
    flag(c, "PYTHONDONTWRITEBYTECODE", c.dont_write_bytecode);
    flag(c, "PYTHONNOUSERSITE", c.no_user_site);
    flag(c, "PYTHONVERBOSE", c.verbose);
    flag(c, "PYTHONUNBUFFERED", c.unbuffered);
    flag(c, "PYTHONSAFEPATH", c.safe_path);
    flag(c, "PYTHONDEVMODE", c.dev_mode);
    if (given(c, nullptr, "dev").there) c.dev_mode = 1;
    if (given(c, "PYTHONWARNDEFAULTENCODING", "warn_default_encoding").there) c.warn_default_encoding = 1;
    if (!on_or_off(given(c, "PYTHON_GIL", "gil"), c.gil)) return FatalSetting{"config_read_gil: PYTHON_GIL / -X gil must be \"0\" or \"1\""};
    if (auto trouble = read_hash_seed(c)) return trouble;
    if (auto trouble = read_digits(c)) return trouble;
    if (!on_or_off(given(c, "PYTHON_THREAD_INHERIT_CONTEXT", "thread_inherit_context"), c.thread_inherit_context))
        return FatalSetting{"config_init_thread_inherit_context: -X thread_inherit_context=n: n is missing or invalid"};
    if (!on_or_off(given(c, "PYTHON_CONTEXT_AWARE_WARNINGS", "context_aware_warnings"), c.context_aware_warnings))
        return FatalSetting{"config_init_context_aware_warnings: -X context_aware_warnings=n: n is missing or invalid"};
    if (Given g = given(c, "PYTHONPYCACHEPREFIX", "pycache_prefix"); g.there) c.pycache_prefix = g.value;
    if (auto trouble = read_others(c)) return trouble;
    read_warnings(c);
    return {};
}

}  // namespace oro::cli
