// stats › jackknife: the error of any figure, from the figure without each group. base ─► stats
//
// Customers that count more than once are kept together in a group, so that what they repeat is
// not taken for news. Source: Shao, Tu: "The Jackknife and Bootstrap", 1995, 2.3 (delete-a-group).
#pragma once

#include <algorithm>
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
    aiueo::interval interval;  ///< with t of G − 1 degrees of freedom; none where the error is 0
    std::int64_t groups = 0;   ///< G, the groups with data
};

namespace stats_detail {
/// Errors up to here, of a figure of at most 1, are those of adding up: groups that are all alike.
inline constexpr double jackknife_rounding = 1e-12;
}  // namespace stats_detail

/// `total` is the figure of all groups, `without[g]` the figure of all but group g, `rows[g]` the
/// number of observations in group g (no span: every group has some).
///
/// Groups that are all alike say nothing of how far another would be from them: the error is 0 (to
/// rounding: up to 10⁻¹², of figures above 1 as a share of them), which is no certainty, and the
/// interval undefined.
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
    out.error = error > jackknife_rounding * std::max(1.0, std::abs(total)) ? error : 0.0;
    if (out.error > 0) out.interval = wald_t_interval(total, error, count - 1, level);
    return out;
}

/// The most groups that the functions below take; more is undefined.
inline constexpr std::size_t most_jackknife_groups = 1024;

/// The same with the interval found on another scale, on which the figure is nearer to normal and
/// cannot leave its range: to(θ) ± t · error of to(θ₍g₎), brought back (Miller 1974: "The
/// jackknife: a review", 2.7). `to` is increasing and `back` its inverse. The interval is undefined
/// where a figure has no finite place on that scale.
template <class To, class Back>
[[nodiscard]] jackknife_estimate jackknife_through(double total, std::span<const double> without,
                                                   std::span<const std::int64_t> rows, To to,
                                                   Back back, double level = 0.95) noexcept {
    jackknife_estimate out = jackknife(total, without, rows, level);
    out.interval = {};
    if (without.size() > most_jackknife_groups) return out;
    double moved[most_jackknife_groups];
    for (std::size_t g = 0; g < without.size(); ++g) moved[g] = to(without[g]);
    const interval there = jackknife(to(total), {moved, without.size()}, rows, level).interval;
    if (is_defined(there)) out.interval = {back(there.lower), back(there.upper)};
    return out;
}

/// Of a share, through its log-odds. Where one group alone keeps it from 0 or 1 there are none, and
/// the interval is Wilson's of the number of trials that have the jackknife's error. Where groups
/// are all alike, as they must be at 0 and 1, Wilson's interval of as many trials as there are
/// groups with data stands in, which is wider than any that counts customers.
[[nodiscard]] inline jackknife_estimate jackknife_share(double total,
                                                        std::span<const double> without,
                                                        std::span<const std::int64_t> rows = {},
                                                        double level = 0.95) noexcept {
    using namespace stats_detail;
    jackknife_estimate out = jackknife_through(
        total, without, rows, [](double p) { return std::log(p) - std::log1p(-p); },
        [](double x) { return 1 / (1 + std::exp(-x)); }, level);
    if (is_defined(out.interval) || without.size() > most_jackknife_groups) return out;
    if (total == 0 || total == 1) {
        out.interval = wilson_interval(total == 0 ? 0 : out.groups, out.groups, level);
    } else if (out.error == 0) {
        out.interval = effective_wilson_interval(total, real(out.groups), two_sided_z(level));
    } else if (out.error > 0) {
        out.interval = effective_wilson_interval(total, total * (1 - total) / out.error / out.error,
                                                 two_sided_t(level, real(out.groups) - 1));
    }
    return out;
}

/// Of a figure above 0, through its logarithm.
[[nodiscard]] inline jackknife_estimate jackknife_positive(double total,
                                                           std::span<const double> without,
                                                           std::span<const std::int64_t> rows = {},
                                                           double level = 0.95) noexcept {
    return jackknife_through(
        total, without, rows, [](double x) { return std::log(x); },
        [](double x) { return std::exp(x); }, level);
}

/// Of a correlation, through Fisher's z.
[[nodiscard]] inline jackknife_estimate jackknife_correlation(
    double total, std::span<const double> without, std::span<const std::int64_t> rows = {},
    double level = 0.95) noexcept {
    return jackknife_through(
        total, without, rows, [](double r) { return std::atanh(r); },
        [](double z) { return std::tanh(z); }, level);
}

/// How two figures move together over the groups: the correlation of a₍g₎ and b₍g₎, 0 where one of
/// them does not move or is undefined somewhere.
[[nodiscard]] inline double jackknife_together(std::span<const double> a,
                                               std::span<const double> b) noexcept {
    if (a.size() != b.size() || a.empty()) return 0;
    double mean_a = 0, mean_b = 0, aa = 0, bb = 0, ab = 0;
    for (std::size_t g = 0; g < a.size(); ++g) {
        mean_a += (a[g] - a[0]) / stats_detail::real(a.size());
        mean_b += (b[g] - b[0]) / stats_detail::real(a.size());
    }
    for (std::size_t g = 0; g < a.size(); ++g) {
        const double x = a[g] - a[0] - mean_a, y = b[g] - b[0] - mean_b;
        aa += x * x;
        bb += y * y;
        ab += x * y;
    }
    return aa > 0 && bb > 0 ? std::clamp(ab / std::sqrt(aa) / std::sqrt(bb), -1.0, 1.0) : 0;
}

/// The jackknife of Σ numerator ÷ Σ denominator over groups of exact sums; groups without rows are
/// left out. Undefined where a denominator adds up to 0. At most 1,024 groups; more is undefined.
[[nodiscard]] inline jackknife_estimate jackknife_ratio(std::span<const std::int64_t> numerators,
                                                        std::span<const std::int64_t> denominators,
                                                        std::span<const std::int64_t> rows = {},
                                                        double level = 0.95) noexcept {
    using namespace stats_detail;
    if (numerators.size() != denominators.size() || numerators.size() > most_jackknife_groups)
        return {};
    int128 above = 0, below = 0;
    for (std::size_t g = 0; g < numerators.size(); ++g) {
        above += numerators[g];
        below += denominators[g];
    }
    double without[most_jackknife_groups];
    for (std::size_t g = 0; g < numerators.size(); ++g) {
        without[g] = ratio(above - numerators[g], below - denominators[g]);
    }
    return jackknife(ratio(above, below), {without, numerators.size()}, rows, level);
}

}  // namespace aiueo
