// The MRR bridge, by hand.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bridges.hpp"

using namespace aiueo;
using namespace aiueo::testing;
using Catch::Matchers::Contains;

namespace {

constexpr std::int64_t most = minor_units_limit - 1;

}  // namespace

// ── by hand ──────────────────────────────────────────────────────────────────

TEST_CASE("each movement of a customer", "[evidence][mrr]") {
    const ledger customer{entry("2025-01-10", "2025-03-01", 100),
                          entry("2025-03-01", "2025-04-15", 180),
                          entry("2025-04-15", "2025-05-31", 30), entry("2025-07-01", "", 70)};
    CHECK(months_of("2025-08-31", 0, customer) ==
          lines{"2025-01: 0/0 new 1/100 = 1/100", "2025-02: 1/100 unchanged 1 = 1/100",
                "2025-03: 1/100 expansion 1/80 = 1/180", "2025-04: 1/180 contraction 1/150 = 1/30",
                "2025-05: 1/30 churn 1/30 = 0/0", "2025-06: 0/0 = 0/0",
                "2025-07: 0/0 reactivation 1/70 = 1/70", "2025-08: 1/70 unchanged 1 = 1/70"});
    CHECK(name_of(mrr_movement::new_customer) == "new");
    CHECK(name_of(mrr_movement::reactivation) == "reactivation");
    CHECK(name_of(mrr_movement::expansion) == "expansion");
    CHECK(name_of(mrr_movement::contraction) == "contraction");
    CHECK(name_of(mrr_movement::churn) == "churn");
}

TEST_CASE("customers add up, by month, cohort and level", "[evidence][mrr]") {
    mrr_bridge bridge{{day("2025-03-31"), 0}};
    REQUIRE(bridge.add(ledger{entry("2025-01-01", "", 100)}, 2).ok());
    REQUIRE(bridge.add(ledger{entry("2025-01-31", "2025-03-31", 40)}, 0).ok());
    REQUIRE(bridge.add(ledger{entry("2025-02-01", "2025-03-10", 7), entry("2025-03-10", "", 9)}, 2)
                .ok());
    REQUIRE(bridge.add(ledger{entry("2025-02-03", "2025-02-27", 5)}, 1).ok());
    REQUIRE(bridge.add({}, 3).ok());
    CHECK(told(bridge.months()) ==
          lines{"2025-01: 0/0 new 2/140 = 2/140", "2025-02: 2/140 new 1/7 unchanged 2 = 3/147",
                "2025-03: 3/147 expansion 1/2 churn 1/40 unchanged 1 = 2/109"});
    CHECK(bridge.cohorts() == std::vector{month("2025-01"), month("2025-02")});
    CHECK(told(bridge.months_of_cohort(month("2025-01"))) ==
          lines{"2025-01: 0/0 new 2/140 = 2/140", "2025-02: 2/140 unchanged 2 = 2/140",
                "2025-03: 2/140 churn 1/40 unchanged 1 = 1/100"});
    CHECK(told(bridge.months_of_cohort(month("2025-02"))) ==
          lines{"2025-02: 0/0 new 1/7 = 1/7", "2025-03: 1/7 expansion 1/2 = 1/9"});
    CHECK(bridge.months_of_cohort(month("2025-03")).empty());
    CHECK(bridge.levels() == std::vector<std::int32_t>{0, 2});
    CHECK(told(bridge.months_of_level(0)) == lines{"2025-01: 0/0 new 1/40 = 1/40",
                                                   "2025-02: 1/40 unchanged 1 = 1/40",
                                                   "2025-03: 1/40 churn 1/40 = 0/0"});
    CHECK(bridge.months_of_level(1).empty());
    CHECK(bridge.months_of_level(2).size() == 3);
    CHECK(bridge.customers() == 3);
    CHECK(bridge.never_active() == 1);
    REQUIRE(bridge.add(ledger{entry("2025-02-01", "", 1)}).ok());
    CHECK(bridge.levels() == std::vector<std::int32_t>{-1, 0, 2});
    CHECK(told(bridge.months_of_level(-1)).front() == "2025-02: 0/0 new 1/1 = 1/1");
}

