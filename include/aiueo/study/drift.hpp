// study › drift: what moved, and whether levels and conditions still separate customers.
// … ─► evidence ─► study
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "aiueo/study/contrasts.hpp"
#include "aiueo/study/drift_finding.hpp"
#include "aiueo/study/histories.hpp"
#include "aiueo/study/slices.hpp"

namespace aiueo {

struct drift_options {
    contract_kind kind = contract_kind::contract;
    std::int32_t recent_months = 3;      ///< of snapshots, held against those before
    std::int32_t reference_months = 12;  ///< so many before them
};

namespace detail {

class drift_study {
public:
    drift_study(const evidence& of, const drift_options& options)
        : from_(of), shape_(of.shape()), options_(options), months_(of) {}

    [[nodiscard]] drift_finding run() {
        out_.kind = options_.kind;
        out_.lead_days = shape_.leads().front();
        each_once_ = from_.each_once(options_.kind, 0);
        choose_periods();
        add_inputs();
        choose_split();
        add_rungs();
        add_conditions();
        judge();
        add_hypotheses();
        tell();
        return std::move(out_);
    }

private:
    // ── what moved ───────────────────────────────────────────────────────────

    void choose_periods() {
        if (months_.empty()) return;
        const std::int32_t last = months_.last();
        after_ = {last - options_.recent_months + 1, last};
        before_ = {after_.first - options_.reference_months, after_.first - 1};
        out_.before = period_of(before_);
        out_.after = period_of(after_);
    }

    [[nodiscard]] drift_period period_of(month_range range) const {
        drift_period out;
        for (const auto& [month, customers] : months_.customers()) {
            if (!range.holds(month)) continue;
            if (out.first_month.empty()) out.first_month = month_name(month);
            out.last_month = month_name(month);
            out.customers = std::max(out.customers, customers);
        }
        return out;
    }

    void add_inputs() {
        for (std::size_t v = 0; v < shape_.variables().size(); ++v)
            add_input("score", shape_.variables()[v].name, months_.scores(v), true);
        for (std::size_t m = 0; m < shape_.model().metrics.size(); ++m) {
            const monthly_values values = months_.metric(m);
            if (values.empty()) continue;
            const metric& one = shape_.model().metrics[m];
            // Dates move as time goes by; of them only whether they are known can drift.
            if (one.type == metric_type::date) {
                add_input("metric", one.name, known_or_not(values), false);
            } else {
                add_input("metric", one.name, values, true);
            }
        }
        for (std::size_t s = 0; s < shape_.model().segments.size(); ++s)
            add_input("segment", shape_.model().segments[s].metric, months_.segment(s), false);
        std::stable_sort(out_.inputs.begin(), out_.inputs.end(),
                         [](const drift_row& a, const drift_row& b) {
                             return above_threshold(a) > above_threshold(b);
                         });
    }

    [[nodiscard]] static monthly_values known_or_not(const monthly_values& of) {
        monthly_values out;
        for (const auto& [month, counts] : of) {
            value_counts& one = out[month];
            one.by_value[0] = counts.known();
            one.unknown = counts.unknown;
        }
        return out;
    }

    /// How many times the threshold; what is not defined comes last.
    [[nodiscard]] static double above_threshold(const drift_row& one) noexcept {
        return is_defined(one.moved.value) ? one.moved.value / one.moved.threshold : -1;
    }

    void add_input(std::string what, std::string name, const monthly_values& values, bool ordered) {
        drift_row row;
        row.what = std::move(what);
        row.name = std::move(name);
        value_counts before, after;
        for (const auto& [month, counts] : values) {
            if (before_.holds(month)) before.add(counts);
            if (after_.holds(month)) after.add(counts);
            row.months.push_back({month_name(month), counts.known(), counts.unknown,
                                  ordered ? counts.median() : undefined});
        }
        row.before = out_.before.customers;
        row.after = out_.after.customers;
        row.moved = stability_of(before, after, ordered, row.before, row.after);
        row.unknown_before = before.unknown_share();
        row.unknown_after = after.unknown_share();
        if (ordered) {
            row.median_before = before.median();
            row.median_after = after.median();
        }
        out_.inputs.push_back(std::move(row));
    }

