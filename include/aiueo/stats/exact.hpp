// stats › exact: tests of few observations, given what the table's margins are. base ─► stats
//
// χ² and t take a count for normal. Where few are expected it is far from that: 3 lost, one of whom
// is among the 5 of 2,000 who have something, is no news, and χ² says p = 10⁻²⁷. Here the margins
// are kept as they are and the tables that have them are counted (Fisher 1935).
//
// p is the mid-p of both sides: twice the smaller of P(less) + ½ P(equal) and P(more) + ½ P(equal),
// no more than 1 (Lancaster 1961; Agresti 2013). It is never 0: tables whose mass
// is below 10⁻⁶⁰ of the likeliest are left out, and no p is below that.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "aiueo/base/int128.hpp"
#include "aiueo/stats/correlation.hpp"
#include "aiueo/stats/distributions.hpp"
#include "aiueo/stats/figure.hpp"
#include "aiueo/stats/ranking.hpp"
#include "aiueo/stats/stratified.hpp"
#include "aiueo/stats/tables.hpp"

namespace aiueo {

namespace stats_detail {

inline constexpr double slightest_mass = 1e-60;

/// From this variance on a hypergeometric count is taken for normal: its skewness is below 1/20.
inline constexpr double normal_variance = 400;

/// Masses of first, first + 1, …, which add up to 1.
struct count_masses {
    std::int64_t first = 0;
    std::vector<double> mass;
};

/// How many of `drawn` that are drawn from `all` without putting back are among `marked`. From the
/// likeliest outward, so that nothing overflows.
[[nodiscard]] inline count_masses hypergeometric(std::int64_t drawn, std::int64_t marked,
                                                 std::int64_t all) {
    const std::int64_t least = std::max<std::int64_t>(0, drawn - (all - marked));
    const std::int64_t most = std::min(drawn, marked);
    const std::int64_t mode = std::clamp(
        static_cast<std::int64_t>(int128{drawn + 1} * (marked + 1) / (all + 2)), least, most);
    std::vector<double> down, up{1};
    for (std::int64_t k = mode; k > least; --k) {
        const double mass = (down.empty() ? 1 : down.back()) * real(k) / real(drawn - k + 1) *
                            real(all - marked - drawn + k) / real(marked - k + 1);
        if (mass < slightest_mass) break;
        down.push_back(mass);
    }
    for (std::int64_t k = mode; k < most; ++k) {
        const double mass = up.back() * real(drawn - k) / real(k + 1) * real(marked - k) /
                            real(all - marked - drawn + k + 1);
        if (mass < slightest_mass) break;
        up.push_back(mass);
    }
    count_masses out{mode - static_cast<std::int64_t>(down.size()), {}};
    out.mass.assign(down.rbegin(), down.rend());
    out.mass.insert(out.mass.end(), up.begin(), up.end());
    double sum = 0;
    for (const double one : out.mass) sum += one;
    for (double& one : out.mass) one /= sum;
    return out;
}

/// The distribution of the sum of two independent counts.
[[nodiscard]] inline count_masses sum_of(const count_masses& a, const count_masses& b) {
    count_masses out{a.first + b.first, std::vector<double>(a.mass.size() + b.mass.size() - 1)};
    for (std::size_t i = 0; i < a.mass.size(); ++i) {
        for (std::size_t k = 0; k < b.mass.size(); ++k) out.mass[i + k] += a.mass[i] * b.mass[k];
    }
    return out;
}

/// Both sides, from the masses below, at and above what was seen.
[[nodiscard]] inline double mid_p(double below, double at, double above) noexcept {
    return std::clamp(2 * (std::min(below, above) + at / 2), slightest_mass, 1.0);
}

}  // namespace stats_detail

/// Fisher's exact test over strata, each with its margins given: are the exposed who had the event
/// more or fewer than if exposure did not matter? The mid-p of Σ a, whose distribution is that of a
/// sum of hypergeometric counts (Mehta, Patel, Gray 1985). Where the variance of
/// that sum is 400 or more: Cochran, Mantel and Haenszel's χ². The statistic is Σ a less what is
/// expected. Undefined if no stratum has both outcomes and both groups. Allocates.
[[nodiscard]] inline test_result exact_test(std::span<const table_2x2> strata) {
    using namespace stats_detail;
    if (!is_table(collapsed(strata))) return {};
    double variance = 0, apart = 0;
    std::int64_t seen = 0;
    for (const table_2x2& t : strata) {
        if (!has_margins(t)) continue;
        const double n = real(t.total());
        variance += real(t.exposed()) / n * (real(t.unexposed()) / n) * real(t.events()) *
                    (real(t.others()) / (n - 1));
        apart += ratio(int128{t.a} * t.d - int128{t.b} * t.c, t.total());
        seen += t.a;
    }
    if (!(variance > 0)) return {};
    if (variance >= normal_variance) return {apart, cochran_mantel_haenszel(strata).p, 0};
    count_masses all{0, {1}};
    for (const table_2x2& t : strata) {
        if (has_margins(t)) all = sum_of(all, hypergeometric(t.events(), t.exposed(), t.total()));
    }
    double below = 0, at = 0, above = 0;
    for (std::size_t k = 0; k < all.mass.size(); ++k) {
        const std::int64_t a = all.first + static_cast<std::int64_t>(k);
        (a < seen ? below : a == seen ? at : above) += all.mass[k];
    }
    return {apart, mid_p(below, at, above), 0};
}

/// The same of one table (Fisher's exact test).
[[nodiscard]] inline test_result exact_test(const table_2x2& t) {
    return exact_test(std::span{&t, 1});
}

namespace stats_detail {

/// What the sum of the midranks of one outcome has, were they drawn without putting back from all:
/// z, and its skewness (Mielke, Berry 2001).
struct rank_sum_moments {
    double z = undefined;
    double skewness = undefined;
};

[[nodiscard]] inline rank_sum_moments rank_sum_moments_of(std::span<const std::int64_t> positives,
                                                          std::span<const std::int64_t> negatives,
                                                          const two_histograms& of) noexcept {
    const double n = real(of.positives + of.negatives), m = real(of.positives);
    double squares = 0, cubes = 0, sum = 0;
    int128 below = 0;
    for (std::size_t i = 0; i < positives.size(); ++i) {
        const std::int64_t size = positives[i] + negatives[i];
        // Twice the midrank less its mean, over n: in (−1, 1).
        const double apart = real(2 * below + size - (of.positives + of.negatives)) / n;
        squares += real(size) * apart * apart;
        cubes += real(size) * apart * apart * apart;
        sum += real(positives[i]) * apart;
        below += size;
    }
    const double variance = m / n * ((n - m) / (n - 1)) * squares;
    const double third = m / n * ((n - m) / (n - 1)) * ((n - 2 * m) / std::max(1.0, n - 2)) * cubes;
    return {sum / std::sqrt(variance), third / (variance * std::sqrt(variance))};
}

/// Both sides of a standardised sum of this skewness, as a gamma variable (Pearson's type III) of
/// the same three moments has it: Berry, Mielke 1983.
[[nodiscard]] inline double type_three_p(const rank_sum_moments& of) noexcept {
    const double z = of.skewness < 0 ? -of.z : of.z, skewness = std::fabs(of.skewness);
    const double shape = 4 / (skewness * skewness);
    const double from = 2 * std::max(0.0, shape + z * std::sqrt(shape));
    return std::min(
        1.0, 2 * std::min(chi_squared_sf(from, 2 * shape), chi_squared_cdf(from, 2 * shape)));
}

/// The exact distribution of the rank sum once values are only below, at and above one of them:
/// columns of positives and negatives.
[[nodiscard]] inline double three_values_p(const std::int64_t (&positives)[3],
                                           const std::int64_t (&negatives)[3]) {
    std::int64_t size[3], drawn = 0, all = 0;
    for (std::size_t k = 0; k < 3; ++k) {
        size[k] = positives[k] + negatives[k];
        drawn += positives[k];
        all += size[k];
    }
    const int128 down = size[0] + size[1], up = size[1] + size[2];
    const int128 seen = up * positives[2] - down * positives[0];
    double below = 0, at = 0, above = 0;
    const count_masses low = hypergeometric(drawn, size[0], all);
    for (std::size_t i = 0; i < low.mass.size(); ++i) {
        const std::int64_t lower = low.first + static_cast<std::int64_t>(i);
        const count_masses high = hypergeometric(drawn - lower, size[2], all - size[0]);
        for (std::size_t k = 0; k < high.mass.size(); ++k) {
            const int128 sum = up * (high.first + static_cast<std::int64_t>(k)) - down * lower;
            (sum < seen ? below : sum == seen ? at : above) += low.mass[i] * high.mass[k];
        }
    }
    return mid_p(below, at, above);
}

}  // namespace stats_detail

/// Is the score of positives higher or lower than that of negatives, beyond chance? Wilcoxon's rank
/// sum (the test of AUC ½ and of Spearman's ρ 0) given both histograms' margins:
///
/// - two values: Fisher's exact test;
/// - more than half of all share one value, and fewer than 20 of the rarer outcome are expected
///   outside it: the exact distribution with all values below that one put together, and all above;
/// - else t of ρ with n − 2 degrees of freedom; where the rank sum's skewness is 1/20 or more, the
///   larger of that and of Pearson's type III with the same three moments.
///
/// The statistic is the standardised rank sum. Undefined where ρ is. Allocates where it counts.
[[nodiscard]] inline test_result rank_sum_test(std::span<const std::int64_t> positives,
                                               std::span<const std::int64_t> negatives) {
    using namespace stats_detail;
    constexpr double enough = 20, even = 0.05;
    const two_histograms t = totals(positives, negatives);
    if (!t.valid || !t.ranks) return {};
    const std::int64_t all = t.positives + t.negatives;
    std::size_t values = 0, common = 0;
    for (std::size_t i = 0; i < positives.size(); ++i) {
        const std::int64_t size = positives[i] + negatives[i];
        values += size > 0 ? 1U : 0U;
        if (size > positives[common] + negatives[common]) common = i;
    }
    std::int64_t columns[2][3] = {};
    for (std::size_t i = 0; i < positives.size(); ++i) {
        const std::size_t at = i < common ? 0 : i == common ? 1 : 2;
        columns[0][at] += positives[i];
        columns[1][at] += negatives[i];
    }
    const rank_sum_moments found = rank_sum_moments_of(positives, negatives, t);
    test_result out{found.z, undefined, 0};
    if (values == 2) {
        const std::size_t other = columns[0][0] + columns[1][0] > 0 ? 0 : 2;
        out.p = exact_test(
                    table_2x2{columns[0][other], columns[1][other], columns[0][1], columns[1][1]})
                    .p;
        return out;
    }
    const std::int64_t shared = columns[0][1] + columns[1][1];
    const double outside =
        real(std::min(t.positives, t.negatives)) * (real(all - shared) / real(all));
    if (shared > all - shared && outside < enough) {
        out.p = three_values_p(columns[0], columns[1]);
        return out;
    }
    out.p = spearman(positives, negatives).p;
    if (std::fabs(found.skewness) >= even) out.p = std::fmax(out.p, type_three_p(found));
    return out;
}

}  // namespace aiueo
