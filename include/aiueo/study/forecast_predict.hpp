// study › forecast_predict: from expected numbers to distributions of what comes.
// … ─► evidence ─► study
//
// Given the rates, contracts decide independently of each other, so that counts are convolutions.
// The rates are not given: they are estimated, and whole months go better or worse. Both shift the
// log-odds of all contracts together, by a normal whose variance is chosen so that the mixture has
// the variance of chance, estimation and months together.
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

#include "aiueo/stats/lattice.hpp"
#include "aiueo/stats/mixture.hpp"
#include "aiueo/study/forecast_finding.hpp"
#include "aiueo/study/forecast_future.hpp"
#include "aiueo/study/forecast_origin.hpp"

namespace aiueo::detail {

/// Above this variance a normal is as good as the exact count for a test of many past forecasts.
inline constexpr double plain_variance = 100;

/// One quantity of one month (or, `period` 0, of all together).
class forecast_prediction {
public:
    forecast_prediction(const forecast_origin& of, std::size_t period, forecast_quantity what,
                        bool plain = false)
        : of_(of), period_(period), what_(what), plain_(plain), future_(of, period, what) {
        std::vector<double> spare;
        std::map<std::pair<std::size_t, std::size_t>, std::size_t> alike;
        for (const due_group& one : of.due()) {
            const std::size_t decision = future_.add(one.ahead, one.term, one.tenure);
            if (decision == forecast_future::none) continue;
            // What they pay does not matter to their number.
            const auto [same, fresh] = alike.try_emplace({decision, one.place}, summands_.size());
            if (what == forecast_quantity::renewed && !fresh) {
                summands_[same->second].contracts += one.contracts;
                continue;
            }
            std::vector<double> at(of.rates().states);
            of.rates().put(one.place, at);
            of.course().advance(at, spare, 0, one.ahead - 1);
            const bool once = !future_.goes_on(decision);
            chains_ = chains_ || !once;
            // Its variance is p(1 − p) of its MRR then.
            const bool plainly = once && what != forecast_quantity::renewed_mrr;
            all_plain_ = all_plain_ && plainly;
            summands_.push_back({&one, one.contracts, decision, plainly, std::move(at)});
        }
    }

    /// Each contract decides once at most, and surely.
    [[nodiscard]] bool certain_due() const noexcept { return !chains_; }

    [[nodiscard]] forecast_amount find() {
        if (what_ == forecast_quantity::rate) return rate();
        forecast_amount out;
        out.mean = value_of(of_.expected().periods[period_], what_);
        if (what_ == forecast_quantity::renewed_mrr && !of_.rates().renewals.knows_growth()) {
            out.mean = undefined;
            return out;
        }
        spread();
        out.error = std::sqrt(variance_);
        if (what_ == forecast_quantity::renewed) {
            if (!(plain_ && moments(0).variance > plain_variance)) exact_count();
            if (count_.is_defined()) {
                out.method = forecast_method::exact;
                out.error_bound = 0;
                set_intervals(out,
                              [this](double p) { return static_cast<double>(count_.quantile(p)); });
                return out;
            }
        }
        if (what_ == forecast_quantity::kept_mrr && !plain_ && exact_money()) {
            out.method = forecast_method::exact;
            out.error_bound = 0;
            const auto unit = static_cast<double>(unit_);
            set_intervals(out, [this, unit](double p) {
                return static_cast<double>(count_.quantile(p)) * unit;
            });
            return out;
        }
        as_normal(out);
        return out;
    }

