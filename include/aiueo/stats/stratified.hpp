// stats › stratified: many 2 × 2 tables, one a stratum, pooled without mixing them. base ─► stats
//
// A stratum without exposed or without unexposed, or empty, has nothing to compare and is left out
// of every figure here; one in which all or none had the event is left out of odds and tests.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include "aiueo/stats/distributions.hpp"
#include "aiueo/stats/figure.hpp"
#include "aiueo/stats/intervals.hpp"
#include "aiueo/stats/tables.hpp"

namespace aiueo {

namespace stats_detail {

/// All strata in one table; counts of −1 where one of them or their sum contradicts itself.
[[nodiscard]] inline table_2x2 collapsed(std::span<const table_2x2> strata) noexcept {
    table_2x2 sum;
    for (const table_2x2& t : strata) {
        if (!is_table(t)) return {-1, -1, -1, -1};
        sum = {sum.a + t.a, sum.b + t.b, sum.c + t.c, sum.d + t.d};
        if (!is_table(sum)) return {-1, -1, -1, -1};
    }
    return sum;
}

}  // namespace stats_detail

/// The odds ratio of all strata added up, which mixes their differences into it. For the example
/// (81,6,234,36), (192,71,55,25): 0.748349, where the pooled one is 1.446847.
[[nodiscard]] inline estimate crude_odds_ratio(std::span<const table_2x2> strata,
                                               double level = 0.95) noexcept {
    return odds_ratio(stats_detail::collapsed(strata), level);
}

/// Σ a d/n ÷ Σ b c/n (Mantel, Haenszel 1959); `error` of the logarithm as in Robins, Breslow,
/// Greenland 1986, interval exp(log ± z · error). Undefined where either sum is 0.
[[nodiscard]] inline estimate mantel_haenszel_odds_ratio(std::span<const table_2x2> strata,
                                                         double level = 0.95) noexcept {
    using namespace stats_detail;
    if (!is_table(collapsed(strata))) return {};
    double r = 0, s = 0, pr = 0, qs = 0, mixed = 0;
    for (const table_2x2& t : strata) {
        if (!has_margins(t)) continue;
        const double n = real(t.total());
        const double p = real(t.a + t.d) / n, q = real(t.b + t.c) / n;
        const double rk = ratio(int128{t.a} * t.d, t.total());
        const double sk = ratio(int128{t.b} * t.c, t.total());
        r += rk;
        s += sk;
        pr += p * rk;
        qs += q * sk;
        mixed += p * sk + q * rk;
    }
    if (!(r > 0 && s > 0)) return {};
    estimate out{r / s, std::sqrt(pr / (2 * r * r) + mixed / (2 * r * s) + qs / (2 * s * s)), {}};
    const double z = two_sided_z(level);
    if (is_defined(z)) {
        out.interval = {out.value * std::exp(-z * out.error), out.value * std::exp(z * out.error)};
    }
    return out;
}

/// Σ (a n₀ − c n₁)/n ÷ Σ n₁ n₀/n, n₁ exposed and n₀ unexposed (Greenland, Robins 1985), with Sato's
/// variance (Sato, Greenland, Robins 1989), which holds for few large strata and for many sparse
/// ones. Undefined without a stratum that has both; an estimate whose variance came out negative,
/// which sparse tables allow, has no error and no interval.
[[nodiscard]] inline estimate mantel_haenszel_risk_difference(std::span<const table_2x2> strata,
                                                              double level = 0.95) noexcept {
    using namespace stats_detail;
    if (!is_table(collapsed(strata))) return {};
    double above = 0, weight = 0, p = 0, q = 0;
    for (const table_2x2& t : strata) {
        if (t.exposed() == 0 || t.unexposed() == 0) continue;
        const double n = real(t.total()), a = real(t.a), c = real(t.c);
        const double n1 = real(t.exposed()), n0 = real(t.unexposed());
        above += ratio(int128{t.a} * t.unexposed() - int128{t.c} * t.exposed(), t.total());
        weight += ratio(int128{t.exposed()} * t.unexposed(), t.total());
        p +=
            c * (n1 / n) * (n1 / n) - a * (n0 / n) * (n0 / n) + (n1 / n) * (n0 / n) * (n0 - n1) / 2;
        q += (a * (real(t.d) / n) + c * (real(t.b) / n)) / 2;
    }
    if (!(weight > 0)) return {};
    estimate out{above / weight, undefined, {}};
    const double variance = (out.value * p + q) / (weight * weight);
    if (!(variance >= 0)) return out;
    out.error = std::sqrt(variance);
    out.interval = wald_interval(out.value, out.error, level);
    return out;
}

/// Cochran–Mantel–Haenszel test that the odds ratio is 1 in every stratum: (Σ a − Σ E a)² ÷ Σ Var a
/// with the hypergeometric mean and variance, one degree of freedom. With the correction, ½ is
/// taken from |Σ a − Σ E a| (no further than 0), as R does by default; without it, as statsmodels'
/// default is. Undefined if no stratum has both outcomes and both groups.
[[nodiscard]] inline test_result cochran_mantel_haenszel(
    std::span<const table_2x2> strata, continuity correction = continuity::none) noexcept {
    using namespace stats_detail;
    if (!is_table(collapsed(strata))) return {};
    double apart = 0, variance = 0;
    for (const table_2x2& t : strata) {
        if (!has_margins(t)) continue;
        // a − E a = (a d − b c) / n
        apart += ratio(int128{t.a} * t.d - int128{t.b} * t.c, t.total());
        const double n = real(t.total());
        variance += real(t.exposed()) / n * (real(t.unexposed()) / n) * real(t.events()) *
                    (real(t.others()) / (n - 1));
    }
    if (!(variance > 0)) return {};
    apart = std::fabs(apart);
    if (correction == continuity::yates) apart = std::fmax(0.0, apart - 0.5);
    const double x = apart / variance * apart;
    return {x, chi_squared_sf(x, 1), 1};
}

/// Tarone's correction of the Breslow–Day statistic.
enum class tarone : std::uint8_t { without, with };

/// Breslow–Day test that all strata share one odds ratio, the pooled one (Breslow, Day 1980, 4.4),
/// with Tarone's correction (Tarone 1985) unless told otherwise; informative strata − 1 degrees of
/// freedom. Undefined with fewer than two of them, or without a pooled odds ratio.
[[nodiscard]] inline test_result breslow_day(std::span<const table_2x2> strata,
                                             tarone correction = tarone::with) noexcept {
    using namespace stats_detail;
    const double odds = mantel_haenszel_odds_ratio(strata).value;
    if (!is_defined(odds)) return {};
    double sum = 0, apart = 0, variances = 0;
    std::int64_t used = 0;
    for (const table_2x2& t : strata) {
        if (!has_margins(t)) continue;
        // The a that has this stratum's margins and the pooled odds ratio: the root of
        // (1 − odds) a² + (n₀ − m + odds (n₁ + m)) a − odds n₁ m that all four cells allow, in the
        // form that neither cancels nor divides by 1 − odds.
        const double n1 = real(t.exposed()), n0 = real(t.unexposed()), m = real(t.events());
        const double half = (n0 - m + odds * (n1 + m)) / 2;
        const double root = std::sqrt(half * half + (1 - odds) * odds * n1 * m);
        const double a = half >= 0 ? odds * n1 * m / (half + root) : (root - half) / (1 - odds);
        const double b = n1 - a, c = m - a, d = n0 - c;
        const double variance = 1 / (1 / a + 1 / b + 1 / c + 1 / d);
        const double e = real(t.a) - a;
        sum += e * e / variance;
        apart += e;
        variances += variance;
        ++used;
    }
    if (used < 2) return {};
    if (correction == tarone::with) sum -= apart * apart / variances;
    if (!std::isfinite(sum)) return {};
    sum = std::fmax(0.0, sum);
    return {sum, chi_squared_sf(sum, real(used - 1)), used - 1};
}

}  // namespace aiueo
