// stats › calibration: are predicted probabilities what happens? base ─► stats
//
// Input are bins: predicted[i] is the probability given to all positives[i] + negatives[i]
// observations of bin i. A bin with observations and a prediction outside [0, 1] contradicts
// itself.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "aiueo/stats/distributions.hpp"
#include "aiueo/stats/figure.hpp"
#include "aiueo/stats/intervals.hpp"
#include "aiueo/stats/ranking.hpp"

namespace aiueo {

namespace stats_detail {

/// How many observations; no_total if the bins contradict themselves.
[[nodiscard]] inline std::int64_t predictions(std::span<const double> predicted,
                                              std::span<const std::int64_t> positives,
                                              std::span<const std::int64_t> negatives) noexcept {
    const two_histograms t = totals(positives, negatives);
    if (!t.valid || predicted.size() != positives.size()) return no_total;
    for (std::size_t i = 0; i < predicted.size(); ++i) {
        if (positives[i] + negatives[i] > 0 && !(predicted[i] >= 0 && predicted[i] <= 1)) {
            return no_total;
        }
    }
    return t.positives + t.negatives;
}

}  // namespace stats_detail

struct probability_scores {
    std::int64_t n = 0;
    double rate = undefined;  ///< positives ÷ n
    double mean_predicted = undefined;
    double brier = undefined;     ///< mean (y − p)² = reliability − resolution + uncertainty
    double log_loss = undefined;  ///< mean −ln p of what happened, in nats
    double reliability = undefined;  ///< mean (p − rate of the bin)²
    double resolution = undefined;   ///< mean (rate of the bin − rate)²
    double uncertainty = undefined;  ///< rate (1 − rate)
    double skill = undefined;        ///< 1 − brier ÷ uncertainty; undefined where that is 0
};

/// Brier score (Brier 1950) with its decomposition over the predictions that differ (Murphy 1973:
/// bins with equal predictions are to be one bin), and log loss, where p is kept 2⁻⁵² away from 0
/// and 1 as scikit-learn does. Undefined without observations.
[[nodiscard]] inline probability_scores score_probabilities(
    std::span<const double> predicted, std::span<const std::int64_t> positives,
    std::span<const std::int64_t> negatives) noexcept {
    using namespace stats_detail;
    probability_scores out;
    const std::int64_t n = predictions(predicted, positives, negatives);
    if (n <= 0) return out;
    out.n = n;
    const std::int64_t all_positives = total_of(positives);
    const double rate = ratio(all_positives, n);
    constexpr double least = std::numeric_limits<double>::epsilon();
    double mean = 0, brier = 0, loss = 0, reliability = 0, resolution = 0;
    for (std::size_t i = 0; i < predicted.size(); ++i) {
        const std::int64_t size = positives[i] + negatives[i];
        if (size == 0) continue;
        const double p = predicted[i], yes = real(positives[i]), no = real(negatives[i]);
        const double seen = ratio(positives[i], size);
        const double safe = std::clamp(p, least, 1 - least);
        mean += real(size) * p;
        brier += yes * (1 - p) * (1 - p) + no * p * p;
        loss -= yes * std::log(safe) + no * std::log1p(-safe);
        reliability += real(size) * (p - seen) * (p - seen);
        const double apart =
            ratio(int128{positives[i]} * n - int128{all_positives} * size, int128{size} * n);
        resolution += real(size) * apart * apart;
    }
    out.rate = rate;
    out.mean_predicted = mean / real(n);
    out.brier = brier / real(n);
    out.log_loss = loss / real(n);
    out.reliability = reliability / real(n);
    out.resolution = resolution / real(n);
    out.uncertainty = rate * ratio(n - all_positives, n);
    if (out.uncertainty > 0) out.skill = 1 - out.brier / out.uncertainty;
    return out;
}

/// One line of a calibration table.
struct calibration_row {
    double predicted = undefined;  ///< mean
    std::int64_t n = 0;
    std::int64_t positives = 0;
    double rate = undefined;
    aiueo::interval interval;  ///< Wilson's, of the rate
};

/// Which of so many ranges of equal width a probability lies in.
[[nodiscard]] inline std::size_t calibration_range(double p, std::size_t ranges) noexcept {
    const std::size_t last = ranges - 1;
    const double width = stats_detail::real(ranges);
    // The product may round across an edge; the edge as written decides.
    std::size_t k = std::min(last, static_cast<std::size_t>(p * width));
    if (k < last && p >= stats_detail::real(k + 1) / width) ++k;
    if (k > 0 && p < stats_detail::real(k) / width) --k;
    return k;
}

/// Bins pooled into rows.size() ranges of equal width: row k holds predictions in [k/B, (k + 1)/B),
/// the last one 1 too. A row without observations has n = 0 and undefined figures. False, and all
/// rows such, for bins that contradict themselves.
inline bool calibration_table(std::span<const double> predicted,
                              std::span<const std::int64_t> positives,
                              std::span<const std::int64_t> negatives,
                              std::span<calibration_row> rows, double level = 0.95) noexcept {
    using namespace stats_detail;
    std::fill(rows.begin(), rows.end(), calibration_row{});
    if (rows.empty() || predictions(predicted, positives, negatives) == no_total) return false;
    for (std::size_t i = 0; i < predicted.size(); ++i) {
        const std::int64_t size = positives[i] + negatives[i];
        if (size == 0) continue;
        const double p = predicted[i];
        calibration_row& row = rows[calibration_range(p, rows.size())];
        row.predicted = (row.n == 0 ? 0.0 : row.predicted) + real(size) * p;
        row.n += size;
        row.positives += positives[i];
    }
    for (calibration_row& row : rows) {
        if (row.n == 0) continue;
        row.predicted /= real(row.n);
        row.rate = ratio(row.positives, row.n);
        row.interval = wilson_interval(row.positives, row.n, level);
    }
    return true;
}

/// Σ n |rate − predicted| ÷ Σ n over the rows (Naeini et al. 2015). It depends on the rows chosen.
[[nodiscard]] inline double expected_calibration_error(
    std::span<const calibration_row> rows) noexcept {
    double sum = 0;
    std::int64_t n = 0;
    for (const calibration_row& row : rows) {
        if (row.n == 0) continue;
        sum += stats_detail::real(row.n) * std::fabs(row.rate - row.predicted);
        n += row.n;
    }
    return n == 0 ? undefined : sum / stats_detail::real(n);
}

/// Hosmer–Lemeshow statistic over the bins with observations: Σ (positives − n p)² ÷ (n p (1 − p)),
/// with bins − `fitted` degrees of freedom: 2 where the curve was fitted to these observations
/// (Hosmer, Lemeshow 1980), 0 where it was not. Undefined if that leaves none, or if a prediction
/// of 0 or 1 has observations.
[[nodiscard]] inline test_result hosmer_lemeshow(std::span<const double> predicted,
                                                 std::span<const std::int64_t> positives,
                                                 std::span<const std::int64_t> negatives,
                                                 std::int64_t fitted = 2) noexcept {
    using namespace stats_detail;
    if (predictions(predicted, positives, negatives) == no_total || fitted < 0) return {};
    double sum = 0;
    std::int64_t used = 0;
    for (std::size_t i = 0; i < predicted.size(); ++i) {
        const double n = real(positives[i] + negatives[i]), p = predicted[i];
        if (!(n > 0)) continue;
        const double variance = n * p * (1 - p);
        if (!(variance > 0)) return {};
        const double apart = real(positives[i]) - n * p;
        sum += apart * apart / variance;
        ++used;
    }
    const std::int64_t degrees = used - fitted;
    if (degrees <= 0) return {};
    return {sum, chi_squared_sf(sum, real(degrees)), degrees};
}

}  // namespace aiueo
