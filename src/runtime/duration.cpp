#include "runtime/duration.h"

#include <limits.h>
#include <time.h>

#include <algorithm>
#include <cmath>

#include "object/call.h"
#include "object/float.h"
#include "object/int.h"

namespace oro {

Result<std::int64_t> duration_from(Python& py, Borrowed<> v, std::int64_t unit, char const* message) {
    auto too_large = [&] { return raise(py, exc::OverflowError, "timestamp out of range for C PyTime_t"); };
    if (is_any_float(v.value())) {
        double d = float_number(v.value());
        if (std::isnan(d)) return raise(py, exc::ValueError, "Invalid value NaN (not a number)");
        // Away from zero: what is negative stays so.
        d = d < 0 ? std::floor(d * double(unit)) : std::ceil(d * double(unit));
        if (!(d >= -9223372036854775808.0 && d < 9223372036854775808.0)) return too_large();
        return std::int64_t(d);
    }
    if (!is_any_int(v.value()) && !(v.value().is_pointer() && type_of(v).slot(Dunder::index))) return raise(py, exc::TypeError, message, TypeName{v.value()});
    Ref<> n = TRY(to_index(py, v));
    std::int64_t wide;
    if (!to_int64(PlainInt(n.value()), wide) || __builtin_mul_overflow(wide, unit, &wide)) return too_large();
    return wide;
}

std::int64_t monotonic_ns() {
    timespec t{};
    clock_gettime(CLOCK_MONOTONIC, &t);
    return std::int64_t(t.tv_sec) * 1000000000 + t.tv_nsec;
}
std::int64_t deadline_of(std::int64_t ns) {
    std::int64_t end;
    return __builtin_add_overflow(monotonic_ns(), ns, &end) ? INT64_MAX : end;
}
int milliseconds_left(std::int64_t deadline) {
    std::int64_t ns = deadline - monotonic_ns();
    if (ns <= 0) return 0;
    return int(std::min<std::int64_t>(ns / 1000000 + (ns % 1000000 != 0), INT_MAX));
}

}  // namespace oro
