// Building tracebacks. The type is in types/traceback.cpp.
#include "object/traceback.h"

#include "object/exception.h"

namespace oro {

namespace {
std::atomic<TracebackLineFinder> line_finder{nullptr};
std::atomic<Type*> type_of_frames{nullptr};
}

void set_traceback_line_finder(TracebackLineFinder finder) { line_finder.store(finder, std::memory_order_release); }

void set_frame_type(Type* type) { type_of_frames.store(type, std::memory_order_release); }
Type* frame_type_of_tracebacks() { return type_of_frames.load(std::memory_order_acquire); }

std::int32_t traceback_line(Thread& t, Traceback& tb) {
    std::int32_t line = tb.line.load(std::memory_order_relaxed);
    if (line != Traceback::kLineLater) return line;
    TracebackLineFinder find = line_finder.load(std::memory_order_acquire);
    line = find ? find(t, *tb.frame, tb.lasti) : -1;
    tb.line.store(line, std::memory_order_relaxed);
    return line;
}

void traceback_here(Thread& t, BaseException& exception, Borrowed<> frame, std::int32_t lasti, std::int32_t line) {
    if (is_shared_memory_error(Value::of(&exception))) return;
    Maybe<> next = exception.traceback.load(&exception);
    Value pending = std::exchange(t.raised, Value{});
    Result<Ref<Traceback>> entry =
        make<Traceback>(t, Traceback::type(), Maybe<Traceback>::adopt(next.release()), frame.share(), lasti, line);
    if (entry.raised()) detail::decref(std::exchange(t.raised, Value{}));
    else exception.traceback.store(&exception, std::move(entry).take());
    t.raised = pending;
}

}  // namespace oro
