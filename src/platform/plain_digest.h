// Hash functions whose whole state is a plain struct of OpenSSL's: MD5, SHA-1 and the SHA-2 family. Making and copying one touches nothing
// that threads share, which OpenSSL's general interface does at each step: it counts references to the function. A PlainDigest belongs to
// one thread at a time.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace oro {

class PlainDigest {
public:
    PlainDigest() = default;
    // By Python's name; not ok() if it is another function's.
    explicit PlainDigest(std::string_view name);
    bool ok() const { return which_ >= 0; }
    void update(std::string_view data);
    std::size_t digest_size() const;
    std::size_t block_size() const;
    char const* name() const;
    // Writes digest_size() bytes; leaves the state alone.
    void digest(std::uint8_t* out) const;

private:
    static constexpr std::size_t kStateSize = 216;
    int which_ = -1;                          // row of the table of functions
    alignas(8) unsigned char state_[kStateSize];
};

}  // namespace oro
