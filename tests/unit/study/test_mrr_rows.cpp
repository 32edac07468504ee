// The MRR bridge of evidence, by hand.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bridges.hpp"

namespace test_mrr_rows {

using namespace aiueo;
using namespace aiueo::testing;

// ── by hand ──────────────────────────────────────────────────────────────────

TEST_CASE("each movement of a customer", "[study][mrr]") {
    const ledger customer{entry("2025-01-10", "2025-03-01", 100),
                          entry("2025-03-01", "2025-04-15", 180),
                          entry("2025-04-15", "2025-05-31", 30), entry("2025-07-01", "", 70)};
    CHECK(months_of("2025-08-31", 0, customer) ==
          lines{"2025-01: 0/0 new 1/100 = 1/100", "2025-02: 1/100 unchanged 1 = 1/100",
                "2025-03: 1/100 expansion 1/80 = 1/180", "2025-04: 1/180 contraction 1/150 = 1/30",
                "2025-05: 1/30 churn 1/30 = 0/0", "2025-06: 0/0 = 0/0",
                "2025-07: 0/0 reactivation 1/70 = 1/70", "2025-08: 1/70 unchanged 1 = 1/70"});
}

TEST_CASE("customers add up, by month, cohort, level and group", "[study][mrr]") {
    payers all{{day("2025-03-31"), 0}};
    all.add({entry("2025-01-01", "", 100)}, 2);
    all.add({entry("2025-01-31", "2025-03-31", 40)}, 0);
    all.add({entry("2025-02-01", "2025-03-10", 7), entry("2025-03-10", "", 9)}, 2);
    all.add({entry("2025-02-03", "2025-02-27", 5)}, 1);
    all.add({}, 3);
    const evidence seen = all.counted();
    CHECK(told(all_months(seen)) ==
          lines{"2025-01: 0/0 new 2/140 = 2/140", "2025-02: 2/140 new 1/7 unchanged 2 = 3/147",
                "2025-03: 3/147 expansion 1/2 churn 1/40 unchanged 1 = 2/109"});
    CHECK(mrr_cohorts(seen) == std::vector{month("2025-01"), month("2025-02")});
    const std::int32_t last = month("2025-03");
    CHECK(told(mrr_of_cohort(seen, month("2025-01"), last).months()) ==
          lines{"2025-01: 0/0 new 2/140 = 2/140", "2025-02: 2/140 unchanged 2 = 2/140",
                "2025-03: 2/140 churn 1/40 unchanged 1 = 1/100"});
    CHECK(told(mrr_of_cohort(seen, month("2025-02"), last).months()) ==
          lines{"2025-02: 0/0 new 1/7 = 1/7", "2025-03: 1/7 expansion 1/2 = 1/9"});
    CHECK(told(mrr_of_cohort(seen, month("2025-03"), last).months()) ==
          lines{"2025-03: 0/0 = 0/0"});
    const count_table& levels = seen.tables()[counted::movements_of_segment(0)];
    const auto level = [&](const char* name, std::int32_t from) {
        return told(mrr_of_level(seen, 0, levels.find_name(name), from, last).months());
    };
    CHECK(level("level 0", month("2025-01")) == lines{"2025-01: 0/0 new 1/40 = 1/40",
                                                      "2025-02: 1/40 unchanged 1 = 1/40",
                                                      "2025-03: 1/40 churn 1/40 = 0/0"});
    CHECK(level("level 2", month("2025-02")) ==
          lines{"2025-02: 1/100 new 1/7 unchanged 1 = 2/107",
                "2025-03: 2/107 expansion 1/2 unchanged 1 = 2/109"});
    CHECK(level("level 1", last) == lines{"2025-03: 0/0 = 0/0"});
    CHECK(level("level 3", last) == lines{"2025-03: 0/0 = 0/0"});
    CHECK(told(mrr_of_level(seen, 0, -1, last, last).months()) == lines{"2025-03: 0/0 = 0/0"});
    CHECK(known_revenue(seen)->customers == 5);
    CHECK(seen.count(total::never_active) == 1);
    CHECK(known_revenue(seen)->data_until == day("2025-03-31"));
    // What moved before the first month that is asked for is in its start.
    CHECK(told(mrr_of_everybody(seen, last, last).months()) ==
          lines{"2025-03: 3/147 expansion 1/2 churn 1/40 unchanged 1 = 2/109"});
    CHECK(told(mrr_of_everybody(seen, month("2025-02"), month("2025-02")).months()) ==
          lines{"2025-02: 2/140 new 1/7 unchanged 2 = 3/147"});
    CHECK(mrr_of_everybody(seen, last, month("2025-02")).months().empty());
    // A group and all others are everybody.
    const mrr_rows rows = mrr_of_everybody(seen, month("2025-01"), last);
    std::int64_t groups = 0;
    for (std::size_t g = 0; g < std::size_t{evidence_groups}; ++g) {
        const mrr_month own = rows.months_of(g)[1], rest = rows.months_without(g)[1];
        CHECK(own.end.mrr + rest.end.mrr == 147);
        CHECK(own.start.customers + rest.start.customers == 2);
        CHECK(own.unchanged + rest.unchanged == 2);
        groups += own.end.customers;
    }
    CHECK(groups == 3);
}

TEST_CASE("evidence without money over time has none", "[study][mrr]") {
    const plan model = plan_of(history_model);
    const evidence none{model};
    CHECK_FALSE(known_revenue(none));
    CHECK(mrr_cohorts(none).empty());
    CHECK(told(mrr_of_everybody(none, month("2025-01"), month("2025-01")).months()) ==
          lines{"2025-01: 0/0 = 0/0"});
}

TEST_CASE("a month's MRR is that of its last day", "[study][mrr]") {
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
    SECTION("a hundred years") {
        payers all{{day("2025-12-31"), max_grace_days}};
        all.add({entry("1926-01-01", "1926-02-28", 3)});
        all.add({entry("2025-12-31", "", 4)});
        const auto months = all_months(all.counted());
        REQUIRE(months.size() == 1200);
        CHECK(told(months[0]) == "1926-01: 0/0 new 1/3 = 1/3");
        CHECK(told(months[1]) == "1926-02: 1/3 churn 1/3 = 0/0");
        CHECK(told(months.back()) == "2025-12: 0/0 new 1/4 = 1/4");
    }
}

TEST_CASE("several entries at a time add up", "[study][mrr]") {
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

TEST_CASE("an end and a start on one day are a renewal", "[study][mrr]") {
    CHECK(months_of("2025-03-31", 0,
                    {entry("2025-01-01", "2025-02-01", 8), entry("2025-02-01", "2025-02-28", 8),
                     entry("2025-02-28", "", 8)}) == lines{"2025-01: 0/0 new 1/8 = 1/8",
                                                           "2025-02: 1/8 unchanged 1 = 1/8",
                                                           "2025-03: 1/8 unchanged 1 = 1/8"});
}

TEST_CASE("a gap within the grace days is a renewal at the earlier MRR", "[study][mrr]") {
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

TEST_CASE("an entry of MRR 0 is active", "[study][mrr]") {
    const ledger customer{entry("2025-01-01", "2025-02-01", 0),
                          entry("2025-02-01", "2025-03-01", 5),
                          entry("2025-03-01", "2025-04-01", 0)};
    payers all{{day("2025-04-30"), 0}};
    all.add(customer);
    const auto months = all_months(all.counted());
    CHECK(told(months) == lines{"2025-01: 0/0 new 1/0 = 1/0", "2025-02: 1/0 expansion 1/5 = 1/5",
                                "2025-03: 1/5 contraction 1/5 = 1/0",
                                "2025-04: 1/0 churn 1/0 = 0/0"});
    CHECK(same_bits(customer_churn_rate(months[3]).value, 1.0));
    CHECK(same_bits(lost_mrr_rate(months[3]).value, undefined));
}

TEST_CASE("on request an entry of MRR 0 is nothing", "[study][mrr]") {
    const ledger trial{entry("2025-01-01", "2025-02-10", 0), entry("2025-02-10", "2025-03-20", 5),
                       entry("2025-03-20", "", 0)};
    const mrr_options options{day("2025-03-31"), 3, free_entries::ignored};
    payers all{options};
    all.add(trial);
    all.add({entry("2025-01-01", "", 0)});
    const evidence seen = all.counted();
    CHECK(told(all_months(seen)) ==
          lines{"2025-02: 0/0 new 1/5 = 1/5", "2025-03: 1/5 churn 1/5 = 0/0"});
    CHECK(seen.count(total::never_active) == 1);
    // It ends no gap, and begins none.
    const ledger paused{entry("2025-01-01", "2025-01-30", 5), entry("2025-01-30", "2025-02-02", 0),
                        entry("2025-02-02", "", 6)};
    CHECK(months_of(options, {paused})[1] == "2025-02: 1/5 expansion 1/1 = 1/6");
    CHECK(months_of({options.data_until, 2, free_entries::ignored}, {paused})[0] ==
          "2025-02: 0/0 new 1/6 = 1/6");
}

TEST_CASE("nothing is said of what comes after data_until", "[study][mrr]") {
    const ledger customer{entry("2025-01-01", "2025-03-10", 5), entry("2025-03-20", "", 9)};
    std::unique_ptr<payers> all;
    const auto seen_until = [&all](std::string_view until, const std::vector<ledger>& whose) {
        all = std::make_unique<payers>(mrr_options{day(until), 0});
        for (const ledger& one : whose) all->add(one);
        return all->counted();
    };
    SECTION("in the middle of a month its close is not seen") {
        for (const std::string_view until : {"2025-03-01", "2025-03-15", "2025-03-30"}) {
            const evidence seen = seen_until(until, {customer});
            CHECK(told(all_months(seen)) ==
                  lines{"2025-01: 0/0 new 1/5 = 1/5", "2025-02: 1/5 unchanged 1 = 1/5"});
            CHECK(known_revenue(seen)->last_month == month("2025-02"));
            CHECK(known_revenue(seen)->partial_month() == month("2025-03"));
        }
    }
    SECTION("on its last day it is") {
        const evidence seen = seen_until("2025-03-31", {customer});
        CHECK(told(all_months(seen)).back() == "2025-03: 1/5 expansion 1/4 = 1/9");
        CHECK(known_revenue(seen)->last_month == month("2025-03"));
        CHECK_FALSE(known_revenue(seen)->partial_month());
    }
    SECTION("who comes later is not there yet") {
        const evidence seen =
            seen_until("2025-02-10", {{entry("2025-02-11", "", 1)}, {entry("2025-02-01", "", 1)}});
        CHECK(all_months(seen).empty());
        CHECK(mrr_cohorts(seen).empty());
        CHECK(seen.count(total::never_active) == 2);
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

TEST_CASE("rates with their parts, undefined where nothing was there", "[study][mrr]") {
    payers all{{day("2025-03-31"), 0}};
    all.add({entry("2025-01-01", "2025-01-20", 5), entry("2025-02-01", "2025-02-15", 9)});
    all.add({entry("2025-01-01", "", 500)});
    all.add({entry("2025-01-01", "2025-03-05", 300)});
    all.add({entry("2025-01-01", "2025-03-05", 120), entry("2025-03-05", "", 60)});
    all.add({entry("2025-01-01", "2025-03-05", 80), entry("2025-03-05", "", 180)});
    all.add({entry("2024-12-01", "2025-01-10", 7), entry("2025-03-10", "", 40)});
    const auto months = all_months(all.counted());
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

}  // namespace test_mrr_rows
