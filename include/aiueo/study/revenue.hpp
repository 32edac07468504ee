// study › revenue: what customers paid, month by month, and what moved it. … ─► evidence ─► study
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "aiueo/study/histories.hpp"
#include "aiueo/study/mrr_rows.hpp"
#include "aiueo/study/revenue_completion.hpp"
#include "aiueo/study/revenue_finding.hpp"
#include "aiueo/study/revenue_json.hpp"
#include "aiueo/study/revenue_rates.hpp"
#include "aiueo/study/revenue_tree.hpp"
#include "aiueo/study/revenue_words.hpp"
#include "aiueo/study/slices.hpp"

namespace aiueo {

struct revenue_options {
    std::int32_t months = 120;  ///< so many of the latest, at least 1
    reactivated back = reactivated::left_out;
    std::optional<std::string> segment{};  ///< only this one; nothing: all
};

namespace detail {

class revenue_study {
public:
    revenue_study(const evidence& of, const revenue_options& options)
        : evidence_(of), shape_(of.shape()), options_(options) {}

    [[nodiscard]] revenue_finding run() {
        const aiueo::model& subject = shape_.model();
        out_.known = known_revenue(evidence_);
        out_.trailing_months = subject.study.horizon_months;
        out_.back = options_.back;
        out_.grace_days = subject.study.grace_days;
        out_.free_is_customer = subject.study.free_is_customer;
        out_.currency = subject.currency;
        out_.minor_digits = subject.minor_digits;
        if (out_.known) {
            last_ = out_.known->last_month;
            first_ = last_ - options_.months + 1;
            add_months();
            add_segments();
            add_due();
            out_.completion = completion_study{evidence_, *out_.known, first_}.run();
        }
        revenue_words{evidence_, out_, year_before_}.tell();
        caution_unfollowed(due_year_, out_.told);
        return std::move(out_);
    }

private:
    static constexpr std::int32_t year = 12;

    /// Of the customers who were active `trailing_months` before; of a segment's level, or of all.
    [[nodiscard]] std::span<const std::int64_t> trailing_at(std::int32_t month) const {
        const std::int32_t then = month - out_.trailing_months;
        return evidence_.table(table_id::retention).find({then});
    }
    [[nodiscard]] std::span<const std::int64_t> trailing_at(std::size_t segment, std::int32_t level,
                                                            std::int32_t month) const {
        const std::int32_t then = month - out_.trailing_months;
        return evidence_.tables()[counted::retention_of_segment(segment)].find({then, level});
    }

    // ── everybody ────────────────────────────────────────────────────────────

    void add_months() {
        const std::vector<std::int32_t> cohorts = mrr_cohorts(evidence_);
        if (cohorts.empty() || cohorts.front() > last_) return;
        begun_ = cohorts.front();
        first_ = std::max(first_, begun_);
        // A year's rates and the year before want two years more.
        const std::int32_t from = std::max(begun_, first_ - 2 * year);
        const grouped_months all{mrr_of_everybody(evidence_, from, last_)};
        const auto month_at = [&](std::int32_t month) {
            const auto at = static_cast<std::size_t>(month - from);
            return revenue_month{all.all[at], rates_at(all, at, options_.back),
                                 rates_over(all, at, year, options_.back),
                                 trailing_of(trailing_at(month))};
        };
        for (std::int32_t month = first_; month <= last_; ++month)
            out_.months.push_back(month_at(month));
        if (last_ - year >= from) year_before_ = month_at(last_ - year);
        for (const std::int32_t cohort : cohorts) {
            if (cohort >= first_ && cohort <= last_) add_cohort(cohort);
        }
        const tree_study trees{evidence_};
        out_.trees.push_back(trees.tree(last_, last_));
        if (last_ > begun_)
            out_.trees.push_back(trees.tree(std::max(begun_, last_ - year + 1), last_));
        const auto& roles = shape_.model().roles;
        if (roles.contains("member")) out_.members = trees.owners(table_id::moves_by_member, last_);
        if (roles.contains("team")) out_.teams = trees.owners(table_id::moves_by_team, last_);
    }

