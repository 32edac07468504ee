#include <cmath>
#include <vector>

#include "aiueo/stats/correlation.hpp"
#include "aiueo/stats/ranking.hpp"

#include "support/catch.hpp"
#include "unit/stats/figures.hpp"

namespace test_ranking {

using namespace aiueo;
using namespace aiueo::testing;

namespace {

// s = 90 80 80 70 60 55 50 40 40 30, y = 1 1 0 1 1 0 1 0 0 0, by score upward.
const counts values = {30, 40, 50, 55, 60, 70, 80, 90};
const counts positives = {0, 0, 1, 0, 1, 1, 1, 1};
const counts negatives = {1, 2, 0, 1, 0, 0, 1, 0};

bool nothing(const ranking& r) {
    return all_undefined({r.auc, r.error, r.gini, r.ks}) && all_undefined(r.interval);
}
bool nothing(const correlation& c) {
    return all_undefined({c.value, c.p}) && all_undefined(c.interval);
}
bool nothing(const selection& s) {
    return all_undefined({s.customers, s.positives, s.share, s.rate, s.capture, s.lift});
}

}  // namespace

TEST_CASE("ten customers", "[stats][ranking][correlation]") {
    const ranking r = rank_statistics(positives, negatives);
    CHECK(r.positives == 5);
    CHECK(r.negatives == 5);
    CHECK(r.auc == 0.82);
    CHECK(near(r.gini, 0.64, 1e-15));
    CHECK(r.ks == 0.6);
    CHECK(r.ks_bin == 1);
    // Placements 1 .9 .8 .8 .6 and 1 1 1 .8 .3, both with mean .82.
    CHECK(near(r.error, std::sqrt(0.088 / 4 / 5 + 0.368 / 4 / 5), 1e-14));
    CHECK(near(r.interval.lower, 0.82 - 1.959963984540054 * r.error, 1e-12));
    CHECK(r.interval.upper == 1);

    CHECK(printed(point_biserial(values, positives, negatives).value, 0.551677));
    CHECK(printed(spearman(positives, negatives).value, 0.560456));
    CHECK(printed(kendall(positives, negatives).value, 0.487995));
    // The same as a table of scores by outcome.
    counts cells;
    for (std::size_t i = 0; i < values.size(); ++i) {
        cells.push_back(negatives[i]);
        cells.push_back(positives[i]);
    }
    CHECK(printed(spearman(cells, 8, 2).value, 0.560456));
    CHECK(printed(kendall(cells, 8, 2).value, 0.487995));
    CHECK(near(kendall(cells, 8, 2).p, kendall(positives, negatives).p, 1e-14));
}

TEST_CASE("an interval of few stays between 0 and 1", "[stats][ranking]") {
    // As above: errors of the two outcomes √0.0044 and √0.0184, four degrees each.
    const ranking r = rank_statistics(positives, negatives);
    const double of_p = 0.0044, of_n = 0.0184,
                 degrees = (of_p + of_n) * (of_p + of_n) / (of_p * of_p / 4 + of_n * of_n / 4);
    CHECK(near(r.degrees, degrees, 1e-12));
    const double middle = std::log(0.82 / 0.18);
    const double half = t_quantile(0.975, degrees) * std::sqrt(of_p + of_n) / (0.82 * 0.18);
    const interval one = auc_interval(r), three = auc_interval(r, 3);
    CHECK(near(one.lower, 1 / (1 + std::exp(half - middle)), 1e-12));
    CHECK(near(one.upper, 1 / (1 + std::exp(-half - middle)), 1e-12));
    CHECK(near(three.lower, 1 / (1 + std::exp(3 * half - middle)), 1e-12));
    CHECK(all_undefined(auc_interval(r, 1, 1.0)));
    // A perfect order proves nothing.
    CHECK(all_undefined(auc_interval(rank_statistics(counts{0, 0, 4}, counts{3, 2, 0}))));
    CHECK(all_undefined(auc_interval(rank_statistics(counts{0, 1}, counts{3, 1}))));
    CHECK(all_undefined(auc_interval({})));
}

TEST_CASE("nothing is ranked where nothing differs", "[stats][ranking][correlation]") {
    const counts some = {3, 4}, none = {0, 0};
    for (const auto& [p, n] : {std::pair{some, none},
                               {none, some},
                               {none, none},
                               {counts{}, counts{}},
                               {counts{5}, counts{7}},
                               {counts{0, 5, 0}, counts{0, 7, 0}}}) {
        CHECK(nothing(rank_statistics(p, n)));
        CHECK(nothing(spearman(p, n)));
        CHECK(nothing(kendall(p, n)));
        CHECK(nothing(point_biserial(counts(p.size(), 3), p, n)));
    }
    for (const auto& [p, n] : {std::pair{some, counts{1}},
                               {counts{-1, 2}, some},
                               {some, counts{1, -2}},
                               {counts{counts_limit - 1, 0}, some}}) {
        CHECK(nothing(rank_statistics(p, n)));
        CHECK(nothing(spearman(p, n)));
        CHECK(nothing(kendall(p, n)));
        CHECK(nothing(point_biserial(counts(2, 3), p, n)));
        CHECK(nothing(top_share(p, n, 0.5)));
        CHECK(nothing(band_of(p, n, 0, 1)));
    }
    CHECK(nothing(point_biserial(counts{1, counts_limit}, some, some)));
    CHECK(nothing(point_biserial(counts{-counts_limit, 1}, some, some)));
    CHECK(nothing(point_biserial(counts{1}, some, some)));
    CHECK(nothing(spearman(counts{1, 2, 3}, 2, 2)));
    CHECK(nothing(kendall(counts{1, 2, 3}, 3, 0)));
    CHECK(nothing(spearman(counts{1, 2, 3, -4}, 2, 2)));
}

TEST_CASE("outcomes that do not overlap", "[stats][ranking]") {
    const ranking r = rank_statistics(counts{0, 0, 4}, counts{3, 2, 0});
    CHECK(r.auc == 1);
    CHECK(r.gini == 1);
    CHECK(r.ks == 1);
    CHECK(r.ks_bin == 1);
    CHECK(r.error == 0);
    CHECK(r.interval.lower == 1);
    CHECK(rank_statistics(counts{4, 0}, counts{0, 3}).auc == 0);
    CHECK(rank_statistics(counts{4, 0}, counts{0, 3}).gini == -1);
    // One of an outcome has no error.
    const ranking one = rank_statistics(counts{0, 1}, counts{3, 1});
    CHECK(one.auc == 0.875);
    CHECK(std::isnan(one.error));
    CHECK(all_undefined(one.interval));
    CHECK(all_undefined(rank_statistics(positives, negatives, 2).interval));
}

TEST_CASE("a trillion customers are ranked exactly", "[stats][ranking][correlation]") {
    counts p = positives, n = negatives;
    for (auto& count : p) count *= 200000000000;
    for (auto& count : n) count *= 200000000000;
    const ranking r = rank_statistics(p, n);
    CHECK(r.auc == 0.82);
    CHECK(r.ks == 0.6);
    CHECK(near(r.error * 1e6, std::sqrt((0.088 / 5 + 0.368 / 5)), 1e-9));
    CHECK(printed(point_biserial(values, p, n).value, 0.551677));
    CHECK(printed(spearman(p, n).value, 0.560456));
    CHECK(printed(kendall(p, n).value, 0.487995));
    CHECK(spearman(p, n).p == 0);
    const correlation c = spearman(p, n);
    CHECK(c.interval.lower < c.value);
    CHECK(c.interval.upper > c.value);
}

TEST_CASE("the best tenth", "[stats][ranking]") {
    const selection top = top_share(positives, negatives, 0.2);
    // 90, and half of the two at 80: one and a half positives of two.
    CHECK(top.customers == 2);
    CHECK(top.positives == 1.5);
    CHECK(top.rate == 0.75);
    CHECK(top.capture == 0.3);
    CHECK(top.lift == 1.5);
    const selection low = top_share(positives, negatives, 0.3, ranked_from::lowest);
    CHECK(low.customers == 3);
    CHECK(low.positives == 0);
    CHECK(low.lift == 0);
    const selection all = top_share(positives, negatives, 1);
    CHECK(all.positives == 5);
    CHECK(all.lift == 1);
    CHECK(top_share(counts{5}, counts{5}, 0.3).lift == 1);
    for (const double share : {0.0, -0.1, 1.1, std::nan("")}) {
        CHECK(nothing(top_share(positives, negatives, share)));
    }
    CHECK(nothing(top_share(counts{0, 0}, counts{1, 1}, 0.5)));

    const selection band = band_of(positives, negatives, 5, 8);
    CHECK(band.customers == 4);
    CHECK(band.positives == 3);
    CHECK(band.share == 0.4);
    CHECK(band.rate == 0.75);
    CHECK(band.capture == 0.6);
    CHECK(band.lift == 1.5);
    CHECK(nothing(band_of(positives, negatives, 3, 3)));
    CHECK(nothing(band_of(positives, negatives, 3, 9)));
    CHECK(nothing(band_of(counts{0, 1}, counts{0, 1}, 0, 1)));
    CHECK(nothing(band_of(counts{0, 1}, counts{0, 0}, 0, 2)));
}

TEST_CASE("correlations at their ends", "[stats][correlation]") {
    paired_sums line;
    for (std::int64_t i = 0; i < 5; ++i) line.add(i, 7 - 3 * i);
    const correlation down = pearson(line);
    CHECK(down.value == -1);
    CHECK(down.p == 0);
    CHECK(down.interval.lower == -1);
    CHECK(down.interval.upper == -1);

    paired_sums two;
    two.add(1, 1);
    two.add(2, 5);
    CHECK(pearson(two).value == 1);
    CHECK(std::isnan(pearson(two).p));
    CHECK(all_undefined(pearson(two).interval));
    two.add(3, 1);
    CHECK(pearson(two).p == 1);
    CHECK(all_undefined(pearson(two).interval));

    CHECK(nothing(pearson({})));
    paired_sums flat;
    flat.add(4, 1, 9);
    flat.add(4, 2, 9);
    CHECK(nothing(pearson(flat)));
    CHECK(pearson(flat).n == 18);
    flat.n = -1;
    CHECK(nothing(pearson(flat)));
    CHECK(all_undefined(pearson(line, 0).interval));

    const counts diagonal = {3, 0, 0, 0, 4, 0, 0, 0, 5};
    CHECK(spearman(diagonal, 3, 3).value == 1);
    CHECK(kendall(diagonal, 3, 3).value == 1);
    CHECK(std::isnan(kendall(diagonal, 3, 3).interval.lower));
    const counts reversed = {0, 0, 3, 0, 4, 0, 5, 0, 0};
    CHECK(spearman(reversed, 3, 3).value == -1);
    CHECK(kendall(reversed, 3, 3).value == -1);
    CHECK(kendall(counts{1, 0, 0, 1}, 2, 2).value == 1);
    // One pair: a variance of 1.
    CHECK(near(kendall(counts{1, 0, 0, 1}, 2, 2).p, normal_two_sided(1), 1e-15));
}

TEST_CASE("two customers and ties without end", "[stats][correlation]") {
    // Least that can differ: 0 and 1.
    paired_sums two;
    two.add(0, 0);
    two.add(1, 1);
    CHECK(pearson(two).value == 1);
    // Where one side is constant, ties on the other make no p by rounding.
    for (std::int64_t a = 1; a < 20; ++a) {
        for (std::int64_t b = 1; b < 20; ++b) {
            CHECK(nothing(kendall(counts{a, b, 7}, 1, 3)));
            CHECK(nothing(kendall(counts{a, b, 7}, 3, 1)));
        }
    }
}

TEST_CASE("a small effect far from 0 is not lost in rounding", "[stats][correlation]") {
    // Values around 2^41 that differ by 1, a trillion times.
    paired_sums sums;
    const std::int64_t far = std::int64_t{1} << 41;
    sums.add(far, far, 300000000000);
    sums.add(far + 1, far, 200000000000);
    sums.add(far, far + 1, 200000000000);
    sums.add(far + 1, far + 1, 300000000000);
    CHECK(near(pearson(sums).value, 0.2, 1e-15));
}

}  // namespace test_ranking