    // ── what still separates ─────────────────────────────────────────────────

    /// The quarter that parts the ends most equally; "later" begins with it.
    void choose_split() {
        std::map<std::int32_t, std::int64_t> ends;
        for (const auto& [key, block] : from_.source().table(table_id::ends).blocks()) {
            if (key[0] != static_cast<std::int32_t>(options_.kind) || key[1] != 0) continue;
            grouped_ends sums{};
            from_.add_block(block, {}, 0, sums);
            ends[key[2] / 3] += slices::total(sums)[end_field::ends];
        }
        if (ends.size() < 2) return;
        std::vector<std::int64_t> counts;
        for (const auto& [quarter, n] : ends) counts.push_back(n);
        split_ = std::next(ends.begin(), later_half(counts))->first * 3;
        out_.split = month_name(split_);
    }

    [[nodiscard]] end_filter earlier() const noexcept {
        end_filter out{options_.kind, 0, {}};
        out.last_month = split_ - 1;
        return out;
    }
    [[nodiscard]] end_filter later() const noexcept {
        end_filter out{options_.kind, 0, {}};
        out.first_month = split_;
        return out;
    }

    void add_rungs() {
        if (out_.split.empty()) return;
        for (const level_variable& one : shape_.level_variables()) {
            if (one.what != level_variable::kind::ladder) continue;
            for (std::size_t r = 1; r < one.levels.size(); ++r) {
                out_.rungs.push_back({one.name, one.levels[r], "renewal",
                                      contrast_of(renewal(one, r, earlier()),
                                                  renewal(one, r, later()), unit::shares)});
                if (shape_.outcome() == shape_.variables().size()) continue;
                const auto outcomes = [&](month_range range) {
                    return std::array{months_.outcome(one, r, one.levels.size(), range),
                                      months_.outcome(one, 0, r, range)};
                };
                out_.rungs.push_back(
                    {one.name, one.levels[r], "outcome",
                     contrast_of(outcomes({months_.first(), split_ - 1}),
                                 outcomes({split_, months_.last()}), unit::tenths)});
            }
        }
    }

    /// Ends of customers at rung r or above, and at rungs [from, r).
    [[nodiscard]] std::array<grouped_sums, 2> renewal(const level_variable& of, std::size_t r,
                                                      const end_filter& which,
                                                      std::size_t from = 0) const {
        std::array<grouped_sums, 2> out{};
        for (std::size_t k = from; k < of.levels.size(); ++k) {
            const grouped_ends ends = from_.ends(which, of.first + k);
            for (std::size_t g = 0; g < ends.size(); ++g)
                out[k >= r ? 0 : 1][g].add(ends[g][end_field::kept], ends[g][end_field::ends]);
        }
        return out;
    }

    void add_conditions() {
        if (out_.split.empty()) return;
        for (std::size_t c = 0; c < shape_.conditions().size(); ++c) {
            const condition_variable& one = shape_.conditions()[c];
            const ladder& rules = shape_.model().rules.ladders[one.ladder];
            const auto add = [&](const char* against, const drift_contrast& contrast) {
                out_.conditions.push_back(
                    {rules.name, rules.rungs[one.rung].name, one.text, against, contrast});
            };
            add("renewal", contrast_of(renewal(c, true), renewal(c, false), unit::shares));
            if (shape_.outcome() == shape_.variables().size()) continue;
            add("outcome", contrast_of(months_.outcome(c, {months_.first(), split_ - 1}),
                                       months_.outcome(c, {split_, months_.last()}), unit::tenths));
        }
    }

    /// Ends whose customer met a condition, and did not, before the split or since.
    [[nodiscard]] std::array<grouped_sums, 2> renewal(std::size_t condition, bool before) const {
        std::array<grouped_sums, 2> out{};
        for (const auto& [key, block] : from_.source().table(table_id::conditions).blocks()) {
            if (key[0] != static_cast<std::int32_t>(options_.kind) ||
                (key[1] * 3 < split_) != before)
                continue;
            for (std::size_t g = 0; g < out[0].size(); ++g) {
                for (const met state : {met::yes, met::no}) {
                    const std::int64_t kept =
                        block[counted::condition_cell(condition, state, true, g)];
                    const std::int64_t lost =
                        block[counted::condition_cell(condition, state, false, g)];
                    out[state == met::yes ? 0 : 1][g].add(kept, kept + lost);
                }
            }
        }
        return out;
    }

