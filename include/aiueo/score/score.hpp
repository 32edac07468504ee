// score › score: plan × batch → scores. base ─► table ─► model ─► score
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "aiueo/base/bits.hpp"
#include "aiueo/base/error.hpp"
#include "aiueo/base/float_mode.hpp"
#include "aiueo/score/batch.hpp"
#include "aiueo/score/chunk.hpp"
#include "aiueo/score/plan.hpp"
#include "aiueo/score/scores.hpp"

namespace aiueo {

/// Rows [begin, end) of a batch.
struct row_range {
    std::int64_t begin = 0;
    std::int64_t end = 0;
};

/// The public entry, and the only writer of `scores`.
class scoring {
public:
    /// Rows [rows.begin, rows.end) of a batch into the same rows of `out`. `rows.begin` is a
    /// multiple of 64. Several threads may score disjoint ranges of one batch into one `out`.
    /// Errors: invalid_argument (range, plans that differ), bad_column (a column the plan needs is
    /// not bound), bad_value (a date the row cannot have), scorer_failed.
    [[nodiscard]] static status run(const plan& with, const batch& input, row_range rows,
                                    scores& out) {
        const plan_data& plan = with.data();
        if (&input.made_for() != &plan || &out.made_for() != &plan) {
            return make_error(errc::invalid_argument,
                              "batch and scores must come from the plan that scores them");
        }
        if (rows.begin < 0 || rows.end < rows.begin || rows.end > input.rows() ||
            rows.end > out.capacity()) {
            return make_error(errc::invalid_argument,
                              "rows [" + std::to_string(rows.begin) + ", " +
                                  std::to_string(rows.end) + ") are not within the batch's " +
                                  std::to_string(input.rows()) + " rows and the scores' " +
                                  std::to_string(out.capacity()));
        }
        if (rows.begin % static_cast<std::int64_t>(row_alignment) != 0) {
            return make_error(errc::invalid_argument, "a range of rows begins at a multiple of 64");
        }
        if (status ok = input.ready(); !ok) return ok;

        const default_float_mode usual;
        detail::borrowed_workspace borrowed{*out.pool_};
        if (!borrowed.get().traces && needs_slots(plan, input)) borrowed.grow(plan);
        scoring job{plan, input, borrowed.get(), out};
        return job.run(rows);
    }

private:
    using rows_of = std::span<const std::uint16_t>;

    /// Is a column that was to be read in place of a type that kernels do not read? Then it needs
    /// the slot that else only explanations have.
    [[nodiscard]] static bool needs_slots(const plan_data& plan, const batch& input) noexcept {
        for (std::size_t k = 0; k < plan.metrics.size(); ++k) {
            if (plan.metrics[k].reading == metric_reading::in_place &&
                !detail::column_reads_in_place(plan, input, k)) {
                return true;
            }
        }
        return false;
    }

    scoring(const plan_data& plan, const batch& input, detail::workspace& space, scores& out)
        : plan_(plan), input_(input), space_(space), out_(out) {}

    [[nodiscard]] status run(row_range rows) {
        for (auto& one : space_.metric_counts) one.fill(0);
        for (auto& one : space_.component_counts) one.fill(0);
        for (auto& one : space_.component_finds) one.fill(0);
        space_.parts_for.fill(nullptr);
        const auto step = static_cast<std::int64_t>(chunk_rows);
        status done;
        for (std::int64_t at = rows.begin; at < rows.end && done.ok(); at += step) {
            done = run_chunk(at, static_cast<std::size_t>(std::min(step, rows.end - at)),
                             at + 2 * step <= rows.end);
        }
        point_home();
        if (done.ok()) add_tally();
        return done;
    }

