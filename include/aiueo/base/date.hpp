// base › date: calendar days and timestamps as integers, and their ISO text.
//
// A day is an int32 count from 1970-01-01 in the proleptic Gregorian calendar. Text stays within
// the years 0001 to 9999, as ISO 8601 and RFC 3339 do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "aiueo/base/version.hpp"

namespace aiueo {

inline constexpr std::int32_t min_text_day = -719162;  ///< 0001-01-01
inline constexpr std::int32_t max_text_day = 2932896;  ///< 9999-12-31
inline constexpr std::int64_t seconds_per_day = 86400;

struct civil_date {
    std::int64_t year = 1970;
    std::int32_t month = 1;  ///< 1..12
    std::int32_t day = 1;    ///< 1..31
    friend constexpr bool operator==(const civil_date&, const civil_date&) = default;
};

/// Division that rounds toward minus infinity: days and years before 1970 count downward.
[[nodiscard]] constexpr std::int64_t floor_div(std::int64_t value, std::int64_t by) noexcept {
    const std::int64_t quotient = value / by;
    return (value % by != 0 && ((value < 0) != (by < 0))) ? quotient - 1 : quotient;
}
[[nodiscard]] constexpr std::int64_t floor_mod(std::int64_t value, std::int64_t by) noexcept {
    const std::int64_t rest = value % by;
    return (rest != 0 && ((rest < 0) != (by < 0))) ? rest + by : rest;
}

[[nodiscard]] constexpr bool is_leap_year(std::int64_t year) noexcept {
    return floor_mod(year, 4) == 0 && (floor_mod(year, 100) != 0 || floor_mod(year, 400) == 0);
}

[[nodiscard]] constexpr std::int32_t days_in_month(std::int64_t year, std::int32_t month) noexcept {
    constexpr std::int32_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month < 1 || month > 12) return 0;
    return month == 2 && is_leap_year(year) ? 29 : days[month - 1];
}

