// Offsets are those of Python's zoneinfo. Instants to come are taken where the rule follows from
// the file's footer and has stood for decades.
#include <cstdint>
#include <limits>
#include <string>

#include "aiueo/base/time_zone.hpp"

#include "support/catch.hpp"

namespace test_time_zone {

using namespace aiueo;

namespace {

struct instant {
    const char* zone;
    std::int64_t utc;
    std::int32_t offset;
};

constexpr instant instants[] = {
    {"Asia/Tokyo", -2587712401, 33539},
    {"Asia/Tokyo", -2208988800, 32400},
    {"Asia/Tokyo", -683802001, 32400},  // 1948-05-01, summer time begins
    {"Asia/Tokyo", -683802000, 36000},
    {"Asia/Tokyo", -647049600, 36000},
    {"Asia/Tokyo", -586569600, 36000},
    {"Asia/Tokyo", -577962000, 32400},
    {"Asia/Tokyo", 1795273200, 32400},
    {"Asia/Tokyo", 4118083200, 32400},
    {"America/New_York", -2745446400, -17762},
    {"America/New_York", -1625356800, -14400},
    {"America/New_York", 126687600, -14400},
    {"America/New_York", 1173596399, -18000},
    {"America/New_York", 1173596400, -14400},
    {"America/New_York", 1793512799, -14400},
    {"America/New_York", 1793512800, -18000},
    {"America/New_York", 2540246400, -14400},
    {"America/New_York", 13575625199, -18000},  // 2400-03-12
    {"America/New_York", 13575625200, -14400},
    {"Europe/London", -899510400, 7200},  // double summer time
    {"Europe/London", -31536000, 3600},
    {"Europe/London", 57722400, 0},
    {"Europe/London", 1774745999, 0},
    {"Europe/London", 1774746000, 3600},
    {"Europe/London", 2145830400, 0},
    {"Europe/London", 2161555200, 3600},
    {"Europe/London", 3812921999, 3600},
    {"Europe/London", 3812922000, 0},
    {"Australia/Lord_Howe", 315532800, 36000},
    {"Australia/Lord_Howe", 502243200, 39600},
    {"Australia/Lord_Howe", 1775314799, 39600},
    {"Australia/Lord_Howe", 1775314800, 37800},
    {"Australia/Lord_Howe", 1791041399, 37800},
    {"Australia/Lord_Howe", 1791041400, 39600},
    {"Australia/Lord_Howe", 3376684800, 39600},
    {"Australia/Lord_Howe", 3392323200, 37800},
    {"Africa/Casablanca", -1798761600, -1820},
    {"Africa/Casablanca", 1527811200, 0},
    {"Africa/Casablanca", 1557446400, 0},
    {"Africa/Casablanca", 1772323200, 0},  // Ramadan 2026
};

std::string big(std::uint64_t value, int width) {
    std::string out;
    for (int i = width - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i));
    return out;
}

struct zone_file {
    char version = '2';
    std::string times;
    std::string indices;
    std::string types = big(0, 4) + std::string(2, '\0');
    std::string footer = "\nUTC0\n";
    std::uint32_t leaps = 0;

    [[nodiscard]] std::string bytes() const {
        const std::string start = std::string{"TZif"} + version + std::string(15, '\0');
        const std::string empty = start + std::string(24, '\0');
        std::string second = start + big(0, 4) + big(0, 4) + big(leaps, 4) +
                             big(indices.size(), 4) + big(types.size() / 6, 4) + big(0, 4);
        return empty + second + times + indices + types + std::string(leaps * 12, '\0') + footer;
    }
};

std::string why_not(const std::string& bytes) {
    const auto got = parse_time_zone(bytes, "X");
    return got ? "no error" : got.error().to_string();
}

}  // namespace

TEST_CASE("offsets agree with the reference in every era", "[base][time_zone]") {
    for (const instant& one : instants) {
        const auto zone = load_time_zone(one.zone);
        if (!zone && zone.error().message.find("install tzdata") != std::string::npos) {
            WARN("skipped: this system has no zone files");
            return;
        }
        INFO(one.zone << " at " << one.utc);
        REQUIRE(zone.ok());
        CHECK(zone->offset_at(one.utc) == one.offset);
    }
}

TEST_CASE("a day is the calendar day of the place", "[base][time_zone]") {
    const time_zone tokyo = time_zone::fixed(32400);
    CHECK(tokyo.name == "+09:00");
    CHECK(tokyo.local_day(1795273199) == 20778);
    CHECK(tokyo.local_day(1795273200) == 20779);  // 2026-11-21T15:00Z is midnight in Tokyo
    CHECK(time_zone::utc().local_day(-1) == -1);
    CHECK(time_zone::utc().local_day(0) == 0);
    CHECK(time_zone::fixed(-12600).name == "-03:30");
    CHECK(time_zone::fixed(-1).name == "-00:00:01");
    constexpr auto low = std::numeric_limits<std::int32_t>::min();
    constexpr auto high = std::numeric_limits<std::int32_t>::max();
    CHECK(tokyo.local_day(std::numeric_limits<std::int64_t>::min()) == low);
    CHECK(tokyo.local_day(std::numeric_limits<std::int64_t>::max()) == high);
    CHECK(tokyo.local_day(std::int64_t{high} * seconds_per_day + 86399) == high);
}

