// score › compile: from a checked model to a plan. base ─► table ─► model ─► score
#pragma once

#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "aiueo/base/error.hpp"
#include "aiueo/base/float_mode.hpp"
#include "aiueo/base/log.hpp"
#include "aiueo/base/suggest.hpp"
#include "aiueo/model/check.hpp"
#include "aiueo/model/model.hpp"
#include "aiueo/model/order.hpp"
#include "aiueo/score/compile_metrics.hpp"
#include "aiueo/score/compile_pattern.hpp"
#include "aiueo/score/kernel_choice.hpp"
#include "aiueo/score/lower.hpp"
#include "aiueo/score/plan.hpp"
#include "aiueo/score/scorer.hpp"
#include "aiueo/score/trigger_ladders.hpp"

namespace aiueo {

namespace detail {

class compiler {
public:
    explicit compiler(plan_data& target) : plan_(target), survey_(target), lower_(target) {}

    [[nodiscard]] status run() {
        if (status ok = place_slots(); !ok) return ok;
        if (status ok = compile_derived(); !ok) return ok;
        plan_.schemes.resize(1 + plan_.model.profiles.size());
        for (std::size_t k = 0; k < plan_.schemes.size(); ++k) {
            const scheme& rules = k == 0 ? plan_.model.rules : plan_.model.profiles[k - 1].rules;
            if (status ok = compile_scheme(rules, plan_.schemes[k]); !ok) return ok;
        }
        for (const profile& one : plan_.model.profiles) {
            plan_.profile_when.push_back(
                lower_.lower_condition(one.when, &plan_.schemes[0], lower_.lasting_truth()));
        }
        finish();
        return {};
    }

private:
    // ── slots ────────────────────────────────────────────────────────────────

    [[nodiscard]] score_slots score_place() {
        return {lower_.lasting(), lower_.lasting(), lower_.lasting(), lower_.lasting(),
                lower_.for_traces()};
    }

    [[nodiscard]] status place_slots() {
        const aiueo::model& subject = plan_.model;
        auto order = evaluation_order(subject, subject.rules);
        if (!order) return std::move(order).error();

        plan_.as_of = lower_.lasting();
        plan_.metric_number.assign(subject.metrics.size(), -1);
        const auto add = [this](std::uint32_t index) {
            plan_.metric_number[index] = static_cast<std::int32_t>(plan_.metrics.size());
            planned_metric one;
            one.in_model = index;
            one.reading = survey_.reading(index);
            const bool in_place = one.reading == metric_reading::in_place;
            one.values = in_place ? lower_.for_traces() : lower_.lasting();
            if (!in_place) one.states = plan_.metric_states++;
            plan_.metrics.push_back(std::move(one));
        };
        std::uint32_t initiatives = 0;
        for (std::uint32_t k = 0; k < subject.metrics.size(); ++k) {
            if (!survey_.needs(k) || subject.metrics[k].from == metric::source::derived) continue;
            add(k);
            if (subject.metrics[k].from == metric::source::initiatives)
                plan_.metrics.back().initiative = initiatives++;
        }
        for (const evaluation_step& one : *order) {
            if (one.what != evaluation_step::kind::derived_metric || !survey_.needs(one.index))
                continue;
            plan_.derived_order.push_back(static_cast<std::uint32_t>(plan_.metrics.size()));
            add(one.index);
        }

        for (std::size_t g = 0; g < group_count; ++g) {
            plan_.groups_in_use[g] = subject.rules.groups[g].in_use();
            if (plan_.groups_in_use[g]) group_slots_[g] = score_place();
        }
        for (std::size_t g = 0; g < axis_count; ++g) {
            const bool has_weight = subject.rules.overall.weights[g] > 0;
            plan_.has_overall = plan_.has_overall || (plan_.groups_in_use[g] && has_weight);
        }
        for (const profile& one : subject.profiles) {
            for (std::size_t g = 0; g < axis_count; ++g) {
                plan_.has_overall = plan_.has_overall ||
                                    (plan_.groups_in_use[g] && one.rules.overall.weights[g] > 0);
            }
        }
        plan_.overall = score_place();
        const auto touch = static_cast<std::size_t>(axis::touch);
        if (plan_.has_patterns) {
            plan_.step_scores = place_step_scores(
                lower_, plan_.groups_in_use[touch] ? group_slots_[touch].score : no_slot);
        }
        place_components();
        return {};
    }

