// stats › jackknife: the error of any figure, from the figure without each group. base ─► stats
//
// Customers that count more than once are kept together in a group, so that what they repeat is
// not taken for news. Source: Shao, Tu: "The Jackknife and Bootstrap", 1995, 2.3 (delete-a-group).
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include "aiueo/stats/figure.hpp"
#include "aiueo/stats/intervals.hpp"

namespace aiueo {

struct jackknife_estimate {
    double value = undefined;  ///< the figure of all groups, not corrected for bias
    double error = undefined;  ///< √((G − 1)/G · Σ (θ₍g₎ − mean θ₍·₎)²)
    aiueo::interval interval;  ///< with t of G − 1 degrees of freedom
    std::int64_t groups = 0;   ///< G, the groups with data
};

/// `total` is the figure of all groups, `without[g]` the figure of all but group g, `rows[g]` the
/// number of observations in group g (no span: every group has some).
///
/// Groups without observations are left out of G. A group *with* observations whose figure
/// `without` it is undefined makes error and interval undefined: the figure stands on that group
/// alone, and an error computed from the others would hide it. Undefined too: fewer than two groups
/// with data, an undefined total.
[[nodiscard]] inline jackknife_estimate jackknife(double total, std::span<const double> without,
                                                  std::span<const std::int64_t> rows = {},
                                                  double level = 0.95) noexcept {
    using namespace stats_detail;
    jackknife_estimate out;
    if (!rows.empty() && rows.size() != without.size()) return out;
    out.value = total;
    const auto used = [rows](std::size_t g) { return rows.empty() || rows[g] > 0; };
    // Differences from the total are small, so nothing cancels however large the figure is.
    double sum = 0;
    for (std::size_t g = 0; g < without.size(); ++g) {
        if (!used(g)) continue;
        ++out.groups;
        sum += without[g] - total;
    }
    if (out.groups < 2) return out;
    const double count = real(out.groups), mean = sum / count;
    double squares = 0;
    for (std::size_t g = 0; g < without.size(); ++g) {
        if (used(g)) squares += ((without[g] - total) - mean) * ((without[g] - total) - mean);
    }
    const double error = std::sqrt((count - 1) / count * squares);
    if (!std::isfinite(error)) return out;
    out.error = error;
    out.interval = wald_t_interval(total, error, count - 1, level);
    return out;
}

/// The jackknife of Σ numerator ÷ Σ denominator over groups of exact sums; groups without rows are
/// left out. Undefined where a denominator adds up to 0. At most 1,024 groups; more is undefined.
[[nodiscard]] inline jackknife_estimate jackknife_ratio(std::span<const std::int64_t> numerators,
                                                        std::span<const std::int64_t> denominators,
                                                        std::span<const std::int64_t> rows = {},
                                                        double level = 0.95) noexcept {
    using namespace stats_detail;
    constexpr std::size_t most = 1024;
    if (numerators.size() != denominators.size() || numerators.size() > most) return {};
    int128 above = 0, below = 0;
    for (std::size_t g = 0; g < numerators.size(); ++g) {
        above += numerators[g];
        below += denominators[g];
    }
    double without[most];
    for (std::size_t g = 0; g < numerators.size(); ++g) {
        without[g] = ratio(above - numerators[g], below - denominators[g]);
    }
    return jackknife(ratio(above, below), {without, numerators.size()}, rows, level);
}

}  // namespace aiueo
