// study › contrasts: a ratio of one set of customers less that of another. … ─► evidence ─► study
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "aiueo/evidence/counted.hpp"
#include "aiueo/stats/jackknife.hpp"
#include "aiueo/study/outcomes.hpp"

namespace aiueo {

/// Σ above ÷ Σ below, in exact numbers.
struct ratio_sums {
    std::int64_t above = 0;
    std::int64_t below = 0;

    void add(std::int64_t more_above, std::int64_t more_below) noexcept {
        above += more_above;
        below += more_below;
    }
    [[nodiscard]] ratio_sums without(const ratio_sums& other) const noexcept {
        return {above - other.above, below - other.below};
    }
    [[nodiscard]] double ratio() const noexcept { return stats_detail::ratio(above, below); }
};

/// By group of customers.
using grouped_sums = std::array<ratio_sums, evidence_groups>;

[[nodiscard]] inline ratio_sums total_of(const grouped_sums& of) noexcept {
    ratio_sums out;
    for (const ratio_sums& one : of) out.add(one.above, one.below);
    return out;
}

namespace detail {

/// The jackknife of f(ratios) over groups, each left out of all sums at once; n = Σ below. No
/// interval where no group moves the figure: that is no certainty.
template <std::size_t Count, class F>
[[nodiscard]] jackknife_estimate jackknife_of(const std::array<grouped_sums, Count>& sums, F f,
                                              std::int64_t& n) {
    std::array<ratio_sums, Count> all;
    n = 0;
    for (std::size_t k = 0; k < Count; ++k) {
        all[k] = total_of(sums[k]);
        n += all[k].below;
    }
    const auto figure_of_all = [&f](const std::array<ratio_sums, Count>& of) {
        std::array<double, Count> ratios{};
        for (std::size_t k = 0; k < Count; ++k) ratios[k] = of[k].ratio();
        return f(ratios);
    };
    std::array<double, evidence_groups> without{};
    std::array<std::int64_t, evidence_groups> rows{};
    for (std::size_t g = 0; g < without.size(); ++g) {
        std::array<ratio_sums, Count> others;
        for (std::size_t k = 0; k < Count; ++k) {
            others[k] = all[k].without(sums[k][g]);
            rows[g] += sums[k][g].below;
        }
        without[g] = figure_of_all(others);
    }
    jackknife_estimate out = jackknife(figure_of_all(all), without, rows);
    if (!(out.error > 0)) {
        out.error = undefined;
        out.interval = {};
    }
    return out;
}

}  // namespace detail

/// Ratio of `high` less that of `low`, with the jackknife's interval.
[[nodiscard]] inline figure difference_of(const grouped_sums& high, const grouped_sums& low) {
    std::int64_t n = 0;
    const jackknife_estimate found = detail::jackknife_of(
        std::array{high, low}, [](const auto& ratio) { return ratio[0] - ratio[1]; }, n);
    return figure_of(found, n);
}

/// How that difference changed, {high, low} each: later less earlier, tested against no change.
[[nodiscard]] inline tested_figure change_of(const std::array<grouped_sums, 2>& earlier,
                                             const std::array<grouped_sums, 2>& later) {
    std::int64_t n = 0;
    const jackknife_estimate found = detail::jackknife_of(
        std::array{earlier[0], earlier[1], later[0], later[1]},
        [](const auto& ratio) { return (ratio[2] - ratio[3]) - (ratio[0] - ratio[1]); }, n);
    return detail::tested_of(found, 0, n);
}

}  // namespace aiueo
