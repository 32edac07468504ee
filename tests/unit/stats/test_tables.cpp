#include <cmath>
#include <vector>

#include "aiueo/stats/information.hpp"
#include "aiueo/stats/stratified.hpp"
#include "aiueo/stats/tables.hpp"

#include "support/catch.hpp"
#include "unit/stats/figures.hpp"

namespace test_tables {

using namespace aiueo;
using namespace aiueo::testing;

using tables = std::vector<table_2x2>;

TEST_CASE("pooled and crude on different sides of 1", "[stats][stratified]") {
    const tables strata = {{81, 6, 234, 36}, {192, 71, 55, 25}};
    CHECK(printed(crude_odds_ratio(strata).value, 0.748349));
    const estimate pooled = mantel_haenszel_odds_ratio(strata);
    CHECK(printed(pooled.value, 1.446847));
    CHECK(near(std::log(pooled.interval.upper / pooled.value), 1.959963984540054 * pooled.error,
               1e-14));
    CHECK(pooled.interval.lower < 1);
    CHECK(near(cochran_mantel_haenszel(strata).p, 0.1187405297, 1e-9));
    CHECK(cochran_mantel_haenszel(strata, continuity::yates).p > cochran_mantel_haenszel(strata).p);
    CHECK(breslow_day(strata).degrees == 1);
    CHECK(breslow_day(strata).statistic < breslow_day(strata, tarone::without).statistic);
    // Strata that say nothing change nothing.
    tables more = strata;
    more.insert(more.begin(), {0, 0, 0, 0});
    more.push_back({0, 0, 5, 9});
    more.push_back({7, 2, 0, 0});
    CHECK(same_bits(mantel_haenszel_odds_ratio(more).value, pooled.value));
    CHECK(same_bits(mantel_haenszel_odds_ratio(more).error, pooled.error));
    CHECK(same_bits(mantel_haenszel_risk_difference(more).error,
                    mantel_haenszel_risk_difference(strata).error));
    CHECK(same_bits(cochran_mantel_haenszel(more).p, cochran_mantel_haenszel(strata).p));
    CHECK(same_bits(breslow_day(more).p, breslow_day(strata).p));
    // All had the event: no odds, but no difference either.
    more = {{8, 2, 5, 5}, {10, 0, 10, 0}};
    CHECK(near(mantel_haenszel_risk_difference(more).value, 0.15, 1e-15));
    CHECK(near(mantel_haenszel_odds_ratio(more).value, 4, 1e-14));
}

TEST_CASE("strata without anything to pool", "[stats][stratified]") {
    for (const tables& strata :
         {tables{}, tables{{0, 0, 0, 0}}, tables{{3, 4, 0, 0}}, tables{{-1, 4, 5, 6}},
          tables{{1, 2, 3, 4}, {1, -2, 3, 4}}, tables{{counts_limit - 5, 2, 1, 1}, {1, 1, 1, 1}}}) {
        CHECK(all_undefined(crude_odds_ratio(strata)));
        CHECK(all_undefined(mantel_haenszel_odds_ratio(strata)));
        CHECK(all_undefined(mantel_haenszel_risk_difference(strata)));
        CHECK(all_undefined(cochran_mantel_haenszel(strata)));
        CHECK(all_undefined(breslow_day(strata)));
    }
    // An odds ratio of 0 or without end.
    for (const tables& strata : {tables{{5, 0, 2, 3}}, tables{{0, 5, 2, 3}, {0, 2, 4, 1}}}) {
        CHECK(all_undefined(mantel_haenszel_odds_ratio(strata)));
        CHECK(all_undefined(breslow_day(strata)));
        CHECK(is_defined(cochran_mantel_haenszel(strata).p));
        CHECK(is_defined(mantel_haenszel_risk_difference(strata).value));
    }
    CHECK(all_undefined(mantel_haenszel_odds_ratio(tables{{1, 2, 3, 4}}, 0).interval));
    CHECK(all_undefined(breslow_day(tables{{1, 2, 3, 4}})));
    // ½ is taken from no less than it.
    CHECK(cochran_mantel_haenszel(tables{{5, 5, 5, 5}}, continuity::yates).statistic == 0);
}

TEST_CASE("odds in every direction, to the last stratum", "[stats][stratified]") {
    // Strata of one odds ratio: no heterogeneity, below, at and above 1.
    for (const std::int64_t k : {1, 10, 1000000000}) {
        const tables low = {{10 * k, 40 * k, 30 * k, 30 * k}, {20 * k, 40 * k, 60 * k, 30 * k}};
        CHECK(near(mantel_haenszel_odds_ratio(low).value, 0.25, 1e-14));
        CHECK(breslow_day(low).statistic < 1e-9);
        const tables even = {{10 * k, 20 * k, 15 * k, 30 * k}, {20 * k, 20 * k, 30 * k, 30 * k}};
        CHECK(near(mantel_haenszel_odds_ratio(even).value, 1, 1e-14));
        CHECK(breslow_day(even).p > 0.99);
        CHECK(near(mantel_haenszel_risk_difference(even).value, 0, 1e-14));
    }
    const tables apart = {{900, 100, 100, 900}, {100, 900, 900, 100}};
    CHECK(near(mantel_haenszel_odds_ratio(apart).value, 1, 1e-14));
    CHECK(breslow_day(apart).p < 1e-100);
}

TEST_CASE("a 2 × 2 table", "[stats][tables]") {
    const table_2x2 t{10, 20, 30, 40};
    CHECK(near(chi_squared_test(t).statistic, 100.0 * 200 * 200 / (30.0 * 70 * 40 * 60), 1e-14));
    CHECK(near(chi_squared_test(t, continuity::yates).statistic,
               100.0 * 150 * 150 / (30.0 * 70 * 40 * 60), 1e-14));
    const counts cells = {10, 20, 30, 40};
    CHECK(near(chi_squared_test(cells, 2, 2).statistic, chi_squared_test(t).statistic, 1e-14));
    CHECK(chi_squared_test(t).degrees == 1);
    CHECK(near(odds_ratio(t).value, 2.0 / 3, 1e-15));
    CHECK(near(odds_ratio(t).error, std::sqrt(0.1 + 0.05 + 1.0 / 30 + 0.025), 1e-15));
    CHECK(near(odds_ratio({5, 0, 2, 3}).value, 5.5 * 3.5 / (0.5 * 2.5), 1e-14));
    CHECK(near(risk_difference(t).value, 1.0 / 3 - 3.0 / 7, 1e-15));
    CHECK(same_bits(risk_difference(t).interval.lower,
                    newcombe_difference(10, 30, 30, 70).interval.lower));
    for (const table_2x2& wrong :
         {table_2x2{0, 0, 3, 4}, {3, 4, 0, 0}, {0, 3, 0, 4}, {3, 0, 4, 0}, {}, {-1, 2, 3, 4}}) {
        CHECK(all_undefined(chi_squared_test(wrong)));
        CHECK(all_undefined(chi_squared_test(wrong, continuity::yates)));
        CHECK(all_undefined(odds_ratio(wrong)));
    }
    CHECK(all_undefined(risk_difference({0, 0, 3, 4})));
    CHECK(all_undefined(risk_difference({-1, 2, 3, 4})));
    CHECK(risk_difference({0, 3, 0, 4}).value == 0);
    CHECK(all_undefined(odds_ratio(t, 1).interval));
    // The correction goes no further than 0.
    CHECK(chi_squared_test(table_2x2{5, 5, 5, 6}, continuity::yates).statistic == 0);
    CHECK(chi_squared_test(table_2x2{5, 5, 5, 6}, continuity::yates).p == 1);
}

TEST_CASE("a table of any size", "[stats][tables]") {
    const counts cells = {10, 0, 20, 0, 0, 0, 30, 0, 40};
    const counts dense = {10, 20, 30, 40};
    CHECK(same_bits(chi_squared_test(cells, 3, 3).statistic,
                    chi_squared_test(dense, 2, 2).statistic));
    CHECK(chi_squared_test(cells, 3, 3).degrees == 1);
    CHECK(all_undefined(chi_squared_test(dense, 1, 4)));
    CHECK(all_undefined(chi_squared_test(dense, 4, 1)));
    CHECK(all_undefined(chi_squared_test(dense, 2, 3)));
    CHECK(all_undefined(chi_squared_test(dense, 3, 0)));
    CHECK(all_undefined(chi_squared_test(counts{0, 0, 0, 0}, 2, 2)));
    CHECK(all_undefined(chi_squared_test(counts{1, 2, 3, -4}, 2, 2)));
    CHECK(all_undefined(chi_squared_test(counts{}, 0, 2)));
    const counts many = {500000000000, 500000000000, 500000000000, 500002000000};
    CHECK(near(chi_squared_test(many, 2, 2).statistic, 1.999995, 1e-5));
}

TEST_CASE("population stability", "[stats][information]") {
    const stability s =
        population_stability(counts{100, 200, 400, 300}, counts{200, 250, 350, 200});
    CHECK(printed(s.value, 0.127695));
    CHECK(s.bins == 4);
    CHECK(s.threshold == 0.1);
    CHECK(s.alarm);
    // Of ten customers that is no news.
    const stability small = population_stability(counts{10, 20, 40, 30}, counts{4, 5, 7, 4});
    CHECK(printed(small.value, 0.127695));
    CHECK(near(small.threshold, (0.01 + 0.05) * chi_squared_quantile(0.99, 3), 1e-14));
    CHECK_FALSE(small.alarm);
    // Bins that nobody was in, and one that emptied.
    const stability holes = population_stability(counts{0, 10, 0, 10}, counts{0, 20, 0, 0});
    CHECK(holes.bins == 2);
    const double a = 20 / 20.5, b = 0.5 / 20.5;
    CHECK(near(holes.value, (a - 0.5) * std::log(a / 0.5) + (b - 0.5) * std::log(b / 0.5), 1e-14));
    CHECK(population_stability(counts{5, 6}, counts{5, 6}).value == 0);
    for (const auto& [e, x] : {std::pair{counts{}, counts{}},
                               {counts{0, 0}, counts{1, 2}},
                               {counts{1, 2}, counts{0, 0}},
                               {counts{5}, counts{6}},
                               {counts{5, 0}, counts{6, 0}},
                               {counts{1, 2}, counts{1}},
                               {counts{-1, 2}, counts{1, 1}}}) {
        const stability none = population_stability(e, x);
        CHECK(all_undefined({none.value, none.threshold}));
        CHECK_FALSE(none.alarm);
    }
}

TEST_CASE("information value", "[stats][information]") {
    // Shares after ½ in each cell: 10.5, 20.5 of 31 and 30.5, 10.5 of 41.
    reals evidence(3);
    const information i = information_value(counts{10, 0, 20}, counts{30, 0, 10}, evidence);
    const double g = 10.5 / 31, b = 30.5 / 41;
    CHECK(near(i.value, (g - b) * (std::log(g / b) - std::log((1 - g) / (1 - b))), 1e-14));
    CHECK(i.bins == 2);
    CHECK(near(evidence[0], std::log(g / b), 1e-14));
    CHECK(std::isnan(evidence[1]));
    // A bin of one outcome is finite.
    CHECK(information_value(counts{10, 0}, counts{0, 10}).value < 7);
    CHECK(
        near(information_value(counts{500000000000, 1}, counts{500000000000, 1}).value, 0, 1e-14));
    for (const auto& [p, n] : {std::pair{counts{}, counts{}},
                               {counts{0, 0}, counts{1, 2}},
                               {counts{1, 2}, counts{0, 0}},
                               {counts{5}, counts{6}},
                               {counts{5, 0}, counts{6, 0}},
                               {counts{1, 2}, counts{1}}}) {
        reals weights(p.size(), 1.0);
        CHECK(std::isnan(information_value(p, n, weights).value));
        for (const double w : weights) CHECK(std::isnan(w));
    }
    CHECK(std::isnan(information_value(counts{1, 2}, counts{3, 4}, evidence).value));
}

}  // namespace test_tables