    /// What sums are of: ends that were kept, or tenths of a point of axis O.
    enum class unit : std::uint8_t { shares, tenths };

    [[nodiscard]] drift_contrast contrast_of(const std::array<grouped_sums, 2>& earlier,
                                             const std::array<grouped_sums, 2>& later,
                                             unit in) const {
        drift_contrast out;
        out.earlier = points_between(earlier, in);
        out.later = points_between(later, in);
        out.change = change_of(earlier, later);
        out.change.of = in_points(out.change.of, in);
        return out;
    }

    [[nodiscard]] figure points_between(const std::array<grouped_sums, 2>& sides, unit in) const {
        figure out = difference_of(sides[0], sides[1]);
        if (in == unit::shares && each_once_) {
            const ratio_sums high = total_of(sides[0]);
            const ratio_sums low = total_of(sides[1]);
            out.interval =
                newcombe_difference(high.above, high.below, low.above, low.below).interval;
        }
        return in_points(out, in);
    }

    [[nodiscard]] static figure in_points(figure of, unit in) noexcept {
        for (double* one : {&of.value, &of.interval.lower, &of.interval.upper})
            *one = in == unit::shares ? *one * 100 : *one / 10;
        return of;
    }

    /// q within a family: rungs or conditions, against renewal or outcome. Then verdicts.
    void judge() {
        const double alpha = shape_.model().study.alpha;
        std::vector<drift_contrast*> families[4];
        for (drift_rung& one : out_.rungs)
            families[one.against == "renewal" ? 0 : 1].push_back(&one.contrast);
        for (drift_condition& one : out_.conditions)
            families[one.against == "renewal" ? 2 : 3].push_back(&one.contrast);
        for (const auto& family : families) {
            adjust_family(family,
                          [](drift_contrast* one) -> tested_figure& { return one->change; });
            for (drift_contrast* one : family) one->verdict = verdict_of(*one, alpha);
        }
    }

    [[nodiscard]] static drift_verdict verdict_of(const drift_contrast& one, double alpha) {
        const interval& later = one.later.interval;
        if (!is_defined(later)) return drift_verdict::unknown;
        if (later.upper < 0) return drift_verdict::reversed;
        const bool fell = one.change.of.value < 0 && one.change.q <= alpha;
        if (later.lower > 0) return fell ? drift_verdict::weaker : drift_verdict::holds;
        return one.earlier.interval.lower > 0 && fell ? drift_verdict::lost
                                                      : drift_verdict::unclear;
    }

    void add_hypotheses() {
        std::int32_t last = months_.empty() ? 0 : months_.last();
        for (const auto& [key, block] : from_.source().table(table_id::ends).blocks())
            last = std::max(last, key[2]);
        for (const level_variable& variable : shape_.level_variables()) {
            if (variable.what != level_variable::kind::ladder) continue;
            const ladder& rules = shape_.model().rules.ladders[variable.which];
            for (std::size_t r = 1; r < rules.rungs.size(); ++r) {
                const rung& one = rules.rungs[r];
                if (!one.hypothesis) continue;
                drift_hypothesis row{rules.name, one.name, {}, {}, {}, {}, "open"};
                end_filter which{options_.kind, 0, {}};
                if (one.since) {
                    row.since = format_date(*one.since);
                    // Ends before that day were of another meaning.
                    which.first_month = month_of(*one.since - 1) + 1;
                }
                if (one.review_by) {
                    row.review_by = format_date(*one.review_by);
                    row.due = last > month_of(*one.review_by - 1);
                }
                // Beside all that is below, any rung above a good one would be confirmed.
                row.renewal = points_between(renewal(variable, r, which, r - 1), unit::shares);
                if (row.renewal.interval.lower > 0) row.verdict = "confirmed";
                if (row.renewal.interval.upper < 0) row.verdict = "contradicted";
                out_.hypotheses.push_back(std::move(row));
            }
        }
    }

