// The process's secret for hashes of str and bytes. Set once at start-up, before the first string is made, and read by all
// threads afterwards.
#pragma once
#include <optional>

#include "base/hash.h"

namespace oro {

// PYTHONHASHSEED: a number, 0 for no randomness; no value draws a random key.
void seed_hashes(std::optional<std::uint32_t> seed);
HashKey text_hash_key();

}  // namespace oro
