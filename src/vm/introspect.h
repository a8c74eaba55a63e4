// What sys, threading and builtins ask about frames.
#pragma once
#include "vm/function.h"

namespace oro {

void init_frames();                                     // frame.cpp: hooks of tracebacks
void init_function_members(Thread& t);                  // function_type.cpp: once all types are ready
// The frame `depth` levels up; ValueError "call stack is not deep enough".
Result<Ref<>> frame_at(Python& py, std::int64_t depth);
Maybe<> module_name_at(Python& py, std::int64_t depth);
// {thread id: innermost frame}, {thread id: exception}; the world is stopped for a moment.
Result<Ref<>> current_frames(Python& py);
Result<Ref<>> current_exceptions(Python& py);
// locals() and globals().
Result<Ref<>> current_locals(Python& py);
Result<Ref<>> current_globals(Python& py);
int coroutine_origin_depth(Python& py);
void set_coroutine_origin_depth(Python& py, int depth);

}  // namespace oro
