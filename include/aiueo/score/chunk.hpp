// score › chunk: one chunk of rows through a plan. base ─► table ─► model ─► score
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include "aiueo/base/error.hpp"
#include "aiueo/score/batch.hpp"
#include "aiueo/score/kernel_choice.hpp"
#include "aiueo/score/load.hpp"
#include "aiueo/score/plan.hpp"
#include "aiueo/score/rows.hpp"
#include "aiueo/score/scores.hpp"

namespace aiueo {

namespace detail {

/// How much of a chunk is kept for whoever asks why.
enum class keep : std::uint8_t { scores, everything };

/// Can a kernel read this metric's column where it lies?
[[nodiscard]] inline bool column_reads_in_place(const plan_data& plan, const batch& rows,
                                                std::size_t number) noexcept {
    const bound_metric& bound = rows.column_of(number);
    if (!bound.given || bound.observed_given || !bound.owned.invalid.empty()) return false;
    const metric_type type = plan.model.metrics[plan.metrics[number].in_model].type;
    return (type == metric_type::number || type == metric_type::flag) &&
           reads_in_place(bound.values.type);
}

/// Scores one chunk: loads inputs, then computes each profile's rows.
class chunk_scorer {
public:
    chunk_scorer(const plan_data& plan, const batch& rows, workspace& space, bool overrides,
                 keep what)
        : plan_(plan),
          batch_(rows),
          space_(space),
          kernels_(*plan.kernels),
          overrides_(overrides),
          keep_(what) {}

    /// Inputs of rows [begin, begin + n) into the workspace: as_of, metrics, derived metrics and
    /// why each is unknown. Metrics that a kernel will read where they lie are left there.
    /// `ahead`: rows further on are read next, and may be fetched while these are computed.
    [[nodiscard]] status load(std::int64_t begin, std::size_t n, std::size_t ahead = 0) {
        begin_ = begin;
        n_ = n;
        rows_ = n;
        ahead_ = ahead;
        if (status ok = load_as_of(); !ok) return ok;
        for (std::size_t k = 0; k < plan_.metrics.size(); ++k) {
            const metric& source = metric_of(k);
            if (source.from == metric::source::derived || read_later(k)) continue;
            if (source.from == metric::source::initiatives) {
                load_initiatives(k);
            } else if (status ok = load_column(k, source); !ok) {
                return ok;
            }
        }
        for (const std::uint32_t number : plan_.derived_order) {
            run_code(plan_.metrics[number].derive, space_.slots.at.data());
            settle_derived(number);
        }
        return {};
    }

    /// What load() left where it lies, or read without saying why it is unknown: chunks of several
    /// profiles need all of it side by side.
    [[nodiscard]] status load_rest() {
        all_loaded_ = true;
        for (std::size_t k = 0; k < plan_.metrics.size(); ++k) {
            if (metric_of(k).from != metric::source::column) continue;
            if (status ok = load_column(k, metric_of(k)); !ok) return ok;
        }
        return {};
    }

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

private:
    [[nodiscard]] double* column(slot at) const noexcept { return slots_[at]; }
    [[nodiscard]] double* input(slot at) const noexcept { return space_.slots.at[at]; }
    [[nodiscard]] const metric& metric_of(std::size_t number) const noexcept {
        return plan_.model.metrics[plan_.metrics[number].in_model];
    }

    /// Is this metric left in the host's memory until the component that reads it comes?
    [[nodiscard]] bool read_later(std::size_t number) const noexcept {
        switch (plan_.metrics[number].reading) {
        case metric_reading::ahead: return false;
        case metric_reading::with_component:
        case metric_reading::in_place: return kernel_reads(number);
        }
        return false;
    }

    /// May a kernel read this metric? Explanations want every value and its state, which kernels do
    /// not give.
    [[nodiscard]] bool kernel_reads(std::size_t number) const noexcept {
        if (keep_ == keep::everything || all_loaded_) return false;
        return column_reads_in_place(plan_, batch_, number);
    }

    /// The host's column of a metric that a kernel reads.
    [[nodiscard]] kernel_input host_input(std::size_t number) const noexcept {
        const metric& source = metric_of(number);
        const column_view& from = batch_.column_of(number).values;
        const bool is_bool = from.type == column_type::bit || from.type == column_type::byte;
        kernel_input out;
        out.type = from.type;
        out.zero_or_one = source.type == metric_type::flag && !is_bool;
        out.moves = true;
        out.first = from.offset;
        out.values = from.values;
        out.validity = from.validity;
        out.low = source.min.value_or(-largest);
        out.high = source.max.value_or(largest);
        return out;
    }

    void count_read(std::size_t number, const kernel_part& counts) noexcept {
        auto& seen = space_.chunk_counts[number];
        seen.fill(0);
        seen[static_cast<std::size_t>(value_state::known)] = counts.known;
        seen[static_cast<std::size_t>(value_state::missing)] = counts.missing;
        seen[static_cast<std::size_t>(value_state::invalid)] =
            static_cast<std::int64_t>(n_) - counts.known - counts.missing;
    }

