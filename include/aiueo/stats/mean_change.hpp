// stats › mean_change: why a weighted mean moved. base ─► stats
//
// The mean of values r with weights w was E₀ = Σ b r ÷ Σ b and is E₁ = Σ a r' ÷ Σ a. With
// Ē = (E₀ + E₁) ÷ 2 and W̄ = (Σ b + Σ a) ÷ 2,
//
//   E₁ − E₀ = Σ [a (r' − Ē) − b (r − Ē)] ÷ W̄
//           = Σ (a + b)/2 · (r' − r) ÷ W̄  +  Σ (a − b) · ((r + r')/2 − Ē) ÷ W̄,
//
// since Σ a (r' − Ē) = Σ a · (E₁ − E₀)/2 and Σ b (r − Ē) = −Σ b · (E₁ − E₀)/2. So each part of the
// whole has its own share of the change: by its value, which weighs as much as it did on average,
// and by its weight, which lifts the mean where its value is above the mean. Nothing is left over,
// and read backward in time every share is the same with the other sign.
#pragma once

#include <cstddef>
#include <span>

#include "aiueo/stats/figure.hpp"

namespace aiueo {

/// Something that has a weight and a value at two times. What is new has weight 0 before, and its
/// value then does not matter; likewise what is gone.
struct weighted_part {
    double before = 0;  ///< weight
    double after = 0;
    double value_before = undefined;
    double value_after = undefined;
};

struct part_of_change {
    double by_value = 0;
    double by_weight = 0;
};

/// What a weighted mean was and is.
class mean_change {
public:
    explicit mean_change(std::span<const weighted_part> parts) noexcept {
        double b = 0, a = 0, br = 0, ar = 0;
        for (const weighted_part& one : parts) {
            if (one.before > 0) {
                b += one.before;
                br += one.before * one.value_before;
            }
            if (one.after > 0) {
                a += one.after;
                ar += one.after * one.value_after;
            }
        }
        before_ = b > 0 ? br / b : undefined;
        after_ = a > 0 ? ar / a : undefined;
        middle_ = (before_ + after_) / 2;
        weight_ = (a + b) / 2;
    }

    [[nodiscard]] double before() const noexcept { return before_; }
    [[nodiscard]] double after() const noexcept { return after_; }
    [[nodiscard]] double change() const noexcept { return after_ - before_; }

    /// Undefined where the mean is not known at both times.
    [[nodiscard]] part_of_change of(const weighted_part& one) const noexcept {
        const bool was = one.before > 0, is = one.after > 0;
        if (!is_defined(middle_)) return {undefined, undefined};
        if (!was && !is) return {};
        const double from = was ? one.value_before : one.value_after;
        const double to = is ? one.value_after : one.value_before;
        return {(one.before + one.after) / 2 * (to - from) / weight_,
                (one.after - one.before) * ((from + to) / 2 - middle_) / weight_};
    }

private:
    double before_ = undefined, after_ = undefined, middle_ = undefined, weight_ = 0;
};

}  // namespace aiueo
