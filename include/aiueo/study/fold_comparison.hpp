// study › fold_comparison: present and proposed, on the folds that neither was fitted to.
// … ─► evidence ─► study
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "aiueo/study/calibration_finding.hpp"
#include "aiueo/study/weights.hpp"

namespace aiueo::detail {

/// The present and the proposed on one fold.
using fold_pair = std::array<line_fit, 2>;

/// The mean over the folds where both are defined; interval and p by t of one less than these.
[[nodiscard]] inline weight_comparison compared_by_fold(std::span<const fold_pair> folds,
                                                        std::int64_t n) {
    std::vector<std::array<double, 5>> seen;  // r present, new, difference; R² of both
    for (const auto& [before, after] : folds) {
        if (!is_defined(before.r) || !is_defined(after.r)) continue;
        seen.push_back({before.r, after.r, after.r - before.r, before.r_squared, after.r_squared});
    }
    const auto mean = [&seen](std::size_t which, std::size_t without) {
        double sum = 0, count = 0;
        for (std::size_t f = 0; f < seen.size(); ++f) {
            if (f == without) continue;
            sum += seen[f][which];
            count += 1;
        }
        return count > 0 ? sum / count : undefined;
    };
    const auto estimate_at = [&](std::size_t which) {
        std::vector<double> rest;
        for (std::size_t f = 0; f < seen.size(); ++f) rest.push_back(mean(which, f));
        return jackknife(mean(which, seen.size()), rest);
    };
    return {figure_of(estimate_at(0), n), figure_of(estimate_at(1), n),
            tested_of(estimate_at(2), 0, n), mean(3, seen.size()), mean(4, seen.size())};
}

}  // namespace aiueo::detail
