// score › compile: from a checked model to a plan. base ─► table ─► model ─► score
#pragma once

#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "aiueo/base/error.hpp"
#include "aiueo/base/log.hpp"
#include "aiueo/base/suggest.hpp"
#include "aiueo/model/check.hpp"
#include "aiueo/model/model.hpp"
#include "aiueo/model/order.hpp"
#include "aiueo/score/kernel_choice.hpp"
#include "aiueo/score/lower.hpp"
#include "aiueo/score/plan.hpp"
#include "aiueo/score/scorer.hpp"

namespace aiueo {

namespace detail {

class compiler {
public:
    compiler(plan_data& target) : plan_(target), lower_(target) {}

    [[nodiscard]] status run() {
        mark_metrics();
        if (status ok = place_slots(); !ok) return ok;
        if (status ok = compile_derived(); !ok) return ok;
        plan_.schemes.resize(1 + plan_.model.profiles.size());
        for (std::size_t k = 0; k < plan_.schemes.size(); ++k) {
            const scheme& rules = k == 0 ? plan_.model.rules : plan_.model.profiles[k - 1].rules;
            if (status ok = compile_scheme(rules, plan_.schemes[k]); !ok) return ok;
        }
        for (const profile& one : plan_.model.profiles) {
            plan_.profile_when.push_back(lower_.lower(one.when, &plan_.schemes[0]));
        }
        find_in_place();
        finish();
        return {};
    }

private:
    // ── which metrics are read ───────────────────────────────────────────────

    void need(std::uint32_t metric_index) {
        if (needed_[metric_index]) return;
        needed_[metric_index] = true;
        const metric& one = plan_.model.metrics[metric_index];
        if (one.from == metric::source::derived) need(one.derive);
        if (one.from == metric::source::initiatives)
            plan_.needs_initiatives = plan_.needs_as_of = true;
        if (one.max_age_days) plan_.needs_as_of = true;
    }

    void need(const expression& from) {
        for (const node& part : from.nodes) {
            if (part.what == op::days_since || part.what == op::days_until)
                plan_.needs_as_of = true;
            if (part.what != op::name) continue;
            if (part.resolved.what == symbol::kind::as_of) plan_.needs_as_of = true;
            if (part.resolved.what == symbol::kind::metric) look_at(part.resolved.index);
            if (part.resolved.what == symbol::kind::component)
                shown_[part.resolved.index].push_back(part.resolved.member);
        }
    }

    void need(const std::vector<cap>& caps, const std::optional<score_override>& manual) {
        for (const cap& one : caps) need(one.when);
        if (manual) look_at(manual->metric_index);
    }

    /// Read by more than a component: a condition, an override, a pattern.
    void look_at(std::uint32_t metric_index) {
        looked_at_[metric_index] = true;
        need(metric_index);
    }

    void need(const scheme& rules) {
        for (const group& one : rules.groups) {
            for (const component& part : one.components) {
                for (const std::uint32_t input : part.input_metrics) need(input);
                if (part.how == response::days_since || part.how == response::days_until ||
                    part.from || part.until) {
                    plan_.needs_as_of = true;
                }
            }
            if (one.in_use()) need(one.caps, one.manual);
        }
        need(rules.overall.caps, rules.overall.manual);
        for (const ladder& one : rules.ladders) {
            for (const rung& step : one.rungs) need(step.when);
        }
    }

    /// Roles decide patterns; a model without `steps` has no patterns.
    void need_roles() {
        if (!plan_.model.steps.declared) return;
        plan_.pattern.in_use = true;
        for (const char* role : {"mrr", "mrr_before", "contract_start"}) {
            if (const std::int32_t at = role_metric(role); at >= 0)
                look_at(static_cast<std::uint32_t>(at));
        }
        if (role_metric("contract_start") >= 0) plan_.needs_as_of = true;
    }

    [[nodiscard]] std::int32_t role_metric(const std::string& role) const {
        const auto found = plan_.model.roles.find(role);
        if (found == plan_.model.roles.end()) return -1;
        for (std::size_t k = 0; k < plan_.model.metrics.size(); ++k) {
            if (plan_.model.metrics[k].name == found->second) return static_cast<std::int32_t>(k);
        }
        return -1;
    }

    void mark_metrics() {
        needed_.assign(plan_.model.metrics.size(), false);
        looked_at_.assign(plan_.model.metrics.size(), false);
        need(plan_.model.rules);
        for (const profile& one : plan_.model.profiles) {
            need(one.when);
            need(one.rules);
        }
        need_roles();
    }

    // ── slots ────────────────────────────────────────────────────────────────

