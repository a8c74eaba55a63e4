// The process's environment variables. The C library's table is guarded by a lock of ours against our own threads.
#include <stdlib.h>
#include <unistd.h>

#include <mutex>

#include "modules/posix/posix.h"
#include "object/dict.h"

namespace oro::posix {

namespace {

// Held for moments only, and no object is made while it is.
std::mutex environment_mutex;

Result<Ref<Dict>> read_environment(Python& py) {
    std::vector<std::string> entries;
    {
        std::lock_guard guard(environment_mutex);
        for (char** e = environ; e && *e; ++e) entries.emplace_back(*e);
    }
    Ref<Dict> dict = TRY(make_dict(py, entries.size()));
    for (std::string const& e : entries) {
        std::size_t equals = e.find('=');
        if (equals == std::string::npos) continue;
        Ref<Bytes> key = TRY(make_bytes(py, std::string_view(e).substr(0, equals)));
        Ref<Bytes> value = TRY(make_bytes(py, std::string_view(e).substr(equals + 1)));
        // The first of two counts, as for getenv().
        CHECK(dict_set_default(py, dict, key, value));
    }
    return dict;
}
Result<Ref<Dict>> create_environ(Python& py) { return read_environment(py); }

Result<void> putenv(Python& py, FsText const& name, FsText const& value) {
    if (name.bytes->view().find('=') != std::string_view::npos) return raise(py, exc::ValueError, "illegal environment variable name");
    int failed, error;
    {
        std::lock_guard guard(environment_mutex);
        failed = ::setenv(name.text(), value.text(), 1);
        error = errno;
    }
    if (failed) return raise_errno(py, error);
    return {};
}
Result<void> unsetenv(Python& py, FsText const& name) {
    int failed, error;
    {
        std::lock_guard guard(environment_mutex);
        failed = ::unsetenv(name.text());
        error = errno;
    }
    if (failed) return raise_errno(py, error);
    return {};
}

constexpr MethodDef kFunctions[] = {
    function<putenv>("putenv", "name, value, /", "Change or add an environment variable."),
    function<unsetenv>("unsetenv", "name, /", "Delete an environment variable."),
    function<create_environ>("_create_environ", "", "A new dict of the environment variables."),
};

}  // namespace

std::span<MethodDef const> environment_functions() { return kFunctions; }
Result<void> add_environment(Python& py, Module& m) {
    Ref<Dict> dict = TRY(read_environment(py));
    return add_to_module(py, m, "environ", std::move(dict));
}

}  // namespace oro::posix
