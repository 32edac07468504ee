// score › score: plan × batch → scores, a chunk of rows at a time. base ─► table ─► model ─► score
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "aiueo/base/error.hpp"
#include "aiueo/base/float_mode.hpp"
#include "aiueo/score/batch.hpp"
#include "aiueo/score/kernels.hpp"
#include "aiueo/score/load.hpp"
#include "aiueo/score/pattern.hpp"
#include "aiueo/score/plan.hpp"
#include "aiueo/score/program.hpp"
#include "aiueo/score/scores.hpp"

namespace aiueo {

/// Rows [begin, end) of a batch.
struct row_range {
    std::int64_t begin = 0;
    std::int64_t end = 0;
};

namespace detail {

/// Scores one chunk: loads inputs, then computes each profile's rows.
class chunk_scorer {
public:
    chunk_scorer(const plan_data& plan, const batch& rows, workspace& space, bool overrides)
        : plan_(plan), batch_(rows), space_(space), overrides_(overrides) {}

    /// Inputs of rows [begin, begin + n) into the workspace: as_of, metrics, derived metrics and why each is unknown.
    [[nodiscard]] status load(std::int64_t begin, std::size_t n) {
        begin_ = begin;
        n_ = n;
        if (status ok = load_as_of(); !ok) return ok;
        for (std::size_t k = 0; k < plan_.metrics.size(); ++k) {
            const metric& source = plan_.model.metrics[plan_.metrics[k].in_model];
            if (source.from == metric::source::derived) continue;
            if (source.from == metric::source::initiatives) {
                load_initiatives(k);
            } else if (status ok = load_column(k, source); !ok) {
                return ok;
            }
        }
        for (const std::uint32_t number : plan_.derived_order) {
            detail::run(plan_.metrics[number].derive, space_.slots.data(), chunk_rows, n_, batch_.texts());
            settle_derived(number);
        }
        count_metrics();
        return {};
    }

    /// Profile of each row: 0 for the default. The first whose condition is true.
    void choose_profiles(level_index* profile) {
        std::fill_n(profile, n_, level_index{0});
        for (std::size_t k = plan_.profile_when.size(); k-- > 0;) {
            const program& when = plan_.profile_when[k];
            detail::run(when, space_.slots.data(), chunk_rows, n_, batch_.texts());
            const double* holds = space_.slots.data() + when.result * chunk_rows;
            for (std::size_t i = 0; i < n_; ++i) {
                if (holds[i] == 1.0) profile[i] = static_cast<level_index>(k + 1);
            }
        }
    }

