// study › response_calibration: new responses of components, held against the present ones.
// … ─► evidence ─► study
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "aiueo/evidence/value_code.hpp"
#include "aiueo/study/fold_comparison.hpp"
#include "aiueo/study/response_fit.hpp"

namespace aiueo::detail {

/// Fits every component with a curve, steps, percentile knots or a table, at one lead. Numbers are
/// fitted from the metric's histogram, tables from that of the response.
class response_calibration {
public:
    response_calibration(const slices& from, contract_kind kind, std::int32_t lead)
        : from_(from), shape_(from.shape()), kind_(kind), lead_(lead) {}

    [[nodiscard]] std::vector<calibrated_response> run() const {
        std::vector<calibrated_response> out;
        std::size_t number = 0;
        for (std::uint32_t g = 0; g < group_count; ++g) {
            for (const component& one : shape_.model().rules.groups[g].components) {
                const std::size_t c = number++;
                if (!has_response(one)) continue;
                calibrated_response to;
                to.component = std::string{group_names[g]} + "." + one.name;
                to.present = one.how;
                if (one.how == response::table) {
                    fit_table(one, c, to);
                } else if (one.is_share) {
                    to.why = "a share's distribution is not counted";
                } else if (lead_ != 0) {
                    to.why = "raw metrics are counted at the first lead only";
                } else {
                    fit_curves(one, c, to);
                }
                out.push_back(std::move(to));
            }
        }
        judge(out);
        return out;
    }

private:
    [[nodiscard]] static bool has_response(const component& one) noexcept {
        switch (one.how) {
        case response::curve:
        case response::steps:
        case response::percentile:
        case response::table: return true;
        case response::days_since:
        case response::days_until:
        case response::flag:
        case response::custom: return false;
        }
        return false;
    }

    /// Groups of customers in fold f, or in the others.
    [[nodiscard]] static auto in_fold(std::size_t f, bool wanted) noexcept {
        return
            [f, wanted](std::size_t g) { return (g % std::size_t{evidence_folds} == f) == wanted; };
    }

    // ── a metric's histogram ─────────────────────────────────────────────────

    struct histogram {
        std::vector<double> at;   ///< of each bin of known values what is nearest to 0, ascending
        grouped_outcomes counts;  ///< and one bin for unknown
    };

    [[nodiscard]] histogram metric_histogram(std::int32_t metric) const {
        const auto kind = static_cast<std::int32_t>(kind_);
        const auto& blocks = from_.source().table(table_id::metrics).blocks();
        const auto first = blocks.lower_bound({kind, metric, unknown_code + 1, 0});
        const auto last = blocks.lower_bound({kind, metric + 1, unknown_code, 0});
        std::vector<double> at;
        for (auto one = first; one != last; ++one) at.push_back(value_of_code(one->first[2]));
        histogram out{std::move(at), grouped_outcomes{0}};
        out.counts = grouped_outcomes{out.at.size() + 1};
        std::size_t bin = 0;
        for (auto one = first; one != last; ++one, ++bin) {
            for (std::size_t g = 0; g < std::size_t{evidence_groups}; ++g) {
                out.counts.at(g, false, bin) = one->second[g * 2];
                out.counts.at(g, true, bin) = one->second[g * 2 + 1];
            }
        }
        return out;
    }

    /// Of a response by bin and the outcome, in tenths.
    template <class Response>
    [[nodiscard]] static paired_sums sums_of(const outcome_counts& counts, Response response) {
        paired_sums out;
        for (std::size_t k = 0; k + 1 < counts.kept.size(); ++k) {
            const std::int64_t kept = counts.kept[k], n = kept + counts.lost[k];
            if (n == 0) continue;
            const std::int64_t x = std::llround(10 * response(k));
            out.n += n;
            out.x += int128{x} * n;
            out.xx += int128{x} * x * n;
            out.xy += int128{x} * kept;
            out.y += kept;
            out.yy += kept;
        }
        return out;
    }

