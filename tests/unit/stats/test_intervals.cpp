#include <cmath>
#include <cstdint>

#include "aiueo/stats/intervals.hpp"

#include "support/catch.hpp"
#include "unit/stats/figures.hpp"

namespace test_intervals {

using namespace aiueo;
using namespace aiueo::testing;

TEST_CASE("8 of 10, and 34 of 40", "[stats][intervals]") {
    const interval wilson = wilson_interval(8, 10);
    CHECK(printed(wilson.lower, 0.490162));
    CHECK(printed(wilson.upper, 0.943318));
    const interval jeffreys = jeffreys_interval(8, 10);
    CHECK(printed(jeffreys.lower, 0.497226));
    CHECK(near(jeffreys.upper, 0.955940, 1e-6));
    CHECK(near(wilson_interval(34, 40).lower, 0.709, 5e-4));
    CHECK(near(wilson_interval(34, 40).upper, 0.929, 5e-4));
}

TEST_CASE("none and all", "[stats][intervals]") {
    for (const std::int64_t n : {std::int64_t{1}, std::int64_t{7}, std::int64_t{1000000000000}}) {
        for (const auto& none : {wilson_interval(0, n), jeffreys_interval(0, n)}) {
            CHECK(none.lower == 0);
            CHECK((none.upper > 0 && none.upper < 1));
        }
        for (const auto& all : {wilson_interval(n, n), jeffreys_interval(n, n)}) {
            CHECK(all.upper == 1);
            CHECK((all.lower > 0 && all.lower < 1));
        }
    }
    // Without the boundary rule the upper bound of 0 of 1 is the same, the lower one is not 0.
    CHECK(near(jeffreys_interval(0, 1).upper, beta_quantile(0.975, 0.5, 1.5), 1e-12));
}

TEST_CASE("a share that was not counted", "[stats][intervals]") {
    // Of whole trials it is Wilson's.
    const double z = 1.959963984540054;
    const interval eight = effective_wilson_interval(0.8, 10, z);
    CHECK(printed(eight.lower, 0.490162));
    CHECK(printed(eight.upper, 0.943318));
    // Of one trial, half of it a success: ½ ± z / (2 √(1 + z²)).
    const interval half = effective_wilson_interval(0.5, 1, z);
    CHECK(near(half.upper, 0.5 + z / 2 / std::sqrt(1 + z * z), 1e-15));
    CHECK(near(half.lower, 0.5 - z / 2 / std::sqrt(1 + z * z), 1e-15));
    CHECK(effective_wilson_interval(0, 7.5, z).lower == 0);
    CHECK(near(effective_wilson_interval(0, 7.5, z).upper, z * z / (7.5 + z * z), 1e-15));
    CHECK(effective_wilson_interval(1, 7.5, z).upper == 1);
    CHECK(near(effective_wilson_interval(1, 7.5, z).lower, 7.5 / (7.5 + z * z), 1e-15));
    const double nan = std::nan("");
    for (const double share : {-0.1, 1.1, nan})
        CHECK(all_undefined(effective_wilson_interval(share, 10, z)));
    for (const double none : {0.0, -1.0, nan}) {
        CHECK(all_undefined(effective_wilson_interval(0.5, none, z)));
        CHECK(all_undefined(effective_wilson_interval(0.5, 10, none)));
    }
}

TEST_CASE("a trillion of two trillions", "[stats][intervals]") {
    const interval i = wilson_interval(1000000000000, 2000000000000);
    const double half = 1.959963984540054 * 0.5 / std::sqrt(2e12);
    CHECK(near(0.5 - i.lower, half, 1e-15));
    CHECK(near(i.upper - 0.5, half, 1e-15));
    const interval j = jeffreys_interval(1000000000000, 2000000000000);
    CHECK(near((j.upper - j.lower) / (2 * half), 1, 1e-4));
}

TEST_CASE("what contradicts itself has no interval", "[stats][intervals]") {
    const std::int64_t wrong[][2] = {{0, 0}, {-1, 5}, {6, 5}, {0, -3}, {1, counts_limit}};
    for (const auto& [x, n] : wrong) {
        CHECK(all_undefined(wilson_interval(x, n)));
        CHECK(all_undefined(jeffreys_interval(x, n)));
        CHECK(all_undefined(newcombe_difference(x, n, 1, 2)));
        CHECK(all_undefined(newcombe_difference(1, 2, x, n)));
    }
    for (const double level : {0.0, 1.0, -0.5, 95.0, std::nan("")}) {
        CHECK(all_undefined(wilson_interval(1, 2, level)));
        CHECK(all_undefined(jeffreys_interval(1, 2, level)));
        CHECK(all_undefined(newcombe_difference(1, 2, 1, 2, level)));
        CHECK(all_undefined(wald_t_interval(1, 1, 3, level)));
        CHECK(all_undefined(wald_interval(1, 1, level)));
        CHECK(all_undefined(shrunken_rate(1, 2, 0.5, 10, level).interval));
    }
}

TEST_CASE("Newcombe's example: 56 of 70 against 48 of 80", "[stats][intervals]") {
    const estimate d = newcombe_difference(56, 70, 48, 80);
    CHECK(near(d.value, 0.2, 1e-15));
    CHECK(near(d.interval.lower, 0.0524, 5e-5));
    CHECK(near(d.interval.upper, 0.3339, 5e-5));
    CHECK(std::isnan(d.error));
    // Nothing against everything stays within −1 and 1.
    const estimate most = newcombe_difference(10, 10, 0, 10);
    CHECK(most.value == 1);
    CHECK(near(most.interval.upper, 1, 1e-15));
}

TEST_CASE("a small segment is drawn toward its stage", "[stats][intervals]") {
    const estimate r = shrunken_rate(1, 2, 0.8);
    CHECK(near(r.value, 9.0 / 12, 1e-15));
    CHECK(near(r.interval.lower, beta_quantile(0.025, 9, 3), 1e-12));
    CHECK(near(r.interval.upper, beta_quantile(0.975, 9, 3), 1e-12));
    CHECK(near(shrunken_rate(0, 0, 0.8).value, 0.8, 1e-15));
    CHECK(near(shrunken_rate(500000000000, 1000000000000, 0.1).value, 0.5, 1e-10));

    // Half an observation is one: Beta(2.5, 0.5) has the variance 2.5 · 0.5 / (3² · 4).
    const estimate sharp = shrunken_rate(2, 2, 0.5, 1);
    CHECK(near(sharp.value, 2.5 / 3, 1e-15));
    CHECK(near(sharp.error, std::sqrt(2.5 * 0.5 / 36), 1e-15));
    CHECK(near(sharp.interval.lower, beta_quantile(0.025, 2.5, 0.5), 1e-12));
    CHECK(near(shrunken_rate(0, 2, 0.5, 1).error, sharp.error, 1e-15));

    const estimate point = shrunken_rate(0, 5, 0.0);
    CHECK(point.value == 0);
    CHECK(std::isnan(point.error));
    CHECK(all_undefined(point.interval));
    CHECK(shrunken_rate(5, 5, 1.0).value == 1);
    CHECK(all_undefined(shrunken_rate(5, 5, 1.0).interval));

    const double nan = std::nan("");
    CHECK(all_undefined(shrunken_rate(0, 0, 0.5, 0)));
    CHECK(all_undefined(shrunken_rate(1, 0, 0.5)));
    CHECK(all_undefined(shrunken_rate(3, 2, 0.5)));
    CHECK(all_undefined(shrunken_rate(1, 2, nan)));
    CHECK(all_undefined(shrunken_rate(1, 2, 1.5)));
    CHECK(all_undefined(shrunken_rate(1, 2, 0.5, -1)));
    CHECK(all_undefined(shrunken_rate(1, 2, 0.5, nan)));
    CHECK(all_undefined(shrunken_rate(1, 2, 0.5, HUGE_VAL)));
}

TEST_CASE("estimate and error", "[stats][intervals]") {
    const interval t = wald_t_interval(10, 2, 19);
    CHECK(printed(t.lower, 10 - 2 * 2.09302405));
    CHECK(printed(t.upper, 10 + 2 * 2.09302405));
    CHECK(printed(wald_interval(10, 2).upper, 10 + 2 * 1.95996398));
    CHECK(wald_t_interval(3, 0, 5).lower == 3);
    const double nan = std::nan("");
    CHECK(all_undefined(wald_t_interval(nan, 1, 5)));
    CHECK(all_undefined(wald_t_interval(1, nan, 5)));
    CHECK(all_undefined(wald_t_interval(1, -1, 5)));
    CHECK(all_undefined(wald_t_interval(1, 1, 0)));
    CHECK(all_undefined(wald_t_interval(1, HUGE_VAL, 5)));
    CHECK(all_undefined(wald_interval(nan, 1)));
    CHECK(all_undefined(wald_interval(1, -1)));
}

}  // namespace test_intervals