TEST_CASE("a month's MRR is that of its last day", "[evidence][mrr]") {
    SECTION("it starts on the first day, or on the last") {
        CHECK(months_of("2025-01-31", 0, {entry("2025-01-01", "", 5)}).front() ==
              "2025-01: 0/0 new 1/5 = 1/5");
        CHECK(months_of("2025-01-31", 0, {entry("2025-01-31", "", 5)}).front() ==
              "2025-01: 0/0 new 1/5 = 1/5");
        CHECK(months_of("2025-02-28", 0, {entry("2025-02-01", "", 5)}) ==
              lines{"2025-02: 0/0 new 1/5 = 1/5"});
    }
    SECTION("an end is the first day without it") {
        CHECK(months_of("2025-02-28", 0, {entry("2025-01-05", "2025-02-01", 5)}) ==
              lines{"2025-01: 0/0 new 1/5 = 1/5", "2025-02: 1/5 churn 1/5 = 0/0"});
        CHECK(months_of("2025-02-28", 0, {entry("2025-01-05", "2025-01-31", 5)}).empty());
    }
    SECTION("February has its leap day") {
        CHECK(months_of("2024-02-29", 0, {entry("2024-01-05", "2024-02-29", 5)}) ==
              lines{"2024-01: 0/0 new 1/5 = 1/5", "2024-02: 1/5 churn 1/5 = 0/0"});
        CHECK(months_of("2024-02-29", 0, {entry("2024-02-29", "2024-03-01", 5)}) ==
              lines{"2024-02: 0/0 new 1/5 = 1/5"});
        CHECK(months_of("2024-02-28", 0, {entry("2024-02-01", "", 5)}).empty());
        CHECK(months_of("2023-02-28", 0, {entry("2023-02-01", "", 5)}).size() == 1);
    }
    SECTION("years pass") {
        const lines months = months_of("2029-12-31", 0, {entry("2019-12-31", "2029-12-01", 5)});
        REQUIRE(months.size() == 121);
        CHECK(months.front() == "2019-12: 0/0 new 1/5 = 1/5");
        CHECK(months[1] == "2020-01: 1/5 unchanged 1 = 1/5");
        CHECK(months[119] == "2029-11: 1/5 unchanged 1 = 1/5");
        CHECK(months[120] == "2029-12: 1/5 churn 1/5 = 0/0");
    }
    SECTION("the first and the last day there are") {
        mrr_bridge bridge{{max_text_day, max_grace_days}};
        REQUIRE(bridge.add(ledger{{min_text_day, min_text_day + 31, 3}}).ok());
        REQUIRE(bridge.add(ledger{{max_text_day, max_text_day + 1, 4}}).ok());
        const auto months = bridge.months();
        REQUIRE(months.size() == 9999 * 12);
        CHECK(told(months[0]) == "0001-01: 0/0 new 1/3 = 1/3");
        CHECK(told(months[1]) == "0001-02: 1/3 churn 1/3 = 0/0");
        CHECK(told(months.back()) == "9999-12: 0/0 new 1/4 = 1/4");
        CHECK_FALSE(bridge.partial_month());
    }
}