    [[nodiscard]] static group_kind kind_of(const group& from) noexcept {
        group_kind out = group_kind::plain;
        for (const component& one : from.components) {
            if (one.from || one.until || one.missing == missing_policy::fail)
                return group_kind::any;
            if (one.missing != missing_policy::renormalize) out = group_kind::priors;
        }
        return out;
    }

    /// Responses that scoring itself needs, and those that only explanations look at.
    void place_components() {
        for (std::size_t g = 0; g < group_count; ++g) {
            group_kind kind = kind_of(plan_.model.rules.groups[g]);
            for (const profile& one : plan_.model.profiles)
                kind = std::max(kind, kind_of(one.rules.groups[g]));
            if (kind == group_kind::any) plan_.sums = 6;
            const std::vector<component>& all = plan_.model.rules.groups[g].components;
            shown_slots_[g].assign(all.size(), no_slot);
            for (const std::uint32_t member : survey_.shown(g)) {
                if (shown_slots_[g][member] == no_slot) shown_slots_[g][member] = lower_.lasting();
            }
            for (std::size_t k = 0; k < all.size(); ++k) {
                const bool kept =
                    !is_simple(all[k]) || kind == group_kind::any || shown_slots_[g][k] != no_slot;
                responses_[g].push_back(kept ? lower_.lasting() : lower_.for_traces());
                component_states_[g].push_back(kept ? plan_.component_states++ : 0);
                ++plan_.component_count;
            }
        }
    }

    [[nodiscard]] slot slot_of_metric(std::uint32_t index) const {
        return plan_.metrics[static_cast<std::size_t>(plan_.metric_number[index])].values;
    }

    // ── programs ─────────────────────────────────────────────────────────────

    [[nodiscard]] status compile_derived() {
        for (const std::uint32_t number : plan_.derived_order) {
            planned_metric& one = plan_.metrics[number];
            one.derive = lower_.lower_number(plan_.model.metrics[one.in_model].derive, one.values);
        }
        return {};
    }

    [[nodiscard]] status compile_scheme(const scheme& rules, planned_scheme& out) {
        out.source = &rules;
        auto order = evaluation_order(plan_.model, rules);
        if (!order) return std::move(order).error();
        for (const evaluation_step& one : *order) {
            if (one.what != evaluation_step::kind::derived_metric) out.order.push_back(one);
            out.has_overall = out.has_overall || one.what == evaluation_step::kind::overall;
        }
        // Slots first: conditions may read any of them.
        std::uint32_t number = 0;
        for (std::size_t g = 0; g < group_count; ++g) {
            planned_group& group = out.groups[g];
            group.in_use = plan_.groups_in_use[g];
            group.slots = group_slots_[g];
            group.components.resize(rules.groups[g].components.size());
            for (std::size_t k = 0; k < group.components.size(); ++k) {
                group.components[k].number = number++;
                group.components[k].response = responses_[g][k];
                group.components[k].shown = shown_slots_[g][k];
                group.components[k].states = component_states_[g][k];
            }
        }
        out.component_count = number;
        out.ladders.resize(rules.ladders.size());
        for (std::size_t k = 0; k < out.ladders.size(); ++k)
            place_levels(rules.ladders[k].rungs.size(), out.ladders[k]);
        if (rules.bands) place_levels(rules.bands->edges.size() + 1, out.band);
        for (std::size_t g = 0; g < group_count; ++g) {
            if (!out.groups[g].in_use) continue;
            std::vector<double> weights;
            for (std::size_t k = 0; k < out.groups[g].components.size(); ++k) {
                const component& part = rules.groups[g].components[k];
                if (status ok = compile_component(part, out.groups[g].components[k]); !ok)
                    return ok;
                weights.push_back(part.weight);
            }
            out.groups[g].total = divisor_of(weights);
            out.groups[g].kind = kind_of(rules.groups[g]);
            out.groups[g].caps = compile_caps(rules.groups[g].caps, out);
            out.groups[g].manual = compile_override(rules.groups[g].manual);
        }
        out.overall_caps = compile_caps(rules.overall.caps, out);
        out.overall_manual = compile_override(rules.overall.manual);
        std::vector<double> weights;
        for (std::size_t g = 0; g < axis_count; ++g) {
            if (out.groups[g].in_use && rules.overall.weights[g] > 0)
                weights.push_back(rules.overall.weights[g]);
        }
        out.overall_weights = divisor_of(weights);
        for (std::size_t k = 0; k < out.ladders.size(); ++k)
            compile_ladder(rules.ladders[k], out, out.ladders[k]);
        if (rules.bands) compile_bands(*rules.bands, out);
        if (plan_.has_patterns) compile_pattern(rules, out);
        return {};
    }

