// These functions of OpenSSL are marked as deprecated in favour of the general interface, and stay for exactly such uses.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "platform/plain_digest.h"

#include <openssl/md5.h>
#include <openssl/sha.h>

#include <cstring>

namespace oro {

namespace {

struct Function {
    std::string_view name;
    std::uint8_t digest_size, block_size;
    std::uint8_t state_size;
    int (*init)(void*);
    int (*update)(void*, void const*, std::size_t);
    int (*final)(unsigned char*, void*);
};

template <class State, auto Init, auto Update, auto Final>
constexpr Function function(std::string_view name, int digest_size, int block_size) {
    return {name, std::uint8_t(digest_size), std::uint8_t(block_size), std::uint8_t(sizeof(State)),
            [](void* s) { return Init(static_cast<State*>(s)); },
            [](void* s, void const* data, std::size_t n) { return Update(static_cast<State*>(s), data, n); },
            [](unsigned char* out, void* s) { return Final(out, static_cast<State*>(s)); }};
}

constexpr Function kFunctions[] = {
    function<MD5_CTX, MD5_Init, MD5_Update, MD5_Final>("md5", MD5_DIGEST_LENGTH, MD5_CBLOCK),
    function<SHA_CTX, SHA1_Init, SHA1_Update, SHA1_Final>("sha1", SHA_DIGEST_LENGTH, SHA_CBLOCK),
    function<SHA256_CTX, SHA224_Init, SHA224_Update, SHA224_Final>("sha224", SHA224_DIGEST_LENGTH, SHA256_CBLOCK),
    function<SHA256_CTX, SHA256_Init, SHA256_Update, SHA256_Final>("sha256", SHA256_DIGEST_LENGTH, SHA256_CBLOCK),
    function<SHA512_CTX, SHA384_Init, SHA384_Update, SHA384_Final>("sha384", SHA384_DIGEST_LENGTH, SHA512_CBLOCK),
    function<SHA512_CTX, SHA512_Init, SHA512_Update, SHA512_Final>("sha512", SHA512_DIGEST_LENGTH, SHA512_CBLOCK),
};

}  // namespace

PlainDigest::PlainDigest(std::string_view name) {
    static_assert(sizeof(SHA512_CTX) <= kStateSize);
    for (int i = 0; i < int(std::size(kFunctions)); ++i) {
        if (kFunctions[i].name != name) continue;
        which_ = i;
        kFunctions[i].init(state_);
        return;
    }
}

void PlainDigest::update(std::string_view data) { kFunctions[which_].update(state_, data.data(), data.size()); }
std::size_t PlainDigest::digest_size() const { return kFunctions[which_].digest_size; }
std::size_t PlainDigest::block_size() const { return kFunctions[which_].block_size; }
char const* PlainDigest::name() const { return kFunctions[which_].name.data(); }

void PlainDigest::digest(std::uint8_t* out) const {
    alignas(8) unsigned char end[kStateSize];
    std::memcpy(end, state_, kFunctions[which_].state_size);
    kFunctions[which_].final(out, end);
}

}  // namespace oro
