// study › curves: from a score in points to a probability, and how good that is.
// … ─► evidence ─► study
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/stats/calibration.hpp"
#include "aiueo/stats/isotonic.hpp"
#include "aiueo/stats/platt.hpp"
#include "aiueo/study/outcomes.hpp"

namespace aiueo {

/// A probability for each of the points 0 to 100; undefined where there is no curve.
using point_probabilities = std::array<double, unknown_bin>;

/// A score read as a probability, held against what happened. `brier` and `log_loss` have the
/// jackknife's interval, with the curve as it is; `log_loss` none of a score and where a prediction
/// was 0 or 1. The rates of the table have Wilson's where each customer counts once, else the
/// jackknife's.
struct probability_check {
    std::string_view read_as;  ///< "score": its hundredth; "isotonic", "platt": a fitted curve
    figure brier;
    figure log_loss;
    probability_scores parts;              ///< of the Brier score, over the predictions that differ
    double calibration_error = undefined;  ///< mean |rate − predicted| over the table
    std::vector<calibration_row> table;    ///< ten ranges of the prediction
};

namespace detail {

[[nodiscard]] inline point_probabilities score_as_probability() noexcept {
    point_probabilities out{};
    for (std::size_t k = 0; k < out.size(); ++k) out[k] = static_cast<double>(k) / 100;
    return out;
}

/// Isotonic rates at the points that were met; in between straight lines, outside the ends' rates.
[[nodiscard]] inline point_probabilities isotonic_curve(const outcome_counts& of) {
    point_probabilities out;
    std::array<std::int64_t, unknown_bin> trials{};
    for (std::size_t k = 0; k < trials.size(); ++k) trials[k] = of.lost[k] + of.kept[k];
    isotonic_rates(of.known_kept(), trials, out);
    std::size_t last = out.size();
    for (std::size_t k = 0; k < out.size(); ++k) {
        if (trials[k] == 0) continue;
        const std::size_t gap = last == out.size() ? 0 : last + 1;
        for (std::size_t j = gap; j < k; ++j) {
            const double part = static_cast<double>(j + 1 - gap) / static_cast<double>(k + 1 - gap);
            out[j] = last == out.size() ? out[k] : out[last] + part * (out[k] - out[last]);
        }
        last = k;
    }
    for (std::size_t j = last + 1; j < out.size(); ++j) out[j] = out[last];
    return out;
}

/// Platt's curve, with his smoothed targets.
[[nodiscard]] inline logistic_curve platt_fit(const outcome_counts& of) noexcept {
    std::array<double, unknown_bin> points{};
    for (std::size_t k = 0; k < points.size(); ++k) points[k] = static_cast<double>(k);
    return fit_logistic(points, of.known_kept(), of.known_lost(), platt_targets::smoothed);
}
[[nodiscard]] inline point_probabilities platt_curve(const outcome_counts& of) noexcept {
    const logistic_curve fitted = platt_fit(of);
    point_probabilities out;
    for (std::size_t k = 0; k < out.size(); ++k)
        out[k] = fitted.probability(static_cast<double>(k));
    return out;
}

/// `curves[f]` is what the groups of fold f are told; group g is in fold g mod 5.
using fold_curves = std::array<point_probabilities, evidence_folds>;

/// Each fold's curve is fitted to the other folds.
template <class Fit>
[[nodiscard]] fold_curves cross_validated(const grouped_outcomes& from, Fit fit) {
    constexpr auto folds = static_cast<std::size_t>(evidence_folds);
    fold_curves out;
    for (std::size_t f = 0; f < folds; ++f)
        out[f] = fit(from.of([f](std::size_t g) { return g % folds != f; }));
    return out;
}

/// Undefined if a fold with observations has no curve.
[[nodiscard]] inline probability_check check_of(const grouped_outcomes& from,
                                                const fold_curves& curves, std::string_view read_as,
                                                bool each_once) {
    probability_check out;
    out.read_as = read_as;
    std::array<double, evidence_groups> brier{}, loss{}, brier_without{}, loss_without{};
    double all_brier = 0, all_loss = 0;
    const std::array<std::int64_t, evidence_groups> rows = from.rows(false);
    const std::int64_t n = from.total().known();
    // Equal predictions are one, whatever their fold.
    std::map<double, std::pair<std::int64_t, std::int64_t>> met;
    constexpr std::size_t ranges = 10;
    grouped_outcomes by_range{ranges + 1};
    bool defined = true, certain = read_as == "score";
    for (std::size_t g = 0; g < rows.size(); ++g) {
        if (rows[g] == 0) continue;
        const outcome_counts mine = from.of([g](std::size_t one) { return one == g; });
        const point_probabilities& curve = curves[g % curves.size()];
        const probability_scores one =
            score_probabilities(curve, mine.known_kept(), mine.known_lost());
        brier[g] = one.brier * static_cast<double>(rows[g]);
        loss[g] = one.log_loss * static_cast<double>(rows[g]);
        all_brier += brier[g];
        all_loss += loss[g];
        for (std::size_t k = 0; k < curve.size(); ++k) {
            if (mine.kept[k] + mine.lost[k] == 0) continue;
            if (!is_defined(curve[k])) {
                defined = false;
                continue;
            }
            auto& cell = met[curve[k]];
            cell.first += mine.kept[k];
            cell.second += mine.lost[k];
            certain = certain || curve[k] == 0 || curve[k] == 1;
            const std::size_t range = calibration_range(curve[k], ranges);
            by_range.at(g, true, range) += mine.kept[k];
            by_range.at(g, false, range) += mine.lost[k];
        }
    }
    out.brier.n = out.log_loss.n = n;
    if (!defined || n == 0) return out;
    for (std::size_t g = 0; g < rows.size(); ++g) {
        const auto rest = static_cast<double>(n - rows[g]);
        brier_without[g] = rest > 0 ? (all_brier - brier[g]) / rest : undefined;
        loss_without[g] = rest > 0 ? (all_loss - loss[g]) / rest : undefined;
    }
    const auto all = static_cast<double>(n);
    out.brier = figure_of(jackknife(all_brier / all, brier_without, rows), n);
    out.log_loss = figure_of(jackknife(all_loss / all, loss_without, rows), n);
    // To be certain and wrong costs 36 nats: a few such decide the mean, and how many more there
    // are to come no sample of this size knows. A score can be 0 or 100, seen here or not.
    if (certain) out.log_loss.interval = {};
    std::vector<double> predicted;
    std::vector<std::int64_t> kept, lost;
    for (const auto& [p, cell] : met) {
        predicted.push_back(p);
        kept.push_back(cell.first);
        lost.push_back(cell.second);
    }
    out.parts = score_probabilities(predicted, kept, lost);
    out.table.resize(ranges);
    calibration_table(predicted, kept, lost, out.table);
    for (std::size_t k = 0; k < ranges && !each_once; ++k) {
        grouped_outcomes::left_out rate = by_range.leave_out([k](const outcome_counts& one) {
            return stats_detail::ratio(one.kept[k], one.kept[k] + one.lost[k]);
        });
        for (std::size_t g = 0; g < rate.rows.size(); ++g)
            rate.rows[g] = by_range.at(g, true, k) + by_range.at(g, false, k);
        out.table[k].interval = rate.share().interval;
    }
    out.calibration_error = expected_calibration_error(out.table);
    return out;
}

/// One curve for all.
[[nodiscard]] inline probability_check check_of(const grouped_outcomes& from,
                                                const point_probabilities& curve,
                                                std::string_view read_as, bool each_once) {
    fold_curves all;
    all.fill(curve);
    return check_of(from, all, read_as, each_once);
}

inline void write(json_writer& out, const probability_check& one) {
    out.begin_object().member("read_as", one.read_as).key("brier");
    write(out, one.brier);
    out.key("log_loss");
    write(out, one.log_loss);
    out.member("rate", one.parts.rate)
        .member("mean_predicted", one.parts.mean_predicted)
        .member("reliability", one.parts.reliability)
        .member("resolution", one.parts.resolution)
        .member("uncertainty", one.parts.uncertainty)
        .member("skill", one.parts.skill)
        .member("calibration_error", one.calibration_error);
    out.key("table").begin_array();
    for (const calibration_row& row : one.table) {
        if (row.n == 0) continue;
        out.begin_object().member("predicted", row.predicted).key("rate");
        write(out, figure{row.rate, row.interval, row.n});
        out.end_object();
    }
    out.end_array().end_object();
}

}  // namespace detail
}  // namespace aiueo
