#include <cfenv>
#include <cmath>

#include "aiueo/stats/distributions.hpp"

#include "support/catch.hpp"
#include "unit/stats/figures.hpp"

namespace test_distributions {

using namespace aiueo;
using namespace aiueo::testing;

TEST_CASE("quantiles of tables in books", "[stats][distributions]") {
    CHECK(printed(normal_quantile(0.975), 1.959964));
    CHECK(printed(t_quantile(0.975, 19), 2.093024));
    CHECK(printed(chi_squared_quantile(0.99, 9), 21.665994));
    CHECK(printed(beta_quantile(0.025, 8.5, 2.5), 0.497226));
    CHECK(near(beta_upper_quantile(0.025, 8.5, 2.5), 0.955940, 1e-6));
    CHECK(normal_quantile(0.5) == 0);
    CHECK(normal_two_sided(0) == 1);
    CHECK(near(normal_sf(30), 4.906713927148187e-198, 1e-205));
    CHECK(near(chi_squared_sf(1400, 2) / std::exp(-700.0), 1, 1e-12));
}

TEST_CASE("tails without end have their limits", "[stats][distributions]") {
    CHECK(normal_cdf(HUGE_VAL) == 1);
    CHECK(normal_cdf(-HUGE_VAL) == 0);
    CHECK(t_cdf(HUGE_VAL, 3) == 1);
    CHECK(t_sf(HUGE_VAL, 3) == 0);
    CHECK(chi_squared_cdf(HUGE_VAL, 3) == 1);
    CHECK(chi_squared_sf(HUGE_VAL, 3) == 0);
    CHECK(chi_squared_sf(0, 3) == 1);
    CHECK(beta_cdf(0, 2, 3) == 0);
    CHECK(beta_sf(0, 2, 3) == 1);
    CHECK(beta_cdf(1, 2, 3) == 1);
    // With many degrees of freedom t is normal.
    CHECK(near(t_cdf(1.5, 1e15), normal_cdf(1.5), 1e-12));
    CHECK(near(t_quantile(0.9, 1e15), normal_quantile(0.9), 1e-12));
}

TEST_CASE("outside the domain is undefined, and quiet", "[stats][distributions]") {
    const double nan = std::nan("");
    for (const double p : {0.0, 1.0, -0.1, 1.1, nan, HUGE_VAL}) {
        CHECK(all_undefined({normal_quantile(p), t_quantile(p, 3), chi_squared_quantile(p, 3),
                             beta_quantile(p, 2, 2), beta_upper_quantile(p, 2, 2)}));
    }
    for (const double df : {0.0, -1.0, nan, HUGE_VAL}) {
        CHECK(
            all_undefined({t_cdf(1, df), t_sf(1, df), t_two_sided(1, df), t_quantile(0.4, df),
                           chi_squared_cdf(1, df), chi_squared_sf(1, df),
                           chi_squared_quantile(0.4, df), beta_cdf(0.5, df, 1), beta_sf(0.5, 1, df),
                           beta_quantile(0.5, df, 1), beta_upper_quantile(0.5, 1, df)}));
    }
    CHECK(all_undefined({normal_cdf(nan), normal_sf(nan), t_cdf(nan, 3), chi_squared_cdf(nan, 3),
                         chi_squared_sf(-1, 3), beta_cdf(nan, 1, 1), beta_sf(1.5, 1, 1)}));
}

TEST_CASE("shapes beyond what is followed are undefined", "[stats][distributions]") {
    for (const double far : {1e14, HUGE_VAL}) {
        CHECK(all_undefined({beta_cdf(0.5, far, 1), beta_cdf(0.5, 1, far), beta_sf(0.5, far, 1),
                             beta_sf(0.5, 1, far), beta_quantile(0.5, far, 1),
                             beta_quantile(0.5, 1, far), beta_upper_quantile(0.5, far, 1),
                             beta_upper_quantile(0.5, 1, far)}));
    }
}

TEST_CASE("extreme parameters end and stay in range", "[stats][distributions]") {
    for (const double a : {1e-3, 0.5, 1.0, 1e3, 1e9, 1e12}) {
        for (const double b : {1e-3, 0.5, 1.0, 1e3, 1e9, 1e12}) {
            for (const double p : {1e-15, 0.025, 0.5, 0.975, 1 - 1e-15}) {
                const double x = beta_quantile(p, a, b);
                INFO(a << ' ' << b << ' ' << p);
                CHECK((x >= 0 && x <= 1));
            }
        }
    }
}

}  // namespace test_distributions
