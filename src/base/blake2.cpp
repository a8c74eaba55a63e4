#include "base/blake2.h"

#include <algorithm>

namespace oro {

namespace {

template <class Word> struct Constants;
template <> struct Constants<std::uint64_t> {
    static constexpr int rounds = 12, r1 = 32, r2 = 24, r3 = 16, r4 = 63;
    static constexpr std::uint64_t iv[8] = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
                                            0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};
};
template <> struct Constants<std::uint32_t> {
    static constexpr int rounds = 10, r1 = 16, r2 = 12, r3 = 8, r4 = 7;
    static constexpr std::uint32_t iv[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                            0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
};

constexpr std::uint8_t kSigma[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
};

}  // namespace

template <class Word> Blake2<Word>::Blake2(Blake2Params const& p) : digest_size_(p.digest_size), last_node_(p.last_node) {
    // The parameter block, little-endian as this machine is, is mixed into the initial state.
    std::uint8_t block[kMaxDigest] = {};
    block[0] = std::uint8_t(p.digest_size);
    block[1] = std::uint8_t(p.key.size());
    block[2] = std::uint8_t(p.fanout);
    block[3] = std::uint8_t(p.depth);
    std::memcpy(block + 4, &p.leaf_size, 4);
    constexpr int offset_size = sizeof(Word) == 8 ? 8 : 6;
    std::memcpy(block + 8, &p.node_offset, offset_size);
    block[8 + offset_size] = std::uint8_t(p.node_depth);
    block[9 + offset_size] = std::uint8_t(p.inner_size);
    std::ranges::copy(p.salt, block + kMaxDigest - kSalt - kPerson);
    std::ranges::copy(p.person, block + kMaxDigest - kPerson);
    for (int i = 0; i < 8; ++i) {
        Word word;
        std::memcpy(&word, block + std::size_t(i) * sizeof(Word), sizeof(Word));
        state_[i] = Constants<Word>::iv[i] ^ word;
    }
    if (!p.key.empty()) {
        std::memset(block_, 0, kBlock);
        std::memcpy(block_, p.key.data(), p.key.size());
        filled_ = kBlock;
    }
}

template <class Word> void Blake2<Word>::compress(std::uint8_t const* block, bool last) {
    using C = Constants<Word>;
    Word m[16], v[16];
    std::memcpy(m, block, kBlock);
    for (int i = 0; i < 8; ++i) {
        v[i] = state_[i];
        v[i + 8] = C::iv[i];
    }
    v[12] ^= Word(count_);
    if constexpr (sizeof(Word) == 4) v[13] ^= Word(count_ >> 32);
    if (last) {
        v[14] = ~v[14];
        if (last_node_) v[15] = ~v[15];
    }
    auto mix = [&](int a, int b, int c, int d, Word x, Word y) {
        v[a] += v[b] + x;
        v[d] = std::rotr(Word(v[d] ^ v[a]), C::r1);
        v[c] += v[d];
        v[b] = std::rotr(Word(v[b] ^ v[c]), C::r2);
        v[a] += v[b] + y;
        v[d] = std::rotr(Word(v[d] ^ v[a]), C::r3);
        v[c] += v[d];
        v[b] = std::rotr(Word(v[b] ^ v[c]), C::r4);
    };
    for (int round = 0; round < C::rounds; ++round) {
        std::uint8_t const* s = kSigma[round % 10];
        for (int i = 0; i < 4; ++i) mix(i, i + 4, i + 8, i + 12, m[s[2 * i]], m[s[2 * i + 1]]);
        for (int i = 0; i < 4; ++i) mix(i, (i + 1) % 4 + 4, (i + 2) % 4 + 8, (i + 3) % 4 + 12, m[s[8 + 2 * i]], m[s[9 + 2 * i]]);
    }
    for (int i = 0; i < 8; ++i) state_[i] ^= v[i] ^ v[i + 8];
}

template <class Word> void Blake2<Word>::update(std::string_view data) {
    auto const* p = reinterpret_cast<std::uint8_t const*>(data.data());
    std::size_t left = data.size();
    while (left > 0) {
        if (filled_ == kBlock) {
            count_ += kBlock;
            compress(block_, false);
            filled_ = 0;
        }
        // Whole blocks straight from the data, but never the last one.
        if (filled_ == 0 && left > std::size_t(kBlock)) {
            count_ += kBlock;
            compress(p, false);
            p += kBlock;
            left -= kBlock;
            continue;
        }
        std::size_t n = std::min<std::size_t>(left, std::size_t(kBlock - filled_));
        std::memcpy(block_ + filled_, p, n);
        filled_ += int(n);
        p += n;
        left -= n;
    }
}

template <class Word> void Blake2<Word>::digest(std::uint8_t* out) const {
    Blake2 end = *this;
    end.count_ += std::uint64_t(filled_);
    std::memset(end.block_ + filled_, 0, std::size_t(kBlock - filled_));
    end.compress(end.block_, true);
    std::memcpy(out, end.state_, std::size_t(digest_size_));
}

template class Blake2<std::uint64_t>;
template class Blake2<std::uint32_t>;

}  // namespace oro
