#include <cmath>
#include <vector>

#include "aiueo/stats/survival.hpp"

#include "support/catch.hpp"
#include "unit/stats/figures.hpp"

namespace test_survival {

using namespace aiueo;
using namespace aiueo::testing;

using seen = std::vector<survival_count>;

TEST_CASE("remission of 21 patients", "[stats][survival]") {
    // Freireich et al. 1963, the treated group, in every textbook.
    const seen patients = {{6, 3, 1},  {7, 1, 0},  {9, 0, 1},  {10, 1, 1}, {11, 0, 1}, {13, 1, 0},
                           {16, 1, 0}, {17, 0, 1}, {19, 0, 1}, {20, 0, 1}, {22, 1, 0}, {23, 1, 0},
                           {25, 0, 1}, {32, 0, 2}, {34, 0, 1}, {35, 0, 1}};
    std::vector<survival_point> points(patients.size());
    REQUIRE(kaplan_meier(patients, points));
    CHECK(points[0].at_risk == 21);
    CHECK(near(points[0].survival, 0.857, 5e-4));
    CHECK(near(points[0].error, 0.0764, 5e-5));
    CHECK(near(points[3].survival, 0.753, 5e-4));
    CHECK(near(points[3].error, 0.0963, 5e-5));
    CHECK(points[11].at_risk == 6);
    CHECK(near(points[11].survival, 0.448, 5e-4));
    CHECK(near(points[11].error, 0.1346, 5e-5));
    CHECK(near(points[0].interval.lower, 0.620, 5e-4));
    CHECK(near(points[0].interval.upper, 0.952, 5e-4));
    const survival_quantile median = survival_time(points);
    CHECK(median.time == 23);
    CHECK(median.interval.lower == 13);
    CHECK(std::isnan(median.interval.upper));
    CHECK(survival_time(points, 0.25).time == 13);
}

TEST_CASE("everybody, nobody", "[stats][survival]") {
    std::vector<survival_point> points(2);
    REQUIRE(kaplan_meier(seen{{1, 5, 0}, {2, 5, 0}}, points));
    CHECK(points[0].survival == 0.5);
    CHECK(survival_time(points).time == 1);
    CHECK(points[1].survival == 0);
    CHECK(std::isnan(points[1].error));
    CHECK(all_undefined(points[1].interval));
    CHECK(survival_time(points, 0.9).time == 2);

    REQUIRE(kaplan_meier(seen{{1, 0, 3}, {2, 0, 4}}, points));
    CHECK(points[1].survival == 1);
    CHECK(points[1].error == 0);
    CHECK(all_undefined(points[1].interval));
    CHECK(std::isnan(survival_time(points).time));

    REQUIRE(kaplan_meier(seen{{1, 0, 0}, {2, 0, 0}}, points));
    CHECK(points[0].at_risk == 0);
    CHECK(all_undefined({points[0].survival, points[0].error}));
    REQUIRE(kaplan_meier(seen{}, {}));
    CHECK(std::isnan(survival_time({}).time));
    for (const double p : {0.0, 1.0, std::nan("")})
        CHECK(std::isnan(survival_time(points, p).time));

    // Half of ten thousand, one a day: no drift puts the median a day late.
    seen daily;
    for (std::int64_t day = 1; day <= 10000; ++day) daily.push_back({day, 1, 0});
    std::vector<survival_point> days(daily.size());
    REQUIRE(kaplan_meier(daily, days));
    CHECK(survival_time(days).time == 5000);

    REQUIRE(kaplan_meier(seen{{1, 500000000000, 1}, {2, 250000000000, 250000000000}}, points));
    CHECK(near(points[1].survival, 0.25, 1e-11));
    CHECK(points[1].error < 1e-6);
    CHECK(points[1].interval.lower < 0.25);
}

TEST_CASE("times that contradict each other", "[stats][survival]") {
    std::vector<survival_point> points(2);
    points[0].time = 77;
    CHECK_FALSE(kaplan_meier(seen{{2, 1, 0}, {1, 1, 0}}, points));
    CHECK_FALSE(kaplan_meier(seen{{1, 1, 0}, {1, 1, 0}}, points));
    CHECK_FALSE(kaplan_meier(seen{{1, -1, 0}, {2, 1, 0}}, points));
    CHECK_FALSE(kaplan_meier(seen{{1, 1, -2}, {2, 1, 0}}, points));
    CHECK_FALSE(kaplan_meier(seen{{1, counts_limit - 1, 0}, {2, 1, 0}}, points));
    CHECK_FALSE(kaplan_meier(seen{{1, 1, 0}}, points));
    CHECK(points[0].time == 77);
    REQUIRE(kaplan_meier(seen{{1, 1, 1}, {2, 1, 0}}, points, 2));
    CHECK(all_undefined(points[0].interval));
    CHECK(is_defined(points[0].error));
}

}  // namespace test_survival
