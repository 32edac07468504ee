#include <cmath>
#include <vector>

#include "aiueo/stats/kappa.hpp"

#include "support/catch.hpp"
#include "unit/stats/figures.hpp"

namespace test_kappa {

using namespace aiueo;
using namespace aiueo::testing;

TEST_CASE("Cohen's kappa by hand", "[stats][kappa]") {
    // Agreement 35 of 50, by chance (25·30 + 25·20)/50² = ½.
    const agreement a = cohen_kappa(counts{20, 5, 10, 15}, 2);
    CHECK(a.n == 50);
    CHECK(a.observed == 0.7);
    CHECK(a.chance == 0.5);
    CHECK(a.kappa == 0.4);
    CHECK(near(a.interval.upper - a.interval.lower, 2 * 1.959963984540054 * a.error, 1e-14));
    // Two categories leave nothing to weigh.
    for (const auto w : {kappa_weights::linear, kappa_weights::quadratic}) {
        CHECK(same_bits(cohen_kappa(counts{20, 5, 10, 15}, 2, w).kappa, a.kappa));
        CHECK(same_bits(cohen_kappa(counts{20, 5, 10, 15}, 2, w).error, a.error));
    }
}

TEST_CASE("near misses count less than far ones", "[stats][kappa]") {
    const counts near_misses = {10, 5, 0, 5, 10, 5, 0, 5, 10};
    const double plain = cohen_kappa(near_misses, 3).kappa;
    const double linear = cohen_kappa(near_misses, 3, kappa_weights::linear).kappa;
    const double quadratic = cohen_kappa(near_misses, 3, kappa_weights::quadratic).kappa;
    CHECK(plain < linear);
    CHECK(linear < quadratic);
    // Linear: disagreement 20·½ of 50, by chance (15·20·½·4 + 15²·2)/50² .
    CHECK(near(linear, 1 - (10.0 / 50) / (1050.0 / 2500), 1e-14));
    CHECK(near(quadratic, 1 - (5.0 / 50) / (750.0 / 2500), 1e-14));
}

TEST_CASE("kappa at its ends", "[stats][kappa]") {
    const agreement all = cohen_kappa(counts{4, 0, 0, 6}, 2);
    CHECK(all.kappa == 1);
    CHECK(all.error == 0);
    const agreement none = cohen_kappa(counts{0, 5, 5, 0}, 2);
    CHECK(none.kappa == -1);
    CHECK(none.observed == 0);
    // Both always say the same: agreement is certain, kappa says nothing.
    const agreement constant = cohen_kappa(counts{0, 0, 0, 9}, 2);
    CHECK(constant.observed == 1);
    CHECK(constant.chance == 1);
    CHECK(all_undefined({constant.kappa, constant.error}));
    CHECK(all_undefined(constant.interval));
    CHECK(std::isnan(cohen_kappa(counts{9}, 1).kappa));
    CHECK(std::isnan(cohen_kappa(counts{9}, 1, kappa_weights::quadratic).kappa));
    // One always says the same: no better than chance.
    CHECK(cohen_kappa(counts{5, 4, 0, 0}, 2).kappa == 0);
    for (const counts& wrong : {counts{}, {0, 0, 0, 0}, {1, 2, 3}, {1, 2, 3, -4}}) {
        CHECK(std::isnan(cohen_kappa(wrong, 2).observed));
    }
    CHECK(std::isnan(cohen_kappa(counts{}, 0).observed));
    CHECK(std::isnan(cohen_kappa(counts(65 * 65, 1), 65).observed));
    CHECK(cohen_kappa(counts(64 * 64, 1), 64, kappa_weights::quadratic).kappa == 0);
    CHECK(all_undefined(cohen_kappa(counts{20, 5, 10, 15}, 2, kappa_weights::plain, 1).interval));
    // A trillion agree as fifty do.
    const std::int64_t k = 20000000000;
    const agreement many = cohen_kappa(counts{20 * k, 5 * k, 10 * k, 15 * k}, 2);
    CHECK(near(many.kappa, 0.4, 1e-15));
    CHECK(near(many.error * std::sqrt(static_cast<double>(k)),
               cohen_kappa(counts{20, 5, 10, 15}, 2).error, 1e-14));
}

}  // namespace test_kappa
