#include "platform/digest.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <algorithm>
#include <cctype>
#include <climits>
#include <memory>

namespace oro {

namespace {

struct NamePair {
    char const* python;
    char const* openssl;
};
// Where the names differ by more than case.
constexpr NamePair kNames[] = {
    {"sha1", "SHA1"},           {"sha224", "SHA2-224"},         {"sha256", "SHA2-256"},         {"sha384", "SHA2-384"},
    {"sha512", "SHA2-512"},     {"sha512_224", "SHA2-512/224"}, {"sha512_256", "SHA2-512/256"}, {"sha3_224", "SHA3-224"},
    {"sha3_256", "SHA3-256"},   {"sha3_384", "SHA3-384"},       {"sha3_512", "SHA3-512"},       {"shake_128", "SHAKE-128"},
    {"shake_256", "SHAKE-256"}, {"blake2b", "BLAKE2B-512"},     {"blake2s", "BLAKE2S-256"},     {"ripemd160", "RIPEMD-160"},
    {"md5-sha1", "MD5-SHA1"},
};


struct FreeDigest {
    void operator()(EVP_MD* md) const { EVP_MD_free(md); }
};
using DigestType = std::unique_ptr<EVP_MD, FreeDigest>;

// Null if there is none.
DigestType fetch(std::string_view name) {
    for (NamePair const& n : kNames) {
        if (name == n.python) return DigestType(EVP_MD_fetch(nullptr, n.openssl, nullptr));
    }
    return DigestType(EVP_MD_fetch(nullptr, std::string(name).c_str(), nullptr));
}

std::string python_name(EVP_MD const* md) {
    for (NamePair const& n : kNames) {
        if (EVP_MD_is_a(md, n.openssl)) return n.python;
    }
    std::string name = EVP_MD_get0_name(md);
    for (char& c : name) c = char(std::tolower(static_cast<unsigned char>(c)));
    return name;
}

}  // namespace

CryptoError take_crypto_error() {
    CryptoError error;
    unsigned long code = ERR_peek_last_error();
    ERR_clear_error();
    if (code == 0) {
        error.text = "no reason supplied";
        return error;
    }
    error.no_memory = ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE;
    char const* library = ERR_lib_error_string(code);
    char const* reason = ERR_reason_error_string(code);
    std::string text = reason ? reason : "unknown reason";
    error.text = library ? "[" + std::string(library) + "] " + text : text;
    return error;
}

Digest::Digest(std::string_view name) : plain_(name) {
    if (plain_.ok()) return;
    DigestType md = fetch(name);
    if (!md) return;
    context_ = EVP_MD_CTX_new();
    if (context_ && !EVP_DigestInit_ex2(context_, md.get(), nullptr)) {
        EVP_MD_CTX_free(context_);
        context_ = nullptr;
    }
}

Digest::~Digest() {
    if (context_) EVP_MD_CTX_free(context_);
}

Digest Digest::copy() const {
    Digest result;
    result.plain_ = plain_;
    if (plain_.ok()) return result;
    result.context_ = EVP_MD_CTX_new();
    if (result.context_ && !EVP_MD_CTX_copy_ex(result.context_, context_)) {
        EVP_MD_CTX_free(result.context_);
        result.context_ = nullptr;
    }
    return result;
}

bool Digest::update(std::string_view data) {
    if (!plain_.ok()) return EVP_DigestUpdate(context_, data.data(), data.size()) == 1;
    plain_.update(data);
    return true;
}
int Digest::digest_size() const {
    if (plain_.ok()) return int(plain_.digest_size());
    return any_length() ? 0 : EVP_MD_get_size(EVP_MD_CTX_get0_md(context_));
}
int Digest::block_size() const { return plain_.ok() ? int(plain_.block_size()) : EVP_MD_get_block_size(EVP_MD_CTX_get0_md(context_)); }
bool Digest::any_length() const { return !plain_.ok() && EVP_MD_get_flags(EVP_MD_CTX_get0_md(context_)) & EVP_MD_FLAG_XOF; }
std::string Digest::name() const { return plain_.ok() ? plain_.name() : python_name(EVP_MD_CTX_get0_md(context_)); }

bool Digest::digest(std::uint8_t* out, std::size_t size) const {
    if (plain_.ok()) return plain_.digest(out), true;
    Digest end = copy();
    if (!end.ok()) return false;
    if (any_length()) return EVP_DigestFinalXOF(end.context_, out, size) == 1;
    return EVP_DigestFinal_ex(end.context_, out, nullptr) == 1;
}

Mac::Mac(std::string_view digest_name, std::string_view key) {
    DigestType md = fetch(digest_name);
    if (!md) return;
    EVP_MAC* mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
    if (!mac) return;
    context_ = EVP_MAC_CTX_new(mac);
    EVP_MAC_free(mac);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, const_cast<char*>(EVP_MD_get0_name(md.get())), 0),
        OSSL_PARAM_construct_end(),
    };
    // An empty key must not look like no key at all.
    auto const* bytes = reinterpret_cast<unsigned char const*>(key.empty() ? "" : key.data());
    if (context_ && !EVP_MAC_init(context_, bytes, key.size(), params)) {
        EVP_MAC_CTX_free(context_);
        context_ = nullptr;
    }
}

