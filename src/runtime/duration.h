// Durations that Python code gives: seconds (or another unit) as a number.
#pragma once
#include "object/result.h"

namespace oro {

struct Python;

// Nanoseconds of a number of `unit` nanoseconds each, rounded away from zero; TypeError with `message` for what is no number.
Result<std::int64_t> duration_from(Python& py, Borrowed<> v, std::int64_t unit, char const* message);
// The clock that deadlines are measured with.
std::int64_t monotonic_ns();
// `ns` from now; the far future if that overflows.
std::int64_t deadline_of(std::int64_t ns);
// Milliseconds that are left until then, rounded up, at most what poll() takes.
int milliseconds_left(std::int64_t deadline);

}  // namespace oro
