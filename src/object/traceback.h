// Tracebacks: one object for each frame that an exception has left, innermost last.
//
// `next` may be set from Python; the rest is fixed. The line is computed when somebody asks for it.
#pragma once
#include "object/allocate.h"

namespace oro {

struct BaseException;

struct Traceback : Object {
    Member<Traceback> next;              // towards the frame that raised
    Fixed<> frame;
    std::int32_t lasti;                  // as Python sees it: twice the index of the instruction
    std::atomic<std::int32_t> line;      // kLineLater: not computed yet; -1: none
    static constexpr std::int32_t kLineLater = INT32_MIN;
    Traceback(Maybe<Traceback> n, Ref<> f, std::int32_t instruction, std::int32_t l)
        : next(), frame(std::move(f)), lasti(instruction), line(l) {
        if (n) next.set(std::move(n));
    }
    static constexpr auto fields = std::tuple{&Traceback::next, &Traceback::frame};
    static Type& type();
};

// Called by the interpreter when an exception passes a frame: puts an entry in front of exception.__traceback__. `line` may be
// Traceback::kLineLater. Without memory the entry is left out.
void traceback_here(Thread& t, BaseException& exception, Borrowed<> frame, std::int32_t lasti, std::int32_t line);

// tb_lineno: -1 if there is none.
std::int32_t traceback_line(Thread& t, Traceback& tb);

// How a line is found from a frame object and `lasti`; set by the layer that knows frames.
using TracebackLineFinder = std::int32_t (*)(Thread& t, Borrowed<> frame, std::int32_t lasti);
void set_traceback_line_finder(TracebackLineFinder finder);
// The type that tb_frame must have when a traceback is made from Python; set with the finder.
void set_frame_type(Type* type);
Type* frame_type_of_tracebacks();

}  // namespace oro
