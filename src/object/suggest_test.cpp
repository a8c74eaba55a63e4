#include "object/suggest.h"

#include <gtest/gtest.h>

namespace oro {
namespace {

constexpr std::string_view kNames[] = {"key", "reverse", "encoding", "errors"};

TEST(Suggest, TakesTheClosestName) {
    EXPECT_EQ(closest_name("keyy", kNames), "key");
    EXPECT_EQ(closest_name("Reverse", kNames), "reverse");
    EXPECT_EQ(closest_name("encodng", kNames), "encoding");
}

TEST(Suggest, LeavesOutWhatIsTooFarAway) {
    EXPECT_EQ(closest_name("x", kNames), "");
    EXPECT_EQ(closest_name("strict", kNames), "");
    EXPECT_EQ(closest_name("", kNames), "");
}

TEST(Suggest, NeverGivesTheNameItself) {
    constexpr std::string_view same[] = {"start"};
    EXPECT_EQ(closest_name("start", same), "");
    EXPECT_EQ(closest_name("strat", same), "start");
}

TEST(Suggest, GivesUpOnVeryLongNames) {
    std::string wrong(100, 'a'), candidate(100, 'b');
    std::string_view names[] = {candidate};
    EXPECT_EQ(closest_name(wrong, names), "");
}

}  // namespace
}  // namespace oro
