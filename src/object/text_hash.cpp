#include "object/text_hash.h"

#include <sys/random.h>

#include <cstdlib>

namespace oro {

namespace {
// Written once, before there are strings or threads.
HashKey process_key;
}  // namespace

void seed_hashes(std::optional<std::uint32_t> seed) {
    if (seed) {
        process_key = *seed == 0 ? HashKey{} : hash_key_from_seed(*seed);
    } else if (getrandom(&process_key, sizeof process_key, 0) != ssize_t(sizeof process_key)) {
        std::abort();
    }
}

HashKey text_hash_key() { return process_key; }

}  // namespace oro
