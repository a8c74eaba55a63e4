// Starting and ending the interpreter.
#pragma once
#include "object/interpreter.h"
#include "object/thread.h"

namespace oro {

// Makes the interpreter and its main thread (the calling one), types, sys, builtins and the import system. On failure prints why and
// returns null.
Python* start_interpreter(Config config);
// Waits for threads, runs atexit functions, flushes standard streams, drops modules. False if a standard stream could not be
// flushed: the exit code is 120 then.
bool finish_interpreter(Python& py);

// ---- running programs: each returns the exit code, having printed what went wrong.
int run_command(Python& py, std::string const& source);
int run_module(Python& py, std::string const& name);
int run_file(Python& py, std::string const& path);
int run_stdin(Python& py);
// The interactive loop: for its own sake, with a banner, or after a program (-i).
enum class After : std::uint8_t { nothing, program };
int run_interactive(Python& py, After after);
// Drops what __main__ holds, so that its objects are finalised while everything else still works.
void clear_main(Python& py);
// What an exception that nobody caught does: it ends the process; it ends the program, and the interactive loop goes on; or the loop
// itself ends with SystemExit.
enum class Uncaught : std::uint8_t { ends_process, goes_on, ends_loop };
// The exit code for the exception on the thread, printing it unless it is SystemExit.
int handle_exception(Python& py, Uncaught how = Uncaught::ends_process);

}  // namespace oro
