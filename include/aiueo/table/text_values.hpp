// table › text_values: one text read as a number, flag, date or amount. base ─► table
//
// The one place that says which texts mean what; columns (table/text.hpp) apply it row by row.
// Blanks around a text do not count.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string_view>

#include "aiueo/base/date.hpp"
#include "aiueo/base/money.hpp"
#include "aiueo/base/number.hpp"
#include "aiueo/base/time_zone.hpp"

namespace aiueo {

/// What a text turned out to be.
enum class text_reading : std::uint8_t {
    known,
    null,
    invalid,  ///< of the right kind, but outside what the metric can hold: unknown, and counted as
              ///< invalid
    bad,      ///< not of that kind at all
};

template <class T>
struct text_value {
    text_reading what = text_reading::bad;
    T value{};
    std::string_view right{};  ///< bad: what would be right, a clause for the message
};

/// A decimal number, "12", "-3.5", "+1e6". One too large for a double is infinite, so invalid
/// later.
[[nodiscard]] inline text_value<double> read_number_text(std::string_view text) noexcept {
    text = trim_blanks(text);
    if (const auto number = parse_number(text)) return {text_reading::known, *number, {}};
    if (const auto parts = split_decimal(text)) {
        constexpr double infinite = std::numeric_limits<double>::infinity();
        return {text_reading::known, parts->negative ? -infinite : infinite, {}};
    }
    return {text_reading::bad, 0,
            "is not a number; a number looks like 12 or -3.5, without separators or units"};
}

/// true/false, t/f, yes/no, y/n in any case, or a number: 1 and 0, any other being invalid.
[[nodiscard]] inline text_value<std::uint8_t> read_flag_text(std::string_view text) noexcept {
    text = trim_blanks(text);
    const auto is = [text](std::string_view word) {
        return std::equal(text.begin(), text.end(), word.begin(), word.end(), [](char c, char w) {
            return (c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c) == w;
        });
    };
    if (is("1") || is("true") || is("yes") || is("t") || is("y"))
        return {text_reading::known, 1, {}};
    if (is("0") || is("false") || is("no") || is("f") || is("n"))
        return {text_reading::known, 0, {}};
    const text_value<double> number = read_number_text(text);
    if (number.what == text_reading::bad) {
        return {text_reading::bad, 0, "is not a flag; write true or false, yes or no, 1 or 0"};
    }
    if (number.value == 0 ||
        number.value == 1) {  // "1.0", as tables with missing flags are written
        return {text_reading::known, static_cast<std::uint8_t>(number.value == 1), {}};
    }
    return {text_reading::invalid, 0, {}};
}

/// A date "2026-11-21"; a timestamp with an offset, as the date it falls on in `zone`; a timestamp
/// without one only at 00:00.
[[nodiscard]] inline text_value<std::int32_t> read_date_text(std::string_view text,
                                                             const time_zone& zone) noexcept {
    text = trim_blanks(text);
    if (const auto day = parse_date(text)) return {text_reading::known, *day, {}};
    const auto at = parse_timestamp(text);
    if (!at) return {text_reading::bad, 0, "is not a date; write it as 2026-11-21"};
    if (at->zoned) return {text_reading::known, zone.local_day(at->seconds), {}};
    if (floor_mod(at->seconds, seconds_per_day) != 0 || at->nanos != 0) {
        return {
            text_reading::bad, 0,
            "has a time of day but no offset; write the date alone, or add Z or an offset such as +09:00"};
    }
    return {text_reading::known, static_cast<std::int32_t>(at->seconds / seconds_per_day), {}};
}

/// An amount in major units of a currency with `digits` minor digits, as minor units, exactly. A
/// finer fraction and an amount from 2^48 minor units on are invalid.
[[nodiscard]] inline text_value<std::int64_t> read_money_text(std::string_view text,
                                                              int digits) noexcept {
    const auto parts = split_decimal(trim_blanks(text));
    if (!parts) {
        return {
            text_reading::bad, 0,
            "is not an amount; an amount looks like 1200 or 12.50, without separators or a currency"};
    }
    const auto minor = minor_from_major(*parts, digits);
    return {minor ? text_reading::known : text_reading::invalid, minor.value_or(0), {}};
}

}  // namespace aiueo
