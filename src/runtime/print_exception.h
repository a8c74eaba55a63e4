// Showing exceptions that nobody caught.
//
// The standard library's traceback module does it if it can be imported; otherwise what stands here, which shows the same
// but for the markers under source lines.
#pragma once
#include <string>

#include "object/exception.h"

namespace oro {

// What sys.excepthook does: writes to sys.stderr (file descriptor 2 if there is none). Raises nothing.
void display_exception(Python& py, Borrowed<> exception);
// What sys.unraisablehook does: `message` and `object` may be null or None.
void display_unraisable(Python& py, Borrowed<> exception, Optional<> message, Optional<> object);
// The text of an exception with its traceback, causes, contexts, notes and group members. Made without the traceback module.
std::string exception_text(Python& py, Borrowed<> exception);
// A line of a file, from 1, without blanks at its ends; empty if there is none.
std::string source_line(std::string const& path, std::int64_t line);
// Writes to sys.stderr, or to file descriptor 2.
void write_to_stderr(Python& py, std::string_view text);

}  // namespace oro
