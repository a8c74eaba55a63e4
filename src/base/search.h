// Finding a sequence in another one of the same unit: forwards, backwards, counting. Linear in the worst case: short
// needles are compared place by place, long ones go through the two-way algorithm of Crochemore and Perrin.
// Pure functions, safe from any thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <span>
#include <type_traits>

namespace oro {

inline constexpr std::size_t kNotFound = ~std::size_t{0};

namespace search_detail {

constexpr std::size_t kShortNeedle = 8;

// The critical factorisation: where the maximal suffix starts (under < or its reverse), and its period.
template <class It, class Less>
std::size_t maximal_suffix(It x, std::size_t n, Less less, std::size_t& period) {
    std::size_t start = 0, candidate = 1, k = 0;
    period = 1;
    while (candidate + k < n) {
        auto a = x[static_cast<std::ptrdiff_t>(candidate + k)], b = x[static_cast<std::ptrdiff_t>(start + k)];
        if (less(a, b)) {
            candidate += k + 1;
            k = 0;
            period = candidate - start;
        } else if (a == b) {
            if (k + 1 == period) {
                candidate += period;
                k = 0;
            } else {
                ++k;
            }
        } else {
            start = candidate++;
            k = 0;
            period = 1;
        }
    }
    return start;
}

template <class It>
std::size_t two_way(It hay, std::size_t n, It needle, std::size_t m) {
    auto at = [](It it, std::size_t i) { return it[static_cast<std::ptrdiff_t>(i)]; };
    std::size_t period, other_period;
    std::size_t cut = maximal_suffix(needle, m, [](auto a, auto b) { return a < b; }, period);
    std::size_t other = maximal_suffix(needle, m, [](auto a, auto b) { return a > b; }, other_period);
    if (other > cut) {
        cut = other;
        period = other_period;
    }
    bool periodic = true;
    for (std::size_t i = 0; i < cut && periodic; ++i) periodic = at(needle, i) == at(needle, i + period);
    if (!periodic) period = std::max(cut, m - cut) + 1;
    std::size_t memory = 0;  // how much of the left half is known to match, for periodic needles
    for (std::size_t place = 0; place + m <= n;) {
        std::size_t i = std::max(cut, memory);
        while (i < m && at(needle, i) == at(hay, place + i)) ++i;
        if (i < m) {
            place += i - cut + 1;
            memory = 0;
            continue;
        }
        i = cut;
        while (i > memory && at(needle, i - 1) == at(hay, place + i - 1)) --i;
        if (i <= memory) return place;
        place += period;
        memory = periodic ? m - period : 0;
    }
    return kNotFound;
}

template <class It>
std::size_t place_by_place(It hay, std::size_t n, It needle, std::size_t m) {
    auto first = needle[0], last = needle[static_cast<std::ptrdiff_t>(m - 1)];
    for (std::size_t i = 0; i + m <= n; ++i) {
        auto here = hay + static_cast<std::ptrdiff_t>(i);
        if (*here == first && here[static_cast<std::ptrdiff_t>(m - 1)] == last && std::equal(needle, needle + static_cast<std::ptrdiff_t>(m), here)) {
            return i;
        }
    }
    return kNotFound;
}

template <class It>
std::size_t search(It hay, std::size_t n, It needle, std::size_t m) {
    return m <= kShortNeedle ? place_by_place(hay, n, needle, m) : two_way(hay, n, needle, m);
}

}  // namespace search_detail

template <class T>
std::size_t find_unit(std::span<const T> hay, T unit) {
    if constexpr (sizeof(T) == 1) {
        if (hay.empty()) return kNotFound;
        auto* hit = static_cast<const T*>(std::memchr(hay.data(), static_cast<int>(unit), hay.size()));
        return hit ? static_cast<std::size_t>(hit - hay.data()) : kNotFound;
    } else {
        auto hit = std::find(hay.begin(), hay.end(), unit);
        return hit == hay.end() ? kNotFound : static_cast<std::size_t>(hit - hay.begin());
    }
}

template <class T>
std::size_t rfind_unit(std::span<const T> hay, T unit) {
    for (std::size_t i = hay.size(); i-- > 0;) {
        if (hay[i] == unit) return i;
    }
    return kNotFound;
}

// The first place where needle occurs in hay. An empty needle is everywhere.
template <class T>
std::size_t find_in(std::span<const T> hay, std::span<const T> needle) {
    if (needle.empty()) return 0;
    if (needle.size() > hay.size()) return kNotFound;
    if (needle.size() == 1) return find_unit(hay, needle[0]);
    if constexpr (sizeof(T) == 1) {
        auto* hit = static_cast<const T*>(memmem(hay.data(), hay.size(), needle.data(), needle.size()));
        return hit ? static_cast<std::size_t>(hit - hay.data()) : kNotFound;
    } else {
        return search_detail::search(hay.data(), hay.size(), needle.data(), needle.size());
    }
}

// The last place; an empty needle's is the end.
template <class T>
std::size_t rfind_in(std::span<const T> hay, std::span<const T> needle) {
    if (needle.empty()) return hay.size();
    if (needle.size() > hay.size()) return kNotFound;
    if (needle.size() == 1) return rfind_unit(hay, needle[0]);
    std::size_t from_end = search_detail::search(std::make_reverse_iterator(hay.data() + hay.size()), hay.size(),
                                                 std::make_reverse_iterator(needle.data() + needle.size()), needle.size());
    return from_end == kNotFound ? kNotFound : hay.size() - needle.size() - from_end;
}

// How often needle (not empty) occurs without overlap, up to `most` times.
template <class T>
std::size_t count_in(std::span<const T> hay, std::span<const T> needle, std::size_t most) {
    std::size_t count = 0;
    if (needle.size() == 1) {
        for (T unit : hay) count += unit == needle[0];
        return std::min(count, most);
    }
    while (count < most) {
        std::size_t at = find_in(hay, needle);
        if (at == kNotFound) break;
        ++count;
        hay = hay.subspan(at + needle.size());
    }
    return count;
}

}  // namespace oro
