// The command `orochi`: reads the command line, starts the interpreter, runs the program, ends.
#include "cli/options.h"
#include "cli/settings.h"
#include "runtime/start.h"

int main(int argc, char** argv) {
    oro::cli::Command command;
    if (auto code = oro::cli::read_command_line(argc, argv, command)) return *code;
    oro::Python* py = oro::start_interpreter(command.config);
    if (!py) return 1;
    using Kind = oro::cli::Command::Kind;
    int code = 0;
    switch (command.kind) {
        case Kind::command: code = oro::run_command(*py, command.what); break;
        case Kind::module: code = oro::run_module(*py, command.what); break;
        case Kind::file: code = oro::run_file(*py, command.what); break;
        case Kind::standard_input: code = oro::run_stdin(*py); break;
        case Kind::interactive: code = oro::run_interactive(*py, oro::After::nothing); break;
    }
    if (command.kind != Kind::interactive && oro::cli::wants_interactive(py->interpreter->config)) code = oro::run_interactive(*py, oro::After::program);
    if (!oro::finish_interpreter(*py)) code = 120;
    std::_Exit(code);
}
