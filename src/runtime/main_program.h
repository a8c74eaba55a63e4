// What running the program and the interactive loop share. Main thread only.
#pragma once
#include "object/native.h"
#include "runtime/compile.h"

namespace oro {

// The module __main__, made at the first call.
Result<Ref<Module>> main_module(Python& py);
// Puts an entry in front of sys.path: the script's folder, or '' for -c and interactive.
Result<void> prepend_path(Python& py, Ref<Str> entry);
// Makes tracebacks show the source of code that no file holds.
void remember_source(Python& py, Borrowed<Code> code, std::string_view source, Borrowed<Str> filename);
// The program in a file, run in __main__.
Result<void> run_source_file(Python& py, std::string_view source, Borrowed<Str> filename);
// Flushes sys.stdout and sys.stderr; trouble is left for the end of the program.
void flush_quietly(Python& py);
// Ends a run: shows its exception; the exit code.
int finish_run(Python& py, Result<void> r);

// The plain interactive loop: sys._baserepl(). The exit code; nothing if it came to the end of its input.
std::optional<int> run_basic_repl(Python& py);

}  // namespace oro
