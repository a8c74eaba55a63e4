// "Did you mean": the name among several that a misspelt one is closest to.
#pragma once
#include <span>
#include <string>
#include <string_view>

namespace oro {

// The closest of `candidates` (UTF-8), or empty if none is close enough.
std::string_view closest_name(std::string_view wrong, std::span<std::string_view const> candidates);

}  // namespace oro
