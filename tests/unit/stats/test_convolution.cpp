#include <cmath>
#include <vector>

#include "aiueo/stats/convolution.hpp"

#include "support/catch.hpp"
#include "unit/stats/figures.hpp"

namespace test_convolution {

using namespace aiueo;
using namespace aiueo::testing;

using groups = std::vector<binomial_group>;

TEST_CASE("five stages of two customers", "[stats][convolution]") {
    const auto d = successes(groups{{2, .1}, {2, .2}, {2, .3}, {2, .4}, {2, .5}});
    CHECK(near(d.pmf(0), 0.02286144, 1e-16));
    CHECK(printed(d.cdf(3), 0.653835));
    CHECK(printed(d.sf(3), 1 - 0.653835));
    CHECK(near(d.mean(), 3, 1e-14));
    CHECK(near(d.variance(), 2 * (.09 + .16 + .21 + .24 + .25), 1e-14));
    CHECK(d.quantile(0.5) == 3);
    CHECK(d.quantile(0.02) == 0);
    CHECK(d.quantile(1 - 1e-9) == 10);
    CHECK(d.pmf(-1) == 0);
    CHECK(d.pmf(11) == 0);
    CHECK(d.cdf(-1) == 0);
    CHECK(d.cdf(100) == 1);
    CHECK(d.sf(-5) == 1);
    CHECK(d.sf(10) == 0);
    CHECK(d.mass().size() == 11);
}

TEST_CASE("ends that hardly count are left out", "[stats][convolution]") {
    // Two coins and two coins: 1, 4, 6, 4 and 1 of 16.
    const auto d = successes(groups{{2, .5}, {2, .5}}, 0.1);
    CHECK(d.first() == 1);
    REQUIRE(d.mass().size() == 3);
    CHECK(near(d.pmf(1), 0.25, 1e-15));
    CHECK(near(d.pmf(3), 0.25, 1e-15));
    CHECK(successes(groups{{2, .5}, {2, .5}}, 0.06).mass().size() == 5);
}

TEST_CASE("certain groups and none", "[stats][convolution]") {
    const auto nobody = successes({});
    CHECK(nobody.pmf(0) == 1);
    CHECK(nobody.quantile(0.9) == 0);
    const auto sure = successes(groups{{7, 1.0}, {5, 0.0}, {0, 0.5}});
    CHECK(sure.first() == 7);
    CHECK(sure.pmf(7) == 1);
    CHECK(sure.variance() == 0);
    CHECK(sure.quantile(0.01) == 7);
    const auto rare = successes(groups{{1000000, 1e-12}});
    CHECK(near(rare.pmf(0), std::exp(1e6 * std::log1p(-1e-12)), 1e-14));
    CHECK(near(rare.pmf(1) / 1e-6, 1, 1e-5));
    const auto nearly = successes(groups{{1000000, 1 - 1e-12}});
    CHECK(near(nearly.pmf(1000000), rare.pmf(0), 1e-9));
    // A quantile that rounding would push one further.
    CHECK(successes(groups{{1, 0.9}}).quantile(0.1) == 0);
    CHECK(successes(groups{{10, 0.5}}).quantile(638.0 / 1024) == 5);
}

TEST_CASE("groups that cannot be have no distribution", "[stats][convolution]") {
    for (const binomial_group& g : {binomial_group{-1, 0.5},
                                    {convolution_trials + 1, 0.5},
                                    {3, -0.1},
                                    {3, 1.1},
                                    {3, std::nan("")}}) {
        const auto d = successes(groups{{2, 0.5}, g});
        CHECK_FALSE(d.is_defined());
        CHECK(all_undefined({d.pmf(0), d.cdf(0), d.sf(0), d.mean(), d.variance()}));
        CHECK(d.quantile(0.5) == -1);
    }
    const auto d = successes(groups{{2, 0.5}});
    for (const double p : {0.0, 1.0, std::nan("")}) CHECK(d.quantile(p) == -1);
}

TEST_CASE("100,000 in each of four groups", "[stats][convolution]") {
    const auto d = successes(groups{{100000, 0.02}, {100000, 0.3}, {100000, 0.5}, {100000, 0.95}});
    CHECK(near(d.mean() / 177000, 1, 1e-12));
    const double variance = 1e5 * (0.02 * 0.98 + 0.3 * 0.7 + 0.25 + 0.95 * 0.05);
    CHECK(near(d.variance() / variance, 1, 1e-11));
    CHECK(near(d.cdf(1 << 30), 1, 1e-12));
    CHECK(near(d.cdf(177100) + d.sf(177100), 1, 1e-12));
    CHECK(d.quantile(0.5) == 177000);
    CHECK(d.mass().size() < 12000);
}

}  // namespace test_convolution