    /// 1 − a · b, exactly, for a · b near 1 (Veltkamp 1968 and Dekker 1971): halves of few digits
    /// multiply without rounding.
    [[nodiscard]] static double rest_of_product(double a, double b) noexcept {
        constexpr double half = 134217729.0;  // 2²⁷ + 1
        const double a_high = half * a - (half * a - a);
        const double b_high = half * b - (half * b - b);
        const double a_low = a - a_high;
        const double b_low = b - b_high;
        const double product = a * b;
        const double lost =
            ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low;
        return (1 - product) - lost;
    }

    /// 1 ÷ by in two parts, where no step can overflow or lose digits.
    [[nodiscard]] static kernel_divisor divisor_of(const std::vector<double>& weights) {
        constexpr double large = 1e60;
        kernel_divisor out;
        out.by = 0;
        out.exact = !weights.empty();
        for (const double one : weights) {
            out.by += one;
            out.exact = out.exact && one > 1 / large && one < large;
        }
        if (!out.exact) return out;
        out.high = 1 / out.by;
        out.low = rest_of_product(out.high, out.by) / out.by;
        return out;
    }

    void place_levels(std::size_t count, planned_levels& out) {
        for (std::size_t k = 1; k < count; ++k) out.reached.push_back(lower_.lasting_truth());
        out.certain = lower_.lasting_truth();
    }

    [[nodiscard]] std::vector<planned_cap> compile_caps(const std::vector<cap>& caps,
                                                        const planned_scheme& scheme) {
        std::vector<planned_cap> out;
        out.reserve(caps.size());
        for (const cap& one : caps) {
            out.push_back(
                {lower_.lower_condition(one.when, &scheme, lower_.lasting_truth()), one.at_most});
        }
        return out;
    }

    [[nodiscard]] std::optional<planned_override> compile_override(
        const std::optional<score_override>& manual) const {
        if (!manual) return std::nullopt;
        return planned_override{slot_of_metric(manual->metric_index), manual->how};
    }

    /// Each rung holds where its condition and all below it do. The stage is certain where all of
    /// them are known.
    void compile_ladder(const ladder& rules, const planned_scheme& scheme, planned_ladder& out) {
        using code = instruction::code;
        std::vector<instruction>& climb = out.climb.code;
        out.climb.is_truth = true;
        out.rungs.resize(1);
        climb.push_back({code::constant_truth, out.certain, 0, 0, 0, 1, 0, 0});
        const slot is_known = lower_.temporary_truth(0);
        for (std::size_t r = 1; r < rules.rungs.size(); ++r) {
            out.rungs.push_back(compile_rung(rules.rungs[r], scheme));
            program& when = out.rungs.back().when;
            climb.insert(climb.end(), when.code.begin(), when.code.end());
            when.code.clear();
            const slot here = out.reached[r - 1];
            const slot below = r == 1 ? when.result : out.reached[r - 2];
            climb.push_back({code::logical_and, here, when.result, below, 0, 0, 0, 0});
            climb.push_back({code::known_truth, is_known, here, 0, 0, 0, 0, 0});
            climb.push_back({code::logical_and, out.certain, out.certain, is_known, 0, 0, 0, 0});
        }
    }

    void compile_bands(const band_rule& rules, planned_scheme& scheme) {
        using code = instruction::code;
        const slot of = rules.group < group_count ? scheme.groups[rules.group].slots.score
                                                  : plan_.overall.score;
        std::vector<instruction>& climb = scheme.band.climb.code;
        scheme.band.climb.is_truth = true;
        climb.push_back({code::known, scheme.band.certain, of, 0, 0, 0, 0, 0});
        for (std::size_t k = 0; k < rules.edges.size(); ++k) {
            climb.push_back(
                {code::at_least, scheme.band.reached[k], of, 0, 0, 0, rules.edges[k], 0});
        }
    }

    void compile_pattern(const scheme& rules, planned_scheme& out) {
        const auto role = [this](const char* name) {
            const std::int32_t at = survey_.role_metric(name);
            return at < 0 ? no_slot : slot_of_metric(static_cast<std::uint32_t>(at));
        };
        pattern_builder build{lower_, plan_.model.steps.threshold, out.find_pattern.code};
        out.find_pattern.is_truth = true;
        build.run(rules, out, plan_.step_scores, plan_.as_of,
                  {role("mrr"), role("mrr_before"), role("contract_start")});
    }