    // ── words ────────────────────────────────────────────────────────────────

    void tell();
    void tell_inputs(std::string& en, std::string& ja) const;
    void tell_contrasts(std::string& en, std::string& ja) const;
    void add_cautions();

    slices from_;
    const counted& shape_;
    drift_options options_;
    monthly_panel months_;
    month_range before_, after_;
    std::int32_t split_ = 0;
    bool each_once_ = false;
    drift_finding out_;
};

inline void drift_study::tell() {
    std::string en, ja;
    tell_inputs(en, ja);
    tell_contrasts(en, ja);
    out_.told.sentence = {std::move(ja), std::move(en)};
    add_cautions();
}

inline void drift_study::tell_inputs(std::string& en, std::string& ja) const {
    if (out_.before.customers == 0 || out_.after.customers == 0) {
        en = "Whether scores and inputs moved is unknown: snapshots of an earlier period are not "
             "there.";
        ja = "以前の期間のスナップショットがなく、スコアと入力の変化は不明です。";
        return;
    }
    std::int64_t moved = 0;
    for (const drift_row& one : out_.inputs) moved += one.moved.alarm ? 1 : 0;
    const std::string all = std::to_string(out_.inputs.size());
    const std::string span = out_.after.first_month == out_.after.last_month
                                 ? out_.after.first_month
                                 : out_.after.first_month + " to " + out_.after.last_month;
    if (moved == 0) {
        en = "Of " + all + " scores and inputs, none moved in " + span +
             " by more than chance and by more than a little.";
        ja = out_.after.first_month + "〜" + out_.after.last_month + "に、" + all +
             "個のスコアと入力のうち、偶然を超えて大きく変わったものはありません。";
        return;
    }
    const drift_row& most = out_.inputs.front();
    en = "Of " + all + " scores and inputs, " + std::to_string(moved) + " moved in " + span +
         ", most of all " + most.name + " (PSI " + shown(most.moved.value, 2, language::en) +
         ", alarm above " + shown(most.moved.threshold, 2, language::en) + ", " +
         std::to_string(most.after) + " customers).";
    ja = out_.after.first_month + "〜" + out_.after.last_month + "に、" + all +
         "個のスコアと入力のうち" + std::to_string(moved) + "個が変わりました。最も大きいのは" +
         most.name + "です（PSI " + shown(most.moved.value, 2, language::ja) + "、警報は" +
         shown(most.moved.threshold, 2, language::ja) + "超、顧客" + std::to_string(most.after) +
         "社）。";
}

inline void drift_study::tell_contrasts(std::string& en, std::string& ja) const {
    struct fallen {
        std::string en, ja;
        bool renewal = false;
        const drift_contrast* contrast = nullptr;
    };
    std::vector<fallen> found;
    const auto add = [&found](std::string en_subject, std::string ja_subject,
                              const std::string& against, const drift_contrast& of) {
        if (of.verdict == drift_verdict::weaker || of.verdict == drift_verdict::lost ||
            of.verdict == drift_verdict::reversed)
            found.push_back(
                {std::move(en_subject), std::move(ja_subject), against == "renewal", &of});
    };
    for (const drift_condition& one : out_.conditions)
        add("\"" + one.condition + "\" (of " + one.rung + ")",
            "「" + one.condition + "」（" + one.rung + "の条件）", one.against, one.contrast);
    for (const drift_rung& one : out_.rungs)
        add("Rung " + one.rung + " of " + one.ladder, one.ladder + "の" + one.rung, one.against,
            one.contrast);
    // What was lost comes before what is weaker, conditions before the rungs made of them.
    std::stable_sort(found.begin(), found.end(), [](const fallen& a, const fallen& b) {
        return (a.contrast->verdict == drift_verdict::weaker) <
               (b.contrast->verdict == drift_verdict::weaker);
    });
    constexpr std::size_t most = 2;
    for (std::size_t k = 0; k < std::min(found.size(), most); ++k) {
        const drift_contrast& of = *found[k].contrast;
        const bool weaker = of.verdict == drift_verdict::weaker;
        en += " " + found[k].en + (weaker ? " separates less by " : " no longer separates by ") +
              (found[k].renewal ? "renewal" : "the customers' own outcome (O)") + ": " +
              shown_figure(of.earlier, 1, language::en) + " points before " + out_.split + ", " +
              shown_figure(of.later, 1, language::en) + " since.";
        ja += found[k].ja + "は" + (found[k].renewal ? "更新" : "顧客自身の成果（お）") +
              "との結び付きが" + (weaker ? "弱まりました" : "なくなりました") + "。差は" +
              out_.split + "より前が" + shown_figure(of.earlier, 1, language::ja) +
              "ポイント、以後は" + shown_figure(of.later, 1, language::ja) + "ポイントです。";
    }
    if (found.size() > most) {
        const std::string more = std::to_string(found.size() - most);
        en += " So it is with " + more + " more rows of the tables.";
        ja += "表のほか" + more + "行も同様です。";
    }
    if (!found.empty()) return;
    if (out_.split.empty()) {
        en +=
            " Whether stages still separate is unknown: there are not two periods of contract "
            "ends.";
        ja += "契約終了が二つの期間に分かれておらず、段階が今も顧客を分けるかは不明です。";
    } else if (!out_.rungs.empty()) {
        en += " No rung or condition lost what it told before " + out_.split + ".";
        ja += out_.split + "より前に比べ、力を失った段階や条件は見つかりませんでした。";
    }
}

inline void drift_study::add_cautions() {
    out_.told.caution(
        "A distribution that moved says that the portfolio or its measurement changed, not "
        "which of them, and not that anything became worse.",
        "分布の変化は、顧客層か計測のどちらかが変わったことを示すだけで、悪化とは限りません。");
    std::int64_t unclear = 0;
    for (const drift_condition& one : out_.conditions)
        unclear += one.contrast.verdict == drift_verdict::unclear ||
                           one.contrast.verdict == drift_verdict::unknown
                       ? 1
                       : 0;
    if (unclear > 0) {
        out_.told.caution(
            "Of " + std::to_string(out_.conditions.size()) + " comparisons of conditions, " +
                std::to_string(unclear) + (unclear == 1 ? " decides" : " decide") +
                " nothing; that is no sign that those conditions hold.",
            "条件の比較" + std::to_string(out_.conditions.size()) + "件のうち" +
                std::to_string(unclear) +
                "件は、この件数では判断できません。有効であるという意味ではありません。");
    }
    for (const drift_hypothesis& one : out_.hypotheses) {
        if (one.verdict == "contradicted") {
            out_.told.caution(
                "The hypothesis " + one.rung + " of " + one.ladder +
                    " is contradicted: customers who reached it renewed less often than those on "
                    "the rung beneath.",
                "仮説「" + one.ladder + "の" + one.rung +
                    "」は否定されました。一つ下の段階より、到達した顧客の更新率が低くなっています。");
        } else if (one.due.value_or(false) && one.verdict == "open") {
            out_.told.caution("The hypothesis " + one.rung + " of " + one.ladder +
                                  " is due for review and still open: its ends decide nothing.",
                              "仮説「" + one.ladder + "の" + one.rung +
                                  "」は見直しの期限ですが、この件数では確かめられていません。");
        }
    }
}

}  // namespace detail

/// What moved and what lost its meaning. Inputs and scores: PSI of the last months' snapshots
/// against those before, over tenths of the earlier period and the unknown, with a threshold that
/// knows the number of customers (population_stability); a period's customers are those of its
/// largest month, since the months share them. Rungs: renewal, and the customer's own outcome
/// (axis O), of customers at or above it less those below, in the earlier and the later half of the
/// ends; conditions of the rungs the same way, met less not met. In points; Newcombe's interval for
/// shares where each customer counts once, else the jackknife's; changes by the jackknife, q by
/// Benjamini–Hochberg within their family. Rungs declared as hypotheses: by the ends since their
/// date, of customers at the rung or above less those on the rung beneath. Ends are those seen at
/// the first lead.
[[nodiscard]] inline drift_finding study_drift(const evidence& of,
                                               const drift_options& options = {}) {
    return detail::drift_study{of, options}.run();
}

}  // namespace aiueo
