// _warnings: the native part of warnings. The work is done by runtime/warn.h.
#include "object/define.h"
#include "runtime/warn.h"

namespace oro {
namespace {

Result<void> module_warn(Python& py, Borrowed<> message, Borrowed<> category, std::int64_t stack_level, Borrowed<> source,
                  Optional<Tuple> skip_file_prefixes) {
    Optional<> from = source.is(kNone) ? Optional<>() : Optional<>(source);
    return warn_here(py, message, category, stack_level, from, skip_file_prefixes);
}

Result<void> module_warn_explicit(Python& py, Borrowed<> message, Borrowed<> category, Borrowed<> filename, std::int64_t line,
                           Optional<> module, Borrowed<> registry, Borrowed<> module_globals, Borrowed<> source) {
    if (!module_globals.is(kNone) && !is<Dict>(module_globals)) {
        return raise(py, exc::TypeError, "module_globals must be a dict, not '{}'", TypeName{module_globals.value()});
    }
    Optional<> from = source.is(kNone) ? Optional<>() : Optional<>(source);
    return warn_explicit(py, message, category, filename, line, module, registry, module_globals, from);
}

Result<void> acquire(Python& py) {
    acquire_warnings_lock(py, *TRY(warnings_state(py)));
    return {};
}
Result<void> release(Python& py) { return release_warnings_lock(py, *TRY(warnings_state(py))); }
Result<void> filters_mutated(Python& py) {
    WarningsState& state = *TRY(warnings_state(py));
    if (state.owner.load() != &py) return raise(py, exc::RuntimeError, "warnings._filters_mutated_lock_held() called without holding the lock");
    state.filters_version.fetch_add(1);
    return {};
}

constexpr MethodDef functions[] = {
    function<module_warn>("warn", "message, category=None, stacklevel=1, source=None, *, skip_file_prefixes=<unrepresentable>",
                   "Issues a warning, which the filters may ignore or make an exception."),
    function<module_warn_explicit>("warn_explicit",
                            "message, category, filename, lineno, module=<unrepresentable>, registry=None, module_globals=None, source=None",
                            "Issues a warning about a given place."),
    function<acquire>("_acquire_lock", "", ""),
    function<release>("_release_lock", "", ""),
    function<filters_mutated>("_filters_mutated_lock_held", "", "Says that the filters have changed."),
};

Result<void> setup(Python& py, Module& m) {
    WarningsState& state = *TRY(warnings_state(py));
    CHECK(add_to_module(py, m, "filters", state.filters.share()));
    CHECK(add_to_module(py, m, "_onceregistry", state.once_registry.share()));
    CHECK(add_to_module(py, m, "_defaultaction", state.default_action.share()));
    return add_to_module(py, m, "_warnings_context", state.context.share());
}

}  // namespace

ORO_MODULE(warnings_module_def, .name = "_warnings", .doc = "The native part of warnings.", .functions = functions, .setup = setup);

}  // namespace oro
