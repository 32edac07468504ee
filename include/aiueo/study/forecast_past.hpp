// study › forecast_past: what was forecast beside what came. … ─► evidence ─► study
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "aiueo/study/forecast_predict.hpp"
#include "aiueo/study/histories.hpp"

namespace aiueo::detail {

/// Decisions of a month by the level of the close before it.
struct came_levels {
    std::vector<double> due, kept;  ///< contracts
    std::vector<double> due_mrr, kept_mrr;

    [[nodiscard]] static double sum(std::span<const double> of) noexcept {
        double out = 0;
        for (const double one : of) out += one;
        return out;
    }
};

/// What was decided in a month by customers that had a contract in force at the close of `origin`.
[[nodiscard]] inline came_levels came_of(const evidence& of, std::int32_t origin,
                                         std::int32_t month) {
    const revenue_shape& shape = of.shape().revenue();
    came_levels out;
    for (auto* one : {&out.due, &out.kept, &out.due_mrr, &out.kept_mrr})
        one->resize(shape.levels + 1);
    const auto block = of.table(table_id::came).find({origin, month});
    if (block.empty()) return out;
    for (std::size_t l = 0; l <= shape.levels; ++l) {
        for (std::size_t b = 0; b < shape.term_bands; ++b) {
            const std::int64_t* cell = block.data() + shape.came_cell(l, b);
            const auto field = [cell](end_field which) {
                return static_cast<double>(cell[static_cast<std::size_t>(which)]);
            };
            out.due[l] += field(end_field::ends);
            out.kept[l] += field(end_field::kept);
            out.due_mrr[l] += field(end_field::due);
            out.kept_mrr[l] += field(end_field::due_kept);
        }
    }
    return out;
}

/// came − forecast = ends + mix + rate, exactly. rate = Σ D(r − p) over levels, D what was due and
/// r what renewed of it; ends = the forecast scaled to as many decisions as came, less the
/// forecast; mix = the rest: as many, at other levels.
[[nodiscard]] inline forecast_split split_of(std::span<const double> expected,
                                             std::span<const double> rate,
                                             std::span<const double> due,
                                             std::span<const double> kept) noexcept {
    double all_expected = 0, forecast = 0, all_due = 0, came = 0, at_rates = 0;
    for (std::size_t l = 0; l < expected.size(); ++l) {
        all_expected += expected[l];
        forecast += expected[l] * rate[l];
        all_due += due[l];
        came += kept[l];
        at_rates += due[l] * rate[l];
    }
    const double scaled = all_expected > 0 ? forecast * all_due / all_expected : at_rates;
    return {scaled - forecast, at_rates - scaled, came - at_rates};
}

/// A level's rate in a month: expected renewals ÷ expected decisions; where none are expected, the
/// level's over all terms.
[[nodiscard]] inline std::vector<double> rates_in(std::span<const double> due,
                                                  std::span<const double> renewed,
                                                  std::span<const double> level) {
    std::vector<double> out;
    for (std::size_t l = 0; l < due.size(); ++l)
        out.push_back(due[l] > 0 ? renewed[l] / due[l] : level[l]);
    return out;
}

/// Before so many decisions in so many months nothing is forecast in a backtest.
inline constexpr double least_decisions = 30;
inline constexpr std::size_t least_months = 6;
/// Verdicts are of several tests at a time: of months ahead, of bias and of intervals.
inline constexpr double verdict_level = 0.99;
/// A verdict wants so many blocks of months; the shortest are quarters.
inline constexpr std::size_t least_blocks = 4;

class forecast_trials {
public:
    forecast_trials(const evidence& of, std::int32_t last) : evidence_(of), last_(last) {}

