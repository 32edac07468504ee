// study › nrr: what NRR we are heading for, what would lift it, and whether to believe it.
// … ─► evidence ─► study
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "aiueo/study/histories.hpp"
#include "aiueo/study/nrr_backtest.hpp"
#include "aiueo/study/nrr_course_backtest.hpp"
#include "aiueo/study/nrr_curve.hpp"
#include "aiueo/study/nrr_experiments.hpp"
#include "aiueo/study/nrr_finding.hpp"
#include "aiueo/study/nrr_json.hpp"
#include "aiueo/study/nrr_levels.hpp"
#include "aiueo/study/nrr_review.hpp"
#include "aiueo/study/nrr_steps.hpp"
#include "aiueo/study/nrr_words.hpp"

namespace aiueo {

struct nrr_options {
    /// The ladder, or "band", whose levels NRR is of. Empty: the first ladder, else the bands. What
    /// needs moves between levels is known of those alone.
    std::string of;
    /// The latest so many starting months make the rates. Nothing: all.
    std::optional<std::int32_t> months;
    /// The NRR to reach. Nothing: the model's study.nrr_target.
    std::optional<double> target;
    /// Of the plan: the effort that there is. Nothing: as much as it takes.
    std::optional<double> capacity;
    /// Of bringing one customer from a level to the next; 1 where a level is not named.
    std::map<std::string, double> effort;
};

namespace detail {

/// Ladders and bands that NRR can be of.
[[nodiscard]] inline std::vector<const level_variable*> nrr_scales(const counted& shape) {
    std::vector<const level_variable*> out;
    for (const level_variable& one : shape.level_variables()) {
        if (one.what == level_variable::kind::ladder || one.what == level_variable::kind::band)
            out.push_back(&one);
    }
    return out;
}

/// Levels in their order; "unknown" of the bands is none.
[[nodiscard]] inline std::size_t scale_of(const level_variable* levels) noexcept {
    if (levels == nullptr) return 0;
    return levels->levels.size() - (levels->what == level_variable::kind::band ? 1 : 0);
}

class nrr_study {
public:
    nrr_study(const evidence& of, const nrr_options& options)
        : evidence_(of),
          shape_(of.shape()),
          cells_(of.shape().revenue()),
          options_(options),
          levels_(chosen(of.shape(), options.of)),
          scale_(scale_of(levels_)),
          from_(of, levels_),
          used_(options.months ? from_.latest(static_cast<std::size_t>(*options.months))
                               : from_.all()),
          rates_(from_, used_),
          rows_(from_.rows(used_, from_.everybody())),
          last_(last_close_of(of)) {}

    [[nodiscard]] nrr_finding run() {
        const aiueo::model& subject = shape_.model();
        out_.of = levels_ == nullptr ? "" : levels_->name;
        out_.horizon = static_cast<std::int32_t>(cells_.horizon);
        out_.lag = subject.steps.lag_months.value_or(usual_lag);
        out_.currency = subject.currency;
        out_.minor_digits = subject.minor_digits;
        out_.latest_months = static_cast<std::int32_t>(latest_starts);
        target_ = options_.target ? *options_.target : subject.study.nrr_target.value_or(undefined);
        if (last_) out_.last_month = month_name(*last_);
        const auto& moved = evidence_.table(table_id::movements).blocks();
        if (!last_ || moved.empty())
            out_.why = nrr_gap::nothing_counted;
        else if (from_.months().empty())
            out_.why = nrr_gap::too_short;
        if (out_.why == nrr_gap::too_short)
            out_.known_from = month_name(moved.begin()->first[0] + out_.horizon);
        if (!used_.empty()) {
            out_.first_start = month_name(from_.months()[used_.first]);
            out_.last_start = month_name(from_.months()[used_.end - 1]);
        }
        add_levels();
        add_portfolio();
        add_level_ups();
        add_reviews();
        if (!last_) {
            out_.curve.why = out_.why;
        } else {
            const nrr_cohorts cohorts{evidence_};
            out_.curve = nrr_course{evidence_, cohorts, target_, *last_}.run();
            out_.curve.backtest = course_backtester{evidence_, cohorts, target_, *last_}.run();
        }
        out_.backtest = nrr_backtester{from_, levels_, out_.horizon}.run();
        add_month_effect();
        tell_nrr(out_);
        return std::move(out_);
    }

private:
    /// Months of a share that goes up where the model declares none: the usual review cycle.
    static constexpr std::int32_t usual_lag = 3;

    [[nodiscard]] static const level_variable* chosen(const counted& shape,
                                                      const std::string& name) {
        if (name.empty()) return shape.revenue_levels();
        for (const level_variable* one : nrr_scales(shape)) {
            if (one->name == name) return one;
        }
        return nullptr;
    }

