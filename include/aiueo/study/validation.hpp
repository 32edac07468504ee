// study › validation: do overall and the axes tell who renews, and how far can they be believed?
// … ─► evidence ─► study
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

#include "aiueo/stats/trend.hpp"
#include "aiueo/study/curves.hpp"
#include "aiueo/study/histories.hpp"
#include "aiueo/study/renewal.hpp"
#include "aiueo/study/validation_finding.hpp"

namespace aiueo {

struct validation_options {
    std::int32_t lead = 0;  ///< index into the model's leads
    contract_kind kind = contract_kind::contract;
};

namespace detail {

class validation_study {
public:
    validation_study(const evidence& of, const validation_options& options)
        : from_(of), shape_(of.shape()), options_(options) {}

    [[nodiscard]] validation_finding run() {
        const std::int32_t lead = options_.lead;
        out_.kind = options_.kind;
        out_.lead_days = shape_.leads()[static_cast<std::size_t>(lead)];
        out_.each_once = from_.each_once(options_.kind, lead);
        out_.customers = from_.customers(options_.kind, lead);
        const end_sums all = slices::total(from_.ends({options_.kind, lead, {}}, 0));
        out_.ends = all[end_field::ends];
        out_.kept = all[end_field::kept];
        if (shape_.overall() < shape_.variables().size()) add_score(shape_.overall());
        for (std::size_t v = 0; v < shape_.variables().size(); ++v) {
            if (shape_.variables()[v].what == score_variable::kind::group) add_score(v);
        }
        add_bands();
        if (shape_.overall() < shape_.variables().size()) add_halves();
        tell();
        return std::move(out_);
    }

private:
    void add_score(std::size_t v) {
        const score_variable& variable = shape_.variables()[v];
        const grouped_outcomes from{from_.scores(options_.kind, options_.lead, v)};
        const outcome_counts all = from.total();
        validation_row row;
        row.name = variable.name;
        row.known = all.known();
        row.unknown = all.all() - row.known;
        row.auc = auc_of(from, out_.each_once).of;
        row.gini = {2 * row.auc.value - 1,
                    {2 * row.auc.interval.lower - 1, 2 * row.auc.interval.upper - 1},
                    row.auc.n};
        row.ks = ks_of(from, out_.each_once);
        const bool once = out_.each_once;
        row.checks = {check_of(from, score_as_probability(), "score", once),
                      check_of(from, cross_validated(from, isotonic_curve), "isotonic", once),
                      check_of(from, cross_validated(from, platt_curve), "platt", once)};
        for (const double share : {0.05, 0.1, 0.2, 0.3, 0.5}) {
            row.lowest.push_back(share_of(from, share, ranked_from::lowest, once));
            row.highest.push_back(share_of(from, share, ranked_from::highest, once));
        }
        for (std::size_t k = 0; k < shape_.leads().size(); ++k) {
            const auto lead = static_cast<std::int32_t>(k);
            const grouped_outcomes then{from_.scores(options_.kind, lead, v)};
            row.leads.push_back(
                {shape_.leads()[k], auc_of(then, from_.each_once(options_.kind, lead)).of});
        }
        out_.scores.push_back(std::move(row));
    }

    /// A part's rate, or that of the rest: Wilson's interval of as many trials as it has, or, where
    /// customers count more than once, of no more than have the jackknife's error, with t.
    [[nodiscard]] static interval rate_interval(double rate, double trials,
                                                const jackknife_estimate& groups, bool each_once) {
        if (each_once)
            return effective_wilson_interval(rate, trials, stats_detail::two_sided_z(0.95));
        if (!is_defined(groups.error)) return {};
        if (groups.error > 0)
            trials = std::fmin(trials, rate * (1 - rate) / groups.error / groups.error);
        return effective_wilson_interval(
            rate, trials, stats_detail::two_sided_t(0.95, static_cast<double>(groups.groups - 1)));
    }

