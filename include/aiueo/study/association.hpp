// study › association: which scores and raw metrics go with renewal. … ─► evidence ─► study
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/evidence/value_code.hpp"
#include "aiueo/stats/stratified.hpp"
#include "aiueo/study/association_finding.hpp"
#include "aiueo/study/outcomes.hpp"

namespace aiueo {

struct association_options {
    std::int32_t lead = 0;  ///< index into the model's leads
    contract_kind kind = contract_kind::contract;
};

namespace detail {

class association_study {
public:
    association_study(const evidence& of, const association_options& options)
        : from_(of), shape_(of.shape()), options_(options) {}

    [[nodiscard]] association_finding run() {
        const std::int32_t lead = options_.lead;
        out_.kind = options_.kind;
        out_.lead_days = shape_.leads()[static_cast<std::size_t>(lead)];
        out_.each_once = from_.each_once(options_.kind, lead);
        out_.customers = from_.customers(options_.kind, lead);
        out_.alpha = shape_.model().study.alpha;
        const end_sums all = slices::total(from_.ends({options_.kind, lead, {}}, 0));
        out_.ends = all[end_field::ends];
        out_.kept = all[end_field::kept];
        for (std::size_t v = 0; v < shape_.variables().size(); ++v) add_score(v);
        if (lead == 0) add_metrics();
        finish(out_.scores);
        finish(out_.metrics);
        tell();
        return std::move(out_);
    }

private:
    // ── scores ───────────────────────────────────────────────────────────────

    [[nodiscard]] static std::string_view what_of(const score_variable& one) noexcept {
        if (one.what == score_variable::kind::component) return "component";
        if (one.what == score_variable::kind::overall) return "overall";
        return one.group == axis_count ? "touch" : "axis";
    }

    void add_score(std::size_t v) {
        const grouped_outcomes from{from_.scores(options_.kind, options_.lead, v)};
        association_row row = row_of(from);
        row.name = shape_.variables()[v].name;
        row.what = what_of(shape_.variables()[v]);
        row.point_biserial = point_biserial_of(v, from);
        if (options_.lead == 0 && !row.constant) {
            for (std::size_t s = 0; s < shape_.model().segments.size(); ++s)
                add_segment(s, v, from, row);
        }
        out_.scores.push_back(std::move(row));
    }

    [[nodiscard]] association_row row_of(const grouped_outcomes& from) const {
        association_row row;
        row.constant = is_constant(from.total());
        row.auc = auc_of(from, out_.each_once);
        row.spearman = spearman_of(from, out_.each_once);
        row.ks = ks_of(from, out_.each_once);
        row.information = information_of(from);
        row.presence = presence_of(from);
        return row;
    }

    [[nodiscard]] static bool is_constant(const outcome_counts& of) noexcept {
        std::size_t met = 0;
        for (std::size_t k = 0; k + 1 < of.lost.size(); ++k)
            met += of.lost[k] + of.kept[k] > 0 ? 1U : 0U;
        return met < 2;
    }

    /// From the exact sums in tenths of a point.
    [[nodiscard]] tested_figure point_biserial_of(std::size_t v,
                                                  const grouped_outcomes& from) const {
        std::array<paired_sums, evidence_groups> each{};
        paired_sums all;
        for (std::int32_t g = 0; g < evidence_groups; ++g) {
            const auto block =
                from_.source()
                    .table(table_id::sums)
                    .find({static_cast<std::int32_t>(options_.kind), options_.lead, g});
            if (block.empty()) continue;
            paired_sums& one = each[static_cast<std::size_t>(g)];
            const auto at = [&](std::size_t y, std::size_t k) {
                return block[(v * 2 + y) * 3 + k];
            };
            one = {at(0, 0) + at(1, 0),
                   int128{at(0, 1)} + at(1, 1),
                   at(1, 0),
                   int128{at(0, 2)} + at(1, 2),
                   at(1, 0),
                   at(1, 1)};
            all = sum(all, one, 1);
        }
        const correlation found = pearson(all);
        // A score far from all others makes t say anything: ranks have to say so, too.
        const outcome_counts points = from.total();
        double p = std::fmax(found.p, rank_sum_test(points.known_kept(), points.known_lost()).p);
        if (!out_.each_once) p = p_of_repeated(p, from.ends(false));
        std::array<double, evidence_groups> without{};
        for (std::size_t g = 0; g < without.size(); ++g)
            without[g] = pearson(sum(all, each[g], -1)).value;
        return correlation_of(jackknife_correlation(found.value, without, from.rows(false)), p,
                              out_.each_once, all.n);
    }

