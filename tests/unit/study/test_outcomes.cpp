// Tests of one variable beside the outcome where customers have several ends, of whom few are lost.
#include <algorithm>
#include <cmath>
#include <vector>

#include "aiueo/study/outcomes.hpp"

#include "observed_rows.hpp"

namespace test_outcomes {

using namespace aiueo;
using namespace aiueo::testing;

namespace {

struct rare_world {
    int customers = 500, ends = 4;
    int lost = 3, lost_ends = 1;  ///< customers, and ends of each
    int flagged = 10;             ///< customers with a flag; 0: each has a score
};

/// Nothing goes with anything.
grouped_outcomes drawn_from(const rare_world& of, std::uint64_t& state) {
    grouped_outcomes out{of.flagged > 0 ? std::size_t{3} : score_bins};
    int left = of.lost;
    for (int c = 0; c < of.customers; ++c) {
        const std::size_t group = drawn(state) % std::size_t{evidence_groups};
        const bool lost = chance(state) * (of.customers - c) < left;
        const std::size_t bin = of.flagged > 0 ? (c < of.flagged ? 1 : 0) : drawn(state) % 101;
        left -= lost ? 1 : 0;
        out.at(group, false, bin) += lost ? of.lost_ends : 0;
        out.at(group, true, bin) += of.ends - (lost ? of.lost_ends : 0);
    }
    return out;
}

}  // namespace

TEST_CASE("few lost in few groups are no certainty", "[study][outcomes]") {
    const rare_world worlds[] = {
        {500, 4, 3, 1, 10},   // a flag of ten customers, three lost
        {500, 4, 6, 1, 30},   // the jackknife alone: alarms in 68 of 100
        {500, 4, 3, 1, 0},    // a score
        {500, 4, 4, 4, 100},  // four customers lost with all their contracts
        {500, 4, 4, 4, 0},   {100, 5, 25, 5, 0},
    };
    for (const rare_world& world : worlds) {
        std::uint64_t state = 17;
        int auc = 0, rho = 0, apart = 0;
        constexpr int runs = 300;
        for (int k = 0; k < runs; ++k) {
            const grouped_outcomes from = drawn_from(world, state);
            const tested_figure area = detail::auc_of(from, false);
            auc += area.p <= 0.05 ? 1 : 0;
            rho += detail::spearman_of(from, false).p <= 0.05 ? 1 : 0;
            apart += area.of.interval.lower > 0.5 || area.of.interval.upper < 0.5 ? 1 : 0;
        }
        INFO(world.lost << " of " << world.customers << " with a flag of " << world.flagged);
        CHECK(auc <= runs * 8 / 100);
        CHECK(rho <= runs * 8 / 100);
        CHECK(apart <= runs * 8 / 100);
    }
}

TEST_CASE("what is there is found where customers count often", "[study][outcomes]") {
    int found = 0;
    std::uint64_t state = 5;
    for (int k = 0; k < 40; ++k) {
        grouped_outcomes from{score_bins};
        for (int c = 0; c < 300; ++c) {
            const std::size_t group = drawn(state) % std::size_t{evidence_groups};
            const std::size_t bin = drawn(state) % 101;
            const bool lost = chance(state) < 0.5 - 0.0045 * static_cast<double>(bin);
            from.at(group, true, bin) += 3;
            ++from.at(group, !lost, bin);
        }
        found += detail::auc_of(from, false).p <= 0.05 ? 1 : 0;
    }
    CHECK(found >= 38);
}

TEST_CASE("what no group moves is not certain", "[study][outcomes]") {
    const jackknife_estimate alike{0.3, 0, {0.3, 0.3}, 20}, none{0, 0, {0, 0}, 20};
    CHECK(std::isnan(detail::p_of(alike, 0)));
    CHECK(detail::p_of(none, 0) == 1);
    CHECK(detail::p_of(alike, 0, 0.2) == 0.2);
    CHECK(std::isnan(detail::p_of(jackknife_estimate{0.3, undefined, {}, 20}, 0, 0.2)));
    const jackknife_estimate moved{0.3, 0.1, {}, 20};
    CHECK(detail::p_of(moved, 0, 0.2) == 0.2);
    CHECK(detail::p_of(moved, 0, 0.001) == detail::p_of(moved, 0));
    CHECK(detail::p_of(moved, 0, undefined) == detail::p_of(moved, 0));

    // All lost lie below all kept, in every group.
    grouped_outcomes apart{score_bins};
    for (std::size_t g = 0; g < std::size_t{evidence_groups}; ++g) {
        apart.at(g, true, 60 + g) = 2;
        if (g % 4 == 0) apart.at(g, false, 20) = 1;
    }
    const tested_figure area = detail::auc_of(apart, false);
    CHECK(area.of.value == 1);
    CHECK(!is_defined(area.of.interval));
    const outcome_counts all = apart.total();
    CHECK(area.p >= rank_sum_test(all.known_kept(), all.known_lost()).p);
    CHECK(area.p > 0);
    CHECK(area.p < 0.01);
}

TEST_CASE("ends that repeat count as often as groups have them", "[study][outcomes]") {
    ends_by_group ends{};
    for (auto& one : ends) one = {0, 100};
    for (std::size_t g = 0; g < 4; ++g) ends[g][0] = 4;
    // 16 ends of four groups: as many as 4.35 independent ones.
    const double independent = std::log(0.8) / std::log(0.95);
    const double z = normal_quantile(1 - 0.005) / std::sqrt(16 / independent);
    CHECK(near(detail::p_of_repeated(0.01, ends), normal_two_sided(z), 1e-12));
    // Ends of all groups, or one a group, are their own.
    for (std::size_t g = 0; g < 4; ++g) ends[g][0] = 1;
    CHECK(detail::p_of_repeated(0.01, ends) == 0.01);
    for (auto& one : ends) one[0] = 50;
    CHECK(detail::p_of_repeated(0.01, ends) == 0.01);
    CHECK(std::isnan(detail::p_of_repeated(undefined, ends)));
}

TEST_CASE("an interval says no more than the test", "[study][outcomes]") {
    const tested_figure unsure{{0.6, {0.55, 0.65}, 9}, 0.2, undefined};
    CHECK(detail::reaching(unsure, 0.5).of.interval.lower == 0.5);
    CHECK(detail::reaching(unsure, 0.5).of.interval.upper == 0.65);
    const tested_figure sure{{0.6, {0.55, 0.65}, 9}, 0.04, undefined};
    CHECK(detail::reaching(sure, 0.5).of.interval.lower == 0.55);
    const tested_figure unknown{{0.6, {0.55, 0.65}, 9}, undefined, undefined};
    CHECK(detail::reaching(unknown, 0.5).of.interval.lower == 0.55);
    CHECK(!is_defined(detail::reaching({{0.6, {}, 9}, 0.2, undefined}, 0.5).of.interval));
}

}  // namespace test_outcomes
