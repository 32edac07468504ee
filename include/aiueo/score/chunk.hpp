// score › chunk: one chunk of rows through a plan. base ─► table ─► model ─► score
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <utility>

#include "aiueo/base/error.hpp"
#include "aiueo/score/chunk_inputs.hpp"
#include "aiueo/score/kernel_choice.hpp"
#include "aiueo/score/plan.hpp"
#include "aiueo/score/rows.hpp"
#include "aiueo/score/scores.hpp"

namespace aiueo {

namespace detail {

/// Scores one chunk: after its inputs are loaded, computes each profile's rows.
class chunk_scorer : public chunk_inputs {
public:
    chunk_scorer(const plan_data& plan, const batch& rows, workspace& space, bool overrides,
                 keep what)
        : chunk_inputs(plan, rows, space, what), overrides_(overrides) {}

    /// Profile of each row: 0 for the default. The first whose condition is true.
    void choose_profiles(level_index* profile) {
        std::fill_n(profile, n_, level_index{0});
        rows_ = n_;
        for (std::size_t k = plan_.profile_when.size(); k-- > 0;) {
            const program& when = plan_.profile_when[k];
            run_code(when, space_.slots.at.data());
            const std::uint8_t* holds = space_.truths[when.result].yes;
            for (std::size_t i = 0; i < n_; ++i) {
                if ((holds[i / 8] >> (i % 8) & 1) != 0)
                    profile[i] = static_cast<level_index>(k + 1);
            }
        }
    }

    /// Everything scheme `k` computes, for the n rows whose inputs lie in `slots`.
    [[nodiscard]] status run_scheme(std::size_t k, double* const* slots, std::size_t n) {
        slots_ = slots;
        scheme_ = &plan_.schemes[k];
        rows_ = n;
        if (!scheme_->has_overall) no_overall();
        for (const evaluation_step& one : scheme_->order) {
            switch (one.what) {
            case evaluation_step::kind::derived_metric: break;
            case evaluation_step::kind::group:
                if (status ok = run_group(one.index); !ok) return ok;
                break;
            case evaluation_step::kind::overall: run_overall(); break;
            case evaluation_step::kind::ladder:
                run_code(scheme_->ladders[one.index].climb, slots_);
                break;
            case evaluation_step::kind::band: run_code(scheme_->band.climb, slots_); break;
            }
        }
        if (plan_.has_patterns) run_code(scheme_->find_pattern, slots_);
        return {};
    }

    /// Scores that were computed before, of rows [begin, begin + n), where the conditions of scheme
    /// `k` read them; then its ladders and bands. After load(), with keep::everything; `given` has
    /// detail. Scores of rows that chose another profile are of no use here.
    void recall(std::size_t k, const scores& given, std::int64_t begin, std::size_t n) {
        slots_ = space_.slots.at.data();
        scheme_ = &plan_.schemes[k];
        rows_ = n;
        const auto put = [&](slot to, std::span<const double> from) {
            if (to != no_slot) std::copy_n(from.data() + begin, n, column(to));
        };
        for (std::size_t g = 0; g < group_count; ++g) {
            const planned_group& group = scheme_->groups[g];
            if (!group.in_use) continue;
            put(group.slots.score, given[static_cast<axis>(g)]);
            put(group.slots.coverage, given.coverage(static_cast<axis>(g)));
            for (const planned_component& one : group.components)
                put(one.shown, given.component(one.number));
        }
        put(plan_.overall.score, given.overall());
        put(plan_.overall.coverage, given.coverage());
        for (const evaluation_step& one : scheme_->order) {
            if (one.what == evaluation_step::kind::ladder)
                run_code(scheme_->ladders[one.index].climb, slots_);
            if (one.what == evaluation_step::kind::band) run_code(scheme_->band.climb, slots_);
        }
    }

