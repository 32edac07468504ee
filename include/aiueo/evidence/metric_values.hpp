// evidence › metric_values: what the rows of a chunk hold for every metric of the model, whether
// scoring reads it or not. … ─► score ─► evidence
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "aiueo/base/error.hpp"
#include "aiueo/score/batch.hpp"
#include "aiueo/score/chunk.hpp"

namespace aiueo::detail {

/// NaN where unknown: missing, invalid, stale, or a column that nobody gave.
class metric_values {
public:
    metric_values(const plan_data& plan, const batch& rows)
        : plan_(plan),
          rows_(rows),
          space_(plan, true),
          chunk_(plan, rows, space_, false, keep::everything),
          others_(plan.model.metrics.size() * chunk_rows, unknown_value),
          as_of_(chunk_rows),
          at_(plan.model.metrics.size()) {
        for (std::size_t k = 0; k < at_.size(); ++k) {
            const std::int32_t number = plan.metric_number[k];
            at_[k] = number < 0
                         ? others_.data() + k * chunk_rows
                         : space_.slots.at[plan.metrics[static_cast<std::size_t>(number)].values];
        }
    }

    /// Rows [begin, begin + n), n ≤ chunk_rows.
    [[nodiscard]] status load(std::int64_t begin, std::size_t n) {
        if (status ok = chunk_.load(begin, n); !ok) return ok;
        return load_others(begin, n);
    }

    /// Only the metrics that scoring does not read.
    [[nodiscard]] status load_others(std::int64_t begin, std::size_t n) {
        std::array<value_state, chunk_rows> states{};
        if (status ok = rows_.load_as_of(begin, {as_of_.data(), states.data(), n}); !ok) return ok;
        for (std::size_t k = 0; k < at_.size(); ++k) {
            const bound_metric* bound = rows_.metric_column(k);
            if (plan_.metric_number[k] >= 0 || bound == nullptr) continue;
            const metric& source = plan_.model.metrics[k];
            double* to = others_.data() + k * chunk_rows;
            if (status ok = bound->load(begin, {to, states.data(), n}, source, plan_.model); !ok)
                return ok;
            if (!bound->observed_given && !source.max_age_days) continue;
            if (status ok = drop_aged(*bound, source, begin, n, to); !ok) return ok;
        }
        return {};
    }

    /// The chunk that was loaded, for its conditions.
    [[nodiscard]] chunk_scorer& chunk() noexcept { return chunk_; }
    /// By the metric's index in the model.
    [[nodiscard]] const double* of(std::size_t metric) const noexcept { return at_[metric]; }
    /// The rows' dates, days since 1970-01-01.
    [[nodiscard]] const double* as_of() const noexcept { return as_of_.data(); }

private:
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
    workspace space_;
    chunk_scorer chunk_;
    std::vector<double> others_;  ///< [metric][row], of those that scoring does not read
    std::vector<double> as_of_;
    std::vector<const double*> at_;
};

}  // namespace aiueo::detail
