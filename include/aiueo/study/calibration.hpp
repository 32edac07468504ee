// study › calibration: responses, weights, percentile knots and curves from what happened, and
// whether they are better than the present ones. … ─► evidence ─► study
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/stats/multiple.hpp"
#include "aiueo/study/calibration_finding.hpp"
#include "aiueo/study/calibration_words.hpp"
#include "aiueo/study/curves.hpp"
#include "aiueo/study/fold_comparison.hpp"
#include "aiueo/study/model_patch.hpp"
#include "aiueo/study/percentile_fits.hpp"
#include "aiueo/study/response_calibration.hpp"
#include "aiueo/study/weights.hpp"

namespace aiueo {

namespace detail {

class calibration_study {
public:
    calibration_study(const evidence& of, const calibration_options& options)
        : from_(of),
          shape_(of.shape()),
          options_(options),
          rules_(shape_.model().study),
          folds_(evidence_folds, cross_products{shape_.components()}),
          earlier_(folds_),
          later_(folds_) {}

    [[nodiscard]] calibration_finding run() {
        out_.kind = options_.kind;
        out_.lead_days = shape_.leads()[static_cast<std::size_t>(options_.lead)];
        out_.each_once = from_.each_once(options_.kind, options_.lead);
        out_.customers = from_.customers(options_.kind, options_.lead);
        read_products();
        read_sums();
        out_.ends = sum_of(folds_).rows();
        std::size_t first = 0;
        for (std::uint32_t g = 0; g < group_count; ++g) {
            const std::size_t count = shape_.model().rules.groups[g].components.size();
            if (count > 1) add_axis(g, {first, count});
            first += count;
        }
        judge(0);
        add_overall();
        out_.responses = response_calibration{from_, options_.kind, options_.lead}.run();
        out_.percentiles = percentile_fits(from_, options_.kind, options_.lead);
        add_curves();
        add_patch();
        tell(out_, options_, shape_.model());
        return std::move(out_);
    }

private:
    using per_fold = std::vector<cross_products>;
    using correlations_of = std::vector<component_correlation>;

    // ── sums ─────────────────────────────────────────────────────────────────

    /// By fold: of all quarters, and of those before and from the split on. The split is the
    /// quarter before which the share of observations is nearest to 70 %.
    void read_products() {
        std::map<std::int32_t, std::int64_t> quarters;
        const auto kind = static_cast<std::int32_t>(options_.kind);
        const auto& blocks = from_.source().table(table_id::products).blocks();
        const cross_products shape{shape_.components()};
        const std::size_t one = counted::product_cell(shape.one(), shape.one(), shape.one() + 1);
        for (const auto& [key, block] : blocks) {
            if (key[0] == kind && key[1] == options_.lead) quarters[key[3]] += block[one];
        }
        std::int64_t all = 0, below = 0;
        for (const auto& [quarter, n] : quarters) all += n;
        std::int32_t split = std::numeric_limits<std::int32_t>::max();
        std::int64_t least = std::numeric_limits<std::int64_t>::max();
        for (const auto& [quarter, n] : quarters) {
            const std::int64_t apart = std::abs(10 * below - 7 * all);
            if (below > 0 && apart < least) {
                least = apart;
                split = quarter;
            }
            below += n;
        }
        if (quarters.size() > 1)
            out_.split = std::to_string(split / 4) + "-Q" + std::to_string(split % 4 + 1);
        for (const auto& [key, block] : blocks) {
            if (key[0] != kind || key[1] != options_.lead) continue;
            const auto fold = static_cast<std::size_t>(key[2]);
            folds_[fold].add(block);
            (key[3] < split ? earlier_ : later_)[fold].add(block);
        }
    }

    void read_sums() {
        groups_.resize(evidence_groups);
        for (std::int32_t g = 0; g < evidence_groups; ++g) {
            std::vector<paired_sums>& to = groups_[static_cast<std::size_t>(g)];
            to.resize(shape_.components());
            const auto block =
                from_.source()
                    .table(table_id::sums)
                    .find({static_cast<std::int32_t>(options_.kind), options_.lead, g});
            if (block.empty()) continue;
            for (std::size_t c = 0; c < to.size(); ++c) {
                const std::size_t v = shape_.first_component() + c;
                const auto at = [&](std::size_t y, std::size_t k) {
                    return block[(v * 2 + y) * 3 + k];
                };
                to[c] = {at(0, 0) + at(1, 0),
                         int128{at(0, 1)} + at(1, 1),
                         at(1, 0),
                         int128{at(0, 2)} + at(1, 2),
                         at(1, 0),
                         at(1, 1)};
            }
        }
    }

