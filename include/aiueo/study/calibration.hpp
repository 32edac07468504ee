// study › calibration: weights, percentile knots and curves from what happened, and whether they
// are better than the present ones. … ─► evidence ─► study
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

#include "aiueo/evidence/value_code.hpp"
#include "aiueo/stats/multiple.hpp"
#include "aiueo/study/calibration_finding.hpp"
#include "aiueo/study/curves.hpp"
#include "aiueo/study/model_patch.hpp"
#include "aiueo/study/weights.hpp"

namespace aiueo {

struct calibration_options {
    enum class choice : std::uint8_t { best, correlation, least_squares };
    std::int32_t lead = 0;  ///< index into the model's leads
    contract_kind kind = contract_kind::contract;
    choice method = choice::best;  ///< best: of each axis what is better out of fold, else nothing
    bool refit_percentiles = false;  ///< the patch sets fitted percentile knots too
};

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
        judge();
        add_percentiles();
        add_curves();
        add_patch();
        tell();
        return std::move(out_);
    }

private:
    using per_fold = std::vector<cross_products>;

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

    /// The mean over folds, each held against weights fitted to the others; interval by t of one
    /// less than the folds.
    [[nodiscard]] weight_comparison out_of_fold(choice method, component_range of,
                                                std::span<const double> present) const {
        std::vector<std::array<double, 5>> seen;  // r present, new, difference; R² of both
        for (std::size_t f = 0; f < folds_.size(); ++f) {
            const cross_products training = sum_of(folds_, f);
            const weight_shares mine = fitted(method, training, correlations_without(f), of);
            const line_fit before = held_against(training, folds_[f], of, present);
            const line_fit after = held_against(training, folds_[f], of, mine.share);
            if (!is_defined(before.r) || !is_defined(after.r)) continue;
            seen.push_back(
                {before.r, after.r, after.r - before.r, before.r_squared, after.r_squared});
        }
        const auto mean = [&seen](std::size_t which, std::size_t without) {
            double sum = 0, n = 0;
            for (std::size_t f = 0; f < seen.size(); ++f) {
                if (f == without) continue;
                sum += seen[f][which];
                n += 1;
            }
            return n > 0 ? sum / n : undefined;
        };
        const auto estimate_at = [&](std::size_t which) {
            std::vector<double> rest;
            for (std::size_t f = 0; f < seen.size(); ++f) rest.push_back(mean(which, f));
            return jackknife(mean(which, seen.size()), rest);
        };
        return {figure_of(estimate_at(0), out_.ends), figure_of(estimate_at(1), out_.ends),
                tested_of(estimate_at(2), 0, out_.ends), mean(3, seen.size()),
                mean(4, seen.size())};
    }

    /// Fitted to the quarters before the split, held against the others; a fold is left out of
    /// these, with the weights as they are.
    [[nodiscard]] weight_comparison out_of_time(choice method, component_range of,
                                                std::span<const double> present) const {
        if (out_.split.empty()) return {};
        std::vector<std::vector<paired_sums>> units(earlier_.size());
        for (std::size_t f = 0; f < units.size(); ++f) {
            for (std::size_t c = 0; c < shape_.components(); ++c)
                units[f].push_back(earlier_[f].pairs(c));
        }
        const cross_products training = sum_of(earlier_);
        const weight_shares mine =
            fitted(method, training, component_correlations(units, out_.each_once), of);
        const auto both = [&](std::size_t without) {
            const cross_products rows = sum_of(later_, without);
            return std::pair{held_against(training, rows, of, present),
                             held_against(training, rows, of, mine.share)};
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
            to.out_of_fold = out_of_fold(method, of, present);
            to.out_of_time = out_of_time(method, of, present);
            axis.proposals.push_back(std::move(to));
        }
        out_.axes.push_back(std::move(axis));
    }

    /// All axes and methods are one family of tests.
    void judge() {
        std::vector<double> p;
        for (const calibrated_axis& axis : out_.axes) {
            for (const weight_proposal& one : axis.proposals)
                p.push_back(one.out_of_fold.difference.p);
        }
        benjamini_hochberg(p, p);
        std::size_t k = 0;
        for (calibrated_axis& axis : out_.axes) {
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

    // ── percentiles and curves ───────────────────────────────────────────────

    void add_percentiles() {
        for (std::uint32_t g = 0; g < group_count; ++g) {
            for (const component& one : shape_.model().rules.groups[g].components) {
                if (one.how != response::percentile) continue;
                percentile_fit fit;
                fit.component = std::string{group_names[g]} + "." + one.name;
                for (const knot& each : one.knots) fit.present.push_back(each.at);
                if (one.is_share)
                    fit.why = "a share's distribution is not counted";
                else if (options_.lead != 0)
                    fit.why = "raw metrics are counted at the first lead only";
                else
                    fit_percentile(static_cast<std::int32_t>(one.input_metrics[0]), fit);
                out_.percentiles.push_back(std::move(fit));
            }
        }
    }

    /// As many knots as now, at equal ranks; of each bin the value nearest to 0.
    void fit_percentile(std::int32_t metric, percentile_fit& to) const {
        const auto kind = static_cast<std::int32_t>(options_.kind);
        const auto& blocks = from_.source().table(table_id::metrics).blocks();
        std::vector<std::pair<double, std::int64_t>> values;
        for (auto at = blocks.lower_bound({kind, metric, unknown_code + 1, 0});
             at != blocks.end() && at->first[0] == kind && at->first[1] == metric; ++at) {
            std::int64_t n = 0;
            for (const std::int64_t one : at->second) n += one;
            values.emplace_back(value_of_code(at->first[2]), n);
            to.n += n;
        }
        to.fitted = knots_at_ranks(values, to.present.size());
        if (to.fitted.empty()) to.why = "too few values, or all alike";
    }

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
        for (const calibrated_axis& axis : out_.axes) {
            const weight_proposal* mine = out_.ends > 0 ? taken(axis) : nullptr;
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
            if (options_.refit_percentiles && !one.fitted.empty() && one.fitted != one.present)
                changed[one.component].percentile = &one.fitted;
        }
        out_.patch = merge_patch_of(changed);
    }

    void tell();
    void add_cautions();

    void caution(std::string en, std::string ja) {
        out_.told.cautions.push_back({std::move(ja), std::move(en)});
    }

    slices from_;
    const counted& shape_;
    calibration_options options_;
    const study_rules& rules_;
    per_fold folds_, earlier_, later_;
    std::vector<std::vector<paired_sums>> groups_;  ///< by group and component
    calibration_finding out_;
};

