#include <cmath>
#include <vector>

#include "aiueo/stats/mixture.hpp"

#include "support/catch.hpp"
#include "unit/stats/figures.hpp"

namespace test_mixture {

using namespace aiueo;
using namespace aiueo::testing;

TEST_CASE("nodes are a normal", "[stats][mixture]") {
    for (const double step : {1.0, 0.7, 0.25, 0.03125, 2.0, 0.0, std::nan("")}) {
        double sum = 0, mean = 0, squares = 0, fourth = 0, exponential = 0;
        for (const normal_node& one : normal_nodes(step)) {
            sum += one.weight;
            mean += one.weight * one.z;
            squares += one.weight * one.z * one.z;
            fourth += one.weight * std::pow(one.z, 4);
            exponential += one.weight * std::exp(0.5 * one.z);
        }
        CHECK(near(sum, 1, 1e-14));
        CHECK(near(mean, 0, 1e-14));
        CHECK(near(squares, 1, 3e-7));
        CHECK(near(fourth, 3, 2e-5));
        CHECK(near(exponential, std::exp(0.125), 1e-6));
    }
    CHECK(normal_nodes(1).size() == 13);
    CHECK(normal_nodes(0.5).size() == 25);
    CHECK(normal_nodes(1e-9).size() == 385);
}

TEST_CASE("counts mix", "[stats][mixture]") {
    const std::vector<binomial_group> few{{3, 0.5}}, many{{5, 0.9}};
    const std::vector<count_distribution> parts{successes(few), successes(many)};
    const std::vector<double> weights{0.25, 0.75};
    const count_distribution d = mixed(parts, weights);
    for (int k = -1; k < 8; ++k)
        CHECK(near(d.pmf(k), 0.25 * parts[0].pmf(k) + 0.75 * parts[1].pmf(k), 1e-15));
    CHECK(near(d.mean(), 0.25 * 1.5 + 0.75 * 4.5, 1e-14));
    CHECK_FALSE(mixed({}, {}).is_defined());
    CHECK_FALSE(mixed(parts, std::vector<double>{1}).is_defined());
    const std::vector<count_distribution> broken{parts[0], {}};
    CHECK_FALSE(mixed(broken, weights).is_defined());
}

TEST_CASE("normals mix", "[stats][mixture]") {
    const std::vector<normal_part> one{{1, 10, 2}};
    CHECK(near(mixture_cdf(one, 12), normal_cdf(1), 1e-15));
    CHECK(near(mixture_quantile(one, 0.975), 10 + 2 * normal_quantile(0.975), 1e-10));
    const std::vector<normal_part> two{{0.5, 0, 1}, {0.5, 100, 1}};
    CHECK(near(mixture_cdf(two, 50), 0.5, 1e-15));
    CHECK(near(mixture_quantile(two, 0.25), 0, 1e-9));
    CHECK(near(mixture_cdf(two, mixture_quantile(two, 0.9)), 0.9, 1e-9));
    // What is certain is a step.
    const std::vector<normal_part> sure{{1, 7, 0}};
    CHECK(mixture_cdf(sure, 6.99) == 0);
    CHECK(mixture_cdf(sure, 7) == 1);
    CHECK(near(mixture_quantile(sure, 0.3), 7, 1e-9));
    CHECK_FALSE(is_defined(mixture_cdf({}, 0)));
    CHECK_FALSE(is_defined(mixture_quantile({}, 0.5)));
    CHECK_FALSE(is_defined(mixture_quantile(one, 1)));
    const std::vector<normal_part> broken{{1, 7, -1}};
    CHECK_FALSE(is_defined(mixture_quantile(broken, 0.5)));
}

TEST_CASE("no sum of coins is further from its normal than the bound", "[stats][mixture]") {
    for (const double p : {0.5, 0.1, 0.02}) {
        for (const std::int64_t n : {1, 10, 100, 3000}) {
            const std::vector<binomial_group> group{{n, p}};
            const count_distribution d = successes(group);
            const double size = static_cast<double>(n), mean = size * p;
            const double error = std::sqrt(size * p * (1 - p));
            double worst = 0, below = 0;
            for (std::int64_t k = 0; k <= n; ++k) {
                const double z = normal_cdf((static_cast<double>(k) - mean) / error);
                worst = std::max(worst, std::fabs(below - z));  // just before the step
                below += d.pmf(k);
                worst = std::max(worst, std::fabs(below - z));
            }
            const double bound = berry_esseen_bound(error * error, size * third_moment_of_trial(p));
            INFO(n << " of " << p << ": " << worst << " " << bound);
            CHECK(worst <= bound);
            CHECK(bound <= 1);
        }
    }
    CHECK(near(third_moment_of_trial(0.5), 0.125, 1e-15));
    CHECK(near(third_moment_of_trial(0.2), 0.2 * 0.512 + 0.8 * 0.008, 1e-15));
    CHECK(berry_esseen_bound(1, 100) == 1);
    CHECK_FALSE(is_defined(berry_esseen_bound(0, 1)));
}

}  // namespace test_mixture
