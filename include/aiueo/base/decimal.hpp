// base › decimal: fixed-point decimals of 32 to 256 bits (Arrow's layouts) as doubles and as money.
//
// A value is `unscaled` ÷ 10^scale, `unscaled` two's complement, little-endian; the scale may be
// negative.
#pragma once

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <system_error>

#include "aiueo/base/money.hpp"

namespace aiueo {

/// Sign and magnitude of a decimal's unscaled integer, in limbs of 32 bits, lowest first.
struct decimal_integer {
    bool negative = false;
    std::array<std::uint32_t, 8> limbs{};

    /// From 4, 8, 16 or 32 bytes, aligned or not.
    [[nodiscard]] static decimal_integer load(const void* from, std::size_t bytes) noexcept {
        std::array<std::uint8_t, 32> raw{};
        std::memcpy(raw.data(), from, bytes);
        decimal_integer out;
        out.negative = (raw[bytes - 1] & 0x80) != 0;
        std::uint32_t carry = out.negative ? 1 : 0;
        for (std::size_t i = 0; i < bytes / 4; ++i) {
            std::uint32_t limb = std::uint32_t{raw[4 * i]} | std::uint32_t{raw[4 * i + 1]} << 8 |
                                 std::uint32_t{raw[4 * i + 2]} << 16 |
                                 std::uint32_t{raw[4 * i + 3]} << 24;
            if (out.negative) {
                limb = ~limb + carry;
                carry = carry != 0 && limb == 0 ? 1 : 0;
            }
            out.limbs[i] = limb;
        }
        return out;
    }

    [[nodiscard]] bool fits_64() const noexcept {
        for (std::size_t i = 2; i < limbs.size(); ++i) {
            if (limbs[i] != 0) return false;
        }
        return true;
    }
    [[nodiscard]] std::uint64_t low_64() const noexcept {
        return std::uint64_t{limbs[1]} << 32 | limbs[0];
    }

    /// Divides the magnitude and returns the remainder. by < 2^32
    std::uint32_t divide(std::uint32_t by) noexcept {
        std::uint64_t rest = 0;
        for (std::size_t i = limbs.size(); i > 0; --i) {
            const std::uint64_t part = rest << 32 | limbs[i - 1];
            limbs[i - 1] = static_cast<std::uint32_t>(part / by);
            rest = part % by;
        }
        return static_cast<std::uint32_t>(rest);
    }
};

/// The double nearest to unscaled ÷ 10^scale; infinite if it is too large for one.
[[nodiscard]] inline double decimal_to_double(decimal_integer value, std::int32_t scale) noexcept {
    constexpr std::uint64_t exact = std::uint64_t{1} << 53;
    if (value.fits_64() && value.low_64() <= exact && scale >= -22 && scale <= 22) {
        // Two exact doubles and one rounding.
        const auto size = static_cast<double>(value.low_64());
        const double out = scale >= 0 ? size / power_of_ten(scale) : size * power_of_ten(-scale);
        return value.negative ? -out : out;
    }
    std::array<char, 128> text{};
    std::size_t at =
        81;  // written backward from here; 2^256 has 78 digits, nine parts of nine hold them
    do {
        std::uint32_t nine = value.divide(1000000000u);
        for (int i = 0; i < 9; ++i, nine /= 10) text[--at] = static_cast<char>('0' + nine % 10);
    } while (!(value.fits_64() && value.low_64() == 0));
    text[81] = 'e';
    const auto end =
        std::to_chars(text.data() + 82, text.data() + text.size(), -std::int64_t{scale});
    double out = 0;
    const auto [stop, why] = std::from_chars(text.data() + at, end.ptr, out);
    if (why == std::errc::result_out_of_range)
        out = scale > 0 ? 0.0 : std::numeric_limits<double>::infinity();
    return value.negative ? -out : out;
}

/// The amount in minor units, exactly; nothing for a finer fraction and from 2^48 minor units on.
[[nodiscard]] inline std::optional<std::int64_t> minor_from_decimal(decimal_integer value,
                                                                    std::int32_t scale,
                                                                    int digits) noexcept {
    std::int64_t shift = std::int64_t{digits} - scale;
    for (; shift < 0; ++shift) {
        if (value.fits_64() && value.low_64() == 0) return 0;
        if (value.divide(10) != 0)
            return std::nullopt;  // ends after 78 divisions: something is left, or nothing
    }
    if (!value.fits_64() || value.low_64() >= static_cast<std::uint64_t>(minor_units_limit))
        return std::nullopt;
    auto minor = static_cast<std::int64_t>(value.low_64());
    for (; shift > 0 && minor != 0; --shift) {
        minor *= 10;
        if (minor >= minor_units_limit) return std::nullopt;
    }
    return value.negative ? -minor : minor;
}

}  // namespace aiueo