TEST_CASE("several entries at a time add up", "[evidence][mrr]") {
    CHECK(
        months_of("2025-05-31", 0,
                  {entry("2025-01-01", "2025-04-01", 10), entry("2025-01-01", "2025-04-01", 10),
                   entry("2025-02-10", "2025-05-20", 5), entry("2025-03-10", "2025-03-20", 900)}) ==
        lines{"2025-01: 0/0 new 1/20 = 1/20", "2025-02: 1/20 expansion 1/5 = 1/25",
              "2025-03: 1/25 unchanged 1 = 1/25", "2025-04: 1/25 contraction 1/20 = 1/5",
              "2025-05: 1/5 churn 1/5 = 0/0"});
    // One inside the other: the outer one's end decides, and with it the gap.
    const ledger nested{entry("2025-01-01", "2025-04-05", 10), entry("2025-02-01", "2025-03-05", 1),
                        entry("2025-04-08", "", 10)};
    CHECK(months_of("2025-04-30", 0, nested) ==
          lines{"2025-01: 0/0 new 1/10 = 1/10", "2025-02: 1/10 expansion 1/1 = 1/11",
                "2025-03: 1/11 contraction 1/1 = 1/10", "2025-04: 1/10 unchanged 1 = 1/10"});
    // A pause of one of two is no gap, however long the grace.
    CHECK(months_of("2025-03-31", 60,
                    {entry("2025-01-01", "", 10), entry("2025-01-01", "2025-02-20", 3),
                     entry("2025-03-05", "", 3)}) == lines{"2025-01: 0/0 new 1/13 = 1/13",
                                                           "2025-02: 1/13 contraction 1/3 = 1/10",
                                                           "2025-03: 1/10 expansion 1/3 = 1/13"});
}

TEST_CASE("an end and a start on one day are a renewal", "[evidence][mrr]") {
    CHECK(months_of("2025-03-31", 0,
                    {entry("2025-01-01", "2025-02-01", 8), entry("2025-02-01", "2025-02-28", 8),
                     entry("2025-02-28", "", 8)}) == lines{"2025-01: 0/0 new 1/8 = 1/8",
                                                           "2025-02: 1/8 unchanged 1 = 1/8",
                                                           "2025-03: 1/8 unchanged 1 = 1/8"});
}

TEST_CASE("a gap within the grace days is a renewal at the earlier MRR", "[evidence][mrr]") {
    // 2025-01-31 is the one day without.
    const ledger a_day{entry("2025-01-01", "2025-01-31", 8), entry("2025-02-01", "", 11)};
    CHECK(months_of("2025-02-28", 0, a_day) == lines{"2025-02: 0/0 new 1/11 = 1/11"});
    CHECK(months_of("2025-02-28", 1, a_day) ==
          lines{"2025-01: 0/0 new 1/8 = 1/8", "2025-02: 1/8 expansion 1/3 = 1/11"});

    // Two closes without: 59 + 2 days from 2025-01-30 to 2025-04-01.
    const ledger two_months{entry("2024-12-01", "2025-01-30", 8), entry("2025-04-01", "", 6)};
    CHECK(months_of("2025-04-30", 60, two_months) ==
          lines{"2024-12: 0/0 new 1/8 = 1/8", "2025-01: 1/8 churn 1/8 = 0/0", "2025-02: 0/0 = 0/0",
                "2025-03: 0/0 = 0/0", "2025-04: 0/0 reactivation 1/6 = 1/6"});
    CHECK(months_of("2025-04-30", 61, two_months) ==
          lines{"2024-12: 0/0 new 1/8 = 1/8", "2025-01: 1/8 unchanged 1 = 1/8",
                "2025-02: 1/8 unchanged 1 = 1/8", "2025-03: 1/8 unchanged 1 = 1/8",
                "2025-04: 1/8 contraction 1/2 = 1/6"});

    // What ended on the day before the gap is carried: 3 + 4; not what had ended earlier.
    CHECK(months_of("2025-02-28", 5,
                    {entry("2025-01-01", "2025-01-30", 3), entry("2025-01-01", "2025-01-25", 50),
                     entry("2025-01-10", "2025-01-30", 4), entry("2025-02-02", "", 7)}) ==
          lines{"2025-01: 0/0 new 1/7 = 1/7", "2025-02: 1/7 unchanged 1 = 1/7"});

    // A gap between two closes is seen by none.
    const ledger inside{entry("2025-01-01", "2025-02-05", 3), entry("2025-02-20", "", 3)};
    CHECK(months_of("2025-02-28", 0, inside) == months_of("2025-02-28", 30, inside));
    CHECK(months_of("2025-02-28", 0, inside).back() == "2025-02: 1/3 unchanged 1 = 1/3");
}

