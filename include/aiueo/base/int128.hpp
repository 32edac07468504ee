// base › int128: whole numbers of 128 bits, so that sums of products of counts and of money are
// exact.
#pragma once

#include <cstdint>

namespace aiueo {

#ifndef __SIZEOF_INT128__
#error "aiueo needs a machine of 64 bits: its sums are exact in integers of 128"
#endif
// Both compilers have it on every 64-bit machine; the standard has no name for it.
__extension__ typedef __int128 int128;
__extension__ typedef unsigned __int128 uint128;

namespace detail {

/// Sign and magnitude below 2^255: what a difference of two products of int128 needs.
struct signed_256 {
    bool negative = false;
    uint128 high = 0;
    uint128 low = 0;
};

[[nodiscard]] constexpr uint128 magnitude(int128 value) noexcept {
    return value < 0 ? uint128{0} - static_cast<uint128>(value) : static_cast<uint128>(value);
}

/// a × b, exact.
[[nodiscard]] constexpr signed_256 product(int128 a, int128 b) noexcept {
    constexpr uint128 mask = ~std::uint64_t{0};
    const uint128 x = magnitude(a), y = magnitude(b);
    const uint128 x0 = x & mask, x1 = x >> 64, y0 = y & mask, y1 = y >> 64;
    const uint128 middle = x1 * y0 + ((x0 * y0) >> 64);
    const uint128 carried = x0 * y1 + (middle & mask);
    return {(a < 0) != (b < 0), x1 * y1 + (middle >> 64) + (carried >> 64),
            (carried << 64) | ((x0 * y0) & mask)};
}

/// a − b, exact.
[[nodiscard]] constexpr signed_256 difference(signed_256 a, signed_256 b) noexcept {
    const auto less = [](const signed_256& l, const signed_256& r) {
        return l.high != r.high ? l.high < r.high : l.low < r.low;
    };
    const auto minus = [](const signed_256& l, const signed_256& r) {
        return signed_256{false, l.high - r.high - (l.low < r.low ? 1u : 0u), l.low - r.low};
    };
    if (a.negative != b.negative) {
        const uint128 low = a.low + b.low;
        return {a.negative, a.high + b.high + (low < a.low ? 1u : 0u), low};
    }
    signed_256 out = less(a, b) ? minus(b, a) : minus(a, b);
    out.negative = less(a, b) != a.negative;
    return out;
}

/// Within one part in 2^52 of the number; 0 exactly for 0.
[[nodiscard]] constexpr double to_double(signed_256 value) noexcept {
    const double size = static_cast<double>(value.high) * 0x1p128 + static_cast<double>(value.low);
    return value.negative ? -size : size;
}

}  // namespace detail

}  // namespace aiueo
