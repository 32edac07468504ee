// score › explain: why one customer's score is what it is. base ─► table ─► model ─► score
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/base/error.hpp"
#include "aiueo/base/float_mode.hpp"
#include "aiueo/score/batch.hpp"
#include "aiueo/score/chunk.hpp"
#include "aiueo/score/plan.hpp"
#include "aiueo/score/scores.hpp"

namespace aiueo {

/// A metric as the customer's row has it.
struct explained_input {
    const metric* which = nullptr;
    value_state state = value_state::missing;
    double value = detail::unknown_value;  ///< number, money in major units, flag 0/1, date in days
    std::string text;                      ///< category
    std::optional<std::int32_t> age_days;  ///< where the table says when it was observed
};

struct explained_component {
    const component* source = nullptr;
    std::vector<explained_input> inputs;
    value_state state = value_state::missing;  ///< of the component as a whole
    double response = detail::unknown_value;   ///< 0..100 on the grid
    double contribution =
        detail::unknown_value;  ///< w s ÷ (Σ_K w + Σ_P w): points of the group's score
    double potential = detail::unknown_value;  ///< w (100 − s) ÷ the same: points it could add
    double overall_potential =
        detail::unknown_value;  ///< the same in points of overall, before caps
};

struct explained_cap {
    const cap* source = nullptr;
    double holds = detail::unknown_value;  ///< 1, 0 or unknown
    bool lowered = false;                  ///< it lowered the score
};

struct explained_override {
    const score_override* source = nullptr;
    explained_input value;
    bool applied = false;
};

struct explained_score {
    bool in_use = false;
    double score = detail::unknown_value;
    double before = detail::unknown_value;  ///< before caps and overrides
    double coverage = 0;
    double lower = 0;
    double upper = 100;
    double weight = 0;  ///< in overall
    std::vector<explained_component> components;
    std::vector<explained_cap> caps;
    std::optional<explained_override> manual;
};

struct explained_ladder {
    const ladder* source = nullptr;
    level_index stage = 0;
    level_index provisional = no_level;
    std::vector<double> holds;  ///< truth of each rung's condition; the first is 1
};

/// A step of the chain (docs/scores.md).
struct explained_step {
    step which = step::accompany;
    double score = detail::unknown_value;  ///< 0..100 on the grid; accompany's is touch's
    achievement achieved = achievement::unknown;
    double overdue = 0;  ///< of process: is a rung of the first ladder? 1, 0 or unknown
};

/// What would move the overall score (or, without one, its axis) most.
struct mover {
    std::uint32_t group = 0;
    std::uint32_t component = 0;
    double points = 0;
};

struct explanation {
    std::int64_t row = 0;
    std::string customer;
    std::optional<std::int32_t> as_of;
    level_index profile = 0;
    const aiueo::model* subject = nullptr;
    std::array<explained_score, group_count> groups;
    explained_score overall;
    std::vector<explained_ladder> ladders;
    level_index band = no_level;
    pattern where = pattern::unknown;
    std::vector<explained_step> steps;  ///< none of a model without them
    std::vector<mover> movers;          ///< most points first
};

namespace detail {

/// One row scored with everything kept. Used by explain() and gap().
class row_trace {
public:
    row_trace(const plan& with, const batch& input, bool overrides)
        : plan_(with.data()),
          batch_(input),
          space_(with.data(), true),
          chunk_(with.data(), input, space_, overrides, keep::everything) {}

    [[nodiscard]] status run(std::int64_t row) {
        if (&batch_.made_for() != &plan_) {
            return make_error(errc::invalid_argument,
                              "the batch must come from the plan that explains it");
        }
        if (row < 0 || row >= batch_.rows()) {
            return make_error(errc::invalid_argument, "row " + std::to_string(row) +
                                                          " is not within the batch's " +
                                                          std::to_string(batch_.rows()) + " rows");
        }
        if (status ok = batch_.ready(); !ok) return ok;
        const default_float_mode usual;
        row_ = row;
        if (status ok = chunk_.load(row, 1); !ok) return ok;
        chunk_.choose_profiles(&profile_);
        return chunk_.run_scheme(static_cast<std::size_t>(profile_), space_.slots.at.data(), 1);
    }