    [[nodiscard]] forecast_backtest run() {
        const auto& decisions = evidence_.table(table_id::decisions).blocks();
        if (decisions.empty()) return std::move(out_);
        for (std::int32_t origin = decisions.begin()->first[0]; origin < last_; ++origin)
            add_origin(origin);
        out_.forecasts = static_cast<std::int64_t>(count_.size());
        out_.renewed = trials_of(count_);
        out_.kept_mrr = trials_of(money_);
        if (const forecast_trial* judged = out_.judged(); judged != nullptr)
            out_.verdict = judged->verdict;
        return std::move(out_);
    }

private:
    struct one_trial {
        std::int32_t ahead = 0;
        std::int32_t month = 0;
        double forecast = 0, naive = 0, came = 0;
        std::array<bool, forecast_levels.size()> inside{};
        std::array<double, forecast_levels.size()> expected{};
    };

    void add_origin(std::int32_t origin) {
        forecast_origin at{evidence_, origin, false};
        if (at.sums().decisions() < least_decisions ||
            at.sums().ends_by_month.size() < least_months || at.due().empty())
            return;
        at.expect();
        forecast_rates everybody = at.rates();
        std::fill(everybody.p.begin(), everybody.p.end(), everybody.pooled);
        const forecast_course course{evidence_.shape(), everybody, at.horizon()};
        const expected_course naive = expected_of(course, at.due(), shifted_rates{everybody.p});
        forecast_past past;
        past.origin = month_name(origin);
        past.forecast = past.came = past.mrr_forecast = past.mrr_came = 0;
        past.split = past.mrr_split = {0, 0, 0};
        const std::int32_t months = std::min(at.horizon(), last_ - origin);
        for (std::int32_t ahead = 1; ahead <= months; ++ahead) {
            const auto k = static_cast<std::size_t>(ahead);
            const expected_period& expected = at.expected().periods[k];
            const came_levels came = came_of(evidence_, origin, origin + ahead);
            const double kept = came_levels::sum(came.kept);
            if (!(expected.due > 0) && !(came_levels::sum(came.due) > 0)) continue;
            const double kept_mrr = came_levels::sum(came.kept_mrr);
            ++past.months;
            count_.push_back(trial(at, k, forecast_quantity::renewed, origin + ahead, kept,
                                   naive.periods[k].renewed));
            past.forecast += expected.renewed;
            past.came += kept;
            const expected_levels& levels = at.expected().levels[k];
            add(past.split,
                split_of(levels.due, rates_in(levels.due, levels.renewed, at.rates().level),
                         came.due, came.kept));
            if (!(expected.due_mrr > 0) && !(came_levels::sum(came.due_mrr) > 0)) continue;
            money_.push_back(trial(at, k, forecast_quantity::kept_mrr, origin + ahead, kept_mrr,
                                   naive.periods[k].kept_mrr));
            past.mrr_forecast += expected.kept_mrr;
            past.mrr_came += kept_mrr;
            add(past.mrr_split,
                split_of(levels.due_mrr,
                         rates_in(levels.due_mrr, levels.kept_mrr, at.rates().level), came.due_mrr,
                         came.kept_mrr));
        }
        if (past.months > 0) out_.origins.push_back(std::move(past));
    }

    static void add(forecast_split& to, const forecast_split& one) noexcept {
        to.ends += one.ends;
        to.mix += one.mix;
        to.rate += one.rate;
    }

    [[nodiscard]] static one_trial trial(const forecast_origin& at, std::size_t period,
                                         forecast_quantity what, std::int32_t month, double came,
                                         double naive) {
        forecast_prediction prediction{at, period, what, true};
        const forecast_amount found = prediction.find();
        one_trial out{static_cast<std::int32_t>(period), month, found.mean, naive, came, {}, {}};
        for (std::size_t k = 0; k < forecast_levels.size(); ++k) {
            const interval& one = found.intervals[k];
            out.inside[k] = came >= one.lower && came <= one.upper;
            out.expected[k] = prediction.holds(one);
        }
        return out;
    }

