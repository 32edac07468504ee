// base › version: which library this is. Nothing comes before it.
#pragma once

#ifdef __FAST_MATH__
#error \
    "aiueo promises the same bits everywhere; -ffast-math breaks that promise. Compile without it."
#endif

#include <cstdint>

namespace aiueo {

inline constexpr int version_major = 0;
inline constexpr int version_minor = 1;
inline constexpr int version_patch = 0;
inline constexpr const char* version_string = "0.1.0";

}  // namespace aiueo