    /// The lift of a part that is given by its size, a share s of all: with ρ = r ÷ r₀, its rate
    /// over that of the rest, it is ρ ÷ (s ρ + 1 − s). ρ's interval is put together from those of
    /// both rates, which are of different observations (MOVER-R: Donner, Zou 2012), so that
    /// a rate of 0 or 1 keeps the error that its interval has. `chosen` says which part it is.
    template <class Chosen>
    [[nodiscard]] static figure lift_of(const grouped_outcomes& from, Chosen chosen,
                                        bool with_unknown, bool of_kept, bool each_once) {
        const auto rest_of = [&](const outcome_counts& one) {
            const selection part = chosen(one);
            const double m = static_cast<double>(positives_of(one, with_unknown, of_kept));
            const auto n = static_cast<double>(with_unknown ? one.all() : one.known());
            return (m - part.positives) / (n - part.customers);
        };
        const outcome_counts all = from.total();
        const selection part = chosen(all);
        const std::int64_t n = with_unknown ? all.all() : all.known();
        figure out{part.lift, {}, n};
        const double rest = rest_of(all);
        if (!is_defined(part.lift) || !is_defined(rest)) return out;
        const interval r = rate_interval(
            part.rate, part.customers,
            from.jackknife_of([&](const outcome_counts& one) { return chosen(one).rate; },
                              with_unknown),
            each_once);
        const interval r0 = rate_interval(rest, static_cast<double>(n) - part.customers,
                                          from.jackknife_of(rest_of, with_unknown), each_once);
        if (!is_defined(r) || !is_defined(r0)) return out;
        const auto lift = [s = part.share](double ratio) {
            return std::isinf(ratio) ? 1 / s : ratio / (s * ratio + 1 - s);
        };
        const double product = part.rate * rest;
        const auto root = [&](double own, double other) {
            return std::sqrt(std::fmax(
                0.0, product * product - own * other * (2 * part.rate - own) * (2 * rest - other)));
        };
        const double below = r0.upper * (2 * rest - r0.upper);
        const double above = r0.lower * (2 * rest - r0.lower);
        // Where the rest's upper end is twice its rate, the quadratic has one root.
        const double lower = std::fabs(below) < 1e-12
                                 ? r.lower * (2 * part.rate - r.lower) / (2 * product)
                                 : (product - root(r.lower, r0.upper)) / below;
        const double upper = above > 0 ? (product + root(r.upper, r0.lower)) / above
                                       : std::numeric_limits<double>::infinity();
        out.interval = {std::fmin(out.value, lift(std::fmax(0.0, lower))),
                        std::fmax(out.value, lift(upper))};
        return out;
    }

    [[nodiscard]] static std::int64_t positives_of(const outcome_counts& one, bool with_unknown,
                                                   bool of_kept) {
        const std::vector<std::int64_t>& of = of_kept ? one.kept : one.lost;
        return stats_detail::total_of(of) - (with_unknown ? 0 : of.back());
    }

    /// Of the lowest scores the share that was lost, of the highest the share that was kept. Of a
    /// given share of all, what it captures is its lift times that share.
    [[nodiscard]] static validation_share share_of(const grouped_outcomes& from, double share,
                                                   ranked_from end, bool each_once) {
        const bool of_kept = end == ranked_from::highest;
        const auto chosen = [=](const outcome_counts& one) {
            return of_kept ? top_share(one.known_kept(), one.known_lost(), share, end)
                           : top_share(one.known_lost(), one.known_kept(), share, end);
        };
        const figure lift = lift_of(from, chosen, false, of_kept, each_once);
        const figure capture{chosen(from.total()).capture,
                             {share * lift.interval.lower, share * lift.interval.upper},
                             lift.n};
        return {share, within(capture, 0, 1), lift};
    }

    // ── bands ────────────────────────────────────────────────────────────────

    [[nodiscard]] static selection in_band(const outcome_counts& one, std::size_t k, bool of_kept) {
        return of_kept ? band_of(one.kept, one.lost, k, k + 1)
                       : band_of(one.lost, one.kept, k, k + 1);
    }

