#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <vector>

#include "aiueo/stats/lattice.hpp"

#include "support/catch.hpp"
#include "unit/stats/figures.hpp"

namespace test_lattice {

using namespace aiueo;
using namespace aiueo::testing;

using priced = std::vector<priced_group>;

TEST_CASE("worth of a few successes, one by one", "[stats][lattice]") {
    const priced groups{{2, 0.3, 500}, {1, 0.9, 1500}, {2, 0.6, 1500}, {1, 0.5, 4000}};
    std::vector<std::pair<double, std::int64_t>> tries;
    for (const priced_group& one : groups) {
        for (std::int64_t k = 0; k < one.trials; ++k)
            tries.emplace_back(one.probability, one.price);
    }
    std::map<std::int64_t, double> wanted;
    for (unsigned set = 0; set < 1u << tries.size(); ++set) {
        double p = 1;
        std::int64_t worth = 0;
        for (std::size_t k = 0; k < tries.size(); ++k) {
            const bool won = (set >> k & 1u) != 0;
            p *= won ? tries[k].first : 1 - tries[k].first;
            worth += won ? tries[k].second : 0;
        }
        wanted[worth] += p;
    }
    const lattice_sum found = lattice_successes(groups);
    REQUIRE(found.in_units.is_defined());
    CHECK(found.unit == 500);
    for (std::int64_t k = 0; k <= 19; ++k) {
        const auto at = wanted.find(k * 500);
        CHECK(near(found.in_units.pmf(k), at == wanted.end() ? 0 : at->second, 1e-15));
    }
}

TEST_CASE("sums beyond the limits have no distribution", "[stats][lattice]") {
    const priced odd{{1, 0.5, 1}, {1, 0.5, 1000003}};
    CHECK_FALSE(lattice_successes(odd).in_units.is_defined());
    CHECK(lattice_successes(odd, {2000000, 100}).in_units.is_defined());
    const priced wide{{1000, 0.5, 3}, {1000, 0.5, 7}};
    CHECK(lattice_successes(wide).in_units.is_defined());
    CHECK_FALSE(lattice_successes(wide, {std::size_t{1} << 16, 1000}).in_units.is_defined());
    CHECK_FALSE(lattice_successes(priced{{1, 0.5, 0}}).in_units.is_defined());
    CHECK_FALSE(lattice_successes(priced{{1, 0.5, -5}}).in_units.is_defined());
    CHECK_FALSE(lattice_successes(priced{{-1, 0.5, 5}}).in_units.is_defined());
    CHECK_FALSE(lattice_successes(priced{{1, 1.5, 5}}).in_units.is_defined());
    CHECK_FALSE(lattice_successes(priced{{1, 0.5, std::int64_t{1} << 47}, {1, 0.5, 1}})
                    .in_units.is_defined());
    // Whatever limits are asked for, 10¹⁵ values are too many: nothing is allocated for them.
    const std::size_t all = std::numeric_limits<std::size_t>::max();
    CHECK_FALSE(lattice_successes(priced{{1, 0.5, 600000000000001}, {1, 0.5, 1}}, {all, all})
                    .in_units.is_defined());
    CHECK(lattice_successes({}).in_units.pmf(0) == 1);
    CHECK(lattice_successes(priced{{0, 0.5, 5}}).in_units.pmf(0) == 1);
}

TEST_CASE("a count repeated", "[stats][lattice]") {
    const count_distribution coin{0, {0.7, 0.3}};
    const std::vector<binomial_group> group{{37, 0.3}};
    const count_distribution wanted = successes(group), found = repeated(coin, 37);
    for (std::int64_t k = 0; k <= 37; ++k) CHECK(near(found.pmf(k), wanted.pmf(k), 1e-13));
    const count_distribution some{1, {0.2, 0.5, 0.3}};
    const count_distribution sum = repeated(some, 1000);
    CHECK(near(sum.mean(), 1000 * some.mean(), 1e-8));
    CHECK(near(sum.variance(), 1000 * some.variance(), 1e-6));
    CHECK(repeated(some, 0).pmf(0) == 1);
    CHECK_FALSE(repeated(some, -1).is_defined());
    CHECK_FALSE(repeated({}, 3).is_defined());
    CHECK_FALSE(repeated(some, 1000000, {1000, 1000}).is_defined());
}

}  // namespace test_lattice