inline void calibration_study::tell() {
    if (out_.ends == 0) {
        out_.told.sentence = {"この条件で観測できた契約終了はなく、較正できません。",
                              "No contract end was observed this way; nothing can be calibrated."};
        return;
    }
    std::string en, ja;
    const weight_proposal* closest = nullptr;
    for (const calibrated_axis& axis : out_.axes) {
        for (const weight_proposal& one : axis.proposals) {
            const figure& by = one.out_of_fold.difference.of;
            if (is_defined(by.value) &&
                (closest == nullptr || by.value > closest->out_of_fold.difference.of.value))
                closest = &one;
            if (one.method != axis.best) continue;
            const bool squares = one.method == "least_squares";
            en += (en.empty() ? "" : "; ") + axis.name + " by " +
                  (squares ? "least squares " : "correlation ") + shown_figure(by, 3, language::en);
            ja += (ja.empty() ? "" : "、") + axis.name + "は" + (squares ? "最小二乗" : "相関") +
                  "で" + shown_figure(by, 3, language::ja);
        }
    }
    if (out_.axes.empty()) {
        out_.told.sentence = {"要素が2つ以上ある軸がなく、見直す重みはありません。",
                              "No axis has two components; there are no weights to fit."};
    } else if (en.empty()) {
        const std::string by_en =
            closest == nullptr
                ? ""
                : "; the largest gain in correlation is " +
                      shown_figure(closest->out_of_fold.difference.of, 3, language::en);
        const std::string by_ja =
            closest == nullptr
                ? ""
                : "（相関の改善は最大で" +
                      shown_figure(closest->out_of_fold.difference.of, 3, language::ja) + "）";
        out_.told.sentence = {"学習に使っていない顧客で今の重みより確かに良い重みはありません" +
                                  by_ja + "。今の重みのままにしてください。",
                              "No new weights are better beyond chance on customers they were not "
                              "fitted to" +
                                  by_en + ". Keep the old ones."};
    } else {
        out_.told.sentence = {
            "学習に使っていない顧客で、新しい重みは今の重みより更新との相関が高くなりました: " +
                ja + "。",
            "On customers they were not fitted to, new weights correlate more with renewal than "
            "the old: " +
                en + "."};
    }
    add_cautions();
}