/// Days since 1970-01-01 of a date that exists. Years within ±5,000,000. (H. Hinnant,
/// "chrono-compatible low-level date algorithms": eras of 400 years that begin on 1 March.)
[[nodiscard]] constexpr std::int64_t days_from_civil(std::int64_t year, std::int32_t month,
                                                     std::int32_t day) noexcept {
    const std::int64_t shifted = month <= 2 ? year - 1 : year;
    const std::int64_t era = floor_div(shifted, 400);
    const std::int64_t year_of_era = shifted - era * 400;
    const std::int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    const std::int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

[[nodiscard]] constexpr civil_date civil_from_days(std::int64_t days) noexcept {
    const std::int64_t from_era_zero = days + 719468;
    const std::int64_t era = floor_div(from_era_zero, 146097);
    const std::int64_t day_of_era = from_era_zero - era * 146097;
    const std::int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const std::int64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t from_march = (5 * day_of_year + 2) / 153;
    civil_date out;
    out.day = static_cast<std::int32_t>(day_of_year - (153 * from_march + 2) / 5 + 1);
    out.month = static_cast<std::int32_t>(from_march < 10 ? from_march + 3 : from_march - 9);
    out.year = year_of_era + era * 400 + (out.month <= 2 ? 1 : 0);
    return out;
}

namespace detail {

/// `count` decimal digits at `at`, or −1.
[[nodiscard]] constexpr std::int32_t fixed_digits(std::string_view text, std::size_t at,
                                                  std::size_t count) noexcept {
    if (at > text.size() || text.size() - at < count) return -1;
    std::int32_t value = 0;
    for (std::size_t i = at; i < at + count; ++i) {
        if (text[i] < '0' || text[i] > '9') return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

}  // namespace detail

/// Exactly "YYYY-MM-DD" of a day that exists, years 0001 to 9999; anything else is nothing.
[[nodiscard]] constexpr std::optional<std::int32_t> parse_date(std::string_view text) noexcept {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    const std::int32_t year = detail::fixed_digits(text, 0, 4);
    const std::int32_t month = detail::fixed_digits(text, 5, 2);
    const std::int32_t day = detail::fixed_digits(text, 8, 2);
    if (year < 1 || month < 1 || day < 1 || day > days_in_month(year, month)) return std::nullopt;
    return static_cast<std::int32_t>(days_from_civil(year, month, day));
}

/// Is it a day of the years 0001 to 9999?
[[nodiscard]] constexpr bool is_text_day(std::int64_t days) noexcept {
    return days >= min_text_day && days <= max_text_day;
}
/// What to say of a day that is not.
[[nodiscard]] inline std::string no_text_day(std::int64_t days) {
    return std::to_string(days) + " days since 1970-01-01 are no date from the year 1 to 9999";
}

/// "YYYY-MM-DD" into `out` (at least 10 bytes) for days of the years 0001 to 9999; the number
/// written, 0 for a day outside.
inline std::size_t write_date(std::int32_t days, char* out) noexcept {
    if (!is_text_day(days)) return 0;
    const civil_date date = civil_from_days(days);
    const auto put = [out](std::size_t at, std::size_t count, std::int64_t value) {
        for (std::size_t i = count; i > 0; --i) {
            out[at + i - 1] = static_cast<char>('0' + value % 10);
            value /= 10;
        }
    };
    put(0, 4, date.year);
    out[4] = '-';
    put(5, 2, date.month);
    out[7] = '-';
    put(8, 2, date.day);
    return 10;
}

/// "YYYY-MM-DD". A day outside the years 0001 to 9999 has no such text and comes as "day N".
[[nodiscard]] inline std::string format_date(std::int32_t days) {
    char text[10];
    if (write_date(days, text) == 0) return "day " + std::to_string(days);
    return std::string{text, sizeof text};
}

/// A point in time as text gave it. `seconds` count from 1970-01-01T00:00:00, in UTC if `zoned`,
/// else on the wall clock of a place that the text does not name.
struct timestamp {
    std::int64_t seconds = 0;
    std::uint32_t nanos = 0;  ///< digits beyond the ninth are dropped
    bool zoned = false;
    friend constexpr bool operator==(const timestamp&, const timestamp&) = default;
};

/// RFC 3339, and the forms databases write beside it: a space for the 'T', no seconds, no offset,
/// offsets as ±hh or ±hhmm. A leap second reads as the second before it, so that it stays in its
/// day.
[[nodiscard]] constexpr std::optional<timestamp> parse_timestamp(std::string_view text) noexcept {
    if (text.size() < 16) return std::nullopt;
    const std::optional<std::int32_t> day = parse_date(text.substr(0, 10));
    if (!day || (text[10] != 'T' && text[10] != 't' && text[10] != ' ')) return std::nullopt;
    const std::int32_t hour = detail::fixed_digits(text, 11, 2);
    const std::int32_t minute = detail::fixed_digits(text, 14, 2);
    if (hour < 0 || hour > 23 || text[13] != ':' || minute < 0 || minute > 59) return std::nullopt;

    timestamp out;
    std::size_t at = 16;
    std::int32_t second = 0;
    if (at < text.size() && text[at] == ':') {
        second = detail::fixed_digits(text, at + 1, 2);
        if (second < 0 || second > 60) return std::nullopt;
        if (second == 60) second = 59;
        at += 3;
        if (at < text.size() && (text[at] == '.' || text[at] == ',')) {
            std::size_t digits = 0;
            for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, ++digits) {
                if (digits < 9)
                    out.nanos = out.nanos * 10 + static_cast<std::uint32_t>(text[at] - '0');
            }
            if (digits == 0) return std::nullopt;
            for (; digits < 9; ++digits) out.nanos *= 10;
        }
    }
    out.seconds = std::int64_t{*day} * seconds_per_day + std::int64_t{hour} * 3600 +
                  std::int64_t{minute} * 60 + second;
    if (at == text.size()) return out;

    out.zoned = true;
    if (text[at] == 'Z' || text[at] == 'z')
        return at + 1 == text.size() ? std::optional{out} : std::nullopt;
    if (text[at] != '+' && text[at] != '-') return std::nullopt;
    const std::int64_t sign = text[at] == '+' ? 1 : -1;
    const std::string_view rest = text.substr(at + 1);
    const std::int32_t hours = detail::fixed_digits(rest, 0, 2);
    std::int32_t minutes = 0;
    if (rest.size() == 4)
        minutes = detail::fixed_digits(rest, 2, 2);
    else if (rest.size() == 5 && rest[2] == ':')
        minutes = detail::fixed_digits(rest, 3, 2);
    else if (rest.size() != 2)
        return std::nullopt;
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
    out.seconds -= sign * (hours * 3600 + minutes * 60);
    return out;
}

}  // namespace aiueo
