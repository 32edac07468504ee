// study › shown_money: counts and amounts as people read them. … ─► evidence ─► study
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "aiueo/base/number.hpp"

namespace aiueo::detail {

/// "12,345".
[[nodiscard]] inline std::string shown_count(std::int64_t of) {
    std::string out = std::to_string(of);
    for (std::size_t at = out.size(); at > (of < 0 ? 4U : 3U); at -= 3) out.insert(at - 3, ",");
    return out;
}

/// "1,234,500 JPY": an amount in minor units; whole major units, since nobody reads the rest.
[[nodiscard]] inline std::string shown_money(double minor, std::string_view currency,
                                             int minor_digits) {
    if (minor != minor) return "?";
    double major = std::fabs(minor);
    for (int k = 0; k < minor_digits; ++k) major /= 10;
    if (!(major < 9e15)) return format_number(minor < 0 ? -major : major);
    const std::string digits = shown_count(std::llround(major));
    return (minor < 0 && digits != "0" ? "−" : "") + digits +
           (currency.empty() ? "" : " " + std::string{currency});
}

}  // namespace aiueo::detail