    [[nodiscard]] cross_products sum_of(const per_fold& parts,
                                        std::size_t without = evidence_folds) const {
        cross_products out{shape_.components()};
        for (std::size_t f = 0; f < parts.size(); ++f) {
            if (f != without) out.add(parts[f]);
        }
        return out;
    }

    [[nodiscard]] static per_fold without(const per_fold& parts, std::size_t fold) {
        per_fold out;
        for (std::size_t f = 0; f < parts.size(); ++f) {
            if (f != fold) out.push_back(parts[f]);
        }
        return out;
    }

    // ── fits ─────────────────────────────────────────────────────────────────

    using choice = calibration_options::choice;

    [[nodiscard]] weight_shares fitted(choice method, const cross_products& training,
                                       std::span<const component_correlation> correlations,
                                       component_range of) const {
        return method == choice::correlation
                   ? correlation_weights(correlations, of, rules_.alpha, rules_.max_weight_share)
                   : least_squares_weights(training, of, rules_.max_weight_share);
    }

    /// Of the groups that are not in fold `without`.
    [[nodiscard]] std::vector<component_correlation> correlations_without(
        std::size_t without) const {
        std::vector<std::vector<paired_sums>> units;
        for (std::size_t g = 0; g < groups_.size(); ++g) {
            if (g % std::size_t{evidence_folds} != without) units.push_back(groups_[g]);
        }
        return component_correlations(units, out_.each_once);
    }

    /// `shares(training, parts of it, correlations)`: the present and the proposed shares of `of`.
    template <class Shares>
    [[nodiscard]] weight_comparison out_of_fold(component_range of, Shares shares) const {
        std::vector<fold_pair> seen;
        for (std::size_t f = 0; f < folds_.size(); ++f) {
            const cross_products training = sum_of(folds_, f);
            const auto [before, after] =
                shares(training, without(folds_, f), correlations_without(f));
            seen.push_back({held_against(training, folds_[f], of, before),
                            held_against(training, folds_[f], of, after)});
        }
        return compared_by_fold(seen, out_.ends);
    }

    /// Fitted to the quarters before the split, held against the others; a fold is left out of
    /// these, with the weights as they are.
    template <class Shares>
    [[nodiscard]] weight_comparison out_of_time(component_range of, Shares shares) const {
        if (out_.split.empty()) return {};
        std::vector<std::vector<paired_sums>> units(earlier_.size());
        for (std::size_t f = 0; f < units.size(); ++f) {
            for (std::size_t c = 0; c < shape_.components(); ++c)
                units[f].push_back(earlier_[f].pairs(c));
        }
        const cross_products training = sum_of(earlier_);
        const auto fits = shares(training, earlier_, component_correlations(units, out_.each_once));
        const auto both = [&](std::size_t without) {
            const cross_products rows = sum_of(later_, without);
            return std::pair{held_against(training, rows, of, fits.first),
                             held_against(training, rows, of, fits.second)};
        };
        std::array<std::vector<double>, 3> rest;
        std::vector<std::int64_t> rows;
        for (std::size_t f = 0; f < later_.size(); ++f) {
            const auto [before, after] = both(f);
            rest[0].push_back(before.r);
            rest[1].push_back(after.r);
            rest[2].push_back(after.r - before.r);
            rows.push_back(later_[f].rows());
        }
        const auto [before, after] = both(later_.size());
        const std::int64_t n = sum_of(later_).rows();
        return {figure_of(jackknife(before.r, rest[0], rows), n),
                figure_of(jackknife(after.r, rest[1], rows), n),
                tested_of(jackknife(after.r - before.r, rest[2], rows), 0, n), before.r_squared,
                after.r_squared};
    }