    [[nodiscard]] const plan_data& plan() const noexcept { return plan_; }
    [[nodiscard]] const planned_scheme& scheme() const noexcept {
        return plan_.schemes[static_cast<std::size_t>(profile_)];
    }
    [[nodiscard]] level_index profile() const noexcept { return profile_; }
    [[nodiscard]] double at(slot which) const noexcept { return space_.slots.at[which][0]; }
    /// 1, 0 or NaN.
    [[nodiscard]] double holds(slot which) const noexcept {
        const truth_column& of = space_.truths[which];
        if ((of.yes[0] & 1) != 0) return 1;
        return (of.no[0] & 1) != 0 ? 0 : unknown_value;
    }
    /// How many levels hold for sure, and how many could.
    [[nodiscard]] level_index level(const planned_levels& of) const noexcept {
        level_index out = 0;
        for (const slot one : of.reached) out = static_cast<level_index>(out + (holds(one) == 1));
        return out;
    }
    [[nodiscard]] level_index possible_level(const planned_levels& of) const noexcept {
        level_index out = 0;
        for (const slot one : of.reached) out = static_cast<level_index>(out + (holds(one) != 0));
        return out;
    }
    [[nodiscard]] value_state component_state(const planned_component& one) noexcept {
        return space_.states_of(one)[0];
    }
    [[nodiscard]] value_state metric_state(std::uint32_t number) noexcept {
        return space_.states_of(plan_.metrics[number], number)[0];
    }
    /// Run a program of the plan for this row.
    [[nodiscard]] double value_of(const program& todo) {
        plan_.kernels->run(todo.code.data(), todo.code.size(), space_.slots.at.data(),
                           space_.truths.data(), 1, batch_.texts());
        return todo.is_truth ? holds(todo.result) : at(todo.result);
    }

