// study › nrr_backtest: how sure an expected NRR is of what comes, and how often it was right.
// … ─► evidence ─► study
//
// What comes strays from what is expected for three reasons, whose variances add up:
//   rates    they are of finitely many customers: the jackknife of Σ share · rate;
//   chance   these customers are finitely many, too: the jackknife of Σ (later − MRR · rate) over
//            Σ MRR within each past starting month, times its customers, the mean over the
//            months, over the customers now;
//   month    some months are better for everybody: what past months differ beyond that chance, of
//            the window to come, and c of it in the rates.
// Windows of h months that begin a month apart share h − 1 of their months. With correlation
// 1 − |i − j|/h between them the variance within T of them is too small by the factor 1 − c,
// c = Σᵢⱼ (1 − |i − j|/h)₊ ÷ T², and they say as much as 1/c windows apart. Degrees of freedom by
// Welch and Satterthwaite, 19 for the groups' and 1/c − 1, at least 1, for the months'.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "aiueo/stats/distributions.hpp"
#include "aiueo/stats/intervals.hpp"
#include "aiueo/study/histories.hpp"
#include "aiueo/study/nrr_levels.hpp"

namespace aiueo::detail {

inline constexpr std::array<double, 3> band_levels{0.5, 0.8, 0.95};
inline constexpr double group_degrees = evidence_groups - 1;

/// c above: 1 for one window, 1/T for T windows that share nothing.
[[nodiscard]] inline double overlap_of(std::span<const std::int32_t> starts,
                                       std::int32_t horizon) noexcept {
    double sum = 0;
    for (const std::int32_t a : starts) {
        for (const std::int32_t b : starts)
            sum += std::max(0.0, 1.0 - std::abs(a - b) / static_cast<double>(horizon));
    }
    const auto n = static_cast<double>(starts.size());
    return starts.empty() ? undefined : sum / n / n;
}

/// Are so many past closes enough to judge by? Fewer windows than fill a horizon are hardly more
/// than one.
[[nodiscard]] constexpr bool enough_origins(std::int64_t n, std::int32_t horizon) noexcept {
    return n >= std::max<std::int64_t>(6, horizon);
}

/// The error of an expected NRR as a word on what comes. Undefined where it cannot be told.
struct nrr_error {
    double error = undefined;
    double degrees = undefined;
    double month_variance = 0;

    [[nodiscard]] std::vector<nrr_band> bands(double around) const {
        std::vector<nrr_band> out;
        for (const double level : band_levels) {
            interval one = wald_t_interval(around, error, degrees, level);
            if (is_defined(one)) one.lower = std::max(0.0, one.lower);
            out.push_back({level, one});
        }
        return out;
    }
};

/// `customers`: of the portfolio that the expectation is of.
[[nodiscard]] inline nrr_error error_of(const retention_counts& from, start_range in,
                                        const nrr_rates& rates, const over_groups& expected,
                                        std::int64_t customers, std::int32_t horizon) {
    const jackknife_estimate of_rates = expected.plain(from.rows(in, from.everybody()));
    double chance = 0, scaled = 0;
    std::vector<double> apart;
    for (std::size_t i = in.first; i < in.end; ++i) {
        const start_range here{i, i + 1};
        const auto residual = [&](std::size_t without) {
            double sum = 0;
            for (std::size_t place = 0; place <= from.unseen(); ++place) {
                const retained_sums of = from.sums(here, place, without);
                if (of.mrr > 0 || of.later > 0) {
                    sum += static_cast<double>(of.later) -
                           static_cast<double>(of.mrr) * rates.at(place);
                }
            }
            const std::int64_t all = from.sums(here, from.everybody(), without).mrr;
            return all > 0 ? sum / static_cast<double>(all) : undefined;
        };
        const jackknife_estimate one =
            over_groups::made(residual).plain(from.rows(here, from.everybody()));
        if (!is_defined(one.error)) continue;
        const std::int64_t then = from.sums(here, from.everybody()).customers;
        apart.push_back(one.value);
        chance += one.error * one.error;
        scaled += one.error * one.error * static_cast<double>(then);
    }
    nrr_error out;
    if (apart.empty() || customers <= 0 || !is_defined(of_rates.error)) return out;
    const auto months = static_cast<double>(apart.size());
    const double by_groups =
        of_rates.error * of_rates.error + scaled / months / static_cast<double>(customers);
    const double c = overlap_of(std::span{from.months()}.subspan(in.first, in.size()), horizon);
    if (apart.size() > 1 && c < 1) {
        double mean = 0, squares = 0;
        for (const double one : apart) mean += one / months;
        for (const double one : apart) squares += (one - mean) * (one - mean) / months;
        out.month_variance = std::max(0.0, squares / (1 - c) - chance / months);
    }
    const double all = by_groups + out.month_variance;
    // Neither groups nor months differ: how far what comes may stray was never seen.
    if (!(std::sqrt(all) > stats_detail::jackknife_rounding)) return out;
    out.error = std::sqrt(all);
    const double of_months = std::max(1.0, 1 / c - 1);
    out.degrees = all * all /
                  (by_groups * by_groups / group_degrees +
                   out.month_variance * out.month_variance / of_months);
    return out;
}

class nrr_backtester {
public:
    nrr_backtester(const retention_counts& from, const level_variable* levels, std::int32_t horizon)
        : from_(from), levels_(levels), horizon_(horizon) {}

