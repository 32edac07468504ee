// stats › mixture: distributions that are not sure of their own middle. base ─► stats
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "aiueo/stats/convolution.hpp"
#include "aiueo/stats/distributions.hpp"
#include "aiueo/stats/figure.hpp"

namespace aiueo {

/// A place of the standard normal and what it weighs.
struct normal_node {
    double z = 0;
    double weight = 0;
};

/// Beyond this many standard deviations a normal has no nodes: 2·10⁻⁹ of it.
inline constexpr double normal_reach = 6;
inline constexpr double least_normal_step = 1.0 / 32;

/// The standard normal as nodes `step` apart, the trapezoid rule; their weights add up to 1. For a
/// smooth function of z the rule's error falls as exp(−2π²/step²): at a step of 1 mean and variance
/// are right to 10⁻⁷ (Goodwin 1949; Trefethen, Weideman 2014). Steps lie in [1/32, 1]; others are
/// taken to the nearer end. Allocates.
[[nodiscard]] inline std::vector<normal_node> normal_nodes(double step) {
    step = step < 1 ? std::max(step, least_normal_step) : 1.0;
    const auto half = static_cast<std::int64_t>(std::ceil(normal_reach / step));
    std::vector<normal_node> out;
    double sum = 0;
    for (std::int64_t k = -half; k <= half; ++k) {
        const double z = static_cast<double>(k) * step;
        out.push_back({z, std::exp(-z * z / 2)});
        sum += out.back().weight;
    }
    for (normal_node& one : out) one.weight /= sum;
    return out;
}

/// Σ weight × distribution. Undefined if there is none, one is undefined, or there are not as many
/// weights. Allocates.
[[nodiscard]] inline count_distribution mixed(std::span<const count_distribution> of,
                                              std::span<const double> weights) {
    if (of.empty() || of.size() != weights.size()) return {};
    std::int64_t first = of.front().first(), end = first;
    for (const count_distribution& one : of) {
        if (!one.is_defined()) return {};
        first = std::min(first, one.first());
        end = std::max(end, one.first() + static_cast<std::int64_t>(one.mass().size()));
    }
    std::vector<double> mass(static_cast<std::size_t>(end - first));
    for (std::size_t k = 0; k < of.size(); ++k) {
        const auto from = static_cast<std::size_t>(of[k].first() - first);
        for (std::size_t i = 0; i < of[k].mass().size(); ++i)
            mass[from + i] += weights[k] * of[k].mass()[i];
    }
    return stats_detail::trimmed(first, std::move(mass));
}

/// A normal that is one of several; an error of 0 is a certain value.
struct normal_part {
    double weight = 0;
    double mean = undefined;
    double error = undefined;
};

/// P(X ≤ x).
[[nodiscard]] inline double mixture_cdf(std::span<const normal_part> of, double x) noexcept {
    double sum = 0;
    for (const normal_part& one : of) {
        if (!(one.error >= 0) || !is_defined(one.mean)) return undefined;
        sum += one.weight * (one.error > 0 ? normal_cdf((x - one.mean) / one.error)
                                           : (x >= one.mean ? 1.0 : 0.0));
    }
    return of.empty() ? undefined : std::min(1.0, sum);
}

/// The x with P(X ≤ x) = p, 0 < p < 1, by halving: within 10⁻¹² of the parts' range. Undefined if
/// a part is.
[[nodiscard]] inline double mixture_quantile(std::span<const normal_part> of, double p) noexcept {
    if (!(p > 0 && p < 1) || !is_defined(mixture_cdf(of, 0))) return undefined;
    const double z = normal_quantile(p);
    double low = of.front().mean + z * of.front().error, high = low;
    for (const normal_part& one : of) {
        low = std::min(low, one.mean + z * one.error);
        high = std::max(high, one.mean + z * one.error);
    }
    for (int k = 0; k < 60 && high - low > 1e-13 * (std::fabs(low) + std::fabs(high)); ++k) {
        const double middle = low + (high - low) / 2;
        if (mixture_cdf(of, middle) < p)
            low = middle;
        else
            high = middle;
    }
    return low + (high - low) / 2;
}

/// How far the distribution function of a sum of independent summands, each with its own
/// distribution, can be from the normal of the same mean and variance, anywhere: 0.56 Σ E|X − EX|³
/// ÷ (Σ Var X)^1.5 (Berry–Esseen; the constant is Shevtsova's 2010). At most 1; undefined where
/// the variance is not above 0.
[[nodiscard]] inline double berry_esseen_bound(double variance, double third) noexcept {
    if (!(variance > 0 && third >= 0)) return undefined;
    return std::min(1.0, 0.56 * third / (variance * std::sqrt(variance)));
}

/// E|B − p|³ of one try that succeeds with probability p.
[[nodiscard]] inline double third_moment_of_trial(double p) noexcept {
    return p * (1 - p) * (p * p + (1 - p) * (1 - p));
}

}  // namespace aiueo
