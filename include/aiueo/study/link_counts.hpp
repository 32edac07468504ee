// study › link_counts: a link's months or ends by group of customers, and the figures that they
// give. … ─► evidence ─► study
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "aiueo/evidence/evidence.hpp"
#include "aiueo/stats/jackknife.hpp"
#include "aiueo/stats/stratified.hpp"
#include "aiueo/study/outcomes.hpp"

namespace aiueo::detail {

/// Σ of link fields; at contract ends only n₁, x₁, n₀ and x₀ are counted.
struct link_sums {
    std::array<std::int64_t, link_fields> by_field{};

    [[nodiscard]] std::int64_t operator[](link_field of) const noexcept {
        return by_field[static_cast<std::size_t>(of)];
    }
    [[nodiscard]] std::int64_t& operator[](link_field of) noexcept {
        return by_field[static_cast<std::size_t>(of)];
    }
    void add(const std::int64_t* cell) noexcept {
        for (std::size_t k = 0; k < link_fields; ++k) by_field[k] += cell[k];
    }
    [[nodiscard]] link_sums without(const link_sums& other) const noexcept {
        link_sums out = *this;
        for (std::size_t k = 0; k < link_fields; ++k) out.by_field[k] -= other.by_field[k];
        return out;
    }

    [[nodiscard]] std::int64_t eligible() const noexcept {
        return (*this)[link_field::with] + (*this)[link_field::without];
    }
    [[nodiscard]] double prevalence() const noexcept {
        return stats_detail::ratio((*this)[link_field::with], eligible());
    }
    /// p₁ and p₀.
    [[nodiscard]] double conversion() const noexcept {
        return stats_detail::ratio((*this)[link_field::with_reached], (*this)[link_field::with]);
    }
    [[nodiscard]] double comparison() const noexcept {
        return stats_detail::ratio((*this)[link_field::without_reached],
                                   (*this)[link_field::without]);
    }
    /// Within customers: Σ (x₁n₀ − x₀n₁) ÷ Σ n₁n₀.
    [[nodiscard]] double effect() const noexcept {
        return stats_detail::ratio((*this)[link_field::gained] - (*this)[link_field::gained_anyway],
                                   (*this)[link_field::compared]);
    }
    [[nodiscard]] table_2x2 table() const noexcept {
        const std::int64_t x1 = (*this)[link_field::with_reached];
        const std::int64_t x0 = (*this)[link_field::without_reached];
        return {x1, (*this)[link_field::with] - x1, x0, (*this)[link_field::without] - x0};
    }
};

/// Some of the groups.
using group_choice = std::array<bool, evidence_groups>;

[[nodiscard]] inline group_choice all_groups() noexcept {
    group_choice out{};
    out.fill(true);
    return out;
}
/// Every second group: what is chosen on one half is estimated on the other.
[[nodiscard]] inline group_choice half_of_groups(std::size_t first) noexcept {
    group_choice out{};
    for (std::size_t g = first; g < out.size(); g += 2) out[g] = true;
    return out;
}

/// By group. What is not chosen is not there.
struct link_counts {
    std::array<link_sums, evidence_groups> groups{};

    [[nodiscard]] link_sums total() const noexcept {
        link_sums out;
        for (const link_sums& one : groups) out.add(one.by_field.data());
        return out;
    }
    [[nodiscard]] link_counts chosen(const group_choice& which) const noexcept {
        link_counts out;
        for (std::size_t g = 0; g < groups.size(); ++g) {
            if (which[g]) out.groups[g] = groups[g];
        }
        return out;
    }
    void add(const link_counts& other) noexcept {
        for (std::size_t g = 0; g < groups.size(); ++g)
            groups[g].add(other.groups[g].by_field.data());
    }

    /// What f makes of the sums, of all and without each group; `rows(sums)` says how many
    /// observations a group has.
    template <class F, class Rows>
    [[nodiscard]] grouped_outcomes::left_out leave_out(F f, Rows rows) const {
        const link_sums all = total();
        grouped_outcomes::left_out out;
        out.value = f(all);
        for (std::size_t g = 0; g < groups.size(); ++g) {
            out.without[g] = f(all.without(groups[g]));
            out.rows[g] = rows(groups[g]);
        }
        return out;
    }