Mac::~Mac() { EVP_MAC_CTX_free(context_); }

Mac Mac::copy() const {
    Mac result;
    result.context_ = EVP_MAC_CTX_dup(context_);
    return result;
}

bool Mac::update(std::string_view data) {
    return EVP_MAC_update(context_, reinterpret_cast<unsigned char const*>(data.data()), data.size()) == 1;
}
int Mac::digest_size() const { return int(EVP_MAC_CTX_get_mac_size(context_)); }
int Mac::block_size() const { return int(EVP_MAC_CTX_get_block_size(context_)); }

bool Mac::digest(std::uint8_t* out) const {
    Mac end = copy();
    std::size_t written = 0;
    return end.ok() && EVP_MAC_final(end.context_, out, &written, std::size_t(digest_size())) == 1;
}

std::vector<std::string> digest_names() {
    std::vector<std::string> names;
    EVP_MD_do_all_provided(
        nullptr,
        [](EVP_MD* md, void* arg) {
            // What only serves inside of other algorithms, or has no use as a hash, is left out.
            if (EVP_MD_is_a(md, "NULL") || EVP_MD_is_a(md, "KECCAK-KMAC-128") || EVP_MD_is_a(md, "KECCAK-KMAC-256")) return;
            static_cast<std::vector<std::string>*>(arg)->push_back(python_name(md));
        },
        &names);
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

bool is_digest(std::string_view name) { return fetch(name) != nullptr; }

bool pbkdf2_hmac(std::string_view digest_name, std::string_view password, std::string_view salt, int iterations, std::uint8_t* out,
                 std::size_t size) {
    DigestType md = fetch(digest_name);
    return md && PKCS5_PBKDF2_HMAC(password.data(), int(password.size()), reinterpret_cast<unsigned char const*>(salt.data()),
                                   int(salt.size()), iterations, md.get(), int(size), out) == 1;
}

bool scrypt(std::string_view password, std::string_view salt, std::uint64_t n, std::uint64_t r, std::uint64_t p,
            std::uint64_t max_memory, std::uint8_t* out, std::size_t size) {
    return EVP_PBE_scrypt(password.data(), password.size(), reinterpret_cast<unsigned char const*>(salt.data()), salt.size(), n, r, p,
                          max_memory, out, size) == 1;
}

bool fips_enabled() { return EVP_default_properties_is_fips_enabled(nullptr) == 1; }

bool constant_time_equal(std::string_view a, std::string_view b) {
    // Of different sizes: b with itself, so that the time is the same.
    bool same_size = a.size() == b.size();
    if (!same_size) a = b;
    return CRYPTO_memcmp(a.data(), b.data(), b.size()) == 0 && same_size;
}

}  // namespace oro
