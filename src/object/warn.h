// Warnings from native code: warnings.warn with the filters of Python's module.
#pragma once
#include <initializer_list>

#include "object/raise.h"

namespace oro {

// Fails if the filters turn the warning into an exception. Defined by the runtime, which has the module.
Result<void> warn_message(Python& py, Type& category, int stack_level, std::string_view format,
                          std::initializer_list<MessageArg> args);
template <class... A>
[[gnu::cold, gnu::noinline]] Result<void> warn(Python& py, Type& category, std::string_view format, A const&... args) {
    return warn_message(py, category, 1, format, {MessageArg(args)...});
}

}  // namespace oro