    /// `more`: the chunk behind it is scored next.
    [[nodiscard]] status run_chunk(std::int64_t at, std::size_t n, bool more) {
        at_ = at;
        detail::chunk_scorer chunk{
            plan_, input_, space_, out_.options_.overrides,
            out_.options_.detail ? detail::keep::everything : detail::keep::scores};
        // A whole chunk is computed right where its scores belong.
        const bool in_results = n == chunk_rows;
        if (in_results) {
            point_into_results();
        } else {
            point_home();
        }
        if (status ok = chunk.load(at, n, more ? chunk_rows : 0); !ok) return ok;
        level_index* profile = out_.profile_.data() + at;
        chunk.choose_profiles(profile);
        if (out_.options_.detail) count_inputs(n);

        bool uniform = true;
        for (std::size_t i = 1; i < n && !plan_.profile_when.empty(); ++i)
            uniform = uniform && profile[i] == profile[0];
        if (uniform) {
            const auto k = static_cast<std::size_t>(profile[0]);
            if (status ok = chunk.run_scheme(k, space_.slots.at.data(), n); !ok) return ok;
            store(k, n, in_results);
        } else {
            point_home();
            if (status ok = chunk.load_rest(); !ok) return ok;
            if (status ok = run_profiles(chunk, profile, n); !ok) return ok;
        }
        for (std::size_t k = 0; k < space_.metric_counts.size(); ++k)
            add(space_.chunk_counts[k], space_.metric_counts[k]);
        return {};
    }

    /// Rows of each profile, side by side in a workspace of their own.
    [[nodiscard]] status run_profiles(detail::chunk_scorer& chunk, const level_index* profile,
                                      std::size_t n) {
        std::array<std::uint16_t, chunk_rows> index{};
        for (std::size_t k = 0; k < plan_.schemes.size(); ++k) {
            std::size_t count = 0;
            for (std::size_t i = 0; i < n; ++i) {
                if (static_cast<std::size_t>(profile[i]) == k)
                    index[count++] = static_cast<std::uint16_t>(i);
            }
            if (count == 0) continue;
            const rows_of rows{index.data(), count};
            const auto gather = [&](slot s) {
                const double* from = space_.slots.at[s];
                double* to = space_.gathered.at[s];
                for (std::size_t i = 0; i < count; ++i) to[i] = from[rows[i]];
            };
            gather(plan_.as_of);
            for (const planned_metric& one : plan_.metrics) gather(one.values);
            if (status ok = chunk.run_scheme(k, space_.gathered.at.data(), count); !ok) return ok;
            store_rows(k, rows);
        }
        return {};
    }

    // ── where results go ─────────────────────────────────────────────────────

    /// Every score slot and the results' column it belongs to, where there is one.
    template <class F>
    void each_column(F f) {
        const auto all = [&](const score_slots& from, scores::score_columns& to) {
            if (!to.score.empty()) f(from.score, to.score.data() + at_);
            if (!to.coverage.empty()) f(from.coverage, to.coverage.data() + at_);
            if (!to.lower.empty()) f(from.lower, to.lower.data() + at_);
            if (!to.upper.empty()) f(from.upper, to.upper.data() + at_);
        };
        for (std::size_t g = 0; g < group_count; ++g) {
            if (plan_.groups_in_use[g]) all(plan_.schemes[0].groups[g].slots, out_.groups_[g]);
        }
        all(plan_.overall, out_.overall_);
        for (std::size_t k = 0; k < plan_.step_scores.size(); ++k) {
            if (!out_.steps_[k].score.empty())
                f(plan_.step_scores[k], out_.steps_[k].score.data() + at_);
        }
    }

    void point_into_results() {
        each_column([this](slot s, double* to) { space_.slots.at[s] = to; });
    }

    void point_home() {
        each_column([this](slot s, double*) { space_.slots.at[s] = space_.slots.own(s); });
    }

    [[nodiscard]] kernel_levels levels_of(const planned_levels& of, bool certain) const noexcept {
        return {space_.truths.data(), of.reached.data(), of.reached.size(),
                certain ? &space_.truths[of.certain] : nullptr};
    }

    /// Calls f(levels, column) for every column of codes that patterns and steps have.
    template <class F>
    void each_code(const planned_scheme& scheme, F f) {
        if (!plan_.has_patterns) return;
        const truth_column* truths = space_.truths.data();
        f(kernel_levels{truths, scheme.patterns.data(), scheme.patterns.size(), nullptr},
          out_.pattern_.data() + at_);
        if (!out_.options_.detail) return;
        for (std::size_t k = 0; k < scheme.steps.size(); ++k)
            f(kernel_levels{truths, scheme.steps[k].data(), scheme.steps[k].size(), nullptr},
              out_.steps_[k].achieved.data() + at_);
    }

    /// Calls f(truth, bits) for every bitmap that steps have; `bits` begins at the chunk.
    template <class F>
    void each_truth(const planned_scheme& scheme, F f) {
        if (!plan_.has_patterns) return;
        for (std::size_t k = 0; k < scheme.steps.size(); ++k) {
            for (std::size_t t = 0; t < scheme.steps[k].size(); ++t) {
                f(space_.truths[scheme.steps[k][t]].yes, out_.steps_[k].truths[t].data() + at_ / 8);
            }
        }
    }

