// stats › platt: from a score to a probability, by a logistic curve of two parameters. base ─►
// stats
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "aiueo/stats/figure.hpp"
#include "aiueo/stats/ranking.hpp"

namespace aiueo {

/// Why a curve has parameters, or has none.
enum class logistic_status : std::uint8_t {
    fitted,
    invalid,         ///< contradicting counts, or a score with observations that is not finite
    one_outcome,     ///< nobody, or nobody without the other outcome
    constant_score,  ///< everybody has the same score
    separated,       ///< a threshold tells the outcomes apart: the likelihood has no maximum
    not_converged,   ///< the scores' spread is beyond what doubles can follow
};

/// P(positive | score) = 1 ÷ (1 + exp(−(intercept + slope · score))).
struct logistic_curve {
    logistic_status status = logistic_status::invalid;
    double intercept = undefined;
    double slope = undefined;
    double intercept_error = undefined;  ///< standard errors, from the information matrix
    double slope_error = undefined;
    double covariance = undefined;      ///< of intercept and slope
    double log_likelihood = undefined;  ///< with smoothing: against the smoothed targets

    /// Undefined if the curve is.
    [[nodiscard]] double probability(double score) const noexcept {
        return 1 / (1 + std::exp(-(intercept + slope * score)));
    }
};

/// Targets of the fit: the outcomes as they are, or Platt's (P + 1)/(P + 2) for a positive and
/// 1/(N + 2) for a negative (Platt 1999), which keep a separated curve finite.
enum class platt_targets : std::uint8_t { plain, smoothed };

namespace stats_detail {

/// Σ over bins of a binomial likelihood with its gradient and information, in (β₀, β₁).
struct logistic_point {
    double likelihood = 0;
    double g0 = 0, g1 = 0;
    double h00 = 0, h01 = 0, h11 = 0;
};

struct logistic_problem {
    std::span<const double> scores;
    std::span<const std::int64_t> positives;
    std::span<const std::int64_t> negatives;
    double high = 1, low = 0;      // targets
    double middle = 0, scale = 1;  // scores enter as (score − middle) / scale