    /// After recall() or run_scheme(): a program's answers in `yes` and `no`, a bit a row.
    void answer(const program& todo, truth_column& to) const {
        run_code(todo, slots_);
        if (todo.is_truth) {
            to = space_.truths[todo.result];
            return;
        }
        const double* from = column(todo.result);
        to = {};
        for (std::size_t i = 0; i < rows_; ++i) {
            const auto bit = static_cast<std::uint8_t>(1U << (i % 8));
            if (from[i] != from[i]) continue;
            std::uint8_t& byte = (from[i] != 0 ? to.yes : to.no)[i / 8];
            byte = static_cast<std::uint8_t>(byte | bit);
        }
    }

private:
    [[nodiscard]] double* column(slot at) const noexcept { return slots_[at]; }
    // ── one scheme ───────────────────────────────────────────────────────────

    void apply_caps(const std::vector<planned_cap>& caps, const score_slots& at) {
        for (const planned_cap& one : caps) {
            run_code(one.when, slots_);
            kernels_.cap(space_.truths[one.when.result], rows_, one.at_most, score_at(at));
        }
    }

    void apply_manual(const std::optional<planned_override>& manual, const score_slots& at) {
        if (!manual || !overrides_) return;
        apply_override(manual->how, column(manual->value), rows_, column(at.score),
                       column(at.coverage), column(at.lower), column(at.upper));
    }

    [[nodiscard]] kernel_score score_at(const score_slots& at) const noexcept {
        return {column(at.score), column(at.coverage), column(at.lower), column(at.upper)};
    }

    [[nodiscard]] status run_group(std::size_t g) {
        const planned_group& group = scheme_->groups[g];
        if (!group.in_use) return {};
        for (const planned_component& one : group.components) {
            if (status ok = keep_response(one, group.kind); !ok) return ok;
        }
        if (group.kind == group_kind::any) {
            add_up(g);
        } else {
            score_parts(g);
        }
        if (keep_ == keep::everything)
            std::copy_n(column(group.slots.score), rows_, column(group.slots.before));
        apply_caps(group.caps, group.slots);
        apply_manual(group.manual, group.slots);
        return {};
    }

    /// Does somebody want the response itself, or can it only be computed apart?
    [[nodiscard]] bool is_kept(const planned_component& one, group_kind kind) const noexcept {
        return !one.simple || keep_ == keep::everything || one.shown != no_slot ||
               kind == group_kind::any;
    }

    [[nodiscard]] status keep_response(const planned_component& one, group_kind kind) {
        if (!is_kept(one, kind)) return {};
        if (one.simple) {
            kernel_part part = part_of(one);
            part.weight = 1;
            part.response = column(one.response);
            kernels_.read(&part, 1, begin_, rows_, ahead_);
            if (read_later(one.input_metrics[0])) count_read(one.input_metrics[0], part);
            std::fill_n(states_of(one), rows_, value_state::known);
        } else if (status ok = respond(one); !ok) {
            return ok;
        }
        drop_undated_rows(one);
        if (one.shown == no_slot) return {};
        const double* response = column(one.response);
        double* shown = column(one.shown);
        for (std::size_t i = 0; i < rows_; ++i) shown[i] = portable::on_grid(response[i]);
        return {};
    }

    /// A group of which no component is ever out of use: one kernel for all of it.
    void score_parts(std::size_t g) {
        const planned_group& group = scheme_->groups[g];
        kernel_part* parts = space_.parts.data() + group.components.front().number;
        // Parts point at slots and columns, which stay where they are from chunk to chunk.
        if (space_.parts_for[g] != &group || all_loaded_) {
            for (std::size_t k = 0; k < group.components.size(); ++k) {
                const planned_component& one = group.components[k];
                parts[k] = is_kept(one, group.kind) ? ready_part(one) : part_of(one);
            }
            space_.parts_for[g] = all_loaded_ ? nullptr : &group;
        }
        kernels_.group({parts, group.components.size(), group.kind == group_kind::priors,
                        group.total, scheme_->source->groups[g].min_coverage, ahead_},
                       begin_, rows_, score_at(group.slots));
        for (std::size_t k = 0; k < group.components.size(); ++k) {
            const planned_component& one = group.components[k];
            if (parts[k].in.moves) count_read(one.input_metrics[0], parts[k]);
        }
    }