    [[nodiscard]] std::vector<forecast_trial> trials_of(const std::vector<one_trial>& all) const {
        std::vector<forecast_trial> out;
        for (const std::int32_t ahead : {0, 1, 3, 6, 12}) {
            std::vector<one_trial> these;
            for (const one_trial& one : all) {
                if (ahead == 0 || one.ahead == ahead) these.push_back(one);
            }
            if (these.empty()) continue;
            out.push_back(summed(these, ahead));
            if (ahead != 0) out.back().ahead = ahead;
        }
        return out;
    }

    /// Sums over blocks of the months that were forecast, each of which is left out in turn: months
    /// forecast from one origin share its errors, and so do origins that lie nearer together than
    /// they look ahead. Blocks are quarters, of longer forecasts half years and years.
    [[nodiscard]] static forecast_trial summed(const std::vector<one_trial>& of,
                                               std::int32_t ahead) {
        const std::int32_t block = ahead == 0 || ahead > 6 ? 12 : ahead > 3 ? 6 : 3;
        struct sums {
            std::int64_t n = 0;
            double apart = 0, error = 0, naive = 0, came = 0;
            std::array<std::int64_t, forecast_levels.size()> inside{};
            std::array<double, forecast_levels.size()> expected{};
        };
        std::map<std::int32_t, sums> by_block;
        std::map<std::int32_t, bool> months;
        sums all;
        for (const one_trial& one : of) {
            months[one.month] = true;
            for (sums* to : {&all, &by_block[one.month / block]}) {
                ++to->n;
                to->apart += one.forecast - one.came;
                to->error += std::fabs(one.forecast - one.came);
                to->naive += std::fabs(one.naive - one.came);
                to->came += one.came;
                for (std::size_t k = 0; k < forecast_levels.size(); ++k) {
                    to->inside[k] += one.inside[k] ? 1 : 0;
                    to->expected[k] += one.expected[k];
                }
            }
        }
        const auto real = [](std::int64_t n) { return static_cast<double>(n); };
        forecast_trial out;
        out.months = static_cast<std::int64_t>(months.size());
        const auto over = [](double a, double b) { return b > 0 ? a / b : undefined; };
        out.error = over(all.error, all.came);
        out.naive_error = over(all.naive, all.came);
        std::vector<double> without;
        for (const auto& [number, one] : by_block)
            without.push_back(over(all.apart - one.apart, all.came - one.came));
        out.bias = figure_of(jackknife(over(all.apart, all.came), without), all.n);
        const interval surely_apart =
            jackknife(over(all.apart, all.came), without, {}, verdict_level).interval;
        interval surely_held;
        for (std::size_t k = 0; k < forecast_levels.size(); ++k) {
            without.clear();
            for (const auto& [number, one] : by_block)
                without.push_back(over(real(all.inside[k] - one.inside[k]), real(all.n - one.n)));
            forecast_coverage coverage;
            coverage.level = forecast_levels[k];
            coverage.expected = all.expected[k] / real(all.n);
            const double held = real(all.inside[k]) / real(all.n);
            coverage.share = figure_of(jackknife_share(held, without), all.n);
            if (k == 1) surely_held = jackknife_share(held, without, {}, verdict_level).interval;
            out.coverage.push_back(coverage);
        }
        out.verdict = verdict(by_block.size(), surely_apart, surely_held, out.coverage[1].expected);
        return out;
    }

    /// Of forecasts so many months ahead. Those that look further ahead miss together, and so are
    /// known by fewer blocks.
    [[nodiscard]] static forecast_verdict verdict(std::size_t blocks, const interval& bias,
                                                  const interval& held, double expected) {
        if (blocks < least_blocks) return forecast_verdict::too_little_history;
        if (bias.lower > 0 || bias.upper < 0) return forecast_verdict::biased;
        return held.upper < expected ? forecast_verdict::overconfident : forecast_verdict::trust;
    }

