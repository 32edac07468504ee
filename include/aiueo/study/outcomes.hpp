// study › outcomes: one variable beside the outcome, and how sure its figures are.
// … ─► evidence ─► study
//
// Counts come in bins in ascending order of the value, the last of which is "unknown". Values are
// quantised (scores to points, raw metrics to bins 3 % wide), so values that share a bin are ties;
// every figure is exact for the quantised values.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/stats/correlation.hpp"
#include "aiueo/stats/distributions.hpp"
#include "aiueo/stats/exact.hpp"
#include "aiueo/stats/information.hpp"
#include "aiueo/stats/jackknife.hpp"
#include "aiueo/stats/multiple.hpp"
#include "aiueo/stats/ranking.hpp"
#include "aiueo/stats/tables.hpp"
#include "aiueo/study/slices.hpp"

namespace aiueo {

/// A figure that was tested against "nothing is there".
struct tested_figure {
    figure of;
    double p = undefined;
    double q = undefined;  ///< Benjamini–Hochberg within the figure's family
};

/// Counts by bin; the last bin is unknown.
struct outcome_counts {
    std::vector<std::int64_t> lost;
    std::vector<std::int64_t> kept;

    [[nodiscard]] std::span<const std::int64_t> known_lost() const noexcept {
        return std::span{lost}.first(lost.size() - 1);
    }
    [[nodiscard]] std::span<const std::int64_t> known_kept() const noexcept {
        return std::span{kept}.first(kept.size() - 1);
    }
    [[nodiscard]] std::int64_t known() const noexcept {
        std::int64_t sum = 0;
        for (std::size_t k = 0; k + 1 < lost.size(); ++k) sum += lost[k] + kept[k];
        return sum;
    }
    [[nodiscard]] std::int64_t all() const noexcept {
        return lost.empty() ? 0 : known() + lost.back() + kept.back();
    }
};

/// Lost and kept, by group of customers.
using ends_by_group = std::array<std::array<std::int64_t, 2>, evidence_groups>;

/// The same for each group of customers.
class grouped_outcomes {
public:
    explicit grouped_outcomes(std::size_t bins) : bins_(bins), cells_(bins * 2 * evidence_groups) {}

    explicit grouped_outcomes(const std::array<outcome_histogram, evidence_groups>& from)
        : grouped_outcomes(score_bins) {
        for (std::size_t g = 0; g < from.size(); ++g) {
            for (std::size_t bin = 0; bin < score_bins; ++bin) {
                at(g, false, bin) = from[g].lost[bin];
                at(g, true, bin) = from[g].kept[bin];
            }
        }
    }

    [[nodiscard]] std::size_t bins() const noexcept { return bins_; }
    [[nodiscard]] std::int64_t& at(std::size_t group, bool kept, std::size_t bin) noexcept {
        return cells_[(group * 2 + (kept ? 1 : 0)) * bins_ + bin];
    }
    [[nodiscard]] std::int64_t at(std::size_t group, bool kept, std::size_t bin) const noexcept {
        return cells_[(group * 2 + (kept ? 1 : 0)) * bins_ + bin];
    }

    /// Of the groups for which `wanted(group)` holds.
    template <class Wanted>
    [[nodiscard]] outcome_counts of(Wanted wanted) const {
        outcome_counts out{std::vector<std::int64_t>(bins_), std::vector<std::int64_t>(bins_)};
        for (std::size_t g = 0; g < std::size_t{evidence_groups}; ++g) {
            if (!wanted(g)) continue;
            for (std::size_t bin = 0; bin < bins_; ++bin) {
                out.lost[bin] += at(g, false, bin);
                out.kept[bin] += at(g, true, bin);
            }
        }
        return out;
    }
    [[nodiscard]] outcome_counts total() const {
        return of([](std::size_t) { return true; });
    }

    /// Observations by group and outcome: those with a value, or all.
    [[nodiscard]] ends_by_group ends(bool with_unknown) const noexcept {
        ends_by_group out{};
        for (std::size_t g = 0; g < out.size(); ++g) {
            for (std::size_t bin = 0; bin + (with_unknown ? 0 : 1) < bins_; ++bin) {
                out[g][0] += at(g, false, bin);
                out[g][1] += at(g, true, bin);
            }
        }
        return out;
    }
    [[nodiscard]] std::array<std::int64_t, evidence_groups> rows(bool with_unknown) const noexcept {
        std::array<std::int64_t, evidence_groups> out{};
        const ends_by_group each = ends(with_unknown);
        for (std::size_t g = 0; g < out.size(); ++g) out[g] = each[g][0] + each[g][1];
        return out;
    }