    void add_cohort(std::int32_t cohort) {
        const grouped_months of{mrr_of_cohort(evidence_, cohort, last_)};
        revenue_cohort& to = out_.cohorts.emplace_back();
        to.month = month_name(cohort);
        grouped_ratio gross;
        gross.value = 1;
        gross.without.fill(1);
        const mrr_sum begun = of.all.front().end;
        gross.n = begun.customers;
        for (std::size_t g = 0; g < gross.rows.size(); ++g)
            gross.rows[g] = of.by_group[g].front().end.customers;
        // What is lost stays lost, also where nothing is left to divide by.
        const auto go_on = [](double& left, std::int64_t part, std::int64_t whole) {
            if (left != 0) left *= stats_detail::ratio(part, whole);
        };
        for (std::size_t at = 0; at < of.all.size(); ++at) {
            const mrr_month& all = of.all[at];
            cohort_month& row = to.months.emplace_back();
            row.months = static_cast<std::int32_t>(at);
            row.active = all.end;
            row.customers_kept = wilson_figure(all.end.customers, begun.customers);
            grouped_ratio left = gross;
            left.value = stats_detail::ratio(all.end.mrr, begun.mrr);
            for (std::size_t g = 0; g < left.without.size(); ++g) {
                const auto& own = of.by_group[g];
                left.without[g] = stats_detail::ratio(all.end.mrr - own[at].end.mrr,
                                                      begun.mrr - own.front().end.mrr);
                if (at == 0) continue;
                const grr_parts rest{grr(all), grr(own[at])};
                go_on(gross.without[g], rest.part(), rest.whole());
            }
            if (at == 0) {
                if (begun.mrr == 0) gross.value = undefined;
                row.mrr_kept = {left.value, {}, left.n};
                row.gross_kept = {gross.value, {}, gross.n};
                continue;
            }
            go_on(gross.value, grr(all).part, grr(all).whole);
            const jackknife_estimate found =
                jackknife_positive(left.value, left.without, left.rows);
            row.mrr_kept = {left.value, found.interval, left.n};
            row.gross_kept = share_figure(gross);
        }
    }
    struct grr_parts {
        mrr_rate all, own;
        [[nodiscard]] std::int64_t part() const noexcept { return all.part - own.part; }
        [[nodiscard]] std::int64_t whole() const noexcept { return all.whole - own.whole; }
    };

    // ── by segment ───────────────────────────────────────────────────────────

    void add_segments() {
        if (out_.months.empty()) return;
        for (std::size_t s = 0; s < shape_.model().segments.size(); ++s) {
            const std::string& name = shape_.model().segments[s].metric;
            if (options_.segment && *options_.segment != name) continue;
            revenue_segment& to = out_.segments.emplace_back(revenue_segment{name, {}});
            const count_table& table = evidence_.tables()[counted::movements_of_segment(s)];
            for (const slices::segment_level& one : slices{evidence_}.segment_levels(s)) {
                if (one.id >= 0) add_level(s, one.id, one.name, to);
            }
            const bool unknown = std::any_of(table.blocks().begin(), table.blocks().end(),
                                             [](const auto& one) { return one.first[1] < 0; });
            if (unknown) add_level(s, -1, {}, to);
            adjust_family(to.levels, [](revenue_level& one) -> tested_figure& {
                return one.churn_difference;
            });
            adjust_family(to.levels,
                          [](revenue_level& one) -> tested_figure& { return one.nrr_difference; });
        }
    }

