#include "runtime/signals.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>

#include "object/call.h"
#include "object/int.h"

namespace oro {

namespace {
constexpr int kSignals = 65;
std::atomic<bool> arrived[kSignals];
std::atomic<bool> handled[kSignals];  // by a Python handler
std::atomic<bool> any{false};
std::atomic<Thread*> main_{nullptr};
std::atomic<SignalRunner> runner_{nullptr};
std::atomic<int> wakeup{-1};
std::atomic<bool> warn_full{true};
std::atomic<int> wakeup_error{0};  // errno of a failed write that is yet to be told
}  // namespace

void set_main_thread(Thread* t) { main_ = t; }
Thread* main_thread() { return main_; }
void set_signal_runner(SignalRunner runner) { runner_ = runner; }
bool signal_pending() { return any.load(std::memory_order_acquire); }

void set_signal_handled(int number, bool by_python) { handled[number] = by_python; }
bool signal_handled(int number) { return number > 0 && number < kSignals && handled[number]; }

void forget_signals() {
    for (auto& a : arrived) a = false;
    any = false;
}

Result<void> signal_set_from(Python& py, Borrowed<> numbers, sigset_t& set) {
    sigemptyset(&set);
    return for_each(py, numbers, [&](Ref<> item) -> Result<void> {
        std::int64_t n = TRY(to_int64(py, item, nullptr));
        if (n < 1 || n >= kSignals) {
            Ref<Str> shown = TRY(str(py, item));
            return raise(py, exc::ValueError, "signal number {} out of range [1; {}]", shown, kSignals - 1);
        }
        // Numbers that the C library keeps for itself are passed over.
        (void)sigaddset(&set, int(n));
        return {};
    });
}

int set_wakeup_descriptor(int fd, bool warn_on_full) {
    warn_full = warn_on_full;
    return wakeup.exchange(fd);
}

void note_signal(int number) {
    int saved = errno;
    if (number > 0 && number < kSignals) arrived[number].store(true, std::memory_order_release);
    any.store(true, std::memory_order_release);
    // The system hands a process's signals to the main thread unless that holds them back; one that was sent to another thread by
    // name doesn't end the main thread's blocking call.
    if (Thread* t = main_.load(std::memory_order_acquire)) t->breaker.fetch_or(breaker::signal, std::memory_order_release);
    int fd = wakeup.load(std::memory_order_acquire);
    if (fd >= 0) {
        unsigned char byte = static_cast<unsigned char>(number);
        if (write(fd, &byte, 1) < 0 && (warn_full || (errno != EAGAIN && errno != EWOULDBLOCK))) wakeup_error = errno;
    }
    errno = saved;
}

Result<void> run_signal_handlers(Python& py) {
    py.breaker.fetch_and(~breaker::signal, std::memory_order_acq_rel);
    if (!any.exchange(false, std::memory_order_acq_rel)) return {};
    if (int error = wakeup_error.exchange(0)) {
        (void)raise_errno(py, error);
        write_unraisable(py, "Exception ignored when trying to write to the signal wakeup fd");
    }
    SignalRunner runner = runner_;
    for (int i = 1; i < kSignals; ++i) {
        if (!arrived[i].exchange(false, std::memory_order_acq_rel)) continue;
        if (!runner) continue;
        if (runner(py, i).raised()) {
            // The others keep waiting for the next safepoint.
            any.store(true, std::memory_order_release);
            py.breaker.fetch_or(breaker::signal, std::memory_order_release);
            return Raised{};
        }
    }
    return {};
}

}  // namespace oro
