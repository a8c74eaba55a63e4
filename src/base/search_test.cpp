#include "base/search.h"

#include <gtest/gtest.h>

#include <string>

namespace oro {
namespace {

template <class T> std::span<const T> span_of(const std::basic_string<T>& s) { return {s.data(), s.size()}; }

// Against the standard library's search, on texts of few different units, so that there are many near misses.
template <class T> void compare_with_naive(unsigned alphabet, std::size_t longest_needle) {
    std::uint32_t state = 12345 + alphabet;
    auto random = [&](std::uint32_t below) {
        state = state * 1664525 + 1013904223;
        return (state >> 8) % below;
    };
    for (int round = 0; round < 20000; ++round) {
        std::basic_string<T> hay(random(60), T{}), needle(random(std::uint32_t(longest_needle)), T{});
        for (T& c : hay) c = static_cast<T>('a' + random(alphabet));
        for (T& c : needle) c = static_cast<T>('a' + random(alphabet));
        if (round % 3 == 0 && hay.size() > needle.size()) needle = hay.substr(random(std::uint32_t(hay.size() - needle.size())), needle.size());
        ASSERT_EQ(find_in(span_of(hay), span_of(needle)), hay.find(needle)) << round;
        ASSERT_EQ(rfind_in(span_of(hay), span_of(needle)), hay.rfind(needle)) << round;
        if (needle.empty()) continue;
        std::size_t count = 0;
        for (std::size_t at = 0; (at = hay.find(needle, at)) != hay.npos; at += needle.size()) ++count;
        ASSERT_EQ(count_in(span_of(hay), span_of(needle), kNotFound), count) << round;
    }
}

TEST(Search, AgreesWithNaiveSearch) {
    for (unsigned alphabet : {1u, 2u, 3u, 10u}) {
        compare_with_naive<char>(alphabet, 30);
        compare_with_naive<char16_t>(alphabet, 30);
        compare_with_naive<char32_t>(alphabet, 30);
    }
}

TEST(Search, StaysLinearOnPeriodicNeedles) {
    // A million times a in front of b: comparing place by place would take 10**11 steps.
    std::u32string hay(1000000, U'a'), needle(200000, U'a');
    needle[100000] = U'b';
    EXPECT_EQ(find_in(span_of(hay), span_of(needle)), kNotFound);
    EXPECT_EQ(rfind_in(span_of(hay), span_of(needle)), kNotFound);
    hay[500000] = U'b';
    EXPECT_EQ(find_in(span_of(hay), span_of(needle)), 400000u);
}

}  // namespace
}  // namespace oro
