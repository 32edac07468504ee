// score › kernels: the loops over a chunk of rows. base ─► table ─► model ─► score
//
// Plain functions over plain pointers, no std templates, so that one source can be compiled again for a
// wider instruction set in a namespace of its own (AIUEO_KERNELS) without leaking wide code into shared
// symbols. Every row is computed on its own and in the same order of operations, so that the bits do not
// depend on vector width, chunk size or neighbours. Unknown is NaN; a condition is 0, 1 or NaN.
//
// No include guard on the functions: kernel sources include this file once under each namespace.
#include <cstddef>
#include <cstdint>

#ifdef __FAST_MATH__
#error "aiueo promises the same bits everywhere; -ffast-math breaks that promise. Compile without it."
#endif

#ifndef AIUEO_KERNELS
#define AIUEO_KERNELS portable
#define AIUEO_KERNELS_DEFAULTED
#endif

namespace aiueo::AIUEO_KERNELS {

inline constexpr double nan_value = __builtin_nan("");

/// Scores lie on multiples of 2⁻²⁰. Adding and subtracting 1.5 · 2³² rounds |x| ≤ 2³¹ to that grid, ties to even.
inline double on_grid(double x) noexcept {
    constexpr double shift = 6442450944.0;
    return (x + shift) - shift;
}

inline bool is_unknown(double x) noexcept { return x != x; }

/// A piecewise curve: s = score[j] + (x − at[j]) · slope[j] for the last knot j at or under x; score[0] before the
/// first. `first_counts`: at a knot the segment that ends there counts (percentiles), else the one that starts.
inline void curve(const double* x, double* s, std::size_t n, const double* at, const double* score,
                  const double* slope, std::size_t knots, bool first_counts) noexcept {
    constexpr std::size_t tile = 16;
    for (std::size_t begin = 0; begin < n; begin += tile) {
        const std::size_t count = n - begin < tile ? n - begin : tile;
        double base[tile];
        double value[tile];
        double rise[tile];
        for (std::size_t i = 0; i < count; ++i) {
            base[i] = at[0];
            value[i] = score[0];
            rise[i] = 0;
        }
        for (std::size_t j = 0; j < knots; ++j) {
            for (std::size_t i = 0; i < count; ++i) {
                const double here = x[begin + i];
                const bool past = first_counts ? here > at[j] : here >= at[j];
                base[i] = past ? at[j] : base[i];
                value[i] = past ? score[j] : value[i];
                rise[i] = past ? slope[j] : rise[i];
            }
        }
        // An unknown x keeps slope 0: NaN · 0 is NaN, so it stays unknown.
        for (std::size_t i = 0; i < count; ++i) {
            s[begin + i] = value[i] + (x[begin + i] - base[i]) * rise[i];
        }
    }
}

/// The score of the last threshold at or under x; `below` under the first.
inline void steps(const double* x, double* s, std::size_t n, const double* at, const double* score,
                  std::size_t thresholds, double below) noexcept {
    for (std::size_t i = 0; i < n; ++i) {
        double value = is_unknown(x[i]) ? nan_value : below;
        for (std::size_t j = 0; j < thresholds; ++j) value = x[i] >= at[j] ? score[j] : value;
        s[i] = value;
    }
}

inline void flag(const double* x, double* s, std::size_t n, bool invert) noexcept {
    const double when_true = invert ? 0.0 : 100.0;
    for (std::size_t i = 0; i < n; ++i) {
        s[i] = is_unknown(x[i]) ? nan_value : (x[i] != 0 ? when_true : 100.0 - when_true);
    }
}

/// Category code → score. Codes are ids of the plan's own texts first; others are unlisted.
inline void table(const double* code, double* s, std::size_t n, const double* score_of, std::size_t listed,
                  double otherwise) noexcept {
    for (std::size_t i = 0; i < n; ++i) {
        if (is_unknown(code[i])) {
            s[i] = nan_value;
            continue;
        }
        const auto at = static_cast<std::size_t>(code[i]);
        s[i] = at < listed ? score_of[at] : otherwise;
    }
}

/// part ÷ whole; `of_zero` where the whole is 0 (NaN: unknown there).
inline void share(const double* part, const double* whole, double* out, std::size_t n, double of_zero) noexcept {
    for (std::size_t i = 0; i < n; ++i) {
        const double ratio = part[i] / whole[i];
        const double at_zero = is_unknown(part[i]) ? nan_value : of_zero;
        out[i] = whole[i] == 0 ? at_zero : ratio;
    }
}

/// What a group adds up while its components pass by.
struct group_sums {
    double* weighted;  ///< Σ_K w s
    double* known;     ///< Σ_K w
    double* standing;  ///< Σ_P w π
    double* priors;    ///< Σ_P w
    double* total;     ///< Σ w of the components in use on the row's date
    double* failed;    ///< 1 where a component with policy `fail` is unknown
};

inline void group_clear(const group_sums& sums, std::size_t n) noexcept {
    for (std::size_t i = 0; i < n; ++i) {
        sums.weighted[i] = 0;
        sums.known[i] = 0;
        sums.standing[i] = 0;
        sums.priors[i] = 0;
        sums.total[i] = 0;
        sums.failed[i] = 0;
    }
}

/// Add one component. `prior_weight` is w where an unknown is replaced by `prior`, else 0.
inline void group_add(const group_sums& sums, const double* s, std::size_t n, double weight, double prior_weight,
                      double prior, bool fails) noexcept {
    const double standing = prior_weight * prior;
    const double fail_mark = fails ? 1.0 : 0.0;
    for (std::size_t i = 0; i < n; ++i) {
        const bool unknown = is_unknown(s[i]);
        const double here = unknown ? 0.0 : s[i];
        sums.weighted[i] += weight * here;
        sums.known[i] += unknown ? 0.0 : weight;
        sums.standing[i] += unknown ? standing : 0.0;
        sums.priors[i] += unknown ? prior_weight : 0.0;
        sums.total[i] += weight;
        sums.failed[i] = unknown ? (sums.failed[i] > fail_mark ? sums.failed[i] : fail_mark) : sums.failed[i];
    }
}

/// The same for a component in use only from day `from` to day `until`: elsewhere it does not exist, and s
/// becomes unknown there. A row without a date keeps it.
inline void group_add_dated(const group_sums& sums, double* s, const double* as_of, std::size_t n, double weight,
                            double prior_weight, double prior, bool fails, double from, double until) noexcept {
    for (std::size_t i = 0; i < n; ++i) {
        const bool outside = as_of[i] < from || as_of[i] > until;
        if (outside) {
            s[i] = nan_value;
            continue;
        }
        const bool unknown = is_unknown(s[i]);
        sums.weighted[i] += unknown ? 0.0 : weight * s[i];
        sums.known[i] += unknown ? 0.0 : weight;
        sums.standing[i] += unknown ? prior_weight * prior : 0.0;
        sums.priors[i] += unknown ? prior_weight : 0.0;
        sums.total[i] += weight;
        if (unknown && fails) sums.failed[i] = 1.0;
    }
}

/// Score, coverage and bounds of a group from its sums (3-definitions section 1). Coverage is compared with
/// `min_coverage` on the score grid, so that weights like 0.1 + 0.2 of 0.6 are the half they look like.
inline void group_finish(const group_sums& sums, std::size_t n, double min_coverage, double* score, double* coverage,
                         double* lower, double* upper) noexcept {
    const double least = on_grid(min_coverage);
    for (std::size_t i = 0; i < n; ++i) {
        const double total = sums.total[i];
        const bool none = total == 0;
        const double covered = none ? 0.0 : sums.known[i] / total;
        const double low = none ? 0.0 : sums.weighted[i] / total;
        const double high = low + 100.0 * (1.0 - covered);
        const double mean = (sums.weighted[i] + sums.standing[i]) / (sums.known[i] + sums.priors[i]);
        const bool insufficient = none || on_grid(covered) < least || sums.failed[i] != 0;
        coverage[i] = covered;
        lower[i] = on_grid(low);
        upper[i] = on_grid(high);
        score[i] = insufficient ? nan_value : on_grid(mean);  // 0 ÷ 0, nothing known and no prior, is NaN by itself
    }
}

/// min(cap, ·) where the condition holds; where it is unknown only the lower bound gives way.
inline void apply_cap(const double* holds, std::size_t n, double at_most, double* score, double* lower,
                      double* upper) noexcept {
    for (std::size_t i = 0; i < n; ++i) {
        const bool yes = holds[i] == 1.0;
        const bool maybe = is_unknown(holds[i]);
        score[i] = yes && score[i] > at_most ? at_most : score[i];
        lower[i] = (yes || maybe) && lower[i] > at_most ? at_most : lower[i];
        upper[i] = yes && upper[i] > at_most ? at_most : upper[i];
    }
}

/// A known value replaces score, bounds and coverage.
inline void apply_replace(const double* value, std::size_t n, double* score, double* coverage, double* lower,
                          double* upper) noexcept {
    for (std::size_t i = 0; i < n; ++i) {
        const bool given = !is_unknown(value[i]);
        // <=: a score is never −0.
        const double v = value[i] <= 0 ? 0.0 : (value[i] > 100 ? 100.0 : value[i]);
        score[i] = given ? v : score[i];
        lower[i] = given ? v : lower[i];
        upper[i] = given ? v : upper[i];
        coverage[i] = given ? 1.0 : coverage[i];
    }
}

inline void apply_floor(const double* value, std::size_t n, double* score, double* lower, double* upper) noexcept {
    for (std::size_t i = 0; i < n; ++i) {
        const double v = value[i] > 100 ? 100.0 : value[i];
        score[i] = score[i] < v ? v : score[i];
        lower[i] = lower[i] < v ? v : lower[i];
        upper[i] = upper[i] < v ? v : upper[i];
    }
}

inline void apply_ceiling(const double* value, std::size_t n, double* score, double* lower, double* upper) noexcept {
    for (std::size_t i = 0; i < n; ++i) {
        const double v = value[i] <= 0 ? 0.0 : value[i];
        score[i] = score[i] > v ? v : score[i];
        lower[i] = lower[i] > v ? v : lower[i];
        upper[i] = upper[i] > v ? v : upper[i];
    }
}

/// One axis as overall sees it.
struct axis_view {
    const double* score;
    const double* coverage;
    const double* lower;
    const double* upper;
    double weight;
};

/// Overall from the axes in use. `least_axes` is already limited to their number.
inline void overall_combine(const axis_view* axes, std::size_t count, std::size_t n, bool minimum, double least_axes,
                            double min_coverage, double* score, double* coverage, double* lower,
                            double* upper) noexcept {
    const double least = on_grid(min_coverage);
    double in_use = 0;
    for (std::size_t a = 0; a < count; ++a) in_use += axes[a].weight;
    for (std::size_t i = 0; i < n; ++i) {
        double weighted = 0;
        double known = 0;
        double have = 0;
        double covered = 0;
        double low_sum = 0;
        double high_sum = 0;
        double worst = nan_value;
        double low_worst = 100;
        double high_worst = 100;
        for (std::size_t a = 0; a < count; ++a) {
            const double s = axes[a].score[i];
            const double w = axes[a].weight;
            const bool unknown = is_unknown(s);
            weighted += unknown ? 0.0 : w * s;
            known += unknown ? 0.0 : w;
            have += unknown ? 0.0 : 1.0;
            worst = s < worst || (is_unknown(worst) && !unknown) ? s : worst;
            covered += w * axes[a].coverage[i];
            low_sum += w * axes[a].lower[i];
            high_sum += w * axes[a].upper[i];
            low_worst = axes[a].lower[i] < low_worst ? axes[a].lower[i] : low_worst;
            high_worst = axes[a].upper[i] < high_worst ? axes[a].upper[i] : high_worst;
        }
        const double share = covered / in_use;
        const double low = on_grid(minimum ? low_worst : low_sum / in_use);
        const double high = on_grid(minimum ? high_worst : high_sum / in_use);
        double s = on_grid(minimum ? worst : weighted / known);
        s = s < low ? low : s;
        s = s > high ? high : s;
        const bool insufficient = have < least_axes || on_grid(share) < least;
        score[i] = insufficient ? nan_value : s;
        coverage[i] = share;
        lower[i] = low;
        upper[i] = high;
    }
}

/// One more rung: `stage` climbs where every condition so far is true, `could` where none is false.
/// Both start at 0; `rung` counts from 1.
inline void climb(const double* holds, std::size_t n, double rung, double* stage, double* could) noexcept {
    for (std::size_t i = 0; i < n; ++i) {
        stage[i] = holds[i] == 1.0 && stage[i] == rung - 1 ? rung : stage[i];
        could[i] = holds[i] != 0.0 && could[i] == rung - 1 ? rung : could[i];
    }
}

/// The number of edges at or under the score; unknown for an insufficient one.
inline void band(const double* score, std::size_t n, const double* edges, std::size_t count, double* out) noexcept {
    for (std::size_t i = 0; i < n; ++i) {
        double at = is_unknown(score[i]) ? nan_value : 0.0;
        for (std::size_t j = 0; j < count; ++j) at += score[i] >= edges[j] ? 1.0 : 0.0;
        out[i] = at;
    }
}

}  // namespace aiueo::AIUEO_KERNELS

#ifdef AIUEO_KERNELS_DEFAULTED
#undef AIUEO_KERNELS
#undef AIUEO_KERNELS_DEFAULTED
#endif
