// The hashes of Python's plain values, with CPython's numbers where Python code can see them: equal numbers
// of any type hash alike, modulo the Mersenne prime 2**61-1, and -1 is never a hash. Ints of any size are in
// bigint.h. Pure functions, safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace oro {

constexpr int kHashBits = 61;
constexpr std::uint64_t kHashModulus = (std::uint64_t{1} << kHashBits) - 1;
constexpr std::int64_t kHashInfinity = 314159;
constexpr std::uint64_t kHashImaginary = 1000003;  // what the imaginary part of a complex is multiplied by

// -1 means failure in CPython's protocol, so that nothing hashes to it.
constexpr std::int64_t finish_hash(std::uint64_t hash) {
    return hash == ~std::uint64_t{0} ? -2 : static_cast<std::int64_t>(hash);
}

constexpr std::int64_t hash_int64(std::int64_t value) {
    std::uint64_t rest =
        value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
    rest = (rest & kHashModulus) + (rest >> kHashBits);
    if (rest >= kHashModulus) rest -= kHashModulus;
    return finish_hash(value < 0 ? 0 - rest : rest);
}

// x must not be a NaN: those hash by identity.
std::int64_t hash_double(double x);
// The hash of a complex from those of its parts.
std::int64_t hash_complex(std::int64_t real, std::int64_t imaginary);

// Addresses are aligned: the low bits go to the top.
constexpr std::int64_t hash_address(std::uintptr_t address) {
    return finish_hash(address >> 4 | address << 60);
}

// The secret of the process for strings and bytes.
struct HashKey {
    std::uint64_t low = 0, high = 0;
};

// The key that a PYTHONHASHSEED other than 0 stands for; 0 stands for the key of zeros.
HashKey hash_key_from_seed(std::uint32_t seed);

// SipHash-1-3.
std::uint64_t siphash13(std::span<const std::uint8_t> bytes, HashKey key);

// The hash of bytes, and of a str's code points in their narrowest width as they lie in memory. Empty input
// hashes to 0.
std::int64_t hash_bytes(std::span<const std::uint8_t> bytes, HashKey key);

// Combines the hashes of a tuple's items, in order.
class TupleHash {
public:
    void add(std::int64_t item) {
        state_ += static_cast<std::uint64_t>(item) * kPrime2;
        state_ = state_ << 31 | state_ >> 33;
        state_ *= kPrime1;
        ++count_;
    }
    std::int64_t finish() const;

private:
    static constexpr std::uint64_t kPrime1 = 11400714785074694791u;
    static constexpr std::uint64_t kPrime2 = 14029467366897019727u;
    static constexpr std::uint64_t kPrime5 = 2870177450012600261u;

    std::uint64_t state_ = kPrime5;
    std::uint64_t count_ = 0;
};

// Combines the hashes of a frozenset's items, in any order.
class SetHash {
public:
    void add(std::int64_t item) {
        auto hash = static_cast<std::uint64_t>(item);
        state_ ^= ((hash ^ 89869747) ^ (hash << 16)) * 3644798167u;
        ++count_;
    }
    std::int64_t finish() const;

private:
    std::uint64_t state_ = 0;
    std::uint64_t count_ = 0;
};

}  // namespace oro