    /// Of the renewed contracts; undefined where it is not exact.
    [[nodiscard]] const count_distribution& distribution() const noexcept { return count_; }
    /// Σ a²p(1 − p), given the rates.
    [[nodiscard]] double chance() const { return moments(0).variance; }
    /// P(lower ≤ X ≤ upper), by the distribution itself.
    [[nodiscard]] double holds(const interval& one) const {
        if (count_.is_defined() && what_ == forecast_quantity::renewed) {
            return count_.cdf(static_cast<std::int64_t>(one.upper)) -
                   count_.cdf(static_cast<std::int64_t>(one.lower) - 1);
        }
        const double half = what_ == forecast_quantity::renewed ? 0.5 : 0.0;
        // An end that was cut off at what is possible leaves nothing beyond it.
        const double most = what_ == forecast_quantity::renewed
                                ? of_.expected().periods[period_].due
                                : of_.expected().periods[period_].due_mrr;
        const bool cut = !chains_ && one.upper >= most;
        return (cut ? 1.0 : mixture_cdf(normals_, one.upper + half)) -
               (one.lower > 0 ? mixture_cdf(normals_, one.lower - half) : 0.0);
    }

private:
    struct summand {
        const due_group* of = nullptr;
        std::int64_t contracts = 0;
        std::size_t decision = 0;  ///< of the future
        bool once = false;         ///< kept or lost, and what it pays is known
        std::vector<double> at;    ///< in which state its first decision finds it
    };
    struct sum_moments {
        double mean = 0, variance = 0, third = 0;
    };

    [[nodiscard]] bool is_money() const noexcept { return what_ != forecast_quantity::renewed; }
    [[nodiscard]] double renewed_once(const summand& one, const shifted_rates& p) const noexcept {
        const std::vector<double>& rate = p.at(one.of->ahead);
        double sum = 0;
        for (std::size_t l = 0; l < one.at.size(); ++l)
            sum += one.at[l] * rate[l * of_.rates().bands + one.of->band];
        return sum;
    }

    [[nodiscard]] sum_moments moments(double shift) const {
        const shifted_rates p{of_.rates().p, shift};
        if (!all_plain_) future_.find_moments(p);
        sum_moments out;
        for (const summand& one : summands_) {
            double mean = 0, variance = 0, third = 0;
            if (one.once) {
                const double renewed = renewed_once(one, p);
                mean = what_ == forecast_quantity::churned_mrr ? 1 - renewed : renewed;
                variance = renewed * (1 - renewed);
                third = third_moment_of_trial(renewed);
            } else {
                const std::array<double, 3> m = future_.moments(one.decision, one.at);
                mean = m[0];
                variance = std::max(0.0, m[1] - m[0] * m[0]);
                third = third_moment(m);
            }
            const auto n = static_cast<double>(one.contracts);
            out.mean += (is_money() ? one.of->mrr : n) * mean;
            out.variance += (is_money() ? one.of->squares : n) * variance;
            out.third += (is_money() ? one.of->cubes : n) * third;
        }
        return out;
    }

    /// Of |X − E X|, from E X, E X², E X³ of an X ≥ 0: exact where X is 0 or one value; else
    /// E (X − E X)²(X + E X), which is not less.
    [[nodiscard]] static double third_moment(const std::array<double, 3>& m) noexcept {
        if (!(m[0] > 0)) return 0;
        const double value = m[1] / m[0], chance = std::min(1.0, m[0] / value);
        if (std::fabs(m[0] * m[2] - m[1] * m[1]) <= 1e-12 * m[1] * m[1])
            return third_moment_of_trial(chance) * value * value * value;
        return std::max(0.0, m[2] - m[0] * m[1]);
    }