    void run_code(const program& todo, double* const* slots) const {
        kernels_.run(todo.code.data(), todo.code.size(), slots, space_.truths.data(), rows_,
                     batch_.texts());
    }

    /// Has any metric a column of the dates on which it was observed?
    [[nodiscard]] bool any_observed() const noexcept {
        for (std::size_t k = 0; k < plan_.metrics.size(); ++k) {
            if (batch_.column_of(k).observed_given) return true;
        }
        return false;
    }

    [[nodiscard]] status load_as_of() {
        double* out = input(plan_.as_of);
        if (!plan_.needs_as_of && plan_.scorers.empty() && keep_ == keep::scores && !any_observed())
            return {};
        if (!batch_.has_as_of()) {
            std::fill_n(out, n_, unknown_value);
            return {};
        }
        return batch_.load_as_of(begin_, {out, space_.spare_states(), n_});
    }

    [[nodiscard]] chunk_target target_of(std::size_t number) const noexcept {
        const planned_metric& one = plan_.metrics[number];
        return {input(one.values), space_.states_of(one, number), n_};
    }

    [[nodiscard]] double* spare() const noexcept { return space_.scratch_column(plan_.sums); }

    [[nodiscard]] status load_column(std::size_t number, const metric& source) {
        if (kernel_reads(number)) {
            kernel_part part;
            part.in = host_input(number);
            part.values = input(plan_.metrics[number].values);
            kernels_.read(&part, 1, begin_, n_, ahead_);
            count_read(number, part);
            return {};
        }
        const chunk_target to = target_of(number);
        const bound_metric& bound = batch_.column_of(number);
        if (!bound.given) {
            std::fill_n(to.values, n_, unknown_value);
            std::fill_n(to.states, n_, value_state::missing);
        } else {
            if (status ok = bound.load(begin_, to, source, plan_.model); !ok) return ok;
            if (bound.observed_given) {
                if (status ok = apply_age(bound, to, source); !ok) return ok;
            }
        }
        count_states(number);
        return {};
    }

    /// Values older than the metric allows are stale; of unknown age too; dated after the snapshot,
    /// invalid.
    [[nodiscard]] status apply_age(const bound_metric& bound, const chunk_target& to,
                                   const metric& source) {
        double* observed = space_.scratch_column(plan_.sums + 1);
        const chunk_target dates{observed, space_.spare_states(), n_};
        if (status ok = bound.load_observed(begin_, dates, source, plan_.model); !ok) return ok;
        const double* as_of = input(plan_.as_of);
        const double oldest =
            source.max_age_days ? static_cast<double>(*source.max_age_days) : impossible;
        for (std::size_t i = 0; i < n_; ++i) {
            if (to.states[i] != value_state::known) continue;
            const double age = as_of[i] - observed[i];
            if (age < 0) {
                to.states[i] = value_state::invalid;
            } else if (age > oldest || (source.max_age_days && age != age)) {
                to.states[i] = value_state::stale;
            } else {
                continue;
            }
            to.values[i] = unknown_value;
        }
        return {};
    }

    void load_initiatives(std::size_t number) {
        const chunk_target to = target_of(number);
        const double* as_of = input(plan_.as_of);
        for (std::size_t i = 0; i < n_; ++i) {
            to.values[i] = batch_.initiative_value(plan_.metrics[number].initiative,
                                                   begin_ + static_cast<std::int64_t>(i), as_of[i]);
        }
        settle(to, -largest, largest);
        count_states(number);
    }

    void settle_derived(std::uint32_t number) {
        const metric& source = metric_of(number);
        settle(target_of(number), source.min.value_or(-largest), source.max.value_or(largest));
        count_states(number);
    }

    void count_states(std::size_t number) noexcept {
        const value_state* states = space_.states_of(plan_.metrics[number], number);
        auto& counts = space_.chunk_counts[number];
        counts.fill(0);
        for (std::size_t i = 0; i < n_; ++i) ++counts[static_cast<std::size_t>(states[i])];
    }

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
        if (space_.parts_for[g] != slots_ || all_loaded_) {
            for (std::size_t k = 0; k < group.components.size(); ++k) {
                const planned_component& one = group.components[k];
                parts[k] = is_kept(one, group.kind) ? ready_part(one) : part_of(one);
            }
            space_.parts_for[g] = all_loaded_ ? nullptr : slots_;
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

    static constexpr double largest = std::numeric_limits<double>::max();
    static constexpr double flag_scores[2] = {0.0, 100.0};

    const plan_data& plan_;
    const batch& batch_;
    workspace& space_;
    const kernel_table& kernels_;
    bool overrides_;
    keep keep_;
    bool all_loaded_ = false;
    std::int64_t begin_ = 0;
    std::size_t n_ = 0;
    std::size_t ahead_ = 0;
    double* const* slots_ = nullptr;
    const planned_scheme* scheme_ = nullptr;
    std::size_t rows_ = 0;
};

}  // namespace detail

}  // namespace aiueo
