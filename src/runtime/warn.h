// Warnings: filters, registries, and showing them. What the module _warnings offers to Python, and an API for native code
// (object/warn.h is the short form).
//
// The lock of the module is recursive and held while a warning is looked up; everything here may run Python.
#pragma once
#include "memory/lock.h"
#include "object/context.h"
#include "object/dict.h"
#include "object/list.h"
#include "object/warn.h"

namespace oro {

struct WarningsState {
    Ref<List> filters;                   // before the module warnings is imported; the same list afterwards
    Ref<Dict> once_registry;
    Ref<Str> default_action;
    Ref<ContextVar> context;             // _warnings_context: filters that belong to a context
    std::atomic<std::int64_t> filters_version{1};
    LockByte lock{0};
    std::atomic<Thread*> owner{nullptr}; // who holds the lock
    int depth = 0;                       // how often; the owner only
};
Result<WarningsState*> warnings_state(Python& py);
void acquire_warnings_lock(Python& py, WarningsState& state);
Result<void> release_warnings_lock(Thread& t, WarningsState& state);

// warnings.warn(): `message` is a str or a Warning; null category, source: none.
Result<void> warn_here(Python& py, Borrowed<> message, Optional<> category, std::int64_t stack_level, Optional<> source,
                       Optional<Tuple> skip_file_prefixes = {});
// warnings.warn_explicit(): null module: from the file name; null registry: none.
Result<void> warn_explicit(Python& py, Borrowed<> message, Borrowed<> category, Borrowed<> filename, std::int64_t line,
                           Optional<> module, Optional<> registry, Optional<> module_globals, Optional<> source);
// For the compiler: a warning about a line of a file.
Result<void> warn_explicit(Python& py, Type& category, std::string_view message, Borrowed<> filename, std::int64_t line,
                           Optional<> module = {}, Optional<> registry = {});

}  // namespace oro
