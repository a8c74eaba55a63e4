#include "base/blake2.h"

#include <gtest/gtest.h>

#include <string>

namespace oro {
namespace {

template <class Hash> std::string hex(Hash const& hash) {
    std::uint8_t out[64];
    hash.digest(out);
    std::string text;
    for (int i = 0; i < hash.digest_size(); ++i) {
        text += "0123456789abcdef"[out[i] >> 4];
        text += "0123456789abcdef"[out[i] & 15];
    }
    return text;
}

Blake2Params tree_params(int digest_size, std::string_view salt) {
    Blake2Params p;
    p.digest_size = digest_size;
    p.key = "key";
    p.salt = salt;
    p.person = "pers";
    p.fanout = 3;
    p.depth = 2;
    p.leaf_size = 77;
    p.node_offset = 5;
    p.node_depth = 1;
    p.inner_size = 32;
    p.last_node = true;
    return p;
}

// The results are CPython's.
TEST(Blake2, AllParametersOfTheWideForm) {
    Blake2b hash(tree_params(64, "salt"));
    hash.update(std::string(300, 'a'));
    EXPECT_EQ(hex(hash),
              "578b749a87e715ad66d1515087304d33633f56d940e1dd9196654f9dbe570c94"
              "fdb1bce09a40a98230004c7fa64eec8f2612d1f9bed833410b3a3da216fa9662");
}

TEST(Blake2, AllParametersOfTheNarrowFormInPieces) {
    std::string data(300, 'a');
    for (std::size_t cut : {0, 1, 63, 64, 65, 128, 300}) {
        Blake2s hash(tree_params(20, "sal"));
        hash.update(std::string_view(data).substr(0, cut));
        hash.update(std::string_view(data).substr(cut));
        EXPECT_EQ(hex(hash), "e4b219234e91ae474a22904dd9f6c628ccac4403") << cut;
    }
}

TEST(Blake2, DigestLeavesTheStateAlone) {
    Blake2Params p;
    p.digest_size = 32;
    Blake2s hash(p);
    hash.update("abc");
    std::string first = hex(hash);
    EXPECT_EQ(first, "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982");
    EXPECT_EQ(hex(hash), first);
}

}  // namespace
}  // namespace oro
