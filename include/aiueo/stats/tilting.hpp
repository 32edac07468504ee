// stats › tilting: weights that give a sample the mean that is asked for. base ─► stats
//
// Of all weights with that mean those that stray least from the sample's own, in Kullback and
// Leibler's sense, are exponential in the value (Csiszár 1975: "I-divergence geometry").
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>

#include "aiueo/stats/figure.hpp"

namespace aiueo {

/// Mean and variance of `values` with the weights masses · exp(λ · value).
struct tilted_moments {
    double mean = undefined;
    double variance = undefined;
};

[[nodiscard]] inline tilted_moments tilted(std::span<const double> values,
                                           std::span<const double> masses, double lambda) noexcept {
    // The largest exponent is 0: nothing overflows, and what underflows is nothing beside it.
    double top = -std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (masses[i] > 0) top = std::max(top, lambda * values[i]);
    }
    double mass = 0, mean = 0, squares = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!(masses[i] > 0)) continue;
        const double w = masses[i] * std::exp(lambda * values[i] - top);
        if (!(w > 0)) continue;
        mass += w;
        const double apart = values[i] - mean;
        mean += apart * (w / mass);
        squares += w * apart * (values[i] - mean);
    }
    if (!(mass > 0)) return {};
    return {mean, squares / mass};
}

/// The λ with which the mean is `target`: 0 where it is so already. Undefined where no weights can
/// do it: the target is not strictly between the least and the largest value that has any mass.
[[nodiscard]] inline double tilt_to(std::span<const double> values, std::span<const double> masses,
                                    double target) noexcept {
    if (values.size() != masses.size() || !std::isfinite(target)) return undefined;
    double least = std::numeric_limits<double>::infinity(), most = -least;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!(masses[i] > 0)) continue;
        least = std::min(least, values[i]);
        most = std::max(most, values[i]);
    }
    if (!std::isfinite(least) || !std::isfinite(most)) return undefined;
    const double now = tilted(values, masses, 0).mean;
    if (now == target) return 0;
    if (!(least < target && target < most)) return undefined;
    // The mean rises with λ from the least value to the largest: a bracket is found by doubling.
    const double side = now < target ? 1 : -1;
    double near = 0, far = side / (most - least);
    for (int k = 0; k < 2000 && (tilted(values, masses, far).mean - target) * side < 0; ++k) {
        near = far;
        far *= 2;
        if (!std::isfinite(far)) return undefined;
    }
    double lambda = near + (far - near) / 2;
    for (int k = 0; k < 200; ++k) {
        const tilted_moments at = tilted(values, masses, lambda);
        const double apart = at.mean - target;
        if (apart == 0) return lambda;
        (apart * side < 0 ? near : far) = lambda;
        // Newton's step where it stays between the bounds, else half-way.
        double next = lambda - apart / at.variance;
        const bool inside = side > 0 ? near < next && next < far : far < next && next < near;
        if (!inside) next = near + (far - near) / 2;
        if (next == lambda) break;
        lambda = next;
    }
    return lambda;
}

/// How many observations of the same weight would say as much (Kish 1965): (Σ n w)² ÷ Σ n w², with
/// w = exp(λ · value) and n observations of each value.
[[nodiscard]] inline double effective_number(std::span<const double> values,
                                             std::span<const double> counts,
                                             double lambda) noexcept {
    double top = -std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (counts[i] > 0) top = std::max(top, lambda * values[i]);
    }
    double sum = 0, squares = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!(counts[i] > 0)) continue;
        const double w = std::exp(lambda * values[i] - top);
        sum += counts[i] * w;
        squares += counts[i] * w * w;
    }
    return squares > 0 ? sum * sum / squares : undefined;
}

}  // namespace aiueo
