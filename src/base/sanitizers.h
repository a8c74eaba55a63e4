// Which sanitizer the code is compiled for, and what follows from it.
#pragma once
#include <cstddef>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ORO_ADDRESS_SANITIZER 1
#endif
#if __has_feature(thread_sanitizer)
#define ORO_THREAD_SANITIZER 1
#endif
#endif

namespace oro {

#if defined(ORO_ADDRESS_SANITIZER) || defined(ORO_THREAD_SANITIZER)
inline constexpr std::size_t kFrameFactor = 4;  // how much larger stack frames are, about
#else
inline constexpr std::size_t kFrameFactor = 1;
#endif

}  // namespace oro