    /// Everything scheme `k` computes, for the n rows whose inputs lie in `slots`.
    [[nodiscard]] status run_scheme(std::size_t k, double* slots, std::size_t n) {
        slots_ = slots;
        scheme_ = &plan_.schemes[k];
        rows_ = n;
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

    [[nodiscard]] std::size_t count() const noexcept { return n_; }

private:
    [[nodiscard]] double* column(slot at) noexcept { return slots_ + at * chunk_rows; }
    [[nodiscard]] double* input(slot at) noexcept { return space_.slots.data() + at * chunk_rows; }

    [[nodiscard]] status load_as_of() {
        double* out = input(plan_.as_of);
        if (!batch_.has_as_of()) {
            std::fill_n(out, n_, unknown_value);
            return {};
        }
        return batch_.load_as_of(begin_, {out, space_.spare_states.data(), n_});
    }

    [[nodiscard]] status load_column(std::size_t number, const metric& source) {
        const chunk_target to{input(plan_.metrics[number].values), space_.metric_states.data() + number * chunk_rows, n_};
        const bound_metric& bound = batch_.column_of(number);
        if (!bound.given) {
            std::fill_n(to.values, n_, unknown_value);
            std::fill_n(to.states, n_, value_state::missing);
            return {};
        }
        if (status ok = bound.load(begin_, to, source, plan_.model); !ok) return ok;
        if (bound.observed_given) return apply_age(bound, to, source);
        return {};
    }

    /// Values older than the metric allows are stale; of unknown age too; dated after the snapshot, invalid.
    [[nodiscard]] status apply_age(const bound_metric& bound, const chunk_target& to, const metric& source) {
        double* observed = space_.scratch.data();
        const chunk_target dates{observed, space_.spare_states.data(), n_};
        if (status ok = bound.load_observed(begin_, dates, source, plan_.model); !ok) return ok;
        const double* as_of = input(plan_.as_of);
        const double oldest = source.max_age_days ? static_cast<double>(*source.max_age_days) : impossible;
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
        const planned_metric& one = plan_.metrics[number];
        const chunk_target to{input(one.values), space_.metric_states.data() + number * chunk_rows, n_};
        const double* as_of = input(plan_.as_of);
        for (std::size_t i = 0; i < n_; ++i) {
            to.values[i] = batch_.initiative_value(one.initiative, begin_ + static_cast<std::int64_t>(i), as_of[i]);
        }
        settle(to, -impossible_below, impossible_below);
    }

    void settle_derived(std::uint32_t number) {
        const metric& source = plan_.model.metrics[plan_.metrics[number].in_model];
        const chunk_target to{input(plan_.metrics[number].values), space_.metric_states.data() + number * chunk_rows, n_};
        settle(to, source.min.value_or(-impossible_below), source.max.value_or(impossible_below));
    }

    void count_metrics() {
        for (std::size_t k = 0; k < plan_.metrics.size(); ++k) {
            const value_state* states = space_.metric_states.data() + k * chunk_rows;
            auto& counts = space_.metric_counts[k];
            for (std::size_t i = 0; i < n_; ++i) ++counts[static_cast<std::size_t>(states[i])];
        }
    }

    // ── one scheme ───────────────────────────────────────────────────────────

    void apply_caps(const std::vector<planned_cap>& caps, const score_slots& at) {
        for (const planned_cap& one : caps) {
            detail::run(one.when, slots_, chunk_rows, rows_, batch_.texts());
            portable::apply_cap(column(one.when.result), rows_, one.at_most, column(at.score), column(at.lower),
                                column(at.upper));
        }
    }

    void apply_override(const std::optional<planned_override>& manual, const score_slots& at) {
        if (!manual || !overrides_) return;
        const double* value = column(manual->value);
        switch (manual->how) {
            case score_override::mode::replace:
                portable::apply_replace(value, rows_, column(at.score), column(at.coverage), column(at.lower),
                                        column(at.upper));
                return;
            case score_override::mode::floor:
                portable::apply_floor(value, rows_, column(at.score), column(at.lower), column(at.upper));
                return;
            case score_override::mode::ceiling:
                portable::apply_ceiling(value, rows_, column(at.score), column(at.lower), column(at.upper));
                return;
        }
    }

    [[nodiscard]] status run_group(std::size_t g) {
        const planned_group& group = scheme_->groups[g];
        if (!group.in_use) return {};
        double* scratch = space_.scratch.data();
        const portable::group_sums sums{scratch,
                                        scratch + chunk_rows,
                                        scratch + 2 * chunk_rows,
                                        scratch + 3 * chunk_rows,
                                        scratch + 4 * chunk_rows,
                                        scratch + 5 * chunk_rows};
        portable::group_clear(sums, rows_);
        for (const planned_component& one : group.components) {
            if (status ok = respond(one); !ok) return ok;
            add(sums, one);
        }
        const score_slots& at = group.slots;
        portable::group_finish(sums, rows_, scheme_->source->groups[g].min_coverage, column(at.score),
                               column(at.coverage), column(at.lower), column(at.upper));
        std::copy_n(column(at.score), rows_, column(at.before));
        apply_caps(group.caps, at);
        apply_override(group.manual, at);
        return {};
    }

    void add(const portable::group_sums& sums, const planned_component& one) {
        const component& from = *one.source;
        const bool has_prior = from.missing == missing_policy::prior || from.missing == missing_policy::pessimistic;
        const double prior_weight = has_prior ? from.weight : 0.0;
        const double prior = from.missing == missing_policy::prior ? from.prior : 0.0;
        const bool fails = from.missing == missing_policy::fail;
        double* response = column(one.response);
        if (from.from || from.until) {
            const double first = from.from ? static_cast<double>(*from.from) : -impossible;
            const double last = from.until ? static_cast<double>(*from.until) : impossible;
            portable::group_add_dated(sums, response, column(plan_.as_of), rows_, from.weight, prior_weight, prior,
                                      fails, first, last);
            mark_unused(one, first, last);
        } else {
            portable::group_add(sums, response, rows_, from.weight, prior_weight, prior, fails);
        }
        if (one.shown != no_slot) {
            double* shown = column(one.shown);
            for (std::size_t i = 0; i < rows_; ++i) shown[i] = portable::on_grid(response[i]);
        }
    }

    void mark_unused(const planned_component& one, double first, double last) {
        const double* as_of = column(plan_.as_of);
        value_state* states = space_.component_states.data() + std::size_t{one.number} * chunk_rows;
        for (std::size_t i = 0; i < rows_; ++i) {
            if (as_of[i] < first || as_of[i] > last) states[i] = value_state::unused;
        }
    }

    /// Unrounded response of a component, and why it is unknown where its inputs are known.
    [[nodiscard]] status respond(const planned_component& one) {
        const component& from = *one.source;
        double* out = column(one.response);
        value_state* states = space_.component_states.data() + std::size_t{one.number} * chunk_rows;
        std::fill_n(states, rows_, value_state::known);
        if (from.how == response::custom) return respond_custom(one, out, states);

        const double* x = column(one.inputs[0]);
        if (from.is_share) {
            double* ratio = space_.scratch.data() + 6 * chunk_rows;
            portable::share(x, column(one.inputs[1]), ratio, rows_, one.of_zero);
            mark_infinite(ratio, states);
            x = ratio;
        }
        switch (from.how) {
            case response::curve: curve(one, x, out, false); return {};
            case response::percentile: curve(one, x, out, true); return {};
            case response::steps:
                portable::steps(x, out, rows_, one.at.data(), one.score.data(), one.at.size(), from.below);
                return {};
            case response::flag: portable::flag(x, out, rows_, from.invert); return {};
            case response::table:
                portable::table(x, out, rows_, one.table.data(), one.table.size(), one.otherwise);
                for (std::size_t i = 0; i < rows_; ++i) {
                    if (out[i] != out[i] && x[i] == x[i]) states[i] = value_state::unseen;
                }
                return {};
            case response::days_since:
            case response::days_until: {
                double* days = space_.scratch.data() + 6 * chunk_rows;
                const double* as_of = column(plan_.as_of);
                const bool since = from.how == response::days_since;
                for (std::size_t i = 0; i < rows_; ++i) days[i] = since ? as_of[i] - x[i] : x[i] - as_of[i];
                for (std::size_t i = 0; i < rows_; ++i) {
                    if (days[i] < 0) {
                        states[i] = value_state::invalid;
                        days[i] = unknown_value;
                    }
                }
                curve(one, days, out, false);
                return {};
            }
            case response::custom: return {};
        }
        return {};
    }

    void curve(const planned_component& one, const double* x, double* out, bool first_counts) {
        portable::curve(x, out, rows_, one.at.data(), one.score.data(), one.slope.data(), one.at.size(), first_counts);
    }

    /// A share that overflows is no number.
    void mark_infinite(double* ratio, value_state* states) {
        for (std::size_t i = 0; i < rows_; ++i) {
            if (ratio[i] - ratio[i] == 0 || ratio[i] != ratio[i]) continue;
            ratio[i] = unknown_value;
            states[i] = value_state::invalid;
        }
    }

    [[nodiscard]] status respond_custom(const planned_component& one, double* out, value_state* states) {
        std::array<const double*, most_scorer_inputs> inputs{};
        const std::size_t count = one.inputs.size();  // compile() has refused more
        for (std::size_t k = 0; k < count; ++k) inputs[k] = column(one.inputs[k]);
        const scorer_call call{rows_, {inputs.data(), count}, column(plan_.as_of), one.source->params, out};
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

    void run_overall() {
        const overall_rule& rule = scheme_->source->overall;
        std::array<portable::axis_view, axis_count> axes{};
        std::size_t count = 0;
        for (std::size_t g = 0; g < axis_count; ++g) {
            if (!scheme_->groups[g].in_use || !(rule.weights[g] > 0)) continue;
            const score_slots& at = scheme_->groups[g].slots;
            axes[count++] = {column(at.score), column(at.coverage), column(at.lower), column(at.upper), rule.weights[g]};
        }
        const score_slots& at = plan_.overall;
        if (count == 0) {
            std::fill_n(column(at.score), rows_, unknown_value);
            std::fill_n(column(at.coverage), rows_, 0.0);
            std::fill_n(column(at.lower), rows_, 0.0);
            std::fill_n(column(at.upper), rows_, 100.0);
        } else {
            const auto least = static_cast<double>(std::min<std::size_t>(rule.min_axes, count));
            portable::overall_combine(axes.data(), count, rows_, rule.how == overall_rule::combine::minimum, least,
                                      rule.min_coverage, column(at.score), column(at.coverage), column(at.lower),
                                      column(at.upper));
        }
        std::copy_n(column(at.score), rows_, column(at.before));
        apply_caps(scheme_->overall_caps, at);
        apply_override(scheme_->overall_manual, at);
    }

    void run_ladder(std::size_t k) {
        const planned_ladder& ladder = scheme_->ladders[k];
        double* stage = column(ladder.stage);
        double* could = column(ladder.could);
        std::fill_n(stage, rows_, 0.0);
        std::fill_n(could, rows_, 0.0);
        for (std::size_t r = 1; r < ladder.rungs.size(); ++r) {
            const program& when = ladder.rungs[r].when;
            detail::run(when, slots_, chunk_rows, rows_, batch_.texts());
            portable::climb(column(when.result), rows_, static_cast<double>(r), stage, could);
        }
    }

    void run_band() {
        const band_rule& rule = *scheme_->source->bands;
        const slot of = rule.group < group_count ? scheme_->groups[rule.group].slots.score : plan_.overall.score;
        portable::band(column(of), rows_, rule.edges.data(), rule.edges.size(), column(plan_.band));
    }

    static constexpr double impossible_below = std::numeric_limits<double>::max();

    const plan_data& plan_;
    const batch& batch_;
    workspace& space_;
    bool overrides_;
    std::int64_t begin_ = 0;
    std::size_t n_ = 0;
    double* slots_ = nullptr;
    const planned_scheme* scheme_ = nullptr;
    std::size_t rows_ = 0;
};

}  // namespace detail

/// The public entry, and the only writer of `scores`.
class scoring {
public:
    /// Rows [rows.begin, rows.end) of a batch into the same rows of `out`. `rows.begin` is a multiple of 64.
    /// Several threads may score disjoint ranges of one batch into one `out`.
    /// Errors: invalid_argument (range, plans that differ), bad_column (a column the plan needs is not
    /// bound), bad_value (a date the row cannot have), scorer_failed.
    [[nodiscard]] static status run(const plan& with, const batch& input, row_range rows, scores& out) {
        const plan_data& plan = with.data();
        if (&input.made_for() != &plan || &out.made_for() != &plan) {
            return make_error(errc::invalid_argument, "batch and scores must come from the plan that scores them");
        }
        if (rows.begin < 0 || rows.end < rows.begin || rows.end > input.rows() || rows.end > out.capacity()) {
            return make_error(errc::invalid_argument,
                              "rows [" + std::to_string(rows.begin) + ", " + std::to_string(rows.end) +
                                  ") are not within the batch's " + std::to_string(input.rows()) +
                                  " rows and the scores' " + std::to_string(out.capacity()));
        }
        if (rows.begin % static_cast<std::int64_t>(row_alignment) != 0) {
            return make_error(errc::invalid_argument, "a range of rows begins at a multiple of 64");
        }
        if (status ok = input.ready(); !ok) return ok;

        const default_float_mode usual;
        detail::borrowed_workspace borrowed{*out.pool_};
        detail::workspace& space = borrowed.get();
        for (auto& one : space.metric_counts) one.fill(0);
        for (auto& one : space.component_counts) one.fill(0);
        const auto step = static_cast<std::int64_t>(chunk_rows);
        for (std::int64_t at = rows.begin; at < rows.end; at += step) {
            const auto n = static_cast<std::size_t>(std::min(step, rows.end - at));
            if (status ok = run_chunk(plan, input, at, n, space, out); !ok) return ok;
        }
        add_tally(space, out);
        return {};
    }

private:
    [[nodiscard]] static status run_chunk(const plan_data& plan, const batch& input, std::int64_t at, std::size_t n,
                                          detail::workspace& space, scores& out) {
        detail::chunk_scorer chunk{plan, input, space, out.options_.overrides};
        if (status ok = chunk.load(at, n); !ok) return ok;
        level_index* profile = out.profile_.data() + at;
        chunk.choose_profiles(profile);
        if (out.options_.detail) count_inputs(plan, space, at, n, out);

        std::array<std::uint16_t, chunk_rows> index{};
        const bool uniform = std::all_of(profile, profile + n, [&](level_index k) { return k == profile[0]; });
        if (uniform) {
            for (std::size_t i = 0; i < n; ++i) index[i] = static_cast<std::uint16_t>(i);
            if (status ok = chunk.run_scheme(static_cast<std::size_t>(profile[0]), space.slots.data(), n); !ok) return ok;
            store(plan, static_cast<std::size_t>(profile[0]), space, space.slots.data(), at, {index.data(), n}, out);
            return {};
        }
        for (std::size_t k = 0; k < plan.schemes.size(); ++k) {
            std::size_t count = 0;
            for (std::size_t i = 0; i < n; ++i) {
                if (static_cast<std::size_t>(profile[i]) == k) index[count++] = static_cast<std::uint16_t>(i);
            }
            if (count == 0) continue;
            gather(plan, space, {index.data(), count});
            if (status ok = chunk.run_scheme(k, space.gathered.data(), count); !ok) return ok;
            store(plan, k, space, space.gathered.data(), at, {index.data(), count}, out);
        }
        return {};
    }

