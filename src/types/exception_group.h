// Exception groups for the interpreter: what `except*` needs.
#pragma once
#include "object/exception.h"

namespace oro {

struct List;

struct GroupSplit {
    Maybe<> match, rest;                 // null: empty
};

// Whether `type` may stand behind `except*`: fails with TypeError if not. `except` alone: check_except_type.
Result<void> check_except_star_type(Python& py, Borrowed<> type);
Result<void> check_except_type(Python& py, Borrowed<> type);
// Whether the exception is of the class (or one of the tuple of classes) behind `except`. Runs no Python.
bool exception_matches(Borrowed<> exception, Borrowed<> type);
// Splits what is left of an exception at an `except*`. A naked exception that matches is wrapped into a group, whose
// traceback the caller starts with the frame (`wrapped` says so).
Result<GroupSplit> match_except_star(Python& py, Borrowed<> exception, Borrowed<> type, bool* wrapped);
// What has to be raised after all clauses of a try statement, null for nothing: `raised` lists the exceptions that its clauses
// raised or left over (None among them is skipped), `original` is what the statement caught.
Result<Maybe<>> after_except_star(Python& py, Borrowed<> original, Borrowed<List> raised);

}  // namespace oro