    [[nodiscard]] figure prevalence() const {
        const auto rows = [](const link_sums& one) { return one.eligible(); };
        return figure_of(
            leave_out([](const link_sums& one) { return one.prevalence(); }, rows).share(),
            total().eligible());
    }
    [[nodiscard]] grouped_outcomes::left_out conversions() const {
        return leave_out([](const link_sums& one) { return one.conversion(); },
                         [](const link_sums& one) { return one[link_field::with]; });
    }
    [[nodiscard]] grouped_outcomes::left_out comparisons() const {
        return leave_out([](const link_sums& one) { return one.comparison(); },
                         [](const link_sums& one) { return one[link_field::without]; });
    }
    [[nodiscard]] figure conversion() const {
        return figure_of(conversions().share(), total()[link_field::with]);
    }
    [[nodiscard]] figure comparison() const {
        return figure_of(comparisons().share(), total()[link_field::without]);
    }
    [[nodiscard]] tested_figure crude() const {
        return tested_difference(
            leave_out([](const link_sums& one) { return one.conversion() - one.comparison(); },
                      [](const link_sums& one) { return one.eligible(); }),
            total(), total().eligible());
    }
    /// Its n are the pairs that it is the mean over: a month with and one without the step, of the
    /// same customer and tenure band. Months without such a one tell nothing of it.
    [[nodiscard]] tested_figure effect() const {
        return tested_difference(
            leave_out([](const link_sums& one) { return one.effect(); },
                      [](const link_sums& one) { return one[link_field::compared]; }),
            total(), total()[link_field::compared]);
    }