    [[nodiscard]] static paired_sums sum(const paired_sums& a, const paired_sums& b,
                                         std::int64_t sign) noexcept {
        return {a.n + sign * b.n,   a.x + sign * b.x,   a.y + sign * b.y,
                a.xx + sign * b.xx, a.yy + sign * b.yy, a.xy + sign * b.xy};
    }

    /// {known and kept, known and lost, unknown and kept, unknown and lost}
    [[nodiscard]] static table_2x2 known_table(const outcome_counts& of) noexcept {
        table_2x2 out;
        for (std::size_t k = 0; k + 1 < of.lost.size(); ++k) {
            out.a += of.kept[k];
            out.b += of.lost[k];
        }
        out.c = of.kept.back();
        out.d = of.lost.back();
        return out;
    }

    [[nodiscard]] known_unknown presence_of(const grouped_outcomes& from) const {
        const table_2x2 all = known_table(from.total());
        known_unknown out;
        out.known.n = all.exposed();
        out.unknown.n = all.unexposed();
        const tested_figure independent{figure_of(risk_difference(all), all.total()),
                                        exact_test(all).p, undefined};
        if (out_.each_once) {
            const auto rate = [](std::int64_t x, std::int64_t n) {
                return figure{stats_detail::ratio(x, n), wilson_interval(x, n), n};
            };
            out.known = rate(all.a, all.exposed());
            out.unknown = rate(all.c, all.unexposed());
            out.difference = reaching(independent, 0);
            return out;
        }
        grouped_outcomes::left_out known = from.leave_out(
            [](const outcome_counts& one) {
                const table_2x2 t = known_table(one);
                return stats_detail::ratio(t.a, t.exposed());
            },
            true);
        grouped_outcomes::left_out unknown = from.leave_out(
            [](const outcome_counts& one) {
                const table_2x2 t = known_table(one);
                return stats_detail::ratio(t.c, t.unexposed());
            },
            true);
        // Few are unknown, and not in every group: each side's degrees are of its own groups.
        known.rows = from.rows(false);
        for (std::size_t g = 0; g < unknown.rows.size(); ++g) unknown.rows[g] -= known.rows[g];
        out.known = figure_of(known.share(), all.exposed());
        out.unknown = figure_of(unknown.share(), all.unexposed());
        out.difference = difference_of(
            out.known, out.unknown, jackknife_together(known.without, unknown.without),
            std::min(known.plain().groups, unknown.plain().groups), independent.of.interval,
            p_of_repeated(independent.p, from.ends(true)));
        return out;
    }

    /// By the intervals of both, where one of them may be at its end and have no error. p is that
    /// of the error that the interval has toward 0, with the degrees of the side that is in fewer
    /// groups, and never surer than independent observations are.
    [[nodiscard]] static tested_figure difference_of(const figure& a, const figure& b,
                                                     double correlation, std::int64_t groups,
                                                     const interval& independent,
                                                     double independent_p) noexcept {
        tested_figure out;
        out.of = {a.value - b.value,
                  mover_difference(a.value, a.interval, b.value, b.interval, correlation),
                  a.n + b.n};
        if (!is_defined(out.of.interval)) return out;
        const double degrees = static_cast<double>(groups - 1);
        const double width = out.of.value > 0 ? out.of.value - out.of.interval.lower
                                              : out.of.interval.upper - out.of.value;
        const double error = width / stats_detail::two_sided_t(0.95, degrees);
        out.p = std::fmax(error > 0 ? t_two_sided(out.of.value / error, degrees) : undefined,
                          independent_p);
        out.of.interval = hull(out.of.interval, independent);
        return reaching(out, 0);
    }

