// base › number: doubles from text and back, the same in every locale.
#pragma once

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "aiueo/base/float_mode.hpp"
#include "aiueo/base/version.hpp"

namespace aiueo {

/// Without the blanks (space, tab, CR, LF, VT, FF) around it.
[[nodiscard]] constexpr std::string_view trim_blanks(std::string_view text) noexcept {
    const auto blank = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    return text;
}

/// A decimal number taken apart: sign, digits with at most one point, exponent. Nothing else is a
/// number here: no "nan" or "inf", no hexadecimal, no thousands separators.
struct decimal_text {
    bool negative = false;
    std::string_view whole;     ///< digits before the point
    std::string_view fraction;  ///< digits after it
    std::int64_t exponent = 0;  ///< clamped to ±1,000,000,000
};

/// [+-] digits [. digits] [e [+-] digits], with a digit on at least one side of the point.
[[nodiscard]] constexpr std::optional<decimal_text> split_decimal(std::string_view text) noexcept {
    const auto digits = [&text] {
        std::size_t n = 0;
        while (n < text.size() && text[n] >= '0' && text[n] <= '9') ++n;
        const std::string_view found = text.substr(0, n);
        text.remove_prefix(n);
        return found;
    };
    const auto sign = [&text] {
        if (text.empty() || (text.front() != '+' && text.front() != '-')) return false;
        const bool minus = text.front() == '-';
        text.remove_prefix(1);
        return minus;
    };
    decimal_text out;
    out.negative = sign();
    out.whole = digits();
    if (!text.empty() && text.front() == '.') {
        text.remove_prefix(1);
        out.fraction = digits();
    }
    if (out.whole.empty() && out.fraction.empty()) return std::nullopt;
    if (!text.empty() && (text.front() == 'e' || text.front() == 'E')) {
        text.remove_prefix(1);
        const bool minus = sign();
        const std::string_view power = digits();
        if (power.empty()) return std::nullopt;
        for (const char c : power) {
            out.exponent = out.exponent * 10 + (c - '0');
            if (out.exponent > 1000000000) out.exponent = 1000000000;
        }
        if (minus) out.exponent = -out.exponent;
    }
    return text.empty() ? std::optional{out} : std::nullopt;
}

/// The nearest double of a decimal number, blanks around it allowed. Nothing for other text, and
/// for a number too large for a double; one too small is zero.
[[nodiscard]] inline std::optional<double> parse_number(std::string_view text) noexcept {
    text = trim_blanks(text);
    if (!text.empty() && text.front() == '+') {
        text.remove_prefix(1);
        if (!text.empty() && text.front() == '-') return std::nullopt;
    }
    const char* const end = text.data() + text.size();
    double value = 0;
    // from_chars would take "inf" and "nan"; a number starts with a digit, a point or a minus
    // before them.
    const std::size_t first = !text.empty() && text.front() == '-' ? 1 : 0;
    if (first >= text.size() || (text[first] != '.' && (text[first] < '0' || text[first] > '9')))
        return std::nullopt;
    // std::from_chars multiplies doubles, in whichever way the host has them rounded.
    const default_float_mode usual;
    const auto [stop, why] = std::from_chars(text.data(), end, value);
    if (stop != end || why == std::errc::invalid_argument) return std::nullopt;
    if (why == std::errc{}) return std::isfinite(value) ? std::optional{value} : std::nullopt;
    // Out of range says neither which end nor which sign: the power of the first digit that is not
    // 0 does.
    const std::optional<decimal_text> parts = split_decimal(text);
    if (!parts) return std::nullopt;
    std::int64_t power = parts->exponent;
    if (const std::size_t lead = parts->whole.find_first_not_of('0');
        lead != std::string_view::npos) {
        power += static_cast<std::int64_t>(parts->whole.size() - lead);
    } else if (const std::size_t in = parts->fraction.find_first_not_of('0');
               in != std::string_view::npos) {
        power -= static_cast<std::int64_t>(in);
    }
    if (power > 0) return std::nullopt;
    return parts->negative ? -0.0 : 0.0;
}

/// The shortest text that reads back as the same double: plain digits from 1e-5 up to below 1e15,
/// else with an exponent. "nan", "inf", "-inf" for what is not a number.
[[nodiscard]] inline std::string format_number(double value) {
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
    char text[64];
    // std::to_chars writes a subnormal as 0 where the host has them flushed.
    const default_float_mode usual;
    const double size = std::fabs(value);
    const bool plain = size == 0 || (size >= 1e-5 && size < 1e15);
    const auto [end, why] =
        std::to_chars(text, text + sizeof text, value,
                      plain ? std::chars_format::fixed : std::chars_format::scientific);
    return why == std::errc{} ? std::string{text, end} : std::string{};
}

}  // namespace aiueo