    [[nodiscard]] nrr_backtest run() {
        for (std::size_t i = 0; i < from_.months().size(); ++i) {
            const start_range known = from_.until(from_.months()[i] - horizon_);
            if (!known.empty()) add(i, known);
        }
        out_.origins = static_cast<std::int64_t>(out_.each.size());
        if (out_.origins == 0) return std::move(out_);
        const double c = overlap_of(months_, horizon_);
        out_.independent = 1 / c;
        add_bias(c);
        add_levels();
        judge();
        return std::move(out_);
    }

private:
    struct origin {
        std::size_t at = 0;
        start_range known;
        nrr_rates rates;
    };

    void add(std::size_t i, start_range known) {
        const start_range here{i, i + 1};
        origins_.push_back({i, known, nrr_rates{from_, known}});
        const nrr_rates& rates = origins_.back().rates;
        level_mix mix;
        for (std::size_t place = 0; place <= from_.unseen(); ++place) {
            const retained_sums of = from_.sums(here, place);
            mix.push_back({of.customers, of.mrr});
        }
        const over_groups expected = expected_of(mix, rates);
        const nrr_error error =
            error_of(from_, known, rates, expected, sum_of(mix).customers, horizon_);
        nrr_origin out;
        out.month = month_name(from_.months()[i]);
        out.months = static_cast<std::int32_t>(known.size());
        out.expected = expected.value;
        out.error = error.error;
        out.bands = error.bands(out.expected);
        out.realised = from_.sums(here, from_.everybody()).nrr();
        out.deviation = out.realised - out.expected;
        for (std::size_t place = 0; place <= from_.unseen(); ++place) {
            const double part = part_of(origins_.back(), place, none_left_out);
            if (mix[place].customers == 0 ||
                (is_defined(out.by_level) && !(std::fabs(part) > std::fabs(out.by_level))))
                continue;
            out.by_level = part;
            out.level = name_of_place(place);
        }
        month_variance_ += error.month_variance;
        months_.push_back(from_.months()[i]);
        out_.each.push_back(std::move(out));
    }

    [[nodiscard]] std::string name_of_place(std::size_t place) const {
        return place < from_.levels() ? levels_->levels[place] : std::string{};
    }

    /// A place's part of the deviation at an origin: share · (realised − expected).
    [[nodiscard]] double part_of(const origin& one, std::size_t place,
                                 std::size_t without) const noexcept {
        const start_range here{one.at, one.at + 1};
        const retained_sums of = from_.sums(here, place, without);
        const std::int64_t all = from_.sums(here, from_.everybody(), without).mrr;
        if (all <= 0) return undefined;
        if (of.mrr == 0 && of.later == 0) return 0;
        return (static_cast<double>(of.later) -
                static_cast<double>(of.mrr) * one.rates.at(place, without)) /
               static_cast<double>(all);
    }

    [[nodiscard]] group_rows all_rows() const noexcept {
        return from_.rows(from_.all(), from_.everybody());
    }