    // ── by segment ───────────────────────────────────────────────────────────

    /// The first bin of the high half: of all cuts with somebody on both sides the one with the
    /// most equal halves, the lowest of equals.
    [[nodiscard]] static std::size_t median_cut(const outcome_counts& of) noexcept {
        const std::int64_t n = of.known();
        std::int64_t below = 0, least = n;
        std::size_t cut = 0;
        for (std::size_t k = 0; k + 1 < of.lost.size(); ++k) {
            const std::int64_t apart = std::abs(n - 2 * below);
            if (below > 0 && below < n && apart < least) {
                least = apart;
                cut = k;
            }
            below += of.lost[k] + of.kept[k];
        }
        return cut;
    }

    void add_segment(std::size_t s, std::size_t v, const grouped_outcomes& from,
                     association_row& to) const {
        // Segments carry no groups, so what holds for the AUC over all is taken for them.
        const double wider = out_.each_once ? 1.0 : inflation_of(from);
        const std::size_t cut = median_cut(from.total());
        association_segment out;
        out.segment = shape_.model().segments[s].metric;
        out.cut = static_cast<std::int64_t>(cut);
        std::vector<table_2x2> strata;
        std::int64_t n = 0;
        for (const slices::segment_level& level : from_.segment_levels(s)) {
            const outcome_histogram here = from_.scores_of_segment(s, level.id, options_.kind, v);
            const std::span<const std::int64_t> kept = std::span{here.kept}.first(unknown_bin);
            const std::span<const std::int64_t> lost = std::span{here.lost}.first(unknown_bin);
            table_2x2 t;
            for (std::size_t k = 0; k < unknown_bin; ++k) {
                (k >= cut ? t.a : t.c) += kept[k];
                (k >= cut ? t.b : t.d) += lost[k];
            }
            if (t.total() == 0) continue;
            const ranking ranked = rank_statistics(kept, lost);
            const figure auc{ranked.auc, auc_interval(ranked, wider), t.total()};
            out.levels.push_back({level.name, auc, odds_ratio(t).value});
            strata.push_back(t);
            n += t.total();
        }
        if (strata.empty()) return;
        const estimate crude = crude_odds_ratio(strata);
        const estimate pooled = mantel_haenszel_odds_ratio(strata);
        const auto odds = [&](const estimate& one) {
            const interval log = wald_interval(std::log(one.value), one.error * wider);
            return figure{one.value, {std::exp(log.lower), std::exp(log.upper)}, n};
        };
        out.crude = odds(crude);
        out.pooled = odds(pooled);
        const double apart = std::log(crude.value / pooled.value);
        out.log_ratio = {apart, wald_interval(apart, std::hypot(crude.error, pooled.error) * wider),
                         n};
        out.homogeneity = breslow_day(strata).p;
        out.reversed = is_reversed(out.crude, out.pooled, out.log_ratio);
        to.segments.push_back(std::move(out));
    }

    // ── raw metrics ──────────────────────────────────────────────────────────

    void add_metrics() {
        const auto& blocks = from_.source().table(table_id::metrics).blocks();
        const auto kind = static_cast<std::int32_t>(options_.kind);
        for (std::size_t m = 0; m < shape_.model().metrics.size(); ++m) {
            const auto metric = static_cast<std::int32_t>(m);
            const auto first = blocks.lower_bound({kind, metric, unknown_code, 0});
            const auto last = blocks.lower_bound({kind, metric + 1, unknown_code, 0});
            if (first == last) continue;
            const auto codes = static_cast<std::size_t>(std::distance(first, last));
            const bool has_unknown = first->first[2] == unknown_code;
            grouped_outcomes from{has_unknown ? codes : codes + 1};
            std::size_t bin = 0;
            for (auto at = first; at != last; ++at) {
                const bool unknown = at->first[2] == unknown_code;
                const std::size_t to = unknown ? from.bins() - 1 : bin++;
                for (std::size_t g = 0; g < std::size_t{evidence_groups}; ++g) {
                    from.at(g, false, to) = at->second[g * 2];
                    from.at(g, true, to) = at->second[g * 2 + 1];
                }
            }
            association_row row = row_of(from);
            row.name = shape_.model().metrics[m].name;
            row.what = "metric";
            row.used = shape_.plan().metric_number[m] >= 0;
            out_.metrics.push_back(std::move(row));
        }
    }