TEST_CASE("an entry of MRR 0 is active", "[evidence][mrr]") {
    const ledger customer{entry("2025-01-01", "2025-02-01", 0),
                          entry("2025-02-01", "2025-03-01", 5),
                          entry("2025-03-01", "2025-04-01", 0)};
    const auto bridge = bridge_of({day("2025-04-30"), 0}, {customer});
    CHECK(told(bridge.months()) ==
          lines{"2025-01: 0/0 new 1/0 = 1/0", "2025-02: 1/0 expansion 1/5 = 1/5",
                "2025-03: 1/5 contraction 1/5 = 1/0", "2025-04: 1/0 churn 1/0 = 0/0"});
    CHECK(same_bits(customer_churn_rate(bridge.months()[3]).value, 1.0));
    CHECK(same_bits(lost_mrr_rate(bridge.months()[3]).value, undefined));
}

TEST_CASE("on request an entry of MRR 0 is nothing", "[evidence][mrr]") {
    const ledger trial{entry("2025-01-01", "2025-02-10", 0), entry("2025-02-10", "2025-03-20", 5),
                       entry("2025-03-20", "", 0)};
    const mrr_options options{day("2025-03-31"), 3, free_entries::ignored};
    const auto bridge = bridge_of(options, {trial, {entry("2025-01-01", "", 0)}});
    CHECK(told(bridge.months()) ==
          lines{"2025-02: 0/0 new 1/5 = 1/5", "2025-03: 1/5 churn 1/5 = 0/0"});
    CHECK(bridge.never_active() == 1);
    // It ends no gap, and begins none.
    const ledger paused{entry("2025-01-01", "2025-01-30", 5), entry("2025-01-30", "2025-02-02", 0),
                        entry("2025-02-02", "", 6)};
    CHECK(told(bridge_of(options, {paused}).months())[1] == "2025-02: 1/5 expansion 1/1 = 1/6");
    CHECK(told(bridge_of({options.data_until, 2, free_entries::ignored}, {paused}).months())[0] ==
          "2025-02: 0/0 new 1/6 = 1/6");
}

TEST_CASE("nothing is said of what comes after data_until", "[evidence][mrr]") {
    const ledger customer{entry("2025-01-01", "2025-03-10", 5), entry("2025-03-20", "", 9)};
    SECTION("in the middle of a month its close is not seen") {
        for (const std::string_view until : {"2025-03-01", "2025-03-15", "2025-03-30"}) {
            const auto bridge = bridge_of({day(until), 0}, {customer});
            CHECK(told(bridge.months()) ==
                  lines{"2025-01: 0/0 new 1/5 = 1/5", "2025-02: 1/5 unchanged 1 = 1/5"});
            CHECK(bridge.last_month() == month("2025-02"));
            CHECK(bridge.partial_month() == month("2025-03"));
        }
    }
    SECTION("on its last day it is") {
        const auto bridge = bridge_of({day("2025-03-31"), 0}, {customer});
        CHECK(told(bridge.months()).back() == "2025-03: 1/5 expansion 1/4 = 1/9");
        CHECK(bridge.last_month() == month("2025-03"));
        CHECK_FALSE(bridge.partial_month());
    }
    SECTION("who comes later is not there yet") {
        const auto bridge = bridge_of({day("2025-02-10"), 0},
                                      {{entry("2025-02-11", "", 1)}, {entry("2025-02-01", "", 1)}});
        CHECK(bridge.months().empty());
        CHECK(bridge.cohorts().empty());
        CHECK(bridge.customers() == 0);
        CHECK(bridge.never_active() == 2);
    }
    SECTION("a renewal that is not seen renews nothing, but the churn is undecided") {
        const ledger renewed{entry("2025-01-01", "2025-01-25", 5), entry("2025-02-11", "", 9)};
        CHECK(months_of("2025-02-10", 17, {entry("2024-12-01", "2025-01-25", 5), renewed[1]}) ==
              lines{"2024-12: 0/0 new 1/5 = 1/5", "2025-01: 1/5 churn 1/5 undecided 1/5 = 0/0"});
        CHECK(months_of("2025-02-10", 16, {entry("2024-12-01", "2025-01-25", 5), renewed[1]}) ==
              lines{"2024-12: 0/0 new 1/5 = 1/5", "2025-01: 1/5 churn 1/5 = 0/0"});
        CHECK(months_of("2025-02-11", 17, {entry("2024-12-01", "2025-01-25", 5), renewed[1]}) ==
              lines{"2024-12: 0/0 new 1/5 = 1/5", "2025-01: 1/5 unchanged 1 = 1/5"});
        // Nobody who stays is undecided, nor who left before what came last.
        CHECK(months_of("2025-01-31", 90, {entry("2025-01-01", "2025-02-01", 5)}) ==
              lines{"2025-01: 0/0 new 1/5 = 1/5"});
        CHECK(months_of("2025-03-20", 18,
                        {entry("2024-12-01", "2025-01-25", 5), entry("2025-03-01", "", 5)}) ==
              lines{"2024-12: 0/0 new 1/5 = 1/5", "2025-01: 1/5 churn 1/5 = 0/0",
                    "2025-02: 0/0 = 0/0"});
    }
}

