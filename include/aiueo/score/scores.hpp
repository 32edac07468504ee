// score › scores: what scoring writes, as columns. base ─► table ─► model ─► score
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "aiueo/base/bits.hpp"
#include "aiueo/base/cache_line.hpp"
#include "aiueo/base/error.hpp"
#include "aiueo/score/plan.hpp"

namespace aiueo {

struct scores_options {
    bool detail =
        false;  ///< keep coverage, bounds and components of each group, steps, counts for each row
    bool overrides = true;  ///< false: as evidence and studies see it, without the managers' word
};

/// Values of one rung, band, profile or pattern a row.
using level_index = std::int16_t;
inline constexpr level_index no_level = -1;

namespace detail {

/// A thread's working columns: inputs of a chunk, results, and the same for the rows of one
/// profile. A slot is where `at` says: in `memory`, or right in a column of the results. All is one
/// block for each kind, as large as scoring needs; `traces` adds what only explanations look at.
struct workspace {
    struct slot_set {
        cache_line_vector<double> memory;
        std::vector<double*> at;

        slot_set(const plan_data& plan, std::size_t slots)
            : memory(slots * chunk_rows), at(slots == 0 ? 0 : plan.slot_count) {
            for (slot s = 0; s < at.size(); ++s) at[s] = s < slots ? own(s) : nullptr;
            if (slots == 0) return;
            for (const auto& [where, value] : plan.constants) {
                if (at[where] != nullptr) std::fill_n(at[where], chunk_rows, value);
            }
        }
        [[nodiscard]] double* own(slot s) noexcept {
            return memory.data() + std::size_t{s} * chunk_rows;
        }
    };
    using state_counts = std::array<std::int64_t, 6>;  ///< by value_state

    workspace(const plan_data& plan, bool with_traces)
        : traces(with_traces || plan.schemes.size() > 1),
          slots(plan, traces ? plan.slot_count : plan.working_slots),
          gathered(plan, plan.schemes.size() > 1 ? plan.slot_count : 0),
          truths(plan.truth_count),
          parts(plan.component_count),
          metric_states((traces ? plan.metrics.size() + 1 : plan.metric_states) * chunk_rows),
          component_states((traces ? plan.component_count + 1 : plan.component_states) *
                           chunk_rows),
          scratch((plan.sums + 2) * chunk_rows),
          chunk_counts(plan.metrics.size()),
          metric_counts(plan.metrics.size()),
          component_counts(plan.component_count),
          component_finds(plan.component_count) {}

    [[nodiscard]] double* scratch_column(std::size_t k) noexcept {
        return scratch.data() + k * chunk_rows;
    }
    /// States of a metric by its number; without traces, those that nobody reads share one.
    [[nodiscard]] value_state* states_of(const planned_metric& one, std::size_t number) noexcept {
        return metric_states.data() + (traces ? number + 1 : one.states) * chunk_rows;
    }
    [[nodiscard]] value_state* states_of(const planned_component& one) noexcept {
        return component_states.data() + (traces ? one.number + 1 : one.states) * chunk_rows;
    }
    [[nodiscard]] value_state* spare_states() noexcept { return metric_states.data(); }

    bool traces;
    slot_set slots;
    slot_set gathered;
    std::vector<truth_column> truths;
    std::vector<kernel_part> parts;                             ///< by component
    std::array<const planned_group*, group_count> parts_for{};  ///< whose they are now
    std::vector<value_state> metric_states;
    std::vector<value_state> component_states;
    cache_line_vector<double> scratch;
    std::vector<state_counts> chunk_counts;   ///< of each metric in the chunk at hand
    std::vector<state_counts> metric_counts;  ///< of this call
    std::vector<state_counts> component_counts;
    std::vector<state_counts>
        component_finds;  ///< what only the component could see: unseen, invalid
};

/// Workspaces that calls borrow. The first is there from the start; more appear when more threads
/// score at the same time, and stay. No locks: a place is taken by exchanging its pointer.
class workspace_pool {
public:
    workspace_pool(const plan_data& plan, bool traces) : plan_(&plan), traces_(traces) {
        places_[0].store(std::make_unique<workspace>(plan, traces).release(),
                         std::memory_order_relaxed);
    }
    ~workspace_pool() {
        for (auto& place : places_)
            std::unique_ptr<workspace>{place.load(std::memory_order_relaxed)};
    }
    workspace_pool(const workspace_pool&) = delete;
    workspace_pool& operator=(const workspace_pool&) = delete;
    workspace_pool(workspace_pool&&) = delete;
    workspace_pool& operator=(workspace_pool&&) = delete;

    [[nodiscard]] std::unique_ptr<workspace> take() {
        for (auto& place : places_) {
            if (workspace* free = place.exchange(nullptr, std::memory_order_acquire)) {
                return std::unique_ptr<workspace>{free};
            }
        }
        return std::make_unique<workspace>(*plan_, traces_);
    }

