// Isotonic, logistic and probability scores.
#include <cmath>
#include <vector>

#include "aiueo/stats/calibration.hpp"
#include "aiueo/stats/isotonic.hpp"
#include "aiueo/stats/platt.hpp"

#include "support/catch.hpp"
#include "unit/stats/figures.hpp"

namespace test_curves {

using namespace aiueo;
using namespace aiueo::testing;

TEST_CASE("violators are pooled", "[stats][isotonic]") {
    reals rates(6);
    REQUIRE(isotonic_rates(counts{1, 4, 0, 2, 9, 9}, counts{10, 10, 0, 10, 10, 10}, rates));
    CHECK(rates[0] == 0.1);
    CHECK(rates[1] == 0.3);
    CHECK(std::isnan(rates[2]));
    CHECK(rates[3] == 0.3);
    CHECK(rates[4] == 0.9);
    CHECK(rates[5] == 0.9);
    // All of them fall: one block.
    reals four(4);
    REQUIRE(isotonic_rates(counts{4, 3, 2, 1}, counts{4, 4, 4, 4}, four));
    for (const double rate : four) CHECK(rate == 0.625);
    REQUIRE(isotonic_rates(counts{0, 0, 0, 0}, counts{0, 0, 0, 0}, four));
    for (const double rate : four) CHECK(std::isnan(rate));
    reals none;
    CHECK(isotonic_rates(counts{}, counts{}, none));
    CHECK_FALSE(isotonic_rates(counts{5}, counts{4}, four));
    CHECK(std::isnan(four[0]));
    reals one(1, 3.0);
    CHECK_FALSE(isotonic_rates(counts{5}, counts{4}, one));
    CHECK(std::isnan(one[0]));

    REQUIRE(isotonic_means(reals{3, 1, std::nan(""), 5}, reals{1, 3, 0, 2}, four));
    CHECK(four[0] == 1.5);
    CHECK(four[1] == 1.5);
    CHECK(std::isnan(four[2]));
    CHECK(four[3] == 5);
    for (const double bad : {std::nan(""), HUGE_VAL, -1.0}) {
        CHECK_FALSE(isotonic_means(reals{1, 2}, reals{1, bad}, rates));
        reals two(2, 7.0);
        CHECK_FALSE(isotonic_means(reals{1, 2}, reals{1, bad}, two));
        CHECK(std::isnan(two[0]));
        CHECK(std::isnan(two[1]));
    }
    reals two(2);
    CHECK_FALSE(isotonic_means(reals{1, HUGE_VAL}, reals{1, 1}, two));
}

TEST_CASE("a logistic curve through two points", "[stats][platt]") {
    // Two scores leave no choice: the curve has their rates.
    const logistic_curve c = fit_logistic(reals{20, 80}, counts{1, 3}, counts{3, 1});
    REQUIRE(c.status == logistic_status::fitted);
    CHECK(near(c.probability(20), 0.25, 1e-14));
    CHECK(near(c.probability(80), 0.75, 1e-14));
    CHECK(near(c.slope, 2 * std::log(3.0) / 60, 1e-14));
    CHECK(near(c.probability(50), 0.5, 1e-14));
    // √(1/1 + 1/3 + 1/3 + 1/1) of the log odds ratio, over 60 points.
    CHECK(near(c.slope_error, std::sqrt(8.0 / 3) / 60, 1e-14));
    CHECK(near(c.log_likelihood, 6 * std::log(0.75) + 2 * std::log(0.25), 1e-14));
    // A trillion say the same, more surely; bins without anybody say nothing.
    const std::int64_t k = 100000000000;
    const logistic_curve many =
        fit_logistic(reals{20, std::nan(""), 80}, counts{k, 0, 3 * k}, counts{3 * k, 0, k});
    CHECK(near(many.slope, c.slope, 1e-13));
    CHECK(near(many.slope_error * std::sqrt(static_cast<double>(k)), c.slope_error, 1e-12));
    // Rates near a half: 2 of 5 and 3 of 5.
    const logistic_curve flat = fit_logistic(reals{20, 80}, counts{2, 3}, counts{3, 2});
    CHECK(near(flat.probability(20), 0.4, 1e-14));
    CHECK(near(flat.probability(80), 0.6, 1e-14));
    // The same however far away and in whatever order.
    const logistic_curve far = fit_logistic(reals{1e9 + 80, 1e9 + 20}, counts{3, 1}, counts{1, 3});
    CHECK(near(far.slope, c.slope, 1e-12));
}

TEST_CASE("curves that do not exist say why", "[stats][platt]") {
    const auto status = [](const reals& s, const counts& p, const counts& n,
                           platt_targets targets = platt_targets::plain) {
        const logistic_curve c = fit_logistic(s, p, n, targets);
        const bool none = all_undefined({c.intercept, c.slope, c.intercept_error, c.slope_error,
                                         c.covariance, c.log_likelihood, c.probability(1)});
        CHECK(none == (c.status != logistic_status::fitted));
        return c.status;
    };
    const auto smoothed = platt_targets::smoothed;
    CHECK(status({}, {}, {}) == logistic_status::one_outcome);
    CHECK(status({1, 2}, {0, 0}, {0, 0}) == logistic_status::one_outcome);
    CHECK(status({1, 2}, {3, 4}, {0, 0}) == logistic_status::one_outcome);
    CHECK(status({1, 2}, {3, 4}, {0, 0}, smoothed) == logistic_status::one_outcome);
    CHECK(status({1, 2}, {0, 0}, {3, 4}) == logistic_status::one_outcome);
    CHECK(status({1, 2}, {3, 0}, {4, 0}) == logistic_status::constant_score);
    CHECK(status({2, 2}, {3, 1}, {4, 2}, smoothed) == logistic_status::constant_score);
    CHECK(status({1, 2}, {0, 3}, {4, 0}) == logistic_status::separated);
    CHECK(status({1, 2}, {3, 0}, {0, 4}) == logistic_status::separated);
    CHECK(status({1, 2, 3}, {0, 2, 3}, {4, 5, 0}) == logistic_status::separated);
    CHECK(status({1, 2, 3}, {1, 2, 3}, {4, 5, 0}) == logistic_status::fitted);
    CHECK(status({1, 2}, {3}, {4, 5}) == logistic_status::invalid);
    CHECK(status({1}, {3, 4}, {4, 5}) == logistic_status::invalid);
    CHECK(status({1, HUGE_VAL}, {3, 4}, {4, 5}) == logistic_status::invalid);
    CHECK(status({1, std::nan("")}, {3, 4}, {4, 5}) == logistic_status::invalid);
    CHECK(status({1, 2}, {-3, 4}, {4, 5}) == logistic_status::invalid);
    CHECK(status({0, 1e300}, {3, 4}, {4, 5}) == logistic_status::not_converged);

    // Platt's targets: rates 1/6 and 4/5 of the two scores.
    const logistic_curve c = fit_logistic(reals{1, 2}, counts{0, 3}, counts{4, 0}, smoothed);
    REQUIRE(c.status == logistic_status::fitted);
    CHECK(near(c.probability(1), 1.0 / 6, 1e-14));
    CHECK(near(c.probability(2), 0.8, 1e-14));
}

TEST_CASE("probabilities that were right", "[stats][calibration]") {
    const reals predicted = {0.25, 0.75};
    const probability_scores s = score_probabilities(predicted, counts{1, 3}, counts{3, 1});
    CHECK(s.n == 8);
    CHECK(s.rate == 0.5);
    CHECK(s.mean_predicted == 0.5);
    CHECK(s.brier == 0.1875);
    CHECK(s.reliability == 0);
    CHECK(s.resolution == 0.0625);
    CHECK(s.uncertainty == 0.25);
    CHECK(s.skill == 0.25);
    CHECK(near(s.log_loss, -(0.75 * std::log(0.75) + 0.25 * std::log(0.25)), 1e-15));
    // Sure and wrong: a loss of 52 bits, not infinity.
    CHECK(near(score_probabilities(reals{1}, counts{0}, counts{5}).log_loss, 52 * std::log(2.0),
               1e-14));
    CHECK(std::isnan(score_probabilities(reals{1}, counts{0}, counts{5}).skill));
    CHECK(score_probabilities(reals{1}, counts{5}, counts{0}).brier == 0);
    // A bin without anybody may predict anything.
    const double nan = std::nan("");
    CHECK(same_bits(
        score_probabilities(reals{nan, 0.25, 0.75}, counts{0, 1, 3}, counts{0, 3, 1}).log_loss,
        s.log_loss));
    CHECK(near(score_probabilities(predicted, counts{250000000000, 750000000000},
                                   counts{750000000000, 250000000000})
                   .brier,
               0.1875, 1e-15));
    for (const double p : {-0.1, 1.1, nan}) {
        CHECK(std::isnan(score_probabilities(reals{p}, counts{1}, counts{1}).brier));
        CHECK(all_undefined(hosmer_lemeshow(reals{p, 0.5, 0.6}, counts{1, 1, 1}, counts{1, 1, 1})));
    }
    CHECK(std::isnan(score_probabilities(reals{}, counts{}, counts{}).brier));
    CHECK(std::isnan(score_probabilities(reals{0.5}, counts{0}, counts{0}).brier));
    CHECK(std::isnan(score_probabilities(predicted, counts{1}, counts{1}).brier));
}

TEST_CASE("a calibration table has closed lower edges", "[stats][calibration]") {
    calibration_row rows[100];
    // 0.29 · 100 rounds below 29.
    REQUIRE(calibration_table(reals{0.29, 0.57, 1.0, 0.0}, counts{1, 2, 3, 0}, counts{1, 0, 0, 4},
                              rows));
    CHECK(rows[29].n == 2);
    CHECK(rows[57].n == 2);
    CHECK(rows[99].n == 3);
    CHECK(rows[0].n == 4);
    CHECK(rows[29].rate == 0.5);
    CHECK(rows[29].interval.lower == wilson_interval(1, 2).lower);
    CHECK(rows[28].n == 0);
    CHECK(std::isnan(rows[28].rate));
    CHECK(near(expected_calibration_error(rows), (2 * 0.21 + 2 * 0.43) / 11, 1e-14));
    calibration_row two[2];
    REQUIRE(calibration_table(reals{0.1, 0.3, 0.5}, counts{1, 0, 1}, counts{0, 1, 0}, two));
    CHECK(near(two[0].predicted, 0.2, 1e-15));
    CHECK(two[0].positives == 1);
    CHECK(two[1].n == 1);
    CHECK_FALSE(calibration_table(reals{2}, counts{1}, counts{1}, two));
    CHECK(two[1].n == 0);
    CHECK(std::isnan(expected_calibration_error(two)));
    CHECK_FALSE(calibration_table(reals{0.5}, counts{1}, counts{1}, {}));
    CHECK(std::isnan(expected_calibration_error({})));
}

TEST_CASE("Hosmer–Lemeshow by hand", "[stats][calibration]") {
    const reals predicted = {0.2, 0.5, 0.8};
    const test_result t = hosmer_lemeshow(predicted, counts{3, 5, 8}, counts{7, 5, 2});
    CHECK(near(t.statistic, 1 / 1.6, 1e-14));
    CHECK(t.degrees == 1);
    CHECK(hosmer_lemeshow(predicted, counts{3, 5, 8}, counts{7, 5, 2}, 0).degrees == 3);
    CHECK(all_undefined(hosmer_lemeshow(predicted, counts{3, 5, 8}, counts{7, 5, 2}, 3)));
    CHECK(all_undefined(hosmer_lemeshow(predicted, counts{3, 5, 8}, counts{7, 5, 2}, -1)));
    CHECK(all_undefined(hosmer_lemeshow(reals{0, 0.5, 0.8}, counts{3, 5, 8}, counts{7, 5, 2})));
    CHECK(all_undefined(hosmer_lemeshow(reals{0.5, 0.5}, counts{1, 0}, counts{1, 0})));
}

}  // namespace test_curves