    void add_axis(std::uint32_t g, component_range of) {
        const std::vector<component>& components = shape_.model().rules.groups[g].components;
        const cross_products all = sum_of(folds_);
        const std::vector<component_correlation> correlations =
            correlations_without(evidence_folds);
        calibrated_axis axis;
        axis.name = std::string{group_names[g]};
        double sum = 0;
        for (std::size_t k = 0; k < of.count; ++k) {
            const component_correlation& one = correlations[of.first + k];
            axis.components.push_back({components[k].name, components[k].weight, one.r, one.q,
                                       all.pairs(of.first + k).n});
            sum += components[k].weight;
        }
        std::vector<double> present;
        for (const component& one : components) present.push_back(one.weight / sum);
        for (const choice method : {choice::correlation, choice::least_squares}) {
            const weight_shares mine = fitted(method, all, correlations, of);
            weight_proposal to;
            to.method = method == choice::correlation ? "correlation" : "least_squares";
            for (const double share : mine.share) to.weights.push_back(rounded(share * sum));
            to.nothing_passed = mine.nothing_passed;
            to.cap_too_low = mine.cap_too_low;
            const auto shares = [&](const cross_products& training, const per_fold&,
                                    const correlations_of& all_r) {
                return std::pair{present, fitted(method, training, all_r, of).share};
            };
            to.out_of_fold = out_of_fold(of, shares);
            to.out_of_time = out_of_time(of, shares);
            axis.proposals.push_back(std::move(to));
        }
        out_.axes.push_back(std::move(axis));
    }

    // ── overall ──────────────────────────────────────────────────────────────

    struct axis_in_overall {
        std::uint32_t group = 0;
        component_range of;
        double weight = 0;
        std::vector<double> present;             ///< shares of its components
        const calibrated_axis* taken = nullptr;  ///< whose weights the patch sets
    };

    [[nodiscard]] std::vector<axis_in_overall> axes_in_overall() const {
        std::vector<axis_in_overall> out;
        std::size_t first = 0;
        for (std::uint32_t g = 0; g < axis_count; ++g) {
            const std::vector<component>& components = shape_.model().rules.groups[g].components;
            const double weight = shape_.model().rules.overall.weights[g];
            if (!components.empty() && weight > 0) {
                axis_in_overall one{g, {first, components.size()}, weight, {}, nullptr};
                double sum = 0;
                for (const component& each : components) sum += each.weight;
                for (const component& each : components) one.present.push_back(each.weight / sum);
                for (const calibrated_axis& axis : out_.axes) {
                    if (axis.name == group_names[g] && taken(axis) != nullptr) one.taken = &axis;
                }
                out.push_back(std::move(one));
            }
            first += components.size();
        }
        return out;
    }

    /// An axis with the component weights that the patch leaves it, fitted to `training` where they
    /// are new.
    [[nodiscard]] std::vector<double> component_shares(const axis_in_overall& axis,
                                                       const cross_products& training,
                                                       const correlations_of& correlations) const {
        if (axis.taken == nullptr) return axis.present;
        const bool squares = taken(*axis.taken)->method == "least_squares";
        return fitted(squares ? choice::least_squares : choice::correlation, training, correlations,
                      axis.of)
            .share;
    }

    struct overall_fit {
        weight_shares axes;
        std::vector<component_correlation> correlations;  ///< of the axes
        /// Of all components, with the axes' weights as they are and as they would be.
        std::pair<std::vector<double>, std::vector<double>> shares;
    };

