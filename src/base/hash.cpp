#include "base/hash.h"

#include <bit>

#include "base/bits.h"
#include "base/double_bits.h"

namespace oro {

namespace {

struct SipState {
    std::uint64_t v0, v1, v2, v3;

    void round() {
        v0 += v1;
        v2 += v3;
        v1 = std::rotl(v1, 13) ^ v0;
        v3 = std::rotl(v3, 16) ^ v2;
        v0 = std::rotl(v0, 32);
        v2 += v1;
        v0 += v3;
        v1 = std::rotl(v1, 17) ^ v2;
        v3 = std::rotl(v3, 21) ^ v0;
        v2 = std::rotl(v2, 32);
    }

    void absorb(std::uint64_t word) {
        v3 ^= word;
        round();
        v0 ^= word;
    }
};

std::uint64_t little_word(const std::uint8_t* p) {
    auto word = load_unaligned<std::uint64_t>(p);
    if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
    return word;
}

}  // namespace

std::int64_t hash_double(double x) {
    if (is_infinity(x)) return x > 0 ? kHashInfinity : -kHashInfinity;
    DoubleParts parts = double_parts(x);
    // Multiplying by 2**e rotates within 61 bits, since 2**61 is 1 modulo the prime.
    int turn = parts.exponent % kHashBits;
    if (turn < 0) turn += kHashBits;
    std::uint64_t hash = parts.mantissa;
    if (turn) hash = (hash << turn & kHashModulus) | hash >> (kHashBits - turn);
    return finish_hash(parts.negative ? 0 - hash : hash);
}

std::int64_t hash_complex(std::int64_t real, std::int64_t imaginary) {
    return finish_hash(static_cast<std::uint64_t>(real) +
                       kHashImaginary * static_cast<std::uint64_t>(imaginary));
}

HashKey hash_key_from_seed(std::uint32_t seed) {
    if (seed == 0) return {};
    // A linear congruential generator, of whose state one byte is taken at each step.
    std::uint8_t bytes[16];
    for (std::uint8_t& byte : bytes) {
        seed = seed * 214013 + 2531011;
        byte = static_cast<std::uint8_t>(seed >> 16);
    }
    return {little_word(bytes), little_word(bytes + 8)};
}

std::uint64_t siphash13(std::span<const std::uint8_t> bytes, HashKey key) {
    SipState state{0x736f6d6570736575 ^ key.low, 0x646f72616e646f6d ^ key.high, 0x6c7967656e657261 ^ key.low,
                   0x7465646279746573 ^ key.high};
    const std::uint8_t* p = bytes.data();
    std::size_t left = bytes.size();
    for (; left >= 8; left -= 8, p += 8) state.absorb(little_word(p));
    std::uint64_t last = std::uint64_t{bytes.size()} << 56;
    for (std::size_t i = 0; i < left; ++i) last |= std::uint64_t{p[i]} << 8 * i;
    state.absorb(last);
    state.v2 ^= 0xFF;
    state.round();
    state.round();
    state.round();
    return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

std::int64_t hash_bytes(std::span<const std::uint8_t> bytes, HashKey key) {
    return bytes.empty() ? 0 : finish_hash(siphash13(bytes, key));
}

std::int64_t TupleHash::finish() const {
    std::uint64_t hash = state_ + (count_ ^ (kPrime5 ^ 3527539));
    // CPython's replacement for -1 here is not -2.
    return hash == ~std::uint64_t{0} ? 1546275796 : static_cast<std::int64_t>(hash);
}

std::int64_t SetHash::finish() const {
    std::uint64_t hash = state_ ^ (count_ + 1) * 1927868237u;
    hash ^= hash >> 11 ^ hash >> 25;
    hash = hash * 69069 + 907133923;
    return hash == ~std::uint64_t{0} ? 590923713 : static_cast<std::int64_t>(hash);
}

}  // namespace oro
