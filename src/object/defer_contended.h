// See defer_contended.cpp.
#pragma once
#include "object/thread.h"

namespace oro {

// Calls f(arg, object) for each register of a thread's frames that holds a pointer, once for each count that the frames hold. Set by
// the interpreter at start.
using FrameWalker = void (*)(Thread& t, void (*f)(void*, Header*), void* arg);
void set_frame_walker(FrameWalker walker);

// At a safepoint that breaker::contention asked for.
void defer_contended(Python& py);

}  // namespace oro
