// stats › kappa: agreement of two raters beyond chance. base ─► stats
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include "aiueo/stats/distributions.hpp"
#include "aiueo/stats/figure.hpp"
#include "aiueo/stats/intervals.hpp"

namespace aiueo {

/// What a disagreement by |i − j| categories counts: all the same, its size, its square.
enum class kappa_weights : std::uint8_t { plain, linear, quadratic };

/// More categories than this are a contradiction.
inline constexpr std::size_t kappa_categories = 64;

struct agreement {
    std::int64_t n = 0;
    double observed = undefined;  ///< share of (weighted) agreement
    double chance = undefined;    ///< what the margins alone would give
    double kappa = undefined;     ///< (observed − chance) ÷ (1 − chance)
    double error = undefined;
    aiueo::interval interval;  ///< kappa ± z · error
};

/// Cohen's kappa (Cohen 1960, 1968) of a table of categories × categories counts in row-major
/// order, rows one rater and columns the other, in the same order. Weights 1 − |i − j|/(k − 1), or
/// its square's; error as in Fleiss, Cohen, Everitt 1969. Undefined if nobody was rated; kappa also
/// where chance agreement is certain (both raters with one and the same category).
[[nodiscard]] inline agreement cohen_kappa(std::span<const std::int64_t> cells,
                                           std::size_t categories,
                                           kappa_weights weights = kappa_weights::plain,
                                           double level = 0.95) noexcept {
    using namespace stats_detail;
    agreement out;
    const std::size_t k = categories;
    if (k == 0 || k > kappa_categories || cells.size() != k * k || total_of(cells) <= 0) return out;
    out.n = total_of(cells);
    const auto cell = [cells, k](std::size_t i, std::size_t j) { return cells[i * k + j]; };
    // Weights as whole numbers, `full` being complete agreement.
    const auto most = static_cast<std::int64_t>(k - 1);
    const bool plain = weights == kappa_weights::plain || k == 1;
    const std::int64_t full = plain ? 1 : weights == kappa_weights::linear ? most : most * most;
    const auto weight = [&](std::size_t i, std::size_t j) -> std::int64_t {
        const auto apart = static_cast<std::int64_t>(i > j ? i - j : j - i);
        if (plain) return apart == 0 ? 1 : 0;
        return full - (weights == kappa_weights::linear ? apart : apart * apart);
    };
    std::array<std::int64_t, kappa_categories> row{}, column{};
    for (std::size_t i = 0; i < k; ++i) {
        for (std::size_t j = 0; j < k; ++j) {
            row[i] += cell(i, j);
            column[j] += cell(i, j);
        }
    }
    const int128 n = out.n;
    int128 agreed = 0, by_chance = 0;                            // times full n, times full n²
    std::array<double, kappa_categories> to_row{}, to_column{};  // mean weight by chance
    for (std::size_t i = 0; i < k; ++i) {
        int128 of_row = 0, of_column = 0;
        for (std::size_t j = 0; j < k; ++j) {
            agreed += int128{weight(i, j)} * cell(i, j);
            of_row += int128{weight(i, j)} * column[j];
            of_column += int128{weight(i, j)} * row[j];
        }
        by_chance += of_row * row[i];
        to_row[i] = ratio(of_row, n * full);
        to_column[i] = ratio(of_column, n * full);
    }
    const int128 certain = n * n * full;
    out.observed = ratio(agreed, n * full);
    out.chance = ratio(by_chance, certain);
    if (by_chance == certain) return out;
    out.kappa = ratio(agreed * n - by_chance, certain - by_chance);

    // Σ p_ij (w_ij − (w̄_i + w̄_j)(1 − κ))² is centred on its mean, κ − (1 − κ) chance, so that
    // nothing cancels.
    const double rest = 1 - out.kappa, middle = out.kappa - rest * out.chance;
    double variance = 0;
    for (std::size_t i = 0; i < k; ++i) {
        for (std::size_t j = 0; j < k; ++j) {
            const double mean = to_row[i] + to_column[j];
            const double e = ratio(weight(i, j), full) - mean * rest - middle;
            variance += ratio(cell(i, j), n) * e * e;
        }
    }
    out.error = std::sqrt(variance / real(n)) / (1 - out.chance);
    out.interval = wald_interval(out.kappa, out.error, level);
    return out;
}

}  // namespace aiueo
