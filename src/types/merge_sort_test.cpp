#include "types/merge_sort.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "types/hashing.h"

namespace oro {
namespace {

struct Item {
    int key, place;
    bool operator==(Item const&) const = default;
};

// Counts what it is asked; fails at the `fail_at`th question.
struct CountingLess {
    std::size_t asked = 0, fail_at = SIZE_MAX;
    int operator()(Item const& a, Item const& b) {
        if (++asked == fail_at) return -1;
        return a.key < b.key;
    }
    template <class S> void pause(S&) {}
};

std::vector<Item> items_of(std::vector<int> const& keys) {
    std::vector<Item> items;
    for (int key : keys) items.push_back({key, int(items.size())});
    return items;
}

std::vector<int> pattern(int kind, std::size_t n, std::mt19937& random) {
    std::vector<int> keys(n);
    for (std::size_t i = 0; i < n; ++i) {
        switch (kind) {
            case 0: keys[i] = int(random() % (n + 1)); break;
            case 1: keys[i] = int(i); break;
            case 2: keys[i] = -int(i); break;
            case 3: keys[i] = int(random() % 4); break;
            case 4: keys[i] = int(i % 97); break;
            case 5: keys[i] = i < n / 2 ? int(i * 2) : int((i - n / 2) * 2 + 1); break;
            default: keys[i] = int(i < n * 9 / 10 ? i : random() % (n + 1)); break;
        }
    }
    return keys;
}

TEST(MergeSort, IsStableForAllPatterns) {
    std::mt19937 random(7);
    for (std::size_t n : {0u, 1u, 2u, 3u, 31u, 32u, 63u, 64u, 65u, 100u, 1000u, 10007u}) {
        for (int kind = 0; kind < 7; ++kind) {
            auto items = items_of(pattern(kind, n, random)), expected = items;
            // Items of one key in the order of their places.
            std::sort(expected.begin(), expected.end(), [](Item a, Item b) { return a.key != b.key ? a.key < b.key : a.place < b.place; });
            CountingLess less;
            EXPECT_EQ((MergeSort<Item, CountingLess>(items.data(), n, less).run()), Sorted::done);
            EXPECT_TRUE(items == expected) << "n=" << n << " kind=" << kind;
        }
    }
}

TEST(MergeSort, AsksLittleOfSortedInput) {
    std::mt19937 random(7);
    for (int kind : {1, 2}) {
        auto items = items_of(pattern(kind, 5000, random));
        CountingLess less;
        MergeSort<Item, CountingLess>(items.data(), items.size(), less).run();
        EXPECT_EQ(less.asked, 4999u);
    }
    auto two_runs = items_of({});
    for (int i = 0; i < 5000; ++i) two_runs.push_back({i + 5000, i});
    for (int i = 0; i < 5000; ++i) two_runs.push_back({i, 5000 + i});
    CountingLess less;
    MergeSort<Item, CountingLess>(two_runs.data(), two_runs.size(), less).run();
    EXPECT_LT(less.asked, 10100u);
}

TEST(MergeSort, LosesNothingWhenAComparisonFails) {
    std::mt19937 random(3);
    for (int kind = 0; kind < 7; ++kind) {
        for (std::size_t fail_at = 1; fail_at < 4000; fail_at += 1 + fail_at / 7) {
            auto items = items_of(pattern(kind, 600, random));
            CountingLess less{0, fail_at};
            Sorted result = MergeSort<Item, CountingLess>(items.data(), items.size(), less).run();
            EXPECT_EQ(result, less.asked >= fail_at ? Sorted::raised : Sorted::done);
            std::vector<int> places;
            for (Item const& item : items) places.push_back(item.place);
            std::sort(places.begin(), places.end());
            for (int i = 0; i < 600; ++i) ASSERT_EQ(places[std::size_t(i)], i) << "kind=" << kind << " fail_at=" << fail_at;
        }
    }
}

TEST(Hashing, GivesTheNumbersOfTuplesAndSets) {
    EXPECT_EQ(SequenceHash().finish(), 5740354900026072187);
    SequenceHash zero;
    zero.add(0);
    EXPECT_EQ(zero.finish(), -8753497827991233192);
    EXPECT_EQ(SetHash().finish(), 133146708735736);
    SetHash one_two;
    one_two.add(1);
    one_two.add(2);
    EXPECT_EQ(one_two.finish(), -1826646154956904602);
}

}  // namespace
}  // namespace oro