    /// Inputs of some rows, side by side.
    static void gather(const plan_data& plan, detail::workspace& space, std::span<const std::uint16_t> rows) {
        for (slot s = 0; s < plan.first_result; ++s) {
            const double* from = space.slots.data() + s * chunk_rows;
            double* to = space.gathered.data() + s * chunk_rows;
            for (std::size_t i = 0; i < rows.size(); ++i) to[i] = from[rows[i]];
        }
    }

    static void put(const double* from, std::span<const std::uint16_t> rows, std::int64_t at, std::vector<double>& to) {
        double* out = to.data() + at;
        for (std::size_t i = 0; i < rows.size(); ++i) out[rows[i]] = from[i];
    }

    static void put_level(const double* from, std::span<const std::uint16_t> rows, std::int64_t at,
                          std::vector<level_index>& to) {
        level_index* out = to.data() + at;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            out[rows[i]] = from[i] == from[i] ? static_cast<level_index>(from[i]) : no_level;
        }
    }

    static void store(const plan_data& plan, std::size_t k, detail::workspace& space, double* slots, std::int64_t at,
                      std::span<const std::uint16_t> rows, scores& out) {
        const auto column = [&](slot s) { return slots + s * chunk_rows; };
        const planned_scheme& scheme = plan.schemes[k];
        for (std::size_t g = 0; g < group_count; ++g) {
            if (!plan.groups_in_use[g]) continue;
            const score_slots& from = scheme.groups[g].slots;
            put(column(from.score), rows, at, out.groups_[g].score);
            if (!out.options_.detail) continue;
            put(column(from.coverage), rows, at, out.groups_[g].coverage);
            put(column(from.lower), rows, at, out.groups_[g].lower);
            put(column(from.upper), rows, at, out.groups_[g].upper);
        }
        put(column(plan.overall.score), rows, at, out.overall_.score);
        put(column(plan.overall.coverage), rows, at, out.overall_.coverage);
        put(column(plan.overall.lower), rows, at, out.overall_.lower);
        put(column(plan.overall.upper), rows, at, out.overall_.upper);
        for (std::size_t l = 0; l < scheme.ladders.size(); ++l) {
            const double* stage = column(scheme.ladders[l].stage);
            const double* could = column(scheme.ladders[l].could);
            put_level(stage, rows, at, out.stages_[l].stage);
            level_index* provisional = out.stages_[l].provisional.data() + at;
            for (std::size_t i = 0; i < rows.size(); ++i) {
                provisional[rows[i]] = could[i] > stage[i] ? static_cast<level_index>(could[i]) : no_level;
            }
        }
        if (plan.model.rules.bands) put_level(column(plan.band), rows, at, out.band_);
        if (plan.pattern.in_use) {
            for (std::size_t i = 0; i < rows.size(); ++i) {
                out.pattern_[static_cast<std::size_t>(at) + rows[i]] =
                    static_cast<std::uint8_t>(detail::pattern_of(plan, scheme, slots, i));
            }
        }
        store_components(scheme, space, slots, at, rows, out);
    }

