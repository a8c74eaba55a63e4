#include "modules/time/clock.h"

#include <cmath>

namespace oro::time {

namespace {

Raised raise_nan(Thread& t) { return raise(t, exc::ValueError, "Invalid value NaN (not a number)"); }

}  // namespace

Result<std::int64_t> nanoseconds_of(Python& py, Borrowed<> seconds) {
    Value v = seconds.value();
    if (is_any_float(v)) {
        double d = float_number(v);
        if (std::isnan(d)) return raise_nan(py);
        double ns = std::ceil(d * 1e9);
        if (!(ns >= -0x1p63 && ns < 0x1p63)) return raise(py, exc::OverflowError, "timestamp out of range for C PyTime_t");
        return std::int64_t(ns);
    }
    if (!is_any_int(v) && !type_of(v).slot(Dunder::index)) {
        return raise(py, exc::TypeError, "'{}' object cannot be interpreted as an integer or float", TypeName{v});
    }
    Ref<> n = TRY(to_index(py, seconds));
    std::int64_t whole, ns;
    if (!to_int64(PlainInt(n.value()), whole) || __builtin_mul_overflow(whole, 1'000'000'000, &ns)) {
        return raise(py, exc::OverflowError, "timestamp too large to convert to C PyTime_t");
    }
    return ns;
}

Result<std::time_t> moment_of(Python& py, Borrowed<> seconds) {
    if (seconds.is(kNone)) return std::time(nullptr);
    Value v = seconds.value();
    auto out_of_range = [&] { return raise(py, exc::OverflowError, "timestamp out of range for platform time_t"); };
    if (is_any_float(v)) {
        double d = float_number(v);
        if (std::isnan(d)) return raise_nan(py);
        d = std::floor(d);
        if (!(d >= -0x1p63 && d < 0x1p63)) return out_of_range();
        return std::time_t(d);
    }
    Ref<> n = TRY(to_index(py, seconds));
    std::int64_t whole;
    if (!to_int64(PlainInt(n.value()), whole)) return out_of_range();
    return std::time_t(whole);
}

}  // namespace oro::time