    void give_back(std::unique_ptr<workspace> used) noexcept {
        for (auto& place : places_) {
            workspace* empty = nullptr;
            if (place.compare_exchange_strong(empty, used.get(), std::memory_order_release,
                                              std::memory_order_relaxed)) {
                static_cast<void>(used.release());
                return;
            }
        }
    }

private:
    const plan_data* plan_;
    bool traces_;
    std::array<std::atomic<workspace*>, 64> places_{};
};

/// A workspace for the time of a call.
class borrowed_workspace {
public:
    explicit borrowed_workspace(workspace_pool& pool) : pool_(pool), space_(pool.take()) {}
    ~borrowed_workspace() { pool_.give_back(std::move(space_)); }
    borrowed_workspace(const borrowed_workspace&) = delete;
    borrowed_workspace& operator=(const borrowed_workspace&) = delete;
    [[nodiscard]] workspace& get() noexcept { return *space_; }
    /// A larger one instead, for good.
    void grow(const plan_data& plan) { space_ = std::make_unique<workspace>(plan, true); }

private:
    workspace_pool& pool_;
    std::unique_ptr<workspace> space_;
};

}  // namespace detail

/// Columns of `capacity` rows, NaN or −1 where there is nothing to say. Several threads may fill
/// different ranges of rows at the same time; all memory is taken here, none while scoring.
class scores {
public:
    scores(const plan& from, std::int64_t capacity, scores_options options = {})
        : plan_(&from.data()),
          rows_(capacity),
          options_(options),
          pool_(std::make_unique<detail::workspace_pool>(from.data(), options.detail)),
          tally_(from.data().metrics.size() + 2 * std::size_t{from.data().component_count}) {
        const plan_data& data = *plan_;
        const auto rows = static_cast<std::size_t>(capacity);
        for (std::size_t g = 0; g < group_count; ++g) {
            if (!data.groups_in_use[g]) continue;
            groups_[g].score.assign(rows, detail::unknown_value);
            if (!options.detail) continue;
            groups_[g].coverage.assign(rows, 0);
            groups_[g].lower.assign(rows, 0);
            groups_[g].upper.assign(rows, 100);
        }
        overall_.score.assign(rows, detail::unknown_value);
        overall_.coverage.assign(rows, 0);
        overall_.lower.assign(rows, 0);
        overall_.upper.assign(rows, 100);
        stages_.resize(data.model.rules.ladders.size());
        for (stage_columns& one : stages_) {
            one.stage.assign(rows, no_level);
            one.provisional.assign(rows, no_level);
        }
        if (data.model.rules.bands) band_.assign(rows, no_level);
        if (data.has_patterns) {
            pattern_.assign(rows, 0);
            const auto bytes = static_cast<std::size_t>(bytes_for_bits(capacity));
            for (step_columns& one : steps_) {
                for (auto& bits : one.truths) bits.assign(bytes, 0);
            }
        }
        profile_.assign(rows, 0);
        if (!options.detail) return;
        if (data.has_patterns) {
            for (step_columns& one : steps_) {
                one.achieved.assign(rows, 0);
                // Accompany's score is touch's.
                if (&one != steps_.data()) one.score.assign(rows, detail::unknown_value);
            }
        }
        components_.resize(data.component_count);
        for (auto& one : components_) one.assign(rows, detail::unknown_value);
        for (auto& one : counts_) one.assign(rows, 0);
    }

    [[nodiscard]] std::int64_t capacity() const noexcept { return rows_; }
    [[nodiscard]] const scores_options& options() const noexcept { return options_; }
    [[nodiscard]] const plan_data& made_for() const noexcept { return *plan_; }

