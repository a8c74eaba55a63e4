// Hash functions and message authentication codes of OpenSSL. A Digest or Mac belongs to one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "platform/plain_digest.h"

struct evp_md_ctx_st;
struct evp_mac_ctx_st;

namespace oro {

// OpenSSL's reason for the last failure on this thread: "[library] reason"; takes it off the queue.
struct CryptoError {
    std::string text;
    bool no_memory = false;
};
CryptoError take_crypto_error();

class Digest {
public:
    Digest() = default;
    // By Python's name ("sha3_256") or OpenSSL's; not ok() if there is no such function.
    explicit Digest(std::string_view name);
    Digest(Digest&& o) noexcept : plain_(o.plain_), context_(std::exchange(o.context_, nullptr)) {}
    Digest& operator=(Digest&& o) noexcept {
        std::swap(plain_, o.plain_);
        std::swap(context_, o.context_);
        return *this;
    }
    ~Digest();
    bool ok() const { return plain_.ok() || context_ != nullptr; }
    Digest copy() const;  // not ok() without memory
    [[nodiscard]] bool update(std::string_view data);
    int digest_size() const;  // 0 for functions of any length
    int block_size() const;
    bool any_length() const;
    std::string name() const;  // Python's
    // Writes digest_size() bytes, or any number of them with any_length(); leaves the state alone.
    [[nodiscard]] bool digest(std::uint8_t* out, std::size_t size) const;

private:
    PlainDigest plain_;                   // the state, or
    evp_md_ctx_st* context_ = nullptr;    // what OpenSSL has for the other functions
};

// HMAC.
class Mac {
public:
    Mac() = default;
    Mac(std::string_view digest_name, std::string_view key);
    Mac(Mac&& o) noexcept : context_(std::exchange(o.context_, nullptr)) {}
    Mac& operator=(Mac&& o) noexcept {
        std::swap(context_, o.context_);
        return *this;
    }
    ~Mac();
    bool ok() const { return context_ != nullptr; }
    Mac copy() const;
    [[nodiscard]] bool update(std::string_view data);
    int digest_size() const;
    int block_size() const;
    [[nodiscard]] bool digest(std::uint8_t* out) const;

private:
    evp_mac_ctx_st* context_ = nullptr;
};

// Python's names of all hash functions that OpenSSL provides.
std::vector<std::string> digest_names();
// Whether OpenSSL knows the function of that name; and the name that it goes by in Python.
bool is_digest(std::string_view name);

[[nodiscard]] bool pbkdf2_hmac(std::string_view digest_name, std::string_view password, std::string_view salt, int iterations,
                               std::uint8_t* out, std::size_t size);
// Null `out`: only checks the parameters.
[[nodiscard]] bool scrypt(std::string_view password, std::string_view salt, std::uint64_t n, std::uint64_t r, std::uint64_t p,
                          std::uint64_t max_memory, std::uint8_t* out, std::size_t size);
bool fips_enabled();
// Compares in a time that depends on the sizes only.
bool constant_time_equal(std::string_view a, std::string_view b);

}  // namespace oro
