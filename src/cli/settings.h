// What -X options and the PYTHON* environment say.
#pragma once
#include <optional>
#include <string>

#include "object/interpreter.h"

namespace oro::cli {

// A variable that isn't empty; null under -E.
char const* environment(Config const& c, char const* name);

// After the program: -i or PYTHONINSPECT, which the program may have set, on a terminal or where -i says so.
bool wants_interactive(Config const& c);

// Why the interpreter can't start.
struct FatalSetting {
    std::string message;
    char const* stage = "preinitialized";
};
// Enters into `c` what the environment and c.x_options say; options win.
std::optional<FatalSetting> read_settings(Config& c);

}  // namespace oro::cli