    /// The rows of a chunk in their order.
    void store(std::size_t k, std::size_t n, bool in_results) {
        double* const* slots = space_.slots.at.data();
        if (!in_results) each_column([&](slot s, double* to) { std::copy_n(slots[s], n, to); });
        const planned_scheme& scheme = plan_.schemes[k];
        const kernel_table& kernels = *plan_.kernels;
        for (std::size_t l = 0; l < scheme.ladders.size(); ++l) {
            const kernel_levels rungs = levels_of(scheme.ladders[l], false);
            kernels.levels(rungs, n, out_.stages_[l].stage.data() + at_);
            kernels.provisional(rungs, n, out_.stages_[l].provisional.data() + at_);
        }
        if (plan_.model.rules.bands)
            kernels.levels(levels_of(scheme.band, true), n, out_.band_.data() + at_);
        each_code(scheme,
                  [&](const kernel_levels& of, std::uint8_t* to) { kernels.codes(of, n, to); });
        each_truth(scheme, [n](const std::uint8_t* from, std::uint8_t* to) {
            std::copy_n(from, n / 8, to);
            for (auto i = static_cast<std::int64_t>(n / 8 * 8); i < static_cast<std::int64_t>(n);
                 ++i)
                set_bit(to, i, bit_at(from, i));  // rows behind the last are not these
        });
        for (const planned_group& group : scheme.groups) {
            for (const planned_component& one : group.components) store_component(one, slots, n);
        }
    }

    void store_component(const planned_component& one, double* const* slots, std::size_t n) {
        auto& counts = space_.component_counts[one.number];
        if (one.simple && !dated(one) && !out_.options_.detail) {  // as known as its metric is
            add(space_.chunk_counts[one.input_metrics[0]], counts);
            return;
        }
        for (std::size_t i = 0; i < n; ++i) count_component(one, slots[one.response][i], i, i);
        if (!out_.options_.detail) return;
        double* shown = out_.components_[one.number].data() + at_;
        for (std::size_t i = 0; i < n; ++i) shown[i] = portable::on_grid(slots[one.response][i]);
    }

    [[nodiscard]] static bool dated(const planned_component& one) noexcept {
        return one.source->from || one.source->until;
    }

    /// The same for rows of one profile.
    void store_rows(std::size_t k, rows_of rows) {
        double* const* slots = space_.gathered.at.data();
        each_column([&](slot s, double* to) {
            for (std::size_t i = 0; i < rows.size(); ++i) to[rows[i]] = slots[s][i];
        });
        const planned_scheme& scheme = plan_.schemes[k];
        const kernel_table& kernels = *plan_.kernels;
        const std::size_t n = rows.size();
        std::array<level_index, chunk_rows> levels;
        const auto scatter = [&](const auto* from, auto* to) {
            for (std::size_t i = 0; i < n; ++i) to[rows[i]] = from[i];
        };
        for (std::size_t l = 0; l < scheme.ladders.size(); ++l) {
            const kernel_levels rungs = levels_of(scheme.ladders[l], false);
            kernels.levels(rungs, n, levels.data());
            scatter(levels.data(), out_.stages_[l].stage.data() + at_);
            kernels.provisional(rungs, n, levels.data());
            scatter(levels.data(), out_.stages_[l].provisional.data() + at_);
        }
        if (plan_.model.rules.bands) {
            kernels.levels(levels_of(scheme.band, true), n, levels.data());
            scatter(levels.data(), out_.band_.data() + at_);
        }
        each_code(scheme, [&](const kernel_levels& of, std::uint8_t* to) {
            std::array<std::uint8_t, chunk_rows> codes;
            kernels.codes(of, n, codes.data());
            scatter(codes.data(), to);
        });
        each_truth(scheme, [&](const std::uint8_t* from, std::uint8_t* to) {
            for (std::size_t i = 0; i < n; ++i)
                set_bit(to, rows[i], bit_at(from, static_cast<std::int64_t>(i)));
        });
        for (const planned_group& group : scheme.groups) {
            for (const planned_component& one : group.components) {
                for (std::size_t i = 0; i < rows.size(); ++i) {
                    if (out_.options_.detail) {
                        out_.components_[one.number][static_cast<std::size_t>(at_) + rows[i]] =
                            portable::on_grid(slots[one.response][i]);
                    }
                    count_component(one, input_of(one, slots, i), i, rows[i]);
                }
            }
        }
    }

