// stats › intervals: of proportions, their differences, and estimates with an error. base ─► stats
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "aiueo/stats/distributions.hpp"
#include "aiueo/stats/figure.hpp"

namespace aiueo {

/// Wilson's score interval of x of n (Wilson 1927). 8 of 10 → 0.490162, 0.943318. Undefined for
/// n = 0. The lower bound of 0 of n is 0, the upper bound of n of n is 1.
[[nodiscard]] inline interval wilson_interval(std::int64_t x, std::int64_t n,
                                              double level = 0.95) noexcept {
    using namespace stats_detail;
    const double z = two_sided_z(level);
    if (!is_proportion(x, n) || !is_defined(z)) return {};
    const double size = real(n), z2 = z * z;
    const double middle = real(x) + z2 / 2;
    const double half = z * std::sqrt(real(x) * (real(n - x) / size) + z2 / 4);
    return {x == 0 ? 0.0 : std::max(0.0, (middle - half) / (size + z2)),
            x == n ? 1.0 : std::min(1.0, (middle + half) / (size + z2))};
}

/// Wilson's interval of a share that was not counted but estimated: `effective` is the number of
/// independent trials that would have its error, share (1 − share) ÷ error², `quantile` the
/// normal's or t's (Dean, Pagano 2015). Undefined outside [0, 1] and where the number is not above
/// 0.
[[nodiscard]] inline interval effective_wilson_interval(double share, double effective,
                                                        double quantile) noexcept {
    if (!(share >= 0 && share <= 1 && effective > 0 && quantile > 0)) return {};
    const double q2 = quantile * quantile / effective;
    const double middle = (share + q2 / 2) / (1 + q2);
    const double half =
        quantile * std::sqrt(share * (1 - share) / effective + q2 / effective / 4) / (1 + q2);
    if (!std::isfinite(middle) || !std::isfinite(half)) return {};
    return {share == 0 ? 0.0 : std::max(0.0, middle - half),
            share == 1 ? 1.0 : std::min(1.0, middle + half)};
}

/// Jeffreys' interval of x of n: the equal tails of Beta(x + ½, n − x + ½), with 0 as the lower
/// bound of 0 of n and 1 as the upper bound of n of n (Brown, Cai, DasGupta 2001). 8 of 10 →
/// 0.497226, 0.955940. Undefined for n = 0.
[[nodiscard]] inline interval jeffreys_interval(std::int64_t x, std::int64_t n,
                                                double level = 0.95) noexcept {
    using namespace stats_detail;
    if (!is_proportion(x, n) || !is_share(level)) return {};
    const double a = real(x) + 0.5, b = real(n - x) + 0.5, tail = (1.0 - level) / 2;
    return {x == 0 ? 0.0 : beta_quantile(tail, a, b),
            x == n ? 1.0 : beta_upper_quantile(tail, a, b)};
}

/// x₁/n₁ − x₀/n₀ with Newcombe's hybrid score interval (Newcombe 1998, method 10). The error is
/// not used and undefined. Undefined if either n is 0.
[[nodiscard]] inline estimate newcombe_difference(std::int64_t x1, std::int64_t n1, std::int64_t x0,
                                                  std::int64_t n0, double level = 0.95) noexcept {
    using namespace stats_detail;
    const interval i1 = wilson_interval(x1, n1, level), i0 = wilson_interval(x0, n0, level);
    if (!is_defined(i1) || !is_defined(i0)) return {};
    const double p1 = real(x1) / real(n1), p0 = real(x0) / real(n0);
    const double value = ratio(int128{x1} * n0 - int128{x0} * n1, int128{n1} * n0);
    return {value,
            undefined,
            {value - std::hypot(p1 - i1.lower, i0.upper - p0),
             value + std::hypot(i1.upper - p1, p0 - i0.lower)}};
}

/// The interval of a − b from those of a and b and the correlation of their estimates (MOVER: Zou,
/// Donner 2008; Newcombe's is that of two Wilson intervals without correlation). A bound may be
/// infinite where a given one is. Undefined if anything given is.
[[nodiscard]] inline interval mover_difference(double a, const interval& of_a, double b,
                                               const interval& of_b,
                                               double correlation = 0) noexcept {
    const auto apart = [correlation](double one, double other) {
        if (std::isinf(one) || std::isinf(other)) return std::hypot(one, other);
        return std::sqrt(std::max(0.0, one * one + other * other - 2 * correlation * one * other));
    };
    const double value = a - b;
    const interval out{value - apart(a - of_a.lower, of_b.upper - b),
                       value + apart(of_a.upper - a, b - of_b.lower)};
    return is_defined(out) ? out : interval{};
}

/// The rate of x of n drawn toward `mean` as if `weight` more had been seen there:
/// p̃ = (x + M μ) / (n + M), interval from the equal tails of Beta(x + M μ, n − x + M (1 − μ)).
/// The error is that beta distribution's standard deviation. n may be 0 if M > 0. Undefined if
/// μ is not in [0, 1] or M is negative; where the beta distribution is a single point (μ and x both
/// 0, or both all), the rate is defined and its error and interval are not.
[[nodiscard]] inline estimate shrunken_rate(std::int64_t x, std::int64_t n, double mean,
                                            double weight = 10, double level = 0.95) noexcept {
    using namespace stats_detail;
    const bool fits = n == 0 ? x == 0 : is_proportion(x, n);
    if (!fits || !(mean >= 0 && mean <= 1) || !(weight >= 0) || std::isinf(weight)) return {};
    const double a = real(x) + weight * mean, b = real(n - x) + weight * (1 - mean);
    const double size = real(n) + weight;
    if (!(size > 0)) return {};
    if (!(a > 0) || !(b > 0)) return {a / size, undefined, {}};
    estimate out{a / size, std::sqrt((a / size) * (b / size) / (size + 1)), {}};
    if (is_share(level)) {
        const double tail = (1.0 - level) / 2;
        out.interval = {beta_quantile(tail, a, b), beta_upper_quantile(tail, a, b)};
    }
    return out;
}

/// value ± t · error with `df` degrees of freedom. Undefined if any of them is, or the error is
/// negative.
[[nodiscard]] inline interval wald_t_interval(double value, double error, double df,
                                              double level = 0.95) noexcept {
    const double half = stats_detail::two_sided_t(level, df) * error;
    if (!std::isfinite(value) || !std::isfinite(half) || error < 0) return {};
    return {value - half, value + half};
}

/// value ± z · error.
[[nodiscard]] inline interval wald_interval(double value, double error,
                                            double level = 0.95) noexcept {
    const double half = stats_detail::two_sided_z(level) * error;
    if (!std::isfinite(value) || !std::isfinite(half) || error < 0) return {};
    return {value - half, value + half};
}

}  // namespace aiueo
