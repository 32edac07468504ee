// study › forecast_future: what one contract may still bring, from each of its decisions on.
// … ─► evidence ─► study
//
// Backward: what is to come after a decision is known before the decision is looked at. MRR is that
// of a contract of 1, so that what follows a renewal is multiplied by its growth.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "aiueo/study/forecast_origin.hpp"

namespace aiueo::detail {

/// One quantity of one month (or, `period` 0, of all together), of one contract.
class forecast_future {
public:
    static constexpr std::size_t none = static_cast<std::size_t>(-1);

    forecast_future(const forecast_origin& of, std::size_t period, forecast_quantity what)
        : of_(of),
          month_(static_cast<std::int32_t>(period)),
          last_(period == 0 ? of.horizon() : month_),
          what_(what) {}

    /// The decision of a contract of that term so many months ahead; `none` if nothing of it is in
    /// the period.
    [[nodiscard]] std::size_t add(std::int32_t ahead, std::int32_t term, std::int32_t tenure) {
        if (ahead > last_) return none;
        if (what_ == forecast_quantity::renewed && !terms_change()) tenure = 0;
        const auto known = places_.find({ahead, term, tenure});
        if (known != places_.end()) return known->second;
        const forecast_rates& rates = of_.rates();
        decision one;
        one.ahead = ahead;
        one.term = term;
        one.band = of_.course().band_of(term);
        one.counts = month_ == 0 || ahead == last_;
        one.stays = forecast_course::growth_class(one.band, tenure, ahead);
        one.same = add(ahead + term, term, tenure);
        bool changes = false;
        for (std::size_t s = 0; s < rates.states; ++s)
            changes = changes || of_.course().changes(s, one.band, one.stays) > 0;
        for (const auto& [months, share] : rates.renewals.next[one.band]) {
            if (!changes) break;
            const std::size_t next = add(ahead + months, months, tenure);
            if (next != none) one.others.emplace_back(next, share);
        }
        if (!one.counts && one.same == none && one.others.empty())
            return places_[{ahead, term, tenure}] = none;
        one.again = one.same != none || !one.others.empty();
        if (one.same != none) decisions_[one.same].follows = true;
        for (const auto& other : one.others) decisions_[other.first].follows = true;
        decisions_.push_back(std::move(one));
        return places_[{ahead, term, tenure}] = decisions_.size() - 1;
    }

    /// May more come after it, or is it only on the way?
    [[nodiscard]] bool goes_on(std::size_t which) const noexcept { return decisions_[which].again; }

    /// E X, E X², E X³ of X, what is to come, by the state at each decision.
    void find_moments(const shifted_rates& p) {
        const std::size_t k = of_.rates().states;
        for (decision& one : decisions_) {
            one.moments.assign(3 * k, 0.0);
            const std::vector<double>& rate = p.at(one.ahead);
            const double stays = growth(one.stays);
            const std::size_t of_change = renewal_rates::class_of_change(one.band);
            const double goes = growth(of_change);
            const bool after = one.counts && what_ == forecast_quantity::renewed_mrr;
            const bool now = one.counts && what_ != forecast_quantity::churned_mrr;
            const double lost = one.counts && what_ == forecast_quantity::churned_mrr ? 1 : 0;
            for (std::size_t s = 0; s < k; ++s) {
                const double r = rate[s * of_.rates().bands + one.band];
                const double change = of_.course().changes(s, one.band, one.stays);
                std::array<double, 3> sum{};
                double rest = change;
                const auto put = [&](double share, double gain, double grows, std::size_t next) {
                    const std::array<double, 3> m =
                        next == none ? std::array<double, 3>{} : of_next(next, s);
                    const double x = grows * m[0], xx = grows * grows * m[1],
                                 xxx = grows * grows * grows * m[2];
                    sum[0] += share * (gain + x);
                    sum[1] += share * (gain * gain + 2 * gain * x + xx);
                    sum[2] +=
                        share * (gain * gain * gain + 3 * gain * gain * x + 3 * gain * xx + xxx);
                };
                const double same = now ? (after ? stays : 1.0) : 0.0;
                const double other = now ? (after ? goes : 1.0) : 0.0;
                put(1 - change, same, stays, one.same);
                for (const auto& [next, share] : one.others) {
                    put(change * share, other, goes, next);
                    rest -= change * share;
                }
                put(std::max(0.0, rest), other, goes, none);
                // Each renewal's ratio is its own.
                if (after)
                    sum[1] += (1 - change) * variance(one.stays) + change * variance(of_change);
                for (std::size_t m = 0; m < sum.size(); ++m)
                    one.moments[m * k + s] = r * sum[m] + (1 - r) * lost;
            }
            if (one.follows) carry_back(one.moments, 3, one.term, one.before);
        }
    }
    [[nodiscard]] std::array<double, 3> moments(std::size_t which,
                                                std::span<const double> at) const noexcept {
        std::array<double, 3> out{};
        const std::vector<double>& from = decisions_[which].moments;
        for (std::size_t m = 0; m < out.size(); ++m) {
            for (std::size_t s = 0; s < at.size(); ++s) out[m] += at[s] * from[m * at.size() + s];
        }
        return out;
    }