    /// Finds the shift's middle and width, and the nodes that stand for it.
    void spread() {
        const sum_moments usual = moments(0);
        const auto q = static_cast<std::size_t>(what_);
        const double extra = of_.extra(period_)[q][0] + of_.extra(period_)[q][1];
        variance_ = usual.variance + extra;
        constexpr double small = 0.05;
        const double slope = (moments(small).mean - moments(-small).mean) / (2 * small);
        if (!(extra > 0) || !(std::fabs(slope) > 1e-12)) {
            nodes_ = {{0, 1}};
            return;
        }
        constexpr double widest = 4;
        const std::vector<normal_node> rough = normal_nodes(1);
        width_ = std::min(std::sqrt(extra) / std::fabs(slope), widest);
        std::vector<sum_moments> at(rough.size());
        for (int round = 0; round < 5; ++round) {
            double mean = 0, between = 0, within = 0;
            for (std::size_t k = 0; k < rough.size(); ++k) {
                at[k] = moments(middle_ + width_ * rough[k].z);
                mean += rough[k].weight * at[k].mean;
                within += rough[k].weight * at[k].variance;
            }
            for (std::size_t k = 0; k < rough.size(); ++k)
                between += rough[k].weight * (at[k].mean - mean) * (at[k].mean - mean);
            if (!(between > 0)) break;
            const double wanted = std::max(variance_ - within, extra / 4);
            width_ = std::min(width_ * std::clamp(std::sqrt(wanted / between), 0.5, 2.0), widest);
            middle_ += std::clamp((usual.mean - mean) / slope, -1.0, 1.0);
        }
        // Neighbours are two standard deviations of chance apart (three where there are many): the
        // distribution function waves around the smooth one by at most exp(−2π²/d²)/π of a node's
        // weight, less than 0.001 of it all but for a step of 1/32.
        const double ratio = std::sqrt(std::max(0.0, usual.variance)) / (width_ * std::fabs(slope));
        nodes_ = normal_nodes((ratio > 1.0 / 30 ? 2 : 3) * ratio);
    }

    /// Of up to convolution_trials contracts: of more a normal is as good, and takes no time.
    void exact_count() {
        std::int64_t contracts = 0;
        for (const summand& one : summands_) {
            if (one.contracts > convolution_trials - contracts) return;
            contracts += one.contracts;
        }
        std::vector<count_distribution> parts;
        std::vector<double> weights;
        for (const normal_node& node : nodes_) {
            const shifted_rates p{of_.rates().p, middle_ + width_ * node.z};
            std::map<double, std::int64_t> alike;  // by probability: contracts
            count_distribution chained{0, {1.0}};
            if (!all_plain_) {
                if (period_ == 0)
                    future_.find_times(p);
                else
                    future_.find_moments(p);
            }
            for (const summand& one : summands_) {
                if (period_ != 0 || one.once) {
                    const double renewed =
                        one.once ? renewed_once(one, p) : future_.moments(one.decision, one.at)[0];
                    alike[std::min(1.0, renewed)] += one.contracts;
                    continue;
                }
                std::vector<double> chance = future_.times(one.decision, one.at);
                const count_distribution power = repeated({0, std::move(chance)}, one.contracts);
                if (!power.is_defined()) return;
                if (chained.mass().size() * power.mass().size() > lattice_limits{}.products) return;
                chained = stats_detail::strided(chained, power, 1);
            }
            std::vector<binomial_group> groups;
            for (const auto& [chance, trials] : alike) groups.push_back({trials, chance});
            count_distribution sum = successes(groups, stats_detail::least_lattice_mass);
            if (chained.mass().size() > 1 || chained.first() > 0)
                sum = stats_detail::strided(sum, chained, 1);
            parts.push_back(std::move(sum));
            weights.push_back(node.weight);
        }
        count_ = mixed(parts, weights);
    }

    /// Where every cell of contracts pays known prices, each decides once at most, and the sums are
    /// few enough (lattice_limits, shared by the nodes).
    [[nodiscard]] bool exact_money() {
        if (chains_) return false;
        for (const summand& one : summands_) {
            if (one.of->priced > 0 && one.of->prices.empty()) return false;
        }
        std::vector<count_distribution> parts;
        std::vector<double> weights;
        lattice_limits limits;
        limits.products *= 4;
        for (const normal_node& node : nodes_) {
            const shifted_rates p{of_.rates().p, middle_ + width_ * node.z};
            std::map<std::pair<double, std::int64_t>, std::int64_t> alike;
            for (const summand& one : summands_) {
                const double renewed = renewed_once(one, p);
                for (const auto& [price, n] : one.of->prices) alike[{renewed, price}] += n;
            }
            std::vector<priced_group> groups;
            for (const auto& [of_one, n] : alike)
                groups.push_back({n, of_one.first, of_one.second});
            lattice_sum sum = lattice_successes(groups, limits);
            if (!sum.in_units.is_defined()) return false;
            limits.products -= std::min(limits.products, sum.products);
            unit_ = sum.unit;
            parts.push_back(std::move(sum.in_units));
            weights.push_back(node.weight);
        }
        count_ = mixed(parts, weights);
        return count_.is_defined();
    }

