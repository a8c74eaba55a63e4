// Exceptions that nobody can catch: in finalisers, callbacks and at the end of threads.
#include <unistd.h>

#include <atomic>
#include <string>

#include "object/call.h"
#include "object/exception.h"
#include "object/finalizer.h"
#include "object/str.h"

namespace oro {

namespace {

std::atomic<UnraisableReporter> reporter{nullptr};

std::string text_of(Python& py, Result<Ref<Str>> r, char const* otherwise) {
    if (r.raised()) {
        clear_raised(py);
        return otherwise;
    }
    return wtf8_of(*std::move(r).take());
}

// Before the runtime has set a reporter: one line each, without a traceback.
void report_plainly(Python& py, Borrowed<> exception, std::string_view message, Optional<> object) {
    std::string line(message.empty() ? "Exception ignored in" : message);
    if (object) line += ": " + text_of(py, repr(py, *object), "<object repr() failed>");
    else line += ":";
    Type& type = type_of(exception);
    line += "\n";
    if (Maybe<Str> name = type.qualname.load(&type)) line += wtf8_of(*static_cast<Str*>(name.value().pointer()));
    std::string text = text_of(py, str(py, exception), "<exception str() failed>");
    if (!text.empty()) line += ": " + text;
    line += "\n";
    if (::write(2, line.data(), line.size()) < 0) return;
}

}  // namespace

void set_unraisable_reporter(UnraisableReporter r) { reporter.store(r, std::memory_order_release); }

void write_unraisable(Python& py, std::string_view what, Optional<> object) {
    Maybe<> raised = take_raised(py);
    if (!raised) return;
    // What ends with a space is to be completed by the object itself.
    std::string message(what);
    bool complete = !message.empty() && message.back() == ' ';
    if (complete) {
        message += object ? text_of(py, repr(py, *object), "<object repr() failed>") : "<unknown>";
        object = {};
    }
    UnraisableReporter report = reporter.load(std::memory_order_acquire);
    if (!report) {
        report_plainly(py, *raised, message, object);
        return;
    }
    Maybe<Str> text;
    if (!message.empty()) {
        Result<Ref<Str>> made = make_str(py, message);
        if (made.raised()) clear_raised(py);
        else text = std::move(made).take();
    }
    report(py, std::move(raised).take(), std::move(text), object);
    clear_raised(py);
}

void write_failed_finalizer(Python& py, Type& type) {
    Maybe<> raised = take_raised(py);
    Maybe<> del = type_lookup(py, type, name::dunder_del());
    if (raised) restore_raised(py, std::move(raised).take());
    write_unraisable(py, "Exception ignored while calling deallocator ", del ? Optional<>(*del) : Optional<>());
}

}  // namespace oro
