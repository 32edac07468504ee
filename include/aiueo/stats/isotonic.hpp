// stats › isotonic: the nearest curve that never falls. base ─► stats
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "aiueo/stats/figure.hpp"
#include "aiueo/stats/trend.hpp"

namespace aiueo {

namespace stats_detail {

/// Neighbouring bins that share a value: Σ weight · y and Σ weight over bins [.., end).
template <class Number>
struct isotonic_block {
    Number sum{};
    Number weight{};
    std::size_t end = 0;
};

/// Pool adjacent violators: blocks whose means ascend. `falls(a, b)`: the mean of b is not above
/// that of a, so that equal neighbours become one block.
template <class Number, class Falls>
void pool(std::vector<isotonic_block<Number>>& blocks, isotonic_block<Number> next, Falls falls) {
    while (!blocks.empty() && falls(blocks.back(), next)) {
        next.sum += blocks.back().sum;
        next.weight += blocks.back().weight;
        blocks.pop_back();
    }
    blocks.push_back(next);
}

}  // namespace stats_detail

/// Isotonic regression of successes[i] of trials[i] over ordered bins: the rates that never fall
/// and have the largest likelihood, which is also the least weighted squared error (Ayer et al.
/// 1955). Blocks are compared exactly. rates[i] of a bin without trials is undefined: what lies
/// between its neighbours is the caller's to say. Time linear; allocates one block a bin. False,
/// and all rates undefined, for input that contradicts itself.
inline bool isotonic_rates(std::span<const std::int64_t> successes,
                           std::span<const std::int64_t> trials, std::span<double> rates) {
    using namespace stats_detail;
    for (double& rate : rates) rate = undefined;
    if (rates.size() != trials.size() || !are_proportions(successes, trials)) return false;
    using block = isotonic_block<std::int64_t>;
    std::vector<block> blocks;
    blocks.reserve(trials.size());
    for (std::size_t i = 0; i < trials.size(); ++i) {
        if (trials[i] == 0) continue;
        pool(blocks, block{successes[i], trials[i], i + 1}, [](const block& a, const block& b) {
            return int128{b.sum} * a.weight <= int128{a.sum} * b.weight;
        });
    }
    std::size_t i = 0;
    for (const block& b : blocks) {
        const double rate = ratio(b.sum, b.weight);
        for (; i < b.end; ++i) {
            if (trials[i] != 0) rates[i] = rate;
        }
    }
    return true;
}

/// The same of any means with weights ≥ 0, all finite; a bin of weight 0 is one without data, and
/// its mean is not read.
inline bool isotonic_means(std::span<const double> means, std::span<const double> weights,
                           std::span<double> fitted) {
    using namespace stats_detail;
    if (fitted.size() != means.size() || weights.size() != means.size()) {
        for (double& value : fitted) value = undefined;
        return false;
    }
    using block = isotonic_block<double>;
    std::vector<block> blocks;
    blocks.reserve(means.size());
    bool finite = true;
    for (std::size_t i = 0; i < means.size(); ++i) {
        const double w = weights[i];
        if (w == 0) continue;
        finite = finite && w > 0 && std::isfinite(w) && std::isfinite(means[i]);
        if (!finite) break;
        pool(blocks, block{w * means[i], w, i + 1},
             [](const block& a, const block& b) { return b.sum / b.weight <= a.sum / a.weight; });
    }
    for (double& value : fitted) value = undefined;
    if (!finite) return false;
    std::size_t i = 0;
    for (const block& b : blocks) {
        for (; i < b.end; ++i) {
            if (weights[i] != 0) fitted[i] = b.sum / b.weight;
        }
    }
    return true;
}

}  // namespace aiueo
