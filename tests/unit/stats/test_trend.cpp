#include <cmath>
#include <vector>

#include "aiueo/stats/multiple.hpp"
#include "aiueo/stats/trend.hpp"

#include "support/catch.hpp"
#include "unit/stats/figures.hpp"

namespace test_trend {

using namespace aiueo;
using namespace aiueo::testing;

TEST_CASE("Cochran–Armitage by hand", "[stats][trend]") {
    // p is ½: Σ s (x − n p) = 0·(2 − 5) + 1·(5 − 5) + 2·(8 − 5), Σ n s² − (Σ n s)²/N = 50 − 30.
    const counts x = {2, 5, 8}, n = {10, 10, 10};
    const test_result rising = cochran_armitage(x, n);
    CHECK(near(rising.statistic, 6 / std::sqrt(0.25 * 20), 1e-14));
    CHECK(near(rising.p, 0.0072903580915356395, 1e-12));
    CHECK(rising.degrees == 0);
    const test_result falling = cochran_armitage(counts{8, 5, 2}, n);
    CHECK(falling.statistic == -rising.statistic);
    CHECK(same_bits(falling.p, rising.p));
    // Positions count only by their distances.
    CHECK(near(cochran_armitage(x, n, counts{-700, 0, 700}).statistic, rising.statistic, 1e-14));
    // A group without trials changes nothing.
    CHECK(same_bits(
        cochran_armitage(counts{2, 0, 5, 8}, counts{10, 0, 10, 10}, counts{0, 9, 1, 2}).statistic,
        rising.statistic));
}

TEST_CASE("no trend can be seen where nothing differs", "[stats][trend]") {
    const counts n = {10, 10};
    CHECK(all_undefined(cochran_armitage(counts{0, 0}, n)));
    CHECK(all_undefined(cochran_armitage(counts{10, 10}, n)));
    CHECK(all_undefined(cochran_armitage(counts{}, counts{})));
    CHECK(all_undefined(cochran_armitage(counts{3}, counts{10})));
    CHECK(all_undefined(cochran_armitage(counts{3, 0}, counts{10, 0})));
    CHECK(all_undefined(cochran_armitage(counts{3, 4}, n, counts{5, 5})));
    CHECK(cochran_armitage(counts{5, 5}, n).statistic == 0);
    CHECK(cochran_armitage(counts{5, 5}, n).p == 1);
    // Contradictions.
    CHECK(all_undefined(cochran_armitage(counts{11, 4}, n)));
    CHECK(all_undefined(cochran_armitage(counts{-1, 4}, n)));
    CHECK(all_undefined(cochran_armitage(counts{1}, n)));
    CHECK(all_undefined(cochran_armitage(counts{1, 4}, n, counts{1})));
    CHECK(all_undefined(cochran_armitage(counts{1, 4}, n, counts{0, 1000001})));
    CHECK(all_undefined(cochran_armitage(counts{1, 4}, n, counts{-1000001, 0})));
    CHECK(all_undefined(cochran_armitage(counts{1, 4}, counts{counts_limit - 1, 1})));
}

TEST_CASE("a trend of trillions", "[stats][trend]") {
    const counts n = {1000000000000, 1000000000000};
    const test_result t =
        cochran_armitage(counts{500000000000, 500001000000}, n, counts{-1000000, 1000000});
    const double p = 0.5000005;
    CHECK(near(t.statistic, 1e-6 / std::sqrt(p * (1 - p) * 2e-12), 1e-9));
}

TEST_CASE("falls of a rate that should rise", "[stats][trend]") {
    const counts x = {5, 0, 3, 3, 9, 8}, n = {10, 0, 10, 10, 10, 10};
    violation found[5];
    REQUIRE(monotonicity_violations(x, n, found) == 2);
    CHECK(found[0].before == 0);
    CHECK(found[0].after == 2);
    CHECK(near(found[0].difference, -0.2, 1e-15));
    CHECK(found[0].interval.lower < -0.2);
    CHECK(found[0].interval.upper > -0.2);
    CHECK(found[1].before == 4);
    CHECK(found[1].after == 5);
    // Counted even where there is no room.
    CHECK(monotonicity_violations(x, n, {}) == 2);
    CHECK(monotonicity_violations(counts{1, 2}, counts{3, 6}, found) == 0);
    CHECK(monotonicity_violations(counts{7, 2}, counts{3, 6}, found) == 0);
    CHECK(monotonicity_violations(counts{}, counts{}, found) == 0);
}

TEST_CASE("q values of Benjamini and Hochberg", "[stats][multiple]") {
    const reals p = {.001, .008, .039, .041, .042, .06, .074, .205, .212, .216};
    const reals expected = {.01, .04, .084, .084, .084, .1, .10571428571428572, .216, .216, .216};
    reals q(p.size());
    benjamini_hochberg(p, q);
    for (std::size_t i = 0; i < p.size(); ++i) CHECK(near(q[i], expected[i], 1e-15));

    // In any order, in place, and with tests that have no p.
    const double nan = std::nan("");
    reals mixed = {.216, nan, .042, .001, -1, .06, .008, 1.5, .074, .205, .039, .212, .041};
    benjamini_hochberg(mixed, mixed);
    const reals back = {.216, nan,  .084, .01, nan, .1, .04, nan, .10571428571428572,
                        .216, .084, .216, .084};
    for (std::size_t i = 0; i < back.size(); ++i) {
        INFO(i);
        CHECK((std::isnan(back[i]) ? std::isnan(mixed[i]) : bool(near(mixed[i], back[i], 1e-15))));
    }
    reals none;
    benjamini_hochberg(none, none);
    reals one = {0.3};
    benjamini_hochberg(one, one);
    CHECK(one[0] == 0.3);
    reals short_one(1, 7.0);
    benjamini_hochberg(p, short_one);
    CHECK(short_one[0] == 7);
}

}  // namespace test_trend
