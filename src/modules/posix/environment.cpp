// The process's environment variables. The C library's table is guarded by a lock of ours against our own threads.
#include <stdlib.h>
#include <unistd.h>

#include <mutex>

#include "modules/posix/posix.h"

#include <sys/random.h>
#include <unistd.h>

#include "object/bytes.h"
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

// ---- the machine

Result<Ref<>> cpu_count(Python&) {
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? Ref<>::adopt(Value::of_int(n)) : none.share();
}
Result<Ref<>> urandom(Python& py, std::int64_t size) {
    if (size < 0) return raise(py, exc::ValueError, "negative argument not allowed");
    Ref<Bytes> bytes = TRY(make_bytes_uninitialized(py, std::size_t(size)));
    for (std::size_t done = 0; done < std::size_t(size);) {
        ssize_t n = getrandom(bytes->data + done, std::size_t(size) - done, 0);
        if (n < 0 && errno != EINTR) return raise_errno(py, errno);
        if (n > 0) done += std::size_t(n);
        CHECK(poll(py));
    }
    return bytes;
}

constexpr MethodDef kFunctions[] = {
    function<cpu_count>("cpu_count", "", "How many processors are online; None if that is unknown."),
    function<urandom>("urandom", "size, /", "Random bytes from the kernel, fit for cryptography."),
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