    void add_levels() {
        out_.everybody = level_row(from_, used_, from_.everybody(), "");
        for (std::size_t k = 0; k < from_.levels(); ++k)
            out_.levels.push_back(level_row(from_, used_, k, levels_->levels[k]));
        out_.unseen = level_row(from_, used_, from_.unseen(), "");
        std::vector<nrr_level*> all{&out_.everybody, &out_.unseen};
        for (nrr_level& one : out_.levels) all.push_back(&one);
        std::vector<double> p;
        for (const nrr_level* one : all) p.push_back(one->change.p);
        benjamini_hochberg(p, p);
        for (std::size_t k = 0; k < all.size(); ++k) all[k]->change.q = p[k];
        for (std::size_t k = 0; k + 1 < scale_; ++k) {
            const over_groups apart = rate_difference(from_, used_, k, k + 1);
            if (!(apart.value < 0)) continue;
            out_.falls.push_back({levels_->levels[k], levels_->levels[k + 1],
                                  figure_of(apart.plain(rows_of_both(from_, used_, k, k + 1)),
                                            out_.levels[k].nrr.n + out_.levels[k + 1].nrr.n)});
        }
    }

    // ── now ──────────────────────────────────────────────────────────────────

    void add_portfolio() {
        out_.portfolio_why = out_.why;
        if (out_.why == nrr_gap::nothing_counted) return;
        if (levels_ == nullptr)
            out_.portfolio_why = nrr_gap::no_levels;
        else if (levels_ != shape_.revenue_levels())
            out_.portfolio_why = nrr_gap::other_levels;
        if (out_.portfolio_why == nrr_gap::no_levels || out_.portfolio_why == nrr_gap::other_levels)
            return;
        const auto block = evidence_.table(table_id::moves).find({*last_});
        if (block.empty()) {
            if (out_.portfolio_why == nrr_gap::none) out_.portfolio_why = nrr_gap::no_customers;
            return;
        }
        moves_ = move_table::of_all(cells_, block);
        mix_ = mix_of(*moves_, cells_);
        expected_ = expected_of(mix_, rates_);
        out_.portfolio = portfolio_of("", mix_, rates_, rows_);
        const paying all = sum_of(mix_);
        if (all.customers == 0 && out_.portfolio_why == nrr_gap::none)
            out_.portfolio_why = nrr_gap::no_customers;
        const auto put = [&all](nrr_level& to, const paying& here) {
            to.now = here;
            to.share = stats_detail::ratio(here.mrr, all.mrr);
        };
        put(out_.everybody, all);
        put(out_.unseen, mix_[cells_.unseen()]);
        for (std::size_t k = 0; k < out_.levels.size(); ++k) put(out_.levels[k], mix_[k]);
        out_.realised = error_of(from_, used_, rates_, expected_, all.customers, out_.horizon)
                            .bands(expected_.value);
        add_owners(table_id::moves_by_member, out_.members);
        add_owners(table_id::moves_by_team, out_.teams);
    }

    /// Of the owners at the last close, by their names; one that nobody names is no news.
    void add_owners(table_id which, std::vector<nrr_portfolio>& to) const {
        for_owners(which, [&](const std::string& name, std::span<const std::int64_t> block) {
            const level_mix mix = mix_of(move_table::of_owner(cells_, block, 0), cells_);
            if (sum_of(mix).customers > 0) to.push_back(portfolio_of(name, mix, rates_, rows_));
        });
    }

    template <class F>
    void for_owners(table_id which, F with) const {
        const count_table& table = evidence_.table(which);
        const auto& blocks = table.blocks();
        std::map<std::string, std::span<const std::int64_t>> by_name;
        for (auto at = blocks.lower_bound({*last_, -1});
             at != blocks.end() && at->first[0] == *last_; ++at) {
            const std::int32_t id = at->first[1];
            by_name.emplace(id < 0 ? std::string{} : table.names()[static_cast<std::size_t>(id)],
                            at->second);
        }
        if (by_name.size() == 1 && by_name.begin()->first.empty()) return;
        for (const auto& [name, block] : by_name) with(name, block);
    }

    /// Of all starting months that are known: of the few that an early close knew it is a guess.
    void add_month_effect() {
        const over_groups everybody =
            over_groups::made([&](std::size_t g) { return rates_.at(from_.everybody(), g); });
        const nrr_error found = error_of(from_, used_, rates_, everybody, 1, out_.horizon);
        if (is_defined(found.error)) out_.backtest.month_effect = std::sqrt(found.month_variance);
    }

    // ── up ───────────────────────────────────────────────────────────────────