    /// A group with components that some rows do not have, or that must be known.
    void add_up(std::size_t g) {
        const planned_group& group = scheme_->groups[g];
        const kernel_sums sums{space_.scratch_column(0), space_.scratch_column(1),
                               space_.scratch_column(2), space_.scratch_column(3)};
        const kernel_extras extras{space_.scratch_column(4), space_.scratch_column(5)};
        std::fill_n(space_.scratch_column(0), plan_.sums * chunk_rows, 0.0);
        for (const planned_component& one : group.components) {
            const component& from = *one.source;
            const bool dated = from.from || from.until;
            kernels_.add_response(column(one.response), rows_, from.weight, sums);
            add_extras(from, column(one.response), dated ? states_of(one) : nullptr, rows_, sums,
                       extras);
        }
        kernels_.finish_with(sums, extras, rows_, scheme_->source->groups[g].min_coverage,
                             score_at(group.slots));
    }

    [[nodiscard]] static kernel_input slot_input(const double* values) noexcept {
        kernel_input out;
        out.values = values;
        out.low = -largest;
        out.high = largest;
        return out;
    }

    /// A component that is read where its column lies, or from its slot.
    [[nodiscard]] kernel_part part_of(const planned_component& one) const noexcept {
        const std::uint32_t number = one.input_metrics[0];
        kernel_part out = response_part(one);
        if (!read_later(number)) {
            out.in = slot_input(column(one.inputs[0]));
            return out;
        }
        out.in = host_input(number);
        out.clamps = out.knots > 0 && out.in.low < out.at[0];
        if (plan_.metrics[number].reading == metric_reading::with_component)
            out.values = column(one.inputs[0]);
        return out;
    }

    /// A component whose response is there.
    [[nodiscard]] kernel_part ready_part(const planned_component& one) const noexcept {
        kernel_part out = response_part(one);
        out.how = kernel_response::ready;
        out.in = slot_input(column(one.response));
        return out;
    }

    [[nodiscard]] static kernel_part response_part(const planned_component& one) noexcept {
        const component& from = *one.source;
        kernel_part out;
        out.weight = from.weight;
        out.stands =
            from.missing == missing_policy::prior || from.missing == missing_policy::pessimistic;
        out.prior = from.missing == missing_policy::prior ? from.prior : 0.0;
        out.knots = one.knots;
        out.at = one.at.data();
        out.score = one.score.data();
        out.slope = one.slope.data();
        out.below = from.below;
        out.first_counts = from.how == response::percentile;
        switch (from.how) {
        case response::curve:
            out.how = out.knots == 2 ? kernel_response::line : kernel_response::curve;
            break;
        case response::percentile:
        case response::days_since:
        case response::days_until: out.how = kernel_response::curve; break;
        case response::steps: out.how = kernel_response::steps; break;
        case response::flag:
            out.how = kernel_response::flag;
            out.score = from.invert ? flag_scores : flag_scores + 1;
            out.below = from.invert ? 100.0 : 0.0;
            break;
        case response::table:
        case response::custom: break;
        }
        return out;
    }

    [[nodiscard]] value_state* states_of(const planned_component& one) const noexcept {
        return space_.states_of(one);
    }

    /// Rows on dates on which the component is not in use.
    void drop_undated_rows(const planned_component& one) {
        const component& from = *one.source;
        if (!from.from && !from.until) return;
        drop_undated(column(plan_.as_of), rows_,
                     from.from ? static_cast<double>(*from.from) : -impossible,
                     from.until ? static_cast<double>(*from.until) : impossible,
                     column(one.response), states_of(one));
    }

