#include <limits>
#include <string>

#include "aiueo/base/date.hpp"

#include "support/catch.hpp"

namespace test_date {

using namespace aiueo;

TEST_CASE("days and civil dates are each other's inverse over all of int32", "[base][date]") {
    CHECK(days_from_civil(1970, 1, 1) == 0);
    CHECK(days_from_civil(2000, 3, 1) == 11017);
    CHECK(days_from_civil(1, 1, 1) == min_text_day);
    CHECK(days_from_civil(9999, 12, 31) == max_text_day);
    for (const std::int64_t day : {std::int64_t{std::numeric_limits<std::int32_t>::min()},
                                   std::int64_t{std::numeric_limits<std::int32_t>::max()},
                                   std::int64_t{-1}, std::int64_t{0}, std::int64_t{11016}}) {
        const civil_date date = civil_from_days(day);
        CHECK(days_from_civil(date.year, date.month, date.day) == day);
    }
    // Every day of eight centuries follows the day before it.
    civil_date before = civil_from_days(days_from_civil(1600, 1, 1) - 1);
    for (std::int64_t day = days_from_civil(1600, 1, 1); day < days_from_civil(2401, 1, 1); ++day) {
        const civil_date date = civil_from_days(day);
        const bool new_month = before.day == days_in_month(before.year, before.month);
        const bool follows = new_month ? date.day == 1 && date.month == before.month % 12 + 1 &&
                                             date.year == before.year + (before.month == 12 ? 1 : 0)
                                       : date.day == before.day + 1 && date.month == before.month &&
                                             date.year == before.year;
        if (!follows || days_from_civil(date.year, date.month, date.day) != day) {
            FAIL("day " << day << " does not follow");
        }
        before = date;
    }
}

TEST_CASE("a date is exactly YYYY-MM-DD of a day that exists", "[base][date]") {
    CHECK(parse_date("1970-01-01") == 0);
    CHECK(parse_date("2026-11-21") == 20778);
    CHECK(parse_date("2024-02-29") == 19782);
    CHECK(parse_date("0001-01-01") == min_text_day);
    CHECK(parse_date("9999-12-31") == max_text_day);
    for (const char* const wrong :
         {"", "2026-11-2", "2026-11-211", "2026-11-31", "2025-02-29", "1900-02-29", "2026-13-01",
          "2026-00-10", "2026-01-00", "0000-01-01", "2026/11/21", "20261121", " 2026-11-21",
          "2026-1 -01", "+026-01-01", "-001-01-01", "２０２６-11-21"}) {
        INFO(wrong);
        CHECK_FALSE(parse_date(wrong).has_value());
    }
    CHECK(format_date(20778) == "2026-11-21");
    CHECK(format_date(min_text_day) == "0001-01-01");
    CHECK(format_date(max_text_day) == "9999-12-31");
    CHECK(format_date(max_text_day + 1) == "day 2932897");
    CHECK(format_date(std::numeric_limits<std::int32_t>::min()) == "day -2147483648");
}

TEST_CASE("timestamps with and without an offset", "[base][date]") {
    constexpr std::int64_t day = 20778 * seconds_per_day;
    CHECK(parse_timestamp("2026-11-21T00:00:00Z") == timestamp{day, 0, true});
    CHECK(parse_timestamp("2026-11-21 00:00:00") == timestamp{day, 0, false});
    CHECK(parse_timestamp("2026-11-21t09:30:15z") == timestamp{day + 34215, 0, true});
    CHECK(parse_timestamp("2026-11-21T09:30") == timestamp{day + 34200, 0, false});
    CHECK(parse_timestamp("2026-11-21T00:00:00+09:00") == timestamp{day - 32400, 0, true});
    CHECK(parse_timestamp("2026-11-21 00:00:00-0330") == timestamp{day + 12600, 0, true});
    CHECK(parse_timestamp("2026-11-21 00:00:00+09") == timestamp{day - 32400, 0, true});
    CHECK(parse_timestamp("2026-11-21T00:00:00.5") == timestamp{day, 500000000, false});
    CHECK(parse_timestamp("2026-11-21T00:00:00.1234567899Z") == timestamp{day, 123456789, true});
    CHECK(parse_timestamp("2016-12-31T23:59:60Z")->seconds == 17167 * seconds_per_day - 1);
    for (const char* const wrong :
         {"2026-11-21", "2026-11-21T", "2026-11-21T24:00:00Z", "2026-11-21T00:60:00Z",
          "2026-11-21T00:00:61Z", "2026-11-21T00:00:00.Z", "2026-11-21T00:00:00ZZ",
          "2026-11-21T00:00:00+9:00", "2026-11-21T00:00:00+24:00", "2026-11-21T00:00:00+09:60",
          "2026-11-21T00:00:00 UTC", "2026-11-21_00:00:00", "2026-11-31T00:00:00Z",
          "2026-11-21T00:00:00+", "2026-11-21T00-00-00Z", "2026-11-21T00:00:"}) {
        INFO(wrong);
        CHECK_FALSE(parse_timestamp(wrong).has_value());
    }
}

}  // namespace test_date
