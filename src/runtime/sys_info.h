// Parts of the module sys that are data (flags, version, implementation), and the hooks that print exceptions.
#pragma once
#include <span>
#include <string>

#include "object/str.h"
#include "object/type.h"

namespace oro {

// sys.version, version_info, implementation, flags, hash_info, float_info, int_info, thread_info, stdlib_module_names, _xoptions.
Result<void> add_sys_info(Python& py);
// An argument or environment string as str, bytes that aren't UTF-8 as surrogates.
Result<Ref<Str>> decode_argument(Python& py, std::string_view bytes);

// sys.excepthook's default: through the traceback module, with a plain form of our own where that fails.
Result<void> print_exception(Python& py, Borrowed<> value, Borrowed<> traceback);
Result<void> print_unraisable(Python& py, Borrowed<> unraisable);

extern Type sys_asyncgen_hooks_type;     // what sys.get_asyncgen_hooks() gives

// Audit hooks; each thread sees those that were added before.
Result<void> audit_event(Python& py, Borrowed<> event, std::span<Value const> args);
Result<void> add_audit_hook(Python& py, Borrowed<> hook);

}  // namespace oro
