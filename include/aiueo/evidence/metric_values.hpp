// evidence › metric_values: what the rows of a chunk hold for metrics of the model, whether scoring
// reads them or not. … ─► score ─► evidence
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "aiueo/base/error.hpp"
#include "aiueo/score/batch.hpp"
#include "aiueo/score/chunk.hpp"

namespace aiueo::detail {

/// A chunk's metrics as scoring has them, and by kernels where they can: nobody asks why a value is
/// unknown.
class planned_values : public chunk_scorer {
public:
    planned_values(const plan_data& plan, const batch& rows, workspace& space)
        : chunk_scorer(plan, rows, space, false, keep::scores) {}

    /// All that is not left where it lies; of that, what `wanted` (by number) names.
    [[nodiscard]] status load_wanted(std::int64_t begin, std::size_t n,
                                     const std::vector<std::uint8_t>& wanted) {
        const auto next = begin + static_cast<std::int64_t>(2 * chunk_rows);
        if (status ok = load(begin, n, next <= batch_.rows() ? chunk_rows : 0); !ok) return ok;
        for (std::size_t k = 0; k < wanted.size(); ++k) {
            if (wanted[k] == 0 || !read_later(k)) continue;
            if (status ok = load_column(k, metric_of(k)); !ok) return ok;
        }
        return {};
    }
};

/// NaN where unknown: missing, invalid, stale, or a column that nobody gave.
class metric_values {
public:
    /// `wanted`: by the metric's index in the model, 1 for those whose values of() will be asked
    /// for.
    metric_values(const plan_data& plan, const batch& rows, std::vector<std::uint8_t> wanted)
        : plan_(plan),
          rows_(rows),
          wanted_(std::move(wanted)),
          wanted_numbers_(plan.metrics.size()),
          space_(plan, true),
          planned_(plan, rows, space_),
          others_(plan.model.metrics.size() * chunk_rows, unknown_value),
          as_of_(chunk_rows),
          at_(plan.model.metrics.size()) {
        for (std::size_t k = 0; k < at_.size(); ++k) {
            const std::int32_t number = plan.metric_number[k];
            if (number < 0) {
                at_[k] = others_.data() + k * chunk_rows;
                continue;
            }
            const auto of = static_cast<std::size_t>(number);
            at_[k] = space_.slots.at[plan.metrics[of].values];
            wanted_numbers_[of] = wanted_[k];
        }
    }

    /// Rows [begin, begin + n), n ≤ chunk_rows.
    [[nodiscard]] status load(std::int64_t begin, std::size_t n) {
        if (status ok = planned_.load_wanted(begin, n, wanted_numbers_); !ok) return ok;
        return load_others(begin, n);
    }

    /// The chunk that was loaded, for its conditions; they read metrics that are wanted.
    [[nodiscard]] chunk_scorer& chunk() noexcept { return planned_; }
    /// By the metric's index in the model.
    [[nodiscard]] const double* of(std::size_t metric) const noexcept { return at_[metric]; }
    /// The rows' dates, days since 1970-01-01.
    [[nodiscard]] const double* as_of() const noexcept { return as_of_.data(); }

private:
    /// Only the metrics that scoring does not read.
    [[nodiscard]] status load_others(std::int64_t begin, std::size_t n) {
        std::array<value_state, chunk_rows> states{};
        if (status ok = rows_.load_as_of(begin, {as_of_.data(), states.data(), n}); !ok) return ok;
        for (std::size_t k = 0; k < at_.size(); ++k) {
            const bound_metric* bound = rows_.metric_column(k);
            if (wanted_[k] == 0 || plan_.metric_number[k] >= 0 || bound == nullptr) continue;
            const metric& source = plan_.model.metrics[k];
            double* to = others_.data() + k * chunk_rows;
            if (status ok = bound->load(begin, {to, states.data(), n}, source, plan_.model); !ok)
                return ok;
            if (!bound->observed_given && !source.max_age_days) continue;
            if (status ok = drop_aged(*bound, source, begin, n, to); !ok) return ok;
        }
        return {};
    }

    /// Of unknown age, too old, or observed after the snapshot.
    [[nodiscard]] status drop_aged(const bound_metric& bound, const metric& source,
                                   std::int64_t begin, std::size_t n, double* values) const {
        std::array<double, chunk_rows> observed{};
        std::array<value_state, chunk_rows> states{};
        observed.fill(unknown_value);
        if (bound.observed_given) {
            if (status ok = bound.load_observed(begin, {observed.data(), states.data(), n}, source,
                                                plan_.model);
                !ok)
                return ok;
        }
        for (std::size_t i = 0; i < n; ++i) {
            const double age = as_of_[i] - observed[i];
            const bool fresh =
                !source.max_age_days || age <= static_cast<double>(*source.max_age_days);
            if (age < 0 || !fresh) values[i] = unknown_value;
        }
        return {};
    }

    const plan_data& plan_;
    const batch& rows_;
    std::vector<std::uint8_t> wanted_;          ///< by index in the model
    std::vector<std::uint8_t> wanted_numbers_;  ///< by number in the plan
    workspace space_;
    planned_values planned_;
    std::vector<double> others_;  ///< [metric][row], of those that scoring does not read
    std::vector<double> as_of_;
    std::vector<const double*> at_;
};

}  // namespace aiueo::detail
