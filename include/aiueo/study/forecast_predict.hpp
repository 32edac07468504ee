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
#include "aiueo/study/forecast_origin.hpp"

namespace aiueo::detail {

/// Above this variance a normal is as good as the exact count for a test of many past forecasts.
inline constexpr double plain_variance = 100;

/// One quantity of one month (or, `period` 0, of all together).
class forecast_prediction {
public:
    forecast_prediction(const forecast_origin& of, std::size_t period, forecast_quantity what,
                        bool plain = false)
        : of_(of), period_(period), what_(what), plain_(plain) {
        const std::int32_t horizon = of.horizon();
        const auto month = static_cast<std::int32_t>(period);
        for (const due_group& one : of.due()) {
            if (one.ahead > (period == 0 ? horizon : month)) continue;
            if (period != 0 && (month - one.ahead) % one.term != 0) continue;
            const std::int32_t last = period == 0 ? horizon : month;
            const auto decisions = static_cast<std::size_t>((last - one.ahead) / one.term) + 1;
            chains_ = chains_ || decisions > 1;
            summands_.push_back({&one, decisions, values_of(one, decisions), {}});
            if (decisions > 1) continue;
            of.course().follow(one, shifted_rates{of.rates().p}, last,
                               [this](std::int32_t, std::span<const double> at, double) {
                                   summands_.back().at.assign(at.begin(), at.end());
                               });
        }
    }

    /// Each contract decides once at most, and surely.
    [[nodiscard]] bool certain_due() const noexcept { return !chains_; }