    /// Of all that were kept (lost) the share that was in the band: how many are in it is chance,
    /// too, so that nothing but its own trials count.
    [[nodiscard]] static figure band_capture(const grouped_outcomes& from, std::size_t k,
                                             bool of_kept, bool each_once) {
        const outcome_counts all = from.total();
        const std::int64_t n = all.kept[k] + all.lost[k];
        const std::vector<std::int64_t>& of = of_kept ? all.kept : all.lost;
        const std::int64_t m = stats_detail::total_of(of);
        figure out{in_band(all, k, of_kept).capture, {}, n};
        if (!is_defined(out.value)) return out;
        out.interval = rate_interval(
            out.value, static_cast<double>(m),
            from.jackknife_of(
                [=](const outcome_counts& one) { return in_band(one, k, of_kept).capture; }, true),
            each_once);
        return out;
    }

    /// The band's rate of renewal ÷ that of all.
    [[nodiscard]] static figure band_lift(const grouped_outcomes& from, std::size_t k,
                                          bool each_once) {
        figure out = lift_of(
            from, [k](const outcome_counts& one) { return in_band(one, k, true); }, true, true,
            each_once);
        const outcome_counts all = from.total();
        out.n = all.kept[k] + all.lost[k];
        return out;
    }

    void add_bands() {
        for (const level_variable& of : shape_.level_variables()) {
            if (of.what != level_variable::kind::band) continue;
            const end_filter which{options_.kind, options_.lead, {}};
            grouped_outcomes from{of.levels.size()};
            for (std::size_t k = 0; k < of.levels.size(); ++k) {
                const grouped_ends here = from_.ends(which, of.first + k);
                for (std::size_t g = 0; g < here.size(); ++g) {
                    from.at(g, true, k) = here[g][end_field::kept];
                    from.at(g, false, k) = here[g][end_field::ends] - here[g][end_field::kept];
                }
                out_.bands.push_back({of.levels[k], kept_rate(here, out_.each_once), {}, {}, {}});
            }
            std::vector<std::int64_t> kept, ends;
            for (std::size_t k = 0; k < of.levels.size(); ++k) {
                validation_band& band = out_.bands[k];
                band.lift = band_lift(from, k, out_.each_once);
                band.capture_kept = band_capture(from, k, true, out_.each_once);
                band.capture_lost = band_capture(from, k, false, out_.each_once);
            }
            const outcome_counts all = from.total();
            for (std::size_t k = 0; k + 1 < of.levels.size(); ++k) {
                kept.push_back(all.kept[k]);
                ends.push_back(all.kept[k] + all.lost[k]);
            }
            if (out_.each_once) out_.trend = cochran_armitage(kept, ends);
            out_.rank = spearman_of(from, out_.each_once);
            add_falls(of, from, kept, ends);
        }
    }

    void add_falls(const level_variable& of, const grouped_outcomes& from,
                   const std::vector<std::int64_t>& kept, const std::vector<std::int64_t>& ends) {
        std::vector<violation> falls(ends.size());
        falls.resize(monotonicity_violations(kept, ends, falls));
        for (const violation& one : falls) {
            const std::int64_t n = ends[one.before] + ends[one.after];
            figure difference{one.difference, one.interval, n};
            if (!out_.each_once) {
                const auto rate = [](const outcome_counts& at, std::size_t k) {
                    return stats_detail::ratio(at.kept[k], at.kept[k] + at.lost[k]);
                };
                difference = figure_of(from.jackknife_of(
                                           [&](const outcome_counts& at) {
                                               return rate(at, one.after) - rate(at, one.before);
                                           },
                                           true),
                                       n);
            }
            out_.falls.push_back({of.levels[one.before], of.levels[one.after], difference});
        }
    }

    // ── out of time ──────────────────────────────────────────────────────────

