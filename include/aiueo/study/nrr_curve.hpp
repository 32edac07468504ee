// study › nrr_curve: the course that reaches the target, and which cohorts keep up with it.
// … ─► evidence ─► study
//
// *Required*: all lives, each weighted by exp(λ · its NRR), with the λ at which together they keep
// the target. Weights by bin of the NRR, whose value is the bin's own ratio of sums, so that the
// curve ends at the target exactly. Every real cohort looks behind a curve made of winners alone,
// the *achievers*; that one is shown and decides nothing.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "aiueo/stats/intervals.hpp"
#include "aiueo/stats/multiple.hpp"
#include "aiueo/stats/tilting.hpp"
#include "aiueo/study/histories.hpp"
#include "aiueo/study/nrr_cohorts.hpp"
#include "aiueo/study/nrr_counts.hpp"

namespace aiueo::detail {

/// A cohort of fewer customers is no cohort to judge.
inline constexpr std::int64_t least_cohort = 10;

/// As it was at the close of `last`: of lives that were known then, with cohorts as they were.
class nrr_course {
public:
    nrr_course(const evidence& of, const nrr_cohorts& cohorts, double target, std::int32_t last)
        : evidence_(of),
          cohorts_(cohorts),
          horizon_(of.shape().revenue().horizon),
          target_(target),
          last_(last) {}

    /// Without `explained` the cohorts' differences are not divided: to be asked many times.
    [[nodiscard]] nrr_curve run(bool explained = true) {
        out_.target = target_;
        read_lives();
        if (!is_defined(target_))
            out_.why = nrr_gap::no_target;
        else if (lives_.empty())
            out_.why = nrr_gap::too_short;
        draw();
        std::vector<const cohort*> recent;
        for (const auto& [start, one] : cohorts_.all()) {
            if (start < last_ && start + static_cast<std::int32_t>(horizon_) >= last_)
                recent.push_back(&one);
        }
        const auto judged = [&](const std::vector<const cohort*>& these) {
            const group_of_cohorts of = grouped(these);
            nrr_cohort out = judge(of);
            if (explained) explain(of, out);
            return out;
        };
        for (const cohort* one : recent) {
            out_.cohorts.push_back(judged({one}));
            out_.cohorts.back().start = month_name(one->start);
            out_.cohorts.back().months = last_ - one->start;
        }
        if (!recent.empty()) out_.together = judged(recent);
        adjust_family(out_.cohorts,
                      [](nrr_cohort& one) -> tested_figure& { return one.difference; });
        return std::move(out_);
    }

private:
    using cohort = nrr_cohorts::cohort;
    using cohort_state = nrr_cohorts::state;
    using sums = std::vector<std::int64_t>;  ///< n, Σ MRR by month

    struct life_bin {
        std::array<sums, evidence_groups + 1> by_group;
    };

    void read_lives() {
        std::map<std::int32_t, std::size_t> where;
        for (const auto& [key, block] : evidence_.table(table_id::lives).blocks()) {
            if (key[2] + static_cast<std::int32_t>(horizon_) > last_) continue;
            const auto [found, fresh] = where.try_emplace(key[1], lives_.size());
            if (fresh) {
                lives_.emplace_back();
                for (sums& one : lives_.back().by_group) one.assign(horizon_ + 2, 0);
            }
            life_bin& to = lives_[found->second];
            const auto g = static_cast<std::size_t>(key[0]);
            for (std::size_t k = 0; k < horizon_ + 2; ++k) {
                to.by_group[g][k] += block[k];
                to.by_group[none_left_out][k] += block[k];
            }
            rows_[g] += block[0];
            out_.lives += block[0];
        }
    }

    /// A bin without one group.
    [[nodiscard]] std::int64_t rest(const life_bin& of, std::size_t k,
                                    std::size_t without) const noexcept {
        const std::int64_t all = of.by_group[none_left_out][k];
        return without == none_left_out ? all : all - of.by_group[without][k];
    }