    static void store_components(const planned_scheme& scheme, detail::workspace& space, const double* slots,
                                 std::int64_t at, std::span<const std::uint16_t> rows, scores& out) {
        for (const planned_group& group : scheme.groups) {
            for (const planned_component& one : group.components) {
                const value_state* states = space.component_states.data() + std::size_t{one.number} * chunk_rows;
                auto& counts = space.component_counts[one.number];
                for (std::size_t i = 0; i < rows.size(); ++i) ++counts[static_cast<std::size_t>(states[i])];
                if (!out.options_.detail) continue;
                const double* response = slots + one.response * chunk_rows;
                double* shown = out.components_[one.number].data() + at;
                for (std::size_t i = 0; i < rows.size(); ++i) {
                    shown[rows[i]] = portable::on_grid(response[i]);
                    count_row(out, static_cast<std::size_t>(at) + rows[i], states[i]);
                }
            }
        }
    }

    static void count_row(scores& out, std::size_t row, value_state state) noexcept {
        const auto first = static_cast<std::size_t>(value_state::stale);
        const auto which = static_cast<std::size_t>(state);
        if (which < first || which > static_cast<std::size_t>(value_state::unseen)) return;
        ++out.counts_[which - first][row];
    }

    /// Per row: how many of the metrics it has are stale or invalid. Components add what only they can see.
    static void count_inputs(const plan_data& plan, const detail::workspace& space, std::int64_t at, std::size_t n,
                             scores& out) {
        for (auto& one : out.counts_) std::fill_n(one.data() + at, n, std::uint16_t{0});
        for (std::size_t k = 0; k < plan.metrics.size(); ++k) {
            const value_state* states = space.metric_states.data() + k * chunk_rows;
            for (std::size_t i = 0; i < n; ++i) count_row(out, static_cast<std::size_t>(at) + i, states[i]);
        }
    }

    static void add_tally(const detail::workspace& space, scores& out) {
        const auto add = [](const std::array<std::int64_t, 6>& from, scores::tally& to) {
            for (std::size_t s = 0; s < from.size(); ++s) {
                if (from[s] != 0) to.by_state[s].fetch_add(from[s], std::memory_order_relaxed);
            }
        };
        for (std::size_t k = 0; k < space.metric_counts.size(); ++k) add(space.metric_counts[k], out.tally_[k]);
        for (std::size_t k = 0; k < space.component_counts.size(); ++k) {
            add(space.component_counts[k], out.tally_[space.metric_counts.size() + k]);
        }
    }
};

/// See scoring::run().
[[nodiscard]] inline status score(const plan& with, const batch& input, row_range rows, scores& out) {
    return scoring::run(with, input, rows, out);
}

}  // namespace aiueo
