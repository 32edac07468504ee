// study › nrr_steps: the cheapest level-ups that bring a portfolio to its target.
// … ─► evidence ─► study
//
// A customer that is brought one rung up is counted with the mean MRR of its level and is then
// expected to keep what its new level keeps. Sizes of single contracts are known of what is due
// alone, and contracts are no customers: with the mean the plan is of customers, of all of them,
// and promises no more than any of them would give. Who starts with the largest needs fewer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "aiueo/stats/covering.hpp"
#include "aiueo/study/nrr_levels.hpp"

namespace aiueo::detail {

/// What a level-up of the finding is of.
struct level_up_counts {
    std::size_t from = 0;      ///< place; to the next
    over_groups difference;    ///< of the rates
    double effort = 1;         ///< of one customer
    double usual = undefined;  ///< share that gets there within the lag
};

class nrr_planner {
public:
    nrr_planner(const level_mix& mix, const over_groups& expected, const group_rows& rows)
        : mix_(mix), expected_(expected), rows_(rows) {}

    [[nodiscard]] nrr_plan plan(const std::vector<nrr_level_up>& shown,
                                const std::vector<level_up_counts>& ups, double target,
                                std::optional<double> capacity) const {
        nrr_plan out;
        out.target = target;
        if (capacity) out.capacity = *capacity;
        const double all = static_cast<double>(sum_of(mix_).mrr);
        if (!is_defined(target)) out.why = nrr_gap::no_target;
        if (!is_defined(target) || !is_defined(expected_.value) || !(all > 0)) return out;
        std::vector<choice_item> items;
        for (const level_up_counts& one : ups) {
            const paying& here = mix_[one.from];
            const double gain =
                here.customers == 0 ? 0 : mean_mrr(one.from) * one.difference.value / all;
            items.push_back({gain > 0 ? gain : 0, one.effort, here.customers});
        }
        choice best;
        best.taken.assign(items.size(), 0);
        if (expected_.value >= target) {
            out.state = nrr_plan_state::there;
            out.effort = out.bound = 0;
        } else {
            const double need = target - expected_.value;
            best = cheapest_choice(items, need);
            if (!best.possible && best.gain + most_of_unseen(ups, all) >= need) {
                out.why = nrr_gap::unseen;
                return out;
            }
            out.state = best.possible ? nrr_plan_state::reached : nrr_plan_state::out_of_reach;
            out.exact = best.exact || !best.possible;
            out.bound = best.bound;
            if (!best.possible) out.bound = expected_.value + best.gain;
            // Nothing costs less than the bound, so more than there is need not be tried.
            if (capacity && best.cost > *capacity) {
                if (best.possible) out.state = nrr_plan_state::capacity;
                best = best_choice(items, *capacity);
                if (best.gain >= need) out.state = nrr_plan_state::reached;
                out.exact = best.exact;
                out.bound = expected_.value + best.bound;
            }
            out.effort = best.cost;
        }
        for (std::size_t k = 0; k < ups.size(); ++k) {
            if (best.taken[k] > 0)
                out.steps.push_back(step_of(shown[k], ups[k], items[k], best.taken[k]));
        }
        const over_groups after = over_groups::made([&](std::size_t g) {
            const auto of = [g](const over_groups& one) {
                return g == none_left_out ? one.value : one.without[g];
            };
            double sum = of(expected_);
            for (std::size_t k = 0; k < ups.size(); ++k) {
                if (best.taken[k] > 0)
                    sum += static_cast<double>(best.taken[k]) * mean_mrr(ups[k].from) *
                           of(ups[k].difference) / all;
            }
            return sum;
        });
        out.expected = figure_of(after.positive(rows_), sum_of(mix_).customers);
        return out;
    }

private:
    [[nodiscard]] double mean_mrr(std::size_t place) const noexcept {
        return stats_detail::ratio(mix_[place].mrr, mix_[place].customers);
    }

    /// What customers without a level could add at most: all of them brought up where it is worth
    /// most.
    [[nodiscard]] double most_of_unseen(const std::vector<level_up_counts>& ups,
                                        double all) const noexcept {
        double most = 0;
        for (const level_up_counts& one : ups) {
            if (one.difference.value > most) most = one.difference.value;
        }
        return static_cast<double>(mix_.back().mrr) * most / all;
    }

    [[nodiscard]] nrr_step step_of(const nrr_level_up& shown, const level_up_counts& of,
                                   const choice_item& item, std::int64_t taken) const {
        nrr_step out;
        out.from = shown.from;
        out.to = shown.to;
        out.customers = taken;
        out.of = mix_[of.from].customers;
        out.usual = of.usual * static_cast<double>(out.of);
        out.mrr = mean_mrr(of.from);
        out.effort = static_cast<double>(taken) * of.effort;
        out.gain = static_cast<double>(taken) * item.gain;
        out.sure = shown.difference.interval.lower > 0;
        return out;
    }

    const level_mix& mix_;
    const over_groups& expected_;
    const group_rows& rows_;
};

}  // namespace aiueo::detail
