#include <cmath>
#include <vector>

#include "aiueo/stats/jackknife.hpp"

#include "support/catch.hpp"
#include "unit/stats/figures.hpp"

using namespace aiueo;
using namespace aiueo::testing;

namespace {

bool no_error(const jackknife_estimate& j) {
    return std::isnan(j.error) && all_undefined(j.interval);
}

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
    CHECK(jackknife(1, reals{1, 1}).error == 0);
    CHECK(jackknife(1, reals{1, 1}).interval.lower == 1);
    CHECK(all_undefined(jackknife(1, reals{1, 2}, {}, 1.0).interval));
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
