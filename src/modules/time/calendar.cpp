#include "modules/time/calendar.h"

#include <cstdio>

#include "base/utf8.h"
#include "modules/time/clock.h"
#include "object/import.h"

namespace oro::time {

namespace {

constexpr StructField kFields[] = {
    {"tm_year", "year, for example 1993"},
    {"tm_mon", "month, 1 to 12"},
    {"tm_mday", "day of the month, 1 to 31"},
    {"tm_hour", "hours, 0 to 23"},
    {"tm_min", "minutes, 0 to 59"},
    {"tm_sec", "seconds, 0 to 61"},
    {"tm_wday", "day of the week, 0 for Monday"},
    {"tm_yday", "day of the year, 1 to 366"},
    {"tm_isdst", "1 in summer time, 0 if not, -1 if unknown"},
    {"tm_zone", "short name of the time zone"},
    {"tm_gmtoff", "seconds east of UTC"},
};
constexpr std::size_t kZone = 9, kOffset = 10, kVisible = 9;

constexpr StructTypeDef kStructTimeDef = struct_type_def<kFields>(
    "time.struct_time",
    "A moment as gmtime(), localtime() and strptime() give it and asctime(), mktime() and strftime() take it:\n"
    "a tuple of nine ints with names, and two more attributes.",
    kVisible);

Result<Ref<Tuple>> to_struct(Thread& t, std::tm const& tm) {
    Ref<Tuple> s = TRY(make_struct(t, struct_time_type));
    std::int64_t const numbers[] = {tm.tm_year + std::int64_t(1900), tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
                                    (tm.tm_wday + 6) % 7, tm.tm_yday + 1, tm.tm_isdst};
    for (std::size_t i = 0; i < kVisible; ++i) struct_set(*s, i, Ref<>::immediate(Value::of_int(numbers[i])));
    Ref<Str> zone = TRY(text_from_locale(t, tm.tm_zone));
    struct_set(*s, kZone, std::move(zone));
    struct_set(*s, kOffset, Ref<>::immediate(Value::of_int(tm.tm_gmtoff)));
    return s;
}

// A C calendar time with what its zone points to.
struct Calendar {
    std::tm tm{};
    std::string zone;
    bool has_zone = false;
    std::tm& fields() {
        if (has_zone) tm.tm_zone = zone.c_str();
        return tm;
    }
};

Result<int> int_item(Python& py, Borrowed<> v) {
    std::int64_t n = TRY(to_c_long(py, v));
    if (n != int(n)) {
        return raise(py, exc::OverflowError, n < 0 ? "signed integer is less than minimum" : "signed integer is greater than maximum");
    }
    return int(n);
}

Result<Calendar> from_tuple(Python& py, Borrowed<> v, char const* function) {
    if (!is<Tuple>(v)) return raise(py, exc::TypeError, "Tuple or struct_time argument required");
    Borrowed<Tuple> items = as<Tuple>(v);
    if (items->size != kVisible) return raise(py, exc::TypeError, "{}(): illegal time tuple argument", function);
    int n[kVisible];
    for (std::size_t i = 0; i < kVisible; ++i) n[i] = TRY(int_item(py, items->at(i)));
    if (n[0] < INT32_MIN + 1900) return raise(py, exc::OverflowError, "year out of range");
    Calendar c;
    c.tm.tm_year = n[0] - 1900;
    c.tm.tm_mon = int(unsigned(n[1]) - 1);
    c.tm.tm_mday = n[2];
    c.tm.tm_hour = n[3];
    c.tm.tm_min = n[4];
    c.tm.tm_sec = n[5];
    c.tm.tm_wday = int((std::int64_t(n[6]) + 1) % 7);
    c.tm.tm_yday = int(unsigned(n[7]) - 1);
    c.tm.tm_isdst = n[8];
    if (&type_of(v) == &struct_time_type) {
        if (is<Str>(items->slots[kZone])) {
            c.zone = wtf8_of(*as<Str>(items->slots[kZone]));
            c.has_zone = true;
        }
        if (items->slots[kOffset] != kNone) {
            std::int64_t offset = TRY(to_c_long(py, Borrowed<>(items->slots[kOffset])));
            c.tm.tm_gmtoff = offset;
        }
    }
    return c;
}

// Zeros that stand for 'nothing given' become the first; what no calendar has is refused, since C would read beyond its tables.
Result<void> check_fields(Thread& t, std::tm& tm) {
    auto check = [&](int value, int low, int high, char const* what) -> Result<void> {
        if (value < low || value > high) return raise(t, exc::ValueError, "{} out of range", what);
        return {};
    };
    if (tm.tm_mon == -1) tm.tm_mon = 0;
    CHECK(check(tm.tm_mon, 0, 11, "month"));
    if (tm.tm_mday == 0) tm.tm_mday = 1;
    CHECK(check(tm.tm_mday, 1, 31, "day of month"));
    CHECK(check(tm.tm_hour, 0, 23, "hour"));
    CHECK(check(tm.tm_min, 0, 59, "minute"));
    CHECK(check(tm.tm_sec, 0, 61, "seconds"));
    CHECK(check(tm.tm_wday, 0, 6, "day of week"));
    if (tm.tm_yday == -1) tm.tm_yday = 0;
    return check(tm.tm_yday, 0, 365, "day of year");
}

Result<std::tm> local_fields(Python& py, std::time_t moment) {
    std::tm tm{};
    errno = 0;
    if (!localtime_r(&moment, &tm)) return raise_errno(py, errno ? errno : EINVAL);
    return tm;
}

Result<Ref<Str>> asctime_of(Thread& t, std::tm const& tm) {
    static constexpr char const* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr char const* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    char text[64];
    int n = std::snprintf(text, sizeof text, "%s %s%3d %.2d:%.2d:%.2d %lld", kDays[tm.tm_wday], kMonths[tm.tm_mon], tm.tm_mday,
                          tm.tm_hour, tm.tm_min, tm.tm_sec, tm.tm_year + 1900LL);
    return make_str(t, std::string_view(text, std::size_t(n)));
}

// C's strftime on a piece of ASCII without null characters.
std::string format_piece(std::string const& piece, std::tm const& tm) {
    if (piece.find('%') == std::string::npos) return piece;
    // A mark at the end tells an empty result from a buffer that is too small.
    std::string format = piece + "%%", out;
    for (std::size_t room = 1024;; room *= 2) {
        out.resize(room);
        std::size_t n = std::strftime(out.data(), room, format.c_str(), &tm);
        if (n > 0 || room > 256 * format.size() + 4096) {
            out.resize(n > 0 ? n - 1 : 0);
            return out;
        }
    }
}

}  // namespace

ORO_TYPE(struct_time_type, kStructTimeDef);

Result<Ref<Str>> text_from_locale(Thread& t, std::string_view text) {
    if (scan_utf8(text).fault == Utf8Fault::none) return make_str(t, text);
    return make_str(t, std::span(reinterpret_cast<std::uint8_t const*>(text.data()), text.size()));
}

Result<Ref<Tuple>> gmtime(Python& py, Borrowed<> seconds) {
    std::time_t moment = TRY(moment_of(py, seconds));
    std::tm tm{};
    errno = 0;
    if (!gmtime_r(&moment, &tm)) return raise_errno(py, errno ? errno : EINVAL);
    tm.tm_zone = "UTC";
    return to_struct(py, tm);
}

Result<Ref<Tuple>> localtime(Python& py, Borrowed<> seconds) {
    std::time_t moment = TRY(moment_of(py, seconds));
    std::tm tm = TRY(local_fields(py, moment));
    return to_struct(py, tm);
}

Result<double> mktime(Python& py, Borrowed<> tuple) {
    Calendar c = TRY(from_tuple(py, tuple, "mktime"));
    std::tm& tm = c.fields();
    // -1 is a moment too: what C leaves untouched when it fails is the day of the week.
    tm.tm_wday = -1;
    std::time_t moment = std::mktime(&tm);
    if (moment == -1 && tm.tm_wday == -1) return raise(py, exc::OverflowError, "mktime argument out of range");
    return double(moment);
}

Result<Ref<Str>> asctime(Python& py, Optional<> tuple) {
    if (!tuple) {
        std::tm tm = TRY(local_fields(py, std::time(nullptr)));
        return asctime_of(py, tm);
    }
    Calendar c = TRY(from_tuple(py, *tuple, "asctime"));
    CHECK(check_fields(py, c.tm));
    return asctime_of(py, c.tm);
}

Result<Ref<Str>> ctime(Python& py, Borrowed<> seconds) {
    std::time_t moment = TRY(moment_of(py, seconds));
    std::tm tm = TRY(local_fields(py, moment));
    return asctime_of(py, tm);
}

// The C library sees pieces of plain ASCII only; null characters and all else beyond stand for themselves.
Result<Ref<Str>> strftime(Python& py, Borrowed<Str> format, Optional<> tuple) {
    Calendar c;
    if (tuple) {
        c = TRY(from_tuple(py, *tuple, "strftime"));
        CHECK(check_fields(py, c.tm));
    } else {
        c.tm = TRY(local_fields(py, std::time(nullptr)));
    }
    std::tm& tm = c.fields();
    tm.tm_isdst = tm.tm_isdst < -1 ? -1 : tm.tm_isdst > 1 ? 1 : tm.tm_isdst;
    StrBuilder out(py);
    std::string piece;
    auto flush = [&]() -> Result<void> {
        if (piece.empty()) return {};
        Ref<Str> text = TRY(text_from_locale(py, format_piece(piece, tm)));
        out.add(*text);
        piece.clear();
        return {};
    };
    for (std::size_t i = 0; i < format->length(); ++i) {
        char32_t point = format->at(i);
        if (point > 0 && point < 128) {
            piece += char(point);
            continue;
        }
        CHECK(flush());
        out.add(point);
    }
    CHECK(flush());
    return out.finish();
}

Result<Ref<>> strptime(Python& py, Args args) {
    Ref<> module = TRY(import_module(py, "_strptime"));
    Ref<Str> name = TRY(make_str(py, std::string_view("_strptime_time")));
    Ref<> function = TRY(get_attribute(py, module, name));
    return call(py, function, args.values);
}

}  // namespace oro::time