    /// Month k of the lives in `wanted` bins weighted by exp(λ · ratio).
    template <class Wanted>
    [[nodiscard]] std::vector<double> course(std::size_t without, double lambda,
                                             Wanted wanted) const {
        std::vector<double> out(horizon_ + 1, undefined);
        double top = 0;
        bool some = false;
        std::vector<double> ratios;
        for (const life_bin& one : lives_) {
            ratios.push_back(
                stats_detail::ratio(rest(one, 1 + horizon_, without), rest(one, 1, without)));
            if (!is_defined(ratios.back()) || !wanted(ratios.back())) continue;
            top = some ? std::max(top, lambda * ratios.back()) : lambda * ratios.back();
            some = true;
        }
        if (!some || !is_defined(lambda)) return out;
        std::vector<double> sums_by_month(horizon_ + 1);
        for (std::size_t i = 0; i < lives_.size(); ++i) {
            if (!is_defined(ratios[i]) || !wanted(ratios[i])) continue;
            const double weight = std::exp(lambda * ratios[i] - top);
            for (std::size_t k = 0; k <= horizon_; ++k) {
                sums_by_month[k] += weight * static_cast<double>(rest(lives_[i], 1 + k, without));
            }
        }
        for (std::size_t k = 0; k <= horizon_; ++k) out[k] = sums_by_month[k] / sums_by_month[0];
        return out;
    }

    [[nodiscard]] double tilt(std::size_t without) const {
        std::vector<double> ratios, masses;
        for (const life_bin& one : lives_) {
            const auto mass = static_cast<double>(rest(one, 1, without));
            ratios.push_back(mass > 0 ? static_cast<double>(rest(one, 1 + horizon_, without)) / mass
                                      : 0.0);
            masses.push_back(mass);
        }
        return tilt_to(ratios, masses, target_);
    }

    void draw() {
        const auto everybody = [](double) { return true; };
        const auto achieved = [this](double ratio) { return ratio >= target_; };
        const std::vector<double> all = course(none_left_out, 0, everybody);
        const std::vector<double> achievers = course(none_left_out, 0, achieved);
        out_.realised = lives_.empty() ? undefined : all.back();
        out_.lambda = tilt(none_left_out);
        std::vector<double> ratios, counts;
        for (const life_bin& one : lives_) {
            const sums& here = one.by_group[none_left_out];
            ratios.push_back(stats_detail::ratio(here[1 + horizon_], here[1]));
            counts.push_back(static_cast<double>(here[0]));
            if (achieved(ratios.back())) out_.achievers += here[0];
        }
        if (is_defined(out_.lambda))
            out_.effective = effective_number(ratios, counts, out_.lambda);
        else if (out_.why == nrr_gap::none)
            out_.why = nrr_gap::out_of_range;
        required_.assign(horizon_ + 1, {});
        for (std::size_t g = 0; g <= none_left_out; ++g) {
            const double lambda = g == none_left_out ? out_.lambda : tilt(g);
            const std::vector<double> one = course(g, lambda, everybody);
            for (std::size_t k = 0; k <= horizon_; ++k)
                (g == none_left_out ? required_[k].value : required_[k].without[g]) = one[k];
        }
        for (std::size_t k = 0; k <= horizon_ && !lives_.empty(); ++k) {
            nrr_point point;
            point.months = static_cast<std::int32_t>(k);
            point.all = all[k];
            point.achievers = achievers[k];
            point.required = figure_of(required_[k].positive(rows_), out_.lives);
            // Both are what they are by definition, however the groups are drawn.
            if (k == 0 || k == horizon_) {
                const double value = point.required.value;
                point.required.interval = {value, value};
            }
            out_.points.push_back(point);
        }
    }

    /// Some cohorts together, each beside the course at its own age.
    struct group_of_cohorts {
        std::vector<const cohort*> cohorts;
        std::vector<std::size_t> ages;
        std::vector<cohort_state> then, now;
    };

