#include "base/hash.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <limits>

namespace oro {
namespace {

std::span<const std::uint8_t> bytes_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// The expected numbers in this file are CPython's.
TEST(Hash, BytesUnderASeed) {
    struct {
        std::uint32_t seed;
        std::int64_t one, eight, long_text, wide;
    } cases[] = {
        {0, 4644417185603328019, 4574395652268504554, -5569683666686466593, 8923438597601333813},
        {1, -3012895188637184397, -202642195356325900, 5876349996493434189, 618338928673699475},
        {42, -123207753977932514, -5457871895989710762, 143365260801272932, -7475647352472712345},
        {4294967295, -5989683813037840249, 3424456984880118976, 2550081523503200891, -1915827071999367778},
    };
    const std::uint8_t wide[] = {'h', 0, 0xAC, 0x20, 'l', 0, 'l', 0, 'o', 0};
    for (auto& c : cases) {
        HashKey key = hash_key_from_seed(c.seed);
        EXPECT_EQ(hash_bytes({}, key), 0);
        EXPECT_EQ(hash_bytes(bytes_of("a"), key), c.one);
        EXPECT_EQ(hash_bytes(bytes_of("abcdefgh"), key), c.eight);
        EXPECT_EQ(hash_bytes(bytes_of("hello, world! this is longer"), key), c.long_text);
        EXPECT_EQ(hash_bytes(wide, key), c.wide);
    }
}

TEST(Hash, Numbers) {
    struct {
        double x;
        std::int64_t hash;
    } doubles[] = {
        {0.0, 0},
        {-0.0, 0},
        {1.0, 1},
        {-1.0, -2},
        {0.5, 1152921504606846976},
        {0.1, 230584300921369408},
        {-0.1, -230584300921369408},
        {1e300, 1224995262755759164},
        {5e-324, 16777216},
        {-1.5, -1152921504606846977},
        {0x1p61, 1},
        {std::numeric_limits<double>::infinity(), 314159},
        {-std::numeric_limits<double>::infinity(), -314159},
        {1e22, 1864712049423028464},
    };
    for (auto& c : doubles) EXPECT_EQ(hash_double(c.x), c.hash) << c.x;
    constexpr std::int64_t prime = 2305843009213693951;
    struct {
        std::int64_t value, hash;
    } ints[] = {
        {0, 0},
        {1, 1},
        {-1, -2},
        {-2, -2},
        {prime, 0},
        {prime + 1, 1},
        {-prime - 1, -2},
        {-prime, 0},
        {std::numeric_limits<std::int64_t>::min(), -4},
        {std::numeric_limits<std::int64_t>::max(), 3},
        {4611686018427387903, 1},
    };
    for (auto& c : ints) EXPECT_EQ(hash_int64(c.value), c.hash) << c.value;
    EXPECT_EQ(hash_complex(1, 2), 2000007);
    EXPECT_EQ(hash_complex(hash_double(-1.5), hash_double(-0.25)), -2882303761517117441);
}

std::int64_t tuple_hash(std::initializer_list<std::int64_t> items) {
    TupleHash hash;
    for (std::int64_t item : items) hash.add(item);
    return hash.finish();
}

std::int64_t set_hash(std::initializer_list<std::int64_t> items) {
    SetHash hash;
    for (std::int64_t item : items) hash.add(item);
    return hash.finish();
}

TEST(Hash, Containers) {
    EXPECT_EQ(tuple_hash({}), 5740354900026072187);
    EXPECT_EQ(tuple_hash({1}), -6644214454873602895);
    EXPECT_EQ(tuple_hash({1, 2, 3}), 529344067295497451);
    EXPECT_EQ(tuple_hash({0, -2}), 8374038142897728572);
    EXPECT_EQ(set_hash({}), 133146708735736);
    EXPECT_EQ(set_hash({1}), -558064481276695278);
    EXPECT_EQ(set_hash({3, 1, 2}), -272375401224217160);
    EXPECT_EQ(set_hash({10, 20, -2, std::int64_t{1} << 40}), -3156213367793087544);
}

TEST(Hash, AddressesKeepTheirLowBits) {
    EXPECT_EQ(hash_address(0x10), 1);
    EXPECT_EQ(hash_address(0x1F), static_cast<std::int64_t>(0xF000000000000001));
}

}  // namespace
}  // namespace oro
