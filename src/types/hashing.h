// Hashes of compound values, the numbers that CPython gives: tuples by xxHash's rounds, sets independent of order.
#pragma once
#include <bit>
#include <cstdint>

namespace oro {

class SequenceHash {
public:
    void add(std::int64_t item) {
        state_ += std::uint64_t(item) * 14029467366897019727ull;
        state_ = std::rotl(state_, 31) * 11400714785074694791ull;
        ++count_;
    }
    // Never -1.
    std::int64_t finish() const {
        std::uint64_t h = state_ + (count_ ^ (2870177450012600261ull ^ 3527539ull));
        return h == ~std::uint64_t(0) ? 1546275796 : std::int64_t(h);
    }

private:
    std::uint64_t state_ = 2870177450012600261ull, count_ = 0;
};

class SetHash {
public:
    void add(std::int64_t item) {
        auto h = std::uint64_t(item);
        state_ ^= (h ^ (h << 16) ^ 89869747ull) * 3644798167ull;
        ++count_;
    }
    std::int64_t finish() const {
        std::uint64_t h = state_ ^ ((count_ + 1) * 1927868237ull);
        h ^= (h >> 11) ^ (h >> 25);
        h = h * 69069ull + 907133923ull;
        return h == ~std::uint64_t(0) ? 590923713 : std::int64_t(h);
    }

private:
    std::uint64_t state_ = 0, count_ = 0;
};

}  // namespace oro
