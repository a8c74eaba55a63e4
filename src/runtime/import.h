// The import system: importlib from the library, started before anything else can be imported; native modules by name.
#pragma once
#include <string_view>

#include "object/import.h"
#include "object/interpreter.h"

namespace oro {

// Brings importlib up and installs it; builtins.__import__ works afterwards.
Result<void> start_import(Python& py);
// The native module of that name; null if there is none. Each call makes a new module object.
Result<Maybe<Module>> make_native_module(Python& py, Borrowed<Str> name);
bool is_native_module(std::string_view name);
// builtins.__import__.
Result<Ref<>> import_name(Python& py, Borrowed<Str> name, Borrowed<> globals, Borrowed<> locals, Borrowed<> fromlist, std::int64_t level);
// Names of all native modules, sorted.
std::vector<std::string_view> native_module_names();

}  // namespace oro