    [[nodiscard]] score_slots score_place() {
        return {lower_.lasting(), lower_.lasting(), lower_.lasting(), lower_.lasting(),
                lower_.lasting()};
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
            one.values = lower_.lasting();
            plan_.metrics.push_back(std::move(one));
        };
        std::uint32_t initiatives = 0;
        for (std::uint32_t k = 0; k < subject.metrics.size(); ++k) {
            if (!needed_[k] || subject.metrics[k].from == metric::source::derived) continue;
            add(k);
            if (subject.metrics[k].from == metric::source::initiatives)
                plan_.metrics.back().initiative = initiatives++;
        }
        for (const evaluation_step& one : *order) {
            if (one.what != evaluation_step::kind::derived_metric || !needed_[one.index]) continue;
            plan_.derived_order.push_back(static_cast<std::uint32_t>(plan_.metrics.size()));
            add(one.index);
        }
        plan_.first_result = lower_.lasting();  // a spare slot that marks the border

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
        plan_.band = lower_.lasting();
        for (std::size_t k = 0; k < subject.rules.ladders.size(); ++k) {
            ladder_slots_.emplace_back(lower_.lasting(), lower_.lasting());
        }
        for (std::size_t g = 0; g < group_count; ++g) {
            for (std::size_t k = 0; k < subject.rules.groups[g].components.size(); ++k) {
                responses_[g].push_back(lower_.lasting());
                shown_slots_[g].push_back(no_slot);
                ++plan_.component_count;
            }
            for (const std::uint32_t member : shown_[g]) {
                if (shown_slots_[g][member] == no_slot) shown_slots_[g][member] = lower_.lasting();
            }
        }
        const auto role_slot = [this](const char* role) {
            const std::int32_t at = role_metric(role);
            return at < 0 ? no_slot : slot_of_metric(static_cast<std::uint32_t>(at));
        };
        if (plan_.pattern.in_use) {
            plan_.pattern.mrr = role_slot("mrr");
            plan_.pattern.mrr_before = role_slot("mrr_before");
            plan_.pattern.contract_start = role_slot("contract_start");
        }
        return {};
    }

    [[nodiscard]] slot slot_of_metric(std::uint32_t index) const {
        return plan_.metrics[static_cast<std::size_t>(plan_.metric_number[index])].values;
    }

    // ── programs ─────────────────────────────────────────────────────────────

    [[nodiscard]] status compile_derived() {
        for (const std::uint32_t number : plan_.derived_order) {
            planned_metric& one = plan_.metrics[number];
            one.derive =
                lower_.lower(plan_.model.metrics[one.in_model].derive, nullptr, one.values);
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
            }
        }
        out.component_count = number;
        out.ladders.resize(rules.ladders.size());
        for (std::size_t k = 0; k < out.ladders.size(); ++k) {
            out.ladders[k].stage = ladder_slots_[k].first;
            out.ladders[k].could = ladder_slots_[k].second;
        }
        for (std::size_t g = 0; g < group_count; ++g) {
            if (!out.groups[g].in_use) continue;
            for (std::size_t k = 0; k < out.groups[g].components.size(); ++k) {
                const component& part = rules.groups[g].components[k];
                if (status ok = compile_component(part, out.groups[g].components[k]); !ok)
                    return ok;
                out.groups[g].total += part.weight;
                out.groups[g].plain = out.groups[g].plain &&
                                      part.missing == missing_policy::renormalize && !part.from &&
                                      !part.until;
            }
            out.groups[g].caps = compile_caps(rules.groups[g].caps, out);
            out.groups[g].manual = compile_override(rules.groups[g].manual);
        }
        out.overall_caps = compile_caps(rules.overall.caps, out);
        out.overall_manual = compile_override(rules.overall.manual);
        for (std::size_t k = 0; k < out.ladders.size(); ++k) {
            for (const rung& step : rules.ladders[k].rungs)
                out.ladders[k].rungs.push_back(compile_rung(step, out));
        }
        return {};
    }

    [[nodiscard]] std::vector<planned_cap> compile_caps(const std::vector<cap>& caps,
                                                        const planned_scheme& scheme) {
        std::vector<planned_cap> out;
        out.reserve(caps.size());
        for (const cap& one : caps) out.push_back({lower_.lower(one.when, &scheme), one.at_most});
        return out;
    }

    [[nodiscard]] std::optional<planned_override> compile_override(
        const std::optional<score_override>& manual) const {
        if (!manual) return std::nullopt;
        return planned_override{slot_of_metric(manual->metric_index), manual->how};
    }