    template <class F>
    [[nodiscard]] over_groups mean_over_origins(F of) const {
        return over_groups::made([&](std::size_t g) {
            double sum = 0;
            for (const origin& one : origins_) sum += of(one, g);
            return sum / static_cast<double>(origins_.size());
        });
    }

    void add_bias(double c) {
        const over_groups mean = mean_over_origins([&](const origin& one, std::size_t g) {
            double sum = 0;
            for (std::size_t place = 0; place <= from_.unseen(); ++place)
                sum += part_of(one, place, g);
            return sum;
        });
        const jackknife_estimate found = mean.plain(all_rows());
        const double months = month_variance_ / static_cast<double>(origins_.size());
        out_.bias = {found.value, {}, out_.origins};
        if (!is_defined(found.error)) return;
        const double groups = found.error * found.error, between = months * c;
        const double all = groups + between;
        if (!(std::sqrt(all) > stats_detail::jackknife_rounding)) return;
        const double df =
            all * all /
            (groups * groups / group_degrees + between * between / std::max(1.0, 1 / c - 1));
        out_.bias.interval = wald_t_interval(found.value, std::sqrt(all), df);
    }

    void add_levels() {
        for (std::size_t place = 0; place <= from_.unseen(); ++place) {
            nrr_deviation out;
            out.level = name_of_place(place);
            const over_groups mean = mean_over_origins(
                [&](const origin& one, std::size_t g) { return part_of(one, place, g); });
            out.part = figure_of(mean.plain(all_rows()), out_.origins);
            out.by_renewal = out.by_expansion = 0;
            for (const origin& one : origins_) split(one, place, out);
            out_.levels.push_back(std::move(out));
        }
    }

    /// NRR is what was kept of the MRR × what became of that: the difference of two products, each
    /// factor's at the mean of the other. What has no second factor has the other's.
    void split(const origin& one, std::size_t place, nrr_deviation& to) const {
        const start_range here{one.at, one.at + 1};
        const retained_sums came = from_.sums(here, place);
        const std::int64_t all = from_.sums(here, from_.everybody()).mrr;
        if (came.mrr == 0 || all == 0) return;
        const std::size_t known_at = one.rates.is_own(place) ? place : from_.everybody();
        const retained_sums known = from_.sums(one.known, known_at);
        const double kept = came.renewal(), kept_then = known.renewal();
        double grown = came.expansion(), grown_then = known.expansion();
        if (!is_defined(grown)) grown = is_defined(grown_then) ? grown_then : 1;
        if (!is_defined(grown_then)) grown_then = grown;
        const double share = static_cast<double>(came.mrr) / static_cast<double>(all) /
                             static_cast<double>(origins_.size());
        to.by_renewal += share * (kept - kept_then) * (grown + grown_then) / 2;
        to.by_expansion += share * (grown - grown_then) * (kept + kept_then) / 2;
    }

    void judge() {
        std::array<std::int64_t, band_levels.size()> held{};
        std::int64_t n = 0;
        double squares = 0;
        for (const nrr_origin& one : out_.each) {
            if (!(one.error > 0)) continue;
            ++n;
            squares += (one.deviation / one.error) * (one.deviation / one.error);
            for (std::size_t k = 0; k < held.size(); ++k) {
                const interval& at = one.bands[k].between;
                held[k] += one.realised >= at.lower && one.realised <= at.upper ? 1 : 0;
            }
        }
        for (std::size_t k = 0; k < held.size(); ++k)
            out_.coverage.push_back({band_levels[k], stats_detail::ratio(held[k], n)});
        if (n == 0) return;
        out_.spread = squares / static_cast<double>(n);
        if (!enough_origins(n, horizon_)) return;
        const interval& bias = out_.bias.interval;
        if (bias.lower > 0 || bias.upper < 0) {
            out_.verdict = nrr_trust::biased;
        } else if (out_.spread * out_.independent > chi_squared_quantile(0.95, out_.independent)) {
            out_.verdict = nrr_trust::overconfident;
        } else {
            out_.verdict = nrr_trust::trust;
        }
    }

    const retention_counts& from_;
    const level_variable* levels_;
    std::int32_t horizon_;
    std::vector<origin> origins_;
    std::vector<std::int32_t> months_;
    double month_variance_ = 0;  ///< Σ over the origins
    nrr_backtest out_;
};

}  // namespace aiueo::detail