    /// Unrounded response of a component that is not simple, and why it is unknown where its inputs
    /// are known.
    [[nodiscard]] status respond(const planned_component& one) {
        const component& from = *one.source;
        double* out = column(one.response);
        value_state* states = states_of(one);
        std::fill_n(states, rows_, value_state::known);
        if (from.how == response::custom) return respond_custom(one, out, states);

        double* scratch = spare();
        const double* x = column(one.inputs[0]);
        if (from.is_share) {
            share(x, column(one.inputs[1]), rows_, one.of_zero, scratch);
            mark_infinite(scratch, states);
            x = scratch;
        } else if (from.how == response::days_since || from.how == response::days_until) {
            days_between(x, column(plan_.as_of), rows_, from.how == response::days_since, scratch,
                         states);
            x = scratch;
        }
        if (from.how == response::table) {
            table(x, rows_, one.table, one.otherwise, out, states);
            return {};
        }
        kernel_part part = response_part(one);
        part.weight = 1;
        part.in = slot_input(x);
        part.response = out;
        kernels_.read(&part, 1, begin_, rows_, 0);
        return {};
    }

    /// A share that overflows is no number.
    void mark_infinite(double* ratio, value_state* states) {
        for (std::size_t i = 0; i < rows_; ++i) {
            if (ratio[i] - ratio[i] == 0 || ratio[i] != ratio[i]) continue;
            ratio[i] = unknown_value;
            states[i] = value_state::invalid;
        }
    }

    [[nodiscard]] status respond_custom(const planned_component& one, double* out,
                                        value_state* states) {
        std::array<const double*, most_scorer_inputs> inputs{};
        const std::size_t count = one.inputs.size();  // compile() has refused more
        for (std::size_t k = 0; k < count; ++k) inputs[k] = column(one.inputs[k]);
        const scorer_call call{
            rows_, {inputs.data(), count}, column(plan_.as_of), one.source->params, out};
        std::fill_n(out, rows_, unknown_value);
        if (status ok = plan_.scorers[one.scorer].run(call); !ok) {
            error why = std::move(ok).error();
            if (why.where.path.empty()) why.where.path = "scorer \"" + one.source->scorer + "\"";
            return why;
        }
        for (std::size_t i = 0; i < rows_; ++i) {
            if (out[i] != out[i] || (out[i] >= 0 && out[i] <= 100)) continue;
            out[i] = unknown_value;
            states[i] = value_state::invalid;
        }
        return {};
    }

    void no_overall() {
        const score_slots& at = plan_.overall;
        std::fill_n(column(at.score), rows_, unknown_value);
        std::fill_n(column(at.coverage), rows_, 0.0);
        std::fill_n(column(at.lower), rows_, 0.0);
        std::fill_n(column(at.upper), rows_, 100.0);
        if (keep_ == keep::everything) std::fill_n(column(at.before), rows_, unknown_value);
    }

    void run_overall() {
        const overall_rule& rule = scheme_->source->overall;
        std::array<kernel_axis, axis_count> axes{};
        std::size_t count = 0;
        for (std::size_t g = 0; g < axis_count; ++g) {
            if (!scheme_->groups[g].in_use || !(rule.weights[g] > 0)) continue;
            const score_slots& at = scheme_->groups[g].slots;
            axes[count++] = {column(at.score), column(at.coverage), column(at.lower),
                             column(at.upper), rule.weights[g]};
        }
        if (count == 0) {
            no_overall();
        } else {
            const auto least = static_cast<double>(std::min<std::size_t>(rule.min_axes, count));
            const bool minimum = rule.how == overall_rule::combine::minimum;
            kernels_.combine(
                {axes.data(), count, minimum, least, rule.min_coverage, scheme_->overall_weights},
                rows_, score_at(plan_.overall));
        }
        const score_slots& at = plan_.overall;
        if (keep_ == keep::everything) std::copy_n(column(at.score), rows_, column(at.before));
        apply_caps(scheme_->overall_caps, at);
        apply_manual(scheme_->overall_manual, at);
    }

    static constexpr double flag_scores[2] = {0.0, 100.0};

    bool overrides_;
    double* const* slots_ = nullptr;
    const planned_scheme* scheme_ = nullptr;
};

}  // namespace detail

}  // namespace aiueo
