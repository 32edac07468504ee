// stats › convolution: how many of several groups succeed, as a distribution. base ─► stats
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "aiueo/stats/figure.hpp"

namespace aiueo {

/// `trials` independent tries that succeed with `probability`.
struct binomial_group {
    std::int64_t trials = 0;
    double probability = undefined;
};

/// More trials than this in one group are a contradiction.
inline constexpr std::int64_t convolution_trials = 1000000;

/// Counts first, first + 1 … have the probabilities of `mass`; all others less than 2⁻¹⁰⁰ each,
/// given as 0. An empty mass is an undefined distribution.
class count_distribution {
public:
    count_distribution() = default;
    count_distribution(std::int64_t first, std::vector<double> mass)
        : first_(first), mass_(std::move(mass)) {}

    [[nodiscard]] bool is_defined() const noexcept { return !mass_.empty(); }
    [[nodiscard]] std::int64_t first() const noexcept { return first_; }
    [[nodiscard]] std::span<const double> mass() const noexcept { return mass_; }

    /// P(count = k).
    [[nodiscard]] double pmf(std::int64_t k) const noexcept {
        if (!is_defined()) return undefined;
        return k < first_ || k >= end() ? 0.0 : mass_[static_cast<std::size_t>(k - first_)];
    }

    /// P(count ≤ k), and P(count > k): each adds up its own tail, the smallest first.
    [[nodiscard]] double cdf(std::int64_t k) const noexcept {
        if (!is_defined()) return undefined;
        if (k >= end() - 1) return 1.0;
        double sum = 0;
        for (std::int64_t i = first_; i <= k; ++i) sum += pmf(i);
        return std::min(1.0, sum);
    }
    [[nodiscard]] double sf(std::int64_t k) const noexcept {
        if (!is_defined()) return undefined;
        if (k < first_) return 1.0;
        double sum = 0;
        for (std::int64_t i = end() - 1; i > k; --i) sum += pmf(i);
        return std::min(1.0, sum);
    }

    /// The smallest k with P(count ≤ k) ≥ p, less 10⁻¹² for rounding; 0 < p < 1. −1 if undefined.
    [[nodiscard]] std::int64_t quantile(double p) const noexcept {
        if (!is_defined() || !(p > 0 && p < 1)) return -1;
        double sum = 0;
        for (std::int64_t i = first_; i < end(); ++i) {
            sum += pmf(i);
            if (sum >= p - 1e-12) return i;
        }
        return end() - 1;
    }

    [[nodiscard]] double mean() const noexcept {
        if (!is_defined()) return undefined;
        double sum = 0;
        for (std::size_t i = 0; i < mass_.size(); ++i) sum += stats_detail::real(i) * mass_[i];
        return stats_detail::real(first_) + sum;
    }
    [[nodiscard]] double variance() const noexcept {
        if (!is_defined()) return undefined;
        const double middle = mean() - stats_detail::real(first_);
        double sum = 0;
        for (std::size_t i = 0; i < mass_.size(); ++i) {
            const double apart = stats_detail::real(i) - middle;
            sum += apart * apart * mass_[i];
        }
        return sum;
    }

private:
    [[nodiscard]] std::int64_t end() const noexcept {
        return first_ + static_cast<std::int64_t>(mass_.size());
    }

    std::int64_t first_ = 0;
    std::vector<double> mass_;
};

namespace stats_detail {

inline constexpr double least_mass = 0x1p-100;

/// Without the ends that are below `least`.
[[nodiscard]] inline count_distribution trimmed(std::int64_t first, std::vector<double> mass,
                                                double least = least_mass) {
    std::size_t from = 0, to = mass.size();
    while (to - from > 1 && mass[from] < least) ++from;
    while (to - from > 1 && mass[to - 1] < least) --to;
    mass.erase(mass.begin() + static_cast<std::ptrdiff_t>(to), mass.end());
    mass.erase(mass.begin(), mass.begin() + static_cast<std::ptrdiff_t>(from));
    return {first + static_cast<std::int64_t>(from), std::move(mass)};
}

/// A binomial, from its mode outward by the ratio of neighbours, then divided by its sum: no
/// factorial and no power, so nothing overflows.
[[nodiscard]] inline count_distribution binomial(const binomial_group& group,
                                                 double least = least_mass) {
    const std::int64_t n = group.trials;
    const double p = group.probability;
    if (p == 0 || n == 0) return {0, {1.0}};
    if (p == 1) return {n, {1.0}};
    const double odds = p / (1 - p);
    const auto mode = std::min(n, static_cast<std::int64_t>(real(n + 1) * p));
    std::vector<double> below, mass;  // below: downward from the mode
    double value = 1;
    for (std::int64_t k = mode; k > 0; --k) {
        value *= real(k) / (real(n - k + 1) * odds);
        if (value < least) break;
        below.push_back(value);
    }
    const std::int64_t first = mode - static_cast<std::int64_t>(below.size());
    mass.assign(below.rbegin(), below.rend());
    mass.push_back(1);
    value = 1;
    for (std::int64_t k = mode; k < n; ++k) {
        value *= real(n - k) * odds / real(k + 1);
        if (value < least) break;
        mass.push_back(value);
    }
    double sum = 0;
    for (const double m : mass) sum += m;
    for (double& m : mass) m /= sum;
    return {first, std::move(mass)};
}

[[nodiscard]] inline count_distribution convolved(const count_distribution& a,
                                                  const count_distribution& b,
                                                  double least = least_mass) {
    std::vector<double> mass(a.mass().size() + b.mass().size() - 1);
    for (std::size_t i = 0; i < a.mass().size(); ++i) {
        const double m = a.mass()[i];
        for (std::size_t j = 0; j < b.mass().size(); ++j) mass[i + j] += m * b.mass()[j];
    }
    return trimmed(a.first() + b.first(), std::move(mass), least);
}

}  // namespace stats_detail

/// The distribution of the number of successes of all groups together, groups independent of each
/// other (Poisson's binomial; Hong 2013). Every sum is of positive terms; measured with up to
/// 100,000 trials a group, a probability above 10⁻¹² is within 3·10⁻¹³ of itself, one above 10⁻²⁰
/// within 2·10⁻¹⁰. p = .1, .2, .3, .4, .5
/// twice each → P(0) = 0.02286144, P(≤ 3) = 0.653835. Undefined if a probability is not in [0, 1]
/// or trials are negative or above convolution_trials; no group at all is 0 for certain.
///
/// Groups are joined in pairs, then the pairs. Only counts that can matter are kept, some 23
/// standard deviations of each part: time of the last step about 500 × the variance; half of it
/// where what is less probable than `least` = 10⁻¹⁶ is left out at the ends. Allocates.
[[nodiscard]] inline count_distribution successes(std::span<const binomial_group> groups,
                                                  double least = stats_detail::least_mass) {
    using namespace stats_detail;
    for (const binomial_group& group : groups) {
        if (group.trials < 0 || group.trials > convolution_trials) return {};
        if (!(group.probability >= 0 && group.probability <= 1)) return {};
    }
    if (groups.empty()) return {0, {1.0}};
    if (groups.size() == 1) return binomial(groups.front(), least);
    const std::size_t half = groups.size() / 2;
    return convolved(successes(groups.first(half), least), successes(groups.subspan(half), least),
                     least);
}

}  // namespace aiueo
