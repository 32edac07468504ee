// score › pattern: where a customer stands in the chain accompany → process → success → mission.
// base ─► table ─► model ─► score
//
// 3-definitions section 6. Kleene throughout: a pattern is named only where it surely holds.
#pragma once

#include <cstddef>
#include <cstdint>

#include "aiueo/score/kernel_choice.hpp"
#include "aiueo/score/plan.hpp"
#include "aiueo/score/program.hpp"

namespace aiueo::detail {

enum class truth : std::uint8_t { no, yes, maybe };

[[nodiscard]] constexpr truth operator!(truth a) noexcept {
    return a == truth::maybe ? a : (a == truth::yes ? truth::no : truth::yes);
}
[[nodiscard]] constexpr truth both(truth a, truth b) noexcept {
    if (a == truth::no || b == truth::no) return truth::no;
    return a == truth::yes && b == truth::yes ? truth::yes : truth::maybe;
}
[[nodiscard]] constexpr bool surely(truth a) noexcept { return a == truth::yes; }

[[nodiscard]] inline truth reached(double score, double threshold) noexcept {
    return score != score ? truth::maybe : (score >= threshold ? truth::yes : truth::no);
}

/// Weighted mean of two axes by their overall weights; unknown if either axis in use is
/// insufficient, or if neither has weight in overall.
[[nodiscard]] inline double step_score(const planned_scheme& scheme, double* const* slots,
                                       std::size_t row, axis first, axis second) noexcept {
    double sum = 0;
    double weights = 0;
    for (const axis which : {first, second}) {
        const auto g = static_cast<std::size_t>(which);
        if (!scheme.groups[g].in_use) continue;
        const double weight = scheme.source->overall.weights[g];
        if (!(weight > 0)) continue;
        sum += weight * slots[scheme.groups[g].slots.score][row];
        weights += weight;
    }
    if (weights == 0) return unknown_value;
    return portable::on_grid(sum / weights);
}

/// Is a rung of the first ladder overdue: more than its expected days after the contract's start,
/// and surely not reached?
[[nodiscard]] inline truth overdue(const plan_data& plan, const planned_scheme& scheme,
                                   double* const* slots, std::size_t row) noexcept {
    if (scheme.ladders.empty() || plan.pattern.contract_start == no_slot) return truth::no;
    const ladder& rules = scheme.source->ladders[0];
    const double could = slots[scheme.ladders[0].could][row];
    const double age = slots[plan.as_of][row] - slots[plan.pattern.contract_start][row];
    truth late = truth::no;
    for (std::size_t r = 1; r < rules.rungs.size(); ++r) {
        if (!rules.rungs[r].expected_by_days || could >= static_cast<double>(r)) continue;
        if (age != age) {
            late = truth::maybe;
        } else if (age > static_cast<double>(*rules.rungs[r].expected_by_days)) {
            return truth::yes;
        }
    }
    return late;
}

[[nodiscard]] inline pattern pattern_of(const plan_data& plan, const planned_scheme& scheme,
                                        double* const* slots, std::size_t row) noexcept {
    const double threshold = plan.model.steps.threshold;
    const auto g = static_cast<std::size_t>(axis::touch);
    const double touch =
        scheme.groups[g].in_use ? slots[scheme.groups[g].slots.score][row] : unknown_value;
    const truth accompany = reached(touch, threshold);
    const double process_score =
        step_score(scheme, slots, row, axis::implementation, axis::utilization);
    const truth process =
        both(reached(process_score, threshold), !overdue(plan, scheme, slots, row));
    const truth success =
        reached(step_score(scheme, slots, row, axis::engagement, axis::outcome), threshold);

    if (surely(both(!accompany, both(!process, !success)))) return pattern::untouched;
    if (surely(both(accompany, both(!process, !success)))) return pattern::contacted_not_using;
    if (surely(both(process, !success))) return pattern::using_without_outcome;
    if (surely(both(!process, success))) return pattern::outcome_without_use;
    if (!surely(both(process, success))) return pattern::unknown;
    const planned_pattern& roles = plan.pattern;
    if (roles.mrr == no_slot || roles.mrr_before == no_slot) return pattern::succeeding;
    const double now = slots[roles.mrr][row];
    const double before = slots[roles.mrr_before][row];
    return now <= before ? pattern::outcome_without_growth : pattern::succeeding;
}

}  // namespace aiueo::detail
