// The command line and the PYTHON* environment, as CPython reads them.
#pragma once
#include <optional>
#include <string>

#include "object/interpreter.h"

namespace oro::cli {

struct Command {
    enum class Kind { interactive, command, module, file, standard_input } kind = Kind::interactive;
    std::string what;                 // source text, module name or path
    Config config;
};

// Reads the arguments; prints and gives an exit code where there is nothing to run (-V, -h, errors).
std::optional<int> read_command_line(int argc, char** argv, Command& out);

}  // namespace oro::cli
