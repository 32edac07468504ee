#include <cmath>
#include <vector>

#include "aiueo/stats/tilting.hpp"

#include "support/catch.hpp"
#include "unit/stats/figures.hpp"

namespace test_tilting {

using namespace aiueo;
using namespace aiueo::testing;

TEST_CASE("two values, tilted by the odds", "[stats][tilting]") {
    const reals values = {0, 1}, same = {1, 1}, mostly = {1, 3};
    const tilted_moments plain = tilted(values, same, 0);
    CHECK(plain.mean == 0.5);
    CHECK(plain.variance == 0.25);
    // Odds of 3 to 1: a mean of 3/4, a variance of 3/16.
    const tilted_moments up = tilted(values, same, std::log(3.0));
    CHECK(near(up.mean, 0.75, 1e-15));
    CHECK(near(up.variance, 0.1875, 1e-15));
    CHECK(near(tilt_to(values, same, 0.75), std::log(3.0), 1e-14));
    CHECK(near(tilt_to(values, same, 0.25), -std::log(3.0), 1e-14));
    CHECK(near(tilt_to(values, mostly, 0.5), -std::log(3.0), 1e-14));
    CHECK(tilt_to(values, mostly, 0.75) == 0);
    // Far values lose nothing: 10 apart, so a tenth of λ.
    CHECK(near(tilt_to(reals{1000, 1010}, same, 1007.5), std::log(3.0) / 10, 1e-12));
}

TEST_CASE("a mean that hardly any mass is at", "[stats][tilting]") {
    // From where the search begins Newton's step leaves the bounds.
    const reals values = {0, 1};
    for (const double rare : {1e-6, 1e-12, 1e-100, 1e-300}) {
        CHECK(near(tilt_to(values, reals{1, rare}, 0.5), -std::log(rare), 1e-12));
        CHECK(near(tilt_to(values, reals{rare, 1}, 0.5), std::log(rare), 1e-12));
    }
    const reals three = {0, 1, 5}, masses = {7, 2, 1};
    for (const double target : {0.001, 0.3, 0.69, 0.71, 2.5, 4.999}) {
        const double lambda = tilt_to(three, masses, target);
        // Σ m e^(λ v) (v − target) is 0 there.
        const double sum =
            7 * -target + 2 * std::exp(lambda) * (1 - target) + std::exp(5 * lambda) * (5 - target);
        CHECK(near(sum / (7 * target), 0, 1e-11));
        CHECK((target > 0.7) == (lambda > 0));
    }
}

TEST_CASE("means that no weights give", "[stats][tilting]") {
    const reals values = {0, 1, 9}, masses = {1, 1, 0};
    for (const double target : {0.0, 1.0, -1.0, 5.0, std::nan(""), HUGE_VAL}) {
        CHECK_FALSE(is_defined(tilt_to(values, masses, target)));
    }
    CHECK(near(tilt_to(values, masses, 0.75), std::log(3.0), 1e-14));
    CHECK_FALSE(is_defined(tilt_to(values, reals{1, 1}, 0.5)));
    CHECK_FALSE(is_defined(tilt_to({}, {}, 0.5)));
    CHECK_FALSE(is_defined(tilt_to(values, reals{0, 0, 0}, 0.5)));
    CHECK(tilt_to(reals{4}, reals{2}, 4) == 0);
    CHECK_FALSE(is_defined(tilt_to(reals{4}, reals{2}, 5)));
    CHECK(all_undefined({tilted(values, reals{0, 0, 0}, 1).mean}));
    CHECK(tilted(reals{4, 9}, reals{2, 0}, 100).mean == 4);
    CHECK(tilted(reals{4, 9}, reals{2, 0}, 100).variance == 0);
}

TEST_CASE("unequal weights count as fewer", "[stats][tilting]") {
    const reals values = {0, 1}, two = {1, 1};
    CHECK(effective_number(values, two, 0) == 2);
    // Weights 1 and 3: 16/10.
    CHECK(near(effective_number(values, two, std::log(3.0)), 1.6, 1e-15));
    CHECK(near(effective_number(values, two, -std::log(3.0)), 1.6, 1e-15));
    // Four of weight 1, two of weight 3: (4 + 6)² / (4 + 18).
    CHECK(near(effective_number(values, reals{4, 2}, std::log(3.0)), 100.0 / 22, 1e-14));
    CHECK(effective_number(reals{0, 1, 500}, reals{1, 1, 0}, 0) == 2);
    CHECK(near(effective_number(values, two, 1e6), 1, 1e-15));
    CHECK_FALSE(is_defined(effective_number(values, reals{0, 0}, 1)));
}

}  // namespace test_tilting
