#include <vector>

#include "aiueo/stats/mean_change.hpp"

#include "support/catch.hpp"
#include "unit/stats/figures.hpp"

namespace test_mean_change {

using namespace aiueo;
using namespace aiueo::testing;

using parts = std::vector<weighted_part>;

TEST_CASE("a mean that moves by values and by weights", "[stats][mean_change]") {
    // From (10 + 30) / 2 = 20 to (3 · 20 + 30) / 4 = 22.5; half-way 21.25, weight 3.
    const parts both{{1, 3, 10, 20}, {1, 1, 30, 30}};
    const mean_change change{both};
    CHECK(change.before() == 20);
    CHECK(change.after() == 22.5);
    CHECK(change.change() == 2.5);
    const part_of_change first = change.of(both[0]), second = change.of(both[1]);
    CHECK(near(first.by_value, 2 * 10 / 3.0, 1e-15));
    CHECK(near(first.by_weight, 2 * (15 - 21.25) / 3, 1e-15));
    CHECK(second.by_value == 0);
    CHECK(second.by_weight == 0);
    CHECK(near(first.by_value + first.by_weight, 2.5, 1e-15));
}

TEST_CASE("what is new, what is gone and what was never there", "[stats][mean_change]") {
    const double unknown = undefined;
    // From (2 · 10 + 2 · 40) / 4 = 25 to (2 · 10 + 6 · 50) / 8 = 40; half-way 32.5, weight 6.
    const parts all{
        {2, 2, 10, 10}, {2, 0, 40, unknown}, {0, 6, unknown, 50}, {0, 0, unknown, unknown}};
    const mean_change change{all};
    CHECK(change.before() == 25);
    CHECK(change.after() == 40);
    const part_of_change gone = change.of(all[1]), added = change.of(all[2]);
    CHECK(gone.by_value == 0);
    CHECK(near(gone.by_weight, -2 * (40 - 32.5) / 6, 1e-15));
    CHECK(added.by_value == 0);
    CHECK(near(added.by_weight, 6 * (50 - 32.5) / 6, 1e-15));
    CHECK(change.of(all[3]).by_value == 0);
    CHECK(change.of(all[3]).by_weight == 0);
    CHECK(near(gone.by_weight + added.by_weight, 15, 1e-15));

    // Backward in time every share has the other sign.
    parts back;
    for (const weighted_part& one : all)
        back.push_back({one.after, one.before, one.value_after, one.value_before});
    CHECK(mean_change{back}.change() == -15);
    CHECK(near(mean_change{back}.of(back[2]).by_weight, -added.by_weight, 1e-15));
}

TEST_CASE("no mean at one of the times", "[stats][mean_change]") {
    const parts fresh{{0, 6, undefined, 50}};
    const mean_change change{fresh};
    CHECK(all_undefined({change.before(), change.change()}));
    CHECK(change.after() == 50);
    CHECK(all_undefined({change.of(fresh[0]).by_value, change.of(fresh[0]).by_weight}));
    CHECK(all_undefined({mean_change{parts{}}.before(), mean_change{parts{}}.after()}));
    const parts lost{{6, 0, 50, undefined}};
    CHECK(mean_change{lost}.before() == 50);
    CHECK(all_undefined({mean_change{lost}.after()}));
}

}  // namespace test_mean_change
