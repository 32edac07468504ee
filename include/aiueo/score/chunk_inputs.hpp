// score › chunk_inputs: what a chunk of rows is scored from. base ─► table ─► model ─► score
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "aiueo/base/error.hpp"
#include "aiueo/score/batch.hpp"
#include "aiueo/score/load.hpp"
#include "aiueo/score/plan.hpp"
#include "aiueo/score/scores.hpp"

namespace aiueo::detail {

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

/// Loads a chunk's inputs into a workspace, all but those that kernels read where they lie.
class chunk_inputs {
public:
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

protected:
    chunk_inputs(const plan_data& plan, const batch& rows, workspace& space, keep what)
        : plan_(plan),
          batch_(rows),
          space_(space),
          kernels_(*plan.kernels),
          texts_(rows.texts()),
          keep_(what) {}

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
                     texts_);
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

    static constexpr double largest = std::numeric_limits<double>::max();

    const plan_data& plan_;
    const batch& batch_;
    workspace& space_;
    const kernel_table& kernels_;
    text_answers texts_;
    keep keep_;
    bool all_loaded_ = false;
    std::int64_t begin_ = 0;
    std::size_t n_ = 0;
    std::size_t ahead_ = 0;
    std::size_t rows_ = 0;  ///< that programs run on: n, or those of one profile
};

}  // namespace aiueo::detail
