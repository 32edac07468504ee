// base › money: amounts in major units (12.34) and in the integers of the minor unit (1234).
//
// The two are the same amount only where the major amount is the double (or float, or decimal)
// nearest to minor ÷ 10^digits: a finer fraction is no amount of that currency.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>

#include "aiueo/base/number.hpp"

namespace aiueo {

/// Amounts are smaller than this many minor units, so that sums and squares of them stay exact.
inline constexpr std::int64_t minor_units_limit = std::int64_t{1} << 48;

/// Stands for an amount in minor units that is not known.
inline constexpr std::int64_t no_money = INT64_MIN;

namespace detail {

inline constexpr std::string_view currencies_of_0_digits[] = {
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG",
    "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"};
inline constexpr std::string_view currencies_of_2_digits[] = {
    "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT",
    "BGN", "BMD", "BND", "BOB", "BOV", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF",
    "CHE", "CHF", "CHW", "CNY", "COP", "COU", "CRC", "CUC", "CUP", "CVE", "CZK", "DKK", "DOP",
    "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD", "GTQ",
    "GYD", "HKD", "HNL", "HRK", "HTG", "HUF", "IDR", "ILS", "INR", "IRR", "JMD", "KES", "KGS",
    "KHR", "KPW", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD", "LSL", "MAD", "MDL", "MGA", "MKD",
    "MMK", "MNT", "MOP", "MRU", "MUR", "MVR", "MWK", "MXN", "MXV", "MYR", "MZN", "NAD", "NGN",
    "NIO", "NOK", "NPR", "NZD", "PAB", "PEN", "PGK", "PHP", "PKR", "PLN", "QAR", "RON", "RSD",
    "RUB", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP", "SLE", "SLL", "SOS", "SRD", "SSP",
    "STN", "SVC", "SYP", "SZL", "THB", "TJS", "TMT", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH",
    "USD", "USN", "UYU", "UZS", "VED", "VES", "WST", "XAD", "XCD", "XCG", "YER", "ZAR", "ZMW",
    "ZWG", "ZWL"};
inline constexpr std::string_view currencies_of_3_digits[] = {"BHD", "IQD", "JOD", "KWD",
                                                              "LYD", "OMR", "TND"};
inline constexpr std::string_view currencies_of_4_digits[] = {"CLF", "UYW"};

inline constexpr double powers_of_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                           1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                           1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

}  // namespace detail

/// Digits after the point of an ISO 4217 code, capitals as ISO writes it ("JPY" 0, "USD" 2, "KWD"
/// 3). Nothing for other text and for codes without a minor unit (gold, testing). Codes withdrawn
/// since 2020 are still known: histories hold them.
[[nodiscard]] inline std::optional<int> minor_digits(std::string_view code) noexcept {
    const auto has = [code](const auto& list) {
        return std::binary_search(std::begin(list), std::end(list), code);
    };
    if (has(detail::currencies_of_2_digits)) return 2;
    if (has(detail::currencies_of_0_digits)) return 0;
    if (has(detail::currencies_of_3_digits)) return 3;
    if (has(detail::currencies_of_4_digits)) return 4;
    return std::nullopt;
}

/// 10^digits, exact. 0 to 22 digits.
[[nodiscard]] constexpr double power_of_ten(int digits) noexcept {
    return detail::powers_of_ten[digits];
}

/// The double nearest to minor ÷ 10^digits. |minor| ≤ 2^53, digits 0 to 22.
[[nodiscard]] constexpr double major_from_minor(std::int64_t minor, int digits) noexcept {
    return static_cast<double>(minor) / power_of_ten(digits);
}

/// The integer m, |m| < 2^48, with major == the double nearest to m ÷ 10^digits; nothing if there
/// is none (a finer fraction, too large, NaN). digits 0 to 4, as currencies have.
[[nodiscard]] constexpr std::optional<std::int64_t> minor_from_major(double major,
                                                                     int digits) noexcept {
    const double scaled = major * power_of_ten(digits);
    // Written so that NaN fails. Below 2^48 the product is at most 1/16 off, so rounding finds m if
    // it exists.
    if (!(scaled > -281474976710656.5 && scaled < 281474976710656.5)) return std::nullopt;
    const auto minor = static_cast<std::int64_t>(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
    if (minor <= -minor_units_limit || minor >= minor_units_limit) return std::nullopt;
    if (major_from_minor(minor, digits) != major) return std::nullopt;
    return minor;
}

/// The same for a float: the nearest m whose major amount, as a float, is `major`.
[[nodiscard]] constexpr std::optional<std::int64_t> minor_from_major(float major,
                                                                     int digits) noexcept {
    const double scaled = static_cast<double>(major) * power_of_ten(digits);
    if (!(scaled > -281474976710656.5 && scaled < 281474976710656.5)) return std::nullopt;
    const auto minor = static_cast<std::int64_t>(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
    if (minor <= -minor_units_limit || minor >= minor_units_limit) return std::nullopt;
    if (static_cast<float>(major_from_minor(minor, digits)) != major) return std::nullopt;
    return minor;
}

/// The same for a whole number of major units.
[[nodiscard]] constexpr std::optional<std::int64_t> minor_from_major(std::int64_t major,
                                                                     int digits) noexcept {
    std::int64_t factor = 1;
    for (int i = 0; i < digits; ++i) factor *= 10;
    const std::int64_t most = (minor_units_limit - 1) / factor;
    if (major < -most || major > most) return std::nullopt;
    return major * factor;
}

/// The same for decimal text taken apart: exact, however many digits it has.
[[nodiscard]] constexpr std::optional<std::int64_t> minor_from_major(const decimal_text& major,
                                                                     int digits) noexcept {
    const auto count = static_cast<std::int64_t>(major.whole.size() + major.fraction.size());
    const auto digit = [&major](std::int64_t i) {
        const auto at = static_cast<std::size_t>(i);
        return (at < major.whole.size() ? major.whole[at]
                                        : major.fraction[at - major.whole.size()]) -
               '0';
    };
    // Digits before `kept` make the minor units; those from there on are finer and must be zeros.
    const std::int64_t kept =
        static_cast<std::int64_t>(major.whole.size()) + major.exponent + digits;
    std::int64_t minor = 0;
    for (std::int64_t i = 0; i < count; ++i) {
        if (i >= kept) {
            if (digit(i) != 0) return std::nullopt;
            continue;
        }
        minor = minor * 10 + digit(i);
        if (minor >= minor_units_limit) return std::nullopt;
    }
    for (std::int64_t i = count; i < kept && minor != 0; ++i) {
        minor *= 10;
        if (minor >= minor_units_limit) return std::nullopt;
    }
    return major.negative ? -minor : minor;
}

}  // namespace aiueo
