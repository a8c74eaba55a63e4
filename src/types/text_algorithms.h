// What str, bytes and bytearray do alike: splitting, stripping, lines, tabs. The algorithms see a span of code units and give
// ranges of it to `emit(begin, end)`, which returns Result<void>.
#pragma once
#include <vector>

#include "base/search.h"
#include "object/result.h"

namespace oro::text {

// start and end as methods take them, made to fit: negative ones count from the end.
struct Range {
    std::size_t begin, end;
    bool valid() const { return begin <= end; }
};
inline Range clamp_range(std::int64_t start, std::int64_t end, std::size_t length) {
    auto n = std::int64_t(length);
    if (end > n) end = n;
    else if (end < 0) end = end + n < 0 ? 0 : end + n;
    if (start < 0) start = start + n < 0 ? 0 : start + n;
    return {std::size_t(start), std::size_t(end)};
}

enum class Side : std::uint8_t { left = 1, right = 2, both = 3 };

template <class T, class P> Range strip_range(std::span<T const> s, Side side, P&& stripped) {
    std::size_t begin = 0, end = s.size();
    if (side != Side::right) while (begin < end && stripped(s[begin])) ++begin;
    if (side != Side::left) while (end > begin && stripped(s[end - 1])) --end;
    return {begin, end};
}

// At white space; maxsplit < 0: no limit.
template <class T, class P, class E> Result<void> split_space(std::span<T const> s, std::int64_t maxsplit, P&& space, E&& emit) {
    std::size_t i = 0, n = s.size();
    for (;;) {
        while (i < n && space(s[i])) ++i;
        if (i == n) return {};
        std::size_t begin = i;
        if (maxsplit-- == 0) {
            return emit(begin, n);  // all the rest is one piece
        }
        while (i < n && !space(s[i])) ++i;
        CHECK(emit(begin, i));
    }
}

// From the right; pieces come in reverse order.
template <class T, class P, class E> Result<void> rsplit_space(std::span<T const> s, std::int64_t maxsplit, P&& space, E&& emit) {
    std::size_t end = s.size();
    for (;;) {
        while (end > 0 && space(s[end - 1])) --end;
        if (end == 0) return {};
        if (maxsplit-- == 0) return emit(std::size_t(0), end);
        std::size_t begin = end;
        while (begin > 0 && !space(s[begin - 1])) --begin;
        CHECK(emit(begin, end));
        end = begin;
    }
}

template <class T, class E> Result<void> split_on(std::span<T const> s, std::span<T const> separator, std::int64_t maxsplit, E&& emit) {
    std::size_t begin = 0;
    while (maxsplit-- != 0) {
        std::size_t at = find_in(s.subspan(begin), separator);
        if (at == kNotFound) break;
        CHECK(emit(begin, begin + at));
        begin += at + separator.size();
    }
    return emit(begin, s.size());
}

template <class T, class E> Result<void> rsplit_on(std::span<T const> s, std::span<T const> separator, std::int64_t maxsplit, E&& emit) {
    std::size_t end = s.size();
    while (maxsplit-- != 0) {
        std::size_t at = rfind_in(s.first(end), separator);
        if (at == kNotFound) break;
        CHECK(emit(at + separator.size(), end));
        end = at;
    }
    return emit(std::size_t(0), end);
}

template <class T, class P, class E> Result<void> split_lines(std::span<T const> s, bool keep_ends, P&& line_break, E&& emit) {
    for (std::size_t i = 0; i < s.size();) {
        std::size_t begin = i;
        while (i < s.size() && !line_break(s[i])) ++i;
        std::size_t end = i;
        if (i < s.size()) {
            i += s[i] == '\r' && i + 1 < s.size() && s[i + 1] == '\n' ? 2 : 1;
            if (keep_ends) end = i;
        }
        CHECK(emit(begin, end));
    }
    return {};
}

// Where tabs become blanks: add(begin, end) for text as it stands, blanks(count) for a tab. False if a size overflows.
template <class T, class A, class B> bool expand_tabs(std::span<T const> s, std::int64_t tab_size, A&& add, B&& blanks) {
    std::size_t begin = 0, column = 0, total = 0;
    for (std::size_t i = 0; i < s.size(); ++i) {
        if (s[i] == '\t') {
            add(begin, i);
            begin = i + 1;
            if (tab_size <= 0) continue;
            std::size_t width = std::size_t(tab_size) - column % std::size_t(tab_size);
            column += width;
            if (__builtin_add_overflow(total, width, &total) || total > std::size_t(PTRDIFF_MAX)) return false;
            blanks(width);
        } else {
            ++column;
            if (++total > std::size_t(PTRDIFF_MAX)) return false;
            if (s[i] == '\n' || s[i] == '\r') column = 0;
        }
    }
    add(begin, s.size());
    return true;
}

}  // namespace oro::text
