// score › compile_pattern: where a customer stands in the chain accompany → process → success →
// mission. base ─► table ─► model ─► score
//
// docs/scores.md. Kleene throughout: a pattern is named only where it surely holds.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "aiueo/model/model.hpp"
#include "aiueo/score/lower.hpp"
#include "aiueo/score/plan.hpp"
#include "aiueo/score/program.hpp"

namespace aiueo::detail {

/// Metrics that patterns read; no_slot where the model names none.
struct pattern_roles {
    slot mrr = no_slot;
    slot mrr_before = no_slot;
    slot contract_start = no_slot;
};

/// Touch's own score, and places for those of process and success.
[[nodiscard]] inline std::array<slot, step_names.size()> place_step_scores(lowering& lower,
                                                                           slot touch) {
    const slot process = lower.lasting();
    return {touch, process, lower.lasting()};
}

/// Writes the instructions that find each pattern.
class pattern_builder {
public:
    pattern_builder(lowering& lower, double threshold, std::vector<instruction>& into)
        : lower_(lower), threshold_(threshold), out_(into) {}

    /// Into `scheme`: the truth of each step, and of each pattern in the order of `pattern`; no two
    /// patterns hold for one customer. The scores of process and success go to `scores`, where
    /// touch's lies already.
    void run(const scheme& rules, planned_scheme& scheme,
             const std::array<slot, step_names.size()>& scores, slot as_of,
             const pattern_roles& roles) {
        scheme.overdue = overdue(rules, scheme, as_of, roles.contract_start);
        const slot accompany = scores[0] == no_slot ? truth(2) : reached(scores[0]);
        mean(rules, scheme, axis::implementation, axis::utilization, scores[1]);
        const slot process = both(reached(scores[1]), opposite(scheme.overdue));
        mean(rules, scheme, axis::engagement, axis::outcome, scores[2]);
        const slot success = reached(scores[2]);

        const slot untouched = opposite(accompany);
        const slot unused = opposite(process);
        const slot fruitless = opposite(success);
        scheme.steps = {{{untouched, accompany}, {unused, process}, {fruitless, success}}};

        const slot neither = both(unused, fruitless);
        const slot all = both(process, success);
        slot stands_still = truth(0);
        if (roles.mrr != no_slot && roles.mrr_before != no_slot)
            stands_still = add(code::less_equal, roles.mrr, roles.mrr_before);
        // MRR that is not surely the same or less than before does not count against success.
        const slot grows = opposite(add(code::surely_not, opposite(stands_still)));
        scheme.patterns = {both(untouched, neither), both(accompany, neither),
                           both(process, fruitless), both(unused, success),
                           both(all, stands_still),  both(all, grows)};
    }

private:
    using code = instruction::code;

    slot add(code what, slot a, slot b = 0) {
        const slot at = lower_.lasting_truth();
        out_.push_back({what, at, a, b, 0, 0, 0, 0});
        return at;
    }
    slot both(slot a, slot b) { return add(code::logical_and, a, b); }
    slot opposite(slot a) { return add(code::logical_not, a); }
    slot truth(std::uint32_t which) {
        const slot at = lower_.lasting_truth();
        out_.push_back({code::constant_truth, at, 0, 0, 0, which, 0, 0});
        return at;
    }
    slot beside(code what, slot numbers, double constant) {
        const slot at = lower_.lasting_truth();
        out_.push_back({what, at, numbers, 0, 0, 0, constant, 0});
        return at;
    }
    slot reached(slot score) { return beside(code::at_least, score, threshold_); }

    /// The weighted mean of two axes, by their overall weights, on the grid: what is compared with
    /// the threshold is what is shown. Unknown if either axis in use is insufficient, or if neither
    /// has weight in overall.
    void mean(const scheme& rules, const planned_scheme& scheme, axis first, axis second,
              slot into) {
        slot score[2] = {no_slot, no_slot};
        double weight[2] = {0, 0};
        std::size_t count = 0;
        for (const axis which : {first, second}) {
            const auto g = static_cast<std::size_t>(which);
            if (!scheme.groups[g].in_use || !(rules.overall.weights[g] > 0)) continue;
            score[count] = scheme.groups[g].slots.score;
            weight[count++] = rules.overall.weights[g];
        }
        if (count == 0) {
            out_.push_back({code::copy, into, lower_.constant(unknown_value), 0, 0, 0, 0, 0});
            return;
        }
        if (count == 1) score[1] = score[0];
        out_.push_back({code::weighted_mean, into, score[0], score[1], 0, 0, weight[0], weight[1]});
    }

    /// Is a rung of the first ladder overdue: more than its expected days after the contract's
    /// start, and surely not reached?
    slot overdue(const scheme& rules, const planned_scheme& scheme, slot as_of,
                 slot contract_start) {
        slot late = truth(0);
        if (scheme.ladders.empty() || contract_start == no_slot) return late;
        const slot age = lower_.temporary_at(0);
        out_.push_back({code::subtract, age, as_of, contract_start, 0, 0, 0, 0});
        const std::vector<rung>& rungs = rules.ladders[0].rungs;
        for (std::size_t r = 1; r < rungs.size(); ++r) {
            if (!rungs[r].expected_by_days) continue;
            const slot not_there = add(code::surely_not, scheme.ladders[0].reached[r - 1]);
            const slot too_old =
                beside(code::more_than, age, static_cast<double>(*rungs[r].expected_by_days));
            late = add(code::logical_or, late, both(not_there, too_old));
        }
        return late;
    }

    lowering& lower_;
    double threshold_;
    std::vector<instruction>& out_;
};

}  // namespace aiueo::detail