    [[nodiscard]] group_of_cohorts grouped(const std::vector<const cohort*>& of) const {
        group_of_cohorts out;
        out.cohorts = of;
        for (const cohort* one : of) {
            out.ages.push_back(static_cast<std::size_t>(last_ - one->start));
            out.then.push_back(one->at(one->start));
            out.now.push_back(one->at(last_));
        }
        return out;
    }

    [[nodiscard]] static std::int64_t mrr_of(const cohort_state& of, std::size_t without) noexcept {
        const std::int64_t all = of.total().mrr;
        return without == none_left_out ? all : all - of.by_group[without].mrr;
    }

    [[nodiscard]] nrr_cohort judge(const group_of_cohorts& of) const {
        nrr_cohort out;
        group_rows rows{}, of_both = rows_;
        for (std::size_t k = 0; k < of.cohorts.size(); ++k) {
            out.then += of.then[k].total();
            out.now += of.now[k].total();
            for (std::size_t g = 0; g < rows.size(); ++g)
                rows[g] += of.then[k].by_group[g].customers;
        }
        for (std::size_t g = 0; g < rows.size(); ++g) of_both[g] += rows[g];
        const over_groups mine = over_groups::made([&](std::size_t g) {
            std::int64_t then = 0, now = 0;
            for (std::size_t k = 0; k < of.cohorts.size(); ++k) {
                then += mrr_of(of.then[k], g);
                now += mrr_of(of.now[k], g);
            }
            return stats_detail::ratio(now, then);
        });
        const over_groups asked = over_groups::made([&](std::size_t g) {
            double sum = 0, all = 0;
            for (std::size_t k = 0; k < of.cohorts.size(); ++k) {
                const over_groups& course = required_[of.ages[k]];
                const auto then = static_cast<double>(mrr_of(of.then[k], g));
                sum += then * (g == none_left_out ? course.value : course.without[g]);
                all += then;
            }
            return all > 0 ? sum / all : undefined;
        });
        const jackknife_estimate alone = mine.positive(rows);
        out.ratio = figure_of(alone, out.then.customers);
        out.required = asked.value;
        out.difference = difference_of(mine, asked, of_both, out.then.customers);
        allow_for_losses(out, alone, difference_error(mine, asked, of_both));
        if (out.then.customers < least_cohort) {
            out.difference.of.interval = {};
            out.difference.p = undefined;
        }
        const interval& at = out.difference.of.interval;
        if (is_defined(at)) {
            out.verdict = at.lower > 0   ? nrr_verdict::ahead
                          : at.upper < 0 ? nrr_verdict::behind
                                         : nrr_verdict::on;
        }
        return out;
    }

    [[nodiscard]] static jackknife_estimate difference_error(const over_groups& mine,
                                                             const over_groups& asked,
                                                             const group_rows& rows) {
        return over_groups::made([&](std::size_t g) {
                   return g == none_left_out ? mine.value - asked.value
                                             : mine.without[g] - asked.without[g];
               })
            .plain(rows);
    }

    /// Both are ratios of money, and skew: the interval is that of their ratio's logarithm, as a
    /// difference at what is required. The plain one where there is no logarithm.
    [[nodiscard]] static tested_figure difference_of(const over_groups& mine,
                                                     const over_groups& asked,
                                                     const group_rows& rows, std::int64_t n) {
        const jackknife_estimate plain = difference_error(mine, asked, rows);
        tested_figure out = tested_of(plain, 0, n);
        const jackknife_estimate ratio =
            over_groups::made([&](std::size_t g) {
                return g == none_left_out ? std::log(mine.value / asked.value)
                                          : std::log(mine.without[g] / asked.without[g]);
            }).plain(rows);
        if (!is_defined(ratio.interval) || !std::isfinite(ratio.value)) return out;
        out.of.interval = {asked.value * std::expm1(ratio.interval.lower),
                           asked.value * std::expm1(ratio.interval.upper)};
        out.p = p_of(ratio, 0);
        return out;
    }