TEST_CASE("names that are no zone are refused with what would be right", "[base][time_zone]") {
    CHECK(load_time_zone("UTC").value() == time_zone::utc());
    CHECK(load_time_zone("+09:00")->offset_at(0) == 32400);
    CHECK(load_time_zone("-00:30")->offset_at(0) == -1800);
    for (const char* const wrong :
         {"", "../x", "/etc/passwd", "Asia/../Asia/Tokyo", "Asia//Tokyo", "Asia/", "+9:00",
          "+24:00", "+09:60", "Asia/Tokyo\n", "a.b", "東京"}) {
        INFO(wrong);
        const auto got = load_time_zone(wrong);
        REQUIRE_FALSE(got.ok());
        CHECK(got.error().code == errc::invalid_argument);
        CHECK(got.error().message.find("\"Asia/Tokyo\"") != std::string::npos);
    }
    CHECK(load_time_zone("Asia/Tokio").error().code == errc::not_found);
    CHECK(load_time_zone("Asia").error().code == errc::not_found);  // a directory
    CHECK_FALSE(load_time_zone(std::string(101, 'a')).ok());
}

TEST_CASE("a zone file is checked before it is believed", "[base][time_zone]") {
    zone_file good;
    REQUIRE(parse_time_zone(good.bytes(), "X").ok());
    const std::string whole = good.bytes();
    for (std::size_t size = 0; size < whole.size(); ++size) {
        CHECK_FALSE(parse_time_zone(std::string_view{whole}.substr(0, size), "X").ok());
    }
    zone_file bad = good;
    bad.version = '1';
    CHECK(why_not(bad.bytes()).find("version 1") != std::string::npos);
    bad = good;
    bad.types.clear();
    CHECK(why_not(bad.bytes()).find("no local time type") != std::string::npos);
    bad = good;
    bad.types = big(0x7FFFFFFF, 4) + std::string(2, '\0');
    CHECK(why_not(bad.bytes()).find("beyond a day") != std::string::npos);
    bad = good;
    bad.leaps = 1;
    CHECK(why_not(bad.bytes()).find("leap seconds") != std::string::npos);
    bad = good;
    bad.times = big(5, 8) + big(5, 8);
    bad.indices = std::string(2, '\0');
    CHECK(why_not(bad.bytes()).find("ascending") != std::string::npos);
    bad.indices = "\x01" + std::string(1, '\0');
    CHECK(why_not(bad.bytes()).find("type that is not there") != std::string::npos);
    for (const char* const footer :
         {"\nEST5EDT\n", "\nEST\n", "\nE5\n", "\nEST25\n", "\nEST5EDT,M13.1.0,M11.1.0\n",
          "\nEST5EDT,M3.6.0,M11.1.0\n", "\nEST5EDT,J0,J5\n", "\nEST5EDT,400,5\n", "\n<+3-3\n",
          "\nEST5EDT,M3.2.0/168,M11.1.0\n", "\nEST5EDT,M3.2.0,M11.1.0x\n", "\nEST5:\n"}) {
        bad = good;
        bad.footer = footer;
        INFO(footer);
        CHECK(why_not(bad.bytes()).find("is not a rule") != std::string::npos);
    }
    bad = good;
    bad.footer = "UTC0\n";
    CHECK(why_not(bad.bytes()).find("footer") != std::string::npos);
    std::string huge = whole;
    huge.replace(32, 4, "\xFF\xFF\xFF\xFF");
    CHECK(why_not(huge).find("cut short") != std::string::npos);
    CHECK(why_not("no zone at all").find("TZif") != std::string::npos);
}

TEST_CASE("every form of a footer's rule", "[base][time_zone]") {
    const auto with = [](const char* footer) {
        zone_file file;
        file.footer = footer;
        return parse_time_zone(file.bytes(), "X").value();
    };
    constexpr auto at = [](std::int64_t year, int month, int day, int hour) {
        return days_from_civil(year, month, day) * seconds_per_day + hour * 3600;
    };
    // Julian days never count 29 February, the others do.
    const time_zone julian = with("\nAAA0BBB,J60/0,J61/1\n");
    CHECK(julian.offset_at(at(2024, 3, 1, 0) - 1) == 0);
    CHECK(julian.offset_at(at(2024, 3, 1, 0)) == 3600);
    CHECK(julian.offset_at(at(2025, 3, 1, 0)) == 3600);
    CHECK(julian.offset_at(at(2025, 3, 2, 0)) == 0);
    const time_zone counted = with("\nAAA0BBB,59/0,60/1\n");
    CHECK(counted.offset_at(at(2024, 2, 29, 0)) == 3600);
    CHECK(counted.offset_at(at(2025, 3, 1, 0)) == 3600);
    CHECK(counted.offset_at(at(2025, 2, 28, 23)) == 0);
    // Summer all year (RFC 8536, section 3.3.1).
    const time_zone always = with("\nXXX3EDT4,0/0,J365/23\n");
    for (const int month : {1, 6, 12}) CHECK(always.offset_at(at(2030, month, 1, 0)) == -14400);
    CHECK(always.offset_at(at(2031, 1, 1, 3)) == -14400);
    CHECK(always.offset_at(at(2031, 1, 1, 3) - 1) == -14400);
    // A change on the day before: Greenland's rule since 2023.
    const time_zone nuuk = with("\n<-02>2<-01>,M3.5.0/-1,M10.5.0/0\n");
    CHECK(nuuk.offset_at(at(2030, 3, 31, 1) - 1) == -7200);
    CHECK(nuuk.offset_at(at(2030, 3, 31, 1)) == -3600);
    // South of the equator summer spans the new year.
    const time_zone south = with("\nAAA-10BBB,M10.1.0,M4.1.0/3\n");
    CHECK(south.offset_at(at(2030, 1, 1, 0)) == 39600);
    CHECK(south.offset_at(at(2030, 7, 1, 0)) == 36000);
    CHECK(south.offset_at(std::numeric_limits<std::int64_t>::max()) != 1);
    CHECK(south.offset_at(at(2030, 1, 1, 0) + 146097 * seconds_per_day * 700000) == 39600);
}

}  // namespace test_time_zone
