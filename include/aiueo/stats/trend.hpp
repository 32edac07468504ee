// stats › trend: does a rate rise along ordered groups? base ─► stats
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include "aiueo/stats/distributions.hpp"
#include "aiueo/stats/figure.hpp"
#include "aiueo/stats/intervals.hpp"

namespace aiueo {

namespace stats_detail {

[[nodiscard]] inline bool are_proportions(std::span<const std::int64_t> x,
                                          std::span<const std::int64_t> n) noexcept {
    if (x.size() != n.size() || total_of(n) == no_total) return false;
    for (std::size_t i = 0; i < x.size(); ++i) {
        if (x[i] < 0 || x[i] > n[i]) return false;
    }
    return true;
}

}  // namespace stats_detail

/// Cochran–Armitage test (Armitage 1955; the binomial variance, as R's prop.trend.test):
/// z = Σ sᵢ (xᵢ − nᵢ p) ÷ √(p (1 − p) (Σ nᵢ sᵢ² − (Σ nᵢ sᵢ)²/N)), p = X/N; positive when the rate
/// rises. `positions` are the groups' sᵢ, |sᵢ| ≤ 10^6; none given: 0, 1, 2 … Groups without trials
/// say nothing. Undefined if all groups with trials share one position, or all or no trials
/// succeeded.
[[nodiscard]] inline test_result cochran_armitage(
    std::span<const std::int64_t> successes, std::span<const std::int64_t> trials,
    std::span<const std::int64_t> positions = {}) noexcept {
    using namespace stats_detail;
    constexpr std::int64_t furthest = 1000000;
    if (!are_proportions(successes, trials)) return {};
    if (!positions.empty() && positions.size() != trials.size()) return {};
    int128 x = 0, n = 0, sx = 0, sn = 0, ssn = 0;
    for (std::size_t i = 0; i < trials.size(); ++i) {
        const int128 s = positions.empty() ? static_cast<int128>(i) : int128{positions[i]};
        if (s > furthest || s < -furthest) return {};
        x += successes[i];
        n += trials[i];
        sx += s * successes[i];
        sn += s * trials[i];
        ssn += s * s * trials[i];
    }
    const int128 spread = n * ssn - sn * sn;
    if (x == 0 || x == n || spread == 0) return {};
    const double z =
        real(n * sx - x * sn) / std::sqrt(real(x * (n - x))) * std::sqrt(real(n) / real(spread));
    return {z, normal_two_sided(z), 0};
}

/// Two neighbouring groups between which the rate falls.
struct violation {
    std::size_t before = 0;
    std::size_t after = 0;
    double difference = undefined;  ///< rate after − rate before, below 0
    aiueo::interval interval;       ///< of the difference, Newcombe's
};

/// Every fall of the rate from one group with trials to the next one with trials, in order, as far
/// as `out` has room (one less than the groups is enough). Returns how many there are; 0 for input
/// that contradicts itself.
inline std::size_t monotonicity_violations(std::span<const std::int64_t> successes,
                                           std::span<const std::int64_t> trials,
                                           std::span<violation> out, double level = 0.95) noexcept {
    using namespace stats_detail;
    if (!are_proportions(successes, trials)) return 0;
    std::size_t found = 0, before = trials.size();
    for (std::size_t i = 0; i < trials.size(); ++i) {
        if (trials[i] == 0) continue;
        if (before < i &&
            int128{successes[i]} * trials[before] < int128{successes[before]} * trials[i]) {
            if (found < out.size()) {
                const estimate d = newcombe_difference(successes[i], trials[i], successes[before],
                                                       trials[before], level);
                out[found] = {before, i, d.value, d.interval};
            }
            ++found;
        }
        before = i;
    }
    return found;
}

}  // namespace aiueo
