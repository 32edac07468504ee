// evidence › value_code: a number's bin in a sparse histogram. … ─► score ─► evidence
#pragma once

#include <bit>
#include <cstdint>

namespace aiueo {

inline constexpr std::int32_t unknown_code = -1;

/// Bins between a power of two and the next one.
inline constexpr std::int32_t codes_an_octave = 32;

/// Of a code: the bins of its power of two; the unknown is alone in its own.
[[nodiscard]] constexpr std::int32_t octave_of(std::int32_t code) noexcept {
    return code < 0 ? -1 : code / codes_an_octave;
}

/// The top 17 bits of a double (sign, exponent, 5 bits of the fraction: bins about 3 % wide), as a
/// number that is ordered like the values. NaN is unknown_code; −0 is 0.
[[nodiscard]] inline std::int32_t value_code(double value) noexcept {
    if (value != value) return unknown_code;
    const auto top =
        static_cast<std::int32_t>(std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value) >> 47);
    return (top & 0x10000) != 0 ? 0x1FFFF - top : top + 0x10000;
}

/// The number nearest to zero of a bin: values in it lie between this and the next bin's.
[[nodiscard]] inline double value_of_code(std::int32_t code) noexcept {
    const std::int32_t top = code < 0x10000 ? 0x1FFFF - code : code - 0x10000;
    return std::bit_cast<double>(static_cast<std::uint64_t>(top) << 47);
}

}  // namespace aiueo