    /// The present response, from the exact sums.
    [[nodiscard]] paired_sums present_sums(std::size_t c, std::size_t fold, bool wanted) const {
        paired_sums out;
        const auto in = in_fold(fold, wanted);
        for (std::int32_t g = 0; g < evidence_groups; ++g) {
            if (!in(static_cast<std::size_t>(g))) continue;
            const auto block = from_.source()
                                   .table(table_id::sums)
                                   .find({static_cast<std::int32_t>(kind_), lead_, g});
            if (block.empty()) continue;
            const auto at = [&](std::size_t y, std::size_t k) {
                return block[((shape_.first_component() + c) * 2 + y) * 3 + k];
            };
            out.n += at(0, 0) + at(1, 0);
            out.x += int128{at(0, 1)} + at(1, 1);
            out.xx += int128{at(0, 2)} + at(1, 2);
            out.xy += at(1, 1);
            out.y += at(1, 0);
            out.yy += at(1, 0);
        }
        return out;
    }

    /// `response_of(training)` gives a response by bin, or an empty one.
    template <class Fit>
    [[nodiscard]] weight_comparison out_of_fold(std::size_t c, const grouped_outcomes& counts,
                                                Fit response_of) const {
        std::vector<fold_pair> folds;
        for (std::size_t f = 0; f < std::size_t{evidence_folds}; ++f) {
            const outcome_counts training = counts.of(in_fold(f, false));
            const outcome_counts others = counts.of(in_fold(f, true));
            const std::vector<double> mine = response_of(training);
            if (mine.empty()) continue;
            const auto by_bin = [&mine](std::size_t k) { return mine[k]; };
            folds.push_back({line_between(present_sums(c, f, false), present_sums(c, f, true)),
                             line_between(sums_of(training, by_bin), sums_of(others, by_bin))});
        }
        return compared_by_fold(folds, counts.total().known());
    }

    void fit_curves(const component& of, std::size_t c, calibrated_response& to) const {
        const histogram seen = metric_histogram(static_cast<std::int32_t>(of.input_metrics[0]));
        const outcome_counts all = seen.counts.total();
        to.n = all.known();
        for (const response_shape shape : {response_shape::monotone, response_shape::free}) {
            const auto fitted = [&](const outcome_counts& counts) {
                return fitted_curve(seen.at, counts, shape, shape_.model().study.shrinkage);
            };
            response_proposal mine;
            mine.method = shape == response_shape::monotone ? "monotone" : "free";
            mine.curve = fitted(all);
            if (mine.curve.empty()) {
                to.why = "too few values, or all alike";
                return;
            }
            mine.out_of_fold = out_of_fold(c, seen.counts, [&](const outcome_counts& training) {
                const std::vector<knot> knots = fitted(training);
                std::vector<double> out;
                for (std::size_t k = 0; k < seen.at.size() && !knots.empty(); ++k)
                    out.push_back(curve_at(knots, seen.at[k]));
                return out;
            });
            to.proposals.push_back(std::move(mine));
        }
    }

    void fit_table(const component& of, std::size_t c, calibrated_response& to) const {
        const grouped_outcomes counts{from_.scores(kind_, lead_, shape_.first_component() + c)};
        const outcome_counts all = counts.total();
        to.n = all.known();
        const auto fitted = [&](const outcome_counts& some) {
            return fitted_points(of, some, shape_.model().study.shrinkage);
        };
        const std::vector<double> points = fitted(all);
        if (points.empty()) {
            to.why = "too few values, or all alike";
            return;
        }
        response_proposal mine;
        mine.method = "levels";
        for (const auto& [level, score] : of.table)
            mine.table.emplace_back(level, points[point_of(score)]);
        if (of.otherwise) mine.otherwise = points[point_of(*of.otherwise)];
        mine.out_of_fold = out_of_fold(c, counts, fitted);
        to.proposals.push_back(std::move(mine));
    }

    /// All components and methods are one family of tests.
    void judge(std::vector<calibrated_response>& all) const {
        std::vector<tested_figure*> gains;
        for (calibrated_response& each : all) {
            for (response_proposal& one : each.proposals)
                gains.push_back(&one.out_of_fold.difference);
        }
        adjust_family(gains, [](tested_figure* one) -> tested_figure& { return *one; });
        for (calibrated_response& each : all) {
            double best = -1;
            for (response_proposal& one : each.proposals) {
                const tested_figure& gain = one.out_of_fold.difference;
                one.better = gain.q <= shape_.model().study.alpha && gain.of.value > 0;
                if (!one.better || !(one.out_of_fold.proposed.value > best)) continue;
                best = one.out_of_fold.proposed.value;
                each.best = one.method;
            }
        }
    }

    const slices& from_;
    const counted& shape_;
    contract_kind kind_;
    std::int32_t lead_;
};

}  // namespace aiueo::detail