    /// P(renewed j times more), by the state at each decision.
    void find_times(const shifted_rates& p) {
        const std::size_t k = of_.rates().states;
        for (decision& one : decisions_) {
            const auto length = [&](std::size_t next) {
                return next == none ? std::size_t{1} : decisions_[next].moments.size() / k;
            };
            std::size_t longest = length(one.same);
            for (const auto& other : one.others) longest = std::max(longest, length(other.first));
            one.moments.assign((longest + 1) * k, 0.0);
            const std::vector<double>& rate = p.at(one.ahead);
            for (std::size_t s = 0; s < k; ++s) {
                const double r = rate[s * of_.rates().bands + one.band];
                const double change = of_.course().changes(s, one.band, one.stays);
                double rest = change;
                const auto put = [&](double share, std::size_t next) {
                    for (std::size_t j = 0; j < length(next); ++j)
                        one.moments[(j + 1) * k + s] +=
                            r * share * (next == none ? 1.0 : decisions_[next].before[j * k + s]);
                };
                put(1 - change, one.same);
                for (const auto& [next, share] : one.others) {
                    put(change * share, next);
                    rest -= change * share;
                }
                put(std::max(0.0, rest), none);
                one.moments[s] = 1 - r;
            }
            if (one.follows) carry_back(one.moments, longest + 1, one.term, one.before);
        }
    }
    [[nodiscard]] std::vector<double> times(std::size_t which, std::span<const double> at) const {
        const std::vector<double>& from = decisions_[which].moments;
        std::vector<double> out(from.size() / at.size());
        for (std::size_t j = 0; j < out.size(); ++j) {
            for (std::size_t s = 0; s < at.size(); ++s) out[j] += at[s] * from[j * at.size() + s];
        }
        return out;
    }

private:
    struct decision {
        std::int32_t ahead = 0;
        std::int32_t term = 1;
        std::size_t band = 0;
        std::size_t stays = 0;    ///< growth class where the term stays
        bool counts = false;      ///< in the period
        bool again = false;       ///< another one may follow
        bool follows = false;     ///< it follows another one
        std::size_t same = none;  ///< the next one
        std::vector<std::pair<std::size_t, double>> others;
        std::vector<double> moments;  ///< [which][state at the decision]
        std::vector<double> before;   ///< [which][state at the close before the contract began]
    };

    [[nodiscard]] bool terms_change() const noexcept {
        const auto& next = of_.rates().renewals.next;
        return std::any_of(next.begin(), next.end(), [](const auto& one) { return !one.empty(); });
    }
    [[nodiscard]] double growth(std::size_t of_class) const noexcept {
        return what_ == forecast_quantity::renewed ? 1.0 : of_.rates().renewals.growth_at(of_class);
    }
    [[nodiscard]] double variance(std::size_t of_class) {
        const auto [found, fresh] = variances_.try_emplace(of_class);
        if (fresh)
            found->second = growth_variance(of_.sums().renewals, of_.rates().renewals, of_class);
        return found->second;
    }
    [[nodiscard]] std::array<double, 3> of_next(std::size_t next, std::size_t s) const noexcept {
        const std::vector<double>& from = decisions_[next].before;
        const std::size_t k = of_.rates().states;
        return {from[s], from[k + s], from[2 * k + s]};
    }
    /// From the state at the decision to the state when the contract began.
    void carry_back(const std::vector<double>& at, std::size_t rows, std::int32_t months,
                    std::vector<double>& to) const {
        to.assign(at.size(), 0.0);
        const std::vector<double>& by = of_.course().power(months);
        const std::size_t k = of_.rates().states;
        for (std::size_t row = 0; row < rows; ++row) {
            for (std::size_t a = 0; a < k; ++a) {
                double sum = 0;
                for (std::size_t b = 0; b < k; ++b) sum += by[a * k + b] * at[row * k + b];
                to[row * k + a] = sum;
            }
        }
    }

    const forecast_origin& of_;
    std::int32_t month_, last_;
    forecast_quantity what_;
    std::vector<decision> decisions_;  ///< later ones first
    std::map<std::array<std::int32_t, 3>, std::size_t> places_;
    std::map<std::size_t, double> variances_;
};

}  // namespace aiueo::detail
