// stats › information: how much bins tell of an outcome, and how far they moved. base ─► stats
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include "aiueo/stats/distributions.hpp"
#include "aiueo/stats/figure.hpp"
#include "aiueo/stats/ranking.hpp"

namespace aiueo {

struct information {
    double value = undefined;  ///< Σ (gᵢ − bᵢ) ln(gᵢ/bᵢ), in nats, ≥ 0
    std::size_t bins = 0;      ///< with anyone in them
};

/// Information value of bins (Kullback's divergence, both ways): gᵢ and bᵢ are the shares of the
/// positives and of the negatives in bin i, from counts with ½ added to each cell. A bin in which
/// there is nobody is no bin; unknown is one, if the caller passes it. The order of the bins does
/// not matter to the value. `evidence`, where given, gets each bin's ln(gᵢ/bᵢ) (weight of evidence;
/// undefined for a bin with nobody). Undefined if an outcome or a second bin is missing.
inline information information_value(std::span<const std::int64_t> positives,
                                     std::span<const std::int64_t> negatives,
                                     std::span<double> evidence = {}) noexcept {
    using namespace stats_detail;
    const two_histograms t = totals(positives, negatives);
    std::fill(evidence.begin(), evidence.end(), undefined);
    information out;
    if (!t.valid || (!evidence.empty() && evidence.size() != positives.size())) return out;
    for (std::size_t i = 0; i < positives.size(); ++i) {
        out.bins += positives[i] + negatives[i] > 0 ? 1u : 0u;
    }
    if (!t.ranks) return out;
    const double good = real(t.positives) + 0.5 * real(out.bins);
    const double bad = real(t.negatives) + 0.5 * real(out.bins);
    out.value = 0;
    for (std::size_t i = 0; i < positives.size(); ++i) {
        if (positives[i] + negatives[i] == 0) continue;
        const double g = (real(positives[i]) + 0.5) / good, b = (real(negatives[i]) + 0.5) / bad;
        const double weight = std::log(g / b);
        if (!evidence.empty()) evidence[i] = weight;
        out.value += (g - b) * weight;
    }
    return out;
}

/// How far a distribution moved between two times.
struct stability {
    double value = undefined;      ///< PSI = Σ (aᵢ − eᵢ) ln(aᵢ/eᵢ), ≥ 0
    double threshold = undefined;  ///< above it is more than chance and more than little
    std::size_t bins = 0;          ///< with anyone in them, then or now
    bool alarm = false;            ///< value > threshold
};

/// Population stability index of counts then (`expected`) and now (`actual`), by bin. An empty cell
/// counts ½ and shares are of the totals after that; a bin empty both times is no bin. Shares
/// [.1,.2,.4,.3] and [.2,.25,.35,.2] → 0.127695. threshold = max(0.1, (1/N + 1/M) χ²_{B−1, 0.99}):
/// without drift PSI is about (1/N + 1/M) χ²_{B−1} (Yurdakul 2018), and below 0.1 it is not worth a
/// look. N and M are the totals, or `then` and `now` where given: counts of several months hold
/// the same customers more than once, and chance goes by customers. Undefined if either time has
/// nobody, or all were in one bin both times.
[[nodiscard]] inline stability population_stability(std::span<const std::int64_t> expected,
                                                    std::span<const std::int64_t> actual,
                                                    std::int64_t then = 0,
                                                    std::int64_t now = 0) noexcept {
    using namespace stats_detail;
    const two_histograms t = totals(expected, actual);
    stability out;
    if (!t.valid) return out;
    double before = 0, after = 0;
    const auto count = [](std::int64_t n) { return n == 0 ? 0.5 : real(n); };
    for (std::size_t i = 0; i < expected.size(); ++i) {
        if (expected[i] + actual[i] == 0) continue;
        ++out.bins;
        before += count(expected[i]);
        after += count(actual[i]);
    }
    if (!t.ranks) return out;
    out.value = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        if (expected[i] + actual[i] == 0) continue;
        const double e = count(expected[i]) / before, a = count(actual[i]) / after;
        out.value += (a - e) * std::log(a / e);
    }
    const double chance =
        1 / real(then > 0 ? then : t.positives) + 1 / real(now > 0 ? now : t.negatives);
    out.threshold = std::max(0.1, chance * chi_squared_quantile(0.99, real(out.bins) - 1));
    out.alarm = out.value > out.threshold;
    return out;
}

}  // namespace aiueo
