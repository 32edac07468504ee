// study › response_fit: a component's response from what became of the customers with each value.
// … ─► evidence ─► study
//
// A fitted response says where the rate of renewal lies between the lowest and the highest of the
// component: 0 and 100. Rates are drawn toward the rate of all, as those of segments are.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/model/component.hpp"
#include "aiueo/stats/isotonic.hpp"
#include "aiueo/study/model_patch.hpp"
#include "aiueo/study/outcomes.hpp"

namespace aiueo {

/// A fitted curve has at most so many levels, with a slope between neighbours.
inline constexpr std::size_t fitted_levels = 6;
/// Values are taken together until so many customers, and a hundredth of all, are beside each
/// other.
inline constexpr std::int64_t least_in_cell = 20;

enum class response_shape : std::uint8_t {
    monotone,  ///< never falls, or never rises: whichever is nearer
    free,      ///< may turn
};

namespace detail {

/// Values [first, last] that share a level.
struct response_level {
    double first = 0;
    double last = 0;
    std::int64_t kept = 0;
    std::int64_t n = 0;
    [[nodiscard]] double rate() const noexcept { return stats_detail::ratio(kept, n); }
};

/// The cells that a curve is fitted to; `at` are the known bins' values, ascending.
[[nodiscard]] inline std::vector<response_level> response_cells(std::span<const double> at,
                                                                const outcome_counts& of) {
    const std::int64_t wanted = std::max(least_in_cell, of.known() / 100);
    std::vector<response_level> out;
    bool open = false;
    for (std::size_t k = 0; k < at.size(); ++k) {
        const std::int64_t n = of.kept[k] + of.lost[k];
        if (n == 0) continue;
        if (!open) out.push_back({at[k], at[k], 0, 0});
        response_level& cell = out.back();
        cell.last = at[k];
        cell.kept += of.kept[k];
        cell.n += n;
        open = cell.n < wanted;
    }
    if (open && out.size() > 1) {
        const response_level rest = out.back();
        out.pop_back();
        out.back() = {out.back().first, rest.last, out.back().kept + rest.kept,
                      out.back().n + rest.n};
    }
    return out;
}

[[nodiscard]] inline response_level joined(const response_level& a,
                                           const response_level& b) noexcept {
    return {a.first, b.last, a.kept + b.kept, a.n + b.n};
}

/// Neighbours of equal isotonic rates become one; of both directions the one with the smaller
/// squared error, rising of equals.
[[nodiscard]] inline std::vector<response_level> monotone_levels(
    const std::vector<response_level>& cells) {
    std::vector<response_level> best;
    double most = -1;
    for (const bool rising : {true, false}) {
        std::vector<std::int64_t> hits, trials;
        for (const response_level& one : cells) {
            hits.push_back(rising ? one.kept : one.n - one.kept);
            trials.push_back(one.n);
        }
        std::vector<double> rates(cells.size());
        isotonic_rates(hits, trials, rates);
        std::vector<response_level> levels;
        for (std::size_t k = 0; k < cells.size(); ++k) {
            if (k > 0 && rates[k] == rates[k - 1]) {
                levels.back() = joined(levels.back(), cells[k]);
            } else {
                levels.push_back(cells[k]);
            }
        }
        double between = 0;  // what the levels explain; the rest is the squared error
        for (const response_level& one : levels)
            between += static_cast<double>(one.n) * one.rate() * one.rate();
        if (between > most) {
            most = between;
            best = std::move(levels);
        }
    }
    return best;
}

/// Joins the neighbours whose joining costs the least squared error, until so many remain.
inline void join_levels(std::vector<response_level>& levels, std::size_t most) {
    while (levels.size() > most) {
        std::size_t at = 0;
        double least = std::numeric_limits<double>::infinity();
        for (std::size_t k = 0; k + 1 < levels.size(); ++k) {
            const auto a = static_cast<double>(levels[k].n);
            const auto b = static_cast<double>(levels[k + 1].n);
            const double apart = levels[k].rate() - levels[k + 1].rate();
            const double cost = a * b / (a + b) * apart * apart;
            if (cost < least) {
                least = cost;
                at = k;
            }
        }
        levels[at] = joined(levels[at], levels[at + 1]);
        levels.erase(levels.begin() + static_cast<std::ptrdiff_t>(at) + 1);
    }
}

/// 0 to 100 between the lowest and the highest of rates, as it would be written; empty if they are
/// all alike.
[[nodiscard]] inline std::vector<double> scores_between(std::span<const double> rates) {
    std::vector<double> out;
    if (rates.empty()) return out;
    const auto [low, high] = std::minmax_element(rates.begin(), rates.end());
    if (!(*high > *low)) return out;
    for (const double rate : rates) out.push_back(rounded(100 * (rate - *low) / (*high - *low)));
    return out;
}

/// Drawn toward the rate of all by `shrinkage` customers.
[[nodiscard]] inline double drawn_rate(std::int64_t kept, std::int64_t n, double of_all,
                                       double shrinkage) noexcept {
    return (static_cast<double>(kept) + shrinkage * of_all) / (static_cast<double>(n) + shrinkage);
}

/// A level of few customers is drawn further toward the rate of all than its neighbours, and may
/// come to lie beyond them: such neighbours are made equal.
inline void straighten(std::span<const response_level> levels, std::vector<double>& rates) {
    const double sign = levels.back().rate() < levels.front().rate() ? -1 : 1;
    std::vector<double> weights;
    for (std::size_t k = 0; k < rates.size(); ++k) {
        rates[k] *= sign;
        weights.push_back(static_cast<double>(levels[k].n));
    }
    isotonic_means(rates, weights, rates);
    for (double& one : rates) one *= sign;
}

/// Knots of a curve over the values; empty if there is nothing to tell apart. Values and scores
/// have three significant digits.
[[nodiscard]] inline std::vector<knot> fitted_curve(std::span<const double> at,
                                                    const outcome_counts& of, response_shape shape,
                                                    double shrinkage) {
    std::vector<response_level> levels = response_cells(at, of);
    if (levels.size() < 2) return {};
    response_level all = levels.front();
    for (std::size_t k = 1; k < levels.size(); ++k) all = joined(all, levels[k]);
    if (shape == response_shape::monotone) levels = monotone_levels(levels);
    join_levels(levels, fitted_levels);
    std::vector<double> rates;
    for (const response_level& one : levels)
        rates.push_back(drawn_rate(one.kept, one.n, all.rate(), shrinkage));
    if (shape == response_shape::monotone) straighten(levels, rates);
    const std::vector<double> scores = scores_between(rates);
    std::vector<knot> out;
    for (std::size_t k = 0; k < scores.size(); ++k) {
        const double first = rounded(levels[k].first), last = rounded(levels[k].last);
        out.push_back({first, scores[k]});
        if (last > first) out.push_back({last, scores[k]});
    }
    return out;
}

/// Linear between knots, level outside; at a jump the second knot.
[[nodiscard]] inline double curve_at(std::span<const knot> knots, double x) noexcept {
    if (knots.empty() || x != x) return undefined;
    std::size_t above = 0;
    while (above < knots.size() && knots[above].at <= x) ++above;
    if (above == 0) return knots.front().score;
    if (above == knots.size()) return knots.back().score;
    const knot &a = knots[above - 1], &b = knots[above];
    return a.score + (x - a.at) / (b.at - a.at) * (b.score - a.score);
}

/// The histogram's bin of a score, as evidence counts it.
[[nodiscard]] inline std::size_t point_of(double score) noexcept {
    return static_cast<std::size_t>((static_cast<std::int32_t>(score * 10 + 0.5) + 5) / 10);
}

/// A score for each point that a table can give: what shares a point is fitted together, a point
/// that nobody had takes the rate of all. Undefined for the other points; empty if there is
/// nothing to tell apart.
[[nodiscard]] inline std::vector<double> fitted_points(const component& of,
                                                       const outcome_counts& counts,
                                                       double shrinkage) {
    std::vector<bool> wanted(unknown_bin);
    for (const auto& [level, score] : of.table) wanted[point_of(score)] = true;
    if (of.otherwise) wanted[point_of(*of.otherwise)] = true;
    response_level all;
    for (std::size_t k = 0; k < wanted.size(); ++k) {
        all.kept += counts.kept[k];
        all.n += counts.kept[k] + counts.lost[k];
    }
    if (all.n == 0) return {};
    std::vector<double> rates;
    std::vector<std::size_t> points;
    for (std::size_t k = 0; k < wanted.size(); ++k) {
        if (!wanted[k]) continue;
        points.push_back(k);
        rates.push_back(
            drawn_rate(counts.kept[k], counts.kept[k] + counts.lost[k], all.rate(), shrinkage));
    }
    const std::vector<double> scores = scores_between(rates);
    if (scores.empty()) return {};
    std::vector<double> out(unknown_bin, undefined);
    for (std::size_t k = 0; k < points.size(); ++k) out[points[k]] = scores[k];
    return out;
}

}  // namespace detail
}  // namespace aiueo
