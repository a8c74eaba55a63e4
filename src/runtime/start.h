// Starting and ending the interpreter.
#pragma once
#include "object/interpreter.h"
#include "object/thread.h"

namespace oro {

// Makes the interpreter and its main thread (the calling one), types, sys, builtins and the import system. On failure prints why and
// returns null.
Python* start_interpreter(Config config);
// Runs atexit functions, waits for threads, flushes standard streams, drops modules. The exit code for trouble on the way is 120.
int finish_interpreter(Python& py);

// ---- running programs: each returns the exit code, having printed what went wrong.
int run_command(Python& py, std::string const& source);
int run_module(Python& py, std::string const& name);
int run_file(Python& py, std::string const& path);
int run_stdin(Python& py);
int run_interactive(Python& py);
// Drops what __main__ holds, so that its objects are finalised while everything else still works.
void clear_modules(Python& py);
// The exit code for the exception on the thread, printing it unless it is SystemExit.
int handle_exception(Python& py);

}  // namespace oro