    /// `parts` add up to `training`; they are the units of the axes' correlations.
    [[nodiscard]] overall_fit fitted_overall(choice method,
                                             const std::vector<axis_in_overall>& axes,
                                             const cross_products& training, const per_fold& parts,
                                             const correlations_of& correlations) const {
        std::vector<linear_terms> columns;
        std::vector<std::vector<double>> shares;
        double sum = 0;
        for (const axis_in_overall& one : axes) {
            shares.push_back(component_shares(one, training, correlations));
            columns.push_back(linear_score(training, one.of, shares.back()));
            sum += one.weight;
        }
        std::vector<std::vector<paired_sums>> units(parts.size());
        for (std::size_t f = 0; f < parts.size(); ++f) {
            for (const linear_terms& one : columns) units[f].push_back(linear_sums(parts[f], one));
        }
        overall_fit out;
        out.correlations = component_correlations(units, out_.each_once);
        out.axes = method == choice::correlation
                       ? correlation_weights(out.correlations, {0, axes.size()}, rules_.alpha,
                                             rules_.max_weight_share)
                       : least_squares_weights(training, columns, rules_.max_weight_share);
        out.shares.first.resize(shape_.components());
        out.shares.second.resize(shape_.components());
        for (std::size_t a = 0; a < axes.size(); ++a) {
            for (std::size_t k = 0; k < axes[a].of.count; ++k) {
                out.shares.first[axes[a].of.first + k] = axes[a].weight / sum * shares[a][k];
                out.shares.second[axes[a].of.first + k] = out.axes.share[a] * shares[a][k];
            }
        }
        return out;
    }

    /// The weights of the axes, once it is known which weights of components the patch takes. Both
    /// sides of the comparison have these, so that it is about the axes alone.
    void add_overall() {
        if (shape_.model().rules.overall.how != overall_rule::combine::weighted_mean) return;
        const std::vector<axis_in_overall> axes = axes_in_overall();
        if (axes.size() < 2 || out_.ends == 0) return;
        calibrated_axis overall;
        overall.name = "overall";
        const cross_products all = sum_of(folds_);
        double sum = 0;
        for (const axis_in_overall& one : axes) sum += one.weight;
        for (const choice method : {choice::correlation, choice::least_squares}) {
            const overall_fit mine =
                fitted_overall(method, axes, all, folds_, correlations_without(evidence_folds));
            if (overall.components.empty()) {
                for (std::size_t a = 0; a < axes.size(); ++a) {
                    const component_correlation& one = mine.correlations[a];
                    overall.components.push_back({std::string{group_names[axes[a].group]},
                                                  axes[a].weight, one.r, one.q, all.rows()});
                }
            }
            weight_proposal to;
            to.method = method == choice::correlation ? "correlation" : "least_squares";
            for (const double share : mine.axes.share) to.weights.push_back(rounded(share * sum));
            to.nothing_passed = mine.axes.nothing_passed;
            to.cap_too_low = mine.axes.cap_too_low;
            const component_range every{0, shape_.components()};
            const auto shares = [&](const cross_products& training, const per_fold& parts,
                                    const correlations_of& correlations) {
                return fitted_overall(method, axes, training, parts, correlations).shares;
            };
            to.out_of_fold = out_of_fold(every, shares);
            to.out_of_time = out_of_time(every, shares);
            overall.proposals.push_back(std::move(to));
        }
        const std::size_t first = out_.axes.size();
        out_.axes.push_back(std::move(overall));
        judge(first);
    }

    /// The axes from `first` on, and all methods, are one family of tests.
    void judge(std::size_t first) {
        std::vector<double> p;
        for (const calibrated_axis& axis : std::span{out_.axes}.subspan(first)) {
            for (const weight_proposal& one : axis.proposals)
                p.push_back(one.out_of_fold.difference.p);
        }
        benjamini_hochberg(p, p);
        std::size_t k = 0;
        for (calibrated_axis& axis : std::span{out_.axes}.subspan(first)) {
            double best = -1;
            for (weight_proposal& one : axis.proposals) {
                tested_figure& gain = one.out_of_fold.difference;
                gain.q = p[k++];
                one.better = gain.q <= rules_.alpha && gain.of.value > 0;
                if (!one.better || !(one.out_of_fold.proposed.value > best)) continue;
                best = one.out_of_fold.proposed.value;
                axis.best = one.method;
            }
        }
    }

    // ── curves ───────────────────────────────────────────────────────────────

    void add_curves() {
        if (shape_.overall() == shape_.variables().size()) return;
        const outcome_counts all =
            grouped_outcomes{from_.scores(options_.kind, options_.lead, shape_.overall())}.total();
        const point_probabilities curve = isotonic_curve(all);
        for (std::size_t k = 0; k < curve.size(); ++k) {
            const std::int64_t n = all.kept[k] + all.lost[k];
            if (n > 0) out_.isotonic.push_back({static_cast<std::int64_t>(k), curve[k], n});
        }
        out_.platt = platt_fit(all);
    }

