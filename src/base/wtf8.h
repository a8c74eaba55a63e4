// Whether octets are text, for those who don't decode it themselves. Pure, safe from any thread.
#pragma once
#include <string_view>

namespace oro {

// UTF-8, in which lone surrogates may stand as three octets.
bool is_wtf8(std::string_view octets);

}  // namespace oro