    void add_halves() {
        const auto& blocks = from_.source().table(table_id::overall_scores).blocks();
        const auto kind = static_cast<std::int32_t>(options_.kind);
        const auto first =
            blocks.lower_bound({kind, options_.lead, std::numeric_limits<std::int32_t>::min(), 0});
        const auto last = blocks.lower_bound(
            {kind, options_.lead + 1, std::numeric_limits<std::int32_t>::min(), 0});
        if (first == last || std::next(first) == last) return;
        std::vector<std::int64_t> counts;
        for (auto at = first; at != last; ++at) counts.push_back(sum_of(at->second));
        const auto split = std::next(first, later_half(counts));
        grouped_outcomes earlier{score_bins}, later{score_bins};
        for (auto at = first; at != last; ++at) {
            grouped_outcomes& to = at->first[2] < split->first[2] ? earlier : later;
            for (std::size_t g = 0; g < std::size_t{evidence_groups}; ++g) {
                for (std::size_t bin = 0; bin < score_bins; ++bin) {
                    to.at(g, false, bin) += at->second[g * 2 * score_bins + bin];
                    to.at(g, true, bin) += at->second[(g * 2 + 1) * score_bins + bin];
                }
            }
        }
        out_of_time& found = out_.time.emplace();
        found.earlier = half_of(earlier, first->first[2], std::prev(split)->first[2]);
        found.later = half_of(later, split->first[2], std::prev(last)->first[2]);
        found.difference = difference_of(earlier, later);
        const outcome_counts fitted_on = earlier.total();
        const bool once = out_.each_once;
        found.checks = {check_of(later, score_as_probability(), "score", once),
                        check_of(later, isotonic_curve(fitted_on), "isotonic", once),
                        check_of(later, platt_curve(fitted_on), "platt", once)};
    }

    [[nodiscard]] static std::int64_t sum_of(const count_table::block& block) noexcept {
        std::int64_t sum = 0;
        for (const std::int64_t one : block) sum += one;
        return sum;
    }

    [[nodiscard]] validation_half half_of(const grouped_outcomes& from, std::int32_t first,
                                          std::int32_t last) const {
        return {month_name(first), month_name(last), auc_of(from, out_.each_once).of};
    }

    /// A group is left out of both halves: a customer may have ends in both.
    [[nodiscard]] static figure difference_of(const grouped_outcomes& earlier,
                                              const grouped_outcomes& later) {
        const auto apart = [&](auto wanted) {
            return ranking_of(later.of(wanted)).auc - ranking_of(earlier.of(wanted)).auc;
        };
        std::array<double, evidence_groups> without{};
        std::array<std::int64_t, evidence_groups> rows = earlier.rows(false);
        const std::array<std::int64_t, evidence_groups> more = later.rows(false);
        std::int64_t n = 0;
        for (std::size_t g = 0; g < without.size(); ++g) {
            without[g] = apart([g](std::size_t other) { return other != g; });
            rows[g] += more[g];
            n += rows[g];
        }
        return figure_of(jackknife(apart([](std::size_t) { return true; }), without, rows), n);
    }

    [[nodiscard]] static bool is_beyond_chance(const validation_row& one) noexcept {
        return is_defined(one.auc.interval) && one.auc.interval.lower > 0.5;
    }

    void tell();
    void add_cautions(const validation_row& first);

