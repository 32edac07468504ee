// stats › ranking: how well a score tells the positives from the negatives. base ─► stats
//
// Input are two histograms over the same bins, in ascending order of the score: positives[i] and
// negatives[i] observations share the i-th value, so those of one bin are ties. Observations
// without a score are the caller's to leave out. A score that is the same for all, or an outcome
// that is, leaves every figure undefined.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include "aiueo/stats/distributions.hpp"
#include "aiueo/stats/figure.hpp"
#include "aiueo/stats/intervals.hpp"

namespace aiueo {

namespace stats_detail {

struct two_histograms {
    std::int64_t positives = 0;
    std::int64_t negatives = 0;
    bool valid = false;  ///< counts that agree with each other
    bool ranks = false;  ///< both outcomes, and at least two bins with anyone in them
};

[[nodiscard]] inline two_histograms totals(std::span<const std::int64_t> positives,
                                           std::span<const std::int64_t> negatives) noexcept {
    two_histograms out{total_of(positives), total_of(negatives), false, false};
    if (positives.size() != negatives.size() || out.positives == no_total ||
        out.negatives == no_total || out.positives + out.negatives >= counts_limit) {
        return out;
    }
    out.valid = true;
    std::size_t used = 0;
    for (std::size_t i = 0; i < positives.size(); ++i) {
        used += positives[i] + negatives[i] > 0 ? 1u : 0u;
    }
    out.ranks = out.positives > 0 && out.negatives > 0 && used >= 2;
    return out;
}

}  // namespace stats_detail

struct ranking {
    std::int64_t positives = 0;
    std::int64_t negatives = 0;
    double auc = undefined;      ///< P(s⁺ > s⁻) + ½ P(tie), rounded once
    double error = undefined;    ///< DeLong's standard error of auc
    double degrees = undefined;  ///< of freedom of that error: Brunner, Munzel 2000
    aiueo::interval interval;    ///< auc ± z · error, within [0, 1]
    double gini = undefined;     ///< 2 auc − 1
    double ks = undefined;       ///< largest gap of the two distribution functions, above 0
    std::size_t ks_bin = 0;      ///< the bin up to which the gap is largest; the first of equals
};

/// AUC, Gini and Kolmogorov–Smirnov's distance. The error is that of DeLong, DeLong, Clarke-Pearson
/// 1988 and needs two observations of each outcome. Where the two outcomes do not overlap, error
/// and width are 0 by that formula.
[[nodiscard]] inline ranking rank_statistics(std::span<const std::int64_t> positives,
                                             std::span<const std::int64_t> negatives,
                                             double level = 0.95) noexcept {
    using namespace stats_detail;
    ranking out;
    const two_histograms t = totals(positives, negatives);
    if (!t.valid) return out;
    out.positives = t.positives;
    out.negatives = t.negatives;
    if (!t.ranks) return out;

    const int128 p = t.positives, n = t.negatives;
    int128 twice = 0, gap = 0, p_below = 0, n_below = 0;  // twice the pairs won
    for (std::size_t i = 0; i < positives.size(); ++i) {
        twice += positives[i] * (2 * n_below + negatives[i]);
        p_below += positives[i];
        n_below += negatives[i];
        const int128 apart = p_below * n - n_below * p;
        const int128 size = apart < 0 ? -apart : apart;
        if (size > gap) {
            gap = size;
            out.ks_bin = i;
        }
    }
    out.auc = ratio(twice, 2 * p * n);
    out.gini = ratio(twice - p * n, p * n);
    out.ks = ratio(gap, p * n);

    if (p < 2 || n < 2) return out;
    // A bin's positives have (2 n_below + ties) / 2n of the negatives below or beside them, on
    // average twice / 2pn; likewise the negatives. Subtracted before they are rounded.
    double p_squares = 0, n_squares = 0;
    p_below = n_below = 0;
    for (std::size_t i = 0; i < positives.size(); ++i) {
        const double won = ratio((2 * n_below + negatives[i]) * p - twice, 2 * p * n);
        const double lost = ratio((2 * (p - p_below) - positives[i]) * n - twice, 2 * p * n);
        p_squares += real(positives[i]) * won * won;
        n_squares += real(negatives[i]) * lost * lost;
        p_below += positives[i];
        n_below += negatives[i];
    }
    const double of_p = p_squares / real(p - 1) / real(p), of_n = n_squares / real(n - 1) / real(n);
    out.error = std::sqrt(of_p + of_n);
    if (of_p + of_n > 0) {
        out.degrees =
            (of_p + of_n) * (of_p + of_n) / (of_p * of_p / real(p - 1) + of_n * of_n / real(n - 1));
    }
    const double z = two_sided_z(level);
    if (!is_defined(z)) return out;
    out.interval = {std::max(0.0, out.auc - z * out.error), std::min(1.0, out.auc + z * out.error)};
    return out;
}

/// The AUC's interval for few observations of an outcome: DeLong's error, `wider` times, on the
/// log-odds scale (Pepe 2003, 5.2.3) with t of Brunner and Munzel's degrees. For many of both it is
/// that of rank_statistics(). Undefined where the error is 0: a perfect order of few is no proof of
/// one.
[[nodiscard]] inline interval auc_interval(const ranking& of, double wider = 1,
                                           double level = 0.95) noexcept {
    const double spread = of.auc * (1 - of.auc);
    if (!(of.error > 0) || !(spread > 0)) return {};
    const interval there = wald_t_interval(std::log(of.auc) - std::log1p(-of.auc),
                                           of.error * wider / spread, of.degrees, level);
    if (!is_defined(there)) return {};
    return {1 / (1 + std::exp(-there.lower)), 1 / (1 + std::exp(-there.upper))};
}

/// Which end of the score is taken first.
enum class ranked_from : std::uint8_t { highest, lowest };

/// A part of the population, chosen by score.
struct selection {
    double customers = undefined;  ///< how many; a fraction where a bin was cut
    double positives = undefined;  ///< of them
    double share = undefined;      ///< of all customers
    double rate = undefined;       ///< positives ÷ customers
    double capture = undefined;    ///< positives ÷ all positives
    double lift = undefined;       ///< rate ÷ the rate of all
};

/// The `share` of all with the highest (lowest) scores, 0 < share ≤ 1. Of the bin at the edge a
/// part is taken, as if its members stood in random order: positives are then an expectation.
/// Undefined if nobody or everybody is positive; a constant score has lift 1.
[[nodiscard]] inline selection top_share(std::span<const std::int64_t> positives,
                                         std::span<const std::int64_t> negatives, double share,
                                         ranked_from from = ranked_from::highest) noexcept {
    using namespace stats_detail;
    const two_histograms t = totals(positives, negatives);
    if (!t.valid || t.positives == 0 || t.negatives == 0 || !(share > 0 && share <= 1)) return {};
    const double all = real(t.positives + t.negatives), base = real(t.positives) / all;
    selection out{share * all, 0, share, undefined, undefined, undefined};
    std::int64_t taken = 0, won = 0;
    for (std::size_t k = 0; k < positives.size(); ++k) {
        const std::size_t i = from == ranked_from::highest ? positives.size() - 1 - k : k;
        const std::int64_t size = positives[i] + negatives[i];
        if (real(taken + size) > out.customers) {
            const double rest = out.customers - real(taken);
            out.positives = real(won) + real(positives[i]) * (rest / real(size));
            break;
        }
        taken += size;
        won += positives[i];
        out.positives = real(won);
    }
    out.rate = out.positives / out.customers;
    out.capture = out.positives / real(t.positives);
    out.lift = out.rate / base;
    return out;
}

/// The bins [first, last). Undefined if they are empty or not there; rate, capture and lift exact.
[[nodiscard]] inline selection band_of(std::span<const std::int64_t> positives,
                                       std::span<const std::int64_t> negatives, std::size_t first,
                                       std::size_t last) noexcept {
    using namespace stats_detail;
    const two_histograms t = totals(positives, negatives);
    if (!t.valid || t.positives == 0 || t.negatives == 0) return {};
    if (first >= last || last > positives.size()) return {};
    const int128 won = total_of(positives.subspan(first, last - first));
    const int128 size = won + total_of(negatives.subspan(first, last - first));
    if (size == 0) return {};
    const int128 all = t.positives + t.negatives;
    return {real(size),
            real(won),
            ratio(size, all),
            ratio(won, size),
            ratio(won, t.positives),
            ratio(won * all, size * t.positives)};
}

}  // namespace aiueo