    void add_level(std::size_t s, std::int32_t id, const std::string& name, revenue_segment& to) {
        const std::int32_t from = std::min(first_, std::max(begun_, last_ - year + 1));
        const grouped_months of{mrr_of_level(evidence_, s, id, from, last_)};
        revenue_level level;
        level.level = name;
        level.months.assign(of.all.begin() + (first_ - from), of.all.end());
        const bool nobody =
            std::all_of(level.months.begin(), level.months.end(), [](const mrr_month& one) {
                return one.start.customers == 0 && one.end.customers == 0;
            });
        if (nobody) return;
        const std::size_t at = of.all.size() - 1;
        level.rates = rates_at(of, at, options_.back);
        level.compounded = rates_over(of, at, year, options_.back);
        const auto trailing = trailing_at(s, id, last_);
        level.trailing = trailing_of(trailing);
        compare_trailing(retained_ends(trailing, 0), retained_ends(trailing_at(last_), 0),
                         shape_.model().steps.min_n, level);
        // Who is at no level is no segment to look at.
        if (id < 0) level.churn_difference.p = level.nrr_difference.p = undefined;
        to.levels.push_back(std::move(level));
    }

    // ── contracts that were due ──────────────────────────────────────────────

    void add_due() {
        const revenue_shape& cells = shape_.revenue();
        for (const auto& [key, block] : evidence_.table(table_id::decisions).blocks()) {
            if (key[0] > last_ || (key[0] < first_ && key[0] <= last_ - year)) continue;
            grouped_ends ends{};
            for (std::size_t level = 0; level <= cells.levels; ++level) {
                for (std::size_t band = 0; band < cells.term_bands; ++band) {
                    for (std::size_t g = 0; g < ends.size(); ++g)
                        ends[g].add(block.data() + cells.decision_cell(level, band, g));
                }
            }
            if (key[0] >= first_) out_.due.push_back(due_of(key[0], ends));
            if (key[0] <= last_ - year) continue;
            for (std::size_t g = 0; g < ends.size(); ++g) due_year_[g].add(ends[g].by_field.data());
        }
        if (slices::total(due_year_)[end_field::ends] > 0) out_.due_year = due_of(last_, due_year_);
    }

    /// A customer may have several contracts that end in one month: the jackknife's intervals.
    [[nodiscard]] static revenue_due due_of(std::int32_t month, const grouped_ends& ends) {
        return {month_name(month), slices::total(ends)[end_field::due],
                share_of(ends, end_field::kept, end_field::ends, end_field::ends),
                share_of(ends, end_field::due_kept, end_field::due, end_field::priced),
                retained_of(ends)};
    }

    const evidence& evidence_;
    const counted& shape_;
    revenue_options options_;
    std::int32_t begun_ = 0;  ///< the first month in which anybody was active
    std::int32_t first_ = 0;  ///< the first that is shown
    std::int32_t last_ = 0;   ///< the last whose close is seen
    std::optional<revenue_month> year_before_;
    grouped_ends due_year_{};  ///< contracts that were due in the last twelve months
    revenue_finding out_;
};

}  // namespace detail

/// What customers paid by month, to the minor unit, and what moved it (docs/revenue.md):
/// the bridge; churn, lost MRR, GRR and NRR of a month, of the last twelve one after another, and
/// from close to close over the model's `study.horizon_months`; cohorts; levels of segments, each
/// tested against all others (q: Benjamini–Hochberg within the segment and rate); contracts that
/// were due; who completed onboarding in time, with Kaplan–Meier's time to it, in which leavers
/// stay at risk as those who will not reach it; and NRR by the stages that customers moved between,
/// of all, by member and by team. Intervals: Wilson's where customers count once, else the
/// jackknife's over 20 groups of customers. Nothing is claimed of the month that data_until falls
/// in. Evidence that was counted without data_until has no money over time: the finding says so.
[[nodiscard]] inline revenue_finding study_revenue(const evidence& of,
                                                   const revenue_options& options = {}) {
    return detail::revenue_study{of, options}.run();
}

}  // namespace aiueo