    /// What tells whether a component is known: its response, or its only metric where no response
    /// was kept.
    [[nodiscard]] double input_of(const planned_component& one, double* const* slots,
                                  std::size_t i) const noexcept {
        const bool by_metric = one.simple && !dated(one) && !out_.options_.detail;
        return slots[by_metric ? one.inputs[0] : one.response][i];
    }

    // ── counts ───────────────────────────────────────────────────────────────

    static void add(const detail::workspace::state_counts& from,
                    detail::workspace::state_counts& to) noexcept {
        for (std::size_t s = 0; s < from.size(); ++s) to[s] += from[s];
    }

    /// A component that cannot say itself why it is unknown is so for the reason of its first
    /// unknown metric.
    void count_component(const planned_component& one, double value, std::size_t i,
                         std::size_t row) {
        const bool says_itself = !one.simple || dated(one);
        value_state state = value_state::known;
        if (says_itself) state = space_.states_of(one)[i];
        if (says_itself && out_.options_.detail) count_row(row, state);
        if (state != value_state::known)
            ++space_.component_finds[one.number][static_cast<std::size_t>(state)];
        if (state == value_state::known && value != value) {
            state = value_state::missing;
            for (const std::uint32_t number : one.input_metrics) {
                const value_state of = state_of(number, row);
                if (of == value_state::known) continue;
                state = of;
                break;
            }
        }
        ++space_.component_counts[one.number][static_cast<std::size_t>(state)];
    }

    /// Why a metric is unknown. A kernel reads values without saying it: then the column is asked
    /// again, for this row.
    [[nodiscard]] value_state state_of(std::uint32_t number, std::size_t row) const noexcept {
        const planned_metric& one = plan_.metrics[number];
        const metric& source = plan_.model.metrics[one.in_model];
        if (out_.options_.detail || source.from != metric::source::column ||
            !detail::column_reads_in_place(plan_, input_, number))
            return space_.states_of(one, number)[row];
        double value = 0;
        value_state out = value_state::known;
        // Numbers and flags: there is no error.
        static_cast<void>(input_.column_of(number).load(at_ + static_cast<std::int64_t>(row),
                                                        {&value, &out, 1}, source, plan_.model));
        return out;
    }

    /// With detail: one more stale, invalid or unseen input of a row.
    void count_row(std::size_t row, value_state state) noexcept {
        const auto first = static_cast<std::size_t>(value_state::stale);
        const auto which = static_cast<std::size_t>(state);
        if (which < first || which > static_cast<std::size_t>(value_state::unseen)) return;
        ++out_.counts_[which - first][static_cast<std::size_t>(at_) + row];
    }

    /// Per row: how many of the metrics it has are stale or invalid. Components add what only they
    /// can see.
    void count_inputs(std::size_t n) {
        for (auto& one : out_.counts_) std::fill_n(one.data() + at_, n, std::uint16_t{0});
        for (std::size_t k = 0; k < plan_.metrics.size(); ++k) {
            const value_state* states = space_.states_of(plan_.metrics[k], k);
            for (std::size_t i = 0; i < n; ++i) count_row(i, states[i]);
        }
    }

    void add_tally() {
        const auto add_to = [](const detail::workspace::state_counts& from, scores::tally& to) {
            for (std::size_t s = 0; s < from.size(); ++s) {
                if (from[s] != 0) to.by_state[s].fetch_add(from[s], std::memory_order_relaxed);
            }
        };
        const std::size_t metrics = space_.metric_counts.size();
        for (std::size_t k = 0; k < metrics; ++k) add_to(space_.metric_counts[k], out_.tally_[k]);
        for (std::size_t k = 0; k < space_.component_counts.size(); ++k) {
            add_to(space_.component_counts[k], out_.tally_[metrics + k]);
            add_to(space_.component_finds[k],
                   out_.tally_[metrics + space_.component_counts.size() + k]);
        }
    }

    const plan_data& plan_;
    const batch& input_;
    detail::workspace& space_;
    scores& out_;
    std::int64_t at_ = 0;
};

/// See scoring::run().
[[nodiscard]] inline status score(const plan& with, const batch& input, row_range rows,
                                  scores& out) {
    return scoring::run(with, input, rows, out);
}

}  // namespace aiueo