    void add_level_ups() {
        if (!moves_) {
            out_.plan.why = out_.portfolio_why;
            out_.plan.target = target_;
            if (options_.capacity) out_.plan.capacity = *options_.capacity;
            return;
        }
        const monthly_moves monthly{evidence_};
        const bool staged = levels_->what == level_variable::kind::ladder;
        const nrr_experiments drawn{evidence_, from_, used_, staged && scale_ > 0 ? scale_ - 1 : 0,
                                    *last_};
        std::vector<level_up_counts> ups;
        for (std::size_t k = 0; k + 1 < scale_; ++k) {
            level_up_counts counts;
            counts.from = k;
            counts.difference = rate_difference(from_, used_, k, k + 1);
            const auto effort = options_.effort.find(levels_->levels[k]);
            if (effort != options_.effort.end()) counts.effort = effort->second;
            out_.level_ups.push_back(level_up(k, monthly, counts));
            nrr_level_up& up = out_.level_ups.back();
            up.experiment = drawn.at(k);
            up.by_experiment = up.experiment && up.experiment->established;
            if (up.by_experiment) up.impact = up.experiment->impact;
            ups.push_back(std::move(counts));
        }
        out_.plan = nrr_planner{mix_, expected_, rows_}.plan(out_.level_ups, ups, target_,
                                                             options_.capacity);
        if (out_.plan.state == nrr_plan_state::unknown && out_.plan.why == nrr_gap::none)
            out_.plan.why = out_.portfolio_why;
    }

    [[nodiscard]] nrr_level_up level_up(std::size_t k, const monthly_moves& monthly,
                                        level_up_counts& counts) const {
        nrr_level_up out;
        out.from = levels_->levels[k];
        out.to = levels_->levels[k + 1];
        out.now = mix_[k];
        const group_rows rows = rows_of_both(from_, used_, k, k + 1);
        out.difference = figure_of(counts.difference.plain(rows),
                                   out_.levels[k].nrr.n + out_.levels[k + 1].nrr.n);
        const auto scaled = [](figure of, double by) {
            of.value *= by;
            of.interval = {of.interval.lower * by, of.interval.upper * by};
            return of;
        };
        out.association = scaled(out.difference, static_cast<double>(out.now.mrr));
        out.impact = out.association;
        std::vector<std::int32_t> months(move_cycles.begin(), move_cycles.end());
        if (std::find(months.begin(), months.end(), out_.lag) == months.end())
            months.push_back(out_.lag);
        std::sort(months.begin(), months.end());
        for (const std::int32_t each : months)
            out.reach.push_back({each, monthly.reached(k, k + 1, scale_, each)});
        const over_groups reached = monthly.passage(k, k + 1, scale_, out_.lag);
        counts.usual = reached.value;
        const over_groups gain = over_groups::made([&](std::size_t g) {
            return g == none_left_out ? reached.value * counts.difference.value
                                      : reached.without[g] * counts.difference.without[g];
        });
        out.gain = figure_of(gain.plain(rows), out.difference.n);
        return out;
    }

    // ── the review ───────────────────────────────────────────────────────────

    void add_reviews() {
        if (!moves_) return;
        const nrr_reviewer reviewer{cells_, scale_, rates_, rows_};
        for (std::size_t cycle = 0; cycle < move_cycles.size(); ++cycle) {
            nrr_review out;
            out.months = move_cycles[cycle];
            out.from = month_name(*last_ - out.months);
            out.to = month_name(*last_);
            move_table all{cells_};
            const auto& blocks = evidence_.table(table_id::moves_by_member).blocks();
            for (auto at = blocks.lower_bound({*last_, -1});
                 at != blocks.end() && at->first[0] == *last_; ++at)
                all.add(move_table::of_owner(cells_, at->second, cycle));
            out.all = reviewer.change("", all);
            const auto add = [&](table_id which, std::vector<nrr_change>& to) {
                for_owners(which,
                           [&](const std::string& name, std::span<const std::int64_t> block) {
                               to.push_back(reviewer.change(
                                   name, move_table::of_owner(cells_, block, cycle), &all));
                           });
            };
            add(table_id::moves_by_member, out.members);
            add(table_id::moves_by_team, out.teams);
            out_.reviews.push_back(std::move(out));
        }
    }

    const evidence& evidence_;
    const counted& shape_;
    const revenue_shape& cells_;
    const nrr_options& options_;
    const level_variable* levels_;
    std::size_t scale_;
    retention_counts from_;
    start_range used_;
    nrr_rates rates_;
    group_rows rows_;
    std::optional<std::int32_t> last_;
    double target_ = undefined;
    std::optional<move_table> moves_;
    level_mix mix_;
    over_groups expected_;
    nrr_finding out_;
};

}  // namespace detail

/// Expected NRR at the horizon (docs/nrr.md; study.horizon_months): by level, of the
/// portfolio at the last close that is seen, by member and team; what the next rung is worth and
/// the cheapest level-ups to the target; why the expectation moved over 1, 3 and 6 months at the
/// same rates; the course that reaches the target and the cohorts beside it; and how past
/// expectations fared. Intervals are the jackknife's over 20 groups of customers, since the months
/// of a customer overlap. A level that is not the first ladder's (or, without one, a band) has
/// rates, and none of what needs moves. `options.of` is a ladder of the model, "band", or empty.
[[nodiscard]] inline nrr_finding study_nrr(const evidence& of, const nrr_options& options = {}) {
    return detail::nrr_study{of, options}.run();
}

}  // namespace aiueo