    void as_normal(forecast_amount& out) {
        out.method = forecast_method::normal;
        double bound = 0;
        for (const normal_node& node : nodes_) {
            const sum_moments at = moments(middle_ + width_ * node.z);
            normals_.push_back({node.weight, at.mean, std::sqrt(std::max(0.0, at.variance))});
            // A sum that cannot vary is told without error.
            if (at.variance > 0) bound += node.weight * berry_esseen_bound(at.variance, at.third);
        }
        if (what_ != forecast_quantity::renewed_mrr && !plain_) out.error_bound = bound;
        const expected_period& all = of_.expected().periods[period_];
        if (what_ == forecast_quantity::renewed) {
            // Whole numbers: P(N ≤ k) is the normal's at k + ½.
            set_intervals(out, [&](double p) {
                const double k = std::max(0.0, std::ceil(mixture_quantile(normals_, p) - 0.5));
                return chains_ ? k : std::min(k, std::round(all.due));
            });
            return;
        }
        // What is due is the most that can be kept, and lost; it is known where each decides once.
        const bool bounded = !chains_ && what_ != forecast_quantity::renewed_mrr;
        set_intervals(out, [&](double p) {
            const double x = std::max(0.0, mixture_quantile(normals_, p));
            return bounded ? std::min(x, all.due_mrr) : x;
        });
    }

    /// Where each contract decides once, the count's ÷ due. Else a normal on the log-odds.
    [[nodiscard]] forecast_amount rate() {
        forecast_amount out;
        const expected_period& all = of_.expected().periods[period_];
        out.mean = all.rate();
        if (!(all.due > 0)) return out;
        if (!chains_) {
            forecast_prediction count{of_, period_, forecast_quantity::renewed, plain_};
            const forecast_amount found = count.find();
            out.error = found.error / all.due;
            out.method = found.method;
            out.error_bound = found.error_bound;
            for (std::size_t k = 0; k < forecast_levels.size(); ++k)
                out.intervals[k] = {std::min(1.0, found.intervals[k].lower / all.due),
                                    std::min(1.0, found.intervals[k].upper / all.due)};
            return out;
        }
        const auto q = static_cast<std::size_t>(forecast_quantity::rate);
        const expected_levels& levels = of_.expected().levels[period_];
        double chance = 0;
        for (std::size_t l = 0; l < levels.due.size(); ++l) {
            if (levels.due[l] > 0)
                chance += levels.renewed[l] * (1 - levels.renewed[l] / levels.due[l]);
        }
        out.error = std::sqrt(chance / all.due / all.due + of_.extra(period_)[q][0] +
                              of_.extra(period_)[q][1]);
        out.method = forecast_method::normal;
        const double spread = out.mean * (1 - out.mean);
        set_intervals(out, [&](double p) {
            const double odds = std::log(out.mean) - std::log1p(-out.mean) +
                                normal_quantile(p) * out.error / spread;
            return 1 / (1 + std::exp(-odds));
        });
        return out;
    }

    template <class Quantile>
    static void set_intervals(forecast_amount& out, Quantile quantile) {
        for (std::size_t k = 0; k < forecast_levels.size(); ++k) {
            out.intervals[k] = {quantile((1 - forecast_levels[k]) / 2),
                                quantile((1 + forecast_levels[k]) / 2)};
        }
    }

    const forecast_origin& of_;
    std::size_t period_;
    forecast_quantity what_;
    bool plain_;
    bool chains_ = false;
    bool all_plain_ = true;           ///< every contract decides once
    mutable forecast_future future_;  ///< its figures are those of the rates asked for last
    std::vector<summand> summands_;
    double variance_ = 0;
    double middle_ = 0, width_ = 0;
    std::vector<normal_node> nodes_;
    count_distribution count_;
    std::int64_t unit_ = 1;
    std::vector<normal_part> normals_;
};

}  // namespace aiueo::detail