    /// A difference of shares over `all`, of n observations. What no group moves has no error to be
    /// seen, not none: where the later step is never reached, or always, Newcombe's interval of as
    /// many trials as there are customers on each side (ends at the ends) stands in; elsewhere
    /// there is none.
    [[nodiscard]] static tested_figure tested_difference(const grouped_outcomes::left_out& of,
                                                         const link_sums& all, std::int64_t n) {
        jackknife_estimate found = of.plain();
        const std::int64_t n1 = all[link_field::with], x1 = all[link_field::with_reached];
        const std::int64_t n0 = all[link_field::without], x0 = all[link_field::without_reached];
        if (found.error > 0) {
            tested_figure out = tested_of(found, 0, n);
            out.of = within(out.of, -1, 1);
            return out;
        }
        found.error = undefined;
        found.interval = {};
        tested_figure out = tested_of(found, 0, n);
        const bool never = x1 == 0 && x0 == 0, always = x1 == n1 && x0 == n0;
        if (!(never || always) || !is_defined(out.of.value)) return out;
        const bool months = all[link_field::customers] > 0;
        const std::int64_t a = months ? all[link_field::customers_with] : n1;
        const std::int64_t b = months ? all[link_field::customers_without] : n0;
        out.of.interval = newcombe_difference(always ? a : 0, a, always ? b : 0, b).interval;
        out.p = 1;
        return out;
    }
};

/// Mantel–Haenszel risk difference over strata, with the jackknife over customers' groups. Its n
/// are the ends of strata that have both sides; the others tell nothing of it.
[[nodiscard]] inline tested_figure effect_within(const std::vector<link_counts>& strata) {
    std::vector<link_sums> sums;
    link_sums all;
    std::int64_t n = 0;
    for (const link_counts& one : strata) {
        sums.push_back(one.total());
        all.add(sums.back().by_field.data());
        const table_2x2 t = sums.back().table();
        if (t.exposed() > 0 && t.unexposed() > 0) n += t.total();
    }
    const auto value = [&](std::size_t g) {
        std::vector<table_2x2> tables;
        for (std::size_t k = 0; k < strata.size(); ++k) {
            tables.push_back(g < std::size_t{evidence_groups}
                                 ? sums[k].without(strata[k].groups[g]).table()
                                 : sums[k].table());
        }
        return mantel_haenszel_risk_difference(tables).value;
    };
    grouped_outcomes::left_out found;
    found.value = value(evidence_groups);
    for (std::size_t g = 0; g < found.without.size(); ++g) {
        found.without[g] = value(g);
        for (const link_counts& one : strata) found.rows[g] += one.groups[g].eligible();
    }
    return link_counts::tested_difference(found, all, n);
}

/// p of a share against a target, by the jackknife of its log-odds; where no group moves it, or it
/// is 0 or 1, by the score test of as many trials as there are customers (ends at the ends), which
/// repeat themselves.
[[nodiscard]] inline double p_against(const link_counts& of, double target,
                                      std::int64_t customers) {
    if (!(target > 0 && target < 1)) return undefined;
    const auto logit = [](double p) { return std::log(p) - std::log1p(-p); };
    grouped_outcomes::left_out found = of.conversions();
    const double share = found.value;
    if (!is_defined(share)) return undefined;
    found.value = logit(share);
    for (double& one : found.without) one = logit(one);
    const jackknife_estimate moved = found.plain();
    if (moved.error > 0) return p_of(moved, logit(target));
    const double error = std::sqrt(target * (1 - target) / static_cast<double>(customers));
    return customers > 0 ? normal_two_sided((share - target) / error) : undefined;
}

/// A level of a segment.
struct level_counts {
    std::string name;  ///< empty: not known
    std::int32_t id = -1;
    link_counts counts;
};

/// A link over its segment's levels: is the crude odds ratio another than the one within levels?
/// The jackknife's interval of log(crude ÷ pooled). Breslow–Day (Tarone's) divided by how much
/// wider the jackknife makes the pooled odds ratio, squared (Rao, Scott 1984, first order):
/// customers repeat.
inline void compare_within(std::span<const level_counts> levels, std::int64_t n, figure& crude,
                           figure& pooled, figure& log_ratio, double& homogeneity) {
    std::vector<link_sums> sums;
    for (const level_counts& one : levels) sums.push_back(one.counts.total());
    const auto strata_without = [&](std::size_t g) {
        std::vector<table_2x2> out;
        for (std::size_t k = 0; k < levels.size(); ++k) {
            out.push_back(g < std::size_t{evidence_groups}
                              ? sums[k].without(levels[k].counts.groups[g]).table()
                              : sums[k].table());
        }
        return out;
    };
    std::array<grouped_outcomes::left_out, 2> logs;  // crude, pooled
    const auto put = [&](std::size_t g, double& of_crude, double& of_pooled) {
        const std::vector<table_2x2> strata = strata_without(g);
        of_crude = std::log(crude_odds_ratio(strata).value);
        of_pooled = std::log(mantel_haenszel_odds_ratio(strata).value);
    };
    put(evidence_groups, logs[0].value, logs[1].value);
    for (std::size_t g = 0; g < std::size_t{evidence_groups}; ++g) {
        put(g, logs[0].without[g], logs[1].without[g]);
        for (const level_counts& one : levels) {
            logs[0].rows[g] += one.counts.groups[g].eligible();
            logs[1].rows[g] = logs[0].rows[g];
        }
    }
    const auto odds = [n](const jackknife_estimate& of) {
        return figure{
            std::exp(of.value), {std::exp(of.interval.lower), std::exp(of.interval.upper)}, n};
    };
    crude = odds(logs[0].plain());
    const jackknife_estimate of_pooled = logs[1].plain();
    pooled = odds(of_pooled);
    grouped_outcomes::left_out apart = logs[0];
    apart.value -= logs[1].value;
    for (std::size_t g = 0; g < apart.without.size(); ++g) apart.without[g] -= logs[1].without[g];
    log_ratio = figure_of(apart.plain(), n);
    const std::vector<table_2x2> strata = strata_without(evidence_groups);
    const test_result same = breslow_day(strata);
    const double wider = of_pooled.error / mantel_haenszel_odds_ratio(strata).error;
    homogeneity = is_defined(wider) && is_defined(same.statistic)
                      ? chi_squared_sf(same.statistic / std::max(1.0, wider * wider),
                                       static_cast<double>(same.degrees))
                      : undefined;
}

}  // namespace aiueo::detail