    /// What f makes of counts, of all and without each group.
    struct left_out {
        double value = undefined;
        std::array<double, evidence_groups> without{};
        std::array<std::int64_t, evidence_groups> rows{};

        [[nodiscard]] jackknife_estimate plain() const noexcept {
            return jackknife(value, without, rows);
        }
        [[nodiscard]] jackknife_estimate share() const noexcept {
            return jackknife_share(value, without, rows);
        }
        [[nodiscard]] jackknife_estimate correlation() const noexcept {
            return jackknife_correlation(value, without, rows);
        }
    };
    template <class F>
    [[nodiscard]] left_out leave_out(F f, bool with_unknown = false) const {
        const outcome_counts all = total();
        left_out out{f(all), {}, rows(with_unknown)};
        outcome_counts rest = all;
        for (std::size_t g = 0; g < out.without.size(); ++g) {
            for (std::size_t bin = 0; bin < bins_; ++bin) {
                rest.lost[bin] = all.lost[bin] - at(g, false, bin);
                rest.kept[bin] = all.kept[bin] - at(g, true, bin);
            }
            out.without[g] = f(rest);
        }
        return out;
    }

    /// The jackknife of what f makes of counts.
    template <class F>
    [[nodiscard]] jackknife_estimate jackknife_of(F f, bool with_unknown = false) const {
        return leave_out(f, with_unknown).plain();
    }

private:
    std::size_t bins_;
    std::vector<std::int64_t> cells_;
};

namespace detail {

/// Two-sided, by t of groups − 1. A figure that no group moves has no error to be seen, not none:
/// it has no p, or 1 where it is `null` itself.
[[nodiscard]] inline double p_of(const jackknife_estimate& one, double null) noexcept {
    if (!is_defined(one.value) || !is_defined(one.error)) return undefined;
    if (one.error == 0) return one.value == null ? 1.0 : undefined;
    return t_two_sided((one.value - null) / one.error, static_cast<double>(one.groups - 1));
}

/// The same, never surer than independent observations would be, of which `independent` is the p.
/// Where an outcome or a flag is rare, few groups have one, and what the others lack looks like
/// agreement: the jackknife's error is then far too small. Where no group moves the figure, that of
/// independent observations.
[[nodiscard]] inline double p_of(const jackknife_estimate& one, double null,
                                 double independent) noexcept {
    if (!is_defined(one.error)) return undefined;
    return one.error > 0 ? std::fmax(p_of(one, null), independent) : independent;
}

/// The smallest interval that holds both; undefined where one of them is.
[[nodiscard]] inline interval hull(const interval& a, const interval& b) noexcept {
    if (!is_defined(a) || !is_defined(b)) return {};
    return {std::fmin(a.lower, b.lower), std::fmax(a.upper, b.upper)};
}

/// An interval says no more than the test: it reaches to `null` where p > 0.05.
[[nodiscard]] inline tested_figure reaching(tested_figure of, double null) noexcept {
    if (of.p > 0.05 && is_defined(of.of.interval))
        of.of.interval = hull(of.of.interval, {null, null});
    return of;
}

[[nodiscard]] inline tested_figure tested_of(const jackknife_estimate& one, double null,
                                             std::int64_t n) noexcept {
    return {figure_of(one, n), p_of(one, null), undefined};
}

[[nodiscard]] inline ranking ranking_of(const outcome_counts& of) noexcept {
    return rank_statistics(of.known_kept(), of.known_lost());
}

/// q over a family of tests: what `of` gives of each row.
template <class Rows, class Of>
void adjust_family(Rows& rows, Of of) {
    std::vector<double> p;
    for (auto& one : rows) p.push_back(of(one).p);
    benjamini_hochberg(p, p);
    for (std::size_t k = 0; k < rows.size(); ++k) of(rows[k]).q = p[k];
}

/// The p of independent observations for ends that repeat: those of the rarer outcome may be a few
/// customers' many. Of m independent ones a group of G has none with (1 − 1/G)^m, so that as many
/// groups as have one tell how many there are; z is smaller by the root of m ÷ that (a design
/// effect: Kish 1965).
[[nodiscard]] inline double p_of_repeated(double p, const ends_by_group& ends) noexcept {
    std::array<std::int64_t, 2> all{};
    std::array<double, 2> groups{};
    for (const auto& here : ends) {
        for (std::size_t k = 0; k < all.size(); ++k) {
            all[k] += here[k];
            groups[k] += here[k] > 0 ? 1 : 0;
        }
    }
    const std::size_t rarer = all[0] <= all[1] ? 0 : 1;
    constexpr double most = evidence_groups;
    const double independent = std::log1p(-groups[rarer] / most) / std::log1p(-1 / most);
    const double repeated = static_cast<double>(all[rarer]) / independent;
    return repeated > 1 ? normal_two_sided(normal_quantile(p / 2) / std::sqrt(repeated)) : p;
}

/// AUC of kept against lost among those with a value. Each customer once: DeLong's error with
/// Brunner and Munzel's degrees of freedom, no interval where that error is 0 (nothing overlaps);
/// the test is that of the rank sum, because DeLong's error of a value that hardly anybody has is
/// too small under its null. Else the jackknife's, neither surer than that.
[[nodiscard]] inline tested_figure auc_of(const grouped_outcomes& from, bool each_once) {
    const outcome_counts all = from.total();
    const ranking found = ranking_of(all);
    tested_figure out{{found.auc, auc_interval(found), all.known()},
                      rank_sum_test(all.known_kept(), all.known_lost()).p,
                      undefined};
    if (!each_once) {
        const jackknife_estimate groups =
            from.leave_out([](const outcome_counts& one) { return ranking_of(one).auc; }).share();
        out.of.interval = hull(out.of.interval, groups.interval);
        out.p = p_of(groups, 0.5, p_of_repeated(out.p, from.ends(false)));
    }
    return reaching(out, 0.5);
}

/// The jackknife's interval through Fisher's z: the outcome is a yes or no, and the error that
/// Fisher gives a normal pair is wrong of it in both directions. It is no narrower than that of no
/// correlation, 1/√(n − 1): the jackknife's is too small where one outcome is rare. Each customer
/// once: the test of independent observations, else the larger p.
[[nodiscard]] inline tested_figure correlation_of(const jackknife_estimate& one, double p_once,
                                                  bool each_once, std::int64_t n) noexcept {
    tested_figure out{figure_of(one, n), each_once ? p_once : p_of(one, 0, p_once), undefined};
    if (!(one.error > 0) || n < 2) {
        out.of.interval = {};
        return out;
    }
    const double half = stats_detail::two_sided_t(0.95, static_cast<double>(one.groups - 1)) /
                        std::sqrt(static_cast<double>(n - 1));
    const double z = std::atanh(one.value);
    out.of.interval = hull(out.of.interval, {std::tanh(z - half), std::tanh(z + half)});
    return reaching(out, 0);
}

[[nodiscard]] inline tested_figure spearman_of(const grouped_outcomes& from, bool each_once) {
    const outcome_counts all = from.total();
    const jackknife_estimate found =
        from.leave_out([](const outcome_counts& one) {
                return spearman(one.known_kept(), one.known_lost()).value;
            })
            .correlation();
    const double p = rank_sum_test(all.known_kept(), all.known_lost()).p;
    return correlation_of(found, each_once ? p : p_of_repeated(p, from.ends(false)), each_once,
                          all.known());
}

/// How much wider the groups make an AUC's interval than independent observations would have it.
[[nodiscard]] inline double inflation_of(const grouped_outcomes& from) {
    const double independent = ranking_of(from.total()).error;
    const double seen =
        from.jackknife_of([](const outcome_counts& one) { return ranking_of(one).auc; }).error;
    return independent > 0 ? std::max(1.0, seen / independent) : undefined;
}

/// The interval of a figure that chance alone lifts above 0: the lower end starts from the figure
/// less the jackknife's estimate of its bias, (G − 1)(mean θ₍g₎ − θ).
[[nodiscard]] inline interval less_bias(const jackknife_estimate& of,
                                        const grouped_outcomes::left_out& from) noexcept {
    if (!is_defined(of.interval)) return {};
    double apart = 0;
    for (std::size_t g = 0; g < from.without.size(); ++g) {
        if (from.rows[g] > 0) apart += from.without[g] - of.value;
    }
    const auto groups = static_cast<double>(of.groups);
    const double bias = (groups - 1) / groups * apart;
    return {of.interval.lower - std::max(0.0, bias), of.interval.upper};
}

/// Kolmogorov–Smirnov's distance; the jackknife's interval within [0, 1], its lower end less the
/// bias. It starts at 0 where the distance is not beyond that of two samples of one distribution at
/// 5 % (Smirnov's limit, 1.358 √(1/m + 1/n), times the inflation where customers count twice).
[[nodiscard]] inline figure ks_of(const grouped_outcomes& from, bool each_once) {
    const grouped_outcomes::left_out ks =
        from.leave_out([](const outcome_counts& one) { return ranking_of(one).ks; });
    const outcome_counts all = from.total();
    figure out{ks.value, less_bias(ks.plain(), ks), all.known()};
    const ranking found = ranking_of(all);
    const double limit = 1.3581015 * (each_once ? 1.0 : inflation_of(from)) *
                         std::sqrt(1 / static_cast<double>(found.positives) +
                                   1 / static_cast<double>(found.negatives));
    if (is_defined(out.interval) && !(ks.value > limit)) out.interval.lower = 0;
    return within(out, 0, 1);
}

/// Where each bin goes so that at most ten bins of known values remain, of about as many
/// observations each, and unknown: a bin goes where the share of known observations below it,
/// times ten, falls.
[[nodiscard]] inline std::vector<std::size_t> tenths_of_known(const outcome_counts& of) {
    constexpr std::size_t parts = 10;
    std::vector<std::size_t> out(of.lost.size(), parts);
    const std::int64_t n = of.known();
    std::int64_t below = 0;
    for (std::size_t k = 0; k + 1 < out.size(); ++k) {
        const int128 share = n == 0 ? int128{0} : int128{below} * 10 / n;
        out[k] = std::min(parts - 1, static_cast<std::size_t>(share));
        below += of.lost[k] + of.kept[k];
    }
    return out;
}

/// Information value over those bins; the jackknife leaves the bins' edges as they are, and its
/// lower end is less the bias.
[[nodiscard]] inline figure information_of(const grouped_outcomes& from) {
    const outcome_counts all = from.total();
    const std::vector<std::size_t> to = tenths_of_known(all);
    const auto value = [&to](const outcome_counts& one) {
        std::array<std::int64_t, 11> kept{}, lost{};
        for (std::size_t k = 0; k < to.size(); ++k) {
            kept[to[k]] += one.kept[k];
            lost[to[k]] += one.lost[k];
        }
        return information_value(kept, lost).value;
    };
    const grouped_outcomes::left_out found = from.leave_out(value, true);
    return within({found.value, less_bias(found.plain(), found), all.all()}, 0);
}

/// The alarm of docs/evidence.md: crude and pooled odds ratio on different sides of 1, and
/// the interval of log(crude ÷ pooled) without 0.
[[nodiscard]] inline bool is_reversed(const figure& crude, const figure& pooled,
                                      const figure& log_ratio) noexcept {
    return (crude.value - 1) * (pooled.value - 1) < 0 &&
           (log_ratio.interval.lower > 0 || log_ratio.interval.upper < 0);
}

inline void write(json_writer& out, const tested_figure& one) {
    out.begin_object()
        .member("value", one.of.value)
        .member("lower", one.of.interval.lower)
        .member("upper", one.of.interval.upper)
        .member("n", one.of.n)
        .member("p", one.p)
        .member("q", one.q)
        .end_object();
}

inline void write(json_writer& out, std::string_view key, const tested_figure& one) {
    out.key(key);
    write(out, one);
}

/// "0.712 (0.655–0.768)"; without what is not defined.
[[nodiscard]] inline std::string shown_figure(const figure& of, int digits, language in) {
    const std::string value = shown(of.value, digits, in);
    if (of.value != of.value || !is_defined(of.interval)) return value;
    const bool ja = in == language::ja;
    // A dash beside a minus is hard to read.
    const char* const until = ja ? "〜" : of.interval.lower < 0 ? " to " : "–";
    return value + (ja ? "（" : " (") + shown(of.interval.lower, digits, in) + until +
           shown(of.interval.upper, digits, in) + (ja ? "）" : ")");
}

}  // namespace detail
}  // namespace aiueo
