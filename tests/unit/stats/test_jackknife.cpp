#include <cmath>
#include <vector>

#include "aiueo/stats/jackknife.hpp"

#include "support/catch.hpp"
#include "unit/stats/figures.hpp"

namespace test_jackknife {

using namespace aiueo;
using namespace aiueo::testing;

namespace {

bool no_error(const jackknife_estimate& j) {
    return std::isnan(j.error) && all_undefined(j.interval);
}

// t's 0.975 quantile with 2 degrees of freedom: (2 p − 1) / √(2 p (1 − p)).
const double two_degrees = 0.95 / std::sqrt(2 * 0.975 * 0.025);

}  // namespace

TEST_CASE("the jackknife of a mean has the error of a mean", "[stats][jackknife]") {
    // 1, 2, 3, 4, 10: mean 4, s² = 12.5, error √(12.5 / 5).
    const reals without = {19.0 / 4, 18.0 / 4, 17.0 / 4, 16.0 / 4, 10.0 / 4};
    const auto j = jackknife(4, without);
    CHECK(j.value == 4);
    CHECK(j.groups == 5);
    CHECK(near(j.error, std::sqrt(2.5), 1e-14));
    CHECK(near(j.interval.upper, 4 + 2.7764451051977987 * std::sqrt(2.5), 1e-12));
    CHECK(near(j.interval.lower, 4 - 2.7764451051977987 * std::sqrt(2.5), 1e-12));
}

TEST_CASE("a large figure loses no digits of its error", "[stats][jackknife]") {
    const reals without = {19.0 / 4, 18.0 / 4, 17.0 / 4, 16.0 / 4, 10.0 / 4};
    reals far = without;
    for (double& theta : far) theta += 1099511627776.0;
    CHECK(near(jackknife(4 + 1099511627776.0, far).error, jackknife(4, without).error, 1e-14));
}

TEST_CASE("groups without rows are none", "[stats][jackknife]") {
    const reals without = {4.75, 4, 4.5, 4.25, 4, 4.0, 2.5};
    const counts rows = {1, 0, 1, 1, 0, 1, 1};
    const auto j = jackknife(4, without, rows);
    CHECK(j.groups == 5);
    CHECK(near(j.error, std::sqrt(2.5), 1e-14));
    // What such a group would say is not read.
    const reals strange = {4.75, std::nan(""), 4.5, 4.25, HUGE_VAL, 4.0, 2.5};
    CHECK(same_bits(jackknife(4, strange, rows).error, j.error));
}

TEST_CASE("a figure that stands on one group has no error", "[stats][jackknife]") {
    const double nan = std::nan("");
    const reals without = {0.5, nan, 0.5};
    const auto j = jackknife(0.5, without);
    CHECK(j.value == 0.5);
    CHECK(j.groups == 3);
    CHECK(no_error(j));
    CHECK(no_error(jackknife(nan, reals{1, 2, 3})));
    CHECK(no_error(jackknife(1, reals{1, HUGE_VAL})));
    CHECK(no_error(jackknife(1, reals{})));
    CHECK(no_error(jackknife(1, reals{1})));
    CHECK(no_error(jackknife(1, reals{1, 2, 3}, counts{5, 0, 0})));
    const auto wrong = jackknife(1, reals{1, 2, 3}, counts{1, 1});
    CHECK(std::isnan(wrong.value));
    // Groups that agree have an error of 0; two groups are enough.
    CHECK(all_undefined(jackknife(1, reals{1, 2}, {}, 1.0).interval));
}

TEST_CASE("groups that are all alike are no certainty", "[stats][jackknife]") {
    CHECK(jackknife(1, reals{1, 1}).error == 0);
    CHECK(all_undefined(jackknife(1, reals{1, 1}).interval));
    CHECK(all_undefined(jackknife(0, reals(20, 0.0)).interval));
    // Quotients of sums differ in their last digit, where the shares they are of do not.
    const reals rounded{0.1 + 0.2, 0.3, 0.3, 0.1 + 0.2};
    REQUIRE(rounded[0] != rounded[1]);
    CHECK(jackknife(0.3, rounded).error == 0);
    CHECK(all_undefined(jackknife(0.3, rounded).interval));
    CHECK(all_undefined(jackknife(3e17, reals{3e17 + 64, 3e17, 3e17}).interval));
    // A small error is one.
    CHECK(near(jackknife(0, reals{1e-9, -1e-9}).error, 1e-9, 1e-9));
    CHECK(jackknife(0, reals{1e-9, -1e-9}).interval.lower < -1e-9);

    CHECK(all_undefined(jackknife_positive(1.1, reals(20, 1.1)).interval));
    CHECK(all_undefined(jackknife_correlation(0.5, reals(20, 0.5)).interval));
    // Of a share it is as if each group were one trial.
    const jackknife_estimate nine_of_ten = jackknife_share(0.9, reals(20, 0.9));
    CHECK(nine_of_ten.error == 0);
    CHECK(near(nine_of_ten.interval.lower, wilson_interval(18, 20).lower, 1e-12));
    CHECK(near(nine_of_ten.interval.upper, wilson_interval(18, 20).upper, 1e-12));
}

TEST_CASE("intervals on a scale that fits the figure", "[stats][jackknife]") {
    // On their scales the groups are −d, 0 and d away: an error of d √(4/3), with t of 2 degrees.
    const double t = two_degrees * std::sqrt(4.0 / 3);
    const interval share = jackknife_share(0.5, reals{0.4, 0.5, 0.6}).interval;
    const double odds = std::exp(t * std::log(1.5));
    CHECK(near(share.upper, odds / (1 + odds), 1e-12));
    CHECK(near(share.lower, 1 / (1 + odds), 1e-12));
    const interval amount = jackknife_positive(6, reals{3, 6, 12}).interval;
    CHECK(near(amount.upper / 6, std::exp(t * std::log(2.0)), 1e-12));
    CHECK(near(amount.lower * std::exp(t * std::log(2.0)), 6, 1e-12));
    const interval r = jackknife_correlation(0, reals{-0.6, 0, 0.6}).interval;
    CHECK(near(r.upper, std::tanh(t * std::atanh(0.6)), 1e-12));
    CHECK(near(r.lower, -std::tanh(t * std::atanh(0.6)), 1e-12));
    // The error is that of the figure itself.
    CHECK(near(jackknife_share(0.5, reals{0.4, 0.5, 0.6}).error, 0.1 * std::sqrt(4.0 / 3), 1e-14));
    CHECK(no_error(jackknife_positive(0, reals{0, 1, std::nan("")})));
    CHECK(all_undefined(jackknife_positive(1, reals{0, 1, 2}).interval));
    CHECK(all_undefined(jackknife_share(0.5, reals(1025, 0.5)).interval));
}

TEST_CASE("shares that leave no room on their scale", "[stats][jackknife]") {
    // At 0 and 1 as many trials as there are groups with data.
    const reals none(4, 0.0), all(4, 1.0);
    const counts rows = {3, 0, 5, 9};
    CHECK(same_bits(jackknife_share(0, none).interval.upper, wilson_interval(0, 4).upper));
    CHECK(jackknife_share(0, none).interval.lower == 0);
    CHECK(same_bits(jackknife_share(0, none, rows).interval.upper, wilson_interval(0, 3).upper));
    CHECK(same_bits(jackknife_share(1, all).interval.lower, wilson_interval(4, 4).lower));
    CHECK(jackknife_share(1, all).interval.upper == 1);
    // One group keeps it from 1. Its error, ½, is that of one trial: ½ ± t / (2 √(1 + t²)).
    const auto one = jackknife_share(0.5, reals{1, 0.25, 0.25});
    CHECK(near(one.error, 0.5, 1e-15));
    const double t = two_degrees;
    CHECK(near(one.interval.upper, 0.5 + t / 2 / std::sqrt(1 + t * t), 1e-12));
    CHECK(near(one.interval.lower, 0.5 - t / 2 / std::sqrt(1 + t * t), 1e-12));
}

TEST_CASE("figures that move together over the groups", "[stats][jackknife]") {
    const reals a = {1, 2, 3};
    CHECK(near(jackknife_together(a, reals{20, 40, 60}), 1, 1e-15));
    CHECK(near(jackknife_together(a, reals{6, 4, 2}), -1, 1e-15));
    CHECK(near(jackknife_together(a, reals{1, 3, 2}), 0.5, 1e-15));
    CHECK(jackknife_together(a, reals{1, 0, 1}) == 0);
    CHECK(jackknife_together(a, reals{7, 7, 7}) == 0);
    CHECK(jackknife_together(reals{7, 7, 7}, a) == 0);
    CHECK(jackknife_together(a, reals{1, std::nan(""), 2}) == 0);
    CHECK(jackknife_together(a, reals{1, 2}) == 0);
    CHECK(jackknife_together({}, {}) == 0);
}

TEST_CASE("a ratio of sums, group by group", "[stats][jackknife]") {
    const counts above = {10, 20, 30, 0}, below = {20, 20, 40, 0}, rows = {2, 1, 5, 0};
    const auto j = jackknife_ratio(above, below, rows);
    CHECK(j.value == 0.75);
    CHECK(j.groups == 3);
    const auto same = jackknife(0.75, reals{50.0 / 60, 40.0 / 60, 30.0 / 40});
    CHECK(same_bits(j.error, same.error));
    CHECK(std::isnan(jackknife_ratio(counts{1, 2}, counts{1}).value));
    CHECK(std::isnan(jackknife_ratio(counts{1, 2}, counts{3, -3}).value));
    const counts many(1025, 1);
    CHECK(std::isnan(jackknife_ratio(many, many).value));
    // One group holds all of the denominator.
    CHECK(no_error(jackknife_ratio(counts{1, 2}, counts{0, 3})));
    // Sums beyond 64 bits are exact.
    const counts huge(1024, 9000000000000000000), half(1024, 4500000000000000000);
    CHECK(jackknife_ratio(half, huge).value == 0.5);
    CHECK(jackknife_ratio(half, huge).error == 0);
}

}  // namespace test_jackknife