    [[nodiscard]] logistic_point at(double b0, double b1) const noexcept {
        logistic_point out;
        for (std::size_t i = 0; i < scores.size(); ++i) {
            const double m = real(positives[i] + negatives[i]);
            if (!(m > 0)) continue;
            const double p = real(positives[i]), n = real(negatives[i]);
            const double yes = p * high + n * low, no = p * (1 - high) + n * (1 - low);
            const double x = (scores[i] - middle) / scale;
            const double eta = b0 + b1 * x;
            // Of the two probabilities the smaller one, so that neither loses digits.
            const double tail = std::exp(-std::fabs(eta));
            const double small = tail / (1 + tail), large = 1 / (1 + tail);
            const double q1 = eta >= 0 ? large : small, q0 = eta >= 0 ? small : large;
            out.likelihood -= (eta >= 0 ? no : yes) * std::fabs(eta) + m * std::log1p(tail);
            const double residual = yes * q0 - no * q1, w = m * small * large;
            out.g0 += residual;
            out.g1 += residual * x;
            out.h00 += w;
            out.h01 += w * x;
            out.h11 += w * x * x;
        }
        return out;
    }
};

}  // namespace stats_detail

/// The logistic curve of largest likelihood through binned outcomes: bin i holds positives[i] and
/// negatives[i] observations of scores[i], in any order of bins. Newton's method on the
/// standardised score, halving a step that does not climb. Parameters are undefined unless the
/// status is `fitted`. Outcomes that a threshold separates, even with ties on it, have no finite
/// curve: with plain targets that is the status `separated`.
[[nodiscard]] inline logistic_curve fit_logistic(
    std::span<const double> scores, std::span<const std::int64_t> positives,
    std::span<const std::int64_t> negatives,
    platt_targets targets = platt_targets::plain) noexcept {
    using namespace stats_detail;
    logistic_curve out;
    const two_histograms t = totals(positives, negatives);
    if (!t.valid || scores.size() != positives.size()) return out;

    constexpr double infinity = std::numeric_limits<double>::infinity();
    double p_least = infinity, p_most = -infinity, n_least = infinity, n_most = -infinity;
    double sum = 0;
    for (std::size_t i = 0; i < scores.size(); ++i) {
        if (positives[i] + negatives[i] == 0) continue;
        if (!std::isfinite(scores[i])) return out;
        if (positives[i] > 0) {
            p_least = std::min(p_least, scores[i]);
            p_most = std::max(p_most, scores[i]);
        }
        if (negatives[i] > 0) {
            n_least = std::min(n_least, scores[i]);
            n_most = std::max(n_most, scores[i]);
        }
        sum += real(positives[i] + negatives[i]) * scores[i];
    }
    out.status = logistic_status::one_outcome;
    if (t.positives == 0 || t.negatives == 0) return out;
    out.status = logistic_status::constant_score;
    if (std::min(p_least, n_least) == std::max(p_most, n_most)) return out;
    out.status = logistic_status::separated;
    const bool apart = p_least >= n_most || n_least >= p_most;
    if (apart && targets == platt_targets::plain) return out;
    out.status = logistic_status::not_converged;

    const double p = real(t.positives), n = real(t.negatives);
    logistic_problem problem{scores, positives, negatives};
    if (targets == platt_targets::smoothed) {
        problem.high = (p + 1) / (p + 2);
        problem.low = 1 / (n + 2);
    }
    problem.middle = sum / (p + n);
    double squares = 0;
    for (std::size_t i = 0; i < scores.size(); ++i) {
        const std::int64_t size = positives[i] + negatives[i];
        if (size == 0) continue;
        squares += real(size) * (scores[i] - problem.middle) * (scores[i] - problem.middle);
    }
    problem.scale = std::sqrt(squares / (p + n));
    if (!(problem.scale > 0) || !std::isfinite(problem.scale)) return out;

    double b0 = std::log((p * problem.high + n * problem.low) /
                         (p * (1 - problem.high) + n * (1 - problem.low)));
    double b1 = 0;
    logistic_point here = problem.at(b0, b1);
    bool done = false;
    for (int round = 0; round < 200 && !done; ++round) {
        const double det = here.h00 * here.h11 - here.h01 * here.h01;
        double d0 = (here.h11 * here.g0 - here.h01 * here.g1) / det;
        double d1 = (here.h00 * here.g1 - here.h01 * here.g0) / det;
        if (!(det > 0) || !std::isfinite(d0) || !std::isfinite(d1)) return out;
        done = std::max(std::fabs(d0), std::fabs(d1)) <=
               1e-13 * (1 + std::max(std::fabs(b0), std::fabs(b1)));
        // A likelihood is known to about this; less of a fall is none.
        const double noise = 1e-13 * std::fabs(here.likelihood);
        logistic_point next = problem.at(b0 + d0, b1 + d1);
        for (int halving = 0; halving < 60 && !(next.likelihood >= here.likelihood - noise);
             ++halving) {
            d0 /= 2;
            d1 /= 2;
            next = problem.at(b0 + d0, b1 + d1);
        }
        b0 += d0;
        b1 += d1;
        here = next;
    }
    const double det = here.h00 * here.h11 - here.h01 * here.h01;
    if (!done || !(det > 0)) return out;
    const double v00 = here.h11 / det, v01 = -here.h01 / det, v11 = here.h00 / det;
    const double shift = problem.middle / problem.scale;
    out.status = logistic_status::fitted;
    out.slope = b1 / problem.scale;
    out.intercept = b0 - b1 * shift;
    out.slope_error = std::sqrt(v11) / problem.scale;
    out.intercept_error = std::sqrt(v00 - 2 * shift * v01 + shift * shift * v11);
    out.covariance = (v01 - v11 * shift) / problem.scale;
    out.log_likelihood = here.likelihood;
    return out;
}

}  // namespace aiueo