    [[nodiscard]] planned_rung compile_rung(const rung& step, const planned_scheme& scheme) {
        planned_rung out;
        if (step.when.empty()) return out;
        out.when = lower_.lower(step.when, &scheme);
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
        atom.truth = lower_.lower_part(from, at, &scheme);
        atom.comparison = one.what == op::less || one.what == op::less_equal ||
                          one.what == op::greater || one.what == op::greater_equal ||
                          one.what == op::equal || one.what == op::not_equal;
        const auto measurable = [](const node& part) {
            return part.type == value_type::number || part.type == value_type::date;
        };
        atom.comparison = atom.comparison && measurable(from.nodes[one.operands[0]]);
        if (atom.comparison) {
            atom.left = lower_.lower_part(from, one.operands[0], &scheme);
            atom.right = lower_.lower_part(from, one.operands[1], &scheme);
        }
        out.atoms.push_back(std::move(atom));
    }

    [[nodiscard]] status compile_component(const component& from, planned_component& out) {
        out.source = &from;
        for (const std::uint32_t index : from.input_metrics) {
            out.input_metrics.push_back(static_cast<std::uint32_t>(plan_.metric_number[index]));
            out.inputs.push_back(slot_of_metric(index));
        }
        out.simple =
            !from.is_share && (from.how == response::curve || from.how == response::percentile ||
                               from.how == response::steps || from.how == response::flag);
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

    /// A number or flag that one component reads, and nothing else, need not be copied before it is
    /// scored.
    void find_in_place() {
        std::vector<std::uint32_t> readers(plan_.metrics.size(), 0);
        for (const planned_scheme& scheme : plan_.schemes) {
            std::vector<std::uint32_t> here(plan_.metrics.size(), 0);
            for (const planned_group& group : scheme.groups) {
                for (const planned_component& one : group.components) {
                    for (const std::uint32_t number : one.input_metrics)
                        here[number] += one.simple ? 1 : 2;
                }
            }
            for (std::size_t k = 0; k < here.size(); ++k)
                readers[k] = std::max(readers[k], here[k]);
        }
        for (std::size_t k = 0; k < plan_.metrics.size(); ++k) {
            planned_metric& one = plan_.metrics[k];
            const metric& source = plan_.model.metrics[one.in_model];
            const bool type_fits =
                source.type == metric_type::number || source.type == metric_type::flag;
            one.in_place = readers[k] == 1 && !looked_at_[one.in_model] && type_fits &&
                           source.from == metric::source::column && !source.max_age_days;
        }
    }

    void finish() {
        const auto place = [this](program& one) { lower_.place_temporaries(one); };
        for (planned_metric& one : plan_.metrics) place(one.derive);
        for (program& one : plan_.profile_when) place(one);
        for (planned_scheme& one : plan_.schemes) {
            for (planned_group& group : one.groups) {
                for (planned_cap& cap : group.caps) place(cap.when);
            }
            for (planned_cap& cap : one.overall_caps) place(cap.when);
            for (planned_ladder& ladder : one.ladders) {
                for (planned_rung& rung : ladder.rungs) {
                    place(rung.when);
                    for (planned_atom& atom : rung.atoms) {
                        place(atom.truth);
                        place(atom.left);
                        place(atom.right);
                    }
                }
            }
        }
        plan_.slot_count = lower_.slot_count();
    }

    plan_data& plan_;
    lowering lower_;
    std::vector<bool> needed_;
    std::vector<bool> looked_at_;
    std::array<score_slots, group_count> group_slots_{};
    std::vector<std::pair<slot, slot>> ladder_slots_;
    std::array<std::vector<slot>, group_count> responses_;
    std::array<std::vector<slot>, group_count> shown_slots_;
    std::array<std::vector<std::uint32_t>, group_count> shown_;
};

}  // namespace detail

struct compile_options {
    const kernel_table* kernels = nullptr;  ///< null: default_kernels()
    log_sink log;                           ///< hears the model's warnings
};

/// Compile a model. It is checked first, so a model built by hand needs no check of its own.
/// `scorers`: the custom scorers it names, by value.
/// Errors: bad_model (the first problem, with its place; a scorer that is not registered).
[[nodiscard]] inline result<plan> compile(model subject, std::vector<named_scorer> scorers = {},
                                          const compile_options& options = {}) {
    for (problem& one : check_model(subject)) {
        if (one.severity == problem::level::error) return std::move(one.what);
        if (options.log) options.log(log_level::warning, one.what.to_string());
    }
    auto data = std::make_unique<plan_data>();
    data->model = std::move(subject);
    data->scorers = std::move(scorers);
    data->kernels = options.kernels != nullptr ? options.kernels : &default_kernels();
    if (status ok = detail::compiler{*data}.run(); !ok) return std::move(ok).error();
    return plan{std::move(data)};
}

}  // namespace aiueo