    [[nodiscard]] explained_input input(std::uint32_t number) {
        const metric& source = plan_.model.metrics[plan_.metrics[number].in_model];
        explained_input out;
        out.which = &source;
        out.state = metric_state(number);
        const batch::raw_value raw = batch_.raw(number, row_);
        // What the row holds is shown even where it does not count: stale and invalid values
        // explain themselves.
        out.value = out.state == value_state::known ? at(plan_.metrics[number].values) : raw.value;
        out.text = raw.text;
        if (source.from == metric::source::derived && source.type == metric_type::category &&
            out.value == out.value) {
            out.text = batch_.text(out.value);
        }
        if (raw.observed && batch_.has_as_of()) {
            const double age = at(plan_.as_of) - static_cast<double>(*raw.observed);
            constexpr double most = std::numeric_limits<std::int32_t>::max();
            out.age_days = static_cast<std::int32_t>(std::clamp(age, -most, most));
        }
        return out;
    }

private:
    const plan_data& plan_;
    const batch& batch_;
    workspace space_;
    chunk_scorer chunk_;
    std::int64_t row_ = 0;
    level_index profile_ = 0;
};

/// A component is as good as its worst input; what only the component can see (unseen, unused)
/// comes first.
[[nodiscard]] inline value_state state_of(row_trace& trace, const planned_component& one) {
    const value_state own = trace.component_state(one);
    if (own != value_state::known) return own;
    if (trace.at(one.response) == trace.at(one.response)) return value_state::known;
    for (const std::uint32_t number : one.input_metrics) {
        if (trace.metric_state(number) != value_state::known) return trace.metric_state(number);
    }
    return value_state::missing;
}

inline void explain_components(row_trace& trace, const planned_group& group, explained_score& out) {
    double weights = 0;
    for (const planned_component& one : group.components) {
        explained_component part;
        part.source = one.source;
        for (const std::uint32_t number : one.input_metrics)
            part.inputs.push_back(trace.input(number));
        part.state = state_of(trace, one);
        part.response = portable::on_grid(trace.at(one.response));
        const bool stands_in = one.source->missing == missing_policy::prior ||
                               one.source->missing == missing_policy::pessimistic;
        if (part.state == value_state::known || (part.state != value_state::unused && stands_in)) {
            weights += one.source->weight;
        }
        out.components.push_back(std::move(part));
    }
    for (std::size_t k = 0; k < out.components.size(); ++k) {
        explained_component& part = out.components[k];
        if (part.state != value_state::known || !(weights > 0)) continue;
        const double response = trace.at(group.components[k].response);
        part.contribution = part.source->weight * response / weights;
        part.potential = part.source->weight * (100 - response) / weights;
    }
}

inline void explain_limits(row_trace& trace, const std::vector<planned_cap>& planned,
                           const std::vector<cap>& caps,
                           const std::optional<planned_override>& override_at,
                           const std::optional<score_override>& manual, bool overrides,
                           explained_score& out) {
    double reached = out.before;
    for (std::size_t k = 0; k < caps.size(); ++k) {
        explained_cap one;
        one.source = &caps[k];
        one.holds = trace.holds(planned[k].when.result);
        one.lowered = one.holds == 1.0 && reached > caps[k].at_most;
        if (one.lowered) reached = caps[k].at_most;
        out.caps.push_back(one);
    }
    if (!manual) return;
    explained_override one;
    one.source = &*manual;
    const auto number =
        static_cast<std::uint32_t>(trace.plan().metric_number[manual->metric_index]);
    one.value = trace.input(number);
    const double value = trace.at(override_at->value);
    one.applied = overrides && value == value && !(out.score == reached);
    if (overrides && value == value && manual->how == score_override::mode::replace)
        one.applied = true;
    out.manual = std::move(one);
}

inline void read_score(const row_trace& trace, const score_slots& at, explained_score& out) {
    out.in_use = true;
    out.score = trace.at(at.score);
    out.before = trace.at(at.before);
    out.coverage = trace.at(at.coverage);
    out.lower = trace.at(at.lower);
    out.upper = trace.at(at.upper);
}

inline void explain_steps(const row_trace& trace, explanation& out) {
    if (!trace.plan().has_patterns) return;
    const planned_scheme& scheme = trace.scheme();
    for (std::size_t k = 0; k < step_names.size(); ++k) {
        explained_step one;
        one.which = static_cast<step>(k);
        const slot score = trace.plan().step_scores[k];
        if (score != no_slot) one.score = trace.at(score);
        if (trace.holds(scheme.steps[k][0]) == 1) one.achieved = achievement::no;
        if (trace.holds(scheme.steps[k][1]) == 1) one.achieved = achievement::yes;
        if (one.which == step::process) one.overdue = trace.holds(scheme.overdue);
        out.steps.push_back(one);
    }
    for (std::size_t k = 0; k < scheme.patterns.size(); ++k) {
        if (trace.holds(scheme.patterns[k]) == 1) out.where = static_cast<pattern>(k + 1);
    }
}

/// Points of overall that each known component could add, and the list of them.
inline void find_movers(const overall_rule& rule, explanation& out) {
    double weights = 0;
    for (std::size_t g = 0; g < axis_count; ++g) {
        if (out.groups[g].in_use && out.groups[g].score == out.groups[g].score)
            weights += out.groups[g].weight;
    }
    const bool mean = rule.how == overall_rule::combine::weighted_mean;
    // Overall, if an axis had another score: of a minimum only the lowest axis moves it, and no
    // further than to the next.
    const auto lowest_but = [&](std::uint32_t g, double score) {
        for (std::uint32_t other = 0; other < axis_count; ++other) {
            const explained_score& one = out.groups[other];
            if (other != g && one.in_use && one.weight > 0 && one.score < score) score = one.score;
        }
        return score;
    };
    for (std::uint32_t g = 0; g < axis_count; ++g) {
        explained_score& group = out.groups[g];
        if (!group.in_use || !(group.weight > 0) || group.score != group.score) continue;
        for (std::uint32_t k = 0; k < group.components.size(); ++k) {
            explained_component& part = group.components[k];
            if (part.potential != part.potential) continue;
            part.overall_potential =
                mean ? part.potential * group.weight / weights
                     : lowest_but(g, group.score + part.potential) - lowest_but(g, group.score);
            if (part.overall_potential > 0) out.movers.push_back({g, k, part.overall_potential});
        }
    }
    std::stable_sort(out.movers.begin(), out.movers.end(),
                     [](const mover& a, const mover& b) { return a.points > b.points; });
}

}  // namespace detail

/// Explain one row: each component's raw value, response, weight, contribution, freshness; caps,
/// overrides, rungs, steps; and what would move the score most. Allocates. Errors: as score();
/// invalid_argument for a row outside the batch.
[[nodiscard]] inline result<explanation> explain(const plan& with, const batch& input,
                                                 std::int64_t row, bool overrides = true) {
    const default_float_mode usual;
    detail::row_trace trace{with, input, overrides};
    if (status ok = trace.run(row); !ok) return std::move(ok).error();
    const plan_data& plan = with.data();
    const planned_scheme& scheme = trace.scheme();
    explanation out;
    out.row = row;
    out.subject = &plan.model;
    out.customer = input.customer(row);
    const double day = trace.at(plan.as_of);
    if (day == day) out.as_of = static_cast<std::int32_t>(day);
    out.profile = trace.profile();
    for (std::size_t g = 0; g < group_count; ++g) {
        const planned_group& group = scheme.groups[g];
        if (!group.in_use) continue;
        explained_score& one = out.groups[g];
        detail::read_score(trace, group.slots, one);
        if (g < axis_count) one.weight = scheme.source->overall.weights[g];
        detail::explain_components(trace, group, one);
        detail::explain_limits(trace, group.caps, scheme.source->groups[g].caps, group.manual,
                               scheme.source->groups[g].manual, overrides, one);
    }
    detail::read_score(trace, plan.overall, out.overall);
    out.overall.in_use = plan.has_overall;
    detail::explain_limits(trace, scheme.overall_caps, scheme.source->overall.caps,
                           scheme.overall_manual, scheme.source->overall.manual, overrides,
                           out.overall);
    for (std::size_t k = 0; k < scheme.ladders.size(); ++k) {
        explained_ladder one;
        one.source = &scheme.source->ladders[k];
        one.stage = trace.level(scheme.ladders[k]);
        const level_index could = trace.possible_level(scheme.ladders[k]);
        if (could > one.stage) one.provisional = could;
        one.holds.push_back(1.0);  // the first rung has no condition
        for (std::size_t r = 1; r < scheme.ladders[k].rungs.size(); ++r)
            one.holds.push_back(trace.holds(scheme.ladders[k].rungs[r].when.result));
        out.ladders.push_back(std::move(one));
    }
    if (plan.model.rules.bands) {
        if (trace.holds(scheme.band.certain) == 1) out.band = trace.level(scheme.band);
    }
    detail::explain_steps(trace, out);
    detail::find_movers(scheme.source->overall, out);
    return out;
}

}  // namespace aiueo
