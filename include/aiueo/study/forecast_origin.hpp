// study › forecast_origin: what is expected as of a month, and how sure that is.
// … ─► evidence ─► study
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "aiueo/stats/jackknife.hpp"
#include "aiueo/study/forecast_course.hpp"

namespace aiueo::detail {

enum class forecast_quantity : std::uint8_t { renewed, rate, kept_mrr, renewed_mrr, churned_mrr };
inline constexpr std::size_t forecast_quantities = 5;

[[nodiscard]] inline double value_of(const expected_period& of, forecast_quantity what) noexcept {
    switch (what) {
    case forecast_quantity::renewed: return of.renewed;
    case forecast_quantity::rate: return of.rate();
    case forecast_quantity::kept_mrr: return of.kept_mrr;
    case forecast_quantity::renewed_mrr: return of.renewed_mrr;
    case forecast_quantity::churned_mrr: return of.churned_mrr();
    }
    return undefined;
}

/// Variance beyond chance, by quantity: [parameters, months].
using extra_variance = std::array<std::array<double, 2>, forecast_quantities>;

/// An origin: what was known, what is due, what is expected of it.
class forecast_origin {
public:
    forecast_origin(const evidence& of, std::int32_t origin, bool with_prices)
        : shape_(&of.shape()),
          sums_(sums_until(of, origin)),
          due_(due_at(of, origin, with_prices)),
          horizon_(static_cast<std::int32_t>(of.shape().revenue().horizon)),
          shrinkage_(of.shape().model().study.shrinkage),
          rates_(rates_of(sums_, shrinkage_)),
          course_(of.shape(), rates_, horizon_),
          months_(month_effect_of(sums_, rates_)) {}

    forecast_origin(const forecast_origin&) = delete;
    forecast_origin& operator=(const forecast_origin&) = delete;

    [[nodiscard]] const forecast_sums& sums() const noexcept { return sums_; }
    [[nodiscard]] const std::vector<due_group>& due() const noexcept { return due_; }
    [[nodiscard]] const forecast_rates& rates() const noexcept { return rates_; }
    [[nodiscard]] const forecast_course& course() const noexcept { return course_; }
    [[nodiscard]] const month_effect& months() const noexcept { return months_; }
    [[nodiscard]] std::int32_t horizon() const noexcept { return horizon_; }
    [[nodiscard]] double shrinkage() const noexcept { return shrinkage_; }
    [[nodiscard]] bool knows() const noexcept { return rates_.pooled == rates_.pooled; }
    [[nodiscard]] const expected_course& expected() const noexcept { return expected_; }

    /// The expected numbers and their variance beyond chance.
    void expect() {
        expected_ = expected_of(course_, due_, shifted_rates{rates_.p}, true);
        extra_.assign(expected_.periods.size(), {});
        add_parameters();
        add_months();
    }
    [[nodiscard]] const extra_variance& extra(std::size_t period) const noexcept {
        return extra_[period];
    }

private:
    static constexpr std::array<forecast_quantity, forecast_quantities> all{
        forecast_quantity::renewed, forecast_quantity::rate, forecast_quantity::kept_mrr,
        forecast_quantity::renewed_mrr, forecast_quantity::churned_mrr};

    /// The jackknife of the whole forecast, rates and moves estimated anew without each group,
    /// which is gᵀΣg; but no less than what the numbers of decisions alone would say, for a level
    /// at which all renewed looks certain whoever is left out.
    void add_parameters() {
        const std::array<std::int64_t, evidence_groups> rows = sums_.rows();
        std::vector<expected_course> without;
        for (std::size_t g = 0; g < rows.size(); ++g) {
            const forecast_rates rates = rates_of(sums_, shrinkage_, g);
            if (!(rates.pooled == rates.pooled)) {
                without.emplace_back();
                continue;
            }
            const forecast_course course{*shape_, rates, horizon_};
            without.push_back(expected_of(course, due_, shifted_rates{rates.p}));
        }
        for (std::size_t k = 0; k < expected_.periods.size(); ++k) {
            for (std::size_t q = 0; q < all.size(); ++q) {
                std::array<double, evidence_groups> values{};
                for (std::size_t g = 0; g < values.size(); ++g)
                    values[g] = without[g].periods.empty()
                                    ? undefined
                                    : value_of(without[g].periods[k], all[q]);
                const double error =
                    jackknife(value_of(expected_.periods[k], all[q]), values, rows).error;
                extra_[k][q][0] =
                    std::max(error == error ? error * error : 0.0, least_variance(k, all[q]));
            }
        }
    }

    [[nodiscard]] double least_variance(std::size_t k, forecast_quantity what) const noexcept {
        const expected_levels& levels = expected_.levels[k];
        const expected_period& all_levels = expected_.periods[k];
        double sum = 0;
        for (std::size_t l = 0; l < rates_.places; ++l) {
            const double p = rates_.level[l];
            double weight = levels.due_mrr[l];
            if (what == forecast_quantity::renewed) weight = levels.due[l];
            if (what == forecast_quantity::rate)
                weight = all_levels.due > 0 ? levels.due[l] / all_levels.due : 0;
            if (what == forecast_quantity::renewed_mrr && all_levels.kept_mrr > 0)
                weight *= all_levels.renewed_mrr / all_levels.kept_mrr;
            sum += weight * weight * p * (1 - p) / (rates_.decided[l] + 1);
        }
        return sum;
    }

    /// Each month's own effect, and the part of past months' effects that is in the rates.
    void add_months() {
        if (!(months_.variance > 0)) return;
        constexpr double shift = 0.05;
        for (std::int32_t month = shifted_rates::every_month; month <= horizon_; ++month) {
            if (month == 0) continue;
            const expected_course up =
                expected_of(course_, due_, shifted_rates{rates_.p, shift, month});
            const expected_course down =
                expected_of(course_, due_, shifted_rates{rates_.p, -shift, month});
            const double weight =
                months_.variance * (month == shifted_rates::every_month ? months_.shared : 1.0);
            for (std::size_t k = 0; k < expected_.periods.size(); ++k) {
                for (std::size_t q = 0; q < all.size(); ++q) {
                    const double slope =
                        (value_of(up.periods[k], all[q]) - value_of(down.periods[k], all[q])) /
                        (2 * shift);
                    if (slope == slope) extra_[k][q][1] += weight * slope * slope;
                }
            }
        }
    }

    const counted* shape_;
    forecast_sums sums_;
    std::vector<due_group> due_;
    std::int32_t horizon_;
    double shrinkage_;
    forecast_rates rates_;
    forecast_course course_;
    month_effect months_;
    expected_course expected_;
    std::vector<extra_variance> extra_;
};

}  // namespace aiueo::detail
