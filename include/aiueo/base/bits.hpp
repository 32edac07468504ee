// base › bits: bitmaps as Arrow has them: one bit a row, least significant first, from any bit on.
//
// Positions are counted in bits from `bits`. Only bytes that hold a wanted bit are touched, so a
// bitmap need not be padded.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "aiueo/base/version.hpp"

namespace aiueo {

[[nodiscard]] constexpr bool bit_at(const std::uint8_t* bits, std::int64_t at) noexcept {
    return ((bits[at >> 3] >> (at & 7)) & 1) != 0;
}

constexpr void set_bit(std::uint8_t* bits, std::int64_t at, bool value) noexcept {
    const auto mask = static_cast<std::uint8_t>(1u << (at & 7));
    bits[at >> 3] = static_cast<std::uint8_t>(value ? bits[at >> 3] | mask : bits[at >> 3] & ~mask);
}

/// Bytes that hold `count` bits.
[[nodiscard]] constexpr std::int64_t bytes_for_bits(std::int64_t count) noexcept {
    return (count + 7) / 8;
}

/// The `count` (0 to 64) bits from `at` on, the first in the lowest place; places above are 0.
[[nodiscard]] inline std::uint64_t bits_at(const std::uint8_t* bits, std::int64_t at,
                                           int count) noexcept {
    if (count == 0) return 0;
    const std::uint8_t* const first = bits + (at >> 3);
    const int shift = static_cast<int>(at & 7);
    const int bytes = (shift + count + 7) / 8;  // 1 to 9
    std::uint64_t low = 0;
    if constexpr (std::endian::native == std::endian::little) {
        if (bytes >= 8)
            std::memcpy(&low, first, 8);
        else
            for (int i = 0; i < bytes; ++i) low |= std::uint64_t{first[i]} << (8 * i);
    } else {
        for (int i = 0; i < bytes && i < 8; ++i) low |= std::uint64_t{first[i]} << (8 * i);
    }
    std::uint64_t out = low >> shift;
    if (bytes == 9) out |= std::uint64_t{first[8]} << (64 - shift);  // nine bytes only if shift > 0
    return count == 64 ? out : out & ((std::uint64_t{1} << count) - 1);
}

/// How many of the `count` bits from `at` on are 1.
[[nodiscard]] inline std::int64_t count_bits(const std::uint8_t* bits, std::int64_t at,
                                             std::int64_t count) noexcept {
    std::int64_t ones = 0;
    for (; count >= 64; at += 64, count -= 64) ones += std::popcount(bits_at(bits, at, 64));
    return ones + std::popcount(bits_at(bits, at, static_cast<int>(count)));
}

/// The `count` bits from `from_at` on into `to`, which starts at bit 0 and has
/// bytes_for_bits(count) bytes; the last byte's unused bits become 0.
inline void copy_bits(const std::uint8_t* from, std::int64_t from_at, std::int64_t count,
                      std::uint8_t* to) noexcept {
    while (count > 0) {
        const int taken = count < 64 ? static_cast<int>(count) : 64;
        const std::uint64_t part = bits_at(from, from_at, taken);
        for (int i = 0; i < (taken + 7) / 8; ++i)
            *to++ = static_cast<std::uint8_t>(part >> (8 * i));
        from_at += taken;
        count -= taken;
    }
}

}  // namespace aiueo