    [[nodiscard]] forecast_amount find() {
        if (what_ == forecast_quantity::rate) return rate();
        forecast_amount out;
        out.mean = value_of(of_.expected().periods[period_], what_);
        if (what_ == forecast_quantity::renewed_mrr && !knows_growth()) {
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
    /// Contracts that may renew up to `decisions` times; values[j]: what one is worth that renewed
    /// j times.
    struct summand {
        const due_group* of = nullptr;
        std::size_t decisions = 1;
        std::vector<double> values;
        std::vector<double> at;  ///< of one decision: at which place
    };
    struct sum_moments {
        double mean = 0, variance = 0, third = 0;
    };

    [[nodiscard]] bool is_money() const noexcept { return what_ != forecast_quantity::renewed; }
    [[nodiscard]] bool knows_growth() const {
        return std::all_of(summands_.begin(), summands_.end(), [this](const summand& one) {
            const double growth = of_.rates().growth[one.of->band];
            return growth == growth;
        });
    }

    [[nodiscard]] std::vector<double> values_of(const due_group& of, std::size_t decisions) const {
        const double growth = of_.course().growth(of.band);
        std::vector<double> out(decisions + 1);
        const auto after = [growth](std::size_t times) {
            return std::pow(growth, static_cast<double>(times));
        };
        for (std::size_t j = 0; j <= decisions; ++j) {
            if (what_ == forecast_quantity::churned_mrr) {
                const bool now = period_ == 0 || j + 1 == decisions;
                out[j] = j < decisions && now ? after(j) : 0.0;
                continue;
            }
            for (std::size_t i = period_ == 0 ? 0 : decisions - 1; i < j; ++i)
                out[j] += what_ == forecast_quantity::renewed    ? 1.0
                          : what_ == forecast_quantity::kept_mrr ? after(i)
                                                                 : after(i + 1);
        }
        return out;
    }

    /// P(renewed j times), j = 0 … decisions.
    [[nodiscard]] std::vector<double> times_renewed(const summand& one,
                                                    const shifted_rates& p) const {
        if (one.decisions == 1) {
            const double renewed = renewed_once(one, p);
            return {1 - renewed, renewed};
        }
        std::vector<double> out;
        double before = 1;
        const std::int32_t last = period_ == 0 ? of_.horizon() : static_cast<std::int32_t>(period_);
        of_.course().follow(*one.of, p, last, [&](std::int32_t, auto, double renewed) {
            out.push_back(std::max(0.0, before - renewed));
            before = renewed;
        });
        out.push_back(before);
        return out;
    }

    [[nodiscard]] double renewed_once(const summand& one, const shifted_rates& p) const noexcept {
        const std::vector<double>& rate = p.at(one.of->ahead);
        double sum = 0;
        for (std::size_t l = 0; l < one.at.size(); ++l)
            sum += one.at[l] * rate[l * of_.rates().bands + one.of->band];
        return sum;
    }

    [[nodiscard]] sum_moments moments(double shift) const {
        const shifted_rates p{of_.rates().p, shift};
        sum_moments out;
        for (const summand& one : summands_) {
            if (one.decisions == 1 && what_ != forecast_quantity::renewed_mrr) {
                const double renewed = renewed_once(one, p);
                const double apart = std::fabs(one.values[1] - one.values[0]);
                const auto n = static_cast<double>(one.of->contracts);
                const double mean = one.values[0] + renewed * (one.values[1] - one.values[0]);
                const double variance = renewed * (1 - renewed) * apart * apart;
                out.mean += (is_money() ? one.of->mrr : n) * mean;
                out.variance += (is_money() ? one.of->squares : n) * variance;
                out.third += (is_money() ? one.of->cubes : n) * third_moment_of_trial(renewed) *
                             apart * apart * apart;
                continue;
            }
            const std::vector<double> chance = times_renewed(one, p);
            double mean = 0, variance = 0, third = 0;
            for (std::size_t j = 0; j < chance.size(); ++j) mean += chance[j] * one.values[j];
            for (std::size_t j = 0; j < chance.size(); ++j) {
                const double apart = std::fabs(one.values[j] - mean);
                variance += chance[j] * apart * apart;
                third += chance[j] * apart * apart * apart;
            }
            const auto n = static_cast<double>(one.of->contracts);
            out.mean += (is_money() ? one.of->mrr : n) * mean;
            out.variance += (is_money() ? one.of->squares : n) * variance;
            out.third += (is_money() ? one.of->cubes : n) * third;
            if (what_ == forecast_quantity::renewed_mrr)
                out.variance += one.of->squares * own_growth(one, chance);
        }
        return out;
    }

    /// Of a contract of MRR 1: each renewal's ratio is its own.
    [[nodiscard]] double own_growth(const summand& one, const std::vector<double>& chance) const {
        const std::size_t band = one.of->band;
        const double growth = of_.course().growth(band);
        const double variance = growth_variance(of_.sums(), of_.rates(), band);
        double sum = 0, rest = 1;
        for (std::size_t j = 0; j < one.decisions; ++j) {
            rest -= chance[j];
            if (period_ != 0 && j + 1 != one.decisions) continue;
            const double before = std::pow(growth, static_cast<double>(j));
            sum += std::max(0.0, rest) * before * before * variance;
        }
        return sum;
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

    void exact_count() {
        std::vector<count_distribution> parts;
        std::vector<double> weights;
        for (const normal_node& node : nodes_) {
            const shifted_rates p{of_.rates().p, middle_ + width_ * node.z};
            std::map<double, std::int64_t> alike;  // by probability: contracts
            count_distribution chained{0, {1.0}};
            for (const summand& one : summands_) {
                std::vector<double> chance = times_renewed(one, p);
                if (period_ != 0 || one.decisions == 1) {
                    alike[std::min(1.0, chance.back())] += one.of->contracts;
                    continue;
                }
                const count_distribution power =
                    repeated({0, std::move(chance)}, one.of->contracts);
                if (!power.is_defined()) return;
                if (chained.mass().size() * power.mass().size() > lattice_limits{}.products) return;
                chained = stats_detail::strided(chained, power, 1);
            }
            std::vector<binomial_group> groups;
            for (auto [chance, left] : alike) {
                for (; left > 0; left -= convolution_trials)
                    groups.push_back({std::min(left, convolution_trials), chance});
            }
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
            std::vector<priced_group> groups;
            for (const summand& one : summands_) {
                const double renewed = times_renewed(one, p).back();
                for (const auto& [price, n] : one.of->prices) groups.push_back({n, renewed, price});
            }
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
                return chains_ ? k : std::min(k, all.due);
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
                out.intervals[k] = {found.intervals[k].lower / all.due,
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
    std::vector<summand> summands_;
    double variance_ = 0;
    double middle_ = 0, width_ = 0;
    std::vector<normal_node> nodes_;
    count_distribution count_;
    std::int64_t unit_ = 1;
    std::vector<normal_part> normals_;
};

}  // namespace aiueo::detail