    /// Cohorts are small, and groups of a few customers say little of their losses: a share of them
    /// that was kept is no surer than Wilson's interval of as many. Of a cohort that has lost
    /// nobody the groups say nothing of losses at all, and both errors count.
    static void allow_for_losses(nrr_cohort& out, const jackknife_estimate& alone,
                                 const jackknife_estimate& apart) {
        const std::int64_t n = out.then.customers, kept = std::min(out.now.customers, n);
        if (kept == 0) return;
        const double share = stats_detail::ratio(kept, n);
        const double loss = (share - wilson_interval(kept, n).lower) * out.ratio.value / share;
        const auto error_of = [&](const jackknife_estimate& by) {
            const double df = static_cast<double>(std::max<std::int64_t>(1, by.groups - 1));
            const double alike = loss / stats_detail::two_sided_t(0.95, df);
            return kept == n ? std::hypot(alike, by.error) : std::max(alike, by.error);
        };
        const auto widened = [&](const figure& of, const jackknife_estimate& by) {
            const double df = static_cast<double>(std::max<std::int64_t>(1, by.groups - 1));
            const interval wide = wald_t_interval(of.value, error_of(by), df);
            if (!is_defined(of.interval)) return wide;
            return interval{std::min(wide.lower, of.interval.lower),
                            std::max(wide.upper, of.interval.upper)};
        };
        if (!is_defined(apart.error)) return;
        if (is_defined(alone.error)) out.ratio.interval = widened(out.ratio, alone);
        out.difference.of.interval = widened(out.difference.of, apart);
        const double error = error_of(apart);
        if (!(error > 0)) return;
        const double p = t_two_sided(apart.value / error, static_cast<double>(apart.groups - 1));
        if (!(out.difference.p > p)) out.difference.p = p;
    }

    /// Against what is usual at that age in the cohorts that have lived through the horizon. Lives
    /// do not say who was kept month by month, movements do, for all cohorts alike.
    void explain(const group_of_cohorts& of, nrr_cohort& out) const {
        double usual_mrr = 0, usual_customers = 0;
        for (std::size_t k = 0; k < of.cohorts.size(); ++k) {
            const std::int32_t age = static_cast<std::int32_t>(of.ages[k]);
            paying then, now;
            for (const auto& [month, one] : cohorts_.all()) {
                if (month + static_cast<std::int32_t>(horizon_) > last_ ||
                    month == of.cohorts[k]->start)
                    continue;
                then += one.at(month).total();
                now += one.at(month + age).total();
            }
            const paying mine = of.then[k].total();
            usual_mrr += static_cast<double>(mine.mrr) * stats_detail::ratio(now.mrr, then.mrr);
            usual_customers += static_cast<double>(mine.customers) *
                               stats_detail::ratio(now.customers, then.customers);
        }
        const double usual = usual_mrr / static_cast<double>(out.then.mrr);
        const double usual_kept = usual_customers / static_cast<double>(out.then.customers);
        const double mine_kept = stats_detail::ratio(out.now.customers, out.then.customers);
        // MRR of each that was kept, as a share of what each paid at first. Where nobody was kept
        // there is none, and all of the difference is renewal.
        double mine_each = out.ratio.value / mine_kept, usual_each = usual / usual_kept;
        if (mine_kept == 0) mine_each = usual_each;
        if (usual_kept == 0) usual_each = mine_each;
        out.by_renewal = (mine_kept - usual_kept) * (mine_each + usual_each) / 2;
        out.by_expansion = (mine_each - usual_each) * (mine_kept + usual_kept) / 2;
        out.by_target = usual - out.required;
    }

    const evidence& evidence_;
    const nrr_cohorts& cohorts_;
    std::size_t horizon_;
    double target_;
    std::int32_t last_;
    std::vector<life_bin> lives_;
    group_rows rows_{};                  ///< lives by group
    std::vector<over_groups> required_;  ///< by month
    nrr_curve out_;
};

}  // namespace aiueo::detail
