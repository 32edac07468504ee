// base › time_zone: which calendar day an instant falls on, in one place of the world. base/date ─►
// here
//
// A value: copying it copies the zone, nothing is shared or global. Looking up an offset is inline
// and does not allocate; reading a zone from the system is compiled (src/base/time_zone.cpp).
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aiueo/base/date.hpp"
#include "aiueo/base/error.hpp"

namespace aiueo {

/// A POSIX rule for a day of the year, and the time on that day at which clocks change.
struct zone_rule_date {
    enum class form : std::uint8_t {
        julian,      ///< Jn: 1..365, 29 February is never counted
        zero_based,  ///< n: 0..365, 29 February is counted
        weekday,     ///< Mm.w.d: the w-th weekday d (0 = Sunday) of month m; week 5 is the last
    };
    form how = form::julian;
    std::int32_t month = 1;
    std::int32_t week = 1;
    std::int32_t day = 1;
    std::int32_t seconds = 7200;  ///< after local midnight, −167 h to 167 h

    /// Local seconds since 1970-01-01T00:00 at which it falls in `year`.
    [[nodiscard]] constexpr std::int64_t in_year(std::int64_t year) const noexcept {
        std::int64_t at = days_from_civil(year, 1, 1);
        switch (how) {
        case form::julian: at += day - 1 + (is_leap_year(year) && day >= 60 ? 1 : 0); break;
        case form::zero_based: at += day; break;
        case form::weekday: {
            at = days_from_civil(year, month, 1);
            const std::int64_t first = floor_mod(at + 4, 7);  // 1970-01-01 was a Thursday
            std::int64_t in_month = floor_mod(day - first, 7) + std::int64_t{7} * (week - 1);
            if (in_month >= days_in_month(year, month)) in_month -= 7;
            at += in_month;
            break;
        }
        }
        return at * seconds_per_day + seconds;
    }
    friend bool operator==(const zone_rule_date&, const zone_rule_date&) = default;
};

/// What holds after the last transition of a zone (the footer of its file).
struct zone_tail {
    std::int32_t standard = 0;  ///< seconds east of UTC
    bool has_summer = false;
    std::int32_t summer = 0;
    zone_rule_date summer_from;
    zone_rule_date summer_to;
    friend bool operator==(const zone_tail&, const zone_tail&) = default;

    [[nodiscard]] constexpr std::int32_t offset_at(std::int64_t utc_seconds) const noexcept {
        if (!has_summer) return standard;
        // The calendar repeats every 400 years, weekdays included; years stay small whatever the
        // instant.
        const std::int64_t at = floor_mod(utc_seconds, std::int64_t{146097} * seconds_per_day);
        const std::int64_t year = civil_from_days(floor_div(at, seconds_per_day)).year;
        std::int64_t latest = std::numeric_limits<std::int64_t>::min();
        std::int32_t offset = standard;
        // A rule's time may lie days before or after its date, so the neighbouring years count too.
        // Where summer ends at the instant it begins again, it is summer all year.
        for (std::int64_t y = year - 1; y <= year + 1; ++y) {
            const std::int64_t end = summer_to.in_year(y) - summer;
            if (end <= at && end > latest) {
                latest = end;
                offset = standard;
            }
        }
        for (std::int64_t y = year - 1; y <= year + 1; ++y) {
            const std::int64_t begin = summer_from.in_year(y) - standard;
            if (begin <= at && begin >= latest) {
                latest = begin;
                offset = summer;
            }
        }
        return offset;
    }
};

struct time_zone {
    struct transition {
        std::int64_t utc_seconds = 0;  ///< from this instant on
        std::int32_t offset = 0;       ///< seconds east of UTC
        friend bool operator==(const transition&, const transition&) = default;
    };

    std::string name = "UTC";
    std::int32_t first_offset = 0;        ///< before the first transition
    std::vector<transition> transitions;  ///< ascending
    std::optional<zone_tail> tail;        ///< after the last; none = its offset stays

    [[nodiscard]] static time_zone utc() { return {}; }

    /// A place whose clocks never change, `seconds` east of UTC (−86399 to 86399).
    [[nodiscard]] static time_zone fixed(std::int32_t seconds) {
        time_zone out;
        const std::int32_t size = seconds < 0 ? -seconds : seconds;
        const auto two = [](std::int32_t value) {
            return std::string{static_cast<char>('0' + value / 10 % 10),
                               static_cast<char>('0' + value % 10)};
        };
        out.name = (seconds < 0 ? "-" : "+") + two(size / 3600) + ":" + two(size / 60 % 60);
        if (size % 60 != 0) out.name += ":" + two(size % 60);
        out.first_offset = seconds;
        return out;
    }

    /// Seconds east of UTC at an instant.
    [[nodiscard]] std::int32_t offset_at(std::int64_t utc_seconds) const noexcept {
        const auto after = std::upper_bound(
            transitions.begin(), transitions.end(), utc_seconds,
            [](std::int64_t at, const transition& one) { return at < one.utc_seconds; });
        if (after == transitions.end() && tail) return tail->offset_at(utc_seconds);
        return after == transitions.begin() ? first_offset : std::prev(after)->offset;
    }

    /// The local calendar day at an instant; a day that int32 cannot hold is clamped to its ends.
    [[nodiscard]] std::int32_t local_day(std::int64_t utc_seconds) const noexcept {
        constexpr std::int64_t low = std::numeric_limits<std::int32_t>::min();
        constexpr std::int64_t high = std::numeric_limits<std::int32_t>::max();
        if (utc_seconds < low * seconds_per_day) return static_cast<std::int32_t>(low);
        if (utc_seconds > high * seconds_per_day) return static_cast<std::int32_t>(high);
        const std::int64_t day = floor_div(utc_seconds + offset_at(utc_seconds), seconds_per_day);
        return static_cast<std::int32_t>(std::clamp(day, low, high));
    }

    friend bool operator==(const time_zone&, const time_zone&) = default;
};

/// Where IANA's compiled zones are looked for, in this order.
inline constexpr std::string_view zone_directories[] = {"/usr/share/zoneinfo", "/usr/lib/zoneinfo",
                                                        "/usr/share/lib/zoneinfo", "/etc/zoneinfo"};

/// "UTC", an offset "+09:00", or an IANA name ("Asia/Tokyo") read from the system's zone files.
/// Errors: invalid_argument (not a name), not_found, io (a file that is not a zone).
[[nodiscard]] result<time_zone> load_time_zone(std::string_view name);

/// A zone from the bytes of a TZif file, version 2 or later (RFC 8536). Every count is checked
/// before it is believed. Files that count leap seconds are refused.
[[nodiscard]] result<time_zone> parse_time_zone(std::string_view bytes, std::string_view name);

}  // namespace aiueo