    [[nodiscard]] planned_rung compile_rung(const rung& step, const planned_scheme& scheme) {
        planned_rung out;
        if (step.when.empty()) return out;
        out.when = lower_.lower_condition(step.when, &scheme, lower_.lasting_truth());
        compile_atoms(step.when, static_cast<std::uint32_t>(step.when.nodes.size() - 1), scheme,
                      out);
        return out;
    }

    /// The atomic comparisons of a condition, left to right: what gap() changes.
    void compile_atoms(const expression& from, std::uint32_t at, const planned_scheme& scheme,
                       planned_rung& out) {
        const node& one = from.nodes[at];
        if (one.what == op::logical_and || one.what == op::logical_or ||
            one.what == op::logical_not || one.what == op::conditional) {
            for (const std::uint32_t operand : one.operands)
                compile_atoms(from, operand, scheme, out);
            return;
        }
        if (one.what == op::flag) return;
        planned_atom atom;
        atom.node = at;
        atom.truth = lower_.lower_part(from, at, &scheme, true);
        atom.comparison = one.what == op::less || one.what == op::less_equal ||
                          one.what == op::greater || one.what == op::greater_equal ||
                          one.what == op::equal || one.what == op::not_equal;
        const auto measurable = [](const node& part) {
            return part.type == value_type::number || part.type == value_type::date;
        };
        atom.comparison = atom.comparison && measurable(from.nodes[one.operands[0]]);
        if (atom.comparison) {
            atom.left = lower_.lower_part(from, one.operands[0], &scheme, true);
            atom.right = lower_.lower_part(from, one.operands[1], &scheme, true);
        }
        out.atoms.push_back(std::move(atom));
    }

    [[nodiscard]] status compile_component(const component& from, planned_component& out) {
        out.source = &from;
        for (const std::uint32_t index : from.input_metrics) {
            out.input_metrics.push_back(static_cast<std::uint32_t>(plan_.metric_number[index]));
            out.inputs.push_back(slot_of_metric(index));
        }
        out.simple = is_simple(from);
        if (from.of_zero) out.of_zero = *from.of_zero;
        if (from.otherwise) out.otherwise = *from.otherwise;
        for (std::size_t k = 0; k < from.knots.size(); ++k) {
            out.at.push_back(from.knots[k].at);
            out.score.push_back(from.knots[k].score);
            double slope = 0;
            if (k + 1 < from.knots.size() && from.knots[k + 1].at > from.knots[k].at) {
                slope = (from.knots[k + 1].score - from.knots[k].score) /
                        (from.knots[k + 1].at - from.knots[k].at);
            }
            // Knots closer than a double can divide by are a jump.
            out.slope.push_back(std::isfinite(slope) ? slope : 0.0);
        }
        out.knots = static_cast<std::uint32_t>(out.at.size());
        for (std::vector<double>* one : {&out.at, &out.score, &out.slope})
            one->resize(std::max<std::size_t>(one->size(), 8), 0.0);
        if (from.how == response::table) {
            std::vector<std::pair<std::int32_t, double>> listed;
            std::size_t size = 0;
            for (const auto& [text, score] : from.table) {
                const std::int32_t id = plan_.texts.intern(text);
                listed.emplace_back(id, score);
                size = std::max(size, static_cast<std::size_t>(id) + 1);
            }
            out.table.assign(size, out.otherwise);
            for (const auto& [id, score] : listed) out.table[static_cast<std::size_t>(id)] = score;
        }
        if (from.how == response::custom) return bind_scorer(from, out);
        return {};
    }

    [[nodiscard]] status bind_scorer(const component& from, planned_component& out) const {
        std::vector<std::string_view> names;
        for (std::uint32_t k = 0; k < plan_.scorers.size(); ++k) {
            const named_scorer& one = plan_.scorers[k];
            names.push_back(one.name);
            if (one.name != from.scorer) continue;
            if (one.version != from.scorer_version) {
                return make_error(errc::bad_model,
                                  "wants version " + std::to_string(from.scorer_version) +
                                      " of scorer \"" + one.name + "\"; version " +
                                      std::to_string(one.version) + " is registered",
                                  from.where);
            }
            if (one.inputs >= 0 && static_cast<std::size_t>(one.inputs) != from.inputs.size()) {
                return make_error(errc::bad_model,
                                  "gives scorer \"" + one.name + "\" " +
                                      std::to_string(from.inputs.size()) + " metrics; it takes " +
                                      std::to_string(one.inputs),
                                  from.where);
            }
            if (from.inputs.size() > most_scorer_inputs) {
                return make_error(
                    errc::limit_exceeded,
                    "gives scorer \"" + one.name + "\" " + std::to_string(from.inputs.size()) +
                        " metrics; a scorer takes at most " + std::to_string(most_scorer_inputs),
                    from.where);
            }
            out.scorer = k;
            return {};
        }
        return make_error(errc::bad_model,
                          "uses scorer \"" + from.scorer +
                              "\", which is not registered with this plan" +
                              did_you_mean(from.scorer, names),
                          from.where);
    }

