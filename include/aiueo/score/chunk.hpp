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
    [[nodiscard]] status load(std::int64_t begin, std::size_t n) {
        begin_ = begin;
        n_ = n;
        if (status ok = load_as_of(); !ok) return ok;
        for (std::size_t k = 0; k < plan_.metrics.size(); ++k) {
            const metric& source = metric_of(k);
            if (source.from == metric::source::derived || in_place(k)) continue;
            if (source.from == metric::source::initiatives) {
                load_initiatives(k);
            } else if (status ok = load_column(k, source); !ok) {
                return ok;
            }
        }
        for (const std::uint32_t number : plan_.derived_order) {
            run_code(plan_.metrics[number].derive, space_.slots.at.data(), n_);
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
        for (std::size_t k = plan_.profile_when.size(); k-- > 0;) {
            const program& when = plan_.profile_when[k];
            run_code(when, space_.slots.at.data(), n_);
            const double* holds = input(when.result);
            for (std::size_t i = 0; i < n_; ++i) {
                if (holds[i] == 1.0) profile[i] = static_cast<level_index>(k + 1);
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
            case evaluation_step::kind::ladder: run_ladder(one.index); break;
            case evaluation_step::kind::band: run_band(); break;
            }
        }
        return {};
    }

private:
    [[nodiscard]] double* column(slot at) const noexcept { return slots_[at]; }
    [[nodiscard]] double* input(slot at) const noexcept { return space_.slots.at[at]; }
    [[nodiscard]] const metric& metric_of(std::size_t number) const noexcept {
        return plan_.model.metrics[plan_.metrics[number].in_model];
    }

    /// Is this metric left in the host's memory, for the component that reads it?
    [[nodiscard]] bool in_place(std::size_t number) const noexcept {
        return plan_.metrics[number].in_place && kernel_reads(number);
    }

    /// May a kernel read this metric? Explanations want every value and its state, which kernels do
    /// not give.
    [[nodiscard]] bool kernel_reads(std::size_t number) const noexcept {
        if (keep_ == keep::everything || all_loaded_) return false;
        const bound_metric& bound = batch_.column_of(number);
        if (!bound.given || bound.observed_given || !bound.owned.invalid.empty()) return false;
        const column_type type = bound.values.type;
        const bool is_flag = metric_of(number).type == metric_type::flag;
        const bool is_number = metric_of(number).type == metric_type::number;
        return reads_in_place(type) && (is_flag || is_number);
    }

    /// The host's column of a metric that a kernel reads.
    [[nodiscard]] kernel_input host_input(std::size_t number) const noexcept {
        const metric& source = metric_of(number);
        const column_view& from = batch_.column_of(number).values;
        const std::int64_t first = from.offset + begin_;
        const bool is_bool = from.type == column_type::bit || from.type == column_type::byte;
        return {from.type,
                from.values,
                first,
                from.validity,
                first,
                source.min.value_or(-largest),
                source.max.value_or(largest),
                source.type == metric_type::flag && !is_bool};
    }

    void count_read(std::size_t number, const kernel_counts& counts) noexcept {
        auto& seen = space_.chunk_counts[number];
        seen.fill(0);
        seen[static_cast<std::size_t>(value_state::known)] = counts.known;
        seen[static_cast<std::size_t>(value_state::missing)] = counts.missing;
        seen[static_cast<std::size_t>(value_state::invalid)] =
            static_cast<std::int64_t>(n_) - counts.known - counts.missing;
    }

    void run_code(const program& todo, double* const* slots, std::size_t n) const {
        kernels_.run(todo.code.data(), todo.code.size(), slots, n, batch_.texts());
    }

    [[nodiscard]] status load_as_of() {
        double* out = input(plan_.as_of);
        if (!plan_.needs_as_of && plan_.scorers.empty() && keep_ == keep::scores) return {};
        if (!batch_.has_as_of()) {
            std::fill_n(out, n_, unknown_value);
            return {};
        }
        return batch_.load_as_of(begin_, {out, space_.spare_states.data(), n_});
    }

    [[nodiscard]] chunk_target target_of(std::size_t number) const noexcept {
        return {input(plan_.metrics[number].values),
                space_.metric_states.data() + number * chunk_rows, n_};
    }

    [[nodiscard]] status load_column(std::size_t number, const metric& source) {
        if (kernel_reads(number)) {
            kernel_counts counts;
            kernels_.read(host_input(number), n_, input(plan_.metrics[number].values), counts);
            count_read(number, counts);
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
        double* observed = space_.scratch_column(0);
        const chunk_target dates{observed, space_.spare_states.data(), n_};
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
        const value_state* states = space_.metric_states.data() + number * chunk_rows;
        auto& counts = space_.chunk_counts[number];
        counts.fill(0);
        for (std::size_t i = 0; i < n_; ++i) ++counts[static_cast<std::size_t>(states[i])];
    }

    // ── one scheme ───────────────────────────────────────────────────────────

    void apply_caps(const std::vector<planned_cap>& caps, const score_slots& at) {
        for (const planned_cap& one : caps) {
            run_code(one.when, slots_, rows_);
            apply_cap(column(one.when.result), rows_, one.at_most, column(at.score),
                      column(at.lower), column(at.upper));
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
        const kernel_sums sums{space_.scratch_column(0), space_.scratch_column(1)};
        const kernel_extras extras{space_.scratch_column(2), space_.scratch_column(3),
                                   space_.scratch_column(4), space_.scratch_column(5)};
        std::fill_n(space_.scratch_column(0), (group.plain ? 2 : 6) * chunk_rows, 0.0);
        for (const planned_component& one : group.components) {
            if (one.simple) {
                add_simple(one, sums, group.plain);
            } else if (status ok = respond(one); !ok) {
                return ok;
            }
            add(one, group.plain, sums, extras);
        }
        const double min_coverage = scheme_->source->groups[g].min_coverage;
        if (group.plain) {
            kernels_.finish(sums, rows_, group.total, min_coverage, score_at(group.slots));
        } else {
            kernels_.finish_with(sums, extras, rows_, min_coverage, score_at(group.slots));
        }
        if (keep_ == keep::everything)
            std::copy_n(column(group.slots.score), rows_, column(group.slots.before));
        apply_caps(group.caps, group.slots);
        apply_manual(group.manual, group.slots);
        return {};
    }

    /// The column of a metric, where it lies or as a slot.
    [[nodiscard]] kernel_input input_of(const planned_component& one) const noexcept {
        const std::uint32_t number = one.input_metrics[0];
        if (in_place(number)) return host_input(number);
        return {
            column_type::float64, column(one.inputs[0]), 0, nullptr, 0, -largest, largest, false};
    }

    /// Read, respond and add in one go. Where the group needs more than sums, or somebody the
    /// response, it is kept.
    void add_simple(const planned_component& one, const kernel_sums& sums, bool plain) {
        const component& from = *one.source;
        const bool kept = keep_ == keep::everything || one.shown != no_slot || !plain;
        double* response = kept ? column(one.response) : nullptr;
        const kernel_input in = input_of(one);
        kernel_counts counts;
        // What a group with extras adds, it adds from the response (add()).
        const kernel_sums unused{space_.scratch_column(6), space_.scratch_column(6)};
        const kernel_sums& to = plain ? sums : unused;
        switch (from.how) {
        case response::curve:
        case response::percentile:
            kernels_.add_curve(in, rows_,
                               {one.at.data(), one.score.data(), one.slope.data(), one.at.size(),
                                from.how == response::percentile},
                               from.weight, to, response, counts);
            break;
        case response::steps:
            kernels_.add_steps(in, rows_,
                               {one.at.data(), one.score.data(), one.at.size(), from.below},
                               from.weight, to, response, counts);
            break;
        case response::flag:
            kernels_.add_flag(in, rows_, from.invert ? 0.0 : 100.0, from.invert ? 100.0 : 0.0,
                              from.weight, to, response, counts);
            break;
        case response::table:
        case response::days_since:
        case response::days_until:
        case response::custom: break;
        }
        if (kept) std::fill_n(states_of(one), rows_, value_state::known);
        if (in_place(one.input_metrics[0])) count_read(one.input_metrics[0], counts);
    }

    [[nodiscard]] value_state* states_of(const planned_component& one) const noexcept {
        return space_.component_states.data() + std::size_t{one.number} * chunk_rows;
    }

    /// What is left to add of a component: its response where that was computed apart, and its
    /// share of the extras.
    void add(const planned_component& one, bool plain, const kernel_sums& sums,
             const kernel_extras& extras) {
        const component& from = *one.source;
        double* response = column(one.response);
        if (plain) {
            if (!one.simple) kernels_.add_response(response, rows_, from.weight, sums);
        } else {
            const double first = from.from ? static_cast<double>(*from.from) : -impossible;
            const double last = from.until ? static_cast<double>(*from.until) : impossible;
            const bool dated = from.from || from.until;
            if (dated)
                drop_undated(column(plan_.as_of), rows_, first, last, response, states_of(one));
            kernels_.add_response(response, rows_, from.weight, sums);
            add_extras(from, response, dated ? states_of(one) : nullptr, rows_, extras);
        }
        if (one.shown == no_slot) return;
        double* shown = column(one.shown);
        for (std::size_t i = 0; i < rows_; ++i) shown[i] = portable::on_grid(response[i]);
    }

    /// Unrounded response of a component that is not simple, and why it is unknown where its inputs
    /// are known.
    [[nodiscard]] status respond(const planned_component& one) {
        const component& from = *one.source;
        double* out = column(one.response);
        value_state* states = states_of(one);
        std::fill_n(states, rows_, value_state::known);
        if (from.how == response::custom) return respond_custom(one, out, states);

        double* scratch = space_.scratch_column(6);
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
        // The response of a kernel that adds to nothing: a share or days through the same curve and
        // steps.
        const kernel_input in{column_type::float64, x, 0, nullptr, 0, -largest, largest, false};
        const kernel_sums nowhere{space_.spare.data(), space_.spare.data()};
        kernel_counts counts;
        if (from.how == response::steps) {
            kernels_.add_steps(in, rows_,
                               {one.at.data(), one.score.data(), one.at.size(), from.below}, 0.0,
                               nowhere, out, counts);
        } else {
            kernels_.add_curve(in, rows_,
                               {one.at.data(), one.score.data(), one.slope.data(), one.at.size(),
                                from.how == response::percentile},
                               0.0, nowhere, out, counts);
        }
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
        std::fill_n(column(at.before), rows_, unknown_value);
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
            kernels_.combine({axes.data(), count, minimum, least, rule.min_coverage}, rows_,
                             score_at(plan_.overall));
        }
        const score_slots& at = plan_.overall;
        if (keep_ == keep::everything) std::copy_n(column(at.score), rows_, column(at.before));
        apply_caps(scheme_->overall_caps, at);
        apply_manual(scheme_->overall_manual, at);
    }

    void run_ladder(std::size_t k) {
        const planned_ladder& ladder = scheme_->ladders[k];
        double* stage = column(ladder.stage);
        double* could = column(ladder.could);
        std::fill_n(stage, rows_, 0.0);
        std::fill_n(could, rows_, 0.0);
        for (std::size_t r = 1; r < ladder.rungs.size(); ++r) {
            const program& when = ladder.rungs[r].when;
            run_code(when, slots_, rows_);
            kernels_.climb(column(when.result), rows_, static_cast<double>(r), stage, could);
        }
    }

    void run_band() {
        const band_rule& rule = *scheme_->source->bands;
        const slot of = rule.group < group_count ? scheme_->groups[rule.group].slots.score
                                                 : plan_.overall.score;
        kernels_.band(column(of), rows_, rule.edges.data(), rule.edges.size(), column(plan_.band));
    }

    static constexpr double largest = std::numeric_limits<double>::max();

    const plan_data& plan_;
    const batch& batch_;
    workspace& space_;
    const kernel_table& kernels_;
    bool overrides_;
    keep keep_;
    bool all_loaded_ = false;
    std::int64_t begin_ = 0;
    std::size_t n_ = 0;
    double* const* slots_ = nullptr;
    const planned_scheme* scheme_ = nullptr;
    std::size_t rows_ = 0;
};

}  // namespace detail

}  // namespace aiueo
