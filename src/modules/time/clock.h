// Timestamps: from Python's numbers to nanoseconds and time_t. Pure but for what reads the clock.
#pragma once
#include <ctime>

#include "object/define.h"

namespace oro::time {

// A count of seconds, rounded up to nanoseconds; OverflowError beyond 64 bits, ValueError for a NaN.
Result<std::int64_t> nanoseconds_of(Python& py, Borrowed<> seconds);
// A moment, rounded down to seconds; None is now.
Result<std::time_t> moment_of(Python& py, Borrowed<> seconds);

inline std::int64_t nanoseconds(timespec const& ts) { return std::int64_t(ts.tv_sec) * 1'000'000'000 + ts.tv_nsec; }
inline timespec to_timespec(std::int64_t ns) {
    std::int64_t seconds = ns / 1'000'000'000, rest = ns % 1'000'000'000;
    if (rest < 0) --seconds, rest += 1'000'000'000;
    return {seconds, rest};
}
// Whole seconds exactly, else the quotient rounded once.
inline double seconds_of(std::int64_t ns) {
    return ns % 1'000'000'000 == 0 ? double(ns / 1'000'000'000) : double(ns) / 1e9;
}

}  // namespace oro::time
