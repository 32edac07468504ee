// score › compile_metrics: which metrics a model reads, by whom, and when. base ─► table ─► model
// ─► score
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "aiueo/model/model.hpp"
#include "aiueo/model/order.hpp"
#include "aiueo/score/plan.hpp"

namespace aiueo::detail {

/// One metric through a curve, steps or a flag?
[[nodiscard]] inline bool is_simple(const component& from) noexcept {
    return !from.is_share && (from.how == response::curve || from.how == response::percentile ||
                              from.how == response::steps || from.how == response::flag);
}

/// Walks a checked model once.
class metric_survey {
public:
    explicit metric_survey(plan_data& plan)
        : plan_(plan),
          needed_(plan.model.metrics.size(), false),
          looked_at_(plan.model.metrics.size(), false),
          looked_at_late_(plan.model.metrics.size(), false) {
        mark();
        plan_readings();
    }

    [[nodiscard]] bool needs(std::uint32_t metric_index) const { return needed_[metric_index]; }
    [[nodiscard]] metric_reading reading(std::uint32_t metric_index) const {
        return readings_[metric_index];
    }
    /// Components of a group that conditions read; some more than once.
    [[nodiscard]] const std::vector<std::uint32_t>& shown(std::size_t group) const {
        return shown_[group];
    }

    /// The metric that plays a role; −1: none.
    [[nodiscard]] std::int32_t role_metric(const std::string& role) const {
        const auto found = plan_.model.roles.find(role);
        if (found == plan_.model.roles.end()) return -1;
        for (std::size_t k = 0; k < plan_.model.metrics.size(); ++k) {
            if (plan_.model.metrics[k].name == found->second) return static_cast<std::int32_t>(k);
        }
        return -1;
    }

private:
    void need(std::uint32_t metric_index) {
        if (needed_[metric_index]) return;
        needed_[metric_index] = true;
        const metric& one = plan_.model.metrics[metric_index];
        if (one.from == metric::source::derived) need(one.derive);
        if (one.from == metric::source::initiatives)
            plan_.needs_initiatives = plan_.needs_as_of = true;
        if (one.max_age_days) plan_.needs_as_of = true;
    }

    /// `late`: the condition is asked when all groups are there.
    void need(const expression& from, bool late = false) {
        for (const node& part : from.nodes) {
            if (part.what == op::days_since || part.what == op::days_until)
                plan_.needs_as_of = true;
            if (part.what != op::name) continue;
            if (part.resolved.what == symbol::kind::as_of) plan_.needs_as_of = true;
            if (part.resolved.what == symbol::kind::metric) look_at(part.resolved.index, late);
            if (part.resolved.what == symbol::kind::component)
                shown_[part.resolved.index].push_back(part.resolved.member);
        }
    }

    void need(const std::vector<cap>& caps, const std::optional<score_override>& manual) {
        for (const cap& one : caps) need(one.when);
        if (manual) look_at(manual->metric_index);
    }

    /// Read by more than a component: a condition, an override, a pattern.
    void look_at(std::uint32_t metric_index, bool late = false) {
        (late ? looked_at_late_ : looked_at_)[metric_index] = true;
        need(metric_index);
    }

    /// Does every ladder of the scheme come after every group?
    [[nodiscard]] bool ladders_last(const scheme& rules) const {
        const auto order = evaluation_order(plan_.model, rules);
        if (!order) return false;  // said again when the scheme is compiled
        bool seen = false;
        for (const evaluation_step& one : *order) {
            seen = seen || one.what == evaluation_step::kind::ladder;
            if (seen && one.what == evaluation_step::kind::group) return false;
        }
        return true;
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
        const bool late = ladders_last(rules);
        for (const ladder& one : rules.ladders) {
            for (const rung& step : one.rungs) need(step.when, late);
        }
    }

    /// Roles decide patterns; a model without `steps` has no patterns.
    void need_roles() {
        if (!plan_.model.steps.declared) return;
        plan_.has_patterns = true;
        for (const char* role : {"mrr", "mrr_before", "contract_start"}) {
            if (const std::int32_t at = role_metric(role); at >= 0)
                look_at(static_cast<std::uint32_t>(at), true);
        }
        if (role_metric("contract_start") >= 0) plan_.needs_as_of = true;
    }

    /// A segment by a metric that the model computes: nobody else will.
    void need_segments() {
        for (const segment& one : plan_.model.segments) {
            for (std::size_t k = 0; k < plan_.model.metrics.size(); ++k) {
                const metric& by = plan_.model.metrics[k];
                if (by.name == one.metric && by.from != metric::source::column)
                    look_at(static_cast<std::uint32_t>(k), true);
            }
        }
    }

    void mark() {
        need(plan_.model.rules);
        for (const profile& one : plan_.model.profiles) {
            need(one.when);
            need(one.rules);
        }
        need_roles();
        need_segments();
    }

    void count_readers(const scheme& rules, std::vector<std::uint32_t>& readers) const {
        std::vector<std::uint32_t> here(readers.size(), 0);
        for (const group& one : rules.groups) {
            for (const component& part : one.components) {
                for (const std::uint32_t index : part.input_metrics)
                    here[index] += is_simple(part) ? 1U : 2U;
            }
        }
        for (std::size_t k = 0; k < here.size(); ++k) readers[k] = std::max(readers[k], here[k]);
    }

    /// A number or flag that one component reads need not be read before that component is scored.
    void plan_readings() {
        const std::vector<metric>& metrics = plan_.model.metrics;
        std::vector<std::uint32_t> readers(metrics.size(), 0);
        count_readers(plan_.model.rules, readers);
        for (const profile& one : plan_.model.profiles) count_readers(one.rules, readers);
        for (std::size_t k = 0; k < metrics.size(); ++k) {
            const metric& source = metrics[k];
            const bool fits =
                (source.type == metric_type::number || source.type == metric_type::flag) &&
                source.from == metric::source::column && !source.max_age_days && readers[k] == 1 &&
                !looked_at_[k];
            metric_reading how = metric_reading::ahead;
            if (fits)
                how =
                    looked_at_late_[k] ? metric_reading::with_component : metric_reading::in_place;
            readings_.push_back(how);
        }
    }

    plan_data& plan_;
    std::vector<bool> needed_;
    std::vector<bool> looked_at_;
    std::vector<bool> looked_at_late_;
    std::vector<metric_reading> readings_;  ///< by metric of the model
    std::array<std::vector<std::uint32_t>, group_count> shown_;
};

}  // namespace aiueo::detail