    // ── the patch ────────────────────────────────────────────────────────────

    [[nodiscard]] const weight_proposal* taken(const calibrated_axis& axis) const noexcept {
        const std::string_view wanted = options_.method == choice::best          ? axis.best
                                        : options_.method == choice::correlation ? "correlation"
                                                                                 : "least_squares";
        for (const weight_proposal& one : axis.proposals) {
            if (one.method == wanted) return &one;
        }
        return nullptr;
    }

    void add_patch() {
        std::map<std::string, component_patch> changed;
        for (const calibrated_response& one : out_.responses) {
            if (options_.refit_responses) change_response(one, changed);
        }
        for (const calibrated_axis& axis : out_.axes) {
            const bool wanted = out_.ends > 0 && !options_.refit_responses;
            const weight_proposal* mine = wanted ? taken(axis) : nullptr;
            if (mine == nullptr) continue;
            for (std::size_t k = 0; k < axis.components.size(); ++k) {
                const calibrated_component& one = axis.components[k];
                if (mine->weights[k] == one.weight) continue;
                const std::string name = axis.name + "." + one.name;
                out_.changes.push_back({name, one.weight, mine->weights[k]});
                changed[name].weight = mine->weights[k];
            }
        }
        for (const percentile_fit& one : out_.percentiles) {
            component_patch* to = nullptr;
            if (options_.refit_percentiles && !one.fitted.empty() && one.fitted != one.present)
                to = &changed[one.component];
            if (to != nullptr && to->curve == nullptr) to->percentile = &one.fitted;
        }
        out_.patch = merge_patch_of(changed);
    }

    static void change_response(const calibrated_response& of, component_patches& to) {
        for (const response_proposal& one : of.proposals) {
            if (one.method != of.best) continue;
            component_patch& change = to[of.component];
            change.before = of.present;
            if (!one.curve.empty()) change.curve = &one.curve;
            if (!one.table.empty()) change.table = &one.table;
            change.otherwise = one.otherwise;
        }
    }

    slices from_;
    const counted& shape_;
    calibration_options options_;
    const study_rules& rules_;
    per_fold folds_, earlier_, later_;
    std::vector<std::vector<paired_sums>> groups_;  ///< by group and component
    calibration_finding out_;
};

}  // namespace detail

/// New weights for every axis and for touch with two components or more, and for the axes in
/// overall, at one lead; new responses; percentile knots; probability curves of overall. Statistics
/// are of responses in tenths of a point, metrics in bins about 3 % wide, overall in points.
///
/// Weights: by correlation (docs/evidence.md; q over all components) and by least squares,
/// where the weights are not below 0 while the effect of being known and the constant are free.
/// Neither is above study.max_weight_share, neither below least_weight_share of the axis, since a
/// model's weights are above 0. Each is fitted to four folds and held against the fifth; what is
/// compared is the linear score, in which who is not known counts as average (the model's own
/// policy for unknown is not a matter of weights). Difference and interval are over the five folds,
/// with t₄, q over all axes and methods. Out of time: fitted to the first 70 % of the observations
/// by quarter, held against the rest, folds left out of the rest in turn. Proposed weights add up
/// to what the axis had, and are rounded to three significant digits. The patch sets what is better
/// out of fold, unless `options.method` names one.
///
/// Axes in overall come after the axes, as "overall": their linear scores, with the component
/// weights that the patch takes, are fitted in the same two ways, and are a family of their own.
/// Present and proposed differ in the axes' weights alone. Overall by the minimum has none.
///
/// Responses are fitted from raw metrics at the first lead (curve, steps, percentile), a table's
/// scores from the response at any lead: see response_fit.hpp. What is compared is the response's
/// own correlation, fold by fold like the weights'; q over all components and methods. Out of time
/// they are not compared: raw metrics are counted without their time. Weights are fitted to
/// responses as they were counted, so a patch has responses or weights, never both.
[[nodiscard]] inline calibration_finding study_calibration(
    const evidence& of, const calibration_options& options = {}) {
    return detail::calibration_study{of, options}.run();
}

}  // namespace aiueo