    // ── families and order ───────────────────────────────────────────────────

    static void finish(std::vector<association_row>& rows) {
        using row = association_row;
        adjust_family(rows, [](row& one) -> tested_figure& { return one.auc; });
        adjust_family(rows, [](row& one) -> tested_figure& { return one.spearman; });
        adjust_family(rows, [](row& one) -> tested_figure& { return one.point_biserial; });
        adjust_family(rows, [](row& one) -> tested_figure& { return one.presence.difference; });
        const auto strength = [](const row& one) {
            const double value = one.auc.of.value;
            return is_defined(value) ? std::fabs(value - 0.5) : -1;
        };
        std::stable_sort(rows.begin(), rows.end(),
                         [&](const row& a, const row& b) { return strength(a) > strength(b); });
    }

    // ── words ────────────────────────────────────────────────────────────────

    void tell();
    void add_cautions();

    slices from_;
    const counted& shape_;
    association_options options_;
    association_finding out_;
};

inline void association_study::tell() {
    if (out_.ends == 0) {
        out_.told.sentence = {"この条件で観測できた契約終了はなく、関連は不明です。",
                              "No contract end was observed this way; nothing is known."};
        return;
    }
    const bool trial = options_.kind == contract_kind::trial;
    const std::string days = std::to_string(out_.lead_days);
    const association_row* strongest = nullptr;
    std::size_t passed = 0, tested = 0;
    for (const association_row& row : out_.scores) {
        if (is_defined(row.auc.q)) ++tested;
        if (!(row.auc.q <= out_.alpha)) continue;
        ++passed;
        if (strongest == nullptr || (strongest->what != "component" && row.what == "component"))
            strongest = &row;
    }
    const std::string count = std::to_string(out_.scores.size());
    const std::string alpha = format_number(out_.alpha);
    if (tested == 0) {
        out_.told.sentence = {
            days + "日前のスコア" + count +
                "個のいずれも検定できません。両方の結果の顧客が足りず、関連は不明です。",
            "None of " + count + " scores seen " + days +
                " days before can be tested, for want of customers of both outcomes; nothing is "
                "known."};
        return add_cautions();
    }
    if (strongest == nullptr) {
        out_.told.sentence = {
            days + "日前のスコア" + count + "個のうち、" + (trial ? "本契約" : "更新") +
                "と偶然以上に関連するものはありません（q ≤ " + alpha + "）。",
            "None of " + count + " scores seen " + days + " days before goes with " +
                (trial ? "conversion" : "renewal") + " beyond chance (q ≤ " + alpha + ")."};
        return add_cautions();
    }
    const bool up = strongest->auc.of.value > 0.5;
    out_.told.sentence = {
        days + "日前のスコア" + count + "個のうち" + std::to_string(passed) + "個が" +
            (trial ? "本契約" : "更新") + "と関連しています（q ≤ " + alpha + "）。最も強い" +
            (strongest->what == "component" ? "要素" : "もの") + "は" + strongest->name +
            "で、AUCは" + shown_figure(strongest->auc.of, 3, language::ja) + "、高いほど" +
            (trial ? (up ? "本契約に進んでいます" : "本契約に進んでいません")
                   : (up ? "更新されています" : "更新されていません")) +
            "。",
        std::to_string(passed) + " of " + count + " scores seen " + days + " days before go with " +
            (trial ? "conversion" : "renewal") + " (q ≤ " + alpha + "); the strongest" +
            (strongest->what == "component" ? " component" : "") + " is " + strongest->name +
            ", AUC " + shown_figure(strongest->auc.of, 3, language::en) +
            ": the higher it is, the " + (up ? "more" : "less") + " often customers " +
            (trial ? "convert." : "renew.")};
    add_cautions();
}

inline void association_study::add_cautions() {
    const bool trial = options_.kind == contract_kind::trial;
    const std::string outcome = trial ? "conversion" : "renewal",
                      outcome_ja = trial ? "本契約" : "更新";
    out_.told.caution("What goes with " + outcome +
                          " need not cause it: raising the score may not raise " + outcome + ".",
                      outcome_ja + "と関連していても原因とは限りません。スコアを上げても" +
                          outcome_ja + "が増えるとは限りません。");
    for (const association_row& row : out_.scores) {
        if (row.auc.q <= out_.alpha && row.auc.of.value < 0.5) {
            out_.told.caution(
                "Customers with a higher " + row.name + (trial ? " converted" : " renewed") +
                    " less often, though the model takes it for good.",
                row.name + "が高い顧客ほど" + outcome_ja + "が少なく、モデルの想定と逆です。");
        }
        for (const association_segment& one : row.segments) {
            if (!one.reversed) continue;
            out_.told.caution("Over all customers, " + row.name +
                                  " points the other way than within the levels of " + one.segment +
                                  ": believe the levels, not the total.",
                              row.name + "と" + outcome_ja + "の関連は、全体と" + one.segment +
                                  "の区分内とで向きが逆です。全体ではなく区分内を見てください。");
        }
    }
    for (const auto* rows : {&out_.scores, &out_.metrics}) {
        for (const association_row& row : *rows) {
            const tested_figure& gap = row.presence.difference;
            if (!(gap.q <= out_.alpha)) continue;
            out_.told.caution(
                "Customers whose " + row.name + " is unknown " + (trial ? "convert " : "renew ") +
                    (gap.of.value > 0 ? "less" : "more") +
                    " often than the others; figures of the known do not hold for them.",
                row.name + "が不明な顧客は、わかっている顧客より" + outcome_ja + "が" +
                    (gap.of.value > 0 ? "少なく" : "多く") +
                    "、わかっている顧客の数値は当てはまりません。");
        }
    }
    std::string constant;
    for (const association_row& row : out_.scores) {
        if (row.constant) constant += (constant.empty() ? "" : ", ") + row.name;
    }
    if (!constant.empty()) {
        out_.told.caution(
            "The same for everybody, or known of nobody, so that nothing can be said: " + constant +
                ".",
            "全員同じ値か不明のため、関連を計算できません: " + constant + "。");
    }
    if (!out_.each_once) {
        out_.told.caution("Some customers had several contract ends here; intervals allow for it.",
                          "契約終了が複数ある顧客を含みます。区間はそれを考慮しています。");
    }
}

}  // namespace detail

/// Every score beside the outcome at one lead, and at the first lead every raw metric, whether the
/// model reads it or not. Statistics are of quantised values: scores in points (point-biserial in
/// tenths), metrics in bins about 3 % wide; those in one bin are ties. Where each customer counts
/// once, intervals are DeLong's, Wilson's and Newcombe's and p is of the rank sum and of Fisher's
/// exact test (stats/exact.hpp); of correlations, KS and information value the interval is the
/// jackknife's always. Where customers count more than once interval and p are the jackknife's over
/// the groups (t₁₉), but never surer than those of independent observations. q: Benjamini–Hochberg
/// over the scores, and apart from them over the metrics, for each kind of test. Information value
/// is over tenths of the known observations and one bin for unknown. Constant input is undefined.
///
/// Reversal, at the first lead: scores cut where the halves are most equal; Mantel–Haenszel over a
/// segment's levels (unknown is one) against the crude odds ratio. The variance of log(crude ÷
/// pooled) is taken as the sum of both variances, times the square of how much wider the jackknife
/// makes the score's AUC: crude and pooled come from the same customers and move together, so that
/// the true variance is smaller, and an alarm is late rather than false.
[[nodiscard]] inline association_finding study_association(
    const evidence& of, const association_options& options = {}) {
    return detail::association_study{of, options}.run();
}

}  // namespace aiueo
