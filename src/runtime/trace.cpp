// sys.settrace, sys.setprofile and their relatives.
#include "object/call.h"
#include "object/define.h"
#include "object/dict.h"
#include "object/interpreter.h"
#include "runtime/monitoring_module.h"
#include "vm/trace.h"

namespace oro {

namespace {

using namespace monitor;

Maybe<> given(Borrowed<> f) { return f.is(kNone) ? Maybe<>() : Maybe<>(f.share()); }

Result<void> settrace(Python& py, Borrowed<> function) { return set_function(py, LegacyKind::trace, given(function)), Result<void>(); }
Result<void> setprofile(Python& py, Borrowed<> function) { return set_function(py, LegacyKind::profile, given(function)), Result<void>(); }
Result<void> settraceall(Python& py, Borrowed<> function) { return set_function_everywhere(py, LegacyKind::trace, given(function)), Result<void>(); }
Result<void> setprofileall(Python& py, Borrowed<> function) { return set_function_everywhere(py, LegacyKind::profile, given(function)), Result<void>(); }
Maybe<> gettrace(Python& py) { return function_of(py, LegacyKind::trace); }
Maybe<> getprofile(Python& py) { return function_of(py, LegacyKind::profile); }

// Calls a function with events on, from within a trace function.
Result<Ref<>> call_tracing(Python& py, Borrowed<> func, Borrowed<Tuple> args) {
    Tracing& tracing = tracing_of(py);
    int inside = std::exchange(tracing.inside, 0);
    auto answer = call_tuple(py, func, args);
    tracing.inside = inside;
    return answer;
}

constexpr MethodDef functions[] = {
    function<settrace>("settrace", "function, /", "Set the function that is called for each call, line, return and exception of this thread."),
    function<gettrace>("gettrace", "", "The trace function of this thread, or None."),
    function<setprofile>("setprofile", "function, /", "Set the function that is called for each call and return of this thread."),
    function<getprofile>("getprofile", "", "The profile function of this thread, or None."),
    function<settraceall>("_settraceallthreads", "function, /", "Set the trace function of all running threads."),
    function<setprofileall>("_setprofileallthreads", "function, /", "Set the profile function of all running threads."),
    function<call_tracing>("call_tracing", "func, args, /", "Call func(*args) with tracing on, from within a trace function."),
};

}  // namespace

Result<void> add_tracing(Python& py) {
    Dict& sys = *py.interpreter->sys_dict.get();
    Ref<Str> module_name = TRY(make_interned(py, "sys"));
    for (MethodDef const& def : functions) {
        Ref<Native> f = TRY(make_native_function(py, def, Maybe<>(py.interpreter->sys_module.share()), Maybe<>(Ref<>(module_name.share()))));
        CHECK(dict_set(py, sys, TRY(make_interned(py, def.name)), std::move(f)));
    }
    Ref<Module> monitoring = TRY(make_monitoring(py));
    return dict_set(py, sys, TRY(make_interned(py, "monitoring")), std::move(monitoring));
}

}  // namespace oro
