#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "aiueo/stats/covering.hpp"

#include "support/catch.hpp"
#include "unit/stats/figures.hpp"

namespace test_covering {

using namespace aiueo;
using namespace aiueo::testing;

using items = std::vector<choice_item>;

namespace {

struct tried {
    double cheapest = HUGE_VAL;  ///< that gains enough
    double best = 0;             ///< that costs no more
};

/// Every choice there is, one by one.
void try_all(const items& from, std::size_t k, double gain, double cost, double need, double room,
             tried& out) {
    if (k == from.size()) {
        if (gain >= need) out.cheapest = std::min(out.cheapest, cost);
        if (cost <= room) out.best = std::max(out.best, gain);
        return;
    }
    for (std::int64_t n = 0; n <= from[k].most; ++n) {
        const auto times = static_cast<double>(n);
        try_all(from, k + 1, gain + times * from[k].gain, cost + times * from[k].cost, need, room,
                out);
    }
}

}  // namespace

TEST_CASE("the greedy choice is not the cheapest", "[stats][covering]") {
    // The first gives most for its cost; two of the second cost less than what it leaves to fill.
    const items some{{7, 6, 1}, {5, 5, 2}, {4, 9, 3}};
    const choice cheapest = cheapest_choice(some, 10);
    CHECK(cheapest.taken == counts{0, 2, 0});
    CHECK(cheapest.gain == 10);
    CHECK(cheapest.cost == 10);
    CHECK(cheapest.possible);
    CHECK(cheapest.exact);
    CHECK(cheapest.bound == 10);
    const choice best = best_choice(some, 10);
    CHECK(best.taken == counts{0, 2, 0});
    CHECK(best.gain == 10);
    CHECK(best.cost == 10);
    CHECK(best.exact);
    CHECK(best.bound == 10);
}

TEST_CASE("no choice is better than the one that is made", "[stats][covering]") {
    const items some{{3, 5, 3}, {4, 6, 2}, {1, 1, 4}, {7, 9, 2}, {5, 8, 1}};
    for (int step = 1; step <= 45; ++step) {
        const double wanted = step;
        INFO(wanted);
        tried all;
        try_all(some, 0, 0, 0, wanted, wanted, all);
        const choice cheapest = cheapest_choice(some, wanted), best = best_choice(some, wanted);
        CHECK(best.gain == all.best);
        CHECK(best.cost <= wanted);
        CHECK(best.exact);
        CHECK(cheapest.possible == std::isfinite(all.cheapest));
        if (!cheapest.possible) continue;
        CHECK(cheapest.cost == all.cheapest);
        CHECK(cheapest.gain >= wanted);
        CHECK(cheapest.exact);
        // What is taken is what is added up, and no more than there is.
        for (const choice& one : {cheapest, best}) {
            double gain = 0, cost = 0;
            for (std::size_t k = 0; k < some.size(); ++k) {
                CHECK((one.taken[k] >= 0 && one.taken[k] <= some[k].most));
                gain += static_cast<double>(one.taken[k]) * some[k].gain;
                cost += static_cast<double>(one.taken[k]) * some[k].cost;
            }
            CHECK(one.gain == gain);
            CHECK(one.cost == cost);
        }
    }
}

TEST_CASE("a choice that is cut short has a bound", "[stats][covering]") {
    // Of the first there is one too few: (10 − 6)/2 of the second, 6 + 4 · 2 = 12 with fractions.
    const items some{{3, 2, 2}, {2, 3, 9}, {1, 4, 9}};
    const choice cheapest = cheapest_choice(some, 11, 1);
    CHECK(cheapest.possible);
    CHECK_FALSE(cheapest.exact);
    CHECK(near(cheapest.bound, 4 + 2.5 * 3, 1e-15));
    CHECK(cheapest.gain >= 11);
    CHECK(cheapest.cost >= cheapest.bound);
    const choice best = best_choice(some, 9, 1);
    CHECK_FALSE(best.exact);
    CHECK(near(best.bound, 6 + 2 * 5.0 / 3, 1e-15));
    CHECK(best.cost <= 9);
    CHECK(best.gain == 8);
}

TEST_CASE("more than there is, and nothing at all", "[stats][covering]") {
    const items some{{3, 2, 2}, {2, 3, 1}, {0, 1, 5}, {1, 1, 0}};
    const choice all = cheapest_choice(some, 8.5);
    CHECK_FALSE(all.possible);
    CHECK_FALSE(all.exact);
    CHECK(all.taken == counts{2, 1, 0, 0});
    CHECK(all.gain == 8);
    CHECK(all.cost == 7);
    CHECK_FALSE(is_defined(all.bound));
    CHECK(cheapest_choice(some, 8).possible);
    for (const double need : {0.0, -3.0}) {
        const choice none = cheapest_choice(some, need);
        CHECK(none.possible);
        CHECK(none.exact);
        CHECK(none.cost == 0);
        CHECK(none.bound == 0);
        CHECK(none.taken == counts{0, 0, 0, 0});
    }
    CHECK(best_choice(some, 0).taken == counts{0, 0, 0, 0});
    CHECK(best_choice(some, -1).gain == 0);
    CHECK(best_choice(some, 1000).gain == 8);
    CHECK_FALSE(cheapest_choice({}, 1).possible);
    CHECK(best_choice({}, 1).exact);
}

}  // namespace test_covering