TEST_CASE("rates with their parts, undefined where nothing was there", "[evidence][mrr]") {
    const auto bridge =
        bridge_of({day("2025-03-31"), 0},
                  {{entry("2025-01-01", "2025-01-20", 5), entry("2025-02-01", "2025-02-15", 9)},
                   {entry("2025-01-01", "", 500)},
                   {entry("2025-01-01", "2025-03-05", 300)},
                   {entry("2025-01-01", "2025-03-05", 120), entry("2025-03-05", "", 60)},
                   {entry("2025-01-01", "2025-03-05", 80), entry("2025-03-05", "", 180)},
                   {entry("2024-12-01", "2025-01-10", 7), entry("2025-03-10", "", 40)}});
    const auto months = bridge.months();
    REQUIRE(told(months).back() ==
            "2025-03: 4/1000 reactivation 1/40 expansion 1/100 contraction 1/60 churn 1/300 "
            "unchanged 1 = 4/780");
    const auto is = [](const mrr_rate& rate, std::int64_t part, std::int64_t whole, double value) {
        CHECK(rate.part == part);
        CHECK(rate.whole == whole);
        CHECK(rate.n == 4);
        CHECK(same_bits(rate.value, value));
    };
    const mrr_month& march = months.back();
    is(customer_churn_rate(march), 1, 4, 0.25);
    is(lost_mrr_rate(march), 300, 1000, 0.3);
    is(gross_revenue_churn(march), 360, 1000, 0.36);
    is(grr(march), 640, 1000, 0.64);
    is(nrr(march), 740, 1000, 0.74);
    is(nrr(march, reactivated::counted), 780, 1000, 0.78);

    const mrr_month& first = months.front();
    for (const mrr_rate& rate :
         {customer_churn_rate(first), lost_mrr_rate(first), gross_revenue_churn(first), grr(first),
          nrr(first), nrr(first, reactivated::counted)}) {
        CHECK(same_bits(rate.value, undefined));
        CHECK(rate.whole == 0);
        CHECK(rate.n == 0);
    }
}

// ── what is refused ──────────────────────────────────────────────────────────