    const evidence& evidence_;
    std::int32_t last_;
    std::vector<one_trial> count_, money_;
    forecast_backtest out_;
};

/// Each level's rate in the last twelve months up to `origin` against all before. That whole months
/// differ is added to the difference's error: a few bad months are no change.
[[nodiscard]] inline std::vector<forecast_trend> trends_of(const evidence& of, std::int32_t origin,
                                                           std::span<const std::string> names,
                                                           const month_effect& months) {
    constexpr std::int32_t recent_months = 12;
    const revenue_shape& shape = of.shape().revenue();
    struct counts {
        std::array<std::int64_t, evidence_groups> ends{}, kept{};
        double squares = 0;  ///< Σ of the months' ends²
        [[nodiscard]] std::int64_t n() const noexcept {
            std::int64_t sum = 0;
            for (const std::int64_t one : ends) sum += one;
            return sum;
        }
        [[nodiscard]] double rate(std::size_t without) const noexcept {
            std::int64_t above = 0, below = 0;
            for (std::size_t g = 0; g < ends.size(); ++g) {
                if (g == without) continue;
                above += kept[g];
                below += ends[g];
            }
            return stats_detail::ratio(above, below);
        }
    };
    std::vector<std::array<counts, 2>> by_place(shape.levels + 1);
    for (const auto& [key, block] : of.table(table_id::decisions).blocks()) {
        if (key[0] > origin) break;
        const std::size_t side = key[0] > origin - recent_months ? 1 : 0;
        for (std::size_t l = 0; l <= shape.levels; ++l) {
            counts& to = by_place[l][side];
            const std::int64_t before = to.n();
            for (std::size_t b = 0; b < shape.term_bands; ++b) {
                for (std::size_t g = 0; g < std::size_t{evidence_groups}; ++g) {
                    const std::int64_t* cell = block.data() + shape.decision_cell(l, b, g);
                    to.ends[g] += cell[static_cast<std::size_t>(end_field::ends)];
                    to.kept[g] += cell[static_cast<std::size_t>(end_field::kept)];
                }
            }
            const auto month = static_cast<double>(to.n() - before);
            to.squares += month * month;
        }
    }
    std::vector<forecast_trend> out;
    for (std::size_t l = 0; l < by_place.size(); ++l) {
        const auto& [before, recent] = by_place[l];
        if (before.n() == 0 || recent.n() == 0) continue;
        forecast_trend one;
        one.level = names[l];
        std::array<std::array<double, evidence_groups>, 3> without{};
        std::array<std::int64_t, evidence_groups> rows{};
        for (std::size_t g = 0; g < rows.size(); ++g) {
            rows[g] = before.ends[g] + recent.ends[g];
            without[0][g] = before.rate(g);
            without[1][g] = recent.rate(g);
            without[2][g] = without[1][g] - without[0][g];
        }
        const double was = before.rate(every_group), is = recent.rate(every_group);
        one.before = figure_of(jackknife_share(was, without[0], before.ends), before.n());
        one.recent = figure_of(jackknife_share(is, without[1], recent.ends), recent.n());
        jackknife_estimate apart = jackknife(is - was, without[2], rows);
        const auto share = [](const counts& of_side) {
            const auto n = static_cast<double>(of_side.n());
            return of_side.squares / n / n;
        };
        if (months.variance > 0) {
            const double p = was + (is - was) / 2, v = p * (1 - p);
            apart.error = std::sqrt(apart.error * apart.error +
                                    months.variance * v * v * (share(before) + share(recent)));
            apart.interval =
                wald_t_interval(is - was, apart.error, static_cast<double>(apart.groups - 1));
        }
        one.difference = tested_of(apart, 0, before.n() + recent.n());
        out.push_back(std::move(one));
    }
    adjust_family(out, [](forecast_trend& one) -> tested_figure& { return one.difference; });
    return out;
}

}  // namespace aiueo::detail