    /// Where everything lies is known once the last program is there.
    void finish() {
        const auto place = [this](program& one) { lower_.place(one); };
        const auto settle = [this](slot& one) { one = lower_.placed(one); };
        for (planned_metric& one : plan_.metrics) {
            place(one.derive);
            settle(one.values);
        }
        settle(plan_.overall.before);
        for (auto& [where, value] : plan_.constants) settle(where);
        for (program& one : plan_.profile_when) place(one);
        for (planned_scheme& one : plan_.schemes) {
            for (planned_group& group : one.groups) {
                settle(group.slots.before);
                for (planned_component& part : group.components) {
                    settle(part.response);
                    for (slot& input : part.inputs) settle(input);
                }
                for (planned_cap& cap : group.caps) place(cap.when);
            }
            for (planned_cap& cap : one.overall_caps) place(cap.when);
            for (planned_ladder& ladder : one.ladders) {
                place(ladder.climb);
                for (planned_rung& rung : ladder.rungs) {
                    for (planned_atom& atom : rung.atoms) {
                        place(atom.truth);
                        place(atom.left);
                        place(atom.right);
                    }
                }
            }
            place(one.band.climb);
            place(one.find_pattern);
        }
        plan_.working_slots = lower_.working_slots();
        plan_.slot_count = lower_.slot_count();
        plan_.truth_count = lower_.truth_count();
    }

    plan_data& plan_;
    metric_survey survey_;
    lowering lower_;
    std::array<score_slots, group_count> group_slots_{};
    std::array<std::vector<slot>, group_count> responses_;
    std::array<std::vector<std::uint32_t>, group_count> component_states_;
    std::array<std::vector<slot>, group_count> shown_slots_;
};

}  // namespace detail

struct compile_options {
    const kernel_table* kernels = nullptr;  ///< null: default_kernels()
    log_sink log;                           ///< hears the model's warnings
    bool triggers = false;  ///< ask the model's triggers too: its plan is made to act
    std::string segment{};  ///< of such a plan: a condition to ask beside them; empty: none
};

/// Compile a model. It is checked first, so a model built by hand needs no check of its own.
/// `scorers`: the custom scorers it names, by value.
/// Errors: bad_model (the first problem, with its place; a scorer that is not registered).
[[nodiscard]] inline result<plan> compile(model subject, std::vector<named_scorer> scorers = {},
                                          const compile_options& options = {}) {
    const default_float_mode usual;
    for (problem& one : check_model(subject)) {
        if (one.severity == problem::level::error) return std::move(one.what);
        if (options.log) options.log(log_level::warning, one.what.to_string());
    }
    if (options.triggers && !options.segment.empty()) {
        if (status ok = detail::add_segment(subject, options.segment); !ok)
            return std::move(ok).error();
    }
    if (options.triggers) detail::add_trigger_ladders(subject);
    auto data = std::make_unique<plan_data>();
    data->model = std::move(subject);
    data->scorers = std::move(scorers);
    data->kernels = options.kernels != nullptr ? options.kernels : &default_kernels();
    if (status ok = detail::compiler{*data}.run(); !ok) return std::move(ok).error();
    return plan{std::move(data)};
}

/// A plan of the same model, scorers and kernels that asks the triggers too, and `segment`, a
/// condition for the action "segment" (empty: none). The actions "triggers" and "segment" take
/// batches that are bound to it, and so do all others. It is not one to score, explain or make
/// evidence with for others: its ladders are more than the model's.
/// Errors: those of compile(); bad_model (what is wrong with the condition).
[[nodiscard]] inline result<plan> compile_to_act(const plan& from, std::string_view segment = {}) {
    compile_options options;
    options.kernels = from.data().kernels;
    options.triggers = true;
    options.segment = segment;
    model subject = from.model();
    detail::drop_trigger_ladders(subject);
    return compile(std::move(subject), from.data().scorers, options);
}

}  // namespace aiueo
