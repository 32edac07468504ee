// score › rows: what happens to a row beside the kernels: shares, tables, days, overrides, priors.
// base ─► table ─► model ─► score
//
// Plain loops over a chunk. They run where a model asks for them; the hot path is in kernels.hpp.
#pragma once

#include <cstddef>
#include <vector>

#include "aiueo/model/component.hpp"
#include "aiueo/score/kernel_types.hpp"
#include "aiueo/score/plan.hpp"

namespace aiueo::detail {

/// part ÷ whole; `of_zero` where the whole is 0 (NaN: unknown there).
inline void share(const double* part, const double* whole, std::size_t n, double of_zero,
                  double* out) noexcept {
    for (std::size_t i = 0; i < n; ++i) {
        const double at_zero = part[i] != part[i] ? unknown_value : of_zero;
        out[i] = whole[i] == 0 ? at_zero : part[i] / whole[i];
    }
}

/// Days from the date to the snapshot (or back); a date on the wrong side is invalid.
inline void days_between(const double* date, const double* as_of, std::size_t n, bool since,
                         double* out, value_state* states) noexcept {
    for (std::size_t i = 0; i < n; ++i) {
        const double days = since ? as_of[i] - date[i] : date[i] - as_of[i];
        if (days < 0) states[i] = value_state::invalid;
        out[i] = days < 0 ? unknown_value : days;
    }
}

/// Category code → score. Codes are ids of the plan's own texts first; others are unlisted:
/// `otherwise`, or unseen.
inline void table(const double* code, std::size_t n, const std::vector<double>& score_of,
                  double otherwise, double* out, value_state* states) noexcept {
    for (std::size_t i = 0; i < n; ++i) {
        out[i] = unknown_value;
        if (code[i] != code[i]) continue;
        const auto at = static_cast<std::size_t>(code[i]);
        out[i] = at < score_of.size() ? score_of[at] : otherwise;
        if (out[i] != out[i]) states[i] = value_state::unseen;
    }
}

/// A component in use only from day `first` to day `last` does not exist elsewhere. A row without a
/// date keeps it.
inline void drop_undated(const double* as_of, std::size_t n, double first, double last,
                         double* response, value_state* states) noexcept {
    for (std::size_t i = 0; i < n; ++i) {
        if (!(as_of[i] < first || as_of[i] > last)) continue;
        states[i] = value_state::unused;
        response[i] = unknown_value;
    }
}

/// Priors, weights in use and failures of one component. `states`: of dated components, else null.
inline void add_extras(const component& from, const double* response, const value_state* states,
                       std::size_t n, const kernel_sums& sums, const kernel_extras& to) noexcept {
    const bool stands =
        from.missing == missing_policy::prior || from.missing == missing_policy::pessimistic;
    const double prior = from.missing == missing_policy::prior ? from.prior : 0.0;
    const bool fails = from.missing == missing_policy::fail;
    for (std::size_t i = 0; i < n; ++i) {
        if (states != nullptr && states[i] == value_state::unused) continue;
        to.total[i] += from.weight;
        if (response[i] == response[i]) continue;
        if (stands) {
            sums.standing[i] += from.weight * prior;
            sums.priors[i] += from.weight;
        }
        if (fails) to.failed[i] = 1.0;
    }
}

/// A known value, taken into 0..100, replaces or bounds score and bounds. −0 becomes 0.
inline void apply_override(score_override::mode how, const double* value, std::size_t n,
                           double* score, double* coverage, double* lower, double* upper) noexcept {
    for (std::size_t i = 0; i < n; ++i) {
        if (value[i] != value[i]) continue;
        const double v = value[i] > 0 ? (value[i] > 100 ? 100.0 : value[i]) : 0.0;
        double* const all[] = {score, lower, upper};
        for (double* one : all) {
            switch (how) {
            case score_override::mode::replace: one[i] = v; break;
            case score_override::mode::floor: one[i] = one[i] < v ? v : one[i]; break;
            case score_override::mode::ceiling: one[i] = one[i] > v ? v : one[i]; break;
            }
        }
        if (how == score_override::mode::replace) coverage[i] = 1.0;
    }
}

}  // namespace aiueo::detail