    slices from_;
    const counted& shape_;
    validation_options options_;
    validation_finding out_;
};

inline void validation_study::tell() {
    if (out_.ends == 0 || out_.scores.empty()) {
        out_.told.sentence = {"この条件で観測できた契約終了はなく、検証できません。",
                              "No contract end was observed this way; nothing can be validated."};
        return;
    }
    const validation_row& row = out_.scores.front();
    const bool trial = options_.kind == contract_kind::trial;
    const std::string days = std::to_string(out_.lead_days);
    if (!is_defined(row.auc.value)) {
        out_.told.sentence = {
            row.name + "が全員同じか、結果が全員同じため、検証できません。",
            "All had the same " + row.name + ", or all the same fate; nothing can be validated."};
        return;
    }
    const std::string_view name = row.name;
    std::string en =
        std::string{name} + " as it was " + days + " days before ranks a customer that " +
        (trial ? "converted above one that did not in " : "renewed above one that left in ") +
        shown_share(row.auc, language::en) + " of pairs (AUC; chance is 50 %)";
    std::string ja =
        days + "日前の" + std::string{name} + "は、" +
        (trial ? "本契約に進んだ顧客を進まなかった顧客より" : "更新した顧客を離れた顧客より") +
        "上に並べる確率が" + shown_share(row.auc, language::ja) + "です（AUC、偶然なら50%）";
    const validation_share& tenth = row.lowest[1];
    if (row.auc.interval.upper < 0.5) {
        en += ": it points the wrong way";
        ja += "。高いほど悪い結果になっています";
    } else if (!is_beyond_chance(row)) {
        en += ": that is not beyond chance, so it does not tell who " +
              std::string{trial ? "will convert" : "will renew"};
        ja += "。偶然を超えているとは言えず、誰が" +
              std::string{trial ? "本契約に進むか" : "更新するか"} + "は読み取れません";
    } else if (is_defined(tenth.capture.value)) {
        en += "; its lowest tenth holds " + shown_share(tenth.capture, language::en) +
              " of those lost";
        ja +=
            "。下位10%に、失った顧客の" + shown_share(tenth.capture, language::ja) + "が含まれます";
    }
    out_.told.sentence = {ja + "。", en + "."};
    add_cautions(row);
}

inline void validation_study::add_cautions(const validation_row& first) {
    if (!is_beyond_chance(first)) {
        out_.told.caution(
            "This is not beyond chance: do not choose customers by " + first.name + " alone.",
            first.name + "は偶然を超えているとは言えません。これだけで顧客を選ばないでください。");
    }
    if (first.checks.front().calibration_error > 0.05) {
        out_.told.caution(first.name + " is no probability: read as a percentage it is off by " +
                              shown(first.checks.front().calibration_error * 100, 1, language::en) +
                              " points on average. Use the fitted curve.",
                          first.name + "は確率ではありません。百分率として読むと平均" +
                              shown(first.checks.front().calibration_error * 100, 1, language::ja) +
                              "ポイントずれます。較正曲線を使ってください。");
    }
    for (const renewal_fall& one : out_.falls) {
        if (!(one.difference.interval.upper < 0)) continue;
        out_.told.caution(
            "Customers in band " + one.to + " renewed less often than those in " + one.from +
                ": the bands are not in order.",
            "バンド" + one.to + "の更新率は" + one.from + "より低く、順序どおりではありません。");
    }
    if (out_.time && out_.time->difference.interval.upper < 0) {
        out_.told.caution(
            "It told more of the earlier ends than of the later ones: AUC changed by " +
                shown_figure(out_.time->difference, 3, language::en) + ".",
            "以前の契約終了に比べ、最近は識別力が落ちています。AUCの変化は" +
                shown_figure(out_.time->difference, 3, language::ja) + "です。");
    }
    if (!out_.time) {
        out_.told.caution(
            "All ends fall into one month; whether the scores hold over time is unknown.",
            "契約終了が1か月に集中しており、時期が変わっても当てはまるかは不明です。");
    }
    if (first.unknown > 0) {
        out_.told.caution("Without " + first.name + ", and in none of these figures: " +
                              std::to_string(first.unknown) + " of the observations.",
                          first.name + "のない観測" + std::to_string(first.unknown) +
                              "件は、どの数値にも含まれていません。");
    }
}

}  // namespace detail

/// Overall, the axes and touch held against what happened, at one lead. Statistics are of scores
/// in points; those in one point are ties. AUC: DeLong's interval where each customer counts once,
/// else the jackknife's, as of everything else here; of what parts and bands capture, and of their
/// lift, Wilson's of as many trials as its variance has. Curves are cross-validated: fitted to 16
/// of the 20 groups and held against the other four, fold after fold; the intervals of Brier and
/// log loss take the curves as they are. Halves: by the month of the end, at the month that parts
/// the observations most equally; curves are fitted to the earlier half and held against the later.
/// Cochran–Armitage only where each customer counts once; the rank correlation of band and outcome
/// always.
[[nodiscard]] inline validation_finding study_validation(const evidence& of,
                                                         const validation_options& options = {}) {
    return detail::validation_study{of, options}.run();
}

}  // namespace aiueo
