// BLAKE2b and BLAKE2s with all their parameters (RFC 7693 and the BLAKE2 paper's tree mode). A hasher belongs to one thread at a
// time; copying it forks the state.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace oro {

struct Blake2Params {
    int digest_size = 0;
    std::string_view key, salt, person;  // at most the sizes that the hasher names
    int fanout = 1, depth = 1;
    std::uint32_t leaf_size = 0;
    std::uint64_t node_offset = 0;
    int node_depth = 0, inner_size = 0;
    bool last_node = false;
};

// Word is std::uint64_t for BLAKE2b and std::uint32_t for BLAKE2s.
template <class Word> class Blake2 {
public:
    static constexpr int kBlock = 16 * sizeof(Word), kMaxDigest = 8 * sizeof(Word), kMaxKey = kMaxDigest;
    static constexpr int kSalt = 2 * sizeof(Word), kPerson = kSalt;
    static constexpr std::uint64_t kMaxNodeOffset = sizeof(Word) == 8 ? UINT64_MAX : (std::uint64_t(1) << 48) - 1;

    explicit Blake2(Blake2Params const& p);
    void update(std::string_view data);
    // Writes digest_size() bytes and leaves the state alone.
    void digest(std::uint8_t* out) const;
    int digest_size() const { return digest_size_; }

private:
    void compress(std::uint8_t const* block, bool last);

    Word state_[8];
    std::uint64_t count_ = 0;      // bytes compressed so far; more than 2**64 of them can't be had
    std::uint8_t block_[kBlock];   // what came after that: the last block is compressed in another way
    int filled_ = 0;
    int digest_size_;
    bool last_node_;
};

using Blake2b = Blake2<std::uint64_t>;
using Blake2s = Blake2<std::uint32_t>;
extern template class Blake2<std::uint64_t>;
extern template class Blake2<std::uint32_t>;

}  // namespace oro