inline void calibration_study::add_cautions() {
    caution("Weights that go with renewal need not be what makes customers renew.",
            "更新と関連する重みが、更新の原因を表すとは限りません。");
    bool changed = !out_.changes.empty();
    if (changed) {
        caution(
            "New weights move scores, and with them stages and bands: compare both models on "
            "the customers before using them.",
            "重みを変えるとスコアと段階・バンドも動きます。使う前に両モデルを比較してください。");
    }
    for (const calibrated_axis& axis : out_.axes) {
        for (const weight_proposal& one : axis.proposals) {
            const bool correlated = one.method == "correlation";
            if (one.nothing_passed && correlated) {
                caution("No component of " + axis.name +
                            " goes with renewal beyond chance; its correlation weights are equal.",
                        axis.name +
                            "には更新と偶然以上に関連する要素がなく、相関による重みは均等です。");
            }
            if (one.cap_too_low) {
                caution("In " + axis.name +
                            " too few components remain for the largest share "
                            "declared; it is not kept.",
                        axis.name + "では残る要素が少なく、宣言された重みの上限を守れません。");
            }
            if (one.method != axis.best) continue;
            if (one.out_of_time.difference.of.value < 0) {
                caution("On the later ends the new weights of " + axis.name +
                            " are not better than the old: " +
                            shown_figure(one.out_of_time.difference.of, 3, language::en) + ".",
                        "最近の契約終了では、" + axis.name +
                            "の新しい重みは今より良くありません: " +
                            shown_figure(one.out_of_time.difference.of, 3, language::ja) + "。");
            }
        }
        for (const weight_change& one : out_.changes) {
            if (options_.method == choice::best || axis.best != "present" ||
                !one.component.starts_with(axis.name + "."))
                continue;
            caution("The weights of " + axis.name +
                        " in the patch were asked for; they are not better beyond chance.",
                    axis.name + "の重みは指定によるもので、今より確かに良いとは言えません。");
            break;
        }
    }
    if (!shape_.model().profiles.empty()) {
        caution("Profiles may set weights of their own; these are the default's.",
                "プロファイルに独自の重みがある場合があります。ここで扱うのは既定の重みです。");
    }
}

}  // namespace detail

/// New weights for every axis and for touch with two components or more, at one lead; percentile
/// knots; probability curves of overall. Statistics are of responses in tenths of a point, metrics
/// in bins about 3 % wide, overall in points.
///
/// Weights: by correlation (3-definitions section 4; q over all components) and by least squares,
/// where the weights are not below 0 while the effect of being known and the constant are free.
/// Neither is above study.max_weight_share, neither below least_weight_share of the axis, since a
/// model's weights are above 0. Each is fitted to four folds and held against the fifth; what is
/// compared is the linear score, in which who is not known counts as average (the model's own
/// policy for unknown is not a matter of weights). Difference and interval are over the five folds,
/// with t₄, q over all axes and methods. Out of time: fitted to the first 70 % of the observations
/// by quarter, held against the rest, folds left out of the rest in turn. Proposed weights add up
/// to what the axis had, and are rounded to three significant digits. The patch sets what is better
/// out of fold, unless `options.method` names one.
[[nodiscard]] inline calibration_finding study_calibration(
    const evidence& of, const calibration_options& options = {}) {
    return detail::calibration_study{of, options}.run();
}

}  // namespace aiueo