    /// Score of an axis or touch, 0..100 on multiples of 2⁻²⁰, NaN = insufficient. Empty if not in
    /// use.
    [[nodiscard]] std::span<const double> operator[](axis which) const noexcept {
        return groups_[static_cast<std::size_t>(which)].score;
    }
    /// With detail: coverage 0..1 and bounds of a group.
    [[nodiscard]] std::span<const double> coverage(axis which) const noexcept {
        return groups_[static_cast<std::size_t>(which)].coverage;
    }
    [[nodiscard]] std::span<const double> lower(axis which) const noexcept {
        return groups_[static_cast<std::size_t>(which)].lower;
    }
    [[nodiscard]] std::span<const double> upper(axis which) const noexcept {
        return groups_[static_cast<std::size_t>(which)].upper;
    }
    [[nodiscard]] std::span<const double> overall() const noexcept { return overall_.score; }
    [[nodiscard]] std::span<const double> coverage() const noexcept { return overall_.coverage; }
    [[nodiscard]] std::span<const double> lower() const noexcept { return overall_.lower; }
    [[nodiscard]] std::span<const double> upper() const noexcept { return overall_.upper; }
    /// Index of the rung a customer stands on, by ladder in the model's order.
    [[nodiscard]] std::span<const level_index> stage(std::size_t ladder) const noexcept {
        return stages_[ladder].stage;
    }
    /// The highest rung it could be, −1 where the stage is sure.
    [[nodiscard]] std::span<const level_index> provisional(std::size_t ladder) const noexcept {
        return stages_[ladder].provisional;
    }
    [[nodiscard]] std::span<const level_index> band() const noexcept { return band_; }
    [[nodiscard]] std::span<const std::uint8_t> pattern() const noexcept { return pattern_; }
    /// With detail: is a step achieved? Codes of `achievement`. Empty if the model has no steps.
    [[nodiscard]] std::span<const std::uint8_t> achieved(step which) const noexcept {
        return steps_[static_cast<std::size_t>(which)].achieved;
    }
    /// With detail: the score of a step, 0..100 on the grid, NaN where an axis that it needs is
    /// insufficient; accompany's is touch's own. Empty if the model has no steps (or no touch).
    [[nodiscard]] std::span<const double> score(step which) const noexcept {
        if (which == step::accompany && options_.detail && plan_->has_patterns)
            return (*this)[axis::touch];
        return steps_[static_cast<std::size_t>(which)].score;
    }
    /// How many of the first `rows` rows have each `achievement` of a step; without detail too. Of
    /// a model without steps none.
    [[nodiscard]] std::array<std::int64_t, achievement_names.size()> achievements(
        step which, std::int64_t rows) const noexcept {
        if (!plan_->has_patterns) return {};
        const auto& truths = steps_[static_cast<std::size_t>(which)].truths;
        rows = std::clamp<std::int64_t>(rows, 0, rows_);
        const std::int64_t no = count_bits(truths[0].data(), 0, rows);
        const std::int64_t yes = count_bits(truths[1].data(), 0, rows);
        return {rows - no - yes, no, yes};
    }
    /// 0 = default, k = profile k − 1 of the model.
    [[nodiscard]] std::span<const level_index> profile() const noexcept { return profile_; }
    /// With detail: a component's response, on the grid, by its number in group order.
    [[nodiscard]] std::span<const double> component(std::size_t number) const noexcept {
        return components_[number];
    }
    /// With detail: how many of a row's inputs are stale, invalid or unseen.
    [[nodiscard]] std::span<const std::uint16_t> count(value_state state) const noexcept {
        const auto at =
            static_cast<std::size_t>(state) - static_cast<std::size_t>(value_state::stale);
        return at < counts_.size() ? std::span<const std::uint16_t>{counts_[at]}
                                   : std::span<const std::uint16_t>{};
    }

    /// How often, over all rows scored so far, a metric the plan reads was in `state`.
    [[nodiscard]] std::int64_t tally_of_metric(std::size_t number,
                                               value_state state) const noexcept {
        return tally_[number].by_state[static_cast<std::size_t>(state)].load(
            std::memory_order_relaxed);
    }
    [[nodiscard]] std::int64_t tally_of_component(std::size_t number,
                                                  value_state state) const noexcept {
        return tally_[plan_->metrics.size() + number]
            .by_state[static_cast<std::size_t>(state)]
            .load(std::memory_order_relaxed);
    }
    /// Of those, how often only the component could see it: a category it does not list, a date on
    /// the wrong side.
    [[nodiscard]] std::int64_t tally_of_finds(std::size_t number,
                                              value_state state) const noexcept {
        return tally_[plan_->metrics.size() + plan_->component_count + number]
            .by_state[static_cast<std::size_t>(state)]
            .load(std::memory_order_relaxed);
    }
    void clear_tally() noexcept {
        for (tally& one : tally_) {
            for (auto& count : one.by_state) count.store(0, std::memory_order_relaxed);
        }
    }

private:
    friend class scoring;

    struct score_columns {
        cache_line_vector<double> score;
        cache_line_vector<double> coverage;
        cache_line_vector<double> lower;
        cache_line_vector<double> upper;
    };
    struct stage_columns {
        cache_line_vector<level_index> stage;
        cache_line_vector<level_index> provisional;
    };
    struct step_columns {
        std::array<std::vector<std::uint8_t>, 2> truths;  ///< a bit a row: surely not, surely
        cache_line_vector<std::uint8_t> achieved;
        cache_line_vector<double> score;
    };
    struct tally {
        std::array<std::atomic<std::int64_t>, 6> by_state{};
    };

    const plan_data* plan_;
    std::int64_t rows_;
    scores_options options_;
    std::unique_ptr<detail::workspace_pool> pool_;
    std::array<score_columns, group_count> groups_;
    score_columns overall_;
    std::vector<stage_columns> stages_;
    cache_line_vector<level_index> band_;
    cache_line_vector<std::uint8_t> pattern_;
    std::array<step_columns, step_names.size()> steps_;
    cache_line_vector<level_index> profile_;
    std::vector<std::vector<double>> components_;
    std::array<std::vector<std::uint16_t>, 3> counts_;
    std::vector<tally> tally_;
};

}  // namespace aiueo