TEST_CASE("entries and options that cannot be are refused", "[evidence][mrr]") {
    mrr_bridge bridge{{day("2025-03-31"), 0}};
    REQUIRE(bridge.add(ledger{entry("2025-01-01", "", 1)}).ok());
    const mrr_bridge before = bridge;
    const auto refused = [&](const ledger& what, errc code, std::int32_t level = -1) {
        const status ok = bridge.add(what, level);
        REQUIRE_FALSE(ok.ok());
        CHECK(ok.error().code == code);
        CHECK(bridge == before);
        return ok.error().message;
    };
    const std::int32_t start = day("2025-01-01");
    CHECK(refused({{start, start, 1}}, errc::bad_value) ==
          "the ledger's entry from 2025-01-01 to 2025-01-01 does not end later than it starts");
    CHECK_THAT(refused({{start, start + 1, -1}}, errc::bad_value), Contains("2^48"));
    CHECK_THAT(refused({{start, start + 1, most + 1}}, errc::bad_value), Contains("2^48"));
    CHECK_THAT(refused({{INT32_MIN, start, 1}}, errc::bad_value), Contains("years 1 to 9999"));
    CHECK_THAT(refused({{max_text_day + 1, INT32_MAX, 1}}, errc::bad_value), Contains("years"));
    CHECK_THAT(refused({{start, start + 9, 1}, {start - 1, start + 20, 1}}, errc::bad_value),
               Contains("by their start"));
    // Also behind data_until.
    const std::int32_t later = day("2026-01-01");
    CHECK_THAT(refused({{later, later + 9, 1}, {start, start + 20, 1}}, errc::bad_value),
               Contains("by their start"));
    CHECK_THAT(refused({{later, later, 1}}, errc::bad_value), Contains("does not end later"));
    CHECK_THAT(refused({{start, start + 40, 1}}, errc::invalid_argument, -2), Contains("-2"));
    CHECK_THAT(refused({{start, start + 40, 1}}, errc::invalid_argument, 64), Contains("0 to 63"));
    REQUIRE(bridge.add(ledger{entry("2025-01-01", "", 1)}, 63).ok());

    for (const mrr_options& options :
         {mrr_options{INT32_MAX, 0}, mrr_options{INT32_MIN, 0}, mrr_options{max_text_day + 1, 0},
          mrr_options{start, -1}, mrr_options{start, max_grace_days + 1}}) {
        mrr_bridge wrong{options};
        const status ok = wrong.add(ledger{entry("2025-01-01", "", 1)});
        REQUIRE_FALSE(ok.ok());
        CHECK(ok.error().code == errc::invalid_argument);
        CHECK(wrong.months().empty());
    }
}

TEST_CASE("bridges of other options, and a bridge with itself, do not merge", "[evidence][mrr]") {
    mrr_bridge bridge = bridge_of({day("2025-03-31"), 3}, {{entry("2025-01-01", "", 1)}});
    const mrr_bridge before = bridge;
    for (const mrr_options& options :
         {mrr_options{day("2025-03-30"), 3}, mrr_options{day("2025-03-31"), 4},
          mrr_options{day("2025-03-31"), 3, free_entries::ignored}})
        CHECK(bridge.merge(mrr_bridge{options}).error().code == errc::invalid_argument);
    CHECK(bridge.merge(bridge).error().code == errc::invalid_argument);
    CHECK(bridge == before);
    REQUIRE(bridge.merge(mrr_bridge{{day("2025-03-31"), 3}}).ok());
    CHECK(bridge == before);
}

TEST_CASE("a sum that does not fit is an error, and changes nothing", "[evidence][mrr]") {
    const mrr_options options{day("2025-02-28"), 40};
    const ledger one{{day("2025-01-01"), ledger_entry::no_end, most}};
    const auto limit = [](const status& ok) {
        REQUIRE_FALSE(ok.ok());
        CHECK(ok.error().code == errc::limit_exceeded);
        CHECK_THAT(ok.error().message, Contains("64 bits"));
    };
    SECTION("of one customer") {
        mrr_bridge bridge{options};
        const ledger fits(32768, one[0]);
        REQUIRE(bridge.add(fits).ok());
        CHECK(bridge.months().back().end.mrr == 32768 * most);
        const mrr_bridge before = bridge;
        limit(bridge.add(ledger(32769, one[0])));
        CHECK(bridge == before);
        // What is carried over a gap counts too.
        ledger gap(32768, {day("2025-01-01"), day("2025-01-20"), most});
        gap.push_back({day("2025-02-10"), ledger_entry::no_end, 0});
        limit(mrr_bridge{options}.add(gap));
    }
    SECTION("of all, added or merged") {
        mrr_bridge all{options}, half{options};
        for (int i = 0; i < 16384; ++i) REQUIRE(half.add(one).ok());
        REQUIRE(all.merge(half).ok());
        REQUIRE(all.merge(half).ok());
        CHECK(all.months().back().end == mrr_sum{32768, 32768 * most});
        const mrr_bridge before = all;
        limit(all.merge(half));
        CHECK(all == before);
        limit(all.add(one));
        CHECK(all == before);
        // Up and down again is nothing in the end, yet each of the two has to fit.
        mrr_bridge moving{options};
        status ok;
        for (int i = 0; i < 16384 && ok; ++i)
            ok = moving.add(ledger{{day("2025-01-01"), day("2025-02-01"), most}});
        REQUIRE(ok.ok());
        CHECK(moving.months().back().churn.mrr == 16384 * most);
        limit(moving.merge(half));
        limit(half.merge(moving));
    }
    SECTION("of customers") {
        // Fibonacci's numbers; nobody pays.
        for (const char* const end : {"2025-01-31", "2025-02-28"}) {
            mrr_bridge a{options}, b{options};
            REQUIRE(a.add(ledger{entry("2025-01-01", end, 0)}).ok());
            REQUIRE(b.add(ledger{entry("2025-01-01", end, 0)}).ok());
            std::int64_t more = 1, less = 1;
            status ok;
            for (int i = 0; ok && i < 100; ++i) {
                ok = (i % 2 == 0 ? a : b).merge(i % 2 == 0 ? b : a);
                if (!ok) break;
                std::swap(more, less);
                more += less;
            }
            limit(ok);
            CHECK(std::max(a.customers() + a.never_active(), b.customers() + b.never_active()) ==
                  more);
            CHECK(more > std::int64_t{1} << 60);
        }
    }
}

TEST_CASE("a finished ledger is counted customer by customer", "[evidence][mrr]") {
    ledger_history history{2, time_zone{}};
    REQUIRE(history.add("b", entry("2025-03-01", "", 90), 0).ok());
    REQUIRE(history.add("a", entry("2025-01-01", "", 70), 1).ok());
    REQUIRE(history.add("b", entry("2025-01-01", "2025-02-27", 50), 2).ok());
    REQUIRE(history.finish().ok());
    mrr_bridge bridge{{day("2025-03-31"), 2}};
    for (std::size_t k = 0; k < static_cast<std::size_t>(history.customers()); ++k)
        REQUIRE(bridge.add(history.at(k)).ok());
    CHECK(told(bridge.months()) == lines{"2025-01: 0/0 new 2/120 = 2/120",
                                         "2025-02: 2/120 unchanged 2 = 2/120",
                                         "2025-03: 2/120 expansion 1/40 unchanged 1 = 2/160"});
}

TEST_CASE("one customer's movements, as they are read", "[evidence][mrr]") {
    mrr_months reader{{day("2025-06-30"), 90}};
    const ledger customer{entry("2025-01-01", "2025-02-01", 4),
                          entry("2025-06-10", "2025-06-20", 9)};
    const auto changes = reader.read(customer);
    REQUIRE(changes.ok());
    REQUIRE(changes->size() == 2);
    CHECK((*changes)[0] == mrr_change{month("2025-01"), mrr_movement::new_customer, false, 4});
    CHECK((*changes)[1] == mrr_change{month("2025-02"), mrr_movement::churn, false, 4});
    CHECK(reader.read({})->empty());
    CHECK(reader.last_month() == month("2025-06"));
    CHECK(last_closed_month(day("2025-06-29")) == month("2025-05"));
    CHECK(last_closed_month(day("2024-02-28")) == month("2024-01"));
    CHECK(last_closed_month(day("2024-02-29")) == month("2024-02"));
}
